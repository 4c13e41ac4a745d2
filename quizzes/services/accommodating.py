"""Granting individual arrangements for tests, and taking them back."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from quizzes.errors import AccommodationRefused
from quizzes.models import Accommodation, Attempt, Quiz
from quizzes.services.deadlines import deadline_of
from quizzes.services.minutes import note_act
from quizzes.terms import granted_to, terms_with
from staff import clock
from staff.models import StaffMember
from staff.services import notify

MOST_MINUTES, MOST_PERCENT, MOST_ATTEMPTS = 600, 300, 10


@transaction.atomic
def accommodate(
    *,
    staff_member,
    by,
    reason: str,
    quiz: Quiz | None = None,
    extra_minutes: int = 0,
    extra_percent: int = 0,
    extra_attempts: int = 0,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Accommodation:
    """Grants it, and at once to an attempt that runs: its end moves by what is new. Asked twice, it is granted once.

    Time that an invigilator added stays added. An end never moves earlier by it. In a supervised sitting the minutes
    say by how much it moved, not why; whoever sits in that session herself is refused.
    """
    StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)
    given = {
        "quiz": quiz,
        "extra_minutes": extra_minutes,
        "extra_percent": extra_percent,
        "extra_attempts": extra_attempts,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "valid_from": valid_from or clock.today(),
        "valid_until": valid_until,
        "reason": reason.strip(),
    }
    _refuse_nonsense(**given)
    same = Accommodation.objects.filter(staff_member=staff_member, ended_at=None, **given).first()
    if same is not None:
        return same
    running = [(attempt, _granted(attempt)[0]) for attempt in _running_of(staff_member, quiz)]
    row = Accommodation.objects.create(staff_member=staff_member, decided_by=by, decided_at=clock.now(), **given)
    log(instance=row, action="quizzes.accommodate", user=by, data={"quiz": quiz.code if quiz else None})
    for attempt, before in running:
        _lengthen(attempt, before, by)
    _tell(row, "granted", _granted_words)
    return row


@transaction.atomic
def end_accommodation(*, accommodation: Accommodation, by, reason: str) -> Accommodation:
    """It holds for no attempt that begins from now on; those that run keep their time. Harmless when repeated."""
    if not (reason := reason.strip()):
        raise AccommodationRefused(_("Please say why it is taken back."))
    row = Accommodation.objects.select_for_update().get(pk=accommodation.pk)
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.ended_reason = clock.now(), by, reason
    row.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    log(instance=row, action="quizzes.end_accommodation", user=by)
    _tell(row, "ended", _ended_words)
    return row


def _tell(row: Accommodation, what: str, words) -> None:
    """By a notice, and a letter where there is an address. Not why: reasons may be about somebody's health."""
    key = f"accommodation-{row.pk}-{what}"
    notify(to=row.staff_member, kind="quizzes.accommodation", key=key, words=partial(words, row))


def _granted_words(row: Accommodation) -> tuple[str, str]:
    if row.valid_until is None:
        text = _("From %(first)s on you have in %(tests)s: %(what)s.")
    else:
        text = _("From %(first)s until %(last)s you have in %(tests)s: %(what)s.")
    return _("An arrangement of your own for tests was granted to you"), text % _said(row)


def _ended_words(row: Accommodation) -> tuple[str, str]:
    text = _("It no longer holds in %(tests)s: %(what)s. A test that you are sitting now keeps its time.")
    return _("An arrangement of your own for tests was taken back"), text % _said(row)


def _said(row: Accommodation) -> dict[str, str]:
    return {
        "first": date_format(row.valid_from, "SHORT_DATE_FORMAT"),
        "last": date_format(row.valid_until, "SHORT_DATE_FORMAT") if row.valid_until else "",
        "tests": _("the test “%(title)s”") % {"title": row.quiz.title} if row.quiz else _("every exam"),
        "what": row.what,
    }


def _refuse_nonsense(
    *, quiz, extra_minutes, extra_percent, extra_attempts, opens_at, closes_at, valid_from, valid_until, reason
) -> None:
    if not reason:
        raise AccommodationRefused(_("Please say why, with the number of the decision."))
    if not (extra_minutes or extra_percent or extra_attempts or opens_at or closes_at):
        raise AccommodationRefused(_("Grant something: more time, more attempts, or a window."))
    if extra_minutes > MOST_MINUTES or extra_percent > MOST_PERCENT or extra_attempts > MOST_ATTEMPTS:
        raise AccommodationRefused(
            _("At most %(minutes)d minutes, %(percent)d %% and %(attempts)d attempts can be granted.")
            % {"minutes": MOST_MINUTES, "percent": MOST_PERCENT, "attempts": MOST_ATTEMPTS}
        )
    if quiz is None and (opens_at or closes_at):
        raise AccommodationRefused(_("A window of her own is given for one test: choose the test."))
    if opens_at and closes_at and closes_at <= opens_at:
        raise AccommodationRefused(_("The window closes before it opens."))
    if valid_until and valid_until < valid_from:
        raise AccommodationRefused(_("The last day lies before the first."))


def _running_of(staff_member, quiz) -> list[Attempt]:
    """Under lock, as for any other change of a deadline; overdue and practice attempts are left alone."""
    attempts = Attempt.objects.open().filter(staff_member=staff_member, is_preview=False, quiz__purpose="exam")
    if quiz is not None:
        attempts = attempts.filter(quiz=quiz)
    locked = attempts.select_for_update(no_key=True, of=("self",)).select_related("quiz", "exam_session", "paper")
    now = clock.database_now()
    return [attempt for attempt in locked.order_by("pk") if (attempt.paused_at or now) < attempt.deadline]


def _granted(attempt: Attempt) -> tuple[datetime, timedelta]:
    """(end, extra) that the formula gives the attempt now; ``deadline`` differs by what invigilators changed."""
    minutes = attempt.paper.blueprint["time_limit"]
    terms = terms_with(attempt.quiz, granted_to(attempt.staff_member_id, attempt.quiz), limit_minutes=minutes)
    seat = getattr(attempt, "seat", None)
    extra = max(terms.extra, timedelta(minutes=seat.extra_minutes if seat else 0))
    end = deadline_of(
        started_at=attempt.started_at,
        limit=timedelta(minutes=minutes),
        extra=extra,
        ends=(terms.closes_at, attempt.exam_session.closes_at if attempt.exam_session else None),
    )
    return end, extra


def _lengthen(attempt: Attempt, before: datetime, by) -> None:
    end, extra = _granted(attempt)
    more = end - before
    if more <= timedelta():
        return
    was, attempt.deadline = attempt.deadline, attempt.deadline + more
    attempt.extra_minutes = max(attempt.extra_minutes, int(extra.total_seconds() // 60))
    attempt.save(update_fields=["deadline", "extra_minutes"])
    log(
        instance=attempt,
        action="quizzes.move_deadline",
        user=by,
        data={"from": was.isoformat(), "to": attempt.deadline.isoformat(), "reason": "accommodation"},
    )
    if attempt.exam_session is not None:
        minutes = int(more.total_seconds() // 60)
        note_act(seat=attempt.seat, words=lambda: _longer_words(minutes), by=by)


def _longer_words(minutes: int) -> str:
    words = ngettext(
        "%(count)d more minute by an individual arrangement",
        "%(count)d more minutes by an individual arrangement",
        minutes,
    )
    return words % {"count": minutes}
