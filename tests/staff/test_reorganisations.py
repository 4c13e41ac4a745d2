"""Reorganisations: a plan changes nothing before its day, and writes dated rows for everybody concerned on it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.apps import apps

from staff.enums import Capability, DutyKind, PersonalChangeKind, ReformKind, ReformState, SuccessionKind, UnitKind
from staff.models import Duty, Posting, Reorganisation, Scope, Succession, Unit
from staff.reforms import Successor, plan_for
from staff.services import (
    carry_out_due,
    change_person,
    choose_in_reorganisation,
    confirm_reorganisation,
    confirm_scopes,
    plan_reorganisation,
    transfer,
    withdraw_reorganisation,
)
from staff.services.errors import BackDated, NobodyGoesOn, NoLongerPlanned, ReasonMissing, UnitHasUnits
from tests.factories.staff import DutyFactory, PostingFactory, ScopeFactory, UnitFactory

pytestmark = pytest.mark.django_db

BEFORE = date(2026, 11, 20)
DAY = date(2027, 1, 1)
LAST = DAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _before():
    with time_machine.travel(BEFORE):
        yield


def planned(kind, units, admin, **wanted):
    plan = plan_for(kind=kind, units=units, on=DAY, **wanted)
    return plan_reorganisation(
        kind=kind, effective_on=DAY, decision_number="12/NQ-HĐND", decided_on=BEFORE, plan=plan, by=admin
    )


def carried_out(reorganisation, admin):
    confirm_reorganisation(reorganisation=reorganisation, shown="x", by=admin)
    with time_machine.travel(DAY):
        assert carry_out_due() == 1
    return Reorganisation.objects.get(pk=reorganisation.pk)


def postings_of(posting):
    rows = Posting.objects.filter(staff_member=posting.staff_member, is_primary=posting.is_primary)
    return list(rows.order_by("valid_from").values_list("unit__code", "valid_from", "valid_until"))


@pytest.fixture
def other_office(other_commune):
    return UnitFactory(code="24934-2/VP", name="Văn phòng HĐND và UBND", kind=UnitKind.OFFICE, parent=other_commune)


@pytest.fixture
def merger(commune, office, other_commune, other_office, admin):
    new = Successor(name="Xã Đơn Dương", kind=UnitKind.COMMUNE)
    return planned(ReformKind.MERGE, [commune, other_commune], admin, successors=[new])


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in apps.get_app_config("staff").get_models()}


def test_a_merger_names_every_unit_and_joins_offices_of_one_name(merger):
    assert merger.plan["new"] == [
        {"code": "24931-3", "name": "Xã Đơn Dương", "name_en": "", "kind": "commune", "parent": "68-2", "gso_code": ""},
        {
            "code": "24931-3/VP",
            "name": "Văn phòng HĐND và UBND",
            "name_en": "",
            "kind": "office",
            "parent": "24931-3",
            "gso_code": "",
        },
    ]
    assert merger.plan["links"] == [
        {"from": "24931-2", "to": "24931-3", "kind": "merge"},
        {"from": "24931-2/VP", "to": "24931-3/VP", "kind": "merge"},
        {"from": "24934-2", "to": "24931-3", "kind": "merge"},
        {"from": "24934-2/VP", "to": "24931-3/VP", "kind": "merge"},
    ]
    assert merger.plan["closes"] == ["24931-2/VP", "24931-2", "24934-2/VP", "24934-2"]


def test_the_same_form_sent_twice_makes_one_plan(commune, other_commune, admin):
    new = Successor(name="Xã Mới", kind=UnitKind.COMMUNE)
    first = planned(ReformKind.MERGE, [commune, other_commune], admin, successors=[new])

    assert planned(ReformKind.MERGE, [commune, other_commune], admin, successors=[new]) == first


def test_a_confirmed_plan_changes_nothing_before_its_day(merger, office, admin):
    PostingFactory(unit=office)
    before = everything()

    confirm_reorganisation(reorganisation=merger, shown="x", by=admin)
    carry_out_due()

    after = everything()
    changed = [model.__name__ for model in after if after[model] != before[model]]
    assert (changed, merger.__class__.objects.get().state) == (["Reorganisation"], ReformState.PLANNED)


def test_on_its_day_a_merger_closes_opens_and_moves_everybody(merger, commune, office, other_office, admin):
    here, there = PostingFactory(unit=office), PostingFactory(unit=other_office)
    side = PostingFactory(unit=commune, staff_member=there.staff_member, is_primary=False)

    found = carried_out(merger, admin)

    closed = list(Unit.objects.exclude(valid_until=None).order_by("code").values_list("code", "valid_until"))
    opened = list(Unit.objects.filter(valid_from=DAY).order_by("code").values_list("code", "parent__code"))
    assert closed == [("24931-2", LAST), ("24931-2/VP", LAST), ("24934-2", LAST), ("24934-2/VP", LAST)]
    assert opened == [("24931-3", "68-2"), ("24931-3/VP", "24931-3")]
    assert postings_of(here) == [("24931-2/VP", here.valid_from, LAST), ("24931-3/VP", DAY, None)]
    assert postings_of(there) == [("24934-2/VP", there.valid_from, LAST), ("24931-3/VP", DAY, None)]
    assert postings_of(side) == [("24931-2", side.valid_from, LAST), ("24931-3", DAY, None)]
    assert Succession.objects.count() == 4
    assert found.state == ReformState.APPLIED


def test_it_is_carried_out_once(merger, office, admin):
    PostingFactory(unit=office)
    carried_out(merger, admin)
    before = everything()

    with time_machine.travel(DAY + timedelta(days=3)):
        confirm_reorganisation(reorganisation=merger, shown="x", by=admin)
        assert carry_out_due() == 0

    assert everything() == before


def test_late_work_writes_the_rows_of_the_day(merger, office, admin):
    posting = PostingFactory(unit=office)
    confirm_reorganisation(reorganisation=merger, shown="x", by=admin)

    with time_machine.travel(DAY + timedelta(days=9)):
        carry_out_due()

    assert postings_of(posting) == [("24931-2/VP", posting.valid_from, LAST), ("24931-3/VP", DAY, None)]


def test_a_withdrawn_plan_leaves_everything_as_it_was(merger, office, admin):
    PostingFactory(unit=office)
    before = everything()
    confirm_reorganisation(reorganisation=merger, shown="x", by=admin)

    withdraw_reorganisation(reorganisation=merger, reason="Nghị quyết bị hủy", by=admin)
    with time_machine.travel(DAY):
        done = carry_out_due()

    after = everything()
    assert ([m.__name__ for m in after if after[m] != before[m]], done) == (["Reorganisation"], 0)


def test_nothing_is_taken_back_without_a_reason_or_after_the_day(merger, admin):
    with pytest.raises(ReasonMissing):
        withdraw_reorganisation(reorganisation=merger, reason=" ", by=admin)
    carried_out(merger, admin)
    with pytest.raises(NoLongerPlanned):
        withdraw_reorganisation(reorganisation=merger, reason="x", by=admin)


def test_who_comes_and_goes_meanwhile_is_taken_along_or_left_alone(merger, office, commune, province, admin):
    goes, comes = PostingFactory(unit=office), PostingFactory(unit=province)
    confirm_reorganisation(reorganisation=merger, shown="x", by=admin)
    between = date(2026, 12, 5)
    with time_machine.travel(between):
        transfer(staff_member=goes.staff_member, to_unit=province, on=between)
        transfer(staff_member=comes.staff_member, to_unit=office, on=between)
    with time_machine.travel(DAY):
        carry_out_due()

    assert [row[0] for row in postings_of(goes)] == ["24931-2/VP", "68-2"]
    assert [row[0] for row in postings_of(comes)] == ["68-2", "24931-2/VP", "24931-3/VP"]


def test_a_duty_ends_with_its_unit_unless_it_is_given_anew(merger, office, commune, admin):
    kept, lost = PostingFactory(unit=office), PostingFactory(unit=office)
    duty = DutyFactory(staff_member=kept.staff_member, unit=commune, decision_number="1/QĐ")
    DutyFactory(staff_member=lost.staff_member, unit=office, kind=DutyKind.SECURITY_OFFICER)
    choose_in_reorganisation(reorganisation=merger, people={}, duties=[[duty.pk, "24931-3"]], scopes=[])

    carried_out(Reorganisation.objects.get(pk=merger.pk), admin)

    rows = Duty.objects.order_by("unit__code", "kind")
    assert list(rows.values_list("staff_member", "unit__code", "valid_until", "decision_number")) == [
        (kept.staff_member_id, "24931-2", LAST, "1/QĐ"),
        (lost.staff_member_id, "24931-2/VP", LAST, ""),
        (kept.staff_member_id, "24931-3", None, "12/NQ-HĐND"),
    ]


def test_a_unit_that_only_moves_keeps_its_duties_in_all_its_offices(commune, office, other_commune, admin):
    posting = PostingFactory(unit=office)
    DutyFactory(staff_member=posting.staff_member, unit=office, decision_number="1/QĐ")

    carried_out(planned(ReformKind.MOVE, [commune], admin, target=other_commune), admin)

    moved = Unit.objects.get(code="24931-3/VP")
    assert [moved.parent.code, moved.parent.parent.code] == ["24931-3", "24934-2"]
    assert Duty.objects.get(valid_until=None).unit == moved
    assert Duty.objects.get(valid_until=None).decision_number == "1/QĐ"
    assert set(Succession.objects.values_list("kind", flat=True)) == {SuccessionKind.UNCHANGED}


def test_a_split_sends_each_office_and_each_named_person_where_the_plan_says(commune, office, admin):
    second = UnitFactory(code="24931-2/KT", name="Phòng Kinh tế", kind=UnitKind.OFFICE, parent=commune)
    in_office, in_second, direct, named = (PostingFactory(unit=u) for u in (office, second, commune, commune))
    wanted = [Successor("Xã Một", UnitKind.COMMUNE, "X-1"), Successor("Xã Hai", UnitKind.COMMUNE, "X-2")]
    split = planned(ReformKind.SPLIT, [commune], admin, successors=wanted, child_of={second.code: 1})
    choose_in_reorganisation(reorganisation=split, people={str(named.staff_member_id): "X-2/KT"}, duties=[], scopes=[])

    carried_out(Reorganisation.objects.get(pk=split.pk), admin)

    where = [postings_of(posting)[-1][0] for posting in (in_office, in_second, direct, named)]
    assert where == ["X-1/VP", "X-2/KT", "X-1", "X-2/KT"]
    links = Succession.objects.filter(predecessor=commune).order_by("successor__code")
    assert list(links.values_list("successor__code", "kind")) == [("X-1", "split"), ("X-2", "split")]


def test_a_unit_that_takes_others_in_goes_on_with_its_offices(commune, office, other_commune, other_office, admin):
    posting = PostingFactory(unit=office)

    carried_out(planned(ReformKind.MERGE, [commune, other_commune], admin, target=other_commune), admin)

    assert postings_of(posting)[-1] == ("24934-2/VP", DAY, None)
    assert Unit.objects.filter(valid_from=DAY).count() == 0
    assert set(Succession.objects.values_list("kind", flat=True)) == {SuccessionKind.ABSORBED}


def test_closing_asks_where_everybody_goes(commune, office, other_commune, admin):
    stays, leaves = PostingFactory(unit=office), PostingFactory(unit=commune)
    closing = planned(ReformKind.CLOSE, [commune], admin)
    confirm_reorganisation(reorganisation=closing, shown="x", by=admin)
    with time_machine.travel(DAY):
        assert carry_out_due() == 0
    assert "2" in Reorganisation.objects.get().refusal

    people = {str(stays.staff_member_id): other_commune.code, str(leaves.staff_member_id): ""}
    Reorganisation.objects.update(plan=closing.plan | {"people": people})
    with time_machine.travel(DAY):
        assert carry_out_due() == 1
    assert postings_of(stays)[-1] == ("24934-2", DAY, None)
    assert postings_of(leaves) == [("24931-2", leaves.valid_from, LAST)]


def test_a_plan_that_no_longer_fits_is_refused_whole(merger, commune, office, admin):
    PostingFactory(unit=office)
    UnitFactory(code="24931-2/MOI", parent=commune)
    before = everything()

    with pytest.raises(UnitHasUnits), time_machine.travel(DAY):
        confirm_reorganisation(reorganisation=merger, shown="x", by=admin)

    assert everything() == before


def test_history_is_changed_with_a_reason_only(commune, admin):
    plan = plan_for(kind=ReformKind.RENAME, units=[commune], on=date(2026, 1, 1))
    words = {"kind": "doi-ten", "effective_on": date(2026, 1, 1), "decision_number": "1", "decided_on": BEFORE}

    with pytest.raises(BackDated):
        plan_reorganisation(**words, plan=plan, by=admin)


def test_rights_end_with_the_unit_and_are_given_anew_once_an_administrator_agrees(merger, commune, hr, admin):
    superior = ScopeFactory(unit=commune.parent, capability=Capability.HR).user
    scope = Scope.objects.get(user=hr)
    choose_in_reorganisation(reorganisation=merger, people={}, duties=[], scopes=[[scope.pk, "24931-3"]])
    carried_out(Reorganisation.objects.get(pk=merger.pk), superior)

    rows = Scope.objects.filter(user=hr).order_by("pk")
    assert list(rows.values_list("unit__code", "valid_until")) == [("24931-2", LAST)]

    with time_machine.travel(DAY):
        for _twice in range(2):
            confirm_scopes(reorganisation=Reorganisation.objects.get(), by=admin)
    assert list(rows.values_list("unit__code", "valid_from", "valid_until"))[1:] == [("24931-3", DAY, None)]


def test_people_without_a_place_stop_the_carrying_out(commune, admin):
    PostingFactory(unit=commune)
    closing = planned(ReformKind.CLOSE, [commune], admin)

    with pytest.raises(NobodyGoesOn), time_machine.travel(DAY):
        confirm_reorganisation(reorganisation=closing, shown="x", by=admin)


def test_a_leave_goes_on_in_the_unit_that_follows_and_so_does_the_return_from_it(merger, office, admin):
    posting = PostingFactory(unit=office, valid_from=date(2025, 1, 1))
    change_person(
        staff_member=posting.staff_member,
        kind=PersonalChangeKind.LEAVE,
        first_day=date(2026, 12, 1),
        last_day=date(2027, 3, 31),
    )

    carried_out(merger, admin)

    rows = Posting.objects.filter(staff_member=posting.staff_member).order_by("valid_from")
    assert list(rows.values_list("unit__code", "status", "valid_from", "valid_until")) == [
        ("24931-2/VP", "active", date(2025, 1, 1), date(2026, 11, 30)),
        ("24931-2/VP", "leave", date(2026, 12, 1), LAST),
        ("24931-3/VP", "leave", DAY, date(2027, 3, 31)),
        ("24931-3/VP", "active", date(2027, 4, 1), None),
    ]


def test_somebody_who_is_to_begin_in_a_closing_unit_stops_the_carrying_out(merger, office, admin):
    PostingFactory(unit=office, valid_from=date(2027, 2, 1))
    confirm_reorganisation(reorganisation=merger, shown="x", by=admin)

    with time_machine.travel(DAY):
        assert carry_out_due() == 0

    merger.refresh_from_db()
    assert "01/02/2027" in merger.refusal
