"""Who did what to a certificate, when and why, is read by its holder and her HR officer."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from certificates import services
from tests.factories.certificates import passed_qualification, published_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner, admin, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    published_template(admin, code="mau-chung")
    return services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


def rows_of(client, reader, certificate):
    client.force_login(reader)
    page = BeautifulSoup(client.get(reverse("certificates:history", args=[certificate.pk])).content, "html.parser")
    cells = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in page.select("tbody tr")]
    return page, cells


def test_issuing_replacing_and_revoking_are_told_with_author_and_reason(client, learner, hr, admin, certificate):
    later = services.supersede_certificate(certificate=certificate, reason="Đính chính họ tên", by=hr)
    services.revoke_certificate(certificate=later, reason="Cấp nhầm người.", by=admin)

    page, earlier_rows = rows_of(client, learner, certificate)
    _page, later_rows = rows_of(client, hr, later)

    assert earlier_rows == [
        ["Đã thay thế giấy chứng nhận", hr.full_name, "Đính chính họ tên"],
        ["Đã cấp giấy chứng nhận", "phần mềm tự làm", "–"],
    ]
    said = f"Cấp nhầm người · không còn giá trị từ ngày {later.issued_on:%d/%m/%Y}"
    assert later_rows == [
        ["Đã thu hồi giấy chứng nhận", admin.full_name, said],
        ["Đã cấp giấy chứng nhận", "phần mềm tự làm", "–"],
    ]
    assert "mau-chung v1" in page.get_text()


def test_the_register_and_the_training_record_lead_there(client, learner, hr, certificate):
    address = reverse("certificates:history", args=[certificate.pk])
    client.force_login(hr)
    assert address in client.get(reverse("certificates:register")).text
    client.force_login(learner)
    assert address in client.get(reverse("record:own")).text


def test_one_that_waits_has_no_page_yet(client, learner, hr, certificate):
    services.revoke_certificate(certificate=certificate, reason="Nhầm", by=hr)
    certificate.status = "pending"
    certificate.save(update_fields=["status"])
    client.force_login(learner)

    assert client.get(reverse("certificates:history", args=[certificate.pk])).status_code == 404
