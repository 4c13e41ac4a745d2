"""Random histories of people and units, told to the feed in any order, against a computation that knows no feed.

The naive computation looks at every day, person and unit on its own. HISTORIES=1000 tells more of them.
"""

import os
from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from courses.facts import load_people, load_track_facts
from courses.services import grant_qualification, revoke_qualification
from staff import feed
from staff.enums import PersonalChangeKind
from staff.models import Change, Duty, Posting, Succession, Unit
from staff.services import StaffError, change_person, take_back_change
from tests.factories.staff import (
    AudienceFactory,
    AudienceRuleFactory,
    DutyFactory,
    PostingFactory,
    StaffMemberFactory,
    UnitFactory,
)
from tests.factories.unit_coverage import CourseFactory, ExemptionFactory, QualificationFactory, RequirementFactory
from tests.unit_coverage.test_standings import naive
from unit_coverage import counting, keeping
from unit_coverage.checks import unread_changes
from unit_coverage.models import CountedDay, UnitFigure
from unit_coverage.queries import FIGURES, coverage, coverage_tree
from unit_coverage.services import count_days, drain_changes, rebuild_all

TODAY = date(2026, 11, 26)
HISTORIES = int(os.environ.get("HISTORIES", "25"))
told = Counter()

days = st.integers(0, 400).map(lambda back: TODAY + timedelta(days=60 - back))
persons = st.integers(0, 3)
spans = st.none() | st.integers(0, 120)
ORIGINS = ["passed", "completed", "declared"]
EVENTS = st.one_of(
    st.tuples(st.just("transfer"), persons, st.integers(0, 5), days),
    st.tuples(st.just("leave"), persons, days),
    st.tuples(st.just("merge"), st.integers(1, 4), days),
    st.tuples(
        st.just("issue"), persons, st.sampled_from(["passed", "completed", "declared"]), days, st.integers(1, 500)
    ),
    st.tuples(st.just("revoke"), persons, days),
    st.tuples(st.just("renew"), persons, st.sampled_from(ORIGINS), st.integers(-60, 30), st.integers(1, 500)),
    st.tuples(st.just("take_back_renewal"), persons, days),
    st.tuples(st.just("exempt"), persons, st.sampled_from(["exempt", "deferred"]), days, st.integers(1, 200)),
    st.tuples(st.just("duty"), persons, st.sampled_from(["head", "ict_officer"]), days, st.booleans()),
    st.tuples(st.just("personal"), persons, st.sampled_from(PersonalChangeKind.values), days, spans, st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(0, 9)),
    st.tuples(st.just("rule"), days),
    st.tuples(st.just("drain")),
    st.tuples(st.just("midnight"), st.integers(1, 40)),
)


class World:
    """Units on three levels, four people, a requirement with a date counted from when it binds."""

    def __init__(self):
        self.today = TODAY
        root = UnitFactory(kind="province")
        communes = [UnitFactory(parent=root, kind="commune") for _ in range(3)]
        self.units = [root, *communes, UnitFactory(parent=communes[0]), UnitFactory(parent=communes[1])]
        everybody = AudienceRuleFactory(audience=AudienceFactory()).audience
        self.course = CourseFactory()
        self.requirement = RequirementFactory(
            code="YC", audience=everybody, track=self.course.track, course=self.course, due_days=30
        )
        self.people, self.changes = [], []
        for number in range(4):
            person = StaffMemberFactory()
            PostingFactory(staff_member=person, unit=self.units[number + 1], valid_from=date(2024, 1, 1))
            self.people.append(person)
        rebuild_all()

    def tell(self, person, since):
        feed.write(staff_members=[person and person.pk], since=since, cause="test")

    def move(self, person, unit, on):
        """The postings of ``person`` from ``on`` are one in ``unit`` (None: nowhere), also against what was before."""
        Posting.objects.filter(staff_member=person, valid_from__gte=on).delete()
        Posting.objects.filter(staff_member=person, valid_until__gte=on).update(valid_until=on - timedelta(days=1))
        Posting.objects.filter(staff_member=person, valid_until=None).update(valid_until=on - timedelta(days=1))
        if unit is not None:
            PostingFactory(staff_member=person, unit=unit, valid_from=on)
        self.tell(person, on)

    def do(self, event):
        told[event[0]] += 1
        getattr(self, event[0])(*event[1:])

    def transfer(self, person, unit, on):
        self.move(self.people[person], self.units[unit], on)

    def leave(self, person, on):
        self.move(self.people[person], None, on)

    def merge(self, number, on):
        """The unit closes and all who are there on that day go on in a successor beside it."""
        old = self.units[number]
        if old.valid_until or (old.valid_from and on <= old.valid_from):
            return
        if Unit.objects.filter(parent=old, valid_until=None).exists():
            return
        new = UnitFactory(parent=old.parent, kind="commune", valid_from=on)
        Succession.objects.create(predecessor=old, successor=new, effective_on=on, kind="merge")
        old.valid_until = on - timedelta(days=1)
        old.save()
        for posting in Posting.objects.on(on).filter(unit=old, is_primary=True).select_related("staff_member"):
            self.move(posting.staff_member, new, on)
        self.units[number] = new

    def personal(self, person, kind, on, length, unit):
        """What HR records of one person, by the verb; days that it refuses are no event."""
        before = Posting.objects.count(), Duty.objects.count(), Change.objects.count()
        away = kind in (PersonalChangeKind.LEAVE, PersonalChangeKind.SECONDMENT)
        goes = kind in (PersonalChangeKind.TRANSFER, PersonalChangeKind.SECONDMENT, PersonalChangeKind.REJOIN)
        try:
            made = change_person(
                staff_member=self.people[person],
                kind=kind,
                first_day=on,
                last_day=on + timedelta(days=length) if away and length is not None else None,
                unit=self.units[unit] if goes else None,
                category="vien_chuc" if kind == PersonalChangeKind.POSITION else "",
                ends_duties=bool(unit % 2),
                back_dated_because="Muộn",
            )
        except StaffError:
            told[f"refused {kind}"] += 1
            assert (Posting.objects.count(), Duty.objects.count(), Change.objects.count()) == before
        else:
            told[f"did {kind}"] += 1
            self.changes.append(made)

    def undo(self, number):
        """Take one of the recorded changes back, if nothing stands on it."""
        if not self.changes:
            return
        try:
            take_back_change(change=self.changes[number % len(self.changes)], reason="Nhầm", back_dated_because="Nhầm")
        except StaffError:
            told["refused undo"] += 1
        else:
            told["did undo"] += 1

    def issue(self, person, origin, on, length):
        QualificationFactory(**self.next_cycle(person, origin, on, length))
        self.tell(self.people[person], on)

    def next_cycle(self, person, origin, on, length):
        """What a further qualification of this person says."""
        return {
            "staff_member": self.people[person],
            "track": self.course.track,
            "course": self.course,
            "origin": origin,
            "cycle": self.people[person].qualifications.count() + 1,
            "valid_from": on,
            "valid_until": on + timedelta(days=length),
        }

    def revoke(self, person, on):
        held = self.people[person].qualifications.filter(revoked_from=None).order_by("pk").first()
        if held is not None:
            type(held).objects.filter(pk=held.pk).update(revoked_from=on)
            self.tell(self.people[person], min(on, held.valid_from))

    def renew(self, person, origin, after, length):
        """A further cycle by the verb, which tells of itself: begun before or after the last one's end."""
        if not self.people[person].qualifications.exists():
            self.issue(person, origin, TODAY - timedelta(days=200), length)
        held = self.people[person].qualifications.order_by("valid_until", "pk").last()
        on = held.valid_until + timedelta(days=after)
        grant_qualification(**self.next_cycle(person, origin, on, length))

    def take_back_renewal(self, person, on):
        """The newest is revoked by the verb, whether a renewal or the first."""
        held = self.people[person].qualifications.filter(revoked_from=None).order_by("pk").last()
        if held is not None:
            revoke_qualification(qualification=held, from_day=on, reason="Nhầm", by=None)

    def exempt(self, person, kind, on, length):
        ExemptionFactory(
            staff_member=self.people[person],
            track=self.course.track,
            kind=kind,
            valid_from=on,
            valid_until=on + timedelta(days=length),
        )
        self.tell(self.people[person], on)

    def duty(self, person, kind, on, is_full_time):
        Duty.objects.filter(staff_member=self.people[person], kind=kind, valid_until=None).delete()
        DutyFactory(
            staff_member=self.people[person], unit=self.units[0], kind=kind, valid_from=on, is_full_time=is_full_time
        )
        self.tell(self.people[person], date(2024, 1, 1))

    def rule(self, on):
        """From ``on`` a recognised course that nobody holds is asked for as well."""
        if RequirementFactory._meta.model.objects.filter(code="YC-2").exists():
            return
        other = CourseFactory(track=self.course.track)
        RequirementFactory(
            code="YC-2",
            audience=self.requirement.audience,
            track=self.course.track,
            course=other,
            valid_from=on,
            due_on=on,
        )
        self.tell(None, on)

    def drain(self):
        drain_changes()

    def midnight(self, days_later):
        self.today += timedelta(days=days_later)
        with time_machine.travel(f"{self.today} 05:00Z", tick=False):
            count_days()


def naive_figures(world, day):
    """{unit: [people, bound, trained, overdue, leaders bound, leaders trained, lapsing]}, by looking at each person."""
    track = next(t for t in load_track_facts() if t.track_id == world.course.track_id)
    found = {}
    for person in load_people([p.pk for p in world.people]):
        state = naive(person, track, day)
        if state is None:
            continue
        unit_id, _category, _status, binding, trained, _origin = state
        leads = any(d.kind == "head" and d.holds_on(day) for d in person.duties)
        bound = binding == "bound"
        late = bound and not trained and naive_due(person, track, day) < day
        counts = [1, bound, bound and trained, late, bound and leads, bound and leads and trained]
        counts.append(bound and trained and naive_lapse(person, track, day))
        unit = Unit.objects.get(pk=unit_id)
        while unit is not None:
            found[unit.pk] = [a + b for a, b in zip(found.get(unit.pk, [0] * 7), map(int, counts), strict=True)]
            unit = unit.parent
    return found


def naive_lapse(person, track, day):
    """Whether there is a day among the next ninety on which she is bound and not trained: each is looked at."""
    later = (naive(person, track, day + timedelta(days=number)) for number in range(1, 91))
    return any(state is not None and state[3] == "bound" and not state[4] for state in later)


def naive_due(person, track, day):
    """The first due day of what is not met: each requirement looked at alone, one day back at a time."""
    dues = []
    for requirement in track.requirements:
        alone = type(track)(track.track_id, "", (requirement,), track.audience_rules)
        state = naive(person, alone, day)
        if state is None or state[3] != "bound" or state[4]:
            continue
        since, lapsed = day, None
        while (before := naive(person, alone, since - timedelta(days=1))) is not None and before[3] == "bound":
            since -= timedelta(days=1)
            if before[4] and lapsed is None:
                lapsed = since
        due = requirement.due_on or since + timedelta(days=requirement.due_days)
        dues.append(max(due, lapsed) if lapsed else due)
    return min(dues)


def kept_figures(day):
    found = {}
    for row in UnitFigure.objects.filter(day=day, track__code=FIGURES["basic"][0], part=""):
        bound = sum(getattr(row, name) for name in counting.BOUND)
        people = sum(getattr(row, name) for name in counting.HEADCOUNT)
        counts = [people, bound, bound - row.not_trained, row.overdue, row.leaders_bound, row.leaders_trained]
        counts.append(row.lapsing)
        found[row.unit_id] = [a + b for a, b in zip(found.get(row.unit_id, [0] * 7), counts, strict=True)]
    return found


def page_figures(world, day):
    found = {}
    for row in coverage_tree(None, day):
        if row.headcount:
            found[row.unit.pk] = [row.headcount, row.figures["basic"].bound, row.figures["basic"].trained]
    return found


@pytest.mark.django_db
@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(st.lists(EVENTS, min_size=3, max_size=14), st.lists(days, min_size=2, max_size=2), st.randoms())
def test_whatever_happened_and_in_whatever_order_it_was_told_figures_are_what_a_naive_look_finds(
    events, asked, randomness
):
    told["histories"] += 1
    at_noon = time_machine.travel(f"{TODAY} 05:00Z", tick=False)
    with transaction.atomic(), at_noon, patch.object(keeping, "MONTHS", 4):
        world = World()
        for event in events:
            world.do(event)
        shuffle_feed(randomness)
        with time_machine.travel(f"{world.today} 05:00Z", tick=False):
            drain_changes()
            kept = sorted(CountedDay.objects.values_list("day", flat=True))
            for day in [kept[-1], *randomness.sample(kept[:-1], 2)]:
                assert kept_figures(day) == naive_figures(world, day)
                assert counting.units_that_differ(day) == []
            for day in asked:
                expected = naive_figures(world, day)
                existing = {u.pk for u in Unit.objects.existing_on(day)}
                assert page_figures(world, day) == {pk: counts[:3] for pk, counts in expected.items() if pk in existing}
                top = coverage(unit=world.units[0], on=day).whole
                watch = top.watches["basic"]
                assert [top.headcount, watch.overdue, watch.lapsing] == [
                    expected.get(world.units[0].pk, [0] * 7)[index] for index in (0, 3, 6)
                ]
            assert rebuild_all() == 0
        transaction.set_rollback(True)


def shuffle_feed(randomness):
    """The changes that nobody has read yet, in another order."""
    waiting = list(unread_changes().order_by("pk"))
    told_as = [(c.staff_member_id, c.since) for c in waiting]
    randomness.shuffle(told_as)
    for change, (staff_member_id, since) in zip(waiting, told_as, strict=True):
        Change.objects.filter(pk=change.pk).update(staff_member=staff_member_id, since=since)


def test_histories_were_told(request):
    """Runs after the histories and says how many there were, and of what."""
    if not told["histories"]:
        pytest.skip("the histories were not asked for")
    assert told["histories"] >= min(HISTORIES, 10)
    request.node.user_properties.append(("histories", dict(told)))
