"""Telling those above a learner: the head a week after the due date, the HR officer after a month, both once a week.

Only the nearest are told: whoever holds the capability for the closest unit at or above the learner's. The province's
officer hears of a commune's people where the commune has nobody, and in the figures.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.enums import ToldLevel
from courses.models import Escalation, OpenObligation, ReminderRound
from staff import clock
from staff.enums import Capability
from staff.models import Scope, Unit, User
from staff.services import notify

# After how many days who is told beside the learner.
LEVELS = {ToldLevel.HEAD: 7, ToldLevel.HR: 30}
SOON = timedelta(days=30)
# So many units, or readers, at one look: the sweeper comes back for the others.
AT_ONCE = 100
# A notice names so many people; the page that it leads to has them all.
NAMED = 10


def tell_above(today: date) -> bool:
    """Tell heads and HR officers of those newly long overdue; whether nobody is left to tell today.

    All that one unit's reader hears at one level stands in one notice. Whoever has nobody above is looked for again in
    each round.
    """
    if _round(today).told_above_at:
        return True
    waiting = [
        (level, unit_id, readers, rows)
        for level, days in LEVELS.items()
        for unit_id, (readers, rows) in _by_nearest_unit(level, today - timedelta(days=days)).items()
    ]
    for level, unit_id, readers, rows in waiting[:AT_ONCE]:
        _tell(level, unit_id, readers, rows, today)
    if len(waiting) > AT_ONCE:
        return False
    ReminderRound.objects.filter(day=today).update(told_above_at=clock.now())
    return True


def send_digests(today: date) -> bool:
    """Once a week, tell every head and HR officer how many are overdue and how many soon will be; whether all know.

    The first round of a week sends them, and nothing is sent to whoever has nothing to hear.
    """
    this = _round(today)
    monday = today - timedelta(days=today.weekday())
    readers = []
    if not ReminderRound.objects.filter(day__gte=monday, day__lt=today).exclude(digests_sent_at=None).exists():
        readers = list(_readers().filter(pk__gt=this.last_reader_id)[:AT_ONCE])
    for reader in readers:
        _send_digest(reader, monday, today)
    if len(readers) < AT_ONCE:
        ReminderRound.objects.filter(day=today).update(digests_sent_at=clock.now())
        return True
    ReminderRound.objects.filter(day=today).update(last_reader_id=readers[-1].pk)
    return False


def _round(today: date) -> ReminderRound:
    return ReminderRound.objects.get(day=today)


def _readers():
    above = Scope.objects.on(clock.today()).filter(capability__in=[Capability.HR, Capability.HEAD])
    return User.objects.filter(is_active=True, pk__in=above.values("user")).order_by("pk")


def _by_nearest_unit(level: ToldLevel, due_by: date) -> dict[int, tuple[list[User], list[OpenObligation]]]:
    """By the unit whose readers are nearest: these readers, and what is overdue since ``due_by`` and not told yet."""
    told = Escalation.objects.filter(
        staff_member=OuterRef("staff_member"),
        requirement=OuterRef("requirement"),
        due_on=OuterRef("due_on"),
        level=level,
    )
    overdue = list(
        OpenObligation.objects.filter(~Exists(told), due_on__lte=due_by)
        .select_related("unit", "staff_member", "requirement__course", "requirement__track")
        .order_by("due_on", "staff_member__sort_key", "pk")
    )
    if not overdue:
        return {}
    readers = _readers_by_unit(Capability(level.value))
    found: dict[int, tuple[list[User], list[OpenObligation]]] = {}
    for row in overdue:
        chain = [row.unit_id, *reversed(row.unit.ancestor_ids)]
        nearest = next((unit_id for unit_id in chain if unit_id in readers), None)
        if nearest is not None:
            found.setdefault(nearest, (readers[nearest], []))[1].append(row)
    return found


def _readers_by_unit(capability: Capability) -> dict[int, list[User]]:
    found = defaultdict(list)
    scopes = Scope.objects.on(clock.today()).filter(capability=capability, user__is_active=True)
    for scope in scopes.select_related("user").order_by("pk"):
        found[scope.unit_id].append(scope.user)
    return found


@transaction.atomic
def _tell(level, unit_id: int, readers: list[User], rows: list[OpenObligation], today: date) -> None:
    words = partial(_overdue_words, rows, LEVELS[level])
    key = f"overdue.{level}:{unit_id}:{today.isoformat()}"
    path = reverse("obligations:reminders") + "?muc=qua-han"
    told = [
        notify(to=reader, kind="obligations.overdue", key=key, words=words, path=path)
        for reader in dict.fromkeys(readers)
    ]
    for row in rows:
        escalation, is_new = Escalation.objects.get_or_create(
            staff_member=row.staff_member,
            requirement=row.requirement,
            due_on=row.due_on,
            level=level,
            defaults={"told_on": today},
        )
        if is_new:
            escalation.notices.add(*filter(None, told))


def _overdue_words(rows: list[OpenObligation], days: int) -> tuple[str, str]:
    people = len({row.staff_member_id for row in rows})
    title = ngettext(
        "%(people)d person of your units is %(days)d days overdue or more",
        "%(people)d people of your units are %(days)d days overdue or more",
        people,
    )
    lines = [
        _("%(name)s, %(unit)s: %(title)s, due %(day)s")
        % {
            "name": row.staff_member.full_name,
            "unit": row.unit.name_in_place,
            "title": title_of(row.requirement),
            "day": date_format(row.due_on, "SHORT_DATE_FORMAT"),
        }
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        left = len(rows) - NAMED
        lines.append(ngettext("and %(left)d line more", "and %(left)d lines more", left) % {"left": left})
    return title % {"people": people, "days": days}, "\n".join(lines)


def title_of(requirement) -> str:
    """What a requirement asks for, as learners know it."""
    return requirement.course.title if requirement.course else requirement.track.name


def _send_digest(reader: User, monday: date, today: date) -> None:
    units = Unit.objects.within_any(Scope.objects.units_of(reader, Capability.HR, Capability.HEAD))
    mine = OpenObligation.objects.filter(unit__in=units)
    waiting = [mine.filter(due_on__lt=today), mine.filter(due_on__gte=today, due_on__lte=today + SOON)]
    overdue, soon = map(_people, waiting)
    if overdue or soon:
        notify(
            to=reader,
            kind="obligations.digest",
            key=f"obligations.digest:{monday.isoformat()}",
            words=partial(_digest_words, (overdue, soon), _by_title(*waiting), today),
            path=reverse("obligations:reminders"),
        )


def _people(rows) -> int:
    return rows.values("staff_member").distinct().count()


def _by_title(overdue, soon) -> list[tuple[str, int, int]]:
    """(what is to be learnt, how many are overdue, how many soon will be), what most are overdue with first."""
    found: dict[str, tuple[set, set]] = {}
    for index, rows in enumerate((overdue, soon)):
        told = rows.select_related("requirement__course", "requirement__track").order_by()
        for row in told.only("staff_member_id", "requirement__course__title", "requirement__track__name"):
            found.setdefault(title_of(row.requirement), (set(), set()))[index].add(row.staff_member_id)
    counted = [(title, len(late), len(near)) for title, (late, near) in found.items()]
    return sorted(counted, key=lambda said: (-said[1], -said[2], said[0]))


def _digest_words(people: tuple[int, int], titles: list[tuple[str, int, int]], today: date) -> tuple[str, str]:
    lines = [" ".join(_counted(*people))]
    lines += [f"- {title}: {' '.join(_counted(*counts))}" for title, *counts in titles[:NAMED]]
    if len(titles) > NAMED:
        left = len(titles) - NAMED
        lines.append(ngettext("and %(left)d line more", "and %(left)d lines more", left) % {"left": left})
    title = _("What the people of your units still have to learn, %(day)s")
    return title % {"day": date_format(today, "SHORT_DATE_FORMAT")}, "\n".join(lines)


def _counted(overdue: int, soon: int) -> list[str]:
    """The numbers as sentences; nothing is said of nobody."""
    late = ngettext("%(n)d person is overdue.", "%(n)d people are overdue.", overdue) % {"n": overdue}
    near = ngettext("%(n)d person has a date within 30 days.", "%(n)d people have a date within 30 days.", soon)
    return [*([late] if overdue else []), *([near % {"n": soon}] if soon else [])]
