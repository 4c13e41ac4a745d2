"""Addresses of the pages about systems that are told of certificates."""

from django.urls import path

from certificates import webhook_views

app_name = "webhooks"
urlpatterns = [
    path("", webhook_views.endpoints, name="endpoints"),
    path("them/", webhook_views.new_endpoint, name="new_endpoint"),
    path("<int:pk>/", webhook_views.endpoint, name="endpoint"),
    path("<int:pk>/gui-thu/", webhook_views.send_trial, name="send_trial"),
    path("<int:pk>/bat-lai/", webhook_views.switch_on, name="switch_on"),
    path("<int:pk>/ket-thuc/", webhook_views.end_endpoint, name="end_endpoint"),
    path("<int:pk>/gui-lai/<int:delivery>/", webhook_views.send_again, name="send_again"),
]
