"""GIFT, as Moodle reads it. One pass over the text: nothing here goes back, so that no input is slow.

Escaped characters become noncharacters of Unicode at once (``reading`` lets none through), so that a plain search for
{ } ~ = # finds only those that mean something.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from quizzes.importing import cloze
from quizzes.importing.notes import Note, QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.reading import GIFT
from quizzes.importing.records import (
    CLOZE,
    DESCRIPTION,
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TRUEFALSE,
    Formatted,
    FoundAnswer,
    FoundCategory,
    FoundItem,
    FoundPair,
    FoundQuestion,
    ParsedFile,
    category_path,
)

MAX_QUESTIONS = 20_000
MAX_CHARACTERS = 100_000
MAX_ANSWERS = 100
CATEGORY = "$CATEGORY:"
FORMATS = {"[html]": "html", "[markdown]": "markdown", "[plain]": "plain", "[moodle]": "moodle"}
KEYS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
# As trainers write them. Moodle would ask for the word to be typed, which says the same key in a poorer way.
VIETNAMESE_KEYS = {"ĐÚNG": True, "SAI": False}
# Letters that may stand for true and false, or for themselves.
_DOUBTFUL_KEYS = {*KEYS, *VIETNAMESE_KEYS, "Đ", "S"}

_ESCAPED = {character: chr(0xFDD0 + index) for index, character in enumerate("\\:#={}~n")}
_MEANING = {ord(mark): "\n" if character == "n" else character for character, mark in _ESCAPED.items()}
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_SPACES = re.compile(r"\s+")
_BRACE = re.compile(r"[{}]")
_ANSWER = re.compile(r"[=~]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,10}(?:\.[0-9]{0,10})?)%")
# A name in brackets, any ] of it escaped.
_TOKEN = re.compile(r"\[(id|tag):((?:\\\]|[^\]\x00-\x1f\x7f]){1,255})\]")
# How many lines of an order are shown, and which: all of them, or a part.
_SHOWN = re.compile(r"\s*([0-9]{1,4})\s*([A-Z]*)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")


def parse(text: str) -> ParsedFile:
    """Everything that stands in ``text``: a question that cannot be read is among the questions, with its problem."""
    questions, categories, path = [], [], ()
    for block in _blocks(text):
        if block.text.startswith(CATEGORY):
            title = block.text.removeprefix(CATEGORY).strip()
            path = category_path(title)
            categories.append(FoundCategory(block.line, title, path))
            continue
        if len(questions) >= MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
        questions.append(replace(_question(block), number=len(questions) + 1, category=path))
    return ParsedFile(GIFT, tuple(questions), tuple(categories))


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one question without its comments; ``line`` is where it begins."""

    line: int
    text: str
    comments: tuple[str, ...] = ()
    warnings: tuple[Note, ...] = ()


def _blocks(text: str):
    """Blank lines part the questions; answers that a blank line cuts off stay with theirs, to be refused once."""
    chunks, lines = [], []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append((number, line))
        elif lines:
            is_rest = chunks and chunks[-1][1] and lines[0][1].strip()[0] in "=~#}"
            if is_rest:
                chunks[-1][0].extend([(number, "\n"), *lines])
                chunks[-1][1] = not any("}" in _ESCAPE.sub("", rest) for _number, rest in lines)
            else:
                chunks.append([lines, _is_open(lines)])
            lines = []
    for chunk, _is_cut in chunks:
        yield from _parted(chunk)


def _is_open(lines) -> bool:
    bare = "".join(_ESCAPE.sub("", line) for _number, line in lines if not line.strip().startswith("//"))
    return bare.rfind("{") > bare.rfind("}")


def _parted(lines):
    """The block of these lines. A category is a line of its own; ::name:: after closed answers begins a question."""
    kept, comments, start, depth = [], [], 0, 0
    warnings = []
    for number, line in lines:
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append(stripped[2:])
            if depth > 0:
                warnings.append(note("comment_inside"))
            continue
        begins_another = kept and depth == 0 and stripped.startswith("::") and kept[-1].rstrip().endswith("}")
        if begins_another or (kept and depth == 0 and stripped.startswith(CATEGORY)):
            yield _block(start, kept, comments, warnings)
            kept, comments, warnings = [], [], [note("no_blank_line")] if begins_another else []
        if not kept:
            start = number
        if stripped.startswith(CATEGORY) and not kept:
            yield Block(number, stripped)
            comments = []
            continue
        kept.append(line)
        bare = _ESCAPE.sub("", line)
        depth = max(0, depth + bare.count("{") - bare.count("}"))
    if kept:
        yield _block(start, kept, comments, warnings)


def _block(start, kept, comments, warnings) -> Block:
    """A blank line among the lines was inside the answers (see ``_blocks``): it ends the question for Moodle."""
    is_cut = "\n" in kept
    text = "\n".join(kept).strip()
    return Block(
        start, text.partition("\n\n\n")[0] if is_cut else text, tuple(comments), tuple(dict.fromkeys(warnings))
    )


# --- One question -----------------------------------------------------------


def _question(block: Block) -> FoundQuestion:
    idnumber, tags = _tokens(block.comments)
    found = FoundQuestion(kind="", line=block.line, idnumber=idnumber, tags=tags, warnings=block.warnings)
    title, text, raw_stem = None, "", Formatted("moodle", "")
    try:
        if len(block.text) > MAX_CHARACTERS:
            title, _text = _title(_masked(block.text[:1000]))
            raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(block.text))
        title, text = _title(_masked(block.text))
        raw_stem = _formatted(text.partition("{")[0], "moodle")
        return _read(replace(found, title=title), text)
    except QuestionUnreadable as error:
        return replace(found, title=title, stem=raw_stem, problem=error.note)


def _masked(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED[found.group(1)], text)


def _plain(text: str) -> str:
    return text.translate(_MEANING)


def _tokens(comments) -> tuple[str | None, tuple[str, ...]]:
    idnumber, tags = None, []
    for comment in comments:
        for kind, value in _TOKEN.findall(comment):
            value = value.replace("\\]", "]").strip()
            if kind == "tag" and value:
                tags.append(value)
            elif kind == "id" and value and idnumber is None:
                idnumber = value
    return idnumber, tuple(tags)


def _title(text: str) -> tuple[str | None, str]:
    if not text.startswith("::"):
        return None, text
    title, marks, rest = text[2:].partition("::")
    if not marks:
        return None, text
    return " ".join(_plain(title).split()) or None, rest.strip()


def _read(found: FoundQuestion, text: str) -> FoundQuestion:
    before, answers, after = _parts(text)
    if answers is None:
        return replace(found, kind=DESCRIPTION, stem=_formatted(before, "moodle"))
    found = replace(found, stem=_joined(before, after), is_missing_word=bool(after))
    if cloze.looks_like_part(answers):
        return replace(found, kind=CLOZE, stem=Formatted(found.stem.format, _plain(text)))
    answers, general = _general_feedback(answers, found.stem.format)
    found = replace(found, general_feedback=general)
    return _reader(answers)(found, answers)


def _reader(answers: str):
    """How to read the answers: asked in the order that Moodle asks."""
    if not answers:
        return lambda found, _answers: replace(found, kind=ESSAY, says_limits=False)
    if answers.startswith("#"):
        return _numerical
    if answers.startswith(">"):
        return _ordering
    if "~" in answers:
        return _multichoice
    if "=" in answers and "->" in answers:
        return _match
    key = answers.partition("#")[0].strip()
    if key in KEYS or key.upper() in VIETNAMESE_KEYS:
        return _truefalse
    return _shortanswer


def _parts(text: str) -> tuple[str, str | None, str]:
    """(before, answers, after); answers is None where there are no braces at all."""
    start = _BRACE.search(text)
    if start is None:
        return text, None, ""
    if start.group() == "}":
        raise QuestionUnreadable("stray_brace")
    end = _BRACE.search(text, start.end())
    if end is None:
        raise QuestionUnreadable("unclosed_braces")
    if end.group() == "{":
        raise QuestionUnreadable("nested_brace")
    before, answers, after = text[: start.start()], text[start.end() : end.start()], text[end.end() :].strip()
    if after.startswith("//"):
        after = after.partition("\n")[2].strip()
    if again := _BRACE.search(after):
        raise QuestionUnreadable("two_answer_blocks" if again.group() == "{" else "stray_brace")
    return before, answers.strip(), after


def _joined(before: str, after: str) -> Formatted:
    """The question's text; where words follow the answers, a gap stands in their place."""
    stem = _formatted(before, "moodle")
    if not after:
        return stem
    end = _formatted(after, stem.format)
    return Formatted(end.format if not stem.text else stem.format, f"{stem.text} _____ {end.text}".lstrip())


def _formatted(text: str, default: str) -> Formatted:
    """Text with its [format] taken off. Lines matter in HTML and Markdown only; a \\n of the author's always does."""
    text = text.strip()
    form = default
    if text.startswith("["):
        tag, bracket, rest = text.partition("]")
        if bracket and tag + "]" in FORMATS:
            form, text = FORMATS[tag + "]"], rest.strip()
    if form not in ("html", "markdown"):
        text = _SPACES.sub(" ", text)
    return Formatted(form, _plain(text))


def _general_feedback(answers: str, default: str) -> tuple[str, Formatted | None]:
    at = answers.rfind("####")
    if at < 0:
        return answers, None
    general = _formatted(answers[at + 4 :], default)
    return answers[:at].strip(), general if general.text else None


# --- Answers ----------------------------------------------------------------


def _split(answers: str) -> list[tuple[str, str]]:
    """[(sign, text)] of the answers; refuses text before the first sign, because nobody says what it is."""
    marks = list(_ANSWER.finditer(answers))
    if len(marks) > MAX_ANSWERS:
        raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
    if not marks:
        return []
    if before := answers[: marks[0].start()].strip():
        raise QuestionUnreadable("text_before_answers", text=_short(before))
    ends = [mark.start() for mark in marks[1:]] + [len(answers)]
    return [(mark.group(), answers[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def _doubtful_equals(answers: str) -> tuple[Note, ...]:
    """An = in the middle of a word begins a right answer all the same; its author should look."""
    warnings = []
    for mark in _ANSWER.finditer(answers):
        at = mark.start()
        if mark.group() != "=" or at == 0 or answers[at - 1].isspace():
            continue
        start = max(answers.rfind("~", 0, at), answers.rfind("=", 0, at)) + 1
        piece = answers[start:at]
        if piece.rfind("<") > piece.rfind(">") and piece[piece.rfind("<") + 1 :][:1].isalpha():
            raise QuestionUnreadable("equals_in_tag")
        warnings.append(note("equals_inside", text=_short(answers[max(start, at - 20) : at + 20])))
    return tuple(warnings[:3])


def _short(text: str) -> str:
    text = " ".join(_plain(text).split())
    return text if len(text) <= 40 else text[:40] + "…"


def _answer(sign: str, text: str, default: str, full: Decimal) -> FoundAnswer:
    weight, text = _weight(text)
    words, mark, comment = text.partition("#")
    feedback = _formatted(comment, default) if mark else None
    return FoundAnswer(
        text=_formatted(words, default),
        percent=full if weight is None else weight,
        feedback=feedback if feedback and feedback.text else None,
        is_marked_right=sign == "=",
        weight=weight,
    )


def _weight(text: str) -> tuple[Decimal | None, str]:
    found = _WEIGHT.match(text)
    if found is None:
        return None, text
    weight = Decimal(found.group(1))
    if not -100 <= weight <= 100:
        raise QuestionUnreadable("bad_weight", weight=found.group(1))
    return weight, text[found.end() :].strip()


def _multichoice(found: FoundQuestion, answers: str) -> FoundQuestion:
    rows = _split(answers)
    warnings = _doubtful_equals(answers)
    read = tuple(
        _answer(sign, text, found.stem.format, Decimal(100) if sign == "=" else Decimal(0)) for sign, text in rows
    )
    # Moodle: several may be chosen where no option stands behind an =.
    is_single = any(sign == "=" for sign, _text in rows)
    return replace(found, kind=MULTICHOICE, answers=read, is_single=is_single, warnings=found.warnings + warnings)


def _shortanswer(found: FoundQuestion, answers: str) -> FoundQuestion:
    rows = _split(answers) or [("=", answers)]
    read = tuple(_answer(sign, text, found.stem.format, Decimal(100)) for sign, text in rows)
    warnings = found.warnings + (_doubtful_equals(answers) if len(rows) > 1 else ())
    if len(read) == 1 and read[0].text.text.upper() in _DOUBTFUL_KEYS:
        warnings += (note("lower_case_key", text=read[0].text.text),)
    return replace(found, kind=SHORTANSWER, answers=read, warnings=warnings)


def _truefalse(found: FoundQuestion, answers: str) -> FoundQuestion:
    """{T#if answered wrongly#if answered rightly}."""
    key, *comments = answers.split("#", 2)
    right = (KEYS | VIETNAMESE_KEYS)[key.strip().upper()]
    notes = [_formatted(comment, found.stem.format) for comment in comments] + [None, None]
    wrong_note, right_note = (text if text and text.text else None for text in notes[:2])
    return replace(
        found,
        kind=TRUEFALSE,
        right=right,
        true_feedback=right_note if right else wrong_note,
        false_feedback=wrong_note if right else right_note,
        warnings=found.warnings if key.strip() in KEYS else (*found.warnings, note("word_key", text=key.strip())),
    )


def _ordering(found: FoundQuestion, answers: str) -> FoundQuestion:
    """>how many, how, and how it is marked, in one line; then one line for each item, in the right order."""
    head, *lines = answers[1:].splitlines()
    credit = "all" if "ALL_OR_NOTHING" in head else "next" if "RELATIVE_NEXT_EXCLUDE_LAST" in head else ""
    items = tuple(FoundItem(_formatted(line, found.stem.format)) for line in lines if line.strip())
    shown = _SHOWN.match(head)
    if shown and shown[2] != "ALL" and 0 < int(shown[1]) < len(items):
        found = replace(found, warnings=(*found.warnings, note("order_in_part", count=int(shown[1]))))
    return replace(found, kind=ORDERING, items=items, credit=credit)


def _match(found: FoundQuestion, answers: str) -> FoundQuestion:
    """=question -> answer, also without a question: an answer that belongs to none."""
    pairs = []
    for _sign, text in _split(answers):
        left, arrow, right = text.partition("->")
        if not arrow:
            raise QuestionUnreadable("pair_without_arrow", text=_plain(text)[:40])
        pairs.append(FoundPair(_formatted(left, found.stem.format), _formatted(right, "plain")))
    return replace(found, kind=MATCH, pairs=tuple(pairs))


def _numerical(found: FoundQuestion, answers: str) -> FoundQuestion:
    body = answers[1:].strip()
    found = replace(found, kind=NUMERICAL, says_unit=False)
    if not body:
        raise QuestionUnreadable("no_answers")
    rows = _split(body if body[0] in "=~" else "=" + body)
    read = []
    for sign, text in rows:
        answer = _answer(sign, text, found.stem.format, Decimal(100) if sign == "=" else Decimal(0))
        words = answer.text.text
        if words in ("", "*"):
            if sign == "=" and answer.percent > 0:
                raise QuestionUnreadable(
                    "empty_answer" if not words else "wildcard", **({"text": words} if words else {})
                )
            read.append(replace(answer, text=Formatted("plain", "*")))
            continue
        value, tolerance, low, high = number_range(words)
        read.append(
            replace(answer, text=Formatted("plain", words), value=value, tolerance=tolerance, low=low, high=high)
        )
    return replace(found, answers=tuple(read))


def number_range(text: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """(value, tolerance, low, high) of "5", "5:0.1" or "4.9..5.1"."""
    first, dots, last = text.partition("..")
    if dots:
        low, high = number(first), number(last)
        if low > high:
            raise QuestionUnreadable("reversed_range", low=first.strip(), high=last.strip())
        return (low + high) / 2, (high - low) / 2, low, high
    first, colon, margin = text.partition(":")
    value = number(first)
    tolerance = number(margin, "bad_tolerance") if colon else Decimal(0)
    if tolerance < 0:
        raise QuestionUnreadable("bad_tolerance", text=margin.strip())
    return value, tolerance, value - tolerance, value + tolerance


def number(text: str, code: str = "bad_number") -> Decimal:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise QuestionUnreadable(code, text=_short(text))
    try:
        return Decimal(text)
    except InvalidOperation:
        raise QuestionUnreadable(code, text=_short(text)) from None
