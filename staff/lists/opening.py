"""From the bytes of a list to what is done with them, in one call each: what a process of its own can be asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from staff.lists import headings
from staff.lists.keeping import packed, recognised, reduced, unpacked
from staff.lists.matching import JudgedList, judge
from staff.lists.reading import read_list
from staff.lists.unit_names import KnownUnit
from staff.lists.workbook import Sheet, sheets_of


@dataclass(frozen=True, slots=True)
class Source:
    """A list as bytes: a file as it was sent, or (``is_kept``) what ``KeptFile.packed`` holds."""

    content: bytes
    name: str
    is_kept: bool = False

    def sheets(self) -> list[Sheet]:
        """Raises FileRefused for a file that is no spreadsheet."""
        return unpacked(self.content) if self.is_kept else sheets_of(self.content, self.name)


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """The verdicts, put away by parts; ``noise`` is (sheet, row, kind) of every row that is nobody."""

    judged: JudgedList
    noise: list[tuple[str, int, str]]
    unread_sheets: list[str]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What of a file may be stored, packed; what each sheet was taken for, as plain data; how many rows there are."""

    packed: bytes
    found: list[dict]
    rows: int


def judged_of(
    source: Source,
    *,
    units: Iterable[KnownUnit],
    on: date,
    meanings: Mapping[str, str] = headings.NOTHING_SAID,
    home: KnownUnit | None = None,
    progress: Callable[[int], None] | None = None,
) -> JudgedFile | None:
    """``read_list`` and ``judge``; None where no row of a staff list was found. Raises FileRefused."""
    sheets = iter(source.sheets())
    read = read_list(sheets, units=units, on=on, progress=progress, meanings=meanings, home=home)
    return JudgedFile(judge(read).put_away(), read.noise, read.unread_sheets) if read.rows else None


def kept_of(source: Source, *, meanings: Mapping[str, str], progress=None) -> KeptFile | None:
    """What may be kept of a file; None where no sheet can be a staff list. Raises FileRefused."""
    kept, asked, others = reduced(source.sheets(), meanings)
    if not kept and not asked:
        return None
    found = [
        *(recognised(sheet, found) for sheet, found in kept),
        *(recognised(sheet, found) | {"is_asked": True} for sheet, found in asked),
        *({"title": title[:100]} for title in others),
    ]
    rows = sum(len(sheet.lines) for sheet, _found in kept)
    return KeptFile(packed(sheet for sheet, _found in [*kept, *asked]), found, rows)
