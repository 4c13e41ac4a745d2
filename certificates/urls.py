"""Addresses of this room."""

from django.urls import path

from certificates import (
    desk_views,
    inherited_views,
    issuer_views,
    outside_views,
    register_views,
    template_views,
    views,
)

app_name = "certificates"
urlpatterns = [
    path("", desk_views.index, name="desk"),
    path("<int:pk>/", views.history, name="history"),
    path("<int:pk>/tai-ve/", views.download, name="download"),
    path("<int:pk>/huy-hieu.svg", views.badge, name="badge"),
    path("<int:pk>/huy-hieu.png", views.badge_png, name="badge_png"),
    path("<int:pk>/huy-hieu.jwt", views.badge_credential, name="badge_credential"),
    path("cho-ky/<int:pk>/thu-lai/", desk_views.retry, name="retry"),
    path("dot/moi/<slug:slug>/", desk_views.new_run, name="new_run"),
    path("dot/<int:pk>/", desk_views.run, name="run"),
    path("so-cap/", register_views.book, name="register"),
    path("so-cap/<int:pk>/excel/", register_views.book_excel, name="register_excel"),
    path("so-cap/<int:pk>/quyen/<int:volume>/", register_views.book_pdf, name="register_pdf"),
    path("so-tiep-nhan/", inherited_views.inherited, name="inherited"),
    path("sap-het-han/", register_views.expiring, name="expiring"),
    path("sap-het-han/csv/", register_views.expiring_csv, name="expiring_csv"),
    path("mau/", template_views.templates, name="templates"),
    path("mau/them/", template_views.new_template, name="new_template"),
    path("mau/<slug:code>/<int:version>/", template_views.template, name="template"),
    path("mau/<slug:code>/<int:version>/sua/", template_views.edit_template, name="edit_template"),
    path("mau/<slug:code>/<int:version>/xem-truoc.pdf", template_views.template_pdf, name="template_pdf"),
    path("mau/<slug:code>/<int:version>/xem-truoc.png", template_views.template_picture, name="template_picture"),
    path("co-quan/", issuer_views.issuers, name="issuers"),
    path("co-quan/them/", issuer_views.new_issuer, name="new_issuer"),
    path("co-quan/<str:code>/phien-ban-moi/", issuer_views.new_signer, name="new_signer"),
    path("co-quan/<int:pk>/ket-thuc/", issuer_views.end_issuer, name="end_issuer"),
    path("uy-quyen/<str:code>/", issuer_views.authorise, name="authorise"),
    path("ky-ngoai/", outside_views.batches, name="batches"),
    path("ky-ngoai/<int:pk>/", outside_views.batch, name="batch"),
    path("ky-ngoai/<int:pk>/tep/", outside_views.archive, name="batch_archive"),
    path("ky-ngoai/<int:pk>/nop/", outside_views.hand_in, name="batch_upload"),
    path("ky-ngoai/<int:pk>/rut/", outside_views.take_out, name="batch_take_out"),
]
