"""Lists as offices write them: old fonts, "as above", letterheads, birth days in three columns."""

import pytest
from openpyxl import Workbook

from staff.enums import Gender
from staff.imports.reading import FileRefused
from staff.lists.old_typing import modern
from staff.lists.reading import read_list
from staff.lists.workbook import sheets_of
from staff.old_fonts import TCVN3, VNI, converted
from tests.staff.lists.conftest import DAY, HEADINGS, person, saved, workbook
from tests.staff.lists.test_reading import facts


def typed(text, encoding):
    """The text as somebody typed it in an old font: letter by letter what reads as it."""
    signs = {}
    for code in range(0xA1, 0x100):
        for before in ("", *"aAeEoOuUyYôÔöÖ"):
            sign = before + chr(code)
            read = converted(sign, encoding)
            if len(read) == 1 and read != sign:
                signs.setdefault(read, sign)
    return "".join(signs.get(letter, letter) for letter in text)


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
@pytest.mark.parametrize(
    "text",
    ["Văn phòng - Thống kê", "Phòng Giáo dục và Đào tạo", "Nghỉ hưu từ tháng 8", "Tổng cộng: 3 người", "Xã Lạc Xuân"],
)
def test_words_typed_in_an_old_font_are_read(text, encoding):
    old = typed(text, encoding)

    assert old != text
    assert modern(old) == text


@pytest.mark.parametrize(
    "text",
    [
        "Xã Ka Đô", "KaĐô", "Touneh Hàn Đangtin", "Krông Nô", "Kpă Thô", "Y-Bion Niê", "Hoà", "· Chuyên viên", "Đ/c Hà",
        "UBNDxã", "GD&ĐT", "ĐC-NN-XD&MT", "Xã P’Ró", "20 m²", "Phòng TN&MT", "Nguyê\u0303n Văn An", "CNTT cơ bản",
    ],
)  # fmt: skip
def test_words_of_today_stay_as_they_are(text):
    assert modern(text) == text


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_units_posts_and_remarks_in_an_old_font_are_read_and_names_wait(read, encoding):
    words = ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", "Trình độ tin học", "Ghi chú"]
    row = [1, "Nguyễn Thị Hường", "02/03/1980", "Văn phòng - Thống kê", "Thị trấn Thạnh Mỹ", "Cơ bản", "Nghỉ hưu"]
    rows = [[typed(str(cell), encoding) for cell in cells] for cells in (words, row)]

    found, judged = read(rows)

    (said,) = found.rows
    assert (said.name.text, said.name.suggestion) == ("", "Nguyễn Thị Hường")
    assert (said.unit.code, said.position, said.evidence.level, said.status) == (
        "24931-1",
        "Văn phòng - Thống kê",
        "basic",
        "retired",
    )
    assert [verdict.action for verdict in judged.verdicts] == ["review"]


def test_a_name_that_could_be_one_of_today_waits_where_the_others_are_in_an_old_font(read):
    names = ["Nguyễn Văn Hùng", "Trần Thị Mai", "Hồ Thị Chi"]
    rows = [HEADINGS, *(person(typed(name, VNI), f"0{day}/02/1980") for day, name in enumerate(names, start=1))]
    beside = [HEADINGS, *(person(name, f"0{day}/02/1980") for day, name in enumerate(["Hoà Thò Chi", *names], start=1))]

    found, _judged = read(rows)
    today, _judged = read(beside)

    assert typed("Hồ Thị Chi", VNI) == "Hoà Thò Chi"
    assert [(row.name.text, row.name.suggestion) for row in found.rows] == [("", name) for name in names]
    assert [row.name.text for row in today.rows] == ["Hoà Thò Chi", *names]


@pytest.mark.parametrize("mark", ["nt", "-nt-", "n.t", '"', "”", "//", "Như trên"])
def test_as_above_says_what_the_row_above_says(read, mark):
    rows = [
        HEADINGS,
        person("Lê Thị Mai", "01/02/1980", **{"Chức vụ": "VP-TK", "Ghi chú": "Nghỉ thai sản"}),
        person("Trần Văn Hùng", "01/02/1981", **dict.fromkeys(("Chức vụ", "Đơn vị", "Trình độ tin học"), mark)),
        person("Phạm Văn Sơn", "01/02/1982", **dict.fromkeys(("Chức vụ", "Đơn vị", "Trình độ tin học"), mark)),
    ]

    assert facts(read, rows, "position", "unit_code", "ict_level", "status") == [
        ("Văn phòng - Thống kê", "24943-1", "cert_b", "leave"),
        ("Văn phòng - Thống kê", "24943-1", "cert_b", "active"),
        ("Văn phòng - Thống kê", "24943-1", "cert_b", "active"),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        (
            ["STT", "Họ và tên", "Ngày sinh", None, None, "Nữ", "Đơn vị"],
            [None, None, "Ngày", "Tháng", "Năm", None, None],
        ),
        (["STT", "Họ và tên", "Ngày sinh", "Tháng sinh", "Năm sinh", "Nữ", "Đơn vị"],),
    ],
)
def test_day_month_and_year_of_birth_may_have_columns_of_their_own(read, headings):
    rows = [
        *headings,
        [1, "Vũ Thị Nguyệt", 3, 12, 1988, "x", "Xã Ka Đô"],
        [2, "Đinh Công Sơn", None, None, 1977, None, "Xã Ka Đô"],
        [3, "Hồ Văn Tài", "09", "02", "81", None, "Xã Ka Đô"],
        [4, "Hồ Văn Tám", None, "02", "1981", None, "Xã Ka Đô"],
    ]

    assert facts(read, rows, "full_name", "gender", "date_of_birth") == [
        ("Vũ Thị Nguyệt", "F", "1988-12-03"),
        ("Đinh Công Sơn", None, "1977"),
        ("Hồ Văn Tài", None, "1981-02-09"),
        ("Hồ Văn Tám", None, "1981-02"),
    ]


WITHOUT_UNIT = ["TT", "Họ tên CBCC", "Năm sinh", "Chức vụ"]


@pytest.mark.parametrize(
    ("above", "unit"),
    [
        ([["ĐƠN VỊ: UBND XÃ TU TRA"], ["Năm 2024"]], "24952-1"),
        ([["ỦY BAN NHÂN DÂN\nXÃ TU TRA", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]], "24952-1"),
        ([["ỦY BAN NHÂN DÂN"], ["XÃ TU TRA"]], "24952-1"),
        ([["UBND HUYỆN ĐƠN DƯƠNG"]], None),
    ],
)
def test_a_letterhead_says_whose_people_stand_below_where_nothing_else_does(read, above, unit):
    found, _judged = read([*above, WITHOUT_UNIT, [1, "Ma Đạp", "1986", "VH-XH"]])

    assert [row.unit and row.unit.code for row in found.rows] == [unit]


def test_a_letterhead_says_nothing_where_rows_or_titles_name_units(read):
    letterhead = ["XÃ TU TRA"]
    named, _judged = read([letterhead, HEADINGS, person("Lê Thị Mai", **{"Đơn vị": None}), person()])
    titled, _judged = read([letterhead, WITHOUT_UNIT, ["I", "Xã Ka Đô"], [1, "Ma Đạp", "1986", "VH-XH"]])

    assert [row.unit and row.unit.code for row in named.rows] == [None, "24943-1"]
    assert [row.unit.code for row in titled.rows] == ["24943-1"]


def test_titles_of_sheets_say_of_which_district_an_office_is(read):
    book = Workbook()
    book.remove(book.active)
    for title, words in (("P.NV", "DANH SÁCH PHÒNG NỘI VỤ"), ("Xã Đạ Ròn", "DANH SÁCH XÃ ĐẠ RÒN")):
        sheet = book.create_sheet(title)
        for row in ([words], WITHOUT_UNIT, [1, f"Lê Văn {title[-1]}o", "1980", "CV"]):
            sheet.append(row)

    found, _judged = read(saved(book))

    assert [row.unit and row.unit.code for row in found.rows] == ["677-1/NV", "24937-1"]


def test_the_unit_may_stand_in_the_first_row_of_its_people_only(read):
    units = ["Thanh tra huyện", None, "Phòng Dân tộc", None]
    rows = [
        ["DANH SÁCH CÁN BỘ HUYỆN ĐƠN DƯƠNG"],
        HEADINGS,
        *(person(f"Lê Văn {name}", **{"Đơn vị": unit}) for name, unit in zip("ABCD", units, strict=True)),
    ]
    forgotten = [
        HEADINGS,
        *(person(f"Lê Văn {name}", **{"Đơn vị": u}) for name, u in zip("ABC", ["Xã Ka Đô"] * 2 + [None], strict=True)),
    ]

    found, _judged = read(rows)
    other, _judged = read(forgotten)

    assert [(row.unit.code, "unit_from_row_above" in row.flags) for row in found.rows] == [
        ("677-1/TTr", False),
        ("677-1/TTr", True),
        ("677-1/DT", False),
        ("677-1/DT", True),
    ]
    assert not any("unit_conflicts_with_section" in row.flags for row in found.rows)
    assert [row.unit and row.unit.code for row in other.rows] == ["24943-1", "24943-1", None]


def test_titles_may_name_a_category_and_begin_with_a_bullet(read):
    rows = [
        ["UBND XÃ LẠC XUÂN"],
        WITHOUT_UNIT,
        ["I", "CÁN BỘ"],
        [1, "Đa Cát Hùng", "1979", "Bí thư Đoàn"],
        ["II", "Công chức chuyên môn"],
        [2, "Ma Wương", "1989", "Tư pháp - Hộ tịch"],
        ["III", "NGƯỜI HOẠT ĐỘNG KHÔNG CHUYÊN TRÁCH"],
        [3, "Ya Toan", "1992", "Văn phòng Đảng ủy"],
    ]
    bullets = [
        WITHOUT_UNIT,
        ["*", "Phòng Y tế"],
        [1, "Lê Văn An", "1980", "P.TP"],
        ["-", "Xã Lạc Lâm"],
        [2, "Lê Văn Ba", "1980", "CV"],
    ]

    assert facts(read, rows, "unit_code", "category") == [
        ("24934-1", "can_bo"),
        ("24934-1", "cong_chuc"),
        ("24934-1", "khong_chuyen_trach"),
    ]
    assert facts(read, bullets, "unit_code", "position") == [
        ("677-1/YT", "Phó Trưởng phòng"),
        ("24940-1", "Chuyên viên"),
    ]


def test_small_habits_of_names_posts_phones_and_levels(read):
    rows = [
        ["TT", "Họ tên", "Năm sinh", "Chức danh", "Đơn vị", "Số ĐT", "Tin học"],
        [1, "Bs. Hồ Văn Tài", "1980", "CC Tư pháp - Hộ tịch", "Xã Ka Đô", "0912.000.112 - 0263.3847111", "B năm 2005"],
        [2, "ThS Lê Thị Mai", "1981", "Chủ tịch UBND xã", "Xã Ka Đô", None, "Chứng chỉ A (năm 2012)"],
        [3, "Lê Thị Na", "1981", "PCT UBND", "Xã Ka Đô", None, "Anh A, Tin học B"],
    ]

    assert facts(read, rows, "full_name", "position", "phone", "ict_level", "ict_cert_year") == [
        ("Hồ Văn Tài", "Tư pháp - Hộ tịch", "0912000112", "cert_b", 2005),
        ("Lê Thị Mai", "Chủ tịch UBND", None, "cert_a", 2012),
        ("Lê Thị Na", "Phó Chủ tịch UBND", None, "cert_b", None),
    ]


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8">
<title>Danh sách</title></head><body><table border=1><tr><td colspan=5>DANH SÁCH CÁN BỘ XÃ KA ĐÔ</td></tr>
<tr><th rowspan=2>STT</th>
<th rowspan="2">Họ và tên</th><th colspan=2>Ngày sinh</th><th rowspan=2>Chức<br>vụ</th></tr>
<tr><th>Nam<th>Nữ</tr>
<tr><td>1</td><td>Lê Thị&nbsp;Mai</td><td></td><td>01/02/1980</td><td>Ph&#243; Tr&#432;&#7903;ng phòng</td></tr>
<tr><td>2</td><td><b>Trần Văn</b> Hùng</td><td>03/04/1981</td><td></td><td>CV</table></body></html>"""


def test_a_web_page_under_the_ending_xls_is_a_sheet(read):
    assert facts(
        read, PAGE.encode(), "full_name", "gender", "date_of_birth", "position", "unit_code", name="ds.xls"
    ) == [
        ("Lê Thị Mai", "F", "1980-02-01", "Phó Trưởng phòng", "24943-1"),
        ("Trần Văn Hùng", "M", "1981-04-03", "Chuyên viên", "24943-1"),
    ]


def test_a_page_with_more_columns_than_a_list_has_is_refused(read):
    with pytest.raises(FileRefused, match="200"):
        read(f"<table><tr>{'<td>a</td>' * 201}</tr></table>".encode(), "ds.xls")
    with pytest.raises(FileRefused, match="200"):
        read(f"<table>{'<tr><td rowspan=200 colspan=190>' * 9000}</table>".encode(), "ds.xls")


# --- Columns and cells that hold more, or less, than their heading says ---------------------------------------------


def test_one_heading_may_stand_over_two_columns_of_a_name(read):
    heading = ["STT", "Họ và tên", None, "Ngày sinh", "Chức vụ", "Đơn vị"]
    rows = [heading, *([n, first, given, "12/03/1978", "Chuyên viên", "Xã Ka Đô"] for n, first, given in
                       [(1, "Nguyễn Văn", "An"), (2, "Trần Thị", "Bình"), (3, "K'", "Brèm")])]  # fmt: skip
    beside = [heading, [1, "Nguyễn Văn An", "(tập sự)", "12/03/1978", "CV", "Xã Ka Đô"], *rows[2:3]]

    assert facts(read, rows, "full_name") == [("Nguyễn Văn An",), ("Trần Thị Bình",), ("K' Brèm",)]
    assert len(facts(read, beside, "full_name")) == 2


def test_family_middle_and_given_name_may_have_columns_of_their_own(read):
    rows = [["STT", "Họ", "Tên đệm", "Tên", "Ngày sinh", "Chức vụ", "Đơn vị"],
            [1, "Nguyễn", "Văn", "An", "12/03/1978", "Chuyên viên", "Xã Ka Đô"],
            [2, "Ka", None, "Hiền", "12/03/1978", "Chuyên viên", "Xã Ka Đô"]]  # fmt: skip

    assert facts(read, rows, "full_name") == [("Nguyễn Văn An",), ("Ka Hiền",)]


@pytest.mark.parametrize(
    "headings",
    [[["STT", "Họ và tên", "Nam", "Nữ", "Đơn vị", "Chức vụ"]],
     [["STT", "Họ và tên", "Sinh năm", None, "Đơn vị", "Chức vụ"], [None, None, "Nam", "Nữ", None, None]]],
)  # fmt: skip
def test_years_of_birth_may_stand_under_men_and_women(read, headings):
    rows = [*headings, [1, "Nguyễn Văn An", 1978, None, "Xã Ka Đô", "Chuyên viên"],
            [2, "Trần Thị Bình", None, "1/7/1985", "Xã Ka Đô", "Kế toán"]]  # fmt: skip

    assert facts(read, rows, "date_of_birth", "gender") == [("1978", Gender.MALE), ("1985-07-01", Gender.FEMALE)]


def test_a_row_of_letters_and_numbers_under_the_heading_is_nobody(read):
    rows = [HEADINGS, ["A", "B", *range(1, len(HEADINGS) - 1)], person()]

    found, _judged = read(rows)

    assert [len(found.rows), found.noise[-1]] == [1, ("Danh sách", 2, "column_numbers")]


@pytest.mark.parametrize(
    "cell", ["Nguyễn Văn An - Chủ tịch", "Trần Thị Bình, Phó Chủ tịch", "Nguyễn Văn An\nTrần Thị Bình"]
)
def test_a_cell_with_more_than_a_name_waits_for_a_decision(read, cell):
    _found, judged = read([HEADINGS, person(cell)])

    assert [verdict.action for verdict in judged.verdicts] == ["review"]


@pytest.mark.parametrize("cell", ["Nguyễn Văn\nAn", "Y-Bion Niê", "Touneh Hàn Đangtin", "KaĐô Ha Bê", "H'Hen Niê"])
def test_a_name_that_is_wrapped_or_of_another_people_is_one_name(read, cell):
    found, judged = read([HEADINGS, person(cell)])

    assert [verdict.action for verdict in judged.verdicts] == ["create"]
    assert found.rows[0].name.text == " ".join(cell.split())


@pytest.mark.parametrize("cell", ["Chưa bố trí", "(chưa tuyển)", "Đang kiện toàn", "Khuyết"])
def test_a_post_that_nobody_holds_is_nobody(read, cell):
    found, _judged = read([HEADINGS, person(), person(cell, "")])

    assert [row.is_vacant for row in found.rows] == [False, True]


def test_blocks_of_an_office_are_no_units_and_jumbled_letters_are_put_right(read, units):
    home = next(unit for unit in units if unit.name == "Xã Ka Đô")
    rows = [["STT", "Họ và tên", "Năm sinh", "Chức vụ"], ["I", "KHỐI ĐẢNG"], [1, "TrẦn tHị bÌnh", "năm 1985", "Bí thư"],
            ["II", "KHỐI CHÍNH QUYỀN"], [1, "Nguyễn Văn An", "sinh năm 1978", "Chủ tịch"]]  # fmt: skip

    found = read_list(sheets_of(workbook(rows), "a.xlsx"), units=units, on=DAY, home=home)

    assert [(row.name.text, row.born.written, row.unit) for row in found.rows] == [
        ("Trần Thị Bình", "1985", home),
        ("Nguyễn Văn An", "1978", home),
    ]


# --- Short forms of units, dates in a level, English headings ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UBND X. Ka Đô", "Xã Ka Đô"),
        ("X. Ka Đô", "Xã Ka Đô"),
        ("x.Ka Đô", "Xã Ka Đô"),
    ],
)
def test_a_letter_alone_is_the_kind_of_a_commune(units, text, code):
    from staff.lists.unit_names import UnitNames

    assert UnitNames(units).find(text).name.startswith(code)


def office_units():
    from staff.lists.unit_names import KnownUnit

    found = [KnownUnit("t", "Tỉnh Lâm Đồng", "province")]
    for code, name in (("kd", "Xã Ka Đô"), ("dr", "Xã D'Ran"), ("xh", "Xã Hội An")):
        found.append(KnownUnit(code, name, "commune", (), ("t",)))
        for office, called in (("kt", "Phòng Kinh tế"), ("vh", "Phòng Văn hóa - Xã hội")):
            found.append(KnownUnit(f"{code}-{office}", called, "office", (), ("t", code)))
    return [*found, KnownUnit("skt", "Sở Kinh tế", "department", (), ("t",))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("P. Kinh tế - xã Ka Đô", "kd-kt"),
        ("Phòng Kinh tế, X. D'Ran", "dr-kt"),
        ("Phòng Kinh tế thuộc UBND xã Ka Đô", "kd-kt"),
        ("P. Văn hóa - Xã hội xã Ka Đô", "kd-vh"),
        ("Phòng Văn hóa - Xã hội", None),
        ("Phòng Kinh tế", None),
        ("P. Kinh tế - xã Ninh Gia", None),
        ("Phòng Y tế - xã Ka Đô", None),
        ("Sở Kinh tế - xã Ka Đô", None),
    ],
)
def test_an_office_is_found_by_the_commune_that_stands_behind_it(text, code):
    from staff.lists.unit_names import UnitNames

    found = UnitNames(office_units()).find(text)

    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("words", "level", "year", "met"),
    [
        ("CC B ngày 12/5/2012", "cert_b", 2012, "yes"),
        ("Chứng chỉ A cấp ngày 01/09/2016", "cert_a", 2016, "needs_evidence"),
        ("CC B (tháng 5/2012)", "cert_b", 2012, "yes"),
        ("Tiến sĩ CNTT", "doctor_degree", None, "yes"),
    ],
)
def test_the_day_of_a_certificate_says_its_year(words, level, year, met):
    from staff.lists.evidence import read_evidence

    found = read_evidence(words)

    assert (found.level, found.year, found.met, found.flags & {"ict_value_ambiguous"}) == (
        level,
        year,
        met,
        frozenset(),
    )


def test_english_headings_are_read(read):
    heads = ["No", "Full name", "Date of birth", "Gender", "Position", "Unit", "Mobile", "Email", "Remarks"]
    cells = [1, "Lê Thị Mai", "12/05/1985", "Nữ", "Chuyên viên", "Xã Ka Đô", "0912345678", "mai@x.gov.vn", "thai sản"]

    row = read([heads, cells])[1].verdicts[0].row

    assert (row.name.text, row.born.day.isoformat(), row.position, row.phone) == (
        "Lê Thị Mai",
        "1985-05-12",
        "Chuyên viên",
        "0912345678",
    )
    assert (row.unit.name.startswith("Xã Ka Đô"), row.email, row.status) == (True, "mai@x.gov.vn", "leave")


@pytest.mark.parametrize("post", ["Khuyết", "(khuyết)", "Chưa bố trí"])
def test_a_name_beside_a_vacant_post_waits_for_a_decision(read, post):
    from staff.imports.lists import words_of

    verdict = read([HEADINGS, person(**{"Chức vụ": post})])[1].verdicts[0]

    assert (verdict.case, verdict.action, verdict.row.position) == ("post_vacant", "review", "")
    assert words_of(verdict)
