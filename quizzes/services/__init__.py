"""The verbs of this room."""

from quizzes.errors import (
    AttemptFinished,
    BlueprintIncomplete,
    DeadlineRefused,
    NoAttemptsLeft,
    NotOpenYet,
    PoolTooSmall,
    QuestionRefused,
    QuizError,
    QuizNotPublished,
    ResponseRefused,
    TimeNotUp,
    WindowClosed,
)
from quizzes.question_text import AcceptedNumber, AcceptedText, QuestionText
from quizzes.services.attempts import start_attempt
from quizzes.services.bank import (
    create_question,
    move_question,
    restore_question,
    retire_question,
    review_question,
    revise_question,
)
from quizzes.services.blueprints import check_blueprint, publish_quiz, unpublish_quiz
from quizzes.services.deadlines import move_deadline
from quizzes.services.describing import describe_question, hand_over_question
from quizzes.services.marking import finalise
from quizzes.services.saving import SaveResult, save_answer

__all__ = [
    "AcceptedNumber",
    "AcceptedText",
    "AttemptFinished",
    "BlueprintIncomplete",
    "DeadlineRefused",
    "NoAttemptsLeft",
    "NotOpenYet",
    "PoolTooSmall",
    "QuestionRefused",
    "QuestionText",
    "QuizError",
    "QuizNotPublished",
    "ResponseRefused",
    "SaveResult",
    "TimeNotUp",
    "WindowClosed",
    "check_blueprint",
    "create_question",
    "describe_question",
    "finalise",
    "hand_over_question",
    "move_deadline",
    "move_question",
    "publish_quiz",
    "restore_question",
    "retire_question",
    "review_question",
    "revise_question",
    "save_answer",
    "start_attempt",
    "unpublish_quiz",
]
