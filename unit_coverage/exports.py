"""The tables of the pages as lines of a spreadsheet."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from staff.spreadsheets import Percent
from unit_coverage.enums import FigureKey
from unit_coverage.people import PeopleList
from unit_coverage.queries import CoverageTable, Figure, UnitCoverage
from unit_coverage.shares import percent, percent_text


def table_rows(table: CoverageTable, children: Iterable[UnitCoverage]) -> Iterable[list]:
    """The unit, its direct people and each of ``children``: one line a unit and track."""
    yield [
        _("Unit code"),
        _("Unit"),
        _("Cut-off day"),
        _("Headcount"),
        _("Track"),
        _("Bound (b)"),
        _("Trained (a)"),
        _("Share"),
        _("Passed"),
        _("Completed"),
        _("Recognised"),
        _("As declared"),
        _("Not trained"),
        _("Exempt"),
        _("Deferred"),
        _("Not bound"),
        _("Trained, not bound"),
        _("Bound, full-time duty"),
        _("Trained, full-time duty"),
        _("Bound, part-time duty"),
        _("Trained, part-time duty"),
        _("Remark"),
    ]
    yield from _unit_lines(table, table.whole, table.whole.unit.name)
    if table.children and table.own.headcount:
        yield from _unit_lines(table, table.own, _("%s (direct staff)") % table.own.unit.name)
    for child in children:
        yield from _unit_lines(table, child, child.unit.name)


def _unit_lines(table: CoverageTable, row: UnitCoverage, name: str) -> Iterable[list]:
    head = [row.unit.code, name, table.on.strftime("%d/%m/%Y")]
    if not row.has_figures:
        yield [*head, *[""] * 18, _("no figures yet")]
        return
    for key, figure in row.figures.items():
        split = _split_cells(row) if key == FigureKey.SPECIALIST else [""] * 4
        yield [*head, row.headcount, str(FigureKey(key).label), *_figure_cells(figure), *split, ""]


def _split_cells(row: UnitCoverage) -> list:
    return [row.full_time.bound, row.full_time.trained, row.part_time.bound, row.part_time.trained]


def _share(figure: Figure) -> str:
    share, text = percent(figure.trained, figure.bound), percent_text(figure.trained, figure.bound)
    return text if share is None else Percent(text, share)


def _figure_cells(figure: Figure) -> list:
    return [
        figure.bound,
        figure.trained,
        _share(figure),
        figure.passed,
        figure.completed,
        figure.recognised,
        figure.declared,
        figure.not_trained,
        figure.exempt,
        figure.deferred,
        figure.not_bound,
        figure.trained_outside,
    ]


def people_rows(people: PeopleList, *, figure: str, on: date, by_today: bool = False) -> Iterable[list]:
    """The people of a group with the reasons; those of other units as one line that only counts them.

    ``by_today`` says of the unit that it is that of the cut-off day, for the list is by today's.
    """
    yield [
        _("Full name"),
        _("Staff code"),
        _("Unit code"),
        _("Unit on the cut-off day") if by_today else _("Unit"),
        _("Staff category"),
        _("Track"),
        _("Cut-off day"),
        _("Result"),
        _("Due"),
        _("Reasons"),
    ]
    for line in people.lines:
        due = line.reason.due_on.strftime("%d/%m/%Y") if line.reason.due_on else ""
        yield [
            line.staff_member.full_name,
            line.staff_code,
            line.unit.code,
            line.unit.name_in_place,
            str(line.standing.get_category_display()),
            str(FigureKey(figure).label),
            on.strftime("%d/%m/%Y"),
            str(line.outcome),
            due,
            " ".join(line.reason.sentences),
        ]
    if people.elsewhere:
        yield [_("%s more people now belong to other units") % people.elsewhere]
