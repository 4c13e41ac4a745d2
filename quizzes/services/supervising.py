"""In the room: arriving, being admitted, starting, and what an invigilator does to the time of a test."""

import hmac
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from quizzes.enums import EventKind, FinishCause
from quizzes.errors import DeadlineRefused, SessionRefused
from quizzes.models import Attempt, ExamSession, Seat
from quizzes.services.attempts import start_attempt
from quizzes.services.deadlines import move_deadline, pause_attempt, resume_attempt
from quizzes.services.marking import finalise
from quizzes.services.minutes import in_vietnamese, just_reported, note_act, report_incident
from quizzes.services.sessions import refuse_candidates
from quizzes.services.timeline import note_event
from staff import clock
from staff.codes import as_meant

# Candidates may sit down and type the code before the test begins.
EARLY = timedelta(minutes=60)
# A session that nobody ended is ended by the system so long after its time.
FORGOTTEN = timedelta(hours=12)
LONGEST_ADDED = 180
# So many wrong codes a candidate types freely; then each further one waits, longer each time. It slows down her and
# nobody else: a whole room has one address.
FREE_CODES = 5
FIRST_WAIT, LONGEST_WAIT = 15, 60  # seconds

# Rooms above add how a test of theirs is begun: functions that take a Seat and return the Attempt, or None where the
# test is none of theirs.
STARTERS: list = []


def is_in_room(session: ExamSession, address: str) -> bool:
    """Whether a computer of this address belongs to the room; everywhere is the room where no addresses are set."""
    if not session.networks:
        return True
    try:
        return any(ip_address(address) in ip_network(network, strict=False) for network in session.networks)
    except ValueError:
        return False


def arrive(*, seat: Seat, code: str, address: str) -> Seat:
    """The candidate sits at a computer of the room and typed the code of the day. Harmless when repeated.

    Who typed several wrong ones waits before the next, and meanwhile the right one is not taken either.
    """
    with transaction.atomic():
        seat = _locked(seat)
        session = seat.session
        _refuse_outside(session, address)
        now = clock.database_now()
        if now < session.opens_at - EARLY:
            raise SessionRefused(
                _("This exam session begins at %(moment)s.") % {"moment": clock.shown_moment(session.opens_at)}
            )
        _refuse_over(session, now)
        _refuse_haste(seat, now)
        if hmac.compare_digest(as_meant(code).encode(), session.access_code.encode()):
            if seat.present_at is None:
                seat.present_at = now
                seat.save(update_fields=["present_at"])
            return seat
        seat.wrong_codes, seat.wrong_code_at = seat.wrong_codes + 1, now
        seat.save(update_fields=["wrong_codes", "wrong_code_at"])
    # Said only now: what raises within would take the count back.
    raise SessionRefused(_("This is not the code of this exam session. Please look at the board and type it again."))


def _refuse_haste(seat: Seat, now) -> None:
    if seat.wrong_codes < FREE_CODES:
        return
    wait = min(FIRST_WAIT * 2 ** (seat.wrong_codes - FREE_CODES), LONGEST_WAIT)
    if (left := wait - int((now - seat.wrong_code_at).total_seconds())) > 0:
        words = ngettext(
            "Too many wrong codes. Please look at the board and type it again in %(count)d second.",
            "Too many wrong codes. Please look at the board and type it again in %(count)d seconds.",
            left,
        )
        raise SessionRefused(words % {"count": left})


@transaction.atomic
def admit(*, seat: Seat, by) -> Seat:
    """Lets a candidate who is present start; or go on at the computer at which she asks to. Harmless when repeated."""
    seat = _locked(seat)
    refuse_candidates(seat.session, by)
    _refuse_over(seat.session, clock.database_now(), at_the_end=seat.attempt_id is None)
    if seat.present_at is None:
        raise SessionRefused(_("This candidate has not typed the code of the day yet."))
    if seat.admitted_at is None:
        seat.admitted_at, seat.admitted_by = clock.database_now(), by
        seat.save(update_fields=["admitted_at", "admitted_by"])
        log(instance=seat.session, action="quizzes.admit", user=by, data={"seat": seat.number})
    if seat.wanted_device and seat.attempt_id is not None:
        _hand_over(seat, by)
    return seat


def _hand_over(seat, by) -> None:
    """From this commit on only the new computer can save; a save under way is before or after it."""
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=seat.attempt_id)
    attempt.holder = seat.wanted_device
    attempt.save(update_fields=["holder"])
    seat.wanted_device, seat.wanted_at = "", None
    seat.save(update_fields=["wanted_device", "wanted_at"])
    note_event(attempt_id=attempt.pk, kind=EventKind.TAKEN_OVER)
    note_act(seat=seat, words=lambda: _("Goes on at another computer"), by=by)
    log(instance=seat.session, action="quizzes.hand_over", user=by, data={"seat": seat.number})


def admit_all(*, session: ExamSession, by) -> int:
    """Admits everybody who is present and was not admitted. How many. Changes of computers are admitted one by one."""
    waiting = session.seats.filter(admitted_at=None).exclude(present_at=None)
    return len([admit(seat=seat, by=by) for seat in waiting])


@transaction.atomic
def start_seat(*, seat: Seat, device: str, address: str) -> Attempt:
    """The candidate's test: begun now, or the one that runs at this computer. Pressing Start twice begins one.

    Raises SessionRefused, or what the start of the test itself raises.
    """
    seat = _locked(seat)
    session = seat.session
    _refuse_outside(session, address)
    if seat.attempt_id is not None:
        return seat.attempt
    now = clock.database_now()
    _refuse_over(session, now)
    if seat.admitted_at is None:
        raise SessionRefused(_("Please wait until the invigilator lets you in."))
    if now < session.opens_at:
        raise SessionRefused(
            _("This exam session begins at %(moment)s.") % {"moment": clock.shown_moment(session.opens_at)}
        )
    attempt = _begin(seat)
    attempt.holder = device
    attempt.save(update_fields=["holder"])
    seat.attempt = attempt
    seat.save(update_fields=["attempt"])
    note_event(attempt_id=attempt.pk, kind=EventKind.STARTED, to=address)
    return attempt


def _begin(seat) -> Attempt:
    for starter in STARTERS:
        if (attempt := starter(seat)) is not None:
            return attempt
    return start_attempt(quiz=seat.session.quiz, staff_member=seat.staff_member, **terms_of(seat))


def terms_of(seat: Seat) -> dict:
    """What a session says of the start, as arguments of ``start_attempt``."""
    return {"seat": seat, "window_end": seat.session.closes_at, "extra_seconds": seat.extra_minutes * 60}


@transaction.atomic
def ask_to_go_on(*, seat: Seat, device: str, address: str) -> Seat:
    """The candidate signed in at another computer and asks to go on there; the invigilator decides (``admit``)."""
    seat = _locked(seat)
    _refuse_outside(seat.session, address)
    if seat.attempt is None or seat.attempt.finished_at is not None:
        raise SessionRefused(_("There is no test that could go on."))
    if seat.attempt.holder == device or seat.wanted_device == device:
        return seat
    seat.wanted_device, seat.wanted_at = device, clock.database_now()
    seat.save(update_fields=["wanted_device", "wanted_at"])
    return seat


def pause_seat(*, seat: Seat, by, reason: str) -> Attempt:
    return pause_attempt(attempt=_test_of(seat, by), by=by, reason=reason)


def resume_seat(*, seat: Seat, by, reason: str) -> Attempt:
    return resume_attempt(attempt=_test_of(seat, by), by=by, reason=reason)


@transaction.atomic
def add_time(*, seat: Seat, minutes: int, by, reason: str) -> Attempt:
    """Ends a running test so many minutes later, counted from the end it has at this moment."""
    if not 0 < minutes <= LONGEST_ADDED:
        raise SessionRefused(_("Between 1 and %(most)d minutes can be added.") % {"most": LONGEST_ADDED})
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=_test_of(seat, by).pk)
    return move_deadline(attempt=attempt, deadline=attempt.deadline + timedelta(minutes=minutes), by=by, reason=reason)


@transaction.atomic
def end_seat(*, seat: Seat, by, reason: str) -> Attempt:
    """Closes a test at the invigilator's word, and says why in the minutes; a test that is over stays as it is."""
    attempt = _test_of(seat, by)
    if not reason.strip():
        raise SessionRefused(_("Please say why the test is ended."))
    if attempt.finished_at is None:
        finalise(attempt=attempt, cause=FinishCause.INVIGILATOR)
        note_act(seat=seat, words=lambda: _("Test ended by the invigilator"), by=by, reason=reason)
    attempt.refresh_from_db()
    return attempt


def for_all_running(verb, *, session: ExamSession, **arguments) -> int:
    """Does ``verb`` to every seat whose test runs. How many; a test that ends at that moment is left alone."""
    done = 0
    for seat in session.seats.filter(attempt__finished_at=None).exclude(attempt=None).select_related("attempt"):
        try:
            verb(seat=seat, **arguments)
        except DeadlineRefused:
            continue
        done += 1
    return done


_VERBS = {"pause": pause_seat, "resume": resume_seat, "add_time": add_time}


@transaction.atomic
def change_time(action: str, *, session: ExamSession, by, reason: str, seat: Seat | None = None, **said) -> int:
    """Pauses a test, lets it go on or adds time, as ``action`` says: the test of ``seat``, or every test that runs.

    How many. What was done stands in the minutes. Minutes that the same person added a moment ago for the same reason
    are not added again.
    """
    session = ExamSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    text = in_vietnamese(lambda: _time_words(action, is_for_all=seat is None, **said), reason)
    line = {"session": session, "seat": seat, "text": text, "by": by}
    if action == "add_time" and just_reported(**line):
        raise SessionRefused(_("These minutes were added a moment ago. If more are meant, please give another reason."))
    verb, said = _VERBS[action], said | {"by": by, "reason": reason}
    if seat is None:
        done = for_all_running(verb, session=session, **said)
    else:
        done = 1
        verb(seat=seat, **said)
    if done:
        report_incident(**line)
    return done


def _time_words(action, *, is_for_all, minutes=0) -> str:
    if action == "add_time":
        words = (
            ngettext("%(count)d minute added to all tests", "%(count)d minutes added to all tests", minutes)
            if is_for_all
            else ngettext("%(count)d minute added", "%(count)d minutes added", minutes)
        )
        return words % {"count": minutes}
    if action == "pause":
        return _("All tests paused") if is_for_all else _("Test paused")
    return _("All tests go on") if is_for_all else _("Test goes on")


@transaction.atomic
def end_session(*, session: ExamSession, by) -> ExamSession:
    """Closes the session and every test that still runs. Harmless when repeated."""
    session = ExamSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    if session.ended_at is not None:
        return session
    refuse_candidates(session, by)
    if clock.database_now() < session.opens_at and not session.attempts.exists() and by is not None:
        raise SessionRefused(_("This exam session has not begun yet."))
    for attempt in session.attempts.filter(finished_at=None):
        finalise(attempt=attempt, cause=FinishCause.INVIGILATOR)
    session.ended_at = clock.database_now()
    session.save(update_fields=["ended_at"])
    log(instance=session, action="quizzes.end_session", user=by)
    return session


def end_forgotten_sessions() -> int:
    """Ends the sessions that nobody ended, with the tests that stand still in them. How many."""
    late = ExamSession.objects.filter(ended_at=None, closes_at__lt=clock.database_now() - FORGOTTEN)
    return len([end_session(session=session, by=None) for session in late])


def _locked(seat: Seat) -> Seat:
    # Not joined with the attempt: who waited here for another Start would not see the one that it made.
    rows = Seat.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("session__quiz", "staff_member").get(pk=seat.pk)


def _test_of(seat: Seat, by) -> Attempt:
    refuse_candidates(seat.session, by)
    attempt = Attempt.objects.filter(seat=seat).first()
    if attempt is None:
        raise SessionRefused(_("This candidate has not started yet."))
    return attempt


def _refuse_outside(session, address) -> None:
    if not is_in_room(session, address):
        raise SessionRefused(
            _("This computer does not belong to the room of the examination. Please ask the invigilator.")
        )


def _refuse_over(session, now, *, at_the_end=True) -> None:
    if session.ended_at is not None or (at_the_end and now >= session.closes_at):
        raise SessionRefused(_("This exam session is over."))
