"""How far two markers agree, held against the textbook's way: tables of counts, exact fractions."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from django.urls import reverse

from quizzes.agreement import Agreement, agreement, agreements_on, weighted_kappa
from quizzes.enums import FinishCause
from quizzes.models import Question
from quizzes.services import finalise, mark_script_again, start_attempt
from tests.factories.staff import StaffMemberFactory, UserFactory
from tests.quizzes.marking.helpers import mark_next, write


def kappa_by_table(pairs) -> Fraction | None:
    """Cohen 1968: 1 - sum(w * observed) / sum(w * expected), w the square of the distance between two categories."""
    count, cells = len(pairs), Counter(pairs)
    rows, columns = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    observed = sum(Fraction((x - y) ** 2) * cells[x, y] / count for x in rows for y in columns)
    expected = sum(Fraction((x - y) ** 2) * rows[x] * columns[y] / count**2 for x in rows for y in columns)
    return None if expected == 0 else 1 - observed / expected


@pytest.mark.parametrize("seed", range(40))
def test_kappa_is_what_tables_of_counts_give(seed):
    chance = random.Random(seed)
    pairs = []
    for _answer in range(chance.randint(2, 60)):
        first = chance.randint(0, 8)
        pairs.append((first, min(8, max(0, first + chance.choice([-2, -1, 0, 0, 0, 1, 3])))))

    assert weighted_kappa(pairs) == pytest.approx(float(kappa_by_table(pairs)))


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([(0, 0), (1, 1), (4, 4)], 1),
        ([(0, 4), (4, 0)], -1),
        ([(0, 0), (0, 4), (4, 0), (4, 4)], 0),  # the second throws a coin
        ([(3, 3), (3, 3)], None),
    ],
)
def test_kappa_at_its_ends(pairs, kappa):
    assert weighted_kappa(pairs) == kappa


def test_the_figures_of_a_few_answers():
    assert agreement([(4.0, 4.0), (2.5, 1.5), (0.0, 1.0), (3.0, 3.5)], of=4.0) == Agreement(
        answers=4, alike=0.25, difference=0.625, lean=0.125, of=4.0, kappa=pytest.approx(1 - 2.25 / 15.25)
    )
    assert agreement([], of=4.0) is None


def test_little_agreement_is_told_only_of_many_answers():
    coin = [(0, 0), (0, 4), (4, 0), (4, 4)]

    assert [agreement(coin * times, of=4).is_too_little for times in (1, 4, 5)] == [False, False, True]
    assert not agreement([(0, 0), (4, 4)] * 20, of=4).is_too_little


def _essay_handed_in(quiz):
    attempt = start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
    write(attempt)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)


@pytest.mark.django_db
def test_only_what_two_people_finished_is_compared_and_every_round_counts(
    two_markers, marker, second_marker, reconciler, client, host_clock
):
    # One after the other: answers that wait together are taken in an order by chance.
    _essay_handed_in(two_markers)
    question = Question.objects.get(current__type="essay")
    assert agreements_on(question) == {}
    first = mark_next(two_markers, marker, level=0, tick=True)  # 4 of 4
    assert agreements_on(question) == {}
    mark_next(two_markers, second_marker, level=2, tick=True)  # 1 of 4: the third person decides
    mark_next(two_markers, reconciler, level=0, tick=True)
    _essay_handed_in(two_markers)
    mark_next(two_markers, marker, level=1, tick=False)
    mark_next(two_markers, second_marker, level=1, tick=False)
    mark_script_again(script=first.script, by=marker, reason="Phúc khảo")
    mark_next(two_markers, marker, level=0, tick=False)
    mark_next(two_markers, second_marker, level=0, tick=True)

    found = agreements_on(question)
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(reverse("quizzes_cms:question_statistics", args=[question.pk])).content.decode()

    pairs = sorted([(4, 1), (1.5, 1.5), (3, 4)])
    assert list(found) == [question.current_id]
    assert (found[question.current_id].answers, found[question.current_id].of) == (3, 4)
    assert found[question.current_id].difference == pytest.approx(4 / 3)
    assert found[question.current_id].kappa == pytest.approx(weighted_kappa(pairs))
    assert "Hai người chấm: 3 bài" in page
