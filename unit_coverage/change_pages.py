"""What the page of a personal change prints before it is made: rows, people's duties to learn, figures by day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staff.enums import Capability, ChangeCause, DutyKind, PostingStatus, StaffCategory
from staff.models import StaffMember, Unit
from unit_coverage.enums import FigureKey
from unit_coverage.models import Proposal
from unit_coverage.personal_effects import HEADCOUNT, DayFigure, Fact, FactMove, PersonalEffect
from unit_coverage.previews import sentences


@dataclass(frozen=True, slots=True)
class FactLine:
    """A posting, duty or right in words: what, where, which days before and after, and what becomes of it."""

    what: str
    unit: str
    before: str
    after: str
    turn: str
    kind: str  # the colour of the turn


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One unit's figure, on the shown days from ``figure.day`` to ``last``: on all of them it moves alike."""

    unit: Unit
    label: str
    figure: DayFigure
    last: date
    is_headcount: bool


@dataclass(frozen=True, slots=True)
class ChangePreview:
    effect: PersonalEffect
    facts: tuple[FactLine, ...]
    says: tuple[str, ...]
    figures: tuple[FigureLine, ...]
    hidden: int


def change_preview(effect: PersonalEffect, proposal: Proposal, *, viewer) -> ChangePreview:
    """Figures are those of units that ``viewer`` may see; ``hidden`` counts the lines of units above them."""
    units = Unit.objects.select_related("parent").in_bulk()
    figures, hidden = figure_lines(effect.figures, effect.days, units, viewer=viewer)
    facts = tuple(_fact_line(move, units) for move in effect.facts)
    says = (*sentences(effect.effect, proposal.staff_member), *_reminders(effect, proposal.staff_member))
    says += tuple(_account(effect, proposal))
    return ChangePreview(effect, facts, says, figures, hidden)


def figure_lines(
    figures: Collection[DayFigure], days: tuple[date, ...], units: Mapping[int, Unit], *, viewer
) -> tuple[tuple[FigureLine, ...], int]:
    """The figures of units that ``viewer`` may see, and how many others move."""
    concerned = Unit.objects.filter(pk__in={figure.unit_id for figure in figures})
    visible = set(concerned.visible_to(viewer).values_list("pk", flat=True))
    seen = [figure for figure in figures if figure.unit_id in visible]
    lines = tuple(
        FigureLine(units[f.unit_id], _label(f.figure), f, last, f.figure == HEADCOUNT) for f, last in _spans(seen, days)
    )
    return lines, len(figures) - len(seen)


def _spans(figures: Iterable[DayFigure], days: tuple[date, ...]) -> list[tuple[DayFigure, date]]:
    """Figures in order, those of neighbouring shown days that say the same as one: the first, and the last day."""
    found: list[tuple[DayFigure, date]] = []
    following = dict(zip(days, days[1:], strict=False))
    for figure in figures:
        if found and replace(found[-1][0], day=figure.day) == figure and following.get(found[-1][1]) == figure.day:
            found[-1] = (found[-1][0], figure.day)
        else:
            found.append((figure, figure.day))
    return found


def _label(figure: str) -> str:
    return _("Headcount") if figure == HEADCOUNT else FigureKey(figure).label


def _fact_line(move: FactMove, units) -> FactLine:
    fact = move.after or move.before
    what = _what(fact)
    if move.before and move.after and move.before != move.after and _what(move.before) != what:
        what = f"{_what(move.before)} → {what}"
    turn, kind = _turn(move)
    return FactLine(what, units[fact.unit_id].name_in_place, _days(move.before), _days(move.after), turn, kind)


def _what(fact: Fact) -> str:
    if fact.what == "duty":
        return _("Duty: %s") % DutyKind(fact.label).label
    if fact.what == "right":
        return _("Right: %s") % Capability(fact.label).label
    words = [fact.label, StaffCategory(fact.category).label, PostingStatus(fact.status).label]
    said = ", ".join(str(word) for word in words if word)
    return (_("Main posting: %s") if fact.what == "posting" else _("Further post: %s")) % said


def _turn(move: FactMove) -> tuple[str, str]:
    before, after = move.before, move.after
    if after is None:
        return _("is struck"), "bad"
    if before is None:
        return _("begins"), "ok"
    if before == after:
        return _("is kept"), ""
    if after.last is not None and (before.last is None or after.last < before.last):
        return _("ends"), "warn"
    return _("changes"), "now"


def _days(fact: Fact | None) -> str:
    if fact is None:
        return "–"
    first = date_format(fact.first, "d/m/Y")
    return f"{first} – {date_format(fact.last, 'd/m/Y') if fact.last else '…'}"


def _reminders(effect: PersonalEffect, person: StaffMember) -> Iterable[str]:
    words = {"name": person.full_name, "n": effect.open_after}
    if effect.status == "":
        yield _("No reminder is sent any more; who is not posted must learn nothing.")
    elif effect.status == PostingStatus.LEAVE:
        yield _("As long as the leave lasts, no reminder is sent. What must be learnt, and its dates, stay.")
    elif effect.open_after:
        yield (
            ngettext(
                "%(n)d requirement waits; reminders go on.",
                "%(n)d requirements wait; reminders go on.",
                effect.open_after,
            )
            % words
        )
    if effect.open_before and not effect.open_after and effect.status == "":
        yield ngettext(
            "%(n)d requirement that waited is no longer asked for.",
            "%(n)d requirements that waited are no longer asked for.",
            effect.open_before,
        ) % {"n": effect.open_before}


def _account(effect: PersonalEffect, proposal: Proposal) -> Iterable[str]:
    if effect.closes_account:
        yield _("The account is closed at once.")
    elif effect.opens_account:
        yield _("The account is opened again.")
    elif not effect.has_account:
        yield _("There is no account.")
    elif effect.status == "":
        yield _("The account stays open: certificates and the training record can still be fetched.")
    else:
        yield _("The account, what was learnt and the certificates stay as they are.")
    if proposal.payload.get("cause") != ChangeCause.DIED:
        yield _("The person is told in the system, and by mail where there is an address.")
