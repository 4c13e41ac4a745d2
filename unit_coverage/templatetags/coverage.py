"""Links of the coverage pages: every number opens its people, with the day and category of the page.

The cells of the units are written by Python: a province has five for each of some ninety communes, and Django's engine
takes ten times as long for their few words, more than for all else on the page. Here as there, whatever is not marked
safe is escaped, and words of the catalogue are ours.
"""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unit_coverage.enums import FigureKey
from unit_coverage.links import KEPT, PeopleLinks, address_of
from unit_coverage.shares import percent, percent_for_reader, percent_text

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
    query = {key: asked[key] for key in KEPT if asked.get(key)}
    address = address_of("unit", code)
    return f"{address}?{urlencode(query)}" if query else address


@register.simple_tag
def headcount_of(line) -> SafeString:
    """The cell of the people of a line of units; it opens them."""
    count, head = line["row"].headcount, _("Headcount")
    words = ngettext("%(n)s person of %(unit)s", "%(n)s people of %(unit)s", count)
    words = words % {"n": _number(count), "unit": line["name"]}
    return _safe(
        f'<td class="num" data-label="{head}"><a href="{escape(line["everybody"])}"'
        f' aria-label="{escape(words)}">{_number(count)}</a></td>'
    )


@register.simple_tag
def shares_of(line) -> SafeString:
    """The cells of a line of units: a share with its bar, and the pair that opens its people."""
    whose, row = escape(line["whose"]), line["row"]
    below = _("below the target")
    below = f'<span class="visually-hidden"> {below}</span>'
    pieces = []
    for cell in line["figures"]:
        figure, is_below = cell["figure"], cell["is_below"]
        bar, pair = percent(figure.trained, figure.bound), _pair(figure)
        meter = "" if bar is None else f'<meter min="0" max="100" value="{bar}" aria-hidden="true"></meter>'
        pieces.append(
            f'<td class="num" data-label="{cell["label"]}"><span class="share">{meter}'
            f'<span class="share__number{" below-target" if is_below else ""}">'
            f"{percent_for_reader(figure.trained, figure.bound)}{below if is_below else ''}</span></span> "
            f'<a class="small nowrap" href="{escape(cell["people"])}" aria-label="{pair} {whose}">{pair}</a>'
        )
        if cell["key"] == FigureKey.SPECIALIST and figure.bound:
            full = _("full-time %(pair)s") % {"pair": row.full_time.pair}
            part = _("part-time %(pair)s") % {"pair": row.part_time.pair}
            pieces.append(
                f'<span class="share__parts small soft"><span class="nowrap">{full}</span> '
                f'<span class="nowrap">{part}</span></span>'
            )
        pieces.append("</td>")
    return _safe("".join(pieces))


@register.simple_tag
def shades_of(line) -> SafeString:
    """The cells of a line of the heat map: the share on its shade, marked where it lies below its target; it opens its
    people."""
    whose = escape(line["whose"])
    below = _("below the target")
    pieces = []
    for cell in line["figures"]:
        figure, heat = cell["figure"], "" if cell["shade"] is None else f" heat heat--{cell['shade']}"
        said, mark = (f", {below}", " ▼") if cell["is_below"] else ("", "")
        share = f"{percent_for_reader(figure.trained, figure.bound)}{mark}"
        pieces.append(
            f'<td class="num{heat}" data-label="{cell["label"]}"><a href="{escape(cell["people"])}"'
            f' aria-label="{_pair(figure)} {whose}{said}">{share}</a></td>'
        )
    return _safe("".join(pieces))


def _pair(figure) -> str:
    return f"{_number(figure.trained)}/{_number(figure.bound)}"


def _number(count: int) -> str:
    return str(count) if count < 1000 else number_format(count, use_l10n=True, force_grouping=True)


def _safe(written: str) -> SafeString:
    return mark_safe(written)  # noqa: S308 - every value in it is escaped, a number or ours


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


@register.filter
def signed(change: int) -> str:
    """By how much a count moves: +3, −2, 0."""
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{_number(abs(change))}"


@register.simple_tag
def share_of(a: int, b: int) -> str:
    """a of b as people read it: 73,21%, or a dash."""
    return percent_text(a, b)
