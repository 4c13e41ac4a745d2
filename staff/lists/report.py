"""What was read, as plain data: the keys that ``import_staff --json`` prints."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from staff.lists.matching import CREATE, MERGE, REVIEW, SKIP, JudgedList, ListPerson, Verdict
from staff.lists.reading import ReadRow
from staff.vietnamese import fold, split_name

Parts = Iterator[tuple[str, Iterable[dict] | dict]]


def parts_of(judged: JudgedList, *, noise: list[tuple[str, int, str]], unread_sheets: list[str]) -> Parts:
    """(key, value): ``rows``, ``people``, ``noise_rows``, each made row by row as it is asked for, and a ``summary``.

    Personal numbers too, for it goes to who sent the list.
    """
    judged = JudgedList(list(judged.verdicts))  # made once, not at each look
    yield "rows", map(_row, judged.verdicts)
    yield "people", map(_person, judged.people)
    yield "noise_rows", ({"sheet": sheet, "row": row, "type": kind} for sheet, row, kind in noise)
    actions = Counter(verdict.action for verdict in judged.verdicts)
    yield (
        "summary",
        {
            "data_rows": len(judged.verdicts),
            "actions": {action: actions[action] for action in (CREATE, MERGE, REVIEW, SKIP)},
            "unread_sheets": unread_sheets,
        },
    )


def as_json(parts: Parts) -> Iterator[str]:
    """One JSON object in pieces of a row each, in the very spelling of ``json.dumps`` with an indent of 1."""
    before = "{"
    for key, value in parts:
        yield f'{before}\n "{key}": '
        yield from [_spelled(value, 1)] if isinstance(value, dict) else _array(value)
        before = ","
    yield "{}" if before == "{" else "\n}"


def _array(rows: Iterable[dict]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield f"{before}\n  {_spelled(row, 2)}"
        before = ","
    yield "[]" if before == "[" else "\n ]"


def _spelled(value: dict, depth: int) -> str:
    # a line break within a string is spelled \\n, so that each here begins a line
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)


def _row(verdict: Verdict) -> dict:
    row = verdict.row
    data = {
        "sheet": row.sheet,
        "row": row.number,
        "case": verdict.case,
        "person": verdict.person.key if verdict.person else None,
        "action": verdict.action,
    }
    if not row.is_vacant:
        data |= {"unit_code": row.unit.code if row.unit else None} | _facts(row, row.evidence)
        if row.name.suggestion:
            data["suggested_full_name"] = row.name.suggestion
        if verdict.action == MERGE:
            data["merge_into_row"] = [verdict.person.row.sheet, verdict.person.row.number]
        if verdict.conflicts_with:
            data["conflicts_with"] = verdict.conflicts_with.key
    return data | {"flags": sorted(str(flag) for flag in row.flags)}


def _facts(row: ReadRow, evidence) -> dict:
    family, middle, given = split_name(row.name.text or row.name.suggestion)
    return {
        "full_name": row.name.text or None,
        "family_name": family or None,
        "middle_name": middle,
        "given_name": given or None,
        "gender": row.gender or None,
        "position": row.position,
        "category": str(row.category),
        "status": str(row.status),
        "roles": list(row.roles),
        "date_of_birth": row.born.written,
        "dob_precision": str(row.born.precision) or None,
        "ict_level": evidence.level,
        "ict_cert_year": evidence.year,
        "basic_standard_met": evidence.met,
        "email": row.email,
        "phone": row.phone,
        "national_id": row.number_of_person.national_id,
        "legacy_id": row.number_of_person.legacy_id,
    }


def _person(person: ListPerson) -> dict:
    row = person.row
    return {
        "key": person.key,
        **_facts(row, person.evidence),
        "unit_code": row.unit.code,
        "also_in": [{"unit_code": post.unit.code, "position": post.position} for post in person.also_in],
        "source": [row.sheet, row.number],
        "search_key": fold(row.name.text).replace("'", ""),
    }
