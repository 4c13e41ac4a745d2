"""GIFT, rule by rule."""

from decimal import Decimal

import pytest

from quizzes.importing.gift import parse


def only(text):
    parsed = parse(text)
    assert len(parsed.questions) == 1
    return parsed.questions[0]


def answers(question):
    return [(answer.text.text, answer.percent) for answer in question.answers]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RAM là gì?{=bộ nhớ ~ổ cứng}", "multichoice"),
        ("RAM là bộ nhớ.{T}", "truefalse"),
        ("RAM là bộ nhớ.{FALSE#sai#đúng}", "truefalse"),
        ("RAM là gì?{=bộ nhớ =bộ nhớ trong}", "shortanswer"),
        ("RAM là gì?{bộ nhớ}", "shortanswer"),
        ("Mấy?{#4:1}", "numerical"),
        ("Nối.{=a -> b =c -> d}", "match"),
        ("Kể ra.{}", "essay"),
        ("Kể ra.{####Gợi ý}", "essay"),
        ("Đọc đoạn sau.", "description"),
        ("Xếp.{>2 ALL\na\nb\n}", "ordering"),
        ("Điền {1:SHORTANSWER:=a} vào.", "cloze"),
    ],
)
def test_the_answers_say_what_kind_of_question_it_is(text, kind):
    assert only(text).kind == kind


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"a \: b \~ c \= d \# e \{ f \} g{T}", "a : b ~ c = d # e { f } g"),
        (r"C\:\\Windows{T}", r"C:\Windows"),
        (r"C:\Tem{T}", r"C:\Tem"),
        (r"a\\n{T}", r"a\n"),
        (r"a\nb{T}", "a\nb"),
        ("hai\n   dòng{T}", "hai dòng"),
        ("[html]<p>hai\n dòng</p>{T}", "<p>hai\n dòng</p>"),
        ("[khác] chữ{T}", "[khác] chữ"),
        ("// chú thích\nCâu?{T}\n// sau", "Câu?"),
        ("http://a.vn là gì?{T}", "http://a.vn là gì?"),
    ],
)
def test_a_text_is_read_with_its_escapes_lines_and_comments(text, shown):
    assert only(text).stem.text == shown


def test_the_formats_of_a_text_go_on_to_its_answers():
    question = only("[markdown]*Gì*?{=[html]<b>a</b>#[plain]x ~b#y}")

    assert [(a.text.format, a.feedback.format) for a in question.answers] == [
        ("html", "plain"),
        ("markdown", "markdown"),
    ]


def test_weights_and_feedback_belong_to_their_answer():
    question = only("Chọn.{~%50%a#gần đúng ~%-33.33333%b =%100%c#tốt # hơn ~d ####chung\n}")

    assert answers(question) == [("a", 50), ("b", Decimal("-33.33333")), ("c", 100), ("d", 0)]
    assert [a.feedback and a.feedback.text for a in question.answers] == ["gần đúng", None, "tốt # hơn", None]
    assert question.general_feedback.text == "chung"


def test_several_may_be_chosen_where_no_option_is_marked_right():
    assert [only(text).is_single for text in ("Chọn{~%50%a ~%50%b ~c}", "Chọn{~%50%a =b ~c}")] == [False, True]


@pytest.mark.parametrize(
    ("key", "right", "true", "false"),
    [
        ("T", True, None, None),
        ("TRUE#sai rồi", True, None, "sai rồi"),
        ("F#sai rồi#giỏi", False, "sai rồi", "giỏi"),
        ("T#sai rồi#giỏi####chung", True, "giỏi", "sai rồi"),
    ],
)
def test_a_statement_has_a_comment_for_who_was_wrong_and_for_who_was_right(key, right, true, false):
    question = only(f"Câu.{{{key}}}")

    texts = [text and text.text for text in (question.true_feedback, question.false_feedback)]
    assert (question.right, texts) == (right, [true, false])


@pytest.mark.parametrize(
    ("body", "low", "high"),
    [("#5", 5, 5), ("#3.14:0.01", "3.13", "3.15"), ("#1..5", 1, 5), ("#-5..-1", -5, -1), ("#=1e2:1", 99, 101)],
)
def test_a_number_is_a_range(body, low, high):
    answer = only(f"Mấy?{{{body}}}").answers[0]

    assert (answer.low, answer.high, answer.percent) == (Decimal(low), Decimal(high), 100)


def test_several_numbers_have_their_percents_and_the_rest_a_comment():
    question = only("Năm nào?{#\n=1822:0#đúng\n=%50%1822:2#gần đúng\n~#sai}")

    assert [(a.text.text, a.percent, a.low) for a in question.answers] == [
        ("1822:0", 100, 1822), ("1822:2", 50, 1820), ("*", 0, None),
    ]  # fmt: skip


def test_a_gap_stands_where_the_answers_stood():
    question = only("Grant nằm {=trong ~dưới} mộ.")

    assert (question.stem.text, question.is_missing_word) == ("Grant nằm _____ mộ.", True)


def test_names_numbers_and_tags_are_found():
    question = only("// [id:c\\]5] [tag:mạng]\n// khác [tag:an toàn] [tag:]\n::Tên \\: một::Câu?{T}")

    assert (question.title, question.idnumber, question.tags) == ("Tên : một", "c]5", ("mạng", "an toàn"))


def test_questions_stand_below_the_category_before_them():
    parsed = parse("$CATEGORY: $course$/top/A/B//C\n\nMột{T}\n\n$CATEGORY: D\nHai{T}")

    assert [(q.category, q.line) for q in parsed.questions] == [(("A", "B/C"), 3), (("D",), 6)]
    assert [c.title for c in parsed.categories] == ["$course$/top/A/B//C", "D"]


def test_a_name_on_a_new_line_begins_a_question_without_a_blank_line():
    parsed = parse("::a::Một{T}\n::b::Hai{F}")

    assert [(q.title, q.right) for q in parsed.questions] == [("a", True), ("b", False)]
    assert [note.code for note in parsed.questions[1].warnings] == ["no_blank_line"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Một{T}\nHai{F}", "two_answer_blocks"),
        ("Một{=a ~b", "unclosed_braces"),
        ("Một{=a\n\n~b\n}", "unclosed_braces"),
        ("Một} hai", "stray_brace"),
        ("Một{=a {b} ~c}", "nested_brace"),
        ("Một{T} hai}", "stray_brace"),
        ("Một{a ~b =c}", "text_before_answers"),
        ("Một{a =b}", "text_before_answers"),
        ("Một{~%150%a =b}", "bad_weight"),
        ("Một{#ba}", "bad_number"),
        ("Một{#3,14}", "bad_number"),
        ("Một{#5..1}", "reversed_range"),
        ("Một{#5:-1}", "bad_tolerance"),
        ("Một{#}", "no_answers"),
        ("Một{#=}", "empty_answer"),
        ('Một{=<a href="x">a</a> ~b}', "equals_in_tag"),
        ("Một{" + "~a" * 101 + "}", "too_many_answers"),
        ("a" * 100_001, "too_long"),
    ],
)
def test_what_cannot_be_read_says_why(text, code):
    assert only(text).problem.code == code


def test_a_broken_question_leaves_the_others_alone():
    parsed = parse("Một{=a\n\n~b\n}\n\nHai{T}\n\nBa}\n\nBốn{F}")

    assert [(q.line, q.problem and q.problem.code) for q in parsed.questions] == [
        (1, "unclosed_braces"), (6, None), (8, "stray_brace"), (10, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "right"), [("Đúng", True), ("SAI", False), ("đúng", True), (" sai ", False), ("Sai#Chưa phải#Phải", False)]
)
def test_the_key_of_a_statement_may_be_a_vietnamese_word(key, right):
    found = only("Một{" + key + "}")

    assert (found.kind, found.right, [note.code for note in found.warnings]) == ("truefalse", right, ["word_key"])


@pytest.mark.parametrize("answer", ["Dùng", "Đúng quy trình", "=Đúng =Chính xác"])
def test_other_words_are_answers_to_type_in(answer):
    found = only("Một{" + answer + "}")

    assert (found.kind, found.warnings) == ("shortanswer", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Một{~a#x=3 ~b =c}", "equals_inside"),
        ("Một{true}", "lower_case_key"),
        ("Một{=Đúng}", "lower_case_key"),
        ("Chữ nào đứng sau D?{Đ}", "lower_case_key"),
        ("Một{\n=a\n// b\n~c}", "comment_inside"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text, code):
    assert code in [note.code for note in only(text).warnings]
