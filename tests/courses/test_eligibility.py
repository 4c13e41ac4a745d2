"""Planners know before the candidate does who could not press Start, mend what one action mends, decide on lessons."""

from datetime import date

import pytest
from django.urls import reverse

from courses.models import Enrolment, Qualification
from courses.services import complete_lesson, enrol, settle_sitting, start_test
from courses.tasks import settle_forgotten
from quizzes.eligibility import hindrances
from quizzes.enums import FinishCause
from quizzes.errors import StartRefused
from quizzes.services import add_seats, change_session, end_session, finalise, record_decision, save_answer
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.conftest import START, host_clock  # noqa: F401 - a fixture
from tests.quizzes.helpers import right_of
from tests.quizzes.sessions import BOARD, a_seat, a_session, started

pytestmark = pytest.mark.django_db
QUERIES = 10
WAIVER = "Quyết định số 7/QĐ-SNV"


@pytest.fixture
def session(host_clock, test_page, commune, examiner):  # noqa: F811
    return a_session(test_page.quiz, commune, invigilators=[examiner])


def said(session, person):
    return [hindrance.words for hindrance in hindrances(session, [person.pk]).get(person.pk, ())]


def test_what_is_said_beforehand_is_what_start_refuses(session, enrolment, lessons, learner, examiner, test_page):
    person, stranger = learner.staff_member, StaffMemberFactory()
    lessons_left = f"còn {len(lessons)} bài học chưa hoàn thành"
    before = said(session, person), said(session, stranger)
    seat = a_seat(session, person)
    with pytest.raises(StartRefused):
        started(seat, examiner)
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    after = said(session, person)
    for _attempt in range(test_page.quiz.attempts_allowed):
        finalise(attempt=start_test(enrolment=enrolment, test=test_page), cause=FinishCause.SUBMITTED)
        test_page.quiz.retry_after_hours = 0

    assert before == ([lessons_left], ["chưa ghi danh khóa học", lessons_left])
    assert after == []
    assert said(session, person) == [f"đã hết {test_page.quiz.attempts_allowed} lượt làm bài"]


def test_the_organiser_is_warned_and_enrols_whom_only_that_hinders(client, hr, session, lessons, learner, course):
    client.force_login(hr)
    page = reverse("exam_sessions:session", args=[session.pk])
    added = client.post(
        reverse("exam_sessions:seats", args=[session.pk]), {"codes": learner.staff_code}, follow=True
    ).text
    without = client.post(page, {"action": "enrol"}, follow=True).text
    nobody = Enrolment.objects.count()
    change_session(session=session, by=hr, lessons_waived_by=WAIVER)
    offered = client.get(page).text
    client.post(page, {"action": "enrol"})
    client.post(page, {"action": "enrol"})

    assert ["1 người trong số này" in added, "chưa ghi danh khóa học" in added] == [True, True]
    assert (nobody, "Ghi danh 1 thí sinh" in without, "Ghi danh 1 thí sinh" in offered) == (0, False, True)
    enrolment = Enrolment.objects.get()
    assert (enrolment.staff_member, enrolment.course, enrolment.enrolled_by) == (learner.staff_member, course, hr)
    assert "chưa thể bắt đầu" not in client.get(page).text


def test_the_console_and_the_candidate_know_it_before_start(client, examiner, session, learner, lessons):
    seat = a_seat(session, learner.staff_member)
    client.force_login(examiner)
    console = client.get(reverse("exam_sessions:console", args=[session.pk])).text
    client.force_login(learner)
    own = client.get(reverse("exam_sessions:seat", args=[seat.pk])).text

    assert ["chưa ghi danh khóa học" in text for text in (console, own)] == [True, True]


def test_a_pass_without_the_lessons_counts_from_the_day_the_last_of_them_is_finished(
    client,
    session,
    enrolment,
    lessons,
    learner,
    examiner,
    admin,
    hr,
    host_clock,  # noqa: F811
):
    change_session(session=session, by=hr, lessons_waived_by=WAIVER)
    attempt = started(a_seat(session, learner.staff_member), examiner)
    for item in attempt.paper.items:
        if item["options"]:
            number = item["number"]
            right = right_of(attempt, number)
            save_answer(attempt_id=attempt.pk, number=number, response=right, sequence=1, device="pc-1")
    end_session(session=session, by=examiner)
    host_clock.move_to(START.replace(month=12, day=9))
    record_decision(session=session, number="45/QĐ-HĐT", decided_on=date(2026, 12, 9), by=admin, members=BOARD)
    settle_sitting(attempt_id=attempt.pk)
    settle_forgotten()
    client.force_login(learner)
    told = client.get(reverse("quizzes:result", args=[attempt.pk])).text
    before = Qualification.objects.count()
    host_clock.move_to(START.replace(month=12, day=12))
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)

    qualification = Qualification.objects.get()
    assert (before, f"khi học xong {len(lessons)} bài còn lại" in told) == (0, True)
    assert (qualification.valid_from, qualification.is_supervised) == (date(2026, 12, 12), True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_candidates_of_a_course_are_looked_at_in_the_same_queries(
    session, lessons, course, count, django_assert_num_queries
):
    people = [StaffMemberFactory() for _person in range(count)]
    add_seats(session=session, people=people, by=None)
    for person in people:
        enrol(staff_member=person, course=course)

    # the quiz, its page, the course, enrolments, lessons, those that were read, sittings, arrangements, when attempts
    # ended, what is begun elsewhere
    with django_assert_num_queries(QUERIES):
        found = hindrances(session, [person.pk for person in people])

    assert len(found) == count
