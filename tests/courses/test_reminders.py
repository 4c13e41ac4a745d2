"""Who is told of a requirement, when, and that nobody is told twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from courses.enums import ExemptionKind, Origin
from courses.models import ReminderRound, Track
from courses.services import add_requirement, exempt, grant_qualification, remind, reminders
from staff.enums import PostingStatus
from staff.models import Letter, Notice, Posting
from tests.factories.staff import AudienceRuleFactory, PostingFactory

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)


@pytest.fixture
def requirement(course, learner):
    return add_requirement(
        code="YC-1",
        audience=AudienceRuleFactory().audience,
        track=course.track,
        course=course,
        valid_from=date(2026, 1, 1),
        legal_basis="Kế hoạch số 1",
        due_on=DUE,
        back_dated_because="Thử nghiệm",
    )


def _on(day, hour=3):
    """A moment of that day; 3 o'clock UTC is 10 in the morning there."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False)


def _rounds(days):
    """What was told in the rounds of so many days around the due date: (days left, kind)."""
    told = []
    for left in days:
        day = DUE - timedelta(days=left)
        with _on(day):
            before = set(Notice.objects.values_list("pk", flat=True))
            remind()
            told += [(left, notice.kind) for notice in Notice.objects.exclude(pk__in=before)]
    return told


def test_a_learner_is_told_when_bound_and_at_each_date_once(requirement):
    assert _rounds(range(60, -40, -1)) == [
        (60, "requirement.bound"),
        (30, "requirement.due"),
        (7, "requirement.due"),
        (0, "requirement.due"),
        (-7, "requirement.overdue"),
        (-30, "requirement.overdue"),
    ]


def test_several_things_of_one_day_are_one_letter_and_a_notice_each(requirement, course, learner):
    for code in ("YC-2", "YC-3"):
        add_requirement(
            code=code,
            audience=requirement.audience,
            track=course.track,
            course=course,
            valid_from=date(2026, 1, 1),
            legal_basis=f"Kế hoạch {code}",
            due_on=DUE,
            back_dated_because="Thử nghiệm",
        )

    with _on(DUE - timedelta(days=60)):
        for _time in range(2):
            remind()

    notices = Notice.objects.filter(staff_member=learner.staff_member)
    (letter,) = Letter.objects.all()
    assert (notices.count(), letter.notices.count()) == (3, 3)
    assert letter.subject == "Anh/chị có 3 việc học cần lưu ý"
    assert [letter.body.count(words) for words in ("Kế hoạch số 1", "Kế hoạch YC-2", "/viec-hoc/")] == [1, 1, 1]
    assert [letter.body.count(notice.title) for notice in notices] == [3, 3, 3]  # they bear the same title


def test_rounds_that_were_missed_are_not_made_up_for(requirement):
    assert _rounds([60, 5, 4, -8, -9]) == [
        (60, "requirement.bound"),
        (5, "requirement.due"),
        (-8, "requirement.overdue"),
    ]


def test_who_is_bound_late_hears_the_date_with_it_and_then_the_next_stage_only(requirement):
    assert _rounds([20, 19, 18, 7, 6]) == [(20, "requirement.bound"), (7, "requirement.due")]


def test_who_is_done_is_left_alone(requirement, learner, course):
    _rounds([60])
    grant_qualification(
        staff_member=learner.staff_member,
        track=course.track,
        course=course,
        origin=Origin.RECOGNISED,
        valid_from=DUE - timedelta(days=50),
    )

    assert _rounds([30, 7, 0, -7, -30]) == []


def test_who_is_let_off_is_left_alone(requirement, learner, course):
    exempt(
        staff_member=learner.staff_member,
        track=course.track,
        kind=ExemptionKind.EXEMPT,
        reason="x",
        decision_number="1",
        valid_from=date(2026, 1, 1),
        back_dated_because="Thử nghiệm",
    )

    assert _rounds([60, 30, 0]) == []


def test_who_is_on_leave_is_told_when_back(requirement):
    Posting.objects.update(status=PostingStatus.LEAVE)
    away = _rounds([60, 30])
    Posting.objects.update(status=PostingStatus.ACTIVE)

    assert (away, _rounds([20, 7])) == ([], [(20, "requirement.bound"), (7, "requirement.due")])


def test_the_same_day_twice_tells_once_and_before_six_nobody(requirement):
    with _on(DUE, hour=22):  # five in the morning of the day after
        early = remind()
    with _on(DUE):
        rounds = [remind(), remind()]

    assert (early, rounds) == (0, [1, 0])


def test_a_round_cut_short_goes_on_and_tells_everybody_once(requirement, office, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 2)
    monkeypatch.setattr(reminders, "BATCHES", 1)
    PostingFactory.create_batch(6, unit=office)
    with _on(DUE):
        first = remind()
        ReminderRound.objects.update(last_person_id=0)  # as if the row had been lost
        rest = [remind() for _minute in range(6)]

    assert first + sum(rest) == 7
    assert Notice.objects.values("staff_member").distinct().count() == Notice.objects.count() == 7


def test_the_words_say_what_by_when_and_why(requirement, course):
    _rounds([60, 7, -7])

    assert [(notice.title, notice.path) for notice in Notice.objects.order_by("pk")] == [
        (f"Anh/chị cần học: {course.title}, hạn 31/12/2026", "/viec-hoc/"),
        (f"Còn 7 ngày: {course.title}", "/viec-hoc/"),
        (f"Quá hạn từ 31/12/2026: {course.title}", "/viec-hoc/"),
    ]
    assert "Kế hoạch số 1" in Notice.objects.earliest("pk").text


def test_a_new_version_of_the_requirement_is_told_anew(requirement, course):
    _rounds([60])
    add_requirement(
        code="YC-1",
        audience=requirement.audience,
        track=Track.objects.get(pk=course.track_id),
        course=course,
        valid_from=DUE - timedelta(days=50),
        legal_basis="Kế hoạch số 2",
        due_on=DUE,
        back_dated_because="Thử nghiệm",
    )

    assert _rounds([49]) == [(49, "requirement.bound")]
