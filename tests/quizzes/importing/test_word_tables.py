"""Word files with a question in each row of a table, and with options behind the question on its line."""

import docx
import pytest

from quizzes.enums import Difficulty
from tests.quizzes.importing.test_word import one, rights, saved, verdicts, word

HEAD = ["STT", "Câu hỏi", "A", "B", "C", "D", "Đáp án"]
COPY = ["1", "Phím nào chép?", "Ctrl+V", "Ctrl+C", "Ctrl+X", "Ctrl+Z", "B"]
PASTE = ["2", "Phím nào dán?", "Ctrl+V", "Ctrl+C", "Ctrl+X", "Ctrl+Z", "A"]
INLINE = "Câu 1. Phím nào chép? A. Ctrl+V B. Ctrl+C C. Ctrl+X D. Ctrl+Z"


def table(*rows, looks=None, before=(), after=()):
    """A document with one table; a cell is a text or a list of paragraphs."""
    document = docx.Document()
    for line in before:
        document.add_paragraph(line)
    drawn = document.add_table(len(rows), max(len(row) for row in rows))
    for at, row in enumerate(rows):
        for column, said in enumerate(row):
            cell = drawn.cell(at, column)
            lines = [said] if isinstance(said, str) else said
            for number, text in enumerate(lines):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.add_run(text).bold = (at, column) == looks
    for line in after:
        document.add_paragraph(line)
    return saved(document)


def read(content):
    return [(verdict.text.stem if verdict.text else None, rights(verdict)) for verdict in verdicts(content)]


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        ["TT", "Nội dung câu hỏi", "Phương án A", "Phương án B", "Phương án C", "Phương án D", "Đáp án đúng"],
        ["Câu", "Nội dung", "a)", "b)", "c)", "d)", "ĐA"],
        ["Câu hỏi", "Nội dung", "A.", "B.", "C.", "D.", "Key"],
    ],
)
def test_a_row_is_a_question_with_its_options_in_columns(head):
    assert read(table(head, COPY, PASTE)) == [("Phím nào chép?", ["Ctrl+C"]), ("Phím nào dán?", ["Ctrl+V"])]


def test_letters_may_stand_below_a_common_head():
    head = ["STT", "Câu hỏi", "Phương án trả lời", "", "", "", "Đáp án"]

    assert read(table(head, ["", "", "A", "B", "C", "D", ""], COPY)) == [("Phím nào chép?", ["Ctrl+C"])]


def test_options_named_by_figures_have_keys_of_figures():
    head = ["STT", "Câu hỏi", "Phương án 1", "Phương án 2", "Phương án 3", "Phương án 4", "Đáp án"]

    assert read(table(head, [*COPY[:6], "2"], [*PASTE[:6], "A"])) == [
        ("Phím nào chép?", ["Ctrl+C"]),
        (None, "“A” does not say which option is right: write its letter"),
    ]


def test_the_key_may_be_a_mark_or_the_words_of_an_option():
    marked = table(HEAD, [*COPY[:6], ""], looks=(1, 3))

    assert read(marked) == [("Phím nào chép?", ["Ctrl+C"])]
    assert read(table(HEAD, [*COPY[:6], "ctrl+x"])) == [("Phím nào chép?", ["Ctrl+X"])]


def test_two_keys_are_right_where_both_are_written():
    assert read(table(HEAD, [*COPY[:6], "A, C"])) == [("Phím nào chép?", ["Ctrl+V", "Ctrl+X"])]


def test_other_columns_are_read_or_named():
    (verdict,) = verdicts(
        table([*HEAD, "Mức độ", "Điểm", "Giải thích", "Người soạn"], [*COPY, "TH", "0,25", "C là Copy.", "Lan"])
    )

    assert (verdict.text.difficulty, verdict.text.feedback, [str(told.english) for told in verdict.warnings]) == (
        Difficulty.MEDIUM, "C là Copy.", ["column “Người soạn” of the table is left out: “Lan”"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([HEAD, [*COPY[:6], ""]], "no right answer is marked: write “Đáp án: B” below, or a star before the option"),
        ([HEAD, [*COPY[:6], "2"]], "“2” does not say which option is right: write its letter"),
        ([HEAD, [*COPY[:4], "", "Ctrl+Z", "B"]], "option C has no words, and one behind it has"),
        ([HEAD, [*COPY[:4], "", "", "D"]], "line 8: key D has no option"),
        ([HEAD, ["1", "", *COPY[2:]]], "line 8: the row of the table has no text of a question"),
        ([HEAD, ["1", ["Phím?", "A. một", "B. hai"], *COPY[2:]]],
         "line 8: options stand in the text of the question and in columns too"),
        ([["STT", "Câu hỏi", "A", "C", "B", "D", "Đáp án"], COPY],
         "the heads of the table (STT | Câu hỏi | A | C | B | D | Đáp án) do not say clearly which column is what: "
         "one “Câu hỏi”, the options “A”, “B”, “C”… in their order, one “Đáp án”"),
        ([HEAD, ["1", "Chữ nào đứng đầu?", "B", "A", "C", "D", "B"]],
         "“B” does not say which option is right: write its letter"),
    ],
)  # fmt: skip
def test_an_unclear_row_is_refused_with_its_reason(rows, sentence):
    assert [reason for _stem, reason in read(table(*rows))] == [sentence]


def test_one_unclear_row_leaves_the_others():
    assert read(table(HEAD, [*COPY[:6], ""], PASTE))[1] == ("Phím nào dán?", ["Ctrl+V"])


def test_a_head_that_is_repeated_and_a_title_are_no_questions():
    found = verdicts(table(HEAD, COPY, HEAD, ["PHẦN II. DÁN"], PASTE))

    assert [rights(verdict) for verdict in found] == [["Ctrl+C"], ["Ctrl+V"]]
    assert [str(told.english) for told in found[0].warnings] == [
        "line 22 belongs to no question and is left out: “PHẦN II. DÁN”"
    ]


OPTIONS = ["A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X"]


@pytest.mark.parametrize(
    "rows",
    [
        [["1", ["Phím nào chép?", *OPTIONS, "Đáp án: B"]], ["2", ["Phím nào dán?", *OPTIONS, "Đáp án: A"]]],
        [["Câu", "Nội dung"], ["Câu 1", ["Phím nào chép?", *OPTIONS, "Đáp án: B"]],
         ["Câu 2", ["Phím nào dán?", *OPTIONS, "Đáp án: A"]]],
        [["STT", "Câu hỏi", "Đáp án"], ["1", ["Phím nào chép?", *OPTIONS], "B"],
         ["2", ["Phím nào dán?", *OPTIONS], "A"]],
        [["STT", "Câu hỏi", "Đáp án"], ["1", "Phím nào chép? A. Ctrl+V B. Ctrl+C C. Ctrl+X", "B"],
         ["2", "Phím nào dán? A. Ctrl+V B. Ctrl+C C. Ctrl+X", "A"]],
        [["STT", "Câu hỏi", "Phương án trả lời", "Đáp án đúng"], ["1", "Phím nào chép?", OPTIONS, "B"],
         ["2", "Phím nào dán?", OPTIONS, "A"]],
        [["Câu hỏi và đáp án", "Đáp án"], [["Câu 1. Phím nào chép?", *OPTIONS], "B"],
         [["Câu 2. Phím nào dán?", *OPTIONS], "A"]],
        [["STT", "Câu hỏi", "Đáp án"], ["1", "Phím nào chép?", ["A. Ctrl+V", "*B. Ctrl+C", "C. Ctrl+X"]],
         ["2", "Phím nào dán?", ["*A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X"]]],
    ],
)  # fmt: skip
def test_a_row_may_hold_the_question_with_its_options_below(rows):
    assert read(table(*rows)) == [("Phím nào chép?", ["Ctrl+C"]), ("Phím nào dán?", ["Ctrl+V"])]


def test_a_table_of_keys_below_answers_the_rows():
    content = table(
        ["1", ["Phím nào chép?", *OPTIONS]], ["2", ["Phím nào dán?", *OPTIONS]], after=["ĐÁP ÁN", "1.B 2.A"]
    )

    assert read(content) == [("Phím nào chép?", ["Ctrl+C"]), ("Phím nào dán?", ["Ctrl+V"])]


def test_a_title_with_the_word_of_the_keys_hides_no_table():
    content = table(HEAD, COPY, before=["ĐÁP ÁN"])

    assert read(content) == [("Phím nào chép?", ["Ctrl+C"])]


def test_a_table_within_a_cell_is_read_once():
    document = docx.Document()
    drawn = document.add_table(1, 2)
    drawn.cell(0, 0).text = "Câu 1"
    cell = drawn.cell(0, 1)
    cell.text = "Ô nào lớn nhất?"
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "7", "9"
    for line in ("A. ô đầu", "*B. ô sau"):
        cell.add_paragraph(line)

    assert read(saved(document)) == [("Ô nào lớn nhất?<br>7<br>9", ["ô sau"])]


@pytest.mark.parametrize(
    "lines",
    [
        [INLINE, "Đáp án: B"],
        [INLINE.replace("B. Ctrl+C", "*B. Ctrl+C")],
        [INLINE + " Đáp án: B"],
        ["1. Phím nào chép? A. Ctrl+V B. Ctrl+C C. Ctrl+X D. Ctrl+Z", "Đáp án: B"],
        ["Câu 1. Phím nào chép? a) Ctrl+V b) Ctrl+C c) Ctrl+X d) Ctrl+Z", "Đáp án: B"],
        ["Câu 1. Phím nào chép? A. Ctrl+V B. Ctrl+C", "C. Ctrl+X D. Ctrl+Z", "Đáp án: B"],
        [[("Câu 1. Phím nào chép? A. Ctrl+V ", {}), ("B. Ctrl+C", {"underline": True}), (" C. Ctrl+X D. Ctrl+Z", {})]],
        ["Câu 1. Phím nào chép?", "A. Ctrl+V B. Ctrl+C C. Ctrl+X D. Ctrl+Z Đáp án: B"],
    ],
)
def test_options_behind_the_question_on_its_line(lines):
    verdict = one(*lines)

    assert (rights(verdict), verdict.text.stem) == (["Ctrl+C"], "Phím nào chép?")
    assert [text for text, _right in verdict.text.options] == ["Ctrl+V", "Ctrl+C", "Ctrl+X", "Ctrl+Z"]


def test_several_questions_with_their_options_on_their_lines():
    content = word(
        "1. Phím nào chép? A. Ctrl+V B. Ctrl+C C. Ctrl+X", "2. Phím nào dán? A. Ctrl+V B. Ctrl+C", "ĐÁP ÁN", "1.B 2.A"
    )

    assert read(content) == [("Phím nào chép?", ["Ctrl+C"]), ("Phím nào dán?", ["Ctrl+V"])]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([INLINE], "no right answer is marked: write “Đáp án: B” below, or a star before the option"),
        (["Câu 1. Cho A. một và B. hai. Chọn? A. x B. y C. z", "Đáp án: B"], "at least two options are needed"),
        (["Câu 1. Phím nào chép? A. Ctrl+V B. Ctrl+C D. Ctrl+Z", "Đáp án: B"], "at least two options are needed"),
    ],
)
def test_letters_that_are_not_in_order_are_no_options(lines, sentence):
    assert rights(one(*lines)) == sentence


def test_letters_within_the_text_of_a_question_stay_where_options_follow():
    verdict = one("Câu 1. Ông A. hỏi bà B. điều gì?", "A. tên", "B. tuổi", "Đáp án: A")

    assert (verdict.text.stem, rights(verdict)) == ("Ông A. hỏi bà B. điều gì?", ["tên"])
