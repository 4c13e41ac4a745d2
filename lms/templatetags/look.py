"""What templates say about figures, dates and states, and the icons beside the words."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django import template
from django.utils import formats, timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staff import clock, codes, icons

register = template.Library()

NO_FIGURE = "–"
# From here on a deadline asks for attention.
DUE_SOON_DAYS = 14

icon = register.simple_tag(icons.icon)
status_icon = register.simple_tag(icons.status_icon)
status = register.simple_tag(icons.status)


# --- Figures ----------------------------------------------------------------


def _two_places(value) -> Decimal:
    if isinstance(value, Fraction):
        # Half up on the exact fraction: a float or a truncated decimal could fall on the wrong side.
        hundredths = (value * 100 * 2 + 1) // 2
        return Decimal(hundredths) / 100
    return Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _decimal(value: Decimal, places: int) -> str:
    """``value``, which has no more than ``places`` decimals, as the reader's language writes it."""
    if -1000 < value < 1000:
        # Nothing to group: a table of hundreds of figures asks for its separator only.
        text = f"{value:.{places}f}"
        return text.replace(".", formats.get_format("DECIMAL_SEPARATOR")) if places else text
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def staff_code(code: str) -> str:
    """A staff code as people read it aloud, in two groups."""
    return codes.grouped_staff_code(code)


@register.filter
def short_name(full_name: str) -> str:
    """A name where there is little room: its last two words, by which people call each other (Thị Lan)."""
    return " ".join(full_name.split()[-2:])


@register.filter
def unread(count: int) -> str:
    """The number beside the bell, short enough for it: 99+ for more than 99."""
    return str(count) if count < 100 else "99+"


@register.filter
def mark(value) -> str:
    """A mark with its two decimals: 8,25 in Vietnamese, 8.25 in English; a dash while there is none."""
    return NO_FIGURE if value is None or value == "" else _decimal(_two_places(value), 2)


@register.filter
def number(value, places: int = 0) -> str:
    """A number with grouped thousands: 1.234,5 in Vietnamese, 1,234.5 in English; a dash for none."""
    if value is None or value == "":
        return NO_FIGURE
    if type(value) is int and not places:
        return _decimal(value, 0)
    step = Decimal(1).scaleb(-places)
    return _decimal(Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP), places)


def _hundred_parts(share) -> Decimal:
    """``share`` (0 to 1) in percent, half up to two places, but 100 only when all and 0 only when none."""
    exact = Fraction(str(share)) if isinstance(share, float | Decimal) else Fraction(share)
    rounded = _two_places(exact * 100)
    if rounded >= 100 and exact < 1:
        return Decimal("99.99")
    if rounded <= 0 and exact > 0:
        return Decimal("0.01")
    return rounded


@register.filter
def percent(share) -> str:
    """A share between 0 and 1 as 73,21%; 100,00% only when all, 0,00% only when none, a dash for None."""
    return NO_FIGURE if share is None else f"{_decimal(_hundred_parts(share), 2)}%"


@register.filter
def bar(share) -> str:
    """The same share for the ``value`` of a meter up to 100: never localised, "0" for None."""
    return "0" if share is None else str(_hundred_parts(share))


# --- Days and moments -------------------------------------------------------


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """The day, in local time: 05/01/2026."""
    return "" if not value else _local(value).strftime("%d/%m/%Y")


@register.filter
def moment(value: datetime | None) -> str:
    """The minute and the day, in local time: 10:42 05/01/2026."""
    return "" if not value else _local(value).strftime("%H:%M %d/%m/%Y")


@register.filter(name="clock")
def clock_time(value: datetime | None) -> str:
    """The second, in local time: 10:42:05."""
    return "" if not value else _local(value).strftime("%H:%M:%S")


def _days_until(due: date) -> int:
    return ((_local(due).date() if isinstance(due, datetime) else due) - clock.today()).days


@register.filter
def days_left(due: date | None) -> str:
    """How far a deadline is: "8 days left", "due today", "3 days overdue". The day itself still counts."""
    if not due:
        return ""
    days = _days_until(due)
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


@register.filter
def due_status(due: date | None) -> str:
    """The kind of status of a deadline: bad when overdue, warn when near, now otherwise."""
    if not due:
        return "now"
    days = _days_until(due)
    return "bad" if days < 0 else "warn" if days <= DUE_SOON_DAYS else "now"


# --- Addresses --------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The query string of this request with ``changes``; a value of None or "" leaves the name out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return conditional_escape(f"?{parameters.urlencode()}")


@register.simple_tag(takes_context=True)
def here(context, *names: str) -> SafeString | str:
    """``aria-current="page"`` on the page itself, for one of the view names or namespaces ``names``."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match and (match.view_name in names or match.namespace in names):
        return mark_safe(' aria-current="page"')
    return ""
