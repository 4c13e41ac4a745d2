"""What each kind of personal change makes of somebody's main postings, and which dates it refuses."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from staff.enums import PersonalChangeKind, PostingStatus
from staff.models import PersonalChange, Posting, Succession
from staff.services.errors import (
    AlreadyPosted,
    AwayAlready,
    NotAway,
    NothingChanges,
    NotPostedOn,
    PostedLater,
    PostingOverlaps,
    SameUnit,
    UnitNotThere,
)
from staff.timelines import NO_END, ONE_DAY, Stretch, changed_between, cut_before, joined, on, run_from

AWAY = (PostingStatus.LEAVE, PostingStatus.SECONDED)


@dataclass(frozen=True, slots=True)
class History:
    """The main postings of a person, each with its stretch, in order; and those of entries merged into hers."""

    person: object
    postings: tuple[Posting, ...]
    merged: tuple[Posting, ...] = ()

    @property
    def stretches(self) -> list[Stretch]:
        return [stretch_of(posting) for posting in self.postings]

    def posting(self, stretch: Stretch) -> Posting:
        """The posting that the first day of ``stretch`` lies in."""
        return next(posting for posting in self.postings if posting.holds_on(stretch.first))

    def nearest(self, day: date) -> Posting | None:
        """The last posting that ended before ``day``, or else the next one to begin."""
        ended = [posting for posting in self.postings if posting.valid_from <= day]
        return ended[-1] if ended else next(iter(self.postings), None)


def history_of(person) -> History:
    """Raises PostingOverlaps where two main postings on record overlap: these must be mended first."""
    rows = list(person.postings.filter(is_primary=True).select_related("unit__parent").order_by("valid_from", "pk"))
    for earlier, later in zip(rows, rows[1:], strict=False):
        if earlier.valid_until is None or earlier.valid_until >= later.valid_from:
            raise PostingOverlaps(later)
    merged = Posting.objects.filter(staff_member__merged_into=person, is_primary=True).select_related("unit")
    return History(person, tuple(rows), tuple(merged.order_by("valid_from", "pk")))


def stretch_of(posting: Posting) -> Stretch:
    last = posting.valid_until or NO_END
    return Stretch(posting.valid_from, last, posting.unit_id, posting.position, posting.category, str(posting.status))


def offered(person, today: date) -> list[PersonalChangeKind]:
    """The kinds that make sense for a person as she stands today; a form may still refuse its dates."""
    rows = Posting.objects.filter(staff_member=person, is_primary=True)
    standing = rows.on(today).first()
    kinds = PersonalChangeKind
    if standing is None:
        return [] if rows.filter(valid_from__gt=today).exists() else [kinds.REJOIN]
    if standing.status in AWAY:
        return [kinds.RETURN, kinds.TRANSFER, kinds.POSITION, kinds.LEAVING]
    return [kinds.TRANSFER, kinds.SECONDMENT, kinds.LEAVE, kinds.POSITION, kinds.LEAVING]


def stretches_after(change: PersonalChange, history: History) -> list[Stretch]:
    """The main postings as the change makes them; raises a StaffError that names the posting in the way."""
    return _RULES[PersonalChangeKind(change.kind)](change, history)


def _transfer(change: PersonalChange, history: History) -> list[Stretch]:
    day = change.first_day
    _standing(history, day - ONE_DAY)
    here = _standing(history, day)
    stretches = history.stretches
    if on(stretches, day - ONE_DAY).unit_id != here.unit_id:
        raise PostedLater(history.posting(here))
    if here.unit_id == change.unit_id:
        raise SameUnit(history.posting(here))
    run = run_from(stretches, day)
    for later in [s for s in stretches if s.first > day]:
        if later.unit_id != here.unit_id or later not in run:
            raise PostedLater(history.posting(later))
    _refuse_closed(change.unit, day, run[-1].last)
    values = {"unit_id": change.unit_id, **_words(change, here)}
    return changed_between(stretches, day, NO_END, **values)


def _position(change: PersonalChange, history: History) -> list[Stretch]:
    here = _standing(history, change.first_day)
    values = _words(change, here)
    if values == {"position": here.position, "category": here.category}:
        raise NothingChanges(history.posting(here))
    last = here.last
    for later in run_from(history.stretches, change.first_day):
        if (later.position, later.category) != (here.position, here.category):
            break  # from there on something else was decided
        last = later.last
    return changed_between(history.stretches, change.first_day, last, **values)


def _away(status: PostingStatus):
    def rule(change: PersonalChange, history: History) -> list[Stretch]:
        first, last = change.first_day, change.last_day or NO_END
        _standing(history, first)
        run = run_from(history.stretches, first)
        touched = [stretch for stretch in run if stretch.first <= last]
        for stretch in touched:
            if stretch.status != PostingStatus.ACTIVE:
                raise AwayAlready(history.posting(stretch))
        end = touched[-1].last
        if change.last_day is not None and last > end:
            raise NotPostedOn(history.person, last, history.posting(touched[-1]))
        if change.unit is not None:
            _refuse_host(change, history, touched, min(last, end))
        return changed_between(history.stretches, first, min(last, end), status=str(status))

    return rule


def _refuse_host(change: PersonalChange, history: History, touched: list[Stretch], last: date) -> None:
    for stretch in touched:
        if stretch.unit_id == change.unit_id:
            raise SameUnit(history.posting(stretch))
    _refuse_closed(change.unit, change.first_day, last)
    beside = history.person.postings.filter(
        Q(valid_until=None) | Q(valid_until__gte=change.first_day),
        is_primary=False,
        unit=change.unit,
        valid_from__lte=last,
    )
    if found := beside.select_related("unit").first():
        raise AlreadyPosted(found)


def _return(change: PersonalChange, history: History) -> list[Stretch]:
    day = change.first_day
    here = _standing(history, day)
    before = on(history.stretches, day - ONE_DAY)
    if here.status not in AWAY or before is None or before.status != here.status:
        raise NotAway(history.posting(here), day)
    last = here.last
    for later in run_from(history.stretches, day):
        if later.status != here.status:
            break
        last = later.last
    # Back early, she goes on in the posting that was to begin after the leave.
    back = changed_between(history.stretches, day, last, status=str(PostingStatus.ACTIVE))
    return joined(back, history.stretches)


def _leaving(change: PersonalChange, history: History) -> list[Stretch]:
    day = change.first_day
    _standing(history, day - ONE_DAY)
    run = run_from(history.stretches, day - ONE_DAY)
    for earlier, later in zip(run, run[1:], strict=False):
        if later.first >= day and not _goes_on(earlier, later):
            raise PostedLater(history.posting(later))
    for later in history.stretches:
        if later.first >= day and later not in run:
            raise PostedLater(history.posting(later))
    if run[-1].last < day:
        raise NotPostedOn(history.person, day, history.posting(run[-1]))
    return cut_before(history.stretches, day)


def _goes_on(earlier: Stretch, later: Stretch) -> bool:
    """The same unit, or what followed it: nobody decided that she goes somewhere else."""
    if earlier.unit_id == later.unit_id:
        return True
    links = Succession.objects.filter(predecessor=earlier.unit_id, successor=later.unit_id)
    return links.filter(effective_on=later.first).exists()


def _rejoin(change: PersonalChange, history: History) -> list[Stretch]:
    day = change.first_day
    for posting in (*history.postings, *history.merged):
        if posting.valid_until is None or posting.valid_until >= day:
            raise PostingOverlaps(posting)
    _refuse_closed(change.unit, day, NO_END)
    words = {"position": change.position, "category": change.category}
    return [*history.stretches, Stretch(day, NO_END, change.unit_id, **words, status=str(PostingStatus.ACTIVE))]


def _standing(history: History, day: date) -> Stretch:
    if found := on(history.stretches, day):
        return found
    raise NotPostedOn(history.person, day, history.nearest(day))


def _words(change: PersonalChange, here: Stretch) -> dict:
    """Position and category, which stay unless the change says otherwise."""
    return {"position": change.position or here.position, "category": change.category or here.category}


def _refuse_closed(unit, first: date, last: date) -> None:
    if not unit.existed_on(first):
        raise UnitNotThere(unit, first)
    if unit.valid_until is not None and unit.valid_until < last:
        raise UnitNotThere(unit, unit.valid_until + timedelta(days=1))


_RULES = {
    PersonalChangeKind.TRANSFER: _transfer,
    PersonalChangeKind.SECONDMENT: _away(PostingStatus.SECONDED),
    PersonalChangeKind.LEAVE: _away(PostingStatus.LEAVE),
    PersonalChangeKind.RETURN: _return,
    PersonalChangeKind.POSITION: _position,
    PersonalChangeKind.LEAVING: _leaving,
    PersonalChangeKind.REJOIN: _rejoin,
}
