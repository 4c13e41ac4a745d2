"""A sheet whose heading nobody recognises: the officer names its columns, once for her unit."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from staff.imports import taking
from staff.lists.headings import likely_headings
from staff.lists.workbook import sheets_of
from staff.models import StaffList
from tests.staff.lists.conftest import HEADINGS, saved, workbook
from tests.staff.lists.test_wizard import ask, decide, known, posted, some

pytestmark = pytest.mark.django_db
STRANGE = ["TT", "Nhân sự", "Sinh", "Việc làm", "Dân tộc"]
ROWS = [
    [1, "Đinh Công Tài", "01/02/1988", "Phụ trách CNTT", "Kinh"],
    [2, "Ya Hương", "03/02/1990", "Văn thư", "Chu Ru"],
]


@pytest.fixture
def hand_in(client, hr, commune):
    client.force_login(hr)
    tokens = iter(f"{number:022d}" for number in range(100))

    def run(content) -> StaffList:
        file = SimpleUploadedFile("ds.xlsx", content)
        said = {"file": file, "unit": commune.pk, "on": "30/09/2024", "token": next(tokens)}
        client.post(reverse("staff:lists"), said)
        return StaffList.objects.latest("pk")

    return run


def two_sheets(*, beside=STRANGE, rows=ROWS):
    book = Workbook()
    other = book.create_sheet("Không chuyên trách")
    for row in (["DANH SÁCH THÁNG 9"], beside, *rows):
        other.append(row)
    return workbook([HEADINGS, some()], book=book)


def names_of(client, staff_list):
    form = client.get(reverse("staff:list_columns", args=[staff_list.pk])).context["form"]
    return {key: name for name, key in form.keys.items()}


def named(client, staff_list, **said):
    names = names_of(client, staff_list)
    ask(client, staff_list, **{names[key]: value for key, value in said.items()})
    staff_list.refresh_from_db()
    return set(staff_list.rows.values_list("name", flat=True))


SAID = {"nhan su": "full_name", "sinh": "date_of_birth", "viec lam": "position"}


def test_the_columns_of_a_sheet_not_recognised_are_named_and_its_people_are_read(client, hand_in, office):
    staff_list = hand_in(two_sheets())
    page = client.get(reverse("staff:list_columns", args=[staff_list.pk])).text

    people = named(client, staff_list, **SAID)

    assert "Không chuyên trách" in page
    assert "Đinh Công Tài" in page
    assert people == {"Nguyễn Văn Hùng", "Đinh Công Tài", "Ya Hương"}


def test_what_was_named_is_remembered_for_the_unit(client, hand_in, office):
    named(client, hand_in(two_sheets()), **SAID)

    again = hand_in(two_sheets())
    people = named(client, again)

    assert [sheet.get("is_asked", False) for sheet in again.found] == [False, False]
    assert people == {"Nguyễn Văn Hùng", "Đinh Công Tài", "Ya Hương"}
    assert {key: again.meanings[key] for key in SAID} == SAID


def test_a_sheet_of_which_nothing_is_said_is_not_read(client, hand_in, office):
    assert named(client, hand_in(two_sheets())) == {"Nguyễn Văn Hùng"}


def test_a_sheet_half_named_is_asked_about_and_nothing_is_read(client, hand_in, office):
    staff_list = hand_in(two_sheets(beside=["Nhân sự", "Sinh", "Việc làm"], rows=[row[1:4] for row in ROWS]))
    names = names_of(client, staff_list)
    said = dict.fromkeys(names.values(), "") | {names["nhan su"]: "full_name"}
    answer = client.post(
        reverse("staff:list_columns", args=[staff_list.pk]), {"unit": staff_list.unit_id, "on": "30/09/2024"} | said
    )

    staff_list.refresh_from_db()
    assert (answer.status_code, staff_list.asked_at) == (400, None)
    assert "chỉ ra cột họ và tên" in answer.text


def test_a_file_of_such_a_sheet_alone_is_taken_in_once_its_columns_are_named(client, hand_in, office):
    book = Workbook()
    book.active.title = "Tổ dân phố"
    for row in (STRANGE, *ROWS):
        book.active.append(row)
    staff_list = hand_in(saved(book))
    url = reverse("staff:list_columns", args=[staff_list.pk])
    unsaid = client.post(url, {"unit": staff_list.unit_id, "on": "30/09/2024"})

    assert unsaid.status_code == 400
    assert named(client, staff_list, **SAID) == {"Đinh Công Tài", "Ya Hương"}


def test_sensitive_columns_of_such_a_sheet_are_not_kept(hand_in, office):
    staff_list = hand_in(two_sheets())

    kept = {value for sheet in taking.sheets_kept(staff_list) for line in sheet.lines for value in line.values}

    assert "Đinh Công Tài" in kept
    assert not {"Kinh", "Chu Ru"} & kept


def test_notes_and_titles_are_no_heading_of_a_table():
    book = Workbook()
    for row in (["Ghi chú"], ["Liên hệ", "0263 000 000"], ["a", "b", "c"], ["một", None, None]):
        book.active.append(row)
    [sheet] = sheets_of(saved(book), "a.xlsx")

    assert likely_headings(sheet.lines) is None


class TestWhoIsMissing:
    def test_people_of_a_unit_chosen_afterwards_are_missing_too(self, client, hand_in, office):
        known("Lê Thị Mai", office, born=date(1985, 4, 3))
        staff_list = hand_in(workbook([HEADINGS, some(Đơn_vị="Phòng Bí mật")]))
        ask(client, staff_list)
        url = reverse("staff:list", args=[staff_list.pk]) + "?nhom=missing"
        before = client.get(url).text

        decide(client, staff_list, "take", group="decide", unit=office.code)

        assert "Lê Thị Mai" not in before
        assert "Còn 1 dòng chưa rõ đơn vị" in before
        assert "Lê Thị Mai" in client.get(url).text

    def test_people_of_the_unit_of_the_list_itself_are_missing(self, client, hand_in, commune, office):
        known("Lê Thị Mai", commune, born=date(1985, 4, 3))
        staff_list = hand_in(workbook([HEADINGS, some()]))
        ask(client, staff_list)

        assert "Lê Thị Mai" in client.get(reverse("staff:list", args=[staff_list.pk]) + "?nhom=missing").text


def test_a_decision_that_fits_no_row_says_why(client, hand_in, office):
    staff_list = hand_in(workbook([HEADINGS, some(Đơn_vị="Phòng Bí mật")]))
    ask(client, staff_list)
    rows = list(staff_list.rows.values_list("pk", flat=True))
    url = reverse("staff:decide_rows", args=[staff_list.pk])

    wrong = client.post(url, {"nhom": "decide", "row": rows, "choice": "new", "unit": office.code}, follow=True)
    none = client.post(url, {"nhom": "decide", "choice": "take", "unit": office.code}, follow=True)

    assert "chọn đơn vị của các dòng này" in wrong.text
    assert "chưa chọn dòng nào" in none.text


def test_examples_of_a_column_are_of_people_not_of_titles_or_numbers_of_columns(client, hand_in, office):
    numbers = [str(number) for number in range(1, len(HEADINGS) + 1)]
    staff_list = hand_in(workbook([HEADINGS, numbers, ["I. ĐẢNG ỦY"], some(STT="7")]))

    samples = {column["words"]: column["sample"] for column in staff_list.found[0]["columns"]}

    assert (samples["Họ và tên"], samples["Chức vụ"]) == ("Nguyễn Văn Hùng", "CV")
    assert posted() == []
