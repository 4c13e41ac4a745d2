"""Addresses of the training record."""

from django.urls import path

from certificates import record_views as views

app_name = "record"
urlpatterns = [
    path("", views.own, name="own"),
    path("pdf/", views.own_pdf, name="own_pdf"),
    path("<int:pk>/", views.of_person, name="of_person"),
    path("<int:pk>/pdf/", views.pdf_of_person, name="pdf_of_person"),
]
