"""One person changes: transferred, seconded, on leave, back, gone. And all of it taken back exactly."""

from datetime import date

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock, journals
from staff.enums import ChangeCause, PersonalChangeKind, PostingStatus
from staff.journals import Journal, Moved
from staff.models import Duty, PersonalChange, Posting, Scope, StaffMember, User
from staff.services.change_rules import history_of, stretch_of, stretches_after
from staff.services.changes import record_change
from staff.services.errors import (
    DecidedTomorrow,
    DiedTomorrow,
    EndsBeforeItBegins,
    InUse,
    PostingOverlaps,
    ReasonMissing,
    RecordedSince,
    TakenBackAlready,
    refuse_back_dating,
    shown,
)
from staff.services.notices import notify
from staff.timelines import ONE_DAY, Stretch

NOTICE = "staff.change"


@transaction.atomic
def change_person(
    *,
    staff_member: StaffMember,
    kind: str,
    first_day: date,
    last_day: date | None = None,
    unit=None,
    place: str = "",
    position: str = "",
    category: str = "",
    cause: str = "",
    ends_duties: bool = False,
    decision_number: str = "",
    decided_on: date | None = None,
    reason: str = "",
    corrects: PersonalChange | None = None,
    by=None,
    back_dated_because: str = "",
) -> PersonalChange:
    """Record what was decided about a person, from ``first_day`` on, and tell her.

    A secondment leaves the main posting where it is, with the status seconded; the host is a further post, which does
    not count. ``corrects`` is taken back first: both together are one change. Of two at once, one waits for the other
    and then finds what it made. Raises BackDated for a past day without a reason, and what the rules of each kind
    (``change_rules``) refuse, each sentence with the posting in the way.
    """
    since = min(first_day, corrects.first_day) if corrects else first_day
    refuse_back_dating(since, back_dated_because)
    made = PersonalChange(
        staff_member=staff_member,
        kind=kind,
        first_day=first_day,
        last_day=last_day,
        unit=unit,
        place=place,
        position=position,
        category=category,
        cause=cause,
        ends_duties=ends_duties,
        decision_number=decision_number,
        decided_on=decided_on,
        reason=reason,
        back_dated_because=back_dated_because,
        corrects=corrects,
        made_by=by,
    )
    _refuse_days(made)
    _lock(staff_member)
    if corrects is not None:
        _undo(corrects, because=_("corrected"), by=by)
    run = _Run(made)
    run.write()
    made.journal = run.journal.entries
    made.save()
    record_change(staff_member=staff_member, since=since, cause=f"person.{made.kind}")
    log(instance=made, action="staff.person.change", user=by, data=_said(made))
    if cause != ChangeCause.DIED:
        _tell(made, taken_back=False)
    return made


@transaction.atomic
def take_back_change(*, change: PersonalChange, reason: str, by=None, back_dated_because: str = "") -> PersonalChange:
    """Every row is as it was before the change; before its first day nothing has happened yet, so no history moves.

    A second call changes nothing. Raises ReasonMissing, BackDated for a change that was in force before today, and
    RecordedSince where something else was recorded on top of it.
    """
    if not reason.strip():
        raise ReasonMissing
    refuse_back_dating(change.first_day, back_dated_because)
    _lock(change.staff_member)
    found = PersonalChange.objects.get(pk=change.pk)
    if found.taken_back_at is not None:
        return found
    found = _undo(found, because=back_dated_because or reason, by=by)
    record_change(staff_member=found.staff_member, since=found.first_day, cause="person.take_back")
    log(instance=found, action="staff.person.take_back", user=by, data={**_said(found), "reason": reason})
    if found.cause != ChangeCause.DIED:
        _tell(found, taken_back=True)
    return found


def _refuse_days(made: PersonalChange) -> None:
    today = clock.today()
    if made.last_day is not None and made.last_day < made.first_day:
        raise EndsBeforeItBegins(_Days(made.first_day))
    if made.decided_on is not None and made.decided_on > today:
        raise DecidedTomorrow(made.decided_on)
    if made.cause == ChangeCause.DIED and made.first_day > today + ONE_DAY:
        raise DiedTomorrow


class _Days:
    def __init__(self, valid_from: date):
        self.valid_from = valid_from


def _lock(staff_member) -> None:
    """Two clerks who change the same person take turns."""
    StaffMember.objects.select_for_update().get(pk=staff_member.pk)


def _undo(change: PersonalChange, *, because: str, by) -> PersonalChange:
    found = PersonalChange.objects.select_related("staff_member").get(pk=change.pk)
    if found.taken_back_at is not None:
        raise TakenBackAlready(found)
    try:
        journals.take_back(found.journal)
    except Moved as moved:
        newer = found.staff_member.postings.filter(is_primary=True, recorded_at__gt=found.made_at)
        raise RecordedSince(found, newer.order_by("-recorded_at").first() or moved.row) from moved
    try:
        history_of(found.staff_member)
    except PostingOverlaps as overlap:
        raise RecordedSince(found, overlap.posting) from overlap
    found.taken_back_at, found.taken_back_by, found.taken_back_because = clock.now(), by, because[:200]
    found.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    return found


class _Run:
    """One writing of a change: main postings first, then further posts, duties, rights and the account."""

    def __init__(self, change: PersonalChange):
        self.change = change
        self.person = change.staff_member
        self.first = change.first_day
        self.last = change.first_day - ONE_DAY
        self.why = str(change.get_kind_display())
        self.by_id = change.made_by and change.made_by.pk
        self.journal = Journal()

    def write(self) -> None:
        history = history_of(self.person)
        left = {p.unit_id: p.unit for p in history.postings if p.holds_on(self.last)}
        self._main_postings(history, stretches_after(self.change, history))
        match self.change.kind:
            case PersonalChangeKind.SECONDMENT if self.change.unit:
                self._host()
            case PersonalChangeKind.RETURN:
                self._end_further_posts(status=PostingStatus.SECONDED)
            case PersonalChangeKind.LEAVING:
                self._end_further_posts()
                self._end_duties(None)
                self._end_rights(None)
            case PersonalChangeKind.TRANSFER:
                units = _outside(left.values(), self.change.unit)
                self._end_duties(units)
                self._end_rights(units)
        if self.change.ends_duties and self.change.kind in (PersonalChangeKind.SECONDMENT, PersonalChangeKind.LEAVE):
            self._end_duties(None)
        if self.change.cause == ChangeCause.DIED:
            for user in User.objects.filter(staff_member=self.person, is_active=True):
                self.journal.change(user, is_active=False)

    def _main_postings(self, history, wanted: list[Stretch]) -> None:
        """Make the rows what is wanted: a row keeps its first day where there is one, is struck where there is none.

        In the order in which at most one main posting is open at any time.
        """
        stored = {stretch_of(posting): posting for posting in history.postings}
        missing = [stretch for stretch in wanted if stretch not in stored]
        gone = [posting for stretch, posting in stored.items() if stretch not in wanted]
        kept: list[tuple[Posting, Stretch]] = []
        for posting in list(gone):
            for stretch in missing:
                now = stretch_of(posting)
                same_end = now.last == stretch.last and now.says_as(stretch)
                if posting.valid_from == stretch.first or (same_end and not _begins_at(gone, stretch.first)):
                    kept.append((posting, stretch))
                    missing.remove(stretch)
                    gone.remove(posting)
                    break
        for posting in gone:
            try:
                self.journal.remove(posting)
            except ProtectedError as refusal:
                raise InUse(posting) from refusal
        for posting, stretch in sorted(kept, key=lambda pair: pair[1].is_open):
            self._rewrite(posting, stretch)
        for stretch in sorted(missing, key=lambda stretch: stretch.is_open):
            self.journal.make(
                Posting(staff_member=self.person, recorded_by_id=self.by_id, **_days_of(stretch), **_words_of(stretch))
            )

    def _rewrite(self, posting: Posting, stretch: Stretch) -> None:
        values = {
            name: value
            for name, value in {**_days_of(stretch), **_words_of(stretch)}.items()
            if getattr(posting, name) != value
        }
        if "valid_until" in values:
            values |= self._end_noted() if values["valid_until"] else _NO_END_NOTED
        self.journal.change(posting, **values)

    def _host(self) -> None:
        standing = Posting.objects.on(self.first).get(staff_member=self.person, is_primary=True)
        last = self.change.last_day
        if last is None:
            # without an end of its own it goes as far as the secondment itself does
            runs = self.person.postings.filter(is_primary=True, status=PostingStatus.SECONDED)
            last = runs.order_by("-valid_from").first().valid_until
        self.journal.make(
            Posting(
                staff_member=self.person,
                unit=self.change.unit,
                position=self.change.position or standing.position,
                category=standing.category,
                status=PostingStatus.SECONDED,
                is_primary=False,
                valid_from=self.first,
                valid_until=last,
                recorded_by_id=self.by_id,
            )
        )

    def _end_further_posts(self, **which) -> None:
        rows = self._lasting(Posting.objects.filter(staff_member=self.person, is_primary=False, **which))
        for posting in rows.order_by("pk"):
            self._end(posting)

    def _end_duties(self, units: set[int] | None) -> None:
        """The duties held in ``units`` (None: anywhere), recorded under hers or an entry merged into hers."""
        theirs = Q(staff_member=self.person) | Q(staff_member__merged_into=self.person)
        rows = self._lasting(Duty.objects.filter(theirs))
        for duty in (rows if units is None else rows.filter(unit__in=units)).order_by("pk"):
            self._end(duty)

    def _end_rights(self, units: set[int] | None) -> None:
        rows = self._lasting(Scope.objects.filter(user__staff_member=self.person))
        for scope in (rows if units is None else rows.filter(unit__in=units)).order_by("pk"):
            self._end(scope)

    def _lasting(self, rows):
        return rows.filter(Q(valid_until=None) | Q(valid_until__gte=self.first))

    def _end(self, fact) -> None:
        """The fact ends the day before; one that would begin only later is struck."""
        if fact.valid_from >= self.first:
            self.journal.remove(fact)
        else:
            self.journal.change(fact, valid_until=self.last, **self._end_noted())

    def _end_noted(self) -> dict:
        return {"end_reason": self.why, "end_recorded_at": clock.now(), "end_recorded_by_id": self.by_id}


_NO_END_NOTED = {"end_reason": "", "end_recorded_at": None, "end_recorded_by_id": None}


def _begins_at(postings: list[Posting], day: date) -> bool:
    return any(posting.valid_from == day for posting in postings)


def _outside(units, to_unit) -> set[int]:
    """The units that are left, and those above them that ``to_unit`` does not lie within."""
    left = {pk for unit in units for pk in (unit.pk, *unit.ancestor_ids)}
    return left - {to_unit.pk, *to_unit.ancestor_ids}


def _days_of(stretch: Stretch) -> dict:
    return {"valid_from": stretch.first, "valid_until": None if stretch.is_open else stretch.last}


def _words_of(stretch: Stretch) -> dict:
    return {name: getattr(stretch, name) for name in ("unit_id", "position", "category", "status")}


def _said(change: PersonalChange) -> dict:
    return {
        "kind": str(change.kind),
        "from": str(change.first_day),
        "until": str(change.last_day or ""),
        "unit": change.unit.code if change.unit else change.place,
        "cause": str(change.cause),
        "decision": change.decision_number,
        "corrects": change.corrects_id,
        "reason": change.back_dated_because or change.reason,
    }


def _tell(change: PersonalChange, *, taken_back: bool) -> None:
    """The person reads what was recorded about her; why, she hears from her officer."""

    def words():
        said = {
            "change": change.get_kind_display(),
            "day": shown(change.first_day),
            "number": change.decision_number or "–",
            "where": change.unit.name_in_place if change.unit else change.place or "–",
        }
        if taken_back:
            return _("Taken back: %(change)s from %(day)s") % said, _(
                "What was recorded about you (%(change)s from %(day)s, decision %(number)s) was taken back. Ask your "
                "HR officer if this is not right."
            ) % said
        text = _(
            "Recorded about you: %(change)s from %(day)s, unit %(where)s, decision %(number)s. Ask your HR officer if "
            "this is not right."
        )
        return _("Recorded: %(change)s from %(day)s") % said, text % said

    what = "back" if taken_back else "made"
    path = reverse("my_learning")
    notify(to=change.staff_member, kind=NOTICE, key=f"personal-change:{change.pk}:{what}", words=words, path=path)
