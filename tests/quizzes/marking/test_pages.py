"""Marking and waiting, as they stand on the pages."""

import re
from datetime import date

import pytest
from django.urls import reverse

from certificates.impacts import may_touch_something
from courses.models import Course, LessonPage, Qualification, TestPage
from courses.services import complete_lesson, enrol, start_test
from quizzes.errors import SessionRefused
from quizzes.models import Grading, Script, ScriptMark, Seat
from quizzes.services import (
    add_seats,
    apply_regrade,
    change_session,
    finalise,
    mark_script_again,
    plan_of,
    propose_regrade,
    publish_quiz,
    record_decision,
    save_answer,
    start_attempt,
    take_script,
)
from quizzes.services.marking_by_people import remind_of_marking
from quizzes.session_papers import _result
from quizzes.session_queries import SeatedMarkers, results, seated_markers
from quizzes.statistics import item_statistics
from quizzes.taken import taken_papers
from staff import clock
from staff.models import Notice
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
from tests.factories.staff import PostingFactory, StaffMemberFactory
from tests.quizzes.marking.helpers import best_of, mark_first, mark_next, write
from tests.quizzes.marking.scenes import hand_in, handed_in, practical_exam
from tests.quizzes.sessions import BOARD, a_seat, a_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz(marker):
    return practical_exam(marker)


@pytest.fixture
def attempt(quiz, learner):
    return handed_in(quiz, learner.staff_member)


@pytest.fixture
def quiz_by_keys(db):
    category = CategoryFactory()
    fill(category, 2)
    quiz = QuizFactory()
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=2)
    return publish_quiz(quiz=quiz)


def fields_of(mark, level=0):
    return {f"c_{id}": place for id, place in best_of(mark.script, level).items()}


def post(client, mark, go, sequence=5, **more):
    return client.post(
        reverse("marking:mark", args=[mark.pk]), {**fields_of(mark), "sequence": sequence, "go": go, **more}
    )


def test_a_test_that_waits_has_neither_a_mark_nor_a_pass_nor_a_fail(client, learner, attempt):
    client.force_login(learner)

    page = client.get(reverse("quizzes:result", args=[attempt.pk])).text

    assert "Đang chờ chấm" in page
    assert re.findall(r"[0-9],[0-9]{2}/10|Không đạt|Chúc mừng", page) == []


def test_a_marker_works_through_all_answers_without_a_script(client, marker, quiz, attempt):
    client.force_login(marker)
    assert "Còn 2 bài cho anh/chị" in client.get(reverse("marking:queue")).text

    address = client.post(reverse("marking:take", args=[quiz.pk]), {"cach": "bai"}).url
    for _answer in range(2):
        mark = ScriptMark.objects.get(done_at=None)
        assert address == f"/cham-bai/bai/{mark.pk}/?cach=bai"
        address = post(client, mark, "finish", cach="bai").url

    assert address == reverse("marking:queue")
    assert Grading.objects.get(attempt=attempt).mark == 10
    assert "Hiện không còn bài chờ anh/chị" in client.get(address).text


def test_half_done_marks_are_acknowledged_and_there_again(client, marker, quiz, attempt):
    mark = take_script(quiz=quiz, by=marker)
    client.force_login(marker)
    address = reverse("marking:mark", args=[mark.pk])

    saved = client.post(
        address, {**fields_of(mark), "comment": "Dòng 1\nDòng 2", "sequence": 7}, headers={"accept": "application/json"}
    )
    stale = client.post(address, {"comment": "cũ", "sequence": 3}, headers={"accept": "application/json"})

    assert (saved.status_code, saved.json()["sequence"], stale.status_code) == (200, 7, 409)
    page = client.get(address).text
    assert ("Dòng 1\nDòng 2" in page, page.count(" checked")) == (True, len(fields_of(mark)))


def test_what_is_not_judged_cannot_be_finished_and_nothing_is_lost(client, marker, quiz, attempt):
    mark = ScriptMark.objects.create(script=Script.objects.get(attempt=attempt, number=1), turn=1, marker=marker)
    client.force_login(marker)

    answer = client.post(
        reverse("marking:mark", args=[mark.pk]), {"comment": "Đang chấm", "sequence": 5, "go": "finish"}, follow=True
    )

    assert ("Vui lòng chọn mức cho mọi tiêu chí trước." in answer.text, "Đang chấm" in answer.text) == (True, True)


def test_who_is_no_longer_named_no_longer_sees_it(client, marker, quiz, attempt):
    mark = take_script(quiz=quiz, by=marker)
    quiz.markers.clear()
    client.force_login(marker)

    assert client.get(reverse("marking:mark", args=[mark.pk])).status_code == 404


def test_who_marks_second_reads_no_points_of_the_first_on_the_page_of_progress(
    client, loaded, trainer, two_markers, marker, second_marker, learner
):
    """Authors of the bank open that page, and may be markers themselves."""
    sitting = start_attempt(quiz=two_markers, staff_member=learner.staff_member)
    write(sitting)
    finalise(attempt=sitting, cause="submitted")
    client.force_login(trainer)
    address = reverse("quizzes_cms:quiz_marking", args=[two_markers.pk])

    def shown():
        page = " ".join(client.get(address).text.split())
        return [f"{user.full_name} (" in page for user in (marker, second_marker)]

    mark_next(two_markers, marker, level=0)
    after_one = shown()
    mark_next(two_markers, second_marker, level=2, tick=False)

    assert (after_one, shown()) == ([False, False], [True, True])


def test_a_marker_sees_nothing_of_another_marker(client, marker, second_marker, quiz, attempt):
    quiz.markers.add(second_marker)
    mark = take_script(quiz=quiz, by=marker)
    client.force_login(second_marker)

    assert client.get(reverse("marking:mark", args=[mark.pk])).status_code == 404


def test_where_marking_is_not_blind_the_name_is_shown(client, marker, quiz, attempt):
    quiz.marks_blind = False
    quiz.save()
    mark = take_script(quiz=quiz, by=marker)
    client.force_login(marker)

    assert attempt.staff_member.full_name in client.get(reverse("marking:mark", args=[mark.pk])).text


def test_the_learner_reads_the_comment_and_never_the_note(client, learner, marker, quiz, attempt):
    quiz.review = {"after": ["mark", "right_or_wrong", "key", "feedback"]}
    quiz.save()
    for _answer in range(2):
        mark_first(quiz, marker, comment="Viết tốt.", note="Nghi chép bài.")
    client.force_login(learner)

    page = client.get(reverse("quizzes:result", args=[attempt.pk])).text

    assert ("Viết tốt." in page, "Nội dung: 3 (đủ ý, đúng quy định)" in page, "Nghi chép" in page) == (
        True,
        True,
        False,
    )
    assert marker.full_name not in page


def test_the_guide_of_markers_and_hidden_criteria_are_on_no_exam_page(client, learner, quiz):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    client.force_login(learner)

    page = client.get(reverse("quizzes:attempt", args=[attempt.pk])).text

    shown = ["đủ ý, đúng quy định" in page, "Đúng thể thức văn bản" in page, "đổi mật khẩu" in page]
    assert shown == [True, False, False]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_however_many_answers_wait(client, marker, quiz, count, django_assert_num_queries):
    for _person in range(count):
        handed_in(quiz, PostingFactory().staff_member)
    client.force_login(marker)
    client.get(reverse("marking:queue"))

    # session, account, named at all?, quizzes; for the one quiz: scripts with their marks, markers and third markers,
    # what she has begun, counts of all, of the decided, of her own; the head of the page
    with django_assert_num_queries(12):
        client.get(reverse("marking:queue"))


def test_markers_are_reminded_once_a_day(marker, quiz, attempt):
    assert [remind_of_marking(), remind_of_marking()] == [1, 0]
    assert "2 bài làm" in Notice.objects.get(user=marker, kind="marking").text


def test_reviewers_give_back_and_have_marked_again(client, loaded, reviewer, trainer, marker, quiz, attempt):
    mark = take_script(quiz=quiz, by=marker)
    address = reverse("quizzes_cms:quiz_marking", args=[quiz.pk])
    client.force_login(trainer)
    assert client.post(address, {"action": "give_back", "mark": mark.pk}).status_code == 404

    client.force_login(reviewer)
    client.post(address, {"action": "give_back", "mark": mark.pk})
    assert ScriptMark.objects.count() == 0

    for _answer in range(2):
        mark_first(quiz, marker)
    script = Script.objects.first()
    client.post(address, {"action": "again", "script": script.pk, "reason": ""})
    script.refresh_from_db()
    assert script.round == 1
    client.post(address, {"action": "again", "script": script.pk, "reason": "Phúc khảo"})
    script.refresh_from_db()
    assert (script.round, script.decided_at) == (2, None)
    assert attempt.staff_member.full_name not in client.get(address).text


def test_an_essay_keeps_its_lines_and_is_saved_as_any_answer(learner, quiz):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    save_answer(attempt_id=attempt.pk, number=1, response=["  Một\r\n\r\n\tHai \u0000"], sequence=1)

    assert attempt.answers.get(number=1).response == ["  Một\n\n\tHai"]
    save_answer(attempt_id=attempt.pk, number=1, response=["\n \n"], sequence=2)
    assert attempt.answers.get(number=1).response == []


def test_a_later_look_at_a_finished_attempt_writes_nothing(quiz, learner):
    attempt = handed_in(quiz, learner.staff_member)

    finalise(attempt=attempt, cause="sweeper")

    assert (Script.objects.count(), Grading.objects.count()) == (2, 0)


def test_results_of_a_session_tell_who_waits_from_who_was_absent(quiz, marker, learner, commune):
    session = a_session(quiz, commune)
    sat, _absent = a_seat(session, learner.staff_member), a_seat(session, PostingFactory().staff_member)
    attempt = handed_in(quiz, learner.staff_member)
    attempt.exam_session = session
    attempt.save()
    Seat.objects.filter(pk=sat.pk).update(attempt=attempt, admitted_at=clock.now())
    session.ended_at = clock.now()
    session.save()

    assert [_result(row) for row in results(session)] == ["Đang chờ chấm", "Vắng"]
    with pytest.raises(SessionRefused, match="2"):
        record_decision(session=session, number="QĐ 1", decided_on=clock.today(), by=marker, members=BOARD)

    for _answer in range(2):
        mark_first(quiz, marker)
    assert [_result(row) for row in results(session)] == ["Đạt", "Vắng"]


def test_statistics_count_what_people_gave_and_list_no_texts(client, loaded, trainer, quiz, marker, learner):
    handed_in(quiz, learner.staff_member)
    for _answer in range(2):
        mark_first(quiz, marker, level=-1)
    client.force_login(trainer)

    page = client.get(reverse("quizzes_cms:quiz_statistics", args=[quiz.pk])).text

    items = item_statistics(taken_papers(quiz))
    assert [(item.shown, item.answered, item.facility) for item in items.values()] == [(1, 1, 0.0), (1, 1, 0.0)]
    assert "Báo ngay cho bộ phận" not in page


def test_the_first_marks_of_people_change_no_earlier_mark(quiz, marker, learner, reviewer):
    attempt = handed_in(quiz, learner.staff_member)
    for _answer in range(2):
        mark_first(quiz, marker)
    first = Grading.objects.get(attempt=attempt)
    mark_script_again(script=Script.objects.first(), by=reviewer, reason="Phúc khảo")
    mark_first(quiz, marker, level=-1)
    second = Grading.objects.filter(attempt=attempt).last()

    assert [may_touch_something(grading_id=grading.pk) for grading in (first, second)] == [False, True]


def test_a_course_waits_with_its_test_and_grants_with_the_last_mark(
    client, loaded, quiz, marker, learner, django_capture_on_commit_callbacks
):
    course = Course.objects.get(code="CB-01")
    test = TestPage.objects.exams().child_of(course.page).get()
    test.quiz = quiz
    test.save()
    enrolment = enrol(staff_member=learner.staff_member, course=course)
    for lesson in LessonPage.objects.live().child_of(course.page):
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)
    attempt = start_test(enrolment=enrolment, test=test)
    save_answer(attempt_id=attempt.pk, number=1, response=["Bài viết"], sequence=1)
    hand_in(attempt)
    with django_capture_on_commit_callbacks(execute=True):
        finalise(attempt=attempt, cause="submitted")
    client.force_login(learner)
    assert Qualification.objects.count() == 0
    assert "Bài làm gần nhất của anh/chị đang được chấm." in client.get("/hoc/CB-01/").text
    assert client.get("/viec-hoc/").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        for _answer in range(2):
            mark_first(quiz, marker)

    assert list(Qualification.objects.values_list("origin", "mark")) == [("passed", 10)]


def test_a_regrade_in_force_holds_for_what_people_mark(quiz, marker, reviewer, learner):
    attempt = handed_in(quiz, learner.staff_member)
    for _answer in range(2):
        mark_first(quiz, marker, level=-1)
    question = Script.objects.get(attempt=attempt, number=1).version.question
    regrade = propose_regrade(question=question, policy="full", reason="Đề sai", by=reviewer)

    apply_regrade(regrade=regrade, shown=plan_of(regrade).digest, by=reviewer)

    assert [row["points"] for row in attempt.gradings.last().detail["items"]] == ["1", "0"]


def test_the_page_of_a_session_names_markers_among_its_candidates(client, two_markers, marker, commune, hr, host_clock):
    session = a_session(two_markers, commune)
    marker.staff_member = StaffMemberFactory()
    marker.save()
    client.force_login(hr)
    page = reverse("exam_sessions:session", args=[session.pk])
    before = client.get(page).text

    add_seats(session=session, people=[marker.staff_member], by=hr)
    after = " ".join(client.get(page).text.split())

    assert (marker.full_name in before, "Còn 1 người chấm, cần 2" in after) == (False, True)
    assert seated_markers(session) == SeatedMarkers([marker.full_name], left=1, needed=2, lacks_third=False)
    two_markers.reconcilers.set([marker])
    assert seated_markers(session) == SeatedMarkers([marker.full_name], left=1, needed=2, lacks_third=True)


def test_re_marking_is_taken_beyond_the_day_on_which_marks_are_due(client, essay_quiz, quiz_by_keys, commune, hr):
    """Ten days for the marks, after 23/11."""
    early, right = date(2026, 12, 3), date(2026, 12, 4)
    with pytest.raises(SessionRefused, match="03/12/2026"):
        a_session(essay_quiz, commune, complaints_until=early)
    session = a_session(essay_quiz, commune, complaints_until=right)
    with pytest.raises(SessionRefused, match="03/12/2026"):
        change_session(session=session, by=hr, complaints_until=early)
    client.force_login(hr)
    said = {
        "title": "T", "quiz": essay_quiz.pk, "unit": commune.pk, "room": "P1", "opens_at": "2026-11-23T08:00",
        "closes_at": "2026-11-23T11:00", "legal_basis": "QĐ", "complaints_until": "2026-12-03",
    }  # fmt: skip
    refused = client.post(reverse("exam_sessions:new"), said)

    assert list(refused.context["form"].errors) == ["complaints_until"]
    assert client.post(reverse("exam_sessions:new"), said | {"complaints_until": "2026-12-04"}).status_code == 302
    assert a_session(quiz_by_keys, commune, complaints_until=date(2026, 11, 23)).pk
