"""The days of a person strung together into the longest stretches of equal state: pure as ``courses.obligations``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from courses.enums import Binding
from courses.obligations import (
    Assessment,
    PersonFacts,
    TrackFacts,
    assess,
    days_of_change,
    due_of,
    is_held,
    is_of_audience,
    primary_posting,
)
from staff.enums import DutyKind
from staff.models import AudienceRule, Posting

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
    is_leader: bool
    due_on: date | None
    updated_on: date | None
    lapses_from: date | None
    valid_from: date
    valid_until: date | None


def standing_rows(person: PersonFacts, track: TrackFacts, leaders: Sequence[AudienceRule] = ()) -> list[Row]:
    """The person's stretches of equal state in this track, in order: exactly the days of the primary postings.

    ``leaders`` are the versions of the audience of leaders.
    """
    rows: list[Row] = []
    begins = _begins(person, track, leaders)
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
            is_leader=_is_leader(person, posting, leaders, first),
            due_on=_first_due(person, track, state, first),
            updated_on=_updated_on(person, track, first),
            lapses_from=None,
            valid_from=first,
            valid_until=following and following - ONE_DAY,
        )
        if rows and _continues(rows[-1], row):
            rows[-1] = _between(rows[-1], rows[-1].valid_from, row.valid_until)
        else:
            rows.append(row)
    return _with_lapses(rows)


def _with_lapses(rows: list[Row]) -> list[Row]:
    """The same rows, each of somebody bound and trained with the first day on which she will no longer be."""
    told, lapses_from = [], None
    for row in reversed(rows):
        if row.binding == Binding.BOUND and not row.is_trained:
            lapses_from = row.valid_from
        elif row.binding == Binding.BOUND and lapses_from:
            row = replace(row, lapses_from=lapses_from)
        told.append(row)
    return told[::-1]


def _begins(person: PersonFacts, track: TrackFacts, leaders: Sequence[AudienceRule]) -> list[date]:
    begins = days_of_change(person, track)
    if not begins or not leaders:
        return begins
    turns = {rule.valid_from for rule in leaders}
    turns |= {rule.valid_until + ONE_DAY for rule in leaders if rule.valid_until and rule.valid_until < date.max}
    return sorted({*begins, *(day for day in turns if day >= begins[0])})


def _is_leader(person: PersonFacts, posting: Posting, leaders: Sequence[AudienceRule], day: date) -> bool:
    heads = any(duty.kind == DutyKind.HEAD and duty.holds_on(day) for duty in person.duties)
    return heads or is_of_audience(leaders, person, posting, day)


def _first_due(person: PersonFacts, track: TrackFacts, state: Assessment, day: date) -> date | None:
    """By when somebody bound and not trained has to comply; the same all through a stretch without any change."""
    if state.binding != Binding.BOUND or state.is_trained:
        return None
    open_ = [o.requirement for o in state.obligations if o.lifted_by is None and not o.is_met]
    dues = [due_of(person, track, requirement, day) for requirement in open_]
    return min((due.day for due in dues if due), default=None)


def _updated_on(person: PersonFacts, track: TrackFacts, day: date) -> date | None:
    held = [
        q.valid_from
        for q in person.qualifications.get(track.track_id, ())
        if is_held(q, day) and (q.course_id is None or track.courses is None or q.course_id in track.courses)
    ]
    return max(held, default=None)


# What a row says of its days, in this order.
STATE = Row.__slots__[3:-2]


def state_of(row: Row) -> tuple:
    """What must be equal for two neighbouring rows to be one."""
    return tuple(getattr(row, name) for name in STATE)


def _continues(earlier: Row, later: Row) -> bool:
    return (
        earlier.valid_until is not None
        and earlier.valid_until + ONE_DAY == later.valid_from
        and state_of(earlier) == state_of(later)
    )


def _between(row: Row, first: date, last: date | None) -> Row:
    return Row(*(getattr(row, name) for name in Row.__slots__[:-2]), first, last)
