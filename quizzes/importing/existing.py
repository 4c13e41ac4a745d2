"""A question of a file beside the one of the bank that it is: what stays, what changes, and how that is told.

What the file does not say stays as the bank has it: a format without difficulty never makes a question easier, and a
file without tags takes none away. Tags and code that a person chose in the bank stay too.
"""

import os
from dataclasses import dataclass, replace
from html import unescape

from quizzes.comparison import Difference, differences_of_texts
from quizzes.enums import QuestionType
from quizzes.importing.judging import Verdict
from quizzes.importing.notes import Note, note
from quizzes.importing.records import FoundQuestion
from quizzes.models import Question
from quizzes.pictures import plain_words
from quizzes.question_text import QuestionText
from staff.vietnamese import fold

SHORT, MOST = 60, 6


def completed(text: QuestionText, found: FoundQuestion, known: QuestionText) -> QuestionText:
    """``text`` with what the file has no words for, as ``known`` says it; in the order in which texts are compared."""
    kept = {}
    if not found.difficulty:
        kept["difficulty"] = known.difficulty
    if found.default_grade is None:
        kept["points"] = known.points
    if text.type == known.type and text.type in (QuestionType.SHORT_TEXT, QuestionType.GAPS):
        kept |= {name: getattr(known, name) for name in ("accents", "spelling") if not getattr(found, name)}
    if text.type == known.type == QuestionType.NUMBER and not found.says_unit:
        kept["unit"] = known.unit
    if text.type == known.type and text.type in QuestionType.marked_by_people():
        unsaid = {
            "shows_criteria": found.shows_criteria is None,
            "files": found.task_files is None,
            "criteria": not says_criteria(found),
            "guide": not says_criteria(found),
            "min_words": not found.says_limits,
            "max_words": not found.says_limits,
        }
        kept |= {name: getattr(known, name) for name, is_unsaid in unsaid.items() if is_unsaid}
    return replace(text, **kept).in_comparable_order()


def says_criteria(found: FoundQuestion) -> bool:
    """Whether the file has anything for markers."""
    return bool(found.criteria) or found.guide is not None


def beside_the_bank(verdict: Verdict, known: QuestionText | None) -> Verdict:
    """Without the remark that criteria were made where those of the question in the bank stay."""
    if known is None or known.type != verdict.text.type:
        return verdict
    return replace(verdict, warnings=tuple(one for one in verdict.warnings if one.code != "criteria_made"))


@dataclass(frozen=True, slots=True)
class Described:
    """Tags and competence code of a question of the bank; ``by_a_person`` where somebody chose them there."""

    tags: tuple[str, ...] = ()
    competence: str = ""
    by_a_person: bool = False


def described(questions: list[Question]) -> dict[int, Described]:
    """By the id of the question, in one query."""
    ids = [question.pk for question in questions]
    through = Question.tags.through.objects.filter(question__in=ids).order_by("tag__key")
    tags: dict[int, tuple[str, ...]] = {}
    for question, name in through.values_list("question_id", "tag__name"):
        tags[question] = (*tags.get(question, ()), name)
    return {
        question.pk: Described(tags.get(question.pk, ()), question.competence, question.described_by_id is not None)
        for question in questions
    }


def wanted_description(verdict: Verdict, known: Described) -> Described | None:
    """What the file says otherwise, None where it says nothing else."""
    wanted = replace(known, tags=verdict.tags or known.tags, competence=verdict.competence or known.competence)
    same = set(map(fold, wanted.tags)) == set(map(fold, known.tags)) and wanted.competence == known.competence
    return None if same else wanted


def description_note(known: Described, wanted: Described) -> Note:
    before, after = (_description(one) for one in (known, wanted))
    return note("described_in_bank" if known.by_a_person else "description_changes", before=before, after=after)


def _description(one: Described) -> str:
    return "; ".join(filter(None, (", ".join(one.tags), one.competence))) or "–"


def changes_note(known: QuestionText, text: QuestionText) -> Note:
    """What the new version says otherwise, in short."""
    found = differences_of_texts(known, text)
    words = [_in_short(each) for each in found[:MOST]]
    return note("changes", changes="; ".join([*words, *(["…"] if len(found) > MOST else [])]))


def _in_short(each) -> str:
    if isinstance(each, Difference):
        old, new = (plain_words(value) if each.is_html else value for value in (each.old, each.new))
        old, new = _from_the_change(old, new)
        return f"{each.label}: {_cut(old)} → {_cut(new)}"
    rows = [f"− {_cut(row)}" for row in each.removed[:MOST]] + [f"+ {_cut(row)}" for row in each.added[:MOST]]
    return f"{each.label}: {', '.join(rows)}"


def _from_the_change(old: str, new: str) -> tuple[str, str]:
    """Of two long texts what stands around the place where they part, so that what is cut off is not the change."""
    at = len(os.path.commonprefix([old, new]))
    if at < SHORT // 2:
        return old, new
    start = old.rfind(" ", 0, at - SHORT // 4) + 1
    return f"…{old[start:]}", f"…{new[start:]}"


def _cut(words: str) -> str:
    words = " ".join(unescape(words).split())
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"
