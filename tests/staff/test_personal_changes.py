"""One person changes: postings, duties, rights and the account follow; all of it can be taken back exactly."""

from datetime import date, timedelta

import pytest
import time_machine
from django.apps import apps
from wagtail.models import ModelLogEntry

from staff import services
from staff.enums import Capability, ChangeCause, DutyKind, PersonalChangeKind
from staff.models import Change, Duty, Notice, PersonalChange, Posting, Scope, StaffMember, User
from staff.services import change_person, take_back_change
from tests.factories.staff import (
    DutyFactory,
    PostingFactory,
    ScopeFactory,
    StaffMemberFactory,
    SuccessionFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_mid_2026")]
K = PersonalChangeKind
TODAY = date(2026, 6, 15)


@pytest.fixture
def _mid_2026():
    with time_machine.travel("2026-06-15 05:00Z", tick=False):
        yield


@pytest.fixture
def person(office):
    return PostingFactory(unit=office, position="Văn thư", valid_from=date(2024, 1, 1)).staff_member


def spells(person, **which):
    """(unit code, status, from, until) of the main postings, in order."""
    rows = Posting.objects.filter(staff_member=person, **({"is_primary": True} | which)).order_by("valid_from")
    return [tuple(row) for row in rows.values_list("unit__code", "status", "valid_from", "valid_until")]


def day(month, number, year=2026):
    return date(year, month, number)


def tables():
    """Every row that a change may write, but for the log and the feed."""
    names = ("Posting", "Duty", "Scope", "User")
    return {name: list(apps.get_model("staff", name).objects.order_by("pk").values()) for name in names}


LAST_YEAR = day(1, 1, 2024)
OFFICE, COMMUNE, OTHER = "24931-2/VP", "24931-2", "24934-2"


# ---- each kind


def test_a_transfer_ends_one_posting_and_begins_the_next(person, commune):
    change_person(staff_member=person, kind=K.TRANSFER, unit=commune, first_day=day(7, 1), position="Chuyên viên")

    assert spells(person) == [
        (OFFICE, "active", LAST_YEAR, day(6, 30)),
        (COMMUNE, "active", day(7, 1), None),
    ]
    assert list(person.postings.order_by("valid_from").values_list("position", flat=True)) == [
        "Văn thư",
        "Chuyên viên",
    ]


def test_duties_and_rights_end_where_the_new_unit_does_not_lie_within(person, office, commune, other_commune, province):
    user = UserFactory(staff_member=person)
    for unit in (office, commune, province):
        DutyFactory(staff_member=person, unit=unit)
        ScopeFactory(user=user, unit=unit, capability=Capability.HEAD)

    change_person(staff_member=person, kind=K.TRANSFER, unit=other_commune, first_day=day(7, 1))

    expected = {(OFFICE, day(6, 30)), (COMMUNE, day(6, 30)), ("68-2", None)}
    assert set(Duty.objects.values_list("unit__code", "valid_until")) == expected
    assert set(Scope.objects.filter(user=user).values_list("unit__code", "valid_until")) == expected


def test_a_leave_until_a_day_begins_work_again_by_itself(person):
    change_person(
        staff_member=person,
        kind=K.LEAVE,
        cause=ChangeCause.MATERNITY,
        first_day=day(7, 1),
        last_day=day(12, 31),
    )

    assert spells(person) == [
        (OFFICE, "active", LAST_YEAR, day(6, 30)),
        (OFFICE, "leave", day(7, 1), day(12, 31)),
        (OFFICE, "active", day(1, 1, 2027), None),
    ]


def test_an_early_return_shortens_the_leave_and_leaves_one_posting_after_it(person):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1), last_day=day(12, 31))

    change_person(staff_member=person, kind=K.RETURN, first_day=day(10, 1))

    assert spells(person) == [
        (OFFICE, "active", LAST_YEAR, day(6, 30)),
        (OFFICE, "leave", day(7, 1), day(9, 30)),
        (OFFICE, "active", day(10, 1), None),
    ]


def test_a_leave_without_end_lasts_until_the_return(person):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1))
    assert spells(person)[-1] == (OFFICE, "leave", day(7, 1), None)

    change_person(staff_member=person, kind=K.RETURN, first_day=day(9, 1))

    assert spells(person)[1:] == [(OFFICE, "leave", day(7, 1), day(8, 31)), (OFFICE, "active", day(9, 1), None)]


def test_duties_end_with_a_leave_only_where_that_is_asked_for(person, office):
    DutyFactory(staff_member=person, unit=office)
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1), last_day=day(7, 31))
    assert Duty.objects.get().valid_until is None

    change_person(staff_member=person, kind=K.LEAVE, first_day=day(9, 1), ends_duties=True)

    assert Duty.objects.get().valid_until == day(8, 31)


def test_a_secondment_stays_with_the_home_unit_and_the_host_is_a_further_post(person, other_commune):
    change_person(staff_member=person, kind=K.SECONDMENT, unit=other_commune, first_day=day(7, 1), last_day=day(9, 30))

    assert spells(person)[1:] == [(OFFICE, "seconded", day(7, 1), day(9, 30)), (OFFICE, "active", day(10, 1), None)]
    assert spells(person, is_primary=False) == [(OTHER, "seconded", day(7, 1), day(9, 30))]


def test_a_return_from_a_secondment_ends_the_further_post(person, other_commune):
    change_person(staff_member=person, kind=K.SECONDMENT, unit=other_commune, first_day=day(7, 1))
    assert spells(person, is_primary=False) == [(OTHER, "seconded", day(7, 1), None)]

    change_person(staff_member=person, kind=K.RETURN, first_day=day(8, 1))

    assert spells(person, is_primary=False) == [(OTHER, "seconded", day(7, 1), day(7, 31))]
    assert spells(person)[-1] == (OFFICE, "active", day(8, 1), None)


def test_a_new_position_holds_from_its_day_on_through_a_planned_leave(person):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(8, 1), last_day=day(8, 31))

    change_person(staff_member=person, kind=K.POSITION, first_day=day(7, 1), position="Phó Chánh Văn phòng")

    rows = person.postings.order_by("valid_from").values_list("valid_from", "position", "status")
    assert list(rows) == [
        (LAST_YEAR, "Văn thư", "active"),
        (day(7, 1), "Phó Chánh Văn phòng", "active"),
        (day(8, 1), "Phó Chánh Văn phòng", "leave"),
        (day(9, 1), "Phó Chánh Văn phòng", "active"),
    ]


def test_who_leaves_has_no_post_duty_or_right_from_that_day_on(person, office, province, other_commune):
    user = UserFactory(staff_member=person)
    ScopeFactory(user=user, unit=province)
    DutyFactory(staff_member=person, unit=office)
    planned = DutyFactory(staff_member=person, unit=office, kind=DutyKind.HEAD, valid_from=day(9, 1))
    PostingFactory(staff_member=person, unit=other_commune, is_primary=False)

    change_person(staff_member=person, kind=K.LEAVING, cause=ChangeCause.RETIRED, first_day=day(7, 1))

    assert spells(person) == [(OFFICE, "active", LAST_YEAR, day(6, 30))]
    assert spells(person, is_primary=False)[0][3] == day(6, 30)
    assert list(Duty.objects.values_list("valid_until", flat=True)) == [day(6, 30)]
    assert not Duty.objects.filter(pk=planned.pk).exists()
    assert Scope.objects.get(user=user).valid_until == day(6, 30)
    user.refresh_from_db()
    assert user.is_active


def test_the_account_of_somebody_who_died_is_closed_and_nobody_writes_to_it(person):
    user = UserFactory(staff_member=person)

    change_person(
        staff_member=person,
        kind=K.LEAVING,
        cause=ChangeCause.DIED,
        first_day=TODAY,
    )

    user.refresh_from_db()
    assert (user.is_active, Notice.objects.count()) == (False, 0)


def test_who_left_comes_back_with_a_new_posting(person, commune):
    change_person(staff_member=person, kind=K.LEAVING, cause=ChangeCause.RESIGNED, first_day=day(7, 1))

    change_person(
        staff_member=person,
        kind=K.REJOIN,
        unit=commune,
        first_day=day(9, 1),
        position="Công chức",
        category="cong_chuc",
    )

    assert spells(person) == [(OFFICE, "active", LAST_YEAR, day(6, 30)), (COMMUNE, "active", day(9, 1), None)]


def test_leaving_before_a_reorganisation_strikes_what_the_reorganisation_carried_on(person, office, commune):
    after = UnitFactory(parent=commune, code="new", valid_from=day(5, 1))
    SuccessionFactory(predecessor=office, successor=after, effective_on=day(5, 1))
    services.transfer(staff_member=person, to_unit=after, on=day(5, 1), back_dated_because="Sáp nhập")

    change_person(
        staff_member=person,
        kind=K.LEAVING,
        cause=ChangeCause.RETIRED,
        first_day=day(4, 1),
        back_dated_because="Quyết định đến muộn",
    )

    assert spells(person) == [(OFFICE, "active", LAST_YEAR, day(3, 31))]


# ---- history and news


def test_a_change_in_the_past_needs_a_reason(person, commune):
    with pytest.raises(services.BackDated):
        change_person(staff_member=person, kind=K.TRANSFER, unit=commune, first_day=day(6, 14))

    assert spells(person) == [(OFFICE, "active", LAST_YEAR, None)]


def test_a_change_is_told_to_the_feed_the_log_and_the_person(person, commune, admin):
    made = change_person(
        staff_member=person,
        kind=K.TRANSFER,
        unit=commune,
        first_day=day(5, 1),
        decision_number="12/QĐ",
        by=admin,
        back_dated_because="Nhập muộn",
    )

    assert list(Change.objects.values_list("staff_member", "since", "cause")) == [
        (person.pk, day(5, 1), "person.dieu-dong")
    ]
    entry = ModelLogEntry.objects.get(action="staff.person.change")
    assert (entry.user, entry.object_id, entry.data["decision"], entry.data["reason"]) == (
        admin,
        str(made.pk),
        "12/QĐ",
        "Nhập muộn",
    )
    [notice] = Notice.objects.filter(staff_member=person)
    assert "01/05/2026" in notice.title
    assert "12/QĐ" in notice.text


# ---- dates that cannot be: each names the posting in the way

REFUSED = [
    (K.TRANSFER, {"first_day": day(1, 1, 2024), "to": "commune"}, services.NotPostedOn, "01/01/2024"),
    (K.TRANSFER, {"first_day": day(7, 1), "to": "office"}, services.SameUnit, "Văn phòng HĐND"),
    (K.TRANSFER, {"first_day": day(7, 1), "to": "closing"}, services.UnitNotThere, "01/12/2026"),
    (K.SECONDMENT, {"first_day": day(7, 1), "to": "office"}, services.SameUnit, "Văn phòng HĐND"),
    (K.LEAVE, {"first_day": day(1, 1, 2023)}, services.NotPostedOn, "01/01/2024"),
    (K.LEAVE, {"first_day": day(7, 2), "last_day": day(7, 1)}, services.EndsBeforeItBegins, "02/07/2026"),
    (K.RETURN, {"first_day": day(7, 1)}, services.NotAway, "Văn phòng HĐND"),
    (K.POSITION, {"first_day": day(7, 1), "position": "Văn thư"}, services.NothingChanges, "Văn phòng HĐND"),
    (K.LEAVING, {"first_day": day(1, 1, 2024)}, services.NotPostedOn, "01/01/2024"),
    (K.LEAVING, {"first_day": day(6, 17), "cause": "died"}, services.DiedTomorrow, ""),
    (K.REJOIN, {"first_day": day(7, 1), "to": "commune"}, services.PostingOverlaps, "Văn phòng HĐND"),
    (K.LEAVE, {"first_day": day(7, 1), "decided_on": day(6, 16)}, services.DecidedTomorrow, "16/06/2026"),
]


@pytest.mark.parametrize(("kind", "asked", "refusal", "words"), REFUSED)
def test_an_impossible_day_is_refused_with_the_posting_in_the_way(person, office, commune, kind, asked, refusal, words):
    closing = UnitFactory(parent=commune, valid_until=day(11, 30))
    units = {"office": office, "commune": commune, "closing": closing}
    values = {**asked, "unit": units.get(asked.get("to"))}
    values.pop("to", None)
    before = tables()

    with pytest.raises(refusal) as said:
        change_person(staff_member=person, kind=kind, back_dated_because="Lý do", **values)

    assert words in str(said.value)
    assert (tables(), PersonalChange.objects.count()) == (before, 0)


def test_leaves_and_secondments_do_not_overlap(person, other_commune):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1), last_day=day(7, 31))

    for first, last in ((day(6, 20), day(7, 1)), (day(7, 31), None), (day(6, 20), None)):
        with pytest.raises(services.AwayAlready, match=r"01/07/2026.*31/07/2026"):
            change_person(staff_member=person, kind=K.SECONDMENT, unit=other_commune, first_day=first, last_day=last)

    change_person(staff_member=person, kind=K.LEAVE, first_day=day(6, 20), last_day=day(6, 30))
    assert [row[1] for row in spells(person)] == ["active", "leave", "leave", "active"]


def test_a_transfer_or_leaving_before_another_transfer_is_refused(person, commune, other_commune):
    change_person(staff_member=person, kind=K.TRANSFER, unit=commune, first_day=day(9, 1))

    with pytest.raises(services.PostedLater, match=r"Xã Đơn Dương.*01/09/2026"):
        change_person(staff_member=person, kind=K.TRANSFER, unit=other_commune, first_day=day(7, 1))
    with pytest.raises(services.PostedLater, match=r"Xã Đơn Dương.*01/09/2026"):
        change_person(staff_member=person, kind=K.LEAVING, cause="resigned", first_day=day(7, 1))
    with pytest.raises(services.PostedLater):
        change_person(staff_member=person, kind=K.TRANSFER, unit=other_commune, first_day=day(9, 1))


def test_who_has_left_is_neither_sent_on_leave_nor_let_go_again(person):
    change_person(staff_member=person, kind=K.LEAVING, cause="retired", first_day=day(7, 1))

    for kind, first in ((K.LEAVE, day(7, 1)), (K.LEAVING, day(7, 1)), (K.POSITION, day(8, 1))):
        with pytest.raises(services.NotPostedOn, match=r"30/06/2026"):
            change_person(staff_member=person, kind=kind, first_day=first, position="Khác")
    with pytest.raises(services.NotPostedOn, match=r"30/06/2026"):
        change_person(staff_member=person, kind=K.LEAVE, first_day=day(6, 20), last_day=day(7, 1))


def test_somebody_who_was_never_posted_can_only_begin():
    person = StaffMemberFactory()

    with pytest.raises(services.NotPostedOn):
        change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1))

    change_person(staff_member=person, kind=K.REJOIN, unit=UnitFactory(), first_day=day(7, 1), category="cong_chuc")
    assert len(spells(person)) == 1


# ---- taking back, correcting

EVERY_KIND = [
    (K.TRANSFER, {"first_day": day(7, 1), "to": True}),
    (K.SECONDMENT, {"first_day": day(7, 1), "last_day": day(8, 1), "to": True, "ends_duties": True}),
    (K.LEAVE, {"first_day": day(7, 1), "last_day": day(8, 1)}),
    (K.POSITION, {"first_day": day(7, 1), "category": "vien_chuc"}),
    (K.LEAVING, {"first_day": day(7, 1), "cause": "retired"}),
    (K.LEAVING, {"first_day": TODAY, "cause": "died"}),
]


@pytest.mark.parametrize(("kind", "asked"), EVERY_KIND)
def test_taken_back_every_row_is_as_it_was(person, office, other_commune, kind, asked):
    user = UserFactory(staff_member=person)
    ScopeFactory(user=user, unit=office)
    DutyFactory(staff_member=person, unit=office)
    DutyFactory(staff_member=person, unit=office, kind=DutyKind.HEAD, valid_from=day(9, 1))
    PostingFactory(staff_member=person, unit=UnitFactory(), is_primary=False)
    before = tables()
    values = {**asked, "unit": other_commune if asked.get("to") else None}
    values.pop("to", None)
    made = change_person(staff_member=person, kind=kind, **values)
    assert tables() != before

    for _again in range(2):
        take_back_change(change=made, reason="Nhầm người")

    assert tables() == before
    made.refresh_from_db()
    assert made.state == "taken_back"
    assert ModelLogEntry.objects.filter(action="staff.person.take_back").count() == 1


def test_a_change_that_was_in_force_is_taken_back_only_with_a_reason_for_history(person, commune):
    made = change_person(
        staff_member=person, kind=K.TRANSFER, unit=commune, first_day=day(5, 1), back_dated_because="Nhập muộn"
    )

    with pytest.raises(services.BackDated):
        take_back_change(change=made, reason="Nhầm")
    with pytest.raises(services.ReasonMissing):
        take_back_change(change=made, reason=" ", back_dated_because="Nhầm")

    take_back_change(change=made, reason="Nhầm", back_dated_because="Nhầm người cùng tên")
    assert spells(person) == [(OFFICE, "active", LAST_YEAR, None)]


def test_what_was_built_upon_is_taken_back_last(person, commune, other_commune):
    first = change_person(staff_member=person, kind=K.TRANSFER, unit=commune, first_day=day(7, 1))
    second = change_person(staff_member=person, kind=K.LEAVING, cause="resigned", first_day=day(8, 1))

    with pytest.raises(services.RecordedSince, match="Xã Đơn Dương"):
        take_back_change(change=first, reason="Nhầm")

    take_back_change(change=second, reason="Nhầm")
    take_back_change(change=first, reason="Nhầm")
    assert spells(person) == [(OFFICE, "active", LAST_YEAR, None)]


def test_a_leaving_is_not_taken_back_over_a_new_posting(person, commune):
    left = change_person(staff_member=person, kind=K.LEAVING, cause="resigned", first_day=day(7, 1))
    change_person(staff_member=person, kind=K.REJOIN, unit=commune, first_day=day(9, 1), category="cong_chuc")
    before = tables()

    with pytest.raises(services.RecordedSince):
        take_back_change(change=left, reason="Nhầm")

    assert tables() == before


def test_a_correction_takes_back_and_records_anew_as_one(person, office, other_commune):
    wrong = change_person(
        staff_member=person,
        kind=K.LEAVE,
        first_day=day(5, 1),
        last_day=day(10, 31),
        back_dated_because="Nhập muộn",
    )

    right = change_person(
        staff_member=person,
        kind=K.LEAVE,
        first_day=day(5, 4),
        last_day=day(11, 3),
        corrects=wrong,
        back_dated_because="Nhập sai ngày",
    )

    assert spells(person)[1:] == [(OFFICE, "leave", day(5, 4), day(11, 3)), (OFFICE, "active", day(11, 4), None)]
    wrong.refresh_from_db()
    assert (wrong.state, right.corrects) == ("taken_back", wrong)
    assert Change.objects.order_by("-pk").first().since == day(5, 1)
    with pytest.raises(services.TakenBackAlready):
        change_person(
            staff_member=person, kind=K.LEAVE, first_day=day(6, 1), corrects=wrong, back_dated_because="Lần nữa"
        )


def test_a_correction_of_the_past_needs_a_reason_also_when_it_goes_to_the_future(person):
    wrong = change_person(staff_member=person, kind=K.LEAVE, first_day=day(5, 1), back_dated_because="Nhập muộn")

    with pytest.raises(services.BackDated):
        change_person(staff_member=person, kind=K.LEAVE, first_day=day(7, 1), corrects=wrong)


# ---- who sees her


def test_somebody_who_will_come_back_elsewhere_is_still_seen_where_she_left(person, hr, other_hr, other_commune):
    change_person(
        staff_member=person, kind=K.LEAVING, cause="resigned", first_day=day(6, 1), back_dated_because="Nhập muộn"
    )
    change_person(staff_member=person, kind=K.REJOIN, unit=other_commune, first_day=day(7, 1), category="cong_chuc")

    def seen_by():
        return [u for u in (hr, other_hr) if StaffMember.objects.visible_to(u).filter(pk=person.pk).exists()]

    assert seen_by() == [hr]
    with time_machine.travel(f"{day(7, 1) + timedelta(days=0)} 05:00Z", tick=False):
        assert seen_by() == [other_hr]


def test_nobody_else_is_touched(person, office):
    colleague = PostingFactory(unit=office).staff_member
    user = UserFactory(staff_member=colleague)
    DutyFactory(staff_member=colleague, unit=office)
    ScopeFactory(user=user, unit=office)

    change_person(staff_member=person, kind=K.LEAVING, cause="died", first_day=TODAY)

    assert spells(colleague)[0][3] is None
    assert Duty.objects.get().valid_until is None
    assert Scope.objects.get().valid_until is None
    assert User.objects.get(pk=user.pk).is_active


# ---- a leave whose end is on record does not stand in the way of others


def test_a_list_or_request_moves_somebody_on_leave_and_the_leave_goes_on(person, commune):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(6, 20), last_day=day(10, 31))

    posting = services.transfer(staff_member=person, to_unit=commune, on=day(7, 1))

    assert posting.unit == commune
    assert spells(person)[1:] == [
        (OFFICE, "leave", day(6, 20), day(6, 30)),
        (COMMUNE, "leave", day(7, 1), day(10, 31)),
        (COMMUNE, "active", day(11, 1), None),
    ]


def test_a_list_that_finds_her_at_work_ends_the_leave(person, office):
    change_person(staff_member=person, kind=K.LEAVE, first_day=day(6, 20), last_day=day(10, 31))

    services.transfer(staff_member=person, to_unit=office, on=day(7, 1), status="active")

    assert spells(person)[1:] == [(OFFICE, "leave", day(6, 20), day(6, 30)), (OFFICE, "active", day(7, 1), None)]
