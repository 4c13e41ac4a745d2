"""The public check page: this address is printed on every certificate and stays for ever."""

from django.urls import path

from certificates import views

app_name = "verification"
urlpatterns = [
    path("", views.form, name="form"),
    path("<str:code>/", views.check, name="check"),
]
