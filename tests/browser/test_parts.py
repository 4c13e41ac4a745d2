"""Questions of several parts with the script: moved by keys, kept without a connection, shown again after loading."""

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Keyboard
from tests.browser.leaving import wait_until_all_is_sent

pytestmark = pytest.mark.browser


@pytest.fixture
def exam(open_page, learner, in_parts):
    return open_page(f"/thi/{in_parts.pk}/?cau=2", user=learner)


def lines(page):
    return page.locator("#cau-2 .order__text").all_text_contents()


def saved(attempt, number):
    return attempt.answers.get(number=number).response


def test_a_line_is_moved_by_key_and_every_line_gets_its_place(exam, in_parts):
    before = lines(exam)

    exam.locator("#cau-2 li:nth-child(3) [data-move='-1']").focus()
    exam.keyboard.press("Enter")
    expect(exam.locator("#exam-saved")).to_be_visible()

    assert lines(exam) == [before[0], before[2], before[1], before[3]]
    assert exam.evaluate("document.activeElement.dataset.move") == "-1"
    ids = {option["text"]: option["id"] for option in in_parts.paper.items[1]["options"]}
    assert sorted(saved(in_parts, 2)) == sorted(f"{ids[text]}:{place}" for place, text in enumerate(lines(exam), 1))


def test_parts_filled_without_a_connection_arrive_and_are_shown_again(exam, in_parts):
    exam.context.set_offline(True)
    exam.locator("#cau-2 select").first.select_option(index=2)
    exam.locator(".question-map__item").nth(2).click()
    exam.locator("#cau-3 .gap__input").first.fill("RAM")
    expect(exam.locator("#exam-notice")).to_be_visible()
    order = lines(exam)

    exam.context.set_offline(False)
    exam.evaluate("window.dispatchEvent(new Event('online'))")
    expect(exam.locator("#exam-saved")).to_be_visible()
    wait_until_all_is_sent(exam)
    exam.reload()

    assert saved(in_parts, 3) == ["RAM", "", ""]
    assert len(saved(in_parts, 2)) == 4
    assert lines(exam) == order
    assert exam.locator("#cau-3 .gap__input").first.input_value() == "RAM"


def test_on_a_telephone_the_bar_of_a_test_leaves_room_and_hides_nothing_that_has_the_focus(
    open_page, learner, in_parts
):
    page = open_page(f"/thi/{in_parts.pk}/?cau=2", user=learner, width=360)

    page.locator("#cau-2 select").first.select_option(index=1)
    expect(page.locator("#exam-saved")).to_be_visible()
    bar = page.locator(".exam-bar").bounding_box()["height"]
    page.locator(".question-map__item").last.focus()
    while page.evaluate("!document.activeElement.matches('#cau-2 select')"):
        page.keyboard.press("Shift+Tab")
        Keyboard(page).sees_the_focus()

    assert bar <= 120


def test_on_a_telephone_the_words_of_an_option_have_its_whole_line_in_a_review(open_page, learner, marked_practice):
    page = open_page(f"/thi/{marked_practice.pk}/ket-qua/", user=learner, width=360)

    widths = page.eval_on_selector_all(
        "li.option",
        "(rows) => rows.map((row) => row.querySelector('.option__text').offsetWidth / row.clientWidth)",
    )

    assert min(widths) > 0.8
