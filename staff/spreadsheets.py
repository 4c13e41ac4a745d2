"""Tables as CSV that Excel opens in Vietnamese and that cannot carry formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value) -> str:
    """``value`` as text that a spreadsheet never takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_csv(rows: Iterable[Sequence]) -> str:
    """``rows`` as CSV with a byte order mark, without which Excel reads UTF-8 as something else."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return BYTE_ORDER_MARK + buffer.getvalue()


def csv_response(rows: Iterable[Sequence], *, name: str) -> HttpResponse:
    """``rows`` as a file to download; ``name`` is plain ASCII without its ending."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
