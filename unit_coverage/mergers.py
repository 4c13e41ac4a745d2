"""What it does to the figures when two entries are one person: shown first, then done exactly so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from courses.facts import load_people, load_track_facts
from staff import clock
from staff.models import Duplicate, StaffMember
from staff.services import merge_people
from unit_coverage.keeping import kept_days
from unit_coverage.personal_effects import DayFigure, figures_moved
from unit_coverage.proposals import FactsMoved
from unit_coverage.services import only_writer
from unit_coverage.shown import Shown

LAST_OF_QUARTER = (3, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class MergerEffect(Shown):
    """Which figures move, on which of ``days``, if ``other`` is merged into ``kept``."""

    kept: int
    other: int
    figures: tuple[DayFigure, ...]
    days: tuple[date, ...]


def rehearse_merger(*, kept: StaffMember, other: StaffMember, reason: str, by) -> MergerEffect:
    """The effect of merging, which writes nothing that stays; what the verb refuses, it refuses here."""
    both = {kept.pk, other.pk}
    before = load_people(both)
    with transaction.atomic():
        merge_people(kept=kept, other=other, reason=reason, by=by)
        after = load_people(both)
        transaction.set_rollback(True)
    days = _days_of(posting.valid_from for person in before for posting in person.postings)
    return MergerEffect(kept.pk, other.pk, figures_moved(before, after, load_track_facts(), days), days)


def merge_as_shown(*, kept: StaffMember, other: StaffMember, reason: str, shown: str, by) -> Duplicate:
    """Merge the entries if that does just what has the digest ``shown``; raises FactsMoved where it differs."""
    with transaction.atomic():
        only_writer()
        if rehearse_merger(kept=kept, other=other, reason=reason, by=by).digest != shown:
            raise FactsMoved
        return merge_people(kept=kept, other=other, reason=reason, by=by)


def _days_of(first_days: Iterable[date]) -> tuple[date, ...]:
    """Today, and the kept ends of quarters from the first posting on: those that reports were made for."""
    today, since = clock.today(), min(first_days, default=clock.today())
    days = {day for day in kept_days(today) if day >= since and (day == today or day.month in LAST_OF_QUARTER)}
    return tuple(sorted(days | {today}))
