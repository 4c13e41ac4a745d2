"""Addresses of the recognition desk."""

from django.urls import path

from unit_coverage import recognition_views as views

app_name = "recognition"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("csv/", views.queue_csv, name="queue_csv"),
    path("quyet-dinh/", views.decide, name="decide"),
    path("<int:pk>/bo-sung/", views.ask, name="ask"),
    path("<int:pk>/khong-cong-nhan/", views.refuse, name="refuse"),
    path("qd/<int:pk>/xac-nhan/", views.confirm, name="confirm"),
    path("qd/<int:pk>/tra-lai/", views.decline, name="decline"),
    path("qd/<int:pk>/thu-hoi/", views.revoke, name="revoke"),
]
