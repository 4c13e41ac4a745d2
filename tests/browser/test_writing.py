"""The trainer's editor in Chromium: the live preview as on a phone, the checklist, comments, under the CMS's policy."""

import pytest
from django.urls import reverse

# Wagtail leaves the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def editor(course, lessons, trainer, open_page):
    course.authors.add(trainer)
    page = open_page(reverse("wagtailadmin_pages:edit", args=[lessons[0].pk]), user=trainer)
    page.wait_for_load_state("networkidle")
    return page


def preview_of(page):
    """The frame of the live preview, opened: loaded, in the place of the one before, and laid out."""
    page.get_by_role("button", name="Bật/tắt xem trước").click()
    page.wait_for_function(
        """() => {
            const frames = document.querySelectorAll("iframe[data-w-preview-target=iframe]");
            const inside = frames.length === 1 ? frames[0].contentDocument : null;
            return inside?.querySelector("article.prose") && inside.documentElement.clientWidth > 300;
        }"""
    )
    return page.query_selector("iframe[data-w-preview-target=iframe]").content_frame()


def test_the_live_preview_draws_the_lesson_as_on_a_phone(editor, lessons, live_server):
    frame = preview_of(editor)

    sizes = [size.get_attribute("aria-label") for size in editor.locator("input[name=preview-size]").all()]
    style = frame.evaluate("getComputedStyle(document.querySelector('article.prose')).lineHeight")
    assert sizes == ["Điện thoại, 360 px", "Máy tính bảng, 768 px", "Máy tính, 1366 px"]
    assert frame.evaluate("document.documentElement.clientWidth") in range(340, 361)
    assert frame.evaluate("document.documentElement.scrollWidth <= 360")
    assert style != "normal"
    assert [url for url in editor.asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
    assert editor.complaints == []


def test_a_self_check_in_the_preview_sends_nothing(editor):
    frame = preview_of(editor)

    assert frame.locator("form.task button").count() == 0
    assert frame.locator("form.task[action]").count() == 0
