"""Real threads on PostgreSQL: one attempt, one grading, no acknowledged answer lost."""

from datetime import timedelta

import pytest

from quizzes.enums import FinishCause
from quizzes.errors import AttemptFinished, PoolTooSmall
from quizzes.models import Accommodation, Answer, Attempt, Grading, Quiz
from quizzes.services import (
    accommodate,
    check_blueprint,
    finalise,
    move_deadline,
    publish_quiz,
    retire_question,
    save_answer,
    start_attempt,
    unpublish_quiz,
)
from tests.quizzes.helpers import right_of
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


def test_fifty_starts_at_once_make_one_attempt(quiz, learner):
    attempts = at_once(*[lambda: start_attempt(quiz=quiz, staff_member=learner.staff_member).pk] * 50)

    assert Attempt.objects.count() == 1
    assert set(attempts) == {Attempt.objects.get().pk}
    assert Answer.objects.count() == 4


def test_fifty_submits_at_once_mark_once(quiz, learner):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    gradings = at_once(*[lambda: finalise(attempt=attempt, cause=FinishCause.SUBMITTED).pk] * 50)

    assert set(gradings) == {Grading.objects.get().pk}


@pytest.mark.parametrize("round_number", range(20))
def test_a_save_that_was_acknowledged_is_marked_whoever_was_first(quiz, learner, round_number):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    response = right_of(attempt, 1)

    saved, grading = at_once(
        lambda: save_answer(attempt_id=attempt.pk, number=1, response=response, sequence=1),
        lambda: finalise(attempt=attempt, cause=FinishCause.SUBMITTED),
        refusals=AttemptFinished,
    )

    was_acknowledged = not isinstance(saved, AttemptFinished)
    assert str(grading.mark) == ("2.50" if was_acknowledged else "0.00")


def test_saves_of_many_windows_leave_the_newest(quiz, learner):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    options = [option["id"] for option in attempt.paper.items[0]["options"]]

    at_once(
        *[
            lambda n=n: save_answer(attempt_id=attempt.pk, number=1, response=[options[n % 4]], sequence=n)
            for n in range(1, 31)
        ]
    )

    stored = Answer.objects.get(attempt=attempt, number=1)
    assert (stored.sequence, stored.response) == (30, [options[30 % 4]])


@pytest.mark.parametrize("round_number", range(20))
def test_a_save_is_judged_by_one_deadline_while_it_is_moved(quiz, learner, examiner, round_number):
    Quiz.objects.filter(pk=quiz.pk).update(grace_seconds=0)
    quiz.refresh_from_db()
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    moved, saved = at_once(
        lambda: move_deadline(attempt=attempt, deadline=attempt.started_at, by=examiner, reason="mất điện"),
        lambda: save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1),
    )

    assert saved.accepted == (saved.saved_at <= moved.deadline)
    assert saved.late == (not saved.accepted)


@pytest.mark.parametrize("round_number", range(10))
def test_two_who_take_the_last_spare_questions_are_not_both_let_through(quiz, categories, round_number):
    """Two of three are asked for: one may go."""
    spare = list(categories[0].questions.order_by("pk")[:2])

    results = at_once(*[lambda q=q: retire_question(question=q) for q in spare], refusals=PoolTooSmall)

    assert sum(isinstance(result, PoolTooSmall) for result in results) == 1
    assert categories[0].questions.filter(status="reviewed").count() == 2
    check_blueprint(quiz=quiz)


def test_publishing_and_retiring_at_once_leave_no_quiz_that_cannot_be_drawn(quiz, categories):
    unpublish_quiz(quiz=quiz)
    spare = list(categories[0].questions.order_by("pk")[:2])
    retire_question(question=spare[0])

    at_once(lambda: publish_quiz(quiz=quiz), lambda: retire_question(question=spare[1]), refusals=PoolTooSmall)

    quiz.refresh_from_db()
    assert (quiz.published_at is None) == (categories[0].questions.filter(status="reviewed").count() == 1)


@pytest.mark.parametrize("round_number", range(10))
def test_an_arrangement_granted_during_a_start_is_in_the_attempt(quiz, learner, admin, round_number):
    """Whoever is first: the start knows it, or it finds the attempt."""
    person = learner.staff_member

    at_once(
        lambda: start_attempt(quiz=quiz, staff_member=person),
        lambda: accommodate(staff_member=person, by=admin, reason="QĐ 12", extra_minutes=10),
    )

    attempt = Attempt.objects.get()
    assert attempt.deadline - attempt.started_at == timedelta(minutes=quiz.time_limit + 10)


@pytest.mark.parametrize("round_number", range(5))
def test_the_same_arrangement_asked_for_ten_times_at_once_is_one(attempt, learner, admin, round_number):
    person, deadline = learner.staff_member, attempt.deadline

    at_once(*[lambda: accommodate(staff_member=person, by=admin, reason="QĐ 12", extra_minutes=10).pk] * 10)

    attempt.refresh_from_db()
    assert (Accommodation.objects.count(), attempt.deadline - deadline) == (1, timedelta(minutes=10))
