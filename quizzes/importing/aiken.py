"""Aiken: a question, its options with a letter each, and "ANSWER:" with the letter of the right one.

    Which key copies?
    A. Ctrl+V
    B) Ctrl+C
    ANSWER: B

Everything in such a file is plain text. A question whose letters or key do not fit is named with its line; no key is
guessed.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from quizzes.importing.gift import MAX_QUESTIONS
from quizzes.importing.notes import Note, QuestionFileRefused, note
from quizzes.importing.reading import AIKEN
from quizzes.importing.records import MULTICHOICE, Formatted, FoundAnswer, FoundQuestion, ParsedFile

OPTION = re.compile(r"([A-Z])[.)](?:\s+(.*))?")
MAX_OPTIONS = 26  # as many as there are letters
KEY = re.compile(r"ANSWER\s*:\s*(.*)", re.IGNORECASE)


@dataclass(slots=True)
class _Draft:
    """A question while its lines are read."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    right: int | None = None  # the place of the option that the key names
    problem: Note | None = None

    def complain(self, code: str, **params) -> None:
        self.problem = self.problem or note(code, **params)


def parse(text: str) -> ParsedFile:
    """Every question of the file, whether or not it can be taken."""
    drafts: list[_Draft] = []
    current: _Draft | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line:
            continue
        option, key = OPTION.fullmatch(line), KEY.fullmatch(line)
        if current is None or (current.options and not option and not key):
            # Words after the options begin the next question; what had no key by then has none.
            if current is not None:
                current.complain("aiken_no_key")
            if len(drafts) >= MAX_QUESTIONS:
                raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
            current = _Draft(line=number)
            drafts.append(current)
        if key:
            _close(current, key[1].strip(), number)
            current = None
        elif option:
            _add_option(current, option[1], (option[2] or "").strip(), number)
        else:
            current.stem.append(line)
    if current is not None:
        current.complain("aiken_no_key")
    return ParsedFile(AIKEN, tuple(_found(draft, number) for number, draft in enumerate(drafts, 1)))


def _add_option(draft, letter, words, line) -> None:
    if len(draft.options) >= MAX_OPTIONS:
        draft.complain("too_many_answers", limit=MAX_OPTIONS)
        return
    wanted = chr(ord("A") + len(draft.options))
    if letter != wanted:
        draft.complain("aiken_letter", line=line, letter=letter, wanted=wanted)
    draft.options.append(words)


def _close(draft, key, line) -> None:
    letter = key.upper()
    if not re.fullmatch("[A-Z]", letter):
        draft.complain("aiken_one_key", line=line, key=key[:20])
        return
    draft.right = ord(letter) - ord("A")
    if draft.right >= len(draft.options):
        draft.complain("aiken_key_without_option", line=line, key=letter)


def _found(draft: _Draft, number: int) -> FoundQuestion:
    return FoundQuestion(
        kind=MULTICHOICE,
        line=draft.line,
        number=number,
        stem=Formatted("plain", "\n".join(draft.stem)),
        answers=tuple(
            FoundAnswer(Formatted("plain", words), Decimal(100 if place == draft.right else 0))
            for place, words in enumerate(draft.options)
        ),
        problem=draft.problem,
    )
