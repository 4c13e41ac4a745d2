"""The main story of each role without a mouse: every step by the keyboard, with the focus in sight all the way."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from courses.models import Qualification, TestPage
from quizzes.enums import Purpose, QuestionType
from quizzes.models import Attempt, ExamSession
from quizzes.question_text import AcceptedNumber, AcceptedText
from quizzes.services import create_question, publish_quiz, review_question
from staff.enums import Capability
from staff.models import Duty
from staff.services import print_slips
from tests.browser.keyboard import Keyboard
from tests.browser.looking import faults
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, text
from tests.factories.staff import PASSWORD, PostingFactory, ScopeFactory, UserFactory
from unit_coverage.services import rebuild_all

# Wagtail leaves the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def keyboard(open_page):
    """``keyboard(path, user=…)``: that page, to be worked by keys alone."""
    return lambda path, **options: Keyboard(open_page(path, **options))


@pytest.fixture
def four_kinds(course):
    """The test of CB-01 asks one question of each kind that is answered differently."""
    quiz = QuizFactory(title="Kiểm tra cuối khóa CB-01")
    part = PartFactory(quiz=quiz)
    kinds = {
        "single": {},
        "multiple": {
            "type": QuestionType.MULTIPLE,
            "options": (("RAM", True), ("Bộ xử lý", True), ("Bàn phím", False)),
            "stem": "Những bộ phận nào ở trong thân máy?",
        },
        "text": {
            "type": QuestionType.SHORT_TEXT,
            "options": (),
            "stem": "Mạng nội bộ viết tắt là gì?",
            "accepted": (AcceptedText("LAN"),),
        },
        "number": {
            "type": QuestionType.NUMBER,
            "options": (),
            "stem": "1,5 GB là bao nhiêu MB?",
            "accepted": (AcceptedNumber(Decimal(1536)),),
            "unit": "MB",
        },
    }
    for code, fields in kinds.items():
        category = CategoryFactory(code=f"BP-{code}")
        words = text(**{"stem": "Bộ phận nào mất nội dung khi tắt máy?", **fields})
        review_question(
            question=create_question(code=f"BP-{code}", category=category, text=words, purpose=Purpose.EXAM)
        )
        SectionFactory(part=part, category=category, quota=1)
    TestPage.objects.exams().child_of(course.page).update(quiz=publish_quiz(quiz=quiz))
    return quiz


def test_the_skip_link_leads_past_the_header(keyboard, learner):
    keys = keyboard("/viec-hoc/", user=learner)

    keys.press("Tab")
    keys.sees_the_focus()
    assert keys.is_on(".skip-link")
    keys.press("Enter")
    expect(keys.page.locator("main#content")).to_be_focused()
    keys.press("Tab")
    assert keys.is_on("main#content *")


@pytest.mark.parametrize("path", ["/viec-hoc/", "/hoc/CB-01/", "/hoc/CB-01/phan-mem/", "/tai-khoan/"])
def test_tab_leads_through_the_whole_page_and_out_of_it(keyboard, learner, enrolment, path):
    keys = keyboard(path, user=learner)

    seen = []
    for _step in range(150):
        keys.press("Tab")
        keys.sees_the_focus()
        if (what := keys.focus()["what"]) == "nothing" and seen:
            break
        seen.append(what)

    assert seen[-1].startswith("<button")
    assert keys.page.evaluate("document.activeElement === document.body")


def test_a_learner_learns_and_sits_the_test(keyboard, learner, last_lesson_left, four_kinds):
    keys = keyboard("/tai-khoan/login/")
    page = keys.page
    assert keys.is_on("#id_login")
    keys.type(learner.staff_code)
    keys.fill("#id_password", PASSWORD)
    keys.go("main form button[type=submit]")
    keys.go('.site-nav a[href="/viec-hoc/"]')
    keys.go('main a.button[href^="/hoc/CB-01/"]')
    if not page.url.endswith(f"/{last_lesson_left.slug}/"):
        keys.go(f'main a[href$="/{last_lesson_left.slug}/"]')

    keys.to("form.task input[type=radio]")
    keys.press("ArrowDown")
    keys.sees_the_focus()
    keys.go("form.task button")
    expect(page.locator("form.task .callout").first).to_be_in_viewport()
    assert faults(page, "lesson, with a self-check answered") == {}
    page.set_viewport_size({"width": 1366, "height": 800})
    keys.go('form[action$="/da-hoc/"] button')
    expect(page).to_have_url(re.compile(r"/hoc/CB-01/#kiem-tra$"))

    keys.go('form[action$="/kiem-tra/bat-dau/"] button')
    expect(page).to_have_url(re.compile(r"/thi/\d+/$"))
    for number in range(1, 5):
        here = f"#cau-{number}"
        expect(page.locator(here)).to_be_visible()
        kind = page.locator(here).get_attribute("data-type")
        assert faults(page, f"exam, a question of {kind}", widths=(360,)) == {}
        page.set_viewport_size({"width": 1366, "height": 800})
        if kind in ("number", "short_text"):
            keys.fill(f"{here} input[type=text]", "1.536" if kind == "number" else "lan")
        else:
            keys.to(f"{here} .option input")
            keys.press("Space")
            keys.sees_the_focus()
        if number < 4:
            keys.to(f"{here} button.exam-moves__end")
            keys.press("Enter")
    expect(page.locator("#exam-answered")).to_have_text("4")
    keys.to(".exam-bar__end", backwards=True)
    keys.follow()
    keys.go("form[data-finishing] button")

    expect(page.locator(".mark")).to_be_visible()
    attempt = Attempt.objects.get()
    assert attempt.answers.exclude(response=[]).count() == 4
    assert page.complaints == []


def test_somebody_without_email_opens_the_account_and_reads_the_notices(keyboard, hr, office):
    person = PostingFactory(unit=office).staff_member
    [slip] = print_slips(people=[person], by=hr, token="t", seen=0)

    keys = keyboard("/")
    keys.go('main a[href="/tai-khoan/kich-hoat/"]')
    keys.fill("#id_staff_code", slip.user.staff_code)
    keys.fill("#id_code", slip.code)
    keys.go("main form button[type=submit]")
    expect(keys.page).to_have_url(re.compile("/mat-khau/$"))
    assert faults(keys.page, "choosing a password") == {}
    keys.page.set_viewport_size({"width": 1366, "height": 800})
    first, second = keys.page.locator("main input[type=password]").all()
    keys.fill(f"#{first.get_attribute('id')}", "cay-lua-nuoc-troi-2026")
    keys.fill(f"#{second.get_attribute('id')}", "cay-lua-nuoc-troi-2026")
    keys.go("main form button[type=submit]")
    expect(keys.page.locator(".site-user__who")).to_be_visible()
    keys.go('.site-user a[href="/thong-bao/"]')

    expect(keys.page.locator("main h1")).to_be_visible()
    slip.user.refresh_from_db()
    assert slip.user.check_password("cay-lua-nuoc-troi-2026")


def test_an_hr_officer_prepares_slips_and_gives_a_one_time_code(keyboard, hr, learner):
    keys = keyboard("/can-bo/", user=hr)
    keys.to(f'main input[name=p][value="{learner.staff_member_id}"]')
    keys.press("Space")
    keys.to(".actions button[type=submit]", backwards=True)
    keys.follow()
    expect(keys.page).to_have_url(re.compile(r"/can-bo/phieu/\?"))
    keys.go(f'main a[href="/can-bo/{learner.staff_member_id}/"]')
    keys.go('main a[href$="/ma-vao-mot-lan/"]')
    keys.fill("main form :is(input:not([type=hidden]), textarea)", "Quên mật khẩu")
    keys.to("main form button[type=submit]")
    keys.press("Enter")

    expect(keys.page.locator(".big-code")).to_have_count(2)
    assert faults(keys.page, "a one-time code, shown") == {}


def test_an_hr_officer_asks_a_figure_for_the_people_behind_it(keyboard, hr, learner, rule, duty):
    keys = keyboard("/", user=hr)
    keys.go('.site-nav a[href="/ty-le/"]')
    keys.go('main a[href*="/nguoi/"]')
    expect(keys.page.locator("main h1")).to_be_visible()
    keys.go("main .tabs a:not([aria-current])")
    expect(keys.page.locator("main .tabs [aria-current]")).to_be_visible()
    keys.page.goto(keys.page.url.partition("/ty-le/")[0] + f"/can-bo/{learner.staff_member_id}/")
    keys.go('main a[href$="/nghia-vu/"]')
    keys.go('main a[href$="/nghia-vu/YC-CB/"]')
    expect(keys.page.locator("main h1")).to_be_visible()


def test_an_hr_officer_gives_a_duty_and_sees_before_what_it_does(keyboard, hr, learner, rule):
    keys = keyboard(f"/can-bo/{learner.staff_member_id}/nghia-vu/", user=hr)
    keys.go('main a[href$="/nhiem-vu/giao/"]')
    keys.to("main input[name=duty]")
    for _step in range(keys.page.locator("main input[name=duty]").count() - 1):
        keys.press("ArrowDown")
    keys.sees_the_focus()
    for name in ("valid_from", "decision_number"):
        if (field := keys.page.locator(f"main [name={name}]")).count() and not field.input_value():
            keys.fill(f"main [name={name}]", "12/QĐ-UBND" if name == "decision_number" else "01/12/2026")
    keys.go("main form button.button--primary")
    expect(keys.page).to_have_url(re.compile(r"/du-thao/\d+/$"))
    keys.go("main form button.button--primary")

    assert Duty.objects.filter(staff_member=learner.staff_member).count() == 2


def test_the_head_of_a_unit_confirms_its_figure_and_reads_the_dashboard(keyboard, head, frozen_report, report_line):
    keys = keyboard("/thong-bao/", user=head)
    keys.go("main button[name=go]")
    expect(keys.page).to_have_url(re.compile(r"/bao-cao/xac-nhan/$"))
    keys.go(f'main a[href="/bao-cao/xac-nhan/{report_line.pk}/"]')
    keys.to("main input[name=agrees]")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.sees_the_focus()
    keys.go("main form button.button--primary")
    expect(keys.page.locator(".messages")).to_be_visible()
    report_line.refresh_from_db()
    assert (report_line.confirmed_at is not None, report_line.agrees) == (True, True)

    keys.go('.site-nav a[href="/ty-le/"]')
    keys.to("main details summary")
    keys.press("Enter")
    keys.sees_the_focus()
    expect(keys.page.locator("#t-months")).to_be_visible()
    keys.to('main #t-attention ~ tbody a[href*="/nguoi/"]')
    keys.follow()
    expect(keys.page.locator("main h1")).to_be_visible()
    assert keys.page.complaints == []


def test_a_monitor_reads_the_province_drills_down_and_takes_a_file(keyboard, monitor, hr, rule, commune):
    rule.audience.rules.update(duties=[])
    rebuild_all()
    keys = keyboard("/", user=monitor)
    keys.go('.site-nav a[href="/ty-le/"]')
    keys.go('main a[href*="xem=nhiet"]')
    expect(keys.page.locator("td.heat").first).to_be_visible()
    keys.go(f'main table a[href*="/ty-le/{commune.code}/"]', most=300)
    expect(keys.page.locator("main h1")).to_have_text(commune.name)

    keys.to('main form.filters a[href*="csv"]')
    with keys.page.expect_download() as taken:
        keys.press("Enter")

    assert taken.value.suggested_filename.endswith(".csv")
    keys.sees_the_focus()
    assert keys.page.complaints == []


def test_the_officer_of_a_province_plans_an_examination_and_opens_a_report(keyboard, province, quiz, frozen_report):
    officer = UserFactory()
    ScopeFactory(user=officer, unit=province, capability=Capability.HR)
    keys = keyboard("/", user=officer)
    keys.go('.site-nav a[href="/thi/ca-thi/"]')
    keys.go('main a[href="/thi/ca-thi/moi/"]')
    keys.fill("#id_title", "Kỳ thi sát hạch đợt 1")
    for field in ("quiz", "unit"):
        keys.to(f"#id_{field}")
        keys.press("End")
        keys.sees_the_focus()
        assert keys.page.locator(f"#id_{field}").input_value()
    keys.fill("#id_room", "Phòng máy số 1")
    # Day and month are the same, and noon is said for both clocks: whichever order and clock the browser has.
    for field, typed in (("opens_at", "12122030"), ("closes_at", "12122031")):
        keys.to(f"#id_{field}")
        keys.page.keyboard.type(typed)
        keys.press("ArrowRight")
        keys.page.keyboard.type("1200p")
        keys.sees_the_focus()
    keys.fill("#id_legal_basis", "Quyết định số 123/QĐ-UBND")
    keys.to("#id_complaints_until")
    keys.page.keyboard.type("12122032")
    keys.go("main form button.button--primary")
    session = ExamSession.objects.get()
    years = session.opens_at.year, session.closes_at.year, session.complaints_until.year
    assert (session.room, years) == ("Phòng máy số 1", (2030, 2031, 2032))
    assert faults(keys.page, "an exam session, just planned") == {}
    keys.page.set_viewport_size({"width": 1366, "height": 800})

    keys.go('.site-nav a[href="/ty-le/"]')
    keys.go('main a[href^="/bao-cao/moi/"]', most=300)
    keys.go('main a[href="/bao-cao/"]')
    keys.go(f'main a[href="/bao-cao/{frozen_report.pk}/"]')
    expect(keys.page.locator("main h1")).to_be_visible()
    assert keys.page.complaints == []


def test_an_administrator_ends_a_requirement_after_seeing_what_it_does(keyboard, admin, rule):
    keys = keyboard("/quy-tac/", user=admin)
    keys.go('main a[href="/quy-tac/yeu-cau/YC-CB/"]')
    keys.go('main a[href$="/ket-thuc/"]')
    keys.fill("main [name=last_day]", "31/12/2030")
    keys.fill("main [name=reason]", "Kế hoạch mới")
    keys.go("main form button.button--primary")
    expect(keys.page).to_have_url(re.compile(r"/du-thao/\d+/$"))
    keys.go("main form button.button--primary")

    rule.refresh_from_db()
    assert rule.valid_until.isoformat() == "2030-12-31"


def test_an_administrator_tries_work_again_that_was_given_up(keyboard, admin, parked_certificate):
    keys = keyboard("/van-hanh/", user=admin)
    keys.go('main a[href="/van-hanh/cong-viec/"]')
    keys.go(f'main form[action$="/certificates/{parked_certificate.pk}/lam-lai/"] button')

    expect(keys.page.locator(".messages")).to_be_visible()
    parked_certificate.refresh_from_db()
    assert (parked_certificate.status, parked_certificate.tries) == ("pending", 0)


def test_anybody_checks_a_certificate(keyboard, certificate):
    keys = keyboard("/")
    keys.go('.site-nav a[href="/kt/"]')
    keys.fill("#code", certificate.code)
    keys.press("Tab")
    keys.sees_the_focus()
    keys.follow()

    expect(keys.page).to_have_url(re.compile(certificate.code))
    expect(keys.page.locator("#verdict")).to_be_visible()
    assert Qualification.objects.count() == 1


def test_a_trainer_changes_a_lesson_and_sends_it_and_the_reviewer_lets_it_through(
    keyboard, own_course, lessons, trainer, reviewer
):
    lesson = lessons[0]
    keys = keyboard("/cms/", user=trainer)
    keys.page.wait_for_load_state("load")
    keys.go(f'a[href="/cms/pages/{lesson.pk}/edit/"]', most=300)
    keys.page.wait_for_load_state("networkidle")
    # Two seconds after loading the CMS notes what the form holds: only what is typed later is a change to it.
    keys.page.wait_for_function("window.wagtail.app.queryController('w-unsaved')?.initialFormData")
    # The draft that the CMS saves by itself: on its way while the page is left, it would be the newer version there.
    with keys.page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/edit/")):
        keys.fill("#id_title", "Máy tính của xã")
    keys.choose("[type=submit].action-save")
    lesson.refresh_from_db()
    assert (lesson.title, lesson.get_latest_revision_as_object().title) == (lessons[0].title, "Máy tính của xã")
    keys.choose("[name=action-submit]")
    lesson.refresh_from_db()
    assert lesson.current_workflow_task_state is not None

    review = keyboard("/cms/", user=reviewer)
    review.page.wait_for_load_state("load")
    review.go('#main a[href*="/revisions/compare/live"]', most=300)
    review.go(f'a[href="/cms/pages/{lesson.pk}/edit/"]', most=300)
    review.page.wait_for_load_state("networkidle")
    review.choose("[data-workflow-action-name=approve]")
    lesson.refresh_from_db()
    assert lesson.title == "Máy tính của xã"
