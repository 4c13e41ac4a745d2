"""Addresses of this room."""

from django.urls import path

from staff import slip_views, views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("nhiem-vu/", views.duties, name="duties"),
    path("nhiem-vu/csv/", views.duties_csv, name="duties_csv"),
    path("phieu/", slip_views.slips, name="slips"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/ma-vao-mot-lan/", slip_views.one_time_code, name="one_time_code"),
]
