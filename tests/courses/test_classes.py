"""Classes held in a room: who is sent, who was there, and that being there is never a pass."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from courses.enums import ClassState, NominationState
from courses.errors import ClassRefused
from courses.models import Attendance, Enrolment, Nomination, Qualification, TestPage
from courses.services import (
    add_meeting,
    cancel_class,
    change_class,
    class_hosts,
    close_class,
    complete_lesson,
    confirm_nominations,
    enrol,
    record_attendance,
    remove_meeting,
    withdraw_nomination,
)
from courses.services.class_hosts import hand_on_classes
from courses.services.classes import Mark, attended_by, digest_of
from courses.services.learning import lessons_missing
from staff import clock
from staff.models import Letter, Notice, Unit
from tests.factories.classes import a_class, away, meetings_of, sent, there
from tests.factories.staff import PostingFactory, SuccessionFactory, UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(course, commune, hr):
    return a_class(course, commune, by=hr)


@pytest.fixture
def others(office):
    return [PostingFactory(unit=office).staff_member for _n in range(3)]


def told(person):
    return list(Notice.objects.filter(staff_member=person).order_by("pk").values_list("title", flat=True))


def closed(found, by=None):
    return close_class(class_session=found, by=by, shown=digest_of(attended_by(found)))


# --- Planning -------------------------------------------------------------------------------------------------------


def test_a_class_counts_its_days_and_hours_from_its_sessions(found, hr):
    first, second = meetings_of(found, by=hr)
    found.refresh_from_db()
    both = (found.first_day, found.last_day, found.hours)
    remove_meeting(meeting=second, by=hr)
    found.refresh_from_db()

    assert both == (first.day, second.day, 8)
    assert (found.first_day, found.last_day, found.hours) == (first.day, first.day, 4)


def test_the_same_session_twice_is_one_and_one_that_overlaps_is_refused(found, hr):
    [meeting] = meetings_of(found, days=(1,), by=hr)

    again = meetings_of(found, days=(1,), by=hr)

    assert again == [meeting]
    with pytest.raises(ClassRefused, match="07:30–10:45"):
        add_meeting(class_session=found, day=meeting.day, begins=time(10, 0), ends=time(11, 0), hours=1, by=hr)
    assert found.meetings.count() == 1


def test_the_course_of_a_class_stays_once_somebody_was_sent(found, learner, hr):
    from tests.factories.unit_coverage import CourseFactory

    sent(found, learner.staff_member, by=hr)

    with pytest.raises(ClassRefused):
        change_class(class_session=found, by=hr, course=CourseFactory(track=found.course.track))


# --- Sending --------------------------------------------------------------------------------------------------------


def test_people_are_sent_by_a_decision_told_once_and_sending_again_changes_nothing(found, learner, hr):
    [row] = sent(found, learner.staff_member, by=hr)
    before = Nomination.objects.values().get(pk=row.pk)

    sent(found, learner.staff_member, by=hr)

    assert Nomination.objects.values().get() == before
    assert (row.state, row.decision_number) == (NominationState.CONFIRMED, "12/QĐ-UBND")
    assert row.unit == learner.staff_member.postings.get().unit
    assert told(learner.staff_member) == ["Anh/chị được cử đi học"]
    assert Letter.objects.filter(notices__staff_member=learner.staff_member, address=learner.email).count() == 1


def test_more_people_than_seats_send_nobody(course, commune, hr, others):
    found = a_class(course, commune, by=hr, seats=3)
    sent(found, others[0], by=hr)

    with pytest.raises(ClassRefused, match="3"):
        sent(found, *others, PostingFactory(unit=commune).staff_member, by=hr)
    sent(found, *others, by=hr)

    assert found.nominations.count() == 3
    with pytest.raises(ClassRefused):
        change_class(class_session=found, by=hr, seats=2)


def test_who_is_sent_by_another_unit_waits_to_be_confirmed(found, learner, other_hr, hr):
    [row] = sent(found, learner.staff_member, by=other_hr, is_organiser=False)
    waiting = row.state

    count = confirm_nominations(class_session=found, nominations=[row.pk], by=hr)
    again = confirm_nominations(class_session=found, nominations=[row.pk], by=hr)
    row.refresh_from_db()

    assert (waiting, row.state, count, again) == (NominationState.NOMINATED, NominationState.CONFIRMED, 1, 0)
    assert told(learner.staff_member) == ["Anh/chị được đề cử vào một lớp", "Anh/chị được cử đi học"]


def test_who_withdraws_stays_with_the_reason_frees_the_seat_and_may_come_back(course, commune, hr, others):
    found = a_class(course, commune, by=hr, seats=1)
    [row] = sent(found, others[0], by=hr)
    withdraw_nomination(nomination=row, reason="Nghỉ thai sản", by=hr)
    sent(found, others[1], by=hr)

    row.refresh_from_db()
    assert (row.state, row.withdrawn_because) == (NominationState.WITHDRAWN, "Nghỉ thai sản")
    with pytest.raises(ClassRefused):
        sent(found, others[0], by=hr)
    withdraw_nomination(nomination=found.nominations.get(staff_member=others[1]), reason="x", by=hr)
    sent(found, others[0], by=hr)
    row.refresh_from_db()
    assert (row.state, row.withdrawn_because) == (NominationState.CONFIRMED, "")


def test_withdrawing_needs_a_reason_also_in_the_database(found, learner, hr):
    [row] = sent(found, learner.staff_member, by=hr)

    with pytest.raises(ClassRefused):
        withdraw_nomination(nomination=row, reason="  ", by=hr)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state=NominationState.WITHDRAWN)


def test_a_change_of_place_or_time_is_told_and_one_of_the_seats_is_not(found, learner, hr):
    sent(found, learner.staff_member, by=hr)

    change_class(class_session=found, by=hr, seats=30)
    quiet = told(learner.staff_member)
    change_class(class_session=found, by=hr, place="Phòng họp số 2")
    newest = Notice.objects.filter(staff_member=learner.staff_member).latest("pk")

    assert quiet == ["Anh/chị được cử đi học"]
    assert (newest.title, "Phòng họp số 2" in newest.text) == ("Lớp của anh/chị có thay đổi", True)


# --- Attendance -----------------------------------------------------------------------------------------------------


def test_attendance_is_noted_changed_and_taken_away_and_the_same_twice_changes_nothing(found, learner, hr):
    [meeting, _second] = meetings_of(found, by=hr)
    [row] = sent(found, learner.staff_member, by=hr)

    counts = [
        record_attendance(meeting=meeting, marks={row.pk: mark}, by=hr)
        for mark in (Mark(True), Mark(True), Mark(False, "Ốm"), Mark(False, "Ốm"), Mark(None), Mark(None))
    ]

    assert counts == [1, 0, 1, 0, 1, 0]
    assert not Attendance.objects.exists()


def test_nothing_is_noted_before_a_session_begins_of_the_unconfirmed_or_of_oneself(found, learner, hr, others):
    [today] = meetings_of(found, days=(1,), by=hr)
    [past] = meetings_of(found, days=(-1,), by=hr)
    [waiting] = sent(found, learner.staff_member, by=hr, is_organiser=False)
    [own] = sent(found, hr.staff_member, by=hr)

    with pytest.raises(ClassRefused, match="chưa bắt đầu"):
        record_attendance(meeting=today, marks={own.pk: Mark(True)}, by=None)
    with pytest.raises(ClassRefused, match="người khác"):
        record_attendance(meeting=past, marks={own.pk: Mark(True)}, by=hr)
    assert record_attendance(meeting=past, marks={waiting.pk: Mark(True)}, by=hr) == 0
    assert not Attendance.objects.exists()


def test_a_session_with_marks_stays_in_the_plan(found, learner, hr):
    [meeting, _second] = meetings_of(found, by=hr)
    there(meeting, *sent(found, learner.staff_member, by=hr))

    with pytest.raises(ClassRefused):
        remove_meeting(meeting=meeting, by=hr)


# --- Closing and cancelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("percent", "attended"), [(50, True), (51, False)])
def test_the_share_that_the_class_asks_for_decides_who_attended(course, commune, hr, learner, percent, attended):
    found = a_class(course, commune, by=hr, attendance_percent=percent)
    first, second = meetings_of(found, by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    there(first, row)
    away(second, row, "Họp đột xuất")

    [line] = attended_by(found)

    assert (line.hours, line.unmarked, line.has_attended) == (4, 0, attended)


def test_attended_is_never_passed(course, found, learner, hr):
    """Neither with nor without the course saying that attendance stands for its lessons."""
    for stands in (False, True):
        course.attendance_is_lessons = stands
        course.save()
        one = found if not stands else a_class(course, found.unit, by=hr, name="Lớp 02/2026")
        meetings = meetings_of(one, by=hr)
        rows = sent(one, learner.staff_member, by=hr)
        for meeting in meetings:
            there(meeting, *rows)
        closed(one, hr)

    enrolment = Enrolment.objects.get()
    assert not Qualification.objects.exists()
    assert (enrolment.passed_at, enrolment.lessons_by, lessons_missing(enrolment)) == (None, rows[0], 0)


def test_by_default_attendance_leaves_the_lessons_to_be_done(found, learner, hr, enrolment):
    [meeting, second] = meetings_of(found, by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    there(meeting, row)
    there(second, row)

    closed(found, hr)

    enrolment.refresh_from_db()
    assert (enrolment.completed_at, enrolment.lessons_by) == (None, None)


@pytest.fixture
def standing(course):
    """The course says that attendance stands for its lessons."""
    course.attendance_is_lessons = True
    course.save()
    return course


def attended(found, learner, hr):
    rows = sent(found, learner.staff_member, by=hr)
    for meeting in meetings_of(found, by=hr):
        there(meeting, *rows)
    return closed(found, hr)


def test_where_attendance_stands_for_lessons_the_test_opens_and_only_its_pass_qualifies(
    standing, found, learner, hr, test_page
):
    from courses.services import start_test

    attended(found, learner, hr)
    enrolment = Enrolment.objects.get(staff_member=learner.staff_member)

    attempt = start_test(enrolment=enrolment, test=test_page)

    assert (attempt.finished_at, Qualification.objects.count()) == (None, 0)


def test_who_attended_too_little_still_has_the_lessons_to_do(standing, found, learner, hr):
    first, _second = meetings_of(found, by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    there(first, row)

    closed(found, hr)

    assert not Enrolment.objects.exists()


def test_a_course_without_a_test_grants_nothing_by_attendance_and_not_later_either(
    standing, found, learner, hr, test_page, lessons
):
    attended(found, learner, hr)
    enrolment = Enrolment.objects.get(staff_member=learner.staff_member)
    TestPage.objects.filter(pk=test_page.pk).update(live=False)

    complete_lesson(enrolment=enrolment, lesson=lessons[0], revision_id=None)
    other = PostingFactory(unit=found.unit).staff_member
    second = a_class(standing, found.unit, by=hr, name="Lớp 02/2026")
    rows = sent(second, other, by=hr)
    for meeting in meetings_of(second, by=hr):
        there(meeting, *rows)
    closed(second, hr)

    assert not Qualification.objects.exists()
    assert not Enrolment.objects.filter(staff_member=other).exists()


def test_lessons_that_were_done_before_stay_what_closed_the_enrolment(standing, found, learner, hr, lessons):
    enrolment = enrol(staff_member=learner.staff_member, course=standing)
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)

    attended(found, learner, hr)

    enrolment.refresh_from_db()
    assert (enrolment.completed_at is None, enrolment.lessons_by) == (False, None)


def test_closing_takes_what_was_shown_or_nothing(found, learner, hr):
    first, second = meetings_of(found, by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    there(first, row)
    shown = digest_of(attended_by(found))
    there(second, row)

    with pytest.raises(ClassRefused):
        close_class(class_session=found, by=hr, shown=shown)
    found.refresh_from_db()

    assert found.state == ClassState.PLANNED


def test_a_class_is_closed_only_once_it_was_held(found, learner, hr):
    with pytest.raises(ClassRefused):
        closed(found, hr)
    meetings_of(found, days=(-1, 1), by=hr)
    sent(found, learner.staff_member, by=hr)
    with pytest.raises(ClassRefused):
        closed(found, hr)


def test_a_closed_class_stays_as_it_is(found, learner, hr, others):
    attended(found, learner, hr)
    [meeting, _second] = found.meetings.all()
    row = found.nominations.get()

    for verb in (
        lambda: change_class(class_session=found, by=hr, place="x"),
        lambda: sent(found, others[0], by=hr),
        lambda: away(meeting, row, by=hr),
        lambda: withdraw_nomination(nomination=row, reason="x", by=hr),
        lambda: remove_meeting(meeting=meeting, by=hr),
        lambda: cancel_class(class_session=found, by=hr, reason="x"),
    ):
        with pytest.raises(ClassRefused):
            verb()


def test_who_was_never_confirmed_leaves_the_list_when_the_class_is_closed(found, learner, hr, others):
    sent(found, others[0], by=hr, is_organiser=False)

    attended(found, learner, hr)

    states = dict(found.nominations.values_list("staff_member", "state"))
    assert states == {
        learner.staff_member.pk: NominationState.CONFIRMED,
        others[0].pk: NominationState.WITHDRAWN,
    }


def test_cancelling_needs_a_reason_and_tells_everybody_who_was_sent(found, learner, hr):
    sent(found, learner.staff_member, by=hr)

    with pytest.raises(ClassRefused):
        cancel_class(class_session=found, by=hr, reason=" ")
    cancel_class(class_session=found, by=hr, reason="Giảng viên ốm")
    found.refresh_from_db()

    assert (found.state, found.end_note) == (ClassState.CANCELLED, "Giảng viên ốm")
    assert told(learner.staff_member)[-1] == "Lớp của anh/chị bị hủy"


def test_a_class_in_which_people_were_is_not_cancelled(found, learner, hr):
    [meeting, _second] = meetings_of(found, by=hr)
    there(meeting, *sent(found, learner.staff_member, by=hr))

    with pytest.raises(ClassRefused):
        cancel_class(class_session=found, by=hr, reason="x")


def test_every_verb_is_in_the_log(found, learner, hr):
    attended(found, learner, hr)

    actions = set(ModelLogEntry.objects.filter(action__startswith="courses.class").values_list("action", flat=True))

    assert actions == {f"courses.class.{name}" for name in ("open", "meeting", "nominate", "attendance", "close")}


def test_a_session_begins_at_its_minute(found, hr):
    now = clock.now()
    [meeting] = meetings_of(found, days=(0,), by=hr)
    from django.utils import timezone

    local = timezone.localtime(now)
    meeting.begins = (local - timedelta(minutes=1)).time() if local.hour or local.minute else local.time()

    assert meeting.has_begun(now)
    assert not meeting.has_begun(now - timedelta(days=1))


# --- Hosts that close -----------------------------------------------------------------------------------------------


def _closes(unit, *followers, days_ago=1):
    last = clock.today() - timedelta(days=days_ago)
    Unit.objects.filter(pk=unit.pk).update(valid_until=last)
    for follower in followers:
        SuccessionFactory(predecessor=unit, successor=follower, effective_on=last + timedelta(days=1))


def test_a_planned_class_goes_to_the_unit_that_followed_its_host(found, commune, province, hr):
    between, last = UnitFactory(code="xa-1", parent=province), UnitFactory(code="xa-2", parent=province)
    change_class(class_session=found, by=hr, invites=commune)
    over = a_class(found.course, commune, by=hr)
    cancel_class(class_session=over, by=hr, reason="Không đủ người")

    assert hand_on_classes() == 0
    _closes(commune, between, days_ago=20)
    _closes(between, last)
    assert (hand_on_classes(), hand_on_classes()) == (1, 0)

    found.refresh_from_db()
    over.refresh_from_db()
    assert (found.unit, found.invites, over.unit) == (last, last, commune)
    entry = ModelLogEntry.objects.filter(action="courses.class.change").latest("pk")
    assert entry.data == {"unit": [commune.code, "xa-2"], "invites": [commune.code, "xa-2"]}


@pytest.mark.parametrize("followers", [0, 2])
def test_a_class_stays_where_several_follow_its_host_or_none(found, commune, province, followers):
    _closes(commune, *(UnitFactory(code=f"xa-{number}", parent=province) for number in range(followers)))

    assert hand_on_classes() == 0

    found.refresh_from_db()
    assert found.unit == commune


def test_classes_that_stay_do_not_stand_in_the_way_of_others(found, course, commune, province, hr, monkeypatch):
    monkeypatch.setattr(class_hosts, "BATCH", 1)
    other, follower = (UnitFactory(code=code, parent=province) for code in ("xa-7", "xa-8"))
    later = a_class(course, other, by=hr)
    _closes(commune, *(UnitFactory(code=f"xa-{number}", parent=province) for number in range(2)))
    _closes(other, follower)

    assert hand_on_classes() == 1

    later.refresh_from_db()
    assert later.unit == follower


def test_a_unit_that_closes_today_hosts_its_classes_until_the_evening(found, commune, province):
    _closes(commune, UnitFactory(code="xa-1", parent=province), days_ago=0)

    assert hand_on_classes() == 0
