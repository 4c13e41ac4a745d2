"""From enrolment to a qualification."""

from datetime import date

import pytest

from courses.enums import Origin, Validity
from courses.errors import AlreadyRevoked, FixedByFacts, LessonsFirst
from courses.models import Course, Enrolment, LessonCompletion, LessonPage, Qualification
from courses.services import (
    complete_lesson,
    enrol,
    grant_qualification,
    last_valid_day,
    revoke_qualification,
    settle_sitting,
    start_test,
)
from courses.tasks import settle_forgotten
from quizzes.enums import FinishCause
from quizzes.services import finalise, save_answer
from staff.models import Change


def finish_lessons(enrolment, lessons):
    for lesson in lessons:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)


def sit(enrolment, test_page, *, right):
    attempt = start_test(enrolment=enrolment, test=test_page)
    if right:
        for answer in attempt.answers.select_related("version"):
            save_answer(attempt_id=attempt.pk, number=answer.number, response=answer.version.key["right"], sequence=1)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt


def test_enrolling_twice_gives_one_enrolment(enrolment, learner, course):
    assert enrol(staff_member=learner.staff_member, course=course) == enrolment
    assert Enrolment.objects.count() == 1


def test_a_finished_lesson_keeps_the_revision_that_was_read(enrolment, lessons):
    read = lessons[0].live_revision_id
    complete_lesson(enrolment=enrolment, lesson=lessons[0], revision_id=read)
    lessons[0].save_revision().publish()

    complete_lesson(enrolment=enrolment, lesson=lessons[0], revision_id=lessons[0].live_revision_id)

    assert list(LessonCompletion.objects.values_list("revision_id", flat=True)) == [read]


def test_the_test_opens_when_all_lessons_are_finished(enrolment, lessons, test_page):
    finish_lessons(enrolment, lessons[:-1])

    with pytest.raises(LessonsFirst):
        start_test(enrolment=enrolment, test=test_page)

    finish_lessons(enrolment, lessons[-1:])
    attempt = start_test(enrolment=enrolment, test=test_page)
    assert start_test(enrolment=enrolment, test=test_page) == attempt
    assert enrolment.sittings.count() == 1


def test_passing_grants_one_qualification_with_frozen_words(enrolment, lessons, test_page, course):
    finish_lessons(enrolment, lessons)
    changes = Change.objects.count()

    attempt = sit(enrolment, test_page, right=True)
    settle_sitting(attempt_id=attempt.pk)
    settle_sitting(attempt_id=attempt.pk)

    Course.objects.filter(pk=course.pk).update(title="Tên khác")
    qualification = Qualification.objects.get()
    assert (qualification.origin, qualification.code, qualification.title, qualification.hours) == (
        Origin.PASSED,
        "CB-01",
        course.title,
        8,
    )
    assert str(qualification.mark) == "10.00"
    assert Change.objects.count() == changes + 1


def test_failing_grants_nothing(enrolment, lessons, test_page):
    finish_lessons(enrolment, lessons)

    attempt = sit(enrolment, test_page, right=False)

    assert settle_sitting(attempt_id=attempt.pk) is None
    assert not Qualification.objects.exists()


def test_a_lost_message_is_found_by_the_sweeper(enrolment, lessons, test_page):
    finish_lessons(enrolment, lessons)
    sit(enrolment, test_page, right=True)

    assert settle_forgotten() == 1
    assert settle_forgotten() == 0
    assert Qualification.objects.count() == 1


def test_a_lesson_added_later_takes_no_completion_back(enrolment, lessons, test_page, course):
    finish_lessons(enrolment, lessons)
    course.page.add_child(instance=LessonPage(title="Bài mới", slug="bai-moi"))

    attempt = start_test(enrolment=enrolment, test=test_page)

    assert attempt.pk is not None


def test_a_new_cycle_begins_after_the_qualification_ended_and_wipes_nothing(enrolment, lessons, test_page, admin):
    finish_lessons(enrolment, lessons)
    settle_sitting(attempt_id=sit(enrolment, test_page, right=True).pk)
    first = Qualification.objects.get()
    same = enrol(staff_member=enrolment.staff_member, course=enrolment.course)
    revoke_qualification(qualification=first, from_day=first.valid_from, reason="Thử", by=admin)

    second = enrol(staff_member=enrolment.staff_member, course=enrolment.course)

    assert (same, second.cycle) == (enrolment, 2)
    assert enrolment.lesson_completions.count() == len(lessons)


def test_a_qualification_is_revoked_once_from_a_day(learner, course, admin):
    facts = {"staff_member": learner.staff_member, "track": course.track, "course": course, "origin": Origin.PASSED}
    granted = grant_qualification(**facts, valid_from=date(2026, 1, 1))
    assert grant_qualification(**facts, valid_from=date(2026, 2, 1)) == granted

    revoke_qualification(qualification=granted, from_day=date(2026, 6, 1), reason="Sai người", by=admin)

    assert Qualification.objects.held_on(date(2026, 5, 31)).count() == 1
    assert Qualification.objects.held_on(date(2026, 6, 1)).count() == 0
    with pytest.raises(AlreadyRevoked):
        revoke_qualification(qualification=granted, from_day=date(2026, 7, 1), reason="Lại", by=admin)


@pytest.mark.parametrize(
    ("validity", "months", "begin", "end"),
    [
        (Validity.NONE, None, date(2026, 1, 1), None),
        (Validity.MONTHS, 12, date(2024, 2, 29), date(2025, 2, 28)),
        (Validity.MONTHS, 12, date(2023, 3, 1), date(2024, 2, 29)),
        (Validity.MONTHS, 1, date(2026, 12, 31), date(2027, 1, 30)),
        (Validity.END_OF_YEAR, None, date(2026, 12, 31), date(2026, 12, 31)),
        (Validity.END_OF_YEAR, None, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_last_valid_day_is_included(validity, months, begin, end):
    assert last_valid_day(Course(validity=validity, validity_months=months), begin) == end


def test_code_and_track_are_fixed_once_somebody_enrolled(enrolment, course):
    course.code = "CB-99"

    with pytest.raises(FixedByFacts):
        course.save()
