"""Aiken: read as its authors write it, and never guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from quizzes.importing.reading import AIKEN, GIFT, MOODLE_XML, format_of
from quizzes.importing.services import take_file
from quizzes.models import Question
from quizzes.question_text import text_of

ONE = "Phím tắt sao chép là gì?\nA. Ctrl+V\nB. Ctrl+C\nC. Ctrl+X\nANSWER: B\n"


def verdicts_of(text):
    return judged(parsed_file(text.encode(), name="bank.txt"))


def options_of(text):
    return [verdict.text.options for verdict in verdicts_of(text)]


COPY = (("Ctrl+V", False), ("Ctrl+C", True), ("Ctrl+X", False))


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        ONE.replace(". C", ") C"),
        ONE.replace("\n", "\r\n"),
        ONE.replace("ANSWER: B", "answer:b"),
        ONE.replace("ANSWER: B", "ANSWER :  B  "),
        "\n\n" + ONE.replace("A. ", "  A.   ") + "\n\n",
        ONE.replace("B. Ctrl+C", "B. Ctrl+C\n"),
        "\ufeff" + ONE,
    ],
)
def test_one_question_however_it_is_spaced(text):
    assert options_of(text) == [COPY]


def test_questions_may_follow_each_other_without_a_blank_line():
    other = "Phím tắt dán là gì?\nA. Ctrl+V\nB. Ctrl+C\nANSWER: A\n"

    assert options_of(ONE + other) == [COPY, (("Ctrl+V", True), ("Ctrl+C", False))]


def test_a_question_may_have_several_lines_and_shows_marks_as_text():
    text = "Đoạn sau có <b>ba</b> & bốn:\nchọn cách viết đúng.\nA. <p>\nB. {x}\nANSWER: A\n"

    verdict = verdicts_of(text)[0].text.cleaned()

    assert "&lt;b&gt;ba&lt;/b&gt; &amp; bốn:" in verdict.stem
    assert "chọn cách viết đúng." in verdict.stem
    assert verdict.options == (("<p>", True), ("{x}", False))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ONE.replace("ANSWER: B", "ANSWER: E"), "line 5: key E has no option"),
        (ONE.replace("C. ", "D. "), "line 4: option D stands where C is expected"),
        (ONE.replace("A. ", "B. "), "line 2: option B stands where A is expected"),
        (ONE.replace("ANSWER: B", "ANSWER: A, C"), "line 5: one letter is expected after ANSWER, not “A, C”"),
        (ONE.replace("ANSWER: B", "ANSWER:"), "line 5: one letter is expected after ANSWER, not “”"),
        (ONE.replace("Phím tắt sao chép là gì?\n", ""), "the question has no text"),
        (ONE.replace("C. Ctrl+X", "C."), "an answer is empty"),
        (ONE.replace("C. Ctrl+X", "C. ctrl+c"), "two answers say the same: “ctrl+c”"),
        ("Câu?\nA. một\nANSWER: A\n", "at least two options are needed"),
    ],
)
def test_what_does_not_fit_is_named_and_not_taken(text, why):
    verdict = verdicts_of(text)[0]

    assert (verdict.text, verdict.reason.english) == (None, why)


def test_a_question_without_its_key_spoils_no_other():
    text = ONE.replace("ANSWER: B\n", "") + "Phím tắt dán là gì?\nA. Ctrl+V\nB. Ctrl+C\nANSWER: A\n"

    verdicts = verdicts_of(text)

    assert [v.reason and v.reason.english for v in verdicts] == [
        "the line ANSWER: with the right letter is missing",
        None,
    ]
    assert [v.found.line for v in verdicts] == [1, 5]


def test_the_file_shows_that_it_is_aiken():
    assert format_of(ONE) == AIKEN
    assert format_of("::T:: A. B. {=x ~y}\nA. z\nANSWER: B") == GIFT
    assert format_of("Câu hỏi {TRUE}") == GIFT
    assert format_of("<quiz></quiz>") == MOODLE_XML


def test_options_without_end_are_not_kept():
    text = "Câu?\n" + "A. x\n" * 200_000 + "ANSWER: A\n"

    found = parsed_file(text.encode(), form="aiken").questions[0]

    assert (len(found.answers), found.problem.code) == (26, "aiken_letter")


def test_a_file_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("quizzes.importing.aiken.MAX_QUESTIONS", 3)

    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file((ONE * 4).encode(), form="aiken")

    assert refused.value.note.english == "the file has more than 3 questions"


@pytest.mark.django_db
def test_taken_twice_it_is_in_the_bank_once(trainer):
    for _turn in range(2):
        take_file(ONE.encode(), name="bank.txt", by=trainer)

    assert [text_of(q.current).options for q in Question.objects.all()] == [tuple(sorted(COPY))]


words = st.text(alphabet="abc đêô <>&{}=~#%", min_size=1, max_size=20).map(lambda t: "x" + " ".join(t.split()))


@given(words, st.lists(words, min_size=2, max_size=8, unique_by=str.casefold), st.data())
def test_what_was_written_is_read(stem, options, data):
    right = data.draw(st.integers(0, len(options) - 1))
    lines = [stem, *[f"{chr(65 + place)}. {option}" for place, option in enumerate(options)]]
    text = "\n".join([*lines, f"ANSWER: {chr(65 + right)}"])

    found = parsed_file(text.encode(), form="aiken").questions[0]

    assert (found.stem.text, [answer.text.text for answer in found.answers]) == (stem, options)
    assert [answer.percent for answer in found.answers].index(100) == right
    assert found.problem is None
