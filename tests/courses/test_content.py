"""The teaching text in courses/content, every course of it: whole, in one shape, light enough for a slow line."""

import gzip
import re
import unicodedata
from collections import Counter

import pytest
import yaml
from django.conf import settings
from django.urls import reverse
from PIL import Image

from courses.models import Course, LessonPage
from courses.services import enrol
from quizzes.models import Question
from tests.courses.conftest import CONTENT


def name(path):
    return str(path.relative_to(CONTENT))


FOLDERS = sorted(path.parent for path in CONTENT.glob("*/course.yaml"))
LESSONS = sorted(path for folder in FOLDERS for path in folder.glob("0*.yaml"))
BANKS = sorted(path for folder in FOLDERS for path in folder.glob("*.yaml") if path.stem in {"questions", "practice"})
# Where a pattern would show: each exam bank by itself, the practice of all courses together.
POOLS = [
    *(pytest.param([path], id=name(path)) for path in BANKS if path.stem == "questions"),
    pytest.param([path for path in BANKS if path.stem == "practice"], id="practice"),
]
LIMIT = 60 * 1024
PICTURE_LIMIT = 40 * 1024
# How many times its quota a section has in the bank, so that a second attempt is another paper.
DEPTH = 3


@pytest.fixture(scope="module")
def one_course():
    """Here all of them are looked at."""
    return CONTENT


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def blocks(lesson, kind):
    return [block[kind] for block in lesson["body"] if kind in block]


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_course_names_its_lessons_and_stands_in_the_catalogue(folder):
    course = read(folder / "course.yaml")
    rows = {row["code"]: row for row in read(CONTENT / "tracks.yaml")["courses"]}

    assert (course["code"], rows[course["code"]]["ready"]) == (folder.name, True)
    assert sorted(course["lessons"]) == [path.name for path in LESSONS if path.parent == folder]


@pytest.mark.parametrize("path", [*LESSONS, *BANKS, *(folder / "course.yaml" for folder in FOLDERS)], ids=name)
def test_vietnamese_is_composed(path):
    text = path.read_text(encoding="utf-8")

    assert text == unicodedata.normalize("NFC", text)
    assert not set("ÐðƉ") & set(text), "Đ is U+0110"


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_teaches_asks_and_sums_up(path):
    lesson = read(path)
    tasks = blocks(lesson, "task")
    checks = blocks(lesson, "self_check")

    assert lesson["summary"].strip()
    assert [bool(task["done_when"].strip()) and len(task["steps"]) >= 3 for task in tasks] == [True]
    assert [callout["kind"] for callout in blocks(lesson, "callout")].count("remember") == 1
    assert "remember" in lesson["body"][-1].get("callout", {}).values()
    assert 3 <= len(checks) <= 5 or (len(checks) >= 2 and path.parent.name == "CB-01")
    for check in checks:
        assert [option["right"] for option in check["options"]].count(True) == 1, check["question"]
        assert all(option["feedback"].strip() for option in check["options"]), check["question"]


def strings(value, key=""):
    """Every text of a file with the key it stands under."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from strings(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_bold_is_written_only_where_a_lesson_shows_it_bold(path):
    lesson = read(path)

    plain = [text for key, text in strings(lesson) if key not in {"items", "steps", "text"}]
    # A callout's text is Markdown, an answer's is not.
    plain += [text for _key, text in strings(blocks(lesson, "self_check"))]

    assert [text for text in plain if "*" in text] == []


@pytest.mark.parametrize("path", BANKS, ids=name)
def test_a_question_is_plain_text(path):
    for question in read(path)["questions"]:
        options = [option["text"] for option in question.get("options", [])]
        assert not [text for text in (question["stem"], question["feedback"], *options) if "*" in text], question["id"]


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_picture_is_there_used_told_in_words_and_small(folder):
    used = {image["file"]: image["alt"] for path in folder.glob("0*.yaml") for image in blocks(read(path), "image")}
    files = {path.name: path for path in (folder / "images").glob("*")}

    assert set(used) == set(files)
    assert all(len(alt) >= 40 for alt in used.values())
    for path in files.values():
        assert (path.suffix, path.stat().st_size <= PICTURE_LIMIT) == (".png", True), path
        with Image.open(path) as picture:
            assert picture.format == "PNG"


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_test_can_be_drawn_three_times_over_in_every_section(folder):
    test = read(folder / "course.yaml")["test"]
    bank = Counter(question["category"] for question in read(folder / "questions.yaml")["questions"])
    quotas = Counter({section["category"]: section["quota"] for section in test["sections"]})

    assert quotas.total() == test["questions"]
    assert {code: bank[code] for code, quota in quotas.items() if bank[code] < DEPTH * quota} == {}
    assert set(bank) == set(quotas), "a question outside the sections is never asked"


@pytest.mark.parametrize("path", BANKS, ids=name)
def test_every_question_has_a_key_and_says_why(path):
    questions = read(path)["questions"]

    assert max(Counter(question["id"] for question in questions).values()) == 1
    for question in questions:
        code = question["id"]
        assert code.startswith(f"{question['category']}-"), code
        assert len(question["feedback"].strip()) >= 20, code
        assert question["difficulty"] in (1, 2, 3), code
        rights = [option["right"] for option in question.get("options", [])]
        texts = [option["text"].casefold() for option in question.get("options", [])]
        assert len(set(texts)) == len(texts), code
        match question["type"]:
            case "single":
                assert (rights.count(True), len(rights) >= 3) == (1, True), code
            case "multiple":
                assert 2 <= rights.count(True) < len(rights), code
                assert question["stem"].endswith("Chọn tất cả ý đúng."), code
            case "true_false":
                assert (type(question["right"]), rights) == (bool, []), code
            case "short_text" | "number":
                assert (len(question["accepted"]) >= 1, path.stem) == (True, "practice"), code
            case kind:
                pytest.fail(f"{code}: {kind}")
        assert not [text for text in texts if re.search(r"tất cả (các )?(ý|đáp án|phương án)", text)], code


@pytest.mark.parametrize("paths", POOLS)
def test_the_key_cannot_be_guessed_from_its_place_or_length(paths):
    questions = [question for path in paths for question in read(path)["questions"]]
    single = [question["options"] for question in questions if question["type"] == "single"]
    statements = [question["right"] for question in questions if question["type"] == "true_false"]
    places = Counter(next(n for n, option in enumerate(options) if option["right"]) for options in single)
    longest = [max(options, key=lambda option: len(option["text"]))["right"] for options in single]

    assert len(single) >= 20, "too few to speak of a pattern"
    assert max(places.values()) <= 0.4 * len(single)
    assert sum(longest) <= 0.4 * len(single)
    assert 0.35 <= sum(statements) / len(statements) <= 0.65


@pytest.mark.parametrize("paths", POOLS)
def test_the_key_cannot_be_guessed_from_the_one_answer_in_two_parts_or_the_usual_number(paths):
    questions = [question for path in paths for question in read(path)["questions"]]
    single = [question["options"] for question in questions if question["type"] == "single"]
    in_parts = [[option["right"] for option in options if "," in option["text"]] for options in single]
    alone = [rights[0] for rights in in_parts if len(rights) == 1]
    several = Counter(
        sum(option["right"] for option in question["options"])
        for question in questions
        if question["type"] == "multiple"
    )

    assert len(alone) < 6 or sum(alone) <= 0.6 * len(alone)
    assert max(several.values()) <= 0.75 * several.total()


def words(*texts):
    return set(re.findall(r"\w+", " ".join(texts).casefold()))


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_an_exam_asks_another_situation_than_the_lessons_answered(folder):
    """Whoever only remembers a self-check should not find it again in the exam.

    Measured by the words that two stems with their keys share; 0.5 is where copies with a word or two
    changed begin, and questions of one subject with their own numbers or names stay below it.
    """

    def told(stem, options):
        return words(stem, *(option["text"] for option in options if option["right"]))

    checks = [
        (check["question"], told(check["question"], check["options"]))
        for path in LESSONS
        if path.parent == folder
        for check in blocks(read(path), "self_check")
    ]
    copies = [
        (question["id"], check)
        for question in read(folder / "questions.yaml")["questions"]
        for check, said in checks
        if len(said & (asked := told(question["stem"], question.get("options", [])))) >= 0.5 * len(said | asked)
    ]

    assert copies == []


def test_no_question_is_asked_twice():
    stems = Counter(
        re.sub(r"\W+", " ", question["stem"]).casefold() for path in BANKS for question in read(path)["questions"]
    )

    assert [stem for stem, count in stems.items() if count > 1] == []


def test_every_question_of_the_files_is_loaded_and_may_be_drawn(catalogue):
    codes = {question["id"] for folder in FOLDERS for question in read(folder / "questions.yaml")["questions"]}

    assert set(Question.objects.filter(purpose="exam", status="reviewed").values_list("code", flat=True)) == codes


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_no_lesson_with_its_pictures_is_heavier_than_a_slow_line_bears(catalogue, client, learner, folder):
    course = Course.objects.get(code=folder.name)
    enrol(staff_member=learner.staff_member, course=course)
    client.force_login(learner)
    style = len(gzip.compress((settings.BASE_DIR / "static/css/site.css").read_bytes()))
    heavy = {}

    for lesson in LessonPage.objects.live().child_of(course.page):
        html = client.get(reverse("courses:lesson", args=[folder.name, lesson.slug])).content
        pictures = [
            rendition.file.size
            for block in lesson.body
            if block.block_type == "image"
            for rendition in block.value["image"].renditions.all()
        ]
        size = style + len(gzip.compress(html)) + sum(pictures)
        if size > LIMIT:
            heavy[lesson.slug] = size

    assert heavy == {}
