from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from quizzes.enums import Purpose
from quizzes.exporting.formats import FORMATS
from quizzes.exporting.services import export_questions, in_bank_order, told
from quizzes.models import Category, Question


class Command(BaseCommand):
    help = (
        "Writes questions of the bank into a file that other systems, and import_questions, read. What the format "
        "cannot say is told; a question whose key it cannot say is left out by name."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=list(FORMATS), required=True)
        parser.add_argument("--category", metavar="CODE", help="only questions of this category and below")
        parser.add_argument("--pool", choices=Purpose.values)

    def handle(self, *args, file, category, pool, **options):
        questions = Question.objects.all()
        if category:
            branch = Category.objects.filter(code=category).first()
            if branch is None:
                raise CommandError(_("There is no category “%(code)s”.") % {"code": category})
            questions = questions.in_category(branch)
        if pool:
            questions = questions.filter(purpose=pool)
        written = export_questions(form=options["format"], questions=in_bank_order(questions))
        if written.ending == "zip" and file.suffix.lower() != ".zip":
            raise CommandError(
                _("The questions give out files, which go with them into an archive: name it %(name)s.")
                % {"name": file.with_suffix(".zip").name}
            )
        try:
            file.write_bytes(written.content)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        self.stdout.write(_("%(file)s: %(count)d questions written.") % {"file": file.name, "count": written.count})
        if written.is_too_large:
            self.stdout.write(_("The file is larger than an import reads (20 MB). Choose fewer questions at a time."))
        for head, remarks in ((_("left out"), written.left_out), (_("not written"), written.losses)):
            for row in told(remarks):
                self.stdout.write(f"  {head} · {row.words} ({row.count}): {', '.join(row.codes)}")
