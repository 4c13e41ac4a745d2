"""Addresses of the pages about tokens."""

from django.urls import path

from staff import connection_views

app_name = "connections"
urlpatterns = [
    path("", connection_views.tokens, name="tokens"),
    path("them/", connection_views.new_token, name="new_token"),
    path("<int:pk>/ket-thuc/", connection_views.end_token, name="end_token"),
]
