"""Every type of page: nothing for axe to find, no sideways scrolling, room for fingers, no request to another host.

The pages stand in ``pages.py``. SHOTS=<folder> keeps a picture of each at each width.
"""

import pytest

from tests.browser.looking import faults
from tests.browser.pages import CMS_PAGES, PAGES

# Wagtail leaves the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

DARK = ["sign-in", "my learning", "lesson", "exam", "result", "coverage", "staff", "what a change would do"]
# What is around our parts in the CMS is Wagtail's: its side bar, its bar of buttons, its preview, its
# editor of rich text and its lists of blocks (whose fields carry no name) and its map of the form.
CMS_PARTS = {
    "include": ["#main"],
    "exclude": [
        ".Draftail-Editor",
        ".w-minimap",
        ".w-slim-header",
        "[data-side-panel]",
        ".form-side",
        "footer",
        ".w-header",
        ".w-breadcrumbs",
    ],
}


@pytest.fixture
def opened(request, open_page, live_server):
    """``opened(row, **options)``: that row's page with the rows it shows, and its address."""

    def open_row(row, **options):
        person, path, shown = row
        rows = {fixture: request.getfixturevalue(fixture) for fixture in shown}
        user = request.getfixturevalue(person) if person else None
        path = path.format(**rows)
        return open_page(path, user=user, **options), live_server.url + path

    return open_row


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_its_screen(opened, live_server, name):
    page, address = opened(PAGES[name], width=360)

    found = faults(page, name)

    assert page.url == address
    assert page.refused == ([address] if name == "not found" else [])
    assert found == {}
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:"))] == []
    assert len(page.complaints) == len(page.refused), page.complaints


@pytest.mark.parametrize("name", DARK)
def test_a_page_is_accessible_in_the_dark(opened, name):
    page, _address = opened(PAGES[name], width=360, color_scheme="dark")

    assert faults(page, f"dark, {name}", widths=(360, 1366), targets=None) == {}


KNOWN: dict[str, str] = {}


def _with_what_is_known(name):
    marks = [pytest.mark.xfail(reason=KNOWN[name], strict=False)] if name in KNOWN else []
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_with_what_is_known(name) for name in CMS_PAGES])
def test_our_part_of_the_cms_is_accessible(opened, live_server, name):
    page, address = opened(CMS_PAGES[name])
    page.wait_for_load_state("load")

    # Of a lesson's form only the checklist is ours.
    ours = {"include": [".lesson-check"]} if "checklist" in name else CMS_PARTS
    found = faults(page, name, about=ours, targets=None)

    assert page.url == address
    assert page.refused == []
    assert found == {}
    assert [url for url in page.asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
    assert page.complaints == []
