"""Official reports: frozen once, compared with today, corrected, confirmed, told of."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from uuid import UUID

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages

from courses.services import revoke_qualification
from staff import clock
from staff.models import Letter, Notice, Unit
from staff.services import record_change
from tests.factories.staff import (
    DutyFactory,
    PostingFactory,
    ScopeFactory,
    StaffMemberFactory,
    SuccessionFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.enums import FigureKey, ReportKind
from unit_coverage.models import PeriodScheme, Report, ReportLine, ReportSchedule
from unit_coverage.periods import Period
from unit_coverage.reports import content as contents
from unit_coverage.reports import paper as papers
from unit_coverage.reports import services
from unit_coverage.reports.views import content_of
from unit_coverage.services import rebuild_all

pytestmark = pytest.mark.django_db

QUARTER = Period("Quý I/2026", date(2026, 1, 1), date(2026, 3, 31), "Kế hoạch 431/KH-UBND")


@pytest.fixture
def province(db):
    return UnitFactory(code="tinh", name="Tỉnh Lâm Đồng", kind="province")


@pytest.fixture
def commune(province):
    return UnitFactory(code="xa-1", name="Xã Ka Đô", parent=province)


@pytest.fixture
def officer(province):
    return ScopeFactory(unit=province, user=UserFactory(full_name="Cán bộ tổng hợp")).user


@pytest.fixture
def people(commune, requirement):
    """Three who must hold CB-01; Hùng holds it."""
    found = []
    for name in ("Trần Văn Hùng", "Nguyễn Thị Lan", "Lê Văn Bình"):
        person = StaffMemberFactory(full_name=name)
        PostingFactory(staff_member=person, unit=commune)
        found.append(person)
    QualificationFactory(staff_member=found[0], track=requirement.track, course=requirement.course)
    rebuild_all()
    return found


def ask(unit, by, *, token=1, kind=ReportKind.COVERAGE, period=QUARTER, **more):
    return services.request_report(
        kind=kind, unit=unit, period=period, paper={"signer_name": "Nguyễn Văn A"}, token=UUID(int=token), by=by, **more
    )


def frozen(*args, **more) -> Report:
    report = ask(*args, **more)
    services.freeze_waiting()
    report.refresh_from_db()
    return report


def read(file) -> bytes:
    with storages["private"].open(file.name) as stored:
        return stored.read()


@pytest.mark.parametrize("kind", ReportKind.values)
def test_a_frozen_report_has_a_number_its_files_and_the_hash_of_its_content(kind, officer, province, people):
    report = frozen(province, officer, kind=kind)

    year = clock.today().year
    assert report.code == f"BC-{year}-0001"
    assert [file.role for file in report.files.order_by("pk")] == [
        "content",
        "pdf",
        "xlsx",
        "people-xlsx",
        "people-csv",
    ]
    for file in report.files.all():
        assert hashlib.sha256(read(file)).hexdigest() == file.sha256
    content = json.loads(read(report.files.get(role="content")))
    assert hashlib.sha256(contents.canonical(content)).hexdigest() == report.sha256
    assert content["code"] == report.code
    assert {person["name"] for person in content["people"]} == {p.full_name for p in people}


def test_numbers_follow_one_another_and_a_form_sent_twice_makes_one_report(officer, province, people):
    first, again, second = (frozen(province, officer, token=token) for token in (1, 1, 2))

    assert (first.pk, first.number, second.number) == (again.pk, 1, 2)
    assert Report.objects.count() == 2


def test_a_report_keeps_figures_people_reasons_and_rule_versions(officer, province, people):
    content = content_of(frozen(province, officer))

    assert contents.figures_of(content)["basic"] == (1, 3)
    outcomes = {person["name"]: person["outcomes"]["basic"] for person in content["people"]}
    assert outcomes == {"Trần Văn Hùng": "passed", "Nguyễn Thị Lan": "not_trained", "Lê Văn Bình": "not_trained"}
    assert content["rules"]["basic"] == [{"code": "YC-CB", "version": 1, "basis": "Kế hoạch số 01/KH"}]
    assert [person["name"] for person in content["people"]] == ["Lê Văn Bình", "Trần Văn Hùng", "Nguyễn Thị Lan"]


def test_the_list_of_people_says_of_each_pass_whether_it_was_supervised(officer, province, commune, people):
    """Of several passes the one that counts decides: of one course the newest, of a merged entry as of one's own."""
    hung = people[0].qualifications.get()
    words = {"track": hung.track, "course": hung.course}
    newest = {"valid_from": date(2026, 2, 1)}
    QualificationFactory(staff_member=people[1], is_supervised=True, **words)
    QualificationFactory(staff_member=people[2], is_supervised=True, **words)
    QualificationFactory(staff_member=people[2], is_supervised=False, cycle=2, **words, **newest)
    merged = StaffMemberFactory(full_name="Hoàng Thị Mai")
    PostingFactory(staff_member=merged, unit=commune)
    QualificationFactory(staff_member=StaffMemberFactory(merged_into=merged), is_supervised=False, **words)
    rebuild_all()

    content = content_of(frozen(province, officer, kind=ReportKind.PEOPLE))

    on_paper = {row.cells[1]: row.cells[4] for row in papers.people_table(content).rows}
    in_files = {row[1]: row[6] for row in papers.people_rows(content)}
    assert on_paper == {
        "Trần Văn Hùng": "Đạt (kiểm tra)",
        "Nguyễn Thị Lan": "Đạt (kiểm tra, có giám sát)",
        "Lê Văn Bình": "Đạt (kiểm tra, không giám sát)",
        "Hoàng Thị Mai": "Đạt (kiểm tra, không giám sát)",
    }
    assert in_files == on_paper


def test_a_unit_without_figures_says_so_once_in_its_row(officer, province, commune, people):
    UnitFactory(code="xa-2", name="Xã D'Ran", parent=province)

    content = contents.build(kind=ReportKind.COVERAGE, unit=province, period=QUARTER)

    [row] = [row.cells for row in papers.coverage_table(content).rows if row.cells[1] == "Xã D'Ran"]
    assert row == ("1", "Xã D'Ran", "", "", "chưa có số liệu", "", "", "", "")


def test_what_is_recorded_later_shows_beside_the_frozen_figure_and_changes_no_byte(client, officer, province, people):
    report = frozen(province, officer)
    before = {file.pk: read(file) for file in report.files.all()}
    late = QualificationFactory(
        staff_member=people[1],
        track=people[0].qualifications.get().track,
        course=people[0].qualifications.get().course,
        valid_from=date(2026, 2, 1),
    )
    held = people[0].qualifications.get()
    revoke_qualification(qualification=held, from_day=date(2026, 3, 1), reason="sai", by=None)
    record_change(staff_member=late.staff_member, since=date(2026, 2, 1), cause="test")
    rebuild_all()
    client.force_login(officer)

    page = client.get(f"/bao-cao/{report.pk}/")

    assert page.context["compared"][0] == (FigureKey.BASIC.label, (1, 3), (1, 3))
    assert [name for name, _changes in page.context["moved"]] == ["Trần Văn Hùng", "Nguyễn Thị Lan"]
    assert {file.pk: read(file) for file in report.files.all()} == before
    assert page.context["is_whole"] is True


def test_the_page_says_of_each_file_what_it_is(client, officer, province, people):
    report = frozen(province, officer)
    client.force_login(officer)

    page = client.get(f"/bao-cao/{report.pk}/")

    assert [file.label for file in page.context["files"]] == [
        "Nội dung đã chốt, JSON",
        "Báo cáo, PDF",
        "Số liệu, Excel",
        "Danh sách, Excel",
        "Danh sách, CSV",
    ]
    assert [file.label in page.text for file in page.context["files"]] == [True] * 5


def test_rows_of_files_are_never_edited_or_deleted(officer, province, people):
    file = frozen(province, officer).files.first()

    with pytest.raises(ValidationError):
        file.save()
    with pytest.raises(ValidationError):
        file.delete()


def test_a_correction_names_what_it_replaces_and_both_stay(client, officer, province, people):
    report = frozen(province, officer)
    client.force_login(officer)

    client.post(f"/bao-cao/{report.pk}/dinh-chinh/", {"token": str(UUID(int=9)), "reason": ""})
    assert Report.objects.count() == 1
    client.post(f"/bao-cao/{report.pk}/dinh-chinh/", {"token": str(UUID(int=9)), "reason": "Bổ sung danh sách"})
    client.post(f"/bao-cao/{report.pk}/dinh-chinh/", {"token": str(UUID(int=9)), "reason": "Bổ sung danh sách"})

    correction = Report.objects.get(corrects=report)
    assert content_of(correction)["corrects"] == {
        "code": report.code,
        "day": f"{clock.today():%d/%m/%Y}",
        "sha256": report.sha256,
        "reason": "Bổ sung danh sách",
    }
    assert correction.code in client.get(f"/bao-cao/{report.pk}/").text


def test_a_report_about_a_day_to_come_or_a_unit_that_was_not_there_is_refused(officer, province, people):
    future = Period("x", clock.today(), clock.today() + timedelta(days=1))
    closed = UnitFactory(parent=province, valid_until=date(2025, 6, 30))

    for unit, period in ((province, future), (closed, QUARTER)):
        with pytest.raises(services.ReportRefused):
            ask(unit, officer, period=period)


def test_one_report_that_cannot_be_made_stops_no_other(monkeypatch, officer, province, commune, people):
    first, second = ask(province, officer, token=1), ask(commune, officer, token=2)
    real = contents.build

    def build(*, unit, **asked):
        if unit == province:
            raise OSError("disk")
        return real(unit=unit, **asked)

    monkeypatch.setattr(contents, "build", build)

    services.freeze_waiting()

    first.refresh_from_db(), second.refresh_from_db()
    assert (first.frozen_at, bool(first.last_error), second.number) == (None, True, 1)


def test_a_foreign_report_answers_404_and_monitors_read_but_make_none(client, officer, province, commune, people):
    report = frozen(province, officer)
    own = frozen(commune, officer, token=2)
    of_commune = ScopeFactory(unit=commune, user=UserFactory()).user
    monitor = ScopeFactory(unit=province, user=UserFactory(), capability="monitor").user

    client.force_login(of_commune)
    pdf = report.files.get(role="pdf")
    assert [
        client.get(path).status_code
        for path in (
            f"/bao-cao/{report.pk}/",
            f"/bao-cao/{report.pk}/tep/{pdf.pk}/",
            f"/bao-cao/{own.pk}/tep/{pdf.pk}/",
        )
    ] == [404, 404, 404]
    assert client.get(f"/bao-cao/{own.pk}/").status_code == 200
    client.force_login(monitor)
    assert client.get(f"/bao-cao/{report.pk}/").status_code == 200
    assert client.post("/bao-cao/moi/?don-vi=tinh&ky=quy:2026:1", {"token": str(UUID(int=5))}).status_code == 404


def test_who_freezes_the_same_figures_again_is_told_of_the_first(client, officer, commune, people):
    client.force_login(officer)
    address = "/bao-cao/moi/?don-vi=xa-1&ky=quy:2026:1"
    before = client.get(address)
    report = frozen(commune, officer)

    after, other = client.get(address), client.get("/bao-cao/moi/?don-vi=xa-1&ky=quy:2025:4")

    assert (before.context["frozen"], after.context["frozen"], other.context["frozen"]) == (None, report, None)
    assert f"{report.code} đã được chốt cho đơn vị và kỳ này" in after.text


def test_a_file_with_names_is_given_to_whoever_may_see_all_of_them(client, officer, commune, people):
    report = frozen(commune, officer)
    of_commune = ScopeFactory(unit=commune, user=UserFactory()).user
    names, figures = report.files.get(role="people-csv"), report.files.get(role="xlsx")
    client.force_login(of_commune)
    assert client.get(f"/bao-cao/{report.pk}/tep/{names.pk}/").status_code == 200

    moved = people[0].postings.get()
    moved.valid_until = clock.today() - timedelta(days=2)
    moved.save()
    PostingFactory(staff_member=people[0], unit=UnitFactory(), valid_from=clock.today() - timedelta(days=1))

    assert client.get(f"/bao-cao/{report.pk}/tep/{names.pk}/").status_code == 404
    assert client.get(f"/bao-cao/{report.pk}/tep/{figures.pk}/").status_code == 200
    draft = client.get("/bao-cao/moi/tai/nguoi-csv/?don-vi=xa-1&ky=quy:2026:1&loai=people")
    assert ("Trần Văn Hùng" in draft.text, "hiện thuộc đơn vị khác" in draft.text) == (False, True)


def test_the_workbook_is_text_where_text_was_and_computes_nothing(client, officer, province, commune, requirement):
    person = StaffMemberFactory(full_name="=1+1 Nguyễn")
    PostingFactory(staff_member=person, unit=commune)
    rebuild_all()
    report = frozen(province, officer, kind=ReportKind.PEOPLE)

    book = openpyxl.load_workbook(io.BytesIO(read(report.files.get(role="people-xlsx"))))

    types = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value == "=1+1 Nguyễn"}
    with zipfile.ZipFile(io.BytesIO(read(report.files.get(role="people-xlsx")))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert (types, b"<f>" in sheet) == ({"s"}, False)
    assert b"'=1+1" in read(report.files.get(role="people-csv"))


@pytest.mark.parametrize(("kind", "expected"), [(ReportKind.COVERAGE, {0.3333}), (ReportKind.INDEX, {0, 0.6667})])
def test_shares_in_a_workbook_are_numbers_that_excel_prints_as_percentages(kind, expected, officer, province, people):
    for person in people[:2]:
        DutyFactory(staff_member=person, unit=person.postings.get().unit, is_full_time=True)
    report = frozen(province, officer, kind=kind)

    sheet = openpyxl.load_workbook(io.BytesIO(read(report.files.get(role="xlsx")))).active

    shares = {cell.value for row in sheet.iter_rows() for cell in row if cell.number_format == "0.00%"}
    assert shares == expected
    assert not [cell for row in sheet.iter_rows(values_only=True) for cell in row if str(cell).endswith("%")]
    assert "–" in {cell for row in sheet.iter_rows(values_only=True) for cell in row}


def test_heads_are_asked_confirm_once_and_the_province_sees_who_did(client, officer, province, commune, people):
    other = UnitFactory(code="xa-2", parent=province)
    PostingFactory(unit=other)
    rebuild_all()
    head = ScopeFactory(unit=commune, user=UserFactory(full_name="Chủ tịch xã"), capability="head").user
    report = frozen(province, officer)
    line = ReportLine.objects.get(report=report, unit=commune)

    assert Notice.objects.filter(user=head, key=f"report-line:{line.pk}").count() == 1
    client.force_login(head)
    assert client.get(f"/bao-cao/{report.pk}/").status_code == 404
    assert "1/3" in client.get("/bao-cao/xac-nhan/").text
    client.post(f"/bao-cao/xac-nhan/{line.pk}/", {"agrees": "no", "remark": ""})
    line.refresh_from_db()
    assert line.confirmed_at is None
    client.post(f"/bao-cao/xac-nhan/{line.pk}/", {"agrees": "yes", "remark": "Đúng với danh sách"})
    client.post(f"/bao-cao/xac-nhan/{line.pk}/", {"agrees": "no", "remark": "Đổi ý"})

    client.force_login(officer)
    lines = client.get(f"/bao-cao/{report.pk}/").context["lines"]
    said = {line.unit.code: (line.agrees, line.remark, line.confirmed_by) for line in lines}
    assert said == {
        "tinh": (None, "", None),
        "xa-1": (True, "Đúng với danh sách", head),
        "xa-2": (None, "", None),
    }
    foreign = ReportLine.objects.get(report=report, unit=other)
    client.force_login(head)
    assert client.post(f"/bao-cao/xac-nhan/{foreign.pk}/", {"agrees": "yes"}).status_code == 404


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_the_head_of_the_unit_that_followed_confirms_for_a_closed_one(
    client, officer, province, commune, people, is_closed_first
):
    def close():
        Unit.objects.filter(pk=commune.pk).update(valid_until=date(2026, 6, 30))
        SuccessionFactory(predecessor=commune, successor=successor, effective_on=date(2026, 7, 1))

    successor = UnitFactory(code="xa-9", parent=province, valid_from=date(2026, 7, 1))
    head = ScopeFactory(unit=successor, user=UserFactory(full_name="Chủ tịch xã mới"), capability="head").user
    stranger = ScopeFactory(unit=UnitFactory(code="xa-8", parent=province), user=UserFactory(), capability="head").user
    if is_closed_first:
        close()
    report = frozen(province, officer)
    line = report.lines.get(unit=commune)
    client.force_login(head)
    before = client.get(f"/bao-cao/xac-nhan/{line.pk}/").status_code
    if not is_closed_first:
        close()

    assert before == (200 if is_closed_first else 404)
    assert Notice.objects.filter(user=head, key=f"report-line:{line.pk}").count() == int(is_closed_first)
    assert line in [shown for shown, _figures in client.get("/bao-cao/xac-nhan/").context["lines"]]
    client.post(f"/bao-cao/xac-nhan/{line.pk}/", {"agrees": "yes", "remark": ""})
    line.refresh_from_db()
    assert (line.agrees, line.confirmed_by) == (True, head)
    client.force_login(stranger)
    assert client.get(f"/bao-cao/xac-nhan/{line.pk}/").status_code == 404


def test_of_a_replaced_report_no_word_is_asked_for_and_what_was_said_stays(client, officer, province, commune, people):
    head = ScopeFactory(unit=commune, user=UserFactory(full_name="Chủ tịch xã"), capability="head").user
    first = frozen(province, officer)
    second = frozen(province, officer, token=2, corrects=first, reason="Bổ sung")
    lines = {line.report_id: line for line in ReportLine.objects.filter(unit=commune)}
    services.confirm_line(line=lines[second.pk], agrees=True, remark="", by=head)
    third = frozen(province, officer, token=3, corrects=second, reason="Sửa tên")
    [last] = third.lines.filter(unit=commune)
    client.force_login(head)

    asked = client.get("/bao-cao/xac-nhan/").context["lines"]
    refused = client.post(f"/bao-cao/xac-nhan/{lines[first.pk].pk}/", {"agrees": "yes"})
    page = client.get(f"/bao-cao/xac-nhan/{lines[first.pk].pk}/")

    assert [line for line, _figures in asked] == [last, lines[second.pk]]
    assert (ReportLine.objects.get(pk=lines[first.pk].pk).confirmed_at, refused.status_code) == (None, 200)
    sentence = f"Báo cáo này đã được thay thế bằng {second.code}"
    assert [sentence in answer.text for answer in (refused, page)] == [True, True]
    client.force_login(officer)
    listed = client.get("/bao-cao/").text
    assert [f"được thay thế bằng {code}" in listed for code in (first.code, second.code, third.code)] == [
        False,
        True,
        True,
    ]
    assert ["/dinh-chinh/" in client.get(f"/bao-cao/{one.pk}/").text for one in (first, third)] == [False, True]


def test_a_schedule_tells_each_period_once_with_a_link_and_no_figure(time_machine, client, officer, province, people):
    time_machine.move_to("2026-03-20T03:00:00Z")
    quarter = PeriodScheme.objects.get(code="quy")
    client.force_login(officer)
    words = {"unit": "tinh", "kind": "coverage", "scheme": quarter.pk, "days_after": "3", "staff_code": ""}
    for _n in range(2):
        client.post("/bao-cao/lich/", words)
    assert ReportSchedule.objects.count() == 1

    told = []
    for day in ("2026-03-31", "2026-04-02", "2026-04-03", "2026-04-04", "2026-07-10"):
        time_machine.move_to(f"{day}T03:00:00Z")
        told.append(services.tell_schedules())

    assert told == [0, 0, 1, 0, 1]
    first = Notice.objects.filter(kind="unit_coverage.schedule").order_by("pk").first()
    assert first.path == "/bao-cao/moi/?don-vi=tinh&ky=quy:2026:1&loai=coverage"
    body = Letter.objects.get(notices=first).body
    assert (first.path in body, "33" in first.text) == (True, False)
    client.force_login(officer)
    assert client.get(first.path).context["period"].label == "Quý I/2026"


def test_who_lost_the_right_is_not_told_and_the_link_opens_nothing(time_machine, client, officer, province, people):
    time_machine.move_to("2026-03-20T03:00:00Z")
    scheme = PeriodScheme.objects.get(code="quy")
    services.add_schedule(user=officer, unit=province, kind="index", scheme=scheme, days_after=1, by=officer)
    officer.scopes.update(valid_until=date(2026, 3, 25))
    time_machine.move_to("2026-04-05T03:00:00Z")

    assert services.tell_schedules() == 0
    client.force_login(officer)
    assert client.get("/bao-cao/moi/?don-vi=tinh&ky=quy:2026:1").status_code == 404


def test_somebody_without_a_right_over_the_unit_cannot_be_told(client, officer, province, commune, people):
    stranger, head = UserFactory(), ScopeFactory(unit=commune, user=UserFactory(), capability="head").user
    scheme = PeriodScheme.objects.get(code="nam")
    client.force_login(officer)
    words = {"unit": "xa-1", "kind": "index", "scheme": scheme.pk, "days_after": "3"}

    client.post("/bao-cao/lich/", words | {"staff_code": stranger.staff_code})
    client.post("/bao-cao/lich/", words | {"staff_code": head.staff_code})

    [schedule] = ReportSchedule.objects.all()
    assert schedule.user == head
    client.force_login(stranger)
    assert client.post(f"/bao-cao/lich/{schedule.pk}/dung/").status_code == 404
    client.force_login(head)
    client.post(f"/bao-cao/lich/{schedule.pk}/dung/")
    schedule.refresh_from_db()
    assert schedule.ended_at is not None


def test_the_page_freezes_a_small_report_at_once(client, officer, province, commune, people):
    DutyFactory(staff_member=people[2], unit=commune, kind="head")
    client.force_login(officer)
    path = "/bao-cao/moi/?don-vi=tinh&ky=quy:2026:1&loai=coverage"

    page = client.get(path)
    response = client.post(path, {"token": str(UUID(int=3)), "addressee": "UBND tỉnh"})

    assert [cell for row in page.context["table"].rows for cell in row.cells if "=" in cell][:1] == ["1/3 = 33,33%"]
    report = Report.objects.get()
    assert response.url == f"/bao-cao/{report.pk}/"
    assert (report.number, report.paper) == (1, {"addressee": "UBND tỉnh"})
    assert content_of(report)["lines"][1]["head"] == "Lê Văn Bình"


@pytest.mark.parametrize("count", [1, 3])
def test_content_is_counted_in_a_fixed_number_of_queries(
    count, province, commune, requirement, django_assert_num_queries
):
    for _n in range(count):
        person = PostingFactory(unit=UnitFactory(parent=commune)).staff_member
        QualificationFactory(staff_member=person, track=requirement.track, course=requirement.course)
    rebuild_all()

    # coverage: children, standings, lists, duties; heads; rules; standings, merged entries, passes, names, codes, units
    with django_assert_num_queries(13):
        contents.build(kind=ReportKind.COVERAGE, unit=province, period=QUARTER)


# --- By the units of a later day ---------------------------------------------------------------------------

LATER = date(2026, 7, 1)


@pytest.fixture
def merged(people, commune, province):
    """The commune of the three people became a ward in July, together with another one that has one person."""
    other = UnitFactory(code="xa-2", name="Xã Quảng Lập", parent=province, valid_until=date(2026, 6, 30))
    fourth = PostingFactory(unit=other, valid_until=date(2026, 6, 30)).staff_member
    commune.valid_until = date(2026, 6, 30)
    commune.save()
    ward = UnitFactory(code="phuong", name="Phường Mới", kind="ward", parent=province, valid_from=LATER)
    for old in (commune, other):
        SuccessionFactory(predecessor=old, successor=ward, kind="merge", effective_on=LATER)
    for person in (*people, fourth):
        person.postings.update(valid_until=date(2026, 6, 30))
        PostingFactory(staff_member=person, unit=ward, valid_from=LATER)
    rebuild_all()
    return ward


def basic_of(content):
    return {
        (line["unit"], line["part"]): (line["figures"]["basic"]["a"], line["figures"]["basic"]["b"])
        for line in content["lines"]
        if line["has_figures"]
    }


def test_a_report_by_the_units_of_a_later_day_counts_the_same_people_there(officer, province, merged):
    then, later = (frozen(province, officer, token=n, units_of=day) for n, day in ((1, None), (2, LATER)))

    assert basic_of(content_of(then)) == {
        ("tinh", "whole"): (1, 4),
        ("xa-1", "child"): (1, 3),
        ("xa-2", "child"): (0, 1),
    }
    assert basic_of(content_of(later)) == {("tinh", "whole"): (1, 4), ("phuong", "child"): (1, 4)}
    assert {person["unit"] for person in content_of(later)["people"]} == {"phuong"}
    assert {person["unit"] for person in content_of(then)["people"]} == {"xa-1", "xa-2"}
    assert [line.unit.code for line in later.lines.all()] == ["tinh", "phuong"]


def test_page_workbook_and_paper_say_by_which_units(client, officer, province, merged):
    client.force_login(officer)
    report = frozen(province, officer, units_of=LATER)

    page = client.get(f"/bao-cao/{report.pk}/").text
    sheet = openpyxl.load_workbook(io.BytesIO(read(report.files.get(role="xlsx")))).active
    told = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell and "Số liệu chốt" in str(cell)]
    drawn = papers.report_paper(content_of(report), province, {}, moment=clock.now())

    assert "theo đơn vị của ngày 01/07/2026" in page
    words = "theo các đơn vị có tại ngày 01/07/2026; mỗi người của ngày chốt tính một lần"
    assert [words in told[0], words in drawn.lines[0]] == [True, True]
    assert page.count("như nhau") == len(FigureKey)


def test_the_page_of_a_unit_that_opened_later_shows_and_freezes_it(client, officer, province, merged):
    client.force_login(officer)
    path = "/bao-cao/moi/?don-vi=phuong&ky=quy:2026:1&co-cau="

    without = client.get(path)
    shown = client.get(path + "01/07/2026")
    draft = client.get("/bao-cao/moi/tai/nguoi-csv/?don-vi=phuong&ky=quy:2026:1&co-cau=01/07/2026")
    client.post(path + "01/07/2026", {"token": str(UUID(int=7))})

    assert ["content" in without.context, basic_of(shown.context["content"])] == [False, {("phuong", "whole"): (1, 4)}]
    assert [draft.status_code, draft.text.count("Phường Mới")] == [200, 4]
    assert Report.objects.get().units_of == LATER


@pytest.mark.parametrize("kind", ["coverage", "index"])
@pytest.mark.parametrize("day", ["30/03/2026", "01/01/2999"])
def test_a_day_that_cannot_be_is_refused_in_a_sentence(client, officer, province, merged, day, kind):
    client.force_login(officer)
    sentence = "Anh/chị chọn một ngày từ ngày chốt 31/03/2026 đến hôm nay"

    page = client.get(f"/bao-cao/moi/?don-vi=tinh&ky=quy:2026:1&loai={kind}&co-cau={day}")

    assert [sentence in page.text, "content" in page.context] == [True, False]


def index_of(content) -> dict[str, tuple]:
    return {one["code"]: (one["a"], one["b"]) for one in content["indicators"]}


def test_an_index_table_by_the_units_of_a_later_day_counts_the_same_people_there(client, officer, province, merged):
    """Frozen, as paper, as workbook, compared with today: everywhere the ward that followed, and nobody else."""
    client.force_login(officer)

    then = frozen(Unit.objects.get(code="xa-1"), officer, token=1, kind=ReportKind.INDEX)
    later = frozen(merged, officer, token=2, kind=ReportKind.INDEX, units_of=LATER)
    sheet = openpyxl.load_workbook(io.BytesIO(read(later.files.get(role="people-xlsx")))).active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]

    assert [index_of(content_of(report))["leader_coverage"] for report in (then, later)] == [(0, 0), (0, 0)]
    assert [index_of(content_of(report))["ict_officer_share"] for report in (then, later)] == [(0, 3), (0, 4)]
    assert {person["unit"] for person in content_of(later)["people"]} == {"phuong"}
    assert any("theo các đơn vị có tại ngày 01/07/2026" in cell for cell in cells)
    assert sum("Phường Mới" in cell for cell in cells) >= 4
    page = client.get(f"/bao-cao/{later.pk}/").text
    assert ["theo đơn vị của ngày 01/07/2026" in page, page.count("như nhau")] == [
        True,
        len(index_of(content_of(later))),
    ]


def test_a_correction_counts_by_the_units_of_the_same_day(client, officer, province, merged):
    report = frozen(province, officer, units_of=LATER)
    client.force_login(officer)

    client.post(f"/bao-cao/{report.pk}/dinh-chinh/", {"token": str(UUID(int=9)), "reason": "Bổ sung"})

    assert Report.objects.latest("pk").units_of == LATER
    with pytest.raises(services.ReportRefused, match="cùng một ngày"):
        ask(province, officer, token=3, corrects=report, reason="x")
