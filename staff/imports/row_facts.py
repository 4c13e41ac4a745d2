"""What the page prints about a row of a list, as plain data: words as sent, codes that the page puts words to."""

from staff.imports.lists import PlannedRow
from staff.imports.planning import Outcome

# These are named, their values are not shown.
_UNSHOWN = {"national_id", "date_of_birth_precision"}


def facts_of(planned: PlannedRow, unit_names: dict[str, str]) -> dict:
    """Facts of a row; of somebody elsewhere nothing but what the list itself says."""
    line, row, outcome = planned.verdict.row, planned.row, planned.outcome
    facts = {
        "born": row.born.shown,
        "unit": unit_names.get(row.unit.code, "") if row.unit else "",
        "unit_code": row.unit.code if row.unit else "",
        "unit_words": line.unit_words[:80] if row.unit is None else "",
        "position": row.position[:100],
        "reason": planned.reason[:200],
        "flags": sorted(str(flag) for flag in line.flags),
    }
    if outcome is not None:
        facts |= _outcome_facts(outcome, unit_names)
    return {name: value for name, value in facts.items() if value}


def _outcome_facts(outcome: Outcome, unit_names: dict[str, str]) -> dict:
    facts: dict = {"category": outcome.row.text("category"), "status": outcome.row.text("status")}
    if outcome.question in ("number_taken", "other_number", "several"):
        facts["candidates"] = [person.pk for person in outcome.candidates]
    if outcome.taken is not None and outcome.taken.action != "created":
        changes = outcome.taken.changes.items()
        facts["changes"] = [
            [name, "", ""] if name in _UNSHOWN else [name, str(before or ""), str(after or "")]
            for name, (before, after) in changes
            if name != "date_of_birth_precision"
        ]
    if outcome.differing:
        facts["differing"] = [[name, before, after] for name, (before, after) in outcome.differing.items()]
    if outcome.standing is not None and outcome.question == "moved":
        facts["from"] = unit_names.get(outcome.standing.unit.code, outcome.standing.unit.name)
    return facts
