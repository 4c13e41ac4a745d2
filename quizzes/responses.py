"""What one attempt was answered with, as it is marked and shown."""

from django.db.models import Count

from quizzes.models import Answer
from staff.kept_queries import KeptQuery


def counted_responses(attempt_id: int) -> dict[int, list[str]]:
    """By number of the question, the response that marks are made of."""
    return dict(_COUNTED.rows(attempt_id))


def late_answers(attempt_id: int) -> int:
    """How many answers came too late and were not accepted."""
    found = _LATE.first(attempt_id)
    return found[0] if found else 0


def _late_of(attempt: int):
    late = Answer.objects.filter(attempt=attempt).late().order_by()
    return late.values("attempt").annotate(count=Count("pk")).values_list("count")


_LATE = KeptQuery(_late_of, int)
_COUNTED = KeptQuery(
    lambda attempt: Answer.objects.filter(attempt=attempt).with_counted().values_list("number", "counted"), int
)
