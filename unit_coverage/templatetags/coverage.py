"""Links of the coverage pages: every number opens its people, with the day and category of the page."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from unit_coverage.links import KEPT, PeopleLinks
from unit_coverage.shares import percent_text

register = template.Library()


@register.simple_tag(takes_context=True)
def people_of(context, code: str, figure: str, group: str) -> str:
    """The address of the people of ``group`` in ``figure`` of the unit ``code``."""
    return PeopleLinks(context["request"].GET).of(code)(figure, group)


@register.simple_tag(takes_context=True)
def people_of_all(context, code: str, figure: str, group: str) -> str:
    """The same as this page shows, with the people of the units below."""
    asked = context["request"].GET.copy()
    asked["truc-tiep"] = ""
    return PeopleLinks(asked).of(code)(figure, group)


@register.simple_tag(takes_context=True)
def figures_of(context, code: str) -> str:
    """The address of the figures of the unit ``code`` on the day of this page."""
    asked = context["request"].GET
    query = {key: asked[key] for key in (*KEPT, "co-cau") if asked.get(key)}
    address = reverse("unit_coverage:unit", kwargs={"code": code})
    return f"{address}?{urlencode(query)}" if query else address


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
