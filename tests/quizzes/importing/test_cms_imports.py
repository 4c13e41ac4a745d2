"""The page of trainers: choose a file, see what was found, accept."""

import io
import json
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from quizzes.exporting.entries import entries_of, written_in
from quizzes.exporting.formats import FORMATS
from quizzes.importing.plans import parsed_file
from quizzes.importing.services import plan_file
from quizzes.models import Question, QuestionImport, QuestionPicture
from quizzes.office import question_sheet
from quizzes.pictures import address_of, hashes_of, picture_tag
from quizzes.services import QuestionText, create_question, publish_quiz, review_question, start_attempt
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory
from tests.quizzes.helpers import NO_ROWS
from tests.quizzes.importing.test_importing import FILE
from tests.quizzes.importing.test_judging import picture_question, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name in ("trainers", "reviewers"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


def url(name, *args):
    return reverse(f"quizzes_cms:{name}", args=args)


def upload(client, text=FILE, name="bank.txt", **fields):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post(url("imports"), {"file": file, "purpose": "exam"} | fields)


def test_a_trainer_sees_what_was_found_and_accepts_it(client, trainer):
    client.force_login(trainer)

    upload(client)
    run = QuestionImport.objects.get()
    before = client.get(url("import", run.pk))
    taken_before = Question.objects.count()
    client.post(url("import_accept", run.pk))
    client.post(url("import_accept", run.pk))
    after = client.get(url("import", run.pk))

    assert [row.action for row in before.context["rows"]] == ["new", "new", "refused"]
    assert (before.context["can_accept"], after.context["can_accept"]) == (True, False)
    assert (taken_before, Question.objects.count()) == (0, 2)


def test_a_number_is_shown_as_its_reader_writes_it(client, trainer):
    client.force_login(trainer)

    upload(client, "::Pi:: Số pi? {#3.14:0.01}")

    assert "3,14 ± 0,01" in client.get(url("import", QuestionImport.objects.get().pk)).text


@pytest.mark.parametrize(("shown", "names"), [("", ["LAN", "WAN", "Nối"]), ("not-taken", ["Nối"]), ("warned", [])])
def test_the_page_shows_only_what_was_not_taken(client, trainer, shown, names):
    client.force_login(trainer)
    upload(client)

    response = client.get(url("import", QuestionImport.objects.get().pk), {"chi": shown})

    assert [row.name for row in response.context["rows"]] == names


def test_a_file_that_is_refused_says_why_in_words(client, trainer):
    client.force_login(trainer)
    upload(client, b"a{T}\xff")

    response = client.get(url("import", QuestionImport.objects.get().pk))

    assert "byte 4" in response.context["error"]
    assert response.status_code == 200


def test_no_file_and_a_file_too_large_come_back_with_a_sentence(client, trainer, monkeypatch):
    monkeypatch.setattr("quizzes.cms_imports.MAX_BYTES", 10)
    client.force_login(trainer)

    responses = [client.post(url("imports"), {"purpose": "exam"}), upload(client)]

    assert [len(response.context["form"].errors["file"]) for response in responses] == [1, 1]
    assert QuestionImport.objects.count() == 0


def test_hostile_names_and_texts_are_shown_as_text(client, trainer):
    client.force_login(trainer)
    upload(client, "::<script>alert(1)</script>::{{ 7*7 }} <img src=x onerror=alert(1)>", name="<b>x</b>.txt")

    page = client.get(url("import", QuestionImport.objects.get().pk)).text

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_many_as_for_one(client, trainer, count, django_assert_num_queries):
    client.force_login(trainer)
    for number in range(count):
        upload(client, f"Câu {number}{{T}}", category=CategoryFactory().pk)
    client.get(url("imports"))

    with django_assert_num_queries(11):  # user, rights, groups, CMS, own courses, categories, the list
        response = client.get(url("imports"))

    assert len(response.context["runs"]) == count


@pytest.mark.parametrize(
    ("who", "code"), [("learner", 404), ("hr", 404), ("examiner", 404), ("reviewer", 200), ("admin", 200)]
)
def test_imports_open_to_those_who_write_the_bank(client, request, trainer, who, code):
    client.force_login(trainer)
    upload(client)
    run = QuestionImport.objects.get()
    client.force_login(request.getfixturevalue(who))

    answers = [client.get(url("imports")).status_code, client.get(url("import", run.pk)).status_code]
    client.post(url("import_accept", run.pk))

    assert (answers, Question.objects.exists()) == ([code, code], code == 200)


# --- Pictures ---------------------------------------------------------------------------


@pytest.fixture
def picture(client, trainer):
    client.force_login(trainer)
    upload(client, picture_question(png()), name="a.xml")
    client.post(url("import_accept", QuestionImport.objects.get().pk))
    client.logout()
    return QuestionPicture.objects.get()


@pytest.fixture
def attempt(picture, learner):
    """The learner's open attempt at a paper that shows the picture in a stem and in an option."""
    category = CategoryFactory(code="IU77")
    tag = picture_tag(picture.sha256, "đỏ")
    text = QuestionText(type="single", stem=f"Gì? {tag}", options=((f"{tag} đỏ", True), ("<b>", False)))
    review_question(question=create_question(code="P-1", category=category, text=text))
    quiz = QuizFactory(attempts_allowed=2)
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=1)
    return start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member)


def test_a_picture_is_served_as_what_it_is(client, trainer, picture):
    client.force_login(trainer)

    response = client.get(address_of(picture.sha256))

    assert (response.status_code, response["Content-Type"], response["X-Content-Type-Options"]) == (
        200, "image/png", "nosniff",
    )  # fmt: skip
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_the_address_in_texts_is_the_address_of_the_view(picture):
    assert reverse("quizzes:picture", args=[picture.sha256]) == address_of(picture.sha256)


def test_a_learner_sees_a_picture_only_on_her_paper(client, learner, hr, picture):
    client.force_login(learner)
    without = client.get(address_of(picture.sha256)).status_code
    client.force_login(hr)

    assert (without, client.get(address_of(picture.sha256)).status_code) == (404, 404)


def test_a_learner_sees_the_pictures_of_her_open_paper_and_of_her_review(client, learner, attempt, picture):
    client.force_login(learner)
    page = client.get(reverse("quizzes:attempt", args=[attempt.pk])).text
    during = client.get(address_of(picture.sha256)).status_code
    client.post(reverse("quizzes:submit", args=[attempt.pk]))
    failed = client.get(address_of(picture.sha256)).status_code
    attempt.paper.blueprint["is_last_attempt"] = True
    attempt.paper.save()
    reviewed = client.get(address_of(picture.sha256)).status_code

    tag = picture_tag(picture.sha256, "đỏ")
    assert page.count(tag) == 2
    assert "&lt;b&gt;" in page
    # Failed with an attempt left, the paper may not be reviewed: its pictures neither.
    assert (during, failed, reviewed) == (200, 404, 200)
    assert client.get(reverse("quizzes:result", args=[attempt.pk])).text.count(tag) == 2


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "..%2f..%2fsecret"])
def test_an_unknown_picture_is_not_there(client, trainer, sha256):
    client.force_login(trainer)

    assert client.get(f"/thi/anh/{sha256}/").status_code == 404


def test_the_form_of_a_question_keeps_its_pictures(client, trainer, picture):
    client.force_login(trainer)
    question = Question.objects.get()
    stem = question.current.stem
    form = client.get(url("question", question.pk)).context["form"]

    assert form.initial["stem"] == "Gì? [ảnh 1: đỏ]"
    assert form.pictures == [picture.sha256]
    data = {
        "category": question.category_id, "purpose": "exam", "type": "single", "difficulty": "2", "version": 1,
        "stem": '{"blocks": [{"key": "a", "text": "Gì? [ảnh 1: màu đỏ] [ảnh 9]", "type": "unstyled", "depth": 0, '
        '"inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
        **NO_ROWS,
        "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 2, "options-0-text": "a", "options-0-right": "on",
        "options-1-text": "[ảnh 1]",
    }  # fmt: skip
    client.post(url("question", question.pk), data)

    newest = question.versions.order_by("-number").first()
    assert newest.stem == stem.replace('alt="đỏ"', 'alt="màu đỏ"') + " [ảnh 9]"
    assert picture_tag(picture.sha256, "") in [option["text"] for option in newest.options]


def test_a_workbook_comes_back_with_its_results_only_to_who_writes_the_bank(client, trainer, learner):
    client.force_login(trainer)
    upload(client, question_sheet.written([question_sheet.Row({"Câu hỏi": "LAN?", "Đáp án": "B"})]), name="a.xlsx")
    run = QuestionImport.objects.get()

    page = client.get(url("import", run.pk)).text
    back = client.get(url("import_returned", run.pk))
    template = client.get(url("import_template"))
    client.force_login(learner)

    assert url("import_returned", run.pk) in page
    assert [bytes(response.content[:2]) for response in (back, template)] == [b"PK", b"PK"]
    assert parsed_file(back.content).questions[0].problem.code == "excel_no_type"
    assert client.get(url("import_returned", run.pk)).status_code != 200


def stem_json(words: str) -> str:
    block = {"key": "a", "text": words, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def written(category, stem: str, pictures, **fields) -> dict:
    return {
        "code": "P-2", "category": category.pk, "purpose": "exam", "type": "single", "difficulty": "2",
        "stem": stem_json(stem), **NO_ROWS, "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 2,
        "options-0-text": "a", "options-0-right": "on", "options-1-text": "b", "new_pictures": pictures, **fields,
    }  # fmt: skip


def sent(content: bytes, name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def test_a_picture_is_put_into_a_question_with_the_form(client, trainer):
    client.force_login(trainer)
    words = "nút tô đỏ\nnút xanh"

    data = written(CategoryFactory(), "Gì?", [sent(png()), sent(png((5, 5)))], picture_words=words)
    client.post(url("question_add"), data)

    version = Question.objects.get().current
    red, blue = hashes_of(version.stem)
    assert version.stem == (f"<p>Gì?</p><p>{picture_tag(red, 'nút tô đỏ')}</p><p>{picture_tag(blue, 'nút xanh')}</p>")
    assert client.get(address_of(blue)).status_code == 200


def test_a_mark_says_where_a_picture_that_is_sent_belongs(client, trainer, picture):
    """Its number goes on after those of the question; its words are those of the mark, or of the line."""
    client.force_login(trainer)
    question = Question.objects.get()
    marks = {"options-0-text": "[ảnh 2]", "options-1-text": "[ảnh 3: lục]"}
    data = written(question.category, "Gì? [ảnh 1: đỏ]", [sent(png((5, 5))), sent(png((6, 6)))], **marks, version=1,
                   picture_words="xanh\nbị bỏ")  # fmt: skip

    client.post(url("question", question.pk), data)

    newest = question.versions.order_by("-number").first()
    assert (newest.number, newest.stem) == (2, f"Gì? {picture_tag(picture.sha256, 'đỏ')}")
    shown = {option["text"] for option in newest.options}
    assert {re.sub("[0-9a-f]{64}", "…", option) for option in shown} == {
        '<img src="/thi/anh/…/" alt="xanh">', '<img src="/thi/anh/…/" alt="lục">',
    }  # fmt: skip
    assert len(set(hashes_of(*shown)) | {picture.sha256}) == 3


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"no picture", png()[:40]])
def test_what_is_no_picture_is_refused_and_nothing_is_saved(client, trainer, content):
    client.force_login(trainer)

    page = client.post(url("question_add"), written(CategoryFactory(), "Gì?", [sent(png()), sent(content, "b.png")]))

    assert "b.png" in page.context["form"].non_field_errors()[0]
    assert not Question.objects.exists()
    assert not QuestionPicture.objects.exists()


@pytest.mark.parametrize(("form", "name"), [("moodle_xml", "a.xml"), ("qti22", "a.zip"), ("excel", "a.xlsx")])
def test_a_photograph_that_comes_back_in_a_file_of_ours_is_the_same_picture(client, trainer, form, name):
    """It is drawn anew when it is kept; drawn once more it would be another, and the question changed."""
    client.force_login(trainer)
    photograph = io.BytesIO()
    Image.effect_noise((40, 30), 80).convert("RGB").save(photograph, "JPEG", quality=97)
    client.post(
        url("question_add"),
        written(
            CategoryFactory(),
            "5 < 6?",
            [sent(photograph.getvalue(), "a.jpg"), sent(png())],
            picture_words='nút "Lưu" & thoát',
            **{"options-1-text": "[ảnh 2: đỏ] nút"},
        ),
    )
    file = written_in(FORMATS[form], entries_of(Question.objects.all())).content

    plan = plan_file(file, name=name)

    assert [row.action for row in plan.rows] == ["unchanged"]
