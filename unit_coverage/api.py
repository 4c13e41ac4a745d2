"""Training rates for other systems: the very figures that the pages print, and the people behind them."""

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from courses.enums import Binding, Origin
from staff import clock
from staff.api.answers import LAST_KEY, REFUSALS, Limit, On, day_of, unit_of
from staff.api.problems import Problem
from staff.api.tokens import sight_of
from staff.enums import HEADCOUNT_CATEGORIES, ApiPermission, StaffCategory
from staff.models import Unit
from unit_coverage import shares
from unit_coverage.enums import FigureKey, Group
from unit_coverage.people import people_after
from unit_coverage.queries import Figure, UnitCoverage, coverage, requirements_of
from unit_coverage.todays_units import coverage_by_todays_units

router = Router(tags=["coverage"])


class Structure(StrEnum):
    """In whose units people are counted: those of the cut-off day, or those of today."""

    THEN = "then"
    TODAY = "today"


class PeopleGroup(StrEnum):
    """Whom of a figure a list shows."""

    ALL = "all"
    BOUND = "bound"
    TRAINED = "trained"
    PASSED = "passed"
    COMPLETED = "completed"
    RECOGNISED = "recognised"
    DECLARED = "declared"
    NOT_TRAINED = "not_trained"
    EXEMPT = "exempt"
    DEFERRED = "deferred"
    NOT_BOUND = "not_bound"
    TRAINED_OUTSIDE = "trained_outside"
    OVERDUE = "overdue"


class ShareOut(Schema):
    """``text`` as it is printed in Vietnamese; ``percent`` the same number for programs, null where nobody is bound."""

    text: str
    percent: float | None


class FigureOut(Schema):
    """a = trained of b = bound; passed + completed + recognised + declared = a; not_trained = b - a."""

    track: FigureKey
    label: str
    a: int
    b: int
    share: ShareOut
    passed: int
    completed: int
    recognised: int
    declared: int
    not_trained: int
    exempt: int
    deferred: int
    not_bound: int
    trained_outside: int


class RowOut(Schema):
    """Without ``has_figures`` no staff list had arrived by that day: then the figures are empty, never 0."""

    unit: str
    unit_name: str
    headcount: int
    has_figures: bool
    figures: list[FigureOut]


class RuleOut(Schema):
    track: FigureKey
    code: str
    version: int
    legal_basis: str


class CoverageOut(Schema):
    """``whole``: the unit with all below it; ``own``: its direct people; ``children``: each unit directly below."""

    on: date
    structure: Structure
    categories: list[StaffCategory]
    rules: list[RuleOut]
    whole: RowOut
    own: RowOut
    children: list[RowOut]


class PersonBehindOut(Schema):
    id: int
    staff_code: str | None
    full_name: str
    unit: str
    binding: Binding
    is_trained: bool
    origin: Origin | None
    outcome: str
    due_on: date | None
    reasons: list[str]


class PeopleBehindOut(Schema):
    """``elsewhere``: so many more of the group now belong to other units and are not named."""

    on: date
    structure: Structure
    unit: str
    track: FigureKey
    group: PeopleGroup
    total: int
    elsewhere: int
    people: list[PersonBehindOut]
    next: int | None


@router.get("coverage", response={200: CoverageOut, **REFUSALS}, summary="The figures of a unit on a day")
def figures(
    request,
    unit: str,
    on: date | None = On,
    track: FigureKey | None = None,
    structure: Structure = Structure.THEN,
    category: StaffCategory | None = None,
):
    """Counts a and b, and their share; of one ``category``, or of those that make up the headcount."""
    sight = sight_of(request, ApiPermission.COVERAGE, ApiPermission.FIGURES)
    day = day_of(on)
    found = unit_of(sight, unit)
    _require_existed(found, clock.today() if structure == Structure.TODAY else day)
    categories = [category] if category else list(HEADCOUNT_CATEGORIES)
    count = coverage_by_todays_units if structure == Structure.TODAY else coverage
    table = count(unit=found, on=day, categories=categories)
    wanted = [track] if track else list(FigureKey)
    return CoverageOut(
        on=day,
        structure=structure,
        categories=categories,
        rules=[
            RuleOut(track=key, code=rule.code, version=rule.version, legal_basis=rule.legal_basis)
            for key, rules in requirements_of(day).items()
            if key in wanted
            for rule in rules
        ],
        whole=_row(table.whole, wanted),
        own=_row(table.own, wanted),
        children=[_row(child, wanted) for child in table.children],
    )


@router.get("coverage/people", response={200: PeopleBehindOut, **REFUSALS}, summary="Who is behind a figure, and why")
def people_behind(
    request,
    unit: str,
    track: FigureKey,
    on: date | None = On,
    group: PeopleGroup = PeopleGroup.ALL,
    structure: Structure = Structure.THEN,
    category: StaffCategory | None = None,
    after: int = Query(0, ge=0, le=LAST_KEY, description="the `next` of the page before"),
    limit: int = Limit,
):
    """The people of a group with the reasons as the site prints them; ``unit`` of each is that of the day."""
    sight = sight_of(request, ApiPermission.COVERAGE)
    day = day_of(on)
    found = unit_of(sight, unit)
    by = clock.today() if structure == Structure.TODAY else None
    _require_existed(found, by or day)
    listed, following = people_after(
        after,
        unit=found,
        on=day,
        figure=track,
        group=Group[group.name],
        seen=sight.people,
        categories=[category] if category else list(HEADCOUNT_CATEGORIES),
        limit=limit,
        by=by,
    )
    return PeopleBehindOut(
        on=day,
        structure=structure,
        unit=found.code,
        track=track,
        group=group,
        total=listed.total,
        elsewhere=listed.elsewhere,
        people=[_person(line) for line in listed.lines],
        next=following,
    )


def _require_existed(unit: Unit, day: date) -> None:
    if not unit.existed_on(day):
        words = _("%(unit)s did not exist on %(day)s.") % {"unit": unit.name, "day": f"{day:%d/%m/%Y}"}
        raise Problem(422, "unit_not_there", words)


def _row(row: UnitCoverage, wanted) -> RowOut:
    figures = [_figure(key, row.figures[key]) for key in wanted] if row.has_figures else []
    return RowOut(
        unit=row.unit.code,
        unit_name=row.unit.name,
        headcount=row.headcount,
        has_figures=row.has_figures,
        figures=figures,
    )


def _figure(key: FigureKey, figure: Figure) -> FigureOut:
    percent = shares.percent(figure.trained, figure.bound)
    counts = {name: getattr(figure, name) for name in Figure.__slots__ if name != "bound"}
    return FigureOut(
        track=key,
        label=str(key.label),
        a=figure.trained,
        b=figure.bound,
        share=ShareOut(
            text=shares.percent_text(figure.trained, figure.bound), percent=None if percent is None else float(percent)
        ),
        not_trained=figure.not_trained,
        **counts,
    )


def _person(line) -> PersonBehindOut:
    return PersonBehindOut(
        id=line.staff_member.pk,
        staff_code=line.staff_code or None,
        full_name=line.staff_member.full_name,
        unit=line.unit.code,
        binding=line.standing.binding,
        is_trained=line.standing.is_trained,
        origin=line.standing.origin or None,
        outcome=str(line.outcome),
        due_on=line.reason.due_on,
        reasons=list(line.reason.sentences),
    )
