"""Word files as trainers write them. The key is written or marked, or the question is refused."""

import io

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docx.shared import RGBColor

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from tests.quizzes.importing.test_archives import packed
from tests.quizzes.importing.test_judging import png

STEM = "Câu 1. Phím nào chép?"


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word(*lines):
    """A document of lines; a line is a text, or runs of (text, {how it looks})."""
    document = docx.Document()
    for line in lines:
        paragraph = document.add_paragraph()
        for text, looks in [(line, {})] if isinstance(line, str) else line:
            run = paragraph.add_run(text)
            for name, value in looks.items():
                if name == "red":
                    run.font.color.rgb = RGBColor(255, 0, 0)
                elif name == "highlight":
                    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
                else:
                    setattr(run.font, name, value)
    return saved(document)


def verdicts(content):
    return judged(parsed_file(content, name="a.docx"))


def one(*lines):
    (verdict,) = verdicts(word(*lines))
    return verdict


def rights(verdict):
    return verdict.reason.english if verdict.reason else [text for text, right in verdict.text.options if right]


def options(place, **looks):
    """A. Ctrl+V, B. Ctrl+C, C. Ctrl+X, with one of them in those looks."""
    texts = ("A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X")
    return [[(text, looks if at == place else {})] for at, text in enumerate(texts)]


@pytest.mark.parametrize("look", ["underline", "bold", "red", "highlight"])
def test_the_one_option_that_looks_different_is_the_key(look):
    assert rights(one(STEM, *options(1, **{look: True}))) == ["Ctrl+C"]


def test_only_the_letter_may_be_marked():
    marked = [("B", {"underline": True}), (". Ctrl+C", {})]

    assert rights(one(STEM, "A. Ctrl+V", marked, "C. Ctrl+X")) == ["Ctrl+C"]


@pytest.mark.parametrize(
    "key",
    [
        "Đáp án: B",
        "ĐÁP ÁN: b",
        "ĐA: B",
        "Đáp án đúng: B.",
        "Đáp án B",
        "ANSWER: B",
        "Đa\u0301p a\u0301n: B",
        "=> Đáp án: B",
        "→ Chọn B",
        "Trả lời: (B)",
        "Đáp án: B. Ctrl+C",
        "Đáp án： [B]",
    ],
)
def test_a_line_says_the_key(key):
    assert rights(one(STEM, "A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X", key)) == ["Ctrl+C"]


@pytest.mark.parametrize("line", ["*B. Ctrl+C", "* B. Ctrl+C", "B. Ctrl+C*", "B. Ctrl+C *"])
def test_a_star_says_the_key(line):
    assert rights(one(STEM, "A. Ctrl+V", line, "C. Ctrl+X")) == ["Ctrl+C"]


def test_options_on_one_line_and_letters_in_front_of_them():
    verdict = one("Câu 1: Phím nào chép?", "a) Ctrl+V\tB) Ctrl+C   C) Ctrl+X", "Đáp án: C")

    assert (verdict.text.stem, rights(verdict)) == ("Phím nào chép?", ["Ctrl+X"])


def test_several_right_options_are_taken_where_they_are_written():
    verdict = one(STEM, "A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X", "Đáp án: A, C")

    assert (verdict.text.type, verdict.text.scoring, rights(verdict)) == (
        "multiple", "all_or_nothing", ["Ctrl+V", "Ctrl+X"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (options(9), "no right answer is marked: write “Đáp án: B” below, or a star before the option"),
        ([*options(0, bold=True), "Đáp án: B"], "the key is said in two ways: A / B"),
        ([*options(0)[:2], [("C. Ctrl+X", {"underline": True})], "Đáp án: A", "Đáp án: A"],
         "the key is said in two ways: A / C"),
        ([[("A. Ctrl+V", {"bold": True})], [("B. Ctrl+C", {"bold": True})], "C. Ctrl+X"],
         "several options look marked (A, B): write “Đáp án: …” below if all are right"),
        ([*options(9), "Đáp án: D"], "line 1: key D has no option"),
        ([*options(9), "Đáp án: chép"], "“chép” does not say which option is right: write its letter"),
        (["A. Ctrl+V", "B. Ctrl+C", "D. Ctrl+X", "Đáp án: A"], "line 4: option D stands where C is expected"),
        (["A. Ctrl+V"], "at least two options are needed"),
        ([*options(9), "Đáp án: A", "Thừa ra."], "line 6 belongs to nothing: “Thừa ra.”"),
    ],
)  # fmt: skip
def test_an_unclear_key_is_refused_with_its_reason(lines, sentence):
    assert rights(one(STEM, *lines)) == sentence


def test_a_word_in_bold_within_an_option_is_no_key():
    emphasised = [("A. ", {}), ("không", {"bold": True}), (" dán", {})]

    assert "no right answer" in rights(one(STEM, emphasised, "B. chép"))


def test_all_letters_in_bold_say_nothing():
    lines = [[(f"{letter}. ", {"bold": True}), (text, {})] for letter, text in zip("AB", ("dán", "chép"), strict=True)]

    assert rights(one(STEM, *lines, "Đáp án: B")) == ["chép"]


def test_a_table_of_keys_at_the_end():
    found = verdicts(word("Câu 1. Một?", "A. a", "B. b", "Câu 2. Hai?", "A. c", "B. d", "BẢNG ĐÁP ÁN", "1-B  2.A"))

    assert [rights(verdict) for verdict in found] == [["b"], ["c"]]


def test_a_table_of_keys_in_rows():
    document = docx.Document(io.BytesIO(word("Câu 1. Một?", "A. a", "B. b", "Câu 2. Hai?", "A. c", "B. d", "Đáp án")))
    table = document.add_table(2, 3)
    for row, words in enumerate((("Câu", "1", "2"), ("Đáp án", "A", "B"))):
        for column, text in enumerate(words):
            table.cell(row, column).text = text

    assert [rights(verdict) for verdict in verdicts(saved(document))] == [["a"], ["d"]]


THREE = [line for number in (1, 2, 3) for line in (f"Câu {number}. Hỏi {number}?", "A. a", "B. b", "C. c")]


def with_table(lines, rows):
    document = docx.Document(io.BytesIO(word(*lines)))
    table = document.add_table(len(rows), len(rows[0]))
    for row, words in enumerate(rows):
        for column, text in enumerate(words):
            table.cell(row, column).text = text
    return saved(document)


@pytest.mark.parametrize("title", [[], ["ĐÁP ÁN"], ["ĐÁP ÁN ĐỀ THI MÔN TIN HỌC"]])
@pytest.mark.parametrize(
    "rows",
    [
        [["Câu", "Đáp án"], ["1", "A"], ["2", "B"], ["3", "C"]],
        [["Câu", "1", "2", "3"], ["Đáp án", "A", "B", "C"]],
        [["Câu 1", "Câu 2", "Câu 3"], ["A", "B", "C"]],
        [["1.A", "2.B", "3.C"]],
        [["1", "A", "3", "C"], ["2", "B", "", ""]],
        [["1", "2"], ["A", "B"], ["3", ""], ["C", ""]],
    ],
)
def test_a_table_of_keys_however_it_is_drawn(rows, title):
    assert [rights(verdict) for verdict in verdicts(with_table([*THREE, *title], rows))] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    "keys",
    [
        ["1.A 2.B 3.C"],
        ["Đáp án: 1A, 2B, 3C"],
        ["--- HẾT ---", "1-A; 2-B; 3-C"],
        ["ĐÁP ÁN", "Câu 1: A", "Câu 2: B", "Câu 3: C"],
    ],
)
def test_lines_of_keys_at_the_end(keys):
    assert [rights(verdict) for verdict in verdicts(word(*THREE, *keys))] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    "rows",
    [
        [["Câu", "1", "2", "3"], ["Đề 101", "A", "B", "C"], ["Đề 102", "B", "C", "A"]],
        [["Câu", "Đề 101", "Đề 102"], ["1", "A", "B"], ["2", "B", "C"], ["3", "C", "A"]],
    ],
)
def test_a_table_of_several_papers_is_not_guessed_at(rows):
    found = verdicts(with_table([*THREE, "ĐÁP ÁN"], rows))

    assert [rights(verdict) for verdict in found] == [
        f"the key is said in two ways: {keys}" for keys in ("A / B", "B / C", "A / C")
    ]


def test_several_letters_of_a_table_are_all_right():
    found = verdicts(word(*THREE, "ĐÁP ÁN", "1.A 2.B,C 3.C"))

    assert [rights(verdict) for verdict in found] == [["a"], ["b", "c"], ["c"]]


def test_each_part_has_its_own_table_of_keys():
    part = ["Câu 1. Hỏi?", "A. a", "B. b"]

    found = verdicts(word(*part, "ĐÁP ÁN", "1.A", "PHẦN II", *part, "ĐÁP ÁN", "1.B"))

    assert [rights(verdict) for verdict in found] == [["a"], ["b"]]


def test_questions_behind_a_table_of_keys_are_not_lost():
    found = verdicts(word("Câu 1. Một?", "A. a", "B. b", "ĐÁP ÁN", "1.A", "Câu 2. Hai?", "A. c", "*B. d"))

    assert [rights(verdict) for verdict in found] == [["a"], ["d"]]


def test_one_table_for_two_questions_of_one_number_is_not_guessed_at():
    part = ["Câu 1. Hỏi?", "A. a", "B. b"]

    found = verdicts(word(*part, "PHẦN II", *part, "ĐÁP ÁN", "1.A"))

    assert [rights(verdict) for verdict in found] == [
        "several questions have the number 1: the table of keys does not say which is meant"
    ] * 2


def test_a_table_for_more_questions_than_word_numbered_answers_none():
    document = docx.Document()
    for text, kind in (("Một?", "decimal"), ("a", "upperLetter"), ("b", "upperLetter")):
        _number(document, document.add_paragraph(text), kind)
    document.add_paragraph("ĐÁP ÁN")
    document.add_paragraph("1.A 2.B")

    (verdict,) = verdicts(saved(document))

    assert rights(verdict) == "the table has 2 keys for 1 questions that Word numbers by itself: type the numbers"


@pytest.mark.parametrize(
    "lines",
    [
        ["A. Ctrl+V B. Ctrl+C C. Ctrl+X"],
        ["A. Ctrl+V  B. Ctrl+C C. Ctrl+X"],
        ["A. Ctrl+V B. Ctrl+C", "C. Ctrl+X"],
        ["A. Ctrl+V", "B. Ctrl+C C. Ctrl+X", "D. Ctrl+Y"],
        ["(A) Ctrl+V (B) Ctrl+C (C) Ctrl+X"],
        ["a) Ctrl+V b) Ctrl+C c) Ctrl+X"],
    ],
)
def test_options_on_one_line_after_single_spaces(lines):
    verdict = one(STEM, *lines, "Đáp án: B")

    assert [text for text, _right in verdict.text.options][:3] == ["Ctrl+V", "Ctrl+C", "Ctrl+X"]


def test_a_letter_within_an_option_begins_no_other():
    verdict = one(STEM, "A. Chép sang ổ B. rồi dán", "B. Xóa", "Đáp án: B")

    assert [text for text, _right in verdict.text.options] == ["Chép sang ổ B. rồi dán", "Xóa"]


def test_a_last_line_that_may_be_one_option_or_two_is_refused():
    assert rights(one(STEM, "A. Cắt", "B. Chép sang ổ C. rồi dán", "Đáp án: A")) == (
        "line 3 may hold one option or two (“C.” stands in it): put each on its own line"
    )


@pytest.mark.parametrize("line", ["----- HẾT -----", "PHẦN II. THỰC HÀNH"])
def test_what_stands_between_questions_is_no_part_of_an_option(line):
    first, second = verdicts(word(STEM, "A. dán", "*B. chép", line, "Câu 2. Hai?", "*A. a", "B. b"))

    assert (rights(first), rights(second)) == (["chép"], ["a"])
    assert [note.english for note in first.warnings] == [f"line 4 belongs to no question and is left out: “{line}”"]


def test_a_further_line_of_an_option_is_told():
    verdict = one(STEM, "A. dán", "*B. chép", "bằng bàn phím")

    assert rights(verdict) == ["chép bằng bàn phím"]
    assert [note.english for note in verdict.warnings] == ["line 4 was read as part of option B: “bằng bàn phím”"]


def test_a_line_that_names_another_question_begins_none():
    verdict = one("Câu 1. Xét tài liệu.", "Câu 3 của tài liệu nói gì?", "A. a", "*B. b")

    assert (verdict.text.stem, rights(verdict)) == ("Xét tài liệu.<br>Câu 3 của tài liệu nói gì?", ["b"])


def test_the_words_of_one_option_in_bold_say_the_key_where_all_letters_are():
    lines = [
        [(f"{letter}. ", {"bold": True}), (text, {"bold": letter == "B"})]
        for letter, text in zip("AB", ("dán", "chép"), strict=True)
    ]

    assert rights(one(STEM, *lines)) == ["chép"]


def test_numbers_and_letters_that_word_writes_itself():
    document = docx.Document()
    for text, kind in (("Một?", "decimal"), ("a", "upperLetter"), ("b", "upperLetter"), ("Hai?", "decimal"),
                       ("c", "upperLetter"), ("*d", "upperLetter")):  # fmt: skip
        paragraph = document.add_paragraph(text)
        _number(document, paragraph, kind)
        if text == "b":
            paragraph.runs[0].font.underline = True

    assert [rights(verdict) for verdict in verdicts(saved(document))] == [["b"], ["d"]]


def _number(document, paragraph, kind):
    """Makes the paragraph one of a list of that kind."""
    root = document.part.numbering_part.element
    identifier = {"decimal": "901", "upperLetter": "902"}[kind]
    if not any(entry.get(qn("w:numId")) == identifier for entry in root.findall(qn("w:num"))):
        abstract, level, form = (OxmlElement(name) for name in ("w:abstractNum", "w:lvl", "w:numFmt"))
        abstract.set(qn("w:abstractNumId"), identifier)
        level.set(qn("w:ilvl"), "0")
        form.set(qn("w:val"), kind)
        level.append(form)
        abstract.append(level)
        root.insert(0, abstract)
        number, link = OxmlElement("w:num"), OxmlElement("w:abstractNumId")
        number.set(qn("w:numId"), identifier)
        link.set(qn("w:val"), identifier)
        number.append(link)
        root.append(number)
    marks = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    marks.get_or_add_ilvl().val = 0
    marks.get_or_add_numId().val = int(identifier)


def test_headings_are_categories_and_what_stands_before_is_named():
    document = docx.Document()
    document.add_paragraph("ĐỀ THI TIN HỌC")
    document.add_heading("Mạng", 1)
    for text in ("Câu 1 (2,5 điểm). LAN là gì?", "A. gần", "B. xa", "Đáp án: A", "Giải thích: Local."):
        document.add_paragraph(text)

    (verdict,) = verdicts(saved(document))

    assert (verdict.found.category, str(verdict.text.points), verdict.text.feedback) == (("Mạng",), "2.5", "Local.")
    assert [note.english for note in verdict.warnings] == [
        "the text before the first question is left out: “ĐỀ THI TIN HỌC”"
    ]


def test_a_statement_is_true_or_false():
    found = verdicts(word("Câu 1. RAM mất dữ liệu khi tắt máy.", "Đáp án: Đúng", "Câu 2. CPU là ổ đĩa.", "Đáp án: Sai"))

    assert [(verdict.text.type, verdict.text.right) for verdict in found] == [
        ("true_false", True),
        ("true_false", False),
    ]


@pytest.mark.parametrize("options", [("- x", "- y", "- z", "- t"), ("1) x", "2) y", "3) z", "4) t"), ()])
def test_the_fourth_option_is_no_short_word_for_true(options):
    """Where options cannot be read, "D" names one of them."""
    assert rights(one(STEM, *options, "Đáp án: D")) == "at least two options are needed"


@pytest.mark.parametrize(("key", "right"), [("Đ", True), ("đ.", True), ("S", False)])
def test_a_statement_may_be_judged_by_one_letter(key, right):
    assert one("Câu 1. RAM mất dữ liệu khi tắt máy.", f"Đáp án: {key}").text.right is right


@pytest.mark.parametrize("colour", ["222222", "1F1F1F", "333333", "0D0D0D", "212529"])
def test_letters_that_are_not_quite_black_mark_nothing(colour):
    """Pasted from a page, one option is often a shade off."""
    document = docx.Document()
    for text in (STEM, "A. x", "B. y"):
        document.add_paragraph().add_run(text)
    document.paragraphs[1].runs[0].font.color.rgb = RGBColor.from_string(colour)

    assert "no right answer is marked" in rights(verdicts(saved(document))[0])


@pytest.mark.parametrize(
    ("fill", "is_mark"), [("F8F9FA", False), ("FAFAFA", False), ("FFFF00", True), ("FFF2CC", True)]
)
def test_paper_that_is_not_quite_white_marks_nothing(fill, is_mark):
    document = docx.Document()
    for text in (STEM, "A. x", "B. y"):
        document.add_paragraph().add_run(text)
    shade = OxmlElement("w:shd")
    shade.set(qn("w:fill"), fill)
    document.paragraphs[1].runs[0]._r.get_or_add_rPr().append(shade)

    found = rights(verdicts(saved(document))[0])

    assert found == ["x"] if is_mark else "no right answer is marked" in found


def test_a_link_is_blue_and_underlined_because_it_leads_somewhere():
    document = docx.Document()
    for text in (STEM, "A. ", "B. y"):
        document.add_paragraph(text)
    link, run = OxmlElement("w:hyperlink"), document.paragraphs[1].add_run("a.vn")
    run.font.underline, run.font.color.rgb = True, RGBColor(5, 99, 193)
    document.paragraphs[1]._p.append(link)
    link.append(run._r)

    assert "no right answer is marked" in rights(verdicts(saved(document))[0])


@pytest.mark.parametrize("look", ["underline", "colour"])
def test_the_look_of_a_style_of_letters_marks_as_its_own_does(look):
    document = docx.Document()
    style = document.styles.add_style("Key", WD_STYLE_TYPE.CHARACTER)
    if look == "underline":
        style.font.underline = True
    else:
        style.font.color.rgb = RGBColor(255, 0, 0)
    for text in (STEM, "A. x", "B. y"):
        document.add_paragraph().add_run(text)
    document.paragraphs[2].runs[0].style = "Key"

    assert rights(verdicts(saved(document))[0]) == ["y"]


def test_letters_that_still_look_like_the_link_they_were_mark_nothing():
    document = docx.Document()
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    style.font.underline, style.font.color.rgb = True, RGBColor(5, 99, 193)
    for text in (STEM, "A. x", "B. y"):
        document.add_paragraph().add_run(text)
    document.paragraphs[1].runs[0].style = "Hyperlink"

    assert "no right answer is marked" in rights(verdicts(saved(document))[0])


def test_what_is_written_in_the_margin_is_told():
    document = docx.Document()
    for text in (STEM, "A. x", "B. y", "Đáp án: B", "Câu 2. Phím nào dán?", "A. x", "B. y", "Đáp án: A"):
        document.add_paragraph(text)
    document.add_comment(document.paragraphs[3].runs, text="Sai, phải là A", author="x")

    first, second = verdicts(saved(document))

    assert [note.english for note in first.warnings] == [
        "line 4 has a comment in the margin, which is not read: “Sai, phải là A”. Is the key right?"
    ]
    assert second.warnings == ()


def test_a_table_of_keys_names_no_question_that_word_numbers():
    document = docx.Document()
    for stem in ("Phím nào chép?", "Phím nào dán?"):
        _number(document, document.add_paragraph(stem), "decimal")
        for text in ("A. x", "B. y"):
            document.add_paragraph(text)
    document.add_paragraph("ĐÁP ÁN")
    for place, words in enumerate(("Câu 1: B", "Câu 2: A")):
        (document.tables[0] if place else document.add_table(1, 2)).cell(0, place).text = words

    assert [rights(verdict) for verdict in verdicts(saved(document))] == [["y"], ["x"]]


def test_old_fonts_become_unicode():
    tcvn3 = [("C©u 1. §¬n vÞ?", {"name": ".VnTime"})]
    vni = [("Câu 2. ", {}), ("Ñôn vò?", {"name": "VNI-Times"})]

    found = verdicts(word(tcvn3, "A. a", "B. b", "Đáp án: A", vni, "A. a", "B. b", "Đáp án: A"))

    assert [verdict.text.stem for verdict in found] == ["Đơn vị?", "Đơn vị?"]


def test_raised_figures_and_pictures_are_kept():
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1. 2")
    paragraph.add_run("3").font.superscript = True
    paragraph.add_run(" là? ").add_picture(io.BytesIO(png()))
    for text in ("A. 8", "B. 6", "Đáp án: A"):
        document.add_paragraph(text)

    (verdict,) = verdicts(saved(document))

    assert verdict.text.stem.startswith("2<sup>3</sup> là? <img ")
    assert (len(verdict.pictures), [note.code for note in verdict.warnings]) == (1, ["no_alt"])


def test_an_equation_cannot_be_kept():
    document = docx.Document(io.BytesIO(word(STEM, "A. a", "B. b", "Đáp án: A")))
    document.paragraphs[0]._p.append(document.paragraphs[0]._p.makeelement(
        "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
    ))  # fmt: skip

    (verdict,) = verdicts(saved(document))

    assert verdict.reason.english == "line 1 holds an equation: write it as text or as a picture"


def test_script_in_a_document_is_text():
    verdict = one("Câu 1. <script>alert(1)</script>?", "A. <b>", "B. b", "Đáp án: A")

    assert verdict.text.stem == "&lt;script&gt;alert(1)&lt;/script&gt;?"
    assert verdict.text.options[0] == ("<b>", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda parts: parts | {"word/vbaProject.bin": b"x"}, "macros"),
        (lambda parts: parts | {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "zip_suspicious"),
        (lambda parts: parts | {"word/document.xml": b"<x"}, "word_unreadable"),
        (lambda parts: parts | {"[Content_Types].xml": b"<x/>"}, "not_office"),
    ],
)
def test_traps_are_refused(change, code):
    import zipfile

    archive = zipfile.ZipFile(io.BytesIO(word(STEM, "A. a", "B. b", "Đáp án: A")))
    parts = change({name: archive.read(name) for name in archive.namelist()})

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(packed(parts))

    assert refused.value.note.code == code


@pytest.mark.parametrize(
    ("key", "code"), [("1-b, 2-a, 3-c", "word_pairs"), ("1–B; 2–A.", "word_pairs"), ("B - A - C", "word_order")]
)
def test_pairs_and_orders_are_sent_to_the_workbook(key, code):
    assert one(STEM, "A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X", f"Đáp án: {key}").reason.code == code


def test_what_stands_in_a_box_is_read_once():
    """Word writes a box twice: for itself, and as a fallback for older programs."""
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1. Đọc khung rồi chọn.")
    box = "<w:txbxContent><w:p><w:r><w:t>Nội dung trong khung</w:t></w:r></w:p></w:txbxContent>"
    spaces = " ".join(f'xmlns:{prefix}="{nsmap[prefix]}"' for prefix in ("w",))
    markup = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    run = f"""<w:r {spaces} xmlns:mc="{markup}" xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>
<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox>
</w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
    paragraph._p.append(parse_xml(run))
    for line in ("A. Ctrl+V", "B. Ctrl+C", "Đáp án: B"):
        document.add_paragraph(line)

    (verdict,) = verdicts(saved(document))

    assert (verdict.text.stem, rights(verdict)) == (
        "Đọc khung rồi chọn.<br>Nội dung trong khung", ["Ctrl+C"]
    )  # fmt: skip


def test_a_footnote_stands_where_it_is_referred_to():
    document = docx.Document()
    paragraph = document.add_paragraph("Câu 1. LAN")
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(reference)
    paragraph.add_run(" là gì?")
    for line in ("A. mạng nội bộ", "B. mạng rộng", "Đáp án: A"):
        document.add_paragraph(line)
    notes = (
        f'<w:footnotes xmlns:w="{nsmap["w"]}"><w:footnote w:id="2"><w:p><w:r><w:t>Local Area </w:t></w:r>'
        "<w:r><w:t>Network</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")

    (verdict,) = verdicts(saved(document))

    assert (verdict.text.stem, rights(verdict)) == ("LAN (Local Area Network) là gì?", ["mạng nội bộ"])


# --- Difficulty, and options that have no letters ---------------------------------


@pytest.mark.parametrize(
    ("words", "difficulty"),
    [
        ("Mức độ: Nhận biết", "1"),
        ("Mức độ: thông hiểu.", "2"),
        ("Mức độ nhận thức: Vận dụng cao", "3"),
        ("Độ khó: Khó", "3"),
        ("(Mức độ: TB)", "2"),
        ("[Mức: VDC]", "3"),
    ],
)
@pytest.mark.parametrize("place", [1, 4, 5])
def test_the_difficulty_may_stand_on_a_line_of_its_own(words, difficulty, place):
    lines = [STEM, "A. Ctrl+V", "B. Ctrl+C", "C. Ctrl+X", "Đáp án: B"]
    verdict = one(*lines[:place], words, *lines[place:])

    assert (rights(verdict), verdict.text.difficulty, verdict.text.stem) == (["Ctrl+C"], difficulty, "Phím nào chép?")
    assert [text for text, _right in verdict.text.options] == ["Ctrl+V", "Ctrl+C", "Ctrl+X"]


@pytest.mark.parametrize(
    "head", ["Câu 1 (NB). ", "Câu 1. [Nhận biết] ", "Câu 1 (Mức độ: NB): ", "Câu 1. (1 điểm) (NB) "]
)
def test_the_difficulty_may_stand_behind_the_number(head):
    text = one(f"{head}Phím nào chép?", "A. Ctrl+V", "B. Ctrl+C", "Đáp án: B").text

    assert (text.difficulty, text.stem) == ("1", "Phím nào chép?")


def test_words_in_brackets_that_are_no_difficulty_stay_in_the_text():
    text = one("Câu 1. (Word 2016) Phím nào chép?", "A. Ctrl+V", "B. Ctrl+C", "Đáp án: B").text

    assert (text.difficulty, text.stem) == ("2", "(Word 2016) Phím nào chép?")


def test_a_difficulty_that_is_not_known_is_left_out_and_told():
    verdict = one(STEM, "A. Ctrl+V", "B. Ctrl+C", "Đáp án: B", "Mức độ: 4")

    assert (rights(verdict), [note.code for note in verdict.warnings]) == (["Ctrl+C"], ["word_level_left_out"])


def test_two_difficulties_are_none():
    verdict = one(STEM, "A. Ctrl+V", "B. Ctrl+C", "Đáp án: B", "Mức độ: Dễ", "Mức độ: Khó")

    assert verdict.reason.code == "word_text_after"


def listed(stem, style, *lines, after=()):
    """A question, a list of Word's below it, and lines; a line may be (text, how it looks)."""
    document = docx.Document()
    for text in stem:
        document.add_paragraph(text)
    for line in lines:
        text, looks = (line, {}) if isinstance(line, str) else line
        run = document.add_paragraph(style=style).add_run(text)
        for name, value in looks.items():
            setattr(run.font, name, value)
    for text in after:
        document.add_paragraph(text)
    return saved(document)


@pytest.mark.parametrize("style", ["List Bullet", "List Number"])
@pytest.mark.parametrize("right", [("Ctrl+C", {"bold": True}), ("Ctrl+C", {"underline": True}), "*Ctrl+C", "Ctrl+C *"])
def test_the_lines_of_a_list_are_options_where_one_is_marked(style, right):
    (verdict,) = verdicts(listed([STEM], style, "Ctrl+V", right, "Ctrl+X"))

    assert (rights(verdict), verdict.text.stem) == (["Ctrl+C"], "Phím nào chép?")
    assert [text for text, _right in verdict.text.options] == ["Ctrl+V", "Ctrl+C", "Ctrl+X"]
    assert "word_list_options" in [note.code for note in verdict.warnings]


@pytest.mark.parametrize(
    ("style", "key", "said"),
    [
        ("List Number", "Đáp án: 2", ["Ctrl+C"]),
        ("List Number", "Đáp án: 4", "word_key_unclear"),
        ("List Number", "Đáp án: B", "word_key_unclear"),
        ("List Bullet", "Đáp án: B", "word_key_unclear"),
        ("List Bullet", "Đáp án: 2", "word_key_unclear"),
        ("List Bullet", "Giải thích: không rõ", "word_no_key"),
    ],
)
def test_numbers_name_the_options_that_word_numbers_and_nothing_names_bullets(style, key, said):
    (verdict,) = verdicts(listed([STEM], style, "Ctrl+V", "Ctrl+C", "Ctrl+X", after=[key]))

    assert (verdict.reason.code if verdict.reason else rights(verdict)) == said


def test_a_list_before_options_with_letters_belongs_to_the_text():
    content = listed(
        ["Câu 1. Cho các phím:"], "List Bullet", "Ctrl+V", ("Ctrl+C", {"bold": True}),
        after=["Phím nào chép?", "A. Phím đầu", "B. Phím sau", "Đáp án: B"],
    )  # fmt: skip
    (verdict,) = verdicts(content)

    assert rights(verdict) == ["Phím sau"]
    assert verdict.text.stem.split("\n")[0].startswith("Cho các phím:")


def test_a_list_below_a_statement_belongs_to_it():
    (verdict,) = verdicts(
        listed(["Câu 1. Phím chép gồm:"], "List Bullet", "Ctrl", ("C", {"bold": True}), after=["Đáp án: Đúng"])
    )

    assert (verdict.text.type, rights(verdict)) == ("true_false", [])


def test_bullets_below_questions_that_are_numbered_by_hand():
    document = docx.Document()
    for stem, key in (("1. Phím nào chép?", 1), ("2. Phím nào dán?", 0)):
        document.add_paragraph(stem)
        for place, text in enumerate(("Ctrl+V", "Ctrl+C")):
            document.add_paragraph(style="List Bullet").add_run(text).bold = place == key

    assert [rights(verdict) for verdict in verdicts(saved(document))] == [["Ctrl+C"], ["Ctrl+V"]]


def test_two_lists_in_one_text_are_not_told_apart():
    content = listed([STEM], "List Bullet", "Ctrl+V", ("Ctrl+C", {"bold": True}), after=["và"])
    document = docx.Document(io.BytesIO(content))
    for text in ("Ctrl+X", "Ctrl+Z"):
        document.add_paragraph(text, style="List Bullet")

    (verdict,) = verdicts(saved(document))
    assert verdict.reason.code == "too_few_answers"
