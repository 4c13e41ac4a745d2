"""Moodle XML, element by element, and what may not stand in it."""

import time

import pytest

from quizzes.importing.moodle_xml import parse
from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import parsed_file


def quiz(*questions):
    return f"<quiz>{''.join(questions)}</quiz>"


def question(kind, body, name="C1"):
    return (
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text>Câu?</text></questiontext>{body}</question>'
    )


def answer(text, fraction, extra=""):
    return f'<answer fraction="{fraction}"><text>{text}</text>{extra}</answer>'


def only(kind, body):
    (found,) = parse(quiz(question(kind, body))).questions
    return found


def test_a_choice_is_read_whole():
    found = only(
        "multichoice",
        "<single>false</single><shuffleanswers>1</shuffleanswers><defaultgrade>2.5</defaultgrade><idnumber>x1</idnumber>"
        '<generalfeedback format="plain_text"><text>Vì thế</text></generalfeedback>'
        "<tags><tag><text>mạng</text></tag><tag><text>LAN</text></tag></tags>"
        + answer("a", "33.33333", '<feedback format="html"><text>đúng</text></feedback>')
        + answer("b", "-50"),
    )

    assert (found.is_single, found.shuffles, str(found.default_grade), found.idnumber) == (False, True, "2.5", "x1")
    assert (found.general_feedback.format, found.general_feedback.text, found.tags) == (
        "plain",
        "Vì thế",
        ("mạng", "LAN"),
    )
    assert [(a.text.text, str(a.percent), a.feedback and a.feedback.text) for a in found.answers] == [
        ("a", "33.33333", "đúng"), ("b", "-50", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([("true", 100), ("false", 0)], True),
        ([("false", 0), ("true", 100)], True),
        ([("false", 100), ("true", 0)], False),
        ([("Sai", 0), ("Đúng", 100)], True),
        ([("Vrai", 0), ("Faux", 100)], False),
    ],
)
def test_a_statement_is_true_or_false_by_its_words_or_else_by_their_order(rows, right):
    found = only("truefalse", "".join(answer(*row) for row in rows))

    assert found.right is right
    assert [note.code for note in found.warnings] == (["key_by_order"] if rows[0][0] == "Vrai" else [])


@pytest.mark.parametrize("rows", [[("true", 100), ("false", 100)], [("true", 0), ("false", 0)], [("true", 100)]])
def test_a_statement_without_one_key_is_not_guessed(rows):
    assert only("truefalse", "".join(answer(*row) for row in rows)).problem.code == "key_unclear"


def test_a_short_answer_may_ask_for_capitals():
    found = [only("shortanswer", f"<usecase>{case}</usecase>{answer('RAM', 100)}").is_case_sensitive for case in (0, 1)]

    assert found == [False, True]


def test_a_number_has_its_tolerance():
    (row, rest) = only("numerical", answer("6.25", 100, "<tolerance>0.05</tolerance>") + answer("*", 0)).answers

    assert (str(row.low), str(row.high), rest.value) == ("6.20", "6.30", None)


@pytest.mark.parametrize(
    ("names", "graded", "unit", "code", "said"),
    [
        (["m"], "0", "m", None, []),
        (["m", "cm"], "0", "", None, ["units_left_out"]),
        (["m2"], "0", "", None, ["units_left_out"]),
        (["m"], "1", "", "graded_units", []),
    ],
)
def test_one_unit_is_kept_and_others_are_left_out_with_a_word(names, graded, unit, code, said):
    units = "".join(f"<unit><multiplier>1</multiplier><unit_name>{name}</unit_name></unit>" for name in names)

    found = only("numerical", f"{answer('5', 100)}<units>{units}</units><unitgradingtype>{graded}</unitgradingtype>")

    assert (found.unit, found.problem and found.problem.code) == (unit, code)
    assert [note.code for note in found.warnings] == said


def test_files_have_no_folders():
    (found,) = parse(
        quiz(
            '<question type="multichoice"><questiontext><text>x</text><file name="../a/b.png" path="/../">QQ==</file>'
            f"<file name='C:\\t\\c.png'>QQ==</file></questiontext>{answer('a', 100)}{answer('b', 0)}</question>"
        )
    ).questions

    assert [file.name for file in found.files] == ["b.png", "c.png"]


def test_the_picture_of_old_files_joins_the_text():
    found = only("multichoice", f"<image>a/b.png</image><image_base64>QQ==</image_base64>{answer('a', 100)}")

    assert found.stem.text == 'Câu? <img src="@@PLUGINFILE@@/b.png" alt="">'
    assert [file.base64 for file in found.files] == ["QQ=="]


@pytest.mark.parametrize("kind", ["essay", "ddmarker", "calculated", "randomsamatch", "", "việt"])
def test_every_other_type_is_among_what_was_found(kind):
    found = only(kind, "")

    assert (found.kind, found.title, found.problem) == (kind, "C1", None)


@pytest.mark.parametrize(
    ("body", "code"), [(answer("a", "x"), "bad_weight"), (answer("a", "101"), "bad_weight"), ("", "no_answers")]
)
def test_what_is_wrong_in_a_question_names_it_alone(body, code):
    parsed = parse(quiz(question("multichoice", body), question("description", "")))

    assert [q.problem and q.problem.code for q in parsed.questions] == [code, None]


# --- Hostile files ------------------------------------------------------------------


LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>', "forbidden_xml"),
        (f'<!DOCTYPE quiz [<!ENTITY a0 "x">{LAUGHS}]><quiz>&a9;</quiz>', "forbidden_xml"),
        ('<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz/>', "forbidden_xml"),
        ("<quiz>&x;</quiz>", "bad_xml"),
        ("<quiz>" + "<a>" * 100_000, "too_deep"),
        ("<quiz><question>", "bad_xml"),
        ("<quiz></quiz><quiz></quiz>", "bad_xml"),
        ("<questestinterop/>", "not_moodle_xml"),
        ("<?xml version='1.0' encoding='windows-1258'?><quiz/>", "other_encoding"),
        ("<?xml version='1.0' encoding='UTF-7'?><quiz/>", "other_encoding"),
        ("<quiz/>", "no_questions"),
    ],
)
def test_a_file_that_is_no_sound_question_file_is_refused_at_once(text, code):
    started = time.process_time()

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(text.encode(), form="moodle_xml")

    assert refused.value.note.code == code
    assert time.process_time() - started < 5


def test_includes_and_instructions_are_only_elements():
    text = quiz(
        question(
            "essay", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><?php x ?>'
        )
    )

    assert [found.kind for found in parse(text).questions] == ["essay"]


def test_a_question_of_a_million_elements_is_bounded():
    found = only("multichoice", "<x/>" * 200_000 + answer("a", 100))

    assert found.problem.code == "too_many_elements"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_files_are_read_by_their_mark_or_as_utf8(encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    text = quiz(question("essay", "", name="Trường hợp"))

    parsed = parsed_file(mark + text.encode(encoding), form="moodle_xml")

    assert parsed.questions[0].title == "Trường hợp"
