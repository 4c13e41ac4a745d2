"""Questions from files that people edit and compare. What a trainer changed in the CMS is never overwritten."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from quizzes.enums import Accents, Case, GapAsks, Purpose, QuestionStatus, QuestionType, Scoring, Spelling
from quizzes.errors import QuestionRefused
from quizzes.models import Category, Question
from quizzes.question_text import AcceptedNumber, AcceptedText, Gap, QuestionText
from quizzes.services.bank import create_question, review_question, revise_question
from quizzes.services.describing import describe_question

# Where a file does not say how a question of several parts is marked.
_USUAL_SCORING = {QuestionType.MATCHING: Scoring.PER_PART, QuestionType.ORDERING: Scoring.PER_PART}


@dataclass(slots=True)
class LoadReport:
    """Codes of what was created, revised, the same already, and left alone because a person changed it."""

    created: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


@transaction.atomic
def load_questions(data: dict, *, purpose: str = Purpose.EXAM) -> LoadReport:
    """Takes {"categories": […], "questions": […]} into the bank, all of it or nothing; a second time changes nothing.

    A question is a person's once its newest version has an author or a person retired it; the file then
    no longer speaks for it. Its tags and competence code are a person's once somebody chose them. Raises
    QuestionRefused, naming the question, where the file cannot be used.
    """
    categories = _load_categories(data.get("categories", []))
    report, seen = LoadReport(), set()
    for entry in data.get("questions", []):
        code = str(entry.get("id", "")).strip()
        if not code or code in seen:
            raise QuestionRefused(_("Question “%(code)s”: the id is missing or appears twice.") % {"code": code})
        seen.add(code)
        try:
            _load_question(code, entry, categories, purpose, report)
        except QuestionRefused as error:
            raise QuestionRefused(_("Question “%(code)s”: %(why)s") % {"code": code, "why": error}) from error
    return report


def _load_categories(rows) -> dict[str, Category]:
    categories = {category.code: category for category in Category.objects.all()}
    for row in rows:
        if row["code"] in categories:
            continue
        parent = row.get("parent")
        if parent and parent not in categories:
            raise QuestionRefused(_("Category “%(code)s” is not known.") % {"code": parent})
        categories[row["code"]] = Category.objects.create(
            code=row["code"],
            name=row["name"],
            parent=categories[parent] if parent else None,
            competence=row.get("competence", ""),
        )
    return categories


def _load_question(code, entry, categories, purpose, report) -> None:
    category = categories.get(entry.get("category"))
    if category is None:
        raise QuestionRefused(_("Category “%(code)s” is not known.") % {"code": entry.get("category")})
    text = _text(entry)
    question = Question.objects.filter(code=code).first()
    if question is None:
        question = create_question(code=code, category=category, text=text, purpose=purpose)
        _describe(question, entry)
        review_question(question=question)
        report.created.append(code)
        return
    newest = question.versions.order_by("-number").first()
    if newest.created_by_id is not None or question.status == QuestionStatus.RETIRED:
        report.left_alone.append(code)
        return
    is_described_anew = question.described_by_id is None and _describe(question, entry)
    if revise_question(question=question, text=text).pk != newest.pk:
        review_question(question=question)
        report.revised.append(code)
    elif is_described_anew:
        report.revised.append(code)
    else:
        report.unchanged.append(code)


def _describe(question: Question, entry) -> bool:
    """Puts the file's ``tags`` and ``competence`` on the question; whether that changed anything."""
    tags = entry.get("tags", [])
    if not isinstance(tags, list):
        raise QuestionRefused(_("“tags” is a list of words."))
    return describe_question(
        question=question, tags=[str(tag) for tag in tags], competence=str(entry.get("competence", ""))
    )


def _text(entry) -> QuestionText:
    """``stem`` in the file is plain text. A right option without a percent, and an accepted answer, is worth 100."""
    rows = entry.get("options", [])
    kind = entry.get("type", "")
    accepted = _accepted_number if kind == QuestionType.NUMBER else _accepted_text
    return QuestionText(
        type=kind,
        stem=escape(str(entry.get("stem", ""))),
        options=tuple((str(row["text"]), row.get("right") is True) for row in rows),
        right=entry.get("right") if kind == QuestionType.TRUE_FALSE else None,
        feedback=str(entry.get("feedback", "")),
        option_feedback=tuple(str(row.get("feedback", "")) for row in rows),
        option_percents=tuple(_exact(row.get("percent")) for row in rows),
        scoring=str(entry.get("scoring", _USUAL_SCORING.get(kind, Scoring.ALL_OR_NOTHING))),
        accepted=tuple(accepted(row) for row in _accepted_rows(entry)),
        accents=str(entry.get("accents", Accents.EXACT)),
        case=str(entry.get("case", Case.IGNORE)),
        spelling=str(entry.get("spelling", Spelling.EXACT)),
        unit=str(entry.get("unit", "")),
        points=_exact(entry.get("points", 1)),
        difficulty=str(entry.get("difficulty", "2")),
        shuffle_options=entry.get("shuffle_options", True) is not False,
        pairs=tuple((str(row.get("left", "")), str(row.get("answer", ""))) for row in _dicts(entry, "pairs")),
        items=tuple(str(item) for item in _rows(entry, "items")),
        gaps=tuple(_gap(row) for row in _dicts(entry, "gaps")),
    )


def _gap(row: dict) -> Gap:
    """{asks, accepted, weight}; a list has its wrong words under ``others``."""
    accepted = _accepted_number if row.get("asks") == GapAsks.NUMBER else _accepted_text
    rows = [accepted(answer) for answer in _rows(row, "accepted")]
    rows += [replace(_accepted_text(answer), percent=Decimal(0)) for answer in _rows(row, "others")]
    return Gap(str(row.get("asks", GapAsks.TEXT)), tuple(rows), _exact(row.get("weight", 1)))


def _rows(entry, name: str) -> list:
    rows = entry.get(name, [])
    if not isinstance(rows, list):
        raise QuestionRefused(_("“%(name)s” is a list.") % {"name": name})
    return rows


def _dicts(entry, name: str) -> list[dict]:
    if not all(isinstance(row, dict) for row in _rows(entry, name)):
        raise QuestionRefused(_("Each row of “%(name)s” has names and values.") % {"name": name})
    return _rows(entry, name)


def _accepted_rows(entry) -> list:
    rows = entry.get("accepted", [])
    if not isinstance(rows, list):
        raise QuestionRefused(_("“accepted” is a list of answers."))
    return rows


def _accepted_text(row) -> AcceptedText:
    """{text, percent, feedback}, or only the text."""
    row = row if isinstance(row, dict) else {"text": row}
    return AcceptedText(str(row.get("text", "")), _exact(row.get("percent", 100)), str(row.get("feedback", "")))


def _accepted_number(row) -> AcceptedNumber:
    """{value, tolerance, percent, feedback}, or only the value.

    A number of the file (1234.5) is what YAML says it is; a number in quotes ("1.234,5") is read as a learner's.
    """
    row = row if isinstance(row, dict) else {"value": row}
    return AcceptedNumber(
        _exact(row.get("value")),
        _exact(row.get("tolerance", 0)),
        _exact(row.get("percent", 100)),
        str(row.get("feedback", "")),
    )


def _exact(value):
    """YAML makes floats of decimals; their shortest writing is what stood in the file."""
    return Decimal(repr(value)) if isinstance(value, float) else value
