"""No page of the site is left out when the browser looks at every type of page."""

import re

from django.urls import resolve

from tests.architecture.routes import every_route
from tests.architecture.test_access_matrix import MATRIX
from tests.browser.pages import CMS_PAGES, NO_PAGES, PAGES

OWN_CMS = ("certificates_cms:", "courses_cms:", "quizzes_cms:")


def _views_looked_at():
    paths = [re.sub(r"\{[^}]*\}", "1", path).partition("?")[0] for _who, path, _rows in {**PAGES, **CMS_PAGES}.values()]
    return {resolve(path).view_name for path in paths if path != "/khong-co/"}


def test_every_address_that_answers_get_is_looked_at_or_has_its_reason():
    only_post = {name for name, (_key, row) in MATRIX.items() if "405" in row.split()}
    asked = set(MATRIX) - only_post
    asked |= {route.name for route in every_route() if route.path.startswith("/tai-khoan/")} - only_post
    asked |= {route.name for route in every_route() if route.name.startswith(OWN_CMS)}

    assert asked - _views_looked_at() - set(NO_PAGES) == set()


def test_a_reason_stands_only_where_no_page_is_looked_at():
    names = {route.name for route in every_route()}

    assert (set(NO_PAGES) & _views_looked_at(), set(NO_PAGES) - names) == (set(), set())
