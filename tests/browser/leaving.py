"""A page that is loaded anew while its last save is on the way: the new page was written before the save arrived."""

from contextlib import contextmanager


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
