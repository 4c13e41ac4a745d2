"""Trainers write, reviewers let through, learners see nothing of it."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import translation

from quizzes.comparison import Difference, ListDifference, differences
from quizzes.models import Category, Question, Quiz, Section
from quizzes.services import (
    AcceptedText,
    create_question,
    move_question,
    publish_quiz,
    revise_question,
    start_attempt,
)
from tests.factories.quizzes import CategoryFactory, PartFactory, SectionFactory, fill, reviewed_question, text
from tests.quizzes.helpers import NO_ROWS

pytestmark = pytest.mark.django_db

LIST_QUERIES = 15


def url(name, *args):
    return reverse(f"quizzes_cms:{name}", args=args)


def question_data(category, **fields):
    data = {
        "code": "Q-1", "category": category.pk, "purpose": "exam", "type": "single", "difficulty": "2",
        "stem": '{"blocks": [{"key": "a", "text": "Câu gì?", "type": "unstyled", "depth": 0, '
        '"inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
        "shuffle_options": "on", "feedback": "Vì thế.", **NO_ROWS, "options-TOTAL_FORMS": 3,
        "options-0-text": "đúng", "options-0-right": "on", "options-1-text": "sai", "options-2-text": "",
    }  # fmt: skip
    return data | fields


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    """The roles as an installation has them: both groups may enter the CMS."""
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name in ("trainers", "reviewers"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


@pytest.fixture
def category():
    return CategoryFactory(code="IU01")


def test_a_trainer_writes_a_draft_with_the_form(client, trainer, category):
    client.force_login(trainer)

    response = client.post(url("question_add"), question_data(category))

    question = Question.objects.get()
    assert (response.status_code, response.url) == (302, url("question", question.pk))
    assert (question.status, question.current.stem, question.current.created_by) == ("draft", "Câu gì?", trainer)


def test_saving_an_unchanged_form_makes_no_version_and_an_edit_makes_one(client, trainer, category):
    client.force_login(trainer)
    client.post(url("question_add"), question_data(category))
    question = Question.objects.get()

    client.post(url("question", question.pk), question_data(category, version=1))
    unchanged = question.versions.count()
    client.post(url("question", question.pk), question_data(category, version=1, feedback="Khác."))

    assert (unchanged, question.versions.count()) == (1, 2)


def test_two_trainers_do_not_overwrite_each_other(client, trainer, category):
    client.force_login(trainer)
    client.post(url("question_add"), question_data(category))
    question = Question.objects.get()
    client.post(url("question", question.pk), question_data(category, version=1, feedback="Khác."))

    response = client.post(url("question", question.pk), question_data(category, version=1, feedback="Nữa."))

    assert (response.status_code, question.versions.count()) == (200, 2)


def test_a_question_without_a_right_answer_comes_back_with_a_sentence(client, trainer, category):
    client.force_login(trainer)

    response = client.post(url("question_add"), question_data(category, **{"options-0-right": ""}))

    assert response.status_code == 200
    assert len(response.context["form"].non_field_errors()) == 1
    assert Question.objects.count() == 0


@pytest.mark.parametrize(("who", "code", "status"), [("trainer", 404, "draft"), ("reviewer", 302, "reviewed")])
def test_only_a_reviewer_lets_a_question_be_used(client, request, category, who, code, status):
    question = reviewed_question(category, code="Q-1")
    Question.objects.update(status="draft")
    client.force_login(request.getfixturevalue(who))

    response = client.post(url("question_review", question.pk))

    assert (response.status_code, Question.objects.get().status) == (code, status)


def test_publishing_with_too_small_a_pool_is_refused_with_the_sentence(client, reviewer, category):
    section = SectionFactory(category=category, quota=5)
    fill(category, 1)
    client.force_login(reviewer)

    response = client.post(url("quiz_publish", section.part.quiz_id), follow=True)

    assert "IU01" in [str(message) for message in response.context["messages"]][0]
    assert Quiz.objects.get().published_at is None


def quiz_data(category, *, part="", section="", quota=2):
    return {
        "code": "quiz", "title": "Bài", "purpose": "exam", "time_limit": 20, "grace_seconds": 30,
        "parts-TOTAL_FORMS": 1, "parts-INITIAL_FORMS": 1 if part else 0, "parts-0-id": part,
        "parts-0-position": 1, "parts-0-kind": "quiz", "parts-0-title": "Phần", "parts-0-pass_mark": "5.00",
        "parts-0-sections-TOTAL_FORMS": 1, "parts-0-sections-INITIAL_FORMS": 1 if section else 0,
        "parts-0-sections-0-id": section, "parts-0-sections-0-position": 1, "parts-0-sections-0-title": "Mục",
        "parts-0-sections-0-category": category.pk, "parts-0-sections-0-quota": quota,
        "parts-0-sections-0-floor_mark": "4.00",
    }  # fmt: skip


def test_a_quiz_is_written_with_its_parts_and_sections(client, trainer, category):
    client.force_login(trainer)

    client.post(url("quiz_add"), quiz_data(category))

    section = Section.objects.get()
    assert (section.quota, section.part.title, section.part.quiz.title) == (2, "Phần", "Bài")


@pytest.mark.parametrize(("quota", "kept"), [(3, 3), (4, 2)])
def test_a_published_quiz_is_saved_only_if_it_can_still_be_drawn(client, reviewer, category, quota, kept):
    fill(category, 3)
    section = SectionFactory(part=PartFactory(), category=category, quota=2)
    quiz = section.part.quiz
    client.force_login(reviewer)
    client.post(url("quiz_publish", quiz.pk))

    client.post(url("quiz", quiz.pk), quiz_data(category, part=section.part_id, section=section.pk, quota=quota))

    assert Section.objects.get().quota == kept


@pytest.mark.parametrize("name", ["questions", "question_add", "categories", "category_add", "quizzes", "quiz_add"])
@pytest.mark.parametrize(
    ("who", "code"), [("learner", 404), ("hr", 404), ("trainer", 200), ("reviewer", 200), ("admin", 200)]
)
def test_the_bank_opens_to_those_who_write_it(client, request, who, code, name):
    client.force_login(request.getfixturevalue(who))

    assert client.get(url(name)).status_code == code


def test_the_list_searches_without_accents_and_filters(client, trainer, category):
    reviewed_question(category, code="A-1")
    reviewed_question(CategoryFactory(), code="B-1")
    client.force_login(trainer)

    found = [
        [question.code for question, _stem in client.get(url("questions"), query).context["rows"]]
        for query in ({"q": "cau b-1"}, {"category": "IU01"}, {"status": "draft"}, {"type": "single"})
    ]

    assert found == [["B-1"], ["A-1"], [], ["A-1", "B-1"]]


def test_a_category_keeps_its_place_in_the_tree(client, trainer, category):
    other = CategoryFactory()
    client.force_login(trainer)

    client.post(url("category", category.pk), {"name": "Tên mới", "parent": other.pk, "code": "X"})

    after = Category.objects.get(pk=category.pk)
    assert (after.name, after.code, after.parent) == ("Tên mới", "IU01", None)


# --- Typed answers, percents, review rules, pools -------------------------------


def test_a_short_text_and_a_number_are_written_with_the_form_and_come_back_in_it(client, trainer, category):
    client.force_login(trainer)
    short = {
        "type": "short_text", "accents": "ignore", "spelling": "one_typo", "accepted-TOTAL_FORMS": 2,
        "accepted-0-text": "tường lửa", "accepted-1-text": "*firewall*", "accepted-1-percent": "33,33",
    }  # fmt: skip
    number = {
        "code": "Q-2", "type": "number", "unit": "MB", "points": "2,5", "accepted-TOTAL_FORMS": 1,
        "accepted-0-text": "1.234,5", "accepted-0-tolerance": "0,5", "accepted-0-note": "Tốt.",
    }  # fmt: skip

    for fields in (short, number):
        assert client.post(url("question_add"), question_data(category) | fields).status_code == 302

    first, second = (Question.objects.get(code=code).current for code in ("Q-1", "Q-2"))
    page = client.get(url("question", second.question_id))
    assert first.key == {
        "accepted": [{"text": "tường lửa", "percent": "100"}, {"text": "*firewall*", "percent": "33.33"}],
        "accents": "ignore", "case": "ignore", "spelling": "one_typo",
    }  # fmt: skip
    assert (second.key["accepted"], second.unit, str(second.points), second.feedback["accepted"]) == (
        [{"value": "1234.5", "tolerance": "0.5", "percent": "100"}], "MB", "2.50", ["Tốt."],
    )  # fmt: skip
    assert ('value="1234,5"' in page.text, 'value="0,5"' in page.text, 'value="2,5"' in page.text) == (True,) * 3


def test_options_with_percents_are_written_with_the_form_and_the_formula_is_told(client, trainer, category):
    client.force_login(trainer)
    fields = {"type": "multiple", "scoring": "per_option", "options-0-percent": "100", "options-1-percent": "-50"}

    client.post(url("question_add"), question_data(category, **fields))

    version = Question.objects.get().current
    assert sorted(version.key["percents"].values()) == ["-50", "100"]
    assert "không dưới 0 và không quá 100" in client.get(url("question", version.question_id)).text


def test_percents_beside_all_or_nothing_are_not_dropped_without_a_word(client, trainer, category):
    client.force_login(trainer)
    fields = {"type": "multiple", "scoring": "all_or_nothing", "options-0-percent": "100", "options-1-percent": "-50"}

    response = client.post(url("question_add"), question_data(category, **fields))

    assert (response.status_code, Question.objects.count()) == (200, 0)
    assert 'value="-50"' in response.text
    assert "Các phương án có phần trăm" in response.text


def test_the_list_shows_pool_and_difficulty_and_filters_by_pool(client, trainer, category):
    reviewed_question(category, code="A-1", purpose="practice", difficulty="3")
    reviewed_question(category, code="B-1")
    client.force_login(trainer)

    response = client.get(url("questions"), {"pool": "practice"})

    assert [question.code for question, _stem in response.context["rows"]] == ["A-1"]
    assert ("<td>luyện tập</td>" in response.text, "<td>khó</td>" in response.text) == (True, True)


def review_ticks(**rows):
    return {f"review-{moment}_{item}": "on" for moment, items in rows.items() for item in items.split()}


def test_the_review_rules_of_an_exam_are_ticked_in_a_table(client, trainer, category):
    client.force_login(trainer)

    client.post(url("quiz_add"), quiz_data(category) | review_ticks(after_window="mark feedback"))

    assert Quiz.objects.get().review == {"during": [], "after": [], "after_window": ["mark", "feedback"]}


def test_the_usual_rules_are_ticked_from_the_start_and_kept_as_none(client, trainer, category):
    client.force_login(trainer)
    usual = review_ticks(after="mark", after_window="mark right_or_wrong key feedback")
    ticked = client.get(url("quiz_add")).text

    client.post(url("quiz_add"), quiz_data(category) | usual)

    assert [name for name in usual if f'name="{name}" id="id_{name}" checked' not in ticked] == []
    assert Quiz.objects.get().review == {}


@pytest.mark.parametrize("item", ["key", "right_or_wrong", "feedback", "mark"])
def test_an_exam_that_would_tell_while_it_goes_on_is_refused(client, trainer, category, item):
    client.force_login(trainer)

    response = client.post(url("quiz_add"), quiz_data(category) | review_ticks(during=item))

    assert (response.status_code, Quiz.objects.count()) == (200, 0)
    assert "khi đang làm không hiện gì" in response.text


@pytest.mark.parametrize(("allowed", "warnings"), [("2", 1), ("1", 0), ("", 1)])
def test_answers_shown_before_the_last_attempt_are_warned_of(client, trainer, category, allowed, warnings):
    client.force_login(trainer)
    data = quiz_data(category) | {"attempts_allowed": allowed} | review_ticks(after="mark key")

    response = client.post(url("quiz_add"), data, follow=True)

    assert len([message for message in response.context["messages"] if message.level_tag == "warning"]) == warnings


def test_a_practice_quiz_is_made_with_its_own_rules_and_keeps_its_purpose(client, trainer, category):
    client.force_login(trainer)
    page = client.get(url("quiz_add"), {"purpose": "practice"})
    every = "mark right_or_wrong key feedback"
    data = quiz_data(category) | {"purpose": "practice"} | review_ticks(during=every, after=every, after_window=every)
    client.post(url("quiz_add"), data)
    quiz = Quiz.objects.get()

    client.post(url("quiz", quiz.pk), data | {"purpose": "exam", "title": "Tên khác"})

    quiz.refresh_from_db()
    assert page.context["form"]["purpose"].value() == "practice"
    assert (quiz.purpose, quiz.review, quiz.title) == ("practice", {}, "Tên khác")


def test_a_question_known_from_practice_is_moved_with_a_warning(client, trainer, learner, category):
    question = reviewed_question(category, code="Q-1", purpose="practice")
    section = SectionFactory(part=PartFactory(quiz__purpose="practice"), category=category, quota=1)
    start_attempt(quiz=section.part.quiz, staff_member=learner.staff_member, is_preview=True)
    client.force_login(trainer)
    words = "đã gặp câu này khi luyện tập"
    before = client.get(url("question", question.pk)).text

    move_question(question=question, category=category, purpose="exam")
    after = client.get(url("question", question.pk)).text

    assert (words in before, words in after) == (False, True)


# --- What waits for a reviewer -----------------------------------------------------


def changed_question(category, *, code="Q-1", **fields):
    question = reviewed_question(category, code=code)
    revise_question(question=question, text=text(f"Câu {code}?", **fields))
    return question


def test_a_changed_question_waits_in_the_list_in_the_filter_and_on_the_first_page(client, reviewer, trainer, category):
    changed_question(category, code="A-1", feedback="Khác.")
    reviewed_question(category, code="B-1")
    create_question(code="C-1", category=category, text=text())
    client.force_login(reviewer)

    waiting = client.get(url("questions"), {"status": "waiting"})
    everything = client.get(url("questions")).text
    first_page = client.get(reverse("wagtailadmin_home")).text
    client.force_login(trainer)

    assert [question.code for question, _stem in waiting.context["rows"]] == ["A-1", "C-1"]
    assert everything.count("có bản sửa chờ duyệt") == 1
    assert "Xem 2 câu chờ duyệt" in first_page
    assert "Câu hỏi chờ duyệt" not in client.get(reverse("wagtailadmin_home")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_1_and_3_questions(
    client, reviewer, category, django_assert_num_queries, count
):
    for number in range(count):
        changed_question(category, code=f"A-{number}", feedback="Khác.")
    client.force_login(reviewer)
    client.get(url("questions"))

    # User and permissions 3, Wagtail's account 2, role, category, count, rows, Wagtail's menu 3, categories.
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("questions"))


def test_a_reviewer_sees_what_changed_and_lets_through_only_what_she_saw(client, reviewer, category):
    options = (("RAM", True), ("Ổ cứng", False), ("USB", False), ("Bàn phím", False))
    question = changed_question(category, options=options, feedback="Vì <mất điện>.")
    client.force_login(reviewer)

    page = client.get(url("question", question.pk))
    revise_question(question=question, text=text("Câu gì khác?"))
    refused = client.post(url("question_review", question.pk), {"version": "2"}, follow=True)
    kept = Question.objects.get().current.number
    client.post(url("question_review", question.pk), {"version": "3"})

    assert page.context["differences"] == [
        Difference("Giải thích, chỉ hiện khi xem lại bài", "–", "Vì <mất điện>."),
        ListDifference("Các phương án", removed=("Màn hình · sai",), added=("Bàn phím · sai",), kept=3),
    ]
    assert ("đã bỏ:</strong> Màn hình" in page.text, "Vì &lt;mất điện&gt;." in page.text) == (True, True)
    assert "vừa được sửa" in refused.text
    assert (kept, Question.objects.get().current.number) == (1, 3)


@pytest.mark.parametrize(
    ("old", "new", "labels"),
    [
        ({}, {}, []),
        ({}, {"difficulty": "3", "points": "2"}, ["Độ khó", "Điểm"]),
        ({"shuffle_options": True}, {"shuffle_options": False}, ["Xáo trộn phương án"]),
        ({}, {"stem": "Câu <b>khác</b>?"}, ["Câu hỏi"]),
        ({}, {"option_percents": ("100", "50", None, None)}, ["Các phương án"]),
        (
            {},
            {"type": "short_text", "accepted": (AcceptedText("RAM"),), "spelling": "one_typo"},
            [
                "Loại",
                "Xáo trộn phương án",
                "Dấu tiếng Việt",
                "Chữ hoa, chữ thường",
                "Lỗi gõ",
                "Các phương án",
                "Các đáp án được chấp nhận",
            ],  # fmt: skip
        ),
    ],
)
def test_every_field_that_differs_is_named(category, old, new, labels):
    question = create_question(code="Q-1", category=category, text=text(**old))
    first = question.current
    newest = revise_question(question=question, text=text(**(old | new)))

    with translation.override("vi"):
        found = [row.label for row in differences(first, newest)]

    assert found == labels


# --- Asked once more ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["question_retire", "quiz_publish", "quiz_unpublish"])
def test_what_learners_feel_is_asked_once_before_it_is_done(client, reviewer, trainer, category, name):
    question = reviewed_question(category, code="Q-1")
    section = SectionFactory(part=PartFactory(), category=category, quota=1)
    subject = question if name == "question_retire" else section.part.quiz
    if name == "quiz_unpublish":
        publish_quiz(quiz=subject)
    client.force_login(reviewer)

    asked = client.get(url(name, subject.pk))

    assert asked.text.count('<form method="post" class="quiz-actions">') == 1
    assert Question.objects.get().status == "reviewed"
    assert (Quiz.objects.get().published_at is not None) == (name == "quiz_unpublish")
    client.force_login(trainer)
    assert client.get(url(name, subject.pk)).status_code == 404


def test_a_retired_question_comes_back_as_a_draft(client, reviewer, trainer, category):
    question = changed_question(category, feedback="Khác.")
    client.force_login(reviewer)
    client.post(url("question_retire", question.pk))
    client.force_login(trainer)
    refused = client.post(url("question_restore", question.pk)).status_code

    client.force_login(reviewer)
    client.post(url("question_restore", question.pk))
    client.post(url("question_restore", question.pk))

    question.refresh_from_db()
    assert (refused, question.status, question.current.number) == (404, "draft", 2)


def test_a_published_quiz_says_at_the_top_why_a_trainer_cannot_change_it(client, trainer, reviewer, category):
    fill(category, 2)
    section = SectionFactory(part=PartFactory(), category=category, quota=1)
    publish_quiz(quiz=section.part.quiz)
    pages = []
    for user in (trainer, reviewer):
        client.force_login(user)
        pages.append(client.get(url("quiz", section.part.quiz_id)).text)

    reason = "chỉ xem được"
    assert [reason in page for page in pages] == [True, False]
    assert pages[0].index(reason) < pages[0].index('name="title"')
    assert [re.search(r'<input[^>]* name="title"[^>]* disabled', page) is not None for page in pages] == [True, False]
    assert [url("quiz_unpublish", section.part.quiz_id) in page for page in pages] == [False, True]


def test_a_question_names_the_quizzes_that_may_draw_it(client, trainer, category):
    below = CategoryFactory(parent=category)
    question = create_question(code="Q-1", category=below, text=text())
    drawing = SectionFactory(part=PartFactory(quiz__code="CO"), category=category)
    SectionFactory(part=PartFactory(quiz__code="TAP", quiz__purpose="practice"), category=category)
    SectionFactory(part=PartFactory(quiz__code="KHAC"))
    client.force_login(trainer)

    page = client.get(url("question", question.pk))

    assert page.context["quizzes"] == [drawing.part.quiz]
    assert "chưa có trong đề nào" in page.text


# --- What is typed, as it is typed ----------------------------------------------------


def test_signs_are_shown_and_found_as_they_were_typed(client, trainer, category):
    create_question(code="Q-1", category=category, text=text("Số nào đúng: 5 &lt; 6 &amp; 7?"))
    client.force_login(trainer)

    found = client.get(url("questions"), {"q": "5 < 6 &"})

    assert [stem for _question, stem in found.context["rows"]] == ["Số nào đúng: 5 < 6 & 7?"]
    assert "5 &lt; 6 &amp; 7?" in found.text


@pytest.mark.parametrize("broken", ["{bad", "[]", '"x"', "1", '{"blocks": 3}', '{"blocks": [1], "entityMap": {}}', ""])
def test_a_text_that_no_editor_sends_is_an_error_of_the_form(client, trainer, category, broken):
    client.force_login(trainer)

    response = client.post(url("question_add"), question_data(category, stem=broken))

    assert response.status_code == 200
    assert response.context["form"].errors["stem"] == ["Xin nhập nội dung câu hỏi."]
    assert 'value="đúng"' in response.text


def test_the_editor_hands_over_at_once_what_is_typed(client, trainer, category):
    client.force_login(trainer)

    assert "&quot;stateSaveInterval&quot;: 0" in client.get(url("question_add")).text


def test_explanations_of_true_and_false_are_kept_by_the_form(client, trainer, category):
    client.force_login(trainer)
    fields = {"type": "true_false", "right": "true", "note_true": "Chính xác.", "note_false": "Xem lại bài 1."}
    client.post(url("question_add"), question_data(category, **fields))
    question = Question.objects.get()

    page = client.get(url("question", question.pk)).context["form"]

    assert question.current.feedback["options"] == {"true": "Chính xác.", "false": "Xem lại bài 1."}
    assert (page.initial["note_true"], page.initial["note_false"]) == ("Chính xác.", "Xem lại bài 1.")


def test_criteria_without_points_first_are_refused_with_the_line(client, trainer, category):
    client.force_login(trainer)
    rows = {"criteria-TOTAL_FORMS": 1, "criteria-0-title": "Nội dung", "criteria-0-levels": "3 | tốt\nĐủ ý = 6"}

    page = client.post(url("question_add"), question_data(category, type="essay", **rows))

    assert "“Đủ ý = 6”" in page.context["form"].non_field_errors()[0]
    assert "3 | đủ ý" in page.context["form"].non_field_errors()[0]
