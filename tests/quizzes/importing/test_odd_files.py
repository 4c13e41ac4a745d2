"""Odd files that nobody has seen before: each is taken, or named with its reason. Nothing is dropped in silence."""

import io

import docx
import openpyxl
import pytest

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from quizzes.office.question_sheet import Row, written
from tests.quizzes.importing.test_archives import package, packed, resource
from tests.quizzes.importing.test_qti import CORRECT, OPTIONS, item

GIFT = "$CATEGORY: $course$/A//B/C\n\nLAN là gì?{=gần ~xa}\n"
QUIZ = """<quiz><question type="{}"><name><text>Q</text></name><questiontext format="html"><text>{}</text>
</questiontext>{}</question></quiz>"""
KEY = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'
PAIRS = "".join(
    f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"
    for left, right in (("x", "1"), ("y", "2"))
)
ITEMS = "".join(f'<answer fraction="{place}"><text>{word}</text></answer>' for place, word in enumerate("abc", 1))


def outcome(content, name=""):
    """What became of the file: the types that are taken and the reasons of the others, or why it is refused."""
    content = content.encode() if isinstance(content, str) else content
    try:
        found = judged(parsed_file(content, name=name))
    except QuestionFileRefused as refusal:
        return refusal.note.code
    return [str(verdict.text.type) if verdict.text else verdict.reason.code for verdict in found]


def workbook(**cells):
    return written([Row({"Câu hỏi": "Câu?", "Phương án A": "a", "Phương án B": "b", "Đáp án": "A"} | cells)])


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "wanted"),
    [
        # How it is encoded and named.
        (GIFT.encode("utf-8-sig"), "a.gift", ["single"]),
        (GIFT.encode("utf-16"), "a.txt", ["single"]),
        (b"\xfe\xff" + GIFT.encode("utf-16-be"), "a.txt", ["single"]),
        (GIFT.encode("utf-32"), "a.txt", "other_encoding"),
        (GIFT.replace("\n", "\r\n"), "a.gift", ["single"]),
        (GIFT.replace("\n", "\r"), "a.gift", ["single"]),
        (GIFT, "a.xlsx", "zip_broken"),
        (GIFT, "a.docx", "zip_broken"),
        (GIFT, "a.xml", ["single"]),
        (workbook(), "a.gift", ["single"]),
        (packed({"b/a.gift": GIFT, "b/x.png": b"?"}), "a.docx", ["single"]),
        (GIFT.encode("cp1258", "replace"), "a.gift", "not_utf8"),
        (QUIZ.format("multichoice", "c", KEY).encode("utf-16"), "a.xml", ["single"]),
        ('<?xml version="1.0" encoding="TCVN"?>' + QUIZ.format("multichoice", "c", KEY), "a.xml", "other_encoding"),
        # GIFT.
        ("Câu?{=a ~a}", "", ["same_answer_twice"]),
        ("Câu?{#1e5:0.5}", "", ["number"]),
        ("Câu?{#99999999999999999999999}", "", ["refused_by_bank"]),
        ("Câu?{#NaN}", "", ["bad_number"]),
        ("Câu?{#５}", "", ["bad_number"]),
        ("Ghép.{=a -> b =a -> c}", "", ["refused_by_bank"]),
        ("Ghép.{=a -> b}", "", ["refused_by_bank"]),
        ("Xếp.{>1 ALL VERTICAL\na\nb\nc\n}", "", ["ordering"]),
        ("Xếp.{>1 ALL VERTICAL\na\n}", "", ["refused_by_bank"]),
        ("Một {1:SA:=a} và {2:NM:=5:1}.", "", ["two_answer_blocks"]),
        # Moodle XML.
        (QUIZ.format("multichoice", "<![CDATA[<b>c</b>]]> &amp;amp; d", KEY), "", ["single"]),
        (QUIZ.format("multichoice", "c", KEY).replace("<quiz>", '<quiz xmlns="urn:x">'), "", ["single"]),
        (QUIZ.format("multichoice", "c", KEY).replace("<quiz>", '<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>'), "",
         "forbidden_xml"),
        (QUIZ.format("multichoice", "c", ""), "", ["no_answers"]),
        (QUIZ.format("multichoice", "", KEY), "", ["empty_stem"]),
        (QUIZ.format("multichoice", "&nbsp;", KEY), "", "bad_xml"),
        (QUIZ.format("matching", "c", PAIRS), "", ["matching"]),
        (QUIZ.format("match", "c", PAIRS.replace("<text>2</text>", "")), "", ["empty_answer"]),
        (QUIZ.format("ordering", "c", ITEMS), "", ["ordering"]),
        (QUIZ.format("ordering", "c", ITEMS.replace("<text>c</text>", "<text>a</text>")), "", ["refused_by_bank"]),
        (QUIZ.format("ordering", "c", ITEMS.replace('"2"', '"1e999999"')), "", ["order_unclear"]),
        (QUIZ.format("ordering", "c", ITEMS.replace('"2"', '"1"')), "", ["order_unclear"]),
        (QUIZ.format("cloze", "c {1:SA:=a&amp;#39;s#ok} {0:MC:=x~y}", ""), "", ["refused_by_bank"]),
        (QUIZ.format("cloze", "c {99999:SA:=a} {1:MC:=x~y}", ""), "", ["gaps"]),
        (QUIZ.format("cloze", "c [[1]] {1:SA:=a}", ""), "", ["refused_by_bank"]),
        (QUIZ.format("gapselect", "c [[2]]", "<selectoption><text>a</text></selectoption>"), "",
         ["gap_without_option"]),
        (QUIZ.format("pmatch", "c", KEY), "", ["unsupported_type"]),
        (QUIZ.format("", "c", KEY), "", ["unsupported_type"]),
        ("<quiz/>", "a.xml", "no_questions"),
        ("<quiz>" + "<x>" * 40 + "</x>" * 40 + "</quiz>", "", "too_deep"),
        # QTI.
        (item(OPTIONS, answer=CORRECT.replace("b", "z")), "", ["qti_rule"]),
        (item(OPTIONS.replace('identifier="a"', 'identifier="b"'), answer=CORRECT), "", ["qti_twice"]),
        (item("<p>c</p>", answer=CORRECT), "", ["unsupported_type"]),
        (package(resource("1.xml"), **{"1.xml": item(OPTIONS, answer=CORRECT), "2.xml": "<a/>"}), "", ["single"]),
        (package(resource("1.xml"), resource("1.xml"), **{"1.xml": item(OPTIONS, answer=CORRECT)}), "",
         ["single", "single"]),
        (package(resource("../1.xml"), **{"1.xml": item(OPTIONS, answer=CORRECT)}), "", ["href_missing"]),
        (package(), "", "no_questions"),
        # Excel and Word.
        (workbook(**{"Độ khó": "cực khó"}), "", ["excel_choice"]),
        (workbook(**{"Điểm": "1e400"}), "", ["excel_number"]),
        (workbook(**{"Nhóm câu hỏi": " / ".join("abcdefghijklmno")}), "", ["single"]),
        (workbook(**{"Đáp án": "А"}), "", ["word_key_unclear"]),
        (saved(openpyxl.Workbook()), "", "excel_no_headings"),
        (saved(docx.Document()), "", "no_questions"),
        # Texts that are something else.
        ("Câu hỏi,A,B,Đáp án\nx?,a,b,A\n", "a.csv", "not_read"),
        ("<html><body><p>Câu 1. x?</p></body></html>", "a.doc", "not_read"),
        ("{\\rtf1 Câu 1.}", "a.RTF", "not_read"),
        ("%PDF-1.7\n", "a.pdf", "not_read"),
        ("%PDF-1.7\n%âãÏÓ\n", "a.txt", ["unsupported_type"]),
        ("<html><body>Câu?</body></html>", "a.xml", "not_moodle_xml"),
        ('{"questions": []}', "a.txt", ["empty_stem"]),
        ("\u200b", "a.txt", ["unsupported_type"]),
    ],
)  # fmt: skip
def test_an_odd_file_is_taken_or_named(content, name, wanted):
    assert outcome(content, name) == wanted
