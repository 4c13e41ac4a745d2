"""Addresses of official reports."""

from django.urls import path, register_converter

from unit_coverage.reports import views


class DraftForm:
    regex = "pdf|xlsx|nguoi-xlsx|nguoi-csv"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(DraftForm, "draft_form")

app_name = "reports"
urlpatterns = [
    path("", views.index, name="list"),
    path("moi/", views.new, name="new"),
    path("moi/tai/<draft_form:form>/", views.draft, name="draft"),
    path("xac-nhan/", views.to_confirm, name="to_confirm"),
    path("xac-nhan/<int:pk>/", views.confirm, name="confirm"),
    path("lich/", views.schedules, name="schedules"),
    path("lich/<int:pk>/dung/", views.end_schedule, name="end_schedule"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/dinh-chinh/", views.correct, name="correct"),
    path("<int:pk>/tep/<int:file_pk>/", views.report_file, name="file"),
]
