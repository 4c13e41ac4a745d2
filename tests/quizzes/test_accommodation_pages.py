"""HR grants arrangements to the people in scope, on a page without a script."""

import pytest
from django.urls import reverse

from quizzes.models import Accommodation
from quizzes.services import accommodate

pytestmark = pytest.mark.django_db

LIST_QUERIES = 4  # the account, the people of the reader, the count, the rows with person, test and who decided


@pytest.fixture
def address(learner):
    return reverse("quizzes:accommodations_of", args=[learner.staff_member_id])


def test_hr_grants_more_time_and_reads_who_decided(client, hr, learner, address):
    client.force_login(hr)

    shown = client.post(address, {"extra_percent": "25", "reason": "QĐ 12/QĐ-UBND"}, follow=True).text

    row = Accommodation.objects.get()
    assert (row.staff_member, row.extra_percent, row.extra_minutes, row.quiz, row.decided_by) == (
        learner.staff_member, 25, 0, None, hr,
    )  # fmt: skip
    assert "thêm 25 % thời gian" in shown
    assert "QĐ 12/QĐ-UBND" in shown
    assert hr.full_name in shown


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": "QĐ 12"}, "Hãy ghi ít nhất một điều kiện"),
        ({"extra_minutes": "10", "reason": ""}, "Lý do và số quyết định"),
        ({"opens_at": "2026-11-23T08:00", "reason": "QĐ 12"}, "hãy chọn bài kiểm tra"),
        ({"extra_minutes": "10", "valid_from": "31/02/2026", "reason": "QĐ 12"}, "30/09/2024"),
    ],
)
def test_what_cannot_be_granted_is_said_and_what_was_typed_stays(client, hr, address, data, words):
    client.force_login(hr)

    response = client.post(address, data)

    assert response.status_code == 200
    assert words.lower() in response.text.lower()
    assert all(value in response.text for value in data.values())
    assert not Accommodation.objects.exists()


def test_taking_back_asks_why_and_is_read_afterwards(client, hr, learner, address):
    row = accommodate(staff_member=learner.staff_member, by=hr, reason="QĐ 12", extra_minutes=10)
    client.force_login(hr)
    end = reverse("quizzes:accommodation_end", args=[row.pk])

    refused = client.post(end, {"reason": ""})
    shown = client.post(end, {"reason": "hết thời hạn"}, follow=True).text

    row.refresh_from_db()
    assert refused.status_code == 200
    assert row.ended_by == hr
    assert "hết thời hạn" in shown
    assert "Điều kiện này đã được thu hồi." in client.get(end).text


@pytest.mark.parametrize("who", ["other_hr", "head", "monitor", "learner", "trainer"])
def test_others_can_neither_read_nor_grant_nor_take_back(client, request, hr, learner, address, who):
    row = accommodate(staff_member=learner.staff_member, by=hr, reason="QĐ bí mật", extra_minutes=10)
    client.force_login(request.getfixturevalue(who))

    codes = [
        client.get(address).status_code,
        client.post(address, {"extra_minutes": "10", "reason": "x"}).status_code,
        client.post(reverse("quizzes:accommodation_end", args=[row.pk]), {"reason": "x"}).status_code,
    ]

    assert codes == [404, 404, 404]
    assert Accommodation.objects.get().ended_at is None
    assert "QĐ bí mật" not in client.get(reverse("quizzes:accommodations")).text


def test_nobody_grants_something_to_herself(client, hr):
    client.force_login(hr)

    assert client.get(reverse("quizzes:accommodations_of", args=[hr.staff_member_id or 0])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_1_and_3_rows(client, admin, learner, count, django_assert_num_queries):
    for number in range(1, count + 1):
        accommodate(staff_member=learner.staff_member, by=admin, reason="QĐ 12", extra_minutes=number)
    client.force_login(admin)
    client.get(reverse("quizzes:accommodations"))

    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(reverse("quizzes:accommodations"))

    assert len(page.context["page"].object_list) == count
