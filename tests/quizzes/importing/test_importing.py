"""From a file into the bank: once, whole, as drafts."""

import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from quizzes.importing.existing import changes_note
from quizzes.importing.plans import Action
from quizzes.importing.services import accept, plan_file, read_file, take_file
from quizzes.models import Category, Question, QuestionImport, QuestionPicture
from quizzes.question_text import text_of
from quizzes.services import QuestionText, retire_question, review_question, revise_question
from quizzes.services.describing import describe_question
from tests.factories.quizzes import CategoryFactory
from tests.quizzes.importing.test_judging import picture_question, png

pytestmark = pytest.mark.django_db

FILE = """$CATEGORY: $course$/top/Mạng/Cơ bản

// [id:M-1]
::LAN::LAN là gì?{=mạng nội bộ ~mạng toàn cầu}

::WAN::WAN là gì?{=mạng diện rộng ~mạng nội bộ}

::Nối::Nối hai cột sau đây.
"""


def take(text, **options):
    content = text.encode() if isinstance(text, str) else text
    return take_file(content, name=options.pop("name", "bank.txt"), **options)[0]


def actions(plan):
    return [str(row.action) for row in plan.rows]


def test_questions_come_in_as_drafts_below_the_categories_of_the_file(trainer):
    take(FILE, by=trainer, purpose="practice")

    found = Question.objects.order_by("pk").values_list(
        "status", "purpose", "category__name", "current__number", "owner"
    )
    assert list(found) == [("draft", "practice", "Cơ bản", 1, trainer.pk)] * 2
    assert [(c.name, c.parent and c.parent.name) for c in Category.objects.order_by("path")] == [
        ("Mạng", None), ("Cơ bản", "Mạng"),
    ]  # fmt: skip


def test_a_question_is_found_by_its_words(db):
    take(FILE)

    assert [q.current.stem for q in Question.objects.search("mang dien rong")] == ["WAN là gì?"]


def test_the_same_file_again_changes_nothing():
    take(FILE)
    before = list(Question.objects.order_by("pk").values())

    plan = take(FILE)

    assert actions(plan) == ["unchanged", "unchanged", "refused"]
    assert list(Question.objects.order_by("pk").values()) == before


def test_categories_that_are_there_are_found_by_their_names():
    CategoryFactory(code="IU09", name="mang")

    take(FILE)

    assert Category.objects.get(name="Cơ bản").parent.code == "IU09"


def test_the_tree_of_the_file_stands_below_the_category_that_was_chosen():
    chosen = CategoryFactory(code="IU01")

    take(FILE, category=chosen)

    assert Category.objects.get(name="Cơ bản").parent.parent == chosen


def test_categories_of_the_file_are_found_by_their_codes_too():
    CategoryFactory(code="M1", name="Mạng máy tính", parent=CategoryFactory(code="M", name="Mạng"))

    take("$CATEGORY: m/M1\n\n::LAN::LAN là gì?{=mạng nội bộ ~mạng toàn cầu}\n")

    assert (Category.objects.count(), Question.objects.get().category.code) == (2, "M1")


def test_the_same_question_elsewhere_is_said_before_it_is_taken():
    take(FILE, purpose="exam")
    retire_question(question=Question.objects.get(current__stem="WAN là gì?"))

    plan = take(FILE, category=CategoryFactory(code="LT", name="Luyện tập"), purpose="practice")

    notes = [(row.action, [str(warning) for warning in row.verdict.warnings]) for row in plan.rows]
    lan = Question.objects.get(current__stem="LAN là gì?", purpose="exam")
    twin = f"ngân hàng đã có câu hỏi này: {lan.code}, nhóm “Cơ bản”, kiểm tra"
    assert notes[:2] == [(Action.NEW, [twin]), (Action.NEW, [])]


def test_the_same_question_for_two_categories_of_one_file_is_said():
    lan = "::LAN::LAN là gì?{=mạng nội bộ ~mạng toàn cầu}\n"

    plan = take(f"$CATEGORY: A\n\n{lan}\n$CATEGORY: B\n\n{lan}")

    assert [[warning.code for warning in row.verdict.warnings] for row in plan.rows] == [[], ["twin_in_file"]]


def test_two_branches_of_one_name_have_their_own_codes():
    take("$CATEGORY: A/Chung\n\nMột{T}\n\n$CATEGORY: B/Chung\n\nMột{T}")

    codes = list(Category.objects.filter(name="Chung").order_by("pk").values_list("code", flat=True))
    assert codes[0] == "chung"
    assert codes[1].startswith("chung-")
    assert Question.objects.count() == 2


def test_a_changed_question_gets_a_version_that_waits_for_review(reviewer):
    take(FILE)
    lan = review_question(question=Question.objects.get(code__contains="m-1"), by=reviewer)

    plan = take(FILE.replace("mạng nội bộ ~mạng toàn cầu", "mạng cục bộ ~mạng toàn cầu"))

    lan.refresh_from_db()
    assert actions(plan) == ["revised", "unchanged", "refused"]
    assert (lan.current.number, lan.versions.count(), lan.status) == (1, 2, "reviewed")


def test_what_a_person_changed_in_the_bank_is_not_taken_back():
    take(FILE)
    lan = Question.objects.get(code__contains="m-1")
    text = QuestionText(type="single", stem="LAN?", options=(("mạng nội bộ", True), ("khác", False)))
    revise_question(question=lan, text=text)

    plan = take(FILE)

    assert (actions(plan)[0], lan.versions.count()) == ("unchanged", 2)
    assert [note.code for note in plan.rows[0].verdict.warnings] == ["changed_in_bank"]


def test_what_a_file_changes_is_told_before_it_is_taken():
    take(FILE)

    plan = plan_file(FILE.replace("mạng nội bộ ~mạng toàn cầu", "mạng cục bộ ~mạng toàn cầu").encode(), name="a.txt")

    (told,) = plan.rows[0].verdict.warnings
    assert told.code == "changes"
    assert "− mạng nội bộ · đúng, + mạng cục bộ · đúng" in str(told)


def test_tags_of_a_file_follow_the_file_and_are_told():
    tagged = "// [tag:mạng] [tag:cũ]\n::LAN::LAN là gì?{=nội bộ ~toàn cầu}"
    take(tagged)

    plan = take(tagged.replace("cũ", "mới"))

    question = Question.objects.get()
    assert actions(plan) == ["described"]
    assert [str(each) for each in plan.rows[0].verdict.warnings] == [
        "từ khóa và mã năng lực thay đổi: cũ, mạng → mạng, mới"
    ]
    assert sorted(tag.name for tag in question.tags.all()) == ["mạng", "mới"]
    assert (question.versions.count(), question.described_by) == (1, None)
    assert actions(take(tagged.replace("cũ", "mới"))) == ["unchanged"]


def test_a_file_without_tags_takes_none_away():
    take("// [tag:mạng]\n::LAN::LAN là gì?{=nội bộ ~toàn cầu}")

    plan = take("::LAN::LAN là gì?{=nội bộ ~toàn cầu}")

    assert (actions(plan), Question.objects.get().tags.count()) == (["unchanged"], 1)


def test_tags_that_a_person_chose_stay(trainer):
    take("// [tag:mạng]\n::LAN::LAN là gì?{=nội bộ ~toàn cầu}")
    describe_question(question=Question.objects.get(), tags=["của tôi"], by=trainer)

    plan = take("// [tag:khác]\n::LAN::LAN là gì?{=nội bộ ~toàn cầu}")

    assert (actions(plan), [tag.name for tag in Question.objects.get().tags.all()]) == (["unchanged"], ["của tôi"])
    assert [each.code for each in plan.rows[0].verdict.warnings] == ["described_in_bank"]


def test_what_a_format_cannot_say_stays_as_the_bank_has_it():
    take("::LAN::LAN là gì?{=nội bộ ~toàn cầu}")
    question = Question.objects.get()
    revise_question(question=question, text=replace(text_of(question.current), difficulty="3", points=2))

    plan = take("::LAN::LAN là mạng gì?{=nội bộ ~toàn cầu}")

    newest = text_of(question.versions.order_by("-number").first())
    assert (actions(plan), newest.difficulty, newest.points, newest.stem) == (["revised"], "3", 2, "LAN là mạng gì?")


def test_the_unit_of_a_number_stays_where_the_format_has_no_words_for_it():
    take("::C::1,5 GB?{#1536}")
    question = Question.objects.get()
    revise_question(question=question, text=replace(text_of(question.versions.get()), unit="MB"))

    plan = take("::C::1,5 GB?{#1536:0.5}")

    newest = text_of(question.versions.order_by("-number").first())
    assert (actions(plan), newest.unit, newest.accepted[0].tolerance) == (["revised"], "MB", Decimal("0.5"))


def test_a_retired_question_stays_retired():
    take(FILE)
    retire_question(question=Question.objects.get(code__contains="m-1"))

    plan = take(FILE.replace("LAN là gì", "LAN nghĩa là gì"))

    assert (plan.rows[0].action, plan.rows[0].verdict.reason.code) == (Action.REFUSED, "retired")


def test_a_question_that_stands_twice_comes_in_once():
    plan = take("Một{T}\n\nMột{T}\n\n::a::Hai{T}\n\n::a::Ba{F}")

    assert (actions(plan), Question.objects.count()) == (["new", "double", "new", "new"], 3)
    assert actions(take("Một{T}\n\nMột{T}\n\n::a::Hai{T}\n\n::a::Ba{F}")) == ["unchanged", "double"] + ["unchanged"] * 2


def test_all_or_nothing_takes_nothing():
    plan, is_taken = take_file(FILE.encode(), name="a.txt", all_or_nothing=True)

    assert (is_taken, len(plan.rows), Question.objects.count(), QuestionImport.objects.count()) == (False, 3, 0, 0)


def test_a_deep_tree_is_refused_with_its_reason():
    plan = take(f"$CATEGORY: {'/'.join('abcdefghijk')}\n\nMột{{T}}")

    assert [row.verdict.reason.code for row in plan.rows] == ["too_deep_category"]


def test_a_picture_is_stored_before_anything_names_it_and_once():
    take(picture_question(png()), name="a.xml")
    take(picture_question(png(), alt=' alt="khác"'), name="a.xml")

    picture = QuestionPicture.objects.get()
    assert storages["private"].exists(picture.name)
    assert picture.name == f"question-pictures/{picture.sha256[:2]}/{picture.sha256}.png"
    assert (picture.content_type, picture.width, picture.height) == ("image/png", 3, 2)


def test_a_file_that_waits_is_accepted_once(trainer, reviewer):
    run = read_file(FILE.encode(), name="a.txt", by=trainer)
    again = read_file(FILE.encode(), name="a.txt", by=trainer)

    accepted = [accept(run=run, by=trainer), accept(run=run, by=reviewer)]

    assert again.pk == run.pk
    assert [(r.accepted_by, r.counts["taken"]) for r in accepted] == [(trainer, 2)] * 2
    assert Question.objects.count() == 2


def test_a_reading_writes_nothing_into_the_bank(trainer):
    run = read_file(FILE.encode(), name="a.txt", by=trainer)

    assert (Question.objects.count(), Category.objects.count(), run.counts["new"]) == (0, 0, 2)


def test_a_file_that_cannot_be_read_is_kept_with_its_reason(trainer):
    run = read_file(b"\xff\xfe\x00\xd8", name="a.txt", by=trainer)

    assert run.report["error"]["code"] == "not_utf16"


# --- The command ---------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "bank.gift"
    file.write_text(FILE)
    return file


def run(*args):
    out = StringIO()
    call_command("import_questions", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_takes_a_file_and_names_what_it_left(path):
    out = run(path)

    assert Question.objects.count() == 2
    assert "Nối" in out
    assert "đoạn chữ không có câu hỏi" in out


def test_a_dry_run_takes_nothing(path):
    run(path, "--dry-run")

    assert (Question.objects.count(), QuestionImport.objects.count()) == (0, 0)


def test_json_tells_everything_that_was_found(path):
    report = json.loads(run(path, "--json", "--category", CategoryFactory(code="IU01").code))

    found = [(q["type"], q["taken"], q["reason"] and q["reason"]["english"]) for q in report["questions"]]
    assert found == [
        ("multichoice", True, None),
        ("multichoice", True, None),
        ("description", False, "type description not supported (question Nối)"),
    ]
    assert (report["imported"], report["rejected"], report["error"]) == (2, 1, None)
    assert report["categories"] == [{"line": 1, "title": "$course$/top/Mạng/Cơ bản", "path": ["Mạng", "Cơ bản"]}]
    assert [a["text"] for a in report["questions"][0]["answers"]] == ["mạng nội bộ", "mạng toàn cầu"]
    assert report["questions"][0]["idnumber"] == "M-1"


def test_json_tells_why_a_file_was_refused(tmp_path):
    file = tmp_path / "x.gift"
    file.write_bytes(b"a{T}\xff")
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("import_questions", str(file), "--json", stdout=out)

    error = json.loads(out.getvalue())["error"]
    assert (error["code"], error["byte"], error["line"]) == ("not_utf8", 4, 1)


@pytest.mark.parametrize("args", [("--category", "none"), ("--format", "moodle_xml"), ("--all-or-nothing",)])
def test_what_cannot_be_done_ends_in_an_error_and_changes_nothing(path, args):
    with pytest.raises(CommandError):
        run(path, *args)

    assert (Question.objects.count(), Category.objects.count()) == (0, 0)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match="none.gift"):
        run(tmp_path / "none.gift")


def test_the_same_question_with_another_explanation_is_said():
    asked = "LAN là gì?{{=mạng nội bộ ~mạng toàn cầu{}}}\n"

    plan = take("\n".join(["$CATEGORY: A\n", asked.format(""), asked.format("####Vì thế.")]))

    assert [[warning.code for warning in row.verdict.warnings] for row in plan.rows] == [[], ["asked_in_file"]]


def test_what_changes_far_inside_a_long_question_is_what_is_told():
    long = "Chị Hoa ở bộ phận một cửa nhận một thư lạ, kèm một tệp nén có mật khẩu ghi trong thư; chị nên"
    known, new = (
        QuestionText(type="true_false", stem=f"{long} {end}", right=True).cleaned() for end in ("mở.", "xóa.")
    )

    said = changes_note(known, new).text

    assert ("mở." in said, "xóa." in said, "Chị Hoa" in said) == (True, True, False)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"difficulty": "3"}, "Độ khó: trung bình → khó"),
        (
            {"scoring": "per_option", "option_percents": (Decimal(100), Decimal(0))},
            "Cách tính điểm câu chọn nhiều ý: đúng hết mới có điểm → ",
        ),
        ({"type": "single", "scoring": "all_or_nothing"}, "Loại: nhiều đáp án đúng → một đáp án đúng"),
    ],
)
def test_a_change_of_something_that_is_chosen_from_a_list_is_told(changed, words):
    """Their words are looked up in the reader's language, as late as they are printed."""
    known = QuestionText(
        type="multiple", stem="Câu?", options=(("a", True), ("b", False)), scoring="all_or_nothing", difficulty="2"
    )

    said = changes_note(known.cleaned(), replace(known, **changed).cleaned())

    assert words in said.text
