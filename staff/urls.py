"""Addresses of this room."""

from django.urls import path

from staff import list_views, slip_views, views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("nhiem-vu/", views.duties, name="duties"),
    path("nhiem-vu/csv/", views.duties_csv, name="duties_csv"),
    path("phieu/", slip_views.slips, name="slips"),
    path("danh-sach/", list_views.lists, name="lists"),
    path("danh-sach/<int:pk>/", list_views.staff_list, name="list"),
    path("danh-sach/<int:pk>/cot/", list_views.list_columns, name="list_columns"),
    path("danh-sach/<int:pk>/quyet-dinh/", list_views.decide_rows, name="decide_rows"),
    path("danh-sach/<int:pk>/nhan/", list_views.confirm_list, name="confirm_list"),
    path("danh-sach/<int:pk>/bo/", list_views.withdraw_list, name="withdraw_list"),
    path("danh-sach/<int:pk>/chua-nhan/", list_views.list_errors, name="list_errors"),
    path("chuyen-den/", list_views.transfer_requests, name="transfer_requests"),
    path("chuyen-den/<int:pk>/", list_views.transfer_request, name="transfer_request"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/dinh-chinh/", views.correct, name="correct"),
    path("<int:pk>/ma-vao-mot-lan/", slip_views.one_time_code, name="one_time_code"),
]
