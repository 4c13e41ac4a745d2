"""What a test waits for; and a page that is loaded anew while its last save is on the way."""

import re
from contextlib import contextmanager

import pytest

# What a page of a test asks the server.
NEWS = re.compile("/luu/")


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
    waits = "(prefix) => Object.keys(localStorage).some((key) => key.startsWith(prefix))"
    until(page, lambda: not page.evaluate(waits, prefix), "something still waits on this computer")


def until(page, condition, otherwise: str, *, turns: int = 150):
    """What is not in the page itself, asked ten times a second; in between the browser gets its turn."""
    for _turn in range(turns):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail(otherwise)


def stop_the_clock(page):
    """A page of a test is loaded anew, and from here on its time goes on by ``page.clock.run_for`` alone."""
    page.clock.install()
    page.reload()
    # It can only be stopped at a moment that has not come. On the way there the page asks for news, whose answer must
    # not come after those that follow.
    with page.expect_request(NEWS) as asked:
        page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 30)
    asked.value.response().finished()


def let_it_look(page, seconds: int):
    """Within so many seconds of its own time the page asks for news; comes back with the answer."""
    with page.expect_request(NEWS) as asked:
        page.clock.run_for(seconds * 1000)
    asked.value.response().finished()
