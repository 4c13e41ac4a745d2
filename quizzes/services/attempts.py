"""Sitting a quiz: the start, and every saved answer."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quizzes.drawing import draw, is_as_drawn
from quizzes.enums import FinishCause, Purpose, QuestionType
from quizzes.errors import AttemptFinished, NoAttemptsLeft, NotOpenYet, QuizNotPublished, ResponseRefused, WindowClosed
from quizzes.matching import MAX_TEXT_LENGTH
from quizzes.models import Answer, Attempt, Paper
from quizzes.reading import MAX_NUMBER_LENGTH
from quizzes.services.blueprints import check_blueprint
from quizzes.services.marking import finalise
from staff import clock

# Practice has no clock: its deadline only closes, in the end, what nobody comes back to.
PRACTICE_DAYS = 7
MAX_SEQUENCE = 2**53 - 1  # what a browser can count to exactly


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of a save. ``accepted``: it counts. ``stale``: a newer one is stored and was kept.
    ``late``: it came after deadline and grace, is stored, and counts only if an invigilator accepts it."""

    accepted: bool
    stale: bool
    late: bool
    saved_at: datetime | None


def start_attempt(
    *,
    quiz,
    staff_member,
    attempts_used: int | None = None,
    window_end: datetime | None = None,
    extra_seconds: int = 0,
    is_preview: bool = False,
) -> Attempt:
    """A new attempt with its frozen paper, or the open one if there is one; safe to call twice at once.

    ``attempts_used`` is the caller's count (per enrolment); without it all this person's attempts of this
    quiz count. The deadline is min(start + limit + extra, ``window_end``, end of the quiz's window) by the
    database's clock; practice has no limits but the window. A preview may be of an unpublished quiz, outside its
    window, and counts nowhere; it is refused while the quiz cannot be drawn, and begun afresh when the quiz changed.
    """
    if is_preview:
        check_blueprint(quiz=quiz)
    if (attempt := _settled_open_attempt(quiz, staff_member, is_preview)) is not None:
        return attempt
    if not is_preview:
        if quiz.published_at is None:
            raise QuizNotPublished
        if attempts_used is None:
            attempts_used = Attempt.objects.filter(quiz=quiz, staff_member=staff_member, is_preview=False).count()
        if quiz.opens_at is not None and clock.database_now() < quiz.opens_at:
            raise NotOpenYet(quiz.opens_at)
        if _attempts_allowed(quiz) is not None and attempts_used >= quiz.attempts_allowed:
            raise NoAttemptsLeft
        window_end = min((end for end in (window_end, quiz.closes_at) if end is not None), default=None)
    try:
        return _create_attempt(quiz, staff_member, attempts_used or 0, window_end, extra_seconds, is_preview)
    except IntegrityError:
        # Another click was first: one_open_attempt or one_attempt_per_number held.
        if (attempt := _open_attempt(quiz, staff_member)) is not None:
            return attempt
        raise


def _attempts_allowed(quiz) -> int | None:
    return None if quiz.purpose == Purpose.PRACTICE else quiz.attempts_allowed


def _open_attempt(quiz, staff_member):
    return Attempt.objects.open().filter(quiz=quiz, staff_member=staff_member).first()


def _settled_open_attempt(quiz, staff_member, is_preview):
    """The attempt to go on with; closed is one whose time is over, and a preview that is in the way of the real thing
    or shows a quiz that has changed since."""
    attempt = _open_attempt(quiz, staff_member)
    if attempt is None:
        return None
    if clock.database_now() > attempt.deadline + timedelta(seconds=attempt.grace_seconds):
        finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        return None
    if attempt.is_preview and not (is_preview and is_as_drawn(quiz, attempt.paper)):
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
        return None
    return attempt


@transaction.atomic
def _create_attempt(quiz, staff_member, attempts_used, window_end, extra_seconds, is_preview) -> Attempt:
    started_at = clock.database_now()
    limit = timedelta(minutes=quiz.time_limit, seconds=extra_seconds)
    deadline = started_at + (timedelta(days=PRACTICE_DAYS) if quiz.purpose == Purpose.PRACTICE else limit)
    if window_end is not None:
        deadline = min(deadline, window_end)
    if deadline <= started_at:
        raise WindowClosed
    last = Attempt.objects.filter(quiz=quiz, staff_member=staff_member).order_by("-number").first()
    attempt = Attempt.objects.create(
        quiz=quiz,
        staff_member=staff_member,
        number=last.number + 1 if last else 1,
        is_preview=is_preview,
        started_at=started_at,
        deadline=deadline,
        grace_seconds=quiz.grace_seconds,
    )
    items, blueprint = draw(quiz)
    # Frozen too, because only the caller knows how many attempts an enrolment still has: it decides
    # whether the key may be shown after a failed attempt (queries.shown_of).
    is_last = _attempts_allowed(quiz) is not None and attempts_used + 1 >= quiz.attempts_allowed
    Paper.objects.create(attempt=attempt, items=items, blueprint=blueprint | {"is_last_attempt": is_last})
    Answer.objects.bulk_create(
        Answer(attempt=attempt, number=item["number"], version_id=item["version"]) for item in items
    )
    return attempt


@transaction.atomic
def save_answer(
    *, attempt: Attempt, number: int, response: list[str], sequence: int, is_flagged: bool | None = None
) -> SaveResult:
    """Stores the newest response to one question, by one conditional UPDATE.

    A save with a smaller sequence than the stored one changes nothing; the same save twice is saved once.
    Raises ResponseRefused for what the paper does not offer, AttemptFinished after the learner handed in.
    """
    now = clock.database_now()
    response = _checked(attempt, number, response, sequence)
    # The lock makes saves wait for a finalise that is under way, and the other way round: a save that was
    # acknowledged is always among the answers that were marked.
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.finish_cause in (FinishCause.SUBMITTED, FinishCause.INVIGILATOR):
        raise AttemptFinished
    in_time = attempt.finished_at is None and now <= attempt.deadline + timedelta(seconds=attempt.grace_seconds)
    values = {"sequence": sequence}
    if in_time:
        values |= {"response": response, "saved_at": now}
    else:
        values |= {"late_response": response, "late_saved_at": now}
    if in_time and is_flagged is not None:
        values["is_flagged"] = is_flagged
    answers = Answer.objects.filter(attempt=attempt, number=number)
    if answers.filter(sequence__lt=sequence).update(**values):
        return SaveResult(accepted=in_time, stale=False, late=not in_time, saved_at=now)
    return _outcome_of_repeat(answers.get(), response, sequence)


def _outcome_of_repeat(stored: Answer, response, sequence) -> SaveResult:
    """A retry whose first acknowledgement was lost is told what the first one was told."""
    if stored.sequence == sequence and stored.late_response is None and stored.response == response:
        return SaveResult(accepted=True, stale=False, late=False, saved_at=stored.saved_at)
    if stored.sequence == sequence and stored.late_response == response:
        return SaveResult(accepted=False, stale=False, late=True, saved_at=stored.late_saved_at)
    return SaveResult(accepted=False, stale=True, late=False, saved_at=stored.saved_at)


def _checked(attempt, number, response, sequence) -> list[str]:
    item = next((item for item in attempt.paper.items if item["number"] == number), None)
    if item is None:
        raise ResponseRefused(_("This paper has no question %(number)s.") % {"number": number})
    if not 0 < sequence <= MAX_SEQUENCE:
        raise ResponseRefused(_("The save carries no valid sequence number."))
    if item["type"] in QuestionType.typed():
        return _checked_typed(item, response)
    offered = [option["id"] for option in item["options"]]
    if not set(response) <= set(offered):
        raise ResponseRefused(_("Question %(number)s does not offer this answer.") % {"number": number})
    if item["type"] != QuestionType.MULTIPLE and len(set(response)) > 1:
        raise ResponseRefused(_("Choose one answer only."))
    return [option for option in offered if option in response]


def _checked_typed(item, response) -> list[str]:
    """The one text as typed, without what no column can hold; nothing where only spaces were typed."""
    if len(response) > 1:
        raise ResponseRefused(_("Type one answer only."))
    text = "".join(" " if char.isspace() else char for char in "".join(response))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    text = unicodedata.normalize("NFC", text).strip()
    most = MAX_NUMBER_LENGTH if item["type"] == QuestionType.NUMBER else MAX_TEXT_LENGTH
    if len(text) > most:
        raise ResponseRefused(
            _("Question %(number)s: the answer has more than %(most)d characters. Please shorten it.")
            % {"number": item["number"], "most": most}
        )
    return [text] if text else []
