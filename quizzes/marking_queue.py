"""Who may mark which answer now, in which order, and how far the marking is: reads only."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q

from quizzes.models import ExamSession, Quiz, Script, ScriptMark, Seat

BY_QUESTION, BY_PAPER = "cau", "bai"
THIRD = 3


@dataclass(frozen=True, slots=True)
class Chance:
    """A script that somebody may take now, and in which turn."""

    script: Script
    turn: int


def quizzes_marked_by(user):
    """The quizzes for whose marking ``user`` is named, by code."""
    by_session = ExamSession.objects.filter(markers=user).values("quiz")
    return Quiz.objects.filter(Q(markers=user) | Q(reconcilers=user) | Q(pk__in=by_session)).distinct().order_by("code")


def chances_of(user, quiz: Quiz, *, order: str = BY_QUESTION) -> list[Chance]:
    """What ``user`` may take, never an answer of her own: question by question or paper by paper, else by chance.

    The order is another one for each marker and stays the same for her. Five queries.
    """
    found = [Chance(script, turn) for script in _waiting(quiz) if (turn := turn_for(user, script))]
    if order == BY_PAPER:
        return sorted(found, key=lambda row: (_chance(user, row.script.attempt_id), row.script.number))
    return sorted(found, key=lambda row: (row.script.version.question_id, _chance(user, row.script.pk)))


def with_marks(scripts):
    """What ``turn_for`` looks at, in a fixed number of queries."""
    return scripts.select_related("version", "attempt__quiz", "attempt__exam_session").prefetch_related(
        Prefetch("marks", ScriptMark.objects.order_by("round", "turn")),
        "attempt__quiz__markers",
        "attempt__quiz__reconcilers",
        "attempt__exam_session__markers",
        Prefetch("attempt__exam_session__seats", Seat.objects.of_markers(), to_attr="seats_of_markers"),
    )


def _waiting(quiz: Quiz):
    return with_marks(Script.objects.waiting().filter(attempt__quiz=quiz))


def turn_for(user, script: Script) -> int | None:
    """The turn in which ``user`` may take the script now; None where she may not."""
    if script.decided_at is not None or user.staff_member_id in _candidates(script):
        return None
    marks = [mark for mark in script.marks.all() if mark.round == script.round]
    taken = {mark.turn for mark in marks}
    if user.pk in {mark.marker_id for mark in marks}:
        return None
    if script.disputed_at is not None:
        return THIRD if THIRD not in taken and user.pk in _ids(script.attempt.quiz.reconcilers) else None
    if user.pk not in may_mark(script):
        return None
    return next((turn for turn in range(1, script.turns + 1) if turn not in taken), None)


def may_mark(script: Script) -> set[int]:
    """Who marks in this round: where enough others are named, nobody who marked it in an earlier one."""
    session = script.attempt.exam_session
    seated = {user.pk for user in _everybody(script) if user.staff_member_id in _candidates(script)}
    own = _ids(session.markers) - seated if session else set()
    named = own or _ids(script.attempt.quiz.markers) - seated
    fresh = named - {mark.marker_id for mark in script.marks.all() if mark.round < script.round}
    return fresh if len(fresh) >= script.turns else named


def _candidates(script: Script) -> set[int]:
    """Whose answers these are, and who of those named to mark sits in the same session: they mark none of it."""
    session = script.attempt.exam_session
    seated = {seat.staff_member_id for seat in session.seats_of_markers} if session else set()
    return seated | {script.attempt.staff_member_id}


def _everybody(script: Script):
    session = script.attempt.exam_session
    return [*script.attempt.quiz.markers.all(), *(session.markers.all() if session else ())]


def _ids(people) -> set[int]:
    return {user.pk for user in people.all()}


def _chance(user, pk: int) -> bytes:
    return hashlib.sha256(f"{user.pk}:{pk}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Work:
    """How far the marking of a quiz is, as one marker sees it. ``own`` are claimed and not done."""

    quiz: Quiz
    total: int
    decided: int
    open: int
    own: tuple[ScriptMark, ...]
    done: int
    due_on: date | None

    @property
    def has_something(self) -> bool:
        return bool(self.open or self.own)


def work_of(user) -> list[Work]:
    """A line for each quiz that ``user`` marks."""
    return [_work(user, quiz) for quiz in quizzes_marked_by(user)]


def _work(user, quiz: Quiz) -> Work:
    scripts = Script.objects.filter(attempt__quiz=quiz).named(user)
    waiting = [chance.script for chance in chances_of(user, quiz)]
    own = own_marks(user, quiz)
    return Work(
        quiz=quiz,
        total=scripts.count(),
        decided=scripts.exclude(decided_at=None).count(),
        open=len(waiting),
        own=tuple(own),
        done=ScriptMark.objects.filter(marker=user, script__attempt__quiz=quiz).exclude(done_at=None).count(),
        due_on=min((script.due_on for script in [*waiting, *(mark.script for mark in own)]), default=None),
    )


def own_marks(user, quiz: Quiz) -> list[ScriptMark]:
    """What ``user`` has claimed and not finished, the oldest first."""
    marks = ScriptMark.objects.filter(
        marker=user,
        script__in=Script.objects.named(user).waiting().filter(attempt__quiz=quiz).values("pk"),
        done_at=None,
        round=F("script__round"),
    )
    return list(marks.select_related("script__version").order_by("claimed_at", "pk"))


def earlier_marks(mark: ScriptMark) -> list[ScriptMark]:
    """What the first two made of it, for the third person; nothing for anybody else."""
    if mark.turn < THIRD:
        return []
    others = mark.script.marks.filter(round=mark.round, turn__lt=mark.turn).exclude(done_at=None)
    return list(others.order_by("turn"))


def waiting_markers(quiz: Quiz, scripts: Iterable[Script]) -> dict[int, list[Script]]:
    """The scripts that each person named for the quiz could take or has not finished, for reminders."""
    people = {user.pk: user for script in scripts for user in [*_everybody(script), *quiz.reconcilers.all()]}
    found = {}
    for user in people.values():
        mine = [script for script in scripts if turn_for(user, script) or _is_half_done(user, script)]
        if mine:
            found[user] = mine
    return found


def _is_half_done(user, script: Script) -> bool:
    return any(
        mark.marker_id == user.pk and mark.round == script.round and mark.done_at is None for mark in script.marks.all()
    )
