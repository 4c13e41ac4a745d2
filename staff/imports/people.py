"""The people of a list among those we know: by the list's own key, the personal number, or name and birth day."""

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext as _

from staff.enums import DatePrecision, Gender
from staff.imports.reading import Row
from staff.models import StaffMember
from staff.models.imports import RowAction
from staff.personal_numbers import search_hash, set_legacy_id, set_national_id
from staff.vietnamese import fold


class People:
    """Collects whom to add and whom to change; ``store`` writes both."""

    def __init__(self):
        known = list(StaffMember.objects.filter(merged_into=None))
        self.by_key = {person.list_key: person for person in known if person.list_key}
        self.by_number = {person.national_id_hash: person for person in known if person.national_id_hash}
        self.by_old_number = {person.legacy_id_hash: person for person in known if person.legacy_id_hash}
        self.by_name: dict[tuple[str, date], list[StaffMember]] = defaultdict(list)
        for person in known:
            if person.date_of_birth:
                self.by_name[person.search_key, person.date_of_birth].append(person)
        self.seen: set[str] = set()
        self.new: list[StaffMember] = []
        self.changed: dict[int, StaffMember] = {}

    def take(self, row: Row) -> tuple[str, StaffMember | str]:
        """(what becomes of the row, the person or the reason why it is not taken)."""
        key, number = row.text("key")[:40], row.text("national_id")
        hashed = search_hash(number) if number else None
        if key:
            if key in self.seen:
                return RowAction.SKIPPED, _("the key %(key)s stands in the list twice") % {"key": key}
            self.seen.add(key)
            person = self.by_key.get(key)
            if hashed and (owner := self.by_number.get(hashed)) is not None and owner is not person:
                return RowAction.SKIPPED, _("another person already has this personal number")
        else:
            person = self._known(row, hashed)
            if isinstance(person, str):
                return RowAction.SKIPPED, person
        fields = _fields(row)
        if person is None:
            return RowAction.CREATED, self._add(row, key, number, hashed, fields)
        return self._change(person, row, key, number, hashed, fields), person

    def store(self) -> None:
        StaffMember.objects.bulk_create(self.new, batch_size=200)
        for person in self.changed.values():
            person.save()

    def _known(self, row: Row, hashed: str | None) -> StaffMember | str | None:
        """The person without a key: None for nobody we know, words where that is doubtful."""
        name, old = fold(row.text("full_name"))[:200], row.text("legacy_id")
        owner = self.by_number.get(hashed) or (self.by_old_number.get(search_hash(old)) if old else None)
        if owner is not None:
            if owner.search_key != name:
                return _("another person already has this personal number")
            return owner
        born, _precision = birth_of(row)
        namesakes = self.by_name.get((name, born), []) if born else []
        if any(hashed and person.national_id_hash not in (None, hashed) for person in namesakes):
            return _("somebody of the same name and birth day is known with another personal number")
        if len(namesakes) > 1:
            return _("several people of this name and birth day are known")
        return namesakes[0] if namesakes else None

    def _add(self, row, key, number, hashed, fields) -> StaffMember:
        person = StaffMember(list_key=key or None, **fields)
        set_national_id(person, number)
        set_legacy_id(person, row.text("legacy_id"))
        person.fill_keys()
        self.new.append(person)
        self._note(person, key, hashed)
        return person

    def _change(self, person, row, key, number, hashed, fields) -> str:
        # A list with keys of its own is the register of its sender and may empty a field; any other only adds to it.
        if not key:
            fields = {name: value for name, value in fields.items() if value and name != "full_name"}
            if not fields.get("date_of_birth") or (
                person.date_of_birth and person.date_of_birth_precision == DatePrecision.DAY
            ):
                fields.pop("date_of_birth", None)
                fields.pop("date_of_birth_precision", None)
        changes = {name: value for name, value in fields.items() if getattr(person, name) != value}
        for name, value in changes.items():
            setattr(person, name, value)
        if hashed and person.national_id_hash != hashed:
            set_national_id(person, number)
            changes["national_id"] = hashed
        if changes and person.pk:
            self.changed[person.pk] = person
        self._note(person, key, hashed)
        return RowAction.CHANGED if changes else RowAction.UNCHANGED

    def _note(self, person, key, hashed) -> None:
        if key:
            self.by_key[key] = person
        if hashed:
            self.by_number[hashed] = person


def _fields(row: Row) -> dict:
    born, precision = birth_of(row)
    gender = row.text("gender")
    return {
        "full_name": row.required("full_name")[:150],
        "gender": gender if gender in Gender.values else Gender.UNKNOWN,
        "date_of_birth": born,
        "date_of_birth_precision": precision,
        "email": row.text("email").lower()[:254],
        "phone": row.text("phone")[:20],
    }


def birth_of(row: Row) -> tuple[date | None, str]:
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
