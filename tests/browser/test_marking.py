"""Writing, handing in, marking: with the script, and what a lost line does to each."""

import pytest
from playwright.sync_api import expect

from quizzes.models import AnswerFile, Grading, ScriptMark
from tests.browser.leaving import overtaken, until, wait_until_all_is_sent
from tests.quizzes.marking.helpers import docx

pytestmark = pytest.mark.browser
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def choose(page, name, content):
    page.locator("#tep-2").set_input_files({"name": name, "mimeType": WORD, "buffer": content})


def test_a_learner_writes_and_hands_in_and_two_answers_are_marked(open_page, learner, examiner, practical):
    page = open_page(f"/thi/{practical.pk}/?cau=1", user=learner)
    page.locator("#cau-1 textarea").fill("Dòng một.\n\nDòng hai.")
    expect(page.locator("#exam-saved")).to_be_visible()
    expect(page.locator("#cau-1 [data-read]")).to_have_text("Đã viết 4 từ.")
    page.locator(".question-map__item").nth(1).click()
    choose(page, "Bài mới.docx", docx("Mới"))
    expect(page.locator("#cau-2 [data-file-now]")).to_have_text("Bài mới.docx")
    page.locator(".exam-bar__end").click()
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("Đang chờ chấm")
    assert practical.answers.get(number=1).response == ["Dòng một.\n\nDòng hai."]
    assert AnswerFile.objects.filter(attempt=practical).count() == 2

    desk = open_page("/cham-bai/", user=examiner)
    with desk.expect_navigation():
        desk.get_by_role("button", name="Chấm trọn từng bài").click()
    for _answer in range(2):
        for group in desk.locator("#marking fieldset").all():
            radios = group.locator("input[type=radio]")
            if radios.count():
                radios.first.check()
        for tick in desk.locator("#marking input[type=checkbox]").all():
            tick.check()
        expect(desk.locator("#marking-saved")).to_contain_text("Đã lưu lúc")
        with desk.expect_navigation():
            desk.get_by_role("button", name="Chấm xong, sang bài tiếp theo").click()
    expect(desk.locator("main")).to_contain_text("Hiện không còn bài chờ anh/chị")
    assert Grading.objects.get(attempt=practical).mark == 10
    assert page.complaints == desk.complaints == []


def test_a_file_that_does_not_arrive_stays_chosen_and_is_sent_when_the_line_is_back(open_page, learner, practical):
    before = practical.answers.get(number=2).response
    page = open_page(f"/thi/{practical.pk}/?cau=2", user=learner)
    page.context.set_offline(True)
    choose(page, "Bài mới.docx", docx("Mới"))
    expect(page.locator("#cau-2 [data-upload-state]")).to_contain_text("Tệp chưa gửi được")
    assert practical.answers.get(number=2).response == before

    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("#cau-2 [data-file-now]")).to_have_text("Bài mới.docx")
    assert practical.answers.get(number=2).response != before


def test_marking_for_review_keeps_the_file_that_was_handed_in(open_page, learner, practical):
    before = practical.answers.get(number=2).response
    page = open_page(f"/thi/{practical.pk}/?cau=2", user=learner)

    page.locator("#cau-2 [data-flag]").click()
    expect(page.locator("#exam-saved")).to_be_visible()
    page.reload()

    assert (practical.answers.get(number=2).response, practical.answers.get(number=2).is_flagged) == (before, True)


def test_half_done_marks_outlive_a_lost_line_and_a_closed_page(open_page, examiner, script_mark):
    desk = open_page(f"/cham-bai/bai/{script_mark.pk}/", user=examiner)
    desk.context.set_offline(True)
    desk.locator("#note").fill("Cần xem lại")
    expect(desk.locator("#marking-saved")).to_contain_text("Chưa lưu được")

    desk.context.set_offline(False)
    desk.reload()

    expect(desk.locator("#note")).to_have_value("Cần xem lại")
    expect(desk.locator("#marking-saved")).to_contain_text("Đã lưu lúc")
    wait_for_note(desk, script_mark, "Cần xem lại")


def test_a_note_that_arrives_after_the_next_page_was_written_is_on_that_page(open_page, examiner, script_mark):
    desk = open_page(f"/cham-bai/bai/{script_mark.pk}/", user=examiner)
    with overtaken(desk):
        desk.locator("#note").fill("Cần xem lại")
        wait_for_note(desk, script_mark, "Cần xem lại")

    expect(desk.locator("#note")).to_have_value("Cần xem lại")
    desk.locator("#comment").fill("Rất tốt.")
    desk.get_by_role("button", name="Lưu", exact=True).click()
    expect(desk.locator("#note")).to_have_value("Cần xem lại")
    wait_until_all_is_sent(desk, "marking:")


def test_finishing_gives_up_a_save_that_is_on_its_way(open_page, examiner, script_mark):
    desk = open_page(f"/cham-bai/bai/{script_mark.pk}/", user=examiner)
    held, given_up = [], []
    desk.on("requestfailed", lambda request: given_up.append(request.post_data or ""))
    desk.route("**/cham-bai/bai/*/", lambda route: held.append(route))
    desk.locator("#marking fieldset input[type=radio]").nth(1).check()
    desk.get_by_role("button", name="Chấm xong, sang bài tiếp theo").click(no_wait_after=True)

    until(desk, lambda: given_up and len(held) == 2, "the save is not given up, or the answer not sent", turns=100)
    assert ["go=save" in sent for sent in given_up] == [True]
    assert [route.request.is_navigation_request() for route in held] == [False, True]
    held[1].continue_()
    expect(desk.locator("main")).to_contain_text("Đã chấm xong")


def wait_for_note(desk, script_mark, note):
    """The page shows its copy before the server has it."""
    arrived = ScriptMark.objects.filter(pk=script_mark.pk, note=note)
    until(desk, arrived.exists, f"The note {note!r} did not arrive.", turns=100)
