"""Exam sessions by the front door: planning, the way in, the console, another computer, and what follows."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from quizzes import sealing, services, session_papers, session_queries
from quizzes.enums import RegradePolicy, ReviewMoment
from quizzes.errors import SessionRefused
from quizzes.models import Accommodation, Attempt, ExamSession, IntegrityEvent, QuestionVersion, Seat
from quizzes.services import (
    accommodate,
    add_seats,
    answer_review,
    apply_regrade,
    ask_for_review,
    end_session,
    plan_of,
    propose_regrade,
)
from staff import clock
from staff.models import Notice, StaffMember
from tests.factories.quizzes import fill
from tests.factories.staff import StaffMemberFactory, UserFactory
from tests.quizzes.conftest import START
from tests.quizzes.helpers import right_of
from tests.quizzes.sessions import BOARD, a_seat, a_session, decided, started

pytestmark = pytest.mark.django_db
ROOM = {"REMOTE_ADDR": "10.1.2.3"}


def at(name, *args):
    return reverse(f"exam_sessions:{name}", args=args)


def signed_in(user, **extra):
    client = Client(**extra)
    client.force_login(user)
    return client


@pytest.fixture
def session(quiz, commune, examiner, host_clock):
    return a_session(quiz, commune, invigilators=[examiner])


@pytest.fixture
def seat(session, learner):
    return a_seat(session, learner.staff_member)


@pytest.fixture
def invigilator(examiner):
    return signed_in(examiner)


@pytest.fixture
def candidate(learner):
    return signed_in(learner, **ROOM)


@pytest.fixture
def organiser(hr):
    return signed_in(hr)


@pytest.fixture
def sitting(seat, candidate, invigilator):
    """The candidate came in and started by the pages."""
    candidate.post(at("seat", seat.pk), {"action": "arrive", "code": seat.session.access_code})
    invigilator.post(at("console", seat.session_id), {"action": "admit", "seat": seat.pk})
    response = candidate.post(at("seat", seat.pk), {"action": "start"})
    attempt = Attempt.objects.get()
    assert response["Location"] == reverse("quizzes:attempt", args=[attempt.pk])
    return attempt


def test_start_pressed_twice_at_once_on_a_computer_that_is_new_opens_the_paper_there(
    seat, candidate, invigilator, learner
):
    candidate.post(at("seat", seat.pk), {"action": "arrive", "code": seat.session.access_code})
    invigilator.post(at("console", seat.session_id), {"action": "admit", "seat": seat.pk})
    presses = [signed_in(learner, **ROOM) for _press in range(2)]
    presses[0].get(at("seat", seat.pk))
    # Both requests leave the browser before either is answered: with the cookies that the page brought.
    presses[1].cookies = presses[0].cookies.copy()

    opened = [press.post(at("seat", seat.pk), {"action": "start"})["Location"] for press in presses]

    assert opened == [reverse("quizzes:attempt", args=[Attempt.objects.get().pk])] * 2
    assert [press.get(opened[0]).status_code for press in presses] == [200, 200]


def save(client, attempt, number, sequence=1):
    body = {"number": number, "response": right_of(attempt, number), "sequence": sequence}
    return client.post(reverse("quizzes:save", args=[attempt.pk]), json.dumps(body), content_type="application/json")


def test_who_watches_a_room_or_sits_in_it_finds_the_way_there_in_the_head_of_every_page(seat, learner, examiner):
    stranger = UserFactory(staff_member=StaffMemberFactory())

    way = {
        user.pk: f'href="{at("list")}"' in signed_in(user).get(reverse("my_learning"), follow=True).text
        for user in (learner, examiner, stranger)
    }

    assert way == {learner.pk: True, examiner.pk: True, stranger.pk: False}


# --- Planning ----------------------------------------------------------------------------------------------


def plan(quiz, unit, **fields):
    said = {
        "title": "Kỳ thi đợt 1",
        "quiz": quiz.pk,
        "unit": unit.pk,
        "room": "Phòng máy 1",
        "opens_at": "2026-11-25T08:00",
        "closes_at": "2026-11-25T09:30",
        "legal_basis": "Quyết định số 123/QĐ-SNV",
        "complaints_until": "10/12/2026",
        "networks": "10.1.2.0/24\n",
        "invigilators": "ct0001",
    }
    return said | fields


def test_an_organiser_plans_a_session_and_seats_a_unit(
    organiser, quiz, commune, office, examiner, learner, hr, host_clock
):
    organiser.post(at("new"), plan(quiz, commune))
    session = ExamSession.objects.get()
    organiser.post(at("seats", session.pk), {"unit": commune.pk})

    assert (session.created_by, session.networks, list(session.invigilators.all())) == (hr, ["10.1.2.0/24"], [examiner])
    assert session.opens_at.isoformat() == "2026-11-25T01:00:00+00:00"
    assert {seat.staff_member for seat in session.seats.all()} == {learner.staff_member, hr.staff_member}


def test_a_further_shift_is_planned_from_the_first_and_takes_over_what_they_share(
    organiser, quiz, categories, commune, office, examiner, host_clock
):
    for category in categories:
        fill(category, 3)
    organiser.post(at("new"), plan(quiz, commune, lessons_waived_by="QĐ 5"))
    first = ExamSession.objects.get()
    link = f"{at('new')}?ca={first.pk}"
    is_linked = [f'href="{link}"' in organiser.get(at("session", first.pk)).text]

    form = organiser.get(link).context["form"]
    shown = {name: form[name].value() for name in ("title", "quiz", "first_shift", "networks", "lessons_waived_by")}
    invigilators = form["invigilators"].value()
    organiser.post(
        link, plan(quiz, commune, first_shift=first.pk, opens_at="2026-11-25T10:00", closes_at="2026-11-25T11:00")
    )
    services.deal_questions(session=first)
    is_linked.append(f'href="{link}"' in organiser.get(at("session", first.pk)).text)

    assert shown == {
        "title": first.title,
        "quiz": quiz.pk,
        "first_shift": first.pk,
        "networks": "10.1.2.0/24",
        "lessons_waived_by": "QĐ 5",
    }
    assert invigilators == examiner.staff_code
    assert first.later_shifts.count() == 1
    assert is_linked == [True, False]


def test_no_shift_is_planned_from_a_foreign_session(organiser, quiz, other_commune, host_clock):
    foreign = a_session(quiz, other_commune)

    assert organiser.get(at("new"), {"ca": foreign.pk}).status_code == 404


def test_who_has_a_seat_in_another_shift_is_counted_apart(
    organiser, quiz, commune, office, learner, hr, examiner, host_clock
):
    first = a_session(quiz, commune)
    later = a_session(quiz, commune, opens_in=120, first_shift=first, invigilators=[examiner])
    add_seats(session=first, people=[learner.staff_member], by=None)

    page = organiser.post(at("seats", later.pk), {"codes": f"{learner.staff_code}\n{hr.staff_code}"}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        "Đã thêm 1 thí sinh.",
        "1 người đã có chỗ trong ca này hoặc ca khác và được giữ nguyên.",
    ]
    shifts = [label for _value, label in organiser.get(at("new")).context["form"].fields["first_shift"].choices]
    assert f"{first.title} · {first.room} · 10:00 23/11/2026" in shifts


def test_who_invigilates_is_left_out_of_a_unit_and_refused_by_name(
    organiser, quiz, commune, office, examiner, learner, hr, host_clock
):
    organiser.post(at("new"), plan(quiz, commune, invigilators=f"ct0001\n{learner.staff_code}"))
    session = ExamSession.objects.get()

    by_code = organiser.post(at("seats", session.pk), {"codes": learner.staff_code})
    by_unit = organiser.post(at("seats", session.pk), {"unit": commune.pk})

    assert (by_unit.status_code, by_code.status_code) == (302, 400)
    assert [seat.staff_member for seat in session.seats.all()] == [hr.staff_member]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("closes_at", "2026-11-25T08:20"),
        ("closes_at", "2026-11-25T07:00"),
        ("complaints_until", "2026-11-24"),
        ("networks", "10.1.2.0/99"),
        ("invigilators", "KHONG"),
        ("room", ""),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_loses_nothing(
    organiser, quiz, commune, examiner, host_clock, field, value
):
    response = organiser.post(at("new"), plan(quiz, commune, **{field: value}))

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "Kỳ thi đợt 1" in response.text
    assert not ExamSession.objects.exists()


def test_nobody_plans_for_another_unit_or_seats_people_outside_the_scope(
    organiser, quiz, commune, other_commune, examiner, other_hr, host_clock
):
    refused = organiser.post(at("new"), plan(quiz, other_commune))
    organiser.post(at("new"), plan(quiz, commune))
    session = ExamSession.objects.get()
    by_code = organiser.post(at("seats", session.pk), {"codes": other_hr.staff_code})
    by_unit = organiser.post(at("seats", session.pk), {"unit": other_commune.pk})

    assert [r.status_code for r in (refused, by_code, by_unit)] == [400, 400, 400]
    assert not Seat.objects.exists()


def test_extra_time_and_taking_off_the_list(organiser, session, seat):
    organiser.post(at("session", session.pk), {"action": "extra", "seat": 1, "minutes": 10, "reason": "khuyết tật"})
    seat.refresh_from_db()
    extra = seat.extra_minutes
    organiser.post(at("session", session.pk), {"action": "remove", "seat": 1})

    assert (extra, Seat.objects.count()) == (10, 0)


def test_an_invigilator_watches_but_does_not_plan(invigilator, session, seat):
    answers = [
        invigilator.get(at("session", session.pk)).status_code,
        invigilator.get(at("console", session.pk)).status_code,
        invigilator.get(at("change", session.pk)).status_code,
        invigilator.post(at("session", session.pk), {"action": "remove", "seat": 1}).status_code,
        invigilator.get(at("decision", session.pk)).status_code,
    ]

    assert answers == [200, 200, 404, 404, 404]
    assert Seat.objects.exists()


# --- The way in, and the room --------------------------------------------------------------------------------


def test_a_candidate_sees_each_step_of_the_way(candidate, invigilator, seat, session):
    def page():
        return candidate.get(at("seat", seat.pk)).text

    steps = ['name="code"' in page()]
    candidate.post(at("seat", seat.pk), {"action": "arrive", "code": session.access_code})
    steps.append('data-waits="' in page())
    invigilator.post(at("console", session.pk), {"action": "admit_all"})
    steps.append('value="start"' in page())
    candidate.post(at("seat", seat.pk), {"action": "start"})
    steps.append(reverse("quizzes:attempt", args=[Attempt.objects.get().pk]) in page())

    assert steps == [True] * 4


def test_the_notice_names_purpose_basis_and_period_before_the_start(candidate, seat, session):
    text = candidate.get(at("seat", seat.pk)).text

    assert session.legal_basis in text
    assert "08/12/2026" in text


LATE = "Câu trả lời gửi đến sau khi hết giờ không được tính, trừ khi giám thị chấp nhận."


def test_what_becomes_of_late_answers_is_said_before_and_during_the_test(candidate, invigilator, seat, session):
    before = candidate.get(at("seat", seat.pk)).text
    candidate.post(at("seat", seat.pk), {"action": "arrive", "code": session.access_code})
    invigilator.post(at("console", session.pk), {"action": "admit_all"})
    candidate.post(at("seat", seat.pk), {"action": "start"})
    during = candidate.get(reverse("quizzes:attempt", args=[Attempt.objects.get().pk])).text

    assert (LATE in before, LATE in during) == (True, True)


@pytest.mark.parametrize("by_seat", [True, False])
def test_more_time_is_said_before_the_start(candidate, organiser, session, seat, learner, hr, by_seat):
    if by_seat:
        organiser.post(at("session", session.pk), {"action": "extra", "seat": 1, "minutes": 10, "reason": "khuyết tật"})
    else:
        accommodate(staff_member=learner.staff_member, by=hr, extra_minutes=10, reason="QĐ 12")

    text = candidate.get(at("seat", seat.pk)).text

    limit = session.quiz.time_limit
    assert f"{limit + 10} phút, trong đó 10 phút là thời gian anh/chị được cho thêm" in text


def test_a_wrong_code_is_said_and_lets_nobody_in(candidate, seat):
    response = candidate.post(at("seat", seat.pk), {"action": "arrive", "code": "SAI"}, follow=True)

    seat.refresh_from_db()
    assert seat.present_at is None
    assert "mã của ca thi" in response.text


def test_the_console_tells_who_is_where(invigilator, session, seat, sitting, candidate):
    a_seat(session, StaffMemberFactory())
    save(candidate, sitting, 1)

    response = invigilator.get(at("console", session.pk), {"bang": "1"})

    rows = [
        (row.number, row.state, row.time_left, row.answered, row.questions) for row in response.context["console"].rows
    ]
    assert rows == [("001", "đang làm bài", "25:00", 1, 4), ("002", "chưa có mặt", "", 0, 0)]
    assert "<html" not in response.text


def test_a_session_leads_to_each_candidate_and_tells_of_drawn_papers_while_it_matters(organiser, session, seat):
    before = organiser.get(at("session", session.pk)).text
    end_session(session=session, by=None)
    after = organiser.get(at("session", session.pk)).text

    name = f'<th scope="row"><a href="{at("watched_seat", seat.pk)}">{seat.staff_member.full_name}</a></th>'
    assert (name in before, name in after) == (True, True)
    assert ("Đề tạo trước" in before, "Đề tạo trước" in after) == (True, False)


def test_the_console_leads_to_what_stands_below_a_long_list(invigilator, session, seat):
    page = invigilator.get(at("console", session.pk)).text
    end_session(session=session, by=None)
    ended = invigilator.get(at("console", session.pk)).text

    named = re.findall(r'<a href="#([a-z]+)">', page)
    assert (named, [f'id="{name}"' in page for name in named]) == (["all", "incidents", "end"], [True] * 3)
    assert re.findall(r'<a href="#([a-z]+)">', ended) == []


def test_more_time_by_an_individual_arrangement_is_known_in_the_room(invigilator, session, seat, sitting, learner, hr):
    for _time in range(2):
        accommodate(staff_member=learner.staff_member, by=hr, extra_minutes=10, reason="QĐ 12, mắt kém")

    page = invigilator.get(at("watched_seat", seat.pk)).text
    assert [(i.seat, i.text) for i in session.incidents.all()] == [(seat, "Thêm 10 phút theo điều kiện riêng")]
    assert ("Thêm 10 phút theo điều kiện riêng" in page, "mắt kém" in page) == (True, False)


def test_who_sits_in_a_session_gives_nobody_in_it_more_time(session, seat, sitting, learner, hr):
    a_seat(session, hr.staff_member)
    before = Attempt.objects.get().deadline

    with pytest.raises(SessionRefused):
        accommodate(staff_member=learner.staff_member, by=hr, extra_minutes=10, reason="QĐ 12")

    assert (Attempt.objects.get().deadline, Accommodation.objects.count()) == (before, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_console_asks_as_often_for_one_as_for_many(
    invigilator, session, seat, sitting, django_assert_num_queries, count
):
    add_seats(session=session, people=[StaffMemberFactory() for _person in range(count)], by=None)
    invigilator.get(at("console", session.pk), {"bang": "1"})

    # account, scopes, the session, seats with postings 2, answers, late ones, events; who could not start: the page
    # of the test, attempts, arrangements, when they ended, what is begun elsewhere
    with django_assert_num_queries(13):
        invigilator.get(at("console", session.pk), {"bang": "1"})


def test_the_whole_room_is_paused_goes_on_and_gets_time(invigilator, session, sitting, candidate, host_clock):
    console = at("console", session.pk)
    invigilator.post(console, {"action": "pause", "tat-ca-reason": "mất điện"})
    paused = candidate.get(reverse("quizzes:attempt", args=[sitting.pk])).text
    state = candidate.get(reverse("quizzes:save", args=[sitting.pk])).json()
    host_clock.shift(timedelta(minutes=10))
    invigilator.post(console, {"action": "resume", "tat-ca-reason": "có điện"})
    invigilator.post(console, {"action": "add_time", "tat-ca-reason": "bù giờ", "tat-ca-minutes": 5})

    sitting.refresh_from_db()
    assert 'class="question"' not in paused
    assert (state["paused"], state["remaining"]) == (True, 25 * 60)
    assert sitting.deadline == START + timedelta(minutes=40)
    assert [incident.text for incident in session.incidents.all()] == [
        "Cả phòng tạm dừng làm bài: mất điện",
        "Cả phòng làm bài tiếp: có điện",
        "Thêm 5 phút cho cả phòng: bù giờ",
    ]


def test_what_is_done_to_one_candidate_stands_in_the_minutes_in_vietnamese(
    invigilator, examiner, candidate, learner, session, seat, sitting
):
    invigilator.cookies["language"] = "en"
    watched = at("watched_seat", seat.pk)
    acts = [("pause", "máy treo"), ("resume", "đã đổi máy"), ("add_time", "bù giờ"), ("end", "dùng điện thoại")]

    for action, reason in acts[:3]:
        invigilator.post(watched, {"action": action, "reason": reason, "minutes": 7})
    other = signed_in(learner, REMOTE_ADDR="10.1.2.9")
    other.post(at("seat", seat.pk), {"action": "go_on"})
    invigilator.post(watched, {"action": "admit"})
    invigilator.post(watched, {"action": acts[3][0], "reason": acts[3][1]})
    save(other, sitting, 2)
    invigilator.post(watched, {"action": "accept", "number": [2], "reason": "mất mạng"})

    assert [(incident.seat, incident.text, incident.reported_by) for incident in session.incidents.all()] == [
        (seat, text, examiner)
        for text in [
            "Tạm dừng bài thi: máy treo",
            "Làm bài tiếp: đã đổi máy",
            "Thêm 7 phút: bù giờ",
            "Làm bài tiếp trên máy khác",
            "Giám thị kết thúc bài thi: dùng điện thoại",
            "Tính 1 câu trả lời đến sau khi hết giờ: mất mạng",
        ]
    ]


def test_time_is_added_once_when_the_request_arrives_twice(invigilator, session, seat, sitting, host_clock):
    one = {"action": "add_time", "reason": "máy treo", "minutes": 5}
    everybody = {"action": "add_time", "tat-ca-reason": "mất điện", "tat-ca-minutes": 3}

    for _click in range(2):
        invigilator.post(at("watched_seat", seat.pk), one)
        invigilator.post(at("console", session.pk), everybody)
    again = invigilator.post(at("watched_seat", seat.pk), one, follow=True).text
    host_clock.shift(timedelta(minutes=1, seconds=1))
    invigilator.post(at("watched_seat", seat.pk), one)

    sitting.refresh_from_db()
    assert sitting.deadline == START + timedelta(minutes=25 + 5 + 3 + 5)
    assert "Số phút này vừa được thêm." in again
    assert [incident.text for incident in session.incidents.all()] == [
        "Thêm 5 phút: máy treo",
        "Thêm 3 phút cho cả phòng: mất điện",
        "Thêm 5 phút: máy treo",
    ]


def test_what_was_done_to_nobody_is_no_line_of_the_minutes(invigilator, session, seat):
    invigilator.post(at("console", session.pk), {"action": "pause", "tat-ca-reason": "mất điện"})

    assert not session.incidents.exists()


def test_a_change_of_time_without_a_reason_changes_nothing(invigilator, session, sitting):
    invigilator.post(at("console", session.pk), {"action": "pause", "tat-ca-reason": ""})

    sitting.refresh_from_db()
    assert sitting.paused_at is None


def test_an_invigilator_sees_no_seat_of_another_session(invigilator, quiz, commune, host_clock):
    foreign = a_seat(a_session(quiz, commune), StaffMemberFactory())

    assert invigilator.get(at("watched_seat", foreign.pk)).status_code == 404
    assert invigilator.post(at("watched_seat", foreign.pk), {"action": "admit"}).status_code == 404


def _main_button(client, session) -> list[str]:
    return re.findall(r'<a class="button button--primary" href="([^"]*)"', client.get(at("session", session.pk)).text)


def test_the_main_button_of_a_session_leads_to_what_comes_next(session, sitting, examiner, hr, host_clock):
    def both():
        return [_main_button(signed_in(user), session) for user in (examiner, hr)]

    watch, minutes, results = (
        [at("console", session.pk)], [at("paper", session.pk, "bien-ban")], [at("paper", session.pk, "ket-qua")]
    )  # fmt: skip
    running = both()
    end_session(session=session, by=hr)
    ended = both()
    asked = ask_for_review(attempt=sitting, reason="Câu 2")
    waiting = both()
    answer_review(request=asked, answer="Giữ nguyên", by=hr, members=BOARD)
    answered = both()
    host_clock.move_to(START.replace(month=12, day=9))
    settled = both()
    services.record_decision(session=session, number="45", decided_on=date(2026, 12, 9), by=hr, members=BOARD)

    assert (running, ended, answered) == ([watch, watch], [minutes, minutes], [minutes, minutes])
    assert waiting == [minutes, [at("reviews", session.pk)]]
    assert (settled, both()) == ([minutes, [at("decision", session.pk)]], [results, results])


def test_a_candidate_who_organises_does_not_watch_herself(organiser, session, hr):
    own = a_seat(session, hr.staff_member)

    assert organiser.get(at("watched_seat", own.pk)).status_code == 404


def test_ending_the_session_hands_in_every_test(invigilator, session, sitting):
    invigilator.post(at("console", session.pk), {"action": "end"})

    sitting.refresh_from_db()
    assert sitting.finished_at is not None


# --- Another computer ----------------------------------------------------------------------------------------


def test_another_computer_goes_on_once_the_invigilator_says_so(learner, candidate, invigilator, sitting, seat):
    other = signed_in(learner, REMOTE_ADDR="10.1.2.9")
    exam = reverse("quizzes:attempt", args=[sitting.pk])
    before = (other.get(exam)["Location"], save(other, sitting, 1).status_code)
    other.post(at("seat", seat.pk), {"action": "go_on"})
    waiting = (other.get(exam).status_code, save(candidate, sitting, 1).status_code)
    invigilator.post(at("watched_seat", seat.pk), {"action": "admit"})

    assert before == (at("seat", seat.pk), 423)
    assert waiting == (302, 200)
    assert (other.get(exam).status_code, save(other, sitting, 2).status_code) == (200, 200)
    old = save(candidate, sitting, 3)
    assert (old.status_code, "máy khác" in old.json()["error"]) == (423, True)
    assert candidate.get(exam)["Location"] == at("seat", seat.pk)
    assert candidate.post(reverse("quizzes:submit", args=[sitting.pk]))["Location"] == at("seat", seat.pk)


def test_the_old_computer_without_a_script_is_told_so_too(learner, candidate, invigilator, sitting, seat):
    other = signed_in(learner, **ROOM)
    other.post(at("seat", seat.pk), {"action": "go_on"})
    invigilator.post(at("watched_seat", seat.pk), {"action": "admit"})

    response = candidate.post(
        reverse("quizzes:attempt", args=[sitting.pk]),
        {"cau": 1, "q1": right_of(sitting, 1), "s1": 1, "go": "2"},
        follow=True,
    )

    assert "máy khác" in response.text
    assert sitting.answers.get(number=1).response == []


# --- The timeline --------------------------------------------------------------------------------------------


def test_the_timeline_has_answers_addresses_and_windows(candidate, learner, sitting):
    save(candidate, sitting, 1)
    candidate.post(reverse("quizzes:event", args=[sitting.pk]), {"kind": "away"})
    candidate.post(reverse("quizzes:event", args=[sitting.pk]), {"kind": "verdict"})
    candidate.post(
        reverse("quizzes:save", args=[sitting.pk]),
        json.dumps({"number": 2, "response": [], "sequence": 1}),
        content_type="application/json",
        REMOTE_ADDR="10.9.9.9",
    )

    kinds = list(IntegrityEvent.objects.values_list("kind", flat=True))
    assert kinds == ["started", "answer", "away", "address", "answer"]


def test_an_unsupervised_test_leaves_no_timeline(attempt, learner):
    client = signed_in(learner)

    save(client, attempt, 1)
    client.post(reverse("quizzes:event", args=[attempt.pk]), {"kind": "away"})

    assert not IntegrityEvent.objects.exists()


def test_the_timeline_is_shown_to_the_invigilator_without_questions_or_keys(invigilator, candidate, sitting, seat):
    save(candidate, sitting, 1)

    text = invigilator.get(at("watched_seat", seat.pk)).text

    assert "lưu câu trả lời" in text
    # to the second: what follows what within a minute is what an invigilator wants to know
    assert re.search(r"\d\d:\d\d:\d\d 23/11/2026</span> · [^<]*lưu câu trả lời", text)
    assert sitting.paper.items[0]["stem"] not in text
    assert right_of(sitting, 1)[0] not in text


# --- Afterwards ----------------------------------------------------------------------------------------------


@pytest.fixture
def over(session, sitting, candidate, examiner):
    save(candidate, sitting, 1)
    return end_session(session=session, by=examiner)


def test_late_answers_count_once_the_invigilator_ticks_them(invigilator, candidate, over, sitting, seat):
    save(candidate, sitting, 2)
    page = invigilator.get(at("watched_seat", seat.pk)).text
    invigilator.post(at("watched_seat", seat.pk), {"action": "accept", "number": [2], "reason": ""})
    invigilator.post(at("watched_seat", seat.pk), {"action": "accept", "number": [2], "reason": "mất mạng"})

    assert 'name="number" value="2"' in page
    assert [str(grading.mark) for grading in sitting.gradings.all()] == ["2.50", "5.00"]


def test_an_invigilator_says_of_late_answers_that_they_do_not_count_and_the_candidate_reads_it(
    invigilator, organiser, candidate, over, sitting, seat
):
    save(candidate, sitting, 2)
    save(candidate, sitting, 3)
    watched, result = at("watched_seat", seat.pk), reverse("quizzes:result", args=[sitting.pk])

    def refused(*numbers, reason="làm thêm giờ"):
        page = invigilator.post(watched, {"action": "refuse", "number": numbers, "reason": reason}, follow=True)
        return [page.text.count(f'name="number" value="{number}"') for number in (2, 3)]

    ticks = [refused(2, reason=""), refused(), refused(2)]
    organiser.post(watched, {"action": "accept", "number": [3], "reason": "mất mạng"})

    own, session = candidate.get(result).text, organiser.get(at("session", over.pk))
    assert ticks == [[1, 1], [1, 1], [0, 1]]
    said = [
        "Câu 2: câu trả lời đến sau khi hết giờ và không được tính. Lý do: làm thêm giờ",
        "Câu 3: câu trả lời đến sau khi hết giờ và được tính. Lý do: mất mạng",
    ]
    assert [words for words in said if words in own] == said
    assert "trừ khi giám thị" not in own
    assert session.context["late"] == []
    assert [i.text for i in over.incidents.all()] == [
        "Không tính 1 câu trả lời đến sau khi hết giờ: làm thêm giờ",
        "Tính 1 câu trả lời đến sau khi hết giờ: mất mạng",
    ]
    assert ["<strong>không được tính</strong>: làm thêm giờ" in invigilator.get(watched).text] == [True]


def test_late_answers_that_nobody_decided_about_stand_before_the_organiser_and_the_decision(
    candidate, organiser, over, sitting, seat
):
    def shown():
        session, decision = (organiser.get(at(name, over.pk)) for name in ("session", "decision"))
        link = f'<li><a href="{at("watched_seat", seat.pk)}"' in session.text
        return [(row.seat, row.late) for row in session.context["late"]], link, decision.context["early"]

    complaints = "Thí sinh còn được xin phúc khảo đến hết ngày 08/12/2026."
    before = shown()
    save(candidate, sitting, 2)
    after = shown()
    organiser.post(at("watched_seat", seat.pk), {"action": "accept", "number": [2], "reason": "mất mạng"})

    late = "Còn 1 câu trả lời đến sau khi hết giờ mà chưa ai quyết định có tính hay không."
    assert before == ([], False, [complaints])
    assert after == ([(seat, 1)], True, [complaints, late])
    assert shown() == before


def test_a_sealed_file_is_handed_in_by_the_page(invigilator, over, sitting, seat):
    answers = [{"number": 3, "response": right_of(sitting, 3), "sequence": 7}]
    content = sealing.seal(
        over.public_key, json.dumps({"attempt": sitting.pk, "proof": sitting.file_proof, "answers": answers}).encode()
    )

    def handed_in(content):
        return invigilator.post(at("response_file", over.pk), {"file": SimpleUploadedFile("bai-lam.json", content)})

    assert handed_in(b"nothing").status_code == 400
    assert handed_in(content)["Location"] == at("watched_seat", seat.pk)
    assert handed_in(content)["Location"] == at("watched_seat", seat.pk)
    assert [(i.seat, i.text) for i in over.incidents.all()] == [(seat, "Nộp tệp bài làm; nhận 1 câu trả lời")]
    assert sitting.answers.get(number=3).late_response == right_of(sitting, 3)


def test_the_result_is_provisional_until_the_decision(candidate, organiser, over, sitting):
    result = reverse("quizzes:result", args=[sitting.pk])
    before = candidate.get(result).text
    said = {"number": "45/QĐ-HĐT", "decided_on": "23/11/2026", "members": " Ông A,  chủ tịch ;\r\n\r\nBà B"}
    early = organiser.post(at("decision", over.pk), said)
    organiser.post(at("decision", over.pk), said | {"is_meant": "on", "early_because": "Cần cấp chứng nhận gấp"})

    assert over.decision.members == ["Ông A, chủ tịch", "Bà B"]
    assert (early.status_code, "đến hết ngày 08/12/2026" in early.text) == (400, True)
    assert "Kết quả tạm thời" in before
    assert "Kết quả tạm thời" not in candidate.get(result).text
    assert "phúc khảo đến hết ngày 08/12/2026" in candidate.get(result).text
    assert Notice.objects.filter(staff_member=sitting.staff_member, kind="exam.decision").count() == 1
    over.refresh_from_db()
    assert over.decision.decided_on == date(2026, 11, 23)


def test_remarking_is_asked_for_and_answered_on_pages(candidate, organiser, over, sitting, seat):
    candidate.post(at("review", seat.pk), {"reason": "Câu 2 có hai đáp án đúng"})
    asked = sitting.review_request
    page, answer = at("answer_review", asked.pk), {
        "answer": "Câu 2 được đủ điểm", "credit-2": "1", "members": "\n".join(BOARD)
    }  # fmt: skip

    refused = organiser.post(page, answer)
    answer["why-2"] = "Có hai đáp án đúng"
    looked = organiser.post(page, answer)
    stale = organiser.post(page, answer | {"confirmed": "10.00"})
    asked.refresh_from_db()
    unanswered = asked.answered_at is None
    organiser.post(page, answer | {"confirmed": "5.00"})

    assert (refused.status_code, looked.status_code, stale.status_code, unanswered) == (400, 200, 200, True)
    assert "2,50 → 5,00" in looked.text
    text = candidate.get(at("review", seat.pk)).text
    told = list(Notice.objects.of(sitting.staff_member.user).order_by("pk").values_list("kind", flat=True))
    assert told == ["exam.seat", "exam.review"]
    said = ["Câu 2 được đủ điểm", "Có hai đáp án đúng", "2,50/10", "5,00/10"]
    assert [words for words in said if words in text] == said


def test_whoever_answers_a_request_sees_paper_answers_keys_and_points(candidate, organiser, over, sitting, seat):
    candidate.post(at("review", seat.pk), {"reason": "Câu 2 có hai đáp án đúng"})

    page = organiser.get(at("answer_review", sitting.review_request.pk)).text

    assert [item["stem"] in page for item in sitting.paper.items] == [True] * 4
    assert (page.count("đáp án đúng</span>"), page.count("trên 2,50 điểm")) == (4, 4)
    assert page.count('type="checkbox"') == 4


def _answered(attempt, by, **credited):
    asked = ask_for_review(attempt=attempt, reason="Câu 2")
    said = {"credited": {2: "Hai đáp án đúng"}} if credited.get("credits") else {}
    return answer_review(request=asked, answer="Đã xem lại", by=by, members=BOARD, **said)


def _marks_on(page) -> list[str]:
    return re.findall(r"[0-9]+,[0-9]{2}/10", page.text)


def test_a_test_that_hides_its_marks_hides_them_on_the_page_of_remarking(candidate, over, sitting, seat, hr):
    _answered(sitting, hr, credits=True)
    shown = _marks_on(candidate.get(at("review", seat.pk)))
    sitting.quiz.review = dict.fromkeys(ReviewMoment.values, [])
    sitting.quiz.save()
    hidden = candidate.get(at("review", seat.pk))

    assert (shown, _marks_on(hidden)) == (["2,50/10", "5,00/10"], [])
    assert ["Đã xem lại" in hidden.text, "Điểm của bài này không hiện ở đây." in hidden.text] == [True, True]


def _regraded(attempt, by, number):
    """Everybody who was shown this question gets all its points."""
    version = QuestionVersion.objects.get(pk=attempt.paper.items[number - 1]["version"])
    regrade = propose_regrade(question=version.question, policy=RegradePolicy.FULL, reason="Câu hỏi sai", by=by)
    apply_regrade(regrade=regrade, shown=plan_of(regrade).digest, by=by)


@pytest.mark.parametrize(
    ("credits", "said"),
    [(True, "Phúc khảo: 2,50 thành 5,00. Sau đó chấm lại: 7,50"), (False, "giữ nguyên điểm. Sau đó chấm lại: 5,00")],
)
def test_what_remarking_made_is_told_apart_from_a_later_regrade(
    candidate, organiser, over, sitting, seat, hr, reviewer, credits, said
):
    _answered(sitting, hr, credits=credits)
    before = organiser.get(at("session", over.pk)).text
    _regraded(sitting, reviewer, 3)

    (row,) = session_queries.results(over)
    text = " ".join(PdfReader(io.BytesIO(session_papers.draw(over, "ket-qua"))).pages[0].extract_text().split())
    own, page = candidate.get(at("review", seat.pk)), organiser.get(at("session", over.pk)).text
    to, now = ("5.00", "7.50") if credits else ("2.50", "5.00")
    assert [f"{mark:.2f}" for mark in (row.remarked_from, row.remarked_to, row.mark)] == ["2.50", to, now]
    assert said in text
    assert _marks_on(own) == [f"{mark.replace('.', ',')}/10" for mark in ("2.50", to, now)]
    assert ["sau đó chấm lại vì lý do khác" in shown for shown in (before, page)] == [False, True]


def test_what_was_marked_after_the_decision_is_told_apart_from_what_the_board_decided(
    over, sitting, hr, reviewer, host_clock
):
    def seen():
        paper = PdfReader(io.BytesIO(session_papers.draw(over, "ket-qua")))
        page = signed_in(hr).get(at("session", over.pk)).text
        return " ".join(paper.pages[0].extract_text().split()), " ".join(page.split())

    host_clock.move_to(START.replace(month=12, day=9))
    services.record_decision(session=over, number="45", decided_on=date(2026, 12, 9), by=hr, members=BOARD)
    over.refresh_from_db()
    before = seen()
    host_clock.shift(timedelta(days=1))
    _regraded(sitting, reviewer, 3)

    (row,) = session_queries.results(over)
    paper, page = seen()
    said = "1 bài được chấm lại sau quyết định; điểm mới không thuộc quyết định này"
    assert (f"{row.decided:.2f}", row.was_decided_otherwise, f"{row.mark:.2f}") == ("2.50", True, "5.00")
    assert [said in text for text in (*before, paper, page)] == [False, False, True, True]
    assert "Sau quyết định: 2,50 thành 5,00" in paper
    assert "sau quyết định: 2,50 → 5,00" in page


def test_the_board_decides_about_marks_that_changed_after_its_decision(
    over, sitting, hr, learner, reviewer, host_clock
):
    host_clock.move_to(START.replace(month=12, day=9))
    services.record_decision(session=over, number="45", decided_on=date(2026, 12, 9), by=hr, members=BOARD)
    form = f"{at('decision', over.pk)}?them=1"
    said = {"number": "46", "decided_on": "10/12/2026", "members": "\n".join(BOARD)}
    host_clock.shift(timedelta(days=1))
    organiser = signed_in(hr)
    nothing, too_early = organiser.get(form).text, organiser.post(form, said)
    _regraded(sitting, reviewer, 3)
    asked = organiser.get(at("session", over.pk)).text
    listed = " ".join(organiser.get(form).text.split())
    host_clock.shift(timedelta(hours=1))

    answers = [organiser.post(form, said) for _time in range(2)]
    again = organiser.post(form, said | {"number": "47"})

    (row,) = session_queries.results(over)
    page = " ".join(organiser.get(at("session", over.pk)).text.split())
    drawn = session_papers.draw(ExamSession.objects.get(pk=over.pk), "ket-qua")
    paper = " ".join(PdfReader(io.BytesIO(drawn)).pages[0].extract_text().split())
    unchanged = "Chưa có điểm nào thay đổi từ khi Hội đồng quyết định."
    assert [unchanged in response.text for response in (too_early, again)] == [True, True]
    assert [unchanged in nothing, 'name="number"' in nothing] == [True, False]
    assert f"{sitting.staff_member.full_name}: 2,50 → 5,00, " in listed
    assert [f"{at('decision', over.pk)}?them=1" in text for text in (asked, page)] == [True, False]
    assert [response.status_code for response in answers] == [302, 302]
    assert list(over.further_decisions.values_list("number", "decided_on")) == [("46", date(2026, 12, 10))]
    assert [f"{mark:.2f}" for mark in (row.first_decided, row.decided, row.mark)] == ["2.50", "5.00", "5.00"]
    assert (row.was_decided_anew, row.was_decided_otherwise) == (True, False)
    assert "quyết định lại: 2,50 → 5,00" in page
    assert "Điểm thay đổi sau đó được công nhận theo Quyết định số 46 ngày 10/12/2026." in paper
    assert "Quyết định lần đầu: 2,50" in paper
    assert "được công nhận theo quyết định bổ sung số 46" in signed_in(learner).get(reverse("notices:list")).text


@pytest.mark.parametrize("others", [0, 2])
def test_a_further_decision_asks_nothing_for_each_mark_that_did_not_change(
    session, hr, learner, host_clock, others, django_assert_num_queries
):
    people = [learner.staff_member, *(StaffMemberFactory() for _other in range(others))]
    first, *_rest = [started(a_seat(session, person)) for person in people]
    end_session(session=session, by=None)
    host_clock.shift(timedelta(hours=1))
    over = ExamSession.objects.get(pk=session.pk)
    decided(over, by=hr)
    host_clock.shift(timedelta(hours=1))
    asked = ask_for_review(attempt=first, reason="Câu 2")
    answer_review(request=asked, answer="Câu 2 đúng", by=hr, members=BOARD, credited={2: "Hai đáp án đúng"})
    host_clock.shift(timedelta(hours=1))

    # the session locked, its seats, the same decision, the first one, numbers, what waits (2), the seats with other
    # marks, the decision, the notice (5), the log (6), savepoints (4)
    with django_assert_num_queries(21):
        services.record_further_decision(session=over, number="46", decided_on=clock.today(), by=hr, members=BOARD)

    assert list(Notice.objects.filter(key__startswith="exam.decision:").values_list("staff_member", flat=True))


def test_a_further_decision_waits_for_what_is_not_settled(over, sitting, hr, learner, host_clock):
    def refused(**changes):
        said = {"number": "46", "decided_on": date(2026, 12, 9), "by": hr, "members": BOARD} | changes
        with pytest.raises(services.SessionRefused) as caught:
            services.record_further_decision(session=over, **said)
        return str(caught.value)

    before = refused()
    asked = ask_for_review(attempt=sitting, reason="Câu 2")
    host_clock.move_to(START.replace(month=12, day=9))
    first = {"number": "45", "decided_on": date(2026, 12, 9), "early_because": "Hội đồng họp sớm"}
    services.record_decision(session=over, by=hr, members=BOARD, **first)
    waits = refused()
    host_clock.shift(timedelta(hours=1))
    answer_review(request=asked, answer="Câu 2 đúng", by=hr, members=BOARD, credited={2: "Hai đáp án đúng"})

    said = [refused(number="45"), refused(members=[]), refused(decided_on=date(2026, 12, 8)), refused(by=learner)]
    assert [before, waits, *said] == [
        "Hội đồng thi chưa có quyết định nào.",
        "Còn bài hoặc đơn phúc khảo chưa giải quyết xong. Vui lòng ghi quyết định khi đã xong.",
        "Đã ghi nhận quyết định 45 rồi.",
        "Đề nghị ghi tên các thành viên Hội đồng thi.",
        "Ngày của quyết định bổ sung phải từ ngày quyết định lần đầu đến hôm nay.",
        "Ca thi này có chính anh/chị dự thi; việc này phải do người khác thực hiện.",
    ]
    assert not over.further_decisions.exists()


def test_a_regrade_between_a_request_and_its_answer_is_not_the_work_of_remarking(
    over, sitting, hr, reviewer, host_clock
):
    asked = ask_for_review(attempt=sitting, reason="Câu 2")
    host_clock.shift(timedelta(hours=1))
    _regraded(sitting, reviewer, 3)
    answer_review(request=asked, answer="Giữ nguyên", by=hr, members=BOARD)
    asked.refresh_from_db()

    (row,) = session_queries.results(over)
    assert [f"{mark:.2f}" for mark in (row.remarked_from, row.remarked_to, row.mark)] == ["5.00", "5.00", "5.00"]
    assert session_queries.mark_before(asked).mark == row.remarked_from


def test_late_answers_let_count_between_a_request_and_its_answer_are_not_the_work_of_remarking(
    over, sitting, hr, host_clock
):
    asked = ask_for_review(attempt=sitting, reason="Câu 2")
    host_clock.shift(timedelta(hours=1))
    late = {"late_response": right_of(sitting, 3), "late_saved_at": timezone.now()}
    sitting.answers.filter(number=3).update(**late)
    services.accept_late(attempt=sitting, numbers=[3], by=hr, reason="Mất điện")
    answer_review(request=asked, answer="Câu 2 đúng", by=hr, members=BOARD, credited={2: "Hai đáp án đúng"})
    asked.refresh_from_db()

    (row,) = session_queries.results(over)
    assert [f"{mark:.2f}" for mark in (row.remarked_from, row.remarked_to, row.mark)] == ["5.00", "7.50", "7.50"]
    assert session_queries.mark_before(asked).mark == row.remarked_from


@pytest.mark.parametrize(
    ("paper", "day"),
    [("danh-sach-thi-sinh", 23), ("bien-ban", 23), ("ket-qua", 30), ("bien-ban-phuc-khao", 30)],
)
def test_a_paper_is_dated_when_it_was_written(over, sitting, hr, host_clock, paper, day):
    _answered(sitting, hr)
    host_clock.move_to(START.replace(day=30))

    text = " ".join(PdfReader(io.BytesIO(session_papers.draw(over, paper))).pages[0].extract_text().split())

    assert f"ngày {day} tháng 11 năm 2026" in text


def _text_of(session, paper) -> str:
    return " ".join(PdfReader(io.BytesIO(session_papers.draw(session, paper))).pages[0].extract_text().split())


def test_list_slips_and_minutes_tell_who_has_more_time_whoever_granted_it(session, learner, hr, candidate, invigilator):
    """By the seat, by an arrangement of the person, or by neither; of who sits, as her test has it."""
    by_seat, by_person, usual = (a_seat(session, person) for person in [learner.staff_member, *_two_more()])
    services.grant_extra_time(seat=by_seat, minutes=5, reason="QĐ 7", by=hr)
    accommodate(staff_member=by_person.staff_member, by=hr, reason="QĐ 8", extra_percent=40)
    before = {paper: _text_of(session, paper) for paper in ("danh-sach-thi-sinh", "phieu-du-thi")}
    candidate.post(at("seat", by_seat.pk), {"action": "arrive", "code": session.access_code})
    invigilator.post(at("console", session.pk), {"action": "admit", "seat": by_seat.pk})
    candidate.post(at("seat", by_seat.pk), {"action": "start"})
    over = end_session(session=session, by=None)

    assert re.findall(r"Thêm ([0-9]+) phút", before["danh-sach-thi-sinh"]) == ["5", "10"]
    assert re.findall(r", ([0-9]+) phút", before["phieu-du-thi"]) == ["30", "35", "25"]
    assert "theo điều kiện riêng: 001 (5 phút)." in _text_of(over, "bien-ban")
    assert usual.staff_member.accommodations.count() == 0


def _two_more():
    return StaffMemberFactory(), StaffMemberFactory()


@pytest.mark.parametrize("paper", ["phieu-du-thi", "danh-sach-thi-sinh", "bien-ban", "ket-qua"])
def test_the_papers_are_drawn(organiser, over, paper):
    response = organiser.get(at("paper", over.pk, paper))

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_the_results_on_paper_write_marks_with_two_decimals_and_say_who_was_absent(
    session, sitting, candidate, examiner
):
    a_seat(session, StaffMemberFactory())
    save(candidate, sitting, 1)
    over = end_session(session=session, by=examiner)

    text = " ".join(PdfReader(io.BytesIO(session_papers.draw(over, "ket-qua"))).pages[0].extract_text().split())

    marks = [words for words in ("2,50", "Không đạt", "dự thi: 1; vắng: 1; đạt: 0; không đạt: 1.") if words in text]
    assert marks == ["2,50", "Không đạt", "dự thi: 1; vắng: 1; đạt: 0; không đạt: 1."]


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "từ 08 giờ 00 đến 09 giờ 00 ngày"), (24, "từ 08 giờ 00 ngày 25/11/2026 đến 08 giờ 00 ngày 26/11/2026")],
)
def test_a_paper_says_the_day_once_and_units_as_running_text(session, seat, office, hours, said):
    session.opens_at = datetime(2026, 11, 25, 1, tzinfo=UTC)
    session.closes_at = session.opens_at + timedelta(hours=hours)

    text = " ".join(
        PdfReader(io.BytesIO(session_papers.draw(session, "danh-sach-thi-sinh"))).pages[0].extract_text().split()
    )

    assert said in text
    assert "·" not in text


def test_papers_name_the_agency_the_days_of_birth_and_what_remarking_changed(
    session, sitting, candidate, examiner, hr, seat, office
):
    StaffMember.objects.update(date_of_birth=date(1990, 5, 17), date_of_birth_precision="day")
    save(candidate, sitting, 1)
    over = end_session(session=session, by=examiner)
    asked = ask_for_review(attempt=sitting, reason="Câu 2")
    answer_review(request=asked, answer="Câu 2 được đủ điểm", by=hr, credited={2: "Hai đáp án đúng"}, members=BOARD)

    text = " ".join(PdfReader(io.BytesIO(session_papers.draw(over, "ket-qua"))).pages[0].extract_text().split())

    said = [
        "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG",
        "ỦY BAN NHÂN DÂN XÃ ĐƠN DƯƠNG",
        "17/05/1990",
        "2,50 thành 5,00",
        "Xã Đơn Dương",
    ]
    assert [words for words in said if words in text] == said


@pytest.mark.parametrize("paper", ["bien-ban", "ket-qua", "khong-co"])
def test_minutes_and_results_are_not_printed_before_the_end(organiser, session, paper):
    assert organiser.get(at("paper", session.pk, paper)).status_code == 404


def test_strangers_find_no_session(session, seat, other_hr):
    stranger = signed_in(UserFactory(staff_member=StaffMemberFactory()))
    addresses = [at("session", session.pk), at("console", session.pk), at("seat", seat.pk), at("watched_seat", seat.pk)]

    assert [stranger.get(address).status_code for address in addresses] == [404] * 4
    assert [signed_in(other_hr).get(address).status_code for address in addresses] == [404] * 4


def test_the_exam_page_asks_for_the_time_alone_and_learns_of_a_pause(
    candidate, invigilator, sitting, learner, seat, django_assert_num_queries
):
    address = reverse("quizzes:save", args=[sitting.pk]) + "?gio=1"
    candidate.get(address)

    with django_assert_num_queries(2):  # user, attempt
        running = candidate.get(address).json()
    invigilator.post(at("watched_seat", seat.pk), {"action": "pause", "reason": "mất điện"})
    paused = candidate.get(address).json()

    assert running == {"remaining": 1500, "finished": False, "paused": False, "held_elsewhere": False}
    assert paused == running | {"paused": True}
    assert signed_in(UserFactory(staff_member=StaffMemberFactory())).get(address).status_code == 404


def test_units_of_one_name_are_told_apart_where_people_are_chosen_and_shown(organiser, session, seat, office, commune):
    page = organiser.get(at("seats", session.pk)).text
    shown = [organiser.get(at(name, session.pk)).text for name in ("session", "console")]

    assert ">Văn phòng HĐND và UBND · Xã Đơn Dương</option>" in page
    assert ">Xã Đơn Dương</option>" in page
    assert ["Văn phòng HĐND và UBND · Xã Đơn Dương" in text for text in shown] == [True, True]


@pytest.mark.parametrize("paper", ["phieu-du-thi", "danh-sach-thi-sinh"])
def test_papers_of_an_empty_list_say_that_nobody_is_seated(organiser, session, learner, paper):
    address = at("paper", session.pk, paper)
    empty = organiser.get(address, follow=True)
    a_seat(session, learner.staff_member)

    assert (empty.redirect_chain, "Chưa có ai" in empty.text) == ([(at("session", session.pk), 302)], True)
    assert organiser.get(address)["Content-Type"] == "application/pdf"


def test_the_invigilator_sees_wrong_codes(invigilator, candidate, session, seat):
    before = invigilator.get(at("watched_seat", seat.pk)).text
    candidate.post(at("seat", seat.pk), {"action": "arrive", "code": "SAI"})

    assert ("gõ sai mã" in before, "1 lần gõ sai mã" in invigilator.get(at("watched_seat", seat.pk)).text) == (
        False, True
    )  # fmt: skip
