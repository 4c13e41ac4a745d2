"""Debian's Chromium, driven by Playwright against a live server.

One browser, one server and one loading of the catalogue serve the whole run. Before each test the database is put
back as it was after that loading, by SQLite's own copy of all its pages: a few milliseconds instead of seconds.
"""

import io
import os
import shutil
import sqlite3
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import docx
import pytest
from django.core.files.storage import storages
from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.test import Client, override_settings
from pytest_django.live_server_helper import LiveServer

from certificates import signing
from certificates.desk import Choice, candidates
from certificates.enums import SignatureLevel
from certificates.models import (
    Certificate,
    CertificateEvent,
    EvidenceKind,
    RegradeImpact,
    WebhookDelivery,
)
from certificates.scans import clean_scan
from certificates.services import (
    add_endpoint,
    ask_for_evidence,
    authorise,
    batches,
    confirm_run,
    decide,
    draft_from,
    draw_batch_files,
    enter_claim,
    issue_certificate,
    make_batch,
    prepare_run,
    revoke_certificate,
    take_out,
    take_upload,
    work_runs,
    work_upload,
)
from courses.loading import load_catalogue
from courses.models import (
    Course,
    Escalation,
    Exemption,
    LessonPage,
    OpenObligation,
    Qualification,
    TestPage,
    Track,
)
from courses.services import (
    close_class,
    complete_lesson,
    enrol,
    lesson_from_word,
    start_practice,
    start_test,
    withdraw_nomination,
)
from courses.services.classes import attended_by, digest_of
from courses.services.past_classes import hand_in
from quizzes.importing.services import read_file
from quizzes.models import Question
from quizzes.question_text import text_of
from quizzes.services import (
    accommodate,
    add_seats,
    admit,
    apply_regrade,
    arrive,
    ask_for_review,
    ask_to_go_on,
    end_session,
    finalise,
    mark_again,
    open_session,
    plan_of,
    propose_regrade,
    publish_quiz,
    report_incident,
    review_question,
    revise_question,
    save_answer,
    save_marks,
    start_attempt,
    start_seat,
    take_script,
)
from quizzes.services.timeline import note_event
from staff import clock
from staff.enums import PersonalChangeKind
from staff.imports import taking
from staff.models import BackgroundFunction, StaffList
from staff.personal_numbers import set_national_id
from staff.services import change_person, end_token, give_token, merge_people, notify, take_back_change
from tests.factories.agency import Agency
from tests.factories.certificates import issuing_body, passed_qualification, published_template
from tests.factories.classes import a_class, away, meetings_of, sent, there
from tests.factories.evidence import a_certificate
from tests.factories.lists import a_list, a_request
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, reviewed_question
from tests.factories.staff import (
    AudienceFactory,
    AudienceRuleFactory,
    DutyFactory,
    PostingFactory,
    ScopeFactory,
    StaffMemberFactory,
    SuccessionFactory,
    UserFactory,
)
from tests.factories.unit_coverage import (
    CourseFactory,
    ExemptionFactory,
    QualificationFactory,
    RequirementFactory,
    TrackRuleFactory,
)
from tests.quizzes.marking.helpers import best_of, mark_first
from tests.quizzes.marking.scenes import answered, handed_in, practical_exam
from tests.quizzes.test_types import GAPS, MATCHING, ORDERING
from tests.scenes import planned_merger, planned_renaming
from tests.staff.lists.conftest import person as row_of_list
from unit_coverage.enums import ProposalKind
from unit_coverage.indicators.forms import IndicatorForm
from unit_coverage.models import Indicator, PeriodScheme, Target
from unit_coverage.periods import Period
from unit_coverage.proposals import propose
from unit_coverage.reports.services import add_schedule, freeze, request_report
from unit_coverage.services import rebuild_all

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
# No step waits longer than this, so that nothing holds up the whole run: only what hangs waits so long.
LONGEST_WAIT = 45_000


def after_keys_1_and_2(item) -> list[str]:
    """The response of a drawn question: where several answers may be right, the second key adds a tick."""
    options = item["options"][:2] if item["type"] == "multiple" else item["options"][1:2]
    return [option["id"] for option in options]


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


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """All of ``source`` into ``target``, as soon as the last request of the test before has ended."""
    for _attempt in range(50):
        try:
            return source.backup(target)
        except sqlite3.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("a request of the last test has not ended")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Where the pictures of lessons lie, on disk: kept in memory they would end with any change of the settings."""
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path_factory.mktemp("media")},
    }


@pytest.fixture(scope="session")
def catalogue(django_db_setup, django_db_blocker, one_course, pictures):
    """The database with the catalogue in it, as a copy in memory."""
    if connection.vendor != "sqlite":
        pytest.skip("the browser's tests put the database back by SQLite's own copy")
    from django.conf import settings

    before, loaded = (sqlite3.connect(":memory:", check_same_thread=False) for _copy_of in range(2))
    with django_db_blocker.unblock(), override_settings(STORAGES=settings.STORAGES | {"default": pictures}):
        connection.ensure_connection()
        _copy(connection.connection, before)
        load_catalogue(one_course)
        _copy(connection.connection, loaded)
        _copy(before, connection.connection)
        _forget_what_was_cached()
    before.close()
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def database_file(catalogue, django_db_blocker, tmp_path_factory):
    """A database on disk for the module: test and server each have their own connection, as in life.

    Two threads in one connection, which a database in memory asks for, bring Python down now and then.
    """
    usual, configured = connections["default"], connections.settings["default"]
    name, options = configured["NAME"], configured["OPTIONS"]
    configured["NAME"] = str(tmp_path_factory.mktemp("database") / "browser.sqlite3")
    # The CMS asks several things at once: a request that will write waits for its turn, as under `make run`.
    configured["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    connections["default"] = connections.create_connection("default")
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
    connections["default"] = usual
    configured["NAME"], configured["OPTIONS"] = name, options


@pytest.fixture(scope="module")
def live_server(database_file):
    """Replaces pytest-django's: the server begins when its database is there."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def requests_end():
    """``requests_end()`` comes back when the server is at no request any more, also at none that nobody waits for.

    What a page sends while it is closed would otherwise write into the database of the next test.
    """
    at_work = set()

    def begins(**_signal):
        at_work.add(threading.current_thread())

    def ends(**_signal):
        at_work.discard(threading.current_thread())

    def wait():
        until = time.monotonic() + LONGEST_WAIT / 1000
        while any(thread.is_alive() for thread in at_work - {threading.main_thread()}):
            if time.monotonic() > until:
                raise RuntimeError("a request of the last test has not ended")
            time.sleep(0.02)

    request_started.connect(begins)
    request_finished.connect(ends)
    yield wait
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def db(database_file, catalogue, django_db_blocker, settings, pictures, requests_end):
    """Replaces pytest-django's: nothing is rolled back or flushed, the catalogue is put in place again."""
    settings.STORAGES = settings.STORAGES | {"default": pictures}
    with django_db_blocker.unblock():
        connection.ensure_connection()
        _copy(catalogue, connection.connection)
        _forget_what_was_cached()
        yield
        requests_end()
        _forget_what_was_cached()


@pytest.fixture
def transactional_db(db):
    """What ``live_server`` asks for."""


def _forget_what_was_cached():
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Site

    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()


@pytest.fixture
def new_context(browser, db):
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
def sign_in():
    """``sign_in(context, user, url)``: that browser is signed in at ``url`` without having typed a password.

    Each with a session of its own: signing in again with one client would end the session of the browser before.
    """

    def signed_in(context, user, url):
        client = Client()
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
def open_obligations(rule, learner, hr, head, office):
    """The learner is nine days overdue, and she, her officer and her head were told so; a colleague has three weeks."""
    today = clock.today()
    colleague = PostingFactory(unit=office, staff_member__full_name="Ka Brệ").staff_member
    for person, days in ((learner.staff_member, -9), (colleague, 21)):
        OpenObligation.objects.create(
            staff_member=person, requirement=rule, unit=office, due_on=today + timedelta(days=days), as_of=today
        )
    words = ("Quá hạn: Hiểu biết về công nghệ thông tin cơ bản", "")
    notify(to=learner, kind="requirement.overdue", key="requirement:YC-CB:1:x", words=lambda: words)
    raised = Escalation.objects.create(
        staff_member=learner.staff_member,
        requirement=rule,
        due_on=today - timedelta(days=9),
        level="head",
        told_on=today,
    )
    raised.notices.add(notify(to=head, kind="obligations.overdue", key="k", words=lambda: ("Quá hạn", "")))


@pytest.fixture
def arrangement(learner, admin):
    """More time for every exam of the learner, by decision."""
    return accommodate(staff_member=learner.staff_member, by=admin, reason="QĐ 12/QĐ-UBND", extra_percent=25)


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
def in_parts(learner):
    """An open attempt at a quiz that asks for matching, an order, and gaps in a text, one after the other."""
    quiz = QuizFactory(title="Kiểm tra nhiều phần", attempts_allowed=1)
    for position, fields in enumerate((MATCHING, ORDERING, GAPS), 1):
        category = CategoryFactory()
        reviewed_question(category, code=f"NP-{position}", **fields)
        SectionFactory(
            part=PartFactory(quiz=quiz, position=position, title=f"Phần {position}"), category=category, quota=1
        )
    return start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member)


@pytest.fixture
def marked_in_parts(in_parts):
    save_answer(attempt_id=in_parts.pk, number=3, response=["RAM", "1", ""], sequence=1)
    finalise(attempt=in_parts, cause="submitted")
    return in_parts


@pytest.fixture
def marked_practice(practice):
    finalise(attempt=practice, cause="submitted")
    return practice


def _token(name, commune, admin, permissions):
    facts = {"unit": commune, "permissions": permissions, "by": admin, "form_key": name * 20}
    return give_token(name=name, valid_until=clock.today() + timedelta(days=200), **facts)[0]


@pytest.fixture
def api_token(commune, admin):
    return _token("Phần mềm thống kê của Sở Nội vụ", commune, admin, ["units", "staff", "qualifications", "coverage"])


@pytest.fixture
def ended_token(commune, admin):
    return end_token(token=_token("Kho dữ liệu dùng chung", commune, admin, ["figures"]), by=admin)


@pytest.fixture
def endpoint(commune, admin, certificate):
    """Told of a certificate's whole life: one message arrived, one is tried again, one was given up."""
    words = {"name": "Phần mềm quản lý cán bộ của Sở Nội vụ", "address": "https://nhan-su.example.gov.vn/nhan-tin"}
    kinds = ["issued", "revoked", "superseded", "expired"]
    found, _secret = add_endpoint(
        unit=commune, kinds=kinds, tells_staff_code=True, form_key="k" * 32, by=admin, **words
    )
    now = clock.now()
    states = {
        "issued": {"sent_at": now, "last_status": 204, "tries": 1},
        "superseded": {"fault": "timeout", "tries": 3, "not_before": now + timedelta(minutes=10)},
        "expired": {"fault": "answer", "last_status": 500, "tries": 18, "given_up_at": now},
        "revoked": {},
    }
    for kind, state in states.items():
        event, _new = CertificateEvent.objects.get_or_create(certificate=certificate, kind=kind)
        CertificateEvent.objects.filter(pk=event.pk).update(spread_at=now)
        WebhookDelivery.objects.create(endpoint=found, event=event, body="{}", **state)
    return found


@pytest.fixture
def certificate(learner, settings, tmp_path, monkeypatch):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    sign = signing.sign

    def sign_elsewhere(*args, **kwargs):
        # pyHanko starts an event loop, and this thread already runs Playwright's.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(sign, *args, **kwargs).result()

    monkeypatch.setattr(signing, "sign", sign_elsewhere)
    return issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


@pytest.fixture
def issuer(db):
    return issuing_body()


@pytest.fixture
def certificate_template(admin, certificate):
    """A version in use, with the Party's heading, and a draft of the next one."""
    template = published_template(admin, header="party", language="both")
    return draft_from(template=template, by=admin)


@pytest.fixture
def awaited_decision(admin, office):
    """Two people passed a course whose certificates wait for a decision."""
    for name in ("Nguyễn Thị Hồng Phượng", "K' Brèm"):
        person = PostingFactory(unit=office, staff_member__full_name=name).staff_member
        course = passed_qualification(person, code="CB-05", title="Bảng tính trong công việc").course
    return authorise(
        course=course,
        issuer_code="TRINH-DIEN",
        decision="Chờ quyết định",
        is_standing=False,
        valid_from=clock.today(),
        by=admin,
    )


@pytest.fixture
def prepared_run(admin, certificate):
    """To be revoked: one certificate, and one that was revoked before."""
    other = passed_qualification(certificate.qualification.staff_member, code="CB-03", title="Soạn thảo văn bản")
    revoke_certificate(certificate=issue_certificate(qualification_id=other.pk), reason="In sai", by=admin)
    return prepare_run(
        kind="revoke",
        found=candidates(admin, "revoke", Choice()),
        token=uuid4(),
        by=admin,
        criteria=[["Đơn vị", "Xã Đơn Dương"]],
        reason="Ghi sai tên khóa",
        from_day=clock.today(),
        fate="stays",
    )


@pytest.fixture
def finished_run(admin, certificate):
    """One certificate was issued anew, another could not be."""
    other = passed_qualification(certificate.qualification.staff_member, code="CB-03", title="Soạn thảo văn bản")
    late = issue_certificate(qualification_id=other.pk)
    found = candidates(admin, "reissue", Choice())
    run = prepare_run(kind="reissue", found=found, token=uuid4(), by=admin, reason="Sửa họ tên theo danh sách")
    confirm_run(run=run, by=admin)
    revoke_certificate(certificate=late, reason="In sai mẫu", by=admin)
    work_runs()
    return run


@pytest.fixture
def expiring_result(certificate):
    """What ends in three weeks, with its certificate, and can be renewed."""
    Qualification.objects.filter(pk=certificate.qualification_id).update(valid_until=clock.today() + timedelta(days=21))
    return certificate


@pytest.fixture
def signing_batch(learner, admin, settings, tmp_path, monkeypatch):
    """A batch with an issued certificate, a half signed one, one without signature and one taken out; files refused."""
    agency = Agency.at(tmp_path / "agency")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    for name, value in agency.settings().items():
        setattr(settings, name, value)
    # it starts an event loop, and this thread already runs Playwright's
    monkeypatch.setattr(signing, "level_of", lambda content: SignatureLevel.B)
    for number in range(1, 7):
        qualification = passed_qualification(learner.staff_member, code=f"CB-{number:02d}")
        issue_certificate(qualification_id=qualification.pk)
    monkeypatch.setattr(batches, "MOST_IN_BATCH", 4)
    batch = make_batch(request_key="một", by=admin)
    draw_batch_files(batch_id=batch.pk)
    items = list(batch.items.all())
    sheets = [storages["private"].open(item.name).read() for item in items]
    with ThreadPoolExecutor(1) as executor:
        whole = executor.submit(agency.both, sheets[0]).result()
        half = executor.submit(agency.first, sheets[1]).result()
        wrong = executor.submit(agency.second, sheets[2]).result()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in {"0001_ky.pdf": whole, "0002_ky.pdf": half, "0003.pdf": wrong, "4.pdf": sheets[3]}.items():
            archive.writestr(name, content)
    upload = take_upload(batch=batch, content=output.getvalue(), file_name="lo-da-ky.zip", by=admin)
    work_upload(upload_id=upload.pk)
    take_out(batch=batch, numbers=[items[3].pk], reason="Sai ngày sinh, chờ sửa", by=admin)
    return batch


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


@pytest.fixture
def duty(rule, learner):
    return learner.staff_member.duties.get()


@pytest.fixture
def exemption(rule, learner):
    return Exemption.objects.get(staff_member=learner.staff_member)


@pytest.fixture
def changed_person(rule, office, commune, hr):
    """An ICT officer with an account and a right: a leave was corrected, a new position was taken back."""
    person = PostingFactory(unit=office, position="Công chức văn thư", staff_member__full_name="Ka Brệ").staff_member
    DutyFactory(staff_member=person, unit=office)
    ScopeFactory(user=UserFactory(staff_member=person), unit=office, capability="head")
    today, day = clock.today(), timedelta(days=1)
    shared = {"staff_member": person, "by": hr, "decision_number": "115/QĐ-UBND", "decided_on": today}
    leave = {**shared, "kind": PersonalChangeKind.LEAVE, "cause": "maternity"}
    wrong = change_person(**leave, first_day=today + 30 * day, last_day=today + 200 * day)
    change_person(**leave, first_day=today + 31 * day, last_day=today + 210 * day, corrects=wrong)
    post = {"kind": PersonalChangeKind.POSITION, "position": "Phó Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân"}
    taken = change_person(**shared, **post, first_day=today - 40 * day, back_dated_because="Quyết định đến muộn")
    take_back_change(change=taken, reason="Nhầm người", by=hr, back_dated_because="Nhầm người cùng tên")
    rebuild_all()
    return person


@pytest.fixture
def recorded_change(changed_person):
    return changed_person.personal_changes.get(taken_back_at=None)


@pytest.fixture
def change_proposal(rule, office, hr, learner):
    """Somebody retired two months ago: postings, a duty and a right end, and figures of kept months move."""
    person = PostingFactory(unit=office, position="Công chức văn thư", staff_member__full_name="Ka Brệ").staff_member
    DutyFactory(staff_member=person, unit=office)
    ScopeFactory(user=UserFactory(staff_member=person), unit=office, capability="head")
    rebuild_all()
    today = clock.today()
    payload = {
        "kind": PersonalChangeKind.LEAVING,
        "first_day": today - timedelta(days=60),
        "last_day": None,
        "unit": "",
        "place": "",
        "position": "",
        "category": "",
        "cause": "retired",
        "ends_duties": False,
        "decision_number": "115/QĐ-UBND",
        "decided_on": today,
        "reason": "",
        "corrects": None,
        "back_dated_because": "Quyết định đến muộn",
    }
    return propose(kind=ProposalKind.PERSONAL_CHANGE, payload=payload, by=hr, staff_member=person)


@pytest.fixture
def drafted_reform(rule, duty, hr, office, commune, other_commune, admin):
    """A merger of both communes, with duties and a right that end, and figures that move."""
    DutyFactory(staff_member=PostingFactory(unit=office).staff_member, unit=office)
    rebuild_all()
    return planned_merger([commune, other_commune], admin)


@pytest.fixture
def twins(rule, learner, office):
    """One person entered twice, and one entered thrice of whom two entries are merged."""
    born = {"full_name": "Hồ Thị Đào", "date_of_birth": date(1980, 4, 5)}
    pair = [PostingFactory(unit=office, staff_member=StaffMemberFactory(**born)).staff_member for _n in range(2)]
    merged = [PostingFactory(unit=office).staff_member for _n in range(2)]
    merge_people(kept=merged[0], other=merged[1], reason="Cùng số căn cước", by=learner)
    return pair


@pytest.fixture
def planned_reform(rule, learner, office, admin):
    return planned_renaming(office, admin)


@pytest.fixture
def two_units(hr, other_commune):
    """An HR officer of two communes."""
    ScopeFactory(user=hr, unit=other_commune)
    return hr


@pytest.fixture
def successor(learner, commune, other_commune):
    """The learner's commune goes on with another in a third."""
    return SuccessionFactory(predecessor=other_commune, successor=commune).successor


@pytest.fixture
def target():
    """Nine in ten have to be trained."""
    return Target.objects.create(
        figure="basic", percent=90, valid_from=date(2024, 1, 1), legal_basis="Kế hoạch số 12/KH-UBND"
    )


@pytest.fixture
def own_course(course, trainer):
    """CB-01, of which the trainer is an author."""
    course.authors.add(trainer)
    return course


@pytest.fixture
def sent_lesson(own_course, lessons, trainer):
    """A lesson with a changed title, sent for review."""
    lesson = lessons[0]
    lesson.title = "Máy tính của xã"
    lesson.save_revision(user=trainer)
    lesson.refresh_from_db()
    lesson.get_workflow().start(lesson, trainer)
    return lesson


@pytest.fixture
def word_lesson(own_course, trainer):
    """What became of a Word file with a heading, some text and something that is not taken."""
    document = docx.Document()
    document.add_heading("Soạn công văn trên máy tính", 1)
    document.add_paragraph("Trước khi soạn, anh/chị mở mẫu công văn của cơ quan.")
    document.sections[0].header.paragraphs[0].text = "Lưu hành nội bộ"
    file = io.BytesIO()
    document.save(file)
    made, _is_new = lesson_from_word(
        course_page=own_course.page, content=file.getvalue(), file_name="bai-giang.docx", by=trainer
    )
    return made


@pytest.fixture
def question(course):
    """One of the bank."""
    return Question.objects.order_by("pk").first()


@pytest.fixture
def waiting_questions(course, trainer):
    """Three reviewed questions of the bank that the trainer has changed, each of another type."""
    questions = []
    for kind in ("single", "true_false", "number"):
        changed = Question.objects.filter(current__type=kind).order_by("pk").first()
        if changed is None:
            continue
        text = replace(text_of(changed.current), difficulty="3" if changed.current.difficulty != "3" else "1")
        revise_question(question=changed, text=text, by=trainer)
        questions.append(changed)
    return questions


@pytest.fixture
def quiz(course):
    return TestPage.objects.exams().child_of(course.page).get().quiz


@pytest.fixture
def exam_session(quiz, commune, examiner, learner):
    """It runs; the learner sits in it, beside somebody who has not come."""
    now = clock.now()
    session = open_session(
        title="Kỳ thi sát hạch kỹ năng số cơ bản đợt 1 năm 2026",
        quiz=quiz,
        unit=commune,
        room="Phòng máy số 1, trụ sở UBND xã Đơn Dương",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(minutes=120),
        legal_basis="Quyết định số 123/QĐ-UBND ngày 02/11/2026 của Chủ tịch UBND xã",
        complaints_until=clock.today() + timedelta(days=15),
        networks=["127.0.0.0/8"],
        invigilators=[examiner],
        by=None,
    )
    add_seats(session=session, people=[learner.staff_member, PostingFactory(unit=commune).staff_member], by=None)
    return session


@pytest.fixture
def planned_class(course, commune, hr, learner, office):
    """A class with two sessions behind it and one ahead; somebody was away, somebody waits, somebody does not come."""
    found = a_class(course, commune, by=hr, seats=30, decision_number="45/QĐ-UBND", decision_on=date(2026, 11, 2))
    people = [PostingFactory(unit=office).staff_member for _n in range(3)]
    meetings = meetings_of(found, days=(-2, -1, 7), by=hr)
    rows = sent(found, learner.staff_member, *people[:2], by=hr)
    there(meetings[0], *rows, by=hr)
    there(meetings[1], *rows[:1], by=hr)
    away(meetings[1], rows[1], "Họp đột xuất", by=hr)
    withdraw_nomination(nomination=sent(found, people[2], by=hr)[0], reason="Nghỉ thai sản", by=hr)
    sent(found, PostingFactory(unit=office).staff_member, by=None, is_organiser=False)
    found.refresh_from_db()
    return found


@pytest.fixture
def noted_meeting(planned_class):
    return planned_class.meetings.order_by("day")[1]


@pytest.fixture
def my_nomination(planned_class, learner):
    return planned_class.nominations.get(staff_member=learner.staff_member)


@pytest.fixture
def held_class(course, commune, hr, learner, office):
    found = a_class(course, commune, by=hr, name="Lớp bồi dưỡng tin học cơ bản cho cán bộ xã, khóa 2 năm 2026")
    rows = sent(found, learner.staff_member, PostingFactory(unit=office).staff_member, by=hr)
    meetings = meetings_of(found, days=(-9, -8), by=hr)
    for meeting in meetings:
        there(meeting, rows[0], by=hr)
    there(meetings[0], rows[1], by=hr)
    close_class(class_session=found, by=hr, shown=digest_of(attended_by(found)))
    found.refresh_from_db()
    return found


@pytest.fixture
def past_class_list(course, commune, hr, learner):
    """One row that can be taken, one that is not understood, one about somebody unknown."""
    names = (learner.full_name, learner.full_name, "Nguyễn Văn Lạ")
    days = ("05/03/2024", "hôm nọ", "05/03/2024")
    rows = [
        f"{name},,Văn phòng HĐND và UBND,CB-01,Lớp 01/2024,{day},08/03/2024,16,12,Đạt"
        for name, day in zip(names, days, strict=True)
    ]
    head = "Họ và tên,Ngày sinh,Đơn vị,Mã khóa học,Tên lớp,Từ ngày,Đến ngày,Số tiết của lớp,Số tiết đã dự,Kết quả"
    return hand_in(content="\n".join([head, *rows]).encode(), name="lop-2024.csv", unit=commune, by=hr)


@pytest.fixture
def seat(exam_session, learner):
    return exam_session.seats.get(staff_member=learner.staff_member)


@pytest.fixture
def own_seat(exam_session, hr):
    """The organiser's own."""
    add_seats(session=exam_session, people=[hr.staff_member], by=hr)
    return exam_session.seats.get(staff_member=hr.staff_member)


@pytest.fixture
def running_seat(seat, enrolment, last_lesson_left, examiner):
    """The learner's test runs, one answer came while the clock stood still, and she asks for another computer."""
    complete_lesson(enrolment=enrolment, lesson=last_lesson_left, revision_id=None)
    arrive(seat=seat, code=seat.session.access_code, address="127.0.0.1")
    admit(seat=seat, by=examiner)
    attempt = start_seat(seat=seat, device="first", address="127.0.0.1")
    item = attempt.paper.items[0]
    save_answer(attempt_id=attempt.pk, number=1, response=[item["options"][0]["id"]], sequence=1, device="first")
    attempt.answers.filter(number=2).update(late_response=[], late_saved_at=clock.now())
    note_event(attempt_id=attempt.pk, kind="away")
    report_incident(session=seat.session, seat=seat, text="Máy bị treo, đã khởi động lại", by=examiner)
    ask_to_go_on(seat=seat, device="second", address="127.0.0.1")
    seat.refresh_from_db()
    return seat


@pytest.fixture
def sat_seat(running_seat, examiner):
    end_session(session=running_seat.session, by=examiner)
    return running_seat


@pytest.fixture
def review_request(sat_seat):
    return ask_for_review(attempt=sat_seat.attempt, reason="Câu 3 theo tôi có hai phương án đúng")


@pytest.fixture
def practical(learner, examiner):
    """An open attempt with an essay and a practical task, both answered."""
    return answered(practical_exam(examiner), learner.staff_member)


@pytest.fixture
def waiting_test(practical):
    finalise(attempt=practical, cause="submitted")
    return practical


@pytest.fixture
def marked_practical(waiting_test, examiner):
    for _answer in range(2):
        mark_first(waiting_test.quiz, examiner, comment="Bài viết rõ, cần nêu thêm việc đổi mật khẩu.")
    return waiting_test


@pytest.fixture
def script_mark(practical, examiner):
    """Somebody's essay, taken and half marked."""
    handed_in(practical.quiz, PostingFactory().staff_member)
    mark = take_script(quiz=practical.quiz, by=examiner)
    save_marks(mark=mark, chosen=best_of(mark.script), comment="Tốt.", note="", sequence=1)
    return mark


@pytest.fixture
def third_mark(examiner):
    """An answer on which two markers differ, taken by the third person."""
    markers = [UserFactory(full_name=name) for name in ("Lý Văn Chấm", "Võ Thị Xét")]
    quiz = practical_exam(*markers)
    quiz.reconcilers.set([examiner])
    quiz.needs_second_marking = True
    quiz.save()
    handed_in(quiz, PostingFactory().staff_member)
    mark_first(quiz, markers[0], comment="Đủ ý.")
    mark_first(quiz, markers[1], level=-1, note="Bài sao chép gần nguyên văn tài liệu.")
    return take_script(quiz=quiz, by=examiner)


@pytest.fixture
def task_question(practical):
    return Question.objects.get(versions__type="practical")


@pytest.fixture
def taken_quiz(quiz):
    """Taken by twenty-five people, who answer one question in three rightly."""
    for person in range(25):
        attempt = start_attempt(quiz=quiz, staff_member=PostingFactory().staff_member)
        for answer in attempt.answers.select_related("version"):
            options = [option["id"] for option in answer.version.options]
            right = answer.version.key.get("right", [])
            response = right if (answer.number + person) % 3 == 0 else options[:1]
            save_answer(attempt_id=attempt.pk, number=answer.number, response=response, sequence=1)
        finalise(attempt=attempt, cause="submitted")
    return quiz


@pytest.fixture
def regrade(taken_quiz, reviewer):
    """The first question of the taken papers with another key; what was asked for is not carried out yet."""
    question = Question.objects.filter(versions__answers__attempt__quiz=taken_quiz, versions__type="single").first()
    said = text_of(question.current)
    wrong = next(words for words, right in said.options if not right)
    corrected = replace(said, options=tuple((words, words == wrong) for words, _right in said.options))
    revise_question(question=question, text=corrected)
    review_question(question=question)
    return propose_regrade(question=question, policy="again", reason="Đáp án sai", may_lower_because="Thử", by=reviewer)


@pytest.fixture
def applied_regrade(regrade, reviewer):
    return apply_regrade(regrade=regrade, shown=plan_of(regrade).digest, by=reviewer)


@pytest.fixture
def impact(marked_attempt, reviewer):
    """A qualification whose mark was changed afterwards."""
    enrolment = marked_attempt.sitting.enrolment
    qualification = passed_qualification(enrolment.staff_member, cycle=2)
    grading = mark_again(attempt=marked_attempt, by=reviewer, reason="Đáp án sai")
    return RegradeImpact.objects.create(qualification=qualification, grading=grading, mark_before="8.25")


@pytest.fixture
def imported_questions(trainer):
    """A file of three questions, one of which cannot be taken; nothing was accepted yet."""
    text = "::LAN:: Mạng nội bộ là gì? {=LAN ~WAN}\n\n::WAN:: Mạng diện rộng? {=WAN ~LAN}\n\n"
    text += "::Nối:: Nối {=LAN -> gần =WAN -> xa =MAN -> vừa}\n"
    return read_file(text.encode(), name="ngan-hang.txt", form="gift", category=None, purpose="exam", by=trainer)


# --- Papers from elsewhere ----------------------------------------------------------------------------------


def _paper(learner, *, code="cert_b", issued_on=date(2012, 6, 15)):
    """A certificate that the learner handed in, with a picture that was looked into."""
    return enter_claim(
        staff_member=learner.staff_member,
        kind=EvidenceKind.objects.get(code=code),
        submission=uuid4(),
        by=learner,
        number="TH 0457/2012",
        issued_by="Trung tâm Tin học tỉnh Lâm Đồng",
        issued_on=issued_on,
        scans=[clean_scan(a_certificate())],
    )


@pytest.fixture
def paper(course, learner):
    return _paper(learner)


@pytest.fixture
def worthless_paper(course, learner):
    return _paper(learner, code="cert_c", issued_on=date(2018, 3, 1))


@pytest.fixture
def listed_paper(paper, hr):
    return ask_for_evidence(claim=paper, asked_for="Ảnh rõ cả hai mặt, đọc được số hiệu", by=hr)


def _decide(paper, officer):
    today = clock.today()
    facts = {"number": "12/QĐ-UBND", "authority": "UBND xã Đơn Dương", "signed_on": today, "effective_from": today}
    return decide(**facts, claims=[paper], by=officer).recognitions.get(claim=paper)


@pytest.fixture
def held_paper(learner, recognition, admin):
    """Another paper for what the learner holds by recognition."""
    other = _paper(learner, code="cert_a", issued_on=date(2010, 3, 1))
    _decide(other, admin)
    return other


@pytest.fixture
def waiting_recognition(course, learner, admin):
    return _decide(_paper(learner, code="international", issued_on=date(2024, 5, 1)), admin)


@pytest.fixture
def recognition(paper, admin):
    return _decide(paper, admin)


@pytest.fixture
def recognition_proposal(paper, hr, rule):
    rule.audience.rules.update(duties=[])
    Exemption.objects.all().delete()
    rebuild_all()
    today = str(clock.today())
    words = {"decision_number": "12/QĐ-UBND", "signed_on": today, "authority": "UBND xã Đơn Dương"}
    words |= {"valid_from": today, "back_dated_because": "", "basis": "evidence", "claims": [paper.pk]}
    return propose(kind=ProposalKind.RECOGNITION, payload=words, by=hr)


@pytest.fixture
def index_figures(course, learner):
    """Of four in the commune two were trained in security this year, one has no staff category."""
    unit = learner.staff_member.postings.get().unit
    course = CourseFactory(code="AT-91", track=Track.objects.get(code="oss_security"), tags=["security"])
    for category in ("cong_chuc", "vien_chuc", "cong_chuc", "unclassified"):
        person = PostingFactory(unit=unit, category=category).staff_member
        if category != "vien_chuc":
            day = clock.today()
            QualificationFactory(staff_member=person, track=course.track, course=course, valid_from=day)


@pytest.fixture
def indicator_proposal(index_figures, admin):
    indicator = Indicator.objects.get(code="security_trained_share")
    payload = IndicatorForm.said_by(indicator, indicator.rules.get()) | {
        "code": indicator.code,
        "subject": indicator.subject,
        "positions": [],
        "categories": ["can_bo", "cong_chuc", "vien_chuc"],
        "valid_from": str(clock.today()),
        "back_dated_because": "",
    }
    return propose(kind=ProposalKind.INDICATOR_RULE, payload=payload, by=admin)


def _list_rows(office):
    """Rows of every kind: new, moved, unknown unit, struck out of two, known with another number, elsewhere."""
    place = {"Đơn vị": office.name}
    return [
        row_of_list("Đinh Công Mạnh Hùng", "24/06/1976", **place, **{"Ghi chú": "Kiêm nhiệm CNTT"}),
        row_of_list("Lê Thị Mai", "03/04/1985", **{"Đơn vị": "Trung tâm Dịch vụ tổng hợp"}),
        row_of_list("Trần Thị Lan", "01/02/1990", CCCD="099190123456", **place),
        row_of_list("Ka Brệ", "05/06/88", CCCD="99088123457", **place),
        row_of_list("Ka Brệ", "05/06/1988", CCCD="099088123999", **place),
        row_of_list("Phạm Thị Khác", "12/12/1979", CCCD="099179555555", **place),
        row_of_list("Võ Văn Sáu", "11/11/1970", **place, **{"Chức vụ": "Văn thư"}),
        row_of_list(None, None, **place),
        row_of_list("Nguyễn Văn Cuối", "11/10/1971", **place),
    ]


@pytest.fixture
def shown_list(hr, commune, office, other_hr, learner):
    for member, number, born in (
        (other_hr.staff_member, "099179555555", date(1979, 12, 12)),
        (learner.staff_member, "099190000001", date(1990, 2, 1)),
    ):
        member.date_of_birth, member.date_of_birth_precision = born, "day"
        set_national_id(member, number)
        member.save()
    six = StaffMemberFactory(full_name="Võ Văn Sáu", date_of_birth=date(1970, 11, 11))
    PostingFactory(staff_member=six, unit=office, position="Chuyên viên")
    return a_list(commune, hr, _list_rows(office), name="Danh sách CBCCVC xã Đơn Dương quý III năm 2026.xlsx")


@pytest.fixture
def read_list(hr, commune):
    made = a_list(commune, hr, read=False, key="r" * 22)
    StaffList.objects.filter(pk=made.pk).update(asked_at=clock.now(), rows_all=1200, rows_done=500, tries=5)
    return made


@pytest.fixture
def taken_list(hr, shown_list):
    taking.confirm_list(staff_list=shown_list, version=shown_list.version, takes_rest=True, by=hr)
    taking.work_lists()
    return StaffList.objects.get(pk=shown_list.pk)


@pytest.fixture
def asked_transfer(learner, other_commune, other_hr):
    return a_request(learner.staff_member, other_commune, other_hr)


@pytest.fixture
def frozen_report(rule, index_figures, learner, hr):
    """The rates of the commune, frozen; since then somebody turned out to hold the course."""
    rule.audience.rules.update(duties=[])
    rebuild_all()
    unit = learner.staff_member.postings.get().unit
    today = clock.today()
    period = Period(f"Năm {today.year}", today.replace(month=1, day=1), today, "Kế hoạch 431/KH-UBND")
    report = request_report(kind="coverage", unit=unit.parent, period=period, paper={}, token=uuid4(), by=hr)
    freeze(report_id=report.pk)
    person = unit.postings.exclude(staff_member=learner.staff_member).first().staff_member
    QualificationFactory(staff_member=person, track=rule.track, course=rule.course, valid_from=today)
    rebuild_all()
    report.refresh_from_db()
    return report


@pytest.fixture
def report_line(frozen_report, commune):
    return frozen_report.lines.get(unit=commune)


@pytest.fixture
def report_schedule(hr, commune):
    scheme = PeriodScheme.objects.get(code="quy-15")
    return add_schedule(user=hr, unit=commune, kind="index", scheme=scheme, days_after=3, by=hr)
