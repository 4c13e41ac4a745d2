"""Which qualifications rest on a mark that was changed afterwards."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from certificates.models import RegradeImpact
from courses.enums import Origin
from courses.models import Qualification
from quizzes.models import Grading


def may_touch_something(*, grading_id: int) -> bool:
    """Whether somebody changed a mark by this marking: the first one of a paper touches nothing, whoever made it."""
    earlier = Grading.objects.filter(attempt=OuterRef("attempt"), pk__lt=OuterRef("pk"))
    return Grading.objects.filter(Exists(earlier), pk=grading_id, graded_by__isnull=False).exists()


def touching_gradings() -> QuerySet[Grading]:
    """Markings that changed a mark on which a live qualification rests, and that are not listed yet.

    Each with ``qualification_id`` and ``rested_on``, the mark that the qualification says.
    """
    held = Qualification.objects.live().filter(enrolment=OuterRef("attempt__sitting__enrolment"), origin=Origin.PASSED)
    earlier = Grading.objects.filter(
        attempt=OuterRef("attempt"), pk__lt=OuterRef("pk"), is_passed=True, mark=OuterRef("rested_on")
    )
    listed = RegradeImpact.objects.filter(grading=OuterRef("pk"), qualification=OuterRef("qualification_id"))
    return (
        Grading.objects.filter(graded_by__isnull=False, attempt__sitting__isnull=False)
        .annotate(qualification_id=Subquery(held.values("pk")[:1]), rested_on=Subquery(held.values("mark")[:1]))
        .filter(~Q(mark=F("rested_on")) | Q(is_passed=False), qualification_id__isnull=False)
        .filter(Exists(earlier), ~Exists(listed))
        .order_by("pk")
    )
