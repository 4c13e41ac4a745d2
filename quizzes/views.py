"""The exam, as its learner sees it. Everything works without JavaScript; with it, ``save`` answers in JSON."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from quizzes import queries
from quizzes.access import attempt_for, clock_of, paper_for
from quizzes.devices import device_of
from quizzes.enums import EventKind, FinishCause, Purpose, ReviewItem
from quizzes.errors import AttemptFinished, QuizError, ResponseRefused, TakenOver, TimeNotUp
from quizzes.forms import AnswerForm, read_save
from quizzes.papers import offered_paper
from quizzes.responses import late_answers
from quizzes.services import finalise, save_answer, start_attempt
from quizzes.services.timeline import note_address, note_event, note_from_browser
from quizzes.terms import closes_for_everybody
from quizzes.types import kind_of
from staff import clock

no_store = cache_control(no_store=True, private=True)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request, pk):
    """One question at a time; every button saves before it moves."""
    sitting = attempt_for(request.user, pk=pk)
    if request.method == "POST":
        return _save_and_move(request, sitting)
    now = clock.database_now()
    if queries.is_over(sitting, now=now):
        return redirect("quizzes:result", pk=pk)
    if sitting.paused_at is not None:
        return render(request, "quizzes/paused.html", {"attempt": sitting, "title": sitting.paper.blueprint["title"]})
    if sitting.holder not in ("", device_of(request)):
        return redirect("exam_sessions:seat", pk=sitting.seat.pk)
    return _exam_page(request, sitting, number=_number(request.GET.get("cau")), now=now)


def _save_and_move(request, sitting):
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("The answer could not be read. Please go back and try again."))
    data = form.cleaned_data
    number, flag, go = data["cau"], data["flag"], data["go"]
    if request.POST.get("tep"):
        # A file was chosen, and another button pressed than the one that sends it.
        messages.warning(request, _("The file was not handed in yet. Please choose it and press “Hand in the file”."))
        go = str(number)
    try:
        result = save_answer(
            attempt_id=sitting.pk,
            number=number,
            response=data["response"],
            sequence=data["sequence"],
            is_flagged=flag,
            device=device_of(request),
        )
    except ResponseRefused as error:
        return HttpResponseBadRequest(str(error))
    except AttemptFinished:
        return redirect("quizzes:result", pk=sitting.pk)
    except TakenOver as error:
        _note_other_device(request, sitting.pk)
        messages.error(request, str(error))
        return redirect("exam_sessions:seat", pk=sitting.seat.pk)
    if sitting.is_supervised:
        _note_save(request, sitting.pk, result, number, data)
        if sitting.paused_at is not None:
            return redirect("quizzes:attempt", pk=sitting.pk)
    if result.stale and not queries.is_over(sitting):
        return _exam_page(request, sitting, number=number, status=409)
    if go == "check" and not queries.is_over(sitting):
        return _exam_page(request, sitting, number=number, checked=True)
    if go == "submit" and not queries.is_over(sitting):
        return redirect("quizzes:submit", pk=sitting.pk)
    return redirect(f"{reverse('quizzes:attempt', args=[sitting.pk])}?cau={_number(go, number)}")


def _number(text, default=1) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else default


def _clock(seconds) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


def _exam_page(request, sitting, *, number, status=200, checked=False, now=None):
    questions = queries.exam_paper(sitting)
    if not questions:
        raise Http404  # a preview of a quiz that had no sections yet; no such paper is made any more
    current = questions[min(max(number, 1), len(questions)) - 1]
    shown = queries.shown_of(sitting)
    review = queries.review_of(sitting, shown, number=current.number) if checked else []
    return render(
        request,
        "quizzes/attempt.html",
        {
            "attempt": sitting,
            "title": sitting.paper.blueprint["title"],
            "questions": questions,
            "current": current,
            "answered": sum(question.is_answered for question in questions),
            "saved_at": max((q.saved_at for q in questions if q.saved_at), default=None),
            "remaining": (remaining := queries.remaining_seconds(sitting, now=now)),
            "clock": _clock(remaining),
            "kept": queries.kept_parts_on(sitting.paper),
            "is_stale": status == 409,
            "is_practice": sitting.quiz.purpose == Purpose.PRACTICE,
            "may_look_up": [item for item in ReviewItem if item in shown - {ReviewItem.MARK}],
            "checked": review[0] if review else None,
        },
        status=status,
    )


@login_not_required  # answers 401 in JSON: the script keeps the answers and shows the sign-in form
@no_store
@require_http_methods(["GET", "POST"])
def save(request, pk):
    """The autosave. GET tells the time left, the newest answers and a fresh CSRF token; ``?gio=1`` the time only."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("You are signed out.")}, status=401)
    if request.method == "GET" and request.GET.get("gio"):
        return JsonResponse(_time_of(request, clock_of(request.user, pk=pk)))
    if request.method == "GET":
        return JsonResponse(_state(request, attempt_for(request.user, pk=pk)))
    paper = paper_for(request.user, pk=pk)
    try:
        data = read_save(request.body)
        result = save_answer(attempt_id=pk, device=device_of(request), **data)
    except ResponseRefused as error:
        return JsonResponse({"error": str(error)}, status=400)
    except AttemptFinished as error:
        return JsonResponse({"error": str(error), "result": reverse("quizzes:result", args=[pk])}, status=410)
    except TakenOver as error:
        _note_other_device(request, pk)
        return JsonResponse({"error": str(error)}, status=423)
    if paper.is_supervised:
        _note_save(request, pk, result, data["number"], data)
    if result.stale:
        return JsonResponse(_state(request, attempt_for(request.user, pk=pk)), status=409)
    return JsonResponse(
        {
            "late": result.late,
            "saved_at": timezone.localtime(result.saved_at).strftime("%H:%M:%S"),
            "remaining": max(0, int((result.deadline - result.answered_at).total_seconds())),
        }
        | _reading(paper.questions[data["number"]], data["response"])
    )


def _reading(item, response) -> dict:
    """How numbers were read; nothing for questions in which none is."""
    reading = kind_of(item["type"]).reading(item, response)
    return {} if reading is None else {"read": reading}


def _state(request, sitting) -> dict:
    answers = sitting.answers.values_list("number", "response", "sequence", "is_flagged")
    items = {item["number"]: item for item in sitting.paper.items}
    return _time_of(request, sitting) | {
        "csrf_token": get_token(request),
        "answers": [
            {"number": number, "response": response, "sequence": sequence, "flagged": flagged}
            | _reading(items[number], response)
            for number, response, sequence, flagged in answers
        ],
    }


def _time_of(request, sitting) -> dict:
    """What an exam page before an invigilator asks every five seconds."""
    now = clock.database_now()
    return {
        "remaining": queries.remaining_seconds(sitting, now=now),
        "finished": queries.is_over(sitting, now=now),
        "paused": sitting.finished_at is None and sitting.paused_at is not None,
        "held_elsewhere": sitting.holder not in ("", device_of(request)),
    }


def _note_save(request, attempt_id, result, number, data) -> None:
    """The history of answers of a supervised test, and the address they came from."""
    if result.stale:
        return
    response = data["response"]
    if (
        kind := kind_of(offered_paper(attempt_id).questions[number]["type"])
    ).is_marked_by_people and not kind.takes_file:
        # A text is saved at every pause of the writing: the timeline says when, the answer says what.
        response = []
    note_address(attempt_id=attempt_id, address=request.META.get("REMOTE_ADDR", ""))
    note_event(
        attempt_id=attempt_id,
        kind=EventKind.LATE_ANSWER if result.late else EventKind.ANSWER,
        number=number,
        response=response,
        sequence=data["sequence"],
    )


def _note_other_device(request, attempt_id) -> None:
    note_event(attempt_id=attempt_id, kind=EventKind.OTHER_DEVICE, to=request.META.get("REMOTE_ADDR", ""))


@no_store
@require_http_methods(["POST"])
def event(request, pk):
    """The page of a supervised test tells that its window was left, or came back."""
    paper = paper_for(request.user, pk=pk)
    if paper.is_supervised:
        note_from_browser(attempt_id=pk, kind=request.POST.get("kind", ""))
    return HttpResponse(status=204)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request, pk):
    """Asks once, naming what is unanswered; POST hands in. The script posts ``cause=timer`` when time is up."""
    # Handing in reads the paper under its own lock.
    sitting = (clock_of if request.method == "POST" else attempt_for)(request.user, pk=pk)
    if sitting.finished_at is None and sitting.holder not in ("", device_of(request)):
        return redirect("exam_sessions:seat", pk=sitting.seat.pk)
    if request.method == "POST":
        return _finish(request, sitting)
    if queries.is_over(sitting):
        return redirect("quizzes:result", pk=pk)
    questions = queries.exam_paper(sitting)
    return render(
        request,
        "quizzes/submit.html",
        {
            "attempt": sitting,
            "title": sitting.paper.blueprint["title"],
            "count": len(questions),
            "unanswered": [question.number for question in questions if not question.is_answered],
            "flagged": [question.number for question in questions if question.is_flagged],
            "clock": _clock(queries.remaining_seconds(sitting)),
            "all_answered": _("All questions are answered."),
            "is_practice": sitting.quiz.purpose == Purpose.PRACTICE,
        },
    )


def _finish(request, sitting):
    cause = FinishCause.TIMER if request.POST.get("cause") == "timer" else FinishCause.SUBMITTED
    wants_json = request.headers.get("Accept") == "application/json"
    try:
        finalise(attempt=sitting, cause=cause)
    except TimeNotUp as error:
        if wants_json:
            return JsonResponse({"error": str(error), "remaining": queries.remaining_seconds(sitting)}, status=409)
        return redirect("quizzes:attempt", pk=sitting.pk)
    return JsonResponse({"result": _result_url(sitting)}) if wants_json else redirect(_result_url(sitting))


def _result_url(sitting) -> str:
    return reverse("quizzes:result", args=[sitting.pk])


@require_http_methods(["POST"])
def again(request, pk):
    """Another try of the same practice."""
    sitting = attempt_for(request.user, pk=pk)
    if sitting.quiz.purpose != Purpose.PRACTICE or sitting.is_preview:
        raise Http404
    try:
        fresh = start_attempt(quiz=sitting.quiz, staff_member=sitting.staff_member)
    except QuizError as error:
        messages.error(request, str(error))
        return redirect("quizzes:result", pk=pk)
    return redirect("quizzes:attempt", pk=fresh.pk)


@no_store
@require_http_methods(["GET", "HEAD"])
def result(request, pk):
    """The mark and what to do next; an attempt whose time is up but is not marked yet says so and changes nothing."""
    sitting = attempt_for(request.user, pk=pk)
    if not queries.is_over(sitting):
        return redirect("quizzes:attempt", pk=pk)
    context = {"attempt": sitting, "title": sitting.paper.blueprint["title"]}
    if sitting.finished_at is None:
        return render(request, "quizzes/being_marked.html", context)
    grading = queries.latest_grading(sitting)
    if grading is None:
        return render(request, "quizzes/waits_for_marks.html", context | {"awaited": queries.awaited_marks(sitting)})
    parts = queries.results_by_part(sitting, grading)
    others = queries.others_of(sitting)
    shown = queries.shown_of(sitting, grading=grading, others=others)
    shows_mark = ReviewItem.MARK in shown
    # A section of one question would say what was right: while others are asked it, the mark stands alone.
    shows_parts = shows_mark and others.asked_until is None
    context |= {
        "grading": grading if shows_mark else None,
        "parts": parts if shows_parts else [],
        "shows_mark": shows_mark,
        "is_practice": sitting.quiz.purpose == Purpose.PRACTICE,
        "closes_at": queries.shown_later(sitting, shown) and closes_for_everybody(sitting.quiz),
        "sections_to_read_again": queries.sections_to_read_again(parts) if shows_parts else [],
        "attempts": [] if sitting.is_preview else queries.attempts_of(sitting),
        "review": queries.review_of(sitting, shown, grading=grading),
        "why_no_review": queries.why_no_review(sitting, shown, others),
        "provisional": sitting.is_supervised and not sitting.exam_session.is_decided,
        "takes_complaints": sitting.is_supervised and clock.today() <= sitting.exam_session.complaints_until,
        "late_answers": late_answers(sitting.pk),
    }
    return render(request, "quizzes/result.html", context)
