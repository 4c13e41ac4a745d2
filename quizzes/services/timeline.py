"""The integrity timeline of supervised attempts: noted, shown, never a verdict, deleted when its purpose is over."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from quizzes.enums import EventKind
from quizzes.models import Attempt, ExamSession, IntegrityEvent, ReviewRequest
from staff import clock

# What a browser may send in an hour: more is noise, or somebody playing with it.
MOST_FROM_BROWSER = 600
FROM_BROWSER = frozenset({EventKind.AWAY, EventKind.BACK, EventKind.SECOND_TAB})


def note_event(*, attempt_id: int, kind: str, **data) -> IntegrityEvent:
    """Adds one line to the timeline."""
    return IntegrityEvent.objects.create(attempt_id=attempt_id, kind=kind, at=clock.now(), data=data)


def note_from_browser(*, attempt_id: int, kind: str) -> IntegrityEvent | None:
    """A line that the exam page reports; None for what no page reports, or too much of it, and once the test is over:
    who closes the page then has left nothing."""
    if kind not in FROM_BROWSER or not Attempt.objects.filter(pk=attempt_id, finished_at=None).exists():
        return None
    lately = IntegrityEvent.objects.filter(attempt=attempt_id, kind__in=FROM_BROWSER)
    if lately.filter(at__gt=clock.now() - timedelta(hours=1)).count() >= MOST_FROM_BROWSER:
        return None
    return note_event(attempt_id=attempt_id, kind=kind)


def note_address(*, attempt_id: int, address: str) -> None:
    """Notes the first address of an attempt, and each change."""
    kinds = (EventKind.STARTED, EventKind.ADDRESS)
    last = IntegrityEvent.objects.filter(attempt=attempt_id, kind__in=kinds).order_by("-pk").first()
    known = last.data.get("to", "") if last else ""
    if known != address:
        note_event(attempt_id=attempt_id, kind=EventKind.ADDRESS, **{"from": known, "to": address})


@transaction.atomic
def forget_timelines() -> int:
    """Deletes the timelines of sessions whose time for complaints is over and whose complaints are answered."""
    asked = ReviewRequest.objects.filter(attempt__exam_session=OuterRef("pk"), answered_at=None)
    over = ExamSession.objects.filter(
        timeline_deleted_at=None, complaints_until__lt=clock.today(), ended_at__lt=clock.now()
    )
    sessions = list(over.exclude(Exists(asked)).values_list("pk", flat=True))
    IntegrityEvent.objects.filter(attempt__exam_session__in=sessions).delete()
    return ExamSession.objects.filter(pk__in=sessions).update(timeline_deleted_at=clock.now())
