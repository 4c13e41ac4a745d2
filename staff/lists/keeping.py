"""The cells of a list that may be kept: packed without sensitive columns, hidden sheets and what cannot be a list."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from staff.lists import headings
from staff.lists.headings import Headings, find_headings, likely_headings
from staff.lists.workbook import Line, Sheet

Kept = tuple[Sheet, Headings]


def reduced(
    sheets: Iterable[Sheet], meanings: Mapping[str, str] = headings.NOTHING_SAID
) -> tuple[list[Kept], list[Kept], list[str]]:
    """(the sheets that are lists, those whose columns only the officer can name, the titles of the others).

    The sheets come with their headings, without what must not be stored; hidden and empty ones are left out.
    """
    kept, asked, others = [], [], []
    for sheet in sheets:
        if sheet.is_hidden or not any(line.filled for line in sheet.lines):
            continue
        if found := find_headings(sheet.lines, meanings):
            kept.append((_without(sheet, found), found))
        elif found := likely_headings(sheet.lines):
            asked.append((_without(sheet, found), found))
        else:
            others.append(sheet.title)
    return kept, asked, others


def _without(sheet: Sheet, found: Headings) -> Sheet:
    """The sheet with the cells below sensitive headings emptied."""
    if not found.sensitive:
        return sheet
    last = found.lines[-1]
    lines = [
        line if line.number <= last else replace(line, values=tuple(
            None if column in found.sensitive else value for column, value in enumerate(line.values)
        ))
        for line in sheet.lines
    ]  # fmt: skip
    return replace(sheet, lines=lines)


def packed(sheets: Iterable[Sheet]) -> bytes:
    data = [
        {
            "title": sheet.title,
            "merged": sheet.merged,
            "lines": [
                [line.number, [_plain(value) for value in line.values], line.is_hidden, sorted(line.struck)]
                for line in sheet.lines
            ],
        }
        for sheet in sheets
    ]
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpacked(content: bytes) -> list[Sheet]:
    """The sheets that ``packed`` packed, equal in every cell."""
    return [
        Sheet(
            sheet["title"],
            [
                Line(number, tuple(_value(cell) for cell in cells), is_hidden, frozenset(struck))
                for number, cells, is_hidden, struck in sheet["lines"]
            ],
            merged=[tuple(area) for area in sheet["merged"]],
        )
        for sheet in json.loads(zlib.decompress(content))
    ]


def _plain(value):
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case time():
            return {"words": str(value)}
        case timedelta():
            return {"words": str(value)}
    return value


def _value(cell):
    match cell:
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"words": text}:
            return text
    return cell


def recognised(sheet, found) -> dict:
    """What a sheet was taken for, as plain data: the officer corrects it by the words over the columns."""
    plain = headings.find_headings(sheet.lines)
    if plain:
        by_column = {column: said for said, column in plain.columns.items()}
    else:  # recognised by what an officer said, or to be named by one
        by_column = {column: headings.meaning(title) or "" for column, title in found.titles.items()}
    return {
        "title": sheet.title[:100],
        "rows": list(found.lines),
        "count": len(sheet.lines) - found.lines[-1],
        "columns": [
            {
                "words": title[:100],
                "key": headings.title_key(title),
                "says": headings.SENSITIVE if column in found.sensitive else by_column.get(column, ""),
                "sample": _sample(sheet, found, column),
            }
            for column, title in sorted(found.titles.items())
            if title.strip()
        ],
    }


def _sample(sheet, found, column: int) -> str:
    """The first value below the heading, so that a column can be told; never of personal numbers."""
    if column in found.sensitive or found.columns.get(headings.NATIONAL_ID) == column:
        return ""
    # a title of a section stands alone, and a row of column numbers holds nothing else
    rows = [line for line in sheet.lines if line.number > found.lines[-1] and len(line.filled) > 1]
    rows = [line for line in rows if not all(line.text(at).strip("() .").isdigit() for at in line.filled)]
    below = (line.text(column).strip() for line in rows)
    value = next((text for text in below if text and not (text.isdigit() and len(text) >= 9)), "")
    return value[:40]
