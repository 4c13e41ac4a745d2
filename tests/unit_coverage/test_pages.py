"""The pages: who may open them, what they print, and that nothing leaks by file or address."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from staff.models import StaffMember
from staff.spreadsheets import safe_cell
from tests.factories.staff import PostingFactory, StaffMemberFactory, SuccessionFactory, UnitFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.services import rebuild_all


def address(name, unit, **query):
    return reverse(f"unit_coverage:{name}", kwargs={"code": unit.code}, query=query or None)


def post(name, unit, **posting):
    return PostingFactory(staff_member=StaffMemberFactory(full_name=name), unit=unit, **posting).staff_member


@pytest.fixture
def counted(requirement, office, commune, learner, hr, head, monitor, other_hr):
    """Trần Thị Lan has passed; others of the commune have not."""
    QualificationFactory(
        staff_member=learner.staff_member, track=requirement.track, course=requirement.course, mark="8.25"
    )
    rebuild_all()


@pytest.mark.parametrize("name", ["unit", "people", "file", "people_file"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("hr", 200), ("head", 200), ("monitor", 200), ("admin", 200), ("other_hr", 404), ("learner", 404)],
)
def test_only_who_has_the_unit_in_scope_sees_it(counted, client, request, commune, name, who, status):
    client.force_login(request.getfixturevalue(who))

    assert client.get(address(name, commune)).status_code == status


@pytest.mark.parametrize("name", ["unit", "people", "file", "people_file"])
def test_stranger_is_sent_to_sign_in(counted, client, commune, name):
    response = client.get(address(name, commune))

    assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))


def test_index_leads_to_the_own_unit(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(reverse("unit_coverage:index"))

    assert (response.status_code, response.url) == (302, address("unit", commune))


@pytest.mark.parametrize("who", ["learner", "trainer"])
def test_index_does_not_exist_for_who_has_no_scope(counted, client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("unit_coverage:index")).status_code == 404


def test_unit_page_prints_share_day_and_rule(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("unit", commune, ngay="30/09/2024"))

    text = response.text
    figure = response.context["table"].whole.figures["basic"]
    assert (figure.trained, figure.bound) == (1, 3)
    assert "33,33%" in text
    assert "30/09/2024" in text
    assert "YC-CB" in text
    assert "Kế hoạch số 01/KH" in text


@pytest.mark.parametrize("day", ["31/02/2024", "hôm qua", "01/01/2999"])
def test_bad_day_gets_a_sentence_and_no_figures(counted, client, hr, commune, day):
    client.force_login(hr)

    response = client.get(address("unit", commune, ngay=day))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["ngay"]
    assert "table" not in response.context


def test_unit_that_did_not_exist_yet_links_to_its_predecessor(counted, client, admin, province):
    old = UnitFactory(name="Xã Pró", parent=province, valid_until=date(2025, 6, 30))
    new = UnitFactory(name="Xã Quảng Lập", parent=province, valid_from=date(2025, 7, 1))
    SuccessionFactory(predecessor=old, successor=new)
    client.force_login(admin)

    response = client.get(address("unit", new, ngay="30/09/2024"))

    assert response.context["exists"] is False
    assert f'href="{address("unit", old)}?ngay=30/09/2024"' in response.text


def test_unit_that_ended_is_shown_on_its_last_day_by_its_successor(counted, client, admin, province):
    old = UnitFactory(name="Xã Pró", parent=province, valid_until=date(2025, 6, 30))
    new = UnitFactory(name="Xã Quảng Lập", parent=province, valid_from=date(2025, 7, 1))
    SuccessionFactory(predecessor=old, successor=new)
    client.force_login(admin)

    response = client.get(address("unit", new, ngay="02/07/2025"))

    assert f'href="{address("unit", old)}?ngay=30/06/2025"' in response.text


def test_index_keeps_the_chosen_day(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(reverse("unit_coverage:index"), {"ngay": "01/12/2024"})

    assert response.url == address("unit", commune, ngay="01/12/2024")


@pytest.mark.parametrize("day", ["01/12/2024", "01122024", "1.12.2024", "01-12-2024", "01/12/24", "2024-12-01"])
def test_a_day_may_be_written_as_people_write_it(counted, client, hr, commune, day):
    client.force_login(hr)

    assert client.get(address("unit", commune, ngay=day)).context["on"] == date(2024, 12, 1)


def test_a_year_written_too_short_is_named(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("unit", commune, ngay="01/01/0024"))

    assert response.context["form"].errors == {"ngay": ["Không có số liệu trước năm 1990."]}


def test_units_without_a_list_are_said_beside_the_figure(counted, client, admin, province, other_commune):
    client.force_login(admin)
    UnitFactory(name="Xã Chưa Có", parent=province)

    response = client.get(address("unit", province))

    assert response.context["waiting"] == 1
    assert "1 trong 3 đơn vị trực thuộc chưa có số liệu" in response.text


def test_direct_people_are_those_of_the_units_own_line(counted, client, hr, commune):
    client.force_login(hr)

    page = client.get(address("people", commune, **{"ngay": "30/09/2024", "truc-tiep": "1"}))

    own = client.get(address("unit", commune, ngay="30/09/2024")).context["table"].own
    names = [line.staff_member.full_name for line in page.context["people"].lines]
    assert (names, own.headcount) == (["Lê Văn Nhân", "Đặng Văn Trưởng"], 2)


def test_a_page_after_the_last_shows_the_last(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("people", commune, page="999"))

    assert len(response.context["people"].lines) == 3


def test_file_of_a_day_on_which_the_unit_did_not_exist_says_so(counted, client, admin, province):
    old = UnitFactory(name="Xã Pró", parent=province, valid_until=date(2025, 6, 30))
    client.force_login(admin)

    response = client.get(address("file", old, ngay="01/07/2025"))

    assert (response.status_code, response.text) == (400, "Xã Pró không tồn tại vào ngày 01/07/2025.")


def test_each_file_has_a_name_of_its_own(counted, client, hr, commune):
    client.force_login(hr)

    table = client.get(address("file", commune, ngay="30/09/2024"))
    people = client.get(
        address("people_file", commune, **{"ngay": "30/09/2024", "linh-vuc": "basic", "nhom": "chua-dat"})
    )

    assert table["Content-Disposition"] == 'attachment; filename="ty-le-24931-2-20240930.csv"'
    assert people["Content-Disposition"] == 'attachment; filename="ty-le-24931-2-20240930-basic-chua-dat.csv"'


def test_people_page_says_why_each_counts(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("people", commune, **{"ngay": "30/09/2024", "linh-vuc": "basic", "nhom": "dat"}))

    lines = response.context["people"].lines
    assert [(line.staff_member.full_name, line.standing.origin) for line in lines] == [("Trần Thị Lan", "passed")]
    sentences = lines[0].reason.sentences
    assert len(sentences) == 2
    assert "Kế hoạch số 01/KH" in sentences[0]
    assert "01/06/2024" in sentences[1]
    assert "8,25" in sentences[1]


def test_people_are_sorted_by_given_name(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("people", commune, ngay="30/09/2024"))

    names = [line.staff_member.full_name for line in response.context["people"].lines]
    assert names == ["Trần Thị Lan", "Lê Văn Nhân", "Đặng Văn Trưởng"]


def test_people_who_went_to_another_unit_are_counted_but_not_named(requirement, client, hr, commune, other_commune):
    gone = post("Người Đã Chuyển", commune, valid_until=date(2025, 6, 30))
    PostingFactory(staff_member=gone, unit=other_commune, valid_from=date(2025, 7, 1))
    rebuild_all()
    client.force_login(hr)

    page = client.get(address("people", commune, ngay="30/09/2024"))
    file = client.get(address("people_file", commune, **{"ngay": "30/09/2024", "linh-vuc": "basic"}))

    assert (page.context["people"].total, page.context["people"].elsewhere) == (2, 1)
    assert gone.full_name not in page.text
    assert gone.full_name not in file.text


def test_people_page_asks_the_same_number_of_queries_for_1_and_3(
    requirement, client, hr, commune, django_assert_max_num_queries
):
    client.force_login(hr)

    def asked_with(people):
        for _ in range(people):
            PostingFactory(unit=commune)
        rebuild_all()
        with django_assert_max_num_queries(45) as asked:
            client.get(address("people", commune))
        return len(asked)

    asked_with(0)  # the first page of a process reads what is kept afterwards

    assert asked_with(1) == asked_with(2)


def test_table_as_csv_opens_in_excel(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("file", commune, ngay="30/09/2024"))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(response.text.lstrip("\ufeff"))))
    assert lines[1][:3] == ["24931-2", "Xã Đơn Dương", "30/09/2024"]
    assert lines[1][5:8] == ["3", "1", "33,33%"]
    assert {len(line) for line in lines} == {22}


def test_the_file_holds_the_units_that_the_form_above_the_table_leaves_in_their_order(
    counted, client, monitor, province, commune, other_commune
):
    client.force_login(monitor)

    def units(**query):
        text = client.get(address("file", province, ngay="30/09/2024", **query)).text
        found = [line[1] for line in csv.reader(io.StringIO(text.lstrip("\ufeff")))][1:]
        return list(dict.fromkeys(found))

    assert units(xep="ten") == [province.name, commune.name, other_commune.name]
    assert units(xep="-ten") == [province.name, other_commune.name, commune.name]
    assert units(tim="don duong") == [province.name, commune.name]


def test_the_workbook_holds_numbers_that_can_be_added(counted, client, hr, commune):
    client.force_login(hr)

    table = client.get(address("file", commune, ngay="30/09/2024", dang="xlsx"))
    people = client.get(address("people_file", commune, **{"ngay": "30/09/2024", "linh-vuc": "basic", "dang": "xlsx"}))

    figures, names = (load_workbook(io.BytesIO(file.content)).active for file in (table, people))
    assert [cell.value for cell in figures[2]][3:8] == [3, figures["E2"].value, 3, 1, 0.3333]
    assert figures["H2"].number_format == "0.00%"
    assert "33,33%" in client.get(address("file", commune, ngay="30/09/2024", dang="csv")).text
    assert names.max_row == 4
    assert table["Content-Disposition"] == 'attachment; filename="ty-le-24931-2-20240930.xlsx"'


def test_the_page_links_the_file_with_all_its_filters(counted, client, monitor, province):
    client.force_login(monitor)

    html = client.get(address("unit", province, ngay="30/09/2024", tim="don duong", xep="-ten")).content.decode()

    path = address("file", province).partition("?")[0]
    assert f"{path}?ngay=30%2F09%2F2024&amp;tim=don+duong&amp;xep=-ten&amp;dang=xlsx" in html


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_cell_never_becomes_a_formula(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_name_that_looks_like_a_formula_is_made_harmless_in_the_file(requirement, client, hr, commune):
    person = post("tạm", commune)
    StaffMember.objects.filter(pk=person.pk).update(full_name='=HYPERLINK("http://x")')
    rebuild_all()
    client.force_login(hr)

    response = client.get(address("people_file", commune, **{"linh-vuc": "basic"}))

    cells = [line[0] for line in csv.reader(io.StringIO(response.text.lstrip("\ufeff")))]
    assert '\'=HYPERLINK("http://x")' in cells


def test_bad_filter_of_the_file_gets_a_sentence(counted, client, hr, commune):
    client.force_login(hr)

    response = client.get(address("file", commune, ngay="32/13/2024"))

    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
