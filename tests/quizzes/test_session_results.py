"""What a candidate reads of her result, and when: nothing of the questions while others may still meet them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from quizzes import queries
from quizzes.enums import FinishCause, ReviewItem, ReviewMoment
from quizzes.models import ExamSession, QuestionVersion
from quizzes.services import end_session, finalise, start_attempt
from tests.quizzes.helpers import answer
from tests.quizzes.sessions import a_seat, a_session, started

pytestmark = pytest.mark.django_db
EVERYTHING = frozenset(ReviewItem.values)
MARK = frozenset({ReviewItem.MARK})


@pytest.fixture
def generous(quiz):
    """A test whose author wants everything shown at once."""
    quiz.review = {moment: list(ReviewItem.values) for moment in ReviewMoment.values}
    quiz.save()
    return quiz


@pytest.fixture
def session(generous, commune, examiner, host_clock):
    return a_session(generous, commune, invigilators=[examiner])


@pytest.fixture
def handed_in(session, learner, examiner):
    """Handed in right away, half of it right."""
    attempt = started(a_seat(session, learner.staff_member), examiner)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt


def test_only_the_mark_is_shown_until_every_shift_has_been_ended(generous, commune, session, learner, examiner):
    later = a_session(generous, commune, opens_in=120, first_shift=session, invigilators=[examiner])
    ExamSession.objects.update(question_share=list(QuestionVersion.objects.values_list("question", flat=True)))
    attempt = started(a_seat(session, learner.staff_member), examiner)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    attempt.refresh_from_db()

    shown = [queries.shown_of(attempt)]
    end_session(session=session, by=examiner)
    shown.append(queries.shown_of(attempt))
    ExamSession.objects.filter(pk=later.pk).update(opens_at=session.opens_at)
    end_session(session=later, by=examiner)

    assert [*shown, queries.shown_of(attempt)] == [MARK, MARK, EVERYTHING]


def test_the_page_says_when_the_answers_are_shown_and_has_nothing_of_them(client, learner, handed_in, session):
    client.force_login(learner)
    address = reverse("quizzes:result", args=[handed_in.pk])

    before = client.get(address).text
    end_session(session=session, by=None)
    after = client.get(address).text

    stem = handed_in.paper.items[0]["stem"]
    assert [stem in page for page in (before, after)] == [False, True]
    assert ["0,00/10" in page for page in (before, after)] == [True, True]
    assert ["Mục IU01" in page for page in (before, after)] == [False, True]
    assert ["11:00 23/11/2026" in page for page in (before, after)] == [True, False]


def test_somebody_who_sat_alone_sees_no_key_while_a_room_is_asked_the_same_questions(
    generous, commune, learner, examiner, host_clock
):
    attempt = start_attempt(quiz=generous, staff_member=learner.staff_member)
    answer(attempt, right=[item["number"] for item in attempt.paper.items])
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    attempt.refresh_from_db()
    session = a_session(generous, commune, opens_in=30, invigilators=[examiner])

    shown = [queries.shown_of(attempt)]
    host_clock.shift(timedelta(minutes=30))
    shown.append(queries.shown_of(attempt))
    end_session(session=session, by=examiner)

    assert [*shown, queries.shown_of(attempt)] == [EVERYTHING, MARK, EVERYTHING]
