"""Essays, files to hand in and practical tasks in the workbook, and the files that they give out beside it."""

import io
import zipfile
from decimal import Decimal
from hashlib import sha256

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from quizzes.enums import QuestionType
from quizzes.importing.plans import judged, parsed_file
from quizzes.importing.services import plan_file, take_file
from quizzes.models import Question, QuestionImport
from quizzes.office import question_sheet as sheet
from quizzes.office.question_sheet import Row, written
from quizzes.question_text import text_of
from quizzes.served_files import task_file_name
from quizzes.types.by_people import Criterion, Level, TaskFile
from tests.quizzes.importing.test_archives import GIFT, packed
from tests.quizzes.marking.helpers import docx

ESSAY = {
    "Loại câu": "Tự luận", "Câu hỏi": "Nêu ba rủi ro.", "Điểm": "4", "Số từ ít nhất": "50", "Số từ nhiều nhất": "300",
    "Tiêu chí chấm": "* Nội dung\n- 3: đủ ý\n- 1,5 | thiếu: một ý\nĐúng chính tả: 1",
    "Hướng dẫn chấm": "Xem bài 2.", "Cho xem tiêu chí trước": "Có",
}  # fmt: skip
TASK = {
    "Mã câu hỏi": "TH-1", "Loại câu": "Bài thực hành", "Câu hỏi": "Tính tổng.", "Tiêu chí chấm": "Tổng đúng: 1",
    "Loại tệp được nhận": ".XLSX; *.ods", "Dung lượng nhiều nhất (MB)": "5", "Tệp phát cho học viên": "số liệu.csv",
}  # fmt: skip
FIGURES = b"a;b"


def workbook(*rows) -> bytes:
    return written([Row(row) for row in rows])


def only(content: bytes):
    (verdict,) = judged(parsed_file(content))
    return verdict


def reason(content: bytes) -> str:
    return only(content).reason.english


def test_an_essay_with_its_criteria_and_limits():
    text = only(workbook(ESSAY)).text

    assert (text.type, text.min_words, text.max_words, text.points) == ("essay", 50, 300, 4)
    assert (text.guide, text.shows_criteria) == ("Xem bài 2.", True)
    assert text.criteria == (
        Criterion("Nội dung", (Level(Decimal(3), "đủ ý"), Level(Decimal("1.5"), "thiếu: một ý"))),
        Criterion("Đúng chính tả", (Level(Decimal(1)),)),
    )


@pytest.mark.parametrize("path", ["số liệu.csv", "bai/Số Liệu.CSV"])
def test_a_practical_task_gives_out_the_file_that_lies_beside_the_workbook(path):
    verdict = only(packed({"bai/cau hoi.xlsx": workbook(TASK), path: FIGURES}))

    text = verdict.text
    assert (text.type, text.kinds, text.most_megabytes) == ("practical", ("xlsx", "ods"), 5)
    name = path.rpartition("/")[2]
    assert text.files == (TaskFile(sha256(FIGURES).hexdigest(), name, 3),)
    assert verdict.task_files == ((name, FIGURES),)


def test_a_task_that_gives_nothing_out_needs_no_archive():
    verdict = only(workbook(TASK | {"Loại câu": "Nộp tệp", "Tệp phát cho học viên": ""}))

    assert (verdict.reason, verdict.text.type, verdict.text.files) == (None, "file", ())


def test_what_is_given_out_is_no_file_of_questions_whatever_is_in_it():
    """Of two files of one name each is found by its path."""
    given = {"a/mau.xlsx": workbook(ESSAY), "a/mau.docx": docx(), "b/mau.docx": docx("b"), "cau.gift": GIFT}
    names = "a/mau.xlsx\na/mau.docx\nb/mau.docx"

    parsed = parsed_file(packed({"cau.xlsx": workbook(TASK | {"Tệp phát cho học viên": names})} | given))

    assert [(found.source, found.kind) for found in parsed.questions] == [
        ("cau.gift", "multichoice"), ("cau.xlsx", "essay")
    ]  # fmt: skip
    assert [file.name for file in parsed.questions[1].task_files] == ["mau.xlsx", "mau.docx", "mau.docx"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, "the question gives out số liệu.csv, which is not in the archive beside the workbook"),
        ({"a/số liệu.csv": b"1", "b/số liệu.csv": b"2"},
         "the question gives out số liệu.csv, which is not in the archive beside the workbook"),
        ({"số liệu.csv": b""}, "bad base64 in question TH-1 (file số liệu.csv)"),
        ({"số liệu.csv": b"\0\1"},
         "“số liệu.csv” is damaged, or is not what its name says. Please save it again in its program."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_given_out_refuses_its_question(parts, sentence):
    assert reason(packed({"cau.xlsx": workbook(TASK)} | parts)) == sentence


def test_a_file_with_macros_is_never_given_out():
    task = TASK | {"Tệp phát cho học viên": "mau.docx"}
    macros = docx(**{"word/vbaProject.bin": "x"})

    assert reason(packed({"cau.xlsx": workbook(task), "mau.docx": macros})) == (
        "“mau.docx” holds macros. Please save it without them."
    )


def test_a_workbook_alone_says_how_its_files_come_along():
    assert reason(workbook(TASK)) == (
        "the question gives out số liệu.csv: pack the workbook and its files together (ZIP) and import that"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Tiêu chí chấm": "* Nội dung\n- đủ ý"},
         "column Tiêu chí chấm, line 2: “- đủ ý” is no criterion with its points. Write “* criterion”, and below it "
         "its levels, “- 3: complete”"),
        ({"Tiêu chí chấm": "* Nội dung\n* Thể thức\n- 1"},
         "column Tiêu chí chấm, line 1: “* Nội dung” is no criterion with its points. Write “* criterion”, and below "
         "it its levels, “- 3: complete”"),
        ({"Tiêu chí chấm": "* Nội dung\n- 3\n- 3,0: như nhau"}, "Two levels of “Nội dung” earn the same."),
        ({"Số từ ít nhất": "1,5"}, "column Số từ ít nhất: “1,5” is not a whole number"),
        ({"Số từ ít nhất": "400"}, "The fewest words are more than the most words."),
        ({"Phương án A": "x"}, "people mark this question: leave column Phương án A empty"),
        ({"Đáp án": "A"}, "people mark this question: leave column Đáp án empty"),
        ({"Tệp phát cho học viên": "a.docx"}, "people mark this question: leave column Tệp phát cho học viên empty"),
        ({"Cho xem tiêu chí trước": "xem"}, "column Cho xem tiêu chí trước: “xem” is not in its list"),
        ({"Loại câu": "Nộp tệp"}, "people mark this question: leave column Số từ ít nhất empty"),
        ({"Loại câu": "Nộp tệp", "Số từ ít nhất": "", "Số từ nhiều nhất": "", "Loại tệp được nhận": ".docx, .exe"},
         "column Loại tệp được nhận: “exe” is not taken; these are: .docx, .xlsx, .pptx, .odt, .ods, .odp, .pdf, .png, "
         ".jpg, .jpeg, .txt, .csv, .zip"),
        ({"Loại câu": "Nộp tệp", "Số từ ít nhất": "", "Số từ nhiều nhất": "", "Dung lượng nhiều nhất (MB)": "100"},
         "A file may have between 1 and 25 MB."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_told(changes, sentence):
    with translation.override("en"):
        assert reason(workbook(ESSAY | changes)) == sentence


def test_a_row_without_criteria_gets_one_for_the_whole_answer_and_says_so():
    verdict = only(workbook(ESSAY | {"Tiêu chí chấm": ""}))

    assert [row.title for row in verdict.text.criteria] == ["Toàn bài"]
    assert [note.code for note in verdict.warnings] == ["criteria_made"]


def test_every_example_of_the_template_can_be_taken():
    book = openpyxl.load_workbook(io.BytesIO(sheet.template()))
    names, *rows = book[sheet.EXAMPLES_SHEET].iter_rows(values_only=True)
    examples = [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]

    verdicts = judged(parsed_file(packed({"cau.xlsx": workbook(*examples), "so-lieu.csv": FIGURES})))

    assert [(verdict.reason, verdict.warnings) for verdict in verdicts] == [(None, ())] * len(QuestionType)
    assert [verdict.text.type for verdict in verdicts] == QuestionType.values


def test_the_template_offers_every_type_and_asks_nothing_by_its_examples():
    book = openpyxl.load_workbook(io.BytesIO(sheet.template()))
    lists = [rule.formula1 for rule in book[sheet.SHEET].data_validations.dataValidation]

    assert book[sheet.SHEET].max_row == 1
    assert f'"{",".join(sheet.TYPES.values())}"' in lists
    # Excel takes no longer list.
    assert [each for each in lists if len(each) > 257] == []


# --- In the bank -----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_file_is_kept_before_the_question_names_it():
    content = packed({"cau.xlsx": workbook(TASK), "số liệu.csv": FIGURES})

    take_file(content, name="a.zip")

    (file,) = text_of(Question.objects.get().current).files
    with storages["private"].open(task_file_name(file.sha256)) as stored:
        assert (stored.read(), file.name) == (FIGURES, "số liệu.csv")
    assert [row.action for row in plan_file(content, name="a.zip").rows] == ["unchanged"]


@pytest.mark.django_db
def test_a_trial_keeps_no_file():
    plan_file(packed({"cau.xlsx": workbook(TASK), "b.csv": b"never kept", "số liệu.csv": b"nor this"}), name="a.zip")

    assert not storages["private"].exists(task_file_name(sha256(b"nor this").hexdigest()))


@pytest.mark.django_db
def test_an_empty_cell_takes_no_file_away():
    content = packed({"cau.xlsx": workbook(TASK), "số liệu.csv": FIGURES})
    take_file(content, name="a.zip")
    again = TASK | {"Mã câu hỏi": "TH-1", "Tệp phát cho học viên": "", "Câu hỏi": "Tính tổng."}

    (row,) = plan_file(workbook(again), name="a.xlsx").rows

    assert row.action == "unchanged"


@pytest.mark.django_db
def test_the_archive_comes_back_with_the_result_of_each_row_and_is_read_again(client, trainer):
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    Group.objects.get_or_create(name="trainers")[0].permissions.add(enter)
    client.force_login(trainer)
    content = packed({"cau.xlsx": workbook(TASK, TASK | {"Mã câu hỏi": "TH-2", "Tệp phát cho học viên": "thiếu.docx"}),
                      "số liệu.csv": FIGURES})  # fmt: skip
    client.post(reverse("quizzes_cms:imports"), {"file": SimpleUploadedFile("a.zip", content), "purpose": "exam"})
    run = QuestionImport.objects.get()

    page = client.get(reverse("quizzes_cms:import", args=[run.pk])).content.decode()
    back = client.get(reverse("quizzes_cms:import_returned", args=[run.pk]))

    assert reverse("quizzes_cms:import_returned", args=[run.pk]) in page
    assert "bài thực hành" in page
    assert "Tổng đúng: 1" in page
    assert (run.format, back["Content-Type"], back["Content-Disposition"][-5:]) == ("excel", "application/zip", '.zip"')
    archive = zipfile.ZipFile(io.BytesIO(back.content))
    rows = list(openpyxl.load_workbook(io.BytesIO(archive.read("cau.xlsx")))[sheet.SHEET].iter_rows(values_only=True))
    assert [row[0] for row in rows] == [
        "Kết quả đọc tệp", None,
        "câu này phát tệp thiếu.docx cho học viên nhưng trong tệp nén không có tệp đó bên cạnh tệp Excel",
    ]  # fmt: skip
    assert archive.read("số liệu.csv") == FIGURES
    mended = packed({name: archive.read(name) for name in archive.namelist()} | {"thiếu.docx": docx()})
    assert [verdict.reason for verdict in judged(parsed_file(mended))] == [None, None]
