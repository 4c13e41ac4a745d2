"""The public check page: this address is printed on every certificate and stays for ever."""

from django.urls import path

from certificates import api, check_views

app_name = "verification"
urlpatterns = [
    path("", check_views.form, name="form"),
    path("huong-dan/", check_views.guide, name="guide"),
    path("huong-dan/kiem-tra-nhieu/", api.guide, name="api_guide"),
    path("chung-thu/<slug:fingerprint>.cer", check_views.root, name="root"),
    path("ho-so-co-quan/", check_views.issuer_profile, name="issuer_profile"),
    path("trang-thai/<int:number>/", check_views.statuses, name="statuses"),
    path("<str:code>/", check_views.check, name="check"),
]
