"""Addresses of the notices."""

from django.urls import path

from staff import account_views

app_name = "notices"
urlpatterns = [
    path("", account_views.notices, name="list"),
    path("da-doc/", account_views.read_notice, name="read"),
]
