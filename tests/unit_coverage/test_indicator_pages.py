"""The pages of indicators: figures, lists within scope, new versions through a dry run."""

import csv
from datetime import date, timedelta

import pytest
from django.urls import reverse

from staff import clock
from staff.models import Unit
from tests.factories.staff import (
    PostingFactory,
    ScopeFactory,
    StaffMemberFactory,
    SuccessionFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.unit_coverage import CourseFactory, QualificationFactory
from unit_coverage.enums import Place
from unit_coverage.models import Indicator, IndicatorRule, PeriodScheme, Proposal
from unit_coverage.periods import Period
from unit_coverage.reports import content as contents
from unit_coverage.reports import paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def commune(db):
    return UnitFactory(code="xa-1", name="Xã Ka Đô")


@pytest.fixture
def officer(commune):
    """HR of the whole tree."""
    return ScopeFactory(unit=commune, user=UserFactory()).user


@pytest.fixture
def trained(commune, tracks):
    """Three civil servants; the first two were trained in security in 2024."""
    course = CourseFactory(code="AT-01", track=tracks["oss_security"], tags=["security"])
    people = []
    for name in ("Trần Văn Hùng", "Nguyễn Thị Lan", "Lê Văn Bình"):
        person = StaffMemberFactory(full_name=name)
        PostingFactory(staff_member=person, unit=commune, category="cong_chuc")
        people.append(person)
    for person in people[:2]:
        QualificationFactory(staff_member=person, track=course.track, course=course, valid_from=date(2024, 5, 6))
    return people


@pytest.mark.parametrize(("came", "says_why"), [(date(2024, 3, 1), True), (date(2024, 1, 1), False)])
def test_a_dash_says_that_no_staff_list_had_come_when_the_period_began(
    client, officer, commune, tracks, came, says_why
):
    PostingFactory(unit=commune, category="cong_chuc", valid_from=came)
    client.force_login(officer)
    query = {"don-vi": "xa-1", "ky": "nam:2024:1"}

    pages = [client.get(path, query) for path in ("/chi-so/", "/chi-so/basic_gap_trained/")]
    other = client.get("/chi-so/basic_coverage/", query)

    why = "Ngày 01/01/2024, ngày đầu kỳ, đơn vị chưa có danh sách cán bộ nào"
    assert [why in page.text for page in (*pages, other)] == [says_why, says_why, False]
    period = Period("Năm 2024", date(2024, 1, 1), date(2024, 12, 31))
    content = contents.build(kind="index", unit=commune, period=period)
    report = paper.report_paper(content, commune, {}, moment=clock.now())
    assert any("(01/01/2024) đơn vị chưa có danh sách" in line for line in report.after) == says_why


def test_the_page_prints_a_b_and_the_share(client, officer, trained):
    client.force_login(officer)

    response = client.get("/chi-so/", {"don-vi": "xa-1", "ky": "nam:2024:1"})

    line = next(c for c in response.context["counted"] if c.indicator.code == "security_trained_share")
    assert (line.result.a, line.result.b, line.share_text, line.evidence) == (2, 3, "66,67%", "AT-01 (2)")
    assert "01/01/2024 – 31/12/2024" in response.text
    client.cookies["language"] = "en"
    assert "66.67%" in client.get("/chi-so/", {"don-vi": "xa-1", "ky": "nam:2024:1"}).text


def test_what_was_recognised_or_declared_says_so_beside_what_was_passed(client, officer, trained, tracks):
    for person, origin in zip(trained, ("recognised", "declared"), strict=False):
        QualificationFactory(
            staff_member=person,
            track=tracks["basic"],
            course=None,
            code="basic",
            origin=origin,
            valid_from=date(2024, 5, 6),
        )
    client.force_login(officer)
    asked = {"don-vi": "xa-1", "ky": "nam:2024:1"}

    page = client.get("/chi-so/", asked)
    people = client.get("/chi-so/basic_coverage/", {**asked, "nhom": "tu-so"}).text

    line = next(c for c in page.context["counted"] if c.indicator.code == "basic_coverage")
    assert line.evidence == "Tin học cơ bản, công nhận (1); Tin học cơ bản, theo kê khai (1)"
    assert "Tin học cơ bản, công nhận (06/05/2024)" in people
    assert "Tin học cơ bản, theo kê khai (06/05/2024)" in people


def test_a_whole_programme_is_named_in_words_and_the_other_share_is_explained(client, officer, trained, tracks):
    track = tracks["basic"]
    QualificationFactory(staff_member=trained[0], track=track, course=None, code="basic", valid_from=date(2024, 5, 6))
    client.force_login(officer)

    page = client.get("/chi-so/", {"don-vi": "xa-1", "ky": "nam:2024:1"})
    people = client.get("/chi-so/basic_coverage/", {"don-vi": "xa-1", "ky": "nam:2024:1", "nhom": "tu-so"}).text

    line = next(c for c in page.context["counted"] if c.indicator.code == "basic_coverage")
    assert (line.result.a, line.evidence) == (1, "Tin học cơ bản (1)")
    assert "Tin học cơ bản (06/05/2024)" in people
    assert "hai tỷ lệ cùng ngày có thể khác nhau" in page.text


def test_the_list_names_those_in_scope_today_and_counts_the_others(client, officer, trained, commune):
    moved = trained[0].postings.get()
    moved.valid_until = date(2025, 1, 31)
    moved.save()
    PostingFactory(staff_member=trained[0], unit=UnitFactory(), category="cong_chuc", valid_from=date(2025, 2, 1))
    client.force_login(officer)

    response = client.get("/chi-so/security_trained_share/", {"don-vi": "xa-1", "ky": "nam:2024:1", "nhom": "tu-so"})

    listed = response.context["listed"]
    assert [line.name for line in listed.lines] == ["Nguyễn Thị Lan"]
    assert (listed.total, listed.elsewhere) == (2, 1)
    assert "Trần Văn Hùng" not in response.text


def test_the_file_has_the_same_people_and_is_logged(client, officer, trained):
    client.force_login(officer)

    response = client.get("/chi-so/security_trained_share/csv/", {"don-vi": "xa-1", "ky": "nam:2024:1"})

    rows = list(csv.reader(response.text.splitlines()))
    assert [(row[2], row[6]) for row in rows[1:]] == [
        ("Lê Văn Bình", Place.B_ONLY.label),
        ("Trần Văn Hùng", Place.A.label),
        ("Nguyễn Thị Lan", Place.A.label),
    ]


@pytest.mark.parametrize("name", ["", "security_trained_share/", "security_trained_share/csv/"])
def test_a_foreign_unit_and_a_reader_without_scope_get_404(client, officer, trained, name):
    UnitFactory(code="xa-2")
    client.force_login(officer)
    assert client.get(f"/chi-so/{name}", {"don-vi": "xa-2"}).status_code == 404
    client.force_login(UserFactory())
    assert client.get(f"/chi-so/{name}", {"don-vi": "xa-1"}).status_code == 404


def test_free_days_need_both_ends_and_a_future_period_is_refused(client, officer, commune):
    client.force_login(officer)

    half = client.get("/chi-so/", {"ky": "tu-chon", "tu": "01/02/2024"})
    whole = client.get("/chi-so/", {"ky": "tu-chon", "tu": "15/02/2024", "den": "14/03/2024"})
    future = client.get("/chi-so/", {"ky": f"nam:{clock.today().year + 2}:1"})

    assert "counted" not in half.context
    assert whole.context["period"].days == "15/02/2024 – 14/03/2024"
    assert "counted" not in future.context


def new_rule(**changed) -> dict:
    return {
        "code": "CS-1",
        "name": "Chỉ số của tỉnh",
        "subject": "people",
        "categories": ["cong_chuc"],
        "asks": "course",
        "tag": "security",
        "window": "ever",
        "counts": "completed",
        "legal_basis": "Kế hoạch 431/KH-UBND",
        "valid_from": f"{clock.today():%d/%m/%Y}",
        "after_version": "0",
        **changed,
    }


def test_hr_of_the_tree_writes_an_indicator_after_seeing_its_figures(client, officer, trained):
    client.force_login(officer)

    response = client.post("/quy-tac/chi-so/them/", new_rule())
    page = client.get(response.url)
    assert not Indicator.objects.filter(code="CS-1").exists()
    [shift] = page.context["effect"].shifts
    assert (shift.before, shift.after.a, shift.after.b) == (None, 2, 3)
    client.post(response.url, {"shown": page.context["effect"].digest})
    client.post(response.url, {"shown": page.context["effect"].digest})

    rule = IndicatorRule.objects.get(indicator__code="CS-1")
    assert (rule.version, rule.categories, rule.tag, rule.recorded_by) == (1, ["cong_chuc"], "security", officer)


def test_a_new_version_ends_the_one_before_and_earlier_periods_keep_it(client, officer, trained):
    client.force_login(officer)
    today = clock.today()
    response = client.get("/quy-tac/chi-so/security_trained_share/phien-ban-moi/")
    initial = response.context["form"].initial

    said = {name: value for name, value in initial.items() if value not in (None, [], False)}
    words = new_rule(**said | {"categories": ["vien_chuc"]})
    posted = client.post("/quy-tac/chi-so/security_trained_share/phien-ban-moi/", words)
    page = client.get(posted.url)
    client.post(posted.url, {"shown": page.context["effect"].digest})

    first, second = IndicatorRule.objects.filter(indicator__code="security_trained_share").order_by("version")
    assert (first.valid_until, second.valid_from, second.categories) == (
        today - timedelta(days=1),
        today,
        ["vien_chuc"],
    )
    old = client.get("/chi-so/", {"don-vi": "xa-1", "ky": "nam:2024:1"})
    line = next(c for c in old.context["counted"] if c.indicator.code == "security_trained_share")
    assert (line.rule.version, line.result.b) == (1, 3)


def test_what_was_shown_must_still_be_so_when_it_is_confirmed(client, officer, trained, commune):
    client.force_login(officer)
    response = client.post("/quy-tac/chi-so/them/", new_rule())
    shown = client.get(response.url).context["effect"].digest
    PostingFactory(unit=commune, category="cong_chuc")

    client.post(response.url, {"shown": shown})

    assert not Indicator.objects.filter(code="CS-1").exists()


@pytest.mark.parametrize(
    "changed",
    [{"categories": []}, {"asks": ""}, {"tag": ""}, {"asks": "track"}, {"only_without_at_start": "on"}],
    ids=["nobody", "no numerator", "no group", "track without a track", "cohort of a course"],
)
def test_a_rule_that_says_nothing_is_refused_in_the_form(client, officer, commune, changed):
    client.force_login(officer)

    response = client.post("/quy-tac/chi-so/them/", new_rule(**changed))

    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert not Proposal.objects.exists()


def test_hr_below_the_top_reads_indicators_and_writes_none(client, commune):
    below = ScopeFactory(unit=UnitFactory(parent=commune), user=UserFactory()).user
    client.force_login(below)

    assert client.get("/quy-tac/chi-so/").status_code == 200
    assert client.get("/quy-tac/chi-so/them/").status_code == 404
    assert client.post("/quy-tac/ky-bao-cao/them/", {}).status_code == 404


def test_a_period_is_added_by_a_form(client, officer, commune):
    client.force_login(officer)
    words = {
        "code": "dot-kiem-tra",
        "name": "Đợt kiểm tra 2026",
        "shape": "free",
        "begins_on_day": "1",
        "first": "10/01/2026",
        "last": "20/02/2026",
        "legal_basis": "Quyết định 12/QĐ-UBND",
    }

    client.post(reverse("rules:new_period"), words)
    client.post(reverse("rules:new_period"), words)
    wrong = client.post(reverse("rules:new_period"), words | {"code": "x", "last": "01/01/2026"})

    scheme = PeriodScheme.objects.get(code="dot-kiem-tra")
    assert (scheme.first, scheme.last) == (date(2026, 1, 10), date(2026, 2, 20))
    assert wrong.context["form"].errors["last"]
    assert client.get("/chi-so/", {"ky": "dot-kiem-tra:2026:1"}).context["period"].label == "Đợt kiểm tra 2026"


def test_page_list_and_file_stand_by_the_units_of_a_later_day(client, officer, trained, commune):
    """The commune became a ward since: by the units of a later day the ward has its figures of before."""
    today = clock.today()
    ward = UnitFactory(code="phuong", name="Phường Mới", valid_from=today)
    SuccessionFactory(predecessor=commune, successor=ward, effective_on=today)
    Unit.objects.filter(pk=commune.pk).update(valid_until=today - timedelta(days=1))
    for person in trained:
        person.postings.update(valid_until=today - timedelta(days=1))
        PostingFactory(unit=ward, staff_member=person, valid_from=today)
    client.force_login(ScopeFactory(unit=ward, user=UserFactory()).user)
    asked = {"don-vi": "phuong", "ky": "nam:2024:1"}
    later = asked | {"co-cau": f"{today:%d/%m/%Y}"}

    without = client.get("/chi-so/", asked)
    shown = client.get("/chi-so/", later)
    listed = client.get("/chi-so/security_trained_share/", later)
    file = client.get("/chi-so/security_trained_share/csv/", later)
    refused = client.get("/chi-so/security_trained_share/csv/", asked)

    assert ["không tồn tại vào ngày 31/12/2024" in without.text, "counted" in without.context] == [True, False]
    line = next(c for c in shown.context["counted"] if c.indicator.code == "security_trained_share")
    assert [line.result.a, line.result.b, "theo đơn vị của ngày" in shown.text] == [2, 3, True]
    assert f"co-cau={today:%d}%2F{today:%m}%2F{today:%Y}" in shown.text
    assert [n.name for n in listed.context["listed"].lines] == ["Lê Văn Bình", "Trần Văn Hùng", "Nguyễn Thị Lan"]
    assert [file.status_code, file.text.count("Phường Mới"), refused.status_code] == [200, 3, 400]
