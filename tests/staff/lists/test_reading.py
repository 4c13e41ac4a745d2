"""Lists of other shapes: every way in which a column is named, a day is written, a section begins."""

from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from staff.imports.reading import FileRefused
from staff.lists.report import parts_of
from staff.lists.unit_names import KnownUnit, UnitNames
from tests.staff.lists.conftest import HEADINGS, csv_of, person, saved, workbook


def _as_data(found, judged):
    parts = parts_of(judged, noise=found.noise, unread_sheets=found.unread_sheets)
    return {key: value if isinstance(value, dict) else list(value) for key, value in parts}


def facts(read, rows, *names, **more):
    """For each person of the list, the named facts."""
    found, judged = read(rows, **more)
    return [tuple(row[name] for name in names) for row in _as_data(found, judged)["people"]]


def flags(read, row):
    found, judged = read([HEADINGS, row, person("Trần Thị Xuân Mai", "01/02/1980", CCCD="099180000001")])
    return set(_as_data(found, judged)["rows"][0]["flags"]) - {"national_id_missing"}


def test_columns_are_found_by_their_words_in_any_order(read):
    rows = [
        ["DANH SÁCH CÁN BỘ"],
        [],
        ["Số CCCD", "Cơ quan công tác", "Họ tên", "Năm sinh", "Chức danh", "Tin học", "Thư điện tử", "SĐT"],
        ["099076851751", "Xã Ka Đô", "Hồ Ngọc Lâm", 1976, "VP-TK", "B (2012)", "lam@kado.gov.vn", "0302632896"],
        ["099076851752", "Xã Ka Đô", "Lê Thị Mai", "3/1980", "TC-KT", "IC3", None, None],
    ]

    assert facts(read, rows, "full_name", "date_of_birth", "position", "ict_level", "ict_cert_year", "phone") == [
        ("Hồ Ngọc Lâm", "1976", "Văn phòng - Thống kê", "cert_b", 2012, "0302632896"),
        ("Lê Thị Mai", "1980-03", "Tài chính - Kế toán", "international", None, None),
    ]


def test_men_and_women_have_birth_days_in_columns_of_their_own(read):
    book = Workbook()
    sheet = book.active
    for row in (
        ["TT", "Họ và tên đệm", "Tên", "Ngày sinh", None, "Đơn vị", "Chức vụ"],
        [None, None, None, "Nam", "Nữ", None, None],
        [1, "Trần Văn", "Hùng", "01/02/1980", None, "Xã Ka Đô", "CV"],
        [2, "Lê Thị", "Mai", None, "03/04/1985", "Xã Ka Đô", "CV"],
    ):
        sheet.append(row)
    sheet.merge_cells("D1:E1")

    assert facts(read, saved(book), "full_name", "gender", "date_of_birth") == [
        ("Trần Văn Hùng", "M", "1980-02-01"),
        ("Lê Thị Mai", "F", "1985-04-03"),
    ]


def test_headings_typed_in_an_old_font_are_found_and_names_wait_for_a_decision(read):
    rows = [
        ["STT", "Hä vµ tªn", "Ngµy sinh", "Giíi tÝnh", "§¬n vÞ", "Sè CMND/CCCD"],
        [1, "NguyÔn V¨n ¦íc", "02/09/1975", "Nam", "Xã Ka Đô", "068075000021"],
    ]

    found, judged = read(rows)

    (row,) = _as_data(found, judged)["rows"]
    assert (row["suggested_full_name"], row["date_of_birth"], row["unit_code"], row["action"]) == (
        "Nguyễn Văn Ước",
        "1975-09-02",
        "24943-1",
        "review",
    )


def test_offices_that_every_commune_has_name_no_unit_unless_the_list_says_where():
    def commune(code, name):
        yield KnownUnit(code, name, "commune", above=("T",))
        for office, words in (("KT", "Phòng Kinh tế"), ("VP", "Văn phòng")):
            yield KnownUnit(f"{code}/{office}", words, "office", above=("T", code))

    units = [KnownUnit("T", "Tỉnh Thử", "province"), *commune("x-1", "Xã Một"), *commune("x-2", "Xã Hai")]
    found = []
    for known in (units, units[::-1]):
        for words in (["Phòng Kinh tế", "Văn phòng"], ["Phòng Kinh tế", "Văn phòng", "Xã Hai"]):
            names = UnitNames(known)
            names.settle(words)
            unit = names.find("Phòng Kinh tế")
            found.append(unit.code if unit else None)

    assert found == [None, "x-2/KT", None, "x-2/KT"]


def test_sex_is_found_under_its_short_heading(read):
    rows = [["Họ và đệm", "Tên", "Giới", "Năm sinh", "Đơn vị"], ["Bùi Thị", "Hương", "Nữ", 1981, "Xã Ka Đô"]]

    assert facts(read, rows, "full_name", "gender") == [("Bùi Thị Hương", "F")]


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ([["I. Phòng Nội vụ (2 người)"]], "677-1/NV"),
        ([["II", "Phòng Nội vụ"]], "677-1/NV"),
        ([["Phòng Nội vụ"]], "677-1/NV"),
        ([["A. KHỐI XÃ"], ["1. UBND xã Ka Đô"]], "24943-1"),
        ([["III - XÃ KA ĐÔ"]], "24943-1"),
    ],
)
def test_people_stand_under_the_title_of_their_section(read, rows, unit):
    without = {"Đơn vị": None}
    elsewhere = person("Lê Thị Mai", "03/04/1985", **{"Đơn vị": "Thị trấn Thạnh Mỹ"})

    found = facts(read, [HEADINGS, elsewhere, *rows, person(**without)], "full_name", "unit_code")

    assert found[-1] == ("Nguyễn Văn Hùng", unit)


def test_a_sheet_may_be_the_list_of_one_unit(read):
    heading = [title for title in HEADINGS if title != "Đơn vị"]
    row = [value for title, value in zip(HEADINGS, person(), strict=True) if title != "Đơn vị"]

    by_title = facts(read, workbook([heading, row], title="Xã Ka Đô"), "unit_code")
    by_line = facts(read, [["DANH SÁCH CÁN BỘ, CÔNG CHỨC XÃ KA ĐÔ"], heading, row], "unit_code")

    assert (by_title, by_line) == ([("24943-1",)], [("24943-1",)])


@pytest.mark.parametrize(
    ("written", "read_as", "remark"),
    [
        ("24/06/1976", "1976-06-24", set()),
        ("24.6.1976", "1976-06-24", set()),
        ("1976-06-24", "1976-06-24", set()),
        ("ngày 24 tháng 6 năm 1976", "1976-06-24", set()),
        (date(1976, 6, 24), "1976-06-24", set()),
        ("24/6/76", "1976-06-24", {"dob_two_digit_year"}),
        ("24/6/05", "2005-06-24", {"dob_two_digit_year"}),
        ("06/24/1976", "1976-06-24", {"dob_us_order"}),
        (27935, "1976-06-24", {"dob_excel_serial"}),
        ("06/1976", "1976-06", {"dob_month_only"}),
        ("tháng 6 năm 1976", "1976-06", {"dob_month_only"}),
        (1976, "1976", {"dob_year_only"}),
        ("1976", "1976", {"dob_year_only"}),
        ("31/02/1976", None, {"dob_invalid"}),
        ("31/13/1976", None, {"dob_invalid"}),
        ("24/06/2023", None, {"dob_invalid"}),
        ("không rõ", None, {"dob_invalid"}),
        (None, None, {"dob_missing"}),
    ],
)
def test_birth_days_are_read_as_they_are_written(read, written, read_as, remark):
    row = person(born=written, **{"Trình độ tin học": "Không"})

    assert facts(read, [HEADINGS, row], "date_of_birth") == [(read_as,)]
    assert flags(read, row) == remark


@pytest.mark.parametrize(
    ("written", "stored", "remark"),
    [
        ("NGUYỄN VĂN HÙNG", "Nguyễn Văn Hùng", {"name_case_restored"}),
        ("nguyễn văn hùng", "Nguyễn Văn Hùng", {"name_case_restored"}),
        ("Bà  Nguyễn Thị Mai", "Nguyễn Thị Mai", {"honorific_removed", "whitespace_cleaned"}),
        ("Ông Văn Phong", "Ông Văn Phong", set()),
        ("Ðào Thị Mai", "Đào Thị Mai", {"eth_for_d_stroke"}),
        ("K’ Brèm", "K' Brèm", {"apostrophe_normalised"}),
        ("Nguye\u0302\u0303n Hu\u0300ng", "Nguyễn Hùng", {"nfd_normalised"}),
        ("Nguyễn\nHùng", "Nguyễn Hùng", {"whitespace_cleaned"}),
        ("Nguyễn Hùng  ", "Nguyễn Hùng", set()),
        ("Nguyen Van Hung", "Nguyen Van Hung", {"name_without_diacritics"}),
        ("Ma Nhung", "Ma Nhung", set()),
        ("Hoà Thị Thuỷ", "Hoà Thị Thuỷ", set()),
    ],
)
def test_names_are_tidied_and_what_was_done_is_said(read, written, stored, remark):
    row = person(written, **{"Trình độ tin học": "Không"})

    assert facts(read, [HEADINGS, row], "full_name") == [(stored,)]
    assert flags(read, row) == remark


def test_a_name_in_an_old_font_waits_for_somebody(read):
    found, judged = read([HEADINGS, person("NguyÔn V¨n Hïng")])
    (row,) = _as_data(found, judged)["rows"]

    assert (row["action"], row["full_name"], row["suggested_full_name"]) == ("review", None, "Nguyễn Văn Hùng")


@pytest.mark.parametrize(
    ("written", "national_id", "legacy_id", "remark"),
    [
        ("099076851751", "099076851751", None, set()),
        (99076851751, "099076851751", None, {"national_id_leading_zero_restored"}),
        ("099 076 851 751", "099076851751", None, set()),
        ("'099076851751 ", "099076851751", None, set()),
        ("250123456", None, "250123456", {"legacy_nine_digit_id"}),
        ("9.9076E+10", None, None, {"national_id_precision_lost"}),
        ("0990768517511", None, None, {"national_id_invalid"}),
        ("không có", None, None, {"national_id_missing"}),
    ],
)
def test_personal_numbers_survive_excel(read, written, national_id, legacy_id, remark):
    row = person(CCCD=written, **{"Trình độ tin học": "Không"})
    found, judged = read([HEADINGS, row])
    (data,) = _as_data(found, judged)["rows"]

    assert (data["national_id"], data["legacy_id"], set(data["flags"])) == (national_id, legacy_id, remark)


@pytest.mark.parametrize(
    ("written", "level", "year", "met"),
    [
        ("B", "cert_b", None, "needs_evidence"),
        ("Chứng chỉ B (2012)", "cert_b", 2012, "yes"),
        ("CC A tin học 2016", "cert_a", 2016, "needs_evidence"),
        ("Tin học C 2018", "cert_c", 2018, "no"),
        ("ƯDCNTT cơ bản", "basic", None, "yes"),
        ("UDCNTT NC", "advanced", None, "yes"),
        ("Kỹ sư CNTT", "bachelor_degree", None, "yes"),
        ("Trung cấp Tin học", "intermediate_degree", None, "yes"),
        ("THVP", "office_cert_unspecified", None, "needs_evidence"),
        ("MOS 2019", "international", 2019, "needs_evidence"),
        ("Đề án 112", "de_an_112", None, "no"),
        ("Chưa có", "none", None, "no"),
        ("x", "unknown", None, "unknown"),
        (None, "unknown", None, "unknown"),
    ],
)
def test_informatics_levels_are_read_by_the_rule(read, written, level, year, met):
    row = person(**{"Trình độ tin học": written})

    assert facts(read, [HEADINGS, row], "ict_level", "ict_cert_year", "basic_standard_met") == [(level, year, met)]


def test_sums_repeated_headings_and_signatures_are_nobody(read):
    rows = [
        ["UBND XÃ KA ĐÔ"],
        HEADINGS,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
        person(),
        ["Cộng: 1 người"],
        HEADINGS,
        person("Lê Thị Mai", "03/04/1985"),
        ["Tổng cộng: 2 người"],
        [None, "Người lập biểu", None, None, None, None, None, "CHỦ TỊCH"],
        [None, "Trần Văn Ký", None, None, None, None, None, "Lê Văn Đóng"],
    ]
    found, judged = read(rows)

    assert [person.row.name.text for person in judged.people] == ["Nguyễn Văn Hùng", "Lê Thị Mai"]
    assert [kind for _sheet, _row, kind in found.noise] == [
        "title", "header", "column_numbers", "subtotal", "repeated_header", "total", "footer", "footer",
    ]  # fmt: skip


def test_hidden_and_struck_rows_are_seen(read):
    book = Workbook()
    sheet = book.active
    for row in (HEADINGS, person(), person("Lê Thị Mai", "03/04/1985")):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = True
    for cell in sheet[3]:
        cell.font = Font(strike=True)
    found, judged = read(saved(book))

    assert [(v.action, "hidden_row" in v.row.flags, "struck_through" in v.row.flags) for v in judged.verdicts] == [
        ("create", True, False),
        ("review", False, True),
    ]


def test_sensitive_columns_leave_no_trace(read):
    rows = [[*HEADINGS, "Dân tộc", "Tôn giáo", "Ngày vào Đảng"], [*person(), "Chu-ru", "Công giáo", "03/02/2005"]]
    found, judged = read(rows)

    said = repr(_as_data(found, judged)) + repr(judged)
    assert [word for word in ("Chu-ru", "Công giáo", "2005") if word in said] == []


def test_the_same_person_twice_is_one_and_namesakes_stay_apart(read):
    number = "099076851751"
    rows = [
        HEADINGS,
        person(CCCD=number),
        person("NGUYỄN VĂN HÙNG", CCCD=number),
        person(CCCD=number, **{"Đơn vị": "Xã Ka Đơn", "Ghi chú": "Kiêm nhiệm"}),
        person(born="01/01/1990", CCCD="099090000001"),
        person(CCCD="099076000009"),
        person("Lê Thị Mai", CCCD=number),
    ]
    found, judged = read(rows)

    assert [(v.case, v.action) for v in judged.verdicts] == [
        ("create", "create"),
        ("dup_exact", "merge"),
        ("dup_concurrent", "merge"),
        ("create", "create"),
        ("possible_dup", "review"),
        ("id_conflict", "review"),
    ]
    assert [post.unit.code for post in judged.people[0].also_in] == ["24949-1"]


def test_text_files_are_read_with_any_separator(read):
    text = "\ufeff" + "\r\n".join(";".join(str(cell or "") for cell in row) for row in (HEADINGS, person()))

    assert facts(read, text.encode(), "full_name", "unit_code", name="ds.csv") == [("Nguyễn Văn Hùng", "24943-1")]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ('=HYPERLINK("http://a.vn","Lê Thị Mai")', ("no_name", "review")),
        ("=A1+B1", ("no_name", "review")),
        ("@SUM(A1) Lê", ("no_name", "review")),
        ("mai@xa.gov.vn", ("no_name", "review")),
        ("<b>Lê Thị Mai</b>", ("no_name", "review")),
        ("www.a.vn/mai", ("no_name", "review")),
        ("Trần Văn 9Sai", ("no_name", "review")),
        ("K' Brèm", ("create", "create")),
        ("Y-Bion Niê (K'Pă)", ("create", "create")),
    ],
)
def test_a_name_with_signs_of_formulas_and_addresses_waits_for_a_decision(read, name, verdict):
    found, judged = read(csv_of([HEADINGS, person(name), person("Trần Thị Mai", "03/04/1985")]), "ds.csv")

    assert [(v.case, v.action) for v in judged.verdicts] == [verdict, ("create", "create")]
    assert [("name_with_strange_signs" in row.flags) for row in found.rows] == [verdict[1] == "review", False]


@pytest.mark.parametrize("name", ["Lê Thị Mai 2", "Trần Văn A1"])
def test_a_number_behind_a_name_is_told_and_taken_as_it_stands(read, name):
    """Offices tell people of one name apart by it."""
    found, judged = read(csv_of([HEADINGS, person(name), person("Trần Thị Mai", "03/04/1985")]), "ds.csv")

    assert [v.action for v in judged.verdicts] == ["create", "create"]
    told = [(row.name.text, "number_in_name" in row.flags) for row in found.rows]
    assert told == [(name, True), ("Trần Thị Mai", False)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "trống"),
        (b"PK\x03\x04 and nothing more", "hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Không đọc được"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "Không đọc được"),
        ("Họ và tên;Ngày sinh".encode("cp1258", "replace"), "UTF-8"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_a_sentence(read, content, words):
    with pytest.raises(FileRefused) as refusal:
        read(content)

    assert words in str(refusal.value)


def test_a_sheet_without_a_heading_is_named(read):
    found, _judged = read([["Nguyễn Văn A", "1980"], ["Lê Thị B", "1990"]])

    assert (found.rows, found.unread_sheets) == ([], ["Danh sách"])
