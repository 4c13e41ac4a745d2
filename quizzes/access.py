"""Who may open what in this room. Foreign things answer 404: a stranger must not learn that they exist."""

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from quizzes import queries
from quizzes.marking_queue import quizzes_marked_by
from quizzes.models import (
    Accommodation,
    AnswerFile,
    Attempt,
    ExamSession,
    Paper,
    QuestionPicture,
    Quiz,
    ReviewRequest,
    Script,
    ScriptMark,
    Seat,
)
from quizzes.papers import OfferedPaper, offered_paper
from quizzes.pictures import address_of
from quizzes.types import kind_of
from staff.access import managed_people, managed_person_for, require_manages_accounts
from staff.enums import Capability
from staff.kept_queries import KeptQuery
from staff.models import Scope, StaffMember

TRAINERS, REVIEWERS = "trainers", "reviewers"


def attempt_for(user, *, pk: int) -> Attempt:
    """The user's own attempt with its quiz and paper, or 404."""
    return _first_own(_OWN, user, pk)


_OWN = KeptQuery(
    lambda pk, person: Attempt.objects.of_person(person).filter(pk=pk).select_related("quiz", "paper"), int, int
)


def clock_of(user, *, pk: int) -> Attempt:
    """The user's own attempt with no more than its time and its computer, or 404."""
    return _first_own(_CLOCK, user, pk)


_CLOCK = KeptQuery(
    lambda pk, person: (
        Attempt.objects.of_person(person)
        .filter(pk=pk)
        .only("deadline", "paused_at", "finished_at", "holder", "staff_member")
    ),
    int,
    int,
)


def _first_own(attempts: KeptQuery, user, pk: int) -> Attempt:
    attempt = attempts.first(pk, user.staff_member_id) if user.staff_member_id else None
    if attempt is None:
        raise Http404
    return attempt


def paper_for(user, *, pk: int) -> OfferedPaper:
    """What the user's own attempt offers to choose from, or 404: all that a save needs to know."""
    try:
        paper = offered_paper(pk)
    except Paper.DoesNotExist:
        raise Http404 from None
    if user.staff_member_id is None or paper.staff_member_id != user.staff_member_id:
        raise Http404
    return paper


def picture_for(user, *, sha256: str) -> QuestionPicture:
    """A picture that the user may see now, or 404."""
    picture = get_object_or_404(QuestionPicture, sha256=sha256)
    if not can_write_bank(user) and not _is_on_a_paper_of(user, picture):
        raise Http404
    return picture


def _is_on_a_paper_of(user, picture: QuestionPicture) -> bool:
    """A paper shows a picture while it is being answered, and again where its answers may be reviewed."""
    address = address_of(picture.sha256)
    sittings = Attempt.objects.visible_to(user).select_related("paper", "quiz").order_by("-started_at")
    shown_in = [sitting for sitting in sittings if any(address in text for text in _texts(sitting.paper))]
    return any(not queries.is_over(sitting) or queries.shows_paper(sitting) for sitting in shown_in)


def _texts(paper):
    for item in paper.items:
        yield item["stem"]
        yield from kind_of(item["type"]).texts(item)


def invigilators_today():
    """Ids of the accounts that an exam session names while it is not over: more than learners, for as long."""
    return ExamSession.invigilators.through.objects.filter(examsession__ended_at=None).values("user")


def markers_today():
    """Ids of the accounts that are named to mark what no key marks."""
    named = (Quiz.markers.through, Quiz.reconcilers.through, ExamSession.markers.through)
    return (
        get_user_model()
        .objects.filter(Q(*[("pk__in", through.objects.values("user")) for through in named], _connector=Q.OR))
        .values("pk")
    )


def require_marks(user) -> None:
    """404 for whoever is not named to mark anything."""
    if not quizzes_marked_by(user).exists():
        raise Http404


def script_mark_for(user, *, pk: int) -> ScriptMark:
    """What ``user`` took to be marked, while she is named for it, or 404."""
    marks = ScriptMark.objects.filter(marker=user, script__in=Script.objects.named(user).values("pk"))
    return get_object_or_404(
        marks.select_related(
            "script__version__question",
            "script__attempt__paper",
            "script__attempt__quiz",
            "script__attempt__staff_member",
        ),
        pk=pk,
    )


def file_of_script(script: Script) -> AnswerFile | None:
    """The file that a script is about; None for a text. Only files of this attempt are looked at."""
    files = AnswerFile.objects.filter(attempt=script.attempt_id, number=script.number)
    return files.filter(sha256=script.response[0]).first()


def item_of(attempt: Attempt, number: int) -> dict:
    """One question of the paper, or 404."""
    for item in attempt.paper.items:
        if item["number"] == number:
            return item
    raise Http404


def organises_sessions(user) -> bool:
    """Administrators and HR officers plan examinations for the people in their scope."""
    return user.is_superuser or bool(Scope.objects.units_of(user, Capability.HR))


def sessions_of(user):
    """The exam sessions that ``user`` organises, and those that name her; none in which she sits."""
    return _without_own(user, _in_charge(user))


def _in_charge(user):
    return ExamSession.objects.organised_by(user, Capability.HR) | ExamSession.objects.named(user)


def _without_own(user, sessions):
    """Whoever has a seat in a session is a candidate there and nothing else."""
    return sessions.exclude(pk__in=own_seats(user).values("session")) if user.staff_member_id else sessions


def _organised(user):
    return _without_own(user, ExamSession.objects.organised_by(user, Capability.HR))


def organises(user, session: ExamSession) -> bool:
    """Whether ``user`` plans this session and closes it; an invigilator only watches the room."""
    return _organised(user).filter(pk=session.pk).exists()


def seat_instead_of_charge(user, *, session_id: int) -> Seat | None:
    """The seat of somebody who would be in charge of this session, did she not sit in it."""
    return own_seats(user).filter(session=session_id, session__in=_in_charge(user).values("pk")).first()


def organised_session_for(user, *, pk: int) -> ExamSession:
    """A session that ``user`` organises, or 404."""
    sessions = _organised(user)
    return get_object_or_404(sessions.select_related("quiz", "unit__parent", "decision"), pk=pk)


def session_for(user, *, pk: int) -> ExamSession:
    """A session that ``user`` organises or invigilates, or 404."""
    return get_object_or_404(sessions_of(user).select_related("quiz", "unit__parent", "decision").distinct(), pk=pk)


def invigilated_seat_for(user, *, pk: int) -> Seat:
    """A seat of a session that ``user`` organises or invigilates, never her own, or 404."""
    seats = Seat.objects.filter(session__in=sessions_of(user).values("pk"))
    if user.staff_member_id:
        seats = seats.exclude(staff_member=user.staff_member_id)
    return get_object_or_404(seats.select_related("session__quiz", "staff_member", "attempt__paper"), pk=pk)


def own_seats(user):
    """The seats that ``user`` sits on herself."""
    return Seat.objects.filter(staff_member=user.staff_member_id) if user.staff_member_id else Seat.objects.none()


def own_seat_for(user, *, pk: int) -> Seat:
    """Her own seat, or 404."""
    return get_object_or_404(own_seats(user).select_related("session__quiz", "staff_member", "attempt"), pk=pk)


def review_request_for(user, *, pk: int) -> ReviewRequest:
    """A request for re-marking in a session that ``user`` organises, or 404."""
    sessions = _organised(user).values("pk")
    requests = ReviewRequest.objects.filter(attempt__exam_session__in=sessions)
    return get_object_or_404(
        requests.select_related("attempt__paper", "attempt__quiz", "attempt__seat__staff_member", "grading"), pk=pk
    )


def accommodated_person_for(user, *, pk: int) -> StaffMember:
    """Somebody to whom ``user`` may grant an individual arrangement: HR to the people in scope, never to herself."""
    return managed_person_for(user, pk=pk)


def accommodations_of(user):
    """The arrangements of the people to whom ``user`` may grant one."""
    require_manages_accounts(user)
    return Accommodation.objects.filter(staff_member__in=managed_people(user).values("pk"))


def accommodation_for(user, *, pk: int) -> Accommodation:
    """One of these, or 404."""
    return get_object_or_404(accommodations_of(user).select_related("staff_member", "quiz"), pk=pk)


def can_write_bank(user) -> bool:
    """Trainers, reviewers and administrators see questions with their keys and write drafts."""
    return user.is_active and (user.is_superuser or bool(_roles(user) & {TRAINERS, REVIEWERS}))


def bank_writers():
    """The active accounts of trainers, reviewers and administrators: who may look after a question."""
    writes = Q(is_superuser=True) | Q(groups__name__in=[TRAINERS, REVIEWERS])
    return get_user_model().objects.filter(writes, is_active=True).distinct()


def can_review(user) -> bool:
    """Reviewers and administrators let a question, or a quiz, be used."""
    return user.is_active and (user.is_superuser or REVIEWERS in _roles(user))


def _roles(user) -> set[str]:
    if not hasattr(user, "_role_names"):
        user._role_names = set(user.groups.values_list("name", flat=True))
    return user._role_names
