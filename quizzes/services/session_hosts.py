"""What becomes of exam sessions that are not over when the unit that organises them closes."""

from django.db import transaction
from wagtail.log_actions import log

from quizzes.models import ExamSession
from staff import clock
from staff.models import Unit


def hand_on_sessions() -> int:
    """Give sessions of closed units to the one unit that follows; how many sessions changed.

    Where several follow, or none, a session stays as it is: officers of what followed, and those above, organise it
    and name another unit.
    """
    today = clock.today()
    open_ones = ExamSession.objects.filter(ended_at=None)
    closed = Unit.objects.filter(valid_until__lt=today, pk__in=open_ones.values("unit")).order_by("pk")
    followers = [(unit, follower) for unit in closed if (follower := unit.followed_by(today))]
    return sum(_hand_on(unit, follower) for unit, follower in followers)


@transaction.atomic
def _hand_on(unit: Unit, follower: Unit) -> int:
    locked = ExamSession.objects.select_for_update(no_key=True, of=("self",)).filter(ended_at=None, unit=unit)
    sessions = list(locked.order_by("pk"))
    for session in sessions:
        session.unit = follower
        session.save(update_fields=["unit"])
        log(instance=session, action="quizzes.change_session", data={"unit": [unit.code, follower.code]})
    return len(sessions)
