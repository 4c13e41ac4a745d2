"""Why a figure moved between two days: everybody who makes the difference, and nobody else."""

import random
from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.services import revoke_qualification
from staff.services import transfer
from tests.factories.staff import PostingFactory, ScopeFactory, StaffMemberFactory, SuccessionFactory, UnitFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.comparing import compare
from unit_coverage.enums import Cause
from unit_coverage.queries import coverage
from unit_coverage.services import rebuild_all

pytestmark = pytest.mark.django_db

JUNE, TODAY = date(2026, 6, 30), date(2026, 11, 29)


@pytest.fixture
def neighbour(province):
    return UnitFactory(parent=province, name="Xã D'Ran")


def posted(name, unit, *, since=date(2024, 1, 1), until=None, **fields):
    person = StaffMemberFactory(full_name=name)
    PostingFactory(staff_member=person, unit=unit, valid_from=since, valid_until=until, **fields)
    return person


@pytest.fixture
def moved(commune, neighbour, requirement):
    """Five who move the figure, each in her own way, and three who do not."""

    def trained(person, since=date(2024, 6, 1), until=None):
        return QualificationFactory(
            staff_member=person, track=requirement.track, course=requirement.course, valid_from=since, valid_until=until
        )

    trained(posted("Trần Ở Yên", commune))
    posted("Lê Chưa Học", commune)
    trained(posted("Ngô Nơi Khác", neighbour))
    trained(posted("Phạm Mới Đạt", commune), since=date(2026, 8, 1))
    trained(posted("Đỗ Hết Hạn", commune), until=date(2026, 9, 30))
    posted("Vũ Mới Đến", commune, since=date(2026, 7, 1))
    trained(posted("Bùi Nghỉ Hưu", commune, until=date(2026, 7, 31)))
    gone = posted("Hồ Chuyển Đi", commune, until=date(2026, 8, 31))
    PostingFactory(staff_member=gone, unit=neighbour, valid_from=date(2026, 9, 1))
    rebuild_all()


def said(comparison):
    return {cause: (people, pair) for cause, people, pair in comparison.by_cause()}


def test_each_cause_says_what_it_adds_and_the_sum_is_the_difference(moved, commune):
    found = compare(unit=commune, figure="basic", first=JUNE, last=TODAY)

    assert (found.first, found.last) == ((3, 6), (2, 5))
    assert said(found) == {
        Cause.CAME: (1, (0, 1)),
        Cause.LEFT: (2, (-1, -2)),
        Cause.TRAINED: (1, (1, 0)),
        Cause.LAPSED: (1, (-1, 0)),
    }


def test_the_page_names_those_the_reader_sees_today_and_counts_the_others(client, moved, commune):
    client.force_login(ScopeFactory(unit=commune, capability="hr").user)
    query = {"tu": "30/06/2026", "ngay": "29/11/2026"}

    page = client.get(reverse("unit_coverage:compared", args=[commune.code]), query)
    file = client.get(reverse("unit_coverage:compared_file", args=[commune.code]), query).text
    only = client.get(reverse("unit_coverage:compared", args=[commune.code]), query | {"vi-sao": "khong-con-dat"})

    assert [f"{line.staff_member.full_name}" for line in page.context["lines"]] == [
        "Phạm Mới Đạt",
        "Vũ Mới Đến",
        "Đỗ Hết Hạn",
        "Bùi Nghỉ Hưu",
    ]
    assert "3/6 = 50,00%" in page.text
    assert "2/5 = 40,00%" in page.text
    assert "giảm 10,00 điểm phần trăm" in page.text
    assert page.context["elsewhere"] == 1
    for name in ("Hồ Chuyển Đi", "Ngô Nơi Khác", "Trần Ở Yên"):
        assert name not in page.text + file
    assert [line.staff_member.full_name for line in only.context["lines"]] == ["Đỗ Hết Hạn"]
    assert file.count("\n") == 6


def test_a_foreign_unit_is_not_there_and_bad_days_are_told(client, moved, commune, neighbour):
    client.force_login(ScopeFactory(unit=commune, capability="hr").user)

    for name in ("compared", "compared_file"):
        assert client.get(reverse(f"unit_coverage:{name}", args=[neighbour.code])).status_code == 404
    address = reverse("unit_coverage:compared", args=[commune.code])
    for query in (
        {"tu": "30/11/2026", "ngay": "29/11/2026"},
        {"ngay": "01/01/2099"},
        {"tu": "x"},
        {"tu": "01/01/1900"},
    ):
        answer = client.get(address, query)
        assert (answer.status_code, "whole" in answer.context, bool(answer.context["form"].errors)) == (
            200,
            False,
            True,
        )


def test_before_a_merger_the_people_count_whom_the_later_units_lead_here(province, requirement):
    old = [UnitFactory(parent=province, valid_until=JUNE) for _n in range(2)]
    new = UnitFactory(parent=province, valid_from=JUNE + timedelta(days=1))
    for unit in old:
        SuccessionFactory(predecessor=unit, successor=new, effective_on=JUNE + timedelta(days=1))
        person = posted(f"Người {unit.pk}", unit, until=JUNE)
        PostingFactory(staff_member=person, unit=new, valid_from=JUNE + timedelta(days=1))
    posted("Người Mới", new, since=date(2026, 8, 1))
    rebuild_all()

    found = compare(unit=new, figure="basic", first=JUNE, last=TODAY)

    assert (found.first, found.last, said(found)) == ((0, 2), (0, 3), {Cause.CAME: (1, (0, 1))})


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_add_up_to_the_figures_of_both_days(province, requirement, seed, admin):
    draw = random.Random(seed)
    units = [UnitFactory(parent=province) for _n in range(3)]
    days = [date(2026, 1, 1) + timedelta(days=30 * n) for n in range(11)]
    for n in range(25):
        begin, end = sorted(draw.sample(days, 2))
        person = posted(f"Người {n}", draw.choice(units), since=begin, until=draw.choice([None, end]))
        if draw.random() < 0.7:
            held = QualificationFactory(
                staff_member=person, track=requirement.track, course=requirement.course, valid_from=draw.choice(days)
            )
            if draw.random() < 0.3:
                revoke_qualification(
                    qualification=held, by=admin, reason="x", from_day=max(draw.choice(days), held.valid_from)
                )
        elif draw.random() < 0.5 and person.postings.get().valid_until is None:
            transfer(staff_member=person, to_unit=draw.choice(units), on=end, by=admin, back_dated_because="x")
    rebuild_all()

    for unit in (province, *units):
        first, last = sorted(draw.sample(days, 2))
        found = compare(unit=unit, figure="basic", first=first, last=last)
        for pair, day in ((found.first, first), (found.last, last)):
            figure = coverage(unit=unit, on=day).whole.figures["basic"]
            assert pair == (figure.trained, figure.bound)
        assert tuple(sum(pair[n] for _c, _p, pair in found.by_cause()) for n in (0, 1)) == (
            found.last[0] - found.first[0],
            found.last[1] - found.first[1],
        )


def test_who_stays_posted_in_a_closed_unit_leaves_the_figure_of_the_one_that_followed(province, requirement):
    old = UnitFactory(parent=province, valid_until=JUNE)
    new = UnitFactory(parent=province, valid_from=JUNE + timedelta(days=1))
    SuccessionFactory(predecessor=old, successor=new, effective_on=JUNE + timedelta(days=1))
    posted("Người Ở Lại", old)
    rebuild_all()

    found = compare(unit=new, figure="basic", first=JUNE, last=TODAY)

    assert (found.first, found.last, said(found)) == ((0, 1), (0, 0), {Cause.LEFT: (1, (0, -1))})
