"""What the pages of a reorganisation print: the plan in words, its choices, the history of a unit."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.translation import gettext as _

from staff.enums import ReformKind, ReformState, SuccessionKind, UnitKind
from staff.models import Duty, Posting, Reorganisation, Scope, Succession, Unit
from staff.reforms import children_to_share, is_unchanged, ways_from
from unit_coverage.links import address_of

PAGE_SIZE = 50
# Who goes where is chosen on the page up to here; larger ones come by file.
MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class Select:
    """One choice of the plan's form: a name, words, and options of which one is chosen."""

    name: str
    label: str
    note: str
    options: tuple[tuple[str, str], ...]
    chosen: str


class ChoicesForm:
    """Who goes elsewhere, which duties and rights go on, as selects. What is not among the options is not taken."""

    def __init__(self, reorganisation: Reorganisation, data=None):
        self.found, self.plan, self.data = reorganisation, reorganisation.plan, data
        self.names = unit_names(self.plan)
        self.children = self._children()
        self.people = self._people()
        self.duties, self.scopes = self._duties(), self._scopes()

    def _select(self, name: str, label: str, note: str, options, chosen: str) -> Select:
        sent = self.data.get(name) if self.data is not None else None
        value = sent if sent is not None and sent in dict(options) else chosen
        return Select(name, label, note, tuple(options), value)

    def _named(self, codes) -> list[tuple[str, str]]:
        return [(code, self.names.get(code, code)) for code in codes]

    def _children(self) -> list[Select]:
        if self.found.kind != ReformKind.SPLIT:
            return []
        options = [(str(n), new["name"]) for n, new in enumerate(self.plan["choices"]["successors"])]
        now = self.plan["choices"]["child_of"]
        children = children_to_share(self.plan)
        return [self._select(f"con-{c.pk}", c.name, "", options, str(now.get(c.code, 0))) for c in children]

    def _people(self) -> list[Select]:
        if self.found.kind not in (ReformKind.SPLIT, ReformKind.CLOSE):
            return []
        postings = postings_of(self.found)[: MOST_PEOPLE + 1]
        self.too_many = len(postings) > MOST_PEOPLE
        if self.too_many:
            return []
        ways = self._named(new["code"] for new in self.plan["new"]) or self._named(self._near())
        found = []
        for posting in postings:
            default = self.plan["default"].get(posting.unit.code)
            options = [] if default else [("?", _("not chosen yet"))]
            known = {code for code, _name in ways}
            options += self._named([default]) if default and default not in known else []
            options += [*ways, ("", _("leaves the service"))]
            chosen = self.plan["people"].get(str(posting.staff_member_id), default or "?")
            name = f"nguoi-{posting.staff_member_id}"
            found.append(
                self._select(name, posting.staff_member.full_name, posting.unit.name_in_place, options, chosen)
            )
        return found

    def _near(self) -> list[str]:
        """Where people of a unit that closes may go: the unit above, and all below it that goes on."""
        parents = Unit.objects.filter(children__code__in=self.plan["choices"]["units"])
        units = Unit.objects.within_any(parents.distinct()).existing_on(self.found.effective_on)
        return list(units.exclude(code__in=self.plan["closes"]).in_name_order().values_list("code", flat=True))

    def _duties(self) -> list[Select]:
        lasting = Duty.objects.filter(unit__code__in=self.plan["closes"]).filter(_lasting(self.found))
        now = dict(self.plan["duties"])
        found = []
        for duty in lasting.select_related("unit__parent", "staff_member").order_by("unit__sort_key", "pk"):
            ways = ways_from(self.plan, duty.unit.code)
            if not ways or is_unchanged(self.plan, duty.unit.code):
                continue
            options = [("", _("ends")), *((code, _("anew in %s") % name) for code, name in self._named(ways))]
            label = f"{duty.label} · {duty.staff_member.full_name}"
            found.append(
                self._select(f"nhiem-vu-{duty.pk}", label, duty.unit.name_in_place, options, now.get(duty.pk, ""))
            )
        return found

    def _scopes(self) -> list[Select]:
        now = dict(self.plan["scopes"])
        found = []
        for scope in scopes_of(self.found):
            ways = ways_from(self.plan, scope.unit.code)
            options = [("", _("ends")), *((code, _("anew in %s") % name) for code, name in self._named(ways))]
            label = f"{scope.get_capability_display()} · {scope.user.full_name}"
            found.append(
                self._select(f"quyen-{scope.pk}", label, scope.unit.name_in_place, options, now.get(scope.pk, ""))
            )
        return found

    def child_of(self) -> dict[str, int]:
        """By code, the number of the successor that each unit below goes to."""
        chosen = {select.name: int(select.chosen) for select in self.children}
        return {c.code: chosen[f"con-{c.pk}"] for c in children_to_share(self.plan)} if chosen else {}

    def chosen(self) -> dict:
        """The keyword arguments of ``choose_in_reorganisation``."""
        defaults = {str(p.staff_member_id): self.plan["default"].get(p.unit.code) for p in postings_of(self.found)}
        people = dict(self.plan["people"])
        for select in self.people:
            pk = select.name.removeprefix("nguoi-")
            people.pop(pk, None)
            if select.chosen not in ("?", defaults.get(pk)):
                people[pk] = select.chosen
        return {
            "people": people,
            "duties": [[_pk(select), select.chosen] for select in self.duties if select.chosen],
            "scopes": [[_pk(select), select.chosen] for select in self.scopes if select.chosen],
        }


def _pk(select: Select) -> int:
    return int(select.name.rpartition("-")[2])


def _lasting(found: Reorganisation) -> Q:
    return Q(valid_until=None) | Q(valid_until__gte=found.effective_on)


def postings_of(found: Reorganisation):
    """The main postings that the plan ends, by unit and given name."""
    rows = Posting.objects.filter(_lasting(found), unit__code__in=found.plan["closes"], is_primary=True)
    return rows.select_related("unit__parent", "staff_member").order_by("unit__path", "staff_member__sort_key")


def scopes_of(found: Reorganisation):
    """The rights that end with the units; of a plan that was carried out, those that it ended."""
    rows = Scope.objects.filter(unit__code__in=found.plan["closes"])
    if not found.applied_at:
        rows = rows.filter(_lasting(found))
    return rows.select_related("unit__parent", "user").order_by("unit__sort_key", "pk")


def unit_names(plan: dict) -> dict[str, str]:
    """By code, what a unit of the plan is called, those that open included; of one name, with the unit above."""
    codes = {*plan["closes"], *plan["default"].values(), *plan["people"].values()}
    codes |= {code for link in plan["links"] for code in (link["from"], link["to"])}
    codes |= {new["parent"] for new in plan["new"]}
    parents = Unit.objects.filter(children__code__in=plan.get("choices", {}).get("units", ()))
    near = Unit.objects.within_any(parents.distinct()) if parents else Unit.objects.none()
    found = {u.code: u.name_in_place for u in (Unit.objects.filter(code__in=codes) | near).select_related("parent")}
    opened = {new["code"]: new for new in plan["new"]}
    for code, new in opened.items():
        above = opened.get(new["parent"])
        found[code] = f"{new['name']} · {above['name']}" if above else new["name"]
    return found


def plan_page(found: Reorganisation, *, reader, number=1) -> dict:
    """The plan in words: units, people, duties and rights."""
    plan, names = found.plan, unit_names(found.plan)
    ways = [
        (names.get(link["from"], link["from"]), names.get(link["to"], link["to"]), SuccessionKind(link["kind"]).label)
        for link in plan["links"]
    ]
    followed = {link["from"] for link in plan["links"]}
    page = None
    if found.state in (ReformState.DRAFT, ReformState.PLANNED):
        page = Paginator(postings_of(found), PAGE_SIZE).get_page(number)
        page.object_list = list(page.object_list)
        _say_where(page, plan, names)
    return {
        "reform": found,
        "state": found.state,
        "names": names,
        "ways": ways,
        "opens": [(names[new["code"]], UnitKind(new["kind"]).label, new["code"]) for new in plan["new"]],
        "ends": [(names.get(code, code), code) for code in plan["closes"] if code not in followed],
        "page": page,
        "rights": _rights(found, names),
        "duties_anew": _duties_anew(found, names),
        "may_give_rights": reader.is_superuser and bool(plan["scopes"]) and found.scopes_confirmed_at is None,
    }


def _say_where(page: Page, plan: dict, names: dict[str, str]) -> None:
    for posting in page.object_list:
        code = plan["people"].get(str(posting.staff_member_id), plan["default"].get(posting.unit.code))
        posting.goes_to = names.get(code, code) if code else code


def _rights(found: Reorganisation, names) -> list[tuple]:
    """(scope, name of the unit in which it is proposed anew, or "")."""
    anew = dict(found.plan["scopes"])
    return [(scope, names.get(anew.get(scope.pk), "")) for scope in scopes_of(found)]


def _duties_anew(found: Reorganisation, names) -> list[tuple]:
    anew = dict(found.plan["duties"])
    duties = Duty.objects.filter(pk__in=anew).select_related("staff_member", "unit").order_by("unit__sort_key", "pk")
    return [(duty, names.get(anew[duty.pk], "")) for duty in duties]


@dataclass(frozen=True, slots=True)
class Step:
    """One succession of a history; ``url`` leads to the unit's figures where the reader may see them."""

    unit: Unit
    url: str
    succession: Succession
    depth: int


def came_and_became(unit: Unit, *, reader) -> dict:
    """Both ways through any number of successions, nearest first. A query a generation."""
    came = _walk(unit, "successor", "predecessor")
    became = _walk(unit, "predecessor", "successor")
    ids = {unit.pk for _depth, _succession, unit in came + became}
    seen = set(Unit.objects.filter(pk__in=ids).visible_to(reader).values_list("pk", flat=True)) if ids else set()

    def steps(rows):
        return [Step(other, _address(other) if other.pk in seen else "", s, depth) for depth, s, other in rows]

    return {"came": steps(came), "became": steps(became)}


def _walk(unit: Unit, here: str, there: str) -> list[tuple[int, Succession, Unit]]:
    found, met, frontier, depth = [], {unit.pk}, [unit.pk], 0
    while frontier:
        depth += 1
        rows = Succession.objects.filter(**{f"{here}__in": frontier}).select_related(there)
        frontier = []
        for succession in rows.order_by("effective_on", f"{there}__sort_key"):
            other = getattr(succession, there)
            found.append((depth, succession, other))
            if other.pk not in met:
                met.add(other.pk)
                frontier.append(other.pk)
    return found


def _address(unit: Unit) -> str:
    return address_of("unit", unit.code)
