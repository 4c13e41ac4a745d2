"""Questions, blueprints and attempts, made by the services that make them in life."""

import factory

from quizzes.enums import Purpose, QuestionType
from quizzes.models import Category, Part, Question, Quiz, Section
from quizzes.services import QuestionText, create_question, review_question


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    # No code that a test names itself.
    code = factory.Sequence(lambda n: f"IU9{n:03d}")
    name = factory.Sequence(lambda n: f"Nhóm số {n}")


class QuizFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quiz

    code = factory.Sequence(lambda n: f"quiz-{n}")
    title = "Kiểm tra CB-01"
    time_limit = 25


class PartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Part

    quiz = factory.SubFactory(QuizFactory)


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    part = factory.SubFactory(PartFactory)
    category = factory.SubFactory(CategoryFactory)
    quota = 2


def text(stem="Bộ phận nào mất nội dung khi tắt máy?", **fields) -> QuestionText:
    """A question of four options whose first is right."""
    options = (("RAM", True), ("Ổ cứng", False), ("USB", False), ("Màn hình", False))
    return QuestionText(**({"type": QuestionType.SINGLE, "stem": stem, "options": options} | fields))


def reviewed_question(category, *, code, purpose=Purpose.EXAM, **fields) -> Question:
    question = create_question(
        code=code, category=category, text=text(**{"stem": f"Câu {code}?"} | fields), purpose=purpose
    )
    return review_question(question=question)


def fill(category, count, **fields) -> list[Question]:
    """``count`` reviewed questions of ``category``."""
    start = category.questions.count()
    return [
        reviewed_question(category, code=f"{category.code}-{number:03d}", **fields)
        for number in range(start, start + count)
    ]
