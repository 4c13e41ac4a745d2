"""What a report says, as plain data: figures, rule versions, and of each person where she stood and why.

The same function counts a report when it is made and when it is looked at later, so that what was reported can be set
beside what is known today. Official paper has one language: values that papers print are Vietnamese words, the others
are codes.
"""

import hashlib
import json
from datetime import date

from django.db.models import Q
from django.utils import translation

from courses.enums import Binding, Origin
from staff.enums import HEADCOUNT_CATEGORIES, DutyKind, StaffCategory
from staff.models import Duty, StaffMember, Unit, User
from unit_coverage.enums import FigureKey, Group, Place, ReportKind, Subject
from unit_coverage.indicators.facts import load_facts
from unit_coverage.indicators.queries import count_all, line_words
from unit_coverage.indicators.words import rule_said
from unit_coverage.models import Standing
from unit_coverage.periods import Period
from unit_coverage.queries import FIGURES, CoverageTable, UnitCoverage, coverage, requirements_of
from unit_coverage.reports.supervision import supervised_by_figure
from unit_coverage.targets import targets_of
from unit_coverage.todays_units import PeopleByUnits, coverage_by_todays_units

FORMAT = 1
NOT_TRAINED = "not_trained"


def build(*, kind: str, unit: Unit, period: Period, units_of: date | None = None) -> dict:
    """The content of a report, without number, moment and author.

    ``units_of`` is the later day by whose units people are counted who were counted on the last day of the period.
    """
    with translation.override("vi"):
        content = {
            "format": FORMAT,
            "kind": str(kind),
            "unit": {"code": unit.code, "name": unit.name},
            "period": {
                "label": period.label,
                "first": period.first.isoformat(),
                "last": period.last.isoformat(),
                "basis": period.legal_basis,
            },
            "structure": f"units of {units_of.isoformat()}" if units_of else "cut-off day",
        }
        if kind == ReportKind.INDEX:
            return content | _index(unit, period, units_of)
        return content | _coverage(unit, period.last, units_of)


def canonical(content: dict) -> bytes:
    """The one spelling of a content: its hash tells whether two are the same."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: dict) -> str:
    return sha256_of(canonical(content))


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- Rates and people --------------------------------------------------------------------------------------


def structure_day(content: dict) -> date:
    """The day whose units a content stands by."""
    _word, _sep, day = content["structure"].partition("units of ")
    return date.fromisoformat(day or content["period"]["last"])


def _coverage(unit: Unit, on: date, units_of: date | None) -> dict:
    table = coverage_by_todays_units(unit=unit, on=on, by=units_of) if units_of else coverage(unit=unit, on=on)
    return {
        "rules": {
            key: [{"code": r.code, "version": r.version, "basis": r.legal_basis} for r in rules]
            for key, rules in requirements_of(on).items()
        },
        "lines": _lines(table, on, units_of or on),
        "people": people_on(unit, on, units_of),
    }


def _lines(table: CoverageTable, on: date, units_of: date) -> list[dict]:
    heads, targets = _heads(table.units, units_of), targets_of(table.units, on)
    lines = [_line(table.whole, "whole", heads, targets)]
    if table.children and table.own.headcount:
        lines.append(_line(table.own, "own", {}, targets))
    return lines + [_line(child, "child", heads, targets) for child in table.children]


def _line(row: UnitCoverage, part: str, heads: dict[int, str], targets: dict[int, dict]) -> dict:
    own = targets[row.unit.pk]
    return {
        "unit": row.unit.code,
        "name": row.unit.name,
        "part": part,
        "head": heads.get(row.unit.pk, ""),
        "has_figures": row.has_figures,
        "headcount": row.headcount,
        "figures": {
            key: {
                "a": f.trained,
                "b": f.bound,
                "passed": f.passed,
                "completed": f.completed,
                "recognised": f.recognised,
                "declared": f.declared,
                "exempt": f.exempt,
                "deferred": f.deferred,
                "not_bound": f.not_bound,
                # where a plan asks for a share; contents from before targets were named have none
                **({"target": str(own[key])} if key in own else {}),
            }
            for key, f in row.figures.items()
        },
    }


def _heads(units: list[Unit], on: date) -> dict[int, str]:
    """Who headed each unit that day; the last named where several did."""
    rows = Duty.objects.on(on).filter(kind=DutyKind.HEAD, unit__in=units).order_by("valid_from", "pk")
    return dict(rows.values_list("unit_id", "staff_member__full_name"))


def people_on(unit: Unit, on: date, units_of: date | None = None) -> list[dict]:
    """Everybody counted that day by given name, with an outcome for each figure.

    Of passes it says whether they were supervised. Seven queries, however many, unless somebody passed both with and
    without an invigilator; five more by the units of a later day, in which each person then stands.
    """
    inside, unit_of = Q(unit__path__gte=unit.path, unit__path__lt=unit.path_end), _where_she_stood
    if units_of:
        regrouped = PeopleByUnits(unit=unit, on=on, by=units_of)
        inside, unit_of = regrouped.within(), regrouped.unit_of
    counted = Standing.objects.on(on).filter(inside, category__in=HEADCOUNT_CATEGORIES)
    rows = counted.values_list(
        "staff_member_id", "unit_id", "category", "track__code", "part", "binding", "is_trained", "origin"
    )
    keys = {(str(track), str(part)): str(key) for key, (track, part) in FIGURES.items()}
    people: dict[int, dict] = {}
    for pk, unit_id, category, track, part, binding, is_trained, origin in rows.iterator(chunk_size=5000):
        person = people.get(pk)
        if person is None:
            person = people[pk] = {"id": pk, "unit": unit_of(pk, unit_id), "category": category, "outcomes": {}}
        key = keys.get((track, part))
        if key is not None:
            person["outcomes"][key] = _outcome(binding, is_trained, origin)
    passed = {
        pk: figures
        for pk, person in people.items()
        if (figures := [key for key, outcome in person["outcomes"].items() if outcome == Origin.PASSED])
    }
    within = counted.filter(origin=Origin.PASSED).values("staff_member_id")
    for pk, supervised in supervised_by_figure(passed, within=within, on=on).items():
        people[pk]["supervised"] = supervised
    return _named(list(people.values()))


def _where_she_stood(_staff_member_id: int, unit_id: int) -> int:
    return unit_id


def _outcome(binding: str, is_trained: bool, origin: str) -> str:
    if binding != Binding.BOUND:
        return binding
    return origin if is_trained else NOT_TRAINED


def _named(people: list[dict]) -> list[dict]:
    """The same people by given name, with their names, codes and units as of now. Three queries."""
    ids = {person["id"] for person in people}
    everybody = StaffMember.objects.in_name_order().values_list("pk", "full_name")
    codes = dict(User.objects.exclude(staff_member=None).values_list("staff_member_id", "staff_code"))
    units = {
        pk: (code, f"{name} · {above}" if top else name)
        for pk, code, name, above, top in Unit.objects.filter(pk__in={p["unit"] for p in people}).values_list(
            "pk", "code", "name", "parent__name", "parent__parent_id"
        )
    }
    order = [(pk, name) for pk, name in everybody.iterator(chunk_size=5000) if pk in ids]
    by_id = {person["id"]: person for person in people}
    named = []
    for pk, name in order:
        person = by_id[pk]
        code, unit_name = units[person["unit"]]
        named.append(person | {"name": name, "code": codes.get(pk, ""), "unit": code, "unit_name": unit_name})
    return named


# --- Indicators --------------------------------------------------------------------------------------------


def _index(unit: Unit, period: Period, units_of: date | None) -> dict:
    facts = load_facts(unit=unit, period=period, by=units_of)
    counted = count_all(unit=unit, period=period, facts=facts)
    people: dict[int, dict] = {}
    subjects = facts.by_person
    units: dict[str, dict] = {}
    for one in counted:
        if one.indicator.subject != Subject.PEOPLE:
            units[one.indicator.code] = {str(line.subject_id): str(Place(line.place)) for line in one.result.lines}
            continue
        for line in one.result.lines:
            fact = subjects[line.subject_id]
            person = people.setdefault(
                line.subject_id,
                {"id": line.subject_id, "unit": fact.unit_id, "category": fact.category, "outcomes": {}, "why": {}},
            )
            person["outcomes"][one.indicator.code] = str(Place(line.place).value)
            if line.by:
                person["why"][one.indicator.code] = line_words(line)
    indicators = [
        {
            "code": one.indicator.code,
            "name": one.indicator.name,
            "framework": one.indicator.framework,
            "subject": one.indicator.subject,
            "version": one.rule.version,
            "rule": [f"{label}: {value}" for label, value in rule_said(one.rule)],
            "basis": one.rule.legal_basis,
            "a": one.result.a,
            "b": one.result.b if one.result.has_denominator else None,
            "unclassified": one.result.unclassified,
            "max_points": str(one.rule.max_points) if one.rule.max_points is not None else "",
            "evidence": one.evidence,
            # where a plan asks for a share; contents from before targets of indicators were written have none
            **({"target": str(one.target)} if one.target is not None else {}),
            **({"lacks_cohort": True} if one.lacks_cohort else {}),
        }
        for one in counted
    ]
    return {"indicators": indicators, "subjects": units, "people": _named(list(people.values()))}


# --- As reported and as known today ------------------------------------------------------------------------


def differences(reported: dict, today: dict) -> dict[int, dict]:
    """By person: (what was reported, what is known today) for each figure that differs; empty words where uncounted."""
    before, after = ({p["id"]: p for p in content["people"]} for content in (reported, today))
    found: dict[int, dict] = {}
    for pk in sorted(before.keys() | after.keys()):
        said = before.get(pk, {}).get("outcomes", {})
        known = after.get(pk, {}).get("outcomes", {})
        moved = {
            key: (said.get(key, ""), known.get(key, ""))
            for key in sorted(said.keys() | known.keys())
            if said.get(key) != known.get(key)
        }
        if moved:
            found[pk] = moved
    return found


def figures_of(content: dict) -> dict[str, tuple[int, int | None]]:
    """(a, b) of the whole unit by figure or indicator."""
    if "indicators" in content:
        return {one["code"]: (one["a"], one["b"]) for one in content["indicators"]}
    figures = content["lines"][0]["figures"]
    return {str(key): (figures[key]["a"], figures[key]["b"]) for key in FigureKey.values}


def label_of(content: dict, key: str) -> str:
    """What a figure or an indicator is called."""
    for one in content.get("indicators", ()):
        if one["code"] == key:
            return one["name"]
    return str(FigureKey(key).label) if key in FigureKey.values else key


def outcome_words(outcome: str) -> str:
    """An outcome in the reader's language."""
    if outcome == NOT_TRAINED:
        return str(Group.NOT_TRAINED.label)
    for labels in (Origin, Binding, Place):
        if outcome in labels.values:
            return str(labels(outcome).label)
    return "–"


def category_words(category: str) -> str:
    return str(StaffCategory(category).label)
