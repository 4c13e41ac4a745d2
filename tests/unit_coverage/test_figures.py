"""What a unit's figures promise: the identities, history that stays, and one event that moves one number."""

from datetime import date

import pytest

from courses.enums import Origin
from staff.models import Change, Posting
from staff.services import end_posting, record_change, transfer
from tests.factories.staff import (
    AudienceFactory,
    AudienceRuleFactory,
    DutyFactory,
    PostingFactory,
    StaffMemberFactory,
    UnitFactory,
)
from tests.factories.unit_coverage import CourseFactory, ExemptionFactory, QualificationFactory, RequirementFactory
from unit_coverage.models import FeedCursor, Standing
from unit_coverage.queries import DutySplit, Figure, coverage, coverage_tree
from unit_coverage.services import drain_changes, rebuild_all, rebuild_person

DAY = date(2024, 9, 30)


def basic(unit, on=DAY):
    return coverage(unit=unit, on=on).whole.figures["basic"]


def stored():
    return list(Standing.objects.order_by("pk").values())


@pytest.fixture
def people(requirement, commune, office, other_commune, province):
    """One of each kind, spread over three units."""
    course, track = requirement.course, requirement.track
    QualificationFactory(staff_member=PostingFactory(unit=office).staff_member, track=track, course=course)
    for unit, origin in [(office, Origin.DECLARED), (commune, Origin.RECOGNISED), (other_commune, Origin.DECLARED)]:
        QualificationFactory(staff_member=PostingFactory(unit=unit).staff_member, track=track, origin=origin)
    PostingFactory(unit=commune)
    PostingFactory(unit=province, category="unclassified", status="leave")
    PostingFactory(unit=office, category="hop_dong")
    ExemptionFactory(staff_member=PostingFactory(unit=office).staff_member, track=track)
    ExemptionFactory(staff_member=PostingFactory(unit=commune).staff_member, track=track, kind="deferred")
    rebuild_all()


def test_each_origin_is_counted_apart(people, province):
    assert basic(province) == Figure(bound=6, passed=1, recognised=1, declared=2, exempt=1, deferred=1)


def test_figures_obey_the_identities_of_the_house(people, province, commune, office):
    for unit in (province, commune, office):
        table = coverage(unit=unit, on=DAY)
        for key, figure in table.whole.figures.items():
            rows = [table.own, *table.children]
            assert figure.trained + figure.not_trained == figure.bound
            outside = figure.exempt + figure.deferred + figure.not_bound
            assert figure.bound + outside == table.whole.headcount
            assert figure.bound == sum(row.figures[key].bound for row in rows)
            assert figure.trained == sum(row.figures[key].trained for row in rows)
        assert table.whole.headcount == sum(row.headcount for row in [table.own, *table.children])


def test_tree_for_the_report_agrees_with_the_page(people, province):
    tree = {row.unit.code: row for row in coverage_tree(None, DAY)}

    for code, row in tree.items():
        page = coverage(unit=row.unit, on=DAY).whole
        assert (code, row.headcount, row.has_figures, row.figures["basic"]) == (
            code,
            page.headcount,
            page.has_figures,
            page.figures["basic"],
        )


def test_other_categories_stand_on_their_own_lines(people, province):
    others = coverage(unit=province, on=DAY).other_categories

    assert [(o.category, o.headcount, o.figures["basic"].bound) for o in others] == [("hop_dong", 1, 1)]


def test_before_the_first_staff_list_there_are_no_figures(people, province):
    empty = UnitFactory(parent=province)

    rows = {row.unit.pk: row for row in coverage(unit=province, on=DAY).children}

    assert (rows[empty.pk].headcount, rows[empty.pk].has_figures) == (0, False)
    assert coverage(unit=province, on=date(2019, 1, 1)).whole.has_figures is False


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_does_not_grow_with_children(count, requirement, province, django_assert_num_queries):
    for unit in UnitFactory.create_batch(count, parent=province):
        PostingFactory(unit=unit)
    rebuild_all()

    with django_assert_num_queries(4):  # units with their lists, tracks, is the day kept?, groups of people
        table = coverage(unit=province, on=DAY)

    assert [row.figures["basic"].bound for row in table.children] == [1] * count


def test_second_rebuild_from_the_facts_changes_nothing(people):
    before = stored()

    assert rebuild_all() == 0
    assert stored() == before


def test_rebuild_from_nothing_gives_the_same_rows(people):
    def values():
        return sorted(Standing.objects.values_list(*[f.attname for f in Standing._meta.fields[1:]]), key=str)

    before = values()
    Standing.objects.all().delete()

    rebuild_all()

    assert values() == before


def test_one_qualification_moves_the_figure_by_one(people, province, commune, requirement):
    drain_changes()
    before = basic(province)
    person = PostingFactory(unit=commune).staff_member
    rebuild_person(staff_member_id=person.pk)
    QualificationFactory(staff_member=person, track=requirement.track, course=requirement.course)
    assert basic(province).trained == before.trained

    record_change(staff_member=person, since=date(2024, 6, 1), cause="qualification.granted")
    drain_changes()

    after = basic(province)
    assert (after.bound, after.trained, after.passed) == (before.bound + 1, before.trained + 1, before.passed + 1)


def test_changes_are_read_once_and_a_change_without_person_concerns_everybody(people, province):
    Standing.objects.all().delete()
    record_change(since=DAY, cause="requirements")

    assert drain_changes() == 1
    assert drain_changes() == 0
    assert basic(province).bound == 6
    assert FeedCursor.objects.get().change_id == Change.objects.latest("pk").pk


def test_transfer_moves_nobody_before_its_day(people, commune, other_commune, province):
    posting = Posting.objects.filter(unit=commune).first()
    before = {unit: basic(unit) for unit in (commune, other_commune)}

    transfer(
        staff_member=posting.staff_member,
        to_unit=other_commune,
        on=date(2025, 7, 1),
        reason="merger",
        back_dated_because="test",
    )
    drain_changes()

    assert {unit: basic(unit) for unit in before} == before
    assert basic(other_commune, date(2025, 6, 30)) == before[other_commune]
    later = date(2025, 7, 1)
    assert sum(coverage(unit=u, on=later).whole.headcount for u in (commune, other_commune)) == 7
    assert coverage(unit=other_commune, on=later).whole.headcount == 2


def test_leaving_changes_no_earlier_figure(people, commune):
    posting = Posting.objects.filter(unit=commune).first()
    before = coverage(unit=commune, on=DAY)

    end_posting(posting=posting, last_day=date(2025, 1, 31), reason="retired", back_dated_because="test")
    drain_changes()

    assert coverage(unit=commune, on=DAY) == before
    assert coverage(unit=commune, on=date(2025, 1, 31)).whole.headcount == before.whole.headcount
    assert coverage(unit=commune, on=date(2025, 2, 1)).whole.headcount == before.whole.headcount - 1


def test_new_version_of_a_rule_changes_no_earlier_figure(people, requirement, province, everybody):
    other = CourseFactory(track=requirement.track)
    before = basic(province)

    RequirementFactory(
        code=requirement.code,
        version=2,
        audience=everybody,
        track=requirement.track,
        course=other,
        valid_from=date(2025, 1, 1),
    )
    record_change(since=date(2025, 1, 1), cause="requirements")
    drain_changes()

    assert basic(province) == before
    assert basic(province, date(2025, 1, 1)).passed == 0


def test_person_entered_twice_counts_once_with_what_either_row_holds(requirement, commune):
    stays, twin = StaffMemberFactory(), StaffMemberFactory()
    for person in (stays, twin):
        PostingFactory(staff_member=person, unit=commune)
    QualificationFactory(staff_member=twin, track=requirement.track, course=requirement.course)
    twin.merged_into = stays
    twin.save()

    rebuild_all()

    assert basic(commune) == Figure(bound=1, passed=1)


def test_specialists_are_told_apart_by_full_time_and_part_time_duty(tracks, commune):
    rule = AudienceRuleFactory(audience=AudienceFactory(), duties=["ict_officer", "security_officer"])
    course = CourseFactory(track=tracks["specialist"])
    RequirementFactory(audience=rule.audience, track=tracks["specialist"], course=course)
    full, part, _none = (PostingFactory(unit=commune).staff_member for _ in range(3))
    DutyFactory(staff_member=full, unit=commune, is_full_time=True)
    DutyFactory(staff_member=part, unit=commune, kind="security_officer")
    QualificationFactory(staff_member=part, track=tracks["specialist"], course=course)
    rebuild_all()

    table = coverage(unit=commune, on=DAY)

    assert table.whole.figures["specialist"] == Figure(bound=2, passed=1, not_bound=1)
    assert (table.full_time, table.part_time) == (DutySplit(1, 0), DutySplit(1, 1))


def test_open_source_and_security_are_two_pairs(tracks, commune, everybody):
    track = tracks["oss_security"]
    oss = CourseFactory(track=track, tags=["oss"])
    security = CourseFactory(track=track, tags=["security"])
    for course in (oss, security):
        RequirementFactory(audience=everybody, track=track, course=course)
    QualificationFactory(staff_member=PostingFactory(unit=commune).staff_member, track=track, course=security)
    rebuild_all()

    figures = coverage(unit=commune, on=DAY).whole.figures

    assert (figures["oss"], figures["security"]) == (Figure(bound=1), Figure(bound=1, passed=1))
    assert coverage_tree(commune, DAY)[0].figures["oss_security"] == Figure(bound=1)


def test_trained_people_who_are_not_bound_stand_apart(tracks, commune):
    track = tracks["basic"]
    QualificationFactory(staff_member=PostingFactory(unit=commune).staff_member, track=track)
    rebuild_all()

    assert basic(commune) == Figure(not_bound=1, trained_outside=1)


def test_each_child_tells_its_specialists_apart_and_they_add_up(tracks, province, commune, other_commune):
    rule = AudienceRuleFactory(audience=AudienceFactory(), duties=["ict_officer"])
    course = CourseFactory(track=tracks["specialist"])
    RequirementFactory(audience=rule.audience, track=tracks["specialist"], course=course)
    for unit, is_full_time in ((commune, True), (commune, False), (other_commune, False), (province, True)):
        person = PostingFactory(unit=unit).staff_member
        DutyFactory(staff_member=person, unit=unit, is_full_time=is_full_time)
    QualificationFactory(staff_member=person, track=tracks["specialist"], course=course)
    rebuild_all()

    table = coverage(unit=province, on=DAY)

    splits = {row.unit: (row.full_time, row.part_time) for row in table.children}
    assert splits == {
        commune: (DutySplit(1, 0), DutySplit(1, 0)),
        other_commune: (DutySplit(0, 0), DutySplit(1, 0)),
    }
    assert (table.own.full_time, table.own.part_time) == (DutySplit(1, 1), DutySplit(0, 0))
    assert (table.full_time, table.part_time) == (DutySplit(2, 1), DutySplit(2, 0))
