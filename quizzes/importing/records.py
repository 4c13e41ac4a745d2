"""What stands in a file, before anybody asks whether the bank can hold it. Frozen, and free of our own types."""

from dataclasses import dataclass, field
from decimal import Decimal

from quizzes.importing.notes import Note
from quizzes.office.rubric_lines import Criteria

# Kinds of question, by Moodle's names.
MULTICHOICE, TRUEFALSE, SHORTANSWER, NUMERICAL = "multichoice", "truefalse", "shortanswer", "numerical"
MATCH, ORDERING, ESSAY, DESCRIPTION, CLOZE = "match", "ordering", "essay", "description", "cloze"
# Words to choose, or to drag, into a text: read as the gaps of a cloze.
SELECT_GAPS, DRAG_GAPS = "gapselect", "ddwtos"
SUPPORTED = {MULTICHOICE, TRUEFALSE, SHORTANSWER, NUMERICAL, MATCH, ORDERING, CLOZE, ESSAY}

# What a gap of a text asks for.
TYPED, NUMBER, LIST = "text", "number", "list"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and how it is written: "moodle" (text with some HTML), "html", "plain" or "markdown"."""

    format: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that a question carries: its name without folders, and its base64 text as it stands there."""

    name: str
    base64: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """An option or an accepted answer. ``percent`` is its share of the question's points.

    ``is_marked_right`` and ``weight`` are what a GIFT file wrote ("=" and %50%); numbers have ``low`` and ``high``,
    both inclusive, None for the answer "*" that means anything else.
    """

    text: Formatted
    percent: Decimal
    feedback: Formatted | None = None
    is_marked_right: bool = False
    weight: Decimal | None = None
    value: Decimal | None = None
    tolerance: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    files: tuple[FoundFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPair:
    """What is asked and the answer that belongs to it; an empty ``premise`` makes ``answer`` one that belongs to none.
    The same answer again is the same answer."""

    premise: Formatted
    answer: Formatted
    files: tuple[FoundFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundItem:
    """Something to be put in order."""

    text: Formatted
    files: tuple[FoundFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundGap:
    """A gap of a text: ``asks`` for TYPED, NUMBER or LIST; the answers of a LIST are all that may be chosen, those
    without worth included. ``weight`` is its share beside the other gaps."""

    asks: str
    answers: tuple[FoundAnswer, ...]
    weight: Decimal = Decimal(1)
    is_case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """One question of a file, whether or not the bank can hold it.

    ``title`` is the name its author gave, None where there is none. ``category`` is the path of names it stands
    under. ``problem`` says why it could not even be read. By kind: MATCH has ``pairs``, ORDERING ``items`` in their
    right order (``credit`` "all" or "next", else place by place), CLOZE ``gaps`` that stand in the stem as [[1]],
    [[2]] …, ESSAY what markers are told (``guide``) and the ``criteria`` with the points and words of their levels; a
    file that has no place for these has them among the lines of the guide (``office.rubric_lines``). ``takes_files``
    where a file is handed in instead of a text, for an ``is_practical`` task too; ``task_files`` are given out, None
    where the file does not say. Several right answers or pairs earn by their percents, or with
    ``is_all_or_nothing`` only together.
    """

    kind: str
    line: int
    number: int = 0
    title: str | None = None
    idnumber: str | None = None
    tags: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    stem: Formatted = Formatted("moodle", "")
    is_missing_word: bool = False
    is_single: bool = True
    is_all_or_nothing: bool = False
    right: bool | None = None
    answers: tuple[FoundAnswer, ...] = ()
    true_feedback: Formatted | None = None
    false_feedback: Formatted | None = None
    pairs: tuple[FoundPair, ...] = ()
    items: tuple[FoundItem, ...] = ()
    credit: str = ""
    gaps: tuple[FoundGap, ...] = ()
    guide: Formatted | None = None
    criteria: Criteria = ()
    shows_criteria: bool | None = None
    min_words: int | None = None
    max_words: int | None = None
    # Whether the file has words for such limits: without them nothing is said, and not that there are none.
    says_limits: bool = True
    takes_files: bool = False
    is_practical: bool = False
    task_files: tuple[FoundFile, ...] | None = None
    file_kinds: tuple[str, ...] = ()
    most_megabytes: int | None = None
    general_feedback: Formatted | None = None
    shuffles: bool | None = None
    is_case_sensitive: bool = False
    unit: str = ""
    says_unit: bool = True
    default_grade: Decimal | None = None
    # What only our own formats say; "" where the file does not.
    difficulty: str = ""
    competence: str = ""
    accents: str = ""
    spelling: str = ""
    files: tuple[FoundFile, ...] = ()
    source: str = ""
    problem: Note | None = None
    warnings: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCategory:
    """A line that says where the following questions belong: ``title`` as written, ``path`` the names from the root."""

    line: int
    title: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedFile:
    format: str
    questions: tuple[FoundQuestion, ...] = ()
    categories: tuple[FoundCategory, ...] = ()


def category_path(title: str) -> tuple[str, ...]:
    """The names of a category's path: "$course$/top/A/B" is A, B; "//" is a stroke inside a name."""
    names = [name.replace("\0", "/").strip() for name in title.replace("//", "\0").split("/")]
    if names and names[0].startswith("$") and names[0].endswith("$"):
        names = names[1:]
    if names and names[0] == "top":
        names = names[1:]
    return tuple(" ".join(name.split()) for name in names if name)
