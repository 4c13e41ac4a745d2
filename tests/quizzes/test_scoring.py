"""What an answer earns: bounded, monotone, exact, and never an error."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.enums import QuestionType
from quizzes.question_text import AcceptedNumber, AcceptedText, QuestionText, separated, text_of
from quizzes.scoring import earned_percent
from quizzes.services.marking import mark_paper
from quizzes.types import kind_of

IDS = "abcdef"


def key_of(percents):
    return {"right": [i for i, p in percents.items() if Decimal(p) > 0], "percents": percents}


@pytest.mark.parametrize(
    ("ticked", "percent"),
    [("", "0"), ("a", "50"), ("ab", "100"), ("abc", "0"), ("ac", "0"), ("abcd", "0"), ("c", "0"), ("ad", "50")],
)
def test_percents_of_what_was_ticked_add_up_between_nothing_and_all(ticked, percent):
    key = key_of({"a": "50", "b": "50", "c": "-100", "d": "0"})

    assert earned_percent("multiple", key, list(ticked)) == Decimal(percent)


def test_ticking_everything_earns_nothing_where_wrong_options_take_nothing_away():
    key = key_of({"a": "50", "b": "50", "c": "0", "d": "0"})

    assert [earned_percent("multiple", key, list(ticked)) for ticked in ("ab", "abc", "abcd")] == [100, 100, 0]


def test_three_thirds_are_a_whole():
    key = key_of({"a": "33.33", "b": "33.33", "c": "33.33", "d": "-100"})

    assert earned_percent("multiple", key, list("abc")) == 100


def test_an_option_of_a_single_choice_may_earn_a_part_and_never_less_than_nothing():
    key = key_of({"a": "100", "b": "40", "c": "-33.33333"})

    assert [earned_percent("single", key, [i]) for i in "abc"] == [100, 40, 0]


percents = st.dictionaries(st.sampled_from(IDS), st.decimals(-100, 100, places=2).map(str), min_size=1)
chosen = st.lists(st.sampled_from([*IDS, "unknown"]), max_size=8)


@given(percents, chosen)
def test_a_choice_earns_between_nothing_and_all_in_any_order(percents, chosen):
    key = key_of(percents)

    earned = earned_percent("multiple", key, chosen)

    assert 0 <= earned <= 100
    assert earned == earned_percent("multiple", key, list(reversed(chosen)))


@given(percents, chosen, st.sampled_from(IDS))
def test_a_further_right_tick_never_costs_and_a_further_wrong_one_never_earns(percents, chosen, more):
    key, after = key_of(percents), {*chosen, more}
    if more not in percents or after >= set(percents):  # ticking everything is the one exception
        return

    before, earned = earned_percent("multiple", key, chosen), earned_percent("multiple", key, list(after))

    assert before <= earned if Decimal(percents[more]) >= 0 else before >= earned


# --- Typed answers ------------------------------------------------------------


def text_key(*rows, **rules):
    rules = {"accents": "exact", "case": "ignore", "spelling": "exact"} | rules
    return {"accepted": [{"text": text, "percent": percent} for text, percent in rows]} | rules


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ram", 0), ("bộ nhớ ram", 1), ("passwords", 3), ("pasword", 2), ("gì", None), ("password", 2)],
)
def test_the_letter_decides_before_the_star_and_the_star_before_the_slip(typed, found):
    key = text_key(("RAM", "0"), ("*ram*", "100"), ("password", "100"), ("passwords", "50"), spelling="one_typo")

    assert kind_of("short_text").accepted_answer(key, typed) == found


def test_among_answers_that_fit_alike_the_highest_percent_counts():
    key = text_key(("*a*", "20"), ("*b*", "70"), ("*c*", "70"))

    assert [kind_of("short_text").accepted_answer(key, typed) for typed in ("a b c", "a c", "a")] == [1, 2, 0]


def number_key(*rows):
    return {"accepted": [{"value": v, "tolerance": t, "percent": p} for v, t, p in rows]}


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("9,5", 100), ("10.5", 100), ("10,500000000001", 50), ("9,499999999999", 50), ("12", 50), ("12,1", 0), ("x", 0)],
)
def test_a_tolerance_includes_its_ends_and_the_best_of_what_fits_counts(typed, percent):
    key = number_key(("10", "2", "50"), ("10", "0.5", "100"))

    assert earned_percent("number", key, [typed]) == percent


def test_tenths_are_exact():
    assert earned_percent("number", number_key(("0.3", "0.1", "100")), ["0,2"]) == 100


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=20), st.integers(0, 100).map(str)), min_size=1))
def test_no_typed_text_raises_and_the_order_of_accepted_answers_changes_nothing(typed, rows):
    key = text_key(*rows, spelling="one_typo")

    earned = earned_percent("short_text", key, [typed])

    assert 0 <= earned <= 100
    assert earned == earned_percent("short_text", text_key(*reversed(rows), spelling="one_typo"), [typed])


numbers = st.decimals(-(10**14), 10**14, places=6).map(str)


@given(
    st.text("0123456789,. -+eMB", max_size=45), numbers, st.decimals(0, 1000, places=3), st.decimals(0, 10, places=3)
)
def test_no_typed_number_raises_and_more_tolerance_never_costs(typed, value, tolerance, more):
    narrow, wide = number_key((value, str(tolerance), "100")), number_key((value, str(tolerance + more), "100"))

    assert earned_percent("number", narrow, [typed], "MB") <= earned_percent("number", wide, [typed], "MB") <= 100


@given(st.data())
def test_a_mark_is_between_0_and_10_whatever_the_points_and_a_better_answer_never_lowers_it(data):
    points = data.draw(st.lists(st.decimals("0.01", 100, places=2).map(str), min_size=1, max_size=8))
    items = [
        {"number": n, "version": n, "type": "short_text", "part": 1, "section": 1, "points": p}
        for n, p in enumerate(points, 1)
    ]
    blueprint = {"parts": [{"part": 1, "pass_mark": "5.00", "sections": [{"section": 1, "floor_mark": "4.00"}]}]}
    keys = {item["number"]: text_key(("đúng", "100"), ("gần đúng", "33.33")) for item in items}
    responses = {n: data.draw(st.sampled_from([[], ["gần đúng"], ["đúng"], ["?"]])) for n in keys}
    better = responses | {data.draw(st.sampled_from(list(keys))): ["đúng"]}

    mark, _passed, detail = mark_paper(items, blueprint, responses, keys)
    best, _passed, _detail = mark_paper(items, blueprint, better, keys)

    assert 0 <= mark <= best <= 10
    assert all(0 <= Decimal(row["points"]) <= Decimal(row["of"]) for row in detail["items"])
    assert mark_paper(items, blueprint, {n: ["đúng"] for n in keys}, keys)[:2] == (Decimal("10.00"), True)


# --- An author's text, taken apart and put together again -------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "single", "options": (("a", True), ("b", False), ("c", False)),
         "option_percents": (None, 40, "-33,33")},
        {"type": "multiple", "options": (("a", True), ("b", True), ("c", False)), "scoring": "per_option"},
        {"type": "multiple", "options": (("a", True), ("b", True), ("c", False)), "scoring": "per_option",
         "option_percents": (70, 30, -50), "option_feedback": ("x", "", "y")},
        {"type": "short_text", "case": "exact",
         "accepted": (AcceptedText("hoà*", feedback="Tốt."), AcceptedText("x", 0))},
        {"type": "number", "unit": "MB", "points": 2,
         "accepted": (AcceptedNumber("1.234,5", "0,5"), AcceptedNumber(Decimal("1E+3"), 0, 50))},
        {"type": "true_false", "right": False},
    ],
)  # fmt: skip
def test_what_an_author_wrote_comes_back_from_the_version(fields):
    text = QuestionText(stem="Câu?", **fields).cleaned()
    options, key, feedback = separated(text)
    version = type("Version", (), {})()
    version.__dict__ |= {
        "type": text.type, "stem": text.stem, "options": options, "key": key, "feedback": feedback, "unit": text.unit,
        "points": text.points, "difficulty": text.difficulty, "shuffle_options": text.shuffle_options,
    }  # fmt: skip

    assert text_of(version) == text.in_comparable_order()
    assert text_of(version).cleaned().in_comparable_order() == text.in_comparable_order()


def test_right_options_share_a_hundred_where_the_author_gives_no_percents():
    options = (("a", True), ("b", True), ("c", True), ("d", False))

    text = QuestionText("multiple", "Câu?", options, scoring="per_option").cleaned()

    assert text.option_percents == (Decimal("33.33333"),) * 3 + (0,)


def test_percents_that_say_what_the_ticks_say_are_not_kept():
    text = QuestionText("single", "Câu?", (("a", True), ("b", False)), option_percents=("100", None)).cleaned()

    assert (text.option_percents, text.options) == ((), (("a", True), ("b", False)))


def test_the_key_of_typed_answers_is_in_no_part_that_is_shown():
    text = QuestionText("short_text", "Câu?", accepted=(AcceptedText("mật", feedback="thầm"),)).cleaned()

    options, key, feedback = separated(text)

    assert (options, key["accepted"]) == ([], [{"text": "mật", "percent": "100"}])
    assert feedback == {"general": "", "accepted": ["thầm"]}
    assert text.type in QuestionType.typed()
