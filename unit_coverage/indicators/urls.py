"""Addresses of the indicators of a unit and a period."""

from django.urls import path

from unit_coverage.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:code>/", views.detail, name="detail"),
    path("<str:code>/csv/", views.detail_csv, name="csv"),
]
