"""What a paper is made of: tags, mixes of difficulty, questions not met before, limits of showings."""

from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.drawing import draw
from quizzes.enums import FinishCause, Purpose
from quizzes.errors import PoolTooSmall
from quizzes.models import Question, Tag
from quizzes.services import (
    describe_question,
    finalise,
    offers_for,
    publish_quiz,
    review_question,
    revise_question,
    start_attempt,
)
from quizzes.slots import mixed
from tests.factories.quizzes import (
    CategoryFactory,
    PartFactory,
    QuizFactory,
    SectionFactory,
    fill,
    reviewed_question,
    text,
)
from tests.factories.staff import StaffMemberFactory

pytestmark = pytest.mark.django_db

MIX = {"easy_percent": 50, "medium_percent": 30, "hard_percent": 20}


@pytest.fixture
def category():
    return CategoryFactory(code="IU01")


@pytest.fixture
def part():
    return PartFactory()


def section_of(part, category, *, tags=(), **fields):
    section = SectionFactory(part=part, category=category, **fields)
    section.tags.set(Tag.objects.filter(name__in=tags))
    return section


def tagged(questions, *tags):
    for question in questions:
        describe_question(question=question, tags=tags)
    return questions


def drawn(quiz, **asked):
    return [item["version"] for item in draw(quiz, **asked)[0]]


def versions(questions):
    return {question.current_id for question in questions}


@pytest.mark.parametrize(
    ("quota", "mix", "shares"),
    [
        (8, (50, 30, 20), (4, 2, 2)),
        (10, (50, 30, 20), (5, 3, 2)),
        (1, (34, 33, 33), (1, 0, 0)),
        (5, (50, 50, 0), (3, 2, 0)),
        (7, (0, 0, 100), (0, 0, 7)),
    ],
)
def test_a_mix_is_drawn_in_whole_questions(quota, mix, shares):
    assert mixed(quota, dict(zip("123", mix, strict=True))) == dict(zip("123", shares, strict=True))


@given(st.integers(1, 200), st.integers(0, 100), st.integers(0, 100))
def test_shares_add_up_and_are_less_than_one_question_off(quota, easy, medium):
    medium = min(medium, 100 - easy)
    mix = {"1": easy, "2": medium, "3": 100 - easy - medium}

    shares = mixed(quota, mix)

    assert sum(shares.values()) == quota
    assert all(abs(shares[key] * 100 - quota * percent) < 100 for key, percent in mix.items())


def test_a_section_draws_its_mix_of_difficulty(part, category):
    for difficulty in "123":
        fill(category, 6, difficulty=difficulty)
    section_of(part, category, quota=8, **MIX)
    publish_quiz(quiz=part.quiz)

    found = Question.objects.filter(current__in=drawn(part.quiz)).values_list("current__difficulty", flat=True)

    assert Counter(found) == {"1": 4, "2": 2, "3": 2}


def test_a_section_draws_only_what_carries_all_its_tags(part, category):
    both = tagged(fill(category, 2), "mật khẩu", "thư rác")
    tagged(fill(category, 3), "mật khẩu")
    section_of(part, category, quota=2, tags=["mật khẩu", "thư rác"])
    publish_quiz(quiz=part.quiz)

    assert {frozenset(drawn(part.quiz)) for _ in range(10)} == {frozenset(versions(both))}


def test_a_missing_difficulty_is_named(part, category):
    fill(category, 9, difficulty="1")
    fill(category, 9, difficulty="2")
    tagged(fill(category, 1, difficulty="3"), "thư rác")
    section_of(part, category, quota=8, title="Mục 1", **MIX)

    with pytest.raises(PoolTooSmall) as refused:
        publish_quiz(quiz=part.quiz)

    assert str(refused.value) == "Chưa đủ câu hỏi trong nhóm IU01, khó: còn thiếu 1 (mục “Mục 1”)."
    assert [(offer.words, offer.asked, offer.there) for offer in offers_for(part.quiz)] == [
        ("IU01, dễ", 4, 9),
        ("IU01, trung bình", 2, 9),
        ("IU01, khó", 2, 1),
    ]


def test_sections_that_overlap_by_tags_are_refused_together_and_named(part, category):
    tagged(fill(category, 3), "a", "b")
    tagged(fill(category, 1), "a")
    section_of(part, category, quota=3, tags=["a"], title="Mục A")
    section_of(part, category, quota=2, tags=["b"], title="Mục B")

    with pytest.raises(PoolTooSmall) as refused:
        publish_quiz(quiz=part.quiz)

    assert "Mục A" in str(refused.value)
    assert "Mục B" in str(refused.value)
    assert "thiếu 1" in str(refused.value)


def test_overlapping_sections_that_fit_only_one_way_are_always_drawn(part, category):
    """Drawing one section after the other would fail two times in three."""
    only_a, only_b = tagged(fill(category, 1), "a"), tagged(fill(category, 1), "b")
    tagged(fill(category, 1), "a", "b")
    section_a = section_of(part, category, quota=1, tags=["a"])
    section_of(part, category, quota=1, tags=["b"])
    section_of(part, category, quota=1)
    publish_quiz(quiz=part.quiz)

    papers = [draw(part.quiz)[0] for _ in range(30)]

    assert [len({item["version"] for item in items}) for items in papers] == [3] * 30
    of_a = {item["version"] for items in papers for item in items if item["section"] == section_a.pk}
    assert only_b[0].current_id not in of_a
    assert only_a[0].current_id in of_a


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_published_can_be_drawn_and_what_cannot_be_drawn_is_refused(db, data):
    """Random tags, difficulties and quotas: the refusal and the drawing never disagree."""
    category = CategoryFactory()
    for number in range(data.draw(st.integers(3, 10))):
        question = reviewed_question(
            category, code=f"{category.code}-{number}", difficulty=data.draw(st.sampled_from("123"))
        )
        describe_question(question=question, tags=data.draw(st.lists(st.sampled_from("abc"), max_size=3)))
    part = PartFactory(quiz=QuizFactory())
    for _ in range(data.draw(st.integers(1, 4))):
        section = section_of(
            part, category, quota=data.draw(st.integers(1, 3)), **data.draw(st.sampled_from([{}, MIX]))
        )
        section.tags.set(Tag.objects.filter(name__in=data.draw(st.lists(st.sampled_from("abc"), max_size=2))))
    try:
        publish_quiz(quiz=part.quiz)
    except PoolTooSmall:
        with pytest.raises(PoolTooSmall):
            draw(part.quiz)
        return

    items, _blueprint = draw(part.quiz)

    sections = list(part.sections.all())
    assert Counter(item["section"] for item in items) == {section.pk: section.quota for section in sections}
    assert len({item["version"] for item in items}) == len(items)
    carried = {
        question.current_id: set(question.tags.values_list("pk", flat=True)) for question in category.questions.all()
    }
    wanted = {section.pk: set(section.tags.values_list("pk", flat=True)) for section in sections}
    assert all(wanted[item["section"]] <= carried[item["version"]] for item in items)


def test_a_second_paper_asks_what_the_person_has_not_met(part, category):
    fill(category, 5)
    section_of(part, category, quota=2)
    quiz = publish_quiz(quiz=part.quiz)
    person = StaffMemberFactory()
    met = []
    for _ in range(2):
        attempt = start_attempt(quiz=quiz, staff_member=person)
        met += [item["version"] for item in attempt.paper.items]
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    third = drawn(quiz, staff_member=person)

    assert len(set(met)) == 4
    assert len(set(third) - set(met)) == 1


def test_a_new_version_of_a_question_was_met_all_the_same(part, category):
    fill(category, 2)
    section_of(part, category, quota=1)
    quiz = publish_quiz(quiz=part.quiz)
    person = StaffMemberFactory()
    attempt = start_attempt(quiz=quiz, staff_member=person)
    question = Question.objects.get(current=attempt.paper.items[0]["version"])
    revise_question(question=question, text=text("Viết lại?"))
    review_question(question=question)
    question.refresh_from_db()

    assert question.current_id not in {version for _ in range(10) for version in drawn(quiz, staff_member=person)}


def test_a_preview_uses_nothing_up(part, category):
    fill(category, 2)
    section_of(part, category, quota=1)
    quiz = publish_quiz(quiz=part.quiz)
    person = StaffMemberFactory()
    start_attempt(quiz=quiz, staff_member=person, is_preview=True)

    assert len({version for _ in range(40) for version in drawn(quiz, staff_member=person)}) == 2


def test_with_a_limit_of_showings_questions_are_drawn_evenly(part, category):
    fill(category, 6)
    section_of(part, category, quota=2)
    part.quiz.exposure_limit = 2
    part.quiz.save()
    quiz = publish_quiz(quiz=part.quiz)
    shown = Counter()
    for _ in range(6):
        attempt = start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
        shown.update(item["version"] for item in attempt.paper.items)

    assert shown == dict.fromkeys(versions(category.questions.all()), 2)


def test_a_worn_out_question_is_drawn_only_where_nothing_else_is_left(part, category, host_clock):
    worn, fresh = fill(category, 2)
    section_of(part, category, quota=1)
    part.quiz.exposure_limit, part.quiz.exposure_days = 1, 30
    part.quiz.save()
    quiz = publish_quiz(quiz=part.quiz)
    Question.objects.filter(pk=fresh.pk).update(status="draft")
    start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
    nothing_else = drawn(quiz)
    Question.objects.filter(pk=fresh.pk).update(status="reviewed")
    within = {tuple(drawn(quiz)) for _ in range(10)}
    # Somebody who has met the fresh one still gets it rather than the worn one.
    host_clock.shift(timedelta(days=31))
    after = {tuple(drawn(quiz)) for _ in range(40)}

    assert nothing_else == [worn.current_id]
    assert within == {(fresh.current_id,)}
    assert after == {(fresh.current_id,), (worn.current_id,)}


def test_authors_are_told_when_a_pool_is_worn_out(client, admin, part, category, host_clock):
    fill(category, 2)
    section_of(part, category, quota=1)
    part.quiz.exposure_limit = 1
    part.quiz.save()
    quiz = publish_quiz(quiz=part.quiz)
    client.force_login(admin)
    told = []
    for _ in range(3):
        page = client.get(reverse("quizzes_cms:quiz", args=[quiz.pk])).text
        told.append(([(offer.worn, offer.is_worn_out) for offer in offers_for(quiz)], "dùng quá nhiều" in page))
        start_attempt(quiz=quiz, staff_member=StaffMemberFactory())

    assert told == [([(0, False)], False), ([(1, False)], False), ([(2, True)], True)]


def test_practice_wears_no_exam_question_out(part, category):
    practice = QuizFactory(purpose=Purpose.PRACTICE)
    section_of(PartFactory(quiz=practice), category, quota=1)
    fill(category, 1, purpose=Purpose.PRACTICE)
    fill(category, 1)
    section_of(part, category, quota=1)

    assert set(drawn(practice)) & set(drawn(part.quiz)) == set()


def test_taking_away_what_a_published_quiz_draws_by_is_refused(part, category):
    (question,) = tagged(fill(category, 1, difficulty="3"), "a")
    section_of(part, category, quota=1, tags=["a"], easy_percent=0, medium_percent=0, hard_percent=100)
    publish_quiz(quiz=part.quiz)
    revise_question(question=question, text=text("Dễ hơn?", difficulty="1"))

    with pytest.raises(PoolTooSmall):
        describe_question(question=question, tags=["b"])
    with pytest.raises(PoolTooSmall):
        review_question(question=question)

    question.refresh_from_db()
    assert [tag.name for tag in question.tags.all()] == ["a"]
    assert question.current.difficulty == "3"


def test_the_paper_remembers_tags_and_mix(part, category):
    tagged(fill(category, 1, difficulty="1"), "a")
    section_of(part, category, quota=1, tags=["a"], easy_percent=100, medium_percent=0, hard_percent=0)
    attempt = start_attempt(quiz=publish_quiz(quiz=part.quiz), staff_member=StaffMemberFactory())
    attempt.refresh_from_db()

    section = attempt.paper.blueprint["parts"][0]["sections"][0]
    assert (section["tags"], section["mix"]) == (["a"], {"1": 100, "2": 0, "3": 0})
