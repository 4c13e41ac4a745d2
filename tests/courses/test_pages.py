"""The pages over HTTP."""

import pytest
from django.urls import reverse

from courses.models import Enrolment, LessonCompletion
from courses.pages import judge


@pytest.fixture
def browser(client, learner):
    client.force_login(learner)
    return client


def test_every_page_opens(browser, enrolment, lessons, address):
    urls = [reverse("courses:catalogue"), reverse("courses:course", args=["CB-01"]), reverse("my_learning")]
    urls += [address(lesson) for lesson in lessons]

    assert [browser.get(url).status_code for url in urls] == [200] * 9


@pytest.mark.parametrize("count", [1, 3])
def test_a_lesson_asks_the_same_number_of_queries_whatever_the_course(
    browser, enrolment, lessons, address, count, django_assert_max_num_queries
):
    for lesson in lessons[count:]:
        lesson.unpublish()
    browser.get(address(lessons[0]))

    with django_assert_max_num_queries(14):
        browser.get(address(lessons[0]))


def test_drafts_and_unknown_lessons_are_not_there(browser, enrolment, lessons, address):
    lessons[0].unpublish()

    assert browser.get(address(lessons[0])).status_code == 404
    assert browser.get(reverse("courses:lesson", args=["CB-01", "khong-co"])).status_code == 404


def test_the_key_of_a_self_check_is_not_in_the_page(browser, enrolment, lessons, address):
    check = next(block for block in lessons[0].body if block.block_type == "self_check")
    html = browser.get(address(lessons[0])).content.decode()

    assert [option["feedback"] in html for option in check.value["options"]] == [False] * len(check.value["options"])


def test_a_self_check_answers_by_post_and_stores_nothing(browser, enrolment, lessons):
    check = next(block for block in lessons[0].body if block.block_type == "self_check")
    right = next(n for n, option in enumerate(check.value["options"]) if option["right"])
    url = reverse("courses:self_check", args=["CB-01", lessons[0].slug, check.id])

    html = browser.post(url, {"option": right}).content.decode()

    assert 'role="status"' in html
    assert judge(lessons[0], str(check.id), right).is_right is True
    assert browser.post(url, {"option": 99}).status_code == 404
    assert LessonCompletion.objects.count() == 0


def test_finishing_by_post_twice_is_harmless_and_get_changes_nothing(browser, enrolment, lessons, address):
    url = address(lessons[0], "complete")

    assert browser.get(url).status_code == 405
    forged = {"enrolment": 999, "completed_at": "2020-01-01", "revision": lessons[1].live_revision_id}
    responses = [browser.post(url, forged) for _ in range(2)]

    assert [response.url for response in responses] == [address(lessons[1])] * 2
    assert list(LessonCompletion.objects.values_list("enrolment", "revision")) == [
        (enrolment.pk, lessons[0].live_revision_id)
    ]


def test_somebody_who_is_not_enrolled_finishes_nothing(client, hr, enrolment, lessons, address):
    client.force_login(hr)

    assert client.post(address(lessons[0], "complete")).status_code == 404
    assert client.post(reverse("courses:start_test", args=["CB-01"])).status_code == 404
    assert LessonCompletion.objects.count() == 0


def test_enrolling_by_post_leads_to_the_first_lesson(browser, lessons, address):
    response = browser.post(reverse("courses:enrol", args=["CB-01"]), {"cycle": 7})

    assert response.url == address(lessons[0])
    assert Enrolment.objects.get().cycle == 1


def test_an_account_without_a_person_gets_a_clear_page(client, admin, catalogue):
    client.force_login(admin)

    assert client.get(reverse("my_learning")).status_code == 200
    assert client.get(reverse("courses:course", args=["CB-01"])).status_code == 200


def test_wagtails_own_address_leads_to_ours(browser, lessons, address):
    assert lessons[0].url.endswith(address(lessons[0]))
