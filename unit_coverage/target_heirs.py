"""What becomes of the targets of units that close.

A target goes on where one new unit follows and all that it follows ask the same. Else it ends with its unit: what the
units that follow have to reach is decided anew, and their HR officers are told, unless they have a target already.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from staff import clock
from staff.enums import Capability
from staff.models import Scope, Succession, Unit, User
from staff.services import notify
from unit_coverage.models import Target
from unit_coverage.targets import add_target, name_of

# After so many days nobody is told any more of a plan that was carried out.
TOLD_FOR = timedelta(days=7)

# The code of a unit that closes, and that of one which follows it.
Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Heirs:
    """``going_on``: the unit that follows, and the target; ``ending``: targets that somebody has to decide about."""

    going_on: tuple[tuple[str, Target], ...]
    ending: tuple[Target, ...]


def heirs_of(targets: Sequence[Target], links: Iterable[Link], *, new: set[str], owned: set[tuple[str, str]]) -> Heirs:
    """Which of the ``targets`` of closing units go on, and where.

    ``new`` are the units that begin by following, ``owned`` the figures of which units that follow have a target.
    """
    follow, before = defaultdict(set), defaultdict(set)
    for old, follower in links:
        follow[old].add(follower)
        before[follower].add(old)
    asked: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for target in targets:
        asked[target.unit.code, target.figure].append(target)
    going_on, ending = [], []
    for (old, figure), found in asked.items():
        heirs = {code for code in follow[old] if (code, figure) not in owned}
        if not heirs:
            continue
        heir = min(heirs)
        same = all(_asked(asked.get((code, figure), ())) == _asked(found) for code in before[heir])
        if len(follow[old]) == 1 and heir in new and same:
            going_on += [(heir, target) for target in found if old == min(before[heir])]
        else:
            ending += found
    return Heirs(tuple(going_on), tuple(ending))


def _asked(targets: Iterable[Target]) -> list:
    return sorted((target.valid_until or date.max, target.percent) for target in targets)


def reaching_beyond(units: Iterable[Unit], last: date) -> list[Target]:
    """The targets of ``units`` that would hold after ``last`` day, the latest of each figure. One query."""
    rows = Target.objects.filter(Q(valid_until=None) | Q(valid_until__gt=last), unit__in=units).select_related("unit")
    return list({(row.unit_id, row.figure): row for row in rows.order_by("valid_from", "pk")}.values())


def owned_by(codes: Iterable[str]) -> set[tuple[str, str]]:
    """The figures of which these units have a target of their own. One query."""
    return set(Target.objects.filter(unit__code__in=codes).values_list("unit__code", "figure"))


def ending_by_plan(plan: dict, last: date) -> tuple[Target, ...]:
    """The targets of closing units that nobody takes over when ``plan`` is carried out. Three queries."""
    closing = Unit.objects.filter(code__in=plan["closes"])
    links = [(link["from"], link["to"]) for link in plan["links"]]
    new = {unit["code"] for unit in plan["new"]}
    return heirs_of(reaching_beyond(closing, last), links, new=new, owned=owned_by(code for _old, code in links)).ending


def hand_on_targets() -> int:
    """Write down anew, for the units that followed closed ones, what was asked of these; how many targets.

    HR officers of units that follow are told once of what ended instead. Four queries where nothing is to be done.
    """
    today = clock.today()
    left = Target.objects.filter(unit__valid_until__lt=today).exclude(valid_until__lte=F("unit__valid_until"))
    followers = Succession.objects.filter(predecessor__in=left.values("unit")).values("successor")
    rows = Succession.objects.filter(successor__in=followers).select_related("predecessor", "successor")
    by_day = defaultdict(list)
    for row in rows:
        by_day[row.effective_on].append(row)
    return sum(_hand_on(first, found, today) for first, found in by_day.items())


def _hand_on(first: date, successions: list[Succession], today: date) -> int:
    links = [(row.predecessor.code, row.successor.code) for row in successions]
    followers = {row.successor.code: row.successor for row in successions}
    targets = reaching_beyond({row.predecessor for row in successions}, first - timedelta(days=1))
    new = {code for code, unit in followers.items() if unit.valid_from == first}
    heirs = heirs_of(targets, links, new=new, owned=owned_by(followers))
    for code, target in heirs.going_on:
        add_target(
            figure=target.figure,
            percent=target.percent,
            valid_from=max(first, target.valid_from),
            valid_until=target.valid_until,
            legal_basis=target.legal_basis,
            unit=followers[code],
            user=None,
        )
    if heirs.ending and first >= today - TOLD_FOR:
        _tell(first, heirs.ending, links, today)
    return len(heirs.going_on)


def _tell(first: date, ending: Iterable[Target], links: list[Link], today: date) -> None:
    names = {target.unit.code: target.unit.name for target in ending}
    followers = {follower for old, follower in links if old in names}
    officers = Scope.objects.on(today).filter(capability=Capability.HR, unit__code__in=followers)
    words = partial(_words, ", ".join(sorted(names.values())), sorted({target.figure for target in ending}))
    for user in User.objects.filter(pk__in=officers.values("user"), is_active=True):
        path, key = reverse("rules:targets"), f"targets-ended:{first}"
        notify(to=user, kind="staff.reform", key=key, words=words, path=path)


def _words(units: str, figures: list[str]) -> tuple[str, str]:
    return (
        _("Targets ended with their unit"),
        _(
            "%(units)s closed, and these targets do not go on by themselves: %(figures)s. Please write down what the "
            "unit that follows has to reach."
        )
        % {"units": units, "figures": "; ".join(name_of(figure) for figure in figures)},
    )
