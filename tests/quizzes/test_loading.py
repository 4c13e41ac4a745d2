"""Questions from files: idempotent, and never over what a trainer wrote."""

from pathlib import Path

import pytest
import yaml

from quizzes.enums import QuestionStatus
from quizzes.errors import QuestionRefused
from quizzes.loading import load_questions
from quizzes.models import Category, Question, QuestionVersion
from quizzes.question_text import text_of
from quizzes.services import retire_question, revise_question
from tests.factories.quizzes import text

pytestmark = pytest.mark.django_db

ONE = {
    "id": "IU01-001",
    "category": "IU01",
    "type": "single",
    "difficulty": 1,
    "stem": "Nếu a < b?",
    "options": [{"text": "đúng", "right": True}, {"text": "sai", "right": False}],
    "feedback": "Vì thế.",
}


def file_of(*questions):
    categories = [
        {"code": "IU", "name": "Gốc"},
        {"code": "IU01", "name": "Một", "parent": "IU", "competence": "IU01.1"},
    ]
    return {"categories": categories, "questions": list(questions)}


def test_questions_of_a_file_may_be_drawn_at_once():
    report = load_questions(file_of(ONE))

    question = Question.objects.get()
    version = question.current
    right = next(option["text"] for option in version.options if option["id"] in version.key["right"])
    assert report.created == ["IU01-001"]
    assert (question.status, question.purpose, question.category.parent.code) == ("reviewed", "exam", "IU")
    assert (version.stem, right, version.difficulty, version.created_by) == ("Nếu a &lt; b?", "đúng", "1", None)


def test_loading_again_changes_nothing():
    load_questions(file_of(ONE))
    before = list(QuestionVersion.objects.values())

    report = load_questions(file_of(ONE))

    assert (report.unchanged, report.created, report.revised) == (["IU01-001"], [], [])
    assert list(QuestionVersion.objects.values()) == before


def test_an_edited_file_makes_a_reviewed_version():
    load_questions(file_of(ONE))

    report = load_questions(file_of(ONE | {"stem": "Sửa?"}))

    question = Question.objects.get()
    assert (report.revised, question.current.number, question.current.stem) == (["IU01-001"], 2, "Sửa?")


def test_what_a_trainer_changed_is_left_alone_and_named(trainer):
    load_questions(file_of(ONE))
    revise_question(question=Question.objects.get(), text=text("Của giảng viên?"), by=trainer)

    report = load_questions(file_of(ONE | {"stem": "Sửa?"}))

    assert report.left_alone == ["IU01-001"]
    assert list(QuestionVersion.objects.values_list("number", flat=True)) == [1, 2]


def test_a_retired_question_does_not_come_back():
    load_questions(file_of(ONE))
    retire_question(question=Question.objects.get())

    report = load_questions(file_of(ONE | {"stem": "Sửa?"}))

    assert (report.left_alone, Question.objects.get().status) == (["IU01-001"], QuestionStatus.RETIRED)


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (
            {"type": "short_text", "accepted": ["tường lửa", {"text": 2024, "percent": 50}], "spelling": "one_typo"},
            {
                "accepted": [{"text": "tường lửa", "percent": "100"}, {"text": "2024", "percent": "50"}],
                "accents": "exact",
                "case": "ignore",
                "spelling": "one_typo",
            },
        ),
        (
            {
                "type": "number",
                "accepted": [{"value": 0.1, "tolerance": 0.05}, "1.234,5", {"value": 1.234}],
                "unit": "MB",
            },
            {
                "accepted": [
                    {"value": "0.1", "tolerance": "0.05", "percent": "100"},
                    {"value": "1234.5", "tolerance": "0", "percent": "100"},
                    {"value": "1.234", "tolerance": "0", "percent": "100"},
                ]
            },
        ),
    ],
)
def test_typed_questions_load_and_load_again(entry, key):
    entry = {name: value for name, value in ONE.items() if name != "options"} | entry
    load_questions(file_of(entry))

    report = load_questions(file_of(entry))

    version = Question.objects.get().current
    assert (version.key, version.options, version.unit) == (key, [], entry.get("unit", ""))
    assert report.unchanged == ["IU01-001"]


def test_options_of_a_file_may_have_percents():
    options = [{"text": "a", "right": True, "percent": 66.67}, {"text": "b", "right": True, "percent": 33.33},
               {"text": "c", "percent": -50}]  # fmt: skip
    load_questions(file_of(ONE | {"type": "multiple", "scoring": "per_option", "options": options}))

    version = Question.objects.get().current
    assert {o["text"]: version.key["percents"][o["id"]] for o in version.options} == {
        "a": "66.67",
        "b": "33.33",
        "c": "-50",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "short_text"},
        {"type": "short_text", "accepted": "RAM"},
        {"type": "number", "accepted": ["mười"]},
        {"type": "number", "accepted": [{"tolerance": 1}]},
        {"category": "IU99"},
        {"options": [{"text": "a", "right": False}, {"text": "b", "right": False}]},
        {"type": "true_false"},
        {"id": ""},
    ],
)
def test_a_file_with_one_bad_question_is_refused_whole(wrong):
    with pytest.raises(QuestionRefused):
        load_questions(file_of(ONE, ONE | {"id": "IU01-002"} | wrong))

    assert (Question.objects.count(), Category.objects.count()) == (0, 0)


def test_an_id_that_appears_twice_is_refused():
    with pytest.raises(QuestionRefused):
        load_questions(file_of(ONE, ONE))


def test_the_questions_of_cb_01_load_and_load_again():
    path = Path(__file__).parents[2] / "courses/content/CB-01/questions.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))

    first = load_questions(data)
    second = load_questions(data)

    assert len(first.created) == len(data["questions"]) >= 60
    assert second.unchanged == first.created


# --- Questions of several parts -------------------------------------------------

IN_PARTS = """
- id: P-1
  category: IU01
  type: matching
  stem: Nối cặp.
  pairs: [{left: a, answer: x}, {left: b, answer: y}, {answer: z}]
- {id: P-2, category: IU01, type: ordering, stem: Xếp., items: [một, hai, ba], scoring: per_neighbour}
- id: P-3
  category: IU01
  type: gaps
  stem: "[[1]] có [[2]] byte, nằm ở [[3]]."
  gaps:
    - {asks: text, accepted: [KB, {text: kilobyte, percent: 50}]}
    - {asks: number, accepted: [1024], weight: 2}
    - {asks: list, accepted: [trong], others: [ngoài, bên cạnh]}
"""


def test_matching_orders_and_gaps_come_from_a_file_and_a_second_time_change_nothing():
    rows = yaml.safe_load(IN_PARTS)

    first, second = load_questions(file_of(*rows)), load_questions(file_of(*rows))

    said = [text_of(question.current) for question in Question.objects.order_by("code")]
    assert (first.created, second.unchanged) == (["P-1", "P-2", "P-3"],) * 2
    assert (said[0].pairs, said[0].scoring) == ((("a", "x"), ("b", "y"), ("", "z")), "per_part")
    assert (said[1].items, said[1].scoring) == (("một", "hai", "ba"), "per_neighbour")
    assert [(gap.asks, gap.weight, [row.percent for row in gap.accepted]) for gap in said[2].gaps[:2]] == [
        ("text", 1, [100, 50]),
        ("number", 2, [100]),
    ]
    assert {row.text: row.percent for row in said[2].gaps[2].accepted} == {"trong": 100, "ngoài": 0, "bên cạnh": 0}


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "matching", "pairs": "a"},
        {"type": "matching", "pairs": ["a"]},
        {"type": "ordering", "items": {"a": 1}},
        {"type": "gaps", "stem": "[[1]]", "gaps": [{"asks": "text", "accepted": "a"}]},
    ],
)
def test_parts_of_another_shape_are_refused_with_the_question_named(fields):
    with pytest.raises(QuestionRefused, match="P-9"):
        load_questions(file_of({"id": "P-9", "category": "IU01", "stem": "Câu?"} | fields))
