"""Links of the coverage pages: every number opens its people, with the day and category of the page."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from unit_coverage.shares import percent_text

register = template.Library()

_KEPT = ("ngay", "loai", "truc-tiep")


@register.simple_tag(takes_context=True)
def people_of(context, code: str, figure: str, group: str, direct: bool = False) -> str:
    """The address of the people of ``group`` in ``figure`` of the unit ``code``, or of its direct people only."""
    added = {"linh-vuc": figure, "nhom": group} | ({"truc-tiep": "1"} if direct else {})
    return _address(context, "unit_coverage:people", code, added)


@register.simple_tag(takes_context=True)
def people_of_all(context, code: str, figure: str, group: str) -> str:
    """The same as this page shows, with the people of the units below."""
    return _address(context, "unit_coverage:people", code, {"linh-vuc": figure, "nhom": group, "truc-tiep": ""})


@register.simple_tag(takes_context=True)
def figures_of(context, code: str) -> str:
    """The address of the figures of the unit ``code`` on the day of this page."""
    return _address(context, "unit_coverage:unit", code, {})


@register.simple_tag(takes_context=True)
def drawing_of(context, figure: str) -> str:
    """This page with ``figure`` drawn and ranked."""
    asked = context["request"].GET.copy()
    asked["linh-vuc"] = figure
    return f"?{asked.urlencode()}"


@register.simple_tag(takes_context=True)
def file_of(context, kind: str) -> str:
    """The address of what this page shows, with all its filters, as a file: "csv" or "xlsx"."""
    is_list = context["request"].resolver_match.view_name == "unit_coverage:people"
    asked = context["request"].GET.copy()
    asked.pop("page", None)
    asked["dang"] = kind
    name = "unit_coverage:people_file" if is_list else "unit_coverage:file"
    return f"{reverse(name, kwargs={'code': context['unit'].code})}?{asked.urlencode()}"


@register.simple_tag
def share_of(a: int, b: int) -> str:
    """a of b as people read it: 73,21%, or a dash."""
    return percent_text(a, b)


def _address(context, name: str, code: str, added: dict) -> str:
    asked = context["request"].GET
    # Lists of people stand in the structure of the day; tables also by the units of today.
    kept = _KEPT if name == "unit_coverage:people" else (*_KEPT, "co-cau")
    query = {key: asked[key] for key in kept if asked.get(key)} | added
    address = reverse(name, kwargs={"code": code})
    return f"{address}?{urlencode(query)}" if query else address
