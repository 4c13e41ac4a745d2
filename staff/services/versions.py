"""Versions of a rule follow one another; where two hold on a day, the higher one rules."""

from datetime import date, timedelta

from staff import clock
from staff.services.errors import VersionTooEarly


def make_room(last, *, valid_from: date, by=None, back_dated_because: str = "") -> int:
    """The number of the version that begins on ``valid_from``; ``last`` (or None) ends the day before.

    A version that had not begun, or that history is explicitly changed for, is replaced altogether: the later number
    rules on every day that both hold. Raises VersionTooEarly otherwise. The caller has locked the row.
    """
    if last is None:
        return 1
    if valid_from <= last.valid_from <= clock.today() and not back_dated_because.strip():
        raise VersionTooEarly(last)
    last_day = max(valid_from - timedelta(days=1), last.valid_from)
    if last.valid_until is None or last.valid_until > last_day:
        close(last, last_day=last_day, reason=back_dated_because, by=by)
    return last.version + 1


def close(row, *, last_day: date, reason: str = "", by=None) -> None:
    """Record the last day of a dated row, when it was recorded, and by whom."""
    row.valid_until = last_day
    row.end_reason = reason[:200]
    row.end_recorded_at = clock.now()
    row.end_recorded_by = by
    row.save(update_fields=["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"])
