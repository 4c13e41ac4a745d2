from quizzes.models.attempts import Answer, Attempt, Grading, Paper
from quizzes.models.bank import Category, Question, QuestionVersion, Tag
from quizzes.models.imports import QuestionImport, QuestionPicture
from quizzes.models.quizzes import Part, Quiz, Section

__all__ = [
    "Answer",
    "Attempt",
    "Category",
    "Grading",
    "Paper",
    "Part",
    "Question",
    "QuestionImport",
    "QuestionPicture",
    "QuestionVersion",
    "Quiz",
    "Section",
    "Tag",
]
