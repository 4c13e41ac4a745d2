"""Questions leave the bank as a file, and come back as the same questions."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from quizzes.exporting.formats import FORMATS
from quizzes.exporting.services import export_questions, in_bank_order
from quizzes.importing.services import take_file
from quizzes.models import Question, QuestionPicture
from quizzes.question_text import text_of
from quizzes.services import QuestionText, create_question, retire_question
from quizzes.services.describing import describe_question
from quizzes.services.task_files import keep_task_file
from quizzes.types.by_people import Criterion, Level
from tests.factories.quizzes import CategoryFactory
from tests.quizzes.importing.test_archives import package, resource
from tests.quizzes.importing.test_judging import png
from tests.quizzes.importing.test_qti import CORRECT, OPTIONS, item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    Group.objects.get_or_create(name="trainers")[0].permissions.add(enter)


@pytest.fixture
def bank(db):
    """Two questions in a category below another, one of them with tags; a third is retired."""
    branch = CategoryFactory(code="co-ban", name="Cơ bản", parent=CategoryFactory(code="mang", name="Mạng"))
    texts = [
        QuestionText("single", "LAN là gì?", options=(("gần", True), ("xa", False)), feedback="Local."),
        QuestionText("true_false", "WAN là mạng rộng.", right=True),
        QuestionText("true_false", "Cũ.", right=True),
    ]
    made = [create_question(code=f"Q-{at}", category=branch, text=text) for at, text in enumerate(texts)]
    describe_question(question=made[0], tags=["mạng LAN"], competence="IU01.1")
    retire_question(question=made[2])
    return made


def exported(form, **asked):
    return export_questions(form=form, questions=in_bank_order(Question.objects.all()), **asked)


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "aiken"])
def test_what_left_the_bank_and_comes_back_changes_nothing(bank, form):
    written = exported(form)

    plan, _taken = take_file(written.content, name=f"a.{FORMATS[form].ending}")

    assert (written.count, [str(row.action) for row in plan.rows]) == (2, ["unchanged"] * 2)
    assert [row.code for row in plan.rows] == ["Q-0", "Q-1"]


def test_tags_and_competence_codes_come_into_another_bank(bank):
    written = exported("excel")
    category = CategoryFactory(code="khac", name="Khác")

    take_file(written.content, name="a.xlsx", category=category)

    (copy,) = Question.objects.filter(category__path__startswith=category.path, current__type="single")
    assert ([tag.name for tag in copy.tags.all()], copy.competence) == (["mạng LAN"], "IU01.1")


def test_one_picture_goes_with_its_question(bank):
    body = f'<p>Nhìn: <img src="a.png" alt="phím"/></p>{OPTIONS}'
    take_file(package(resource("1.xml"), **{"1.xml": item(body, answer=CORRECT), "a.png": png()}), name="a.zip")
    picture = QuestionPicture.objects.get()

    written = {form: exported(form) for form in ("qti22", "moodle_xml", "excel", "gift")}

    assert [each.count for each in written.values()] == [3, 3, 3, 2]
    assert [[left.note.code for left in each.left_out] for each in written.values()] == [
        [], [], [], ["export_pictures"]
    ]  # fmt: skip
    names = zipfile.ZipFile(io.BytesIO(written["qti22"].content)).namelist()
    assert f"items/pictures/{picture.sha256[:16]}.png" in names


def test_the_same_questions_are_the_same_package(bank):
    assert exported("qti30").content == exported("qti30").content


def test_the_command_writes_a_file_and_tells_what_it_does_not_say(bank, tmp_path, capsys):
    path = tmp_path / "a.txt"

    call_command("export_questions", str(path), format="aiken", category="mang")

    assert path.read_text() == "LAN là gì?\nA. gần\nB. xa\nANSWER: A\n"
    assert "(1): Q-1" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("export_questions", str(path), format="aiken", category="khong-co")


def test_a_trial_of_the_file_that_was_written_finds_all_there(bank, tmp_path, capsys):
    path = tmp_path / "a.zip"
    call_command("export_questions", str(path), format="qti22")
    capsys.readouterr()

    call_command("import_questions", str(path), dry_run=True, json=True)

    assert json.loads(capsys.readouterr().out)["counts"]["unchanged"] == 2


def url(name):
    return reverse(f"quizzes_cms:{name}")


def test_a_trainer_sees_what_is_not_written_and_downloads_the_file(client, trainer, bank):
    client.force_login(trainer)

    page = client.get(url("export"), {"format": "aiken", "category": "mang"})
    file = client.get(url("export_file"), {"format": "aiken", "category": "mang"})

    assert [(row.count, row.codes) for row in page.context["left_out"]] == [(1, ("Q-1",))]
    assert file.content.decode() == "LAN là gì?\nA. gần\nB. xa\nANSWER: A\n"
    assert file["Content-Disposition"].startswith("attachment; ")
    (entry,) = ModelLogEntry.objects.filter(action="quizzes.export")
    assert (entry.user, entry.data["count"]) == (trainer, 1)


@pytest.mark.parametrize("name", ["export", "export_file"])
def test_nobody_else_gets_the_keys(client, learner, hr, bank, name):
    for person in (learner, hr):
        client.force_login(person)
        assert client.get(url(name), {"format": "excel"}).status_code in (302, 404)


def test_an_unknown_format_is_no_file(client, trainer, bank):
    client.force_login(trainer)

    assert client.get(url("export_file"), {"format": "pdf"}).status_code == 404
    assert client.get(url("export"), {"format": "pdf"}).status_code == 200


def test_an_unknown_category_is_never_the_whole_bank(client, trainer, bank):
    client.force_login(trainer)

    page = client.get(url("export"), {"format": "aiken", "category": "khong-co"})
    file = client.get(url("export_file"), {"format": "aiken", "category": "khong-co"})

    assert (page.status_code, file.status_code) == (404, 404)
    assert "Không có nhóm “khong-co”." in page.content.decode()


@pytest.fixture
def tasks(db):
    """An essay, and a practical task that gives a file out."""
    criteria = (Criterion("Nội dung", (Level(3, "đủ ý"), Level(0))),)
    branch = CategoryFactory(code="thuc-hanh", name="Thực hành")
    texts = [
        QuestionText("essay", "Nêu.", criteria=criteria, guide="Gợi ý.", min_words=20, shows_criteria=True),
        QuestionText("practical", "Làm.", criteria=criteria, kinds=("xlsx",), files=(keep_task_file("a.csv", b"a;b"),)),
    ]
    return [create_question(code=f"T-{at}", category=branch, text=text) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("form", "ending", "count"),
    [("excel", "zip", 2), ("moodle_xml", "xml", 2), ("qti22", "zip", 2), ("qti30", "zip", 2), ("gift", "gift", 1)],
)
def test_what_people_mark_comes_back_unchanged(tasks, form, ending, count):
    """What a format has no words for stays as the bank has it, and nobody is told of criteria that were made."""
    written = exported(form)

    plan, _taken = take_file(written.content, name=f"a.{ending}")

    assert (written.ending, written.count) == (ending, count)
    assert [(row.code, str(row.action), row.verdict.warnings) for row in plan.rows] == [
        (f"T-{at}", "unchanged", ()) for at in range(count)
    ]


@pytest.mark.parametrize("form", ["excel", "moodle_xml", "qti22", "qti30"])
def test_what_people_mark_comes_into_another_bank_with_its_files(tasks, form):
    written = exported(form)
    category = CategoryFactory(code="khac", name="Khác")

    take_file(written.content, name="a", category=category)

    copies = Question.objects.filter(category__path__startswith=category.path).exclude(category=category)
    wanted = [text_of(question.current) for question in tasks]
    if form == "moodle_xml":
        wanted = [replace(text, shows_criteria=False) for text in wanted]
    assert sorted((text_of(copy.current) for copy in copies), key=lambda text: text.type) == wanted


def test_the_workbook_lies_in_an_archive_with_the_files_that_are_given_out(tasks, client, trainer, tmp_path, capsys):
    client.force_login(trainer)

    file = client.get(url("export_file"), {"format": "excel"})

    assert (file["Content-Type"], file["Content-Disposition"][-11:]) == ("application/zip", '-excel.zip"')
    assert zipfile.ZipFile(io.BytesIO(file.content)).namelist() == ["cau-hoi.xlsx", "tep-phat/a.csv"]
    with pytest.raises(CommandError, match="a.zip"):
        call_command("export_questions", str(tmp_path / "a.xlsx"), format="excel")
    assert list(tmp_path.iterdir()) == []
    call_command("export_questions", str(tmp_path / "a.zip"), format="excel")
    assert (tmp_path / "a.zip").read_bytes()[:2] == b"PK"


def test_a_file_that_no_import_would_read_is_told(tasks, client, trainer, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("quizzes.exporting.entries.MAX_BYTES", 100)
    client.force_login(trainer)

    page = client.get(url("export"), {"format": "excel"}).content.decode()
    call_command("export_questions", str(tmp_path / "a.zip"), format="excel")

    sentence = "Tệp lớn hơn mức nhập được (20 MB). Hãy chọn ít câu hỏi hơn cho mỗi lần xuất."
    assert (sentence in page, sentence in capsys.readouterr().out) == (True, True)
    monkeypatch.undo()
    assert sentence not in client.get(url("export"), {"format": "excel"}).content.decode()
