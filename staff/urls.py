"""Addresses of this room."""

from django.urls import path

from staff import views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("<int:pk>/", views.person, name="person"),
]
