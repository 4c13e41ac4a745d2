"""What was found in a file, as plain data: for the page, the row of the import, and ``--json``."""

from collections import Counter
from html import unescape

from django.utils.html import strip_tags

from quizzes.importing.notes import Note, QuestionFileRefused
from quizzes.importing.plans import TAKEN, Action, Plan, Planned
from quizzes.importing.records import Formatted, FoundAnswer, FoundQuestion
from quizzes.key_words import key_of
from quizzes.pictures import without_pictures


def report_of(plan: Plan) -> dict:
    """The report of a plan: short rows, as the page shows them."""
    return {
        "format": plan.parsed.format,
        "error": None,
        "counts": counts_of(plan),
        "categories": [
            {"line": category.line, "title": category.title, "path": list(category.path)}
            for category in plan.parsed.categories
        ],
        "new_categories": [{"code": branch.code, "name": branch.name} for branch in plan.branches],
        "questions": [_row(row) for row in plan.rows],
    }


def counts_of(plan: Plan) -> dict:
    found = Counter(row.action for row in plan.rows)
    counts = {action.value: found[action] for action in Action}
    warned = sum(1 for row in plan.rows if row.verdict.warnings)
    return counts | {"found": len(plan.rows), "taken": sum(found[action] for action in TAKEN), "warned": warned}


def refusal_report(refusal: QuestionFileRefused) -> dict:
    """The report of a file of which nothing can be taken."""
    counts = {action.value: 0 for action in Action} | {"found": 0, "taken": 0, "warned": 0}
    error = _note(refusal.note) | {"line": refusal.line, "byte": refusal.byte}
    return {
        "format": "", "error": error, "counts": counts, "categories": [], "new_categories": [], "questions": [],
    }  # fmt: skip


def _note(note: Note) -> dict:
    params = {name: value for name, value in note.params if name != "english"}
    return {"code": note.code, "text": note.text, "english": note.english, "params": params}


def _row(row: Planned) -> dict:
    found = row.verdict.found
    return {
        "number": found.number,
        "line": found.line,
        "source": found.source,
        "name": row.verdict.name,
        "type": found.kind or "unreadable",
        "bank_type": str(row.verdict.text.type) if row.verdict.text else None,
        "category": list(found.category),
        "branch": row.branch.code if row.branch else None,
        "code": row.code,
        "action": str(row.action),
        "taken": row.action in TAKEN,
        "reason": _note(row.verdict.reason) if row.verdict.reason else None,
        "warnings": [_note(warning) for warning in row.verdict.warnings],
        "tags": list(found.tags),
        "idnumber": found.idnumber,
        "stem": _beginning(row),
        "key": key_of(row.verdict.text) if row.verdict.text else [],
    }


def _beginning(row: Planned) -> str:
    """How the question begins, without its HTML."""
    text = row.verdict.text.stem if row.verdict.text else row.verdict.found.stem.text[:2000]
    return " ".join(unescape(strip_tags(without_pictures(text))).split())[:200]


def full_report(plan: Plan) -> dict:
    """``report_of`` with everything that was read of each question, for machines that compare."""
    report = report_of(plan)
    report["questions"] = [
        short | _full(row.verdict.found) | {"pictures": [_picture(picture) for picture in row.verdict.pictures]}
        for short, row in zip(report["questions"], plan.rows, strict=True)
    ]
    return report


def _picture(picture) -> dict:
    return {"sha256": picture.sha256, "type": picture.content_type, "width": picture.width, "height": picture.height}


def _full(found: FoundQuestion) -> dict:
    return {
        "title": found.title,
        "stem": _formatted(found.stem),
        "missing_word": found.is_missing_word,
        "single": found.is_single,
        "all_or_nothing": found.is_all_or_nothing,
        "right": found.right,
        "answers": [_answer(answer) for answer in found.answers],
        "true_feedback": _formatted(found.true_feedback),
        "false_feedback": _formatted(found.false_feedback),
        "pairs": [[_formatted(pair.premise), _formatted(pair.answer)] for pair in found.pairs],
        "items": [_formatted(item.text) for item in found.items],
        "gaps": [{"asks": gap.asks, "answers": [_answer(answer) for answer in gap.answers]} for gap in found.gaps],
        "guide": _formatted(found.guide),
        "criteria": [
            {"title": title, "levels": [[_number(points), words] for points, words in levels]}
            for title, levels in found.criteria
        ],
        "task_files": [file.name for file in found.task_files or ()],
        "general_feedback": _formatted(found.general_feedback),
        "shuffle": found.shuffles,
        "case_sensitive": found.is_case_sensitive,
        "default_grade": _number(found.default_grade),
        "files": [file.name for file in found.files],
    }


def _formatted(text: Formatted | None) -> dict | None:
    return {"format": text.format, "text": text.text} if text else None


def _answer(answer: FoundAnswer) -> dict:
    return {
        "text": answer.text.text,
        "format": answer.text.format,
        "percent": _number(answer.percent),
        "correct": answer.is_marked_right or answer.percent == 100,
        "weight": _number(answer.weight),
        "feedback": _formatted(answer.feedback),
        "value": _number(answer.value),
        "tolerance": _number(answer.tolerance),
        "low": _number(answer.low),
        "high": _number(answer.high),
        "files": [file.name for file in answer.files],
    }


def _number(value) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
