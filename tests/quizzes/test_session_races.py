"""Real threads on PostgreSQL: one admission, one start, one marking of late answers, one owner of a paper."""

from datetime import timedelta

import pytest
from django.db import connection

from quizzes.errors import SessionRefused, TakenOver
from quizzes.models import Attempt, PreparedPaper, Seat
from quizzes.services import (
    accept_late,
    add_seats,
    admit,
    arrive,
    ask_to_go_on,
    change_time,
    deal_questions,
    end_session,
    pause_seat,
    prepare_papers,
    record_decision,
    save_answer,
    start_seat,
)
from staff import clock
from tests.factories.quizzes import fill
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.helpers import right_of
from tests.quizzes.sessions import ADDRESS, BOARD, a_seat, a_session, admitted, started
from tests.threads import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL: set DATABASE_URL"),
]
assert connection  # named by the condition above


@pytest.fixture
def session(quiz, commune, examiner):
    now = clock.now()
    return a_session(
        quiz,
        commune,
        invigilators=[examiner],
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(minutes=60),
        complaints_until=clock.today(),
    )


@pytest.fixture
def seat(session, learner):
    return a_seat(session, learner.staff_member)


def test_admitting_twice_at_once_admits_once(seat, examiner, admin):
    arrive(seat=seat, code=seat.session.access_code, address=ADDRESS)

    admitted_by = at_once(*[lambda by=by: admit(seat=seat, by=by).admitted_by_id for by in [examiner, admin] * 5])

    seat.refresh_from_db()
    assert set(admitted_by) == {seat.admitted_by_id}


def test_fifty_presses_of_start_make_one_attempt(seat, examiner):
    prepare_papers(session=seat.session)
    admitted(seat, examiner)

    attempts = at_once(*[lambda: start_seat(seat=seat, device="pc-1", address=ADDRESS).pk] * 50)

    assert set(attempts) == {Attempt.objects.get().pk}


@pytest.mark.parametrize("is_prepared", [True, False])
def test_fifty_candidates_start_in_the_same_moment(session, examiner, is_prepared):
    add_seats(session=session, people=[StaffMemberFactory() for _person in range(50)], by=None)
    seats = list(session.seats.all())
    for one in seats:
        admitted(one, examiner)
    if is_prepared:
        assert prepare_papers(session=session) == 50

    attempts = at_once(*[lambda s=s: start_seat(seat=s, device="pc", address=ADDRESS).pk for s in seats])

    assert len(set(attempts)) == Attempt.objects.count() == 50
    assert not PreparedPaper.objects.exists()


def test_adding_the_same_people_at_once_seats_each_once(session):
    people = [StaffMemberFactory() for _person in range(20)]

    added = at_once(*[lambda: add_seats(session=session, people=people, by=None)] * 8)

    assert sum(added) == Seat.objects.count() == 20


def test_questions_are_dealt_once(session, quiz, categories, commune):
    for category in categories:
        fill(category, 3)
    later = a_session(quiz, commune, first_shift=session)

    shares = at_once(*[lambda s=s: tuple(deal_questions(session=s)) for s in [session, later] * 5])

    first, second = set(shares[::2]), set(shares[1::2])
    assert (len(first), len(second)) == (1, 1)
    assert set(*first) & set(*second) == set()


@pytest.mark.parametrize("round_number", range(20))
def test_a_save_is_before_or_after_a_pause(quiz, seat, examiner, round_number):
    type(quiz).objects.filter(pk=quiz.pk).update(grace_seconds=0)
    attempt = started(Seat.objects.get(pk=seat.pk), examiner)

    paused, saved = at_once(
        lambda: pause_seat(seat=seat, by=examiner, reason="mất điện"),
        lambda: save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1, device="pc-1"),
    )

    assert saved.accepted == (saved.saved_at <= paused.paused_at)
    assert saved.late == (not saved.accepted)


@pytest.mark.parametrize("round_number", range(10))
def test_a_save_is_before_or_after_another_computer_takes_over(seat, examiner, round_number):
    attempt = started(seat, examiner)
    ask_to_go_on(seat=seat, device="pc-2", address=ADDRESS)

    _admitted, saved = at_once(
        lambda: admit(seat=seat, by=examiner),
        lambda: save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1, device="pc-1"),
        refusals=TakenOver,
    )

    was_acknowledged = not isinstance(saved, TakenOver)
    assert bool(attempt.answers.get(number=1).response) == was_acknowledged
    with pytest.raises(TakenOver):
        save_answer(attempt_id=attempt.pk, number=2, response=[], sequence=1, device="pc-1")


def test_accepting_late_answers_at_once_marks_once(session, seat, examiner):
    attempt = started(seat, examiner)
    end_session(session=session, by=examiner)
    save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1, device="pc-1")

    at_once(*[lambda: accept_late(attempt=attempt, numbers=[1], by=examiner, reason="mất mạng").pk] * 10)

    assert [str(g.mark) for g in attempt.gradings.all()] == ["0.00", "2.50"]


def test_the_decision_is_recorded_once(session, seat, examiner, admin):
    started(seat, examiner)
    end_session(session=session, by=examiner)

    decisions = at_once(
        *[
            lambda: (
                record_decision(
                    session=session,
                    number="45",
                    decided_on=clock.today(),
                    by=admin,
                    early_because="Hội đồng họp sớm",
                    members=BOARD,
                ).pk
            )
        ]
        * 10
    )

    assert len(set(decisions)) == 1


def test_minutes_that_arrive_twice_at_once_are_added_once(session, seat, examiner):
    attempt = started(seat, examiner)
    said = {"session": session, "minutes": 5, "by": examiner, "reason": "mất điện"}

    for one in (seat, None):
        at_once(*[lambda one=one: change_time("add_time", seat=one, **said)] * 10, refusals=SessionRefused)

    before = attempt.deadline
    attempt.refresh_from_db()
    assert attempt.deadline - before == timedelta(minutes=10)
    assert session.incidents.count() == 2
