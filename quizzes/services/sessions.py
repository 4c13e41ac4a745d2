"""Organising exam sessions: the session itself, who sits in it, what the board decides."""

import secrets
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from quizzes import sealing
from quizzes.errors import SessionRefused
from quizzes.examinations import shifts_of
from quizzes.models import (
    Answer,
    Attempt,
    BoardDecision,
    ExamSession,
    FurtherDecision,
    Quiz,
    ReviewRequest,
    Script,
    Seat,
)
from quizzes.services.blueprints import may_ask_people
from quizzes.signals import attempt_graded
from staff import clock
from staff.codes import ALPHABET
from staff.services import notify

CODE_LENGTH = 6


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


@transaction.atomic
def open_session(*, by, invigilators=(), markers=(), **fields) -> ExamSession:
    """A new session with its code of the day and the key of its response files.

    As a further shift it must be of the same test as the first, and is refused once the questions have been dealt.
    Where people mark, re-marking may be asked for beyond the day on which their marks are due.
    """
    _check_shift(fields.get("first_shift"), fields["quiz"])
    session = ExamSession(**fields, created_by=by, access_code=_new_code(), public_key=sealing.new_key())
    _check_complaints(session)
    session.save()
    session.invigilators.set(invigilators)
    session.markers.set(markers)
    _tell_invigilators(session)
    log(instance=session, action="quizzes.open_session", user=by)
    return session


@transaction.atomic
def change_session(*, session: ExamSession, by, invigilators=None, markers=None, **fields) -> ExamSession:
    """Changes what is said of a session that is not over. Its test stays once somebody has a paper of it."""
    session = ExamSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    refuse_candidates(session, by)
    if session.ended_at is not None:
        raise SessionRefused(_("This exam session is over; nothing of it can be changed."))
    quiz, shift = fields.get("quiz", session.quiz), fields.get("first_shift", session.first_shift)
    if (quiz, shift) != (session.quiz, session.first_shift):
        has_papers = session.attempts.exists() or Seat.objects.filter(session=session, prepared_paper__isnull=False)
        if has_papers or session.question_share is not None or session.later_shifts.exists():
            raise SessionRefused(_("Papers of this session exist already: its test and its shifts stay as they are."))
        _check_shift(shift, quiz, session)
    for name, value in fields.items():
        setattr(session, name, value)
    _check_complaints(session)
    session.save()
    if invigilators is not None:
        session.invigilators.set(invigilators)
    if markers is not None:
        session.markers.set(markers)
    _refuse_candidates_as_invigilators(session)
    _tell_invigilators(session)
    log(instance=session, action="quizzes.change_session", user=by, data={"fields": sorted(fields)})
    return session


def marks_due_on(quiz: Quiz, closes_at) -> date | None:
    """The day on which the last marks of a session are due; None where no person marks a paper of the quiz."""
    if not may_ask_people(quiz):
        return None
    return clock.local_day(closes_at) + timedelta(days=quiz.marking_days)


def _check_complaints(session: ExamSession) -> None:
    """Whoever waits for marks may still ask for re-marking when they are in."""
    if (due_on := marks_due_on(session.quiz, session.closes_at)) and session.complaints_until <= due_on:
        raise SessionRefused(too_early_words(due_on))


def too_early_words(due_on: date) -> str:
    return _("People mark answers of this test until %(day)s; re-marking must be possible after that day.") % {
        "day": date_format(due_on, "SHORT_DATE_FORMAT")
    }


def _check_shift(first, quiz, session=None) -> None:
    if first is None:
        return
    first = ExamSession.objects.select_for_update(no_key=True).get(pk=first.pk)
    if first.first_shift_id is not None or first == session:
        raise SessionRefused(_("Please choose the first shift of the examination."))
    if first.quiz_id != quiz.pk:
        raise SessionRefused(_("All shifts of an examination have the same test."))
    if first.question_share is not None or first.attempts.exists():
        raise SessionRefused(_("The questions have already been dealt to the shifts; no shift can be added."))


@transaction.atomic
def renew_code(*, session: ExamSession, by) -> ExamSession:
    """Another code of the day, where the old one got about."""
    refuse_candidates(session, by)
    session.access_code = _new_code()
    session.save(update_fields=["access_code"])
    log(instance=session, action="quizzes.renew_code", user=by)
    return session


@transaction.atomic
def add_seats(*, session: ExamSession, people, by) -> int:
    """Seats for ``people``, numbered on in the order of names through all shifts. How many are new.

    Who has a seat in a shift of this examination keeps it. Adding twice at once adds once. Whoever adds herself hands
    the session to others: it needs an invigilator before.
    """
    ExamSession.objects.select_for_update(no_key=True).get(pk=session.first_shift_id or session.pk)
    session.refresh_from_db()
    refuse_candidates(session, by)
    if session.ended_at is not None:
        raise SessionRefused(_("This exam session is over; nothing of it can be changed."))
    number = Seat.objects.filter(session__in=shifts_of(session)).aggregate(last=Max("number"))["last"] or 0
    has_one = seated_people(session)
    new = [person for person in sorted(people, key=lambda p: (p.sort_key, p.pk)) if person.pk not in has_one]
    if by is not None and by.staff_member_id in {person.pk for person in new} and not session.invigilators.exists():
        raise SessionRefused(
            _(
                "You would sit in a session that nobody else watches. Please name an invigilator first, then add "
                "yourself."
            )
        )
    Seat.objects.bulk_create(
        Seat(session=session, staff_member=person, number=number + place) for place, person in enumerate(new, 1)
    )
    _refuse_candidates_as_invigilators(session)
    for seat in session.seats.filter(staff_member__in=new).select_related("staff_member__user"):
        _tell_candidate(seat)
    if new:
        log(instance=session, action="quizzes.add_seats", user=by, data={"people": [person.pk for person in new]})
    return len(new)


def seated_people(session: ExamSession) -> set[int]:
    """Who has a seat in this session or in another shift of its examination, by id."""
    return set(Seat.objects.filter(session__in=shifts_of(session)).values_list("staff_member", flat=True))


def _tell_candidate(seat) -> None:
    session = seat.session

    def words():
        return _("You are a candidate of an examination"), _(
            "%(title)s, %(moment)s, %(room)s. Your candidate number is %(number)s."
        ) % {
            "title": session.title,
            "moment": clock.shown_moment(session.opens_at),
            "room": session.room,
            "number": seat.number_words,
        }

    path = reverse("exam_sessions:seat", args=[seat.pk])
    notify(to=seat.staff_member, kind="exam.seat", key=f"exam.seat:{seat.pk}", words=words, path=path)


def _tell_invigilators(session) -> None:
    """Each once for a session; who is named later is told then."""

    def words():
        return _("You invigilate an examination"), _("%(title)s, %(moment)s, %(room)s.") % {
            "title": session.title,
            "moment": clock.shown_moment(session.opens_at),
            "room": session.room,
        }

    path = reverse("exam_sessions:session", args=[session.pk])
    for user in session.invigilators.all():
        notify(to=user, kind="exam.invigilator", key=f"exam.invigilator:{session.pk}", words=words, path=path)


def _refuse_candidates_as_invigilators(session) -> None:
    both = session.seats.filter(staff_member__user__in=session.invigilators.all()).select_related("staff_member")
    if names := ", ".join(seat.staff_member.full_name for seat in both):
        raise SessionRefused(_("Nobody can sit an examination and invigilate it: %(names)s.") % {"names": names})


@transaction.atomic
def remove_seat(*, seat: Seat, by) -> None:
    """Takes a candidate off the list, while she has not come."""
    seat = Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    refuse_candidates(seat.session, by)
    if seat.present_at is not None or seat.attempt_id is not None:
        raise SessionRefused(_("This candidate has come already; the seat stays on the list."))
    log(instance=seat.session, action="quizzes.remove_seat", user=by, data={"person": seat.staff_member_id})
    seat.delete()


@transaction.atomic
def grant_extra_time(*, seat: Seat, minutes: int, reason: str, by) -> Seat:
    """Extra time for a person's needs, from the start; an invigilator adds time to a test that runs."""
    seat = Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)
    refuse_candidates(seat.session, by)
    if seat.attempt_id is not None:
        raise SessionRefused(_("This test has begun; the invigilator can add time to it."))
    if minutes and not reason.strip():
        raise SessionRefused(_("Please say why the time is changed."))
    seat.extra_minutes, seat.extra_reason = minutes, reason if minutes else ""
    seat.save(update_fields=["extra_minutes", "extra_reason"])
    log(instance=seat.session, action="quizzes.extra_time", user=by, data={"seat": seat.number, "minutes": minutes})
    return seat


@transaction.atomic
def record_decision(
    *, session: ExamSession, number: str, decided_on, members, by, note: str = "", early_because: str = ""
) -> BoardDecision:
    """The board's decision, of the ``members`` named: from now on the results count. The same one twice is one.

    Refused before the session is over and to somebody who sat in it. While complaints are not settled, or late answers
    lie there that nobody decided about, it needs a reason, which is kept in the log; both can be settled afterwards.
    """
    session = ExamSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    refuse_candidates(session, by)
    if (decision := BoardDecision.objects.filter(session=session).first()) is not None:
        if (decision.number, decision.decided_on) == (number.strip(), decided_on):
            return decision
        raise SessionRefused(_("Decision %(number)s is recorded already.") % {"number": decision.number})
    if session.ended_at is None or session.attempts.filter(finished_at=None).exists():
        raise SessionRefused(_("The session is not over yet: end it first."))
    if waiting := Script.objects.waiting().filter(attempt__exam_session=session).count():
        raise SessionRefused(
            ngettext(
                "%(count)d answer of this session still waits for its marks.",
                "%(count)d answers of this session still wait for their marks.",
                waiting,
            )
            % {"count": waiting}
        )
    if not members:
        raise SessionRefused(_("Please name the members of the board."))
    if (why := why_early(session)) and not early_because.strip():
        raise SessionRefused(why[0])
    if decided_on > clock.today() or decided_on < clock.local_day(session.opens_at):
        raise SessionRefused(_("The date of the decision lies between the day of the examination and today."))
    decision = BoardDecision.objects.create(
        session=session, number=number.strip(), decided_on=decided_on, members=list(members), note=note, recorded_by=by
    )
    for seat in session.seats.exclude(attempt=None).select_related("staff_member__user"):
        _tell_decision(seat, decision)
    log(instance=session, action="quizzes.record_decision", user=by, data=_said(decision, early_because))
    for attempt_id in session.attempts.values_list("pk", flat=True):
        transaction.on_commit(
            partial(attempt_graded.send_robust, sender=Attempt, attempt_id=attempt_id, grading_id=None, by=None)
        )
    return decision


@transaction.atomic
def record_further_decision(
    *, session: ExamSession, number: str, decided_on, members, by, note: str = ""
) -> FurtherDecision:
    """The board's word on the marks that changed after its last decision, told to whom they belong.

    The same one twice is one. Refused where no mark has changed, while an answer or a request still waits, and to
    somebody who sat in the session. Nothing is granted by it: a mark counts as soon as it is given.
    """
    session = ExamSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    refuse_candidates(session, by)
    number = number.strip()
    if (known := session.further_decisions.filter(number=number, decided_on=decided_on).first()) is not None:
        return known
    if not session.is_decided:
        raise SessionRefused(_("There is no decision of the board yet."))
    used = {session.decision.number, *session.further_decisions.values_list("number", flat=True)}
    if number in used:
        raise SessionRefused(_("Decision %(number)s is recorded already.") % {"number": number})
    attempts = session.attempts.values("pk")
    waits = Script.objects.waiting().filter(attempt__in=attempts).exists()
    if waits or ReviewRequest.objects.filter(attempt__in=attempts, answered_at=None).exists():
        raise SessionRefused(_("A paper or a request for re-marking still waits. Please decide when it is settled."))
    if not members:
        raise SessionRefused(_("Please name the members of the board."))
    if decided_on > clock.today() or decided_on < session.decision.decided_on:
        raise SessionRefused(_("The date of a further decision lies between the first decision and today."))
    changed = list(session.seats.decided_otherwise().select_related("staff_member__user", "session"))
    if not changed:
        raise SessionRefused(_("No mark has changed since the board decided."))
    decision = FurtherDecision.objects.create(
        session=session,
        number=number,
        decided_on=decided_on,
        members=list(members),
        note=note,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    for seat in changed:
        _tell_decision(seat, decision, key=f"exam.decision:{seat.pk}:{decision.pk}")
    data = {"number": number, "seats": [seat.number for seat in changed]}
    log(instance=session, action="quizzes.record_further_decision", user=by, data=data)
    return decision


def _said(decision, early_because) -> dict:
    early = {"early_because": early_because.strip()} if early_because.strip() else {}
    return {"number": decision.number} | early


def why_early(session: ExamSession) -> list[str]:
    """What is not settled yet when the board decides now, as sentences; empty where everything is."""
    said = []
    if waiting := ReviewRequest.objects.filter(attempt__exam_session=session, answered_at=None).count():
        words = ngettext(
            "%(count)d request for re-marking still waits for its answer.",
            "%(count)d requests for re-marking still wait for their answers.",
            waiting,
        )
        said.append(words % {"count": waiting})
    if clock.today() <= session.complaints_until:
        day = date_format(session.complaints_until, "SHORT_DATE_FORMAT")
        said.append(_("Re-marking may still be asked for until %(day)s.") % {"day": day})
    if late := Answer.objects.filter(attempt__exam_session=session).late().count():
        words = ngettext(
            "%(count)d answer came after the time; nobody has said yet whether it counts.",
            "%(count)d answers came after the time; nobody has said yet whether they count.",
            late,
        )
        said.append(words % {"count": late})
    return said


def _tell_decision(seat, decision, *, key: str = "") -> None:
    said = {"title": seat.session.title, "number": decision.number}

    def words():
        if isinstance(decision, FurtherDecision):
            text = _("%(title)s: your changed mark is confirmed by further decision %(number)s.")
            return _("The examination board has decided about your changed mark"), text % said
        return _("The examination board has decided"), _("%(title)s: the results count by decision %(number)s.") % said

    path = reverse("exam_sessions:seat", args=[seat.pk])
    key = key or f"exam.decision:{seat.pk}"
    notify(to=seat.staff_member, kind="exam.decision", key=key, words=words, path=path)


def refuse_candidates(session: ExamSession, user) -> None:
    """Whoever has a seat in a session can neither plan nor watch it, nor decide about it. None is the system."""
    if user is not None and user.staff_member_id and session.seats.filter(staff_member=user.staff_member_id).exists():
        raise SessionRefused(_("You sit in this session yourself; somebody else must do this."))
