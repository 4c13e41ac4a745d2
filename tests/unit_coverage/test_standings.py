"""Standings against a naive function that looks at every single day on its own."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.models import Exemption, Qualification, Requirement, TrackRule
from courses.obligations import PersonFacts, TrackFacts
from staff.models import AudienceRule, Duty, Posting, Unit
from unit_coverage.standings import standing_rows, state_of

START = date(2024, 1, 1)
DAYS = 40
TRACK = 1
COURSES = (10, 11, 12)
RANK = ["declared", "recognised", "completed", "passed"]


def day(number):
    return START + timedelta(days=number)


spans = st.tuples(st.integers(0, DAYS - 2), st.one_of(st.none(), st.integers(0, 15))).map(
    lambda span: {"valid_from": day(span[0]), "valid_until": None if span[1] is None else day(span[0] + span[1])}
)
categories = st.sampled_from(["cong_chuc", "can_bo", "hop_dong"])
audience_lists = st.lists(categories, max_size=2, unique=True)


@st.composite
def people(draw):
    postings, cursor = [], draw(st.integers(0, 5))
    for _ in range(draw(st.integers(1, 3))):
        length = draw(st.integers(0, 15))
        unit = Unit(pk=draw(st.integers(1, 3)), kind=draw(st.sampled_from(["commune", "office"])))
        postings.append(
            Posting(
                unit=unit,
                category=draw(categories),
                status=draw(st.sampled_from(["active", "leave", "seconded"])),
                valid_from=day(cursor),
                valid_until=day(cursor + length),
            )
        )
        cursor += length + 1 + draw(st.integers(0, 3))
    if draw(st.booleans()):
        postings[-1].valid_until = None
    duties = [Duty(kind="ict_officer", **draw(spans)) for _ in range(draw(st.integers(0, 2)))]
    exemptions = [
        Exemption(
            kind=draw(st.sampled_from(["exempt", "deferred"])),
            course_id=draw(st.sampled_from([None, *COURSES])),
            **draw(spans),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    qualifications = []
    for _ in range(draw(st.integers(0, 4))):
        revoked = draw(st.one_of(st.none(), st.integers(0, DAYS)))
        qualifications.append(
            Qualification(
                course_id=draw(st.sampled_from([None, *COURSES])),
                origin=draw(st.sampled_from(RANK)),
                revoked_from=None if revoked is None else day(revoked),
                **draw(spans),
            )
        )
    return PersonFacts(7, tuple(postings), tuple(duties), {TRACK: tuple(exemptions)}, {TRACK: tuple(qualifications)})


@st.composite
def tracks(draw):
    rules = tuple(
        AudienceRule(
            version=version,
            categories=draw(audience_lists),
            duties=draw(st.sampled_from([[], ["ict_officer"]])),
            **draw(spans),
        )
        for version in range(1, draw(st.integers(1, 2)) + 1)
    )
    requirements = tuple(
        Requirement(
            code=f"R{index % 2}",
            version=index,
            audience_id=1,
            course_id=draw(st.sampled_from([None, *COURSES])),
            counts=draw(st.sampled_from(["passed", "completed"])),
            **draw(spans),
        )
        for index in range(draw(st.integers(0, 3)))
    )
    track_rules = tuple(
        (
            TrackRule(version=version, needed=draw(st.sampled_from([None, 1, 2])), **draw(spans)),
            frozenset(draw(st.lists(st.sampled_from(COURSES), min_size=1, max_size=3))),
        )
        for version in range(draw(st.integers(0, 2)))
    )
    part = draw(st.sampled_from([None, frozenset({10}), frozenset({10, 11})]))
    return TrackFacts(TRACK, "oss" if part else "", requirements, {1: rules}, track_rules, part)


def holds(fact, on):
    return fact.valid_from <= on and (fact.valid_until is None or on <= fact.valid_until)


def newest(rules, on):
    return max((r for r in rules if holds(r, on)), key=lambda r: r.version, default=None)


def naive_best(held, courses, count, accepted):
    """Rank of the best way to satisfy: the whole track, or ``count`` of ``courses``; -1 for none."""
    ranks = [RANK.index(q.origin) for q in held if q.course_id is None and q.origin in accepted]
    best = max(ranks, default=-1)
    by_course = []
    for course in courses:
        by_course.append(
            max((RANK.index(q.origin) for q in held if q.course_id == course and q.origin in accepted), default=-1)
        )
    by_course.sort(reverse=True)
    if count and len(by_course) >= count:
        best = max(best, by_course[count - 1])
    return best


def naive(person, track, on):
    """(unit, category, status, binding, trained, origin) of one day; None without a posting."""
    posting = next((p for p in person.postings if holds(p, on)), None)
    if posting is None:
        return None
    learnt = person.qualifications.get(track.track_id, ())
    held = [q for q in learnt if holds(q, on) and (q.revoked_from is None or on < q.revoked_from)]
    exemptions = [e for e in person.exemptions.get(track.track_id, ()) if holds(e, on)]
    all_but_completed = {"passed", "recognised", "declared"}
    rule = newest([r for r, _ in track.track_rules], on)
    rule_courses = next((c for r, c in track.track_rules if r is rule), frozenset())
    if track.courses is not None:
        rule_courses &= track.courses
    rule_count = min(rule.needed or len(rule_courses), len(rule_courses)) if rule else 0
    duties = {d.kind for d in person.duties if holds(d, on)}
    named, asked = [], []
    for code in sorted({r.code for r in track.requirements}):
        requirement = newest([r for r in track.requirements if r.code == code], on)
        if requirement is None:
            continue
        courses, count = rule_courses, rule_count
        if requirement.course_id:
            if track.courses is not None and requirement.course_id not in track.courses:
                continue
            courses, count = {requirement.course_id}, 1
        elif track.part and not rule_courses:
            continue
        accepted = all_but_completed | ({"completed"} if requirement.counts == "completed" else set())
        named.append((courses, count, accepted))
        audience = newest(track.audience_rules.get(requirement.audience_id, ()), on)
        if (
            audience is not None
            and (not audience.categories or posting.category in audience.categories)
            and (not audience.unit_kinds or posting.unit.kind in audience.unit_kinds)
            and (not audience.positions or posting.position in audience.positions)
            and (not audience.duties or set(audience.duties) & duties)
        ):
            asked.append(named[-1])
    where = (posting.unit_id, posting.category, posting.status)
    if not asked:
        ways = [naive_best(held, *one) for one in named]
        best = max([*ways, naive_best(held, rule_courses, rule_count, all_but_completed)])
        return (*where, "not_bound", best >= 0, RANK[best] if best >= 0 else "")
    kinds = []
    open_ways, lifted_ways = [], []
    for courses, count, accepted in asked:
        whole = {e.kind for e in exemptions if e.course_id is None}
        off = {}
        for exemption in exemptions:
            if exemption.course_id in courses:
                off.setdefault(exemption.course_id, set()).add(exemption.kind)
        if whole:
            kinds.append("exempt" if "exempt" in whole else "deferred")
            lifted_ways.append(naive_best(held, courses, count, accepted))
        elif courses and set(courses) == set(off):
            kinds.append("exempt" if all("exempt" in k for k in off.values()) else "deferred")
            lifted_ways.append(naive_best(held, courses, count, accepted))
        else:
            rest = set(courses) - set(off)
            open_ways.append(naive_best(held, rest, min(count, len(rest)), accepted))
    if open_ways:
        worst = min(open_ways)
        return (*where, "bound", worst >= 0, RANK[worst] if worst >= 0 else "")
    worst = min(lifted_ways)
    return (*where, "deferred" if "deferred" in kinds else "exempt", worst >= 0, RANK[worst] if worst >= 0 else "")


@settings(max_examples=400, deadline=None)
@given(people(), tracks())
def test_rows_say_of_each_day_what_a_naive_look_at_that_day_says(person, track):
    rows = standing_rows(person, track)

    for number in range(DAYS + 30):
        on = day(number)
        found = [state_of(row)[:6] for row in rows if holds(row, on)]
        expected = naive(person, track, on)
        assert found == ([] if expected is None else [expected])


@settings(max_examples=100, deadline=None)
@given(people(), tracks())
def test_rows_are_as_long_as_they_can_be_and_do_not_overlap(person, track):
    rows = standing_rows(person, track)

    for earlier, later in zip(rows, rows[1:], strict=False):
        assert earlier.valid_until < later.valid_from
        touching = earlier.valid_until + timedelta(days=1) == later.valid_from
        assert not (touching and state_of(earlier) == state_of(later))


def one_track(**requirement):
    values = {"code": "R0", "version": 1, "audience_id": 1, "course_id": 10, "counts": "passed", "valid_from": START}
    rule = AudienceRule(version=1, valid_from=START)
    return TrackFacts(TRACK, "", (Requirement(**(values | requirement)),), {1: (rule,)})


def one_person(*qualifications):
    posting = Posting(unit=Unit(pk=1, kind="commune"), category="cong_chuc", status="active", valid_from=START)
    return PersonFacts(7, (posting,), (), {}, {TRACK: qualifications})


def stretches(person, track):
    return [(r.is_trained, r.origin, r.valid_from, r.valid_until) for r in standing_rows(person, track)]


def test_last_day_of_validity_counts_and_the_day_of_revocation_does_not():
    until = Qualification(course_id=10, origin="passed", valid_from=day(5), valid_until=day(9))
    revoked = Qualification(course_id=10, origin="passed", valid_from=day(20), revoked_from=day(25))

    assert stretches(one_person(until, revoked), one_track()) == [
        (False, "", day(0), day(4)),
        (True, "passed", day(5), day(9)),
        (False, "", day(10), day(19)),
        (True, "passed", day(20), day(24)),
        (False, "", day(25), None),
    ]


def test_person_without_a_posting_has_no_rows():
    assert standing_rows(PersonFacts(7), one_track()) == []


def test_declared_qualification_for_the_whole_track_gives_way_to_a_passed_course():
    declared = Qualification(course_id=None, origin="declared", valid_from=day(0))
    passed = Qualification(course_id=10, origin="passed", valid_from=day(5))

    assert stretches(one_person(declared, passed), one_track()) == [
        (True, "declared", day(0), day(4)),
        (True, "passed", day(5), None),
    ]


@pytest.mark.parametrize(("counts", "trained"), [("passed", False), ("completed", True)])
def test_completion_without_a_test_counts_only_where_the_rule_says_so(counts, trained):
    completed = Qualification(course_id=10, origin="completed", valid_from=day(0))

    rows = standing_rows(one_person(completed), one_track(counts=counts))

    assert [row.is_trained for row in rows] == [trained]


def test_new_version_of_a_rule_changes_nothing_before_its_first_day():
    held = one_person(Qualification(course_id=10, origin="passed", valid_from=day(0)))
    before = one_track()
    second = Requirement(code="R0", version=2, audience_id=1, course_id=11, counts="passed", valid_from=day(10))
    after = TrackFacts(TRACK, "", (*before.requirements, second), before.audience_rules)

    assert stretches(held, before) == [(True, "passed", day(0), None)]
    assert stretches(held, after) == [(True, "passed", day(0), day(9)), (False, "", day(10), None)]


def test_first_due_day_stands_in_the_rows_of_who_has_to_comply_and_only_there():
    held = Qualification(course_id=10, origin="passed", valid_from=day(5), valid_until=day(9))

    rows = standing_rows(one_person(held), one_track(due_days=7))

    assert [(r.valid_from, r.due_on) for r in rows] == [(day(0), day(7)), (day(5), None), (day(10), day(9))]


def test_newest_qualification_of_the_track_stands_in_the_rows_even_where_an_older_one_counts():
    passed = Qualification(course_id=10, origin="passed", valid_from=day(2))
    completed = Qualification(course_id=10, origin="completed", valid_from=day(8), valid_until=day(11))

    rows = standing_rows(one_person(passed, completed), one_track())

    assert [(r.valid_from, r.updated_on) for r in rows] == [
        (day(0), None),
        (day(2), day(2)),
        (day(8), day(8)),
        (day(12), day(2)),
    ]


def test_leaders_are_heads_by_duty_and_holders_of_the_positions_of_the_day():
    posting = Posting(
        unit=Unit(pk=1, kind="commune"),
        category="cong_chuc",
        status="active",
        position="Chánh Văn phòng",
        valid_from=START,
    )
    head = Duty(kind="head", valid_from=day(2), valid_until=day(3))
    leaders = (AudienceRule(version=1, positions=["Chánh văn phòng"], valid_from=day(10)),)

    rows = standing_rows(PersonFacts(7, (posting,), (head,)), one_track(), leaders)

    assert [(r.valid_from, r.is_leader) for r in rows] == [
        (day(0), False),
        (day(2), True),
        (day(4), False),
        (day(10), True),
    ]
