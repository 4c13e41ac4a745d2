"""Which column says what: the words that offices write over the columns of a staff list."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from staff.lists.old_typing import modern
from staff.lists.workbook import Line
from staff.old_fonts import TCVN3, VNI, converted
from staff.vietnamese import fold, nfc

NUMBER, NAME, FIRST_NAMES, GIVEN_NAME = "number", "full_name", "first_names", "given_name"
MIDDLE_NAMES = "middle_names"
# Where a name stands, in the order in which it is put together.
PARTS_OF_A_NAME = (NAME, FIRST_NAMES, MIDDLE_NAMES, GIVEN_NAME)
BORN, BORN_MALE, BORN_FEMALE, GENDER = "date_of_birth", "born_male", "born_female", "gender"
BORN_DAY, BORN_MONTH, BORN_YEAR = "born_day", "born_month", "born_year"
MALE_MARK, FEMALE_MARK = "male_mark", "female_mark"
POSITION, UNIT, CATEGORY, NOTE = "position", "unit", "category", "note"
ICT, ICT_YEAR = "ict", "ict_year"
EMAIL, PHONE, NATIONAL_ID = "email", "phone", "national_id"
# Law 91/2025/QH15 calls them sensitive; we need none of them, so nothing of such a column is kept.
SENSITIVE = "sensitive"

# In this order: the first that matches is what the column says.
_WORDS = (
    (
        SENSITIVE,
        r"\b(dan toc|ton giao|dang vien|vao dang|ngay vao dang|dang phi|ethnic\w*|religio\w*|party member\w*)\b",
    ),
    (NUMBER, r"^(stt|tt|so tt|so thu tu|no|#)$"),
    (FIRST_NAMES, r"^(ho dem|ho va dem|ho va ten dem|ho va chu dem|ho va ten lot|ho lot|ho va ten dem lot|ho)$"),
    (MIDDLE_NAMES, r"^(ten dem|dem|chu dem|ten lot|lot|chu lot)$"),
    (GIVEN_NAME, r"^ten$"),
    (NAME, r"\b(ho va ten|ho ten|ho,? ten|ho va ten khai sinh|hoten|ten can bo|full ?name|employee name)\b|^name$"),
    (
        BORN,
        r"\b(ngay(,? thang)?(,? nam)? sinh|nam sinh|sinh ngay|ngay sinh|sinh nam|ntns"
        r"|date of birth|birth ?date|birth ?day|dob)\b",
    ),
    (GENDER, r"^(gioi tinh|gioi$|phai|nam/ ?nu|nam nu|gt|gender|sex)\b"),
    (ICT_YEAR, r"\bnam (cap|dat|cap cc|cap chung chi)\b"),
    (ICT, r"\b(tin hoc|cntt|cong nghe thong tin|ky nang so|ung dung cntt|ict|informatics|computer skills?)\b"),
    (
        NATIONAL_ID,
        r"\b(cccd|cmnd|cmt|cmtnd|can cuoc|so dinh danh|dinh danh ca nhan|chung minh"
        r"|national id|identity (?:card|number)|id (?:card|number))\b",
    ),
    (EMAIL, r"\b(e ?-?mail|thu dien tu|hop thu|thu cong vu)\b"),
    (PHONE, r"\b(so dien thoai|dien thoai|sdt|dtdd|di dong|so dt|mobile|(?:tele)?phone)\b|^dt$"),
    (CATEGORY, r"^(doi tuong|loai can bo|phan loai|nhom doi tuong|cbccvc|loai|category|staff category)$"),
    (POSITION, r"\b(chuc vu|chuc danh|vi tri viec lam|vi tri cong tac|chuc vu/chuc danh|position|job title)\b"),
    (
        UNIT,
        r"\b(don vi|co quan|phong ban|phong, ban|noi cong tac|bo phan|don vi cong tac"
        r"|unit|department|agency|organi[sz]ation)\b",
    ),
    (NOTE, r"\b(ghi chu|luu y|notes?|remarks?)\b"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _WORDS)
_GENDER_WORDS = {"nam": BORN_MALE, "nu": BORN_FEMALE}
_BORN_IN_PARTS = {
    "ngay": BORN_DAY, "thang": BORN_MONTH, "nam": BORN_YEAR,
    "ngay sinh": BORN_DAY, "thang sinh": BORN_MONTH, "nam sinh": BORN_YEAR,
}  # fmt: skip
_MARK_WORDS = {"nam": MALE_MARK, "nu": FEMALE_MARK}
_OF_GIVEN_NAMES = "Tên"
_A_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
_FEWEST = 3
_LONGEST_TITLE = 60
NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Headings:
    """``columns`` maps what a column says to its index; ``lines`` are the numbers of the rows that the heading takes.

    ``titles`` are the words over each column, as they stand, by index. ``sensitive`` are the columns of which nothing
    may be kept.
    """

    columns: dict[str, int]
    lines: tuple[int, ...]
    titles: dict[int, str]
    sensitive: frozenset[int] = frozenset()

    def repeats(self, line: Line) -> bool:
        """Whether a later row is this heading once more, as it stands at the top of printed pages."""
        said = strange = 0
        for column in line.each_filled():
            said += 1
            strange += fold(line.text(column)) not in _folded_title(self.titles.get(column, ""))
            if strange > 1:
                return False
        return said >= _FEWEST


_folded_title = lru_cache(maxsize=1000)(fold)


def meaning(words: str) -> str | None:
    """What a column under ``words`` says, None where we need nothing of it.

    Words typed in a TCVN3 or VNI font are read too: nothing else would look like a heading then.
    """
    found = _meant(words)
    for encoding in (TCVN3, VNI):
        if found is None and not words.isascii():
            found = _meant(nfc(converted(words, encoding)))
    return found


def _meant(words: str) -> str | None:
    folded = fold(words.replace("\n", " ")).strip(" .:*()")
    return next((name for name, pattern in _PATTERNS if pattern.search(folded)), None)


def find_headings(lines: list[Line], meanings: Mapping[str, str] = NOTHING_SAID) -> Headings | None:
    """The heading of a sheet, one or two rows high; None where no row looks like one.

    A heading names the people and at least two things more. A second row belongs to it where it stands under a
    group ("Trình độ") and not under a column of its own. ``meanings`` says by its folded words what a column holds
    ("" for nothing), where somebody knows better than we do.
    """
    for index, line in enumerate(lines[:60]):
        found = [_told(line.text(column), meanings) for column in range(len(line.values))]
        if is_enough([name for name in found if name]):
            below = lines[index + 1] if index + 1 < len(lines) else None
            heading = _headings(line, below, meanings)
            people = [line for line in lines[index + 1 : index + 20] if line.number not in heading.lines]
            return _as_filled(heading, people)
    return None


def _as_filled(found: Headings, below: list[Line]) -> Headings:
    """What the columns say where their words alone do not tell: by what stands below them.

    One heading often stands over two columns of a name: the second is then called as if it had one of its own. "Nam"
    and "Nữ" are ticked, or hold the birth days of each.
    """
    columns, titles = dict(found.columns), found.titles
    name = columns.get(NAME, columns.get(FIRST_NAMES) if GIVEN_NAME not in columns else None)
    if name is not None and name + 1 not in found.titles and name + 1 not in columns.values():
        named = [line for line in below if _is_worded(line.text(name))]
        if named and 2 * sum(_is_worded(line.text(name + 1)) for line in named) > len(named):
            columns.pop(NAME, None)
            columns |= {FIRST_NAMES: name, GIVEN_NAME: name + 1}
            titles = titles | {name + 1: _OF_GIVEN_NAMES}
    marks = [key for key in (MALE_MARK, FEMALE_MARK) if key in columns]
    if not {BORN, BORN_YEAR, BORN_MALE, BORN_FEMALE} & columns.keys():
        said = [text for line in below for key in marks if (text := line.text(columns[key]).strip())]
        if said and all(_A_YEAR.search(text) for text in said):
            columns |= {{MALE_MARK: BORN_MALE, FEMALE_MARK: BORN_FEMALE}[key]: columns.pop(key) for key in marks}
    return replace(found, columns=columns, titles=titles)


def _is_worded(text: str) -> bool:
    return any(letter.isalpha() for letter in text) and not any(letter.isdigit() for letter in text)


def likely_headings(lines: list[Line]) -> Headings | None:
    """The first row that can be the heading of a table whose words we do not know, for somebody to say what they mean.

    At least three different short words without digits, above a row that fills three of the same columns.
    """
    for line, below in pairwise(lines[:60]):
        words = [line.text(column).strip() for column in line.filled]
        is_worded = all(len(text) <= _LONGEST_TITLE and not re.search(r"\d", text) for text in words)
        is_plain = is_worded and len({title_key(text) for text in words}) == len(words) >= _FEWEST
        if is_plain and len(set(line.filled) & set(below.filled)) >= _FEWEST:
            return _headings(line, below, NOTHING_SAID)
    return None


def is_enough(said: Collection[str]) -> bool:
    """Whether columns that say this make the heading of a staff list."""
    known = {name for name in said if name}
    return len(known) >= _FEWEST and bool(known & {NAME, FIRST_NAMES})


def title_key(words: str) -> str:
    """The words over a column as ``meanings`` names them."""
    return " ".join(fold(words).split())[:100]


def _told(words: str, meanings: Mapping[str, str]) -> str | None:
    recognised = meaning(words)
    # nobody may name a column of this kind anything else
    if recognised == SENSITIVE or not meanings:
        return recognised
    return meanings.get(title_key(words), recognised) or None


def _headings(line: Line, below: Line | None, meanings: Mapping[str, str]) -> Headings:
    titles = {column: line.text(column) for column in line.filled}
    numbers = (line.number,)
    groups: dict[int, str] = {}
    if below is not None and _is_second_row(line, below):
        numbers = (line.number, below.number)
        for column in below.filled:
            above = max((start for start in titles if start <= column), default=column)
            groups[column] = line.text(above)
        titles |= {column: below.text(column) for column in below.filled}
    columns: dict[str, int] = {}
    chosen: dict[str, int] = {}
    sensitive = set()
    parts = _born_in_parts(titles, groups)
    for column, title in sorted(titles.items()):
        name = parts.get(column) or _said_in(title, groups.get(column, ""))
        if name == SENSITIVE or meaning(groups.get(column, "")) == SENSITIVE:
            sensitive.add(column)
        elif title_key(title) in meanings:
            chosen.setdefault(meanings[title_key(title)], column)
        elif name:
            columns.setdefault(name, column)
    columns = {name: column for name, column in (columns | chosen).items() if name}
    return Headings(columns, numbers, titles, frozenset(sensitive))


def _born_in_parts(titles: Mapping[int, str], groups: Mapping[int, str]) -> dict[int, str]:
    """The columns of day, month and year of birth where these stand apart: "Năm" is then no column of the men."""
    found = {}
    for column, title in titles.items():
        word, group = _word(title), groups.get(column, "")
        if (word.endswith(" sinh") and not group) or (group and meaning(group) == BORN):
            found[column] = _BORN_IN_PARTS.get(word)
    said = {column: part for column, part in found.items() if part}
    return said if {BORN_MONTH, BORN_YEAR} <= set(said.values()) else {}


def _word(title: str) -> str:
    return fold(modern(title)).strip(" .:*()")


def _said_in(title: str, group: str) -> str | None:
    """What a title below a group says: "Nam" under "Ngày sinh" is where the birth days of men stand."""
    word = _word(title)
    if group and word in _GENDER_WORDS:
        return _GENDER_WORDS[word] if meaning(group) == BORN else _MARK_WORDS[word]
    if not group and word in _MARK_WORDS:
        return _MARK_WORDS[word]
    return meaning(title) or (meaning(f"{group} {title}") if group and meaning(group) not in {None, UNIT} else None)


def _is_second_row(line: Line, below: Line) -> bool:
    """Its words stand under groups: some have no title of their own above; and none is a value."""
    filled = below.filled
    if not filled or NAME in {meaning(below.text(column)) for column in filled}:
        return False
    under_groups = [column for column in filled if not line.text(column).strip()]
    return bool(under_groups) and all(not below.text(column).strip("() ").isdigit() for column in filled)
