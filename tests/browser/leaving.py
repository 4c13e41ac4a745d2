"""A page that is loaded anew while its last save is on the way: the new page was written before the save arrived."""

from contextlib import contextmanager

import pytest


@contextmanager
def overtaken(page):
    """What is saved in the block is acknowledged while the page is being left; the page that follows lacks it.

    The page that the server writes now is what the browser gets at the end of the block. That leaving has begun is
    told by the event with which a browser tells it: a real one would hold the script of this test back as well.
    """
    page.wait_for_load_state()
    earlier = page.context.request.get(page.url)
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    yield
    page.route(page.url, lambda route: route.fulfill(response=earlier))
    page.reload()
    page.unroute(page.url)


def wait_until_all_is_sent(page, prefix="exam:"):
    """The policy of the site lets no string be run in the page again and again, as wait_for_function does."""
    for _try in range(150):
        if not page.evaluate("(prefix) => Object.keys(localStorage).some((key) => key.startsWith(prefix))", prefix):
            return
        page.wait_for_timeout(100)
    pytest.fail("something still waits on this computer")
