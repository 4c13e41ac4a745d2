"""Real threads on PostgreSQL: regrades of one paper queue, and no paper slips past a regrade while it is handed in."""

import pytest
from django.db import connection

from quizzes.enums import FinishCause, RegradePolicy
from quizzes.errors import FactsMoved
from quizzes.models import Grading, Question
from quizzes.queries import latest_grading
from quizzes.services import apply_regrade, finalise, plan_of, start_attempt
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.test_regrading import ask, choose, correct, quiz_of, single, sit  # noqa: F401 - a fixture
from tests.threads import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL: set DATABASE_URL"),
]
assert connection  # named by the condition above


def test_twelve_confirmations_at_once_mark_once(single, reviewer):  # noqa: F811
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest

    at_once(*[lambda: apply_regrade(regrade=regrade, shown=shown, by=reviewer)] * 12)

    assert [str(grading.mark) for grading in attempt.gradings.all()] == ["0.00", "5.00"]


@pytest.mark.parametrize("round_number", range(8))
def test_of_two_regrades_of_the_same_papers_the_second_must_look_again(single, reviewer, round_number):  # noqa: F811
    """Both questions of the papers: whoever waited finds other marks than were shown, and takes nothing back."""
    attempts = [sit(single, "Ổ cứng", other="Ổ cứng") for _number in range(3)]
    other = Question.objects.exclude(pk=single.pk).get()
    regrades = []
    for question in (single, other):
        correct(question, "Ổ cứng")
        regrades.append(ask(question, RegradePolicy.AGAIN, reviewer))
    plans = [plan_of(regrade).digest for regrade in regrades]

    done = at_once(
        *[
            lambda regrade=regrade, shown=shown: apply_regrade(regrade=regrade, shown=shown, by=reviewer)
            for regrade, shown in zip(regrades, plans, strict=True)
        ],
        refusals=FactsMoved,
    )

    assert [isinstance(outcome, FactsMoved) for outcome in done].count(True) == 1
    assert {str(latest_grading(attempt).mark) for attempt in attempts} == {"5.00"}
    waiting = regrades[0 if isinstance(done[0], FactsMoved) else 1]
    apply_regrade(regrade=waiting, shown=plan_of(waiting).digest, by=reviewer)
    assert {str(latest_grading(attempt).mark) for attempt in attempts} == {"10.00"}


@pytest.mark.parametrize("round_number", range(20))
def test_a_paper_handed_in_meanwhile_is_marked_by_the_decision_or_the_decision_waits(
    single,  # noqa: F811
    reviewer,
    round_number,
):
    sit(single, "Ổ cứng")
    running = start_attempt(quiz=quiz_of(single), staff_member=StaffMemberFactory())
    choose(running, single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest

    applied, _grading = at_once(
        lambda: apply_regrade(regrade=regrade, shown=shown, by=reviewer),
        lambda: finalise(attempt=running, cause=FinishCause.SUBMITTED),
        refusals=FactsMoved,
    )

    was_applied = not isinstance(applied, FactsMoved)
    assert Grading.objects.filter(regrade=regrade).exists() == was_applied
    assert str(latest_grading(running).mark) == ("5.00" if was_applied else "0.00")
