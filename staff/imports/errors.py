"""The rows that were not taken, as a workbook with the reason beside each: to be corrected and handed in again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from staff.lists import headings
from staff.lists.headings import Headings
from staff.lists.workbook import Sheet
from staff.models import ImportRow, StaffList
from staff.models.lists import RowChoice, RowGroup
from staff.spreadsheets import workbook

Place = tuple[str, int]


def errors_workbook(sheets: Iterable[tuple[Sheet, Mapping[int, str], frozenset[int]]], reasons: Mapping[Place, str]):
    """A sheet for each ``(sheet, words over the columns, columns to leave out)`` in which ``reasons`` names rows.

    A row is made when it is written: not even a list in which nothing was right stands in memory twice.
    """
    tables = [
        (sheet.title, _rows(sheet, titles, left_out, reasons))
        for sheet, titles, left_out in sheets
        if any((sheet.title[:100], line.number) in reasons for line in sheet.lines)
    ]
    return workbook(tables or [(_("Rows not taken"), [[_("Every row was taken.")]])])


def _rows(sheet: Sheet, titles: Mapping[int, str], left_out: frozenset[int], reasons: Mapping[Place, str]):
    columns = [column for column in sorted(titles) if column not in left_out]
    yield [*(titles[column] for column in columns), _("Row in the file"), _("Why it was not taken")]
    for line in sheet.lines:
        if (reason := reasons.get((sheet.title[:100], line.number))) is not None:
            yield [*(line.text(column) for column in columns), str(line.number), reason]


def with_headings(kept: Iterable[tuple[Sheet, Headings]]):
    return [(sheet, found.titles, found.sensitive) for sheet, found in kept]


def table_with_headings(sheets: Iterable[Sheet]):
    """The same of a table of ours, whose first row is its heading and whose rows stand in no sheet."""
    for sheet in sheets:
        titles = dict(enumerate(sheet.lines[0].values)) if sheet.lines else {}
        left_out = frozenset(
            column for column, title in titles.items() if headings.meaning(str(title).replace("_", " ")) == "sensitive"
        )
        yield replace(sheet, title=""), titles, left_out


def reasons_of(staff_list: StaffList) -> dict[Place, str]:
    """Why which rows were not taken; of a list that is only shown, why they would not be."""
    if staff_list.run_id:
        twice = set(staff_list.rows.filter(group=RowGroup.TWICE).values_list("sheet", "number"))
        rows = ImportRow.objects.filter(run=staff_list.run_id).exclude(reason="")
        return {
            (sheet, number): reason
            for sheet, number, reason in rows.values_list("sheet", "number", "reason")
            if (sheet, number) not in twice
        }
    rows = staff_list.rows.filter(group__in=[RowGroup.DECIDE, RowGroup.ELSEWHERE, RowGroup.SKIPPED]) | (
        staff_list.rows.filter(choice=RowChoice.LEAVE)
    )
    return {(row.sheet, row.number): row.facts.get("reason") or _("left out by decision") for row in rows}
