"""How far people have marked a quiz, in the CMS; reviewers have answers given back or marked again."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quizzes.access import can_review
from quizzes.cms import for_bank
from quizzes.errors import QuizError
from quizzes.models import Quiz, Script, ScriptMark
from quizzes.reading import for_reader
from quizzes.services import give_back, mark_script_again
from staff import clock

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A script without a word about whose it is. ``held`` are the turns that somebody has begun.

    What each marker of ``done`` gave is shown once ``shows_marks``: whoever looks may be the one who marks next.
    """

    script: Script
    question: str
    state: str
    kind: str
    points: str
    held: tuple[ScriptMark, ...]
    done: tuple[ScriptMark, ...]
    shows_marks: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_bank
def progress(request, pk):
    """Counts, and each answer by its code. Reviewers give back what others left, or begin another round."""
    quiz = get_object_or_404(Quiz, pk=pk)
    if request.method == "POST":
        return _act(request, quiz)
    scripts = Script.objects.filter(attempt__quiz=quiz).select_related("version__question")
    found = scripts.prefetch_related("marks__marker").order_by("-wanted_at", "-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        "quiz": quiz,
        "total": scripts.count(),
        "waiting": (waiting := scripts.waiting()).count(),
        "overdue": waiting.filter(due_on__lt=clock.today()).count(),
        "disputed": waiting.exclude(disputed_at=None).count(),
        "markers": quiz.markers.order_by("full_name"),
        "reconcilers": quiz.reconcilers.order_by("full_name"),
        "page": page,
        "lines": [_line(script) for script in page],
        "can_review": can_review(request.user),
    }
    return render(request, "quizzes/cms/marking.html", context)


def _line(script: Script) -> ScriptLine:
    marks = [mark for mark in script.marks.all() if mark.round == script.round]
    done = tuple(mark for mark in marks if mark.done_at is not None)
    kind, state = _state(script, len(done))
    return ScriptLine(
        script=script,
        question=script.version.question.code,
        kind=kind,
        state=state,
        points="" if script.earned is None else f"{for_reader(script.earned)}/{for_reader(script.of)}",
        held=tuple(mark for mark in marks if mark.done_at is None),
        done=done,
        shows_marks=script.decided_at is not None or script.disputed_at is not None,
    )


def _state(script: Script, done: int) -> tuple[str, str]:
    if script.decided_at is not None:
        return "ok", _("marked")
    if script.disputed_at is not None:
        return "warn", _("the markers differ: waits for the third person")
    words = _("waits for marks: %(done)d of %(turns)d") % {"done": done, "turns": script.turns}
    return ("bad" if script.due_on < clock.today() else "warn"), words


def _act(request, quiz):
    if not can_review(request.user):
        raise Http404
    try:
        _carry_out(request, quiz)
    except QuizError as error:
        messages.error(request, str(error))
    return redirect("quizzes_cms:quiz_marking", pk=quiz.pk)


def _carry_out(request, quiz) -> None:
    if request.POST.get("action") == "give_back":
        marks = ScriptMark.objects.filter(script__attempt__quiz=quiz, pk=_number(request, "mark"))
        if (mark := marks.first()) is not None:  # given back already, where the click came twice
            give_back(mark=mark, by=request.user)
        messages.success(request, _("The answer was given back; somebody else can mark it."))
    elif request.POST.get("action") == "again":
        script = get_object_or_404(Script, attempt__quiz=quiz, pk=_number(request, "script"))
        mark_script_again(script=script, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(
            request, _("The answer waits to be marked again. The result stays until the new marks are in.")
        )
    else:
        raise Http404


def _number(request, name: str) -> int:
    value = request.POST.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        raise Http404
    return int(value)
