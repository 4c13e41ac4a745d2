"""Tables of a web page: programs of staff records save them as "Excel" under the ending .xls."""

import re
from html.parser import HTMLParser

MOST_COLUMNS = 200
# Cells taken by cells above or beside them: more is no table that somebody looks at.
_MOST_TAKEN = 500_000
_BEGINNING = re.compile(r"\s*<(?:!doctype|html|head|meta|style|table|\?xml|!--)", re.IGNORECASE)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)


class NoTable(Exception):
    """The page is larger than a table of people can be."""


def is_page(text: str) -> bool:
    """Whether the text is a web page with a table in it."""
    return bool(_BEGINNING.match(text) and _TABLE.search(text))


def rows_of(text: str) -> tuple[list[tuple], list[tuple[int, int, int, int]]]:
    """(the rows of all its tables, one below another; the cells that take several, as ``Sheet.merged`` has them).

    Raises NoTable.
    """
    tables = _Tables()
    tables.feed(text)
    tables.close()
    return tables.rows, tables.merged


class _Tables(HTMLParser):
    """Puts each cell where it is seen: below a cell that takes two rows the next one moves aside."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.taken: set[tuple[int, int]] = set()
        self.cells: dict[int, str] | None = None
        self.words: list[str] | None = None
        self.span = (1, 1)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self._end_row()
            self.cells = {}
        elif tag in {"td", "th"}:
            self._end_cell()
            self.cells = {} if self.cells is None else self.cells
            about = dict(attrs)
            self.span = (_number(about.get("rowspan")), _number(about.get("colspan")))
            self.words = []
        elif tag == "br" and self.words is not None:
            self.words.append("\n")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self._end_row()

    def handle_data(self, data):
        if self.words is not None:
            self.words.append(re.sub(r"\s+", " ", data))

    def close(self):
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self.words is None:
            return
        row = len(self.rows) + 1
        column = next(reversed(self.cells), -1) + 1
        while (row, column) in self.taken:
            column += 1
        height, width = self.span
        self.cells[column] = "".join(self.words).strip()
        self.words = None
        if column >= MOST_COLUMNS or len(self.taken) > _MOST_TAKEN:
            raise NoTable
        if (height, width) != (1, 1):
            last_row, last_column = row + height - 1, column + width - 1
            self.merged.append((row, column, last_row, last_column))
            self.taken |= {(y, x) for y in range(row, last_row + 1) for x in range(column, last_column + 1)}

    def _end_row(self) -> None:
        self._end_cell()
        if self.cells is not None:
            width = max(self.cells, default=-1) + 1
            self.rows.append(tuple(self.cells.get(column, "") for column in range(width)))
        self.cells = None


def _number(said: str | None) -> int:
    text = (said or "").strip()
    return min(max(int(text[:4]), 1), MOST_COLUMNS) if text.isascii() and text.isdigit() else 1
