"""The tables of a reorganisation in the words of whoever writes them: made of today's units, filled in, read back."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import zip_longest

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.enums import SuccessionKind, UnitKind
from staff.imports.reading import PLAIN_HEADS, FileRefused, Heads, Row, Table, is_workbook, table_in
from staff.imports.transfers import COLUMNS as TRANSFER_COLUMNS
from staff.imports.units import SUCCESSION_COLUMNS, UNIT_COLUMNS
from staff.models import Unit
from staff.spreadsheets import workbook
from staff.vietnamese import fold

_DAYS = {"valid_from", "valid_to", "effective"}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table: its title as a sheet, what a reader calls its columns, and what the column "kind" may say."""

    title: Promise
    labels: Mapping[str, Promise]
    needed: set[str]
    kinds: Mapping[str, Promise] = field(default_factory=dict)


SHAPES = {
    "units": _Shape(
        gettext_lazy("Units"),
        {
            "code": gettext_lazy("Unit code"),
            "name": gettext_lazy("Unit name"),
            "kind": gettext_lazy("Kind of body"),
            "parent_code": gettext_lazy("Code of the superior unit"),
            "valid_from": gettext_lazy("Opens on"),
            "valid_to": gettext_lazy("Last day"),
            "name_en": gettext_lazy("Name in English"),
        },
        UNIT_COLUMNS,
        dict(UnitKind.choices),
    ),
    "successions": _Shape(
        gettext_lazy("What becomes of which unit"),
        {
            "predecessor_code": gettext_lazy("Code of the old unit"),
            "successor_code": gettext_lazy("Code of the unit that follows"),
            "effective": gettext_lazy("From"),
            "kind": gettext_lazy("How it follows"),
        },
        SUCCESSION_COLUMNS,
        dict(SuccessionKind.choices),
    ),
    "transfers": _Shape(
        gettext_lazy("Who goes elsewhere"),
        {
            "person_key": gettext_lazy("Staff code, or key in the staff list"),
            "from_unit_code": gettext_lazy("Code of the unit that closes"),
            "to_unit_code": gettext_lazy("Code of the new unit"),
            "effective": gettext_lazy("From"),
        },
        TRANSFER_COLUMNS,
    ),
}


def workbook_of(units: Iterable[Unit]) -> bytes:
    """A workbook to begin with, in the reader's language: the ``units`` of today, two tables to fill in, and the words
    that stand for kinds."""
    tables = []
    for name, shape in SHAPES.items():
        rows = [[str(label) for label in shape.labels.values()]]
        if name == "units":
            rows += [_row_of(unit) for unit in units]
        tables.append((str(shape.title), rows))
    said = [(shape.labels["kind"], shape.kinds.values()) for shape in SHAPES.values() if shape.kinds]
    columns = [[str(label), *map(str, words)] for label, words in said]
    return workbook([*tables, (_("Words to use"), zip_longest(*columns, fillvalue=""))])


def _row_of(unit: Unit) -> list[str]:
    above = unit.parent.code if unit.parent else ""
    return [unit.code, unit.name, unit.get_kind_display(), above, "", "", unit.name_en]


def tables_of(files: Mapping[str, tuple[str, bytes] | None]) -> list[Table | None]:
    """The tables of ``SHAPES``, from (file name, content) of each; one without a file may stand in the units' workbook.

    Heads are ours (``code``) or the words of a language of the site; kinds are values or words; days are written
    year-month-day or day/month/year. Raises FileRefused, in the words of the reader. Only the people who go elsewhere
    may be missing.
    """
    units = files["units"]
    found = []
    for name, shape in SHAPES.items():
        reader = _Reader(shape)
        if file := files.get(name):
            found.append(reader.read(*file))
        elif is_workbook(units[1]):
            found.append(reader.read(*units, may_be_empty=True, may_be_missing=name == "transfers"))
        elif name == "transfers":
            found.append(None)
        else:
            raise FileRefused(_("The table “%(table)s” is missing. Nothing was changed.") % {"table": shape.title})
    return found


class _Reader:
    """Reads a table in the words of any language of the site."""

    def __init__(self, shape: _Shape):
        self.shape = shape
        meant, self.kinds = {}, {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                meant |= {fold(str(label)): column for column, label in shape.labels.items()}
                self.kinds |= {fold(str(label)): value for value, label in shape.kinds.items()}
        self.heads = Heads({column: str(label) for column, label in shape.labels.items()}, meant)

    def read(self, name: str, content: bytes, **may_be) -> Table | None:
        table = table_in(name, content, self.shape.needed, self.heads, **may_be)
        return table and replace(table, rows=[self._said(row) for row in table.rows])

    def _said(self, row: Row) -> Row:
        values = {column: self._value(column, value) for column, value in row.values.items()}
        return _SaidRow(row.number, values, row.sheet, self.heads)

    def _value(self, column: str, value: str) -> str:
        if column == "kind":
            return self.kinds.get(fold(value), value)
        if column in _DAYS and (written := _DAY.fullmatch(value)):
            day, month, year = map(int, written.groups())
            with suppress(ValueError):  # what is no day is refused as it was typed
                return date(year, month, day).isoformat()
        return value


@dataclass(frozen=True, slots=True)
class _SaidRow(Row):
    """A row whose refusals name columns as its reader does."""

    heads: Heads = PLAIN_HEADS

    def refusal(self, column: str, what: str) -> FileRefused:
        return Row.refusal(self, self.heads.label(column), what)
