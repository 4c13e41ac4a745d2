from quizzes.models.accommodations import Accommodation
from quizzes.models.attempts import Answer, Attempt, Grading, Paper
from quizzes.models.bank import Category, Question, QuestionVersion, Tag
from quizzes.models.imports import QuestionImport, QuestionPicture
from quizzes.models.quizzes import Part, Quiz, Section
from quizzes.models.regrades import Regrade
from quizzes.models.scripts import AnswerFile, Script, ScriptMark
from quizzes.models.sessions import (
    BoardDecision,
    ExamSession,
    FurtherDecision,
    Incident,
    IntegrityEvent,
    PreparedPaper,
    ResponseFile,
    ReviewRequest,
    Seat,
)

__all__ = [
    "Accommodation",
    "Answer",
    "AnswerFile",
    "Attempt",
    "BoardDecision",
    "FurtherDecision",
    "Category",
    "ExamSession",
    "Grading",
    "Incident",
    "IntegrityEvent",
    "Paper",
    "Part",
    "PreparedPaper",
    "Question",
    "QuestionImport",
    "QuestionPicture",
    "QuestionVersion",
    "Quiz",
    "ResponseFile",
    "ReviewRequest",
    "Seat",
    "Regrade",
    "Script",
    "ScriptMark",
    "Section",
    "Tag",
]
