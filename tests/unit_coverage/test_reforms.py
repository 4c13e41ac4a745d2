"""The pages of a reorganisation: previewed, confirmed, withdrawn, carried out exactly as shown, by those who may."""

import io
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from certificates.models import Issuer
from quizzes.models import ExamSession
from quizzes.services.session_hosts import hand_on_sessions
from staff.enums import Capability, DutyKind, ReformState, UnitKind
from staff.models import Duty, Notice, Posting, Reorganisation, Scope, Unit
from staff.services import carry_out_due, confirm_scopes, give_token, remind_of_rights, withdraw_reorganisation
from tests.factories.classes import a_class
from tests.factories.quizzes import QuizFactory
from tests.factories.staff import (
    DutyFactory,
    PostingFactory,
    ScopeFactory,
    SuccessionFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.left_behind import tell_what_is_left
from unit_coverage.models import PeriodScheme, ReportSchedule
from unit_coverage.queries import coverage
from unit_coverage.reform_effects import rehearse_reorganisation
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.django_db

NOW = date(2026, 11, 20)
DAY = date(2027, 1, 1)
MERGE = {
    "name": "Xã Đơn Dương",
    "kind": "commune",
    "effective_on": "01/01/2027",
    "decision_number": "12/NQ-HĐND",
    "decided_on": "15/11/2026",
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def other_office(other_commune):
    return UnitFactory(code="24934-2/VP", name="Văn phòng HĐND và UBND", kind=UnitKind.OFFICE, parent=other_commune)


@pytest.fixture
def province_hr(province):
    user = UserFactory(full_name="Nguyễn Thị Tỉnh", staff_code="NS0009")
    ScopeFactory(user=user, unit=province, capability=Capability.HR)
    return user


@pytest.fixture
def people(requirement, commune, office, other_commune, other_office):
    """Two of three trained here, none of two there."""
    here = [PostingFactory(unit=unit) for unit in (office, office, commune)]
    there = [PostingFactory(unit=unit) for unit in (other_office, other_commune)]
    for posting in here[:2]:
        QualificationFactory(staff_member=posting.staff_member, track=requirement.track, course=requirement.course)
    rebuild_all()
    return here + there


def planned(client, user, units, how="sap-nhap", **words):
    client.force_login(user)
    url = reverse("reforms:new", args=[how]) + "?cha=68-2"
    response = client.post(url, {**MERGE, "units": [unit.pk for unit in units], **words})
    assert response.status_code == 302, re.findall(r'class="errorlist[^"]*"[^>]*>.*?</ul>', response.text, re.S)
    return Reorganisation.objects.latest("pk")


def confirmed(client, plan):
    shown = rehearse_reorganisation(plan).digest
    client.post(reverse("reforms:plan", args=[plan.pk]), {"shown": shown})
    plan.refresh_from_db()
    return plan


def pairs(effect):
    return [(line.code, line.before, line.after) for line in effect.figures if line.figure == "basic"]


def basic(code, on):
    figure = coverage(unit=Unit.objects.get(code=code), on=on).whole.figures["basic"]
    return figure.trained, figure.bound


def test_a_merger_is_shown_with_every_figure_that_moves(client, people, province_hr, commune, other_commune):
    plan = planned(client, province_hr, [commune, other_commune])

    assert pairs(rehearse_reorganisation(plan)) == [
        ("24931-2", (2, 3), None),
        ("24931-3", None, (2, 5)),
        ("24934-2", (0, 2), None),
        ("24931-2/VP", (2, 2), None),
        ("24931-3/VP", None, (2, 3)),
        ("24934-2/VP", (0, 1), None),
    ]
    page = client.get(reverse("reforms:plan", args=[plan.pk])).text
    assert ["2/5 = 40,00%" in page, "5 người" in page] == [True, True]


def test_what_was_shown_is_what_happens(client, people, province_hr, commune, other_commune):
    plan = planned(client, province_hr, [commune, other_commune])
    effect = rehearse_reorganisation(plan)
    confirmed(client, plan)
    with time_machine.travel(DAY):
        carry_out_due()
        drain_changes()

    assert [basic(code, DAY) for code, _before, after in pairs(effect) if after] == [
        after for _code, _before, after in pairs(effect) if after
    ]
    yesterday = DAY - timedelta(days=1)
    assert [basic(code, yesterday) for code, before, _after in pairs(effect) if before] == [
        before for _code, before, _after in pairs(effect) if before
    ]
    assert basic("68-2", DAY) == basic("68-2", yesterday) == (2, 5)


def test_a_plan_of_this_day_is_counted_before_the_officer_looks(client, people, province_hr, commune, other_commune):
    with time_machine.travel(DAY):
        rebuild_all()
        plan = planned(client, province_hr, [commune, other_commune])
        confirmed(client, plan)

        table = coverage(unit=Unit.objects.get(code="68-2"), on=DAY)

    (new,) = [unit["code"] for unit in plan.plan["new"] if unit["parent"] == "68-2"]
    assert {child.unit.code: child.headcount for child in table.children} == {new: 5}
    assert table.own.headcount == 0


def test_who_loses_rights_is_told_and_administrators_are_asked(
    client, people, province_hr, hr, admin, commune, other_commune
):
    plan = planned(client, province_hr, [commune, other_commune])
    new = next(unit["name"] for unit in plan.plan["new"] if unit["parent"] == "68-2")
    confirmed(client, plan)
    with time_machine.travel(DAY):
        carry_out_due()
        ended = Notice.objects.of(hr).filter(kind="staff.reform").get()
        confirm_scopes(reorganisation=plan, by=admin)
        confirm_scopes(reorganisation=plan, by=admin)
    given = Notice.objects.of(hr).filter(kind="staff.reform").exclude(pk=ended.pk).get()

    asked = Notice.objects.of(admin).filter(kind="staff.reform").get()
    assert asked.path == reverse("reforms:plan", args=[plan.pk])
    assert ended.text == (
        f"Quyền của anh/chị tại {commune.name} kết thúc ngày 31/12/2026."
        f" Tại {new} (đơn vị kế tiếp), quyền có hiệu lực khi quản trị viên xác nhận."
    )
    assert given.text == (
        f"Quyền của anh/chị tại {commune.name} kết thúc ngày 31/12/2026."
        f" Quyền nay có hiệu lực tại {new} (đơn vị kế tiếp)."
    )


def test_looking_at_a_plan_changes_nothing(client, people, province_hr, commune, other_commune):
    plan = planned(client, province_hr, [commune, other_commune])
    before = [list(model.objects.order_by("pk").values()) for model in (Unit, Posting, Reorganisation)]

    client.get(reverse("reforms:plan", args=[plan.pk]))
    client.get(reverse("reforms:plan_csv", args=[plan.pk]))

    assert [list(model.objects.order_by("pk").values()) for model in (Unit, Posting, Reorganisation)] == before


def test_facts_that_moved_meanwhile_are_shown_again(client, people, province_hr, commune, other_commune, office):
    plan = planned(client, province_hr, [commune, other_commune])
    shown = rehearse_reorganisation(plan).digest
    PostingFactory(unit=office)

    response = client.post(reverse("reforms:plan", args=[plan.pk]), {"shown": shown}, follow=True)

    plan.refresh_from_db()
    assert (plan.state, "Dữ liệu đã thay đổi" in response.text) == (ReformState.DRAFT, True)


def test_a_plan_is_withdrawn_with_a_reason(client, people, province_hr, commune, other_commune):
    plan = confirmed(client, planned(client, province_hr, [commune, other_commune]))

    client.post(reverse("reforms:withdraw", args=[plan.pk]), {"reason": ""})
    plan.refresh_from_db()
    assert plan.state == ReformState.PLANNED

    client.post(reverse("reforms:withdraw", args=[plan.pk]), {"reason": "Nghị quyết chưa có hiệu lực"})
    plan.refresh_from_db()
    assert plan.state == ReformState.WITHDRAWN


def test_choices_are_kept_and_shown_at_once(client, people, province_hr, commune, other_commune):
    duty = DutyFactory(staff_member=people[2].staff_member, unit=commune, kind=DutyKind.SECURITY_OFFICER)
    scope = ScopeFactory(unit=commune)
    plan = planned(client, province_hr, [commune, other_commune])
    sent = {"choose": "1", f"nhiem-vu-{duty.pk}": "24931-3", f"quyen-{scope.pk}": ""}

    client.post(reverse("reforms:plan", args=[plan.pk]), sent)

    plan.refresh_from_db()
    assert (plan.plan["duties"], plan.plan["scopes"]) == ([[duty.pk, "24931-3"]], [])


def test_values_that_were_not_offered_are_not_taken(client, people, province_hr, commune, other_commune):
    duty = DutyFactory(staff_member=people[2].staff_member, unit=commune)
    plan = planned(client, province_hr, [commune, other_commune])

    client.post(reverse("reforms:plan", args=[plan.pk]), {"choose": "1", f"nhiem-vu-{duty.pk}": "68-2"})

    plan.refresh_from_db()
    assert plan.plan["duties"] == [[duty.pk, "24931-3"]]


def test_in_a_merger_duties_go_on_with_their_holders_and_the_head_is_decided_anew(
    client, people, province_hr, commune, office, other_commune
):
    officer = DutyFactory(staff_member=people[2].staff_member, unit=commune)
    security = DutyFactory(staff_member=people[0].staff_member, unit=office, kind=DutyKind.SECURITY_OFFICER)
    DutyFactory(staff_member=people[4].staff_member, unit=other_commune, kind=DutyKind.HEAD)
    plan = planned(client, province_hr, [commune, other_commune])
    page = client.get(reverse("reforms:plan", args=[plan.pk])).text
    confirmed(client, plan)
    with time_machine.travel(DAY):
        carry_out_due()

    assert plan.plan["duties"] == [[officer.pk, "24931-3"], [security.pk, "24931-3/VP"]]
    assert "người đứng đầu được bổ nhiệm mới" in page
    held = Duty.objects.filter(valid_until=None).order_by("pk").values_list("staff_member", "unit__code", "kind")
    assert set(held) == {
        (officer.staff_member_id, "24931-3", "ict_officer"),
        (security.staff_member_id, "24931-3/VP", "security_officer"),
    }


def test_a_duty_whose_choice_is_that_it_ends_ends_with_its_unit(client, people, province_hr, commune, other_commune):
    duty = DutyFactory(staff_member=people[2].staff_member, unit=commune)
    plan = planned(client, province_hr, [commune, other_commune])

    client.post(reverse("reforms:plan", args=[plan.pk]), {"choose": "1", f"nhiem-vu-{duty.pk}": ""})

    plan.refresh_from_db()
    assert plan.plan["duties"] == []


def test_a_split_is_shared_out_by_office_and_by_person(client, people, province_hr, commune, office):
    words = {"unit": commune.pk, "name1": "Xã Một", "kind1": "commune", "code1": "X-1", "name2": "Xã Hai"}
    plan = planned(client, province_hr, [], "chia-tach", **words, kind2="commune", code2="X-2")
    sent = {"choose": "1", f"con-{office.pk}": "1"}

    client.post(reverse("reforms:plan", args=[plan.pk]), sent)

    plan.refresh_from_db()
    assert pairs(rehearse_reorganisation(plan)) == [
        ("24931-2", (2, 3), None),
        ("X-2", None, (2, 2)),
        ("X-1", None, (0, 1)),
        ("24931-2/VP", (2, 2), None),
        ("X-2/VP", None, (2, 2)),
    ]


def test_a_new_unit_is_of_the_kind_of_those_it_comes_from_and_the_plan_says_which(
    client, people, province, province_hr, commune, other_commune
):
    ward = UnitFactory(code="1-P", name="Phường Bắc", kind=UnitKind.WARD, parent=province)
    units = [commune, other_commune]
    plans = [
        planned(client, province_hr, units, kind=""),
        planned(client, province_hr, units, name="Phường Đơn Dương", kind="ward"),
        planned(client, province_hr, [], "doi-ten", unit=ward.pk, name="Phường Nam", kind=""),
    ]

    kinds = [plan.plan["new"][0]["kind"] for plan in plans]
    shown = [client.get(reverse("reforms:plan", args=[plan.pk])).context["opens"][0][1] for plan in plans]
    words = {**MERGE, "kind": "", "units": [commune.pk, ward.pk]}
    mixed = client.post(reverse("reforms:new", args=["sap-nhap"]) + "?cha=68-2", words)

    assert (kinds, shown) == (["commune", "ward", "ward"], ["xã", "phường", "phường"])
    assert mixed.context["form"].errors == {"kind": ["Các đơn vị này khác loại: hãy chọn loại của đơn vị mới."]}


def test_renaming_proposes_the_duties_anew(client, people, province_hr, commune):
    duty = DutyFactory(staff_member=people[2].staff_member, unit=commune)
    plan = planned(client, province_hr, [], "doi-ten", unit=commune.pk, name="Xã Đơn Dương Mới")
    confirmed(client, plan)
    with time_machine.travel(DAY):
        carry_out_due()

    held = Duty.objects.filter(staff_member=duty.staff_member, valid_until=None)
    assert list(held.values_list("unit__code", "kind")) == [("24931-3", "ict_officer")]


def test_hr_of_the_unit_itself_cannot_reorganise_it(client, people, hr, commune, other_commune):
    client.force_login(hr)

    asked = client.get(reverse("reforms:new", args=["sap-nhap"]) + "?cha=68-2")
    sent = client.post(reverse("reforms:new", args=["doi-ten"]), {**MERGE, "unit": commune.pk})

    assert (asked.status_code, sent.status_code, Reorganisation.objects.count()) == (404, 200, 0)


def test_a_stranger_finds_no_plan(client, people, province_hr, other_hr, monitor, admin, commune, other_commune):
    plan = planned(client, province_hr, [commune, other_commune])
    urls = [reverse(f"reforms:{name}", args=[plan.pk]) for name in ("plan", "plan_csv")]
    for user, status in ((other_hr, 404), (monitor, 404), (admin, 200)):
        client.force_login(user)
        assert [client.get(url).status_code for url in urls] == [status] * 2
    client.force_login(other_hr)
    assert client.post(reverse("reforms:withdraw", args=[plan.pk]), {"reason": "x"}).status_code == 404


def test_rights_given_anew_wait_for_an_administrator(client, people, province_hr, admin, hr, commune, other_commune):
    plan = confirmed(client, planned(client, province_hr, [commune, other_commune]))
    assert client.post(reverse("reforms:give_rights", args=[plan.pk])).status_code == 404
    client.force_login(admin)
    client.post(reverse("reforms:give_rights", args=[plan.pk]))
    with time_machine.travel(DAY):
        carry_out_due()

    rights = Scope.objects.filter(user=hr).order_by("pk").values_list("unit__code", "valid_from")
    assert list(rights)[1:] == [("24931-3", DAY)]


def test_the_history_of_a_unit_goes_both_ways(client, people, province_hr, commune, other_commune):
    plan = confirmed(client, planned(client, province_hr, [commune, other_commune]))
    with time_machine.travel(DAY):
        client.force_login(province_hr)
        carry_out_due()
        old = client.get(reverse("reforms:history", kwargs={"code": "24934-2"})).context
        new = client.get(reverse("reforms:history", kwargs={"code": "24931-3"})).context

    assert [step.unit.code for step in old["became"]] == ["24931-3"]
    assert [step.unit.code for step in new["came"]] == ["24931-2", "24934-2"]
    assert plan.state == ReformState.PLANNED


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_plan_asks_the_same_number_of_queries(
    client, people, province_hr, commune, other_commune, office, count, django_assert_max_num_queries
):
    PostingFactory.create_batch(count, unit=office)
    rebuild_all()
    plan = planned(client, province_hr, [commune, other_commune])

    # the plan and its choices (25 or so), the rehearsal's reads and its writes by unit (4 old, 2 new)
    with django_assert_max_num_queries(130):
        client.get(reverse("reforms:plan", args=[plan.pk]))


def table(rows):
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return SimpleUploadedFile("bang.csv", "\n".join(lines).encode())


def test_a_reorganisation_comes_by_file(client, people, admin, province, commune, office, other_commune, other_office):
    closing = [("24931-2", "commune"), ("24931-2/VP", "office"), ("24934-2", "commune"), ("24934-2/VP", "office")]
    columns = ("code", "name", "kind", "parent_code", "valid_from", "valid_to")
    units = [(code, "x", kind, "68-2" if kind == "commune" else code[:7], "", "2026-12-31") for code, kind in closing]
    units += [
        ("M-1/VP", "Văn phòng", "office", "M-1", "2027-01-01", ""),
        ("M-1", "Xã Mới", "commune", "68-2", "2027-01-01", ""),
    ]
    links = [("24931-2", "M-1"), ("24934-2", "M-1"), ("24931-2/VP", "M-1/VP"), ("24934-2/VP", "M-1/VP")]
    names = ("predecessor_code", "successor_code", "effective", "kind")
    files = {
        "units": table([dict(zip(columns, row, strict=True)) for row in units]),
        "successions": table([dict(zip(names, (*link, "2027-01-01", "merge"), strict=True)) for link in links]),
    }
    client.force_login(admin)

    client.post(reverse("reforms:new_by_file"), {**MERGE, **files})
    plan = confirmed(client, Reorganisation.objects.get())
    with time_machine.travel(DAY):
        carry_out_due()
        drain_changes()

    assert (basic("M-1", DAY), basic("M-1/VP", DAY)) == ((2, 5), (2, 3))
    assert plan.plan["closes"] == ["24931-2/VP", "24934-2/VP", "24931-2", "24934-2"]


def test_one_workbook_is_downloaded_filled_in_and_sent_back(client, people, province_hr, commune, other_commune):
    client.force_login(province_hr)
    downloaded = client.get(reverse("reforms:workbook"))
    book = load_workbook(io.BytesIO(downloaded.content))
    units, follows, *_others = book.worksheets
    codes = [row[0].value for row in units.iter_rows(min_row=2)]
    for row in units.iter_rows(min_row=2):
        if row[0].value.startswith(("24931-2", "24934-2")):
            row[5].value = "31/12/2026"
    units.append(["M-1", "Xã Mới", "xã", "68-2", "01/01/2027"])
    units.append(["M-1/VP", "Văn phòng", "phòng chuyên môn", "M-1", "01/01/2027"])
    for old, new in (("24931-2", "M-1"), ("24934-2", "M-1"), ("24931-2/VP", "M-1/VP"), ("24934-2/VP", "M-1/VP")):
        follows.append([old, new, "01/01/2027", "sáp nhập"])
    buffer = io.BytesIO()
    book.save(buffer)

    sent = SimpleUploadedFile("sap-xep.xlsx", buffer.getvalue())
    response = client.post(reverse("reforms:new_by_file"), {**MERGE, "units": sent})

    plan = Reorganisation.objects.get()
    assert response.url == reverse("reforms:plan", args=[plan.pk])
    assert codes == ["24931-2", "24931-2/VP", "24934-2", "24934-2/VP"]
    assert (plan.plan["closes"], [new["code"] for new in plan.plan["new"]]) == (
        ["24931-2/VP", "24934-2/VP", "24931-2", "24934-2"],
        ["M-1", "M-1/VP"],
    )


def test_a_workbook_without_anything_of_that_day_is_refused_and_the_page_says_why(client, people, province_hr):
    client.force_login(province_hr)
    untouched = SimpleUploadedFile("sap-xep.xlsx", client.get(reverse("reforms:workbook")).content)

    response = client.post(reverse("reforms:new_by_file"), {**MERGE, "units": untouched})

    assert "Không có đơn vị nào trong tệp bắt đầu hoặc kết thúc vào ngày đó." in response.text
    assert not Reorganisation.objects.exists()


# --- Names in English, for certificates ---------------------------------------------------------------------------


def test_a_unit_that_opens_has_the_english_name_of_the_form_and_those_below_keep_theirs(
    client, admin, commune, office, other_commune
):
    office.name_en = "Office of the People's Council and People's Committee"
    office.save()

    with time_machine.travel(DAY):
        words = {"name_en": "Don Duong Commune", "effective_on": "01/01/2027"}
        confirmed(client, planned(client, admin, [commune, other_commune], **words))

    opened = Unit.objects.filter(valid_from=DAY).values_list("code", "name_en")
    assert dict(opened) == {
        "24931-3": "Don Duong Commune",
        "24931-3/VP": "Office of the People's Council and People's Committee",
    }


def test_hr_names_her_unit_in_english_and_the_log_keeps_both_names(client, hr, commune):
    client.force_login(hr)
    url = reverse("reforms:english_name", args=[commune.code])

    for name in ("D'Ran <Commune>", "D'Ran Commune", "D'Ran Commune"):
        page = client.post(url, {"name_en": name}, follow=True)

    commune.refresh_from_db()
    assert (commune.name_en, "D&#x27;Ran Commune" in page.text) == ("D'Ran Commune", True)
    kept = ModelLogEntry.objects.filter(action="staff.unit.english_name").order_by("pk")
    assert [(entry.data["before"], entry.data["after"]) for entry in kept] == [
        ("", "D'Ran <Commune>"),
        ("D'Ran <Commune>", "D'Ran Commune"),
    ]


# --- What a reorganisation asks of others ---------------------------------------------------------------------------


def told(user, kind="staff.reform"):
    return list(Notice.objects.filter(user=user, kind=kind).order_by("pk").values_list("key", flat=True))


def test_administrators_are_asked_again_before_the_day_on_which_rights_are_needed(
    client, people, province_hr, admin, hr, commune, other_commune
):
    plan = confirmed(client, planned(client, province_hr, [commune, other_commune]))
    first = f"reform-confirm:{plan.pk}"

    said = []
    for day in (NOW, date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 30), date(2026, 12, 31), DAY, DAY):
        with time_machine.travel(day):
            said.append(remind_of_rights())

    assert said == [0, 0, 1, 0, 1, 1, 0]
    assert told(admin) == [first, f"{first}:7", f"{first}:1", f"{first}:0"]


def test_nobody_is_asked_again_once_rights_are_confirmed_or_the_plan_withdrawn(
    client, people, province_hr, admin, hr, commune, other_commune
):
    plan = confirmed(client, planned(client, province_hr, [commune, other_commune]))
    with time_machine.travel(date(2026, 12, 31)):
        with transaction.atomic():
            withdraw_reorganisation(reorganisation=plan, reason="x", by=province_hr)
            assert remind_of_rights() == 0
            transaction.set_rollback(True)
        confirm_scopes(reorganisation=plan, by=admin)
        assert remind_of_rights() == 0
    with time_machine.travel(DAY):
        carry_out_due()
        assert [str(s.valid_from) for s in Scope.objects.filter(user=hr, unit__code="24931-3")] == ["2027-01-01"]


def session_of(unit, quiz):
    begins = timezone.make_aware(datetime(2027, 2, 1, 8))
    said = {"title": "Kỳ thi", "room": "1", "access_code": "x", "legal_basis": "x", "opens_at": begins}
    said |= {"closes_at": begins + timedelta(hours=1), "complaints_until": date(2027, 2, 8)}
    return ExamSession.objects.create(quiz=quiz, unit=unit, **said)


@pytest.fixture
def named(commune, course, hr, admin, province_hr):
    """Everything that names the commune."""
    session = session_of(commune, QuizFactory())
    found = a_class(course, commune, by=hr)
    give_token(
        name="HRM", unit=commune, permissions=["units"], valid_until=DAY + timedelta(days=300), form_key="1", by=admin
    )
    Issuer.objects.create(
        code="X", name="UBND Xã Đơn Dương", place="x", signer_post="x", signer_name="x", decision="x", valid_from=NOW
    )
    ReportSchedule.objects.create(
        user=hr, unit=commune, kind="coverage", scheme=PeriodScheme.objects.get(code="quy"), told_until=NOW, made_by=hr
    )
    return session, found


def kinds(response):
    return [one.kind for one in response.context["left"]]


def test_a_plan_names_what_it_leaves_to_whom_may_decide(
    client, people, named, province_hr, hr, admin, commune, other_commune
):
    """Merged: class and session go on by themselves. Split: they stay, and are named too."""
    merger = planned(client, province_hr, [commune, other_commune])
    page = client.get(reverse("reforms:plan", args=[merger.pk]))
    assert kinds(page) == ["lịch báo cáo"]
    confirmed(client, merger)
    client.force_login(admin)
    page = client.get(reverse("reforms:plan", args=[merger.pk]))
    assert kinds(page) == ["lịch báo cáo", "mã truy cập của hệ thống khác", "cơ quan cấp"]
    assert "HRM" in page.text
    with time_machine.travel(DAY):
        carry_out_due()
        assert [tell_what_is_left(), tell_what_is_left()] == [2, 0]
        assert hand_on_sessions() == 1
    assert [f"reform-left:{merger.pk}" in told(user) for user in (admin, province_hr, hr)] == [True, True, False]
    assert Notice.objects.get(user=province_hr, key=f"reform-left:{merger.pk}").text.count("mã truy cập") == 0


def test_an_exam_session_goes_to_the_one_unit_that_follows_and_else_its_officers_organise_it(
    client, people, commune, province, other_hr, hr
):
    session = session_of(commune, QuizFactory())
    over = session_of(commune, session.quiz)
    ExamSession.objects.filter(pk=over.pk).update(ended_at=timezone.now())
    new = [UnitFactory(code=f"moi-{n}", parent=province, valid_from=NOW) for n in range(2)]
    officers = [ScopeFactory(unit=unit, user=UserFactory()).user for unit in new]
    mine = ExamSession.objects.organised_by
    Unit.objects.filter(pk=commune.pk).update(valid_until=NOW - timedelta(days=1))
    first = SuccessionFactory(predecessor=commune, successor=new[0], effective_on=NOW)
    second = SuccessionFactory(predecessor=commune, successor=new[1], effective_on=NOW)

    assert hand_on_sessions() == 0
    assert [mine(user, Capability.HR).count() for user in (*officers, other_hr)] == [2, 2, 0]
    second.delete()
    assert [hand_on_sessions(), hand_on_sessions()] == [1, 0]
    session.refresh_from_db()
    over.refresh_from_db()
    assert (session.unit, over.unit, first.successor) == (new[0], commune, new[0])
    assert ModelLogEntry.objects.get(action="quizzes.change_session").data == {"unit": ["24931-2", "moi-0"]}
