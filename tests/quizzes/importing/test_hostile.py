"""Whatever the bytes are: a result, or the one error of this room."""

import random
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file

SEED = 20261126
GOOD_GIFT = """// [id:a] [tag:b]
$CATEGORY: $course$/top/A

::T\\:ên::[html]<p>Câu {} hỏi?</p>{
=%100%[markdown]*đúng*#tốt
~%-50%sai#kém
####chung
}

Mấy?{#=1822:0#x =%50%1..2 ~#y}

Đúng không?{T#a#b}

Nối{=a->b =c->d}
"""
GOOD_XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz><question type="category"><category><text>$course$/A/B</text></category></question>
<question type="multichoice"><name><text>E1</text></name><questiontext format="html"><text><![CDATA[<p>Câu <img
src="@@PLUGINFILE@@/x.png" alt="a"></p>]]></text><file name="x.png" encoding="base64">iVBORw0KGgoAAAANSUhEUgAAAAEAAA
ABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAACAAAB4iG8MwAAAABJRU5ErkJggg==</file></questiontext><single>true</single>
<answer fraction="100" format="html"><text>a</text><feedback><text>x</text></feedback></answer>
<answer fraction="0"><text>&lt;b&gt;</text></answer></question>
<question type="numerical"><name><text>N</text></name><questiontext format="markdown"><text>*b*</text></questiontext>
<answer fraction="100"><text>6.25</text><tolerance>0.05</tolerance></answer></question>
<question type="truefalse"><questiontext><text>c</text></questiontext><answer fraction="100"><text>true</text></answer>
<answer fraction="0"><text>false</text></answer></question>
<question type="cloze"><questiontext><text>{1:MC:=a~b}</text></questiontext></question></quiz>
"""
ALPHABET = list("{}~=#:%[]\\/<>&;\"'-.,*$_0159aé\n\t \u200b\u202e\u0301") + [
    "::", "####", "->", "..", "//", "$CATEGORY:", "\n\n", "[html]", "{T}", "%50%", "<![CDATA[", "]]>", "<question>",
    "</question>", "<img src=", "<b>", "1e9", "&#0;", "&#xFFFF;", "{1:MC:",
]  # fmt: skip


def read(content, form):
    with suppress(QuestionFileRefused):
        for verdict in judged(parsed_file(content, form=form)):
            assert (verdict.text is None) == (verdict.reason is not None)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from(["", "gift", "moodle_xml", "cloze"]))
def test_any_bytes_are_read_or_refused(content, form):
    read(content, form)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join), st.sampled_from(["gift", "cloze"]))
def test_any_text_is_read_or_refused(text, form):
    read(text.encode(), form)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join))
def test_any_text_within_a_question_of_xml_is_read_or_refused(text):
    body = text.replace("]]>", "").replace("\u0000", "")
    for place in ("questiontext", "answer"):
        read(GOOD_XML.replace(f"<{place}>", f"<{place}><text><![CDATA[{body}]]></text>", 1).encode(), "moodle_xml")


@pytest.mark.parametrize(("good", "form"), [(GOOD_GIFT, "gift"), (GOOD_XML, "moodle_xml")])
def test_five_thousand_damaged_files_are_read_or_refused(good, form):
    chance, content = random.Random(SEED), good.encode()

    for _ in range(5_000):
        read(_damaged(content, chance), form)


def _damaged(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, kind = chance.randrange(len(damaged) + 1), chance.randrange(4)
        if kind == 0:
            damaged[at:at] = bytes([chance.randrange(256)])
        elif kind == 1:
            damaged[at : at + chance.randint(1, 30)] = b""
        elif kind == 2:
            damaged[at:at] = chance.choice(ALPHABET).encode()
        else:
            start = chance.randrange(len(damaged) + 1)
            damaged[at:at] = damaged[start : start + chance.randint(1, 60)]
    return bytes(damaged)


@pytest.mark.parametrize(
    "text",
    [
        "::R::" + "\\" * 99_000 + "{=a ~b}",
        "::" * 50_000,
        "Câu{" + "~" * 90_000 + "}",
        "Câu{" + "=" * 90_000 + "}",
        "Câu{" + "a=" * 45_000 + "}",
        "Câu{=a ~b" + "#" * 90_000 + "}",
        "{" * 90_000,
        "}" * 90_000,
        "{1:MC:" * 15_000 + "}",
        "[" * 90_000 + "{T}",
        "[markdown]" + "[" * 19_000 + "{T}",
        "[markdown]" + "*a_" * 6_000 + "{T}",
        "[markdown]" + "`" * 19_000 + "{T}",
        "[markdown]" + "> " * 9_000 + "a{T}",
        "[html]" + "<b" * 9_000 + "{T}",
        "[html]" + "<div>" * 3_900 + "a{T}",
        "<b" * 9_000 + "{T}",
        "<p>" * 6_000 + "{T}",
        "&" * 19_000 + "{T}",
        "// [id:" + "\\]" * 40_000 + "\nCâu{T}",
        "// " + "[tag:" * 20_000 + "\nCâu{T}",
        "%" * 90_000 + "{=%" + "1" * 9_000 + "%a ~b}",
        "Mấy{#" + "9" * 90_000 + "}",
        "Mấy{#1e99..1e99}",
        "\n" * 500_000 + "Câu{T}",
        "a{T}\n\n" * 5_000,
    ],
    ids=range(26),
)
def test_nothing_takes_long(text):
    started = time.process_time()

    read(text.encode(), "gift")

    # A fraction of a second of work; the clock of the process does not see how busy the machine is.
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "body",
    [
        "<text>" + "a" * 5_000_000 + "</text>",
        "<text><![CDATA[" + "<b>" * 6_000 + "]]></text>",
        "<text>" + "&amp;" * 200_000 + "</text>",
        "<x>" * 20 + "</x>" * 20,
        "<file name='x.png'>" + "A" * 8_000_000 + "</file>",
    ],
    ids=range(5),
)
def test_nothing_in_xml_takes_long(body):
    started = time.process_time()

    text = f'<question type="truefalse"><questiontext format="html">{body}</questiontext></question>'
    read(f"<quiz>{text}</quiz>".encode(), "moodle_xml")

    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a{T}\n\xed\xa0\x80", "not valid UTF-8 at byte 5 (line 2): save the file as UTF-8"),
        (b"\xef\xbb\xbfa{T}\xff", "not valid UTF-8 at byte 7 (line 1): save the file as UTF-8"),
        ("Một câu ö{T}".encode("latin-1", "ignore"), "not valid UTF-8 at byte 4 (line 1): save the file as UTF-8"),
        (b"\xff\xfea\x00\x00\xd8", "not valid UTF-16 at byte 4: save the file as UTF-8"),
        (b"a{T}\n\x00", "this is not a text file: byte 5 (line 2) is a control character"),
        (b"\xef\xbb\xbf \n", "the file is empty"),
        (b"", "the file is empty"),
        (b"a" * (20 * 1024 * 1024 + 1), "the file is larger than 20 MB"),
    ],
    ids=range(8),
)
def test_what_is_no_text_is_named_with_its_place(content, sentence):
    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(content)

    assert refused.value.note.english == sentence
