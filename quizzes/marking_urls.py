"""Addresses of those who mark: the queue, one answer, the files that belong to it."""

from django.urls import path

from quizzes import marking_views

app_name = "marking"
urlpatterns = [
    path("", marking_views.queue, name="queue"),
    path("<int:pk>/nhan-bai/", marking_views.take, name="take"),
    path("bai/<int:pk>/", marking_views.mark, name="mark"),
    path("bai/<int:pk>/tra-lai/", marking_views.give_back, name="give_back"),
    path("bai/<int:pk>/tep/", marking_views.answer_file, name="answer_file"),
    path("bai/<int:pk>/de/<str:sha256>/", marking_views.task_file, name="task_file"),
]
