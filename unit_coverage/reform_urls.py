"""Addresses of reorganisations. A unit's code may hold a slash ("677-1/VP")."""

from django.urls import path

from unit_coverage import reform_views

app_name = "reforms"
urlpatterns = [
    path("sap-xep/", reform_views.reforms, name="list"),
    path("sap-xep/moi/tep/", reform_views.new_reform_by_file, name="new_by_file"),
    path("sap-xep/moi/tep/bang/", reform_views.reform_workbook, name="workbook"),
    path("sap-xep/moi/<slug:kind>/", reform_views.new_reform, name="new"),
    path("sap-xep/<int:pk>/", reform_views.plan, name="plan"),
    path("sap-xep/<int:pk>/csv/", reform_views.plan_csv, name="plan_csv"),
    path("sap-xep/<int:pk>/rut/", reform_views.withdraw, name="withdraw"),
    path("sap-xep/<int:pk>/quyen/", reform_views.give_rights, name="give_rights"),
    path("ten-tieng-anh/<path:code>/", reform_views.english_name, name="english_name"),
    path("lich-su/<path:code>/", reform_views.history, name="history"),
]
