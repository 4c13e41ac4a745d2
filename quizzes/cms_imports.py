"""Questions from a file, in the CMS: choose it, see what was found, accept."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from quizzes.cms import for_bank
from quizzes.enums import Purpose
from quizzes.errors import PoolTooSmall
from quizzes.importing.kinds import words_of
from quizzes.importing.notes import QuestionFileRefused, note
from quizzes.importing.plans import TAKEN, Action
from quizzes.importing.reading import AIKEN, EXCEL, GIFT, MAX_BYTES, MOODLE_XML, QTI
from quizzes.importing.services import accept as accept_import
from quizzes.importing.services import read_file, returned_file
from quizzes.models import Category, QuestionImport
from quizzes.office import question_sheet

PAGE_SIZE = 100
LIST_SIZE = 30
BEFORE = {
    Action.NEW: gettext_lazy("will be taken"),
    Action.REVISED: gettext_lazy("changed: will become a new version"),
    Action.DESCRIBED: gettext_lazy("already in the bank: other tags or another code"),
    Action.UNCHANGED: gettext_lazy("already in the bank"),
    Action.DOUBLE: gettext_lazy("twice in the file"),
    Action.REFUSED: gettext_lazy("cannot be taken"),
}
AFTER = BEFORE | {
    Action.NEW: gettext_lazy("taken"),
    Action.REVISED: gettext_lazy("taken as a new version"),
    Action.DESCRIBED: gettext_lazy("already in the bank: tags and code taken over"),
    Action.REFUSED: gettext_lazy("not taken"),
}
KEY_WORDS = {"true": gettext_lazy("true"), "false": gettext_lazy("false")}
SHOWN = {
    "": lambda row: True,
    "not-taken": lambda row: row["action"] == Action.REFUSED,
    "warned": lambda row: bool(row["warnings"]),
}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Excel as in the template (.xlsx), Word (.docx), GIFT or Aiken (.txt, .gift), Moodle XML or QTI (.xml), "
            "the texts in UTF-8; or an archive of such files, of a workbook with the files that it gives out, or a QTI "
            "package (.zip). At most 20 MB."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.docx,.txt,.gift,.xml,.zip,.imscc"}),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Where the questions go"),
        queryset=Category.objects.order_by("code"),
        required=False,
        empty_label=gettext_lazy("as in the file"),
        help_text=gettext_lazy("Categories that the file names are made below the one you choose."),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("Pool"), choices=Purpose, initial=Purpose.EXAM)
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=[
            ("", gettext_lazy("as the file shows")),
            (GIFT, "GIFT"),
            (MOODLE_XML, "Moodle XML"),
            (AIKEN, "Aiken"),
            (QTI, "QTI"),
        ],
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Split it, or leave out pictures.") % {"limit": limit}
            )
        return file


@for_bank
def imports(request):
    """The form, and the files that were read before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        run = read_file(
            data["file"].read(),
            name=data["file"].name,
            form=data["format"],
            category=data["category"],
            purpose=data["purpose"],
            by=request.user,
        )
        return redirect("quizzes_cms:import", pk=run.pk)
    runs = QuestionImport.objects.for_list()[:LIST_SIZE]
    return render(request, "quizzes/cms/imports.html", {"form": form, "runs": runs})


@dataclass(frozen=True, slots=True)
class Row:
    """One question that was found, in the reader's words."""

    line: int
    source: str
    name: str
    stem: str
    kind: str
    branch: str
    action: str
    words: str
    is_taken: bool
    reason: str
    warnings: tuple[str, ...]
    key: tuple[str, ...]


@for_bank
def found(request, pk):
    """What was found in a file, question by question; before the acceptance a trial, after it the result."""
    run = get_object_or_404(QuestionImport.objects.select_related("category", "read_by", "accepted_by"), pk=pk)
    shown = request.GET.get("chi", "")
    rows = [row for row in run.report["questions"] if SHOWN.get(shown, SHOWN[""])(row)]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("p"))
    words = AFTER if run.accepted_at else BEFORE
    context = {
        "run": run,
        "counts": run.counts,
        "error": _words(run.report["error"]) if run.report["error"] else "",
        "new_categories": run.report["new_categories"],
        "page": page,
        "rows": [_row(row, words) for row in page],
        "shown": shown if shown in SHOWN else "",
        "can_accept": not run.accepted_at and bool(run.counts["taken"] or run.report["new_categories"]),
    }
    return render(request, "quizzes/cms/import.html", context)


@for_bank
def template(request):
    """The workbook to fill in."""
    return _workbook(question_sheet.template(), name="mau-cau-hoi")


@for_bank
def returned(request, pk):
    """The workbook that was read, with what was found about each of its rows."""
    run = get_object_or_404(QuestionImport, pk=pk, format=EXCEL)
    if run.report["error"]:
        raise Http404
    content, ending = returned_file(run)
    return _workbook(content, name=f"cau-hoi-da-doc-{run.pk}", ending=ending)


def _workbook(content: bytes, *, name: str, ending: str = "xlsx") -> HttpResponse:
    kind = question_sheet.CONTENT_TYPE if ending == "xlsx" else "application/zip"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@for_bank
def accept(request, pk):
    """Takes what was found; the second of two requests finds it taken."""
    run = get_object_or_404(QuestionImport, pk=pk)
    if run.accepted_at is None:
        try:
            run = accept_import(run=run, by=request.user)
        except (QuestionFileRefused, PoolTooSmall) as refusal:
            messages.error(request, str(refusal))
            return redirect("quizzes_cms:import", pk=pk)
    taken = run.counts["taken"] - run.counts["described"]
    text = ngettext(
        "%(count)d question was taken as a draft. A reviewer lets it be used.",
        "%(count)d questions were taken as drafts. A reviewer lets them be used.",
        taken,
    )
    messages.success(request, text % {"count": taken})
    return redirect("quizzes_cms:import", pk=pk)


def _row(row: dict, words: dict) -> Row:
    return Row(
        line=row["line"],
        source=row.get("source", ""),
        name=row["name"],
        stem=row["stem"] if row["stem"][:60] != row["name"][:60] else "",
        kind=words_of(row.get("bank_type") or row["type"]),
        branch=row["branch"] or "",
        action=row["action"],
        words=str(words[row["action"]]),
        is_taken=row["action"] in TAKEN,
        reason=_words(row["reason"]) if row["reason"] else "",
        warnings=tuple(_words(warning) for warning in row["warnings"]),
        key=tuple(str(KEY_WORDS.get(line, line)) for line in row.get("key", ())),
    )


def _words(stored: dict) -> str:
    """A note of a report in the language of today's reader."""
    text = note(stored["code"], **stored["params"]).text
    return text[:1].upper() + text[1:]
