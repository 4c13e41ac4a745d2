"""A staff list: people, where they are posted on its day, and the duties it names."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from staff import clock, feed
from staff.enums import DutyKind, PostingStatus, StaffCategory, UnitKind
from staff.imports.people import People
from staff.imports.reading import Row, read_table
from staff.imports.runs import Report
from staff.imports.units import unit_named
from staff.models import Duty, ImportRow, Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction
from staff.signals import staff_list_imported
from staff.vietnamese import fold

COLUMNS = {"key", "full_name", "unit_code", "position", "category", "status"}
EVIDENCE = ("ict_level", "ict_cert_year", "basic_standard_met")
GONE = {"retired", "transferred_out"}
ROLES = {
    "chuyen trach cntt": (DutyKind.ICT_OFFICER, True),
    "kiem nhiem cntt": (DutyKind.ICT_OFFICER, False),
    "phu trach attt": (DutyKind.SECURITY_OFFICER, False),
}
_COMMUNES = {UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE}
_HEADS = {"chu tich ubnd": _COMMUNES} | dict.fromkeys(
    ("truong phong", "chanh van phong", "giam doc"),
    {UnitKind.OFFICE, UnitKind.DEPARTMENT, UnitKind.PARTY_BODY, UnitKind.SERVICE_UNIT},
)


@transaction.atomic
def import_staff(path, *, on: date, by=None) -> Report:
    """Take the list of the day ``on``: new people are added and posted from that day, known ones corrected.

    A person who is missing from the list stays as he is. Retired and transferred people are kept
    without a posting. Somebody posted elsewhere on that day is reported, not moved.
    """
    table = read_table(path, COLUMNS)
    for row in table.rows:
        row.required("key")
    report = Report(ImportKind.STAFF, table, on=on, by=by)
    take_people(table.rows, report=report, on=on, by=by)
    return finished(report)


def finished(report: Report) -> Report:
    """The report stored, and those told who listen for staff lists."""
    report.store()
    transaction.on_commit(lambda: staff_list_imported.send_robust(sender=None, run_id=report.run.pk))
    return report


def take_people(rows: Iterable[Row], *, report: Report, on: date, by=None) -> dict[int, StaffMember]:
    """Add and correct the people of ``rows`` and post them from ``on``; what becomes of each row goes to ``report``.

    Returns the people by the position of their row. Raises FileRefused, naming the row, for an unknown unit, category
    or status.
    """
    units = {unit.code: unit for unit in Unit.objects.all()}
    people = People()
    taken: list[tuple[Row, StaffMember, str]] = []
    found: dict[int, StaffMember] = {}
    for index, row in enumerate(rows):
        unit = unit_named(row, "unit_code", units)
        row.choice("category", StaffCategory.values)
        status = row.choice("status", {*PostingStatus.values, *GONE})
        if status not in GONE and not unit.existed_on(on):
            raise row.refusal("unit_code", _("“%(value)s” does not exist on that day") % {"value": unit.code})
        action, person_or_reason = people.take(row)
        if action == RowAction.SKIPPED:
            report.add(row, action, person_or_reason)
        else:
            found[index] = person_or_reason
            taken.append((row, person_or_reason, action))
    people.store()
    _post(taken, units, on, report, by)
    return found


def _post(taken, units: dict[str, Unit], on: date, report: Report, by) -> None:
    ids = [person.pk for _row, person, _action in taken]
    history: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(is_primary=True).select_related("unit").order_by("valid_from"):
        history.setdefault(posting.staff_member_id, []).append(posting)
    told = _last_evidence(ids)
    postings, duties = [], []
    heads = _sole_heads(row for row, _person, _action in taken)
    for row, person, action in taken:
        unit = units[row.text("unit_code")]
        reason, posting = _decide(row, person, unit, on, history.get(person.pk, []))
        if posting is not None:
            posting.recorded_by = by
            postings.append(posting)
            duties += _duties(row, posting, heads)
            action = RowAction.CREATED if action == RowAction.CREATED else RowAction.CHANGED
        elif reason and action == RowAction.UNCHANGED and row.text("status") not in GONE:
            action = RowAction.SKIPPED
        evidence = {name: row.text(name) for name in EVIDENCE if row.text(name)} or None
        report.add(row, action, reason, person, evidence if told.get(person.pk) != evidence else None)
    Posting.objects.bulk_create(postings, batch_size=200)
    Duty.objects.bulk_create(duties, batch_size=200)
    feed.write(staff_members=[p.staff_member_id for p in postings], since=on, cause="posting.begin")


def _decide(row: Row, person, unit: Unit, on: date, history: list[Posting]) -> tuple[str, Posting | None]:
    """(what to say about the row, the posting to begin)."""
    if row.text("status") in GONE:
        return _("no posting: %(status)s") % {"status": row.text("status")}, None
    wanted = {name: row.text(name) for name in ("position", "category", "status")}
    standing = next((posting for posting in history if posting.holds_on(on)), None)
    if standing is None and not history:
        return "", Posting(staff_member=person, unit=unit, valid_from=on, recorded_at=clock.now(), **wanted)
    if standing is None:
        return _("has postings on other days; this list changes no history"), None
    if standing.unit_id != unit.pk:
        return _("is posted in %(unit)s on that day; a move needs a transfer") % {"unit": standing.unit.code}, None
    if differing := [name for name, value in wanted.items() if getattr(standing, name) != value]:
        return _("differs from the posting on record in: %(names)s") % {"names": ", ".join(differing)}, None
    return "", None


def _sole_heads(rows) -> set[tuple[str, str]]:
    """(unit, position) pairs that only one row holds: two holders would make the head ambiguous."""
    working = (row for row in rows if row.text("status") not in GONE)
    counts = Counter((row.text("unit_code"), fold(row.text("position"))) for row in working)
    return {pair for pair, count in counts.items() if count == 1 and pair[1] in _HEADS}


def _duties(row: Row, posting: Posting, heads: set) -> list[Duty]:
    kinds = [ROLES[role] for part in row.text("roles").split("|") if (role := fold(part)) in ROLES]
    position = fold(posting.position)
    if (row.text("unit_code"), position) in heads and posting.unit.kind in _HEADS[position]:
        kinds.append((DutyKind.HEAD, False))
    return [
        Duty(
            staff_member=posting.staff_member,
            unit=posting.unit,
            kind=kind,
            is_full_time=is_full_time,
            valid_from=posting.valid_from,
            recorded_by=posting.recorded_by,
        )
        for kind, is_full_time in dict(kinds).items()
    ]


def _last_evidence(ids: list[int]) -> dict[int, dict]:
    """What was last said about each person: a list read twice says it once."""
    rows = ImportRow.objects.filter(staff_member__in=ids).exclude(evidence=None).order_by("pk")
    return dict(rows.values_list("staff_member_id", "evidence"))
