"""The bank: immutable versions, clean text, and options that say nothing about the key."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quizzes.enums import QuestionStatus, QuestionType
from quizzes.errors import PoolTooSmall, QuestionRefused
from quizzes.models import Question, QuestionVersion
from quizzes.question_text import AcceptedNumber, AcceptedText
from quizzes.services import create_question, retire_question, review_question, revise_question
from tests.factories.quizzes import CategoryFactory, fill, reviewed_question, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return reviewed_question(CategoryFactory(), code="IU01-001")


def test_a_revision_is_a_new_version_and_the_old_one_stays(question):
    before = QuestionVersion.objects.values().get(question=question)

    revise_question(question=question, text=text("Câu đã sửa?"))

    assert list(question.versions.order_by("number").values_list("number", "stem")) == [
        (1, "Câu IU01-001?"),
        (2, "Câu đã sửa?"),
    ]
    assert QuestionVersion.objects.values().get(pk=before["id"]) == before


def test_a_revision_that_says_the_same_makes_no_version(question):
    same = text("Câu IU01-001?", options=tuple(reversed(text().options)))

    revise_question(question=question, text=same)

    assert question.versions.count() == 1


def test_a_revision_that_moves_the_key_makes_a_version(question):
    moved = tuple((option, index == 1) for index, (option, _right) in enumerate(text().options))

    revise_question(question=question, text=text("Câu IU01-001?", options=moved))

    assert question.versions.count() == 2


def test_papers_keep_the_reviewed_version_until_the_new_one_is_reviewed(question):
    revise_question(question=question, text=text("Câu đã sửa?"))
    question.refresh_from_db()
    waiting = question.current.number

    review_question(question=question)

    question.refresh_from_db()
    assert (waiting, question.current.number) == (1, 2)


@pytest.mark.parametrize("act", ["save", "delete"])
def test_a_version_can_be_neither_edited_nor_deleted(question, act):
    with pytest.raises(ValidationError):
        getattr(question.current, act)()


def test_a_retired_question_stays_in_the_bank_but_out_of_the_pool(question):
    retire_question(question=question)

    assert Question.objects.get().status == QuestionStatus.RETIRED
    assert list(Question.objects.drawable("exam")) == []


def test_a_question_that_a_published_quiz_needs_cannot_be_retired(quiz, categories):
    retire_question(question=categories[0].questions.first())

    with pytest.raises(PoolTooSmall) as refused:
        retire_question(question=categories[0].questions.last())

    assert "IU01" in str(refused.value)
    assert categories[0].questions.filter(status=QuestionStatus.RETIRED).count() == 1


def test_text_is_composed_and_stripped_of_unsafe_html():
    stem = "<p onclick='x()'>Đo\u031b\u0300i <script>alert(1)</script><b>mới</b></p>"

    question = create_question(code="X", category=CategoryFactory(), text=text(stem))

    assert question.versions.get().stem == "Đ\u1eddi <b>mới</b>"


@pytest.mark.parametrize(
    "fields",
    [
        {"stem": "<p> </p>"},
        {"options": (("a", True),)},
        {"options": (("a", False), ("b", False))},
        {"options": (("a", True), ("b", True), ("c", False))},
        {"options": (("a", True), ("A ", False))},
        {"options": (("a", True), ("", False))},
        {"type": QuestionType.MULTIPLE, "options": (("a", True), ("b", True))},
        {"type": QuestionType.MULTIPLE, "options": (("a", False), ("b", False))},
        {"type": QuestionType.TRUE_FALSE},
        {"type": "essay"},
        {"option_percents": (50, 50, 0, 0)},
        {"option_percents": (100, 101, 0, 0)},
        {"option_percents": (100, "nhiều", 0, 0)},
        {"type": QuestionType.MULTIPLE, "scoring": "per_option", "option_percents": (50, 40, 0, 0)},
        {"type": QuestionType.MULTIPLE, "scoring": "hamming"},
        {"type": QuestionType.SHORT_TEXT},
        {"type": QuestionType.SHORT_TEXT, "accepted": (AcceptedText("a", 99),)},
        {"type": QuestionType.SHORT_TEXT, "accepted": (AcceptedText("**"),)},
        {"type": QuestionType.SHORT_TEXT, "accepted": (AcceptedText("hòa"), AcceptedText("HOÀ", 50))},
        {"type": QuestionType.SHORT_TEXT, "accepted": (AcceptedText("a" * 201),)},
        {"type": QuestionType.SHORT_TEXT, "accepted": (AcceptedText("a"),), "accents": "maybe"},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber("1e5"),)},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber(1.5),)},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber(Decimal("1e999999")),)},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber(Decimal("NaN")),)},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber(5, -1),)},
        {"type": QuestionType.NUMBER, "accepted": (AcceptedNumber(5),), "unit": "m2"},
        {"points": 0},
        {"points": "0,001"},
        {"difficulty": "9"},
    ],
)
def test_a_question_that_cannot_be_marked_is_refused(fields):
    with pytest.raises(QuestionRefused):
        create_question(code="X", category=CategoryFactory(), text=text(**fields))

    assert Question.objects.count() == 0


def test_two_answers_that_differ_by_a_tone_are_two_answers():
    question = create_question(code="X", category=CategoryFactory(), text=text(options=(("ma", True), ("má", False))))

    assert sorted(option["text"] for option in question.versions.get().options) == ["ma", "má"]


def test_the_place_of_the_key_among_stored_options_is_random():
    """An author writes the right answer first; chi-square over 400 questions of four options, p = 0.0001."""
    fill(CategoryFactory(), 400)
    places = [0, 0, 0, 0]

    for version in QuestionVersion.objects.all():
        ids = [option["id"] for option in version.options]
        places[ids.index(version.key["right"][0])] += 1

    assert sum((count - 100) ** 2 / 100 for count in places) < 21.1
    assert all(ids == sorted(ids) for ids in [[o["id"] for o in v.options] for v in QuestionVersion.objects.all()])


def test_true_or_false_is_marked_like_any_other():
    question = create_question(
        code="X", category=CategoryFactory(), text=text(type=QuestionType.TRUE_FALSE, right=False)
    )

    version = question.versions.get()
    assert (version.options, version.key) == (
        [{"id": "true", "text": "Đúng"}, {"id": "false", "text": "Sai"}],
        {"right": ["false"]},
    )


def test_typed_answers_are_found_by_what_is_accepted():
    create_question(
        code="X",
        category=CategoryFactory(),
        text=text(type=QuestionType.SHORT_TEXT, options=(), accepted=(AcceptedText("tường lửa"),)),
    )

    assert [question.code for question in Question.objects.search("tuong lua")] == ["X"]


def test_search_wants_the_words_beside_each_other_and_only_then_each_of_them():
    category = CategoryFactory()
    for code, stem in (
        ("A-1", "Thủ đô của nước ta?"),
        ("A-2", "Thứ tự các bước, mức độ nào?"),
        ("B-1", "Nhấn “Ctrl+C”."),
    ):
        create_question(code=code, category=category, text=text(stem=stem))

    def found(words):
        return [question.code for question in Question.objects.search(words).order_by("code")]

    assert found("Thủ đô") == ["A-1"]
    assert found("độ thứ") == ["A-1", "A-2"]
    assert found("bước thứ t") == ["A-2"]
    assert found("hủ") == []
    assert (found("ctrl+c"), found("b-1"), found("a-")) == (["B-1"], ["B-1"], ["A-1", "A-2"])
    assert found("…") == ["A-1", "A-2", "B-1"]


def test_search_finds_a_question_without_accents(question):
    assert [list(Question.objects.search(words)) for words in ("man hinh", "ổ CỨNG", "bàn phím")] == [
        [question],
        [question],
        [],
    ]
