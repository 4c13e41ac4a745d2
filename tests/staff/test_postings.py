"""Postings and duties begin, end and follow one another; history stays."""

from datetime import date

import pytest
import time_machine
from wagtail.models import ModelLogEntry

from staff import services
from staff.enums import DutyKind, SuccessionKind
from staff.models import Change, Duty, Posting
from tests.factories.staff import DutyFactory, PostingFactory, StaffMemberFactory, SuccessionFactory, UnitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_early_2025")]


@pytest.fixture
def _early_2025():
    with time_machine.travel("2025-01-15 05:00Z", tick=False):
        yield


def _spells(staff_member):
    return list(
        Posting.objects.filter(staff_member=staff_member)
        .order_by("valid_from")
        .values_list("unit__code", "valid_from", "valid_until")
    )


def test_transfer_ends_the_old_posting_the_day_before_and_begins_the_new():
    old = PostingFactory(unit=UnitFactory(code="old"), valid_from=date(2024, 1, 1))
    to_unit = UnitFactory(code="new")

    services.transfer(staff_member=old.staff_member, to_unit=to_unit, on=date(2025, 7, 1))

    assert _spells(old.staff_member) == [
        ("old", date(2024, 1, 1), date(2025, 6, 30)),
        ("new", date(2025, 7, 1), None),
    ]


def test_transfer_changes_nothing_about_an_earlier_day():
    old = PostingFactory(valid_from=date(2024, 1, 1))

    services.transfer(staff_member=old.staff_member, to_unit=UnitFactory(), on=date(2025, 7, 1))

    assert [p.unit_id for p in Posting.objects.on(date(2025, 6, 30))] == [old.unit_id]


def test_transfer_ends_the_duties_held_in_the_unit_that_is_left():
    old = PostingFactory()
    DutyFactory(staff_member=old.staff_member, unit=old.unit, kind=DutyKind.HEAD)

    services.transfer(staff_member=old.staff_member, to_unit=UnitFactory(), on=date(2025, 7, 1))

    assert list(Duty.objects.values_list("kind", "valid_until")) == [("head", date(2025, 6, 30))]


def test_second_main_posting_is_refused():
    old = PostingFactory()

    with pytest.raises(services.PostingOverlaps):
        services.begin_posting(staff_member=old.staff_member, unit=UnitFactory(), valid_from=date(2025, 7, 1))

    assert Posting.objects.count() == 1


def test_past_day_without_a_reason_is_refused():
    person, unit = StaffMemberFactory(), UnitFactory()

    with pytest.raises(services.BackDated):
        services.begin_posting(staff_member=person, unit=unit, valid_from=date(2025, 1, 14))

    assert (Posting.objects.count(), Change.objects.count()) == (0, 0)


def test_past_day_with_a_reason_is_recorded_and_logged():
    person, unit = StaffMemberFactory(), UnitFactory()

    posting = services.begin_posting(
        staff_member=person, unit=unit, valid_from=date(2025, 1, 14), back_dated_because="Quyết định 12"
    )

    entry = ModelLogEntry.objects.get(action="staff.posting.begin")
    assert (entry.object_id, entry.data["reason"]) == (str(posting.pk), "Quyết định 12")


def test_unit_that_is_closed_takes_nobody():
    unit = UnitFactory(valid_until=date(2025, 6, 30))

    with pytest.raises(services.UnitNotThere):
        services.begin_posting(staff_member=StaffMemberFactory(), unit=unit, valid_from=date(2025, 7, 1))


def test_transfer_without_a_posting_is_refused():
    with pytest.raises(services.NotPosted):
        services.transfer(staff_member=StaffMemberFactory(), to_unit=UnitFactory(), on=date(2025, 7, 1))


def test_each_verb_tells_the_feed_from_which_day():
    person = StaffMemberFactory()
    posting = services.begin_posting(staff_member=person, unit=UnitFactory(), valid_from=date(2025, 2, 1))

    services.end_posting(posting=posting, last_day=date(2025, 3, 31))

    assert list(Change.objects.order_by("pk").values_list("staff_member", "since", "cause")) == [
        (person.pk, date(2025, 2, 1), "posting.begin"),
        (person.pk, date(2025, 4, 1), "posting.end"),
    ]


def test_unchanged_succession_carries_postings_and_duties_once():
    succession = SuccessionFactory(kind=SuccessionKind.UNCHANGED, effective_on=date(2025, 7, 1))
    old = PostingFactory(unit=succession.predecessor, valid_from=date(2024, 1, 1))
    DutyFactory(staff_member=old.staff_member, unit=succession.predecessor, valid_from=date(2024, 1, 1))

    carried = [services.carry_over(succession=succession) for _ in range(2)]

    assert carried == [1, 0]
    assert list(Duty.objects.order_by("valid_from").values_list("unit", "valid_from", "valid_until")) == [
        (succession.predecessor_id, date(2024, 1, 1), date(2025, 6, 30)),
        (succession.successor_id, date(2025, 7, 1), None),
    ]


def test_unit_with_open_postings_does_not_close():
    posting = PostingFactory()

    with pytest.raises(services.UnitHasStaff):
        services.close_unit(unit=posting.unit, last_day=date(2025, 6, 30))


def test_scopes_end_with_their_unit(hr, commune, learner, head):
    Posting.objects.update(valid_until=date(2025, 5, 31))
    commune.children.update(valid_until=date(2025, 6, 30))

    services.close_unit(unit=commune, last_day=date(2025, 6, 30))

    assert set(commune.scopes.values_list("valid_until", flat=True)) == {date(2025, 6, 30)}


def test_a_duty_of_the_commune_outlasts_a_move_between_its_offices_and_ends_with_a_move_away(
    commune, office, other_commune
):
    person = PostingFactory(unit=office).staff_member
    duty = DutyFactory(staff_member=person, unit=commune)
    beside = UnitFactory(parent=commune)

    services.transfer(staff_member=person, to_unit=beside, on=date(2025, 2, 1))
    duty.refresh_from_db()
    kept = duty.valid_until
    services.transfer(staff_member=person, to_unit=other_commune, on=date(2025, 3, 1))
    duty.refresh_from_db()

    assert (kept, duty.valid_until) == (None, date(2025, 2, 28))


def test_a_duty_with_a_last_day_ahead_is_not_given_again_before_it(commune):
    person = PostingFactory(unit=commune).staff_member
    DutyFactory(staff_member=person, unit=commune, valid_until=date(2025, 2, 10))
    facts = {"staff_member": person, "unit": commune, "kind": "ict_officer"}

    with pytest.raises(services.DutyAlreadyHeld):
        services.begin_duty(**facts, valid_from=date(2025, 2, 10))

    begun = services.begin_duty(**facts, valid_from=date(2025, 2, 11), decision_number="3/QĐ")
    assert begun.decision_number == "3/QĐ"
