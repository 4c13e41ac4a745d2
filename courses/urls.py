"""Addresses of this room."""

from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("<str:code>/", views.course, name="course"),
    path("<str:code>/ghi-danh/", views.enrol, name="enrol"),
    path("<str:code>/kiem-tra/bat-dau/", views.start_test, name="start_test"),
    path("<str:code>/luyen-tap/<str:slug>/", views.start_practice, name="start_practice"),
    path("<str:code>/<str:slug>/", views.lesson, name="lesson"),
    path("<str:code>/<str:slug>/da-hoc/", views.complete, name="complete"),
    path("<str:code>/<str:slug>/tu-kiem-tra/<uuid:block>/", views.self_check, name="self_check"),
]
