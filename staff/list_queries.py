"""What the pages of staff lists print, as frozen records in a fixed number of queries."""

from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import Capability, Gender, PostingStatus, StaffCategory
from staff.imports.taking import choices_of
from staff.lists.flags import Flag
from staff.models import ImportRow, Posting, StaffList, StaffListRow, StaffMember, TransferRequest, Unit
from staff.models.imports import RowAction
from staff.models.lists import RowChoice, RowGroup

PAGE_SIZE = 50
MISSING, FRESH = "missing", "fresh"

GROUP_WORDS = {
    RowGroup.DECIDE: _("These rows are not taken before you decide. Your decision is remembered for the next list."),
    RowGroup.ELSEWHERE: _(
        "These people belong to another unit now. You can ask for their transfer; their officer answers."
    ),
    RowGroup.NEW: _("Nobody known is like these people: they are added and posted from the day of the list."),
    RowGroup.MOVED: _("On the day of the list these people are posted in another unit of yours. Take: they are moved."),
    RowGroup.DIFFERS: _(
        "Position, category or status differ from the posting on record. Take: it changes from the day of the list."
    ),
    RowGroup.CHANGED: _("Something is added to what is known of these people; nothing is taken away."),
    RowGroup.TWICE: _("These rows name somebody who stands in an earlier row. He or she is one person."),
    RowGroup.SAME: _("Everything in these rows is known already."),
    RowGroup.SKIPPED: _("Nothing follows from these rows."),
}
FIELD_WORDS = {
    "full_name": _("full name"), "gender": _("sex"), "date_of_birth": _("date of birth"), "email": _("e-mail"),
    "phone": _("phone"), "national_id": _("personal number added"), "position": _("position"),
    "category": _("staff category"), "status": _("status"),
}  # fmt: skip
_VALUES = {"category": StaffCategory, "status": PostingStatus, "gender": Gender}
STATES = {
    "asked": "warn", "reading": "now", "shown": "warn", "taking": "now", "done": "ok", "withdrawn": "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    words: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of the page: what stands there, what was noticed, what can be said of it."""

    pk: int
    sheet: str
    number: int
    name: str
    person_id: int | None
    born: str
    unit: str
    position: str
    reason: str
    flags: list[str]
    changes: list[Change]
    moves_from: str
    choice: str
    choice_words: str
    is_remembered: bool
    is_fresh: bool
    is_undecided: bool
    can_tick: bool
    was_asked: bool
    candidates: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the rows of a list stand."""

    groups: dict[str, int]
    undecided: int
    fresh: int
    missing: int
    left: int
    unplaced: int

    @property
    def all(self) -> int:
        return sum(self.groups.values())

    @property
    def taken(self) -> int:
        """Rows that would add or change something, or are known."""
        named = (RowGroup.NEW, RowGroup.CHANGED, RowGroup.SAME, RowGroup.TWICE, RowGroup.MOVED, RowGroup.DIFFERS)
        return sum(self.groups.get(group, 0) for group in named)


def tally_of(staff_list: StaffList) -> Tally:
    rows = staff_list.rows
    counts = rows.aggregate(
        undecided=Count("pk", filter=Q(group=RowGroup.DECIDE, choice="")),
        fresh=Count("pk", filter=Q(is_fresh=True)),
        left=Count("pk", filter=Q(choice=RowChoice.LEAVE)),
        unplaced=Count("pk", filter=Q(question="unknown_unit", choice="")),
        **{f"in_{group}": Count("pk", filter=Q(group=group)) for group in RowGroup.values},
    )
    groups = {group: counts[f"in_{group}"] for group in RowGroup.values}
    return Tally(
        groups, counts["undecided"], counts["fresh"], len(staff_list.missing), counts["left"], counts["unplaced"]
    )


def rows_page(staff_list: StaffList, *, group: str, viewer, number=1) -> Page:
    """A page of the rows of a group, in the order of the file."""
    rows = staff_list.rows.filter(is_fresh=True) if group == FRESH else staff_list.rows.filter(group=group)
    page = Paginator(rows.order_by("place"), PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    people = _candidates(shown, staff_list, viewer)
    asked = set()
    if group == RowGroup.ELSEWHERE:
        open_ones = TransferRequest.objects.open().asked_for(viewer)
        asked = set(open_ones.filter(staff_member__in=[row.foreigner_id for row in shown]).values_list(
            "staff_member_id", flat=True
        ))  # fmt: skip
    page.object_list = [_line(row, people, asked) for row in shown]
    return page


def _candidates(rows: list[StaffListRow], staff_list: StaffList, viewer) -> dict[int, str]:
    """The people among whom an answer is, named with birth day and unit; none outside the viewer's scope."""
    wanted = {pk for row in rows for pk in row.facts.get("candidates", [])}
    if not wanted:
        return {}
    mine = StaffMember.objects.filter(pk__in=wanted)
    if not viewer.is_superuser:
        mine = mine.filter(
            Q(pk__in=StaffMember.objects.visible_to(viewer, Capability.HR).values("pk")) | Q(postings=None)
        )
    postings = Posting.objects.on(staff_list.on).filter(staff_member__in=wanted, is_primary=True)
    units = {posting.staff_member_id: posting.unit.name for posting in postings.select_related("unit")}
    return {
        person.pk: " · ".join(
            filter(
                None,
                (
                    person.full_name,
                    f"{person.date_of_birth:%d/%m/%Y}" if person.date_of_birth else "",
                    units.get(person.pk),
                ),
            )
        )
        for person in mine.distinct()
    }


def _line(row: StaffListRow, people: dict[int, str], asked: set[int]) -> RowLine:
    facts = row.facts
    changes = [Change(str(FIELD_WORDS.get(name, name)), _value(name, a), _value(name, b)) for name, a, b in
               [*facts.get("changes", []), *facts.get("differing", [])]]  # fmt: skip
    was_asked = row.foreigner_id in asked
    return RowLine(
        pk=row.pk,
        sheet=row.sheet,
        number=row.number,
        name=row.name,
        person_id=row.staff_member_id,
        born=facts.get("born", ""),
        unit=facts.get("unit", "") or facts.get("unit_words", ""),
        position=facts.get("position", ""),
        reason="" if row.question in ("moved", "differs") else facts.get("reason", ""),
        # the reason says it already
        flags=[
            str(Flag(flag).label)
            for flag in facts.get("flags", [])
            if flag in Flag.values and not (flag == Flag.UNIT_UNKNOWN and row.question == "unknown_unit")
        ],
        changes=changes,
        moves_from=facts.get("from", ""),
        choice=row.choice,
        choice_words=str(RowChoice(row.choice).label) if row.choice else "",
        is_remembered=row.is_remembered,
        is_fresh=row.is_fresh,
        is_undecided=not row.choice and row.group in (RowGroup.DECIDE, RowGroup.MOVED, RowGroup.DIFFERS),
        can_tick=bool(choices_of(row)) or (row.group == RowGroup.ELSEWHERE and not was_asked),
        was_asked=was_asked,
        candidates=[(pk, people[pk]) for pk in facts.get("candidates", []) if pk in people],
    )


def _value(name: str, value: str) -> str:
    labels = _VALUES.get(name)
    if labels is not None and value in labels.values:
        return str(labels(value).label)
    return value


def missing_page(staff_list: StaffList, *, viewer, number=1) -> Page:
    """Who is posted in a unit of the list and stands in no row, with the posting of its day."""
    pages = Paginator(staff_list.missing, PAGE_SIZE)
    page = pages.get_page(number)
    ids = list(page.object_list)
    people = StaffMember.objects.visible_to(viewer, Capability.HR).filter(pk__in=ids)
    by_id = {person.pk: person for person in people}
    postings = Posting.objects.on(staff_list.on).filter(staff_member__in=ids, is_primary=True).select_related("unit")
    posted = {posting.staff_member_id: posting for posting in postings}
    page.object_list = [(by_id[pk], posted.get(pk)) for pk in ids if pk in by_id]
    return page


def lists_page(user, number=1) -> Page:
    """The lists of the user's units, newest first."""
    rows = StaffList.objects.visible_to(user).select_related("unit", "uploaded_by", "run").order_by("-pk")
    return Paginator(rows, 20).get_page(number)


def results_of(staff_list: StaffList) -> dict[str, int]:
    """How many rows were added, changed, unchanged, not taken."""
    rows = ImportRow.objects.filter(run=staff_list.run_id)
    counts = dict(rows.values_list("action").annotate(count=Count("pk")).order_by())
    return {action: counts.get(action, 0) for action in RowAction.values}


def not_taken_page(staff_list: StaffList, number=1) -> Page:
    """The rows about which there is something to say, with the name that the list gives."""
    twice = staff_list.rows.filter(group=RowGroup.TWICE)
    rows = ImportRow.objects.filter(run=staff_list.run_id).exclude(reason="").order_by("pk")
    places = set(twice.values_list("sheet", "number"))
    shown = [row for row in rows.only("sheet", "number", "reason", "action") if (row.sheet, row.number) not in places]
    page = Paginator(shown, PAGE_SIZE).get_page(number)
    here = {(row.sheet, row.number) for row in page.object_list}
    names = {
        (sheet, number): name
        for sheet, number, name in staff_list.rows.filter(
            sheet__in={sheet for sheet, _number in here}, number__in={number for _sheet, number in here}
        ).values_list("sheet", "number", "name")
    }
    page.object_list = [(row, names.get((row.sheet, row.number), "")) for row in page.object_list]
    return page


def units_to_import(user):
    """The units of which the user may hand in lists: those of her HR scopes that exist today."""
    found = Unit.objects.visible_to(user, Capability.HR).existing_on(clock.today())
    return found.select_related("parent").order_by("path")
