"""An answer to one version, judged by the key of another: ids are known by their words, what is typed as typed."""

from dataclasses import replace

import pytest

from quizzes.enums import RegradePolicy
from quizzes.question_text import AcceptedNumber, AcceptedText, Gap
from quizzes.rekeying import answer_in, percent_by, why_not_comparable
from quizzes.services import create_question, revise_question
from quizzes.types import kind_of
from tests.factories.quizzes import CategoryFactory
from tests.factories.quizzes import text as choice
from tests.quizzes.test_types import GAPS, MATCHING, ORDERING, text

pytestmark = pytest.mark.django_db

OLD_MATCHING = MATCHING | {"pairs": (("Bàn phím", "vào"), ("Máy in", "ra"), ("Loa", "ra"), ("", "bộ nhớ"))}
NEW_MATCHING = MATCHING | {"pairs": (("Bàn phím", "vào"), ("Máy in", "ra"), ("Loa", "vào"), ("", "bộ nhớ"))}
NEW_ORDERING = ORDERING | {"items": ("Mở hộp thư", "Đính kèm tệp", "Soạn thư", "Gửi")}
NEW_GAPS = GAPS | {
    "gaps": (
        Gap("text", (AcceptedText("ROM"),)),
        Gap("number", (AcceptedNumber(1000),), 2),
        Gap("list", (AcceptedText("trong"), AcceptedText("ngoài", 0), AcceptedText("đệm", 0))),
    )
}


def two_versions(old, new):
    question = create_question(code="Q-1", category=CategoryFactory(), text=old)
    return question.versions.get(), revise_question(question=question, text=new)


def by_words(version, *words):
    """The response to ``version`` that says ``words``; what has no listed words is typed."""
    parts = {said: part for part, said in kind_of(version.type).part_words(version).items()}
    return [parts.get(word, word) for word in words]


@pytest.mark.parametrize(
    ("old", "new", "words", "percent"),
    [
        (text(ORDERING), text(NEW_ORDERING), ("1. Mở hộp thư", "2. Đính kèm tệp", "3. Soạn thư", "4. Gửi"), 100),
        (text(ORDERING), text(NEW_ORDERING), ("1. Mở hộp thư", "2. Soạn thư", "3. Đính kèm tệp", "4. Gửi"), 50),
        (text(GAPS), text(NEW_GAPS), ("ROM", "1000", "trong"), 100),
        (text(GAPS), text(NEW_GAPS), ("RAM", "1000", "ngoài"), 50),
        (
            choice(),
            choice(options=(("RAM", False), ("Ổ cứng", True), ("USB", False), ("Màn hình", False))),
            ("Ổ cứng",),
            100,
        ),
    ],
)
def test_the_new_key_judges_the_old_answer(old, new, words, percent):
    shown, corrected = two_versions(old, new)
    response = by_words(shown, *words)

    earned = percent_by(RegradePolicy.AGAIN, shown=shown, corrected=corrected, response=response, own=0)

    assert why_not_comparable(shown, corrected) == ""
    assert answer_in(corrected, shown, response) == by_words(corrected, *words)
    assert earned == percent


def test_pairs_are_known_by_their_words():
    shown, corrected = two_versions(text(OLD_MATCHING), text(NEW_MATCHING))
    words = ("Bàn phím → vào", "Máy in → ra", "Loa → vào")

    response = by_words(shown, *words)

    assert why_not_comparable(shown, corrected) == ""
    assert answer_in(corrected, shown, response) == by_words(corrected, *words)
    assert percent_by(RegradePolicy.AGAIN, shown=shown, corrected=corrected, response=response, own=0) == 100


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (text(GAPS), text(GAPS, stem="[[1]] [[2]]", gaps=GAPS["gaps"][:2])),
        (text(GAPS), text(GAPS, gaps=(GAPS["gaps"][1], GAPS["gaps"][0], GAPS["gaps"][2]))),
        (text(ORDERING), text(ORDERING, items=(*ORDERING["items"][:3], "Thoát"))),
        (text(ORDERING), choice()),
        (choice(), choice(options=(("RAM", True), ("Ổ cứng", False), ("USB", False)))),
    ],
)
def test_other_answers_are_not_compared(old, new):
    shown, corrected = two_versions(old, new)

    assert why_not_comparable(shown, corrected) != ""


def test_lists_that_repeat_a_word_are_not_compared():
    lists = tuple(Gap("list", (AcceptedText(right), AcceptedText(wrong, 0))) for right, wrong in ("ab", "ba"))
    same = text(GAPS, stem="[[1]] [[2]]", gaps=lists)
    shown, corrected = two_versions(same, replace(same, feedback="Xem bài 2."))

    assert why_not_comparable(shown, corrected) != ""


def test_the_better_of_both_keys_counts():
    shown, corrected = two_versions(text(ORDERING), text(NEW_ORDERING))
    response = by_words(shown, "1. Mở hộp thư", "2. Soạn thư", "3. Đính kèm tệp", "4. Gửi")

    assert percent_by(RegradePolicy.BOTH, shown=shown, corrected=corrected, response=response, own=100) == 100
    assert percent_by(RegradePolicy.FULL, shown=shown, corrected=corrected, response=[], own=0) == 100
