"""A course's test in an exam session: a sitting as any other, whose result is provisional until the board decides."""

from datetime import date

import pytest
from django.urls import reverse

from certificates.models import RegradeImpact
from certificates.services import note_impacts
from courses.errors import LessonsFirst, NotEnrolled
from courses.models import Qualification, Sitting
from courses.services import complete_lesson, settle_sitting
from courses.tasks import settle_forgotten
from quizzes.services import answer_review, ask_for_review, end_session, save_answer
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.conftest import host_clock  # noqa: F401 - a fixture
from tests.quizzes.helpers import right_of
from tests.quizzes.sessions import BOARD, a_seat, a_session, decided, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(host_clock, test_page, commune, examiner):  # noqa: F811
    return a_session(test_page.quiz, commune, invigilators=[examiner])


@pytest.fixture
def sat(session, enrolment, lessons, learner, examiner):
    """The learner answered everything right, and the session is over."""
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    attempt = started(a_seat(session, learner.staff_member), examiner)
    for item in attempt.paper.items:
        if item["options"]:
            number = item["number"]
            save_answer(
                attempt_id=attempt.pk, number=number, response=right_of(attempt, number), sequence=1, device="pc-1"
            )
    end_session(session=session, by=examiner)
    return attempt


def test_a_supervised_sitting_counts_for_the_enrolment_and_is_marked_as_such(sat, enrolment):
    assert Sitting.objects.get(enrolment=enrolment).attempt.is_supervised


def test_nothing_follows_from_a_passed_sitting_before_the_board_has_decided(sat, enrolment):
    assert sat.gradings.get().is_passed
    assert (settle_sitting(attempt_id=sat.pk), settle_forgotten()) == (None, 0)
    assert not Qualification.objects.exists()


def test_the_decision_of_the_board_grants_the_qualification(
    sat, session, enrolment, admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        decided(session, by=admin)

    qualification = Qualification.objects.get(enrolment=enrolment)
    assert (qualification.valid_from, qualification.mark) == (date(2026, 11, 23), sat.gradings.get().mark)


def test_a_lost_message_of_the_board_is_found_by_the_sweeper(sat, session, enrolment, admin):
    decided(session, by=admin)

    assert (settle_forgotten(), settle_forgotten()) == (1, 0)


def test_who_has_not_finished_the_lessons_does_not_start(session, enrolment, learner, examiner):
    with pytest.raises(LessonsFirst):
        started(a_seat(session, learner.staff_member), examiner)


def test_who_is_not_enrolled_does_not_start(session, examiner):
    with pytest.raises(NotEnrolled):
        started(a_seat(session, StaffMemberFactory()), examiner)


def test_a_failed_candidate_begins_nothing_alone_before_the_board_has_decided(
    client, session, enrolment, lessons, learner, examiner, test_page, admin
):
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    attempt = started(a_seat(session, learner.staff_member), examiner)
    end_session(session=session, by=examiner)
    client.force_login(learner)
    begin = reverse("courses:start_test", args=["CB-01"])

    def offered():
        result = client.get(reverse("quizzes:result", args=[attempt.pk])).text
        return "#kiem-tra" in result, begin in client.get(reverse("courses:course", args=["CB-01"])).text

    before, told = offered(), client.post(begin, follow=True).text
    decided(session, by=admin)

    assert (before, offered()) == ((False, False), (True, True))
    assert "tạm thời" in told
    assert Sitting.objects.count() == 1


def test_where_the_course_needs_an_invigilator_the_next_sitting_is_called_a_session(
    client, session, enrolment, lessons, learner, examiner, admin
):
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    attempt = started(a_seat(session, learner.staff_member), examiner)
    end_session(session=session, by=examiner)
    decided(session, by=admin)
    type(enrolment.course).objects.update(needs_supervision=True)
    client.force_login(learner)

    page = client.get(reverse("quizzes:result", args=[attempt.pk])).text

    assert ("Lần tiếp theo là một ca" in page, "#kiem-tra" in page) == (True, False)


def test_a_remarking_after_the_decision_stands_on_the_list_of_changed_marks(
    session, enrolment, lessons, learner, examiner, admin
):
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    attempt = started(a_seat(session, learner.staff_member), examiner)
    for item in attempt.paper.items[1:]:
        number = item["number"]
        save_answer(attempt_id=attempt.pk, number=number, response=right_of(attempt, number), sequence=1, device="pc-1")
    end_session(session=session, by=examiner)
    request = ask_for_review(attempt=attempt, reason="Câu 1")
    decided(session, by=admin)
    qualification = settle_sitting(attempt_id=attempt.pk)

    answer_review(
        request=request,
        answer="Đúng",
        by=admin,
        credited={attempt.paper.items[0]["number"]: "Hai đáp án"},
        members=BOARD,
    )

    assert note_impacts() == 1
    assert RegradeImpact.objects.get().qualification == qualification
