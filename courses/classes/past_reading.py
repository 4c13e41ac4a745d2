"""Lists of classes of before, as offices keep them in Excel: what each row says. Pure: bytes in, texts and facts out.

One row is one person in one class. Columns are known by the words over them; of other columns nothing is kept.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.enums import ReportedResult
from staff.form_fields import DAY_FORMATS
from staff.imports.reading import FileRefused
from staff.lists.dates import BirthDay, read_birth_day
from staff.lists.names import read_name
from staff.lists.workbook import sheets_of
from staff.vietnamese import fold, nfc

MOST_ROWS = 5_000
_HEADING_WITHIN = 25
LONGEST_HOURS = 2_000

NAME, BORN, UNIT, COURSE, CLASS = "name", "born", "unit", "course", "class"
FIRST, LAST, HOURS, ATTENDED, PLACE = "first", "last", "hours", "attended", "place"
TRAINERS, DECISION, DECISION_ON, RESULT = "trainers", "decision", "decision_on", "result"

# What the template says over each column, in its order; official lists have one language.
TITLES = {
    NAME: "Họ và tên",
    BORN: "Ngày sinh",
    UNIT: "Đơn vị",
    COURSE: "Mã khóa học",
    CLASS: "Tên lớp",
    FIRST: "Từ ngày",
    LAST: "Đến ngày",
    HOURS: "Số tiết của lớp",
    PLACE: "Địa điểm",
    TRAINERS: "Giảng viên",
    DECISION: "Số quyết định cử",
    DECISION_ON: "Ngày quyết định",
    ATTENDED: "Số tiết đã dự",
    RESULT: "Kết quả",
}
# The first that matches is what the column says.
_WORDS = (
    (DECISION_ON, r"ngay (ky |ban hanh )?(quyet dinh|qd)"),
    (DECISION, r"quyet dinh|^so qd|\bqd\b"),
    (BORN, r"\b(ngay(,? thang)?(,? nam)? sinh|nam sinh|ntns)\b"),
    (NAME, r"\b(ho va ten|ho ten|hoc vien)\b"),
    (ATTENDED, r"(tiet|buoi|gio).*\bdu\b|^du lop|^tham du|^da du|diem danh"),
    (HOURS, r"so tiet|thoi luong"),
    (FIRST, r"tu ngay|bat dau|khai giang|^ngay (hoc|to chuc)"),
    (LAST, r"den ngay|ket thuc|be giang"),
    (COURSE, r"khoa hoc|ma khoa|^khoa$|chuyen de|noi dung"),
    (CLASS, r"\blop\b"),
    (PLACE, r"dia diem|noi (hoc|to chuc)"),
    (TRAINERS, r"giang vien|bao cao vien|nguoi huong dan"),
    (RESULT, r"ket qua|xep loai"),
    (UNIT, r"don vi|co quan|noi cong tac"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _WORDS)
_NEEDED = (NAME, COURSE, CLASS, FIRST)
_PASSED = {"dat", "xuat sac", "gioi", "kha", "trung binh", "trung binh kha", "dat yeu cau", "x"}
_FAILED = {"khong dat", "chua dat", "truot", "khong dat yeu cau", "kem"}
_THERE = {"co", "du", "co mat", "day du", "du lop", "x"}
_NOT_THERE = {"khong", "vang", "khong du", "bo hoc", "0"}


@dataclass(frozen=True, slots=True)
class SaidRow:
    """A row as it stands: the texts of the columns that are known, by their names here."""

    sheet: str
    number: int
    said: dict[str, str]


@dataclass(frozen=True, slots=True)
class PastRow:
    """What a row says, read. ``problem`` is why it cannot be taken, "" where it can be."""

    name: str = ""
    born: BirthDay = BirthDay()
    unit: str = ""
    course: str = ""
    class_name: str = ""
    first: date | None = None
    last: date | None = None
    hours: int | None = None
    place: str = ""
    trainers: str = ""
    decision: str = ""
    decision_on: date | None = None
    attended: str = ""
    result: str = ReportedResult.NONE
    problem: str = ""


def rows_of(content: bytes, name: str) -> list[SaidRow]:
    """The rows of a file. Raises FileRefused where it cannot be read, or no sheet has the columns that are needed."""
    found: list[SaidRow] = []
    missing: list[str] = []
    for sheet in sheets_of(content, name):
        columns, start = _heading(sheet.lines[:_HEADING_WITHIN])
        lacking = [TITLES[column] for column in _NEEDED if column not in columns]
        if lacking:
            missing = missing if missing and len(missing) <= len(lacking) else lacking
            continue
        for line in sheet.lines[start:]:
            said = {column: nfc(line.text(place))[:300] for column, place in columns.items()}
            if said[NAME] and (said[COURSE] or said[CLASS]) and not line.is_hidden:
                found.append(SaidRow(sheet.title[:100], line.number, said))
        if len(found) > MOST_ROWS:
            raise FileRefused(
                _("%(file)s has more than %(most)d rows. Hand it in by parts. Nothing was changed.")
                % {"file": name, "most": MOST_ROWS}
            )
    if not found:
        if missing:
            raise FileRefused(
                _("%(file)s lacks the columns: %(columns)s. The template names them all. Nothing was changed.")
                % {"file": name, "columns": ", ".join(missing)}
            )
        raise FileRefused(_("%(file)s has no rows about people in classes. Nothing was changed.") % {"file": name})
    return found


def _heading(lines) -> tuple[dict[str, int], int]:
    """(column of each meaning, index of the line after the heading): the line that names most columns."""
    best: dict[str, int] = {}
    after = 0
    for index, line in enumerate(lines):
        columns: dict[str, int] = {}
        for place in line.filled:
            if (meaning := _meaning(line.text(place))) and meaning not in columns:
                columns[meaning] = place
        if len(columns) > len(best):
            best, after = columns, index + 1
    return best, after


def _meaning(title: str) -> str:
    words = fold(title)
    return next((name for name, pattern in _PATTERNS if pattern.search(words)), "")


def read_row(said: dict[str, str], *, today: date) -> PastRow:
    """What the texts of a row say. The first thing that cannot be understood is its problem."""
    name = read_name(said.get(NAME, ""))
    born = read_birth_day(said.get(BORN, ""), on=today)
    first, last = _day(said.get(FIRST, "")), _day(said.get(LAST, ""))
    hours = _whole(said.get(HOURS, ""))
    decision_on = _day(said.get(DECISION_ON, ""))
    result = _result(said.get(RESULT, ""))
    row = PastRow(
        name=name.text,
        born=born,
        unit=said.get(UNIT, ""),
        course=said.get(COURSE, ""),
        class_name=said.get(CLASS, "")[:200],
        first=first,
        last=last or first,
        hours=hours,
        place=said.get(PLACE, "")[:200],
        trainers=said.get(TRAINERS, "")[:300],
        decision=said.get(DECISION, "")[:60],
        decision_on=decision_on,
        attended=said.get(ATTENDED, ""),
        result=result or ReportedResult.NONE,
    )
    if problem := _problem(row, said, today, hours, decision_on, result):
        return PastRow(name=row.name or said.get(NAME, ""), class_name=row.class_name, problem=str(problem))
    return row


_NOT_UNDERSTOOD = gettext_lazy("“%(value)s” under “%(column)s” is not understood.")


def _problem(row: PastRow, said, today, hours, decision_on, result):
    def unclear(column):
        return _NOT_UNDERSTOOD % {"value": said[column], "column": TITLES[column]}

    if not row.name:
        return _("The name is typed in an old font or is none.")
    if said.get(BORN) and row.born.day is None:
        return unclear(BORN)
    if not row.course or not row.class_name:
        return _("The course or the name of the class is missing.")
    if row.first is None:
        return unclear(FIRST) if said.get(FIRST) else _("The first day of the class is missing.")
    if said.get(LAST) and _day(said[LAST]) is None:
        return unclear(LAST)
    if row.last < row.first:
        return _("The class ends before it begins.")
    if row.last > today or row.first.year < 1990:
        return _("The days of the class lie in the future, or too far back.")
    if said.get(HOURS) and (hours is None or not 1 <= hours <= LONGEST_HOURS):
        return unclear(HOURS)
    if said.get(DECISION_ON) and decision_on is None:
        return unclear(DECISION_ON)
    if result is None:
        return _("“%(value)s” is no result that is understood: write Đạt or Không đạt, or leave it empty.") % {
            "value": said[RESULT]
        }
    return ""


def hours_attended(text: str, total: int) -> int | None:
    """The hours of ``total`` that a cell speaks of: 12, 12/16, "có" for all, "vắng" for none; None where it is empty.

    Raises ValueError for anything else, and for more hours than the class had.
    """
    words = fold(text)
    if not words:
        return None
    if words in _THERE:
        return total
    if words in _NOT_THERE:
        return 0
    hours = _whole(words.partition("/")[0].strip())
    if hours is None or hours > total:
        raise ValueError(text)
    return hours


def _result(text: str) -> str | None:
    """None where it is not understood."""
    words = fold(text).strip(" .")
    if not words:
        return ReportedResult.NONE
    if words in _FAILED:
        return ReportedResult.FAILED
    return ReportedResult.PASSED if words in _PASSED else None


def _whole(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,5})(?:[.,]0+)?(?:\s*tiet)?", fold(text))
    return int(match[1]) if match else None


def _day(text: str) -> date | None:
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None
