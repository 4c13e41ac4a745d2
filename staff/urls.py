"""Addresses of this room."""

from django.urls import path

from staff import views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("nhiem-vu/", views.duties, name="duties"),
    path("nhiem-vu/csv/", views.duties_csv, name="duties_csv"),
    path("<int:pk>/", views.person, name="person"),
]
