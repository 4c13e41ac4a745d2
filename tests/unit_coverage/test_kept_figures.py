"""Kept figures say what the standings say, on every kept day, whatever happened."""

from datetime import date

import pytest
import time_machine

from staff.models import Posting
from staff.services import record_change, transfer
from tests.factories.staff import DutyFactory, PostingFactory, UnitFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage import counting, keeping
from unit_coverage.models import CountedDay, FeedCursor, Standing, UnitFigure
from unit_coverage.queries import coverage, coverage_tree, series
from unit_coverage.services import FORMULA, count_days, drain_changes, rebuild_all

TODAY = date(2026, 11, 26)
NOON = "2026-11-26 05:00Z"


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(requirement, commune, office, other_commune, province):
    """Somebody trained until the new year, a leader who is not, and a contract worker."""
    course, track = requirement.course, requirement.track
    trained = PostingFactory(unit=office).staff_member
    QualificationFactory(
        staff_member=trained, track=track, course=course, valid_from=date(2026, 2, 1), valid_until=date(2026, 12, 31)
    )
    leader = PostingFactory(unit=commune).staff_member
    DutyFactory(staff_member=leader, unit=commune, kind="head")
    PostingFactory(unit=other_commune, category="hop_dong")
    rebuild_all()
    return {"trained": trained, "leader": leader}


def without_kept(ask):
    """The same question, answered from the standings."""
    CountedDay.objects.all().delete()
    return ask()


def disagreements():
    return {day: counting.units_that_differ(day) for day in CountedDay.objects.values_list("day", flat=True)}


def nothing_differs():
    return disagreements() == {day: [] for day in keeping.kept_days(keeping.clock.today())}


def test_kept_days_are_today_and_the_ends_of_the_months_before():
    assert keeping.kept_days(date(2026, 3, 31))[:3] == [date(2026, 3, 31), date(2026, 2, 28), date(2026, 1, 31)]
    assert keeping.kept_days(TODAY)[:3] == [TODAY, date(2026, 10, 31), date(2026, 9, 30)]
    assert len(keeping.kept_days(TODAY)) == keeping.MONTHS + 1


@pytest.mark.parametrize("day", [TODAY, date(2026, 10, 31)])
def test_page_of_a_kept_day_says_what_the_standings_say(people, province, commune, day):
    kept = [coverage(unit=unit, on=day) for unit in (province, commune)]
    tree = coverage_tree(None, day)

    assert without_kept(lambda: [coverage(unit=unit, on=day) for unit in (province, commune)]) == kept
    assert coverage_tree(None, day) == tree
    assert (kept[0].whole.headcount, kept[0].whole.figures["basic"].trained) == (2, 1)


def test_what_asks_for_attention_is_counted(people, province):
    watch = coverage(unit=province, on=TODAY).whole.watches["basic"]

    assert (watch.overdue, watch.lapsing, watch.updated) == (0, 1, 1)
    assert (watch.leaders_bound, watch.leaders_trained) == (1, 0)


def test_past_the_due_day_who_is_not_trained_is_overdue(people, province):
    with time_machine.travel("2027-01-15 05:00Z", tick=False):
        assert count_days() == 3  # today, and the ends of November and December

        watch = coverage(unit=province, on=date(2027, 1, 15)).whole.watches["basic"]

    assert (watch.overdue, watch.lapsing, watch.updated) == (2, 0, 0)


def test_own_people_of_a_unit_are_what_its_children_leave_over(people, province, commune, office):
    closed = UnitFactory(parent=commune, valid_until=date(2025, 6, 30))
    PostingFactory(unit=closed)
    rebuild_all()

    table = coverage(unit=commune, on=TODAY)

    assert (table.whole.headcount, table.own.headcount, [c.headcount for c in table.children]) == (3, 2, [1])
    assert table.own == without_kept(lambda: coverage(unit=commune, on=TODAY)).own


def test_event_is_seen_at_once_in_the_unit_and_in_all_above(people, commune, province, requirement):
    QualificationFactory(
        staff_member=people["leader"], track=requirement.track, course=requirement.course, valid_from=TODAY
    )
    record_change(staff_member=people["leader"], since=TODAY, cause="qualification.granted")

    drain_changes()

    assert [coverage(unit=u, on=TODAY).whole.figures["basic"].trained for u in (commune, province)] == [2, 2]
    assert coverage(unit=province, on=TODAY).whole.watches["basic"].leaders_trained == 1
    assert nothing_differs()


def test_back_dated_transfer_moves_the_ends_of_the_months_since(people, office, other_commune):
    posting = Posting.objects.get(unit=office)
    transfer(
        staff_member=posting.staff_member,
        to_unit=other_commune,
        on=date(2026, 9, 1),
        reason="điều động",
        back_dated_because="quyết định đến muộn",
    )

    drain_changes()

    days = [date(2026, 8, 31), date(2026, 9, 30), TODAY]
    assert [coverage(unit=other_commune, on=day).whole.headcount for day in days] == [0, 1, 1]
    assert nothing_differs()


def test_duty_alone_moves_the_figures_though_no_standing_changes(people, commune, requirement):
    before = list(Standing.objects.order_by("pk").values())
    DutyFactory(staff_member=people["trained"], unit=commune, kind="ict_officer", valid_from=date(2026, 10, 1))
    record_change(staff_member=people["trained"], since=date(2026, 10, 1), cause="duty.begin")

    drain_changes()

    assert list(Standing.objects.order_by("pk").values()) == before
    assert nothing_differs()


def test_rule_for_everybody_counts_every_kept_day_anew(people, requirement):
    requirement.valid_until = date(2026, 9, 15)
    requirement.save()
    record_change(since=date(2026, 9, 16), cause="requirements")

    drain_changes()

    assert nothing_differs()
    assert not UnitFigure.objects.filter(day=TODAY, not_trained__gt=0).exists()


def test_many_units_at_once_are_counted_wholly_with_the_same_result(people, monkeypatch):
    monkeypatch.setattr(keeping, "MANY_UNITS", 0)
    record_change(staff_member=people["leader"], since=date(2020, 1, 1), cause="posting.begin")
    UnitFigure.objects.all().delete()

    drain_changes()

    assert nothing_differs()


def test_new_day_is_counted_and_the_old_one_forgotten(people):
    with time_machine.travel("2026-11-26 17:30Z", tick=False):  # half past midnight in Vietnam
        assert (count_days(), count_days()) == (1, 0)

        assert set(CountedDay.objects.values_list("day", flat=True)) == set(keeping.kept_days(date(2026, 11, 27)))
        assert not UnitFigure.objects.filter(day=TODAY).exists()


def test_new_version_of_the_formula_counts_everybody_again(people):
    FeedCursor.objects.update(formula=1)
    Standing.objects.all().delete()

    count_days()

    assert rebuild_all() == 0
    assert FeedCursor.objects.get().formula == FORMULA


def test_series_of_a_year_is_read_in_three_queries_and_counted_where_a_month_is_not_kept(
    people, province, django_assert_num_queries
):
    with django_assert_num_queries(3):  # tracks, kept days, figures
        kept = series(unit=province, until=TODAY)

    assert [(m.day, m.figures["basic"].trained) for m in kept][-2:] == [(date(2026, 10, 31), 1), (TODAY, 1)]
    assert [m.figures["basic"].trained for m in kept] == [0] * 3 + [1] * 10
    assert without_kept(lambda: series(unit=province, until=TODAY)) == kept


@pytest.mark.parametrize("count", [1, 3])
def test_kept_page_costs_the_same_whatever_the_number_of_children(
    count, requirement, province, django_assert_num_queries
):
    for unit in UnitFactory.create_batch(count, parent=province):
        PostingFactory(unit=unit)
    rebuild_all()

    with django_assert_num_queries(4):  # units with their lists, tracks, is the day kept?, its figures
        table = coverage(unit=province, on=TODAY)

    assert [row.figures["basic"].bound for row in table.children] == [1] * count


@pytest.mark.parametrize("count", [1, 3])
def test_draining_asks_the_same_whatever_the_number_of_people(count, people, commune, django_assert_num_queries):
    for _ in range(count):
        record_change(staff_member=PostingFactory(unit=commune).staff_member, since=TODAY, cause="posting.begin")

    with django_assert_num_queries(204):  # 22, and 7 for each of the 26 kept days, because she was here on all of them
        drain_changes()

    assert coverage(unit=commune, on=TODAY).whole.headcount == 2 + count
