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


def load_facts(*, unit: Unit, period: Period) -> Facts:
    """Everything that indicators of ``unit`` and all below it need for the period, in the structure of its last day."""
    on = period.last
    kinds = dict(Unit.objects.values_list("pk", "kind"))
    paths = dict(Unit.objects.within(unit).existing_on(on).values_list("pk", "path"))
    roots = merged_rows()
    posts = _main_posts(unit, on, roots)
    missing = {unit_id for _staff, unit_id, *_rest in posts} - paths.keys()
    paths |= dict(Unit.objects.filter(pk__in=missing).values_list("pk", "path"))
    above = {pk: tuple(int(part) for part in reversed(path.split("/")[:-1])) for pk, path in paths.items()}
    kinds_above = {pk: frozenset(kinds[i] for i in ids) for pk, ids in above.items()}
    held, duties, papers = _held(unit, on, roots), _duties(unit, on, roots), _papers(unit, on, roots)
    folded: dict[str, str] = {}
    people = tuple(
        PersonFact(
            staff_member_id=pk,
            unit_id=unit_id,
            unit_kind=kinds[unit_id],
            kinds_above=kinds_above[unit_id],
            category=category,
            position=folded.setdefault(position, fold(position)),
            duties=tuple(duties.get(pk, ())),
            held=tuple(held.get(pk, ())),
            papers=tuple(papers.get(pk, ())),
        )
        for pk, unit_id, category, position in posts
    )
    units = tuple(UnitFact(pk, kinds[pk], kinds_above[pk]) for pk in sorted(paths.keys() - missing))
    codes = dict(Track.objects.values_list("pk", "code"))
    tracks = {codes[facts.track_id]: facts for facts in load_track_facts(parts=False)}
    return Facts(people, units, _events(unit, period, kinds), above, tracks)


def _main_posts(unit: Unit, on: date, roots: dict[int, int]) -> list[tuple]:
    """(person, unit, category, position), each person once: the main post of the day, the later where two overlap."""
    rows = (
        Posting.objects.on(on)
        .filter(is_primary=True, unit__path__gte=unit.path, unit__path__lt=unit.path_end)
        .order_by("valid_from", "pk")
        .values_list("staff_member_id", "unit_id", "category", "position")
    )
    found = {roots.get(pk, pk): (roots.get(pk, pk), *rest) for pk, *rest in rows}
    return [found[pk] for pk in sorted(found)]


def _of_people(unit: Unit, on: date, prefix: str = "staff_member") -> Q:
    """Facts about people posted in the unit that day, and about people entered twice: whose they are is found later."""
    posted = Posting.objects.on(on).filter(is_primary=True, unit__path__gte=unit.path, unit__path__lt=unit.path_end)
    here = Q(**{f"{prefix}__in": posted.values("staff_member_id")})
    return here | Q(**{f"{prefix}__merged_into__isnull": False})


def _held(unit: Unit, on: date, roots: dict[int, int]) -> dict[int, list[Held]]:
    rows = (
        Qualification.objects.filter(_of_people(unit, on), valid_from__lte=on)
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


def _duties(unit: Unit, on: date, roots: dict[int, int]) -> dict[int, list[HeldDuty]]:
    found = defaultdict(list)
    rows = Duty.objects.on(on).filter(_of_people(unit, on)).order_by("valid_from", "pk")
    for person, *rest in rows.values_list("staff_member_id", "kind", "is_full_time", "decision_number"):
        found[roots.get(person, person)].append(HeldDuty(*rest))
    return found


def _papers(unit: Unit, on: date, roots: dict[int, int]) -> dict[int, list[HeldPaper]]:
    """Papers whose recognition held on the day; the fact is the qualification that it gave."""
    given = Qualification.objects.held_on(on)
    rows = Recognition.objects.filter(
        _of_people(unit, on, "claim__staff_member"), is_accepted=True, declined_at=None, qualification__in=given
    ).order_by("pk")
    found = defaultdict(list)
    names = ("claim__staff_member_id", "claim__kind__code", "claim__kind__name", "decision__number")
    for person, *rest in rows.values_list(*names):
        found[roots.get(person, person)].append(HeldPaper(*rest))
    return found


def _events(unit: Unit, period: Period, kinds: dict[int, str]) -> tuple[EventFact, ...]:
    """Classes of the unit that ended in the period and that somebody attended, and exam sessions that somebody sat."""

    def above(path: str) -> frozenset[str]:
        return frozenset(kinds[int(part)] for part in path.split("/")[:-1])

    begins, ends = (timezone.make_aware(datetime.combine(day, at)) for day, at in _bounds(period))
    within = {"unit__path__gte": unit.path, "unit__path__lt": unit.path_end}
    sessions = (
        ExamSession.objects.filter(**within, opens_at__gte=begins, opens_at__lte=ends)
        .annotate(sat=Count("seats", filter=Q(seats__attempt__isnull=False)))
        .filter(sat__gt=0)
        .order_by("opens_at", "pk")
    )
    exams = [
        EventFact(EventKind.EXAM, pk, unit_id, above(path), timezone.localdate(opens_at), f"{title} · {room}", sat)
        for pk, unit_id, path, opens_at, title, room, sat in sessions.values_list(
            "pk", "unit_id", "unit__path", "opens_at", "title", "room", "sat"
        )
    ]
    held = classes_held(first=period.first, last=period.last).filter(**within).order_by("last_day", "pk")
    classes = [
        EventFact(EventKind.CLASS, pk, unit_id, above(path), last_day, f"{name} · {course}", attended)
        for pk, unit_id, path, last_day, name, course, attended in held.values_list(
            "pk", "unit_id", "unit__path", "last_day", "name", "course__code", "attended"
        )
    ]
    return tuple(sorted([*classes, *exams], key=lambda event: (event.day, event.kind, event.event_id)))


def _bounds(period: Period):
    return (period.first, time.min), (period.last, time.max)
