"""A learner's way from the sign-in page to the result, in a real browser, with and without a script."""

import re

import pytest
from playwright.sync_api import expect

from courses.models import LessonCompletion
from quizzes.models import Attempt
from tests.factories.staff import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_a_learner_signs_in_finishes_the_lesson_sits_the_test_and_sees_the_result(
    open_page, live_server, learner, last_lesson_left
):
    page = open_page("/tai-khoan/login/?next=/hoc/CB-01/")
    page.locator("#id_login").fill(learner.staff_code)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(f"{live_server.url}/hoc/CB-01/")

    page.locator(f'a.button--primary[href$="/{last_lesson_left.slug}/"]').click()
    page.locator('form[action$="/da-hoc/"] button').click()
    expect(page).to_have_url(f"{live_server.url}/hoc/CB-01/")
    page.locator('form[action$="/kiem-tra/bat-dau/"] button').click()
    expect(page).to_have_url(re.compile(r"/thi/\d+/$"))

    page.wait_for_load_state()  # the keys are the script's, which is read after the page
    page.keyboard.press("2")
    expect(page.locator("#exam-saved")).to_be_visible()
    page.locator("#cau-1 button[name=go]").last.click()
    page.keyboard.press("1")
    expect(page.locator("#exam-answered")).to_have_text("2")
    page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('exam:'))")
    page.reload()
    expect(page.locator("#exam-answered")).to_have_text("2")
    expect(page.locator("#cau-2 .option input").nth(0)).to_be_checked()
    page.locator(".question-map__item").first.click()
    expect(page.locator("#cau-1 .option input").nth(1)).to_be_checked()

    page.locator(".exam-bar__end").click()
    page.locator("form[data-finishing] button").click()
    expect(page).to_have_url(re.compile(r"/thi/\d+/ket-qua/$"))
    expect(page.locator(".mark")).to_have_text(re.compile(r"^\d+,\d\d/10$"))
    attempt = Attempt.objects.get()
    assert (attempt.finish_cause, attempt.answers.exclude(response=[]).count()) == ("submitted", 2)
    assert LessonCompletion.objects.filter(lesson=last_lesson_left).count() == 1
    assert page.complaints == []


def test_without_a_script_a_learner_answers_two_questions_and_hands_in(open_page, live_server, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner, java_script_enabled=False)

    page.locator("#cau-1 .option").nth(1).click()
    page.locator("#cau-1 button[name=go]").last.click()
    expect(page).to_have_url(f"{live_server.url}/thi/{attempt.pk}/?cau=2")
    page.locator("#cau-2 .option").first.click()
    page.locator(".exam-bar__end").click()
    expect(page).to_have_url(f"{live_server.url}/thi/{attempt.pk}/nop-bai/")
    page.locator("form[data-finishing] button").click()

    expect(page).to_have_url(f"{live_server.url}/thi/{attempt.pk}/ket-qua/")
    expect(page.locator(".mark")).to_be_visible()
    attempt.refresh_from_db()
    shown = {item["number"]: item["options"] for item in attempt.paper.items}
    saved = dict(attempt.answers.exclude(response=[]).values_list("number", "response"))
    assert saved == {1: [shown[1][1]["id"]], 2: [shown[2][0]["id"]]}
