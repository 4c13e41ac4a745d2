"""Files of an attempt, for its learner: handing in, getting them back, getting what the task gives out."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quizzes import access, queries
from quizzes.devices import device_of
from quizzes.enums import EventKind
from quizzes.errors import AttemptFinished, FileRefused, ResponseRefused, TakenOver
from quizzes.file_kinds import LARGEST_MEGABYTES, MEGABYTE
from quizzes.served_files import attachment, task_attachment
from quizzes.services import hand_in_file
from quizzes.services.timeline import note_address, note_event


@require_POST
def upload(request, pk, number):
    """Takes a file for a question, from the form of the exam page or from its script, which is answered in JSON."""
    paper = access.paper_for(request.user, pk=pk)
    wants_json = request.headers.get("Accept") == "application/json"
    back = f"{reverse('quizzes:attempt', args=[pk])}?cau={number}"
    try:
        handed_in = _take(request, paper, number)
    except (FileRefused, ResponseRefused) as error:
        return _say(request, wants_json, str(error), 400, back)
    except AttemptFinished as error:
        return _say(request, wants_json, str(error), 410, reverse("quizzes:result", args=[pk]))
    except TakenOver as error:
        return _say(request, wants_json, str(error), 423, back)
    file, result = handed_in.file, handed_in.result
    if wants_json:
        return JsonResponse(
            {
                "sha256": file.sha256,
                "name": file.name,
                "address": reverse("quizzes:own_file", args=[pk, number, file.sha256]),
                "sequence": handed_in.sequence,
                "late": result.late,
                "saved_at": timezone.localtime(result.saved_at).strftime("%H:%M:%S"),
                "remaining": max(0, int((result.deadline - result.answered_at).total_seconds())),
            }
        )
    if result.late:
        messages.warning(
            request,
            _("This file came after the time. It is kept, but does not count unless the invigilator accepts it."),
        )
    else:
        messages.success(request, _("The file “%(name)s” is handed in.") % {"name": file.name})
    return redirect(back)


def _take(request, paper, number):
    sent = request.FILES.get("tep")
    if sent is None:
        raise FileRefused(_("Please choose a file first."))
    if sent.size > LARGEST_MEGABYTES * MEGABYTE:
        raise FileRefused(
            _("“%(name)s” has more than %(most)d MB. Please make it smaller.")
            % {"name": sent.name, "most": LARGEST_MEGABYTES}
        )
    sequence = request.POST.get(f"s{number}", "")
    handed_in = hand_in_file(
        attempt_id=paper.attempt_id,
        number=number,
        name=sent.name,
        content=sent.read(),
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 17 else 1,
        device=device_of(request),
    )
    if paper.is_supervised:
        note_address(attempt_id=paper.attempt_id, address=request.META.get("REMOTE_ADDR", ""))
        note_event(
            attempt_id=paper.attempt_id,
            kind=EventKind.LATE_ANSWER if handed_in.result.late else EventKind.ANSWER,
            number=number,
            response=[handed_in.file.sha256],
            sequence=handed_in.sequence,
        )
    return handed_in


def _say(request, wants_json, words, status, to):
    if wants_json:
        return JsonResponse({"error": words} | ({"result": to} if status == 410 else {}), status=status)
    messages.error(request, words)
    return redirect(to)


@require_safe
def own_file(request, pk, number, sha256):
    """What the learner handed in herself, under its own name."""
    sitting = access.attempt_for(request.user, pk=pk)
    file = sitting.answer_files.filter(number=number, sha256=sha256).first()
    if file is None:
        raise Http404
    return attachment(file.stored_name, file.name)


@require_safe
def task_file(request, pk, number, sha256):
    """A file that the task gives out: while it is worked on, and again where its answers may be reviewed."""
    sitting = access.attempt_for(request.user, pk=pk)
    if queries.is_over(sitting) and not queries.shows_paper(sitting):
        raise Http404
    return task_attachment(access.item_of(sitting, number), sha256)
