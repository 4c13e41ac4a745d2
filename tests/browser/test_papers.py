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
