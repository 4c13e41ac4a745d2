"""What people print from a page goes onto the paper that they have."""

import io

import pytest
from pypdf import PdfReader

from certificates import services

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_the_answer_about_a_replaced_certificate_is_one_sheet_of_paper(open_page, certificate, admin):
    services.supersede_certificate(certificate=certificate, reason="Sửa họ tên", by=admin)
    page = open_page(f"/kt/{certificate.code}/")

    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages

    words = sheets[0].extract_text()
    assert (len(sheets), "Xem giấy thay thế" in words, f"/kt/{certificate.code}" in words) == (1, True, True)


def test_a_scan_that_is_still_on_its_way_is_a_link_for_fingers(new_context, sign_in, live_server, paper, learner):
    context = new_context(viewport={"width": 360, "height": 800})
    sign_in(context, learner, live_server.url)
    page = context.new_page()
    held = []
    page.route("**/minh-chung/tep/**", lambda route: held.append(route))

    page.goto(f"{live_server.url}/minh-chung/{paper.pk}/", wait_until="domcontentloaded")
    box = page.locator(".scans a").bounding_box()

    assert (box["width"] >= 44, box["height"] >= 44) == (True, True)
