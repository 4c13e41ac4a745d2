"""Addresses of classes held in a room."""

from django.urls import path

from courses.classes import past_views, views

app_name = "classes"
urlpatterns = [
    path("", views.classes, name="list"),
    path("moi/", views.new, name="new"),
    path("cua-toi/<int:pk>/", views.mine, name="mine"),
    path("lop-cu/", past_views.lists, name="past_lists"),
    path("lop-cu/mau/", past_views.template, name="past_template"),
    path("lop-cu/<int:pk>/", past_views.shown, name="past_list"),
    path("lop-cu/<int:pk>/nhan/", past_views.take, name="take_past_list"),
    path("lop-cu/<int:pk>/bo/", past_views.put_past_list_aside, name="put_past_list_aside"),
    path("lop-cu/<int:pk>/dong-loi/", past_views.errors, name="past_list_errors"),
    path("<int:pk>/", views.class_page, name="class"),
    path("<int:pk>/sua/", views.change, name="change"),
    path("<int:pk>/buoi-hoc/", views.meetings, name="meetings"),
    path("<int:pk>/cu-di-hoc/", views.send, name="send"),
    path("<int:pk>/diem-danh/<int:meeting>/", views.attendance, name="attendance"),
    path("<int:pk>/ket-thuc/", views.close, name="close"),
    path("<int:pk>/mo-lai/", views.reopen, name="reopen"),
    path("<int:pk>/huy/", views.cancel, name="cancel"),
    path("<int:pk>/giay/<slug:paper>/", views.paper, name="paper"),
]
