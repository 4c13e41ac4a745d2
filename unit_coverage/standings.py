"""The days of a person strung together into the longest stretches of equal state: pure as ``courses.obligations``."""

from dataclasses import dataclass
from datetime import date, timedelta

from courses.obligations import PersonFacts, TrackFacts, assess, days_of_change, primary_posting

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of days of equal state; the values of a Standing."""

    staff_member_id: int
    track_id: int
    part: str
    unit_id: int
    category: str
    status: str
    binding: str
    is_trained: bool
    origin: str
    valid_from: date
    valid_until: date | None


def standing_rows(person: PersonFacts, track: TrackFacts) -> list[Row]:
    """The person's stretches of equal state in this track, in order: exactly the days of the primary postings."""
    rows: list[Row] = []
    begins = days_of_change(person, track)
    for first, following in zip(begins, [*begins[1:], None], strict=False):
        posting = primary_posting(person, first)
        if posting is None:
            continue
        state = assess(person, track, first)
        row = Row(
            staff_member_id=person.staff_member_id,
            track_id=track.track_id,
            part=str(track.part),
            unit_id=posting.unit_id,
            category=str(posting.category),
            status=str(posting.status),
            binding=str(state.binding),
            is_trained=state.is_trained,
            origin=str(state.origin),
            valid_from=first,
            valid_until=following and following - ONE_DAY,
        )
        if rows and _continues(rows[-1], row):
            rows[-1] = _between(rows[-1], rows[-1].valid_from, row.valid_until)
        else:
            rows.append(row)
    return rows


def state_of(row: Row) -> tuple:
    """What must be equal for two neighbouring rows to be one."""
    return (row.unit_id, row.category, row.status, row.binding, row.is_trained, row.origin)


def _continues(earlier: Row, later: Row) -> bool:
    return (
        earlier.valid_until is not None
        and earlier.valid_until + ONE_DAY == later.valid_from
        and state_of(earlier) == state_of(later)
    )


def _between(row: Row, first: date, last: date | None) -> Row:
    return Row(*(getattr(row, name) for name in Row.__slots__[:-2]), first, last)
