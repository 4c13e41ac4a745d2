"""Addresses of what people hold already."""

from django.urls import path

from certificates import evidence_views as views

app_name = "evidence"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("khai/", views.declare, name="declare"),
    path("<int:pk>/", views.claim, name="claim"),
    path("<int:pk>/bo-sung/", views.complete, name="complete"),
    path("<int:pk>/rut/", views.withdraw, name="withdraw"),
    path("tep/<int:pk>/", views.file, name="file"),
    path("cua/<int:pk>/", views.of_person, name="of_person"),
    path("cua/<int:pk>/khai/", views.declare_for, name="declare_for"),
]
