"""The people of a list among those we know: by the list's own key, the personal number, or name and birth day."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from staff.enums import DatePrecision, Gender
from staff.imports.reading import Row
from staff.models import StaffMember
from staff.models.imports import RowAction
from staff.personal_numbers import search_hash, set_legacy_id, set_national_id
from staff.vietnamese import fold

# Why a row cannot be given to a person by itself; an officer decides.
NUMBER_TAKEN, OTHER_NUMBER, SEVERAL, ELSEWHERE = "number_taken", "other_number", "several", "elsewhere"
KEY_TWICE = "key_twice"
BATCH = 400
_GENDERS = frozenset(Gender.values)
# What no row is compared with stays in the database: a list of a province meets all its people.
_UNREAD = ("sort_key", "national_id_cipher", "legacy_id_cipher")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What keeps a row from being taken, and among whom the answer is."""

    question: str
    words: str
    candidates: tuple[StaffMember, ...] = ()


@dataclass(slots=True)
class Taken:
    """A person whom a row adds or changes; ``changes`` are (before, after) by field."""

    action: str
    person: StaffMember
    changes: Mapping[str, tuple] = field(default_factory=dict)


def in_batches(values: Sequence, size: int = BATCH) -> Iterator[Sequence]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


class People:
    """Finds the people of the rows that it was told to ``turn_to``, and says whom they add and what they change.

    ``mine`` narrows StaffMember rows to those whom the sender looks after: anybody else is ELSEWHERE, whatever else
    could be said of him. Without it everybody is hers.

    A long list comes by parts. Whom an earlier part added or changed is not in the database yet: ``recall`` gives the
    people of that part, by its number from 0, as it left them. ``store`` writes them.
    """

    def __init__(
        self,
        mine: Callable[[QuerySet], QuerySet] | None = None,
        *,
        recall: Callable[[int], Iterable[StaffMember]] = lambda part: (),
    ):
        self._narrow, self._recall = mine, recall
        self.seen: set[str] = set()
        # The part that added or changed somebody, by his id and by his number, of which a hash is enough.
        self._left: dict[int | tuple[int], int] = {}
        self.part = -1

    def turn_to(self, rows: Iterable[Row]) -> None:
        """Look for the people of these rows from now on."""
        self.part += 1
        self.by_key: dict[str, StaffMember] = {}
        self.by_number: dict[str, StaffMember] = {}
        self.by_old_number: dict[str, StaffMember] = {}
        self.by_name: dict[tuple[str, date], list[StaffMember]] = defaultdict(list)
        self.known: dict[int, StaffMember] = {}
        self._hashes: dict[str, str] = {}
        # Whether people of earlier parts stand in this one: those are held by both.
        self.has_recalled = False
        self._load(list(rows))
        self.mine = self._ids_of(self._narrow) if self._narrow else None

    def find(self, row: Row) -> StaffMember | Doubt | None:
        """Whom the row is about: None for nobody we know, a Doubt where that cannot be told. Changes nothing."""
        key, number = row.text("key")[:40], row.text("national_id")
        hashed = self._hash_of(number) if number else None
        if not key:
            return self._without_key(row, hashed)
        if key in self.seen:
            return Doubt(KEY_TWICE, _("the key %(key)s stands in the list twice") % {"key": key})
        person = self.by_key.get(key)
        if hashed and (owner := self.by_number.get(hashed)) is not None and owner is not person:
            return self._number_taken(owner)
        return person

    def add(self, row: Row) -> Taken:
        """A new person; a personal number that is somebody else's is left out."""
        key, number = row.text("key")[:40], row.text("national_id")
        person = StaffMember(list_key=key or None, **_fields(row))
        if number and self._hash_of(number) not in self.by_number:
            set_national_id(person, number)
        set_legacy_id(person, row.text("legacy_id"))
        person.fill_keys()
        self._note(person, key)
        self._leave(person)
        return Taken(RowAction.CREATED, person)

    def change(self, person: StaffMember, row: Row) -> Taken:
        """What the row says more of somebody known."""
        key, number = row.text("key")[:40], row.text("national_id")
        fields = _fields(row)
        # A list with keys of its own is the register of its sender and may empty a field; any other only adds to it.
        if not key:
            fields = {name: value for name, value in fields.items() if value and name != "full_name"}
            if not fields.get("date_of_birth") or (
                person.date_of_birth and person.date_of_birth_precision == DatePrecision.DAY
            ):
                fields.pop("date_of_birth", None)
                fields.pop("date_of_birth_precision", None)
        changes = {
            name: (getattr(person, name), value) for name, value in fields.items() if getattr(person, name) != value
        }
        for name, (_before, value) in changes.items():
            setattr(person, name, value)
        hashed = self._hash_of(number) if number else None
        if hashed and self._takes_number(person, key, hashed):
            set_national_id(person, number)
            changes["national_id"] = ("", "•")
        self._note(person, key)
        if changes:
            self._leave(person)
        return Taken(RowAction.CHANGED, person, changes) if changes else Taken(RowAction.UNCHANGED, person)

    def _takes_number(self, person, key: str, hashed: str) -> bool:
        """A number replaces another one only in the register of the sender; it is never two people's."""
        if person.national_id_hash == hashed or self.by_number.get(hashed) not in (None, person):
            return False
        return bool(key) or person.national_id_hash is None

    def _without_key(self, row: Row, hashed: str | None) -> StaffMember | Doubt | None:
        name, old = fold(row.text("full_name"))[:200], row.text("legacy_id")
        owner = self.by_number.get(hashed) or (self.by_old_number.get(search_hash(old)) if old else None)
        if owner is not None:
            return owner if owner.search_key == name and self._is_mine(owner) else self._number_taken(owner)
        born, _precision = birth_of(row)
        namesakes = self.by_name.get((name, born), []) if born else []
        return self._of_namesakes(namesakes, hashed)

    def _of_namesakes(self, namesakes: list[StaffMember], hashed: str | None) -> StaffMember | Doubt | None:
        mine = [person for person in namesakes if self._is_mine(person)]
        if not mine:
            # Of somebody elsewhere with another number nothing is said: two numbers are two people.
            alike = [person for person in namesakes if not hashed or person.national_id_hash in (None, hashed)]
            return _elsewhere(alike[0]) if len(alike) == 1 else None
        if any(hashed and person.national_id_hash not in (None, hashed) for person in mine):
            words = _("somebody of the same name and birth day is known with another personal number")
            return Doubt(OTHER_NUMBER, words, tuple(mine))
        if len(mine) > 1:
            return Doubt(SEVERAL, _("several people of this name and birth day are known"), tuple(mine))
        return mine[0]

    def _number_taken(self, owner: StaffMember) -> Doubt:
        if not self._is_mine(owner):
            return _elsewhere(owner)
        return Doubt(NUMBER_TAKEN, _("another person already has this personal number"), (owner,))

    def _is_mine(self, person: StaffMember) -> bool:
        return self.mine is None or person.pk is None or person.pk in self.mine

    def _note(self, person, key) -> None:
        if key:
            self.seen.add(key)
            self.by_key[key] = person
        if person.national_id_hash:
            self.by_number[person.national_id_hash] = person

    def _hash_of(self, number: str) -> str:
        """``search_hash``, which each row asks for several times."""
        if number not in self._hashes:
            self._hashes[number] = search_hash(number)
        return self._hashes[number]

    def _leave(self, person: StaffMember) -> None:
        """Later parts will have to ask this one for the person."""
        if person.national_id_hash:
            self._left[hash(person.national_id_hash)] = self.part
        if person.pk:
            self._left[(person.pk,)] = self.part

    def _load(self, rows: list[Row]) -> None:
        """Everybody whom a row might be about, in a few statements for each batch of rows."""
        keys = sorted({row.text("key")[:40] for row in rows if row.text("key")})
        for batch in in_batches(keys):
            for person in self._met(StaffMember.objects.filter(list_key__in=batch)):
                self.by_key[person.list_key] = person
        numbers = sorted({self._hash_of(number) for row in rows if (number := row.text("national_id"))})
        for batch in in_batches(numbers):
            # A merged duplicate keeps its number, which is then the number of the one who stays.
            for person in self._numbered(national_id_hash__in=batch):
                self.by_number[person.national_id_hash] = self._keeper(person)
        self._recall_numbered(numbers)
        old = sorted({search_hash(row.text("legacy_id")) for row in rows if row.text("legacy_id")})
        for batch in in_batches(old):
            for person in self._numbered(legacy_id_hash__in=batch):
                self.by_old_number[person.legacy_id_hash] = self._keeper(person)
        names = {(fold(row.text("full_name"))[:200], birth_of(row)[0]) for row in rows if not row.text("key")}
        for batch in in_batches(sorted(pair for pair in names if pair[1])):
            for person in self._met(StaffMember.objects.filter(_namesakes(batch))):
                self.by_name[person.search_key, person.date_of_birth].append(person)

    def _numbered(self, **found):
        return StaffMember.objects.filter(**found).select_related("merged_into").defer(*_UNREAD)

    def _met(self, people) -> Iterator[StaffMember]:
        for person in people.filter(merged_into=None).defer(*_UNREAD).order_by("pk"):
            yield self.as_left(person)

    def _keeper(self, person: StaffMember) -> StaffMember:
        while person.merged_into_id:
            person = person.merged_into
        return self.as_left(person)

    def as_left(self, person: StaffMember) -> StaffMember:
        """The one object of this person, with what an earlier part changed about him."""
        if person.pk not in self.known:
            part = self._left.get((person.pk,))
            if part is not None:
                person = next((found for found in self._of_part(part) if found.pk == person.pk), person)
            self.known[person.pk] = person
        return self.known[person.pk]

    def _recall_numbered(self, numbers: Iterable[str]) -> None:
        """Those to whom an earlier part gave one of these numbers; the database does not know it yet."""
        left = {number: part for number in numbers if (part := self._left.get(hash(number))) is not None}
        for number, part in left.items():
            for person in self._of_part(part):
                if person.national_id_hash == number:
                    self.by_number[number] = self.known.setdefault(person.pk, person) if person.pk else person

    def _of_part(self, part: int) -> Iterable[StaffMember]:
        self.has_recalled = True
        return self._recall(part)

    def takes(self, person: StaffMember) -> bool:
        """Whether somebody whom no row found is the sender's; he is known from then on."""
        if self.mine is not None:
            people = StaffMember.objects.filter(pk=person.pk)
            if not self._narrow(people).exists() and not people.filter(postings=None).exists():
                return False
            self.mine.add(person.pk)
        self.as_left(person)
        return True

    def _ids_of(self, mine) -> set[int]:
        """Those of the known whom the sender looks after, and those who never had a posting anywhere."""
        found: set[int] = set()
        for batch in in_batches(sorted(self.known)):
            people = StaffMember.objects.filter(pk__in=batch)
            found.update(mine(people).values_list("pk", flat=True))
            found.update(people.filter(postings=None).values_list("pk", flat=True))
        return found


def store(taken: Iterable[Taken]) -> None:
    """Write whom rows added and whom they changed; whoever is new has an id from then on."""
    new: dict[int, StaffMember] = {}
    changed: dict[int, StaffMember] = {}
    for each in taken:
        if each.person.pk is None:
            new[id(each.person)] = each.person
        elif each.changes:
            changed[each.person.pk] = each.person
    StaffMember.objects.bulk_create(new.values(), batch_size=200)
    for person in changed.values():
        person.save()


def _namesakes(pairs: Sequence[tuple[str, date]]) -> RawSQL:
    """Whether somebody is one of (search key, date of birth), both at once: of a common name there are thousands.

    No list of ids to choose from: PostgreSQL, which knows nothing yet of people that came a moment ago, worked
    such a list out once for each of them.
    """
    table, values = connection.ops.quote_name(StaffMember._meta.db_table), ", ".join(["(%s, %s)"] * len(pairs))
    days = [(key, connection.ops.adapt_datefield_value(day)) for key, day in pairs]
    sql = f"({table}.search_key, {table}.date_of_birth) IN (VALUES {values})"
    return RawSQL(sql, list(chain.from_iterable(days)), output_field=BooleanField())


def _elsewhere(person: StaffMember) -> Doubt:
    return Doubt(ELSEWHERE, _("belongs to another unit now"), (person,))


def _fields(row: Row) -> dict:
    born, precision = birth_of(row)
    gender = row.text("gender")
    return {
        "full_name": row.required("full_name")[:150],
        "gender": gender if gender in _GENDERS else Gender.UNKNOWN,
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
    try:
        return _day_and_precision(value)
    except ValueError:
        raise row.refusal(
            "date_of_birth", _("“%(value)s” is not a date (year-month-day)") % {"value": value[:40]}
        ) from None


@lru_cache(maxsize=20_000)  # as many days as fifty years have; each row asks several times
def _day_and_precision(value: str) -> tuple[date, str]:
    precision = {4: DatePrecision.YEAR, 7: DatePrecision.MONTH}.get(len(value), DatePrecision.DAY)
    padded = value + {DatePrecision.YEAR: "-01-01", DatePrecision.MONTH: "-01"}.get(precision, "")
    return date.fromisoformat(padded), precision
