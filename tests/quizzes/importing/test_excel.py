"""The workbook of questions: what trainers fill in, and what comes back to them."""

import io
import struct
import time
import zipfile
import zlib
from datetime import date
from decimal import Decimal

import openpyxl
import openpyxl.drawing.image
import pytest
from PIL import Image

from quizzes.importing.excel import returned
from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from quizzes.importing.reports import report_of
from quizzes.importing.services import plan_file, take_file
from quizzes.models import Question
from quizzes.office import question_sheet
from quizzes.office.question_sheet import Row, written
from quizzes.pictures import pictures_in

SINGLE = {
    "Nhóm câu hỏi": "Mạng / Cơ bản", "Loại câu": "Một đáp án đúng", "Câu hỏi": "LAN là gì?", "Phương án A": "mạng rộng",
    "Phương án B": "mạng cục bộ", "Đáp án": "B", "Độ khó": "Khó", "Điểm": "2,5", "Giải thích phương án A": "Đó là WAN.",
}  # fmt: skip


def verdict(cells, **changes):
    cells = {key: value for key, value in (cells | changes).items() if value is not None}
    (found,) = judged(parsed_file(written([Row(cells)], options=8)))
    return found


def reason(cells, **changes):
    found = verdict(cells, **changes)
    return found.reason.english if found.reason else found.text


def test_one_right_answer_with_all_that_may_be_said_of_it():
    found = verdict(SINGLE)

    assert found.found.category == ("Mạng", "Cơ bản")
    assert found.text.options == (("mạng rộng", False), ("mạng cục bộ", True))
    assert (found.text.difficulty, found.text.points, found.text.option_feedback) == (
        "3", Decimal("2.5"), ("Đó là WAN.", "")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "type", "said"),
    [
        ({"Loại câu": "Nhiều đáp án đúng", "Đáp án": "A, C", "Phương án C": "x"}, "multiple", "all_or_nothing"),
        ({"Loại câu": None, "Đáp án": "A,C", "Phương án C": "x"}, "multiple", "all_or_nothing"),
        ({"Loại câu": "Nhiều đáp án đúng", "Đáp án": None, "Tỷ lệ điểm (%)": "-50; 100"}, "multiple", "per_option"),
        ({"Loại câu": None}, "single", "all_or_nothing"),
    ],
)  # fmt: skip
def test_kinds_of_choices(cells, type, said):
    text = verdict(SINGLE | {"Giải thích phương án A": None}, **cells).text

    assert (text.type, text.scoring) == (type, said)


def test_statements_words_and_numbers():
    bare = {"Câu hỏi": "Câu?"}
    statement = verdict(bare, **{"Đáp án": "Sai"}).text
    words = verdict(
        bare, **{"Loại câu": "Trả lời ngắn", "Phương án A": "Hà Nội", "Phương án B": "Thăng Long",
                 "Tỷ lệ điểm (%)": "100; 50", "Phân biệt dấu": "Không", "Bỏ qua một lỗi gõ": "Có"}
    ).text  # fmt: skip
    number = verdict(bare, **{"Loại câu": "Điền số", "Đáp án": "3,14", "Sai số cho phép": "0,01", "Đơn vị": "rad"}).text

    assert (statement.type, statement.right) == ("true_false", False)
    assert [(row.text, row.percent) for row in words.accepted] == [("Hà Nội", 100), ("Thăng Long", 50)]
    assert (words.accents, words.spelling, words.case) == ("ignore", "one_typo", "ignore")
    assert (number.accepted[0].value, number.accepted[0].tolerance, number.unit) == (
        Decimal("3.14"), Decimal("0.01"), "rad"
    )  # fmt: skip


@pytest.mark.parametrize(("key", "right"), [("Đ", True), ("Đúng", True), ("s", False), ("D", None), ("d", None)])
def test_the_fourth_option_of_columns_that_are_not_known_is_no_short_word_for_true(key, right):
    found = verdict({"Câu hỏi": "Câu?", "Đáp án": key})

    assert found.reason.code == "excel_no_type" if right is None else found.text.right is right


@pytest.mark.parametrize("type", ["Một đáp án đúng", "Nhiều đáp án đúng", None])
def test_letters_that_are_the_words_of_an_option_are_no_two_options(type):
    disks = {"Loại câu": type, "Câu hỏi": "Đĩa nào?", "Đáp án": "CD"} | {
        f"Phương án {letter}": words for letter, words in zip("ABCD", ("USB", "CD", "DVD", "HDD"), strict=True)
    }

    assert reason(disks) == "“CD” does not say which option is right: write its letter"


def test_a_key_that_is_no_letter_is_named_where_the_type_is_not():
    said = "“2” does not say which option is right: write its letter"

    assert reason(SINGLE, **{"Loại câu": None, "Đáp án": "2"}) == said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Đáp án": "D"}, "line 2: key D has no option"),
        ({"Đáp án": None}, "column Đáp án is empty: write the letter of the right option"),
        ({"Đáp án": "mạng cục bộ"}, "“mạng cục bộ” does not say which option is right: write its letter"),
        ({"Đáp án": "A, B"},
         "several options are right (A, B): choose the type “Nhiều đáp án đúng”, or leave one letter"),
        ({"Loại câu": "Trắc nghiệm"}, "column Loại câu: “Trắc nghiệm” is not in its list"),
        ({"Loại câu": None, "Đáp án": None},
         "column Đáp án is empty: write the letter of the right option, or choose in column Loại câu what kind of "
         "question this is"),
        ({"Phương án D": "x"}, "option C is empty, but option D is not"),
        ({"Giải thích phương án E": "x"}, "there is an explanation of option E, but no such option"),
        ({"Điểm": "nhiều"}, "“nhiều” is not a number: write it with a comma, for example 3,14"),
        ({"Tỷ lệ điểm (%)": "100"}, "column Tỷ lệ điểm (%) has 1 numbers for 2 options: separate them by ;"),
        ({"Tỷ lệ điểm (%)": "100; 0"}, "the key is said in two ways: B / A"),
        ({"Câu hỏi": None}, "the question has no text"),
        ({"Độ khó": "4"}, "column Độ khó: “4” is not in its list"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told(changes, sentence):
    assert reason(SINGLE, **changes) == sentence


def edited(change, row=None):
    """The workbook with one row, changed as a person would in Excel."""
    book = openpyxl.load_workbook(io.BytesIO(written([row or Row(SINGLE)])))
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _set(column, value):
    def change(book):
        heads = [cell.value for cell in book[question_sheet.SHEET][1]]
        cell = book[question_sheet.SHEET].cell(2, heads.index(column) + 1)
        cell.value, cell.quotePrefix = value, False

    return change


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("=1+1", "cell E2 holds a formula: type its value"),
        ('=WEBSERVICE("http://127.0.0.1:9/")', "cell E2 holds a formula: type its value"),
        (date(2026, 1, 2), "Excel made a date of cell E2: format it as text and type it again"),
    ],
)
def test_cells_that_are_no_text_are_named(value, sentence):
    (found,) = judged(parsed_file(edited(_set("Phương án A", value))))

    assert found.reason.english == sentence


def _formatted(column, value, form):
    def change(book):
        _set(column, value)(book)
        heads = [cell.value for cell in book[question_sheet.SHEET][1]]
        book[question_sheet.SHEET].cell(2, heads.index(column) + 1).number_format = form

    return change


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [(0.5, "0%", "50%"), (0.125, "0.0%", "12,5%"), (7, "000", "007"), (1024, "#,##0", "1024"), (2.5, "0.00", "2,5")],
)
def test_a_number_is_read_as_its_cell_shows_it(value, form, shown):
    (found,) = judged(parsed_file(edited(_formatted("Phương án A", value, form))))

    assert found.text.options[0][0] == shown


@pytest.mark.parametrize("form", ["# ?/?", "0.00E+00", '#,##0 "đ"'])
def test_a_number_in_a_form_that_is_not_read_is_named(form):
    (found,) = judged(parsed_file(edited(_formatted("Phương án A", 0.5, form))))

    assert (
        found.reason.english == "Excel shows the number of cell E2 in another form: format it as text and type it again"
    )


def by_hand(*sheets, merge=None):
    """A workbook somebody made: {title: rows}, the first row of each its headings."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merge:
            sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HEADS = ["Nhóm câu hỏi", "Câu hỏi", "Phương án A", "Phương án B", "Đáp án"]


def test_a_cell_merged_over_several_rows_speaks_for_each_of_them():
    rows = [HEADS, ["Mạng", "Một?", "a", "b", "A"], [None, "Hai?", "a", "b", "B"], [None, "Ba?", "a", "b", "B"]]

    found = judged(parsed_file(by_hand(("Câu hỏi", rows), merge="A2:A3")))

    assert [verdict.found.category for verdict in found] == [("Mạng",), ("Mạng",), ()]


def test_questions_on_several_sheets_are_not_half_read():
    rows = [HEADS, ["Mạng", "Một?", "a", "b", "A"]]

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(by_hand(("Chương 1", rows), ("Chương 2", rows)))

    assert refused.value.note.code == "excel_several_sheets"
    assert len(judged(parsed_file(by_hand(("Câu hỏi", rows), ("Nháp", rows))))) == 1


def test_two_columns_of_one_name_are_not_chosen_between():
    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(by_hand(("Câu hỏi", [[*HEADS, "Câu hỏi"], ["Mạng", "Một?", "a", "b", "A", "Khác?"]])))

    assert refused.value.note.code == "excel_two_columns"


def test_bare_letters_head_the_columns_of_options():
    heads = ["STT", "Nội dung câu hỏi", "A", "B", "Đáp án đúng"]

    (found,) = judged(parsed_file(by_hand(("Sheet1", [heads, [1, "Một?", "a", "b", "B"]]))))

    assert found.text.options == (("a", False), ("b", True))


def test_what_stands_in_columns_that_are_not_known_is_told():
    book = openpyxl.Workbook()
    book.active.append(["STT", "Câu hỏi", "A", "B", "Đáp án", "Mức độ", "Thời gian"])
    book.active.append([1, "LAN là gì?", "xa", "gần", "B", "Dễ", 30])
    book.active.append([2, "WAN là gì?", "xa", "gần", "A", None, None])
    file = io.BytesIO()
    book.save(file)

    first, second = judged(parsed_file(file.getvalue()))

    assert [note.english for note in first.warnings] == [
        "column “Mức độ” of the table is left out: “Dễ”",
        "column “Thời gian” of the table is left out: “30”",
    ]
    assert (second.warnings, [each.text.type for each in (first, second)]) == ((), ["single", "single"])


def test_numbers_in_cells_are_their_figures():
    (found,) = judged(parsed_file(edited(_set("Phương án A", 0.1))))

    assert found.text.options[0][0] == "0,1"


def pictured(*places, rows=None):
    """The rows, with a picture of its own size at each of the places."""
    book = openpyxl.load_workbook(io.BytesIO(written([Row(row) for row in rows or [SINGLE]])))
    for size, place in enumerate(places, 2):
        picture = io.BytesIO()
        Image.new("RGB", (size, size)).save(picture, "PNG")
        book[question_sheet.SHEET].add_image(openpyxl.drawing.image.Image(picture), place)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def shown_in(text):
    """Widths of the pictures of the stem and of each option are not kept: their places are."""
    return [len(pictures_in(words)) for words in (text.stem, *(option for option, _right in text.options))]


@pytest.mark.parametrize(
    ("places", "changes", "wanted"),
    [
        (["D2"], {}, [1, 0, 0]),
        (["B2", "E2"], {}, [1, 1, 0]),
        (["E2", "F2"], {"Phương án A": None, "Phương án B": None}, [0, 1, 1]),
        (["AA2", "AB2"], {"Phương án A": "[ảnh 2: nút]", "Câu hỏi": "[ảnh 1] Nút nào?"}, [1, 1, 0]),
        (["AA2"], {"Câu hỏi": "Nhìn [ảnh 1: 5 < 6] và <b>chọn</b>"}, [1, 0, 0]),
    ],
)
def test_a_picture_stands_where_it_lies_or_where_a_mark_says(places, changes, wanted):
    (found,) = judged(parsed_file(pictured(*places, rows=[SINGLE | changes]), form="excel"))

    assert (found.reason, shown_in(found.text)) == (None, wanted)
    assert len(found.pictures) == len(places)


def test_a_picture_over_what_is_typed_stands_below_the_question():
    row = {"Loại câu": "Điền số", "Câu hỏi": "Mấy?", "Phương án A": "8"}

    (found,) = judged(parsed_file(pictured("E2", rows=[row]), form="excel"))

    assert (found.reason, found.text.accepted[0].value, shown_in(found.text)) == (None, Decimal(8), [1])


def test_a_picture_that_lies_on_no_question_refuses_the_one_above_it_and_no_other():
    rows = [SINGLE | {"Câu hỏi": f"Câu {n}?"} for n in (1, 2)]

    found = judged(parsed_file(pictured("D4", rows=rows), form="excel"))

    assert [one.reason and one.reason.code for one in found] == [None, "excel_picture"]


def test_a_mark_without_its_picture_is_named():
    (found,) = judged(parsed_file(pictured("D2", rows=[SINGLE | {"Phương án A": "[ảnh 2]"}]), form="excel"))

    assert found.reason.english == "the picture ảnh 2 is shown but is not in the file"


@pytest.mark.django_db
def test_the_file_that_comes_back_keeps_its_pictures():
    content = pictured("E2", rows=[SINGLE | {"Độ khó": "cực khó"}])
    back = openpyxl.load_workbook(io.BytesIO(returned(content, report_of(plan_file(content)))))
    sheet, file = back[question_sheet.SHEET], io.BytesIO()
    sheet.cell(2, [cell.value for cell in sheet[1]].index("Độ khó") + 1).value = "Dễ"
    back.save(file)

    (found,) = judged(parsed_file(file.getvalue(), form="excel"))

    assert (found.reason, shown_in(found.text)) == (None, [0, 1, 0])


def test_a_picture_that_would_fill_the_memory_refuses_the_file():
    chunks = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0), b"IDAT" + zlib.compress(b"\0" * 9)
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pictured("D2"))) as book, zipfile.ZipFile(file, "w") as other:
        for name in book.namelist():
            other.writestr(name, bomb if name.endswith(".png") else book.read(name))

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(file.getvalue(), form="excel")

    assert refused.value.note.code == "too_many_pixels"


def test_columns_may_stand_in_any_order_below_a_title():
    def change(book):
        sheet = book[question_sheet.SHEET]
        sheet.move_range("D1:D2", cols=60)
        sheet.insert_rows(1, 3)
        sheet["A1"] = "NGÂN HÀNG CÂU HỎI"
        book.move_sheet(sheet, 1)

    (found,) = judged(parsed_file(edited(change)))

    assert (found.found.line, found.text.stem) == (5, "LAN là gì?")


def test_headings_of_an_earlier_workbook_and_of_trainers_own_are_known():
    ours = {"Phương án A": "Lựa chọn A", "Phương án B": "Đáp án B", "Giải thích phương án A": "Giải thích lựa chọn A",
            "Từ khóa": "Thẻ"}  # fmt: skip

    def change(book):
        for cell in book[question_sheet.SHEET][1]:
            cell.value = ours.get(cell.value, cell.value)

    row = Row(SINGLE | {"Từ khóa": "mạng, LAN"})
    (found,) = judged(parsed_file(edited(change, row)))

    assert found.found.tags == ("mạng", "LAN")
    assert found.text.options == (("mạng rộng", False), ("mạng cục bộ", True))
    assert found.text.option_feedback == ("Đó là WAN.", "")


def test_a_workbook_without_headings_is_refused():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "Câu hỏi"
    book.active["B1048576"] = "x"
    book.save(file)

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(file.getvalue())

    assert refused.value.note.code == "excel_no_headings"


def test_the_template_has_lists_to_choose_from_and_is_read_as_no_question():
    template = question_sheet.template()
    sheet = openpyxl.load_workbook(io.BytesIO(template))[question_sheet.SHEET]

    assert [cell.value for cell in sheet[1]] == question_sheet.headings()
    assert {rule.formula1 for rule in sheet.data_validations.dataValidation} >= {
        '"Một đáp án đúng,Nhiều đáp án đúng,Đúng hay sai,Trả lời ngắn,Điền số,Ghép đôi,Sắp xếp thứ tự,Điền chỗ trống,'
        'Tự luận,Nộp tệp,Bài thực hành"',
        '"Dễ,Trung bình,Khó"', '"Có,Không"',
        '"Đúng hết mới có điểm,Đúng phần nào được phần đó,Đúng từng bước liền nhau"',
    }  # fmt: skip
    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(template)
    assert refused.value.note.code == "no_questions"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text):
    content = written([Row(SINGLE | {"Câu hỏi": text})])
    cell = openpyxl.load_workbook(io.BytesIO(content))[question_sheet.SHEET]["D2"]

    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.django_db
def test_the_file_comes_back_with_the_reason_of_each_row_and_can_be_read_again():
    content = written([Row(SINGLE), Row(SINGLE | {"Đáp án": "D"})])

    back = returned(content, report_of(plan_file(content)))

    sheet = openpyxl.load_workbook(io.BytesIO(back))[question_sheet.SHEET]
    assert [sheet["A1"].value, sheet["A2"].value] == [question_sheet.RESULT, None]
    assert "D" in sheet["A3"].value
    assert [(f.line, f.stem) for f in parsed_file(back).questions] == [
        (f.line, f.stem) for f in parsed_file(content).questions
    ]


@pytest.mark.django_db
def test_a_workbook_taken_twice_changes_nothing():
    content = written([Row(SINGLE), Row(SINGLE | {"Câu hỏi": "WAN là gì?", "Đáp án": "A"})])
    take_file(content)

    plan, _taken = take_file(content)

    assert ([str(row.action) for row in plan.rows], Question.objects.count()) == (["unchanged"] * 2, 2)


def test_five_thousand_rows_are_read_in_seconds():
    content = written([Row(SINGLE | {"Câu hỏi": f"Câu hỏi số {number}?"}) for number in range(5_000)])
    started = time.process_time()

    found = judged(parsed_file(content))

    assert sum(1 for each in found if each.text) == 5_000
    # Some three seconds on a machine of its own; this one may be shared.
    assert time.process_time() - started < 30


# --- Pairs, orders, gaps ---------------------------------------------------------


PAIRS = {
    "Câu hỏi": "Ghép.", "Phương án A": "CPU", "Ghép với A": "bộ xử lý", "Phương án B": "RAM", "Ghép với B": "bộ nhớ",
    "Ghép với C": "màn hình",
}  # fmt: skip
ORDER = {
    "Loại câu": "Sắp xếp thứ tự", "Câu hỏi": "Xếp.", "Phương án A": "bật", "Phương án B": "chờ", "Phương án C": "mở",
}  # fmt: skip
GAPS = {"Câu hỏi": "[[1]] có [[2]] GB.", "Phương án A": "*RAM\nROM", "Phương án B": "8 ± 0,5\n16"}


def one(cells):
    (verdict,) = judged(parsed_file(written([Row(cells)])))
    return verdict


def test_pairs_stand_beside_each_other_and_a_right_side_alone_belongs_to_none():
    text = one(PAIRS).text

    assert (text.type, text.scoring) == ("matching", "per_part")
    assert text.pairs == (("CPU", "bộ xử lý"), ("RAM", "bộ nhớ"), ("", "màn hình"))


def test_lines_stand_in_their_right_order():
    text = one(ORDER | {"Cách chấm": "Đúng từng bước liền nhau"}).text

    assert (text.type, text.items, text.scoring) == ("ordering", ("bật", "chờ", "mở"), "per_neighbour")


def test_a_gap_with_a_star_is_a_list_and_others_are_typed():
    text = one(GAPS | {"Cách điền chỗ trống": "Chọn; Gõ số", "Trọng số chỗ trống": "1; 3"}).text

    assert [(gap.asks, gap.weight) for gap in text.gaps] == [("list", 1), ("number", 3)]
    assert [(row.text, row.percent) for row in text.gaps[0].accepted] == [("RAM", 100), ("ROM", 0)]
    assert [(row.value, row.tolerance) for row in text.gaps[1].accepted] == [(8, Decimal("0.5")), (16, 0)]
    assert [gap.asks for gap in one(GAPS).text.gaps] == ["list", "text"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (PAIRS | {"Đáp án": "A"}, "excel_match_beside"),
        (PAIRS | {"Loại câu": "Ghép đôi", "Đáp án": "A"}, "excel_key_beside"),
        (PAIRS | {"Phương án D": "GPU"}, "excel_pair"),
        (PAIRS | {"Cách chấm": "Đúng từng bước liền nhau"}, "excel_choice"),
        (ORDER | {"Phương án E": "tắt"}, "excel_gap"),
        (ORDER | {"Cách chấm": "may rủi"}, "excel_choice"),
        (GAPS | {"Cách điền chỗ trống": "Chọn; Gõ số; Chọn"}, "excel_series"),
        (GAPS | {"Cách điền chỗ trống": "Chọn"}, "excel_no_star"),
        (GAPS | {"Tỷ lệ điểm (%)": "100; 0 | 100"}, "excel_series"),
        (GAPS | {"Tỷ lệ điểm (%)": "100; -50 | 100; 0"}, "bad_weight"),
        (GAPS | {"Giải thích phương án A": "a\nb\nc"}, "excel_gap_comments"),
        (GAPS | {"Cách điền chỗ trống": "Chọn; Gõ số", "Phương án B": "tám"}, "excel_number"),
        (GAPS | {"Câu hỏi": "[[1]] có GB."}, "refused_by_bank"),
    ],
)  # fmt: skip
def test_a_row_of_several_parts_that_is_unclear_is_named(cells, code):
    assert one(cells).reason.code == code


@pytest.mark.django_db
def test_pairs_and_gaps_come_back_in_the_returned_file():
    content = written([Row(PAIRS), Row(GAPS), Row(ORDER | {"Phương án E": "tắt"})])

    back = returned(content, report_of(plan_file(content)))

    assert [(f.pairs, f.gaps) for f in parsed_file(back).questions] == [
        (f.pairs, f.gaps) for f in parsed_file(content).questions
    ]
