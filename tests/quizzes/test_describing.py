"""Tags, competence codes and owners: what is said about a question beside its text, and where it is used."""

import pytest
from django.urls import reverse

from quizzes.errors import QuestionRefused
from quizzes.finding import found_questions
from quizzes.loading import load_questions
from quizzes.models import Part, Question, Tag
from quizzes.services import describe_question, finalise, hand_over_question, start_attempt
from quizzes.uses import quizzes_that_may_draw, showings_by_version, uses_of
from tests.factories.quizzes import (
    CategoryFactory,
    PartFactory,
    QuizFactory,
    SectionFactory,
    fill,
    reviewed_question,
)
from tests.quizzes.test_cms import _cms_opens_to_authors, question_data  # noqa: F401
from tests.quizzes.test_loading import ONE, file_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db):
    return reviewed_question(CategoryFactory(code="AT", competence="IU01.4"), code="Q-1")


def tags_of(question):
    return list(question.tags.values_list("name", flat=True))


def test_spellings_that_fold_alike_are_one_tag(question):
    other = reviewed_question(question.category, code="Q-2")

    describe_question(question=question, tags=["Mật khẩu", "mat  khau", " ", "thư rác"])
    describe_question(question=other, tags=["MẬT KHẨU"])

    assert tags_of(question) == ["Mật khẩu", "thư rác"]
    assert tags_of(other) == ["Mật khẩu"]
    assert Tag.objects.count() == 2


def test_the_same_description_again_changes_nothing(question, trainer):
    assert describe_question(question=question, tags=["a"], competence="iu01.1 ") is True

    assert describe_question(question=question, tags=["A"], competence="IU01.1", by=trainer) is False
    question.refresh_from_db()
    assert (question.competence, question.described_by) == ("IU01.1", None)


def test_the_category_gives_the_usual_competence(question):
    usual = question.competence_code
    describe_question(question=question, tags=[], competence="IU14")
    question.refresh_from_db()

    assert (usual, question.competence_code) == ("IU01.4", "IU14")


@pytest.mark.parametrize("wrong", ["IU", "01", "IU01.1.1.1.1", "IU01.", "mật khẩu"])
def test_what_is_no_competence_code_is_refused(question, wrong):
    with pytest.raises(QuestionRefused):
        describe_question(question=question, tags=["a"], competence=wrong)

    assert tags_of(question) == []


@pytest.mark.parametrize("tags", [["x" * 61], [str(number) for number in range(21)]])
def test_too_much_of_a_tag_is_refused(question, tags):
    with pytest.raises(QuestionRefused):
        describe_question(question=question, tags=tags)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Q-1", "Q-2", "Q-3"]),
        ({"tag": "mat khau"}, ["Q-1"]),
        ({"tag": "no such tag"}, []),
        ({"competence": "iu01"}, ["Q-1", "Q-2"]),
        ({"competence": "IU01.4"}, ["Q-2"]),
        ({"competence": "IU0"}, []),
        ({"competence": "IU14"}, ["Q-3"]),
        ({"difficulty": "3"}, ["Q-2"]),
        ({"owner": "mine"}, ["Q-3"]),
    ],
)
def test_the_bank_is_filtered_by_what_is_said_about_questions(question, trainer, asked, found):
    hard = reviewed_question(question.category, code="Q-2", difficulty="3")
    own = reviewed_question(CategoryFactory(code="XX", competence="IU010"), code="Q-3")
    describe_question(question=question, tags=["Mật khẩu"], competence="IU01.1")
    describe_question(question=own, tags=["thư"], competence="IU14.2")
    hand_over_question(question=own, owner=trainer)

    assert [found.code for found in found_questions(asked, user=trainer)] == found
    assert hard.competence_code == "IU01.4"


def test_the_form_keeps_tags_code_and_owner(client, trainer, reviewer, question):
    client.force_login(trainer)
    shown = client.get(reverse("quizzes_cms:question", args=[question.pk])).text
    data = question_data(question.category, version=1, tags="thư rác, Mật khẩu", competence="iu06.6", owner=reviewer.pk)

    client.post(reverse("quizzes_cms:question", args=[question.pk]), data)

    question.refresh_from_db()
    assert str(reviewer) in shown
    assert (tags_of(question), question.competence) == (["Mật khẩu", "thư rác"], "IU06.6")
    assert (question.owner, question.described_by) == (reviewer, trainer)


def test_the_form_names_what_is_no_code_and_saves_nothing(client, trainer, question):
    client.force_login(trainer)
    data = question_data(question.category, version=1, competence="không", tags="a")

    response = client.post(reverse("quizzes_cms:question", args=[question.pk]), data)

    assert "competence" in response.context["form"].errors
    assert (tags_of(question), question.versions.count()) == ([], 1)


def test_a_file_says_tags_and_code_until_a_person_does(trainer):
    load_questions(file_of(ONE | {"tags": ["RAM"], "competence": "IU01.1"}))
    again = load_questions(file_of(ONE | {"tags": ["RAM"], "competence": "IU01.1"}))
    changed = load_questions(file_of(ONE | {"tags": ["bộ nhớ"]}))
    question = Question.objects.get()
    of_file = (tags_of(question), question.competence, question.status)
    describe_question(question=question, tags=["của tôi"], by=trainer)

    last = load_questions(file_of(ONE | {"tags": ["RAM"]}))

    assert (again.unchanged, changed.revised, last.unchanged) == (["IU01-001"], ["IU01-001"], ["IU01-001"])
    assert of_file == (["bộ nhớ"], "", "reviewed")
    assert tags_of(question) == ["của tôi"]


@pytest.mark.parametrize("wrong", [{"tags": "RAM"}, {"competence": "bộ nhớ"}])
def test_a_file_with_a_wrong_description_is_refused_whole(wrong):
    with pytest.raises(QuestionRefused):
        load_questions(file_of(ONE, ONE | {"id": "IU01-002"} | wrong))

    assert Question.objects.count() == 0


def test_uses_name_the_sections_that_may_draw_and_count_papers(quiz, learner, trainer):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=attempt, cause="submitted")
    shown = Question.objects.get(current=attempt.paper.items[0]["version"])
    unshown = Question.objects.exclude(current__in=[item["version"] for item in attempt.paper.items]).first()
    QuizFactory()
    title = f"Mục {shown.category.code}"

    assert [(use.quiz, use.sections, use.papers) for use in uses_of(shown)] == [(quiz, (title,), 1)]
    assert [(use.papers, use.last_shown) for use in uses_of(unshown)] == [(0, None)]
    assert [(use.number, use.papers, use.last_shown) for use in showings_by_version(shown)] == [
        (1, 1, attempt.started_at)
    ]


def test_a_section_that_asks_for_something_else_is_no_use(quiz):
    question = Question.objects.first()
    usual = [use.sections for use in uses_of(question)]
    part = Part.objects.get(quiz=quiz)
    practical = PartFactory(kind="practical")
    SectionFactory(part=practical, category=question.category, title="Thực hành")
    hard = {"category": question.category, "easy_percent": 0, "medium_percent": 0, "hard_percent": 100}
    SectionFactory(part=part, title="Chỉ câu khó", position=8, **hard)
    SectionFactory(part=part, title="Có từ khóa", position=9, category=question.category).tags.add(
        Tag.objects.create(name="mật khẩu")
    )

    assert [use.sections for use in uses_of(question)] == usual
    assert quizzes_that_may_draw(question) == [quiz]


def test_a_preview_is_no_use(quiz, learner):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member, is_preview=True)
    shown = Question.objects.get(current=attempt.paper.items[0]["version"])

    assert [use.papers for use in uses_of(shown)] == [0]


@pytest.mark.parametrize(("who", "code"), [("trainer", 200), ("learner", 404), ("hr", 404)])
def test_the_page_of_uses_is_for_the_bank(client, request, question, who, code):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("quizzes_cms:question_uses", args=[question.pk])).status_code == code


def test_the_page_of_uses_asks_no_more_for_more_quizzes(client, trainer, quiz, django_assert_max_num_queries):
    question = fill(quiz.parts.get().sections.first().category, 1)[0]
    client.force_login(trainer)
    client.get(reverse("quizzes_cms:question_uses", args=[question.pk]))

    with django_assert_max_num_queries(18):
        client.get(reverse("quizzes_cms:question_uses", args=[question.pk]))
