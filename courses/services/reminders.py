"""Telling people what they must learn, before it is due and after: once for each date, never after it is done."""

from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.facts import load_people, load_track_facts
from courses.models import OpenObligation, ReminderRound, Requirement
from courses.obligations import PersonFacts, assess, due_of
from courses.services.escalation import send_digests, tell_above, title_of
from courses.services.renewals import tell_of_renewals
from staff import clock
from staff.enums import PostingStatus
from staff.models import Notice, Posting, StaffMember
from staff.services import Telling, notify_together

# Few people a transaction: SQLite has one writer, and learners are saving answers meanwhile.
BATCH, BATCHES = 50, 6
# Nobody is woken by a letter about a course.
FIRST_HOUR = 6
# Days before the due date on which the learner is told; a week and a month after it, as heads and HR officers are.
STAGES = (30, 7, 0, -7, -30)


def remind() -> int:
    """Go on with today's round, some hundred people at a time; how many were told something.

    A round that a crash cut short goes on where it was; nobody is told twice, because each notice has its key.
    """
    today = clock.today()
    done = ReminderRound.objects.filter(day=today).exclude(digests_sent_at=None)
    if clock.local_hour() < FIRST_HOUR or done.exists():
        return 0
    told = 0
    for _batch in range(BATCHES):
        some, is_finished = _next_people(today)
        told += some
        if is_finished:
            if tell_above(today):
                send_digests(today)
            break
    return told


@transaction.atomic
def _next_people(today: date) -> tuple[int, bool]:
    ReminderRound.objects.get_or_create(day=today)
    this = ReminderRound.objects.select_for_update().get(day=today)
    if this.finished_at:
        return 0, True
    people = list(_people_at_work(today).filter(pk__gt=this.last_person_id).order_by("pk")[:BATCH])
    tracks = load_track_facts(parts=False)
    facts = {known.staff_member_id: known for known in load_people([person.pk for person in people])}
    waiting = {person.pk: _waiting(facts[person.pk], tracks, today) for person in people}
    _write_down(waiting, facts, today)
    told = {person.pk for person in people if _remind(person, waiting[person.pk], today)}
    told |= tell_of_renewals(people, on=today)
    if len(people) < BATCH:
        this.finished_at = clock.now()
        OpenObligation.objects.exclude(as_of=today).delete()  # who is away, or gone
    else:
        this.last_person_id = people[-1].pk
    this.save(update_fields=["finished_at", "last_person_id"])
    return len(told), this.finished_at is not None


def _people_at_work(day: date):
    """Whoever is posted that day and not on leave: who is away is told when back."""
    posted = Posting.objects.on(day).filter(is_primary=True).exclude(status=PostingStatus.LEAVE)
    return StaffMember.objects.filter(merged_into=None, pk__in=posted.values("staff_member")).select_related("user")


def _waiting(person, tracks, today: date) -> list[tuple[Requirement, date | None]]:
    """What binds the person and is not met, each with its due date."""
    found = []
    for track in tracks:
        for obligation in assess(person, track, today).obligations:
            if obligation.lifted_by is None and not obligation.is_met:
                due = due_of(person, track, obligation.requirement, today)
                found.append((obligation.requirement, due.day if due else None))
    return found


def _write_down(waiting: dict[int, list], facts: dict[int, PersonFacts], today: date) -> None:
    OpenObligation.objects.filter(staff_member__in=waiting).delete()
    OpenObligation.objects.bulk_create(
        OpenObligation(
            staff_member_id=pk, requirement=requirement, unit=_unit_of(facts[pk], today), due_on=due_on, as_of=today
        )
        for pk, asked in waiting.items()
        for requirement, due_on in asked
    )


def _unit_of(person: PersonFacts, day: date):
    return next(posting.unit for posting in person.postings if posting.holds_on(day))


def _remind(person: StaffMember, waiting, today: date) -> bool:
    if not waiting:
        return False
    said = dict(
        Notice.objects.filter(staff_member=person, kind__startswith="requirement.").values_list("key", "created_at")
    )
    tellings = [_telling(requirement, due_on, said, today) for requirement, due_on in waiting]
    told = notify_together(to=person, tellings=filter(None, tellings), subject=_subject)
    return bool(told)


def _subject(count: int) -> str:
    words = ngettext("%(count)d thing you are to learn", "%(count)d things you are to learn", count)
    return words % {"count": count}


def _telling(requirement: Requirement, due_on: date | None, said: dict, today: date) -> Telling | None:
    """What is to be said today about one requirement, if anything.

    First that it binds; then each stage whose day came after that was said. Only the latest stage speaks.
    """
    title = title_of(requirement)
    bound = f"requirement:{requirement.code}:{requirement.version}"
    if bound not in said:
        words = partial(_bound_words, title, due_on, requirement.legal_basis)
        return Telling("requirement.bound", bound, words, reverse("my_learning"))
    if due_on is None:
        return None
    passed = [days for days in STAGES if due_on - timedelta(days=days) <= today]
    if not passed:
        return None
    stage = passed[-1]
    key = f"{bound}:{due_on.isoformat()}:{stage}"
    begins = due_on - timedelta(days=stage)
    if key in said or begins <= localdate(said[bound]):
        return None
    kind = "requirement.overdue" if stage < 0 else "requirement.due"
    return Telling(kind, key, partial(_due_words, title, due_on, (due_on - today).days), reverse("my_learning"))


def _bound_words(title: str, due_on: date | None, legal_basis: str) -> tuple[str, str]:
    until = _(" by %(day)s") % {"day": _shown(due_on)} if due_on else ""
    return _("You are to learn: %(title)s%(until)s") % {"title": title, "until": until}, _(
        "Reason: %(basis)s. My learning shows where to begin."
    ) % {"basis": legal_basis}


def _due_words(title: str, due_on: date, days: int) -> tuple[str, str]:
    day = _shown(due_on)
    if days < 0:
        return _("Overdue since %(day)s: %(title)s") % {"day": day, "title": title}, _(
            "It still counts when you finish it now. If something keeps you from it, talk to your HR officer."
        )
    if days == 0:
        return _("Due today: %(title)s") % {"title": title}, _("Today is the last day that counts as in time.")
    left = ngettext("%(days)d day left: %(title)s", "%(days)d days left: %(title)s", days)
    return left % {"days": days, "title": title}, _("The last day is %(day)s.") % {"day": day}


def _shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
