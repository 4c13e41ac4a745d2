"""The people pages: who finds whom."""

import re

import pytest
from django.urls import reverse

from staff.personal_numbers import set_national_id
from tests.factories.staff import DutyFactory, PostingFactory, StaffMemberFactory, UnitFactory

LIST = "/can-bo/"


def _names(response):
    return [line.full_name for line in response.context["page"].object_list]


def _get(client, user, path=LIST, **query):
    client.force_login(user)
    return client.get(path, query)


def test_hr_finds_people_without_accents_by_name_and_by_unit(client, hr, office, other_commune):
    for name in ("Đặng Thị Ánh", "Ngô Đức Dũng"):
        PostingFactory(staff_member=StaffMemberFactory(full_name=name), unit=office)
    PostingFactory(staff_member=StaffMemberFactory(full_name="Đặng Thị Ánh Xa"), unit=other_commune)

    found = [_names(_get(client, hr, q=words)) for words in ("dang anh", "don duong", "zzz")]

    # the office is a part of the commune
    assert found == [["Đặng Thị Ánh"], ["Đặng Thị Ánh", "Ngô Đức Dũng", "Lê Văn Nhân"], []]


def test_words_of_name_unit_and_code_find_the_same_person(client, hr, learner):
    client.force_login(hr)

    found = {
        words: [line.full_name for line in client.get(reverse("staff:people"), {"q": words}).context["page"]]
        for words in ("lan van phong", "văn phòng LAN", learner.staff_code.lower(), "lan huyện")
    }

    assert found == {
        "lan van phong": ["Trần Thị Lan"],
        "văn phòng LAN": ["Trần Thị Lan"],
        learner.staff_code.lower(): ["Trần Thị Lan"],
        "lan huyện": [],
    }


def test_a_word_is_found_where_a_word_begins(client, hr, office):
    for name in ("Trần Thị An", "Lê Hoàng Lan", "Đỗ Anh", "K'Ran"):
        PostingFactory(staff_member=StaffMemberFactory(full_name=name), unit=office)

    found = {words: _names(_get(client, hr, q=words)) for words in ("an", "ran")}

    assert found == {"an": ["Trần Thị An", "Đỗ Anh"], "ran": ["K'Ran"]}


def test_units_of_one_name_are_told_apart_by_the_unit_above(client, admin, office, other_commune):
    UnitFactory(name=office.name, parent=other_commune)

    response = _get(client, admin)

    labels = [unit.label for unit in response.context["units"] if unit.name == office.name]
    assert sorted(labels) == sorted(f"{office.name} · {above.name}" for above in (office.parent, other_commune))
    assert all(f">{label}</option>" in response.text for label in labels)


@pytest.mark.parametrize("path", ["/can-bo/?unit=zzz", "/can-bo/nhiem-vu/?don-vi=zzz", "/can-bo/mien-hoan/?don-vi=zzz"])
def test_a_unit_that_is_not_the_readers_is_not_found(client, hr, path):
    client.force_login(hr)

    assert client.get(path).status_code == 404


def test_list_is_sorted_by_given_name_in_vietnamese_order(client, hr, office):
    for name in ("Trần Đạt", "Lê Ánh", "Võ Dũng", "Bùi An", "Hồ Ăn"):
        PostingFactory(staff_member=StaffMemberFactory(full_name=name), unit=office)

    assert _names(_get(client, hr)) == ["Bùi An", "Lê Ánh", "Hồ Ăn", "Võ Dũng", "Trần Đạt", "Lê Văn Nhân"]


def test_filter_by_unit_takes_what_lies_below(client, admin, learner, hr, other_hr, commune):
    assert _names(_get(client, admin, unit=commune.code)) == ["Trần Thị Lan", "Lê Văn Nhân"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_does_not_grow(client, hr, office, count, django_assert_num_queries):
    PostingFactory.create_batch(count, unit=office)
    client.force_login(hr)
    client.get(LIST)

    # account; scopes (may he?); units to choose: scopes, predecessors, units; people: scopes, predecessors, count,
    # page, live codes, postings; may he print (scopes)?; and the account once more for the page frame
    with django_assert_num_queries(13):
        response = client.get(LIST)

    assert len(_names(response)) == count + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("learner", 404),
        ("trainer", 404),
        ("examiner", 404),
        ("monitor", 404),
        ("hr", 200),
        ("head", 200),
        ("admin", 200),
    ],
)
def test_list_is_for_those_who_manage_people(client, request, role, status):
    assert _get(client, request.getfixturevalue(role)).status_code == status


def test_stranger_is_sent_to_sign_in(client, db):
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("role", "status"),
    [("hr", 200), ("head", 200), ("admin", 200), ("other_hr", 404), ("learner", 404), ("monitor", 404)],
)
def test_person_is_404_for_whoever_does_not_manage_the_unit(client, request, learner, role, status):
    path = reverse("staff:person", args=[learner.staff_member_id])

    assert _get(client, request.getfixturevalue(role), path).status_code == status


def test_page_of_a_person_shows_the_history_and_the_number_masked(client, hr, learner, office):
    person = learner.staff_member
    set_national_id(person, "099076854801")
    person.save()
    DutyFactory(staff_member=person, unit=office)

    html = _get(client, hr, reverse("staff:person", args=[person.pk])).text

    assert re.findall(r"099\S*?4801", html) == ["099•••••4801"]
    assert html.count("01/01/2020") == 2


def test_a_post_beside_the_main_one_is_told_from_it(client, hr, commune, office):
    person = PostingFactory(unit=office, position="Văn thư").staff_member
    PostingFactory(staff_member=person, unit=commune, position="Thủ quỹ", is_primary=False)
    client.force_login(hr)

    page = client.get(reverse("staff:person", args=[person.pk])).text

    assert page.count("kiêm nhiệm, không tính thêm") == 1
    assert page.index("Thủ quỹ") < page.index("kiêm nhiệm, không tính thêm")
