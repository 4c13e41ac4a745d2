"""Heads hear of who is a week overdue, HR officers of who is a month; both get a digest each week; nobody twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from courses.enums import Origin, ToldLevel
from courses.models import Escalation, OpenObligation, ReminderRound
from courses.services import add_requirement, escalation, grant_qualification, remind
from staff.enums import Capability, PostingStatus
from staff.models import Notice, Posting, Scope
from tests.factories.staff import AudienceRuleFactory, PostingFactory, ScopeFactory

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)  # a Thursday


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


@pytest.fixture
def passed(course):
    """Everybody but the learner has what is asked."""

    def passed(*users):
        for user in users:
            grant_qualification(
                staff_member=user.staff_member,
                track=course.track,
                course=course,
                origin=Origin.RECOGNISED,
                valid_from=date(2026, 2, 1),
            )

    return passed


def _told(days, kind):
    """(days after the due date, who) of the notices of this kind, in the rounds of ``days``."""
    found = []
    for after in days:
        with time_machine.travel(_noon(DUE + timedelta(days=after)), tick=False):
            before = set(Notice.objects.values_list("pk", flat=True))
            remind()
            new = Notice.objects.filter(kind=kind).exclude(pk__in=before).order_by("pk")
            found += [(after, (n.staff_member or n.user).full_name) for n in new]
    return found


def _noon(day):
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def test_the_head_hears_after_a_week_the_officer_after_a_month_each_once(requirement, learner, hr, head, passed):
    passed(hr, head)

    assert _told(range(-2, 45), "obligations.overdue") == [(7, head.full_name), (30, hr.full_name)]
    assert sorted(Escalation.objects.values_list("staff_member__full_name", "due_on", "level")) == [
        (learner.full_name, DUE, ToldLevel.HEAD),
        (learner.full_name, DUE, ToldLevel.HR),
    ]
    assert [list(e.notices.values_list("kind", flat=True)) for e in Escalation.objects.all()] == [
        ["obligations.overdue"],
        ["obligations.overdue"],
    ]


def test_one_notice_names_everybody_of_the_day_and_says_what_and_since_when(
    requirement, office, hr, head, passed, course
):
    passed(hr, head)
    for number in range(11):
        PostingFactory(unit=office, staff_member__full_name=f"Lê Thị {'ABCDEGHIKLM'[number]}")

    _told([7], "obligations.overdue")

    [notice] = Notice.objects.filter(kind="obligations.overdue")
    lines = notice.text.splitlines()
    assert notice.title == "12 người trong đơn vị của anh/chị quá hạn từ 7 ngày trở lên"
    assert lines[0] == f"Lê Thị A, {office.name_in_place}: {course.title}, hạn 31/12/2026"
    assert (len(lines), lines[-1]) == (11, "và 2 dòng nữa")
    assert notice.path == "/can-bo/nhac-viec/?muc=qua-han"


def test_only_the_nearest_are_told_and_others_elsewhere_never(
    requirement, commune, province, hr, head, other_hr, passed
):
    passed(hr, head, other_hr)
    above = ScopeFactory(unit=province, capability=Capability.HR).user

    first = _told([30], "obligations.overdue")
    Scope.objects.filter(user=hr).update(valid_until=DUE)
    Escalation.objects.all().delete()

    assert first == [(30, head.full_name), (30, hr.full_name)]
    # With nobody nearer the one above hears it.
    assert _told([31], "obligations.overdue") == [(31, head.full_name), (31, above.full_name)]


def test_who_has_done_it_or_is_on_leave_is_no_news(requirement, learner, hr, head, passed):
    passed(hr, head)
    Posting.objects.filter(staff_member=learner.staff_member).update(status=PostingStatus.LEAVE)

    away = _told([7, 31], "obligations.overdue")
    Posting.objects.update(status=PostingStatus.ACTIVE)
    passed(learner)

    assert (away, _told([32], "obligations.overdue")) == ([], [])
    assert OpenObligation.objects.count() == 0


def test_a_digest_comes_once_a_week_and_says_how_many_are_to_learn_what(
    requirement, learner, hr, head, other_hr, passed
):
    passed(hr, head, other_hr)

    # From Monday 28 December on: the week of the date, and the two after it.
    assert _told(range(-3, 16), "obligations.digest") == [
        (day, user.full_name) for day in (-3, 4, 11) for user in (hr, head)
    ]
    digests = Notice.objects.filter(kind="obligations.digest", staff_member=hr.staff_member).order_by("pk")
    assert list(digests.values_list("text", flat=True)) == [
        f"1 người có hạn trong 30 ngày tới.\n- {requirement.course.title}: 1 người có hạn trong 30 ngày tới.",
        f"1 người đã quá hạn.\n- {requirement.course.title}: 1 người đã quá hạn.",
        f"1 người đã quá hạn.\n- {requirement.course.title}: 1 người đã quá hạn.",
    ]


def test_a_digest_counts_a_person_once_above_and_once_with_each_thing_to_learn(
    requirement, course, learner, hr, head, passed
):
    passed(hr, head)
    add_requirement(
        code="YC-2",
        audience=requirement.audience,
        track=course.track,
        valid_from=date(2026, 1, 1),
        legal_basis="Kế hoạch số 2",
        due_on=DUE + timedelta(days=20),
        back_dated_because="Thử nghiệm",
    )

    _told([4], "obligations.digest")

    digest = Notice.objects.get(kind="obligations.digest", staff_member=hr.staff_member)
    assert digest.text.splitlines() == [
        "1 người đã quá hạn. 3 người có hạn trong 30 ngày tới.",
        f"- {course.title}: 1 người đã quá hạn.",
        f"- {course.track.name}: 3 người có hạn trong 30 ngày tới.",
    ]


def test_work_that_was_cut_short_goes_on_and_tells_everybody_once(requirement, office, hr, head, passed, monkeypatch):
    passed(hr, head)
    ScopeFactory.create_batch(3, unit=office, capability=Capability.HR)
    monkeypatch.setattr(escalation, "AT_ONCE", 1)

    with time_machine.travel(_noon(DUE + timedelta(days=32)), tick=False):
        for _minute in range(9):
            remind()
        ReminderRound.objects.update(told_above_at=None, digests_sent_at=None, last_reader_id=0)
        for _minute in range(9):
            remind()
        this = ReminderRound.objects.get()

    assert Notice.objects.filter(kind="obligations.overdue").count() == 4  # the head, three officers of the office
    assert Notice.objects.filter(kind="obligations.digest").count() == 5
    assert None not in (this.told_above_at, this.digests_sent_at)


def test_a_round_writes_down_what_is_open(requirement, learner, office, hr, head, passed):
    passed(hr, head)
    _told([0], "")

    assert list(OpenObligation.objects.values_list("staff_member", "requirement", "unit", "due_on", "as_of")) == [
        (learner.staff_member_id, requirement.pk, office.pk, DUE, DUE)
    ]
