"""A paper's way in Chromium: the learner on a phone without a script, the officer, the second person, the figure."""

import pytest
from playwright.sync_api import expect

from certificates.models import Claim
from courses.models import Exemption
from staff import clock
from staff.enums import Capability
from tests.factories.evidence import a_certificate
from tests.factories.staff import ScopeFactory, UserFactory
from unit_coverage.queries import coverage
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.browser


@pytest.fixture
def second(commune):
    user = UserFactory(full_name="Ngô Thị Hai")
    ScopeFactory(user=user, unit=commune, capability=Capability.HR)
    return user


@pytest.fixture
def trained(rule, commune):
    """How many of the bound are trained in the commune today."""
    rule.audience.rules.update(duties=[])
    Exemption.objects.all().delete()
    rebuild_all()

    def count():
        drain_changes()
        return coverage(unit=commune, on=clock.today()).whole.figures["basic"].trained

    return count


def test_from_the_learners_phone_over_two_officers_to_the_figure(open_page, learner, hr, second, trained):
    before = trained()
    phone = open_page("/minh-chung/khai/", user=learner, width=360, java_script_enabled=False)
    phone.get_by_label("Loại giấy tờ").select_option("international")
    phone.get_by_label("Nơi cấp").fill("IIG Việt Nam")
    phone.get_by_label("Ngày cấp").fill("01/05/2024")
    phone.get_by_label("Ảnh chụp giấy tờ").set_input_files(
        {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": a_certificate()}
    )
    phone.get_by_role("button", name="Nộp giấy tờ").click()
    expect(phone.locator("main")).to_contain_text("chờ quyết định")

    desk = open_page("/cong-nhan/", user=hr)
    desk.get_by_role("link", name="Trần Thị Lan").click()
    desk.get_by_role("link", name="Công nhận theo quyết định").click()
    desk.get_by_label("Số quyết định").fill("12/QĐ-UBND")
    desk.get_by_label("Ngày ký").fill(f"{clock.today():%d/%m/%Y}")
    desk.get_by_label("Cơ quan ban hành").fill("UBND xã Đơn Dương")
    desk.get_by_role("button", name="Xem ảnh hưởng").click()
    desk.get_by_role("button", name="Thực hiện thay đổi này").click()
    expect(desk.locator("main")).to_contain_text("chờ người thứ hai xác nhận")
    expect(desk.locator("main")).to_contain_text("cần người khác xác nhận")
    assert trained() == before

    other = open_page(f"/minh-chung/{Claim.objects.get().pk}/", user=second)
    other.get_by_role("link", name="Xác nhận với tư cách người thứ hai").click()
    other.get_by_role("button", name="Xem ảnh hưởng").click()
    other.get_by_role("button", name="Thực hiện thay đổi này").click()
    expect(other.locator("main")).to_contain_text("đã công nhận")

    phone.goto(phone.url)
    expect(phone.locator("main")).to_contain_text("đã công nhận")
    assert trained() == before + 1
    assert [page.complaints for page in (phone, desk, other)] == [[], [], []]
