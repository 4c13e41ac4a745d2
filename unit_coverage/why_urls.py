"""Addresses of "why must I?"."""

from django.urls import path

from unit_coverage import why_views

app_name = "why"
urlpatterns = [
    path("", why_views.mine, name="mine"),
    path("<str:code>/", why_views.my_requirement, name="requirement"),
]
