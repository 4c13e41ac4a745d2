"""What learners see of their attempts, and when: one function decides, and nothing of the rest leaves the server."""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags

from quizzes.enums import FinishCause, Purpose, QuestionType, ReviewItem, ReviewMoment
from quizzes.errors import NotOpenYet, WindowClosed
from quizzes.models import QuestionVersion
from quizzes.question_text import AcceptedNumber, AcceptedText
from quizzes.review import EVERYTHING, NOTHING, ReviewFacts, rules_of, what_may_be_shown
from quizzes.services import finalise, publish_quiz, save_answer, start_attempt
from quizzes.types.typed import ReviewedField, accepted_shown
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, reviewed_question
from tests.quizzes.conftest import START
from tests.quizzes.test_exam_pages import post_save, url

MARK = frozenset({ReviewItem.MARK})
CANARY = "hoang-yen-7d1c"


def facts(purpose=Purpose.EXAM, review=None, **fields):
    usual = {"is_open": False, "is_marked": True, "is_settled": False, "is_sitting_again": False, "now": START}
    return ReviewFacts(purpose=purpose, rules=rules_of(purpose, review or {}), **(usual | fields))


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"is_open": True, "is_marked": False}, NOTHING),
        ({"is_marked": False}, NOTHING),
        ({}, MARK),
        ({"is_settled": True}, EVERYTHING),
        ({"is_settled": True, "closes_at": START + timedelta(hours=1)}, MARK),
        ({"closes_at": START}, MARK),
        ({"closes_at": START - timedelta(seconds=30), "grace_seconds": 30}, MARK),
        ({"closes_at": START - timedelta(seconds=31), "grace_seconds": 30}, EVERYTHING),
        ({"closes_at": START - timedelta(hours=1), "is_sitting_again": True}, MARK),
        ({"closes_at": START - timedelta(hours=1), "is_asked_of_others": True}, MARK),
        ({"is_settled": True, "is_asked_of_others": True}, MARK),
    ],
)
def test_an_exam_shows_marks_first_and_the_rest_when_it_is_over(fields, shown):
    assert what_may_be_shown(facts(**fields)) == shown


@pytest.mark.parametrize(
    ("fields", "shown"),
    [({"is_open": True, "is_marked": False}, EVERYTHING), ({"is_marked": False}, NOTHING), ({}, EVERYTHING)],
)
def test_practice_shows_everything_as_soon_as_there_is_something(fields, shown):
    assert what_may_be_shown(facts(Purpose.PRACTICE, **fields)) == shown


def test_no_rule_opens_an_exam_that_goes_on_or_one_whose_next_attempt_does():
    generous = {moment: list(ReviewItem.values) for moment in ReviewMoment.values}

    shown = [
        what_may_be_shown(facts(review=generous, is_open=True, is_marked=False, is_settled=settled, closes_at=closes))
        for settled, closes in product((True, False), (None, START - timedelta(days=1)))
    ]

    assert shown == [NOTHING] * 4
    assert what_may_be_shown(facts(review=generous, is_sitting_again=True)) == MARK


def test_a_moment_that_is_not_ruled_has_the_usual_rule():
    assert rules_of(Purpose.EXAM, {"after": []}) == {"during": NOTHING, "after": NOTHING, "after_window": EVERYTHING}


# --- On the pages ---------------------------------------------------------------


def quiz_of_each_type(purpose, **fields):
    category = CategoryFactory(code=f"R-{purpose}")
    texts = [
        {"type": QuestionType.SHORT_TEXT, "options": (), "accepted": (AcceptedText("tường lửa"),)},
        {"type": QuestionType.NUMBER, "options": (), "accepted": (AcceptedNumber("1.234,5", "0,5"),), "unit": "MB"},
        {"type": QuestionType.MULTIPLE, "scoring": "per_option", "option_percents": (100, -50, 0, 0)},
        {},
    ]
    for number, text in enumerate(texts):
        reviewed_question(category, code=f"R-{purpose}-{number}", purpose=purpose, **text)
    section = SectionFactory(part=PartFactory(quiz=QuizFactory(purpose=purpose, **fields)), category=category, quota=4)
    return publish_quiz(quiz=section.part.quiz)


def put_canaries():
    """A word in the key, the percents and every explanation, as no author could write it into all of them."""
    for version in QuestionVersion.objects.all():
        rows = version.key.get("accepted", [])
        told = {"text": CANARY} if version.type == QuestionType.SHORT_TEXT else {"value": "987654"}
        QuestionVersion.objects.filter(pk=version.pk).update(
            key=version.key | {"note": CANARY} | ({"accepted": [*rows, rows[0] | told]} if rows else {}),
            feedback={
                "general": CANARY,
                "options": {option["id"]: CANARY for option in version.options},
                "accepted": [CANARY] * (len(rows) + 1),
            },
        )


def number_of(attempt, kind):
    return next(item["number"] for item in attempt.paper.items if item["type"] == kind)


def everything_said(client, attempt):
    """Every page and answer that the learner can get out of an attempt, with their headers."""
    number = number_of(attempt, "number")
    said = [client.get(url(name, attempt)) for name in ("attempt", "save", "submit", "result")]
    said += [client.get(url("attempt", attempt), {"cau": n}) for n in range(1, 5)]
    said += [
        client.post(url("attempt", attempt), {"cau": n, f"q{n}": "x", f"s{n}": 10**6 + 7, "go": "check"})
        for n in range(1, 5)
    ]
    said.append(post_save(client, attempt, number=number, response=["1,5"], sequence=10**7))
    said.append(post_save(client, attempt, number=number, response=["2"], sequence=1))
    return [f"{response.headers}{response.content.decode()}" for response in said]


@pytest.mark.django_db
def test_nothing_of_an_exam_is_said_before_its_time(client, learner, host_clock):
    quiz = quiz_of_each_type(Purpose.EXAM, attempts_allowed=2, closes_at=START + timedelta(hours=2))
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    put_canaries()
    client.force_login(learner)

    during = everything_said(client, attempt)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    after = everything_said(client, attempt)
    host_clock.move_to(START + timedelta(hours=2, seconds=31))
    when_over = client.get(url("result", attempt)).text

    assert [text for text in during + after if CANARY in text or "987654" in text or "987.654" in text] == []
    assert when_over.count(CANARY) > 4
    assert "987.654" in when_over


@pytest.mark.django_db
def test_handing_in_nothing_to_see_the_key_shows_none(client, learner, host_clock):
    quiz = quiz_of_each_type(Purpose.EXAM, attempts_allowed=2)
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    put_canaries()
    client.force_login(learner)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    again = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    said = everything_said(client, attempt) + everything_said(client, again)

    assert [text for text in said if CANARY in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("allowed", "has"),
    [
        ([], {"mark": False, "key": False, "feedback": False, "verdict": False}),
        (["mark"], {"mark": True, "key": False, "feedback": False, "verdict": False}),
        (["right_or_wrong"], {"mark": False, "key": False, "feedback": False, "verdict": True}),
        (["feedback"], {"mark": False, "key": False, "feedback": True, "verdict": False}),
        (["key"], {"mark": False, "key": True, "feedback": False, "verdict": False}),
    ],
)
def test_each_thing_is_shown_by_itself(client, learner, host_clock, allowed, has):
    quiz = quiz_of_each_type(Purpose.EXAM, attempts_allowed=1, review={"after_window": allowed})
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    QuestionVersion.objects.update(feedback={"general": CANARY})
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    client.force_login(learner)

    response = client.get(url("result", attempt))

    page, review = response.text, response.context["review"]
    assert {
        "mark": "0,00/10" in page,
        "key": "1.234,5 ± 0,5" in page and "đáp án đúng" in page,
        "feedback": CANARY in page,
        "verdict": [question.verdict for question in review] == ["wrong"] * 4,
    } == has


@pytest.mark.django_db
def test_practice_says_what_is_right_after_a_saved_answer_without_a_script(client, learner, host_clock):
    quiz = quiz_of_each_type(Purpose.PRACTICE)
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    QuestionVersion.objects.update(feedback={"general": CANARY})
    number = number_of(attempt, "number")
    client.force_login(learner)

    before = client.get(url("attempt", attempt), {"cau": number}).text
    checked = client.post(
        url("attempt", attempt), {"cau": number, f"q{number}": "1234", f"s{number}": 1, "go": "check"}
    )
    reloaded = client.get(url("attempt", attempt), {"cau": number}).text

    assert (CANARY in before, "1.234,5 ± 0,5" in before, CANARY in reloaded) == (False, False, False)
    assert (checked.status_code, checked.text.count(CANARY)) == (200, 1)
    assert checked.context["checked"].verdict == "right"
    assert attempt.answers.get(number=number).response == ["1234"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("allowed", "button"),
    [
        (["mark"], None),
        (["right_or_wrong", "key", "feedback"], "Xem đúng hay sai"),
        (["mark", "key"], "Xem đáp án đúng"),
        (["feedback"], "Xem giải thích"),
    ],
)
def test_the_button_of_practice_says_what_it_brings(client, learner, host_clock, allowed, button):
    attempt = start_attempt(
        quiz=quiz_of_each_type(Purpose.PRACTICE, review={"during": allowed}), staff_member=learner.staff_member
    )
    client.force_login(learner)

    page = client.get(url("attempt", attempt)).text

    offered = re.findall(r'<button class="button" name="go" value="check">.*?</svg> (.*?)</button>', page)
    assert set(offered) == ({button} if button else set())


@pytest.mark.django_db
def test_practice_has_no_clock_and_can_be_repeated_from_its_result(client, learner, host_clock):
    quiz = quiz_of_each_type(Purpose.PRACTICE)
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    client.force_login(learner)
    host_clock.shift(timedelta(hours=2))

    still = client.get(url("attempt", attempt))
    client.post(url("submit", attempt))
    again = client.post(reverse("quizzes:again", args=[attempt.pk]))

    assert (still.status_code, "Luyện tập, không tính giờ" in still.text) == (200, True)
    assert again.url == url("attempt", learner.staff_member.attempts.get(number=2))


@pytest.mark.django_db
def test_an_exam_is_not_repeated_from_its_result(client, learner, attempt):
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    client.force_login(learner)

    assert client.post(reverse("quizzes:again", args=[attempt.pk])).status_code == 404
    assert learner.staff_member.attempts.count() == 1


@pytest.mark.django_db
def test_right_and_wrong_numbers_are_acknowledged_alike(client, learner, host_clock):
    attempt = start_attempt(quiz=quiz_of_each_type(Purpose.EXAM), staff_member=learner.staff_member)
    number = number_of(attempt, "number")
    client.force_login(learner)

    right = post_save(client, attempt, number=number, response=["1234,5"], sequence=1)
    wrong = post_save(client, attempt, number=number, response=["4321,5"], sequence=2)

    assert len(right.content) == len(wrong.content)
    assert right.json()["read"] == "Đã hiểu là 1.234,5."


@pytest.mark.django_db
def test_a_typed_answer_is_stored_as_typed_and_shown_again(client, learner, host_clock):
    attempt = start_attempt(quiz=quiz_of_each_type(Purpose.EXAM), staff_member=learner.staff_member)
    number, text = number_of(attempt, "number"), number_of(attempt, "short_text")
    client.force_login(learner)
    client.post(url("attempt", attempt), {"cau": text, f"q{text}": "  Tường  lửa\x00 ", f"s{text}": 1})
    client.post(url("attempt", attempt), {"cau": number, f"q{number}": "1.234", f"s{number}": 1})

    page = client.get(url("attempt", attempt), {"cau": number}).text

    assert attempt.answers.get(number=text).response == ["Tường  lửa"]
    assert ('value="Tường  lửa"' in page, 'value="1.234"' in page, "Đã hiểu là 1.234." in page) == (True,) * 3


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["number", "short_text"])
@pytest.mark.parametrize(("response", "code"), [(["x" * 201], 400), (["a", "b"], 400), ([" \t "], 200), ([], 200)])
def test_too_much_is_refused_and_spaces_are_no_answer(client, learner, host_clock, kind, response, code):
    attempt = start_attempt(quiz=quiz_of_each_type(Purpose.EXAM), staff_member=learner.staff_member)
    number = number_of(attempt, kind)
    client.force_login(learner)

    answered = post_save(client, attempt, number=number, response=response, sequence=5)

    assert answered.status_code == code
    assert attempt.answers.get(number=number).response == []


@pytest.mark.django_db
def test_the_exam_page_is_the_same_whatever_the_key(client, learner, host_clock):
    attempt = start_attempt(quiz=quiz_of_each_type(Purpose.EXAM), staff_member=learner.staff_member)
    client.force_login(learner)

    def form():
        return client.get(url("attempt", attempt)).text.split("<fieldset", 1)[1]

    before = form()
    for version in QuestionVersion.objects.filter(type__in=QuestionType.typed()):
        long = {"text": "rất dài " * 20, "value": "123456789.123", "tolerance": "0.001", "percent": "100"}
        QuestionVersion.objects.filter(pk=version.pk).update(key=version.key | {"accepted": [long] * 5})

    assert form() == before


# --- The window -------------------------------------------------------------------


@pytest.mark.django_db
def test_a_quiz_is_sat_inside_its_window_only(learner, host_clock):
    window = {"opens_at": START + timedelta(minutes=5), "closes_at": START + timedelta(minutes=15)}
    quiz = quiz_of_each_type(Purpose.EXAM, **window)

    with pytest.raises(NotOpenYet):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)
    host_clock.shift(timedelta(minutes=10))
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    host_clock.shift(timedelta(minutes=5))
    with pytest.raises(WindowClosed):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)

    assert attempt.deadline == window["closes_at"]


# --- Parts, sections and points -----------------------------------------------------


@pytest.mark.django_db
def test_several_parts_with_questions_of_different_points_are_marked_and_shown_by_part(client, learner, host_clock):
    quiz = QuizFactory(attempts_allowed=1)
    for position, title in enumerate(("Phần lý thuyết", "Phần tra cứu"), 1):
        category = CategoryFactory(code=f"P{position}")
        for number, points in enumerate((1, 3)):
            kind = {"type": QuestionType.SHORT_TEXT, "options": (), "accepted": (AcceptedText("đúng"),)}
            reviewed_question(category, code=f"P{position}-{number}", points=points, **kind)
        part = PartFactory(quiz=quiz, position=position, title=title)
        SectionFactory(part=part, category=category, quota=2, weighs_questions=position == 1, title=f"Mục {position}")
    attempt = start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member)
    client.force_login(learner)
    for item in attempt.paper.items:
        heavy = QuestionVersion.objects.get(pk=item["version"]).points == 3
        if heavy:
            save_answer(attempt_id=attempt.pk, number=item["number"], response=["đúng"], sequence=1)

    grading = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    page = client.get(url("result", attempt)).text

    assert [(part["mark"], part["passed"]) for part in grading.detail["parts"]] == [("7.50", True), ("5.00", True)]
    assert (str(grading.mark), grading.is_passed) == ("6.67", True)
    assert page.count("phải đạt 5,00") == 2
    assert ("Phần lý thuyết" in page, "7,50" in page, "4,00" in page) == (True, True, True)


def test_of_many_accepted_spellings_the_best_is_named_and_a_few_others():
    spellings = [AcceptedText(f"cách {place}", Decimal(50)) for place in range(1, 7)]
    rows = [{"text": row.text, "percent": str(row.percent)} for row in (*spellings, AcceptedText("tường lửa"))]
    body = ReviewedField(typed="", read="", unit="", accepted=accepted_shown(rows), feedback="")

    page = strip_tags(render_to_string("quizzes/types/typed_reviewed.html", {"question": {"body": body}}))

    assert "Đáp án đúng: tường lửa" in page
    assert " ".join(page.split("hoặc:")[1].split()) == (
        "cách 1 (50 phần trăm số điểm); cách 2 (50 phần trăm số điểm); cách 3 (50 phần trăm số điểm); "
        "và những cách viết khác"
    )


@pytest.mark.django_db
def test_what_an_option_earns_is_said_in_words(client, learner):
    attempt = start_attempt(quiz=quiz_of_each_type(Purpose.PRACTICE), staff_member=learner.staff_member)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    client.force_login(learner)

    page = client.get(url("result", attempt)).content.decode()

    assert [f"<span>{percent} phần trăm số điểm</span>" in page for percent in ("100", "-50", "0")] == [True] * 3
