"""Essays and files to hand in, as Moodle writes them: a note to markers, and no criteria."""

from decimal import Decimal

import pytest

from quizzes.importing.plans import judged, parsed_file
from quizzes.office import rubric_lines
from quizzes.types.by_people import Criterion, Level

WHOLE = ["đầy đủ, chính xác", "khá đầy đủ", "đạt một nửa", "còn sơ sài", "không đạt"]


def essay(inner: str):
    xml = (
        '<quiz><question type="essay"><name><text>Tự luận</text></name>'
        f'<questiontext format="html"><text>Nêu ba rủi ro.</text></questiontext>{inner}</question></quiz>'
    )
    (verdict,) = judged(parsed_file(xml.encode(), form="moodle_xml"))
    return verdict


def codes(verdict) -> list[str]:
    return [note.code for note in verdict.warnings]


def test_an_essay_without_criteria_gets_one_for_the_whole_answer_and_says_so():
    verdict = essay(
        "<defaultgrade>2</defaultgrade><responseformat>editor</responseformat><minwordlimit>50</minwordlimit>"
        '<maxwordlimit>200</maxwordlimit><graderinfo format="html"><text>&lt;p&gt;Xem bài 2.&lt;/p&gt;&lt;p&gt;Ba ý.'
        "&lt;/p&gt;</text></graderinfo>"
    )

    text = verdict.text
    assert (text.type, text.points, text.min_words, text.max_words) == ("essay", 2, 50, 200)
    assert text.guide == "Xem bài 2.\nBa ý."
    assert [(row.title, [level.words for level in row.levels]) for row in text.criteria] == [("Toàn bài", WHOLE)]
    assert codes(verdict) == ["criteria_made"]


def test_criteria_that_stand_in_the_note_to_markers_are_read():
    note = "Theo Nghị định 30.\n\nTiêu chí chấm điểm:\n* Nội dung\n- 3: đủ ý\n- 1,5: thiếu: một ý\n* Thể thức\n- 1"

    verdict = essay(f'<graderinfo format="plain_text"><text>{note}</text></graderinfo>')

    assert verdict.text.guide == "Theo Nghị định 30."
    assert verdict.text.criteria == (
        Criterion("Nội dung", (Level(Decimal(3), "đủ ý"), Level(Decimal("1.5"), "thiếu: một ý"))),
        Criterion("Thể thức", (Level(Decimal(1)),)),
    )
    assert codes(verdict) == []


@pytest.mark.parametrize("after", ["và còn nữa", "- 3: không thuộc tiêu chí nào", "* Không có mức", "* A\n- nhiều: x"])
def test_lines_that_only_look_like_criteria_stay_words_of_the_note(after):
    note = f"Gợi ý\n{rubric_lines.HEADING}\n{after}"

    assert rubric_lines.read(note) == rubric_lines.Rubric(note)


def test_a_file_to_hand_in_says_which_kinds_and_what_is_left_out():
    verdict = essay(
        "<responseformat>noinline</responseformat><attachments>1</attachments><maxbytes>5242880</maxbytes>"
        "<filetypeslist>.docx, document, .exe</filetypeslist>"
    )

    text = verdict.text
    assert (text.type, text.kinds, text.most_megabytes) == ("file", ("docx", "odt", "pdf"), 5)
    assert codes(verdict) == ["file_kinds_left_out", "criteria_made"]


def test_what_moodle_has_beside_the_text_is_named():
    verdict = essay(
        "<attachments>2</attachments><responsetemplate><text>Kính gửi:</text></responsetemplate>"
        '<graderinfo><text>Xem</text><file name="mau.docx" encoding="base64">QQ==</file></graderinfo>'
    )

    assert verdict.text.type == "essay"
    assert codes(verdict) == ["file_left_out", "attachments_left_out", "template_left_out", "criteria_made"]


def given_out(questiontext: str, name: str = "số liệu.csv"):
    xml = (
        '<quiz><question type="essay"><name><text>Thực hành</text></name><questiontext format="html"><text>'
        f"<![CDATA[{questiontext}]]></text>"
        f'<file name="{name}" path="/" encoding="base64">YTti</file></questiontext>'
        "<responseformat>noinline</responseformat><graderinfo><text>x</text></graderinfo></question></quiz>"
    )
    (verdict,) = judged(parsed_file(xml.encode(), form="moodle_xml"))
    return verdict


LINK = '<a href="@@PLUGINFILE@@/s%E1%BB%91%20li%E1%BB%87u.csv">'


@pytest.mark.parametrize(
    ("questiontext", "stem"),
    [
        (f"<p>Tính tổng.</p><p>{LINK}số liệu.csv</a></p>", "Tính tổng."),
        (f"<p>Mở {LINK}tệp này</a> rồi tính tổng.</p>", "Mở tệp này rồi tính tổng."),
    ],
)
def test_a_file_that_the_text_links_to_is_given_out(questiontext, stem):
    verdict = given_out(questiontext)

    assert (verdict.text.stem, [file.name for file in verdict.text.files]) == (stem, ["số liệu.csv"])
    assert codes(verdict) == ["criteria_made"]


def test_a_file_that_nothing_links_to_is_left_out_by_name():
    verdict = given_out("<p>Tính tổng.</p>")

    assert (verdict.text.files, codes(verdict)) == ((), ["file_left_out", "criteria_made"])


def test_a_linked_file_of_a_kind_that_is_not_given_out_is_left_out_by_name():
    verdict = given_out(f"<p>Nghe {LINK}bài</a>.</p>".replace(".csv", ".mp3"), "số liệu.mp3")

    assert (verdict.text.files, verdict.text.stem) == ((), "Nghe bài.")
    assert codes(verdict) == ["task_file_kind", "criteria_made"]


def test_a_practical_task_is_one_by_the_heading_of_its_criteria():
    verdict = essay(
        "<responseformat>noinline</responseformat><graderinfo format='plain_text'><text>"
        f"{rubric_lines.PRACTICAL_HEADING}\nTổng đúng: 1</text></graderinfo>"
    )

    assert (verdict.text.type, verdict.text.guide) == ("practical", "")
