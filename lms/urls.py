"""Addresses. None carries a language; `/kt/` stays for ever, because it is printed on certificates."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms import my_learning, views

urlpatterns = [
    path("", views.home, name="home"),
    path("viec-hoc/", my_learning.page, name="my_learning"),
    path("tai-khoan/", include("allauth.urls")),
    path("hoc/", include("courses.urls")),
    path("thi/", include("quizzes.urls")),
    path("giay-chung-nhan/", include("certificates.urls")),
    path("kt/", include("certificates.verification_urls")),
    path("ty-le/", include("unit_coverage.urls")),
    path("can-bo/", include("staff.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("tai-lieu/", include(wagtaildocs_urls)),
    path("trang/", include(wagtail_urls)),
]
