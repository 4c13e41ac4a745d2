"""A quiz that people mark: an essay of 4 points, a practical part, two choices; and those who mark it."""

import pytest

from quizzes.enums import PartKind, QuestionType
from quizzes.services import publish_quiz
from quizzes.types.by_people import Criterion, Level
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
from tests.factories.staff import UserFactory

CRITERIA = (
    Criterion("Nội dung", (Level("3", "đủ ý"), Level("1,5", "thiếu ý"), Level("0", "lạc đề"))),
    Criterion("Đúng thể thức", (Level("1"),)),
)
ESSAY = {"type": QuestionType.ESSAY, "options": (), "criteria": CRITERIA, "max_words": 200}
PRACTICAL = {"type": QuestionType.PRACTICAL, "options": (), "criteria": CRITERIA, "kinds": ("docx", "pdf")}


@pytest.fixture
def marker(db):
    return UserFactory(full_name="Lý Văn Chấm", staff_code="CB0001")


@pytest.fixture
def second_marker(db):
    return UserFactory(full_name="Võ Thị Xét", staff_code="CB0002")


@pytest.fixture
def reconciler(db):
    return UserFactory(full_name="Đỗ Văn Ba", staff_code="CB0003")


@pytest.fixture
def essay_quiz(marker):
    """One section of two choices, one with the essay."""
    choices, essays = CategoryFactory(code="TN"), CategoryFactory(code="TL")
    fill(choices, 2)
    fill(essays, 1, **ESSAY)
    quiz = QuizFactory(attempts_allowed=2)
    part = PartFactory(quiz=quiz, title="Bài thi")
    SectionFactory(part=part, category=choices, quota=2, floor_mark="0", title="Trắc nghiệm", position=1)
    SectionFactory(part=part, category=essays, quota=1, floor_mark="0", title="Tự luận", position=2)
    quiz.markers.add(marker)
    return publish_quiz(quiz=quiz)


@pytest.fixture
def two_markers(essay_quiz, second_marker, reconciler):
    """The same, marked by two people, whose marks may differ by 1 of 10."""
    essay_quiz.markers.add(second_marker)
    essay_quiz.reconcilers.add(reconciler)
    essay_quiz.needs_second_marking = True
    essay_quiz.save()
    return essay_quiz


@pytest.fixture
def practical_quiz(marker):
    """A part of two choices and a practical part of one task."""
    choices, tasks = CategoryFactory(code="TN"), CategoryFactory(code="TH")
    fill(choices, 2)
    fill(tasks, 1, **PRACTICAL)
    quiz = QuizFactory(attempts_allowed=3)
    SectionFactory(part=PartFactory(quiz=quiz, title="Lý thuyết", position=1), category=choices, floor_mark="0")
    practical = PartFactory(quiz=quiz, title="Thực hành", position=2, kind=PartKind.PRACTICAL)
    SectionFactory(part=practical, category=tasks, quota=1, floor_mark="0", title="Soạn văn bản")
    quiz.markers.add(marker)
    return publish_quiz(quiz=quiz)
