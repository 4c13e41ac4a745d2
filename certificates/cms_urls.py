"""Addresses of this room in the CMS."""

from django.urls import path

from certificates import cms

app_name = "certificates_cms"
urlpatterns = [
    path("", cms.impacts, name="impacts"),
    path("<int:pk>/", cms.impact, name="impact"),
]
