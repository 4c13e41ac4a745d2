"""What each row of a list of past classes would do: shown as it stands, carried out as it was shown.

People are looked for among those whose HR officer the reader is; of others nothing is said, not even that they exist.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from courses.classes import access
from courses.classes.past_reading import PastRow, SaidRow, hours_attended, read_row
from courses.models import ClassSession, Course, Nomination
from staff import clock
from staff.enums import DatePrecision
from staff.models import Posting, StaffMember, Unit
from staff.vietnamese import fold

NEW, SAME, REFUSED = "new", "same", "refused"


@dataclass(frozen=True, slots=True)
class PastOutcome:
    """What becomes of one row: ``group`` NEW, SAME or REFUSED, with the reason of a refusal."""

    said: SaidRow
    row: PastRow
    group: str
    reason: str = ""
    course: Course | None = None
    person: StaffMember | None = None
    hours: int = 0
    attended: int | None = None

    @property
    def key(self) -> tuple:
        """The class that the row speaks of, of its host."""
        return class_key(self.course.pk, self.row.class_name, self.row.first)


def class_key(course_id: int, name: str, first: date) -> tuple:
    return (course_id, fold(name), first)


@dataclass(frozen=True, slots=True)
class PastPlan:
    outcomes: tuple[PastOutcome, ...]

    def of(self, group: str) -> list[PastOutcome]:
        return [outcome for outcome in self.outcomes if outcome.group == group]

    @property
    def new_classes(self) -> int:
        return len({outcome.key for outcome in self.of(NEW)} - {outcome.key for outcome in self.of(SAME)})

    @property
    def passed(self) -> int:
        return sum(outcome.row.result == "passed" for outcome in self.of(NEW))

    @property
    def digest(self) -> str:
        said = [
            (o.said.sheet, o.said.number, o.group, o.person.pk if o.person else None, o.reason) for o in self.outcomes
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


def plan(rows: Iterable[SaidRow], *, unit: Unit, user) -> PastPlan:
    """Every row judged, in the order of the file; nothing is changed. A fixed number of queries."""
    return PastPlan(tuple(_Planner(list(rows), unit, user).outcomes()))


class _Planner:
    def __init__(self, rows: list[SaidRow], unit: Unit, user):
        today = clock.today()
        self.rows = [(said, read_row(said.said, today=today)) for said in rows]
        self.courses = self._courses()
        names = {fold(row.name) for _said, row in self.rows if not row.problem}
        people = access.own_people(user).filter(search_key__in=names, merged_into=None)
        self.people: dict[str, list[StaffMember]] = defaultdict(list)
        for person in people.order_by("pk"):
            self.people[person.search_key].append(person)
        self.places = self._places()
        classes = ClassSession.objects.filter(unit=unit, first_day__isnull=False)
        self.classes = {class_key(c.course_id, c.name, c.first_day): c for c in classes}
        sent = Nomination.objects.filter(class_session__in=[c.pk for c in self.classes.values()])
        self.sent = {(n.class_session_id, n.staff_member_id): n for n in sent}

    def _courses(self) -> dict[str, Course]:
        courses = list(Course.objects.all())
        return {fold(course.title): course for course in courses} | {fold(course.code): course for course in courses}

    def _places(self) -> dict[int, set[str]]:
        """The folded names of every unit in which each person was ever posted, and of the unit above it."""
        found: dict[int, set[str]] = defaultdict(set)
        ids = [person.pk for people in self.people.values() for person in people]
        for posting in Posting.objects.filter(staff_member__in=ids).select_related("unit__parent"):
            for unit in filter(None, (posting.unit, posting.unit.parent)):
                found[posting.staff_member_id] |= {fold(name) for name in (unit.name, *unit.aliases)}
            found[posting.staff_member_id].add(fold(posting.unit.name_in_place))
        return found

    def outcomes(self):
        facts: dict[tuple, PastOutcome] = {}
        seen: dict[tuple, int] = {}
        for said, row in self.rows:
            found = self._outcome(said, row)
            if found.group != REFUSED:
                twice = (*found.key, found.person.pk)
                if twice in seen:
                    found = _refused(
                        said, row, _("The same person stands in row %(row)d already.") % {"row": seen[twice]}
                    )
                elif _differs(first := facts.setdefault(found.key, found), found):
                    words = _("Row %(row)d names another last day or other hours of this class.")
                    found = _refused(said, row, words % {"row": first.said.number})
                else:
                    seen[twice] = said.number
            yield found

    def _outcome(self, said: SaidRow, row: PastRow) -> PastOutcome:
        if row.problem:
            return _refused(said, row, row.problem)
        course = self.courses.get(fold(row.course))
        if course is None:
            return _refused(said, row, _("There is no course “%(course)s” here.") % {"course": row.course})
        hours = row.hours or course.hours
        try:
            attended = hours_attended(row.attended, hours)
        except ValueError:
            words = _("“%(value)s” are no hours of a class of %(hours)d.")
            return _refused(said, row, words % {"value": row.attended, "hours": hours})
        person, reason = self._person(row)
        if person is None:
            return _refused(said, row, reason)
        there = self.classes.get(class_key(course.pk, row.class_name, row.first))
        if there is not None and not there.is_past:
            return _refused(said, row, _("This class was held here; its people stand on its own page."))
        if there is not None and (there.last_day, there.hours) != (row.last, hours):
            words = _("This class is known already, with another last day or other hours.")
            return _refused(said, row, words)
        sent = self.sent.get((there.pk, person.pk)) if there else None
        if sent is None:
            return PastOutcome(said, row, NEW, "", course, person, hours, attended)
        if (sent.reported_result, sent.reported_hours) != (row.result, attended):
            return _refused(said, row, _("An earlier list says another result or other hours of this person."))
        return PastOutcome(said, row, SAME, "", course, person, hours, attended)

    def _person(self, row: PastRow) -> tuple[StaffMember | None, str]:
        """The one person whom the row names, or the sentence that says why there is none."""
        namesakes = self.people.get(fold(row.name)[:200], [])
        there = [person for person in namesakes if row.unit and self._was_there(person, row.unit)]
        if row.born.day is not None:
            born = [person for person in namesakes if _is_born(person, row)]
            if len(born) == 1:
                return born[0], ""
            if born:
                both = [person for person in born if person in there]
                return (both[0], "") if len(both) == 1 else (None, _not_told())
            # somebody whose birth day nobody knows here is told by the unit alone
            there = [person for person in there if person.date_of_birth is None]
        if len(there) == 1:
            return there[0], ""
        if len(there) > 1 or (namesakes and row.born.day is None):
            return None, _not_told()
        return None, _("None of your people has this name and date of birth.")

    def _was_there(self, person: StaffMember, unit: str) -> bool:
        return fold(unit) in self.places[person.pk]


def _not_told() -> str:
    return _("The name alone does not tell which of your people is meant: add the date of birth and the unit.")


def _refused(said: SaidRow, row: PastRow, reason: str) -> PastOutcome:
    return PastOutcome(said, row, REFUSED, reason)


def _differs(first: PastOutcome, other: PastOutcome) -> bool:
    return (first.row.last, first.hours) != (other.row.last, other.hours)


def _is_born(person: StaffMember, row: PastRow) -> bool:
    """Whether both birth days agree as far as both are known."""
    known = person.date_of_birth
    if known is None:
        return False
    precisions = {person.date_of_birth_precision or DatePrecision.DAY, row.born.precision}
    day = row.born.day
    if DatePrecision.YEAR in precisions:
        return known.year == day.year
    if DatePrecision.MONTH in precisions:
        return (known.year, known.month) == (day.year, day.month)
    return known == day
