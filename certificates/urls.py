"""Addresses of this room."""

from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [path("<int:pk>/tai-ve/", views.download, name="download")]
