"""Every change is shown first, and what is carried out is exactly what was shown."""

from datetime import date, timedelta

import pytest

from courses.models import Exemption, Requirement
from staff import clock
from staff.models import AudienceRule, Change, Duty
from staff.services import StaffError
from tests.factories.staff import AudienceFactory, AudienceRuleFactory, DutyFactory, PostingFactory
from tests.factories.unit_coverage import CourseFactory, QualificationFactory, RequirementFactory
from unit_coverage.effects import PersonEffect
from unit_coverage.enums import ProposalKind, Turn
from unit_coverage.models import Proposal
from unit_coverage.proposals import FactsMoved, NewerVersion, apply, effect_of, propose
from unit_coverage.queries import coverage
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.django_db
TOMORROW = clock.today() + timedelta(days=1)
DUE = TOMORROW + timedelta(days=100)


@pytest.fixture
def officers(commune):
    """Two civil servants and a contract worker; the first holds CB-01."""
    categories = ["cong_chuc", "cong_chuc", "hop_dong"]
    return [PostingFactory(unit=commune, category=category).staff_member for category in categories]


@pytest.fixture
def held(officers, requirement):
    return QualificationFactory(staff_member=officers[0], track=requirement.track, course=requirement.course)


def audience_payload(requirement, **changed):
    lists = {"categories": [], "unit_kinds": [], "positions": [], "duties": []}
    named = {"code": requirement.audience.code, "name": requirement.audience.name}
    return {**named, "valid_from": TOMORROW, "back_dated_because": "", "after_version": 1, **lists, **changed}


def requirement_payload(requirement, **changed):
    return {
        "code": requirement.code,
        "audience": requirement.audience.code,
        "track": requirement.track.code,
        "course": requirement.course.code,
        "counts": "passed",
        "legal_basis": "Kế hoạch mới",
        "valid_from": TOMORROW,
        "valid_until": None,
        "due_on": DUE,
        "due_days": None,
        "after_version": 1,
        "back_dated_because": "",
        **changed,
    }


def test_a_narrower_audience_says_who_leaves_and_how_figures_change(officers, held, requirement, commune, admin):
    payload = audience_payload(requirement, categories=["hop_dong"])

    effect = effect_of(propose(kind=ProposalKind.AUDIENCE_RULE, payload=payload, by=admin))

    who = {(p.staff_member_id, p.code, p.turn, p.due_before) for p in effect.people}
    assert who == {
        (officers[0].pk, "YC-CB", Turn.RELEASED, None),
        (officers[1].pk, "YC-CB", Turn.RELEASED, date(2026, 12, 31)),
    }
    figures = {(f.unit_id, f.figure, f.day, f.trained_before, f.bound_before, f.trained_after, f.bound_after)
               for f in effect.figures}  # fmt: skip
    assert figures == {(unit.pk, "basic", TOMORROW, 1, 2, 0, 0) for unit in (commune, commune.parent)}
    assert effect.since == TOMORROW


def test_looking_changes_nothing(officers, requirement, admin):
    payload = audience_payload(requirement, categories=["hop_dong"])

    found = propose(kind=ProposalKind.AUDIENCE_RULE, payload=payload, by=admin)
    effect_of(found)

    assert AudienceRule.objects.count() == 1
    assert Change.objects.count() == 0
    assert found.applied_at is None


def test_confirming_does_what_was_shown_and_twice_is_once(officers, held, requirement, commune, admin):
    rebuild_all()
    before = coverage(unit=commune, on=clock.today()).whole.figures["basic"]
    found = propose(
        kind=ProposalKind.AUDIENCE_RULE, payload=audience_payload(requirement, categories=["hop_dong"]), by=admin
    )
    shown = effect_of(found)

    for _twice in range(2):
        apply(proposal=found, shown=shown.digest)
    drain_changes()

    assert AudienceRule.objects.count() == 2
    assert coverage(unit=commune, on=clock.today()).whole.figures["basic"] == before
    after = coverage(unit=commune, on=TOMORROW).whole.figures["basic"]
    [line] = [f for f in shown.figures if f.unit_id == commune.pk]
    assert (after.trained, after.bound) == (line.trained_after, line.bound_after) == (0, 0)
    assert effect_of_new_rule_is_empty(requirement, admin)


def effect_of_new_rule_is_empty(requirement, admin):
    again = audience_payload(requirement, categories=["hop_dong"], after_version=2, valid_from=TOMORROW)
    effect = effect_of(propose(kind=ProposalKind.AUDIENCE_RULE, payload=again, by=admin))
    return (effect.people, effect.figures) == ((), ())


def test_a_form_sent_twice_is_one_proposal(officers, requirement, admin):
    payload = requirement_payload(requirement)

    made = {propose(kind=ProposalKind.REQUIREMENT, payload=payload, by=admin).pk for _twice in range(2)}

    assert len(made) == Proposal.objects.count() == 1


def test_facts_that_moved_are_said_and_nothing_is_done(officers, requirement, commune, admin):
    found = propose(kind=ProposalKind.REQUIREMENT, payload=requirement_payload(requirement), by=admin)
    shown = effect_of(found).digest
    PostingFactory(unit=commune)

    with pytest.raises(FactsMoved):
        apply(proposal=found, shown=shown)

    assert Requirement.objects.count() == 1
    apply(proposal=found, shown=effect_of(found).digest)
    assert Requirement.objects.count() == 2


def test_a_version_written_meanwhile_is_noticed(officers, requirement, admin):
    found = propose(kind=ProposalKind.REQUIREMENT, payload=requirement_payload(requirement), by=admin)
    shown = effect_of(found).digest
    other = propose(kind=ProposalKind.REQUIREMENT, payload=requirement_payload(requirement, due_on=None), by=admin)
    apply(proposal=other, shown=effect_of(other).digest)

    with pytest.raises(NewerVersion):
        apply(proposal=found, shown=shown)


def test_a_moved_due_date_is_listed_for_those_who_still_have_to_learn(officers, held, requirement, admin):
    effect = effect_of(propose(kind=ProposalKind.REQUIREMENT, payload=requirement_payload(requirement), by=admin))

    assert {p.turn for p in effect.people} == {Turn.DUE}
    assert {(p.staff_member_id, p.due_before, p.due_after) for p in effect.people} == {
        (officer.pk, date(2026, 12, 31), DUE) for officer in officers[1:]
    }
    assert effect.figures == ()


def test_another_course_says_who_no_longer_meets_it(officers, held, requirement, admin):
    other = CourseFactory(code="CB-02", track=requirement.track)
    payload = requirement_payload(requirement, course=other.code)

    effect = effect_of(propose(kind=ProposalKind.REQUIREMENT, payload=payload, by=admin))

    unmet = [p for p in effect.people if p.turn == Turn.UNMET]
    assert [(p.staff_member_id, p.due_after) for p in unmet] == [(officers[0].pk, DUE)]
    assert {(f.trained_before, f.trained_after) for f in effect.figures} == {(1, 0)}


def test_a_day_in_the_past_is_refused_without_a_reason_and_changes_history_with_one(officers, requirement, admin):
    yesterday = clock.today() - timedelta(days=10)
    payload = audience_payload(requirement, categories=["hop_dong"], valid_from=yesterday)

    with pytest.raises(StaffError):
        propose(kind=ProposalKind.AUDIENCE_RULE, payload=payload, by=admin)

    payload["back_dated_because"] = "Quyết định 5/QĐ có hiệu lực từ ngày đó"
    effect = effect_of(propose(kind=ProposalKind.AUDIENCE_RULE, payload=payload, by=admin))
    assert (effect.since, effect.on) == (yesterday, clock.today())
    assert {f.day for f in effect.figures} == {yesterday}


def test_a_requirement_ends_and_lets_everybody_go(officers, requirement, admin):
    payload = {
        "code": requirement.code,
        "version": 1,
        "last_day": clock.today(),
        "reason": "hết",
        "back_dated_because": "",
    }

    found = propose(kind=ProposalKind.REQUIREMENT_END, payload=payload, by=admin)
    effect = effect_of(found)
    apply(proposal=found, shown=effect.digest)

    assert {(p.staff_member_id, p.turn) for p in effect.people} == {(o.pk, Turn.RELEASED) for o in officers}
    assert Requirement.objects.get().valid_until == clock.today()


def test_a_duty_binds_its_holder_alone(tracks, commune, officers, admin):
    audience = AudienceRuleFactory(audience=AudienceFactory(), duties=["ict_officer"]).audience
    course = CourseFactory(code="CS-03", track=tracks["specialist"])
    RequirementFactory(code="YC-CS", audience=audience, track=course.track, course=course, due_days=30)
    payload = {
        "kind": "ict_officer",
        "is_full_time": True,
        "unit": commune.code,
        "valid_from": TOMORROW,
        "decision_number": "7/QĐ",
        "back_dated_because": "",
    }

    found = propose(kind=ProposalKind.DUTY, payload=payload, by=admin, staff_member=officers[1])
    effect = effect_of(found)
    apply(proposal=found, shown=effect.digest)

    due = TOMORROW + timedelta(days=30)
    assert effect.people == (PersonEffect(officers[1].pk, commune.pk, "YC-CS", Turn.BOUND, None, due),)
    assert [(f.figure, f.bound_before, f.bound_after) for f in effect.figures] == [("specialist", 0, 1)] * 2
    duty = Duty.objects.get()
    assert (duty.staff_member, duty.decision_number, duty.recorded_by) == (officers[1], "7/QĐ", admin)


def test_an_ended_duty_and_an_exemption_let_the_holder_go(tracks, commune, officers, admin):
    audience = AudienceRuleFactory(audience=AudienceFactory(), duties=["ict_officer"]).audience
    course = CourseFactory(code="CS-03", track=tracks["specialist"])
    RequirementFactory(code="YC-CS", audience=audience, track=course.track, course=course)
    duty = DutyFactory(staff_member=officers[0], unit=commune)
    end = {"duty": duty.pk, "last_day": clock.today(), "reason": "thôi", "back_dated_because": ""}
    exemption = {
        "track": "specialist",
        "course": "",
        "kind": "exempt",
        "reason": "kỹ sư CNTT",
        "decision_number": "9/QĐ",
        "valid_from": TOMORROW,
        "valid_until": None,
        "back_dated_because": "",
    }

    kinds = {ProposalKind.DUTY_END: end, ProposalKind.EXEMPTION: exemption}
    effects = {
        kind: effect_of(propose(kind=kind, payload=payload, by=admin, staff_member=officers[0]))
        for kind, payload in kinds.items()
    }

    turned = {kind: [(p.code, p.turn) for p in effect.people] for kind, effect in effects.items()}
    assert turned == dict.fromkeys(kinds, [("YC-CS", Turn.RELEASED)])
    assert not Exemption.objects.exists()


EXEMPT = {
    "track": "specialist",
    "course": "",
    "kind": "exempt",
    "reason": "có bằng",
    "decision_number": "1/QĐ",
    "valid_from": TOMORROW,
    "valid_until": None,
    "back_dated_because": "",
}


@pytest.fixture
def bound_officers(tracks, commune, officers):
    """All officers of the commune hold a duty that binds them in the specialist track; the figures know it."""
    audience = AudienceRuleFactory(audience=AudienceFactory(), duties=["ict_officer"]).audience
    course = CourseFactory(code="CS-03", track=tracks["specialist"])
    RequirementFactory(code="YC-CS", audience=audience, track=course.track, course=course)
    for officer in officers:
        DutyFactory(staff_member=officer, unit=commune)
    rebuild_all()
    return officers


def test_the_same_words_about_two_people_are_two_proposals(bound_officers, admin):
    """One decision often exempts several people: each draft is about the person whose page it was written on."""
    made = [
        propose(kind=ProposalKind.EXEMPTION, payload=EXEMPT, by=admin, staff_member=officer)
        for officer in (bound_officers[0], bound_officers[1], bound_officers[0])
    ]

    assert [proposal.staff_member for proposal in made] == [bound_officers[0], bound_officers[1], bound_officers[0]]
    assert made[0] == made[2]
    apply(proposal=made[1], shown=effect_of(made[1]).digest)
    assert [exemption.staff_member for exemption in Exemption.objects.all()] == [bound_officers[1]]


def test_what_changes_for_one_person_is_shown_in_the_figures_of_the_whole_unit(bound_officers, commune, admin):
    found = propose(kind=ProposalKind.EXEMPTION, payload=EXEMPT, by=admin, staff_member=bound_officers[0])

    figures = effect_of(found).figures

    # Two of the three are in the headcount; the province counts its commune's people.
    assert [(f.figure, f.bound_before, f.bound_after) for f in figures] == [("specialist", 2, 1)] * 2
    apply(proposal=found, shown=effect_of(found).digest)
    drain_changes()
    table = coverage(unit=commune, on=TOMORROW)
    assert table.whole.figures["specialist"].bound == 1
