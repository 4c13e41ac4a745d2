"""Every type of page: nothing for axe to find, no sideways scrolling, no request to another host, at three widths.

A new type of page joins PAGES: its name, who opens it (a fixture of the cast, or None), its address, and the
fixtures whose rows the page shows; ``{name.pk}`` in the address is read from them.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WIDTHS = (360, 768, 1366)
PAGES = {
    "home": (None, "/", ()),
    "sign-in": (None, "/tai-khoan/login/", ()),
    "password reset": (None, "/tai-khoan/password/reset/", ()),
    "open an account": (None, "/tai-khoan/kich-hoat/", ()),
    "privacy": (None, "/quyen-rieng-tu/", ()),
    "not found": (None, "/khong-co/", ()),
    "check of a certificate": (None, "/kt/", ()),
    "an issued certificate": (None, "/kt/{certificate.code}/", ("certificate",)),
    "home, signed in": ("learner", "/", ()),
    "my learning": ("learner", "/viec-hoc/", ("enrolment",)),
    "catalogue": ("learner", "/hoc/", ("course",)),
    "course": ("learner", "/hoc/CB-01/", ("enrolment",)),
    "lesson": ("learner", "/hoc/CB-01/phan-mem/", ("enrolment",)),
    "exam": ("learner", "/thi/{attempt.pk}/", ("attempt",)),
    "handing in": ("learner", "/thi/{attempt.pk}/nop-bai/", ("attempt",)),
    "result": ("learner", "/thi/{marked_attempt.pk}/ket-qua/", ("marked_attempt",)),
    "practice": ("learner", "/thi/{practice.pk}/", ("practice",)),
    "practice, with what was right": ("learner", "/thi/{marked_practice.pk}/ket-qua/", ("marked_practice",)),
    "coverage": ("hr", "/ty-le/24931-2/", ("learner",)),
    "trained people": ("hr", "/ty-le/24931-2/nguoi/", ("learner",)),
    "staff": ("hr", "/can-bo/", ("learner",)),
    "operation": ("admin", "/van-hanh/", ("certificate",)),
    "work in the background": ("admin", "/van-hanh/cong-viec/", ("parked_certificate",)),
    "accounts and slips": ("hr", "/can-bo/phieu/?all=1", ("learner",)),
    "one-time code": ("hr", "/can-bo/{learner.staff_member_id}/ma-vao-mot-lan/", ("learner",)),
    "my account": ("learner", "/tai-khoan/", ()),
    "a new address": ("learner", "/tai-khoan/thu-dien-tu/", ()),
    "notices": ("learner", "/thong-bao/", ("notice",)),
    "a person": ("hr", "/can-bo/{learner.staff_member_id}/", ("learner",)),
    "duties of units": ("hr", "/can-bo/nhiem-vu/", ("rule",)),
    "exemptions of a unit": ("hr", "/can-bo/mien/", ("rule",)),
    "what somebody must learn": ("hr", "/can-bo/{learner.staff_member_id}/nghia-vu/", ("learner", "rule")),
    "why not": ("hr", "/can-bo/{learner.staff_member_id}/nghia-vu/YC-CB/", ("learner", "rule")),
    "why must I": ("learner", "/viec-hoc/vi-sao/YC-CB/", ("rule",)),
    "a duty to give": ("hr", "/can-bo/{learner.staff_member_id}/nhiem-vu/giao/", ("learner", "rule")),
    "an exemption to give": ("hr", "/can-bo/{learner.staff_member_id}/mien/them/", ("learner", "rule")),
    "requirements": ("admin", "/quy-tac/", ("rule",)),
    "a requirement": ("admin", "/quy-tac/yeu-cau/YC-CB/", ("rule",)),
    "audiences": ("admin", "/quy-tac/doi-tuong/", ("rule",)),
    "an audience": ("admin", "/quy-tac/doi-tuong/toan-the/", ("rule",)),
    "tracks and validity": ("admin", "/quy-tac/linh-vuc/", ("rule",)),
    "a new version of a requirement": ("admin", "/quy-tac/yeu-cau/YC-CB/phien-ban-moi/", ("rule",)),
    "a new version of an audience": ("admin", "/quy-tac/doi-tuong/toan-the/phien-ban-moi/", ("rule",)),
    "what a change would do": ("admin", "/quy-tac/du-thao/{proposal.pk}/", ("proposal",)),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_screen(request, open_page, live_server, name):
    person, path, shown = PAGES[name]
    rows = {fixture: request.getfixturevalue(fixture) for fixture in shown}
    user = request.getfixturevalue(person) if person else None

    page = open_page(path.format(**rows), user=user, width=WIDTHS[0])
    found, too_wide = {}, []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for violation in Axe().run(page).response["violations"]:
            found[width, violation["id"]] = [node["html"][:120] for node in violation["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(width)

    address = live_server.url + path.format(**rows)
    assert page.url == address
    assert page.refused == ([address] if name == "not found" else [])
    assert found == {}
    assert too_wide == []
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:"))] == []
    assert len(page.complaints) == len(page.refused), page.complaints


def test_the_cms_opens_for_a_trainer_without_errors(course, trainer, open_page, live_server):
    page = open_page("/cms/", user=trainer)
    page.wait_for_load_state("load")

    assert page.url == f"{live_server.url}/cms/"
    assert page.get_by_role("heading", level=1).count() == 1
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:"))] == []
    assert page.complaints == []
