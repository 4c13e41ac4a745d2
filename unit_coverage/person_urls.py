"""Addresses about one person: what she must learn and why, her duties and exemptions."""

from django.urls import path

from unit_coverage import change_views, duplicate_views, person_views, reminder_views, why_views

app_name = "obligations"
urlpatterns = [
    path("nhac-viec/", reminder_views.reminders, name="reminders"),
    path("trung/", duplicate_views.duplicates, name="duplicates"),
    path("trung/<int:one>/<int:other>/", duplicate_views.merge, name="merge"),
    path("trung/<int:pk>/tach/", duplicate_views.unmerge, name="unmerge"),
    path("mien/", person_views.exemptions, name="exemptions"),
    path("<int:pk>/thay-doi/", change_views.changes, name="changes"),
    path("<int:pk>/thay-doi/<slug:kind>/", change_views.new_change, name="new_change"),
    path("<int:pk>/thay-doi/<int:change>/sua/", change_views.correct_change, name="correct_change"),
    path("<int:pk>/thay-doi/<int:change>/rut-lai/", change_views.take_back_change, name="take_back_change"),
    path("<int:pk>/nghia-vu/", why_views.person, name="person"),
    path("<int:pk>/nghia-vu/<str:code>/", why_views.person_requirement, name="requirement"),
    path("<int:pk>/nhiem-vu/giao/", person_views.give_duty, name="give_duty"),
    path("<int:pk>/nhiem-vu/<int:duty>/ket-thuc/", person_views.end_duty, name="end_duty"),
    path("<int:pk>/mien/them/", person_views.give_exemption, name="give_exemption"),
    path("<int:pk>/mien/<int:exemption>/ket-thuc/", person_views.end_exemption, name="end_exemption"),
]
