"""Whatever rules, duties and exemptions become, the stored rows say what a naive look at each day says, and the figures
of earlier days stay."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from courses import services as courses
from courses.errors import CourseError
from courses.facts import load_people, load_track_facts
from courses.models import Exemption, Qualification, Requirement
from staff import services as staff
from staff.enums import DutyKind, StaffCategory, UnitKind
from staff.models import Duty
from tests.factories.staff import PostingFactory, StaffMemberFactory, UnitFactory
from tests.factories.unit_coverage import CourseFactory, TrackFactory
from tests.unit_coverage.test_standings import naive
from unit_coverage.models import Standing
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)
STEPS = 14
CATEGORIES = [StaffCategory.CIVIL_SERVANT, StaffCategory.CADRE]
DUTIES = [DutyKind.ICT_OFFICER, DutyKind.SECURITY_OFFICER]


class World:
    """Three people, two units, two tracks, and every verb that changes what somebody must hold."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.units = [UnitFactory(kind=UnitKind.COMMUNE), UnitFactory(kind=UnitKind.DEPARTMENT)]
        self.people = [StaffMemberFactory() for _ in range(3)]
        for person in self.people:
            PostingFactory(
                staff_member=person,
                unit=self.one(self.units),
                category=self.one(CATEGORIES),
                position=self.one(["Kế toán", "Văn thư"]),
                valid_from=START,
            )
        self.tracks = [TrackFactory(code="application"), TrackFactory(code="oss_security")]
        self.courses = {
            track: [CourseFactory(track=track, tags=[tag]) for tag in ("oss", "security", "security")]
            for track in self.tracks
        }

    def begin(self):
        """Everybody must hold both tracks, so that what follows changes something."""
        rule = staff.add_audience_rule(code="A", name="A", valid_from=START)
        for track in self.tracks:
            facts = {"code": f"{track.code}-1", "audience": rule.audience, "track": track, "legal_basis": "Kế hoạch"}
            courses.add_requirement(**facts, course=self.courses[track][0], valid_from=START)

    def one(self, things):
        return self.random.choice(list(things))

    def some(self, things):
        return [thing for thing in things if self.random.random() < 0.4]

    def change(self, today):
        """One random verb; what it refuses is a change as well."""
        verb = self.one([self.audience, self.requirement, self.end, self.rule, self.duty, self.end_duty]
                        + [self.exempt, self.end_exemption, self.qualify, self.revoke, self.move])  # fmt: skip
        try:
            verb(today + timedelta(days=self.random.choice([0, 0, 1, 5, 12])))
        except (CourseError, staff.StaffError):
            return verb.__name__, False
        return verb.__name__, True

    def audience(self, day):
        code = self.one("AB")
        return staff.add_audience_rule(
            code=code,
            name=code,
            valid_from=day,
            categories=self.some(CATEGORIES),
            unit_kinds=self.some([UnitKind.COMMUNE, UnitKind.DEPARTMENT]),
            positions=self.some(["Kế toán", "Văn thư"]),
            duties=self.some(DUTIES),
        )

    def requirement(self, day):
        track = self.one(self.tracks)
        rule = self.audience(day) if self.random.random() < 0.5 else None
        known = rule.audience if rule else getattr(Requirement.objects.first(), "audience", None)
        if known is None:
            return
        courses.add_requirement(
            code=f"{track.code}-{self.one('12')}",
            audience=known,
            track=track,
            course=self.one([None, *self.courses[track]]),
            counts=self.one(["passed", "completed"]),
            due_days=self.one([None, 30]),
            legal_basis="Kế hoạch",
            valid_from=day,
            valid_until=self.one([None, day + timedelta(days=9)]),
        )

    def end(self, day):
        if row := Requirement.objects.order_by("?").first():
            courses.end_requirement(requirement=row, last_day=day)

    def rule(self, day):
        track = self.one(self.tracks)
        chosen = self.some(self.courses[track]) or self.courses[track]
        courses.add_track_rule(track=track, courses=chosen, needed=self.one([None, 1]), valid_from=day)

    def duty(self, day):
        person = self.one(self.people)
        unit = person.postings.open().get().unit
        staff.begin_duty(staff_member=person, unit=unit, kind=self.one(DUTIES), valid_from=day)

    def end_duty(self, day):
        if row := Duty.objects.open().first():
            staff.end_duty(duty=row, last_day=day)

    def exempt(self, day):
        track = self.one(self.tracks)
        courses.exempt(
            staff_member=self.one(self.people),
            track=track,
            course=self.one([None, *self.courses[track]]),
            kind=self.one(["exempt", "deferred"]),
            reason="lý do",
            decision_number=str(self.random.random()),
            valid_from=day,
            valid_until=self.one([None, day + timedelta(days=7)]),
        )

    def end_exemption(self, day):
        if row := Exemption.objects.first():
            courses.end_exemption(exemption=row, last_day=day)

    def qualify(self, day):
        track = self.one(self.tracks)
        courses.grant_qualification(
            staff_member=self.one(self.people),
            track=track,
            course=self.one([None, *self.courses[track]]),
            origin=self.one(["passed", "completed", "declared"]),
            valid_from=day,
            valid_until=self.one([None, day + timedelta(days=6)]),
            cycle=self.random.randrange(1, 99),
        )

    def revoke(self, day):
        if row := Qualification.objects.live().first():
            courses.revoke_qualification(qualification=row, from_day=day, reason="x", by=None)

    def move(self, day):
        staff.transfer(staff_member=self.one(self.people), to_unit=self.one(self.units), on=day)


def stored(day):
    rows = Standing.objects.on(day).values_list(
        "staff_member", "track", "part", "unit", "category", "status", "binding", "is_trained", "origin"
    )
    return sorted(rows)


def looked_at(people, tracks, day):
    found = [(p.staff_member_id, t.track_id, str(t.part), naive(p, t, day)) for p in people for t in tracks]
    return sorted((*where, *state) for *where, state in found if state is not None)


@pytest.mark.parametrize("seed", range(8))
def test_rows_equal_a_naive_look_after_every_change_and_earlier_days_stay(seed):
    world = World(seed)
    with time_machine.travel(datetime.combine(START, time(9), ZoneInfo("Asia/Ho_Chi_Minh")), tick=False):
        world.begin()
    rebuild_all()
    today, made = START, []
    for _step in range(STEPS):
        past = [START + timedelta(days=n) for n in range(0, (today - START).days)]
        before = {day: stored(day) for day in past}
        with time_machine.travel(datetime.combine(today, time(9), ZoneInfo("Asia/Ho_Chi_Minh")), tick=False):
            made.append(world.change(today))
            drain_changes()
        people, tracks = load_people([p.pk for p in world.people]), load_track_facts()

        assert {day: stored(day) for day in past} == before, made
        for n in range(0, (today - START).days + 25, 2):
            day = START + timedelta(days=n)
            assert stored(day) == looked_at(people, tracks, day), (day, made)
        today += timedelta(days=world.random.choice([0, 1, 3]))

    assert rebuild_all() == 0
    assert sum(done for _verb, done in made) >= STEPS // 2
