"""What the bank can hold of a question that was found, and why not where it cannot. Knows no database."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from html import unescape

from django.utils import translation

from quizzes.enums import Accents, Case, Difficulty, QuestionType, Scoring, Spelling
from quizzes.errors import QuestionRefused
from quizzes.importing import cloze
from quizzes.importing.describing import competence_of, tags_of
from quizzes.importing.markup import Texts
from quizzes.importing.notes import Note, QuestionUnreadable, note
from quizzes.importing.option_order import depends_on_order
from quizzes.importing.pictures import Album, Picture
from quizzes.importing.records import (
    CLOZE,
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMBER,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    SUPPORTED,
    TRUEFALSE,
    TYPED,
    FoundGap,
    FoundQuestion,
)
from quizzes.office import rubric_lines
from quizzes.office.rubric_lines import Rubric
from quizzes.question_text import AcceptedNumber, AcceptedText, Gap, QuestionText
from quizzes.types.by_people import Criterion, Level
from quizzes.types.gaps import proportional
from staff.vietnamese import composed

MAX_STEM, MAX_OPTION, MAX_COMMENT = 20_000, 2_000, 5_000
MAX_NOTE, MAX_GUIDE = 100_000, 10_000
MAX_POINTS = 100
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\f\v\r"} | {127: None}
_INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
        (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F),
    )
    for code in range(first, last + 1)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is what the bank would keep, None with a ``reason`` where it keeps nothing of the question."""

    found: FoundQuestion
    name: str
    text: QuestionText | None = None
    reason: Note | None = None
    warnings: tuple[Note, ...] = ()
    pictures: tuple[Picture, ...] = ()
    # Names and contents of what is given out, as the text names them by their hashes.
    task_files: tuple[tuple[str, bytes], ...] = ()
    tags: tuple[str, ...] = ()
    competence: str = ""


def name_of(found: FoundQuestion) -> str:
    """What to call the question: its author's name for it, or how it begins."""
    stem = found.stem.text[:2000]
    asked = stem if found.stem.format == "plain" else unescape(_TAG.sub(" ", stem))
    words = found.title or found.idnumber or " ".join(asked.split())
    return (words[:60] + "…" if len(words) > 60 else words) or f"#{found.number}"


def judge(found: FoundQuestion, album: Album) -> Verdict:
    """Nothing of a question is taken when any part of it cannot be: no key is guessed, none is lost."""
    name = name_of(found)
    texts = Texts(album, name)
    reason, text = found.problem, None
    order_notes: tuple[Note, ...] = ()
    if reason is None and found.kind not in SUPPORTED:
        reason = note("unsupported_type", type=found.kind or "?", question=name)
    if reason is None and found.kind == CLOZE and not found.gaps:
        reason = cloze.problem_of(found.stem.text, name)
    if reason is None:
        try:
            if found.kind == CLOZE and not found.gaps:
                found = cloze.with_gaps(found)
            text, order_notes = _in_their_order(_text(found, texts).cleaned(), found)
        except QuestionUnreadable as error:
            reason = error.note
        except QuestionRefused:
            reason = _in_both_languages(found, album, name)
    tags, tag_notes = tags_of(found)
    competence, competence_notes = competence_of(found)
    warnings = (*found.warnings, *texts.warnings, *_unseen(found), *order_notes, *tag_notes, *competence_notes)
    return Verdict(
        found=found,
        name=name,
        text=text if reason is None else None,
        reason=reason,
        warnings=tuple(dict.fromkeys(warnings)),
        pictures=tuple(texts.pictures.values()) if reason is None else (),
        task_files=tuple(texts.task_files.values()) if reason is None else (),
        tags=tags,
        competence=competence,
    )


def _in_their_order(text: QuestionText, found: FoundQuestion) -> tuple[QuestionText, tuple[Note, ...]]:
    """Options that speak of others stay where their author put them, unless the file itself wants them shuffled."""
    if not text.shuffle_options or not depends_on_order(option for option, _right in text.options):
        return text, ()
    if found.shuffles:
        return text, (note("options_shuffled"),)
    return replace(text, shuffle_options=False).cleaned(), (note("options_in_order"),)


def _in_both_languages(found, album, name) -> Note:
    """The bank's sentence is written when it refuses; machines want it in English, the reader in hers."""
    sentences = {}
    for language in (translation.get_language() or "en", "en"):
        with translation.override(language):
            try:
                _text(found, Texts(album, name)).cleaned()
            except QuestionRefused as error:
                sentences[language] = str(error)
    why, english = next(iter(sentences.values())), sentences.get("en", "")
    return note("refused_by_bank", why=why, english=english)


def _unseen(found: FoundQuestion) -> tuple[Note, ...]:
    """Characters that nobody sees can make two answers look alike, or one read backwards."""
    written = [found.title or "", found.stem.text]
    written += [answer.text.text for answer in found.answers]
    written += [answer.feedback.text for answer in found.answers if answer.feedback]
    together = "".join(written)
    notes = []
    if not together.isascii() and (unseen := sorted(_INVISIBLE.intersection(together))):
        notes.append(note("invisible", list=", ".join(f"U+{ord(character):04X}" for character in unseen)))
    if together.translate(_CONTROLS) != together:
        notes.append(note("control_characters"))
    return tuple(notes)


# --- Into the bank's words ---------------------------------------------------


def _text(found: FoundQuestion, texts: Texts) -> QuestionText:
    stem = texts.stem(found.stem, found.files, is_missing_word=found.is_missing_word)
    if not stem.strip():
        raise QuestionUnreadable("empty_stem")
    return QuestionText(
        stem=_bounded(stem, MAX_STEM),
        feedback=_bounded(texts.words(found.general_feedback), MAX_COMMENT),
        points=_points(found, texts),
        difficulty=found.difficulty or Difficulty.MEDIUM,
        **_BY_KIND[found.kind](found, texts),
    )


def _bounded(text: str, limit: int) -> str:
    if len(text) > limit:
        raise QuestionUnreadable("too_long", limit=limit, found=len(text))
    return text.translate(_CONTROLS)


def _points(found: FoundQuestion, texts: Texts) -> Decimal:
    grade = found.default_grade
    if grade is None or grade == 1:
        return Decimal(1)
    if Decimal("0.01") <= grade <= MAX_POINTS:
        return grade.quantize(Decimal("0.01"))
    texts.warnings.append(note("grade_left_out", grade=str(grade)))
    return Decimal(1)


def _choice(found: FoundQuestion, texts: Texts) -> dict:
    options = tuple(_bounded(texts.option(answer.text, answer.files), MAX_OPTION) for answer in found.answers)
    percents = tuple(answer.percent for answer in found.answers)
    _refuse_empty_or_double(options)
    if found.is_single:
        full = sum(percent == 100 for percent in percents)
        if full == 0:
            raise QuestionUnreadable("no_right_answer")
        if 1 < full < len(percents):
            texts.warnings.append(note("each_right", count=full))
    elif not any(percent > 0 for percent in percents):
        raise QuestionUnreadable("no_right_answer")
    return {
        "type": QuestionType.SINGLE if found.is_single else QuestionType.MULTIPLE,
        "options": tuple((option, percent > 0) for option, percent in zip(options, percents, strict=True)),
        "option_percents": () if found.is_all_or_nothing else percents,
        "scoring": Scoring.ALL_OR_NOTHING if found.is_single or found.is_all_or_nothing else Scoring.PER_OPTION,
        "option_feedback": tuple(_comment(texts, answer.feedback) for answer in found.answers),
        "shuffle_options": found.shuffles is not False,
    }


def _comment(texts: Texts, feedback) -> str:
    return _bounded(texts.words(feedback), MAX_COMMENT)


def _refuse_empty_or_double(options: tuple[str, ...]) -> None:
    if len(options) < 2:
        raise QuestionUnreadable("too_few_answers")
    seen = set()
    for option in options:
        if not option:
            raise QuestionUnreadable("empty_answer")
        if option.casefold() in seen:
            raise QuestionUnreadable("same_answer_twice", text=option[:40])
        seen.add(option.casefold())


def _statement(found: FoundQuestion, texts: Texts) -> dict:
    return {
        "type": QuestionType.TRUE_FALSE,
        "right": found.right,
        "option_feedback": (_comment(texts, found.true_feedback), _comment(texts, found.false_feedback)),
    }


def _short_text(found: FoundQuestion, texts: Texts) -> dict:
    accepted = tuple(
        AcceptedText(composed(answer.text.text.translate(_CONTROLS)), answer.percent, _comment(texts, answer.feedback))
        for answer in found.answers
    )
    for row in accepted:
        if not row.text:
            raise QuestionUnreadable("empty_answer")
    if not any(row.percent == 100 for row in accepted):
        raise QuestionUnreadable("no_right_answer")
    return {
        "type": QuestionType.SHORT_TEXT,
        "accepted": accepted,
        "case": Case.EXACT if found.is_case_sensitive else Case.IGNORE,
        "accents": found.accents or Accents.EXACT,
        "spelling": found.spelling or Spelling.EXACT,
    }


def _number(found: FoundQuestion, texts: Texts) -> dict:
    return {"type": QuestionType.NUMBER, "accepted": _accepted_numbers(found.answers, texts), "unit": found.unit}


def _accepted_numbers(answers, texts: Texts) -> tuple[AcceptedNumber, ...]:
    """The answer "*" of no worth is Moodle's comment on everything else; with worth it would accept everything."""
    accepted = []
    for answer in answers:
        comment = _comment(texts, answer.feedback)
        if answer.value is not None:
            accepted.append(AcceptedNumber(answer.value, answer.tolerance, answer.percent, comment))
        elif answer.percent > 0:
            raise QuestionUnreadable("wildcard", text="*")
        elif comment:
            texts.warnings.append(note("comment_on_rest", text=comment[:60]))
    if not any(row.percent == 100 for row in accepted):
        raise QuestionUnreadable("no_right_answer")
    return tuple(accepted)


def _match(found: FoundQuestion, texts: Texts) -> dict:
    pairs = tuple(
        (
            _bounded(texts.option(pair.premise, pair.files), MAX_OPTION),
            _bounded(texts.words(pair.answer), MAX_OPTION),
        )
        for pair in found.pairs
    )
    if any(not answer for _premise, answer in pairs):
        raise QuestionUnreadable("empty_answer")
    return {
        "type": QuestionType.MATCHING,
        "pairs": pairs,
        "scoring": Scoring.ALL_OR_NOTHING if found.is_all_or_nothing else Scoring.PER_PART,
        "shuffle_options": found.shuffles is not False,
    }


def _order(found: FoundQuestion, texts: Texts) -> dict:
    credits = {"all": Scoring.ALL_OR_NOTHING, "next": Scoring.PER_NEIGHBOUR}
    return {
        "type": QuestionType.ORDERING,
        "items": tuple(_bounded(texts.option(item.text, item.files), MAX_OPTION) for item in found.items),
        "scoring": credits.get(found.credit, Scoring.PER_PART),
    }


def _gaps(found: FoundQuestion, texts: Texts) -> dict:
    capitals = {gap.is_case_sensitive for gap in found.gaps if gap.asks == TYPED}
    if len(capitals) > 1:
        raise QuestionUnreadable("mixed_capitals")
    weights = proportional([gap.weight for gap in found.gaps])
    return {
        "type": QuestionType.GAPS,
        "gaps": tuple(
            Gap(gap.asks, _in_gap(gap, texts), weight) for gap, weight in zip(found.gaps, weights, strict=True)
        ),
        "case": Case.EXACT if True in capitals else Case.IGNORE,
        "accents": found.accents or Accents.EXACT,
        "spelling": found.spelling or Spelling.EXACT,
        "shuffle_options": found.shuffles is not False,
    }


def _in_gap(gap: FoundGap, texts: Texts) -> tuple:
    if gap.asks == NUMBER:
        return _accepted_numbers(gap.answers, texts)
    return tuple(
        AcceptedText(_bounded(texts.words(answer.text), MAX_OPTION), answer.percent, _comment(texts, answer.feedback))
        for answer in gap.answers
    )


# For a file that says nothing of how it is marked; the trainer finds it in the draft and writes her own.
_WHOLE_ANSWER = Criterion(
    "Toàn bài",
    tuple(
        Level(Decimal(points), words)
        for points, words in (
            (4, "đầy đủ, chính xác"), (3, "khá đầy đủ"), (2, "đạt một nửa"), (1, "còn sơ sài"), (0, "không đạt")
        )
    ),
)  # fmt: skip


def _by_people(found: FoundQuestion, texts: Texts) -> dict:
    """A text, or a file to hand in; people mark it."""
    said = _bounded(texts.lines(found.guide), MAX_NOTE)
    rubric = Rubric(said, found.criteria, found.is_practical) if found.criteria else rubric_lines.read(said)
    criteria = tuple(
        Criterion(title, tuple(Level(points, words) for points, words in levels)) for title, levels in rubric.criteria
    )
    if not criteria:
        texts.warnings.append(note("criteria_made"))
    common = {
        "criteria": criteria or (_WHOLE_ANSWER,),
        "guide": _bounded(rubric.guide, MAX_GUIDE),
        "shows_criteria": bool(found.shows_criteria),
    }
    if found.takes_files:
        is_practical = found.is_practical or rubric.is_practical
        files = {
            "kinds": found.file_kinds,
            "most_megabytes": found.most_megabytes,
            "files": tuple({row.sha256: row for row in map(texts.task_file, found.task_files or ())}.values()),
        }
        return {"type": QuestionType.PRACTICAL if is_practical else QuestionType.FILE} | common | files
    return {"type": QuestionType.ESSAY, "min_words": found.min_words, "max_words": found.max_words} | common


_BY_KIND = {
    MULTICHOICE: _choice,
    TRUEFALSE: _statement,
    SHORTANSWER: _short_text,
    NUMERICAL: _number,
    MATCH: _match,
    ORDERING: _order,
    CLOZE: _gaps,
    ESSAY: _by_people,
}
