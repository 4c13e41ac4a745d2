"""What the page of a marker shows: the question, the answer, the rubric and how it was judged so far."""

from dataclasses import dataclass
from decimal import Decimal

from quizzes.access import file_of_script, item_of
from quizzes.marking_queue import earlier_marks
from quizzes.models import AnswerFile, ScriptMark
from quizzes.reading import for_reader
from quizzes.types import kind_of
from quizzes.types.by_people import TaskFile, files_of, judged_lines


@dataclass(frozen=True, slots=True)
class LevelLine:
    place: int
    points: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A criterion with its levels; ``is_tick``: there is one, taken or not."""

    id: str
    title: str
    of: str
    is_tick: bool
    levels: tuple[LevelLine, ...]


@dataclass(frozen=True, slots=True)
class OtherMarks:
    """What the first and the second marker said, for the third person."""

    turn: int
    points: str
    lines: tuple[str, ...]
    comment: str
    note: str


@dataclass(frozen=True, slots=True)
class MarkingPage:
    """``name`` of the learner is empty where the marking is blind."""

    mark: ScriptMark
    stem: str
    question: str
    type: str
    text: str
    words: int
    file: AnswerFile | None
    limits: str
    task_files: tuple[TaskFile, ...]
    guide: str
    criteria: tuple[CriterionLine, ...]
    of: str
    name: str
    others: tuple[OtherMarks, ...]
    is_closed: bool

    @property
    def next_sequence(self) -> int:
        return self.mark.sequence + 1


def marking_page(mark: ScriptMark) -> MarkingPage:
    script, quiz = mark.script, mark.script.attempt.quiz
    version, item = script.version, item_of(script.attempt, script.number)
    kind = kind_of(version.type)
    text = "" if kind.takes_file else script.response[0]
    return MarkingPage(
        mark=mark,
        stem=item["stem"],
        question=version.question.code,
        type=version.get_type_display(),
        text=text,
        words=len(text.split()),
        file=file_of_script(script) if kind.takes_file else None,
        limits=kind.limits(item["task"]),
        task_files=files_of(item["task"]),
        guide=version.key.get("guide", ""),
        criteria=tuple(_criterion(row, mark.chosen) for row in version.key["criteria"]),
        of=for_reader(script.of),
        name="" if quiz.marks_blind else script.attempt.staff_member.full_name,
        others=tuple(_others(other, version.key) for other in earlier_marks(mark)),
        is_closed=mark.done_at is not None or mark.round != script.round,
    )


def _criterion(row: dict, chosen: dict) -> CriterionLine:
    levels = tuple(
        LevelLine(place, for_reader(Decimal(level["points"])), level["words"], chosen.get(row["id"]) == place)
        for place, level in enumerate(row["levels"])
    )
    return CriterionLine(row["id"], row["title"], levels[0].points, len(levels) == 1, levels)


def _others(mark: ScriptMark, key: dict) -> OtherMarks:
    return OtherMarks(mark.turn, for_reader(mark.earned), judged_lines(key, mark.chosen), mark.comment, mark.note)
