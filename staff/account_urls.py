"""Addresses of the own account, beside allauth's."""

from django.urls import path

from staff import account_views

app_name = "account"
urlpatterns = [
    path("", account_views.profile, name="profile"),
    path("kich-hoat/", account_views.activate, name="activate"),
    path("kich-hoat/mat-khau/", account_views.choose_password, name="choose_password"),
    path("thu-dien-tu/", account_views.address, name="address"),
    path("thu-dien-tu/xac-nhan/", account_views.confirm_address, name="confirm_address"),
    path("thu-dien-tu/bo/", account_views.remove_address, name="remove_address"),
    path("dang-xuat-noi-khac/", account_views.sign_out_elsewhere, name="sign_out_elsewhere"),
]
