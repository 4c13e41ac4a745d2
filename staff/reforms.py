"""What a reorganisation asks for, worked out to the last office: a plan that names every unit that closes or opens.

Pure but for reading units. A plan is plain data, stored with the reorganisation:

``new``      units that open, parents first: code, name, kind, parent (a code or "")
``links``    what becomes of what: from, to, kind (a SuccessionKind)
``closes``   codes of the units whose last day is the day before, those below first
``default``  where the people of a closing unit go, by its code; a unit that is missing there must be emptied by name
``people``   exceptions by the id of a person: a code, or "" for somebody who leaves
``duties``   [id, code]: duties that end with their unit and are given anew
``scopes``   [id, code]: rights that end with their unit and are proposed anew
``choices``  what the form was filled in with
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date

from staff.enums import DutyKind, ReformKind, SuccessionKind
from staff.models import Duty, Scope, Unit
from staff.vietnamese import fold, nfc

_NUMBERED = re.compile(r"^(.*-)(\d+)$")


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit that is to open, as the form names it; without a code the next free one is taken."""

    name: str
    kind: str
    code: str = ""
    gso_code: str = ""
    name_en: str = ""


@dataclass
class _Draft:
    """Collects the plan and keeps codes from being used twice."""

    taken: set[str]
    on: date
    new: list[dict] = field(default_factory=list)
    links: list[dict] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    default: dict[str, str] = field(default_factory=dict)
    # Where a unit that opens stands already: (code of its parent, folded name, kind) -> its code.
    standing: dict[tuple[str, str, str], str] = field(default_factory=dict)
    absorbing: set[str] = field(default_factory=set)

    def open(self, *, name: str, kind: str, parent: str, code: str, gso_code: str = "", name_en: str = "") -> str:
        self.taken.add(code)
        unit = {"code": code, "name": nfc(name), "name_en": nfc(name_en), "kind": kind, "parent": parent}
        self.new.append({**unit, "gso_code": gso_code})
        self.standing[parent, fold(name), kind] = code
        return code

    def free(self, code: str) -> str:
        """``code``, or the next one of its series that nobody has."""
        while code in self.taken:
            code = _next(code)
        return code

    def close_below(self, unit: Unit, to: str, kind: str, children: dict[str, list[Unit]], goes_to: dict[str, str]):
        """Everything below ``unit`` goes on below ``to``; offices of one name and kind become one."""
        for child in children.get(unit.code, ()):
            parent = goes_to.get(child.code, to)
            key = (parent, fold(child.name), child.kind)
            how = SuccessionKind.UNCHANGED if kind in (SuccessionKind.RENAME, SuccessionKind.UNCHANGED) else kind
            if key in self.standing:
                code = self.standing[key]
            else:
                code = self.free(_below(parent, child.code))
                self.open(name=child.name, name_en=child.name_en, kind=child.kind, parent=parent, code=code)
            if code in self.absorbing:
                how = SuccessionKind.ABSORBED
            self.link(child, code, how)
            self.close_below(child, code, kind, children, goes_to)
            self.closes.append(child.code)

    def link(self, unit: Unit, code: str, kind: str) -> None:
        self.links.append({"from": unit.code, "to": code, "kind": str(kind)})
        self.default.setdefault(unit.code, code)


def plan_for(
    *,
    kind: str,
    units: list[Unit],
    on: date,
    successors: Iterable[Successor] = (),
    target: Unit | None = None,
    child_of: dict[str, int] | None = None,
) -> dict:
    """The plan of a merger, split, renaming, move or closing of ``units``.

    ``target`` is the unit that goes on and takes the others in (merger, closing), or the new superior (move).
    ``child_of`` says for a split which successor, counted from 0, a unit directly below goes to.
    """
    successors = list(successors)
    children = _children(units, on)
    draft = _Draft(set(Unit.objects.values_list("code", flat=True)), on)
    tops = [unit for unit in units if target is None or unit.pk != target.pk or kind == ReformKind.MOVE]
    goes_to: dict[str, str] = {}
    if target is not None and kind != ReformKind.MOVE:
        _stand(draft, target, on)
        for unit in tops:
            _join(draft, unit, target.code, SuccessionKind.ABSORBED, children, goes_to)
    elif kind == ReformKind.CLOSE:
        for unit in tops:
            draft.closes += [*_codes_below(unit, children), unit.code]
    else:
        parent = target.code if kind == ReformKind.MOVE else (units[0].parent.code if units[0].parent else "")
        how = _KINDS[ReformKind(kind)]
        wanted = successors or [Successor(units[0].name, units[0].kind, name_en=units[0].name_en)]
        codes = []
        for successor in wanted:
            code = draft.free(successor.code or _next(units[len(codes) % len(units)].code))
            codes.append(
                draft.open(
                    name=successor.name,
                    name_en=successor.name_en,
                    kind=successor.kind,
                    parent=parent,
                    code=code,
                    gso_code=successor.gso_code,
                )
            )
        for child in children.get(units[0].code, ()) if len(codes) > 1 else ():
            goes_to[child.code] = codes[min((child_of or {}).get(child.code, 0), len(codes) - 1)]
        for unit in tops:
            for code in codes:
                draft.link(unit, code, how)
            draft.close_below(unit, codes[0], how, children, goes_to)
            draft.closes.append(unit.code)
    return {
        "new": draft.new,
        "links": draft.links,
        "closes": draft.closes,
        "default": draft.default,
        "people": {},
        "duties": [],
        "scopes": [],
        "choices": {
            "units": [unit.code for unit in units],
            "successors": [asdict(successor) for successor in successors],
            "target": target.code if target else "",
            "child_of": child_of or {},
        },
    }


def with_units_below(plan: dict, *, on: date) -> dict:
    """The plan with what it does not name below its closing units: where exactly one unit follows, they go on below it.

    Offices of one name and kind become one, as in a merger. Below a unit that several follow, or none, all stays as the
    plan says.
    """
    named = {unit.code: unit for unit in Unit.objects.filter(code__in=plan["closes"]).select_related("parent")}
    followed = [named[code] for code in plan["closes"] if code in plan["default"]]
    children = _children(list(named.values()), on)
    opened = {unit["code"] for unit in plan["new"]}
    draft = _Draft(set(Unit.objects.values_list("code", flat=True)) | opened, on)
    draft.standing = {(unit["parent"], fold(unit["name"]), unit["kind"]): unit["code"] for unit in plan["new"]}
    for target in Unit.objects.filter(code__in=set(plan["default"].values()) - opened):
        _stand(draft, target, on)
    kinds = {(link["from"], link["to"]): link["kind"] for link in plan["links"]}
    for unit in followed:
        to = plan["default"][unit.code]
        draft.close_below(unit, to, kinds[unit.code, to], children, {})
    if not draft.closes:
        return plan
    deepest_first = Unit.objects.filter(code__in=[*draft.closes, *plan["closes"]])
    closes = [unit.code for unit in sorted(deepest_first, key=lambda unit: (-unit.path.count("/"), unit.path))]
    return {
        **plan,
        "new": [*plan["new"], *draft.new],
        "links": [*plan["links"], *draft.links],
        "closes": closes,
        "default": {**draft.default, **plan["default"]},
    }


def children_to_share(plan: dict) -> list[Unit]:
    """The units directly below a unit that is split: each goes to one of the successors."""
    return list(Unit.objects.filter(parent__code__in=plan["choices"]["units"], code__in=plan["closes"]).in_name_order())


def planned_again(kind: str, plan: dict, *, on: date, child_of: dict[str, int]) -> dict:
    """The plan of the same form with units below shared out differently; people, duties and rights are kept."""
    choices = plan["choices"]
    named = {unit.code: unit for unit in Unit.objects.filter(code__in=[*choices["units"], choices["target"]])}
    made = plan_for(
        kind=kind,
        units=[named[code] for code in choices["units"]],
        on=on,
        successors=[Successor(**words) for words in choices["successors"]],
        target=named.get(choices["target"]),
        child_of=child_of,
    )
    return {**made, **{name: plan[name] for name in ("people", "duties", "scopes")}}


def ways_from(plan: dict, code: str) -> list[str]:
    """Where what a unit had can go on: its successors, in the order of the plan."""
    return [link["to"] for link in plan["links"] if link["from"] == code]


def is_unchanged(plan: dict, code: str) -> bool:
    """Whether the unit only moves or gets another superior: then duties go on by themselves."""
    return any(link["from"] == code and link["kind"] == SuccessionKind.UNCHANGED for link in plan["links"])


def with_proposals(kind: str, plan: dict) -> dict:
    """The plan with what is proposed at first: rights and duties go on in the unit that follows.

    A duty does so where everybody of its unit goes there; who heads a unit that others joined is decided anew.
    """
    closing = plan["closes"]
    scopes = Scope.objects.filter(unit__code__in=closing, valid_until=None).select_related("unit").order_by("pk")
    duties = Duty.objects.filter(unit__code__in=closing, valid_until=None).select_related("unit").order_by("pk")
    follow = {code: ways_from(plan, code) for code in closing}
    return {
        **plan,
        "scopes": [[scope.pk, *follow[scope.unit.code][:1]] for scope in scopes if follow[scope.unit.code]],
        "duties": [[duty.pk, to] for duty in duties if (to := _goes_on(kind, plan, duty, follow[duty.unit.code]))],
    }


def _goes_on(kind: str, plan: dict, duty: Duty, ways: list[str]) -> str:
    """The unit in which a duty is proposed anew, or ""."""
    if kind == ReformKind.RENAME:
        return next(iter(ways), "")
    if kind not in (ReformKind.MERGE, ReformKind.FILE) or duty.kind == DutyKind.HEAD:
        return ""
    to = plan["default"].get(duty.unit.code, "")
    return to if to in ways else ""


def _join(draft, unit, code, kind, children, goes_to) -> None:
    draft.link(unit, code, kind)
    draft.close_below(unit, code, kind, children, goes_to)
    draft.closes.append(unit.code)


def _stand(draft: _Draft, target: Unit, on: date) -> None:
    """The offices of a unit that goes on: those of the same name join them."""
    below = Unit.objects.within(target).exclude(pk=target.pk).existing_on(on).select_related("parent")
    for unit in below:
        draft.standing[unit.parent.code, fold(unit.name), unit.kind] = unit.code
        draft.absorbing.add(unit.code)
    draft.absorbing.add(target.code)


def _children(units: list[Unit], on: date) -> dict[str, list[Unit]]:
    """By the code of the unit above, everything below ``units`` that exists on the day before ``on``."""
    found: dict[str, list[Unit]] = {}
    below = Unit.objects.within_any(units).exclude(pk__in=[unit.pk for unit in units]).existing_on(on)
    for unit in below.select_related("parent").order_by("sort_key", "pk"):
        found.setdefault(unit.parent.code, []).append(unit)
    return found


def _codes_below(unit: Unit, children: dict[str, list[Unit]]) -> list[str]:
    found = []
    for child in children.get(unit.code, ()):
        found += [*_codes_below(child, children), child.code]
    return found


def _next(code: str) -> str:
    """24955-2 follows 24955-1; 677-1/VP-2 follows 677-1/VP."""
    head, slash, last = code.rpartition("/")
    match = _NUMBERED.match(last)
    return f"{head}{slash}{match[1]}{int(match[2]) + 1}" if match else f"{code}-2"


def _below(parent: str, code: str) -> str:
    """The code of an office that goes on below another unit: 24931-2/VP becomes 24931-3/VP."""
    return f"{parent}/{code.rpartition('/')[2]}"[:36]


_KINDS = {
    ReformKind.MERGE: SuccessionKind.MERGE,
    ReformKind.SPLIT: SuccessionKind.SPLIT,
    ReformKind.RENAME: SuccessionKind.RENAME,
    ReformKind.MOVE: SuccessionKind.UNCHANGED,
}
