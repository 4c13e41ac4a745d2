"""What the pages and papers of exam sessions read: frozen records, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.contrib.auth import get_user_model
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from quizzes import access, queries
from quizzes.eligibility import Hindrance, hindrances, lack_enrolment_only, words_of
from quizzes.enums import EventKind
from quizzes.models import (
    Answer,
    AnswerFile,
    ExamSession,
    Grading,
    IntegrityEvent,
    ReviewRequest,
    Seat,
)
from quizzes.queries import ReviewedQuestion, review_of
from quizzes.review import EVERYTHING
from quizzes.services.supervising import EARLY
from quizzes.terms import granted_to, granted_to_each, terms_with
from quizzes.types import kind_of
from staff import clock
from staff.enums import Capability
from staff.models import AccountCode, Posting, Scope
from staff.queries import codes_issued_near

# What of a timeline a console counts: the rest is the usual course of a test.
NOTED = (EventKind.AWAY, EventKind.SECOND_TAB, EventKind.ADDRESS, EventKind.OTHER_DEVICE)
# A way into an account that HR gave so shortly before the session, or after it, is shown to the invigilator.
HOURS_NEAR = 48


@dataclass(frozen=True, slots=True)
class SessionLine:
    session: ExamSession
    seats: int
    kind: str
    state: str


def sessions_page(user) -> list[SessionLine]:
    """The sessions that ``user`` organises or invigilates, newest first."""
    sessions = access.sessions_of(user).distinct().for_list().select_related("quiz", "unit", "decision")
    counted = dict(
        Seat.objects.filter(session__in=sessions.order_by().values("pk"))
        .order_by()
        .values_list("session")
        .annotate(n=Count("pk"))
    )
    now = clock.database_now()
    return [SessionLine(session, counted.get(session.pk, 0), *state_of(session, now)) for session in sessions[:200]]


def state_of(session: ExamSession, now: datetime) -> tuple[str, str]:
    """(kind of status, words) of a session at this moment."""
    if session.is_decided:
        return "ok", _("decided by the board")
    if session.ended_at is not None:
        return "warn", _("ended, results provisional")
    if now < session.opens_at - EARLY:
        return "now", _("planned")
    if now < session.opens_at:
        return "now", _("candidates may come in")
    return "now", _("running") if now < session.closes_at else _("to be ended")


class NextStep(StrEnum):
    """What the main button of a session leads to."""

    WATCH = "watch"
    ANSWER = "answer"
    DECIDE = "decide"
    MINUTES = "minutes"
    RESULTS = "results"


def next_step(session: ExamSession, *, is_organiser: bool, waiting_reviews: int) -> NextStep:
    """What comes next: the room until it is over; then requests that wait, the board's decision once nobody can ask any
    more, and else the paper that is to be printed and signed."""
    if session.ended_at is None:
        return NextStep.WATCH
    if is_organiser and waiting_reviews:
        return NextStep.ANSWER
    if session.is_decided:
        return NextStep.RESULTS
    if is_organiser and clock.today() > session.complaints_until:
        return NextStep.DECIDE
    return NextStep.MINUTES


@dataclass(frozen=True, slots=True)
class OwnSeat:
    seat: Seat
    is_over: bool


def own_seats_page(user) -> list[OwnSeat]:
    """Where ``user`` is a candidate herself, newest first."""
    seats = access.own_seats(user).select_related("session__quiz", "attempt").order_by("-session__opens_at", "-pk")
    return [OwnSeat(seat, seat.session.ended_at is not None) for seat in seats[:50]]


def others_in_charge(session: ExamSession) -> list[str]:
    """Who watches this session or plans it, by name, and has no seat in it."""
    above = [int(pk) for pk in session.unit.path.split("/") if pk]
    planning = Scope.objects.on(clock.today()).filter(capability=Capability.HR, unit__in=above).values("user")
    people = get_user_model().objects.filter(Q(pk__in=planning) | Q(invigilated_sessions=session), is_active=True)
    seated = Seat.objects.filter(session=session).values("staff_member")
    names = people.exclude(staff_member__in=seated).order_by("full_name").values_list("full_name", flat=True)
    return list(names.distinct())


@dataclass(frozen=True, slots=True)
class ConsoleRow:
    """One candidate as the invigilator sees her; ``hindered_by`` says why she could not press Start."""

    pk: int
    number: str
    name: str
    unit: str
    kind: str
    state: str
    time_left: str
    answered: int
    questions: int
    late: int
    noted: int
    may_admit: bool
    wants_device: bool
    extra_minutes: int
    hindered_by: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """``at`` is when it was read, so that a screen that stands still can be told from one that lives."""

    session: ExamSession
    kind: str
    state: str
    rows: list[ConsoleRow]
    at: datetime

    @property
    def working(self) -> int:
        return sum(row.kind == "now" and bool(row.time_left) for row in self.rows)

    @property
    def waiting(self) -> int:
        return sum(row.may_admit for row in self.rows)


def console(session: ExamSession) -> Console:
    """Everybody in the room, in five queries, and while somebody has not started a few more that say who could not."""
    now = clock.database_now()
    seats = list(seats_of(session))
    attempts = [seat.attempt_id for seat in seats if seat.attempt_id]
    answered = _counts(
        Answer.objects.filter(attempt__in=attempts), total=Count("pk"), done=Count("pk", filter=~Q(response=[]))
    )
    late = _counts(Answer.objects.filter(attempt__in=attempts).late(), n=Count("pk"))
    noted = _counts(IntegrityEvent.objects.filter(attempt__in=attempts, kind__in=NOTED), n=Count("pk"))
    why = hindered(session, seats)
    rows = []
    for seat in seats:
        kind, state, left = _seat_state(seat, session, now)
        counts = answered.get(seat.attempt_id, {})
        rows.append(
            ConsoleRow(
                pk=seat.pk,
                number=seat.number_words,
                name=seat.staff_member.full_name,
                unit=unit_name(seat),
                kind=kind,
                state=state,
                time_left=left,
                answered=counts.get("done", 0),
                questions=counts.get("total", 0),
                late=late.get(seat.attempt_id, {}).get("n", 0),
                noted=noted.get(seat.attempt_id, {}).get("n", 0),
                may_admit=session.ended_at is None
                and (bool(seat.wanted_device) or (seat.present_at is not None and seat.admitted_at is None)),
                wants_device=bool(seat.wanted_device),
                extra_minutes=seat.extra_minutes,
                hindered_by=words_of(why.get(seat.staff_member_id, ())),
            )
        )
    return Console(session, *state_of(session, now), rows, now)


def hindered(session: ExamSession, seats) -> dict[int, tuple[Hindrance, ...]]:
    """Why people on these seats could not start, by id of person; nobody once the session is over."""
    if session.ended_at is not None:
        return {}
    return hindrances(session, [seat.staff_member_id for seat in seats if seat.attempt_id is None])


@dataclass(frozen=True, slots=True)
class HinderedLine:
    seat: Seat
    words: str


@dataclass(frozen=True, slots=True)
class HinderedPeople:
    """Who on the list could not start; ``to_enrol`` counts those whom enrolment alone would let."""

    lines: list[HinderedLine]
    to_enrol: int


def hindered_people(session: ExamSession, rows: list["ResultRow"]) -> HinderedPeople:
    why = hindered(session, [row.seat for row in rows])
    lines = [HinderedLine(row.seat, words_of(why[row.seat.staff_member_id])) for row in rows if _is_in(why, row)]
    return HinderedPeople(lines, len(lack_enrolment_only(why)))


def _is_in(why, row) -> bool:
    return row.seat.staff_member_id in why


def _counts(rows, **aggregates) -> dict[int, dict]:
    found = rows.order_by().values("attempt").annotate(**aggregates)
    return {row["attempt"]: row for row in found}


def seats_of(session: ExamSession):
    """The seats with their people, their tests and where people work today, by number."""
    today = Posting.objects.on(clock.today()).filter(is_primary=True).select_related("unit__parent")
    return (
        Seat.objects.filter(session=session)
        .select_related("staff_member", "attempt")
        .prefetch_related(Prefetch("staff_member__postings", today, to_attr="todays"))
        .order_by("number")
    )


def unit_name(seat: Seat) -> str:
    """Where the candidate works today; the seat comes from ``seats_of``."""
    return seat.staff_member.todays[0].unit.name_in_place if seat.staff_member.todays else ""


def _seat_state(seat, session, now) -> tuple[str, str, str]:
    """(kind, words, time left) of a seat."""
    attempt = seat.attempt
    if attempt is None:
        if session.ended_at is not None:
            return "bad", _("absent"), ""
        if seat.present_at is None:
            return "warn", _("not here yet"), ""
        return ("warn", _("waits to be let in"), "") if seat.admitted_at is None else ("now", _("let in"), "")
    if attempt.finished_at is not None:
        return "ok", _("handed in at %(time)s") % {"time": clock.shown_moment(attempt.finished_at)[:5]}, ""
    seconds = queries.remaining_seconds(attempt, now=now)
    left = f"{seconds // 60}:{seconds % 60:02d}"
    if attempt.paused_at is not None:
        return "warn", _("paused"), left
    return ("now", _("working"), left) if seconds else ("warn", _("time is up"), "")


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """``decided``: what was said of it, in words; empty while nobody has decided."""

    number: int
    late_saved_at: datetime
    in_time: str
    late: str
    decided: str
    because: str


@dataclass(frozen=True, slots=True)
class TimelineLine:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class SeatSheet:
    """A candidate's page for the invigilator: no question, no key, only what happened."""

    seat: Seat
    row: ConsoleRow
    timeline: list[TimelineLine]
    late: list[LateAnswer]
    decided_late: list[LateAnswer]
    gradings: list[Grading]
    codes: list[AccountCode]


def seat_sheet(seat: Seat) -> SeatSheet:
    row = next(row for row in console(seat.session).rows if row.pk == seat.pk)
    events = IntegrityEvent.objects.filter(attempt=seat.attempt_id) if seat.attempt_id else []
    came_late = Answer.objects.filter(attempt=seat.attempt_id).that_came_late() if seat.attempt_id else []
    late = [_late_answer(seat, answer) for answer in came_late]
    is_closed = seat.session.ended_at is not None
    return SeatSheet(
        seat=seat,
        row=row,
        timeline=[TimelineLine(event.at, _event_words(event)) for event in events],
        late=[answer for answer in late if not answer.decided],
        decided_late=[answer for answer in late if answer.decided],
        codes=codes_issued_near(seat.staff_member, seat.session.opens_at, HOURS_NEAR),
        gradings=list(seat.attempt.gradings.select_related("graded_by")) if seat.attempt_id and is_closed else [],
    )


def _late_answer(seat, answer: Answer) -> LateAnswer:
    decided = _("counts") if answer.late_accepted_at else _("does not count") if answer.late_refused_at else ""
    return LateAnswer(
        number=answer.number,
        late_saved_at=answer.late_saved_at,
        in_time=_shape(seat, answer.number, answer.response),
        late=_shape(seat, answer.number, answer.late_response),
        decided=decided,
        because=answer.late_because,
    )


def _shape(seat, number, response) -> str:
    """An answer by the positions of its options as they were shown, or as typed: enough to compare two."""
    if not response:
        return _("no answer")
    item = next(item for item in seat.attempt.paper.items if item["number"] == number)
    if kind_of(item["type"]).takes_file:
        file = AnswerFile.objects.filter(attempt=seat.attempt_id, number=number, sha256=response[0]).first()
        return str(file) if file else _("a file that has not arrived")
    if kind_of(item["type"]).is_marked_by_people:
        return Truncator(response[0]).words(30)
    places = {option["id"]: str(place) for place, option in enumerate(item["options"], 1)}
    return ", ".join(places.get(part, part) for part in response)


def _event_words(event: IntegrityEvent) -> str:
    words = event.get_kind_display()
    data = event.data
    if event.kind in (EventKind.ANSWER, EventKind.LATE_ANSWER):
        return _("Question %(number)s") % {"number": data["number"]} + f": {words}"
    if event.kind == EventKind.ADDRESS:
        return f"{words}: {data['from'] or '–'} → {data['to']}"
    return f"{words}: {data['to']}" if data.get("to") else words


@dataclass(frozen=True, slots=True)
class ResultRow:
    """``mark`` is None for who did not sit, and while people mark the paper (``is_waiting``).

    Where re-marking was asked for and answered, it made ``remarked_to`` of ``remarked_from``; a later marking for
    another reason may have changed that. Of ``late`` answers nobody has said whether they count. ``decided`` is the
    mark that counted when the board decided last, None while it has not, and ``first_decided`` when it decided first.
    """

    seat: Seat
    unit: str
    mark: Decimal | None
    is_passed: bool | None
    asked_for_review: bool
    remarked_from: Decimal | None = None
    remarked_to: Decimal | None = None
    late: int = 0
    decided: Decimal | None = None
    first_decided: Decimal | None = None

    @property
    def has_sat(self) -> bool:
        return self.seat.attempt_id is not None

    @property
    def is_waiting(self) -> bool:
        return self.has_sat and self.mark is None

    @property
    def was_marked_since(self) -> bool:
        """Whether the mark that counts is another one than the answered request gave."""
        return self.remarked_to is not None and self.remarked_to != self.mark

    @property
    def was_decided_otherwise(self) -> bool:
        """Whether the mark that counts now is another one than the board decided about."""
        return self.decided is not None and self.decided != self.mark

    @property
    def was_decided_anew(self) -> bool:
        """Whether a further decision was about this mark."""
        return self.first_decided is not None and self.first_decided != self.decided


def _before_remarking(asked_at) -> Q:
    """The markings that a request is not about: those of before it came, and those with reasons of their own: regrades,
    and late answers that were let count. People's new marks of an answer belong to the request, though they come
    before its answer."""
    return Q(graded_at__lte=asked_at) | Q(regrade__isnull=False) | Q(detail__has_key="late")


def results(session: ExamSession) -> list[ResultRow]:
    """The results of a session by candidate number, by the latest marking of each."""
    latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
    asked = "attempt__review_request"
    before = latest.filter(_before_remarking(OuterRef(f"{asked}__asked_at")), pk__lt=OuterRef(f"{asked}__grading"))
    late = Answer.objects.filter(attempt=OuterRef("attempt")).late().order_by().values("attempt")
    seats = (
        seats_of(session)
        .select_related("staff_member", "attempt__review_request")
        .with_marks()
        .annotate(
            remarked_from=Subquery(before.values("mark")[:1]),
            remarked_to=F(f"{asked}__grading__mark"),
            late=Subquery(late.annotate(n=Count("pk")).values("n")),
        )
    )
    return [
        ResultRow(
            seat=seat,
            unit=unit_name(seat),
            mark=seat.mark,
            is_passed=seat.is_passed,
            asked_for_review=seat.attempt is not None and hasattr(seat.attempt, "review_request"),
            remarked_from=seat.remarked_from,
            remarked_to=seat.remarked_to,
            late=seat.late or 0,
            decided=seat.decided,
            first_decided=seat.first_decided,
        )
        for seat in seats
    ]


def decided_otherwise(session: ExamSession) -> list[Seat]:
    """The seats whose mark changed since the board decided, by number, with ``decided`` and ``mark``. One query."""
    return list(session.seats.decided_otherwise().select_related("staff_member").order_by("number"))


def extra_minutes(session: ExamSession, rows: Iterable[ResultRow]) -> dict[int, int]:
    """How many minutes more than the others each candidate has, by the id of the seat. One query.

    Of who sits or sat, as her test has it; of who does not, by the seat and by what is granted to the person for the
    day of the session.
    """
    rows = list(rows)
    people = [row.seat.staff_member_id for row in rows if not row.has_sat]
    granted = granted_to_each(people, session.quiz, on=clock.local_day(session.opens_at))
    return {row.seat.pk: _extra_minutes(session.quiz, row.seat, granted[row.seat.staff_member_id]) for row in rows}


def extra_minutes_of(seat: Seat) -> int:
    """How many minutes more than the others this one candidate has: in her test, or in the one she begins today."""
    return _extra_minutes(seat.session.quiz, seat, granted_to(seat.staff_member_id, seat.session.quiz))


def _extra_minutes(quiz, seat, granted) -> int:
    if seat.attempt is not None:
        return seat.attempt.extra_minutes
    return max(seat.extra_minutes, int(terms_with(quiz, granted).extra.total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class SeatedMarkers:
    """Who is named to mark a session and sits in it, by name: they mark none of it.

    ``left`` others may, ``needed`` have to.
    """

    names: list[str]
    left: int
    needed: int
    lacks_third: bool


def seated_markers(session: ExamSession) -> SeatedMarkers | None:
    """None where no marker sits among the candidates."""
    quiz = session.quiz
    own, others, thirds = (list(users.all()) for users in (session.markers, quiz.markers, quiz.reconcilers))
    seated = set(session.seats.of_markers().values_list("staff_member", flat=True))
    named = {user for user in [*(own or others), *thirds] if user.staff_member_id in seated}
    if not named:
        return None
    own, others, thirds = ([u for u in users if u.staff_member_id not in seated] for users in (own, others, thirds))
    return SeatedMarkers(
        names=sorted(user.full_name for user in named),
        left=len(own or others),
        needed=2 if quiz.needs_second_marking else 1,
        lacks_third=quiz.needs_second_marking and not thirds,
    )


@dataclass(frozen=True, slots=True)
class RemarkedQuestion:
    """A question of a paper that is looked at again: ``question`` with all of its marking, what its form says.

    ``given`` is why it earned all its points, where it did by an answer that was given.
    """

    question: ReviewedQuestion
    is_ticked: bool
    reason: str
    given: str


def paper_again(asked: ReviewRequest, grading: Grading | None, form) -> list[RemarkedQuestion]:
    """The whole paper with answers, keys and the points of ``grading``, for whoever answers a request."""
    attempt = asked.attempt
    total = sum(Decimal(item["points"]) for item in attempt.paper.items)
    marked = grading.detail["items"] if grading else ()
    points = {row["number"]: Decimal(row["points"]) * 10 / total for row in marked}
    return [
        RemarkedQuestion(
            question=replace(question, points=points.get(question.number)),
            is_ticked=form.is_bound and form.ticked(question.number),
            reason=form.reason(question.number) if form.is_bound else "",
            given=asked.credited.get(str(question.number), ""),
        )
        for question in review_of(attempt, EVERYTHING, grading=grading)
    ]


@dataclass(frozen=True, slots=True)
class MarkChange:
    before: Decimal
    after: Decimal
    was_passed: bool
    is_passed: bool

    @property
    def is_change(self) -> bool:
        return self.before != self.after


def mark_before(asked: ReviewRequest) -> Grading | None:
    """The marking that an answered request was about."""
    if asked.grading_id is None:
        return None
    return asked.attempt.gradings.filter(_before_remarking(asked.asked_at), pk__lt=asked.grading_id).last()
