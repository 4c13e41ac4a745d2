"""The closed lists of the quiz room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuestionType(TextChoices):
    SINGLE = "single", _("one right answer")
    MULTIPLE = "multiple", _("several right answers")
    TRUE_FALSE = "true_false", _("true or false")
    SHORT_TEXT = "short_text", _("short text")
    NUMBER = "number", _("number")
    MATCHING = "matching", _("matching")
    ORDERING = "ordering", _("putting in order")
    GAPS = "gaps", _("gaps in a text")
    ESSAY = "essay", _("essay")
    FILE = "file", _("file to hand in")
    PRACTICAL = "practical", _("practical task")

    @classmethod
    def typed(cls) -> frozenset[str]:
        """The types that are answered by typing, not by choosing."""
        return frozenset({cls.SHORT_TEXT, cls.NUMBER})

    @classmethod
    def marked_by_people(cls) -> frozenset[str]:
        """The types that no key marks."""
        return frozenset({cls.ESSAY, cls.FILE, cls.PRACTICAL})


class Scoring(TextChoices):
    """What an answer of several parts earns: options that are ticked, pairs, places."""

    ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
    PER_OPTION = "per_option", _("each option has its percent")
    PER_PART = "per_part", _("each right line earns its share")
    PER_NEIGHBOUR = "per_neighbour", _("each right step from a line to the next earns its share")


class GapAsks(TextChoices):
    """How a gap in a text is filled."""

    TEXT = "text", _("typed: a text")
    NUMBER = "number", _("typed: a number")
    LIST = "list", _("chosen from a list")


class Accents(TextChoices):
    EXACT = "exact", _("must be right")
    IGNORE = "ignore", _("do not matter")


class Case(TextChoices):
    IGNORE = "ignore", _("do not matter")
    EXACT = "exact", _("must be right")


class Spelling(TextChoices):
    EXACT = "exact", _("must be right")
    ONE_TYPO = "one_typo", _("one slip in a word of five or more letters is excused")


class QuestionStatus(TextChoices):
    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed")
    RETIRED = "retired", _("retired")


class Purpose(TextChoices):
    """Practice and exam draw from disjoint pools, so that practice never teaches the exam's questions."""

    PRACTICE = "practice", _("practice")
    EXAM = "exam", _("exam")


class Difficulty(TextChoices):
    EASY = "1", _("easy")
    MEDIUM = "2", _("medium")
    HARD = "3", _("hard")


class Counting(TextChoices):
    """Which of somebody's attempts is the result."""

    HIGHEST = "highest", _("the best attempt")
    LAST = "last", _("the last attempt")
    FIRST = "first", _("the first attempt")


class PartKind(TextChoices):
    QUIZ = "quiz", _("questions")
    PRACTICAL = "practical", _("practical task")


class AgreedMark(TextChoices):
    """What counts where two markers differ by more than the quiz allows and a third person has marked."""

    THIRD = "third", _("the third person's mark")
    MEAN = "mean", _("the mean of all three marks")


class ReviewMoment(TextChoices):
    """The rows of a quiz's review rules."""

    DURING = "during", _("while the attempt goes on, after each answer")
    AFTER = "after", _("right after handing in")
    AFTER_WINDOW = "after_window", _("when the test is over for the person")


class ReviewItem(TextChoices):
    """The columns of a quiz's review rules."""

    MARK = "mark", _("the marks")
    RIGHT_OR_WRONG = "right_or_wrong", _("whether an answer is right")
    KEY = "key", _("the right answers")
    FEEDBACK = "feedback", _("the explanations")


class FinishCause(TextChoices):
    SUBMITTED = "submitted", _("handed in")
    TIMER = "timer", _("time was up")
    SWEEPER = "sweeper", _("closed by the system after time was up")
    INVIGILATOR = "invigilator", _("closed by the invigilator")


class EventKind(TextChoices):
    """What the integrity timeline tells of an attempt in a session."""

    STARTED = "started", _("started")
    ANSWER = "answer", _("answer saved")
    LATE_ANSWER = "late_answer", _("answer saved too late")
    AWAY = "away", _("another window was in front")
    BACK = "back", _("back in the exam's window")
    SECOND_TAB = "second_tab", _("a second window of the exam was opened")
    ADDRESS = "address", _("the computer's address changed")
    OTHER_DEVICE = "other_device", _("another computer tried to save")
    TAKEN_OVER = "taken_over", _("goes on at another computer")


class RegradePolicy(TextChoices):
    """What a paper earns that showed a question whose key was wrong."""

    FULL = "full", _("full marks to everybody who was shown it")
    BOTH = "both", _("accept the old and the new key: the better one counts")
    AGAIN = "again", _("mark again by the new key")

    @classmethod
    def by_key(cls) -> frozenset[str]:
        """Those that ask the corrected key."""
        return frozenset({cls.BOTH, cls.AGAIN})
