import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quizzes.enums import Purpose
from quizzes.errors import PoolTooSmall
from quizzes.importing.containers import returned as returned_workbook
from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import TAKEN, Action
from quizzes.importing.reading import EXCEL, FORMATS, MAX_BYTES
from quizzes.importing.reports import full_report, refusal_report, report_of
from quizzes.importing.services import plan_file, take_file
from quizzes.models import Category


class Command(BaseCommand):
    help = (
        "Takes questions from a file into the bank, as drafts: GIFT, Moodle XML, Aiken, Excel, Word, QTI 1.2 to 3.0, "
        "or an archive (ZIP) of them. What cannot be taken is named; the others go in. The same file again changes "
        "nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--category", metavar="CODE", help="put the file's categories and questions below this one")
        parser.add_argument("--format", choices=FORMATS, default="", help="without it, the file shows what it is")
        parser.add_argument("--pool", choices=Purpose.values, default=Purpose.EXAM)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        parser.add_argument("--all-or-nothing", action="store_true", help="take nothing where one cannot be taken")
        parser.add_argument(
            "--returned", type=Path, metavar="XLSX", help="write a workbook again with the result of each row"
        )
        parser.add_argument("--json", action="store_true", help="print everything that was found, for machines")

    def handle(self, *args, file, category, pool, dry_run, json, all_or_nothing, returned, **options):
        branch = _category(category)
        try:
            content = _content(file)
            asked = {"name": file.name, "form": options["format"], "category": branch}
            if dry_run:
                plan, is_taken = plan_file(content, **asked), False
            else:
                plan, is_taken = take_file(content, purpose=pool, all_or_nothing=all_or_nothing, **asked)
        except QuestionFileRefused as refusal:
            if json:
                self._print_json(refusal_report(refusal), file, dry_run=dry_run, imported=0)
            raise CommandError(
                _("%(file)s: %(why)s. Nothing was taken.") % {"file": file.name, "why": refusal}
            ) from None
        except PoolTooSmall as error:
            raise CommandError(
                _("%(file)s: %(why)s. Nothing was taken.") % {"file": file.name, "why": str(error).rstrip(".")}
            ) from None
        if returned and plan.parsed.format == EXCEL:
            workbook, ending = returned_workbook(content, report_of(plan))
            returned.with_suffix(f".{ending}").write_bytes(workbook)
        imported = len(plan.of(*TAKEN)) if is_taken else 0
        if json:
            self._print_json(full_report(plan), file, dry_run=dry_run, imported=imported)
        else:
            self._print(plan, file, dry_run=dry_run)
        if not dry_run and not is_taken:
            raise CommandError(_("Nothing was taken, because some questions cannot be."))

    def _print_json(self, report, file, *, dry_run, imported) -> None:
        rejected = report["counts"][Action.REFUSED]
        head = {"file": file.name, "dry_run": dry_run, "imported": imported, "rejected": rejected}
        self.stdout.write(json.dumps(head | report, ensure_ascii=False, indent=1))

    def _print(self, plan, file, *, dry_run) -> None:
        counts = [f"{action.label}: {len(plan.of(action))}" for action in Action]
        self.stdout.write(f"{file.name} · {plan.parsed.format} · {', '.join(counts)}")
        for row in plan.rows:
            verdict = row.verdict
            remarks = [str(verdict.reason)] if verdict.reason else []
            remarks += [str(warning) for warning in verdict.warnings]
            if remarks:
                place = _("line %(line)d") % {"line": verdict.found.line}
                if verdict.found.source:
                    place = f"{verdict.found.source}, {place}"
                self.stdout.write(f"  {place} · {verdict.name} · {Action(row.action).label}: {'; '.join(remarks)}")
        if dry_run:
            self.stdout.write(_("This was a trial: nothing was taken."))


def _category(code: str | None) -> Category | None:
    if not code:
        return None
    category = Category.objects.filter(code=code).first()
    if category is None:
        raise CommandError(_("There is no category “%(code)s”.") % {"code": code})
    return category


def _content(file: Path) -> bytes:
    """At most one byte more than is allowed, so that a huge file is refused and not read."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise QuestionFileRefused("unreadable", why=error.strerror or "?") from None
