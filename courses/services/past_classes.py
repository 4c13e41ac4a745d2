"""Classes of before, from the lists that offices kept: handed in, shown, taken in as shown, or put aside."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.classes.past_planning import NEW, PastPlan, plan
from courses.classes.past_reading import SaidRow, rows_of
from courses.enums import ClassState, NominationState, PastListState
from courses.errors import ClassRefused
from courses.models import ClassSession, Nomination, PastClassList
from staff import clock
from staff.models import Posting
from staff.vietnamese import fold

# How long the rows of a list are kept after it was handed in: names and birth days of people.
KEPT_DAYS = 30


def hand_in(*, content: bytes, name: str, unit, by) -> PastClassList:
    """The list as it was read; nothing of it is taken in yet. Raises FileRefused."""
    rows = [[row.sheet, row.number, row.said] for row in rows_of(content, name)]
    with transaction.atomic():
        made = PastClassList.objects.create(
            unit=unit,
            file_name=name[:200],
            sha256=hashlib.sha256(content).hexdigest(),
            rows=rows,
            uploaded_by=by,
        )
        log(instance=made, action="courses.past_classes.hand_in", user=by, data={"rows": len(rows)})
    return made


def plan_of(found: PastClassList, *, user) -> PastPlan:
    """What the list would do now, in the eyes of ``user``."""
    rows = [SaidRow(sheet, number, said) for sheet, number, said in found.rows]
    return plan(rows, unit=found.unit, user=user)


@transaction.atomic
def take_in(*, past_list: PastClassList, shown: str, by) -> PastClassList:
    """Takes in the rows that are new, as they were shown; the same list again changes nothing.

    A result on such a list is no qualification: it becomes a claim for the recognition desk. Raises ClassRefused where
    the list is over, or would do something else than what was shown.
    """
    locked = _locked(past_list)
    # Two lists about one host stand in line here.
    type(locked.unit).objects.select_for_update(no_key=True).get(pk=locked.unit_id)
    found = plan_of(locked, user=by)
    if found.digest != shown:
        raise ClassRefused(_("Something changed after you looked. Please look at the rows once more."))
    new = found.of(NEW)
    units = _units_then(new)
    classes: dict[tuple, ClassSession] = {}
    made = 0
    for outcome in new:
        if outcome.key not in classes:
            classes[outcome.key], is_new = _class_of(locked, outcome, by)
            made += is_new
        row = outcome.row
        Nomination.objects.create(
            class_session=classes[outcome.key],
            staff_member=outcome.person,
            unit_id=units.get((outcome.person.pk, row.first)),
            state=NominationState.CONFIRMED,
            decision_number=row.decision,
            decision_on=row.decision_on if row.decision else None,
            reported_hours=outcome.attended,
            reported_result=row.result,
            nominated_by=by,
        )
    locked.state, locked.taken_at = PastListState.TAKEN, clock.now()
    locked.new_classes, locked.new_people = made, len(new)
    locked.save(update_fields=["state", "taken_at", "new_classes", "new_people"])
    said = {"classes": made, "people": len(new)}
    log(instance=locked, action="courses.past_classes.take_in", user=by, data=said)
    return locked


def _class_of(found: PastClassList, outcome, by) -> tuple[ClassSession, bool]:
    row = outcome.row
    for there in ClassSession.objects.filter(
        unit=found.unit, course=outcome.course, first_day=row.first, past_list__isnull=False
    ):
        if outcome.key[1] == fold(there.name):
            return there, False
    made = ClassSession.objects.create(
        course=outcome.course,
        name=row.class_name,
        unit=found.unit,
        place=row.place,
        trainer_names=row.trainers,
        first_day=row.first,
        last_day=row.last,
        hours=outcome.hours,
        past_list=found,
        state=ClassState.HELD,
        ended_at=clock.now(),
        ended_by=by,
        created_by=by,
    )
    return made, True


def _units_then(outcomes) -> dict[tuple, int]:
    """Where each person worked on the first day of the class, by (person, day)."""
    wanted = {(outcome.person.pk, outcome.row.first) for outcome in outcomes}
    postings = Posting.objects.filter(staff_member__in={pk for pk, _day in wanted}, is_primary=True)
    by_person: dict[int, list[Posting]] = {}
    for posting in postings.order_by("valid_from", "pk"):
        by_person.setdefault(posting.staff_member_id, []).append(posting)
    return {
        (pk, day): posting.unit_id for pk, day in wanted for posting in by_person.get(pk, ()) if posting.holds_on(day)
    }


@transaction.atomic
def put_aside(*, past_list: PastClassList, by) -> PastClassList:
    """Nothing of the list is taken in, and its rows are forgotten."""
    locked = _locked(past_list)
    locked.state = PastListState.ASIDE
    locked.rows, locked.forgotten_at = [], clock.now()
    locked.save(update_fields=["state", "rows", "forgotten_at"])
    log(instance=locked, action="courses.past_classes.put_aside", user=by)
    return locked


def _locked(past_list: PastClassList) -> PastClassList:
    locked = PastClassList.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=past_list.pk)
    if locked.state != PastListState.SHOWN or locked.forgotten_at is not None:
        raise ClassRefused(_("This list was taken in or put aside already. Nothing was changed."))
    return locked


def forget_old_rows() -> int:
    """Empties the rows of lists that were handed in more than a month ago; how many."""
    old = PastClassList.objects.filter(forgotten_at=None, uploaded_at__lt=clock.now() - timedelta(days=KEPT_DAYS))
    return old.update(rows=[], forgotten_at=clock.now())
