"""What is granted to one person: for one test or for every later one, and at once to an attempt that runs."""

from datetime import timedelta

import pytest
from wagtail.models import ModelLogEntry

from quizzes.enums import FinishCause, ReviewItem
from quizzes.errors import AccommodationRefused, NoAttemptsLeft, NotOpenYet
from quizzes.models import Accommodation
from quizzes.queries import shown_of
from quizzes.services import (
    accommodate,
    end_accommodation,
    finalise,
    move_deadline,
    publish_quiz,
    start_attempt,
)
from quizzes.terms import terms_for
from staff import clock
from staff.models import Notice
from tests.factories.quizzes import PartFactory, QuizFactory, SectionFactory
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.conftest import START

pytestmark = pytest.mark.django_db


def at(minutes):
    return START + timedelta(minutes=minutes)


@pytest.fixture
def grant(learner, admin):
    def granted(**fields):
        return accommodate(staff_member=learner.staff_member, by=admin, **{"reason": "QĐ 12", **fields})

    return granted


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ([{"extra_minutes": 10}], 10),
        ([{"extra_percent": 25}], 7),  # of 25 minutes, rounded up
        ([{"extra_minutes": 10, "extra_percent": 50}], 13),
        ([{"extra_minutes": 10}, {"extra_minutes": 15}], 15),
        ([{"extra_attempts": 1}], 0),
    ],
)
def test_the_largest_of_what_was_granted_counts(quiz, learner, grant, host_clock, given, minutes):
    for fields in given:
        grant(**fields)

    assert start_attempt(quiz=quiz, staff_member=learner.staff_member).deadline == at(25 + minutes)


def test_it_holds_for_every_later_exam_of_this_person_only(quiz, categories, learner, grant, host_clock):
    grant(extra_minutes=10)
    later = QuizFactory(time_limit=40)
    SectionFactory(part=PartFactory(quiz=later), category=categories[0])
    later = publish_quiz(quiz=later)

    assert start_attempt(quiz=later, staff_member=learner.staff_member).deadline == at(50)
    assert start_attempt(quiz=quiz, staff_member=StaffMemberFactory()).deadline == at(25)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"extra_attempts": 1, "quiz": True}, "Từ ngày 23/11/2026, khi làm bài kiểm tra “{title}”, anh/chị được: "),
        ({"extra_minutes": 10}, "Từ ngày 23/11/2026, khi làm mọi bài thi, anh/chị được: thêm 10 phút."),
        (
            {"extra_minutes": 10, "valid_until": START.date()},
            "Từ ngày 23/11/2026 đến ngày 23/11/2026, khi làm mọi bài thi, anh/chị được: thêm 10 phút.",
        ),
    ],
)
def test_the_person_is_told_once_what_was_granted_and_taken_back_and_not_why(
    quiz, learner, grant, admin, host_clock, fields, said
):
    fields = fields | ({"quiz": quiz} if "quiz" in fields else {})
    for _time in range(2):
        row = grant(reason="QĐ 12: mổ mắt", **fields)
    for _time in range(2):
        end_accommodation(accommodation=row, by=admin, reason="đã khỏe")

    granted, ended = Notice.objects.filter(kind="quizzes.accommodation").order_by("pk")
    assert granted.text.startswith(said.format(title=quiz.title))
    assert ended.text.startswith("Không còn hiệu lực")
    assert {granted.staff_member, ended.staff_member} == {learner.staff_member}
    assert [word in granted.text + ended.text for word in ("mổ mắt", "đã khỏe")] == [False, False]


def test_one_given_for_another_quiz_changes_nothing(quiz, learner, grant, host_clock):
    grant(extra_minutes=10, quiz=QuizFactory())

    assert start_attempt(quiz=quiz, staff_member=learner.staff_member).deadline == at(25)


@pytest.mark.parametrize(
    ("first", "last", "minutes"), [(0, 0, 35), (0, None, 35), (1, None, 25), (-5, -1, 25), (-5, 0, 35)]
)
def test_it_holds_from_its_first_to_its_last_day(quiz, learner, grant, host_clock, first, last, minutes):
    today = clock.today()
    until = None if last is None else today + timedelta(days=last)
    grant(extra_minutes=10, valid_from=today + timedelta(days=first), valid_until=until)

    assert start_attempt(quiz=quiz, staff_member=learner.staff_member).deadline == at(minutes)


def test_a_running_attempt_gets_it_at_once_beside_what_the_invigilator_added(attempt, grant, examiner):
    move_deadline(attempt=attempt, deadline=at(30), by=examiner, reason="mất điện")
    grant(extra_minutes=10)
    attempt.refresh_from_db()
    first = attempt.deadline
    grant(extra_minutes=12)
    attempt.refresh_from_db()

    assert (first, attempt.deadline, attempt.extra_minutes) == (at(40), at(42), 12)
    entry = ModelLogEntry.objects.filter(action="quizzes.move_deadline").order_by("pk").last()
    assert entry.data["to"] == at(42).isoformat()


def test_the_window_cuts_more_time_and_an_own_window_gives_it(quiz, learner, grant, host_clock):
    quiz.closes_at = at(30)
    quiz.save()
    grant(extra_minutes=10)
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    cut = attempt.deadline
    grant(quiz=quiz, closes_at=at(60))
    attempt.refresh_from_db()

    assert (cut, attempt.deadline) == (at(30), at(35))


def test_an_own_window_opens_earlier_and_closes_later(quiz, learner, grant, host_clock):
    quiz.opens_at, quiz.closes_at = at(60), at(120)
    quiz.save()
    with pytest.raises(NotOpenYet):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)
    grant(quiz=quiz, opens_at=at(0), closes_at=at(20))

    assert start_attempt(quiz=quiz, staff_member=learner.staff_member).deadline == at(20)


def test_an_attempt_that_is_over_is_not_opened_again(attempt, grant, host_clock):
    host_clock.shift(timedelta(minutes=25, seconds=10))
    grant(extra_minutes=30)
    attempt.refresh_from_db()

    assert attempt.deadline == at(25)


def test_more_attempts_and_the_answers_stay_hidden_until_they_are_used(quiz, learner, grant, host_clock):
    quiz.attempts_allowed = 1
    quiz.save()
    first = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=first, cause=FinishCause.SUBMITTED)
    first.refresh_from_db()
    with pytest.raises(NoAttemptsLeft):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)
    shown_before = ReviewItem.KEY in shown_of(first)
    grant(extra_attempts=1)
    shown_between = ReviewItem.KEY in shown_of(first)
    second = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=second, cause=FinishCause.SUBMITTED)
    second.refresh_from_db()

    assert (shown_before, shown_between, ReviewItem.KEY in shown_of(second)) == (True, False, True)
    with pytest.raises(NoAttemptsLeft):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)


def test_nobody_sees_answers_while_somebody_still_sits_in_a_window_of_her_own(quiz, learner, admin, host_clock):
    quiz.closes_at = at(30)
    quiz.save()
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    attempt.refresh_from_db()
    accommodate(staff_member=StaffMemberFactory(), quiz=quiz, closes_at=at(90), reason="QĐ 12", by=admin)
    host_clock.shift(timedelta(minutes=60))
    while_sitting = ReviewItem.KEY in shown_of(attempt)
    host_clock.shift(timedelta(minutes=60))

    assert (while_sitting, ReviewItem.KEY in shown_of(attempt)) == (False, True)


def test_taken_back_it_holds_for_no_new_attempt_and_shortens_none(quiz, attempt, learner, grant, admin):
    row = grant(extra_minutes=10)
    end_accommodation(accommodation=row, by=admin, reason="hết thời hạn")
    end_accommodation(accommodation=row, by=admin, reason="lần hai")
    attempt.refresh_from_db()
    row.refresh_from_db()

    assert (attempt.deadline, row.ended_reason) == (at(35), "hết thời hạn")
    assert terms_for(quiz, learner.staff_member_id).extra == timedelta()


def test_asked_twice_it_is_granted_once_and_the_log_does_not_tell_why(grant, admin):
    grant(extra_minutes=10, reason="khuyết tật vận động, QĐ 12")
    grant(extra_minutes=10, reason="khuyết tật vận động, QĐ 12")

    row = Accommodation.objects.get()
    entry = ModelLogEntry.objects.get(action="quizzes.accommodate")
    assert (row.decided_by, entry.user) == (admin, admin)
    assert "khuyết" not in str(entry.data)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"extra_minutes": 10, "reason": "  "},
        {"extra_minutes": 601},
        {"extra_percent": 301},
        {"extra_attempts": 11},
        {"closes_at": START},
    ],
)
def test_what_grants_nothing_or_too_much_is_refused(grant, wrong):
    with pytest.raises(AccommodationRefused):
        grant(**wrong)

    assert not Accommodation.objects.exists()


def test_a_window_of_the_wrong_way_round_is_refused(grant, quiz):
    with pytest.raises(AccommodationRefused):
        grant(quiz=quiz, opens_at=at(10), closes_at=at(10))


def test_practice_gets_no_more_time(quiz, learner, grant, host_clock):
    grant(extra_minutes=10)
    quiz.purpose = "practice"

    assert terms_for(quiz, learner.staff_member_id).extra == timedelta()
