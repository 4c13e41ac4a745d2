"""What the page of a personal change says beforehand is what a naive look finds afterwards, whatever came before.

The naive look is that of ``test_histories``: every day, person and unit on its own. HISTORIES=1000 tells more of them.
"""

import os
from collections import Counter
from datetime import date, timedelta
from functools import partial
from unittest.mock import patch

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from staff.enums import PersonalChangeKind
from staff.models import Duty, PersonalChange, Posting, Scope
from staff.services import StaffError, change_person, take_back_change
from tests.unit_coverage.test_histories import TODAY, World, naive_figures
from unit_coverage import keeping
from unit_coverage.personal_effects import HEADCOUNT, rehearse_personal
from unit_coverage.services import drain_changes, rebuild_all

HISTORIES = int(os.environ.get("HISTORIES", "12"))
told = Counter()

near = st.integers(-100, 60).map(lambda ahead: TODAY + timedelta(days=ahead))
spans = st.none() | st.integers(0, 90)
# What needs an earlier change to stand on is asked for more often.
kinds = st.sampled_from([*PersonalChangeKind.values, "nghi", "tro-lai", "tro-lai", "thoi-viec", "vao-lai", "vao-lai"])
changes = st.tuples(st.just("change"), st.integers(0, 1), kinds, near, spans, st.integers(0, 5))
steps = st.lists(st.one_of(changes, changes, st.tuples(st.just("undo"), st.integers(0, 9))), min_size=4, max_size=10)


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Posting, Duty, Scope)]


def by_day(person):
    """Each day's main posting, found by looking at all rows; two on one day is a fault."""
    found = {}
    postings = list(Posting.objects.filter(staff_member=person, is_primary=True))
    for number in range(-130, 200):
        day = TODAY + timedelta(days=number)
        held = [p for p in postings if p.holds_on(day)]
        assert len(held) <= 1
        found[day] = (held[0].unit_id, held[0].position, held[0].category, held[0].status) if held else None
    return found


def expected(before, kind, first, last, unit, words):
    """The days as the kind of change should make them, told without stretches."""
    after = dict(before)
    for day in before:
        if day < first or (last is not None and day > last) or (before[day] is None and kind != "vao-lai"):
            continue
        old = before[day] or (None, "", "", "active")
        if kind == "dieu-dong":
            after[day] = (unit, *old[1:])
        elif kind in ("nghi", "biet-phai"):
            after[day] = (*old[:3], "leave" if kind == "nghi" else "seconded")
        elif kind == "thoi-viec":
            after[day] = None
        elif kind == "vao-lai":
            after[day] = (unit, words["position"], words["category"], "active")
        elif kind == "tro-lai" and all(
            before[first + timedelta(days=n)] and before[first + timedelta(days=n)][3] == before[first][3]
            for n in range((day - first).days + 1)
        ):
            after[day] = (*old[:3], "active")
        elif kind == "chuc-danh" and all(
            before[first + timedelta(days=n)] and before[first + timedelta(days=n)][1:3] == before[first][1:3]
            for n in range((day - first).days + 1)
        ):
            after[day] = (old[0], words["position"] or old[1], words["category"] or old[2], old[3])
    return after


def look(world, day):
    """{unit: (headcount, bound, trained)}"""
    return {unit: tuple(counts[:3]) for unit, counts in naive_figures(world, day).items()}


def check_figures(world, effect, before):
    """Every figure of the page is what was and what is now; every figure that it does not name stayed."""
    for day, was in before.items():
        now = look(world, day)
        said = {(f.unit_id, f.figure): f for f in effect.figures if f.day == day}
        for unit in was.keys() | now.keys():
            (people0, bound0, trained0), (people1, bound1, trained1) = (x.get(unit, (0, 0, 0)) for x in (was, now))
            line = said.pop((unit, HEADCOUNT), None)
            assert (line and (line.b_before, line.b_after)) == ((people0, people1) if people0 != people1 else None)
            line = said.pop((unit, "basic"), None)
            pair = line and (line.a_before, line.b_before, line.a_after, line.b_after)
            moved = (trained0, bound0) != (trained1, bound1)
            assert pair == ((trained0, bound0, trained1, bound1) if moved else None)
        assert said == {}


def change(world, made, person, kind, first, length, unit):
    person = world.people[person]
    away = kind in (PersonalChangeKind.LEAVE, PersonalChangeKind.SECONDMENT)
    goes = kind in (PersonalChangeKind.TRANSFER, PersonalChangeKind.SECONDMENT, PersonalChangeKind.REJOIN)
    words = {"position": "", "category": ""}
    if kind in (PersonalChangeKind.POSITION, PersonalChangeKind.REJOIN):
        words = {"position": f"Chức danh {unit % 2}", "category": "vien_chuc"}
    last = first + timedelta(days=length) if away and length is not None else None
    verb = partial(
        change_person,
        staff_member=person,
        kind=kind,
        first_day=first,
        last_day=last,
        unit=world.units[unit] if goes else None,
        ends_duties=bool(unit % 2),
        back_dated_because="Muộn",
        **words,
    )
    stored, days = rows(), by_day(person)
    try:
        effect = rehearse_personal(verb, person)
    except StaffError:
        told[f"refused {kind}"] += 1
        assert rows() == stored
        return
    assert rows() == stored
    told[f"did {kind}"] += 1
    before = {day: look(world, day) for day in effect.days[-2:]}
    made.append((verb(), stored))
    drain_changes()
    # The page names each change of rows once, and the days are as the kind says.
    assert by_day(person) == expected(days, kind, first, last, world.units[unit].pk, words)
    check_figures(world, effect, before)


def undo(world, made, number):
    """The last one gives exactly the rows of before; another one is refused, or gives days without overlap."""
    if not made:
        return
    index = number % len(made)
    row, stored = made[index]
    verb = partial(take_back_change, change=row, reason="Nhầm", back_dated_because="Nhầm")
    now = rows()
    try:
        effect = rehearse_personal(verb, row.staff_member)
    except StaffError:
        told["refused undo"] += 1
        assert index < len(made) - 1
        assert rows() == now
        return
    told["did undo"] += 1
    before = {day: look(world, day) for day in effect.days[-2:]}
    verb()
    drain_changes()
    by_day(row.staff_member)
    check_figures(world, effect, before)
    if index == len(made) - 1 and stored is not None:
        assert rows() == stored
    made.pop(index)
    # What was stored before the others had this one in it.
    made[index:] = [(later, None) for later, _stored in made[index:]]


@pytest.mark.django_db
@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(steps)
def test_the_page_says_beforehand_what_is_found_afterwards(steps):
    told["histories"] += 1
    at_noon = time_machine.travel(f"{TODAY} 05:00Z", tick=False)
    with transaction.atomic(), at_noon, patch.object(keeping, "MONTHS", 3):
        world, made = World(), []
        Posting.objects.update(valid_from=date(2026, 9, 1))
        rebuild_all()
        world.issue(0, "passed", date(2026, 9, 20), 90)
        world.duty(1, "head", date(2026, 10, 1), True)
        drain_changes()
        for what, *values in steps:
            {"change": change, "undo": undo}[what](world, made, *values)
        assert rebuild_all() == 0
        assert PersonalChange.objects.filter(taken_back_at=None).count() == len(made)
        transaction.set_rollback(True)


def test_changes_were_made_and_refused(request):
    """Runs after the histories and says what there was: a generator that only made refusals would test nothing."""
    if not told["histories"]:
        pytest.skip("the histories were not asked for")
    request.node.user_properties.append(("histories", dict(told)))
    assert sum(count for what, count in told.items() if what.startswith("did")) >= told["histories"] / 2
