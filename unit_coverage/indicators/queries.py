"""Indicators with their figures and the people behind them, as pages and reports print them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from courses.enums import Origin, TrackCode
from courses.obligations import latest_versions
from staff.models import StaffMember, Unit
from unit_coverage.enums import EventKind, Place, Subject
from unit_coverage.indicators.evaluation import EventFact, Facts, Held, HeldDuty, HeldPaper, Line, Result, evaluate
from unit_coverage.indicators.facts import load_facts
from unit_coverage.models import Indicator, IndicatorRule
from unit_coverage.periods import Period
from unit_coverage.rule_queries import Versions, versions_of
from unit_coverage.shares import percent_for_reader
from unit_coverage.targets import indicator_targets

# So many documents or courses are named in one line of evidence.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator with the version that ruled on the cut-off day, what it gives, and the percentage to be reached."""

    rule: IndicatorRule
    result: Result
    target: Decimal | None = None
    # Counts the people of the period's first day, and nobody was posted then: no staff list had come.
    lacks_cohort: bool = False

    @property
    def indicator(self) -> Indicator:
        return self.rule.indicator

    @property
    def share_text(self) -> str:
        return percent_for_reader(self.result.a, self.result.b)

    @property
    def is_below(self) -> bool:
        """Whether there is a target that the exact share does not reach."""
        a, b = self.result.a, self.result.b
        return self.target is not None and bool(b) and a * 100 < self.target * b

    @property
    def evidence(self) -> str:
        """What a rests on, in one line: decisions, papers, courses, the most frequent first."""
        return evidence_words(fact for line in self.result.of(Place.A) for fact in set(line.by))


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of the list with the name of what it is about."""

    line: Line
    name: str
    code: str
    unit: Unit
    words: str

    @property
    def place(self) -> str:
        return Place(self.line.place).label


@dataclass(frozen=True, slots=True)
class NamedLines:
    """``elsewhere`` people of the group now belong to other units and are not named."""

    lines: tuple[NamedLine, ...]
    total: int
    elsewhere: int

    @property
    def named(self) -> int:
        return self.total - self.elsewhere


def rules_on(day: date) -> list[IndicatorRule]:
    """The version of each indicator in force on ``day``, in their order. One query."""
    rows = IndicatorRule.objects.on(day).select_related("indicator")
    ruling = latest_versions(rows, day, key=lambda rule: rule.indicator_id)
    return sorted(ruling, key=lambda rule: (rule.indicator.position, rule.indicator.name))


def count_all(*, unit: Unit, period: Period, by: date | None = None, facts: Facts | None = None) -> list[Counted]:
    """Every indicator in force at the end of the period, by the units of the day ``by`` where that is given. A fixed
    number of queries."""
    facts = facts or load_facts(unit=unit, period=period, by=by)
    targets = indicator_targets(unit, period.last)
    return [_count(rule, facts, period, targets) for rule in rules_on(period.last)]


def count_one(*, code: str, unit: Unit, period: Period, by: date | None = None) -> tuple[Counted, Facts] | None:
    """One indicator; None where no version of it is in force at the end of the period."""
    rule = next((rule for rule in rules_on(period.last) if rule.indicator.code == code), None)
    if rule is None:
        return None
    facts = load_facts(unit=unit, period=period, by=by)
    return _count(rule, facts, period, indicator_targets(unit, period.last)), facts


def _count(rule: IndicatorRule, facts: Facts, period: Period, targets: dict[str, Decimal]) -> Counted:
    lacks_cohort = rule.only_without_at_start and not facts.cohort
    return Counted(rule, evaluate(rule, facts, period), targets.get(rule.indicator.code), lacks_cohort)


def indicators(on: date) -> list[Versions]:
    """Every indicator with the versions of its rule. Two queries."""
    rules: dict[int, list[IndicatorRule]] = {}
    for rule in IndicatorRule.objects.select_related("indicator", "recorded_by", "end_recorded_by"):
        rules.setdefault(rule.indicator_id, []).append(rule)
    return [versions_of(found, rules.get(found.pk, []), on) for found in Indicator.objects.all()]


def named_lines(
    counted: Counted, facts: Facts, *, place: str, viewer, start: int = 0, limit: int | None = None
) -> NamedLines:
    """The lines of a place by name, from ``start`` on; of people only those whom ``viewer`` may see today."""
    lines = counted.result.of(place) if place else list(counted.result.lines)
    if counted.indicator.subject == Subject.PEOPLE:
        return _people(lines, viewer, start, limit)
    window = slice(start, None if limit is None else start + limit)
    if counted.indicator.subject == Subject.UNITS:
        return _units(lines, window)
    return _events(lines, facts, window)


def _people(lines: Sequence[Line], viewer, start, limit) -> NamedLines:
    by_person = {line.subject_id: line for line in lines}
    order = [
        pk
        for pk in StaffMember.objects.visible_to(viewer).in_name_order().values_list("pk", flat=True)
        if pk in by_person
    ]
    page = order[start : None if limit is None else start + limit]
    people = StaffMember.objects.select_related("user").in_bulk(page)
    units = Unit.objects.select_related("parent").in_bulk({by_person[pk].unit_id for pk in page})
    named = tuple(
        NamedLine(
            by_person[pk],
            people[pk].full_name,
            getattr(getattr(people[pk], "user", None), "staff_code", ""),
            units[by_person[pk].unit_id],
            line_words(by_person[pk]),
        )
        for pk in page
    )
    return NamedLines(named, len(lines), len(lines) - len(order))


def _units(lines: Sequence[Line], window: slice) -> NamedLines:
    units = Unit.objects.select_related("parent").in_bulk([line.unit_id for line in lines])
    ordered = sorted(lines, key=lambda line: (units[line.unit_id].sort_key, line.unit_id))[window]
    return NamedLines(
        tuple(
            NamedLine(
                line,
                units[line.unit_id].name_in_place,
                units[line.unit_id].code,
                units[line.unit_id],
                line_words(line),
            )
            for line in ordered
        ),
        len(lines),
        0,
    )


def _events(lines: Sequence[Line], facts: Facts, window: slice) -> NamedLines:
    events = {(event.kind, event.event_id): event for event in facts.events}
    units = Unit.objects.select_related("parent").in_bulk([line.unit_id for line in lines])
    ordered = list(lines)[window]
    return NamedLines(
        tuple(
            NamedLine(
                line,
                events[line.kind, line.subject_id].words,
                f"{events[line.kind, line.subject_id].day:%d/%m/%Y}",
                units[line.unit_id],
                _people_words(events[line.kind, line.subject_id]),
            )
            for line in ordered
        ),
        len(lines),
        0,
    )


def _people_words(event: EventFact) -> str:
    words = _("%(n)s people attended") if event.kind == EventKind.CLASS else _("%(n)s people sat")
    return words % {"n": event.people}


def line_words(line: Line) -> str:
    """Why the line counts: duties, papers and courses with their decisions and days."""
    return "; ".join(fact_words(fact) for fact in line.by)


def fact_words(fact) -> str:
    match fact:
        case HeldDuty():
            return _("duty by %(decision)s") % {"decision": fact.decision} if fact.decision else _("duty recorded")
        case HeldPaper():
            return f"{fact.name} ({fact.decision})"
        case Held():
            return f"{_held_words(fact)} ({fact.valid_from:%d/%m/%Y})"
    raise TypeError(fact)


def evidence_words(facts: Iterable) -> str:
    """Many facts in one line: each document or course once, with how many people it stands for."""
    counts: Counter[str] = Counter(_source(fact) for fact in facts)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{words} ({n})" for words, n in ordered[:NAMED]]
    if len(ordered) > NAMED:
        said.append(_("and %(n)s more") % {"n": len(ordered) - NAMED})
    return "; ".join(said)


def _source(fact) -> str:
    match fact:
        case HeldDuty():
            return fact.decision or _("duties recorded without a number")
        case HeldPaper():
            return fact.decision
        case Held():
            return _held_words(fact)
    raise TypeError(fact)


def _held_words(held: Held) -> str:
    """The code of a course stands on its certificate; that of a whole track means nothing to a reader.

    What was recognised or declared has no certificate of ours and says so.
    """
    words = str(TrackCode(held.code).label) if held.code in TrackCode.values else held.code
    return f"{words}, {Origin(held.origin).label}" if held.origin in {Origin.RECOGNISED, Origin.DECLARED} else words


def csv_rows(counted: Counted, listed: NamedLines, period: Period) -> Iterable[list]:
    """The list as lines of a file."""
    yield [
        _("Indicator"),
        _("Period"),
        _("Name"),
        _("Code"),
        _("Unit code"),
        _("Unit"),
        _("Group"),
        _("Evidence"),
        _("Rule version"),
    ]
    for line in listed.lines:
        yield [
            counted.indicator.name,
            period.days,
            line.name,
            line.code,
            line.unit.code,
            line.unit.name,
            line.place,
            line.words,
            counted.rule.version,
        ]
    if listed.elsewhere:
        yield [_("%s more people now belong to other units") % listed.elsewhere]
