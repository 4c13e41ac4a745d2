"""Whoever has a seat in an exam session is a candidate there and nothing else, by every page and every verb."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from quizzes import services
from quizzes.errors import SessionRefused
from quizzes.models import Seat
from quizzes.session_queries import others_in_charge
from staff.enums import Capability
from tests.factories.staff import ScopeFactory
from tests.quizzes.sessions import BOARD, a_seat, a_session, started

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"exam_sessions:{name}", args=args)


@pytest.fixture
def session(quiz, commune, examiner, host_clock):
    return a_session(quiz, commune, invigilators=[examiner])


@pytest.fixture
def own(session, hr):
    return a_seat(session, hr.staff_member)


@pytest.fixture
def sitting(session, learner, examiner):
    """Another candidate's test, running."""
    return started(a_seat(session, learner.staff_member), examiner)


def test_no_verb_of_a_session_obeys_a_candidate(session, own, sitting, hr, learner, examiner):
    seat, said = sitting.seat, {"by": hr, "reason": "vì thế"}
    verbs = {
        "change": lambda: services.change_session(session=session, by=hr, room="Phòng 2"),
        "code": lambda: services.renew_code(session=session, by=hr),
        "add": lambda: services.add_seats(session=session, people=[], by=hr),
        "remove": lambda: services.remove_seat(seat=own, by=hr),
        "extra": lambda: services.grant_extra_time(seat=own, minutes=30, **said),
        "admit": lambda: services.admit(seat=own, by=hr),
        "pause": lambda: services.pause_seat(seat=seat, **said),
        "resume": lambda: services.resume_seat(seat=seat, **said),
        "time": lambda: services.add_time(seat=seat, minutes=5, **said),
        "end seat": lambda: services.end_seat(seat=seat, **said),
        "incident": lambda: services.report_incident(session=session, text="x", by=hr),
        "file": lambda: services.take_response_file(session=session, content=b"", by=hr),
        "end": lambda: services.end_session(session=session, by=hr),
    }
    afterwards = {
        "late": lambda: services.accept_late(attempt=sitting, numbers=[1], **said),
        "refuse late": lambda: services.refuse_late(attempt=sitting, numbers=[1], **said),
        "decide": lambda: services.record_decision(
            session=session, number="1/QĐ", decided_on=date(2026, 11, 23), by=hr, members=BOARD
        ),
    }

    obeyed = [name for name, verb in verbs.items() if not _is_refused(verb)]
    services.end_session(session=session, by=examiner)
    request = services.ask_for_review(attempt=sitting, reason="Câu 2")
    afterwards["answer"] = lambda: services.answer_review(request=request, answer="x", by=hr, members=BOARD)

    assert obeyed + [name for name, verb in afterwards.items() if not _is_refused(verb)] == []


def _is_refused(verb) -> bool:
    with pytest.raises(SessionRefused) as refusal:
        verb()
    return "chính anh/chị" in str(refusal.value)


def test_no_page_of_a_session_opens_to_its_candidate_who_organises(session, own, sitting, hr, examiner):
    services.end_session(session=session, by=examiner)
    request = services.ask_for_review(attempt=sitting, reason="Câu 2")
    client = Client()
    client.force_login(hr)
    of_session = ("change", "seats", "decision", "reviews", "console", "response_file")
    pages = [at(name, session.pk) for name in of_session]
    pages += [at("paper", session.pk, "ket-qua"), at("watched_seat", sitting.seat.pk), at("answer_review", request.pk)]

    assert {client.get(page).status_code for page in pages} == {404}
    assert client.get(at("session", session.pk))["Location"] == at("seat", own.pk)
    assert client.post(at("session", session.pk), {"action": "code"})["Location"] == at("seat", own.pk)
    assert at("session", session.pk) not in client.get(at("list")).text


def test_her_page_says_whom_to_ask(session, own, hr, examiner, other_hr, commune):
    client = Client()
    client.force_login(hr)

    watched = client.get(at("seat", own.pk)).text
    session.invigilators.clear()
    nobody = client.get(at("seat", own.pk)).text
    ScopeFactory(user=other_hr, unit=commune, capability=Capability.HR)

    assert f"Đề nghị liên hệ: {examiner.full_name}." in watched
    assert "quản trị viên" in nobody
    assert others_in_charge(session) == [other_hr.full_name]


def test_nobody_sits_in_a_session_that_only_she_would_watch(quiz, commune, hr, learner, examiner, host_clock):
    session = a_session(quiz, commune, by=hr)

    with pytest.raises(SessionRefused, match="giám thị"):
        services.add_seats(session=session, people=[learner.staff_member, hr.staff_member], by=hr)
    refused = Seat.objects.count()
    services.change_session(session=session, by=hr, invigilators=[examiner])
    services.add_seats(session=session, people=[hr.staff_member], by=hr)

    assert (refused, Seat.objects.get().staff_member) == (0, hr.staff_member)
