import contextlib

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse

from lms.middleware import ProxyMiddleware

pytestmark = pytest.mark.django_db

STRICT = {
    "base-uri 'none'",
    "default-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "media-src 'self'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
}


def policy(response):
    return set(response["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/viec-hoc/", 302),
        ("/khong-co/", 404),
        ("/suc-khoe", 301),
        ("/static/css/site.css", 200),
        ("/media/images/khong-co.png", 404),
        ("/tai-khoan/dang-xuat-khong-co/", 404),
    ],
)
def test_every_response_carries_the_strict_headers(client, path, status):
    response = client.get(path)

    response.close()
    assert response.status_code == status
    assert policy(response) == STRICT
    assert (
        response["X-Frame-Options"],
        response["X-Content-Type-Options"],
        response["Referrer-Policy"],
        "camera=()" in response["Permissions-Policy"],
        len(response["X-Request-ID"]),
    ) == ("DENY", "nosniff", "same-origin", True, 32)


def test_the_cms_has_its_own_policy_and_may_frame_its_previews(client, admin):
    client.force_login(admin)

    response = client.get("/cms/")

    assert response.status_code == 200
    assert {"script-src 'self' 'unsafe-inline' 'unsafe-eval'", "frame-ancestors 'self'"} <= policy(response)
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_a_form_without_its_token_is_refused_with_the_headers(admin):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)

    response = client.post("/tai-khoan/logout/")

    assert response.status_code == 403
    assert policy(response) == STRICT


def test_pages_stay_out_of_every_cache(client):
    assert client.get("/")["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_well_formed_request_id_of_the_proxy_is_kept_and_another_is_replaced(client):
    kept = client.get("/suc-khoe/", headers={"X-Request-ID": "abcdef-123456"})
    replaced = client.get("/suc-khoe/", headers={"X-Request-ID": "a b<script>"})

    assert kept["X-Request-ID"] == "abcdef-123456"
    assert len(replaced["X-Request-ID"]) == 32


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "address"),
    [
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "not an address", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_the_clients_address_is_what_our_own_proxy_wrote(settings, rf, behind_proxy, forwarded, address):
    settings.BEHIND_PROXY = behind_proxy
    seen = []

    def answer(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    with contextlib.suppress(MiddlewareNotUsed):
        answer = ProxyMiddleware(answer)
    answer(rf.get("/", headers={"X-Forwarded-For": forwarded}))

    assert seen == [address]


@pytest.mark.parametrize(
    "address", ["/can-bo/?q=a%00b", "/cms/api/main/pages/?search=%00", "/can-bo/?%00=1", "/hoc/a%00b/", "/kt/%00"]
)
def test_an_address_with_a_nul_is_refused_before_anything_reads_it(client, admin, address):
    client.force_login(admin)

    response = client.get(address)

    assert response.status_code == 400
    assert response["X-Request-ID"] in response.text
