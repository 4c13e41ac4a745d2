"""Every type of page: nothing for axe to find, no sideways scrolling, no request to another host, at three widths.

A new type of page joins PAGES: its name, who opens it (a fixture of the cast, or None), and its address.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = {
    "home": (None, "/"),
    "sign-in": (None, "/tai-khoan/login/"),
    "password reset": (None, "/tai-khoan/password/reset/"),
    "privacy": (None, "/quyen-rieng-tu/"),
    "not found": (None, "/khong-co/"),
    "home, signed in": ("learner", "/"),
    "coverage": ("hr", "/ty-le/24931-2/"),
    "people": ("hr", "/ty-le/24931-2/nguoi/"),
}


@pytest.mark.parametrize("width", [360, 768, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_screen(request, open_page, live_server, name, width):
    person, path = PAGES[name]
    user = request.getfixturevalue(person) if person else None

    page = open_page(path, user=user, width=width)

    violations = Axe().run(page).response["violations"]
    found = {violation["id"]: [node["html"][:120] for node in violation["nodes"]] for violation in violations}
    assert found == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:"))] == []
    assert [text for text in page.complaints if "404" not in text] == []
