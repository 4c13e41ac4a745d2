"""After the sitting: answers that came too late, sealed files, requests for re-marking. Each ends in a Grading."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from hashlib import sha256
from types import MappingProxyType

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from quizzes import sealing
from quizzes.enums import FinishCause
from quizzes.errors import ResponseRefused, SessionRefused
from quizzes.models import Answer, Attempt, ExamSession, Grading, ResponseFile, ReviewRequest, Script, Seat
from quizzes.papers import offered_paper
from quizzes.services.marking import finalise, mark_again, marked_with
from quizzes.services.minutes import note_act
from quizzes.services.saving import checked_response
from quizzes.services.sessions import refuse_candidates
from staff import clock
from staff.services import notify
from staff.vietnamese import as_sentence

LONGEST_REASON = 200


@transaction.atomic
def accept_late(*, attempt: Attempt, numbers, by, reason: str) -> Grading | None:
    """Lets the late answers to these questions count and marks again; what was in time stays stored beside them.

    Accepting what was accepted already changes nothing and marks nothing. Refused while the attempt runs. None where
    people have to mark one of them: the new marking is appended when their marks are in.
    """
    if not (reason := reason.strip()[:LONGEST_REASON]):
        raise SessionRefused(_("Please say why these answers count."))
    attempt = _decided_by(attempt, by)
    if not _decide(attempt, numbers, by=by, reason=reason, counts=True):
        return attempt.gradings.order_by("pk").last()
    return mark_again(attempt=attempt, by=by, reason=reason)


@transaction.atomic
def refuse_late(*, attempt: Attempt, numbers, by, reason: str) -> int:
    """Says of the late answers to these questions that they do not count, for good; the candidate reads the reason.

    What was decided about before stays so. Refused while the attempt runs. How many were decided about.
    """
    if not (reason := reason.strip()[:LONGEST_REASON]):
        raise SessionRefused(_("Please say why these answers do not count."))
    return len(_decide(_decided_by(attempt, by), numbers, by=by, reason=reason, counts=False))


def _decide(attempt: Attempt, numbers, *, by, reason: str, counts: bool) -> list[int]:
    """Writes down what was decided, in the rows, the log and the minutes, and tells the learner. The numbers of the
    answers that nobody had decided about before; the caller holds the lock of the attempt."""
    late = Answer.objects.filter(attempt=attempt, number__in=numbers).late()
    if not (decided := sorted(late.values_list("number", flat=True))):
        return decided
    moment = "late_accepted_at" if counts else "late_refused_at"
    Answer.objects.filter(attempt=attempt, number__in=decided).update(**{moment: clock.now()}, late_because=reason)
    action = "quizzes.accept_late" if counts else "quizzes.refuse_late"
    log(instance=attempt, action=action, user=by, data={"numbers": decided, "reason": reason})
    words = _accepted_words if counts else _refused_words
    _into_minutes(attempt, by, lambda: words(len(decided)), reason)
    notify(
        to=attempt.staff_member,
        kind="quizzes.late_decided",
        key=f"late-{attempt.pk}-{decided[0]}",  # an answer is decided about once, so its number is in one notice only
        words=partial(_decided_words, attempt.quiz.title, decided, reason, counts=counts),
        path=reverse("quizzes:result", args=[attempt.pk]),
    )
    return decided


def _decided_words(title: str, numbers: list[int], reason: str, *, counts: bool) -> tuple[str, str]:
    said = {"title": title, "numbers": ", ".join(map(str, numbers)), "reason": as_sentence(reason)}
    if counts:
        text = _(
            "In the test “%(title)s” your late answers to these questions count after all: %(numbers)s. The reason: "
            "%(reason)s Your test is marked again; you need not do anything."
        )
    else:
        text = _(
            "In the test “%(title)s” your late answers to these questions do not count: %(numbers)s. The reason: "
            "%(reason)s Your other answers stay as they were."
        )
    return _("Your late answers were decided about: %(title)s") % said, text % said


def _decided_by(attempt: Attempt, by) -> Attempt:
    """The attempt under lock, closed first where only its time is over; refused to who sits in its session."""
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.finished_at is None:
        if attempt.paused_at is not None or clock.database_now() < attempt.deadline:
            raise SessionRefused(_("This test is still running."))
        finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        attempt.refresh_from_db()
    if attempt.exam_session is not None:
        refuse_candidates(attempt.exam_session, by)
    return attempt


@transaction.atomic
def take_response_file(*, session: ExamSession, content: bytes, by) -> ResponseFile:
    """Opens a sealed file that a candidate saved on her computer. Its answers are stored as late ones, for a decision.

    An answer that the server knows in the same or a newer state is left alone, and one that was decided about. The
    same file again changes nothing.
    Raises SessionRefused, saying what is wrong with the file.
    """
    refuse_candidates(session, by)
    attempt, answers = _read(session, content)
    digest = sha256(content).hexdigest()
    Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if (known := ResponseFile.objects.filter(attempt=attempt, sha256=digest).first()) is not None:
        return known
    taken = [answer for answer in answers if _store_late(attempt, **answer)]
    name = storages["private"].save(f"response-files/{digest[:2]}/{digest}.json", ContentFile(content))
    file = ResponseFile.objects.create(
        attempt=attempt, sha256=digest, stored_name=name, answers=len(taken), uploaded_by=by
    )
    log(instance=attempt, action="quizzes.response_file", user=by, data={"sha256": digest, "answers": len(taken)})
    _into_minutes(attempt, by, lambda: _file_words(len(taken)))
    return file


def _into_minutes(attempt, by, words, reason="") -> None:
    if (seat := Seat.objects.select_related("session").filter(attempt=attempt).first()) is not None:
        note_act(seat=seat, words=words, by=by, reason=reason)


def _accepted_words(count) -> str:
    words = ngettext(
        "%(count)d answer that came after the time counts", "%(count)d answers that came after the time count", count
    )
    return words % {"count": count}


def _refused_words(count) -> str:
    words = ngettext(
        "%(count)d answer that came after the time does not count",
        "%(count)d answers that came after the time do not count",
        count,
    )
    return words % {"count": count}


def _file_words(count) -> str:
    words = ngettext(
        "File of answers handed in; %(count)d answer was taken",
        "File of answers handed in; %(count)d answers were taken",
        count,
    )
    return words % {"count": count}


def _read(session, content) -> tuple[Attempt, list[dict]]:
    """The attempt that a file is of and the answers in it, each checked against the paper."""
    if len(content) > sealing.LARGEST:
        raise SessionRefused(_("This file is too large to be a file of answers."))
    try:
        data = json.loads(sealing.unseal(session.public_key, content))
        attempt = Attempt.objects.filter(exam_session=session, pk=int(data["attempt"])).first()
        if attempt is not None and not sealing.is_proof_of(attempt.pk, data.get("proof")):
            attempt = None
        rows = [
            {"number": int(row["number"]), "response": list(row["response"]), "sequence": int(row["sequence"])}
            for row in data["answers"]
        ]
    except (sealing.NotReadable, ValueError, TypeError, KeyError, RecursionError, UnicodeDecodeError):
        raise SessionRefused(
            _("This file cannot be opened: it is damaged, or belongs to another exam session.")
        ) from None
    if attempt is None:
        raise SessionRefused(_("This file belongs to no candidate of this exam session."))
    questions = offered_paper(attempt.pk).questions
    try:
        for row in rows:
            if not all(isinstance(part, str) for part in row["response"]):
                raise ResponseRefused(_("The save could not be read."))
            row["response"] = checked_response(questions, **row)
    except ResponseRefused as error:
        raise SessionRefused(str(error)) from error
    return attempt, rows


def _store_late(attempt, *, number, response, sequence) -> bool:
    answer = Answer.objects.select_for_update(no_key=True).get(attempt=attempt, number=number)
    if sequence <= answer.sequence or answer.is_late_decided or response == answer.response:
        return False
    answer.late_response, answer.late_saved_at, answer.sequence = response, clock.database_now(), sequence
    answer.save(update_fields=["late_response", "late_saved_at", "sequence"])
    return True


@transaction.atomic
def ask_for_review(*, attempt: Attempt, reason: str) -> ReviewRequest:
    """The candidate asks for re-marking, once, until the day that the session names. Asking twice asks once."""
    attempt = (
        Attempt.objects.select_for_update(no_key=True, of=("self",)).select_related("exam_session").get(pk=attempt.pk)
    )
    if (known := ReviewRequest.objects.filter(attempt=attempt).first()) is not None:
        return known
    session = attempt.exam_session
    if session is None or attempt.finished_at is None or session.ended_at is None:
        raise SessionRefused(_("Re-marking can be asked for when the exam session is over."))
    if not attempt.gradings.exists():
        raise SessionRefused(
            _("Your answers are still being marked. Re-marking can be asked for when there is a mark.")
        )
    if clock.today() > session.complaints_until:
        raise SessionRefused(_("The time in which re-marking could be asked for is over."))
    if not reason.strip():
        raise SessionRefused(_("Please write what you ask to be looked at again, and why."))
    request = ReviewRequest.objects.create(attempt=attempt, reason=reason.strip(), asked_at=clock.now())
    log(instance=attempt, action="quizzes.ask_for_review")
    return request


@transaction.atomic
def answer_review(
    *, request: ReviewRequest, answer: str, members, by, credited: Mapping[int, str] = MappingProxyType({})
) -> ReviewRequest:
    """Marks the attempt again and answers, as the ``members`` named decided. Once.

    ``credited`` says by number why a question earns all its points.
    """
    request = (
        ReviewRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("attempt__exam_session")
        .get(pk=request.pk)
    )
    if request.answered_at is not None:
        raise SessionRefused(_("This request has been answered already."))
    if not answer.strip():
        raise SessionRefused(_("Please write the answer."))
    if not members:
        raise SessionRefused(_("Please name who looked at the paper again."))
    refuse_candidates(request.attempt.exam_session, by)
    if Script.objects.waiting().filter(attempt=request.attempt_id).exists():
        raise SessionRefused(_("An answer of this paper is being marked again. Please answer when its mark is in."))
    unknown = set(credited) - set(offered_paper(request.attempt_id).questions)
    if unknown:
        raise SessionRefused(_("This paper has no question %(number)s.") % {"number": min(unknown)})
    if not all(why.strip() for why in credited.values()):
        raise SessionRefused(_("Please say of each question why it earns all its points."))
    request.members = list(members)
    request.credited = {str(number): credited[number].strip() for number in sorted(credited)}
    grading = mark_again(attempt=request.attempt, by=by, reason=_("Re-marked on request"), credited=credited)
    request.answer, request.answered_at, request.answered_by, request.grading = answer.strip(), clock.now(), by, grading
    request.save(update_fields=["answer", "answered_at", "answered_by", "grading", "credited", "members"])
    _tell_answer(request)
    log(instance=request.attempt, action="quizzes.answer_review", user=by, data={"credited": request.credited})
    return request


def mark_if_credited(*, request: ReviewRequest, credited) -> tuple[Decimal, bool]:
    """(mark, passed) that ``answer_review`` would give. Changes nothing."""
    scripts = list(Script.objects.filter(attempt=request.attempt_id))
    if any(script.decided_at is None for script in scripts):
        raise SessionRefused(_("An answer of this paper is being marked again. Please answer when its mark is in."))
    kept = request.attempt.gradings.order_by("pk").last().detail.get("credited", [])
    mark, is_passed, _detail = marked_with(request.attempt, {*kept, *credited}, scripts)
    return mark, is_passed


def _tell_answer(request) -> None:
    title = request.attempt.exam_session.title

    def words():
        return _("Your request for re-marking was answered"), title

    path = reverse("exam_sessions:review", args=[request.attempt.seat.pk])
    notify(to=request.attempt.staff_member, kind="exam.review", key=f"exam.review:{request.pk}", words=words, path=path)
