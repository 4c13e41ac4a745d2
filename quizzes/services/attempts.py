"""Sitting a quiz: the start."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from quizzes.drawing import draw, is_as_drawn
from quizzes.enums import FinishCause, Purpose
from quizzes.errors import (
    NoAttemptsLeft,
    NotOpenYet,
    OpenElsewhere,
    QuizNotPublished,
    StillBeingMarked,
    TooSoon,
    WindowClosed,
)
from quizzes.keeping import kept_parts
from quizzes.models import Answer, Attempt, Paper, Seat
from quizzes.services.blueprints import check_blueprint, parts_of
from quizzes.services.deadlines import deadline_of
from quizzes.services.marking import finalise
from quizzes.services.shifts import paper_of_seat
from quizzes.terms import granted_to, terms_with
from staff import clock
from staff.inserting import insert
from staff.kept_queries import KeptQuery, insert_one
from staff.models import StaffMember

# Practice has no clock: its deadline only closes, in the end, what nobody comes back to.
PRACTICE_DAYS = 7


def start_attempt(
    *,
    quiz,
    staff_member,
    attempts_used: int | None = None,
    window_end: datetime | None = None,
    extra_seconds: int = 0,
    is_preview: bool = False,
    seat: Seat | None = None,
) -> Attempt:
    """A new attempt with its frozen paper, or the open one if there is one; safe to call twice at once.

    ``attempts_used`` is the caller's count (per enrolment); without it all this person's attempts of this
    quiz count. The deadline is min(start + limit + extra, ``window_end``, end of the quiz's window) by the
    database's clock; practice has no limits but the window. A preview may be of an unpublished quiz, outside its
    window, and counts nowhere; it is refused while the quiz cannot be drawn, and begun afresh when the quiz changed.
    What was granted to the person (``quizzes.terms``) goes before the quiz's own rules.
    With ``seat`` it is sat in that seat's exam session (see ``quizzes.services.supervising``).
    """
    if is_preview:
        check_blueprint(quiz=quiz)
    if (attempt := _settled_open_attempt(quiz, staff_member, is_preview)) is not None:
        return _refuse_elsewhere(attempt, seat)
    try:
        return _begin(quiz, staff_member, attempts_used, window_end, extra_seconds, is_preview, seat)
    except IntegrityError:
        # Another click was first: one_open_attempt or one_attempt_per_number held.
        if (attempt := _open_attempt(quiz, staff_member)) is not None:
            return _refuse_elsewhere(attempt, seat)
        raise


def _refuse_too_soon(quiz, staff_member) -> None:
    may_start = next_start(quiz, staff_member)
    if may_start is not None and clock.database_now() < may_start:
        raise TooSoon(may_start)


def next_start(quiz, staff_member) -> datetime | None:
    """From when the person may start again after her last attempt; None where there is nothing to wait for."""
    if quiz.purpose == Purpose.PRACTICE or not quiz.retry_after_hours:
        return None
    finished = Attempt.objects.filter(quiz=quiz, staff_member=staff_member, is_preview=False)
    last = finished.aggregate(last=Max("finished_at"))["last"]
    return last + timedelta(hours=quiz.retry_after_hours) if last else None


def _open_attempt(quiz, staff_member):
    return _OPEN.first(quiz.pk, staff_member.pk)


_OPEN = KeptQuery(lambda quiz, person: Attempt.objects.open().filter(quiz=quiz, staff_member=person), int, int)


def _refuse_elsewhere(attempt, seat) -> Attempt:
    """An attempt that was begun without an invigilator does not become a supervised one, nor the other way round."""
    if seat is not None and attempt.exam_session_id != seat.session_id:
        raise OpenElsewhere
    return attempt


def _settled_open_attempt(quiz, staff_member, is_preview):
    """The attempt to go on with; closed is one whose time is over, and a preview that is in the way of the real thing
    or shows a quiz that has changed since."""
    attempt = _open_attempt(quiz, staff_member)
    if attempt is None:
        return None
    is_overdue = clock.database_now() > attempt.deadline + timedelta(seconds=attempt.grace_seconds)
    if attempt.paused_at is None and is_overdue:
        finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        return None
    if attempt.is_preview and not (is_preview and is_as_drawn(quiz, attempt.paper)):
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
        return None
    return attempt


@transaction.atomic
def _begin(quiz, staff_member, attempts_used, window_end, extra_seconds, is_preview, seat) -> Attempt:
    """Stands in line with what is granted to the person: an arrangement is either known here or finds the attempt."""
    _PERSON_TO_LOCK.first(staff_member.pk)
    terms = terms_with(quiz, () if is_preview else granted_to(staff_member.pk, quiz))
    if not is_preview:
        if attempts_used is None:
            attempts_used = Attempt.objects.filter(quiz=quiz, staff_member=staff_member, is_preview=False).count()
        _refuse_not_now(quiz, staff_member, attempts_used, terms)
        window_end = min((end for end in (window_end, terms.closes_at) if end is not None), default=None)
    # Granted by HR or by the board of the session, it is for the same need: the larger, not the sum.
    extra = max(terms.extra, timedelta(seconds=extra_seconds))
    return _create_attempt(quiz, staff_member, attempts_used or 0, window_end, extra, is_preview, seat, terms)


_PERSON_TO_LOCK = KeptQuery(
    lambda person: StaffMember.objects.select_for_update(no_key=True).filter(pk=person).values_list("pk"), int
)


def _refuse_not_now(quiz, staff_member, attempts_used, terms) -> None:
    if quiz.published_at is None:
        raise QuizNotPublished
    if terms.opens_at is not None and clock.database_now() < terms.opens_at:
        raise NotOpenYet(terms.opens_at)
    if terms.attempts is not None and attempts_used >= terms.attempts:
        raise NoAttemptsLeft
    _refuse_too_soon(quiz, staff_member)
    if quiz.purpose == Purpose.EXAM and is_being_marked(quiz, staff_member):
        raise StillBeingMarked


def is_being_marked(quiz, staff_member) -> bool:
    """Whether an attempt of this person at ``quiz`` waits for its first marks."""
    return _WAITING.first(quiz.pk, staff_member.pk) is not None


def _waiting_of(quiz: int, person: int):
    sat = Attempt.objects.filter(quiz=quiz, staff_member=person, is_preview=False)
    return sat.filter(scripts__isnull=False, scripts__decided_at=None, gradings=None).values_list("pk")


_WAITING = KeptQuery(_waiting_of, int, int)


def _create_attempt(quiz, staff_member, attempts_used, window_end, extra, is_preview, seat, terms) -> Attempt:
    started_at = clock.database_now()
    is_practice = quiz.purpose == Purpose.PRACTICE
    deadline = deadline_of(
        started_at=started_at,
        limit=timedelta(days=PRACTICE_DAYS) if is_practice else timedelta(minutes=quiz.time_limit),
        extra=timedelta() if is_practice else extra,
        ends=(window_end,),
    )
    if deadline <= started_at:
        raise WindowClosed
    last = _LAST_NUMBER.first(quiz.pk, staff_member.pk)
    attempt = insert_one(
        Attempt(
            quiz=quiz,
            staff_member=staff_member,
            number=last[0] + 1 if last else 1,
            is_preview=is_preview,
            started_at=started_at,
            deadline=deadline,
            extra_minutes=0 if is_practice else int(extra.total_seconds() // 60),
            grace_seconds=quiz.grace_seconds,
            exam_session=seat.session if seat else None,
        )
    )
    if seat:
        items, blueprint = paper_of_seat(seat)
    elif is_preview:
        items, blueprint = draw(quiz)
    else:
        parts = parts_of(quiz)
        kept = kept_parts(quiz, staff_member, now=started_at, parts=parts)
        items, blueprint = draw(quiz, staff_member=staff_member, kept=kept, parts=parts)
    # Frozen too, because only the caller knows how many attempts an enrolment still has: it decides
    # whether the key may be shown after a failed attempt (queries.shown_of).
    is_last = terms.attempts is not None and attempts_used + 1 >= terms.attempts
    rules = {"is_last_attempt": is_last, "attempts_allowed": terms.attempts}
    insert_one(Paper(attempt=attempt, items=items, blueprint=blueprint | rules))
    rows = ((attempt.pk, item["number"], item["version"]) for item in items)
    insert(Answer, ("attempt_id", "number", "version_id"), rows)
    return attempt


def _numbers_of(quiz: int, person: int):
    return Attempt.objects.filter(quiz=quiz, staff_member=person).order_by("-number").values_list("number")


_LAST_NUMBER = KeptQuery(_numbers_of, int, int)
