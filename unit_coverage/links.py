"""Where a number leads: to its people, with the day, the category and the structure of the page it stands on."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

KEPT = ("ngay", "loai", "co-cau", "truc-tiep")


@lru_cache(maxsize=20_000)  # the units of a country: a page of a province asks for two hundred addresses
def address_of(page: str, code: str) -> str:
    """The address of ``page`` ("unit" or "people") of the unit ``code``."""
    return reverse(f"unit_coverage:{page}", kwargs={"code": code})


def page_number(request) -> int:
    """Which page of a list the address asks for, from 1; what is no number asks for the first."""
    number = request.GET.get("page", "1")
    return min(max(int(number), 1), 100_000) if number.isascii() and number.isdigit() and len(number) < 7 else 1


class PeopleLinks:
    """Addresses of lists of people, from a page that was asked with ``asked``. A unit's is looked up once."""

    def __init__(self, asked: Mapping[str, str]):
        self.kept = {key: asked[key] for key in KEPT if asked.get(key)}
        self._queries: dict[tuple[str, str, bool], str] = {}

    def of(self, code: str, *, direct: bool = False) -> Callable[[str, str], str]:
        """(figure, group) → address, of the unit ``code`` with all below it, or of its ``direct`` people only."""
        path = address_of("people", code)
        return lambda figure, group: f"{path}?{self._query(figure, group, direct)}"

    def _query(self, figure: str, group: str, direct: bool) -> str:
        key = (figure, group, direct)
        if key not in self._queries:
            added = {"linh-vuc": figure, "nhom": group} | ({"truc-tiep": "1"} if direct else {})
            self._queries[key] = urlencode(self.kept | added)
        return self._queries[key]
