"""The passed tests that have not led to their qualification yet, for the list of all work."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Sitting
from courses.services.learning import settle_sitting
from quizzes.enums import Counting
from quizzes.models import Grading
from staff.background import Job, JobSource, JobState


def passed_but_open():
    """Sittings whose attempt is passed by its latest marking and counts, provisional ones left out, while their
    enrolment is not closed."""
    latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
    others = Sitting.objects.filter(
        enrolment=OuterRef("enrolment"), attempt__quiz=OuterRef("attempt__quiz"), attempt__finished_at__isnull=False
    )
    earlier = Exists(others.filter(attempt__number__lt=OuterRef("attempt__number")))
    later = Exists(others.filter(attempt__number__gt=OuterRef("attempt__number")))
    return (
        Sitting.objects.counting()
        .annotate(is_passed=Subquery(latest.values("is_passed")[:1]))
        .filter(is_passed=True, enrolment__passed_at=None)
        .exclude(enrolment__course__needs_supervision=True, attempt__exam_session=None)
        .exclude(Q(attempt__quiz__counting=Counting.FIRST) & earlier)
        .exclude(Q(attempt__quiz__counting=Counting.LAST) & later)
    )


def count_sittings() -> dict[JobState, int]:
    return {JobState.WAITING: passed_but_open().count()}


def list_sittings(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.WAITING}:
        return []
    rows = passed_but_open().select_related("enrolment__course", "enrolment__staff_member", "attempt").order_by("pk")
    return [
        Job(
            pk=sitting.pk,
            name=_("Passed test to be entered: %(course)s") % {"course": sitting.enrolment.course.code},
            state=JobState.WAITING,
            since=sitting.attempt.finished_at,
            whose=sitting.enrolment.staff_member.full_name,
            can_retry=True,
        )
        for sitting in rows[start : start + limit]
    ]


def settle_now(pk: int, user) -> bool:
    """Settles one of them, as the sweeper would. Whether it led to a qualification."""
    sitting = passed_but_open().filter(pk=pk).first()
    return sitting is not None and settle_sitting(attempt_id=sitting.attempt_id) is not None


JOBS = [
    JobSource(
        kind="sittings",
        words=gettext_lazy("Passed tests to be entered"),
        counts=count_sittings,
        rows=list_sittings,
        retry=settle_now,
    )
]
