"""An exam session in real browsers: the candidate's, another computer's and the invigilator's, each renewing itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from courses.services import complete_lesson
from quizzes.models import Attempt, IntegrityEvent
from quizzes.services import admit, arrive, end_session, pause_seat, resume_seat, take_response_file
from tests.browser.conftest import after_keys_1_and_2
from tests.browser.leaving import NEWS, let_it_look, stop_the_clock, until, wait_until_all_is_sent

# Wagtail leaves the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def ready_seat(seat, enrolment, last_lesson_left):
    complete_lesson(enrolment=enrolment, lesson=last_lesson_left, revision_id=None)
    return seat


@pytest.fixture
def exam_page(ready_seat, examiner, learner, open_page):
    """The candidate's computer, at the first question."""
    arrive(seat=ready_seat, code=ready_seat.session.access_code, address="127.0.0.1")
    admit(seat=ready_seat, by=examiner)
    page = open_page(f"/thi/ca-thi/cho/{ready_seat.pk}/", user=learner)
    page.locator("button[value=start]").click()
    expect(page).to_have_url(re.compile(r"/thi/\d+/$"))
    page.wait_for_load_state()
    return page


def test_candidate_and_invigilator_meet_without_loading_a_page_again(ready_seat, examiner, learner, open_page):
    console = open_page(f"/thi/ca-thi/{ready_seat.session_id}/giam-sat/", user=examiner, width=768)
    page = open_page(f"/thi/ca-thi/cho/{ready_seat.pk}/", user=learner)
    page.locator("#code").fill(ready_seat.session.access_code.lower())
    page.locator("button[value=arrive]").click()
    expect(page.locator("[data-waits]")).to_be_visible()

    console.bring_to_front()  # a page that nobody looks at does not ask
    console.locator(f"#admit-{ready_seat.pk}").click()
    page.bring_to_front()
    page.locator("button[value=start]").click()
    expect(page).to_have_url(re.compile(r"/thi/\d+/$"))
    page.wait_for_load_state()
    page.keyboard.press("1")

    expect(page.locator("#exam-saved")).to_be_visible()
    console.bring_to_front()
    expect(console.locator("#console tbody tr").first).to_contain_text("1/20")
    assert (console.complaints, page.complaints) == ([], [])


def test_a_candidate_goes_on_at_another_computer_and_the_old_one_only_reads(
    exam_page, ready_seat, examiner, learner, open_page
):
    exam_page.keyboard.press("1")
    expect(exam_page.locator("#exam-saved")).to_be_visible()
    other = open_page(f"/thi/ca-thi/cho/{ready_seat.pk}/", user=learner)
    other.locator("button[value=go_on]").click()
    expect(other.locator("[data-waits]")).to_be_visible()
    console = open_page(f"/thi/ca-thi/{ready_seat.session_id}/giam-sat/", user=examiner, width=768)
    console.locator(f"#admit-{ready_seat.pk}").click()

    other.bring_to_front()
    other.locator('main a.button--primary[href^="/thi/"]').click()
    expect(other).to_have_url(exam_page.url)
    other.wait_for_load_state()
    expect(other.locator("#cau-1 .option input").first).to_be_checked()
    other.keyboard.press("2")
    wait_until_all_is_sent(other)  # "saved" stands there since the first answer
    exam_page.bring_to_front()
    exam_page.keyboard.press("2")

    expect(exam_page.locator("#exam-notice")).to_contain_text("máy khác")
    expect(exam_page.locator("#cau-1 .option input").first).to_be_disabled()
    attempt = Attempt.objects.get()
    assert attempt.answers.get(number=1).response == after_keys_1_and_2(attempt.paper.items[0])


def test_a_pause_shows_and_ends_by_itself(exam_page, ready_seat, examiner):
    stop_the_clock(exam_page)
    pause_seat(seat=ready_seat, by=examiner, reason="mất điện")
    # Nobody touches the page: it looks by itself, and neither questions nor their list can be read any more.
    let_it_look(exam_page, 8)
    expect(exam_page.locator("#exam-notice")).to_contain_text("tạm dừng")
    expect(exam_page.locator("#exam")).to_be_hidden()
    expect(exam_page.locator(".question-map")).to_be_hidden()
    expect(exam_page.locator("#cau-1 .option input").first).to_be_disabled()

    resume_seat(seat=ready_seat, by=examiner, reason="có điện lại")

    let_it_look(exam_page, 20)
    exam_page.clock.resume()
    expect(exam_page.locator("#cau-1 .option input").first).to_be_enabled()
    exam_page.keyboard.press("1")
    expect(exam_page.locator("#exam-saved")).to_be_visible()


def test_an_older_answer_that_comes_late_does_not_stop_the_clock_again(exam_page, ready_seat, examiner):
    stop_the_clock(exam_page)
    pause_seat(seat=ready_seat, by=examiner, reason="mất điện")
    overtaken = []
    exam_page.route(NEWS, lambda route: overtaken.append((route, route.fetch())), times=1)
    with exam_page.expect_request(NEWS):
        exam_page.clock.run_for(8_000)
    until(exam_page, lambda: overtaken, "The page did not ask.")
    resume_seat(seat=ready_seat, by=examiner, reason="có điện lại")
    let_it_look(exam_page, 8)

    route, paused = overtaken[0]
    assert paused.json()["paused"]
    with exam_page.expect_event("requestfinished"):
        route.fulfill(response=paused)
    exam_page.evaluate("() => fetch(location.href).then((page) => page.text())")  # what came before it has been read

    expect(exam_page.locator("#exam")).to_be_visible()
    expect(exam_page.locator("#exam-notice")).not_to_contain_text("tạm dừng")


def test_a_second_window_is_noted(exam_page):
    second = exam_page.context.new_page()
    second.goto(exam_page.url)
    second.wait_for_load_state()

    until(exam_page, IntegrityEvent.objects.filter(kind="second_tab").exists, "the second window is not noted")


def test_answers_that_cannot_be_sent_are_sealed_by_the_browser_and_opened_by_the_server(
    exam_page, ready_seat, examiner
):
    exam_page.context.set_offline(True)
    exam_page.keyboard.press("2")
    expect(exam_page.locator("#exam-file")).to_be_visible(timeout=60_000)
    with exam_page.expect_download() as download:
        exam_page.locator("#exam-file button").click()
    content = Path(download.value.path()).read_bytes()
    session = end_session(session=ready_seat.session, by=examiner)

    file = take_response_file(session=session, content=content, by=examiner)

    attempt = Attempt.objects.get()
    chosen = attempt.paper.items[0]["options"][1]["id"]
    assert file.answers == 1
    assert attempt.answers.get(number=1).late_response == [chosen]
    assert chosen.encode() not in content


def test_the_sealed_file_is_offered_only_while_answers_wait(exam_page):
    exam_page.context.set_offline(True)
    exam_page.keyboard.press("2")
    expect(exam_page.locator("#exam-file")).to_be_visible(timeout=60_000)

    exam_page.context.set_offline(False)

    expect(exam_page.locator("#exam-saved")).to_be_visible(timeout=30_000)
    expect(exam_page.locator("#exam-file")).to_be_hidden()
