"""What may be published, and what is drawn from it."""

import random

import pytest

from quizzes.drawing import draw
from quizzes.enums import PartKind, Purpose
from quizzes.errors import BlueprintIncomplete, PoolTooSmall
from quizzes.models import Question, Quiz
from quizzes.services import publish_quiz, unpublish_quiz
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill, reviewed_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def part():
    return PartFactory()


def test_a_quiz_with_too_small_a_pool_is_not_published(part):
    category = CategoryFactory(code="IU03")
    fill(category, 2)
    SectionFactory(part=part, category=category, quota=6, title="Mục 3")

    with pytest.raises(PoolTooSmall) as refused:
        publish_quiz(quiz=part.quiz)

    assert "IU03" in str(refused.value)
    assert "4" in str(refused.value)
    assert Quiz.objects.get().published_at is None


def test_sections_that_share_a_category_are_counted_together(part):
    category = CategoryFactory()
    fill(category, 3)
    SectionFactory.create_batch(2, part=part, category=category, quota=2)

    with pytest.raises(PoolTooSmall):
        publish_quiz(quiz=part.quiz)


def test_a_wide_section_leaves_the_narrow_one_its_questions(part):
    wide = CategoryFactory()
    narrow = CategoryFactory(parent=wide)
    fill(wide, 1)
    fill(narrow, 2)
    wide_section = SectionFactory(part=part, category=wide, quota=1)
    SectionFactory(part=part, category=narrow, quota=2)
    publish_quiz(quiz=part.quiz)

    papers = [draw(part.quiz)[0] for _ in range(20)]

    assert [len({item["version"] for item in items}) for items in papers] == [3] * 20
    chosen = {item["version"] for items in papers for item in items if item["section"] == wide_section.pk}
    assert chosen == {wide.questions.get().current_id}


def test_practice_questions_and_drafts_are_no_pool_for_an_exam(part):
    category = CategoryFactory()
    reviewed_question(category, code="practice", purpose=Purpose.PRACTICE)
    question = reviewed_question(category, code="draft")
    Question.objects.filter(pk=question.pk).update(status="draft")
    SectionFactory(part=part, category=category, quota=1)

    with pytest.raises(PoolTooSmall):
        publish_quiz(quiz=part.quiz)


@pytest.mark.parametrize("kind", [PartKind.QUIZ, PartKind.PRACTICAL])
def test_a_part_that_nobody_can_mark_is_not_published(kind):
    part = PartFactory(kind=kind)

    with pytest.raises(BlueprintIncomplete):
        publish_quiz(quiz=part.quiz)


def test_a_quiz_without_parts_is_not_published():
    with pytest.raises(BlueprintIncomplete):
        publish_quiz(quiz=QuizFactory())


def test_publishing_twice_keeps_the_first_moment_and_unpublishing_closes(quiz):
    again = publish_quiz(quiz=quiz)

    assert again.published_at == quiz.published_at
    assert unpublish_quiz(quiz=quiz).published_at is None


@pytest.mark.parametrize("seed", range(20))
def test_every_publishable_tree_can_be_drawn_with_its_quotas_and_without_repeats(part, seed):
    """Random trees filled to exactly what they ask: the tightest case the rule lets through."""
    chance = random.Random(seed)
    categories = [CategoryFactory()]
    for _ in range(5):
        categories.append(CategoryFactory(parent=chance.choice([*categories, None])))
    for category in categories:
        quota = chance.randint(0, 3)
        if quota:
            fill(category, quota)
            SectionFactory(part=part, category=category, quota=quota)
    if not part.sections.exists():
        fill(categories[0], 1)
        SectionFactory(part=part, category=categories[0], quota=1)
    publish_quiz(quiz=part.quiz)

    items, _blueprint = draw(part.quiz)

    drawn = {section: sum(item["section"] == section.pk for item in items) for section in part.sections.all()}
    assert drawn == {section: section.quota for section in part.sections.all()}
    assert len({item["version"] for item in items}) == len(items)
