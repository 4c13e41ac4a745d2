"""The organisation changes: planned, carried out on its day by dated rows, withdrawn before it."""

import hashlib
import json
from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock, feed
from staff.enums import ReformState, SuccessionKind
from staff.models import Duty, Posting, Reorganisation, Scope, Succession, Unit, User
from staff.services.errors import (
    AlreadyEnded,
    BeginsAfterwards,
    CodeTaken,
    NobodyGoesOn,
    NoLongerPlanned,
    NoSuchUnit,
    OpensAfterwards,
    ReasonMissing,
    StaffError,
    UnitHasUnits,
    UnitNotThere,
    refuse_back_dating,
)
from staff.services.notices import notify
from staff.services.units import end_scopes_of

ONE_DAY = timedelta(days=1)
# So many days before its day administrators are asked again for the rights of a plan.
ASKED_AGAIN = (7, 1, 0)
_ENDS = ["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"]


@transaction.atomic
def plan_reorganisation(
    *, kind: str, effective_on: date, decision_number: str, decided_on: date, plan: dict, by, back_dated_because=""
) -> Reorganisation:
    """A draft with this plan: nothing is changed by it. The same form sent twice makes one."""
    refuse_back_dating(effective_on, back_dated_because)
    facts = [kind, str(effective_on), decision_number, str(decided_on), plan, back_dated_because]
    found, _new = Reorganisation.objects.get_or_create(
        plan_hash=hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest(),
        made_by=by,
        confirmed_at=None,
        withdrawn_at=None,
        defaults={
            "kind": kind,
            "effective_on": effective_on,
            "decision_number": decision_number,
            "decided_on": decided_on,
            "plan": plan,
            "back_dated_because": back_dated_because,
        },
    )
    return found


@transaction.atomic
def choose_in_reorganisation(
    *, reorganisation: Reorganisation, people: dict, duties: list, scopes: list, plan: dict | None = None
) -> None:
    """Say who goes elsewhere, and which duties and rights are given anew; ``plan`` replaces the units of the plan.

    Only a draft can be changed.
    """
    found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    if found.state != ReformState.DRAFT:
        raise NoLongerPlanned(found)
    found.plan = {**(plan or found.plan), "people": people, "duties": duties, "scopes": scopes}
    found.save(update_fields=["plan"])


@transaction.atomic
def confirm_reorganisation(*, reorganisation: Reorganisation, shown: str, by) -> Reorganisation:
    """Let a draft take effect on its day, at once where that day has come; a second call changes nothing.

    Rights that are proposed anew are an administrator's to confirm: they are confirmed with it where ``by`` is one.
    """
    found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    if found.state == ReformState.WITHDRAWN:
        raise NoLongerPlanned(found)
    if found.confirmed_at is None:
        found.confirmed_at, found.shown = clock.now(), shown
        if by.is_superuser:
            found.scopes_confirmed_at, found.scopes_confirmed_by = clock.now(), by
        found.save(update_fields=["confirmed_at", "shown", "scopes_confirmed_at", "scopes_confirmed_by"])
        log(instance=found, action="staff.reorganisation.confirm", user=by, data=_said(found))
        if found.plan["scopes"] and not by.is_superuser:
            _ask_administrators(found)
        if found.effective_on <= clock.today():
            return carry_out(reorganisation=found, by=by)
    return found


@transaction.atomic
def confirm_scopes(*, reorganisation: Reorganisation, by) -> None:
    """An administrator agrees to the rights that are proposed anew; after the day they are given at once."""
    found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    if found.state == ReformState.WITHDRAWN:
        raise NoLongerPlanned(found)
    if found.scopes_confirmed_at is not None:
        return
    found.scopes_confirmed_at, found.scopes_confirmed_by = clock.now(), by
    found.save(update_fields=["scopes_confirmed_at", "scopes_confirmed_by"])
    log(instance=found, action="staff.reorganisation.scopes", user=by, data={"scopes": found.plan["scopes"]})
    if found.applied_at:
        _give_scopes(found, {unit.code: unit for unit in Unit.objects.filter(code__in=_targets(found.plan["scopes"]))})
        _tell_holders(found)


@transaction.atomic
def withdraw_reorganisation(*, reorganisation: Reorganisation, reason: str, by) -> None:
    """Take a plan back before its day: because it changed nothing yet, everything is exactly as it was."""
    found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    if found.state == ReformState.WITHDRAWN:
        return
    if found.applied_at is not None:
        raise NoLongerPlanned(found)
    if not reason.strip():
        raise ReasonMissing
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_because = clock.now(), by, reason
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    log(instance=found, action="staff.reorganisation.withdraw", user=by, data={**_said(found), "reason": reason})


def carry_out_due() -> int:
    """Carry out every confirmed plan whose day has come; how many were. A refusal is kept with the plan and shown."""
    done = 0
    for pk in list(Reorganisation.objects.due().order_by("effective_on", "pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=pk)
                if found.state == ReformState.PLANNED:
                    carry_out(reorganisation=found, by=found.made_by)
                    done += 1
        except StaffError as refusal:
            Reorganisation.objects.filter(pk=pk).exclude(refusal=str(refusal)).update(refusal=str(refusal)[:500])
    return done


@transaction.atomic
def carry_out(*, reorganisation: Reorganisation, by) -> Reorganisation:
    """Write the rows of a confirmed plan and say so.

    It may come late without a further reason, because the plan was known before. Raises a StaffError, and writes
    nothing, where the facts no longer fit the plan.
    """
    moved = write_plan(reorganisation=reorganisation, by=by)
    reorganisation.applied_at, reorganisation.refusal = clock.now(), ""
    reorganisation.save(update_fields=["applied_at", "refusal"])
    said = {**_said(reorganisation), "people": moved}
    log(instance=reorganisation, action="staff.reorganisation.apply", user=by, data=said)
    _tell_holders(reorganisation)
    return reorganisation


@transaction.atomic
def write_plan(*, reorganisation: Reorganisation, by) -> int:
    """The rows of the plan, all with its own day: units, successions, postings, duties, rights. How many people moved.

    For ``carry_out``, and for a rehearsal that is rolled back.
    """
    run = _Run(reorganisation, by)
    run.open_units()
    run.link()
    moved = run.move_people()
    run.move_duties()
    run.close_units()
    if reorganisation.scopes_confirmed_at:
        _give_scopes(reorganisation, run.units)
    feed.write(staff_members=sorted(moved), since=run.on, cause="reorganisation")
    return len(moved)


class _Run:
    """One carrying out. Every unit that the plan names is locked first, in one order."""

    def __init__(self, reorganisation: Reorganisation, by):
        self.reorganisation, self.by = reorganisation, by
        self.plan = plan = reorganisation.plan
        self.on = reorganisation.effective_on
        self.last = self.on - ONE_DAY
        self.reason = str(reorganisation)[:200]
        named = {*reorganisation.codes, *_targets(plan["duties"]), *_targets(plan["scopes"]), *plan["people"].values()}
        named |= {*plan["default"].values(), *(unit["parent"] for unit in plan["new"])}
        named -= {unit["code"] for unit in plan["new"]} | {""}
        locked = Unit.objects.select_for_update(of=("self",)).filter(code__in=named).order_by("pk")
        self.units: dict[str, Unit] = {unit.code: unit for unit in locked.select_related("parent")}
        if missing := sorted(named - self.units.keys()):
            raise NoSuchUnit(missing[0])
        self.closing = {self.units[code].pk: self.units[code] for code in plan["closes"]}
        self._check()

    def _check(self) -> None:
        for unit in self.closing.values():
            if unit.valid_until is not None:
                raise AlreadyEnded(unit)
            if unit.valid_from is not None and unit.valid_from >= self.on:
                raise OpensAfterwards(unit, self.on)
            open_below = unit.children.filter(Q(valid_until=None) | Q(valid_until__gte=self.on))
            if child := open_below.exclude(pk__in=self.closing).first():
                raise UnitHasUnits(unit, child)
        for code, unit in self.units.items():
            if unit.pk not in self.closing and code in self._stays() and not unit.existed_on(self.on):
                raise UnitNotThere(unit, self.on)

    def _stays(self) -> set[str]:
        parents = {unit["parent"] for unit in self.plan["new"]}
        return parents | set(self.plan["default"].values()) | set(self.plan["people"].values())

    def open_units(self) -> None:
        for wanted in self.plan["new"]:
            if Unit.objects.filter(code=wanted["code"]).exists():
                raise CodeTaken(wanted["code"])
            parent = self.units[wanted["parent"]] if wanted["parent"] else None
            if parent is not None and parent.pk in self.closing:
                raise UnitNotThere(parent, self.on)
            unit = Unit(code=wanted["code"], name=wanted["name"], kind=wanted["kind"], parent=parent)
            unit.name_en, unit.gso_code = wanted["name_en"], wanted["gso_code"]
            unit.valid_from, unit.source = self.on, self.reason
            unit.save()
            self.units[unit.code] = unit
            said = {"code": unit.code, "name": unit.name, "from": str(self.on)}
            log(instance=unit, action="staff.unit.open", user=self.by, data=said)

    def link(self) -> None:
        Succession.objects.bulk_create(
            Succession(
                predecessor=self.units[link["from"]],
                successor=self.units[link["to"]],
                effective_on=self.on,
                kind=link["kind"],
                source=self.reason,
            )
            for link in self.plan["links"]
        )
        self.unchanged = {
            (self.units[link["from"]].pk, self.units[link["to"]].pk)
            for link in self.plan["links"]
            if link["kind"] == SuccessionKind.UNCHANGED
        }

    def move_people(self) -> set[int]:
        """Every posting in a closing unit ends, and the next one begins where its person goes on. Who was moved."""
        lasting = Posting.objects.filter(Q(valid_until=None) | Q(valid_until__gte=self.on), unit__in=self.closing)
        postings = list(lasting.select_related("unit", "staff_member").order_by("pk"))
        begun: list[Posting] = []
        nowhere = 0
        self.went: dict[int, Unit | None] = {}
        self.left: dict[int, Unit] = {}
        ahead: list[Posting] = []
        for posting in postings:
            if posting.valid_from >= self.on:
                ahead.append(posting)
                continue
            code = self.plan["default"].get(posting.unit.code)
            if posting.is_primary:
                code = self.plan["people"].get(str(posting.staff_member_id), code)
            if code is None:
                nowhere += 1
                continue
            target = self.units[code] if code else None
            if posting.is_primary:
                self.went[posting.staff_member_id] = target
                self.left[posting.staff_member_id] = posting.unit
            if target is not None:
                begun.append(self._next(posting, target))
            self._end(posting)
        if nowhere:
            raise NobodyGoesOn(nowhere)
        ended = [posting for posting in postings if posting not in ahead]
        # The ends first: only one main posting of a person may be open.
        Posting.objects.bulk_update(ended, _ENDS, batch_size=200)
        self._move_ahead(ahead)
        Posting.objects.bulk_create(begun, batch_size=200)
        return {posting.staff_member_id for posting in postings}

    def _move_ahead(self, postings: list[Posting]) -> None:
        """The return after a leave is on record already: it goes where its person goes.

        Raises BeginsAfterwards for somebody who was to begin in the closing unit only later.
        """
        for posting in postings:
            if not posting.is_primary or posting.staff_member_id not in self.went:
                raise BeginsAfterwards(posting)
            target = self.went[posting.staff_member_id]
            if target is None:
                posting.delete()
            else:
                Posting.objects.filter(pk=posting.pk).update(unit=target)

    def _next(self, posting: Posting, target: Unit) -> Posting:
        kept = {name: getattr(posting, name) for name in ("position", "category", "status", "is_primary")}
        return Posting(
            staff_member_id=posting.staff_member_id,
            unit=target,
            valid_from=self.on,
            valid_until=posting.valid_until,
            recorded_by=self.by,
            **kept,
        )

    def _end(self, fact) -> None:
        fact.valid_until = max(self.last, fact.valid_from)
        fact.end_reason = self.reason
        fact.end_recorded_at = clock.now()
        fact.end_recorded_by = self.by

    def move_duties(self) -> None:
        """Duties of the closing units end, and those that their holders held above where they no longer work.

        An unchanged unit carries its duties over; others go on where the plan gives them anew.
        """
        anew = dict(self.plan["duties"])
        lasting = Q(valid_until=None) | Q(valid_until__gte=self.on)
        here = Q(unit__in=self.closing)
        duties = list(Duty.objects.filter(lasting, here | Q(staff_member__in=self.went)).order_by("pk"))
        ended: list[Duty] = []
        begun: dict[tuple, Duty] = {}
        for duty in duties:
            target = self._carried(duty) or self.units.get(anew.get(duty.pk, ""))
            if duty.unit_id not in self.closing and not self._loses(duty):
                continue
            if target is not None and self._works_below(duty.staff_member_id, target):
                begun[duty.staff_member_id, target.pk, duty.kind] = self._duty_in(target, duty)
            self._end(duty)
            ended.append(duty)
        Duty.objects.bulk_update(ended, _ENDS, batch_size=200)
        Duty.objects.bulk_create(begun.values(), batch_size=200)
        by_person = defaultdict(list)
        for duty in ended:
            by_person[duty.staff_member_id].append(duty)
        outside = sorted(by_person.keys() - self.went.keys())
        feed.write(staff_members=outside, since=self.on, cause="reorganisation")

    def _carried(self, duty: Duty) -> Unit | None:
        return next((u for u in self.units.values() if (duty.unit_id, u.pk) in self.unchanged), None)

    def _loses(self, duty: Duty) -> bool:
        """A duty above the unit that was left, held by somebody who now works outside of it."""
        left, went = self.left.get(duty.staff_member_id), self.went.get(duty.staff_member_id)
        was_above = left is not None and duty.unit_id in left.ancestor_ids
        return was_above and (went is None or duty.unit_id not in (went.pk, *went.ancestor_ids))

    def _works_below(self, staff_member_id: int, target: Unit) -> bool:
        if staff_member_id not in self.went:
            return True
        went = self.went[staff_member_id]
        return went is not None and target.pk in (went.pk, *went.ancestor_ids)

    def _duty_in(self, target: Unit, duty: Duty) -> Duty:
        unchanged = (duty.unit_id, target.pk) in self.unchanged
        return Duty(
            staff_member_id=duty.staff_member_id,
            unit=target,
            kind=duty.kind,
            is_full_time=duty.is_full_time,
            decision_number=duty.decision_number if unchanged else self.reorganisation.decision_number,
            valid_from=self.on,
            valid_until=duty.valid_until,
            recorded_by=self.by,
        )

    def close_units(self) -> None:
        for unit in self.closing.values():
            end_scopes_of(unit=unit, last_day=self.last, reason=self.reason, by=self.by)
            unit.valid_until = self.last
            log(instance=unit, action="staff.unit.close", user=self.by, data={"last_day": str(self.last)})
        Unit.objects.bulk_update(self.closing.values(), ["valid_until"], batch_size=200)


def _give_scopes(reorganisation: Reorganisation, units: dict[str, Unit]) -> None:
    """The rights that were proposed and confirmed: as before, in the unit that followed."""
    before = Scope.objects.in_bulk([pk for pk, _code in reorganisation.plan["scopes"]])
    first = max(reorganisation.effective_on, clock.local_day(reorganisation.scopes_confirmed_at))
    for pk, code in reorganisation.plan["scopes"]:
        old, unit = before[pk], units[code]
        if Scope.objects.open().filter(user=old.user_id, unit=unit, capability=old.capability).exists():
            continue
        scope = Scope.objects.create(
            user_id=old.user_id,
            unit=unit,
            capability=old.capability,
            valid_from=first,
            recorded_by=reorganisation.scopes_confirmed_by,
        )
        said = {"capability": scope.capability, "unit": unit.code, "reorganisation": reorganisation.pk}
        log(instance=scope, action="staff.scope.grant", user=reorganisation.scopes_confirmed_by, data=said)


def _ask_administrators(reorganisation: Reorganisation, key: str = "") -> int:
    """Until one of them agrees, nobody acts for the units that open. How many were told."""
    path = reverse("reforms:plan", args=[reorganisation.pk])
    key = key or f"reform-confirm:{reorganisation.pk}"
    words = partial(_rights_to_confirm, reorganisation.decision_number, reorganisation.effective_on)
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    told = [notify(to=user, kind="staff.reform", key=key, words=words, path=path) for user in administrators]
    return sum(notice is not None for notice in told)


def remind_of_rights() -> int:
    """Ask administrators again for rights that nobody has confirmed: a week and a day before, and on the day itself.

    How many were told.
    """
    today = clock.today()
    near = Reorganisation.objects.filter(
        confirmed_at__isnull=False,
        withdrawn_at=None,
        scopes_confirmed_at=None,
        effective_on__range=(today - timedelta(days=ASKED_AGAIN[0]), today + timedelta(days=ASKED_AGAIN[0])),
    )
    return sum(_ask_again(found, today) for found in near.order_by("pk") if found.plan["scopes"])


def _ask_again(reorganisation: Reorganisation, today: date) -> int:
    left = max((reorganisation.effective_on - today).days, 0)
    stage = min(days for days in ASKED_AGAIN if days >= left)
    if clock.local_day(reorganisation.confirmed_at) >= reorganisation.effective_on - timedelta(days=stage):
        return 0  # whoever confirmed it so late asked them then
    return _ask_administrators(reorganisation, key=f"reform-confirm:{reorganisation.pk}:{stage}")


def _tell_holders(reorganisation: Reorganisation) -> None:
    """Whose rights ended with a unit is told so, and where they go on; once, and once more when they are given late."""
    last = reorganisation.effective_on - ONE_DAY
    to = dict(reorganisation.plan["scopes"])
    given = reorganisation.scopes_confirmed_at is not None
    names = dict(Unit.objects.filter(code__in=to.values()).values_list("code", "name"))
    closed = Scope.objects.filter(unit__code__in=reorganisation.plan["closes"], valid_until=last)
    found = defaultdict(list)
    for scope in closed.select_related("user", "unit").order_by("pk"):
        found[scope.user].append((scope.unit.name, names.get(to.get(scope.pk), "")))
    for user, ways in found.items():
        key = f"reform-rights:{reorganisation.pk}:{'given' if given else 'ended'}"
        notify(to=user, kind="staff.reform", key=key, words=partial(_rights_ended, reorganisation, ways, given))


def _rights_to_confirm(number: str, on: date) -> tuple[str, str]:
    words = {"number": number, "day": f"{on:%d/%m/%Y}"}
    return (
        _("Rights of a reorganisation wait for your word"),
        _("Decision %(number)s, from %(day)s: in the new units nobody has rights until you confirm them.") % words,
    )


def _rights_ended(reorganisation: Reorganisation, ways: list[tuple[str, str]], given: bool) -> tuple[str, str]:
    lines = []
    for unit, following in dict.fromkeys(ways):
        words = {
            "unit": unit,
            "following": following,
            "day": f"{reorganisation.effective_on - ONE_DAY:%d/%m/%Y}",
        }
        lines.append(_("Your rights in %(unit)s ended with %(day)s.") % words)
        if following and given:
            lines.append(_("They hold in %(following)s, the unit that followed.") % words)
        elif following:
            lines.append(
                _("In %(following)s, the unit that followed, they hold once the administrator confirms them.") % words
            )
    title = _("Your rights after the reorganisation of %(day)s") % {"day": f"{reorganisation.effective_on:%d/%m/%Y}"}
    return title, " ".join(lines)


def _targets(pairs) -> set[str]:
    return {code for _pk, code in pairs}


def _said(reorganisation: Reorganisation) -> dict:
    plan = reorganisation.plan
    return {
        "decision": reorganisation.decision_number,
        "from": str(reorganisation.effective_on),
        "closes": plan["closes"],
        "opens": [unit["code"] for unit in plan["new"]],
    }
