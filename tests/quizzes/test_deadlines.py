"""The end of an attempt: one formula, and moving it while the attempt runs."""

from datetime import timedelta

import pytest
from wagtail.models import ModelLogEntry

from quizzes.enums import FinishCause
from quizzes.errors import DeadlineRefused
from quizzes.services import finalise, move_deadline, save_answer
from quizzes.services.deadlines import deadline_of
from tests.quizzes.conftest import START
from tests.quizzes.helpers import right_of


def after(minutes):
    return None if minutes is None else START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("extra", "ends", "expected"),
    [
        (0, (), 25),
        (0, (None, None), 25),
        (10, (), 35),
        (0, (25,), 25),
        (0, (24,), 24),
        (0, (26,), 25),
        (10, (30,), 30),
        (10, (35,), 35),
        (10, (60, 32), 32),
        (10, (None, 32), 32),
        (-5, (), 20),
        (0, (0,), 0),
        (0, (-1,), -1),
    ],
)
def test_the_deadline_is_the_earliest_of_limit_with_extra_time_and_every_end(extra, ends, expected):
    deadline = deadline_of(
        started_at=START,
        limit=timedelta(minutes=25),
        extra=timedelta(minutes=extra),
        ends=tuple(after(end) for end in ends),
    )

    assert deadline == after(expected)


@pytest.mark.django_db
@pytest.mark.parametrize(("wanted", "expected"), [(40, 40), (20, 20), (10, 10), (9, 10), (-60, 10)])
def test_moving_the_deadline_goes_either_way_but_never_before_now(attempt, examiner, host_clock, wanted, expected):
    host_clock.shift(timedelta(minutes=10))

    move_deadline(attempt=attempt, deadline=after(wanted), by=examiner, reason="Power cut")

    attempt.refresh_from_db()
    assert attempt.deadline == after(expected)
    entry = ModelLogEntry.objects.get(action="quizzes.move_deadline")
    assert entry.user == examiner
    assert entry.data == {
        "from": after(25).isoformat(),
        "to": after(expected).isoformat(),
        "reason": "Power cut",
    }


@pytest.mark.django_db
def test_a_save_after_the_old_deadline_counts_once_time_was_added(attempt, examiner, host_clock):
    move_deadline(attempt=attempt, deadline=after(35), by=examiner, reason="Power cut")
    host_clock.shift(timedelta(minutes=30))

    result = save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1)

    assert result.accepted
    assert result.deadline == after(35)


@pytest.mark.django_db
def test_moving_to_the_same_deadline_logs_nothing(attempt, examiner):
    move_deadline(attempt=attempt, deadline=attempt.deadline, by=examiner, reason="Power cut")

    assert not ModelLogEntry.objects.filter(action="quizzes.move_deadline").exists()


@pytest.mark.django_db
def test_a_reason_is_asked_for(attempt, examiner):
    with pytest.raises(DeadlineRefused):
        move_deadline(attempt=attempt, deadline=after(40), by=examiner, reason="  ")

    attempt.refresh_from_db()
    assert attempt.deadline == after(25)


@pytest.mark.django_db
@pytest.mark.parametrize("is_handed_in", [True, False])
def test_an_attempt_that_is_over_keeps_its_deadline(attempt, examiner, host_clock, is_handed_in):
    if is_handed_in:
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    else:
        host_clock.shift(timedelta(minutes=25))

    with pytest.raises(DeadlineRefused):
        move_deadline(attempt=attempt, deadline=after(40), by=examiner, reason="Power cut")

    attempt.refresh_from_db()
    assert attempt.deadline == after(25)
