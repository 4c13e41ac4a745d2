"""Units and what became of them, from two files."""

from django.db import transaction
from django.utils.translation import gettext as _

from staff.enums import SuccessionKind, UnitKind
from staff.imports.reading import Row, Table, read_table
from staff.imports.runs import Report
from staff.models import Succession, Unit
from staff.models.imports import ImportKind, RowAction
from staff.services import carry_over
from staff.services.units import end_scopes_of
from staff.vietnamese import nfc

UNIT_COLUMNS = {"code", "name", "kind", "parent_code", "valid_from", "valid_to"}
SUCCESSION_COLUMNS = {"predecessor_code", "successor_code", "effective", "kind"}
_TEXTS = {"gso_code": 10, "confidence": 40, "source": 300, "note": 10_000}


@transaction.atomic
def import_units(units_path, successions_path, *, by=None) -> list[Report]:
    """Take both files, or neither. A second reading changes nothing; a unit missing from the file stays.

    Parents may come after their children. Where a unit goes on unchanged, its people go with it.
    """
    units = read_table(units_path, UNIT_COLUMNS)
    successions = read_table(successions_path, SUCCESSION_COLUMNS)
    known = {unit.code: unit for unit in Unit.objects.all()}
    reports = [_take_units(units, known, by), _take_successions(successions, known, by)]
    for succession in Succession.objects.filter(kind=SuccessionKind.UNCHANGED).select_related():
        carry_over(succession=succession, by=by)
    return [report.store() for report in reports]


def _take_units(table: Table, known: dict[str, Unit], by) -> Report:
    report = Report(ImportKind.UNITS, table, by=by)
    for row in _parents_first(table.rows, known):
        fields = _unit_fields(row)
        parent = known[row.text("parent_code")] if row.text("parent_code") else None
        code = row.required("code")
        if (unit := known.get(code)) is None:
            known[code] = Unit.objects.create(code=code, parent=parent, **fields)
            report.add(row, RowAction.CREATED)
        elif unit.parent_id != (parent and parent.pk):
            report.add(row, RowAction.SKIPPED, _("a unit never moves: close it and open a successor"))
        elif changed := [name for name, value in fields.items() if getattr(unit, name) != value]:
            for name in changed:
                setattr(unit, name, fields[name])
            unit.save()
            if "valid_until" in changed and unit.valid_until:
                end_scopes_of(unit=unit, last_day=unit.valid_until, reason=table.name, by=by)
            report.add(row, RowAction.CHANGED)
        else:
            report.add(row, RowAction.UNCHANGED)
    return report


def _unit_fields(row: Row) -> dict:
    first, last = row.day("valid_from"), row.day("valid_to")
    if first and last and last < first:
        raise row.refusal("valid_to", _("the last day lies before the first"))
    # not every list knows them: one without that column takes none away
    english = {"name_en": nfc(row.text("name_en"))[:200]} if "name_en" in row.values else {}
    return {
        "name": row.required("name")[:200],
        **english,
        "kind": row.choice("kind", UnitKind.values),
        "valid_from": first,
        "valid_until": last,
        "aliases": [alias for part in row.text("aliases").split("|") if (alias := nfc(part))],
        **{name: row.text(name)[:limit] for name, limit in _TEXTS.items()},
    }


def _parents_first(rows: list[Row], known: dict[str, Unit]) -> list[Row]:
    """The rows so that each parent comes before its children. Refuses doubled codes, unknown parents and circles."""
    by_code: dict[str, Row] = {}
    for row in rows:
        code = row.required("code")
        if code in by_code:
            raise row.refusal("code", _("“%(value)s” stands there twice") % {"value": code})
        by_code[code] = row
    ordered: dict[str, Row] = {}
    for row in rows:
        chain = []
        while row is not None and row.text("code") not in ordered:
            if row in chain:
                raise row.refusal("parent_code", _("the parents run in a circle"))
            chain.append(row)
            parent = row.text("parent_code")
            if parent and parent not in by_code and parent not in known:
                raise row.refusal("parent_code", _("there is no unit “%(value)s”") % {"value": parent})
            row = by_code.get(parent)
        for waiting in reversed(chain):
            ordered[waiting.text("code")] = waiting
    return list(ordered.values())


def _take_successions(table: Table, known: dict[str, Unit], by) -> Report:
    report = Report(ImportKind.UNITS, table, by=by)
    pairs = {(s.predecessor_id, s.successor_id): s for s in Succession.objects.all()}
    for row in table.rows:
        predecessor, successor = (unit_named(row, column, known) for column in ("predecessor_code", "successor_code"))
        if predecessor == successor:
            raise row.refusal("successor_code", _("no unit succeeds itself"))
        day = row.day("effective")
        if day is None:
            raise row.refusal("effective", _("a value is missing"))
        fields = {
            "effective_on": day,
            "kind": row.choice("kind", SuccessionKind.values),
            "source": row.text("source")[:300],
            "note": row.text("note"),
        }
        succession = pairs.get((predecessor.pk, successor.pk))
        if succession is None:
            pairs[predecessor.pk, successor.pk] = Succession.objects.create(
                predecessor=predecessor, successor=successor, **fields
            )
            report.add(row, RowAction.CREATED)
        elif any(getattr(succession, name) != value for name, value in fields.items()):
            Succession.objects.filter(pk=succession.pk).update(**fields)
            report.add(row, RowAction.CHANGED)
        else:
            report.add(row, RowAction.UNCHANGED)
    return report


def unit_named(row: Row, column: str, known: dict[str, Unit]) -> Unit:
    """The unit whose code stands in ``column``; refuses the file when there is none."""
    code = row.required(column)
    if code not in known:
        raise row.refusal(column, _("there is no unit “%(value)s”") % {"value": code})
    return known[code]
