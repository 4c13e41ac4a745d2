"""The sweeper: time closes what nobody handed in."""

from datetime import timedelta

import pytest

from quizzes import tasks
from quizzes.models import Grading
from tests.quizzes.helpers import answer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("after", "closed"), [(0, 0), (30, 0), (31, 1)])
def test_an_overdue_attempt_is_closed_after_its_grace_with_what_was_saved(attempt, host_clock, after, closed):
    answer(attempt, right=[1, 2, 3])
    host_clock.move_to(attempt.deadline + timedelta(seconds=after))

    found = tasks.close_overdue_attempts()

    assert found == closed
    assert [str(mark) for mark in Grading.objects.values_list("mark", flat=True)] == ["7.50"] * closed


def test_the_work_loop_runs_the_sweeper():
    assert tasks.close_overdue_attempts in tasks.SWEEPERS
