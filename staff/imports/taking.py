"""A list on its way from upload to result: kept without what must not be kept, read, shown, decided, taken in once.

The row is the truth: ``work_lists`` reads what was asked for and takes in what was confirmed. Reading changes nothing
but the rows that are shown; taking in is one transaction, so a killed worker leaves nothing half done.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock
from staff.background import kind_of_fault
from staff.enums import Capability
from staff.imports import lists
from staff.imports.people import in_batches
from staff.imports.planning import NEW, Decision
from staff.imports.reading import FileRefused
from staff.imports.row_facts import facts_of
from staff.lists import apart, headings
from staff.lists.keeping import unpacked
from staff.lists.opening import Source, kept_of
from staff.lists.unit_names import KnownUnit
from staff.models import ListDecision, Posting, StaffList, StaffListContent, StaffListRow, StaffMember, Unit
from staff.models.imports import RowAction
from staff.models.lists import RowChoice, RowGroup
from staff.models.units import with_predecessors
from staff.personal_numbers import fingerprint, seal, unseal
from staff.services.errors import StaffError
from staff.vietnamese import fold

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)
MOST_TRIES = 5
KEPT_FOR = timedelta(days=30)
# In place of a digest: what was decided since the row was shown is what she wants, while the question is the same.
DECIDED = "decided"
# What an officer may say that a column holds.
COLUMNS = (
    *headings.PARTS_OF_A_NAME, headings.BORN, headings.BORN_MALE, headings.BORN_FEMALE,
    headings.GENDER, headings.POSITION, headings.UNIT, headings.CATEGORY, headings.NATIONAL_ID, headings.EMAIL,
    headings.PHONE, headings.ICT, headings.ICT_YEAR, headings.NOTE, headings.NUMBER,
)  # fmt: skip


class ListRefused(StaffError):
    """What was asked of a list cannot be done; the text says why."""


def upload_list(*, content: bytes, name: str, unit: Unit, on: date, request_key: str, by) -> StaffList:
    """Keep what may be kept of a file. The same form sent twice is one list. FileRefused for what is no staff list."""
    key = hashlib.sha256(f"{by.pk}:{request_key}".encode()).hexdigest()
    if found := StaffList.objects.filter(request_key=key).first():
        return found
    meanings = remembered_meanings(unit)
    kept = apart.run(kept_of, Source(content, name), meanings=meanings)
    if kept is None:
        raise FileRefused(lists.no_list_in(name))
    try:
        with transaction.atomic():
            made = StaffList.objects.create(
                unit=unit,
                on=on,
                file_name=name[-255:],
                file_sha256=hashlib.sha256(content).hexdigest(),
                request_key=key,
                uploaded_by=by,
                found=kept.found,
                meanings=meanings,
                rows_all=kept.rows,
            )
            StaffListContent.objects.create(staff_list=made, sealed=seal(kept.packed))
            log(
                instance=made, action="staff.list.upload", user=by, data={"unit": unit.code, "sha256": made.file_sha256}
            )
    except IntegrityError:  # the same form at the same moment
        return StaffList.objects.get(request_key=key)
    return made


def remembered_meanings(unit: Unit) -> dict[str, str]:
    """What the last list of the unit says that columns hold."""
    last = StaffList.objects.filter(unit=unit, asked_at__isnull=False).order_by("-pk").first()
    return last.meanings if last else {}


def taken_before(staff_list: StaffList) -> StaffList | None:
    """The list that was the same file for the same unit and day, taken in already."""
    same = StaffList.objects.filter(
        unit=staff_list.unit, on=staff_list.on, file_sha256=staff_list.file_sha256, run__isnull=False
    )
    return same.exclude(pk=staff_list.pk).select_related("run").order_by("-pk").first()


@transaction.atomic
def ask_to_read(*, staff_list: StaffList, unit: Unit, on: date, meanings: dict[str, str], by) -> StaffList:
    """The officer says which unit and day the list is of and what its columns hold; it is read anew with that."""
    found = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
    _refuse_closed(found)
    found.unit, found.on = unit, on
    found.meanings = {title[:100]: said for title, said in meanings.items() if said in (*COLUMNS, "")}
    found.asked_at, found.read_at, found.moved_at, found.rows_done = clock.now(), None, None, 0
    found.refusal, found.tries, found.claimed_until, found.last_error = "", 0, None, ""
    found.version += 1
    found.save()
    return found


def work_lists() -> int:
    """Reads or takes in what waits; how many lists went a step on."""
    waiting = list(_free().order_by("pk").values_list("pk", flat=True)[:20])
    return sum(work_list(list_id=pk) for pk in waiting)


def work_list(*, list_id: int) -> bool:
    """One step of one list; whether this call made it. A fault is tried again, a refusal is said on its page."""
    now = clock.database_now()
    if not _free().filter(pk=list_id).update(claimed_until=now + CLAIM, tries=F("tries") + 1, last_error=""):
        return False
    staff_list = StaffList.objects.select_related("unit", "uploaded_by", "confirmed_by").get(pk=list_id)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            if staff_list.confirmed_at is None:
                _read(staff_list)
            else:
                _take(staff_list)
    except FileRefused as refusal:
        StaffList.objects.filter(pk=list_id).update(refusal=str(refusal)[:300], claimed_until=None)
    except Exception as error:  # one list that fails must not stop the others  # noqa: BLE001
        later = clock.database_now() + timedelta(seconds=15 * 2**staff_list.tries)
        StaffList.objects.filter(pk=list_id).update(last_error=kind_of_fault(error)[:300], claimed_until=later)
        logger.exception("Staff list %s failed (try %s)", list_id, staff_list.tries)
        return False
    return True


def _free():
    now = clock.database_now()
    return StaffList.objects.waiting().filter(Q(claimed_until=None) | Q(claimed_until__lt=now), tries__lt=MOST_TRIES)


@transaction.atomic
def try_list_again(*, list_id: int, user) -> bool:
    """Lets a list that failed be tried at once. Whether there was one."""
    failed = StaffList.objects.waiting().filter(~Q(last_error="") | Q(tries__gte=MOST_TRIES), pk=list_id)
    if not failed.update(tries=0, claimed_until=None, last_error=""):
        return False
    log(instance=StaffList.objects.get(pk=list_id), action="staff.job.retry", user=user)
    return True


@transaction.atomic
def decide_rows(*, staff_list: StaffList, rows: Iterable[StaffListRow], choice: str, by, person=None, unit=None) -> int:
    """Say of rows of a list what is to become of them; how many could be said it. It is remembered for later lists."""
    found = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
    _refuse_closed(found)
    if found.read_at is None:
        raise ListRefused(_("The list is being read. Look again in a moment."))
    fitting = [row for row in rows if choice in choices_of(row) and (choice != RowChoice.TAKE or _has_unit(row, unit))]
    by_fingerprint = {row.fingerprint: row for row in fitting}
    said = [
        ListDecision(
            unit=found.unit,
            fingerprint=row.fingerprint,
            choice=choice,
            staff_member=person if choice == RowChoice.SAME else None,
            to_unit=unit if choice == RowChoice.TAKE and row.question == "unknown_unit" else None,
            decided_by=by,
            decided_at=clock.now(),
        )
        for row in by_fingerprint.values()
    ]
    ListDecision.objects.bulk_create(
        said,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["unit", "fingerprint"],
        update_fields=["choice", "staff_member", "to_unit", "decided_by", "decided_at"],
    )
    for batch in in_batches(list(by_fingerprint)):
        StaffListRow.objects.filter(staff_list=found, fingerprint__in=batch).update(
            choice=choice, is_remembered=False, is_fresh=False, digest=DECIDED
        )
    StaffList.objects.filter(pk=found.pk).update(version=F("version") + 1)
    if choice == RowChoice.TAKE and unit is not None:
        StaffList.objects.filter(pk=found.pk).update(missing=_missing(found))
    return len(fitting)


def choices_of(row: StaffListRow) -> tuple[str, ...]:
    """What may be said of a row."""
    match row.question:
        case "":
            return ()
        case "id_conflict" | "possible_dup" | "number_taken" | "other_number" | "several":
            return (RowChoice.SAME, RowChoice.NEW, RowChoice.LEAVE)
    return (RowChoice.TAKE, RowChoice.LEAVE)


def _has_unit(row: StaffListRow, unit: Unit | None) -> bool:
    return row.question != "unknown_unit" or unit is not None


@transaction.atomic
def confirm_list(*, staff_list: StaffList, version: int, takes_rest: bool, by) -> StaffList:
    """Let the list be taken in as it was shown in ``version``; a second call changes nothing.

    ListRefused when something was decided or read since, or when rows wait and none is to go in without them.
    """
    found = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
    if found.confirmed_at or found.run_id:
        return found
    _refuse_closed(found)
    if found.read_at is None or found.version != version:
        raise ListRefused(_("Something was decided or read anew since this page was opened. Please look at it again."))
    waiting = undecided(found)
    if not takes_rest and waiting.exists():
        first = waiting.order_by("place").first()
        raise ListRefused(
            _("Nothing was taken in: %(count)d rows wait for a decision, the first is row %(row)d of “%(sheet)s”.")
            % {"count": waiting.count(), "row": first.number, "sheet": first.sheet}
        )
    found.confirmed_at, found.confirmed_by, found.takes_rest = clock.now(), by, takes_rest
    found.tries, found.claimed_until, found.last_error = 0, None, ""
    found.save()
    return found


def undecided(staff_list: StaffList):
    """The rows that nobody can take before an officer has spoken."""
    return staff_list.rows.filter(group=RowGroup.DECIDE, choice="")


@transaction.atomic
def withdraw_list(*, staff_list: StaffList, by) -> None:
    """Put a list aside: nothing of it is taken in, and what was kept of it goes. A second call changes nothing."""
    found = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
    if found.run_id or found.confirmed_at:
        raise ListRefused(_("The list is being taken in or was taken in already."))
    if found.withdrawn_at is None:
        StaffList.objects.filter(pk=found.pk).update(withdrawn_at=clock.now())
        _forget(found)
        log(instance=found, action="staff.list.withdraw", user=by)


def forget_old_lists() -> int:
    """Deletes cells and names of lists that nobody needs any more; how many lists."""
    before = clock.now() - KEPT_FOR
    old = StaffList.objects.filter(Q(run__finished_at__lt=before) | Q(run=None, uploaded_at__lt=before))
    found = list(old.filter(forgotten_at=None)[:50])
    for staff_list in found:
        with transaction.atomic():
            if staff_list.run_id is None:
                StaffList.objects.filter(pk=staff_list.pk, withdrawn_at=None).update(withdrawn_at=clock.now())
            _forget(staff_list)
    return len(found)


def _forget(staff_list: StaffList) -> None:
    StaffListContent.objects.filter(staff_list=staff_list).delete()
    StaffListRow.objects.filter(staff_list=staff_list).delete()
    StaffList.objects.filter(pk=staff_list.pk).update(forgotten_at=clock.now(), missing=[])


def _refuse_closed(staff_list: StaffList) -> None:
    if staff_list.withdrawn_at or staff_list.confirmed_at:
        raise ListRefused(_("The list is being taken in, was taken in, or was put aside already."))


def sheets_kept(staff_list: StaffList):
    """The sheets of a list as they are kept."""
    return unpacked(_kept(staff_list))


def _kept(staff_list: StaffList) -> bytes:
    return unseal(StaffListContent.objects.get(staff_list=staff_list).sealed)


def read_kept(staff_list: StaffList, *, progress=None) -> lists.ReadFile:
    """The list read with the units of its day, below its own unit: names of other units are unknown ones."""
    heads = with_predecessors([staff_list.unit])
    units = lists.units_on(staff_list.on, within=heads)
    own = next((unit for unit in units if unit.code == staff_list.unit.code), None)
    if own is None and len(heads) == 2:
        own = next((unit for unit in units if unit.code in {head.code for head in heads}), None)
    return lists.read_source(
        Source(_kept(staff_list), staff_list.file_name, is_kept=True),
        staff_list.file_sha256,
        units=units,
        on=staff_list.on,
        meanings=staff_list.meanings,
        home=own or _home(staff_list.unit, units),
        progress=progress,
    )


def _home(unit: Unit, units: list[KnownUnit]) -> KnownUnit | None:
    """Where people of a list without names of units belong, while the unit itself did not exist on its day."""
    return units[0] if len(units) == 1 else None


def _read(staff_list: StaffList) -> None:
    def progress(count: int) -> None:
        if count % 1000 == 0:
            until = clock.database_now() + CLAIM
            StaffList.objects.filter(pk=staff_list.pk).update(rows_done=count, claimed_until=until)

    file = read_kept(staff_list, progress=progress)
    with transaction.atomic():
        locked = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
        if locked.version != staff_list.version or locked.withdrawn_at:
            return
        _show(locked, _plan(staff_list, file, staff_list.uploaded_by))


def _plan(staff_list: StaffList, file: lists.ReadFile, officer) -> lists.ListPlan:
    decided = {decision.fingerprint: decision for decision in ListDecision.objects.filter(unit=staff_list.unit)}
    units = Unit.objects.in_bulk({decision.to_unit_id for decision in decided.values() if decision.to_unit_id})

    def decide(question: str, content: tuple) -> Decision | None:
        decision = decided.get(fingerprint(json.dumps([question, *content]))) if decided else None
        if decision is None:
            return None
        is_remembered = decision.decided_at < staff_list.uploaded_at
        return Decision(decision.choice, decision.staff_member_id, units.get(decision.to_unit_id), is_remembered)

    def mine(people):
        return people.filter(pk__in=StaffMember.objects.visible_to(officer, Capability.HR).values("pk"))

    return lists.plan_list(file, on=staff_list.on, mine=None if officer.is_superuser else mine, decide=decide)


def _rows_of(staff_list: StaffList, plan: lists.ListPlan) -> Iterator[list[StaffListRow]]:
    """The rows to show, part by part."""
    names, place = _unit_names(plan), 0
    for part in plan.rows.parts():
        yield [_row_of(staff_list, place + index, planned, names) for index, planned in enumerate(part)]
        place += len(part)


Shown = dict[int, tuple[str, str, str]]


def _shown_of(rows: list[StaffListRow]) -> Shown:
    """(digest, fingerprint, choice) of those rows as the officer looked at them, by place."""
    shown = StaffListRow.objects.filter(
        staff_list=rows[0].staff_list_id, place__gte=rows[0].place, place__lte=rows[-1].place
    )
    return {place: facts for place, *facts in shown.values_list("place", "digest", "fingerprint", "choice")}


def _is_as_shown(row: StaffListRow, before: Shown) -> bool:
    """Whether the row does what the officer saw, or what she said since of the same question."""
    digest, found, choice = before.get(row.place, ("", "", ""))
    if digest == DECIDED:
        return (row.fingerprint, row.choice) == (found, choice)
    return row.digest == digest


def _are_as_shown(rows: list[StaffListRow]) -> bool:
    before = _shown_of(rows)
    return all(_is_as_shown(row, before) for row in rows)


def _unit_names(plan: lists.ListPlan) -> dict[str, str]:
    found = [unit for code, unit in plan.units.items() if code in plan.codes]
    by_id = {unit.pk: unit for unit in plan.units.values()}
    names = [unit.name for unit in found]
    return {
        unit.code: f"{unit.name} · {by_id[unit.parent_id].name}"
        if unit.parent_id in by_id and names.count(unit.name) > 1
        else unit.name
        for unit in found
    }


def _row_of(staff_list, place: int, planned: lists.PlannedRow, names: dict[str, str]) -> StaffListRow:
    outcome, line = planned.outcome, planned.verdict.row
    is_elsewhere = planned.group == RowGroup.ELSEWHERE
    person = outcome.person if outcome and outcome.person and outcome.person.pk else None
    row = StaffListRow(
        staff_list=staff_list,
        place=place,
        sheet=line.sheet[:100],
        number=line.number,
        group=planned.group,
        question=planned.question,
        fingerprint=fingerprint(json.dumps([planned.question, *planned.content])) if planned.question else "",
        choice=planned.choice,
        is_remembered=bool(planned.decision and planned.decision.is_remembered),
        name=(planned.row.name.text or line.name.suggestion)[:150],
        staff_member=person,
        foreigner=outcome.candidates[0] if is_elsewhere else None,
        facts=facts_of(planned, names),
    )
    shown = [row.group, row.question, row.fingerprint, row.choice, row.name, row.staff_member_id, row.facts]
    row.digest = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]
    return row


def _show(staff_list: StaffList, plan: lists.ListPlan, *, moved: bool = False) -> None:
    """Write the rows that the officer looks at; ``moved`` when the facts did since she looked."""
    if not moved:
        staff_list.rows.all().delete()
    for rows in _rows_of(staff_list, plan):
        if moved:
            before = _shown_of(rows)
            for row in rows:
                row.is_fresh = not _is_as_shown(row, before)
            staff_list.rows.filter(place__gte=rows[0].place, place__lte=rows[-1].place).delete()
        StaffListRow.objects.bulk_create(rows, batch_size=200)
    staff_list.rows.filter(place__gte=len(plan.rows)).delete()
    StaffList.objects.filter(pk=staff_list.pk).update(
        read_at=clock.now(),
        claimed_until=None,
        tries=0,
        confirmed_at=None,
        confirmed_by=None,
        moved_at=clock.now() if moved else None,
        rows_done=len(plan.rows),
        rows_all=len(plan.rows),
        missing=_missing(staff_list),
        version=F("version") + 1,
    )


def _missing(staff_list: StaffList) -> list[int]:
    """Who is posted on the day in the unit of the list or in one that it speaks of, and stands in no row of it."""
    chosen = staff_list.rows.filter(question="unknown_unit", choice=RowChoice.TAKE).values("fingerprint")
    decided = ListDecision.objects.filter(unit=staff_list.unit_id, fingerprint__in=chosen, to_unit__isnull=False)
    units, named, known = set(decided.values_list("to_unit__code", flat=True)), set(), set()
    rows = staff_list.rows.values_list("name", "staff_member_id", "facts__unit_code", "facts__candidates")
    for name, own, code, others in rows.iterator(chunk_size=2000):
        named.add(fold(name))
        known.update((own, *(others or ())))
        if code:
            units.add(code)
    spoken_of = Q(unit__code__in=units) | Q(unit=staff_list.unit_id)
    posted = Posting.objects.on(staff_list.on).filter(spoken_of, is_primary=True)
    found = posted.order_by("staff_member__sort_key").values_list("staff_member_id", "staff_member__search_key")
    return [pk for pk, name in found if pk not in known and name not in named]


def _take(staff_list: StaffList) -> None:
    file = read_kept(staff_list)
    with transaction.atomic():
        lists.one_at_a_time()
        locked = StaffList.objects.select_for_update(of=("self",)).get(pk=staff_list.pk)
        if locked.run_id or locked.confirmed_at is None:
            return
        plan = _plan(staff_list, file, staff_list.confirmed_by)
        if not all(_are_as_shown(rows) for rows in _rows_of(locked, plan)):
            _show(locked, plan, moved=True)
            return
        report = lists.take_plan(
            plan,
            file=file,
            on=staff_list.on,
            by=staff_list.confirmed_by,
            took=lambda part: _remember_new_people(staff_list, part),
        )
        StaffList.objects.filter(pk=locked.pk).update(run=report.run, claimed_until=None, tries=0)
        log(
            instance=locked,
            action="staff.list.take",
            user=staff_list.confirmed_by,
            data={"unit": staff_list.unit.code, "run": report.run.pk, "counts": report.counts},
        )


def _remember_new_people(staff_list: StaffList, part: list[lists.PlannedRow]) -> None:
    """Somebody new without number and birth day, or by decision, is the same person in the next list."""
    new = [
        (planned, planned.outcome.person)
        for planned in part
        if planned.outcome
        and planned.outcome.taken
        and planned.outcome.taken.action == RowAction.CREATED
        and (planned.choice == RowChoice.NEW or planned.question == NEW and len(planned.content) > 3)
    ]
    remembered = {
        fingerprint(json.dumps([planned.question, *planned.content])): ListDecision(
            unit=staff_list.unit,
            fingerprint=fingerprint(json.dumps([planned.question, *planned.content])),
            choice=RowChoice.SAME,
            staff_member=person,
            decided_by=staff_list.confirmed_by,
            decided_at=clock.now(),
        )
        for planned, person in new
    }
    ListDecision.objects.bulk_create(
        remembered.values(),
        batch_size=200,
        update_conflicts=True,
        unique_fields=["unit", "fingerprint"],
        update_fields=["choice", "staff_member", "decided_by", "decided_at"],
    )
