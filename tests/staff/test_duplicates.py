"""Two entries of one person: merged without rewriting anything, taken apart again exactly."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.models import Enrolment, Qualification
from staff import clock
from staff.duplicates import candidates
from staff.models import Duplicate, Posting, StaffMember, User
from staff.services import merge_people, note_two_people, unmerge_people
from staff.services.errors import AlreadyMerged, ChangedSince, KeepTheOtherEntry, ReasonMissing
from tests.factories.staff import (
    LONG_AGO,
    AudienceRuleFactory,
    DutyFactory,
    PostingFactory,
    StaffMemberFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.unit_coverage import CourseFactory, QualificationFactory, RequirementFactory, TrackFactory
from unit_coverage.queries import coverage
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.django_db

BORN = {"full_name": "Hồ Thị Đào", "date_of_birth": date(1980, 4, 5)}


@pytest.fixture
def other_office(commune):
    return UnitFactory(parent=commune, kind="office")


@pytest.fixture
def twins(office):
    return [PostingFactory(unit=office, staff_member=StaffMemberFactory(**BORN)).staff_member for _n in range(2)]


def merged(twins, by):
    return merge_people(kept=twins[0], other=twins[1], reason="Cùng số căn cước", by=by)


def facts():
    """Every row of people and what is recorded of them, but for the log, the feed and the decisions themselves."""
    models = [*apps.get_app_config("staff").get_models(), Enrolment, Qualification]
    left_out = {"Change", "Duplicate", "Session"}
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in models if m.__name__ not in left_out}


def test_both_entries_stay_and_one_points_at_the_other(twins, admin):
    merged(twins, admin)

    rows = StaffMember.objects.filter(pk__in=[twin.pk for twin in twins]).order_by("pk")
    assert list(rows.values_list("merged_into", flat=True)) == [None, twins[0].pk]


def test_what_is_open_under_the_other_entry_ends_yesterday(twins, admin):
    merged(twins, admin)

    yesterday = clock.today() - timedelta(days=1)
    assert [twin.postings.get().valid_until for twin in twins] == [None, yesterday]


def test_one_person_is_counted_with_what_either_entry_holds(twins, admin, office):
    course = CourseFactory(track=TrackFactory())
    audience = AudienceRuleFactory().audience
    RequirementFactory(track=course.track, course=course, audience=audience)
    QualificationFactory(staff_member=twins[1], track=course.track, course=course)
    rebuild_all()
    before = coverage(unit=office, on=clock.today()).whole.figures["basic"]
    duplicate = merged(twins, admin)
    rebuild_all()
    together = coverage(unit=office, on=clock.today()).whole.figures["basic"]
    unmerge_people(duplicate=duplicate, by=admin)
    rebuild_all()

    assert [(f.trained, f.bound) for f in (before, together)] == [(1, 2), (1, 1)]
    assert coverage(unit=office, on=clock.today()).whole.figures["basic"] == before


def test_nothing_that_was_issued_is_rewritten(twins, admin):
    QualificationFactory(staff_member=twins[1], track=TrackFactory())
    before = list(Qualification.objects.values())

    merged(twins, admin)

    assert list(Qualification.objects.values()) == before


@pytest.mark.parametrize(("has", "signs_in"), [((True, True), 0), ((True, False), 0), ((False, True), 1)])
def test_one_account_stays_able_to_sign_in(twins, admin, has, signs_in):
    accounts = [UserFactory(staff_member=twin) if here else None for twin, here in zip(twins, has, strict=True)]

    merged(twins, admin)

    able = User.objects.filter(is_active=True, staff_member=twins[0])
    assert list(able) == [accounts[signs_in]]
    assert User.objects.filter(is_active=True, staff_member=twins[1]).count() == 0


def test_the_person_sees_what_was_recorded_under_the_other_entry(twins, admin):
    account = UserFactory(staff_member=twins[0])
    before = set(StaffMember.objects.visible_to(account))
    merged(twins, admin)

    assert (before, set(StaffMember.objects.visible_to(account))) == ({twins[0]}, set(twins))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    accounts=st.tuples(st.booleans(), st.booleans()),
    open_until=st.lists(st.sampled_from([None, date(2020, 5, 1), date(2099, 1, 1)]), max_size=3),
    duties=st.integers(0, 2),
    side=st.booleans(),
)
def test_taking_a_merger_apart_leaves_equal_rows(office, commune, admin, accounts, open_until, duties, side):
    twins = [PostingFactory(unit=office).staff_member for _n in range(2)]
    for until in open_until:
        PostingFactory(unit=commune, staff_member=twins[1], is_primary=False, valid_until=until)
    for twin, has in zip(twins, accounts, strict=True):
        if has:
            UserFactory(staff_member=twin)
    for number in range(duties):
        DutyFactory(staff_member=twins[1], unit=(office, commune)[number])
    QualificationFactory(staff_member=twins[side], track=TrackFactory())
    before = facts()

    duplicate = merged(twins, admin)
    changed = facts() != before
    unmerge_people(duplicate=duplicate, by=admin)
    after = facts()
    unmerge_people(duplicate=duplicate, by=admin)

    assert (changed, after == before, facts() == before) == (True, True, True)


def test_a_merger_is_refused_without_reason_twice_or_the_wrong_way(twins, admin):
    absent = StaffMemberFactory(**BORN)
    with pytest.raises(ReasonMissing):
        merge_people(kept=twins[0], other=twins[1], reason=" ", by=admin)
    with pytest.raises(KeepTheOtherEntry):
        merge_people(kept=absent, other=twins[1], reason="x", by=admin)
    merged(twins, admin)
    with pytest.raises(AlreadyMerged):
        merged(twins, admin)


def test_what_was_changed_meanwhile_is_not_overwritten(twins, admin):
    duplicate = merged(twins, admin)
    Posting.objects.filter(staff_member=twins[1]).update(valid_until=LONG_AGO)

    with pytest.raises(ChangedSince):
        unmerge_people(duplicate=duplicate, by=admin)

    twins[1].refresh_from_db()
    assert twins[1].merged_into_id == twins[0].pk


@pytest.mark.parametrize("days", [0, 40])
def test_what_begins_today_or_later_under_the_other_entry_never_counts(twins, office, other_office, admin, days):
    """A list of today made the second entry: on that very day the person stays where the kept entry is posted."""
    begins = clock.today() + timedelta(days=days)
    Posting.objects.filter(staff_member=twins[1]).update(unit=other_office, valid_from=begins)
    RequirementFactory(track=TrackFactory(code="basic"), audience=AudienceRuleFactory().audience)
    before = facts()

    duplicate = merged(twins, admin)
    rebuild_all()
    counted = [coverage(unit=unit, on=begins).whole.headcount for unit in (office, other_office)]
    unmerge_people(duplicate=duplicate, by=admin)

    assert (counted, facts() == before) == ([1, 0], True)


def test_pairs_that_look_alike_are_found_until_somebody_decided(twins, hr, office):
    PostingFactory(unit=office, staff_member=StaffMemberFactory(full_name="Hồ Thị Đào"))
    PostingFactory(unit=office, staff_member=StaffMemberFactory(full_name="Ho Thi Dao", date_of_birth=date(1990, 1, 1)))
    found = [(pair.one, pair.other) for pair in candidates(hr)]

    note_two_people(one=twins[1], other=twins[0], by=hr)
    note_two_people(one=twins[0], other=twins[1], by=hr)

    assert (found, candidates(hr), Duplicate.objects.count()) == ([tuple(twins)], [], 1)


def test_hr_of_one_entry_alone_finds_no_pair(client, twins, hr, other_hr, other_commune):
    foreign = PostingFactory(unit=other_commune, staff_member=StaffMemberFactory(**BORN)).staff_member
    for user, pair, status in ((hr, twins, 200), (hr, [twins[0], foreign], 404), (other_hr, twins, 404)):
        client.force_login(user)
        assert client.get(reverse("obligations:merge", args=[twin.pk for twin in pair])).status_code == status
    assert candidates(other_hr) == []


def test_a_pair_is_merged_and_taken_apart_on_the_site(client, twins, hr):
    client.force_login(hr)
    url = reverse("obligations:merge", args=[twin.pk for twin in twins])
    said = {"kept": twins[1].pk, "reason": "Cùng số căn cước"}
    shown = client.post(url, {"look": "1", **said}).context["effect"].digest
    assert Duplicate.objects.count() == 0
    client.post(url, {"merge": "1", "shown": shown, **said})
    made = Duplicate.objects.get()
    assert (made.kept, made.other) == (twins[1], twins[0])

    page = client.get(reverse("obligations:duplicates"))
    assert [row.pk for row in page.context["merged"]] == [made.pk]
    client.post(reverse("obligations:unmerge", args=[made.pk]))
    assert StaffMember.objects.exclude(merged_into=None).count() == 0


def test_a_merger_shows_each_figure_that_moves_before_it_is_made(client, twins, hr, commune, office):
    """All must hold the course; only the entry that goes does. A colleague sits in the office, the officer above it."""
    course = CourseFactory(track=TrackFactory(code="basic"))
    rule = RequirementFactory(track=course.track, course=course, audience=AudienceRuleFactory().audience)
    QualificationFactory(staff_member=twins[1], track=rule.track, course=rule.course)
    PostingFactory(unit=office)
    rebuild_all()
    client.force_login(hr)
    url = reverse("obligations:merge", args=[twin.pk for twin in twins])
    said = {"kept": twins[0].pk, "reason": "Cùng số căn cước"}

    page = client.post(url, {"look": "1", **said})
    today = {
        (line.unit.code, line.label): (
            line.figure.a_before,
            line.figure.b_before,
            line.figure.a_after,
            line.figure.b_after,
        )
        for line in page.context["figures"]
        if line.last == clock.today()
    }
    before, rows = coverage(unit=commune, on=clock.today()).whole.figures["basic"], facts()
    late = client.post(url, {"merge": "1", "shown": "x", **said})
    unmoved = facts() == rows
    client.post(url, {"merge": "1", "shown": late.context["effect"].digest, **said})
    drain_changes()
    after = coverage(unit=commune, on=clock.today()).whole.figures["basic"]

    assert today == {
        (commune.code, "Tổng số người"): (None, 4, None, 3),
        (commune.code, "Tin học cơ bản"): (1, 4, 1, 3),
        (office.code, "Tổng số người"): (None, 3, None, 2),
        (office.code, "Tin học cơ bản"): (1, 3, 1, 2),
    }
    assert (before.trained, before.bound, after.trained, after.bound, unmoved) == (1, 4, 1, 3, True)
    assert "Dữ liệu đã thay đổi" in late.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_pairs_asks_the_same_number_of_queries(hr, office, count, django_assert_num_queries):
    for number in range(count):
        born = date(1980, 1, number + 1)
        for _twice in range(2):
            PostingFactory(unit=office, staff_member=StaffMemberFactory(full_name="Lê An", date_of_birth=born))

    # the reader's scopes; their people with the units that those succeeded; decisions; postings of today
    with django_assert_num_queries(5):
        assert len(candidates(hr)) == count
