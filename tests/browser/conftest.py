"""Debian's Chromium, driven by Playwright against a live server."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command

from certificates import signing
from certificates.models import Certificate
from certificates.services import issue_certificate
from courses.models import Course, LessonPage, TestPage
from courses.services import complete_lesson, enrol, start_practice, start_test
from quizzes.services import finalise
from staff import clock
from staff.models import BackgroundFunction
from staff.services import notify
from tests.factories.certificates import passed_qualification
from tests.factories.staff import AudienceFactory, AudienceRuleFactory, DutyFactory, PostingFactory
from tests.factories.unit_coverage import ExemptionFactory, RequirementFactory, TrackRuleFactory
from unit_coverage.enums import ProposalKind
from unit_coverage.proposals import propose

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
# No step waits longer than this, so that nothing holds up the whole run.
LONGEST_WAIT = 15_000


@pytest.fixture(scope="session")
def browser():
    if not os.path.exists(CHROMIUM):
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("needs Debian's chromium")
    # Playwright runs an event loop in this thread, which Django would take for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=LONGEST_WAIT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=60_000)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser):
    """``new_context(**options)``: a browser of its own, without cookies, closed after the test."""
    contexts = []

    def opened(**options):
        context = browser.new_context(locale="vi-VN", **options)
        context.set_default_timeout(LONGEST_WAIT)
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(client):
    """``sign_in(context, user, url)``: that browser is signed in at ``url`` without having typed a password."""

    def signed_in(context, user, url):
        client.force_login(user)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])

    return signed_in


@pytest.fixture
def open_page(new_context, sign_in, live_server):
    """``open_page(path, user=…, width=…)``: the page as that person sees it, noting what it asks and complains of."""

    def opened(path, *, user=None, width=1366, **options):
        context = new_context(viewport={"width": width, "height": 800}, **options)
        if user:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        page.asked, page.refused, page.complaints = [], [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("response", lambda response: response.status >= 400 and page.refused.append(response.url))
        page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    return opened


@pytest.fixture
def course(db):
    """CB-01 with its lessons and its test, as every installation has it."""
    call_command("load_courses", verbosity=0)
    return Course.objects.get(code="CB-01")


@pytest.fixture
def lessons(course):
    return list(LessonPage.objects.live().child_of(course.page).order_by("path"))


@pytest.fixture
def enrolment(course, learner):
    return enrol(staff_member=learner.staff_member, course=course)


@pytest.fixture
def last_lesson_left(enrolment, lessons):
    """The learner has finished every lesson but the last, which is returned."""
    for lesson in lessons[:-1]:
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)
    return lessons[-1]


@pytest.fixture
def attempt(enrolment, last_lesson_left):
    complete_lesson(enrolment=enrolment, lesson=last_lesson_left, revision_id=None)
    test = TestPage.objects.exams().live().child_of(enrolment.course.page).get()
    return start_test(enrolment=enrolment, test=test)


@pytest.fixture
def marked_attempt(attempt):
    finalise(attempt=attempt, cause="submitted")
    return attempt


@pytest.fixture
def rule(course, learner):
    """Everybody must hold CB-01; the learner is deferred."""
    audience = AudienceRuleFactory(audience=AudienceFactory(code="toan-the"), duties=["ict_officer"]).audience
    DutyFactory(staff_member=learner.staff_member, unit=learner.staff_member.postings.get().unit)
    TrackRuleFactory(track=course.track, courses=[course])
    ExemptionFactory(staff_member=learner.staff_member, track=course.track)
    return RequirementFactory(code="YC-CB", audience=audience, track=course.track, course=course)


@pytest.fixture
def proposal(rule, learner, admin):
    """The end of that requirement, not yet confirmed: it lets a further holder of the duty go."""
    DutyFactory(staff_member=PostingFactory(unit=learner.staff_member.postings.get().unit).staff_member)
    payload = {"code": "YC-CB", "version": 1, "last_day": "2030-12-31", "reason": "x", "back_dated_because": ""}
    return propose(kind=ProposalKind.REQUIREMENT_END, payload=payload, by=admin)


@pytest.fixture
def practice(course, learner):
    """An open attempt at practice, with fields to type in."""
    return start_practice(
        staff_member=learner.staff_member, test=TestPage.objects.practice().child_of(course.page).get()
    )


@pytest.fixture
def marked_practice(practice):
    finalise(attempt=practice, cause="submitted")
    return practice


@pytest.fixture
def certificate(learner, settings, tmp_path, monkeypatch):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    sign_pdf = signing.sign_pdf

    def sign_elsewhere(*args, **kwargs):
        # pyHanko starts an event loop, and this thread already runs Playwright's.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(sign_pdf, *args, **kwargs).result()

    monkeypatch.setattr(signing, "sign_pdf", sign_elsewhere)
    return issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


@pytest.fixture
def parked_certificate(certificate):
    """A certificate that was given up after six failures, with a function that fails beside it."""
    rows = {"status": "pending", "tries": 6, "last_error": "OSError: No space left on device", "signed_at": None}
    Certificate.objects.filter(pk=certificate.pk).update(**rows)
    BackgroundFunction.objects.create(
        name="unit_coverage.services.drain_changes",
        failures=3,
        last_error="OperationalError",
        last_failed_at=clock.now(),
        next_try_at=clock.now() + timedelta(minutes=4),
    )
    return certificate


@pytest.fixture
def notice(learner):
    """One unread notice of the learner."""
    return notify(
        to=learner, kind="test", key="k", words=lambda: ("Giấy chứng nhận đã có", "Đã ký."), path="/viec-hoc/"
    )
