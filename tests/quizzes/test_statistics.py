"""Figures of classical test theory, against hand-made numbers and against naive computations from the definitions."""

import random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.statistics import (
    Advice,
    TakenItem,
    TakenPaper,
    advice_on,
    correlation,
    cronbach_alpha,
    item_statistics,
    quiz_statistics,
)


def papers_of(rows, answers=None):
    """``rows``: a list of shares for each person; question n is version n."""
    return [
        TakenPaper(
            tuple(
                TakenItem(version, share, response=(answers[person][version],) if answers else ("x",))
                for version, share in enumerate(row)
            )
        )
        for person, row in enumerate(rows)
    ]


# Five people, four questions: sums 4, 3, 2, 1, 0.
GUTTMAN = [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_a_small_test_gives_the_figures_that_were_worked_out_by_hand():
    figures = quiz_statistics(papers_of(GUTTMAN))

    # The questions are solved by 4, 3, 2, 1 of 5: variances (n - 1) 0.2, 0.3, 0.3, 0.2; the sums' variance is 2.5.
    assert figures.alpha == pytest.approx(4 / 3 * (1 - 1.0 / 2.5))
    assert (figures.papers, figures.mean, figures.median) == (5, 5.0, 5.0)
    assert figures.deviation == pytest.approx(2.5**0.5 * 2.5)
    assert figures.standard_error == pytest.approx(figures.deviation * (1 - 0.8) ** 0.5)


def test_the_figures_of_a_question_are_those_worked_out_by_hand():
    first = item_statistics(papers_of(GUTTMAN))[0]

    # Shares here 1, 1, 1, 1, 0; in the rest 1, 2/3, 1/3, 0, 0: deviations multiply to 0.4, squares to 0.8 and 34/45.
    assert (first.shown, first.answered, first.facility) == (5, 5, 0.8)
    assert first.deviation == pytest.approx(0.2**0.5)
    assert first.discrimination == pytest.approx(0.4 / (0.8 * 34 / 45) ** 0.5)


def test_where_nothing_varies_nothing_is_said():
    same = papers_of([[1, 0], [1, 0]])

    assert quiz_statistics(same).alpha is None
    assert item_statistics(same)[0].discrimination is None
    assert quiz_statistics([]).mean is None
    assert quiz_statistics(papers_of([[1, 0]])).deviation is None


def test_papers_of_different_length_have_no_alpha():
    assert cronbach_alpha(papers_of([[1, 0, 1], [1, 0]])) is None


shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])
tables = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(shares, min_size=width, max_size=width), min_size=2, max_size=12)
)


def _variance(values):
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


@given(tables)
def test_alpha_is_the_one_of_the_definition_where_everybody_has_the_same_questions(rows):
    of_sums = _variance([sum(row) for row in rows])
    width = len(rows[0])

    alpha = cronbach_alpha(papers_of(rows))

    if of_sums < 1e-9:
        assert alpha is None
    else:
        of_questions = sum(_variance([row[n] for row in rows]) for n in range(width))
        assert alpha == pytest.approx(width / (width - 1) * (1 - of_questions / of_sums))


@given(tables)
def test_facility_and_discrimination_are_those_of_the_definitions(rows):
    found = item_statistics(papers_of(rows))

    for n in range(len(rows[0])):
        here = [row[n] for row in rows]
        rest = [sum(row[:n] + row[n + 1 :]) / (len(row) - 1) for row in rows]
        spread = (_variance(here) * _variance(rest)) ** 0.5
        covariance = sum(
            (h - sum(here) / len(here)) * (r - sum(rest) / len(rest)) for h, r in zip(here, rest, strict=True)
        ) / (len(rows) - 1)
        assert found[n].facility == pytest.approx(sum(here) / len(here))
        if spread > 1e-9:
            assert found[n].discrimination == pytest.approx(covariance / spread, abs=1e-9)


@given(tables)
def test_the_plain_point_biserial_is_that_of_the_textbook(rows):
    """Of questions that are right or wrong: (mean of who had it right - mean of the others) / deviation * sqrt(pq)."""
    rows = [[float(share == 1) for share in row] for row in rows]
    whole = [sum(row) / len(row) for row in rows]
    deviation = (sum((mark - sum(whole) / len(whole)) ** 2 for mark in whole) / len(whole)) ** 0.5

    found = item_statistics(papers_of(rows))

    for n in range(len(rows[0])):
        right = [mark for mark, row in zip(whole, rows, strict=True) if row[n]]
        wrong = [mark for mark, row in zip(whole, rows, strict=True) if not row[n]]
        if right and wrong and deviation > 1e-9:
            p = len(right) / len(rows)
            difference = sum(right) / len(right) - sum(wrong) / len(wrong)
            assert found[n].point_biserial == pytest.approx(difference / deviation * (p * (1 - p)) ** 0.5, abs=1e-9)
        else:
            assert found[n].point_biserial is None


@pytest.mark.parametrize(
    ("papers", "reason"),
    [
        (papers_of([[1, 0]]), "few_papers"),
        (papers_of([[1, 0, 1], [1, 0]]), "different_papers"),
        (papers_of([[1], [0]]), "few_questions"),
        (papers_of([[1, 0], [0, 1]]), "equal_marks"),
        ([TakenPaper((TakenItem(n, 1.0), TakenItem(n + 1, float(n > 1)))) for n in (1, 3)], "never_repeated"),
        (papers_of(GUTTMAN), ""),
    ],
)
def test_the_reason_is_said_where_there_is_no_alpha(papers, reason):
    figures = quiz_statistics(papers)

    assert (figures.no_alpha, figures.alpha is None) == (reason, reason != "")


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_people_and_questions_changes_nothing(rows, shuffler):
    papers = papers_of(rows)
    mixed = [TakenPaper(tuple(shuffler.sample(paper.items, len(paper.items)))) for paper in papers]
    shuffler.shuffle(mixed)

    before, after = item_statistics(papers), item_statistics(mixed)

    assert {v: (s.shown, pytest.approx(s.facility)) for v, s in before.items()} == {
        v: (s.shown, s.facility) for v, s in after.items()
    }
    assert cronbach_alpha(mixed) == pytest.approx(cronbach_alpha(papers))


def test_drawn_papers_measure_as_the_whole_pool_would():
    """A thousand people of known ability, ten of thirty equally good questions each: near the alpha of fixed papers."""
    chance = random.Random(7)
    ability = [chance.gauss(0, 1) for _person in range(1000)]

    def take(person, versions):
        return TakenPaper(
            tuple(TakenItem(v, float(chance.random() < NormalDist().cdf(ability[person]))) for v in versions)
        )

    drawn = [take(person, chance.sample(range(30), 10)) for person in range(1000)]
    fixed = [take(person, range(10)) for person in range(1000)]

    assert cronbach_alpha(drawn) == pytest.approx(cronbach_alpha(fixed), abs=0.05)


def _item(*, key="a", chosen, good_choose=None, wrong_share=0.0):
    """Forty people; ``chosen`` maps an option to how many chose it; the best ones choose ``good_choose`` first."""
    options = [option for option, count in chosen.items() for _ in range(count)]
    if good_choose:
        options.sort(key=lambda option: option != good_choose)
    rest = [1 - place / len(options) for place in range(len(options))]
    papers = [
        TakenPaper(
            (TakenItem(1, float(option == key), response=(option,)), TakenItem(2, share, weight=9, response=("z",)))
        )
        for option, share in zip(options, rest, strict=True)
    ]
    return item_statistics(papers)[1]


def advised(item, options="abcd"):
    return [advice.kind for advice in advice_on(item, right=frozenset("a"), offered=list(options))]


def test_a_wrong_answer_that_leads_asks_whether_the_key_is_right():
    item = _item(chosen={"a": 6, "b": 28, "c": 3, "d": 3}, good_choose="b")

    first = advice_on(item, right=frozenset("a"), offered=list("abcd"))[0]

    assert first == Advice("wrong_answer_leads", "b", 0.7)
    assert "good_learners_fail" in advised(item)


@pytest.mark.parametrize(
    ("chosen", "good", "expected"),
    [
        ({"a": 39, "b": 1}, "a", ["too_easy"]),
        ({"a": 20, "b": 10, "c": 10}, "a", ["option_unused"]),
        ({"a": 25, "b": 5, "c": 5, "d": 5}, "a", []),
        ({"a": 20, "b": 12, "c": 4, "d": 4}, "b", ["good_learners_fail", "draws_the_good"]),
    ],
)
def test_advice_names_what_was_seen(chosen, good, expected):
    assert advised(_item(chosen=chosen, good_choose=good)) == expected


def test_every_option_that_nobody_chooses_is_named():
    item = _item(chosen={"a": 20, "b": 20}, good_choose="a")

    assert Advice("option_unused", others=("c", "d")) in advice_on(item, right=frozenset("a"), offered=list("abcd"))


def test_too_few_answers_get_no_advice():
    assert advised(_item(chosen={"b": 19}, good_choose="b")) == []


def test_the_share_of_each_answer_is_told_for_all_and_for_the_best_and_the_weakest():
    item = _item(chosen={"a": 20, "b": 20}, good_choose="a")

    assert [(a.answer, a.count, a.share, a.upper, a.lower) for a in item.answers] == [
        ("a", 20, 0.5, 1.0, 0.0),
        ("b", 20, 0.5, 0.0, 1.0),
    ]


def test_a_correlation_needs_two_and_something_that_varies():
    assert correlation([(1, 2)]) is None
    assert correlation([(1, 2), (1, 3)]) is None
    assert correlation([(1, 2), (2, 4)]) == pytest.approx(1)
