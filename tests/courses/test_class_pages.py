"""Pages of classes: who sees whom, sending, attendance without a script, papers, one's own."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from courses.enums import NominationState
from courses.models import Attendance, ClassSession, Enrolment, Nomination
from courses.services import close_class
from courses.services.classes import attended_by, digest_of, reopen_class
from staff import clock
from staff.models import Notice
from tests.factories.classes import a_class, away, meetings_of, sent, there
from tests.factories.staff import PostingFactory, ScopeFactory, UserFactory
from tests.factories.unit_coverage import CourseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    """A course without pages: loading the catalogue would be most of these tests' time."""
    return CourseFactory(code="CB-01", hours=16, is_ready=True)


@pytest.fixture
def found(course, commune, hr):
    return a_class(course, commune, by=hr)


@pytest.fixture
def province_hr(province):
    user = UserFactory(full_name="Mai Thị Tỉnh")
    ScopeFactory(user=user, unit=province)
    return user


@pytest.fixture
def province_class(course, province, province_hr):
    """Hosted by the province; every commune below it may send people."""
    return a_class(course, province, by=province_hr, invites=province)


def page(client, user, url):
    client.force_login(user)
    return client.get(url)


def text_of(response) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)


# --- Whom one sees --------------------------------------------------------------------------------------------------


def test_an_officer_sees_her_own_people_of_a_class_elsewhere_and_nobody_elses(
    client, province_class, learner, trainer, hr, other_hr
):
    sent(province_class, learner.staff_member, trainer.staff_member)

    ours = page(client, hr, f"/lop/{province_class.pk}/").text
    theirs = page(client, other_hr, f"/lop/{province_class.pk}/").text
    paper = text_of(page(client, hr, f"/lop/{province_class.pk}/giay/danh-sach-cu-di-hoc/"))

    assert (learner.full_name in ours, trainer.full_name in ours) == (True, False)
    assert (learner.full_name in theirs, trainer.full_name in theirs) == (False, True)
    assert (learner.full_name in paper, trainer.full_name in paper) == (True, False)
    assert page(client, hr, f"/lop/{province_class.pk}/giay/diem-danh-1/").status_code == 404


def test_a_class_that_is_not_open_to_a_unit_is_not_there_for_its_officer(client, province_class, hr, other_hr):
    ClassSession.objects.update(invites=None)

    assert page(client, hr, f"/lop/{province_class.pk}/").status_code == 404
    assert page(client, hr, f"/lop/{province_class.pk}/cu-di-hoc/").status_code == 404
    assert "Lớp 01/2026" not in page(client, hr, "/lop/").text


def test_nobody_is_sent_confirmed_or_withdrawn_outside_the_officers_scope(client, province_class, learner, trainer, hr):
    [row] = sent(province_class, trainer.staff_member, is_organiser=False)
    client.force_login(hr)

    client.post(f"/lop/{province_class.pk}/cu-di-hoc/", {"person": [trainer.staff_member_id, learner.staff_member_id]})
    confirm = client.post(f"/lop/{province_class.pk}/", {"action": "confirm", "nomination": row.pk})
    withdraw = client.post(
        f"/lop/{province_class.pk}/", {"action": "withdraw", "nomination": row.pk, "reason": "không cần"}
    )

    row.refresh_from_db()
    assert (confirm.status_code, withdraw.status_code, row.state) == (404, 404, NominationState.NOMINATED)
    assert set(province_class.nominations.values_list("staff_member", "state")) == {
        (trainer.staff_member_id, NominationState.NOMINATED),
        (learner.staff_member_id, NominationState.NOMINATED),
    }


def test_a_trainer_named_by_the_class_notes_attendance_and_organises_nothing(client, found, learner, trainer, hr):
    from courses.services import change_class

    change_class(class_session=found, by=hr, trainers=[trainer])
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    client.force_login(trainer)

    answer = client.post(f"/lop/{found.pk}/diem-danh/{meeting.pk}/", {f"mark-{row.pk}": "co"})

    assert (answer.status_code, Attendance.objects.get().recorded_by) == (302, trainer)
    assert "Lớp 01/2026" in client.get("/lop/").text
    closed_to_her = [client.get(f"/lop/{found.pk}/{name}/").status_code for name in ("sua", "cu-di-hoc", "ket-thuc")]
    assert closed_to_her == [404, 404, 404]


# --- Planning and sending -------------------------------------------------------------------------------------------


def test_a_class_is_planned_with_its_sessions_and_bad_input_loses_nothing(client, course, commune, hr):
    client.force_login(hr)
    said = {"course": course.pk, "name": "Lớp 05/2026", "unit": commune.pk, "attendance_percent": 75}

    bad = client.post("/lop/moi/", {**said, "decision_on": "32/13/2026"})
    made = client.post("/lop/moi/", said, follow=True)
    found = ClassSession.objects.get()
    wrong = client.post(f"/lop/{found.pk}/buoi-hoc/", {"day": "05/12/2026", "begins": "11:00", "ends": "10:00"})
    client.post(f"/lop/{found.pk}/buoi-hoc/", {"day": "05/12/2026", "begins": "07:30", "ends": "10:30"})

    assert (bad.status_code, "Lớp 05/2026" in bad.text, made.status_code) == (400, True, 200)
    assert (wrong.status_code, "05/12/2026" in wrong.text) == (400, True)
    assert [(m.words, m.hours) for m in found.meetings.all()] == [("05/12/2026, 07:30–10:30", 4)]


def test_sessions_of_several_days_come_at_once_and_are_told_once(client, course, commune, hr, learner):
    found = a_class(course, commune, by=hr)
    sent(found, learner.staff_member, by=hr)
    told = Notice.objects.of(learner).count()
    client.force_login(hr)
    times = {"day": "05/12/2026", "begins": "07:30", "ends": "10:30"}
    page = f"/lop/{found.pk}/buoi-hoc/"

    wrong = client.post(page, {**times, "more_days": "08/12/2026, 31/02/2027"})
    nothing = found.meetings.count()
    client.post(page, {**times, "more_days": "08/12/2026\n10/12/2026; 05/12/2026"})

    assert (wrong.status_code, "“31/02/2027” không phải là ngày" in wrong.text, nothing) == (400, True, 0)
    assert "08/12/2026, 31/02/2027" in wrong.text
    assert [meeting.words for meeting in found.meetings.all()] == [
        f"{day}/12/2026, 07:30–10:30" for day in ("05", "08", "10")
    ]
    assert Notice.objects.of(learner).count() == told + 1


def test_days_that_overlap_a_session_add_none_of_them(client, course, commune, hr):
    found = a_class(course, commune, by=hr)
    client.force_login(hr)
    page = f"/lop/{found.pk}/buoi-hoc/"
    client.post(page, {"day": "08/12/2026", "begins": "07:30", "ends": "10:30"})

    refused = client.post(page, {"day": "05/12/2026", "more_days": "08/12/2026", "begins": "09:00", "ends": "11:00"})

    assert (refused.status_code, found.meetings.count()) == (400, 1)


def test_a_class_is_not_hosted_by_a_unit_of_somebody_else(client, course, other_commune, hr):
    client.force_login(hr)

    answer = client.post(
        "/lop/moi/", {"course": course.pk, "name": "x", "unit": other_commune.pk, "attendance_percent": 80}
    )

    assert (answer.status_code, ClassSession.objects.count()) == (400, 0)


def test_people_are_found_by_what_they_lack_and_sent_as_ticked(client, found, learner, office, commune, hr):
    from tests.factories.staff import AudienceFactory, AudienceRuleFactory
    from tests.factories.unit_coverage import QualificationFactory, RequirementFactory

    bound = AudienceRuleFactory(audience=AudienceFactory(), positions=["Chuyên viên"]).audience
    RequirementFactory(audience=bound, track=found.course.track, course=found.course)
    must = PostingFactory(unit=office, position="Chuyên viên").staff_member
    holds = PostingFactory(unit=office, position="Chuyên viên").staff_member
    QualificationFactory(staff_member=holds, track=found.course.track, course=found.course)
    client.force_login(hr)

    def listed(whom):
        text = client.get(f"/lop/{found.pk}/cu-di-hoc/?unit={commune.pk}&whom={whom}").text
        return {p for p in (must, holds, learner.staff_member) if f'name="person" value="{p.pk}"' in text}

    shown = {whom: listed(whom) for whom in ("phai-hoc", "chua-co", "tat-ca")}
    client.post(
        f"/lop/{found.pk}/cu-di-hoc/?unit={commune.pk}&whom=phai-hoc",
        {"person": [must.pk], "decision_number": "12/QĐ-UBND", "decision_on": "02/11/2026"},
    )

    assert shown == {
        "phai-hoc": {must},
        "chua-co": {must, learner.staff_member},
        "tat-ca": {must, holds, learner.staff_member},
    }
    assert found.nominations.get().staff_member == must
    assert listed("phai-hoc") == set()


def test_a_form_that_arrives_twice_sends_once(client, found, learner, hr):
    client.force_login(hr)
    said = {"person": [learner.staff_member_id]}

    answers = [client.post(f"/lop/{found.pk}/cu-di-hoc/", said).status_code for _time in range(2)]

    assert (answers, Nomination.objects.count()) == ([302, 302], 1)


# --- Attendance -----------------------------------------------------------------------------------------------------


def test_who_has_no_mark_is_present_by_one_button_and_who_is_marked_stays(client, found, learner, office, hr):
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    other = PostingFactory(unit=office).staff_member
    first, second = sent(found, learner.staff_member, other, by=hr)
    client.force_login(hr)
    url = f"/lop/{found.pk}/diem-danh/{meeting.pk}/"

    client.post(url, {f"mark-{first.pk}": "vang", f"reason-{first.pk}": "Nghỉ phép", "all": "present"})

    marks = {mark.nomination_id: (mark.is_present, mark.reason) for mark in Attendance.objects.all()}
    assert marks == {first.pk: (False, "Nghỉ phép"), second.pk: (True, "")}
    assert "Nghỉ phép" in client.get(url).text


def test_a_session_is_noted_beside_the_marks_of_another(client, found, learner, hr):
    first, second = meetings_of(found, days=(-2, -1), by=hr)
    there(first, *sent(found, learner.staff_member, by=hr), by=hr)

    assert page(client, hr, f"/lop/{found.pk}/diem-danh/{second.pk}/").status_code == 200


def test_marks_of_people_who_are_not_on_the_list_are_not_looked_at(client, found, province_class, learner, hr):
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    [foreign] = sent(province_class, learner.staff_member)
    client.force_login(hr)

    client.post(f"/lop/{found.pk}/diem-danh/{meeting.pk}/", {f"mark-{foreign.pk}": "co"})

    assert not Attendance.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_class_asks_a_fixed_number_of_queries(
    client, found, office, hr, count, django_assert_max_num_queries
):
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    rows = sent(found, *[PostingFactory(unit=office).staff_member for _n in range(count)], by=hr)
    there(meeting, *rows, by=hr)
    client.force_login(hr)
    client.get(f"/lop/{found.pk}/")

    with django_assert_max_num_queries(27):  # the reader, her scopes and rights, and seven about the class
        client.get(f"/lop/{found.pk}/")


# --- Papers ---------------------------------------------------------------------------------------------------------


def test_the_sheet_to_sign_names_everybody_confirmed_and_the_decision(client, course, commune, learner, hr):
    found = a_class(course, commune, by=hr, decision_number="45/QĐ-UBND", name="Lớp 07/2026")
    [meeting] = meetings_of(found, days=(3,), by=hr)
    waiting = PostingFactory(unit=commune).staff_member
    sent(found, learner.staff_member, by=hr)
    sent(found, waiting, is_organiser=False)

    paper = text_of(page(client, hr, f"/lop/{found.pk}/giay/diem-danh-1/"))

    assert all(words in paper for words in ("BẢNG ĐIỂM DANH", "Lớp 07/2026", "45/QĐ-UBND", "Chữ ký"))
    assert (learner.full_name in paper, waiting.full_name in paper, meeting.words in paper) == (True, False, True)


def test_slips_for_people_without_mail_are_for_them_only(client, found, learner, office, hr):
    without = PostingFactory(unit=office).staff_member
    sent(found, learner.staff_member, without, by=hr)

    paper = text_of(page(client, hr, f"/lop/{found.pk}/giay/giay-bao-khong-thu/"))

    assert (without.full_name in paper, learner.full_name in paper) == (True, False)


# --- A closed class -------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(found, learner, hr):
    """Held yesterday; the learner is noted as absent."""
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    away(meeting, row, by=hr)
    close_class(class_session=found, by=hr, shown=digest_of(attended_by(found)), note="Đủ hồ sơ")
    return found


def test_a_wrong_mark_is_put_right_by_opening_a_closed_class_again(client, closed, hr):
    client.force_login(hr)
    address = f"/lop/{closed.pk}/mo-lai/"
    offered = address in client.get(f"/lop/{closed.pk}/").text

    empty = client.post(address, {"reason": " "})
    answers = [client.post(address, {"reason": "Ghi nhầm vắng"}).status_code for _time in range(2)]
    there(closed.meetings.get(), closed.nominations.get(), by=hr)
    closed.refresh_from_db()
    close_class(class_session=closed, by=hr, shown=digest_of(attended_by(closed)))

    [line] = attended_by(closed)
    assert (offered, empty.status_code, answers, line.has_attended) == (True, 400, [302, 302], True)
    [entry] = ModelLogEntry.objects.for_instance(closed).filter(action="courses.class.reopen")
    assert (entry.user, entry.data["reason"], entry.data["note"]) == (hr, "Ghi nhầm vắng", "Đủ hồ sơ")


def test_the_host_reads_on_the_page_why_a_class_was_opened_again(client, closed, hr, trainer):
    reopen_class(class_session=closed, by=hr, reason="Ghi nhầm vắng")
    closed.trainers.add(trainer)

    asked = {user.full_name: page(client, user, f"/lop/{closed.pk}/").content.decode() for user in (hr, trainer)}

    assert {name: ("Ghi nhầm vắng" in text) for name, text in asked.items()} == {
        hr.full_name: True,
        trainer.full_name: False,
    }
    assert f"{hr.full_name} mở lại lớp lúc " in asked[hr.full_name]


def test_a_class_whose_attendance_stands_for_lessons_stays_closed(client, closed, hr, learner):
    Enrolment.objects.create(
        staff_member=learner.staff_member,
        course=closed.course,
        completed_at=clock.now(),
        lessons_by=closed.nominations.get(),
    )
    client.force_login(hr)

    refused = client.post(f"/lop/{closed.pk}/mo-lai/", {"reason": "Ghi nhầm vắng"})

    closed.refresh_from_db()
    assert (refused.status_code, "Ghi nhầm vắng" in refused.text, closed.state) == (400, True, "held")


def test_only_the_host_opens_a_class_that_was_held(client, closed, hr, other_hr, head, learner):
    address = f"/lop/{closed.pk}/mo-lai/"
    answers = {}
    for user in (other_hr, head, learner):
        client.force_login(user)
        answers[user.staff_code] = client.post(address, {"reason": "x"}).status_code
    ClassSession.objects.filter(pk=closed.pk).update(state="cancelled", end_note="x")
    client.force_login(hr)

    assert answers == {"NS0002": 404, "LD0001": 404, "HV0001": 404}
    assert client.post(address, {"reason": "x"}).status_code == 404


# --- One's own ------------------------------------------------------------------------------------------------------


def test_the_learner_sees_her_class_and_her_record_keeps_attended_apart_from_passed(client, found, learner, hr):
    first, second = meetings_of(found, days=(-2, -1), by=hr)
    [row] = sent(found, learner.staff_member, by=hr)
    expected = page(client, learner, "/viec-hoc/").text
    there(first, row)
    away(second, row, "Ốm")
    close_class(class_session=found, by=hr, shown=digest_of(attended_by(found)))

    own = page(client, learner, f"/lop/cua-toi/{row.pk}/").text
    record = page(client, learner, "/ho-so/").text

    assert ("Lớp 01/2026" in expected, "mời anh/chị đến lớp" in expected) == (True, True)
    assert ("Ốm" in own, "chưa dự đủ" in own, "4/8" in own) == (True, True, True)
    assert ("Lớp đã dự" in record, "4/8" in record, "Chưa có gì" in record or "Số tiết theo năm" not in record) == (
        True,
        True,
        True,
    )


def test_ones_own_class_is_nobody_elses(client, found, learner, trainer, hr):
    [row] = sent(found, learner.staff_member, by=hr)

    assert page(client, trainer, f"/lop/cua-toi/{row.pk}/").status_code == 404


def test_closing_is_shown_before_it_is_done(client, found, learner, hr):
    [meeting] = meetings_of(found, days=(-1,), by=hr)
    there(meeting, *sent(found, learner.staff_member, by=hr))
    client.force_login(hr)
    shown = client.get(f"/lop/{found.pk}/ket-thuc/")

    stale = client.post(f"/lop/{found.pk}/ket-thuc/", {"shown": "x"})
    done = client.post(f"/lop/{found.pk}/ket-thuc/", {"shown": shown.context["shown"]})

    found.refresh_from_db()
    assert ("1 trên 1 người" in shown.text, stale.status_code, done.status_code) == (True, 400, 302)
    assert found.state == "held"


def test_the_unit_that_holds_a_class_is_not_called_as_one_that_people_are_seconded_to(client, found, learner, hr):
    sent(found, learner.staff_member)

    pages = [page(client, hr, url).text for url in ("/lop/", f"/lop/{found.pk}/")]

    assert [("Đơn vị tổ chức" in text, "biệt phái" in text) for text in pages] == [(True, False)] * 2
