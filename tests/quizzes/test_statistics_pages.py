"""What trainers read about a test that was taken."""

import csv
import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from quizzes.enums import FinishCause
from quizzes.models import Answer, Question, QuestionVersion, Section
from quizzes.services import finalise, publish_quiz, save_answer, start_attempt
from quizzes.statistics import item_statistics
from quizzes.taken import taken_papers
from tests.factories.quizzes import PartFactory, QuizFactory, SectionFactory
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.helpers import answer, right_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    """As an installation has it: trainers may enter the CMS."""
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    Group.objects.get_or_create(name="trainers")[0].permissions.add(enter)


def sit(quiz, person, *, right=(), wrong=(), is_preview=False):
    attempt = start_attempt(quiz=quiz, staff_member=person, is_preview=is_preview)
    answer(attempt, right=right, wrong=wrong)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt


@pytest.fixture
def taken(quiz):
    """Three people: 4 of 4, 2 of 4 with one left open, and somebody who fails first and is perfect later."""
    people = StaffMemberFactory.create_batch(3)
    sit(quiz, people[0], right=[1, 2, 3, 4])
    sit(quiz, people[1], right=[1, 2], wrong=[3])
    sit(quiz, people[2], wrong=[1, 2, 3, 4])
    sit(quiz, people[2], right=[1, 2, 3, 4])
    return quiz


def page_of(quiz, **query):
    return reverse("quizzes_cms:quiz_statistics", args=[quiz.pk]), query


def test_first_attempts_count_and_previews_never(taken, learner):
    sit(taken, learner.staff_member, right=[1], is_preview=True)

    first, every = taken_papers(taken), taken_papers(taken, every_attempt=True)

    assert sorted(paper.share for paper in first) == [0, 0.5, 1]
    assert sorted(paper.share for paper in every) == [0, 0.5, 1, 1]


def test_a_running_attempt_is_no_paper_yet(quiz, learner):
    start_attempt(quiz=quiz, staff_member=learner.staff_member)

    assert taken_papers(quiz) == []


def test_each_version_is_counted_as_often_as_it_was_shown_and_answered(taken):
    found = item_statistics(taken_papers(taken, every_attempt=True))

    shown, answered = {}, {}
    for row in Answer.objects.all():
        shown[row.version_id] = shown.get(row.version_id, 0) + 1
        answered[row.version_id] = answered.get(row.version_id, 0) + bool(row.response)
    assert {pk: (item.shown, item.answered) for pk, item in found.items()} == {
        pk: (shown[pk], answered[pk]) for pk in shown
    }
    assert sum(shown.values()) == 16


def test_the_page_prints_the_figures_of_the_papers(client, trainer, taken):
    client.force_login(trainer)
    url, _query = page_of(taken)

    response = client.get(url)

    assert response.status_code == 200
    figures = response.context["figures"]
    assert (figures.papers, figures.mean, figures.median) == (3, 5.0, 5.0)
    assert {row.version.pk for row in response.context["rows"]} == set(
        QuestionVersion.objects.filter(answers__attempt__number=1).values_list("pk", flat=True)
    )


@pytest.mark.parametrize("order", ["ma", "de", "kho", "phan-biet", "so-lan", "can-xem", "zzz"])
def test_every_order_lists_every_question(client, trainer, taken, order):
    client.force_login(trainer)
    url, query = page_of(taken, xep=order, lan="tat-ca")

    rows = client.get(url, query).context["rows"]

    assert len(rows) == Answer.objects.values("version").distinct().count()
    if order == "kho":
        assert [row.percent for row in rows] == sorted(row.percent for row in rows)


def test_a_test_nobody_has_taken_says_so(client, trainer, quiz):
    client.force_login(trainer)

    response = client.get(page_of(quiz)[0])

    assert (response.status_code, response.context["rows"]) == (200, [])


def test_one_question_is_seen_across_versions_and_tests(client, trainer, quiz):
    other = copy_of(quiz)
    person = StaffMemberFactory()
    first = sit(quiz, person, right=[1, 2, 3, 4])
    question = Question.objects.get(versions=first.paper.items[0]["version"])
    for each in (quiz, other):  # drawn until both have shown the question
        while not Answer.objects.filter(attempt__quiz=each, version__question=question).exists():
            sit(each, StaffMemberFactory(), wrong=[1, 2, 3, 4])
    client.force_login(trainer)

    page = client.get(reverse("quizzes_cms:question_statistics", args=[question.pk]))

    ((version, lines, agreed),) = page.context["versions"]
    assert (version, agreed) == (question.current, None)
    assert [line.quiz for line in lines] == [None, *sorted([quiz, other], key=lambda row: row.code)]
    shown = Answer.objects.filter(version__question=question)
    assert [line.item.shown for line in lines] == [
        shown.count(),
        *[shown.filter(attempt__quiz=line.quiz).count() for line in lines[1:]],
    ]


def copy_of(quiz):
    """Another published quiz that draws from the same categories."""
    made = QuizFactory(code="khac")
    part = PartFactory(quiz=made)
    for section in Section.objects.filter(part__quiz=quiz):
        SectionFactory(part=part, category=section.category, quota=section.quota, floor_mark="0")
    return publish_quiz(quiz=made)


def test_a_question_nobody_was_shown_says_so(client, trainer, quiz):
    client.force_login(trainer)

    page = client.get(reverse("quizzes_cms:question_statistics", args=[Question.objects.first().pk]))

    assert (page.status_code, page.context["versions"]) == (200, [])


def test_figures_of_a_question_are_for_those_who_write_the_bank(client, learner, quiz):
    client.force_login(learner)

    url = reverse("quizzes_cms:question_statistics", args=[Question.objects.first().pk])

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["quiz_statistics", "quiz_statistics_csv"])
@pytest.mark.parametrize("who", ["learner", "hr", "head", "monitor", "examiner"])
def test_the_figures_show_keys_and_are_for_those_who_write_the_bank(request, client, taken, name, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(f"quizzes_cms:{name}", args=[taken.pk])).status_code == 404


def test_the_file_has_a_line_a_version_and_no_formula(client, trainer, taken):
    version = QuestionVersion.objects.filter(answers__attempt__number=1).first()
    QuestionVersion.objects.filter(pk=version.pk).update(stem="=1+1")
    client.force_login(trainer)

    text = client.get(reverse("quizzes_cms:quiz_statistics_csv", args=[taken.pk])).content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + QuestionVersion.objects.filter(answers__attempt__number=1).distinct().count()
    assert "'=1+1" in [row[2] for row in rows]


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_as_much_for_three_papers_as_for_one(client, trainer, quiz, people, django_assert_num_queries):
    for person in StaffMemberFactory.create_batch(people):
        sit(quiz, person, right=[1, 2])
    client.force_login(trainer)
    url, _query = page_of(quiz)
    client.get(url)

    with django_assert_num_queries(STATISTICS_QUERIES):
        client.get(url)


# What Wagtail asks for its frame, and: groups of the reader, quiz, markings, answers, versions with their questions,
# which of them people mark.
STATISTICS_QUERIES = 14


def test_a_wrong_key_is_asked_about_in_plain_words(client, trainer, quiz):
    for _number in range(30):
        attempt = start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
        for item in attempt.paper.items:
            first_wrong = min(o["id"] for o in item["options"] if o["id"] not in right_of(attempt, item["number"]))
            save_answer(attempt_id=attempt.pk, number=item["number"], response=[first_wrong], sequence=1)
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    client.force_login(trainer)

    row = client.get(page_of(quiz)[0]).context["rows"][0]

    assert "100% chọn" in row.advice[0]
    assert "đáp án có đúng không" in row.advice[0]
