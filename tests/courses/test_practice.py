"""Practice beside the exam: its own questions, as often as one likes, and counting nowhere."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from courses.access import test_for as exam_for
from courses.errors import CourseNotReady, NotInThisCourse
from courses.models import Course, Qualification, Sitting, TestPage
from courses.services import settle_sitting, start_practice, start_test
from quizzes.enums import FinishCause, Purpose
from quizzes.models import Attempt, Question, QuestionVersion, Quiz
from quizzes.services import finalise, save_answer
from tests.courses.test_learning import finish_lessons


@pytest.fixture
def practice(course):
    return TestPage.objects.practice().child_of(course.page).get()


@pytest.fixture
def start(practice):
    return reverse("courses:start_practice", args=["CB-01", practice.slug])


def purposes_of(attempt):
    versions = [item["version"] for item in attempt.paper.items]
    return set(QuestionVersion.objects.filter(pk__in=versions).values_list("question__purpose", flat=True))


def all_right(attempt):
    for answer in attempt.answers.select_related("version"):
        key = answer.version.key
        response = key["right"] if "right" in key else [_typed(key["accepted"][0])]
        save_answer(attempt_id=attempt.pk, number=answer.number, response=response, sequence=1)


def _typed(accepted):
    return accepted.get("text") or accepted["value"].replace(".", ",")


def test_the_practice_of_a_course_is_loaded_beside_its_exam(course, practice):
    kinds = Question.objects.filter(purpose=Purpose.PRACTICE, code__startswith="CB-01").values_list(
        "current__type", flat=True
    )

    assert exam_for(course.page).quiz.purpose == Purpose.EXAM
    assert (practice.quiz.purpose, practice.quiz.published_at is not None) == (Purpose.PRACTICE, True)
    assert sorted(kinds) == ["multiple"] * 2 + ["number"] * 2 + ["short_text"] + ["single"] * 6 + ["true_false"]


def test_practice_needs_no_finished_lesson_and_counts_nowhere(
    practice, enrolment, learner, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = start_practice(staff_member=learner.staff_member, test=practice)
        all_right(attempt)
        grading = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    settle_sitting(attempt_id=attempt.pk)

    enrolment.refresh_from_db()
    assert (str(grading.mark), grading.is_passed) == ("10.00", True)
    assert (Sitting.objects.count(), Qualification.objects.count(), enrolment.passed_at) == (0, 0, None)


def test_practice_is_taken_as_often_as_one_likes(practice, learner):
    Quiz.objects.filter(pk=practice.quiz_id).update(attempts_allowed=1)
    numbers = []
    for _ in range(4):
        attempt = start_practice(staff_member=learner.staff_member, test=practice)
        numbers.append(attempt.number)
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert numbers == [1, 2, 3, 4]


def test_practice_is_finished_and_not_handed_in_as_a_test(client, learner, practice):
    attempt = start_practice(staff_member=learner.staff_member, test=practice)
    client.force_login(learner)

    text = client.get(reverse("quizzes:submit", args=[attempt.pk])).text

    assert ("Kết thúc lượt luyện tập?" in text, "Nộp bài kiểm tra?" in text) == (True, False)


def test_the_pools_never_meet(practice, enrolment, lessons, test_page, learner):
    finish_lessons(enrolment, lessons)
    exam = start_test(enrolment=enrolment, test=test_page)
    drawn = set()
    for _ in range(10):
        attempt = start_practice(staff_member=learner.staff_member, test=practice)
        drawn |= purposes_of(attempt)
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert (purposes_of(exam), drawn) == ({Purpose.EXAM}, {Purpose.PRACTICE})


def test_neither_door_opens_the_other_room(practice, enrolment, lessons, test_page, learner):
    finish_lessons(enrolment, lessons)

    with pytest.raises(NotInThisCourse):
        start_test(enrolment=enrolment, test=practice)
    with pytest.raises(NotInThisCourse):
        start_practice(staff_member=learner.staff_member, test=test_page)

    assert Attempt.objects.count() == 0


def test_practice_of_a_course_in_preparation_does_not_start(practice, learner):
    Course.objects.filter(code="CB-01").update(is_ready=False)

    with pytest.raises(CourseNotReady):
        start_practice(staff_member=learner.staff_member, test=practice)


def test_a_second_published_exam_is_refused_and_a_second_practice_is_not(course, practice, test_page):
    second = TestPage(title="Thi", slug="thi", quiz=Quiz.objects.create(code="X", title="X", time_limit=1))
    with pytest.raises(ValidationError):
        course.page.add_child(instance=second)

    more = Quiz.objects.create(code="Y", title="Y", time_limit=1, purpose=Purpose.PRACTICE)
    course.page.add_child(instance=TestPage(title="Tập", slug="tap", quiz=more))

    assert exam_for(course.page) == test_page
    assert TestPage.objects.practice().child_of(course.page).count() == 2


def test_the_cms_refuses_to_publish_a_second_exam_with_a_sentence(client, admin, course):
    quiz = Quiz.objects.create(code="X", title="X", time_limit=1)
    draft = course.page.add_child(instance=TestPage(title="Thi", slug="thi", quiz=quiz, live=False))
    client.force_login(admin)
    data = {"title": "Thi", "slug": "thi", "quiz": quiz.pk, "introduction": "null", "action-publish": "1"}

    response = client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data, follow=True)

    draft.refresh_from_db()
    assert draft.live is False
    assert "đã có một bài kiểm tra" in response.text


def test_a_page_of_an_unpublished_quiz_is_not_published_and_learners_read_that_it_is_not_open(
    client, admin, learner, course, test_page
):
    practice = Quiz.objects.create(code="BAI-Y", title="Y", time_limit=1, purpose=Purpose.PRACTICE)
    draft = course.page.add_child(instance=TestPage(title="Tập", slug="tap", quiz=practice, live=False))
    client.force_login(admin)
    data = {"title": "Tập", "slug": "tap", "quiz": practice.pk, "introduction": "null", "action-publish": "1"}
    response = client.post(reverse("wagtailadmin_pages:edit", args=[draft.pk]), data, follow=True)
    Quiz.objects.filter(test_page=test_page).update(published_at=None)
    client.force_login(learner)

    page = client.get(reverse("courses:course", args=["CB-01"]))

    draft.refresh_from_db()
    assert (draft.live, "“BAI-Y” chưa được công bố" in response.text) == (False, True)
    assert "chưa mở" in page.text


def test_the_course_page_offers_practice_and_says_what_was_done(client, learner, course, practice, start):
    client.force_login(learner)
    before = client.get(reverse("courses:course", args=["CB-01"]))

    started = client.post(start)
    during = client.get(reverse("courses:course", args=["CB-01"]))

    assert [(item.questions, item.tries, item.is_open) for item in before.context["practice"]] == [(8, 0, False)]
    assert started.url == reverse("quizzes:attempt", args=[Attempt.objects.get().pk])
    assert [(item.tries, item.is_open) for item in during.context["practice"]] == [(1, True)]
    assert start in before.text


def test_an_exam_is_not_started_by_the_address_of_practice(client, learner, test_page):
    client.force_login(learner)

    assert client.post(reverse("courses:start_practice", args=["CB-01", test_page.slug])).status_code == 404
    assert Attempt.objects.count() == 0
