"""Questions that people mark: an essay, a file to hand in, a practical task with files to start from.

Key: {"criteria": [{"id", "title", "levels": [{"points", "words"}]}], "guide"}; a criterion with one level is a point of
a checklist, ticked or not. Task: {"min_words", "max_words"} of an essay; {"kinds", "most_megabytes"} of a file, and
"files": [{"sha256", "name", "size"}] that are given out; "criteria" (without ids) where learners may see the rubric
beforehand. A response holds the one text, its lines kept, or the hash of the one file that counts.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quizzes.enums import QuestionType, ReviewItem
from quizzes.errors import FileRefused, QuestionRefused, ResponseRefused
from quizzes.file_kinds import EXTENSIONS, LARGEST_MEGABYTES, MEGABYTE, file_name, kinds_words, refuse_other_kinds
from quizzes.reading import for_reader, plain
from quizzes.types.exact import NOTHING, exact_number
from quizzes.types.kind import Kind, Parted, line, refuse_response
from quizzes.types.typed import refuse_long
from staff.vietnamese import nfc

MAX_CRITERIA = 30
MAX_LEVELS = 10
MAX_ESSAY_LENGTH = 30_000
MAX_TASK_FILES = 10
MOST_POINTS = Decimal(1000)
USUAL_KINDS = ("docx", "xlsx", "pptx", "odt", "ods", "odp", "pdf")
USUAL_MEGABYTES = 10
_HASH = re.compile(r"[0-9a-f]{64}")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion and the points that it earns."""

    points: Decimal
    words: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a marker looks at. With one level it is ticked or not."""

    title: str
    levels: tuple[Level, ...]

    @property
    def of(self) -> Decimal:
        return max((level.points for level in self.levels), default=NOTHING)

    @property
    def is_tick(self) -> bool:
        return len(self.levels) == 1


@dataclass(frozen=True, slots=True)
class TaskFile:
    """A file that is given out with the question."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownTask:
    """``limits`` says in words what is asked of the answer; ``criteria`` are empty unless learners may see them."""

    text: str
    sha256: str
    limits: str
    read: str
    kinds: str
    accepts: str
    most_megabytes: int
    files: tuple[TaskFile, ...]
    criteria: tuple[Criterion, ...]
    max_length: int = MAX_ESSAY_LENGTH


@dataclass(frozen=True, slots=True)
class ReviewedTask:
    text: str
    sha256: str
    files: tuple[TaskFile, ...]


class MarkedByPeople(Kind):
    is_marked_by_people = True
    review_template = "quizzes/types/by_people_reviewed.html"

    def cleaned(self, author, text):
        return replace(
            text,
            criteria=cleaned_criteria(author.criteria),
            shows_criteria=bool(author.shows_criteria),
            guide=several_lines(author.guide)[:10_000],
        )

    def words(self, text):
        return (criterion.title for criterion in text.criteria)

    def fields(self, text):
        shown = _("yes") if text.shows_criteria else _("no")
        return [(_("Learners see the criteria beforehand"), shown), (_("Guide for markers"), text.guide or "–")]

    def rows(self, text):
        return [(_("Criteria"), [line(one.title, *map(level_line, one.levels)) for one in text.criteria])]

    def parted(self, text):
        rows = [{"id": secrets.token_hex(8)} | _criterion_row(criterion) for criterion in text.criteria]
        task = self._task(text)
        if text.shows_criteria:
            task["criteria"] = [_criterion_row(criterion) for criterion in text.criteria]
        return Parted([], {"criteria": rows, "guide": text.guide}, {}, task)

    def _task(self, text) -> dict:
        raise NotImplementedError

    def joined(self, version, text):
        return replace(
            text,
            criteria=criteria_of(version.key["criteria"]),
            shows_criteria="criteria" in version.task,
            guide=version.key.get("guide", ""),
        )

    def frozen(self, version, random):
        return {"options": [], "task": version.task}

    def without_words(self, item):
        return {"options": [], "task": {name: value for name, value in item["task"].items() if name != "criteria"}}

    def texts(self, item):
        return ()

    def earned(self, key, response, unit=""):
        raise TypeError("no key marks this question")

    def shown(self, item, response):
        task = item["task"]
        kinds = task.get("kinds", ())
        return ShownTask(
            text="" if self.takes_file else "".join(response),
            sha256="".join(response) if self.takes_file else "",
            limits=self.limits(task),
            read=self.reading(item, response) or "",
            kinds=kinds_words(kinds),
            accepts=",".join(f".{kind}" for kind in kinds),
            most_megabytes=task.get("most_megabytes", 0),
            files=files_of(task),
            criteria=criteria_of(task.get("criteria", ())),
        )

    def limits(self, task: dict) -> str:
        """What is asked of the answer, in words; empty where everything goes."""
        return ""

    def reviewed(self, item, version, response, shown):
        return ReviewedTask(
            text="" if self.takes_file else "".join(response),
            sha256="".join(response) if self.takes_file else "",
            files=files_of(item["task"]) if ReviewItem.KEY in shown else (),
        )


class Essay(MarkedByPeople):
    type = QuestionType.ESSAY
    how_to_answer = gettext_lazy("write a text")
    answer_template = "quizzes/types/essay.html"

    def cleaned(self, author, text):
        fewest, most = (_words_limit(value) for value in (author.min_words, author.max_words))
        if fewest and most and fewest > most:
            raise QuestionRefused(_("The fewest words are more than the most words."))
        return replace(super().cleaned(author, text), min_words=fewest, max_words=most)

    def fields(self, text):
        return [(_("Words"), _limits(text.min_words, text.max_words) or "–"), *super().fields(text)]

    def _task(self, text):
        return {"min_words": text.min_words, "max_words": text.max_words}

    def joined(self, version, text):
        task = version.task
        return replace(super().joined(version, text), min_words=task["min_words"], max_words=task["max_words"])

    def limits(self, task):
        return _limits(task["min_words"], task["max_words"])

    def checked(self, item, response):
        """The one text in NFC, its lines kept; nothing where only spaces were typed. Too many words are told, not
        refused: a marker judges them."""
        if len(response) > 1:
            raise ResponseRefused(_("Type one answer only."))
        text = several_lines("".join(response))
        refuse_long(item, text, MAX_ESSAY_LENGTH)
        return [text] if text else []

    def reading(self, item, response):
        count = len("".join(response).split())
        said = ngettext("%(count)d word so far.", "%(count)d words so far.", count) % {"count": count}
        most = item["task"]["max_words"]
        if most and count > most:
            over = ngettext("%(count)d word too many.", "%(count)d words too many.", count - most)
            said = f"{said} {over % {'count': count - most}}"
        return said


class HandedIn(MarkedByPeople):
    type = QuestionType.FILE
    how_to_answer = gettext_lazy("hand in a file")
    answer_template = "quizzes/types/file.html"
    takes_file = True

    def cleaned(self, author, text):
        kinds = tuple(kind for kind in EXTENSIONS if kind in (author.kinds or USUAL_KINDS))
        if not kinds:
            raise QuestionRefused(_("Choose at least one kind of file."))
        megabytes = author.most_megabytes or USUAL_MEGABYTES
        if not isinstance(megabytes, int) or not 1 <= megabytes <= LARGEST_MEGABYTES:
            raise QuestionRefused(_("A file may have between 1 and %(most)d MB.") % {"most": LARGEST_MEGABYTES})
        files = self._cleaned_files(author)
        return replace(super().cleaned(author, text), kinds=kinds, most_megabytes=megabytes, files=files)

    def _cleaned_files(self, author) -> tuple[TaskFile, ...]:
        if len(author.files) > MAX_TASK_FILES:
            raise QuestionRefused(_("Give out at most %(most)d files.") % {"most": MAX_TASK_FILES})
        return tuple(author.files)

    def fields(self, text):
        size = _("at most %(most)d MB") % {"most": text.most_megabytes}
        return [(_("Files that are accepted"), line(kinds_words(text.kinds), size)), *super().fields(text)]

    def rows(self, text):
        return [(_("Files that are given out"), [row.name for row in text.files]), *super().rows(text)]

    def _task(self, text):
        return {
            "kinds": list(text.kinds),
            "most_megabytes": text.most_megabytes,
            "files": [{"sha256": row.sha256, "name": row.name, "size": row.size} for row in text.files],
        }

    def joined(self, version, text):
        task = version.task
        return replace(
            super().joined(version, text),
            kinds=tuple(task["kinds"]),
            most_megabytes=task["most_megabytes"],
            files=files_of(task),
        )

    def limits(self, task):
        return _("One file: %(kinds)s, at most %(most)d MB.") % {
            "kinds": kinds_words(task["kinds"]),
            "most": task["most_megabytes"],
        }

    def checked(self, item, response):
        """The hash of a file; whether it was handed in for this attempt is known where the file is kept."""
        response = list(filter(None, response))
        if len(response) > 1 or not all(_HASH.fullmatch(part) for part in response):
            raise refuse_response(item)
        return response


class Practical(HandedIn):
    type = QuestionType.PRACTICAL
    how_to_answer = gettext_lazy("do the task and hand in your file")


# --- Criteria ---------------------------------------------------------------------------


def criteria_of(rows) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(row["title"], tuple(Level(Decimal(level["points"]), level["words"]) for level in row["levels"]))
        for row in rows
    )


def points_of(key: dict) -> Decimal:
    """All the points that the criteria of a key give together."""
    return sum((criterion.of for criterion in criteria_of(key["criteria"])), NOTHING)


def points_chosen(key: dict, chosen: dict[str, int]) -> Decimal | None:
    """The points of the levels that were chosen; None while a criterion with several levels has none chosen.

    What is not ticked of a checklist earns nothing.
    """
    total = NOTHING
    for row in key["criteria"]:
        place = chosen.get(row["id"])
        if place is None:
            if len(row["levels"]) > 1:
                return None
            continue
        total += Decimal(row["levels"][place]["points"])
    return total


def checked_choice(key: dict, chosen: dict) -> dict[str, int]:
    """What of ``chosen`` the criteria offer: nothing else is stored."""
    offered = {row["id"]: len(row["levels"]) for row in key["criteria"]}
    return {id: place for id, place in chosen.items() if id in offered and place in range(offered[id])}


def judged_lines(key: dict, chosen: dict) -> tuple[str, ...]:
    """Each criterion with what was earned: Nội dung: 1,5 (thiếu ý)."""
    return tuple(_judged(row, chosen.get(row["id"])) for row in key["criteria"])


def _judged(row: dict, place: int | None) -> str:
    if place is None:
        return f"{row['title']}: 0"
    level = row["levels"][place]
    words = f" ({level['words']})" if level["words"] else ""
    return f"{row['title']}: {for_reader(Decimal(level['points']))}{words}"


def files_of(task: dict) -> tuple[TaskFile, ...]:
    return tuple(TaskFile(row["sha256"], row["name"], row["size"]) for row in task.get("files", ()))


def task_file_of(name: str, content: bytes) -> TaskFile:
    """What a question names of a file that it gives out. Raises QuestionRefused for what no learner should open."""
    name = file_name(name)
    try:
        refuse_other_kinds(name, content, kinds=EXTENSIONS, most_bytes=LARGEST_MEGABYTES * MEGABYTE)
    except FileRefused as error:
        raise QuestionRefused(str(error)) from error
    return TaskFile(sha256(content).hexdigest(), name, len(content))


def cleaned_criteria(criteria) -> tuple[Criterion, ...]:
    rows = tuple(
        Criterion(nfc(str(row.title)), tuple(Level(_points(level.points), nfc(level.words)) for level in row.levels))
        for row in criteria
    )
    if not rows:
        raise QuestionRefused(_("Give at least one criterion by which people mark the answer."))
    if len(rows) > MAX_CRITERIA or any(len(row.levels) > MAX_LEVELS for row in rows):
        raise QuestionRefused(
            _("Give at most %(criteria)d criteria of at most %(levels)d levels.")
            % {"criteria": MAX_CRITERIA, "levels": MAX_LEVELS}
        )
    for row in rows:
        if not row.title or not row.levels:
            raise QuestionRefused(_("A criterion needs words and at least one level with its points."))
        if len({level.points for level in row.levels}) < len(row.levels):
            raise QuestionRefused(_("Two levels of “%(title)s” earn the same.") % {"title": row.title})
        if not row.of:
            raise QuestionRefused(_("“%(title)s” earns nothing at any level.") % {"title": row.title})
    return tuple(Criterion(row.title, tuple(sorted(row.levels, key=lambda level: -level.points))) for row in rows)


def _points(value) -> Decimal:
    points = exact_number(value)
    if not 0 <= points <= MOST_POINTS or points != points.quantize(_CENT):
        raise QuestionRefused(_("Points of a level are between 0 and 1000, with two decimals at most."))
    return Decimal(plain(points))


def _criterion_row(criterion: Criterion) -> dict:
    levels = [{"points": plain(level.points), "words": level.words} for level in criterion.levels]
    return {"title": criterion.title, "levels": levels}


def level_line(level: Level) -> str:
    """2: complete"""
    points = for_reader(level.points)
    return f"{points}: {level.words}" if level.words else points


# --- Texts of several lines ---------------------------------------------------------------


def several_lines(text: str) -> str:
    """In NFC, its lines and indents as typed, without what no column can hold; no empty lines around it."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return text.strip() and text.rstrip().lstrip("\n")


def _words_limit(value) -> int | None:
    if value in (None, "", 0):
        return None
    if not isinstance(value, int) or not 0 < value <= 5000:
        raise QuestionRefused(_("A number of words is between 1 and 5000."))
    return value


def _limits(fewest: int | None, most: int | None) -> str:
    if fewest and most:
        return _("Between %(fewest)d and %(most)d words.") % {"fewest": fewest, "most": most}
    if most:
        return _("At most %(most)d words.") % {"most": most}
    return _("At least %(fewest)d words.") % {"fewest": fewest} if fewest else ""
