"""Questions that people mark, as their authors write them; tests with markers, in their form."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes.enums import QuestionType
from quizzes.errors import QuestionRefused
from quizzes.models import Question, Quiz
from quizzes.question_text import QuestionText, text_of
from quizzes.rekeying import why_not_comparable
from quizzes.services import create_question, revise_question
from quizzes.types.by_people import Criterion, Level
from tests.factories.quizzes import CategoryFactory
from tests.quizzes.helpers import NO_ROWS
from tests.quizzes.marking.helpers import docx

pytestmark = pytest.mark.django_db
CRITERIA = (Criterion("Nội dung", (Level("2", "đủ"), Level("0"))), Criterion("Thể thức", (Level("0,5"),)))


def written(**fields):
    return QuestionText(**{"type": QuestionType.ESSAY, "stem": "Hãy viết.", "criteria": CRITERIA} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"max_words": 100, "shows_criteria": True, "guide": "Đáp án"},
        {"type": QuestionType.FILE, "kinds": ("pdf",), "most_megabytes": 3},
        {"type": QuestionType.PRACTICAL},
    ],
)
def test_what_an_author_wrote_comes_back_and_is_no_new_version(fields):
    text = written(**fields)
    question = create_question(code="TL-1", category=CategoryFactory(), text=text)

    assert text_of(question.current) == text.cleaned()
    assert revise_question(question=question, text=text) == question.current
    changed = written(**fields | {"guide": "Khác"})
    assert revise_question(question=question, text=changed).number == 2


@pytest.mark.parametrize(
    "criteria",
    [
        (),
        (Criterion("", (Level("1"),)),),
        (Criterion("Không mức", ()),),
        (Criterion("Không điểm", (Level("0"),)),),
        (Criterion("Âm", (Level("-1"), Level("2"))),),
        (Criterion("Trùng", (Level("1", "a"), Level("1,0", "b"))),),
        (Criterion("Không phải số", (Level("hai"),)),),
    ],
)
def test_criteria_by_which_nothing_can_be_marked_are_refused(criteria):
    with pytest.raises(QuestionRefused):
        written(criteria=criteria).cleaned()


def test_levels_stand_from_the_best_to_the_least():
    text = written(criteria=(Criterion("A", (Level("0"), Level("1,5", "khá"), Level("1"))),)).cleaned()

    assert [level.points for level in text.criteria[0].levels] == [Decimal("1.5"), 1, 0]


def test_no_key_says_anything_about_another_version():
    question = create_question(code="TL-1", category=CategoryFactory(), text=written())

    assert why_not_comparable(question.current, question.current) != ""


def form(category, **fields):
    rows = {
        "criteria-TOTAL_FORMS": 2, "criteria-INITIAL_FORMS": 0,
        "criteria-0-title": "Nội dung", "criteria-0-levels": "0\n2 | đủ",
        "criteria-1-title": "Thể thức", "criteria-1-levels": "0,5",
    }  # fmt: skip
    stem = '{"entityMap":{},"blocks":[{"key":"a","text":"Hãy viết.","type":"unstyled","depth":0,"inlineStyleRanges":[],'
    stem += '"entityRanges":[],"data":{}}]}'
    usual = {"code": "TL-1", "category": category.pk, "purpose": "exam", "difficulty": "2", "stem": stem, "points": "1"}
    return NO_ROWS | usual | rows | fields


def test_an_author_writes_an_essay_with_the_form_and_finds_it_there_again(client, loaded, trainer):
    client.force_login(trainer)

    answer = client.post(
        reverse("quizzes_cms:question_add"), form(CategoryFactory(), type="essay", max_words="150", guide="Gợi ý")
    )

    question = Question.objects.get(code="TL-1")
    assert answer.url == reverse("quizzes_cms:question", args=[question.pk])
    assert text_of(question.current) == written(max_words=150, guide="Gợi ý").cleaned()
    page = client.get(answer.url).text
    assert ("2 | đủ\n0" in page, 'value="150"' in page) == (True, True)


def test_files_are_given_out_kept_and_taken_away_in_the_form(client, loaded, trainer):
    client.force_login(trainer)
    category = CategoryFactory()
    sent = SimpleUploadedFile("Mẫu.docx", docx())
    client.post(reverse("quizzes_cms:question_add"), form(category, type="practical", kinds=["docx"], new_files=sent))
    question = Question.objects.get(code="TL-1")
    [file] = text_of(question.current).files
    got = client.get(reverse("quizzes_cms:task_file", args=[question.pk, file.sha256]))
    assert (file.name, b"".join(got.streaming_content)) == ("Mẫu.docx", docx())

    address = reverse("quizzes_cms:question", args=[question.pk])
    bad = SimpleUploadedFile("Macro.docx", docx(**{"word/vbaProject.bin": "x"}))
    fields = {"type": "practical", "kinds": ["docx"], "version": 1}
    refused = client.post(address, form(category, **fields, kept_files=[file.sha256], new_files=bad))
    assert (refused.status_code, "Macro.docx" in refused.text) == (200, True)

    client.post(address, form(category, **fields))
    assert text_of(question.versions.get(number=2)).files == ()
    assert client.get(reverse("quizzes_cms:task_file", args=[question.pk, file.sha256])).status_code == 200


def quiz_form(**fields):
    empty = {f"parts-{count}_FORMS": 0 for count in ("TOTAL", "INITIAL")}
    return (
        empty
        | {"code": "thi-th", "title": "Thi thực hành", "purpose": "exam", "time_limit": 60, "grace_seconds": 30}
        | fields
    )


def test_markers_are_named_by_their_codes_in_the_form_of_the_test(client, loaded, trainer, marker, reconciler):
    client.force_login(trainer)

    client.post(
        reverse("quizzes_cms:quiz_add"),
        quiz_form(markers="CB0001", reconcilers="CB0003", needs_second_marking="on", allowed_difference="0.5"),
    )

    quiz = Quiz.objects.get(code="thi-th")
    assert (list(quiz.markers.all()), list(quiz.reconcilers.all())) == ([marker], [reconciler])
    assert (quiz.needs_second_marking, quiz.allowed_difference, quiz.marking_days) == (True, Decimal("0.50"), 10)
    assert "CB0001" in client.get(reverse("quizzes_cms:quiz", args=[quiz.pk])).text


@pytest.mark.parametrize("fields", [{"markers": "XX9999"}, {"markers": "CB0001", "reconcilers": "CB0001"}])
def test_an_unknown_or_a_double_marker_is_refused(client, loaded, trainer, marker, fields):
    client.force_login(trainer)

    answer = client.post(reverse("quizzes_cms:quiz_add"), quiz_form(**fields))

    assert (answer.status_code, Quiz.objects.filter(code="thi-th").exists()) == (200, False)
