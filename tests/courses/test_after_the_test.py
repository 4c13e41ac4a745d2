"""A test in a course: what the course page and My learning say while it runs, and where its result leads."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from courses.loading import load_catalogue
from courses.models import LessonPage
from courses.services import complete_lesson, settle_sitting, start_test
from quizzes.enums import FinishCause
from quizzes.keeping import months_later
from quizzes.services import accommodate, finalise, save_answer
from staff import clock
from tests.factories.quizzes import CategoryFactory, PartFactory, SectionFactory, fill
from tests.quizzes.conftest import host_clock  # noqa: F401
from tests.quizzes.helpers import answer

pytestmark = pytest.mark.django_db

COURSE = reverse("courses:course", args=["CB-01"])


@pytest.fixture
def browser(client, learner):
    client.force_login(learner)
    return client


@pytest.fixture
def learnt(enrolment, lessons):
    """All lessons are finished."""
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    return enrolment


@pytest.fixture
def attempt(learnt, test_page):
    return start_test(enrolment=learnt, test=test_page)


def finish(attempt, *, right=()):
    answer(attempt, right=right)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    settle_sitting(attempt_id=attempt.pk)


def result_of(attempt):
    return reverse("quizzes:result", args=[attempt.pk])


@pytest.mark.parametrize("page", [COURSE, reverse("my_learning")])
def test_a_running_test_is_said_with_the_time_left_and_leads_back_in(browser, attempt, page):
    with time_machine.travel(attempt.deadline - timedelta(minutes=7, seconds=30), tick=False):
        text = browser.get(page).text

    assert "còn 7 phút" in text
    assert f'href="{reverse("quizzes:attempt", args=[attempt.pk])}"' in text
    assert "Làm tiếp bài kiểm tra" in text
    assert reverse("courses:start_test", args=["CB-01"]) not in text


@pytest.mark.parametrize("page", [COURSE, reverse("my_learning")])
def test_a_failed_attempt_leaves_its_trace(browser, attempt, page):
    finish(attempt, right=[1])

    text = browser.get(page).text

    assert f'href="{result_of(attempt)}"' in text
    assert "chưa đạt" in text.lower()


def test_the_result_of_a_failed_attempt_says_what_is_left_and_leads_to_the_lessons(browser, attempt, lessons):
    finish(attempt)

    text = browser.get(result_of(attempt)).text

    assert "Anh/chị còn 2 lượt làm bài" in text
    assert f'href="{COURSE}#kiem-tra"' in text
    for lesson in lessons:
        assert f'href="{reverse("courses:lesson", args=["CB-01", lesson.slug])}"' in text


def test_the_last_failed_attempt_offers_no_other(browser, learnt, test_page):
    for _turn in range(3):
        attempt = start_test(enrolment=learnt, test=test_page)
        finish(attempt)

    text = browser.get(result_of(attempt)).text
    course = browser.get(COURSE).text

    assert "Anh/chị đã dùng hết số lượt làm bài" in text
    assert "Làm lại bài kiểm tra" not in text + course


def test_the_result_of_a_passed_attempt_says_where_the_certificate_comes(browser, attempt):
    finish(attempt, right=range(1, 21))

    text = browser.get(result_of(attempt)).text

    assert "Chúc mừng anh/chị đã đạt" in text
    assert "Làm lại bài kiểm tra" not in text


def test_an_attempt_closed_by_the_clock_says_so(browser, attempt, monkeypatch):
    # PostgreSQL's clock does not travel by itself.
    monkeypatch.setattr("staff.clock.database_now", clock.now)
    with time_machine.travel(attempt.deadline + timedelta(minutes=1)):
        finalise(attempt=attempt, cause=FinishCause.TIMER)

        assert "Đã hết giờ" in browser.get(result_of(attempt)).text


def test_the_last_lesson_leads_to_the_test(browser, enrolment, lessons):
    for lesson in lessons[:-1]:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)

    response = browser.post(reverse("courses:complete", args=["CB-01", lessons[-1].slug]))

    assert (response.status_code, response.url) == (302, f"{COURSE}#kiem-tra")
    assert "chỉ còn bài kiểm tra" in browser.get(reverse("my_learning")).text


def test_each_lesson_knows_which_questions_ask_about_it(catalogue, lessons):
    assert [lesson.topic.code for lesson in lessons] == [f"CB-01.{number}" for number in range(1, 7)]
    assert lessons[0].get_latest_revision_as_object().topic.code == "CB-01.1"


def test_a_topic_that_a_person_chose_is_kept(catalogue, lessons, one_course):
    other = lessons[1].topic
    LessonPage.objects.filter(pk=lessons[0].pk).update(topic=other)

    load_catalogue(one_course)

    assert LessonPage.objects.get(pk=lessons[0].pk).topic == other


def test_somebody_elses_sittings_are_not_shown(client, other_hr, attempt):
    finish(attempt)
    client.force_login(other_hr)

    assert result_of(attempt) not in client.get(COURSE).text


def _failed_by_its_second_part(enrolment, lessons, test_page):
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)
    quiz = test_page.quiz
    category = CategoryFactory(code="TH-01")
    fill(category, 2)
    part = PartFactory(quiz=quiz, title="Thực hành", position=2)
    SectionFactory(part=part, category=category, quota=1, title="Phiếu")
    quiz.parts.exclude(pk=part.pk).update(title="Trắc nghiệm")
    attempt = start_test(enrolment=enrolment, test=test_page)
    asked = [item["number"] for item in attempt.paper.items if item["part"] != part.pk]
    for row in attempt.answers.filter(number__in=asked).select_related("version"):
        save_answer(attempt_id=attempt.pk, number=row.number, response=row.version.key["right"], sequence=1)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt, quiz


def test_the_page_of_a_course_says_which_part_need_not_be_sat_again(
    client,
    learner,
    enrolment,
    lessons,
    test_page,
    host_clock,  # noqa: F811
):
    attempt, _quiz = _failed_by_its_second_part(enrolment, lessons, test_page)
    client.force_login(learner)
    address = reverse("courses:course", args=["CB-01"])

    page, result = client.get(address).text, client.get(result_of(attempt)).text
    attempt.refresh_from_db()
    until = clock.shown_moment(months_later(timezone.localtime(attempt.finished_at), 12))
    host_clock.shift(timedelta(days=366))
    client.force_login(learner)
    later = client.get(address).text

    kept = f"<li>Trắc nghiệm: 10,00, nếu bắt đầu làm trước {until}</li>"
    assert (kept in page, kept in result) == (True, True)
    assert "<li>Thực hành: 0,00, phải đạt 5,00</li>" in result
    assert "<li>Trắc nghiệm: 10,00, phải đạt" not in result
    assert "Điểm đạt: Thực hành" in page
    assert "Trắc nghiệm: 10,00" not in later
    assert "giữ 12 tháng" in later


def test_a_hidden_mark_is_not_told_by_what_is_kept(
    client,
    catalogue,
    learner,
    enrolment,
    lessons,
    test_page,
):
    attempt, quiz = _failed_by_its_second_part(enrolment, lessons, test_page)
    quiz.review = {"after": ["right_or_wrong"]}
    quiz.save()
    client.force_login(learner)

    page, result = client.get(COURSE).text, client.get(result_of(attempt)).text

    assert ("<li>Trắc nghiệm, nếu bắt đầu làm trước" in page, "10,00" in page + result) == (True, False)
    assert "phải đạt" not in result


# --- What is read before a test is begun -----------------------------------------


@pytest.fixture
def grant(learner, admin, test_page):
    """Grants something to the learner, for every test, or for this one where it is a window."""

    def granted(**fields):
        quiz = test_page.quiz if {"opens_at", "closes_at"} & fields.keys() else None
        return accommodate(staff_member=learner.staff_member, by=admin, quiz=quiz, reason="QĐ 12", **fields)

    return granted


def test_more_time_is_said_before_the_clock_starts(browser, learnt, grant):
    grant(extra_percent=50)

    text = browser.get(COURSE).text

    assert "38 phút, trong đó 13 phút là thời gian anh/chị được cho thêm" in text
    assert "đồng hồ bắt đầu chạy: 38 phút." in text


def test_a_window_that_cuts_the_time_is_said_before_the_clock_starts(browser, learnt, grant):
    now = timezone.now().replace(second=0, microsecond=0)
    grant(opens_at=now - timedelta(hours=1), closes_at=now + timedelta(minutes=18))

    with time_machine.travel(now, tick=False):
        text = browser.get(COURSE).text

    assert "đồng hồ bắt đầu chạy: chỉ còn 18 phút" in text
    assert "Làm bài kiểm tra</button>" in text


def test_before_and_after_her_window_nobody_is_offered_a_button(browser, learnt, grant):
    now = timezone.now().replace(second=0, microsecond=0)
    grant(opens_at=now + timedelta(hours=2), closes_at=now + timedelta(hours=4))
    texts = {}

    for hours in (0, 3, 5):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            texts[hours] = browser.get(COURSE).text

    assert "Anh/chị bắt đầu làm bài được từ" in texts[0]
    assert "Bài kiểm tra đã đóng lúc" in texts[5]
    assert ["Làm bài kiểm tra</button>" in text for text in texts.values()] == [False, True, False]


def test_somebody_without_an_arrangement_reads_the_time_of_the_test(browser, learnt):
    text = browser.get(COURSE).text

    assert "đồng hồ bắt đầu chạy: 25 phút." in text
    assert "được cho thêm" not in text
