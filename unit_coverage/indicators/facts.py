"""Reads the facts that indicators are counted from: in bulk, in a fixed number of queries, as plain records."""

from collections import defaultdict
from datetime import date, datetime, time

from django.db.models import Count, Q
from django.utils import timezone

from certificates.models import Recognition
from courses.classes.queries import classes_held
from courses.facts import load_track_facts, merged_rows
from courses.models import Qualification, Track
from quizzes.models import ExamSession
from staff.models import Duty, Posting, Unit
from staff.vietnamese import fold
from unit_coverage.enums import EventKind
from unit_coverage.indicators.evaluation import EventFact, Facts, Held, HeldDuty, HeldPaper, PersonFact, UnitFact
from unit_coverage.periods import Period
from unit_coverage.todays_units import PeopleByUnits


def load_facts(*, unit: Unit, period: Period, by: date | None = None) -> Facts:
    """Everything that indicators of ``unit`` and all below it need for the period, in the structure of its last day.

    With ``by`` the same people, classes and sessions stand by the units of that later day. Of which kind somebody's
    body was stays a fact of the period's last day: nobody enters or leaves a figure of the whole by it.
    The cohort are the people of the period's first day, each where that unit leads by the last day, or by ``by``.
    """
    on = period.last
    where = _Where(unit, on, by)
    begun = _Where(unit, period.first, by or on)
    kinds = dict(Unit.objects.values_list("pk", "kind"))
    paths = dict(Unit.objects.within(unit).existing_on(by or on).values_list("pk", "path"))
    existing = sorted(paths)
    roots = merged_rows()
    posts, first_posts = where.main_posts(roots), begun.main_posts(roots)
    named = {pk for _staff, place, unit_id, *_rest in (*posts, *first_posts) for pk in (unit_id, place)}
    missing = named - paths.keys()
    paths |= dict(Unit.objects.filter(pk__in=missing).values_list("pk", "path"))
    above = {pk: tuple(int(part) for part in reversed(path.split("/")[:-1])) for pk, path in paths.items()}
    kinds_above = {pk: frozenset(kinds[i] for i in ids) for pk, ids in above.items()}
    theirs = where.of_people() | begun.of_people()
    held, duties, papers = _held(theirs, on, roots), _duties(theirs, on, roots), _papers(where, begun, roots)
    first_duties = _duties(begun.of_people(), period.first, roots)
    folded: dict[str, str] = {}

    def fact(row: tuple, asked: dict[int, list[HeldDuty]]) -> PersonFact:
        pk, place, unit_id, category, position = row
        return PersonFact(
            staff_member_id=pk,
            unit_id=place,
            unit_kind=kinds[unit_id],
            kinds_above=kinds_above[unit_id],
            category=category,
            position=folded.setdefault(position, fold(position)),
            asked_duties=tuple(asked.get(pk, ())),
            duties=tuple(duties.get(pk, ())),
            held=tuple(held.get(pk, ())),
            papers=tuple(papers.get(pk, ())),
        )

    people = tuple(fact(row, duties) for row in posts)
    cohort = tuple(fact(row, first_duties) for row in first_posts)
    units = tuple(UnitFact(pk, kinds[pk], kinds_above[pk]) for pk in existing)
    codes = dict(Track.objects.values_list("pk", "code"))
    tracks = {codes[facts.track_id]: facts for facts in load_track_facts(parts=False)}
    return Facts(people, units, _events(where, period, kinds), above, tracks, cohort)


class _Where:
    """Who and what belongs to the unit: by the structure of the day ``on``, or by the units of a later day."""

    def __init__(self, unit: Unit, on: date, by: date | None):
        self.on = on
        posts = Posting.objects.on(on).filter(is_primary=True)
        self._regrouped = PeopleByUnits(unit=unit, on=on, by=by, among=posts) if by else None
        inside = Q(unit__path__gte=unit.path, unit__path__lt=unit.path_end)
        self._posts = posts.filter(self._regrouped.within() if self._regrouped else inside)
        self._places = self._regrouped.leading_here() if self._regrouped else {}
        self.hosted = Q(unit__in=self._places) if self._regrouped else inside

    def main_posts(self, roots: dict[int, int]) -> list[tuple]:
        """(person, unit where she stands, unit of the post, category, position), each person once: the main post of the
        day, the later where two overlap."""
        rows = self._posts.order_by("valid_from", "pk")
        found = {}
        for pk, unit_id, *rest in rows.values_list("staff_member_id", "unit_id", "category", "position"):
            place = self._regrouped.unit_of(pk, unit_id) if self._regrouped else unit_id
            found[roots.get(pk, pk)] = (roots.get(pk, pk), place, unit_id, *rest)
        return [found[pk] for pk in sorted(found)]

    def of_people(self, prefix: str = "staff_member") -> Q:
        """Facts about people posted there that day, and about people entered twice: whose they are is found later."""
        here = Q(**{f"{prefix}__in": self._posts.order_by().values("staff_member_id")})
        return here | Q(**{f"{prefix}__merged_into__isnull": False})

    def host(self, unit_id: int) -> int:
        """The unit for which a class or session of ``unit_id`` counts."""
        return self._places.get(unit_id, unit_id)


def _held(theirs: Q, on: date, roots: dict[int, int]) -> dict[int, list[Held]]:
    rows = (
        Qualification.objects.filter(theirs, valid_from__lte=on)
        .order_by("valid_from", "pk")
        .values_list(
            "staff_member_id",
            "pk",
            "track__code",
            "course_id",
            "code",
            "course__tags",
            "origin",
            "is_supervised",
            "valid_from",
            "valid_until",
            "revoked_from",
        )
    )
    found = defaultdict(list)
    for person, pk, track, course, code, tags, *rest in rows:
        found[roots.get(person, person)].append(Held(pk, track, course, code, tuple(tags or ()), *rest))
    return found


def _duties(theirs: Q, on: date, roots: dict[int, int]) -> dict[int, list[HeldDuty]]:
    found = defaultdict(list)
    rows = Duty.objects.on(on).filter(theirs).order_by("valid_from", "pk")
    for person, *rest in rows.values_list("staff_member_id", "kind", "is_full_time", "decision_number"):
        found[roots.get(person, person)].append(HeldDuty(*rest))
    return found


def _papers(where: _Where, begun: _Where, roots: dict[int, int]) -> dict[int, list[HeldPaper]]:
    """Papers whose recognition held on the day; the fact is the qualification that it gave."""
    given = Qualification.objects.held_on(where.on)
    theirs = where.of_people("claim__staff_member") | begun.of_people("claim__staff_member")
    rows = Recognition.objects.filter(theirs, is_accepted=True, declined_at=None, qualification__in=given).order_by(
        "pk"
    )
    found = defaultdict(list)
    names = ("claim__staff_member_id", "claim__kind__code", "claim__kind__name", "decision__number")
    for person, *rest in rows.values_list(*names):
        found[roots.get(person, person)].append(HeldPaper(*rest))
    return found


def _events(where: _Where, period: Period, kinds: dict[int, str]) -> tuple[EventFact, ...]:
    """Classes of the unit that ended in the period and that somebody attended, and exam sessions that somebody sat."""

    def above(path: str) -> frozenset[str]:
        return frozenset(kinds[int(part)] for part in path.split("/")[:-1])

    begins, ends = (timezone.make_aware(datetime.combine(day, at)) for day, at in _bounds(period))
    sessions = (
        ExamSession.objects.filter(where.hosted, opens_at__gte=begins, opens_at__lte=ends)
        .annotate(sat=Count("seats", filter=Q(seats__attempt__isnull=False)))
        .filter(sat__gt=0)
        .order_by("opens_at", "pk")
    )
    exams = [
        EventFact(
            EventKind.EXAM, pk, where.host(unit_id), above(path), timezone.localdate(opens_at), f"{title} · {room}", sat
        )
        for pk, unit_id, path, opens_at, title, room, sat in sessions.values_list(
            "pk", "unit_id", "unit__path", "opens_at", "title", "room", "sat"
        )
    ]
    held = classes_held(first=period.first, last=period.last).filter(where.hosted).order_by("last_day", "pk")
    classes = [
        EventFact(EventKind.CLASS, pk, where.host(unit_id), above(path), last_day, f"{name} · {course}", attended)
        for pk, unit_id, path, last_day, name, course, attended in held.values_list(
            "pk", "unit_id", "unit__path", "last_day", "name", "course__code", "attended"
        )
    ]
    return tuple(sorted([*classes, *exams], key=lambda event: (event.day, event.kind, event.event_id)))


def _bounds(period: Period):
    return (period.first, time.min), (period.last, time.max)
