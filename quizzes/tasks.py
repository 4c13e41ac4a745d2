"""Work without anybody asking: attempts whose time is over are closed and marked."""

import logging
from datetime import timedelta

from celery import shared_task

from quizzes.enums import FinishCause
from quizzes.errors import QuizError
from quizzes.jobs import JOBS
from quizzes.models import Attempt, ExamSession
from quizzes.services.marking import finalise
from quizzes.services.marking_by_people import remind_of_marking
from quizzes.services.session_hosts import hand_on_sessions
from quizzes.services.shifts import prepare_papers
from quizzes.services.supervising import end_forgotten_sessions
from quizzes.services.timeline import forget_timelines
from staff import clock

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]

logger = logging.getLogger(__name__)
BATCH = 200
# How long before a session its papers are drawn, and how many of a session in one round.
AHEAD = timedelta(hours=24)
PAPERS_AT_ONCE = 50


@shared_task(name="quizzes.close_overdue_attempts")
def close_overdue_attempts() -> int:
    """Finishes attempts past deadline and grace with the answers that are stored. How many it closed.

    One that cannot be marked stops no other; the fault is raised at the end, so that it is seen.
    """
    now = clock.database_now()
    overdue = (
        Attempt.objects.open().filter(deadline__lt=now, paused_at=None).select_related("paper").order_by("deadline")
    )
    closed, faults = 0, []
    for attempt in overdue[:BATCH]:
        if now <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
            continue
        try:
            finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        except Exception as error:  # noqa: BLE001 - one that cannot be marked must not keep the others open
            logger.exception("Attempt %s could not be closed", attempt.pk)
            faults.append(error)
        else:
            closed += 1
    if faults:
        raise faults[0]
    return closed


@shared_task(name="quizzes.prepare_coming_papers")
def prepare_coming_papers() -> int:
    """Draws papers for the sessions of the next day, some at a time, so that a room full of people can start at once.

    A session whose bank is too small stops no other; its organiser is told on its page and at the start.
    """
    now = clock.database_now()
    coming = ExamSession.objects.filter(ended_at=None, opens_at__lte=now + AHEAD, closes_at__gt=now)
    drawn = 0
    for session in coming.select_related("quiz").order_by("opens_at"):
        try:
            drawn += prepare_papers(session=session, most=PAPERS_AT_ONCE)
        except QuizError as error:
            logger.warning("No papers for exam session %s: %s", session.pk, type(error).__name__)
    return drawn


@shared_task(name="quizzes.remind_markers")
def remind_markers() -> int:
    """Tells those who mark what waits for them, at most once a day and test. How many notices."""
    return remind_of_marking()


@shared_task(name="quizzes.tidy_sessions")
def tidy_sessions() -> int:
    """Ends sessions that nobody ended, and deletes timelines whose time is over. How many it touched."""
    return end_forgotten_sessions() + forget_timelines()


@shared_task(name="quizzes.hand_on_exam_sessions")
def hand_on_exam_sessions() -> int:
    """Gives exam sessions of closed units to those that followed. How many."""
    return hand_on_sessions()


PROMPT = [close_overdue_attempts]
SWEEPERS = [close_overdue_attempts, prepare_coming_papers, tidy_sessions, remind_markers, hand_on_exam_sessions]
