"""Marking, as a marker does it. Everything works without JavaScript; with it, marks are saved as they are made."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quizzes import access, marking_queue, services
from quizzes.errors import MarkingRefused
from quizzes.marking_pages import marking_page
from quizzes.served_files import attachment, task_attachment
from staff import clock

no_store = cache_control(no_store=True, private=True)
ORDERS = (marking_queue.BY_QUESTION, marking_queue.BY_PAPER)


@require_safe
@no_store
def queue(request):
    """What waits for this marker, quiz by quiz."""
    access.require_marks(request.user)
    context = {"work": marking_queue.work_of(request.user), "today": clock.today()}
    return render(request, "quizzes/marking/queue.html", context)


@require_POST
def take(request, pk):
    """The next answer of this quiz, or the one that was begun."""
    quiz = get_object_or_404(marking_queue.quizzes_marked_by(request.user), pk=pk)
    return _next(request, quiz)


def _next(request, quiz):
    order = _order(request.POST)
    mark = services.take_script(quiz=quiz, by=request.user, order=order)
    if mark is None:
        messages.success(request, _("Nothing of “%(title)s” waits for your marks now.") % {"title": quiz.title})
        return redirect("marking:queue")
    return redirect(f"{reverse('marking:mark', args=[mark.pk])}?cach={order}")


def _order(data) -> str:
    return data["cach"] if data.get("cach") in ORDERS else marking_queue.BY_QUESTION


@require_http_methods(["GET", "HEAD", "POST"])
@no_store
def mark(request, pk):
    """One answer with its rubric. Every button saves; the script saves at every change and is answered in JSON."""
    found = access.script_mark_for(request.user, pk=pk)
    if request.method == "POST":
        return _save(request, found)
    context = {"page": marking_page(found), "order": _order(request.GET)}
    return render(request, "quizzes/marking/mark.html", context)


def _save(request, found):
    wants_json = request.headers.get("Accept") == "application/json"
    if found.done_at is not None and request.POST.get("go") == "finish":
        return _next(request, found.script.attempt.quiz)  # the click came twice
    try:
        saved = services.save_marks(mark=found, **_read(request.POST))
        if saved.stale:
            raise MarkingRefused(_("Newer marks of this answer are stored, from another window. They are shown now."))
        if request.POST.get("go") == "finish":
            services.finish_marks(mark=found, by=request.user)
            messages.success(request, _("Answer %(code)s is marked.") % {"code": found.script.code})
            return _next(request, found.script.attempt.quiz)
    except MarkingRefused as error:
        if wants_json:
            return JsonResponse({"error": str(error)}, status=409)
        messages.error(request, str(error))
        return redirect(f"{reverse('marking:mark', args=[found.pk])}?cach={_order(request.POST)}")
    if wants_json:
        at = timezone.localtime(saved.saved_at).strftime("%H:%M:%S")
        return JsonResponse({"saved_at": at, "sequence": saved.sequence})
    if request.POST.get("go") == "later":
        return redirect("marking:queue")
    return redirect(f"{reverse('marking:mark', args=[found.pk])}?cach={_order(request.POST)}")


def _read(data) -> dict:
    """Anything else in a request is not looked at."""
    sequence = data.get("sequence", "")
    chosen = {
        name.removeprefix("c_"): int(value)
        for name, value in data.items()
        if name.startswith("c_") and value.isascii() and value.isdigit() and len(value) < 4
    }
    return {
        "chosen": chosen,
        "comment": data.get("comment", ""),
        "note": data.get("note", ""),
        "sequence": int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 17 else 0,
    }


@require_POST
def give_back(request, pk):
    """Somebody else marks it. Posted twice, the second time finds nothing to give back."""
    found = access.script_mark_for(request.user, pk=pk)
    try:
        services.give_back(mark=found, by=request.user)
    except MarkingRefused as error:
        messages.error(request, str(error))
        return redirect("marking:mark", pk=pk)
    messages.success(request, _("The answer was given back; somebody else can mark it."))
    return redirect("marking:queue")


@require_safe
def answer_file(request, pk):
    """The file that was handed in, under a name that says nothing about whose it is."""
    found = access.script_mark_for(request.user, pk=pk)
    file = access.file_of_script(found.script)
    if file is None:
        raise Http404
    name = file.name if not found.script.attempt.quiz.marks_blind else f"bai-{found.script.code}.{file.extension}"
    return attachment(file.stored_name, name)


@require_safe
def task_file(request, pk, sha256):
    """A file that was given out with the question."""
    found = access.script_mark_for(request.user, pk=pk)
    return task_attachment(access.item_of(found.script.attempt, found.script.number), sha256)
