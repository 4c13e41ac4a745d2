"""Which of several sittings decides: the rule of the quiz, for the verb and for the sweeper alike."""

import pytest

from courses.jobs import passed_but_open
from courses.models import Qualification
from courses.services import settle_sitting
from courses.tasks import settle_forgotten
from quizzes.models import Grading
from tests.courses.test_learning import finish_lessons, sit

pytestmark = pytest.mark.django_db


def mark_again(attempt, mark):
    """A later marking, as a mended key leads to one."""
    return Grading.objects.create(
        attempt=attempt, mark=mark, is_passed=True, detail=attempt.gradings.last().detail, reason="khóa sai"
    )


@pytest.mark.parametrize(
    ("rule", "raised", "grants"),
    [
        ("highest", [0], "8.00"),
        ("highest", [0, 1], "9.00"),
        ("last", [0], None),
        ("last", [1], "9.00"),
        ("first", [0], "8.00"),
        ("first", [1], None),
    ],
)
def test_only_the_attempt_that_counts_leads_to_a_qualification(enrolment, lessons, test_page, rule, raised, grants):
    test_page.quiz.counting = rule
    test_page.quiz.attempts_allowed = 2
    test_page.quiz.save()
    finish_lessons(enrolment, lessons)
    attempts = [sit(enrolment, test_page, right=False) for _ in range(2)]
    for number in raised:
        mark_again(attempts[number], ["8.00", "9.00"][number])
    waiting = passed_but_open().count()

    for number in raised:
        settle_sitting(attempt_id=attempts[number].pk)

    marks = [str(mark) for mark in Qualification.objects.values_list("mark", flat=True)]
    assert marks == ([grants] if grants else [])
    assert (waiting > 0) == (grants is not None)
    assert (settle_forgotten(), passed_but_open().count()) == (0, 0)
