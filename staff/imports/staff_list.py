"""A staff list: people, where they are posted on its day, and the duties it names."""

from collections import Counter
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from staff import clock, feed
from staff.enums import DatePrecision, DutyKind, Gender, PostingStatus, StaffCategory, UnitKind
from staff.imports.reading import Row, read_table
from staff.imports.runs import Report
from staff.imports.units import unit_named
from staff.models import Duty, ImportRow, Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction
from staff.personal_numbers import search_hash, set_legacy_id, set_national_id
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
    units = {unit.code: unit for unit in Unit.objects.all()}
    report = Report(ImportKind.STAFF, table, on=on, by=by)
    people = _People()
    taken: list[tuple[Row, StaffMember, str]] = []
    for row in table.rows:
        fields = _person_fields(row)
        unit = unit_named(row, "unit_code", units)
        row.choice("category", StaffCategory.values)
        status = row.choice("status", {*PostingStatus.values, *GONE})
        if status not in GONE and not unit.existed_on(on):
            raise row.refusal("unit_code", _("“%(value)s” does not exist on that day") % {"value": unit.code})
        action, person_or_reason = people.take(row, fields)
        if action == RowAction.SKIPPED:
            report.add(row, action, person_or_reason)
        else:
            taken.append((row, person_or_reason, action))
    people.store()
    _post(taken, units, on, report, by)
    report.store()
    transaction.on_commit(lambda: staff_list_imported.send_robust(sender=None, run_id=report.run.pk))
    return report


class _People:
    """The people of the list: those we know by their key, and those to add."""

    def __init__(self):
        self.by_key = {person.list_key: person for person in StaffMember.objects.exclude(list_key=None)}
        hashes = StaffMember.objects.exclude(national_id_hash=None)
        self.owner = dict(hashes.values_list("national_id_hash", "list_key"))
        self.seen: set[str] = set()
        self.new: list[StaffMember] = []
        self.changed: list[StaffMember] = []

    def take(self, row: Row, fields: dict) -> tuple[str, object]:
        """(what becomes of the row, the person or the reason why it is not taken)."""
        key, number = row.required("key")[:40], row.text("national_id")
        hashed = search_hash(number) if number else None
        if key in self.seen:
            return RowAction.SKIPPED, _("the key %(key)s stands in the list twice") % {"key": key}
        self.seen.add(key)
        if hashed and hashed in self.owner and self.owner[hashed] != key:
            return RowAction.SKIPPED, _("another person already has this personal number")
        if hashed:
            self.owner[hashed] = key
        person = self.by_key.get(key)
        if person is None:
            person = StaffMember(list_key=key, **fields)
            set_national_id(person, number)
            set_legacy_id(person, row.text("legacy_id"))
            person.fill_keys()
            self.new.append(person)
            return RowAction.CREATED, person
        changes = {name: value for name, value in fields.items() if getattr(person, name) != value}
        if hashed and person.national_id_hash != hashed:
            set_national_id(person, number)
            changes["national_id"] = hashed
        for name, value in changes.items():
            setattr(person, name, value)
        if changes:
            self.changed.append(person)
        return (RowAction.CHANGED if changes else RowAction.UNCHANGED), person

    def store(self) -> None:
        StaffMember.objects.bulk_create(self.new, batch_size=200)
        for person in self.changed:
            person.save()


def _person_fields(row: Row) -> dict:
    born, precision = _birth(row)
    gender = row.text("gender")
    return {
        "full_name": row.required("full_name")[:150],
        "gender": gender if gender in Gender.values else Gender.UNKNOWN,
        "date_of_birth": born,
        "date_of_birth_precision": precision,
        "email": row.text("email").lower()[:254],
        "phone": row.text("phone")[:20],
    }


def _birth(row: Row) -> tuple[date | None, str]:
    """A year or a month is enough; its first day then stands for it."""
    value = row.text("date_of_birth")
    if not value:
        return None, DatePrecision.UNKNOWN
    precision = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH}.get(len(value), DatePrecision.DAY)
    padded = value + {DatePrecision.YEAR: "-01-01", DatePrecision.MONTH: "-01"}.get(precision, "")
    try:
        return date.fromisoformat(padded), precision
    except ValueError:
        raise row.refusal(
            "date_of_birth", _("“%(value)s” is not a date (year-month-day)") % {"value": value[:40]}
        ) from None


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
