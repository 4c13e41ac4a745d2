"""Exam sessions: who sits, who comes in, what happens to the time, and what follows."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from quizzes import queries, sealing, session_papers
from quizzes.enums import EventKind, FinishCause
from quizzes.errors import (
    AttemptFinished,
    DeadlineRefused,
    OpenElsewhere,
    SessionRefused,
    TakenOver,
    TimeNotUp,
    WindowClosed,
)
from quizzes.models import ExamSession, Incident, PreparedPaper, ResponseFile
from quizzes.responses import DecidedLate, LateAnswers, late_answers
from quizzes.services import (
    accept_late,
    add_seats,
    add_time,
    admit,
    admit_all,
    answer_review,
    arrive,
    ask_for_review,
    ask_to_go_on,
    change_session,
    deal_questions,
    end_seat,
    end_session,
    finalise,
    for_all_running,
    grant_extra_time,
    pause_seat,
    prepare_papers,
    record_decision,
    refuse_late,
    remove_seat,
    report_incident,
    resume_seat,
    save_answer,
    start_attempt,
    start_seat,
    take_response_file,
    why_early,
)
from quizzes.services.supervising import is_in_room
from quizzes.services.timeline import note_address, note_from_browser
from quizzes.tasks import close_overdue_attempts, prepare_coming_papers, tidy_sessions
from staff.models import Notice
from tests.factories.quizzes import fill
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.conftest import START
from tests.quizzes.helpers import right_of, wrong_of
from tests.quizzes.sessions import ADDRESS, BOARD, a_seat, a_session, admitted, decided, started

pytestmark = pytest.mark.django_db


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def session(quiz, commune, examiner, host_clock):
    return a_session(quiz, commune, invigilators=[examiner])


@pytest.fixture
def seat(session, learner):
    return a_seat(session, learner.staff_member)


@pytest.fixture
def sitting(seat, examiner):
    return started(seat, examiner)


# --- The list --------------------------------------------------------------------------------------------


def test_candidates_are_numbered_in_the_order_of_given_names_through_all_shifts(quiz, commune, session):
    later = a_session(quiz, commune, opens_in=120, first_shift=session)
    names = ["Trần Văn Yên", "Lê Thị An", "Nguyễn Văn Bình"]
    people = [StaffMemberFactory(full_name=name) for name in names]

    add_seats(session=session, people=people, by=None)
    add_seats(session=later, people=[*people[:1], StaffMemberFactory(full_name="Đỗ Thị Châu")], by=None)

    numbered = [(s.number_words, s.staff_member.full_name) for shift in (session, later) for s in shift.seats.all()]
    assert numbered == [
        ("001", "Lê Thị An"),
        ("002", "Nguyễn Văn Bình"),
        ("003", "Trần Văn Yên"),
        ("004", "Đỗ Thị Châu"),
    ]


def test_adding_the_same_people_again_adds_nobody(session, learner):
    assert [add_seats(session=session, people=[learner.staff_member], by=None) for _time in range(2)] == [1, 0]


def test_nobody_sits_and_invigilates_the_same_session(session, learner, examiner):
    a_seat(session, learner.staff_member)

    with pytest.raises(SessionRefused, match="Trần Thị Lan"):
        change_session(session=session, by=None, invigilators=[examiner, learner])

    assert list(session.invigilators.all()) == [examiner]


def test_a_candidate_who_has_come_stays_on_the_list(seat):
    arrive(seat=seat, code=seat.session.access_code, address=ADDRESS)

    with pytest.raises(SessionRefused):
        remove_seat(seat=seat, by=None)


def test_an_account_that_a_running_session_names_is_more_than_a_learner(session, examiner, learner, learner_like):
    learners = type(learner).objects.learners_only()

    before = learners.filter(pk=learner_like.pk).exists()
    change_session(session=session, by=None, invigilators=[learner_like])
    while_named = learners.filter(pk=learner_like.pk).exists()
    end_session(session=session, by=examiner)

    assert (before, while_named, learners.filter(pk=learner_like.pk).exists()) == (True, False, True)


@pytest.fixture
def learner_like(office):
    from tests.conftest import _person

    return _person("Võ Thị Mai", office, staff_code="HV0009")


# --- Coming in ---------------------------------------------------------------------------------------------


def test_the_way_in_is_code_then_admission_then_start(seat, examiner, learner):
    with pytest.raises(SessionRefused):
        admit(seat=seat, by=examiner)
    with pytest.raises(SessionRefused):
        arrive(seat=seat, code="000000", address=ADDRESS)
    arrive(seat=seat, code=f" {seat.session.access_code.lower()} ", address=ADDRESS)
    with pytest.raises(SessionRefused):
        start_seat(seat=seat, device="pc-1", address=ADDRESS)
    admit(seat=seat, by=examiner)

    attempt = start_seat(seat=seat, device="pc-1", address=ADDRESS)

    seat.refresh_from_db()
    assert (seat.attempt, attempt.exam_session, attempt.is_supervised) == (attempt, seat.session, True)
    assert (seat.admitted_by, attempt.holder) == (examiner, "pc-1")
    assert start_seat(seat=seat, device="pc-1", address=ADDRESS) == attempt


@pytest.mark.parametrize(
    ("networks", "address", "expected"),
    [
        ([], "203.0.113.9", True),
        (["10.1.2.0/24"], "10.1.2.77", True),
        (["10.1.2.0/24"], "10.1.3.77", False),
        (["10.1.2.5", "2001:db8::/32"], "2001:db8::7", True),
        (["10.1.2.5"], "10.1.2.5", True),
        (["10.1.2.5"], "", False),
    ],
)
def test_a_computer_belongs_to_the_room_by_its_address(networks, address, expected):
    assert is_in_room(ExamSession(networks=networks), address) is expected


def test_a_computer_outside_the_room_neither_arrives_nor_starts(session, seat, examiner):
    admitted(seat, examiner)
    change_session(session=session, by=None, networks=["192.0.2.0/24"])

    for call in (
        lambda: arrive(seat=seat, code=session.access_code, address=ADDRESS),
        lambda: start_seat(seat=seat, device="x", address=ADDRESS),
        lambda: ask_to_go_on(seat=seat, device="x", address=ADDRESS),
    ):
        with pytest.raises(SessionRefused, match="phòng thi"):
            call()


@pytest.mark.parametrize(("shift", "comes", "starts"), [(-61, False, False), (-60, True, False), (0, True, True)])
def test_candidates_come_an_hour_before_and_start_when_it_begins(seat, examiner, host_clock, shift, comes, starts):
    host_clock.move_to(START + minutes(shift))

    def attempted(call):
        try:
            call()
        except SessionRefused:
            return False
        return True

    came = attempted(lambda: admitted(seat, examiner))
    assert (came, attempted(lambda: start_seat(seat=seat, device="x", address=ADDRESS))) == (comes, starts)


def test_nobody_starts_after_the_window(seat, examiner, host_clock):
    admitted(seat, examiner)
    host_clock.shift(minutes(60))

    with pytest.raises((SessionRefused, WindowClosed)):
        start_seat(seat=seat, device="x", address=ADDRESS)


def test_a_test_begun_alone_does_not_become_a_supervised_one(quiz, seat, examiner, learner):
    alone = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    admitted(seat, examiner)

    with pytest.raises(OpenElsewhere):
        start_seat(seat=seat, device="x", address=ADDRESS)

    finalise(attempt=alone, cause=FinishCause.SUBMITTED)
    assert start_seat(seat=seat, device="x", address=ADDRESS).pk != alone.pk


def test_admitting_all_lets_in_whoever_is_present(session, seat, examiner):
    absent = a_seat(session, StaffMemberFactory())
    arrive(seat=seat, code=session.access_code, address=ADDRESS)

    assert admit_all(session=session, by=examiner) == 1
    absent.refresh_from_db()
    assert absent.admitted_at is None


def test_extra_time_of_a_person_is_in_her_deadline_but_never_past_the_window(seat, examiner):
    grant_extra_time(seat=seat, minutes=10, reason="khuyết tật nhìn", by=examiner)

    assert started(seat, examiner).deadline == START + minutes(35)


def test_extra_time_asks_for_a_reason(seat, examiner):
    with pytest.raises(SessionRefused):
        grant_extra_time(seat=seat, minutes=10, reason=" ", by=examiner)


# --- Time ------------------------------------------------------------------------------------------------


def test_a_pause_gives_back_as_long_as_it_lasted(sitting, seat, examiner, host_clock):
    host_clock.shift(minutes(5))
    pause_seat(seat=seat, by=examiner, reason="mất điện")
    host_clock.shift(minutes(40))

    sitting.refresh_from_db()
    paused = (queries.is_over(sitting), queries.remaining_seconds(sitting), close_overdue_attempts())
    with pytest.raises(TimeNotUp):
        finalise(attempt=sitting, cause=FinishCause.TIMER)
    resume_seat(seat=seat, by=examiner, reason="có điện lại")

    sitting.refresh_from_db()
    assert paused == (False, 20 * 60, 0)
    assert (sitting.deadline, sitting.paused_at) == (START + minutes(65), None)
    assert queries.remaining_seconds(sitting) == 20 * 60


def test_what_is_saved_while_the_clock_stands_still_is_kept_but_does_not_count(sitting, seat, examiner, host_clock):
    pause_seat(seat=seat, by=examiner, reason="mất điện")
    in_grace = save_answer(attempt_id=sitting.pk, number=1, response=right_of(sitting, 1), sequence=1, device="pc-1")
    host_clock.shift(minutes(1))
    late = save_answer(attempt_id=sitting.pk, number=2, response=right_of(sitting, 2), sequence=1, device="pc-1")
    resume_seat(seat=seat, by=examiner, reason="có điện lại")
    after = save_answer(attempt_id=sitting.pk, number=3, response=right_of(sitting, 3), sequence=1, device="pc-1")

    assert [(r.accepted, r.late) for r in (in_grace, late, after)] == [(True, False), (False, True), (True, False)]


def test_a_later_answer_in_time_replaces_one_of_the_pause(sitting, seat, examiner, host_clock):
    pause_seat(seat=seat, by=examiner, reason="mất điện")
    host_clock.shift(minutes(1))
    save_answer(attempt_id=sitting.pk, number=2, response=right_of(sitting, 2), sequence=1, device="pc-1")
    resume_seat(seat=seat, by=examiner, reason="có điện lại")
    host_clock.shift(minutes(1))
    save_answer(attempt_id=sitting.pk, number=2, response=wrong_of(sitting, 2), sequence=2, device="pc-1")
    end_session(session=seat.session, by=examiner)

    accept_late(attempt=sitting, numbers=[2], by=examiner, reason="máy lỗi")

    assert [str(g.mark) for g in sitting.gradings.all()] == ["0.00"]


def test_added_time_adds_up(sitting, seat, examiner):
    for _time in range(2):
        add_time(seat=seat, minutes=5, by=examiner, reason="máy treo")

    sitting.refresh_from_db()
    assert sitting.deadline == START + minutes(35)


@pytest.mark.parametrize("wanted", [0, -5, 181])
def test_only_a_sensible_time_is_added(sitting, seat, examiner, wanted):
    with pytest.raises(SessionRefused):
        add_time(seat=seat, minutes=wanted, by=examiner, reason="máy treo")


def test_pausing_all_reaches_those_who_work_only(session, sitting, seat, examiner):
    waiting = a_seat(session, StaffMemberFactory())
    admitted(waiting, examiner)

    assert for_all_running(pause_seat, session=session, by=examiner, reason="mất điện") == 1
    sitting.refresh_from_db()
    assert sitting.paused_at is not None


def test_a_test_that_is_over_is_not_paused(sitting, seat, examiner, host_clock):
    host_clock.shift(minutes(25))

    with pytest.raises(DeadlineRefused):
        pause_seat(seat=seat, by=examiner, reason="mất điện")


def test_ending_a_seat_marks_it_and_stands_in_the_minutes(sitting, seat, examiner):
    end_seat(seat=seat, by=examiner, reason="dùng điện thoại")

    sitting.refresh_from_db()
    assert sitting.finish_cause == FinishCause.INVIGILATOR
    assert Incident.objects.get().seat == seat


def test_ending_the_session_closes_what_runs_and_what_stands_still(session, sitting, seat, examiner, host_clock):
    host_clock.shift(minutes(5))
    pause_seat(seat=seat, by=examiner, reason="mất điện")
    host_clock.shift(minutes(5))

    ended = end_session(session=session, by=examiner)

    sitting.refresh_from_db()
    assert (sitting.finished_at, ended.ended_at) == (START + minutes(5), START + minutes(10))
    assert end_session(session=session, by=examiner).ended_at == ended.ended_at


def test_a_session_that_nobody_ended_is_ended_by_the_system(session, sitting, seat, examiner, host_clock):
    pause_seat(seat=seat, by=examiner, reason="mất điện")
    host_clock.shift(timedelta(hours=12))
    too_early = tidy_sessions()
    host_clock.shift(timedelta(hours=1, seconds=1))

    assert (too_early, tidy_sessions()) == (0, 1)
    sitting.refresh_from_db()
    assert sitting.finished_at is not None


# --- Another computer -------------------------------------------------------------------------------------


def test_another_computer_saves_nothing_until_the_invigilator_lets_it_in(sitting, seat, examiner):
    def save(device, number):
        return save_answer(
            attempt_id=sitting.pk, number=number, response=right_of(sitting, number), sequence=1, device=device
        ).accepted

    with pytest.raises(TakenOver):
        save("pc-2", 1)
    ask_to_go_on(seat=seat, device="pc-2", address=ADDRESS)
    before = save("pc-1", 1)
    admit(seat=seat, by=examiner)
    after = save("pc-2", 2)

    assert (before, after) == (True, True)
    with pytest.raises(TakenOver):
        save("pc-1", 3)
    kinds = sitting.integrity_events.values_list("kind", flat=True)
    assert list(kinds) == [EventKind.STARTED, EventKind.TAKEN_OVER]


def test_a_finished_test_goes_on_nowhere(sitting, seat):
    finalise(attempt=sitting, cause=FinishCause.SUBMITTED)

    with pytest.raises(SessionRefused):
        ask_to_go_on(seat=seat, device="pc-2", address=ADDRESS)


# --- Papers ------------------------------------------------------------------------------------------------


def questions_of(items):
    return {item["version"] for item in items}


def test_shifts_of_one_examination_share_no_question(quiz, categories, commune, host_clock):
    for category in categories:
        fill(category, 3)  # six of each group, two are drawn: three shifts fit
    first = a_session(quiz, commune)
    shifts = [first, *[a_session(quiz, commune, opens_in=at, first_shift=first) for at in (60, 120)]]
    for shift in shifts:
        add_seats(session=shift, people=[StaffMemberFactory() for _person in range(5)], by=None)
        prepare_papers(session=shift)

    shown = [
        set().union(*(questions_of(p.items) for p in PreparedPaper.objects.filter(seat__session=shift)))
        for shift in shifts
    ]
    assert [len(versions) for versions in shown] == [4, 4, 4]
    assert len(set.union(*shown)) == 12


def test_too_few_questions_for_the_shifts_is_said_and_nothing_is_dealt(quiz, commune, host_clock):
    first = a_session(quiz, commune)
    a_session(quiz, commune, opens_in=60, first_shift=first)

    with pytest.raises(SessionRefused, match="2"):
        deal_questions(session=first)

    assert list(ExamSession.objects.values_list("question_share", flat=True)) == [None, None]


def test_no_shift_is_added_once_questions_were_dealt(quiz, categories, commune, host_clock):
    for category in categories:
        fill(category, 3)
    first = a_session(quiz, commune)
    a_session(quiz, commune, opens_in=60, first_shift=first)
    deal_questions(session=first)

    with pytest.raises(SessionRefused):
        a_session(quiz, commune, opens_in=120, first_shift=first)


def test_a_prepared_paper_becomes_the_candidates(session, seat, examiner):
    prepare_papers(session=session)
    items = seat.prepared_paper.items

    attempt = started(seat, examiner)

    assert attempt.paper.items == items
    assert not PreparedPaper.objects.exists()
    assert prepare_papers(session=session) == 0


def test_a_prepared_paper_of_a_test_that_changed_is_drawn_again(session, seat, examiner, quiz):
    prepare_papers(session=session)
    part = quiz.parts.get()
    part.pass_mark = 7
    part.save()

    attempt = started(seat, examiner)

    assert attempt.paper.blueprint["parts"][0]["pass_mark"] == "7.00"


def test_papers_of_the_next_day_are_drawn_without_anybody_asking(quiz, commune, session, seat):
    far = a_session(quiz, commune, opens_in=60 * 25)
    a_seat(far, StaffMemberFactory())

    assert [prepare_coming_papers(), prepare_coming_papers()] == [1, 0]


# --- Afterwards --------------------------------------------------------------------------------------------


@pytest.fixture
def late(sitting, host_clock):
    """The second answer came a minute after deadline and grace."""
    save_answer(attempt_id=sitting.pk, number=1, response=right_of(sitting, 1), sequence=1, device="pc-1")
    host_clock.shift(minutes(26))
    save_answer(attempt_id=sitting.pk, number=2, response=right_of(sitting, 2), sequence=1, device="pc-1")
    return sitting


def test_a_late_answer_counts_once_it_is_accepted_with_a_reason(late, examiner):
    with pytest.raises(SessionRefused):
        accept_late(attempt=late, numbers=[2], by=examiner, reason=" ")
    accept_late(attempt=late, numbers=[2], by=examiner, reason="mất mạng")
    accept_late(attempt=late, numbers=[2], by=examiner, reason="mất mạng")

    rows = late.gradings.values_list("mark", "graded_by", "reason")
    assert [(str(mark), by, reason) for mark, by, reason in rows] == [
        ("2.50", None, ""),
        ("5.00", examiner.pk, "mất mạng"),
    ]
    answer = late.answers.get(number=2)
    assert (answer.response, answer.late_response) == ([], right_of(late, 2))


def test_a_late_answer_that_is_refused_with_a_reason_is_decided_for_good(late, examiner):
    with pytest.raises(SessionRefused):
        refuse_late(attempt=late, numbers=[2], by=examiner, reason=" ")
    refused = [refuse_late(attempt=late, numbers=[1, 2], by=examiner, reason="làm thêm giờ") for _time in range(2)]
    accept_late(attempt=late, numbers=[2], by=examiner, reason="mất mạng")

    answer = late.answers.get(number=2)
    assert refused == [1, 0]
    assert [str(grading.mark) for grading in late.gradings.all()] == ["2.50"]
    assert (answer.late_response, answer.late_accepted_at) == (right_of(late, 2), None)
    assert late.seat.incidents.values_list("text", flat=True).get() == (
        "Không tính 1 câu trả lời đến sau khi hết giờ: làm thêm giờ"
    )
    assert late_answers(late.pk) == LateAnswers(0, (DecidedLate(2, False, "làm thêm giờ"),))


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (accept_late, "được tính: 2. Lý do: mất mạng. Bài của anh/chị được chấm lại"),
        (refuse_late, "không được tính: 2. Lý do: mất mạng. Các câu trả lời khác"),
    ],
)
def test_the_learner_is_told_once_what_was_decided_about_late_answers(late, examiner, decide, said):
    for _time in range(2):
        decide(attempt=late, numbers=[1, 2], by=examiner, reason="mất mạng")

    notice = Notice.objects.get(kind="quizzes.late_decided")
    assert (notice.staff_member, notice.path) == (late.staff_member, reverse("quizzes:result", args=[late.pk]))
    assert said in notice.text


def test_what_counts_can_no_longer_be_refused(late, examiner):
    accept_late(attempt=late, numbers=[2], by=examiner, reason="mất mạng")

    assert refuse_late(attempt=late, numbers=[2], by=examiner, reason="làm thêm giờ") == 0
    assert late_answers(late.pk) == LateAnswers(0, (DecidedLate(2, True, "mất mạng"),))
    assert str(queries.latest_grading(late).mark) == "5.00"


@pytest.mark.parametrize("decide", [accept_late, refuse_late])
def test_an_answer_that_was_decided_about_is_changed_by_nothing_that_comes_later(session, late, examiner, decide):
    decide(attempt=late, numbers=[2], by=examiner, reason="mất mạng")

    with pytest.raises(AttemptFinished):
        save_answer(attempt_id=late.pk, number=2, response=wrong_of(late, 2), sequence=2, device="pc-1")

    file = take_response_file(session=session, content=sealed(session, late, [2, 3], sequence=9), by=examiner)
    assert file.answers == 1
    assert late.answers.get(number=2).late_response == right_of(late, 2)
    assert late_answers(late.pk).waiting == 1


@pytest.mark.parametrize("decide", [accept_late, refuse_late])
def test_nothing_is_decided_while_the_test_runs(sitting, examiner, decide):
    with pytest.raises(SessionRefused):
        decide(attempt=sitting, numbers=[1], by=examiner, reason="mất mạng")


def test_an_answer_that_arrives_after_the_invigilator_ended_is_kept(session, sitting, examiner):
    end_session(session=session, by=examiner)

    result = save_answer(attempt_id=sitting.pk, number=1, response=right_of(sitting, 1), sequence=1, device="pc-1")

    assert result.late
    accept_late(attempt=sitting, numbers=[1], by=examiner, reason="máy mất mạng lúc kết thúc")
    assert str(queries.latest_grading(sitting).mark) == "2.50"


def sealed(session, attempt, numbers, sequence=5, **changes):
    import json

    answers = [{"number": n, "response": right_of(attempt, n), "sequence": sequence} for n in numbers]
    told = {"attempt": attempt.pk, "proof": attempt.file_proof, "answers": answers}
    return sealing.seal(session.public_key, json.dumps(told | changes).encode())


def test_a_sealed_file_of_answers_waits_for_a_decision(session, sitting, examiner):
    save_answer(attempt_id=sitting.pk, number=1, response=right_of(sitting, 1), sequence=9, device="pc-1")
    finalise(attempt=sitting, cause=FinishCause.SUBMITTED)

    file = take_response_file(session=session, content=sealed(session, sitting, [1, 2, 3]), by=examiner)
    before = str(queries.latest_grading(sitting).mark)
    accept_late(attempt=sitting, numbers=[2, 3], by=examiner, reason="máy mất mạng")

    assert (file.answers, before, str(queries.latest_grading(sitting).mark)) == (2, "2.50", "7.50")


def test_the_same_sealed_file_again_changes_nothing(session, sitting, examiner):
    content = sealed(session, sitting, [1])

    files = {take_response_file(session=session, content=content, by=examiner).pk for _time in range(2)}

    assert len(files) == ResponseFile.objects.count() == 1


def test_a_sealed_file_of_another_session_or_a_damaged_one_is_refused(session, sitting, quiz, commune, examiner):
    other = a_session(quiz, commune)
    content = sealed(session, sitting, [1])

    for where, bytes_ in [
        (other, content),
        (other, sealed(other, sitting, [1])),
        (session, content[:-9] + b'AAAAAAA"}'),
        (session, sealed(session, sitting, [1], proof="0" * 32)),
        (session, sealed(session, sitting, [1], proof=None)),
        (session, b"{}"),
        (session, b"\xff\xfe"),
        (session, b"[" * 100_000),
    ]:
        with pytest.raises(SessionRefused):
            take_response_file(session=where, content=bytes_, by=examiner)
    assert not ResponseFile.objects.exists()


def test_the_private_key_is_nowhere_in_the_database_and_sealed_on_the_disk(session):
    from django.core.files.storage import storages

    _folders, names = storages["private"].listdir("exam-keys")
    keys = [storages["private"].open(f"exam-keys/{name}").read() for name in names]

    assert keys
    assert all(key.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") for key in keys)
    assert len(session.public_key) == 88


@pytest.fixture
def over(session, sitting, examiner):
    save_answer(attempt_id=sitting.pk, number=1, response=right_of(sitting, 1), sequence=1, device="pc-1")
    return end_session(session=session, by=examiner)


def test_the_board_decides_once_after_the_end(session, sitting, examiner, admin):
    with pytest.raises(SessionRefused):
        decided(session, by=admin)
    end_session(session=session, by=examiner)

    decisions = {decided(session, by=admin).pk for _time in range(2)}

    assert len(decisions) == 1
    with pytest.raises(SessionRefused, match="45/QĐ-HĐT"):
        record_decision(
            session=session,
            number="46/QĐ-HĐT",
            decided_on=date(2026, 11, 23),
            by=admin,
            early_because="Hội đồng họp sớm",
            members=BOARD,
        )


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 24)])
def test_the_decision_is_dated_between_the_examination_and_today(over, admin, day):
    with pytest.raises(SessionRefused):
        record_decision(
            session=over, number="45/QĐ-HĐT", decided_on=day, by=admin, early_because="Hội đồng họp sớm", members=BOARD
        )


@pytest.mark.parametrize(("day", "asks", "needs"), [(8, False, 1), (9, False, 0), (9, True, 1), (8, True, 2)])
def test_a_decision_before_complaints_are_settled_needs_a_reason_that_the_log_keeps(
    over, sitting, admin, host_clock, day, asks, needs
):
    if asks:
        ask_for_review(attempt=sitting, reason="Câu 2")
    host_clock.move_to(START.replace(month=12, day=day))
    said = {"session": over, "number": "45/QĐ-HĐT", "decided_on": date(2026, 12, 8), "by": admin, "members": BOARD}
    refused = 0
    try:
        record_decision(**said)
    except SessionRefused:
        refused = 1
        record_decision(**said, early_because="Cần cấp chứng nhận gấp")

    entry = ModelLogEntry.objects.get(action="quizzes.record_decision")
    assert (len(why_early(over)), refused) == (needs, min(needs, 1))
    assert entry.data.get("early_because") == ("Cần cấp chứng nhận gấp" if needs else None)


def test_a_decision_over_late_answers_that_nobody_decided_about_needs_a_reason(
    late, session, examiner, admin, host_clock
):
    end_session(session=session, by=examiner)
    host_clock.move_to(START.replace(month=12, day=9))
    said = {"session": session, "number": "45/QĐ-HĐT", "decided_on": date(2026, 12, 8), "by": admin, "members": BOARD}
    session.refresh_from_db()

    with pytest.raises(SessionRefused, match="1 câu trả lời"):
        record_decision(**said)
    record_decision(**said, early_because="Thí sinh tự ý làm thêm sau giờ")

    entry = ModelLogEntry.objects.get(action="quizzes.record_decision")
    assert entry.data == {"number": "45/QĐ-HĐT", "early_because": "Thí sinh tự ý làm thêm sau giờ"}


def test_late_answers_that_somebody_refused_hinder_no_decision(late, session, examiner, admin, host_clock):
    end_session(session=session, by=examiner)
    host_clock.move_to(START.replace(month=12, day=9))
    session.refresh_from_db()
    before = len(why_early(session))
    refuse_late(attempt=late, numbers=[2], by=examiner, reason="Thí sinh tự ý làm thêm sau giờ")

    decision = record_decision(
        session=session, number="45/QĐ-HĐT", decided_on=date(2026, 12, 8), by=admin, members=BOARD
    )

    assert (before, why_early(session), decision.number) == (1, [], "45/QĐ-HĐT")


def test_nobody_records_a_decision_about_her_own_examination(over, learner):
    with pytest.raises(SessionRefused):
        decided(over, by=learner)


def test_remarking_is_asked_for_once_until_the_day_and_answered_with_a_marking(over, sitting, admin, learner):
    request = ask_for_review(attempt=sitting, reason="Câu 2 có hai đáp án đúng")
    assert ask_for_review(attempt=sitting, reason="lại") == request
    with pytest.raises(SessionRefused):
        answer_review(request=request, answer="Đúng", by=learner, members=BOARD)
    with pytest.raises(SessionRefused):
        answer_review(request=request, answer="Đúng", by=admin, credited={99: "Hai đáp án"}, members=BOARD)
    with pytest.raises(SessionRefused):
        answer_review(request=request, answer="Đúng", by=admin, credited={2: " "}, members=BOARD)

    answer_review(
        request=request, answer="Câu 2 được tính đủ điểm", by=admin, credited={2: "Hai đáp án đúng"}, members=BOARD
    )
    request.refresh_from_db()
    assert request.credited == {"2": "Hai đáp án đúng"}
    accept = queries.latest_grading(sitting)

    assert [str(g.mark) for g in sitting.gradings.all()] == ["2.50", "5.00"]
    assert accept.detail["credited"] == [2]
    with pytest.raises(SessionRefused):
        answer_review(request=request, answer="Lần nữa", by=admin, members=BOARD)


@pytest.mark.parametrize(("day", "possible"), [(8, True), (9, False)])
def test_remarking_may_be_asked_for_until_the_last_day_and_on_it(over, sitting, host_clock, day, possible):
    host_clock.move_to(START.replace(month=12, day=day))

    if possible:
        assert ask_for_review(attempt=sitting, reason="Xin chấm lại").pk
    else:
        with pytest.raises(SessionRefused):
            ask_for_review(attempt=sitting, reason="Xin chấm lại")


# --- The timeline ------------------------------------------------------------------------------------------


def test_the_timeline_tells_of_changed_addresses_and_of_what_pages_report(sitting):
    note_address(attempt_id=sitting.pk, address=ADDRESS)
    note_address(attempt_id=sitting.pk, address="10.1.2.4")
    note_from_browser(attempt_id=sitting.pk, kind="away")
    note_from_browser(attempt_id=sitting.pk, kind="started")

    events = [(event.kind, event.data) for event in sitting.integrity_events.all()]
    assert events == [
        (EventKind.STARTED, {"to": ADDRESS}),
        (EventKind.ADDRESS, {"from": ADDRESS, "to": "10.1.2.4"}),
        (EventKind.AWAY, {}),
    ]


def test_what_a_page_reports_after_the_end_is_not_noted(sitting, seat, examiner):
    note_from_browser(attempt_id=sitting.pk, kind="away")
    end_seat(seat=seat, by=examiner, reason="Hết giờ")

    assert note_from_browser(attempt_id=sitting.pk, kind="away") is None
    assert sitting.integrity_events.filter(kind="away").count() == 1


def test_the_timeline_is_deleted_when_complaints_are_over_and_answered(over, sitting, admin, host_clock):
    request = ask_for_review(attempt=sitting, reason="Xin chấm lại")
    kept = []
    for day in (8, 9):
        host_clock.move_to(START.replace(month=12, day=day))
        tidy_sessions()
        kept.append(sitting.integrity_events.exists())
    answer_review(request=request, answer="Giữ nguyên", by=admin, members=BOARD)
    tidy_sessions()

    over.refresh_from_db()
    assert (kept, sitting.integrity_events.exists()) == ([True, True], False)
    assert over.timeline_deleted_at is not None


def test_the_same_incident_twice_is_one(session, examiner):
    for _click in range(2):
        report_incident(session=session, text="Mất điện  10 phút", by=examiner)

    assert [i.text for i in session.incidents.all()] == ["Mất điện 10 phút"]


def test_a_session_is_not_changed_after_its_end(over):
    with pytest.raises(SessionRefused):
        change_session(session=over, by=None, room="Phòng 2")


def test_a_shift_has_the_test_of_the_first(quiz, commune, session):
    from tests.factories.quizzes import QuizFactory

    with pytest.raises(SessionRefused):
        a_session(QuizFactory(), commune, first_shift=session)


# --- The code of the day is not guessed ------------------------------------------------------


def _typed(seat, code) -> str:
    """What the page says to a code; empty where she is in."""
    try:
        return "" if arrive(seat=seat, code=code, address=ADDRESS).present_at else "?"
    except SessionRefused as error:
        return str(error)


def test_who_types_wrong_codes_waits_longer_each_time_and_nobody_else_does(session, learner, host_clock):
    seat, neighbour = a_seat(session, learner.staff_member), a_seat(session, StaffMemberFactory())
    free = [_typed(seat, "SAI") for _try in range(5)]
    waits = []
    for seconds in (15, 30, 60, 60):
        waits.append(_typed(seat, session.access_code))
        host_clock.shift(timedelta(seconds=seconds - 1))
        waits.append(_typed(seat, session.access_code))
        host_clock.shift(timedelta(seconds=1))
        _typed(seat, "SAI")
    beside = _typed(neighbour, session.access_code)
    host_clock.shift(timedelta(seconds=60))

    assert len(set(free)) == 1
    assert [int(re.search(r"(\d+) giây", words)[1]) for words in waits] == [15, 1, 30, 1, 60, 1, 60, 1]
    assert (beside, _typed(seat, session.access_code)) == ("", "")
    seat.refresh_from_db()
    assert seat.wrong_codes == 9


# --- The board -------------------------------------------------------------------------------


def test_neither_a_decision_nor_an_answer_stands_without_the_names_of_the_board(over, admin):
    attempt = over.attempts.get()
    request = ask_for_review(attempt=attempt, reason="Câu 2")
    said = {"session": over, "number": "1/QĐ", "decided_on": date(2026, 11, 23), "by": admin, "early_because": "Gấp"}

    with pytest.raises(SessionRefused, match="thành viên"):
        record_decision(**said, members=[])
    with pytest.raises(SessionRefused, match="chấm phúc khảo"):
        answer_review(request=request, answer="Đúng", by=admin, members=())
    decision = record_decision(**said, members=BOARD)
    answered = answer_review(request=request, answer="Đúng", by=admin, members=BOARD[1:])

    decision.refresh_from_db()
    answered.refresh_from_db()
    assert (decision.members, answered.members) == (BOARD, BOARD[1:])


def _printed(drawn: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(drawn)).pages).split())


def test_papers_name_the_board_and_who_marked_again(over, admin):
    before = [slug for slug, _words in session_papers.papers_of(over)]
    request = ask_for_review(attempt=over.attempts.get(), reason="Câu 2 có hai đáp án")
    answer_review(request=request, answer="Giữ nguyên điểm", by=admin, members=BOARD[1:])
    record_decision(
        session=over, number="1/QĐ", decided_on=date(2026, 11, 23), by=admin, early_because="Gấp", members=BOARD
    )
    over.refresh_from_db()

    results, again = (_printed(session_papers.draw(over, slug)) for slug in ("ket-qua", "bien-ban-phuc-khao"))

    assert "bien-ban-phuc-khao" not in before
    assert all(name in results for name in BOARD)
    assert [words in again for words in (BOARD[1], BOARD[0], "Câu 2 có hai đáp án", "Giữ nguyên điểm")] == [
        True, False, True, True
    ]  # fmt: skip
