"""Options that speak of other options keep the place their author gave them."""

import pytest

from quizzes.importing.judging import judge, name_of
from quizzes.importing.option_order import speaks_of_others
from quizzes.importing.parsers import parse_text
from quizzes.importing.pictures import Album
from quizzes.importing.records import Formatted, FoundQuestion
from quizzes.key_words import key_of


@pytest.mark.parametrize(
    "option",
    [
        "Cả A và B",
        "A và C",
        "A, B, D",
        "Cả A, B và C đều đúng",
        "Đáp án A và đáp án C",
        "Tất cả các đáp án trên",
        "Tất cả đều đúng",
        "Cả ba phương án trên",
        "Cả hai ý trên đều sai",
        "Không có đáp án nào đúng",
        "Không phương án nào đúng",
        "All of the above",
    ],
)
def test_options_that_speak_of_others_are_seen(option):
    assert speaks_of_others(option)


@pytest.mark.parametrize(
    "option",
    [
        "Word",
        "Tất cả các máy trong mạng",
        "Cả ngày làm việc",
        "Không có mạng",
        "Ổ đĩa C",
        "Giấy khổ A4 và A3",
        "Không gửi cho ai",
        "biến a và b",
        "Bấm Ctrl + C",
        "Chứng chỉ B",
    ],
)
def test_other_options_are_left_alone(option):
    assert not speaks_of_others(option)


def judged(text):
    (found,) = parse_text(text.encode(), form="gift").questions
    return judge(found, Album())


def test_their_order_is_kept_and_that_is_said():
    verdict = judged("Phần mềm nào soạn văn bản? {~Word ~Writer =Cả A và B ~Không có đáp án nào đúng}")

    assert (verdict.text.shuffle_options, [note.code for note in verdict.warnings]) == (False, ["options_in_order"])
    assert [words for words, _right in verdict.text.options] == [
        "Word",
        "Writer",
        "Cả A và B",
        "Không có đáp án nào đúng",
    ]


def test_what_was_read_as_the_key_is_told():
    assert key_of(judged("Mạng nội bộ? {=LAN ~WAN}").text) == ["LAN"]
    assert key_of(judged("LAN là mạng nội bộ. {T}").text) == ["true"]
    assert key_of(judged("1 KB? {#1024:1}").text) == ["1.024 ± 1"]


def test_the_key_of_a_list_says_what_is_offered_beside_the_right_one():
    cloze = (
        "<question type='cloze'><questiontext><text>ROM {1:MC:=chỉ đọc~ghi được~mất}</text></questiontext></question>"
    )
    found = parse_text(f"<quiz>{cloze}</quiz>".encode())

    assert key_of(judge(found.questions[0], Album()).text) == ["[1] chỉ đọc (≠ ghi được / mất)"]


@pytest.mark.parametrize(
    ("form", "stem", "name"),
    [
        ("html", "<p>Hình <b>sau</b> là gì?</p><p><img src='@@PLUGINFILE@@/a.png'></p>", "Hình sau là gì?"),
        ("html", "<img src='@@PLUGINFILE@@/a.png'>", "#0"),
        ("moodle", "5 < 6 &amp; 7 > 6?", "5 < 6 & 7 > 6?"),
        ("plain", "Thẻ <b> để làm gì?", "Thẻ <b> để làm gì?"),
    ],
)
def test_a_question_without_a_name_is_called_by_its_words(form, stem, name):
    assert name_of(FoundQuestion(kind="", line=1, stem=Formatted(form, stem))) == name
