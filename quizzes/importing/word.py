"""Questions in a Word document, as people who teach write them.

    Câu 1. Phím nào dùng để sao chép?
    A. Ctrl+V        B. Ctrl+C
    Đáp án: B

The key is a line "Đáp án", a star before the option, a table of keys below, or the one option that is underlined,
bold or in colour. Where there is none, or where two of these say different things, the question is refused.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal

from quizzes.enums import Difficulty
from quizzes.importing import word_keys, word_tables
from quizzes.importing.notes import Note, QuestionFileRefused, note
from quizzes.importing.reading import WORD
from quizzes.importing.records import MULTICHOICE, TRUEFALSE, Formatted, FoundAnswer, FoundQuestion, ParsedFile
from quizzes.importing.word_lines import BOLD, COLOURED, PICTURE, UNDERLINED, Line, lines_of
from quizzes.importing.word_tables import Role
from staff.vietnamese import fold

MAX_QUESTIONS, MAX_CHARACTERS = 20_000, 100_000
LETTERS = word_tables.LETTERS
FULL, NOTHING = Decimal(100), Decimal(0)
# (1 điểm), between the number of a question and its text.
_POINTS = re.compile(r"\s*[(\[]\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:điểm|đ)\s*[)\]]\s*[.:]?", re.IGNORECASE)
# "Mức độ: Thông hiểu", a line of its own; (TH), between the number of a question and its text.
_LEVEL = re.compile(
    r"\s*[(\[]?\s*(?:mức(?:\s*độ)?(?:\s*nhận\s*thức)?|độ\s*khó|level)\s*[:：]\s*([^()\[\]]{1,40}?)\s*[)\]]?\s*\.?\s*",
    re.IGNORECASE,
)
_LEVEL_IN_HEAD = re.compile(
    r"\s*[(\[]\s*(?:mức(?:\s*độ)?\s*[:：]?\s*)?([^()\[\]]{1,40}?)\s*[)\]]\s*[.:]?", re.IGNORECASE
)
_POINTS_ALONE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:điểm|đ)?\.?", re.IGNORECASE)
_LEVELS = {
    "dễ": Difficulty.EASY, "nhận biết": Difficulty.EASY, "nb": Difficulty.EASY, "easy": Difficulty.EASY,
    "trung bình": Difficulty.MEDIUM, "tb": Difficulty.MEDIUM, "thông hiểu": Difficulty.MEDIUM, "th": Difficulty.MEDIUM,
    "medium": Difficulty.MEDIUM, "khó": Difficulty.HARD, "rất khó": Difficulty.HARD, "vận dụng": Difficulty.HARD,
    "vận dụng thấp": Difficulty.HARD, "vận dụng cao": Difficulty.HARD, "vd": Difficulty.HARD, "vdt": Difficulty.HARD,
    "vdc": Difficulty.HARD, "hard": Difficulty.HARD,
}  # fmt: skip
_NAMED = re.compile(r"\s*(câu(?:\s+hỏi)?|question|bài)\s*(?:số\s*)?(\d{1,4})\b\s*([.:)/\-–]?)", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(\d{1,4})\s*[.)/:](?=\s|$)")
_OPTION = re.compile(r"\s*(\*{0,3}\s*)(?:\((?=[A-Ha-h]\)))?([A-Ha-h])\s*[.)/:]\s*")
# Further options on the same line stand after a tab or a wide space, or else after any.
_NEXT_OPTION = re.compile(r"(?:\t\s*|\s{2,})(?=\*{0,3}\s*\(?[A-H]\s*[.)])")
# One within a text, after any space.
_OPTION_WITHIN = re.compile(r"(?:^|\s)(?=[*(]*[A-Ha-h]\s?[.)])((?:\*{0,3})\(?([A-Ha-h])\s?[.)])")
_CLOSE_OPTION = re.compile(r"\s+(?=\*{0,3}\(?([A-Ha-h])\s?[.)])")
_KEY = re.compile(
    r"[\s=\-–—→⇒>*•]*(?:(?:(?:đáp\s*án(?:\s*đúng)?|phương\s*án\s*đúng)(?:\s*là)?|đ/?a|answer|key|trả\s*lời"
    r"|chọn(?:\s*(?:đáp\s*án|phương\s*án|câu))?)"
    r"(?:\s*[:：.\-–]\s*|\s+(?=[(\[]?[A-H]\W*$)))(.*)",
    re.IGNORECASE,
)
# "… D. Ctrl+Z   Đáp án: B": the key at the end of the line of the options.
_KEY_BEHIND = re.compile(
    r"\s+[(\[]?\s*(?:đáp\s*án(?:\s*đúng)?|đ/?a|key|answer)\s*[:：]\s*([A-H])\s*[)\]]?\s*\.?\s*$", re.IGNORECASE
)
# The letter may stand in brackets, and the words of its option behind it.
_LETTER_AND_WORDS = re.compile(r"([A-H])\s*[.):/\-–]\s*(\S.*)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-H](?:\s*(?:,|;|và|&|\+|\s)\s*[A-H])*\s*[.)]?", re.IGNORECASE)
# 1-b, 2-a: what belongs together; B-A-C: an order. Which lines these are is written in too many ways.
_PAIRS = re.compile(r"(?:\d{1,2}\s*[-–.:→]\s*[A-Ha-h]\s*[,;.]?\s*){2,20}")
_ORDER = re.compile(r"[A-Ha-h](?:\s*(?:-|–|→|->|>)\s*[A-Ha-h]){2,20}\s*\.?")
_NOTE = re.compile(r"\s*(?:giải\s*thích|lời\s*giải|hướng\s*dẫn(?:\s*giải)?)\s*[:.]\s*", re.IGNORECASE)
# Lines between questions that belong to none: "--- HẾT ---", "PHẦN II. THỰC HÀNH".
_END = re.compile(r"[\s\-–—_=*.~]*(?:hết|the\s+end|end)[\s\-–—_=*.~!]*", re.IGNORECASE)
_PART = re.compile(
    r"\s*(?:phần|chương|mục|bài|part|chapter|section)\s+(?:thứ\s+)?(?:[IVX]{1,6}|\d{1,3}|[A-H])\b.*", re.IGNORECASE
)
_TRUE, _FALSE = {"dung", "true"}, {"sai", "false", "s"}
_MARKS = ((UNDERLINED, "underlined"), (BOLD, "bold"), (COLOURED, "coloured"))


@dataclass(slots=True)
class _Option:
    lines: list[Line]
    is_starred: bool
    # How the letter in front looks; None where Word wrote it.
    label: Line | None


@dataclass(slots=True)
class _Draft:
    """A question while its lines are read."""

    place: int
    label: str | None
    category: tuple[str, ...]
    stem: list[Line] = field(default_factory=list)
    options: list[_Option] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    points: Decimal | None = None
    difficulty: str = ""
    problem: Note | None = None
    warnings: list[Note] = field(default_factory=list)
    # Whether the number was counted by us, because Word or nobody wrote it.
    is_counted: bool = False
    # How many options the last line with options had.
    on_line: int = 0
    # How Word marks the options that have no letters: "bullet" or "decimal".
    list_format: str = ""
    # What the next line goes on with.
    open: str = "stem"

    def complain(self, code: str, **params) -> None:
        self.problem = self.problem or note(code, **params)


def parse(content: bytes) -> ParsedFile:
    """Every question of the document; the archive it is was looked through before."""
    reader = _Reader(lines_of(content))
    return ParsedFile(WORD, reader.questions())


class _Reader:
    def __init__(self, lines: list[Line]):
        self.lines = lines
        self.at = 0
        named = [_NAMED.match(line.text) for line in lines if not word_keys.PAIRS_ONLY.fullmatch(line.text)]
        words = {each[1].lower()[:3] for each in named if each}
        # What questions begin with: where some begin with "Câu 1", "Bài 1" is a chapter.
        self.names = words if len(words) < 2 else words - {"bài"}
        self.drafts: list[_Draft] = []
        self.before: list[Line] = []
        self.headings: list[tuple[int, str]] = []
        self.tables = {table.start: table for table in word_tables.tables(lines)}
        self.blocks = {block.start: block for block in word_keys.blocks(lines, behind=max(self._ends(), default=0))}
        # Which table of keys belongs to the drafts up to a place in the list of them.
        self.answered: list[tuple[int, word_keys.Keys]] = []

    def _ends(self) -> list[int]:
        return [table.end for table in self.tables.values()]

    def questions(self) -> tuple[FoundQuestion, ...]:
        while self.at < len(self.lines):
            if table := self.tables.get(self.at):
                for row in table.rows:
                    self._row(row)
                self.at = table.end
                continue
            if (block := self.blocks.get(self.at)) and self._belongs(block):
                self.answered.append((len(self.drafts), block.keys))
                if self.drafts:
                    self.drafts[-1].open = "closed"
                self.at = block.end
                continue
            self._line(self.lines[self.at])
            self.at += 1
        self._tell_comments()
        found, start = [], 0
        for end, keys in [*self.answered, (len(self.drafts), {})]:
            found += _answered(self.drafts[start:end], start, keys)
            start = end
        if found and (words := " ".join(" ".join(line.text.split()) for line in self.before)):
            found[0] = _with_warning(found[0], note("word_text_before", text=words[:200]))
        return tuple(found)

    def _belongs(self, block: word_keys.Block) -> bool:
        """Whether it is a table of keys: it says so, or it answers each of the questions before it."""
        if block.has_title:
            return True
        drafts = self.drafts[self.answered[-1][0] if self.answered else 0 :]
        labels = {draft.label for draft in drafts}
        return len(labels) > 1 and labels == set(block.keys) and not any(draft.keys for draft in drafts)

    def _line(self, line: Line) -> None:
        draft = self.drafts[-1] if self.drafts else None
        if line.heading is not None and not _NAMED.match(line.text):
            self.headings = [(level, name) for level, name in self.headings if level < line.heading]
            self.headings.append((line.heading, " ".join(line.text.split())[:200]))
            return
        if start := self._start(line, draft):
            self._begin(line, *start)
        elif draft is None:
            self.before.append(line)
        else:
            self._go_on(draft, line)

    def _tell_comments(self) -> None:
        """Who wrote in the margin may have meant another key than the one that is read."""
        for line in self.lines:
            before = [draft for draft in self.drafts if draft.place <= line.place] if line.comments else []
            for words in line.comments if before else ():
                before[-1].warnings.append(note("word_comment", line=line.place, text=words[:80]))

    def _row(self, row: word_tables.Row) -> None:
        """A question of a table; its cells are read by themselves, whatever the next row begins with."""
        if row.title:
            self._title(row)
            return
        first, label = (row.stem or [Line(row.place)])[0], row.number
        start = _NAMED.match(first.text) or _NUMBERED.match(first.text)
        named = str(int(start.group(2 if start.re is _NAMED else 1))) if start else None
        is_title = start is not None and label in (None, named) and (start.re is _NUMBERED or bool(start[3]))
        self._begin(first, start.end() if is_title else 0, label or (named if is_title else None))
        draft = self.drafts[-1]
        draft.place = row.place
        if row.problem is not None:
            draft.problem = draft.problem or row.problem
        elsewhere, self.lines, self.at = (self.lines, self.at), row.stem[1:], 0
        for self.at, line in enumerate(row.stem[1:]):
            if row.options is None:
                self._go_on(draft, line)
            else:
                self._add_to(draft.stem, line, draft)
        self.lines, self.at = elsewhere
        if row.options is not None:
            self._columns(draft, row)
        self._further(draft, row)
        draft.open = "closed"

    def _title(self, row: word_tables.Row) -> None:
        if self.drafts:
            self.drafts[-1].warnings.append(note("word_text_between", line=row.place, text=row.title[:80]))
        else:
            self.before.append(Line(row.place, row.title))

    def _columns(self, draft: _Draft, row: word_tables.Row) -> None:
        """Options in columns of their own."""
        if _options_in_text(draft.stem):
            draft.complain("word_options_twice", line=row.place)
        for place, lines in enumerate(row.options):
            first = lines[0] if lines else Line(row.place)
            found = _OPTION.match(first.text)
            label, is_starred = None, False
            if found and found[2].upper() == LETTERS[place] and not row.is_numbered:
                label, is_starred = first.cut(found.start(2), found.end(2)), "*" in found[1]
                first = first.cut(found.end())
            words = first.text.strip()
            if words.startswith("*") or words.endswith("*"):
                is_starred = True
                star = first.text.index("*") if words.startswith("*") else first.text.rindex("*")
                first = first.cut(star + 1) if words.startswith("*") else first.cut(0, star)
            self._option(draft, first, label, is_starred)
            for line in lines[1:]:
                self._add_to(draft.options[-1].lines, line, draft)

    def _further(self, draft: _Draft, row: word_tables.Row) -> None:
        """What stands in the other columns."""
        if key := row.words(Role.KEY):
            said = _KEY.fullmatch(key)
            draft.keys.append(_by_letter(said[1].strip() if said else key, draft, row))
        if level := row.words(Role.LEVEL):
            if known := _level(level):
                draft.difficulty = known
            else:
                draft.warnings.append(note("word_level_left_out", line=row.place, text=level[:80]))
        if points := row.words(Role.POINTS):
            if found := _POINTS_ALONE.fullmatch(points):
                draft.points = Decimal(found[1].replace(",", "."))
            else:
                row.left_out.append(("Điểm", points))
        for line in row.cells[Role.NOTE]:
            self._add_to(draft.notes, line, draft)
        for name, words in row.left_out:
            draft.warnings.append(note("word_column_left_out", column=name[:40], text=words[:80]))

    def _start(self, line: Line, draft: _Draft | None) -> tuple[int, str | None] | None:
        """(where its text begins, its number) of a line that begins a question."""
        if (named := _NAMED.match(line.text)) and named[1].lower()[:3] in self.names:
            number = int(named[2])
            # "Câu 3 nói gì?" names another question, unless it is its turn.
            is_title = named[3] or named.end() == len(line.text) or line.text[named.end()] in "([,"
            if is_title or draft is None or str(number - 1) == draft.label or (number == 1 and self._follows(draft)):
                return named.end(), str(number)
        if self.names or not self._follows(draft):
            return None
        if line.number_format == "decimal":
            return 0, None
        if numbered := _NUMBERED.match(line.text):
            return numbered.end(), str(int(numbered[1]))
        return None

    @staticmethod
    def _follows(draft: _Draft | None) -> bool:
        """Whether a number may begin the next question: the one before has what it needs."""
        if draft is None or draft.options or draft.keys:
            return True
        return len(_list_at_end(draft.stem, "bullet")) > 1 or bool(_options_in_text(draft.stem))

    def _is_between(self, line: Line) -> bool:
        """Whether the line is a title or an end between two questions, and belongs to none."""
        if _END.fullmatch(line.text):
            return True
        if not _PART.fullmatch(line.text):
            return False
        for at in range(self.at + 1, len(self.lines)):
            following = self.lines[at]
            if _PART.fullmatch(following.text):
                continue
            is_start = self._start(following, self.drafts[-1]) is not None
            return is_start or at in self.blocks or following.heading is not None
        return False

    def _begin(self, line: Line, at: int, label: str | None) -> None:
        if len(self.drafts) >= MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
        category = tuple(name for _level, name in self.headings)
        draft = _Draft(line.place, label or str(len(self.drafts) + 1), category, is_counted=label is None)
        if points := _POINTS.match(line.text, at):
            draft.points, at = Decimal(points[1].replace(",", ".")), points.end()
        if (level := _LEVEL_IN_HEAD.match(line.text, at)) and (known := _level(level[1])):
            draft.difficulty, at = known, level.end()
        self.drafts.append(draft)
        self._add_to(draft.stem, line.cut(at), draft)

    def _go_on(self, draft: _Draft, line: Line) -> None:
        if draft.open == "closed" or (draft.open != "stem" and self._is_between(line)):
            draft.open = "closed"
            draft.warnings.append(note("word_text_between", line=line.place, text=line.text.strip()[:80]))
        elif (level := _LEVEL.fullmatch(line.text)) and self._takes_level(draft, line, level[1]):
            pass
        elif key := _KEY.fullmatch(line.text):
            draft.keys.append(key[1].strip())
            draft.open = "after"
        elif explained := _NOTE.match(line.text):
            draft.open = "notes"
            self._add_to(draft.notes, line.cut(explained.end()), draft)
        elif draft.open != "notes" and self._options(draft, line):
            draft.open = "options"
        elif draft.open == "stem":
            self._add_to(draft.stem, line, draft)
        elif draft.open == "notes":
            self._add_to(draft.notes, line, draft)
        elif draft.open == "options":
            option = draft.options[-1]
            if option.lines and option.lines[-1].place != line.place:
                told = {"line": line.place, "letter": _letter(len(draft.options) - 1), "text": line.text.strip()[:80]}
                draft.warnings.append(note("word_option_goes_on", **told))
            self._add_to(option.lines, line, draft)
        else:
            draft.complain("word_text_after", line=line.place, text=line.text[:40])

    @staticmethod
    def _takes_level(draft: _Draft, line: Line, words: str) -> bool:
        """Words that are not known may belong to the text of the question; behind it they are left out."""
        known = _level(words)
        if known and draft.difficulty in ("", known):
            draft.difficulty = known
        elif known:
            draft.complain("word_text_after", line=line.place, text=line.text[:40])
        elif draft.open == "stem":
            return False
        else:
            draft.warnings.append(note("word_level_left_out", line=line.place, text=words))
        return True

    @staticmethod
    def _add_to(lines: list[Line], line: Line, draft: _Draft) -> None:
        if line.has_equation:
            draft.complain("word_equation", line=line.place)
        if line.text.strip():
            lines.append(line)

    def _options(self, draft: _Draft, line: Line) -> bool:
        """Takes the options that stand on the line; False where there are none."""
        if line.number_format in ("upperLetter", "lowerLetter"):
            starred = line.text.lstrip().startswith("*")
            self._option(draft, line.cut(line.text.index("*") + 1 if starred else 0), None, starred)
            return True
        if not _OPTION.match(line.text) or (draft.open == "stem" and not self._is_expected(draft, line.text)):
            return False
        line = _without_key(draft, line)
        starts = self._starts(draft, line)
        for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
            found = _OPTION.match(line.text, start)
            letter, wanted = found[2].upper(), _letter(len(draft.options))
            if letter != wanted:
                draft.complain("aiken_letter", line=line.place, letter=letter, wanted=wanted)
            words = line.cut(found.end(), end)
            is_starred = "*" in found[1]
            if not is_starred and words.text.endswith("*"):
                is_starred, words = True, words.cut(0, len(words.text) - 1)
            self._option(draft, words, line.cut(found.start(2), found.end(2)), is_starred)
        draft.on_line = len(starts)
        return True

    def _starts(self, draft: _Draft, line: Line) -> list[int]:
        """Where the options of a line begin. Letters after a single space count where no other reading fits."""
        text, had = line.text, len(draft.options)
        wide = [0, *(found.end() for found in _NEXT_OPTION.finditer(text))]
        close, first = [0], _OPTION.match(text)[2]
        for found in _CLOSE_OPTION.finditer(text):
            if found[1].isupper() == first.isupper() and found[1].upper() == _letter(had + len(close)):
                close.append(found.end())
        if len(close) <= len(wide):
            return wide
        if any(_OPTION.match(text, at)[2].upper() != _letter(had + place) for place, at in enumerate(wide)):
            return close
        following = self._next_letter(draft)
        if following is None:
            if had and len(wide) == 1 and draft.on_line == 1:
                draft.complain("word_options_in_line", line=line.place, letter=_letter(had + 1))
            return close
        return close if following == _letter(had + len(close)) else wide

    def _next_letter(self, draft: _Draft) -> str | None:
        """The letter of the next line of options of this question."""
        for line in self.lines[self.at + 1 :]:
            if self._start(line, draft) or _KEY.fullmatch(line.text) or line.heading is not None:
                return None
            if found := _OPTION.match(line.text):
                return found[2].upper()
        return None

    @staticmethod
    def _is_expected(draft: _Draft, text: str) -> bool:
        return _OPTION.match(text)[2].upper() == _letter(len(draft.options))

    def _option(self, draft: _Draft, words: Line, label: Line | None, is_starred: bool) -> None:
        if len(draft.options) >= len(LETTERS):
            draft.complain("too_many_answers", limit=len(LETTERS))
            return
        option = _Option([], is_starred, label)
        draft.options.append(option)
        self._add_to(option.lines, words, draft)


def _level(words: str) -> str:
    """The difficulty that these words say, "" where they are not known."""
    return _LEVELS.get(" ".join(words.split()).casefold(), "")


def _list_at_end(stem: list[Line], *formats: str) -> list[Line]:
    """The lines of the one list with which a text ends; none where more than that is a list, or nothing else."""
    start = len(stem)
    while (
        start and stem[start - 1].number_format in formats and stem[start - 1].number_format == stem[-1].number_format
    ):
        start -= 1
    is_only = start > 0 and not any(line.number_format for line in stem[:start])
    return stem[start:] if is_only else []


def _without_key(draft: _Draft, line: Line) -> Line:
    """The line without the key at its end, which the question has then."""
    if behind := _KEY_BEHIND.search(line.text):
        draft.keys.append(behind[1])
        return line.cut(0, behind.start())
    return line


def _options_in_text(stem: list[Line]) -> list[tuple[int, int]]:
    """(line, where it begins) of each option behind the text of a question, on its line and on those below.

    None where the letters that stand there are not A, B, C … once each: which of them are options is then not said.
    """
    found, letters = [], ""
    for number, line in enumerate(stem):
        starts = [start for start in _OPTION_WITHIN.finditer(line.text) if found or start.start(1) > 0 or number]
        if found and not (starts and not line.text[: starts[0].start()].strip()):
            return []
        found += [(number, start.start(1)) for start in starts]
        letters += "".join(start[2] for start in starts)
    wanted = LETTERS[: len(letters)]
    return found if len(found) > 1 and letters in (wanted, wanted.lower()) else []


def _letter(place: int) -> str:
    return LETTERS[place] if place < len(LETTERS) else "?"


# --- The key ---------------------------------------------------------------------


def _answered(drafts: list[_Draft], before: int, keys: word_keys.Keys) -> list[FoundQuestion]:
    """The questions of one table of keys; a table that cannot be theirs answers none of them."""
    labels = Counter(draft.label for draft in drafts)
    found = []
    for number, draft in enumerate(drafts, before + 1):
        said = keys.get(draft.label, set())
        if said and labels[draft.label] > 1:
            draft.complain("word_two_numbers", number=draft.label)
        if said and draft.is_counted and set(keys) != set(labels):
            draft.complain("word_keys_do_not_fit", said=len(keys), questions=len(labels))
        found.append(_found(draft, number, said))
    return found


def _right_options(draft: _Draft, table: set[str]) -> set[int]:
    """The places of the right options; raises _Unclear where that is not said, or said in two ways."""
    said: list[set[int]] = []
    if draft.list_format and table:
        raise _Unclear("word_key_unclear", key=" / ".join(sorted(table))[:40])
    for key in draft.keys:
        if draft.list_format:
            said.append(_number_in_list(key, draft))
            continue
        if _PAIRS.fullmatch(key) or _ORDER.fullmatch(key):
            raise _Unclear("word_pairs" if _PAIRS.fullmatch(key) else "word_order", key=key[:40])
        said.append({LETTERS.index(letter) for letter in _letters(key, draft)})
    said += [{LETTERS.index(letter) for letter in letters} for letters in sorted(table)]
    if starred := {place for place, option in enumerate(draft.options) if option.is_starred}:
        said.append(starred)
    for mark, _name in _MARKS:
        marked = _marked(draft.options, mark)
        if not marked:
            continue
        if len(marked) > 1 and not said:
            raise _Unclear("word_two_marked", letters=", ".join(LETTERS[place] for place in sorted(marked)))
        said.append(marked)
    if not said:
        raise _Unclear("word_no_key")
    if any(one != said[0] for one in said):
        ways = sorted({"".join(LETTERS[place] for place in sorted(one)) for one in said})
        raise _Unclear("word_two_keys", keys=" / ".join(ways))
    if max(said[0]) >= len(draft.options):
        raise _Unclear("aiken_key_without_option", line=draft.place, key=LETTERS[max(said[0])])
    return said[0]


def _number_in_list(key: str, draft: _Draft) -> set[int]:
    """Options that Word numbers are named by their numbers; what it marks with bullets has no name."""
    bare = key.strip(" .()[]")
    if draft.list_format == "decimal" and bare.isdecimal() and 0 < int(bare[:3]) <= len(draft.options):
        return {int(bare[:3]) - 1}
    raise _Unclear("word_key_unclear", key=key[:40])


def _letters(key: str, draft: _Draft) -> str:
    """The letters that a line "Đáp án: …" says: "B", "(B)", "A, C", "B. the words of option B", "the words of B"."""
    bare = key.strip().removeprefix("(").removeprefix("[").rstrip(".").rstrip(")]").strip()
    texts = [_bare(_words(option)) for option in draft.options]
    same = [LETTERS[place] for place, text in enumerate(texts) if text and text == _bare(key)]
    if _LETTERS.fullmatch(bare):
        letters = re.findall("[A-H]", bare.upper())
        if set(same) <= set(letters):
            return "".join(letters)
        raise _Unclear("word_key_unclear", key=key[:40])  # the letter of one option, and all that another says
    if len(same) == 1:
        return same[0]
    if said := _LETTER_AND_WORDS.fullmatch(key):
        place = LETTERS.index(said[1].upper())
        if place < len(texts) and texts[place] and texts[place] == _bare(said[2]):
            return said[1].upper()
    raise _Unclear("word_key_unclear", key=key[:40])


def _bare(words: str) -> str:
    return " ".join(words.split()).strip(" .").casefold()


def _by_letter(key: str, draft: _Draft, row: word_tables.Row) -> str:
    """The key of a row by the letter of its option, where the heads of the columns number them."""
    if not row.is_numbered:
        return key
    bare = key.strip(" .()")
    if bare.isdecimal() and 0 < int(bare[:3]) <= len(LETTERS):
        if any(_bare(_words(option)) == bare for option in draft.options):
            draft.complain("word_key_unclear", key=key[:40])
        return LETTERS[int(bare) - 1]
    if _LETTERS.fullmatch(bare):
        draft.complain("word_key_unclear", key=key[:40])
    return key


def _words(option: _Option) -> str:
    return " ".join(line.text for line in option.lines)


def _marked(options: list[_Option], mark: int) -> set[int]:
    """The options whose letter looks so, or every word behind it; what all of them have says nothing."""
    letters = {place for place, option in enumerate(options) if option.label is not None and option.label.looks(mark)}
    words = {place for place, option in enumerate(options) if _looks(option, mark)}
    everybody = set(range(len(options)))
    return (letters if letters != everybody else set()) | (words if words != everybody else set())


def _looks(option: _Option, mark: int) -> bool:
    return bool(option.lines) and all(line.looks(mark) for line in option.lines if line.text != PICTURE)


class _Unclear(Exception):
    def __init__(self, code: str, **params):
        self.note = note(code, **params)
        super().__init__(code)


# --- The question ------------------------------------------------------------------


def _with_listed_options(draft: _Draft) -> None:
    """Makes options of the list at the end of a text that has none with letters."""
    formats = ("bullet",) if draft.is_counted else ("bullet", "decimal")
    listed = [] if draft.options else _list_at_end(draft.stem, *formats)
    if not 1 < len(listed) <= len(LETTERS):
        return
    del draft.stem[-len(listed) :]
    draft.list_format = listed[0].number_format
    for line in listed:
        words = line.text.strip()
        if is_starred := words.startswith("*") or words.endswith("*"):
            line = line.cut(line.text.index("*") + 1) if words.startswith("*") else line.cut(0, line.text.rindex("*"))
        draft.options.append(_Option([line], is_starred, None))
    draft.warnings.append(note("word_list_options", count=len(listed)))


def _with_options_in_text(draft: _Draft) -> None:
    """Makes options of those behind the text, where the question has no others."""
    if draft.options or not (found := _options_in_text(draft.stem)):
        return
    number, first = found[0]
    stem = [*draft.stem[:number], draft.stem[number].cut(0, first)]
    last = len(draft.stem) - 1
    draft.stem[last] = _without_key(draft, draft.stem[last])
    for (place, start), (next_place, following) in zip(found, [*found[1:], (-1, 0)], strict=True):
        line = draft.stem[place]
        option = _OPTION.match(line.text, start)
        words = line.cut(option.end(), following if next_place == place else None)
        is_starred = "*" in option[1]
        if not is_starred and words.text.endswith("*"):
            is_starred, words = True, words.cut(0, len(words.text) - 1)
        draft.options.append(_Option([words] if words.text else [], is_starred, line.cut(*option.span(2))))
    draft.stem = [line for line in stem if line.text.strip()]
    draft.warnings.append(note("word_options_in_text", count=len(found)))


def _judgement(draft: _Draft) -> bool | None:
    """Whether the one key says that a statement is true, or false. "Đ" is short for true; "D" is the fourth option."""
    key = draft.keys[0].strip(" .") if len(draft.keys) == 1 else ""
    if key in ("Đ", "đ") or fold(key) in _TRUE:
        return True
    return False if fold(key) in _FALSE else None


def _found(draft: _Draft, number: int, table: set[str]) -> FoundQuestion:
    judgement = _judgement(draft)
    if judgement is None:
        _with_listed_options(draft)
        _with_options_in_text(draft)
    files = {file.name: file for line in draft.stem for file in line.pictures}
    found = FoundQuestion(
        kind=MULTICHOICE,
        line=draft.place,
        number=number,
        category=draft.category,
        stem=_text(draft.stem),
        files=tuple(files.values()),
        general_feedback=_text(draft.notes) if draft.notes else None,
        default_grade=draft.points,
        difficulty=draft.difficulty,
        problem=draft.problem,
        warnings=tuple(draft.warnings),
    )
    if draft.problem is not None:
        return found
    if not draft.options and judgement is not None:
        return replace(found, kind=TRUEFALSE, right=judgement)
    if len(draft.options) < 2:
        return replace(found, problem=note("too_few_answers"))
    try:
        right = _right_options(draft, table)
    except _Unclear as unclear:
        return replace(found, problem=unclear.note)
    return replace(
        found,
        is_single=len(right) == 1,
        is_all_or_nothing=len(right) > 1,
        answers=tuple(
            FoundAnswer(
                text=_text(option.lines),
                percent=FULL if place in right else NOTHING,
                files=tuple(file for line in option.lines for file in line.pictures),
            )
            for place, option in enumerate(draft.options)
        ),
    )


def _with_warning(found: FoundQuestion, warning: Note) -> FoundQuestion:
    return replace(found, warnings=(*found.warnings, warning))


def _text(lines: list[Line]) -> Formatted:
    return Formatted("html", "<br>".join(line.html() for line in lines)[:MAX_CHARACTERS])
