"""Addresses of this room."""

from django.urls import path

from quizzes import accommodation_views, file_views, picture_views, views

app_name = "quizzes"
urlpatterns = [
    # Addresses are tried in turn: saves first, thirty for each of the others.
    path("<int:pk>/luu/", views.save, name="save"),
    path("anh/<str:sha256>/", picture_views.picture, name="picture"),
    path("dieu-kien-rieng/", accommodation_views.accommodations, name="accommodations"),
    path("dieu-kien-rieng/nguoi/<int:pk>/", accommodation_views.of_person, name="accommodations_of"),
    path("dieu-kien-rieng/<int:pk>/thu-hoi/", accommodation_views.end, name="accommodation_end"),
    path("<int:pk>/", views.attempt, name="attempt"),
    path("<int:pk>/su-kien/", views.event, name="event"),
    path("<int:pk>/tep/<int:number>/", file_views.upload, name="upload"),
    path("<int:pk>/tep/<int:number>/<str:sha256>/", file_views.own_file, name="own_file"),
    path("<int:pk>/de/<int:number>/<str:sha256>/", file_views.task_file, name="task_file"),
    path("<int:pk>/nop-bai/", views.submit, name="submit"),
    path("<int:pk>/lam-lai/", views.again, name="again"),
    path("<int:pk>/ket-qua/", views.result, name="result"),
]
