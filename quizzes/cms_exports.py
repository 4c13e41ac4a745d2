"""Questions as a file, in the CMS: choose the format, see what it cannot say, download."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from quizzes.cms import for_bank, found_questions
from quizzes.exporting.entries import entries_of, written_in
from quizzes.exporting.formats import FORMATS
from quizzes.exporting.services import export_questions, in_bank_order, told
from quizzes.models import Category


@for_bank
def export(request):
    """The questions that the filter of the bank finds, and what the chosen format would not say of them."""
    if missing := _missing_category(request):
        return render(request, "quizzes/cms/export.html", {"missing": missing}, status=404)
    form = FORMATS.get(request.GET.get("format", ""))
    questions = found_questions(request.GET, user=request.user)
    query = request.GET.copy()
    for name in ("format", "p"):
        query.pop(name, None)
    context = {
        "formats": FORMATS.values(),
        "form": form,
        "count": len(in_bank_order(questions)),
        "query": query.urlencode(),
        "kept": [(name, value) for name, values in query.lists() for value in values],
    }
    if form is not None:
        written = written_in(form, entries_of(in_bank_order(questions)))
        context |= {"written": written, "left_out": told(written.left_out), "losses": told(written.losses)}
    return render(request, "quizzes/cms/export.html", context)


@for_bank
def export_file(request):
    """The file itself."""
    form = FORMATS.get(request.GET.get("format", ""))
    if form is None or _missing_category(request):
        raise Http404
    questions = in_bank_order(found_questions(request.GET, user=request.user))
    written = export_questions(form=form.name, questions=questions, by=request.user)
    response = HttpResponse(written.content, content_type=written.content_type)
    name = f"cau-hoi-{timezone.localdate():%Y%m%d}-{form.name}.{written.ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _missing_category(request) -> str:
    """The code of a category that the address asks for and that is not there: keys of the whole bank would leave it
    for a slip of the keyboard."""
    code = request.GET.get("category", "")
    return code if code and not Category.objects.filter(code=code).exists() else ""
