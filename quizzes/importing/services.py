"""Reading a file and taking what was found. A file is one transaction; a question is taken whole or not at all."""

import hashlib
import json

from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from quizzes.enums import Purpose
from quizzes.importing.containers import returned
from quizzes.importing.judging import Verdict
from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import Action, Branch, Plan, judged, make_plan, parsed_file
from quizzes.importing.records import ParsedFile
from quizzes.importing.reports import refusal_report, report_of
from quizzes.models import Category, QuestionImport
from quizzes.services import revise_question
from quizzes.services.bulk import NewQuestion, add_questions
from quizzes.services.describing import describe_question
from quizzes.services.question_pictures import keep_pictures, kept_picture
from quizzes.services.task_files import keep_task_file
from staff import clock
from staff.private_files import store

TRIES = 3


def plan_file(content: bytes, *, name: str = "", form: str = "", category: Category | None = None) -> Plan:
    """What would be done, with nothing written. Raises QuestionFileRefused."""
    parsed = parsed_file(content, name=name, form=form)
    return make_plan(parsed, judged(parsed, kept_picture), below=category)


def take_file(
    content: bytes,
    *,
    name: str = "",
    form: str = "",
    category: Category | None = None,
    purpose: str = Purpose.EXAM,
    all_or_nothing: bool = False,
    by=None,
) -> tuple[Plan, bool]:
    """(what was done, whether it was): takes what can be taken; a second time it changes nothing.

    With ``all_or_nothing`` one question that cannot be taken holds back all. Raises QuestionFileRefused.
    """
    parsed = parsed_file(content, name=name, form=form)
    verdicts = judged(parsed, kept_picture)
    plan = make_plan(parsed, verdicts, below=category)
    if all_or_nothing and plan.of(Action.REFUSED):
        return plan, False
    run = _kept(content, report_of(plan), name=name, form=form, category=category, purpose=purpose, by=by)
    return _taken(run, parsed, verdicts, by) or plan, True


def read_file(
    content: bytes,
    *,
    name: str,
    form: str = "",
    category: Category | None = None,
    purpose: str = Purpose.EXAM,
    by=None,
) -> QuestionImport:
    """Keeps the file and what was found in it, for somebody to accept. The same request twice is one row."""
    try:
        report = report_of(plan_file(content, name=name, form=form, category=category))
    except QuestionFileRefused as refusal:
        report = refusal_report(refusal)
    return _kept(content, report, name=name, form=form, category=category, purpose=purpose, by=by)


def _kept(content, report, *, name, form, category, purpose, by) -> QuestionImport:
    sha256 = hashlib.sha256(content).hexdigest()
    asked = json.dumps([sha256, category and category.pk, str(purpose), by and by.pk])
    run, _is_new = QuestionImport.objects.update_or_create(
        request_key=hashlib.sha256(asked.encode()).hexdigest(),
        accepted_at=None,
        defaults={
            "file_name": name[-255:],
            "file_sha256": sha256,
            "stored_name": store(content, f"question-imports/{sha256[:2]}/{sha256}"),
            "format": form or report["format"],
            "category": category,
            "purpose": purpose,
            "counts": report["counts"],
            "report": report,
            "read_at": clock.now(),
            "read_by": by,
        },
    )
    return run


def returned_file(run: QuestionImport) -> tuple[bytes, str]:
    """The workbook of ``run`` with what was found about each row, and how its name ends."""
    return returned(_content_of(run), run.report)


def _content_of(run: QuestionImport) -> bytes:
    with storages["private"].open(run.stored_name) as file:
        return file.read()


def accept(*, run: QuestionImport, by=None) -> QuestionImport:
    """Takes the questions of a file that was read. Called again, or by two people at once, it takes them once."""
    parsed = parsed_file(_content_of(run), name=run.file_name, form=run.format)
    _taken(run, parsed, judged(parsed, kept_picture), by)
    return QuestionImport.objects.get(pk=run.pk)


def _taken(run: QuestionImport, parsed: ParsedFile, verdicts: list[Verdict], by) -> Plan | None:
    """None where somebody accepted the same import before."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _take(run, parsed, verdicts, by)
        except IntegrityError:
            # Somebody took the same questions meanwhile: with them in the bank the plan is another one.
            if attempt == TRIES:
                raise
    return None


def _take(run: QuestionImport, parsed: ParsedFile, verdicts, by) -> Plan | None:
    claimed = QuestionImport.objects.waiting().filter(pk=run.pk).update(accepted_at=clock.now(), accepted_by=by)
    if not claimed:
        return None
    plan = make_plan(parsed, verdicts, below=run.category)
    _write(plan, purpose=run.purpose, by=by)
    report = report_of(plan)
    QuestionImport.objects.filter(pk=run.pk).update(report=report, counts=report["counts"], format=report["format"])
    log(instance=run, action="quizzes.import", user=by, data={"counts": report["counts"]})
    return plan


def _write(plan: Plan, *, purpose: str, by) -> None:
    taken = plan.of(Action.NEW, Action.REVISED)
    keep_pictures(list({p.sha256: p for row in taken for p in row.verdict.pictures}.values()))
    for name, content in {file for row in taken for file in row.verdict.task_files}:
        keep_task_file(name, content)
    for branch in plan.branches:
        _make(branch)
    add_questions(
        questions=[
            NewQuestion(row.code, row.branch.category, row.verdict.text, row.verdict.tags, row.verdict.competence)
            for row in plan.of(Action.NEW)
        ],
        purpose=purpose,
        by=by,
    )
    for row in plan.of(Action.REVISED):
        revise_question(question=row.question, text=row.verdict.text, by=by)
    for row in plan.rows:
        if row.description is not None:
            # They stay a file's: nobody chose them in the bank.
            describe_question(question=row.question, tags=row.description.tags, competence=row.description.competence)


def _make(branch: Branch) -> None:
    """Branches stand parents first, because a path is walked from its root."""
    branch.category = Category.objects.create(
        code=branch.code, name=branch.name, parent=branch.parent.category if branch.parent else None
    )
