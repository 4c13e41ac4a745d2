"""Indicators: what comes installed, and who counts in them by a second, naive computation."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from certificates.models import Decision, EvidenceKind, Recognition
from courses.enums import Counts, Origin
from courses.models import Qualification
from staff.models import Duty, Posting, Unit
from tests.factories.evidence import ClaimFactory
from tests.factories.staff import DutyFactory, PostingFactory, StaffMemberFactory, SuccessionFactory, UnitFactory
from tests.factories.unit_coverage import CourseFactory, QualificationFactory, TrackRuleFactory
from unit_coverage.enums import Asks, Place, Window
from unit_coverage.indicators.catalogue import install_missing
from unit_coverage.indicators.queries import count_all, count_one, named_lines
from unit_coverage.models import Indicator, IndicatorRule, PeriodScheme
from unit_coverage.periods import Period

pytestmark = pytest.mark.django_db

YEAR = Period("Năm 2025", date(2025, 1, 1), date(2025, 12, 31))
EDGES = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1))
INSTALLED = [
    "basic_coverage",
    "basic_gap_trained",
    "ict_officer_share",
    "ict_officer_degree_share",
    "security_officer_share",
    "oss_trained_share",
    "security_trained_share",
    "unit_has_ict_officer",
    "ict_officer_upskilled",
    "classes_held",
    "leader_coverage",
    "class_turns",
    "exam_sessions_held",
]


@pytest.fixture
def province(db):
    return UnitFactory(kind="province", name="Tỉnh")


@pytest.fixture
def commune(province):
    return UnitFactory(parent=province, name="Xã Ka Đô")


def degree(person, kind="bachelor_degree", track=None):
    """A degree that a decision recognised."""
    claim = ClaimFactory(staff_member=person, kind=EvidenceKind.objects.get(code=kind))
    held = QualificationFactory(staff_member=person, track=track, origin=Origin.RECOGNISED)
    decision = Decision.objects.create(
        number=f"{claim.pk}/QĐ-UBND", authority="UBND", signed_on=date(2024, 1, 1), effective_from=date(2024, 1, 1)
    )
    Recognition.objects.create(claim=claim, decision=decision, is_accepted=True, qualification=held)
    return held


def figures(unit, period=YEAR) -> dict[str, tuple[int, int, int]]:
    return {
        c.indicator.code: (c.result.a, c.result.b, c.result.unclassified) for c in count_all(unit=unit, period=period)
    }


def test_the_measures_and_the_periods_come_installed_and_a_second_run_adds_nothing():
    assert list(Indicator.objects.values_list("code", flat=True)) == INSTALLED
    assert PeriodScheme.objects.count() == 7
    assert install_missing() == 0


def test_a_version_that_people_wrote_is_left_alone():
    IndicatorRule.objects.filter(indicator__code="oss_trained_share").update(categories=["can_bo"])

    install_missing()

    assert IndicatorRule.objects.get(indicator__code="oss_trained_share").categories == ["can_bo"]


def test_the_index_counts_civil_servants_of_state_bodies_who_were_trained_in_the_year(province, commune, tracks):
    party = UnitFactory(parent=province, kind="party_body", name="Tỉnh ủy")
    office = UnitFactory(parent=party, kind="office", name="Văn phòng Tỉnh ủy")
    course = CourseFactory(code="NM-01", track=tracks["oss_security"], tags=["oss"])
    for unit, category in ((commune, "cong_chuc"), (commune, "vien_chuc"), (commune, "can_bo"), (office, "cong_chuc")):
        person = PostingFactory(unit=unit, category=category).staff_member
        QualificationFactory(staff_member=person, track=course.track, course=course, valid_from=date(2025, 3, 1))
    PostingFactory(unit=commune, category="cong_chuc")
    before = PostingFactory(unit=commune, category="cong_chuc").staff_member
    QualificationFactory(staff_member=before, track=course.track, course=course, valid_from=date(2024, 12, 31))

    assert figures(province)["oss_trained_share"] == (2, 4, 0)


def test_who_has_no_category_is_shown_beside_the_figure_and_is_in_neither_number(commune, tracks):
    course = CourseFactory(track=tracks["oss_security"], tags=["security"])
    person = PostingFactory(unit=commune, category="unclassified").staff_member
    QualificationFactory(staff_member=person, track=course.track, course=course, valid_from=date(2025, 3, 1))

    counted, _facts = count_one(code="security_trained_share", unit=commune, period=YEAR)

    assert (counted.result.a, counted.result.b, counted.share_text) == (0, 0, "–")
    assert [(line.place, line.would_count) for line in counted.result.lines] == [(Place.UNCLASSIFIED, True)]


def test_a_person_with_two_posts_and_a_row_entered_twice_counts_once(commune, tracks):
    person = StaffMemberFactory()
    PostingFactory(staff_member=person, unit=commune, category="cong_chuc")
    PostingFactory(staff_member=person, unit=commune, category="vien_chuc", is_primary=False)
    twin = StaffMemberFactory(merged_into=person)
    PostingFactory(staff_member=twin, unit=commune, category="cong_chuc")
    course = CourseFactory(track=tracks["oss_security"], tags=["oss"])
    QualificationFactory(staff_member=twin, track=course.track, course=course, valid_from=date(2025, 5, 1))

    assert figures(commune)["oss_trained_share"] == (1, 1, 0)


def test_the_gap_is_a_cohort_of_those_without_the_track_when_the_period_began(commune, tracks):
    held = {"before": date(2024, 12, 31), "first day": date(2025, 1, 1), "within": date(2025, 6, 1)}
    for day in held.values():
        person = PostingFactory(unit=commune).staff_member
        QualificationFactory(staff_member=person, track=tracks["basic"], valid_from=day)
    PostingFactory(unit=commune)

    found = figures(commune)

    assert found["basic_gap_trained"] == (2, 3, 0)
    assert found["basic_coverage"] == (3, 4, 0)


def test_the_cohort_is_fixed_on_the_first_day_whoever_comes_goes_or_moves_after_it(province, commune, tracks, admin):
    other = UnitFactory(parent=province)
    left = PostingFactory(unit=commune, valid_until=date(2025, 1, 1)).staff_member
    trained_and_left = PostingFactory(unit=commune, valid_until=date(2025, 9, 30)).staff_member
    moved = PostingFactory(unit=commune, valid_until=date(2025, 3, 1)).staff_member
    PostingFactory(staff_member=moved, unit=other, valid_from=date(2025, 3, 2))
    came = PostingFactory(unit=commune, valid_from=date(2025, 1, 2)).staff_member
    PostingFactory(unit=commune, valid_until=date(2024, 12, 31))
    for person in (trained_and_left, moved, came):
        QualificationFactory(staff_member=person, track=tracks["basic"], valid_from=date(2025, 5, 1))

    counted, facts = count_one(code="basic_gap_trained", unit=commune, period=YEAR)

    lines = {line.subject_id: line.place for line in counted.result.lines}
    assert lines == {left.pk: Place.B_ONLY, trained_and_left.pk: Place.A, moved.pk: Place.A}
    listed = named_lines(counted, facts, place="", viewer=admin)
    assert {line.unit for line in listed.lines} == {commune}
    assert figures(other)["basic_gap_trained"] == (0, 0, 0)
    assert figures(province)["basic_gap_trained"] == (2, 3, 0)


def test_the_cohort_of_a_unit_that_began_within_the_period_is_that_of_those_it_came_from(province, tracks):
    on = date(2025, 7, 1)
    old = UnitFactory(parent=province, valid_until=on - timedelta(days=1))
    new = UnitFactory(parent=province, valid_from=on)
    SuccessionFactory(predecessor=old, successor=new, effective_on=on)
    PostingFactory(unit=old, valid_until=date(2025, 2, 1))
    PostingFactory(unit=new, valid_from=on)

    assert figures(new)["basic_gap_trained"] == (0, 1, 0)


def test_officers_degrees_and_units_with_one(province, commune, tracks):
    other = UnitFactory(parent=province, name="Xã khác")
    office = UnitFactory(parent=commune, kind="office")
    officer = PostingFactory(unit=office).staff_member
    DutyFactory(staff_member=officer, unit=commune, is_full_time=True, decision_number="5/QĐ-UBND")
    degree(officer, track=tracks["basic"])
    DutyFactory(staff_member=PostingFactory(unit=other).staff_member, unit=other, is_full_time=False)

    found = figures(province)

    assert found["ict_officer_share"] == (1, 2, 0)
    assert found["ict_officer_degree_share"] == (1, 1, 0)
    assert found["unit_has_ict_officer"] == (1, 2, 0)
    counted, _facts = count_one(code="ict_officer_share", unit=province, period=YEAR)
    assert counted.evidence == "5/QĐ-UBND (1)"


def test_security_officers_count_full_time_only(commune):
    for is_full_time in (True, False):
        person = PostingFactory(unit=commune).staff_member
        DutyFactory(staff_member=person, unit=commune, kind="security_officer", is_full_time=is_full_time)

    assert figures(commune)["security_officer_share"] == (1, 2, 0)


@pytest.mark.parametrize("kind", ["bachelor_degree", "master_degree", "doctor_degree"])
def test_any_degree_from_a_bachelors_up_counts(kind, commune, tracks):
    officer = PostingFactory(unit=commune).staff_member
    DutyFactory(staff_member=officer, unit=commune, is_full_time=True)
    degree(officer, track=tracks["basic"], kind=kind)

    assert figures(commune)["ict_officer_degree_share"] == (1, 1, 0)


def test_leaders_are_told_by_duty_or_by_how_their_position_begins(commune, tracks):
    PostingFactory(unit=commune, position="Phó Chủ tịch HĐND xã")
    PostingFactory(unit=commune, position="Phó trưởng phòng")
    PostingFactory(unit=commune, position="Chuyên viên giúp việc Chủ tịch")
    head = PostingFactory(unit=commune, position="Chuyên viên").staff_member
    DutyFactory(staff_member=head, unit=commune, kind="head")
    QualificationFactory(staff_member=head, track=tracks["basic"])

    assert figures(commune)["leader_coverage"] == (1, 3, 0)


def test_the_first_and_the_last_day_of_a_period_belong_to_it_and_what_was_revoked_by_then_does_not(commune, tracks):
    course = CourseFactory(track=tracks["oss_security"], tags=["oss"])
    begun = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    facts = [{"valid_from": day} for day in begun]
    facts += [{"valid_from": date(2025, 6, 1), "revoked_from": day} for day in begun[2:]]
    for fact in facts:
        person = PostingFactory(unit=commune, category="cong_chuc").staff_member
        QualificationFactory(staff_member=person, track=course.track, course=course, **fact)

    assert figures(commune)["oss_trained_share"] == (3, 6, 0)


# --- Events ---------------------------------------------------------------------------------------------------------


def held_class(unit, *, last_day, people=1, absent=0, attended_elsewhere=None, **fields):
    """A class of an old list in which so many people were there."""
    from courses.models import ClassSession, Nomination, PastClassList
    from tests.factories.staff import UserFactory

    source = PastClassList.objects.create(unit=unit, file_name="x", sha256="0", uploaded_by=UserFactory())
    said = {"state": "held", "ended_at": datetime(2025, 12, 31, tzinfo=UTC), "name": f"Lớp {source.pk}", "hours": 8}
    said |= {"first_day": last_day, "last_day": last_day, "past_list": source, "course": CourseFactory()}
    found = ClassSession.objects.create(unit=unit, **said | fields)
    guests = [attended_elsewhere.staff_member] if attended_elsewhere else []
    for person in guests:
        Nomination.objects.create(class_session=found, staff_member=person, state="confirmed", reported_hours=8)
    for hours in [8] * people + [0] * absent:
        person = PostingFactory(unit=unit).staff_member
        Nomination.objects.create(class_session=found, staff_member=person, state="confirmed", reported_hours=hours)
    return found


def test_classes_held_counts_classes_that_ended_in_the_period_and_that_somebody_attended(province, commune):
    for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)):
        held_class(commune, last_day=day, people=2)
    held_class(commune, last_day=date(2025, 5, 5), people=0, absent=3)
    held_class(commune, last_day=date(2025, 5, 5), state="cancelled", end_note="x")
    held_class(UnitFactory(parent=province), last_day=date(2025, 5, 5), people=1)

    found = figures(commune)
    above = figures(province)

    assert (found["classes_held"], found["class_turns"]) == ((2, 0, 0), (4, 0, 0))
    assert (above["classes_held"], above["class_turns"]) == ((3, 0, 0), (5, 0, 0))


def test_a_person_in_two_classes_is_two_turns(commune):
    from courses.models import Nomination

    first, second = (held_class(commune, last_day=date(2025, month, 1)) for month in (3, 4))
    Nomination.objects.filter(class_session=second).update(
        staff_member=Nomination.objects.get(class_session=first).staff_member
    )

    assert figures(commune)["class_turns"] == (2, 0, 0)


def test_classes_and_exam_sessions_are_never_in_one_figure(commune):
    from quizzes.models import ExamSession, Seat
    from quizzes.services import publish_quiz, start_attempt
    from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill

    held_class(commune, last_day=date(2025, 5, 5), people=3)
    category, quiz = CategoryFactory(), QuizFactory()
    fill(category, 3)
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=2)
    person = PostingFactory(unit=commune).staff_member
    attempt = start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=person)
    begins = datetime(2025, 6, 1, 1, 0, tzinfo=UTC)
    said = {"title": "Kỳ thi", "room": "1", "access_code": "x", "legal_basis": "x", "opens_at": begins}
    said |= {"closes_at": begins + timedelta(hours=1), "complaints_until": date(2025, 6, 8)}
    session = ExamSession.objects.create(quiz=quiz, unit=commune, **said)
    Seat.objects.create(session=session, staff_member=person, number=1, attempt=attempt, admitted_at=begins)

    found = figures(commune)
    counted, facts = count_one(code="classes_held", unit=commune, period=YEAR)
    named = named_lines(counted, facts, place="", viewer=None)

    assert {code: found[code][0] for code in ("classes_held", "class_turns", "exam_sessions_held")} == {
        "classes_held": 1,
        "class_turns": 3,
        "exam_sessions_held": 1,
    }
    assert [line.words for line in named.lines] == ["3 người đã dự"]


def test_an_indicator_of_events_says_which_and_no_other_does():
    from unit_coverage.indicators.services import IndicatorRefused, refuse_senseless

    with pytest.raises(IndicatorRefused):
        refuse_senseless("events", {"event_kinds": []})
    with pytest.raises(IndicatorRefused):
        refuse_senseless("people", {"event_kinds": ["class"], "categories": ["can_bo"], "asks": "", "a_duties": []})


# --- A second computation, by another way, over random worlds ---------------------------------------------


def naive(rule, unit: Unit, period: Period) -> tuple[set[int], set[int], set[int]]:
    """(a, b, unclassified) of an indicator of people, a query a person and nothing shared with the product's way."""
    a, b, unclassified = set(), set(), set()
    asked_on = period.first if rule.only_without_at_start else period.last
    postings = [p for p in Posting.objects.filter(is_primary=True) if p.holds_on(asked_on)]
    for posting in postings:
        chain, above = [], posting.unit
        while above:
            chain.append(above)
            above = above.parent
        if unit not in chain or {u.kind for u in chain} & set(rule.left_out_kinds):
            continue
        if rule.unit_kinds and posting.unit.kind not in rule.unit_kinds:
            continue
        person = posting.staff_member
        names = naive_duties(person, period.last)
        if rule.duties and not naive_duties(person, asked_on) & set(rule.duties):
            continue
        if rule.only_without_at_start and naive_track(rule, person, period.first - timedelta(days=1)):
            continue
        counts = not rule.a_duties or bool(names & set(rule.a_duties))
        if rule.asks == Asks.TRACK:
            counts = counts and naive_track(rule, person, period.last)
            if rule.window == Window.PERIOD:
                counts = counts and not naive_track(rule, person, period.first - timedelta(days=1))
        elif rule.asks == Asks.COURSE:
            counts = counts and naive_course(rule, person, period)
        if posting.category in rule.categories:
            b.add(person.pk)
            if counts:
                a.add(person.pk)
        elif posting.category == "unclassified":
            unclassified.add(person.pk)
    return a, b, unclassified


def naive_duties(person, day) -> set[str]:
    duties = [d for d in Duty.objects.filter(staff_member=person) if d.holds_on(day)]
    short = {"ict_officer": "ict", "security_officer": "security"}
    return {d.kind if d.kind == "head" else f"{short[d.kind]}_{'full' if d.is_full_time else 'part'}" for d in duties}


def is_good(q, counts) -> bool:
    if counts == Counts.SUPERVISED:
        return q.origin == "recognised" or (q.origin == "passed" and q.is_supervised is True)
    return counts == Counts.COMPLETED or q.origin != "completed"


def naive_track(rule, person, day) -> bool:
    good = [
        q
        for q in Qualification.objects.held_on(day).filter(staff_member=person, track__code=rule.track)
        if is_good(q, rule.counts)
    ]
    wanted = {"A-1", "A-2"} if rule.track == "basic" else None
    return any(q.course is None for q in good) or (wanted is not None and wanted <= {q.code for q in good})


def naive_course(rule, person, period) -> bool:
    for q in Qualification.objects.filter(staff_member=person, valid_from__lte=period.last):
        tags = q.course.tags if q.course else []
        if (rule.track and q.track.code != rule.track) or (rule.tag and rule.tag not in tags):
            continue
        gone = q.revoked_from is not None and q.revoked_from <= period.last
        over = q.valid_until is not None and q.valid_until < period.last
        if gone or not is_good(q, rule.counts) or (rule.window == Window.CUT_OFF and over):
            continue
        if rule.window != Window.PERIOD or q.valid_from >= period.first:
            return True
    return False


def random_world(chance: random.Random, tracks):
    province = UnitFactory(kind="province")
    units = [province]
    for kind in ("department", "party_body", "commune", "commune"):
        units.append(UnitFactory(parent=province, kind=kind))
        units.append(UnitFactory(parent=units[-1], kind="office"))
    courses = [CourseFactory(code=f"A-{n}", track=tracks["basic"]) for n in (1, 2, 3)]
    TrackRuleFactory(track=tracks["basic"], courses=courses[:2])
    courses += [CourseFactory(track=tracks["oss_security"], tags=[tag]) for tag in ("oss", "security")]
    courses += [CourseFactory(track=tracks["specialist"], tags=[])]

    def day():
        """Half of them where a period begins or ends, because faults live there."""
        return chance.choice([*EDGES, date(2024, 7, 1) + timedelta(days=chance.randrange(600))])

    for _n in range(25):
        person = StaffMemberFactory()
        moved = day()
        values = {"category": chance.choice(["can_bo", "cong_chuc", "vien_chuc", "hop_dong", "unclassified"])}
        PostingFactory(staff_member=person, unit=chance.choice(units), valid_until=moved, **values)
        if chance.random() < 0.9:
            PostingFactory(staff_member=person, unit=chance.choice(units), valid_from=moved + timedelta(1), **values)
        if chance.random() < 0.4:
            DutyFactory(
                staff_member=person,
                unit=province,
                kind=chance.choice(["ict_officer", "security_officer", "head"]),
                is_full_time=chance.random() < 0.5,
                valid_from=day(),
            )
        for _q in range(chance.randrange(5)):
            course = chance.choice([*courses, None])
            begins = day()
            QualificationFactory(
                staff_member=person,
                course=course,
                track=course.track if course else tracks["basic"],
                cycle=Qualification.objects.count() + 1,
                origin=chance.choice(Origin.values),
                is_supervised=chance.choice([True, False, None]),
                valid_from=begins,
                valid_until=chance.choice([None, max(begins, day())]),
                revoked_from=chance.choice([None, None, max(begins, day())]),
            )
    return province, units


def random_rule(chance: random.Random) -> IndicatorRule:
    asks = chance.choice(Asks.values)
    track = chance.choice(["basic", "specialist"]) if asks == Asks.TRACK else chance.choice(["", "basic", "specialist"])
    window = chance.choice([Window.CUT_OFF, Window.PERIOD] if asks == Asks.TRACK else Window.values)
    return IndicatorRule(
        indicator=Indicator(code="x", subject="people"),
        categories=chance.sample(["can_bo", "cong_chuc", "vien_chuc", "unclassified"], k=2),
        left_out_kinds=chance.choice([[], ["party_body"]]),
        unit_kinds=chance.choice([[], ["office", "commune"]]),
        duties=chance.choice([[], ["ict_full", "ict_part"], ["head"]]),
        a_duties=chance.choice([[], ["ict_full"], ["security_full"], ["security_part", "ict_part"]]),
        asks=asks,
        track=track if asks else "",
        tag=chance.choice(["oss", "security"]) if asks == Asks.COURSE and not track else "",
        window=window,
        counts=chance.choice(Counts.values),
        only_without_at_start=asks == Asks.TRACK and chance.random() < 0.5,
    )


@pytest.mark.parametrize("seed", range(6))
def test_any_rule_over_any_history_gives_what_a_naive_count_gives(seed, tracks):
    from unit_coverage.indicators.evaluation import evaluate
    from unit_coverage.indicators.facts import load_facts

    chance = random.Random(seed)
    province, units = random_world(chance, tracks)
    for unit in [province, *chance.sample(units[1:], k=3)]:
        facts = load_facts(unit=unit, period=YEAR)
        for _n in range(12):
            rule = random_rule(chance)
            result = evaluate(rule, facts, YEAR)

            found = tuple(
                {line.subject_id for line in result.lines if line.place in places}
                for places in ((Place.A,), (Place.A, Place.B_ONLY), (Place.UNCLASSIFIED,))
            )
            assert found == naive(rule, unit, YEAR), vars(rule)
            assert len(result.lines) == len({line.subject_id for line in result.lines})


# --- By the units of a later day ---------------------------------------------------------------------------

REFORM = date(2026, 3, 1)


@pytest.fixture
def reformed(province, tracks):
    """Two communes became a ward; a third was shared out between two; a district ended, a Party office went on as none.

    Each has people with a duty, and held one class; nothing of it is told apart by anything but its unit.
    """
    last = REFORM - timedelta(days=1)
    old = [UnitFactory(code=f"cu-{n}", parent=province, valid_until=last) for n in range(4)]
    new = [UnitFactory(code=f"moi-{n}", parent=province, valid_from=REFORM) for n in range(3)]
    for was, becomes in ((0, 0), (1, 0), (2, 1), (2, 2)):
        SuccessionFactory(predecessor=old[was], successor=new[becomes], effective_on=REFORM)
    goes = {0: [0, 0], 1: [0], 2: [1, 2, 2], 3: [1, None]}
    for was, targets in goes.items():
        for becomes in targets:
            person = PostingFactory(unit=old[was], valid_until=last, category="cong_chuc").staff_member
            DutyFactory(staff_member=person, unit=old[was], is_full_time=True, valid_until=last)
            degree(person, track=tracks["basic"])
            if becomes is not None:
                PostingFactory(unit=new[becomes], staff_member=person, valid_from=REFORM)
        held_class(old[was], last_day=date(2025, 5, 5), people=0, attended_elsewhere=PostingFactory(unit=province))
    return province, old, new


def by_later(unit) -> dict[str, tuple[int, int, int]]:
    counted = count_all(unit=unit, period=YEAR, by=REFORM)
    return {c.indicator.code: (c.result.a, c.result.b, c.result.unclassified) for c in counted}


def test_people_classes_and_units_of_a_past_period_stand_by_the_units_of_a_later_day(reformed):
    province, _old, new = reformed

    found = [by_later(unit) for unit in new]

    # of the commune that was shared out each person stands where she went on, its class with the unit above
    assert [one["ict_officer_share"] for one in found] == [(3, 3, 0), (2, 2, 0), (2, 2, 0)]
    assert [one["classes_held"] for one in found] == [(2, 0, 0), (0, 0, 0), (0, 0, 0)]
    assert [one["unit_has_ict_officer"] for one in found] == [(1, 1, 0)] * 3
    assert by_later(province)["unit_has_ict_officer"] == (3, 3, 0)


def test_nobody_is_lost_or_counted_twice_by_later_units(reformed):
    province, old, _new = reformed
    as_it_was, later = figures(province), by_later(province)

    assert as_it_was.pop("unit_has_ict_officer") == (len(old), len(old), 0)
    del later["unit_has_ict_officer"]
    assert later == as_it_was


def test_the_list_of_a_figure_by_later_units_has_as_many_lines(reformed, admin):
    counted, facts = count_one(code="ict_officer_share", unit=reformed[2][0], period=YEAR, by=REFORM)

    listed = named_lines(counted, facts, place=Place.A, viewer=admin)

    assert [counted.result.a, len(listed.lines), {line.unit.code for line in listed.lines}] == [3, 3, {"moi-0"}]


def test_a_body_of_the_party_stays_left_out_whatever_followed_it(province):
    last = REFORM - timedelta(days=1)
    party = UnitFactory(parent=province, kind="party_body", valid_until=last)
    board = UnitFactory(parent=province, kind="department", valid_from=REFORM)
    SuccessionFactory(predecessor=party, successor=board, effective_on=REFORM)
    PostingFactory(unit=party, category="cong_chuc")

    assert [figures(province)["oss_trained_share"], by_later(board)["oss_trained_share"]] == [(0, 0, 0), (0, 0, 0)]
    assert by_later(board)["basic_coverage"] == (0, 1, 0)


@pytest.mark.parametrize("seed", range(4))
def test_by_later_units_any_rule_counts_whom_a_naive_walk_finds(seed, tracks):
    """Random histories with random reforms on top; each person walked through successions and posts one by one."""
    from unit_coverage.indicators.evaluation import evaluate
    from unit_coverage.indicators.facts import load_facts

    chance = random.Random(1000 + seed)
    province, units = random_world(chance, tracks)
    closing = [unit for unit in units[1:] if not unit.children.exists() and chance.random() < 0.7]
    fresh = [UnitFactory(parent=chance.choice(units[:1])) for _n in range(2)]
    Unit.objects.filter(pk__in=[unit.pk for unit in fresh]).update(valid_from=REFORM)
    followers = {}
    for unit in closing:
        Unit.objects.filter(pk=unit.pk).update(valid_until=REFORM - timedelta(days=1))
        followers[unit.pk] = chance.sample(fresh, k=chance.randrange(3))
        for successor in followers[unit.pk]:
            SuccessionFactory(predecessor=unit, successor=successor, effective_on=REFORM)
        for posting in Posting.objects.on(REFORM).filter(unit=unit):
            Posting.objects.filter(pk=posting.pk).update(valid_until=REFORM - timedelta(days=1))
            if chance.random() < 0.8:
                PostingFactory(staff_member=posting.staff_member, unit=chance.choice(fresh), valid_from=REFORM)

    def place(posting, day):
        follow = followers.get(posting.unit_id)
        if follow is None:
            return posting.unit_id
        if len(follow) == 1:
            return follow[0].pk
        later = Posting.objects.filter(staff_member=posting.staff_member, valid_from__gt=day)
        for following in later.order_by("valid_from", "pk"):
            into = followers.get(following.unit_id)
            if into is None or len(into) == 1:
                return into[0].pk if into else following.unit_id
        return posting.unit.parent_id

    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    stands_on = {
        day: {p.staff_member_id: place(p, day) for p in Posting.objects.on(day).filter(is_primary=True)}
        for day in (YEAR.first, YEAR.last)
    }
    for unit in [province, *fresh]:
        facts = load_facts(unit=unit, period=YEAR, by=REFORM)
        for _n in range(8):
            rule = random_rule(chance)
            stands = stands_on[YEAR.first if rule.only_without_at_start else YEAR.last]
            inside = {pk for pk, at in stands.items() if unit.pk in _chain(at, parents)}
            result = evaluate(rule, facts, YEAR)
            found = tuple(
                {line.subject_id for line in result.lines if line.place in places}
                for places in ((Place.A,), (Place.A, Place.B_ONLY), (Place.UNCLASSIFIED,))
            )
            assert found == tuple(part & inside for part in naive(rule, province, YEAR)), vars(rule)
            assert {line.subject_id: line.unit_id for line in result.lines}.items() <= stands.items()


def _chain(unit_id, parents):
    while unit_id:
        yield unit_id
        unit_id = parents[unit_id]


@pytest.mark.parametrize("count", [1, 3])
def test_counting_by_later_units_asks_seven_queries_more(count, reformed, django_assert_num_queries):
    for _n in range(count):
        PostingFactory(unit=reformed[1][2], valid_until=REFORM - timedelta(days=1))

    # as without, and: units, successions, posts of the last and of the first day of whom no unit tells, their later
    # posts, paths of closed units
    with django_assert_num_queries(27):
        count_all(unit=reformed[2][0], period=YEAR, by=REFORM)


@pytest.mark.parametrize("count", [1, 3])
def test_counting_every_indicator_asks_a_fixed_number_of_queries(count, commune, tracks, django_assert_num_queries):
    for _n in range(count):
        person = PostingFactory(unit=commune, position=f"Chức vụ {_n}").staff_member
        DutyFactory(staff_member=person, unit=commune)
        degree(person, track=tracks["basic"])

    # kinds, paths, merged rows, posts, qualifications, duties, papers; of the cohort units, successions, posts and
    # duties of the first day; tracks twice, rules of tracks,
    # requirements, audiences; sessions; classes; versions; targets
    with django_assert_num_queries(20):
        count_all(unit=commune, period=YEAR)
