"""Addresses. None carries a language; `/kt/` stays for ever, because it is printed on certificates."""

from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from certificates import api as check_api
from lms import api, cms, health, language, media, my_learning, operations, views

cms_pages = decorate_urlpatterns(
    [path("account/", cms.OwnAccountView.as_view(), name="wagtailadmin_account"), *wagtailadmin_urls.urlpatterns],
    cms.for_cms_people,
)

handler400 = "lms.views.bad_request"
handler500 = "lms.views.server_error"

urlpatterns = [
    # Addresses are tried in turn. A full room saves its answers many times a second: these come first.
    path("thi/ca-thi/", include("quizzes.session_urls")),
    path("thi/", include("quizzes.urls")),
    path("", views.home, name="home"),
    path("quyen-rieng-tu/", views.privacy, name="privacy"),
    path("ngon-ngu/", language.set_language, name="set_language"),
    path("viec-hoc/", my_learning.page, name="my_learning"),
    path("viec-hoc/vi-sao/", include("unit_coverage.why_urls")),
    path("tai-khoan/", include("staff.account_urls")),
    path("tai-khoan/", include("allauth.urls")),
    path("thong-bao/", include("staff.notice_urls")),
    path("hoc/", include("courses.urls")),
    path("lop/", include("courses.classes.urls")),
    path("cham-bai/", include("quizzes.marking_urls")),
    path("giay-chung-nhan/", include("certificates.urls")),
    path("minh-chung/", include("certificates.evidence_urls")),
    path("ho-so/", include("certificates.record_urls")),
    path("kt/api/v1/", check_api.urls),
    path("kt/", include("certificates.verification_urls")),
    path("ty-le/", include("unit_coverage.urls")),
    path("don-vi/", include("unit_coverage.reform_urls")),
    path("quy-tac/", include("unit_coverage.rule_urls")),
    path("chi-so/", include("unit_coverage.indicators.urls")),
    path("bao-cao/", include("unit_coverage.reports.urls")),
    path("cong-nhan/", include("unit_coverage.recognition_urls")),
    path("can-bo/", include("unit_coverage.person_urls")),
    path("can-bo/", include("staff.urls")),
    path("api/v1/", api.urls),
    path("ket-noi/huong-dan/", api.guide, name="api_guide"),
    path("ket-noi/bao-tin/", include("certificates.webhook_urls")),
    path("ket-noi/", include("staff.connection_urls")),
    path("suc-khoe/", health.page, name="health"),
    path("van-hanh/", operations.page, name="operations"),
    path("van-hanh/cong-viec/", operations.jobs, name="jobs"),
    path("van-hanh/cong-viec/<slug:kind>/<int:pk>/lam-lai/", operations.retry, name="retry_job"),
    path("media/images/<str:name>", media.rendition, name="image_rendition"),
    path("media/original_images/<str:name>", media.original, name="image_original"),
    # Wagtail's own sign-in and reset would be a second door: these stand before it.
    path("cms/logout/", cms.sign_out, name="cms_sign_out"),
    path("cms/login/", cms.sign_in, name="cms_sign_in"),
    re_path(r"^cms/password_reset/.*$", cms.reset_password, name="cms_reset_password"),
    path("trang/_util/login/", cms.sign_in, name="page_sign_in"),
    path("cms/", include(cms_pages)),
    path("tai-lieu/", include(wagtaildocs_urls)),
    path("trang/", include(wagtail_urls)),
]
