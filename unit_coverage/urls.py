"""Addresses of this room. A unit's code may hold a slash ("677-1/VP")."""

from django.urls import path

from unit_coverage import comparing_views, views

app_name = "unit_coverage"
urlpatterns = [
    path("", views.index, name="index"),
    path("<path:code>/so-sanh/tep/", comparing_views.compared_file, name="compared_file"),
    path("<path:code>/so-sanh/", comparing_views.compared, name="compared"),
    path("<path:code>/nguoi/tep/", views.people_file, name="people_file"),
    path("<path:code>/nguoi/", views.unit_people, name="people"),
    path("<path:code>/tep/", views.unit_file, name="file"),
    path("<path:code>/", views.unit, name="unit"),
]
