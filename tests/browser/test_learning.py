"""A learner's way from the sign-in page to the result, in a real browser, with and without a script."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from courses.models import LessonCompletion
from quizzes.models import Attempt
from quizzes.services import move_deadline
from staff import clock
from staff.models import Session
from tests.browser.conftest import after_keys_1_and_2
from tests.browser.leaving import let_it_look, overtaken, stop_the_clock, wait_until_all_is_sent
from tests.browser.looking import faults
from tests.factories.staff import PASSWORD

# Wagtail leaves the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


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
    expect(page).to_have_url(f"{live_server.url}/hoc/CB-01/#kiem-tra")
    page.locator('form[action$="/kiem-tra/bat-dau/"] button').click()
    expect(page).to_have_url(re.compile(r"/thi/\d+/$"))

    page.wait_for_load_state()  # the keys are the script's, which is read after the page
    page.keyboard.press("2")
    expect(page.locator("#exam-saved")).to_be_visible()
    page.locator("#cau-1 button[name=go]").last.click()
    page.keyboard.press("1")
    expect(page.locator("#exam-answered")).to_have_text("2")
    wait_until_all_is_sent(page)
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


def test_the_way_back_of_the_browser_leads_to_the_question_before(open_page, live_server, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.wait_for_load_state()
    page.locator("#cau-1 button[name=go]").last.click()
    page.locator(".question-map__item").nth(3).click()
    expect(page).to_have_url(f"{live_server.url}/thi/{attempt.pk}/?cau=4")

    page.go_back()
    expect(page.locator("#cau-2")).to_be_visible()
    page.keyboard.press("1")
    page.go_back()
    expect(page.locator("#cau-1")).to_be_visible()
    page.go_forward()

    expect(page.locator("#cau-2 .option input").first).to_be_checked()
    attempt.refresh_from_db()
    assert attempt.finished_at is None
    assert page.complaints == []


def test_a_second_window_shows_the_newest_answer_when_it_is_looked_at(open_page, learner, attempt):
    first = open_page(f"/thi/{attempt.pk}/", user=learner)
    first.wait_for_load_state()
    second = first.context.new_page()
    second.goto(first.url)
    second.wait_for_load_state()
    second.keyboard.press("1")
    expect(second.locator("#exam-saved")).to_be_visible()
    first.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(first.locator("#cau-1 .option input").nth(0)).to_be_checked()
    first.keyboard.press("2")
    wait_until_all_is_sent(first)

    second.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(second.locator("#cau-1 .option input").nth(1)).to_be_checked()
    expect(second.locator("#exam-notice")).to_contain_text("cửa sổ khác")


def test_an_answer_that_arrives_after_the_next_page_was_written_is_on_that_page(open_page, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    with overtaken(page):
        page.keyboard.press("1")
        expect(page.locator("#exam-saved")).to_be_visible()
        assert attempt.answers.get(number=1).response == [attempt.paper.items[0]["options"][0]["id"]]

    expect(page.locator("#cau-1 .option input").first).to_be_checked()
    wait_until_all_is_sent(page)
    expect(page.locator("#exam-notice")).to_be_hidden()


def test_added_time_shows_within_twenty_seconds_on_a_page_that_is_only_read(open_page, learner, attempt, examiner):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    later = attempt.deadline + timedelta(hours=2)
    stop_the_clock(page)

    move_deadline(attempt=attempt, deadline=later, by=examiner, reason="Power cut")
    let_it_look(page, 20)

    page.clock.resume()
    expect(page.locator("#exam-clock")).to_have_text(re.compile(r"^1[2-4]\d:\d\d$"))
    expect(page.locator("#exam-notice")).to_have_text("Anh/chị được thêm thời gian: 120 phút. Đồng hồ đang chạy đúng.")


def test_a_browser_clock_that_is_wrong_by_hours_and_jumps_changes_neither_the_time_left_nor_an_answer(
    open_page, learner, attempt
):
    """Seven hours ahead, then a day back in the middle of the test, then loaded anew (A14)."""
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.context.add_init_script(
        "window.wrongBy = 7 * 3600e3; const right = Date.now; Date.now = () => right() + window.wrongBy"
    )
    stored = []
    for wrong_by, key in ((7, "1"), (-26, "2"), (None, "1")):
        if wrong_by != -26:
            page.reload()
            page.wait_for_load_state()
        if wrong_by is not None:
            page.evaluate("(hours) => { window.wrongBy = hours * 3600e3 }", wrong_by)
        page.keyboard.press(key)
        wait_until_all_is_sent(page)
        stored.append(attempt.answers.get(number=1).response)
        assert _clock_is_right(page, attempt)

    drawn = attempt.paper.items[0]
    first, second = (option["id"] for option in drawn["options"][:2])
    # Where several answers may be right, the same key takes its tick away again.
    last = second if drawn["type"] == "multiple" else first
    assert stored == [[first], after_keys_1_and_2(drawn), [last]]


def _clock_is_right(page, attempt) -> bool:
    """To two seconds, beside those that this process itself waits for the page."""
    before = clock.now()
    minutes, seconds = page.locator("#exam-clock").inner_text().split(":")
    most, least = ((attempt.deadline - moment).total_seconds() for moment in (before, clock.now()))
    return least - 2 <= int(minutes) * 60 + int(seconds) <= most + 2


def test_without_a_connection_one_sentence_says_what_is_not_sent_and_everything_arrives_later(
    open_page, learner, attempt
):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.locator("#exam-saved")).to_be_visible()

    page.context.set_offline(True)
    page.keyboard.press("2")
    expect(page.locator("#exam-notice")).to_contain_text("Chưa gửi được 1 câu")
    page.locator("#cau-1 button[name=go]").last.click()
    page.keyboard.press("1")
    expect(page.locator("#exam-notice")).to_contain_text("Chưa gửi được 2 câu")
    expect(page.locator("#exam-saved")).to_be_hidden()
    page.context.set_offline(False)

    expect(page.locator("#exam-saved")).to_be_visible()
    expect(page.locator("#exam-notice")).to_be_hidden()
    wait_until_all_is_sent(page)
    first, second = attempt.paper.items[:2]
    saved = dict(attempt.answers.exclude(response=[]).values_list("number", "response"))
    assert saved == {1: after_keys_1_and_2(first), 2: [second["options"][0]["id"]]}


def test_fifteen_minutes_without_a_connection_lose_nothing(open_page, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.clock.install()
    page.reload()
    page.wait_for_load_state()
    page.context.set_offline(True)
    for number in range(1, 6):
        page.locator(".question-map__item").nth(number - 1).click()
        page.keyboard.press("1")
        page.clock.run_for(3 * 60_000)  # each retry on the way fails
    expect(page.locator("#exam-notice")).to_contain_text("Chưa gửi được 5 câu")
    expect(page.locator("#exam-clock")).to_have_text(re.compile(r"^9:\d\d$"))

    page.context.set_offline(False)
    page.clock.run_for(16_000)
    wait_until_all_is_sent(page)

    firsts = {item["number"]: [item["options"][0]["id"]] for item in attempt.paper.items[:5]}
    assert dict(attempt.answers.exclude(response=[]).values_list("number", "response")) == firsts
    page.clock.run_for(1000)
    # The server's clock counts: here no quarter of an hour has passed.
    expect(page.locator("#exam-clock")).to_have_text(re.compile(r"^2[34]:\d\d$"))
    expect(page.locator("#exam-saved")).to_be_visible()


def _sign_out(learner):
    """Everywhere: what a session that has run out looks like to its page."""
    Session.objects.filter(account=learner).delete()


def test_somebody_signed_out_meanwhile_signs_in_on_the_page_and_nothing_is_lost(open_page, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.wait_for_load_state()
    page.evaluate("window.neverLeft = true")
    _sign_out(learner)
    page.keyboard.press("1")
    door = page.locator("#exam-sign-in")
    expect(door).to_be_visible()
    expect(page.locator("#exam-notice")).to_contain_text("đã đăng xuất")

    door.locator("input[type=password]").fill("1234-khong-dung")
    door.locator("button").click()
    expect(door.get_by_role("alert")).to_contain_text("mật khẩu")
    expect(door.locator("input[type=password]")).to_be_focused()
    assert faults(page, "signed out in the exam") == {}
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator("#exam-saved")).to_be_visible()
    expect(door).to_be_hidden()
    expect(page.locator("#exam-notice")).to_be_hidden()
    first = attempt.paper.items[0]
    assert attempt.answers.get(number=1).response == [first["options"][0]["id"]]
    assert page.evaluate("window.neverLeft")


def _is_in_sight(page, selector):
    """Whether it stands below the bar that stays, and above the lower edge."""
    return page.evaluate(
        "s => { const at = document.querySelector(s).getBoundingClientRect();"
        " const bar = document.querySelector('.exam-bar').getBoundingClientRect();"
        " return at.height > 0 && at.top >= bar.bottom - 1 && at.bottom <= innerHeight; }",
        selector,
    )


def test_on_a_telephone_it_is_in_sight_that_one_is_signed_out_and_why_the_password_is_refused(
    open_page, learner, attempt
):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.set_viewport_size({"width": 360, "height": 600})
    page.wait_for_load_state()
    _sign_out(learner)
    # At the foot of the question, where a thumb is when the last option is chosen.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.locator(".question:visible label.option").last.evaluate("option => option.click()")
    door = page.locator("#exam-sign-in")
    expect(door).to_be_visible()
    page.wait_for_timeout(300)
    first = _is_in_sight(page, "#exam-notice"), _is_in_sight(page, "#exam-sign-in [type=password]")

    door.locator("input[type=password]").fill("1234-khong-dung")
    door.locator("button").click()
    expect(door.get_by_role("alert")).to_contain_text("mật khẩu")
    page.wait_for_timeout(300)

    assert first == (True, True)
    assert _is_in_sight(page, "#exam-sign-in [role=alert]")


def test_somebody_signed_in_again_in_another_window_goes_on_in_this_one(open_page, learner, attempt):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.wait_for_load_state()
    _sign_out(learner)
    page.keyboard.press("1")
    expect(page.locator("#exam-sign-in")).to_be_visible()

    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#id_login").fill(learner.staff_code)
    other.locator("#id_password").fill(PASSWORD)
    other.locator("main form button[type=submit]").click()
    # the address of the sign-in page names that page too
    other.wait_for_url(page.url)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(page.locator("#exam-sign-in")).to_be_hidden()
    expect(page.locator("#exam-saved")).to_be_visible()
    assert attempt.answers.get(number=1).response == [attempt.paper.items[0]["options"][0]["id"]]


def test_where_somebody_else_has_signed_in_meanwhile_the_page_says_so_and_keeps_the_answers(
    open_page, learner, trainer, attempt, sign_in, live_server
):
    page = open_page(f"/thi/{attempt.pk}/", user=learner)
    page.wait_for_load_state()
    sign_in(page.context, trainer, live_server.url)
    page.keyboard.press("1")

    expect(page.locator("#exam-notice")).to_contain_text("Người khác đã đăng nhập")
    expect(page.locator("#exam-sign-in")).to_be_hidden()
    sign_in(page.context, learner, live_server.url)
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(page.locator("#exam-saved")).to_be_visible()
    wait_until_all_is_sent(page)
    assert attempt.answers.get(number=1).response == [attempt.paper.items[0]["options"][0]["id"]]
