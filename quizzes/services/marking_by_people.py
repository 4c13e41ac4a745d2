"""Marking by people: taking an answer, saving half-done marks, finishing, agreeing, marking again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from quizzes.enums import AgreedMark
from quizzes.errors import MarkingRefused
from quizzes.marking_queue import BY_QUESTION, THIRD, chances_of, own_marks, waiting_markers, with_marks
from quizzes.models import Attempt, Quiz, Script, ScriptMark
from quizzes.services.marking import mark_again
from quizzes.services.saving import MAX_SEQUENCE
from quizzes.services.scripts import begin_round
from quizzes.services.sessions import refuse_candidates
from quizzes.types.by_people import checked_choice, points_chosen, several_lines
from staff import clock
from staff.services import notify

LONGEST_COMMENT = 5000
# Before the day on which marks are due.
REMIND_AHEAD = timedelta(days=2)


def take_script(*, quiz: Quiz, by, order: str = BY_QUESTION) -> ScriptMark | None:
    """The next answer that ``by`` marks: the one she has begun, else one that nobody else has; None where none is left.

    Two markers at once never get the same turn of an answer.
    """
    if begun := own_marks(by, quiz):
        return begun[0]
    for chance in chances_of(by, quiz, order=order):
        try:
            with transaction.atomic():
                mark = _claim(chance, by)
        except IntegrityError:
            continue  # somebody was first
        if mark is not None:
            return mark
    return None


def _claim(chance, by) -> ScriptMark | None:
    """Stands in line with what begins a further round."""
    script = Script.objects.select_for_update(no_key=True).get(pk=chance.script.pk)
    if script.round != chance.script.round or script.decided_at is not None:
        return None
    mark = ScriptMark.objects.create(
        script=script, round=script.round, turn=chance.turn, marker=by, claimed_at=clock.now()
    )
    log(instance=script.attempt, action="quizzes.take_script", user=by, data=_data(mark))
    return mark


def _data(mark: ScriptMark) -> dict:
    return {"question": mark.script.number, "round": mark.round, "turn": mark.turn}


@dataclass(frozen=True, slots=True)
class SavedMarks:
    """``stale``: newer marks are stored and were kept."""

    stale: bool
    saved_at: datetime | None
    sequence: int


@transaction.atomic
def save_marks(*, mark: ScriptMark, chosen: dict, comment: str, note: str, sequence: int) -> SavedMarks:
    """Keeps half-done marks. An older save changes nothing; the same save twice is saved once."""
    mark = _open(mark)
    if not 0 < sequence <= MAX_SEQUENCE:
        raise MarkingRefused(_("The save carries no valid sequence number."))
    if sequence <= mark.sequence:
        is_same = sequence == mark.sequence
        return SavedMarks(stale=not is_same, saved_at=mark.saved_at, sequence=mark.sequence)
    mark.chosen = checked_choice(mark.script.version.key, chosen)
    mark.comment, mark.note = (several_lines(words)[:LONGEST_COMMENT] for words in (comment, note))
    mark.sequence, mark.saved_at = sequence, clock.now()
    mark.save(update_fields=["chosen", "comment", "note", "sequence", "saved_at"])
    return SavedMarks(stale=False, saved_at=mark.saved_at, sequence=sequence)


def _open(mark: ScriptMark) -> ScriptMark:
    """The marks under lock, not done, of the round that runs."""
    locked = ScriptMark.objects.select_for_update(of=("self",), no_key=True).select_related(
        "script__version", "script__attempt__quiz"
    )
    mark = locked.filter(pk=mark.pk).first()
    if mark is None:
        raise MarkingRefused(_("This answer was given back; somebody else marks it."))
    if mark.done_at is not None:
        raise MarkingRefused(_("These marks are done and are no longer changed."))
    if mark.round != mark.script.round:
        raise MarkingRefused(_("Another answer counts now; it is marked anew. Please take the next one."))
    return mark


@transaction.atomic
def finish_marks(*, mark: ScriptMark, by) -> ScriptMark:
    """The marker's last word. When all who mark it have said theirs, the points are agreed, or a third person is asked;
    with the last answer of an attempt its marking is appended. Finishing twice is finishing once.
    """
    # First the attempt, then what hangs on it: as everything does that marks.
    attempts = Attempt.objects.select_for_update(no_key=True, of=("self",)).filter(pk=mark.script.attempt_id)
    list(attempts.values_list("pk"))
    if ScriptMark.objects.filter(pk=mark.pk, done_at__isnull=False).exists():
        mark.refresh_from_db()
        return mark
    mark = _open(mark)
    earned = points_chosen(mark.script.version.key, mark.chosen)
    if earned is None:
        raise MarkingRefused(_("Please choose a level for every criterion first."))
    mark.earned, mark.done_at = earned, clock.now()
    mark.save(update_fields=["earned", "done_at"])
    log(
        instance=mark.script.attempt, action="quizzes.finish_marks", user=by, data=_data(mark) | {"earned": str(earned)}
    )
    _agree(mark.script, by)
    return mark


def _agree(script: Script, by) -> None:
    done = {row.turn: row.earned for row in script.marks.filter(round=script.round, done_at__isnull=False)}
    if THIRD in done:
        third = done[THIRD] if script.agreed_mark == AgreedMark.THIRD else _mean(list(done.values()))
        _decide(script, third, by)
    elif len(done) < script.turns:
        return
    elif script.turns == 1:
        _decide(script, done[1], by)
    elif abs(done[1] - done[2]) * 10 > script.allowed_difference * script.of:
        script.disputed_at = clock.now()
        script.save(update_fields=["disputed_at"])
        _tell_reconcilers(script)
    else:
        _decide(script, _mean(list(done.values())), by)


def _mean(points: list[Decimal]) -> Decimal:
    return sum(points) / len(points)


def _decide(script: Script, earned: Decimal, by) -> None:
    script.earned, script.decided_at = earned, clock.now()
    script.save(update_fields=["earned", "decided_at"])
    attempt = script.attempt
    is_first = not attempt.gradings.exists()
    grading = mark_again(attempt=attempt, by=by, reason=script.reason or _("Marked by people"))
    if grading is not None:
        _tell_learner(attempt, grading, is_first=is_first)


def _tell_learner(attempt: Attempt, grading, *, is_first: bool) -> None:
    def words():
        title = attempt.quiz.title
        if is_first:
            return _("Your test has been marked: %(title)s") % {"title": title}, _(
                "All answers of the test “%(title)s” are marked now. You can see what may be shown of the result."
            ) % {"title": title}
        return _("Your test was marked again: %(title)s") % {"title": title}, _(
            "Answers of the test “%(title)s” were marked again. You can see what may be shown of the result."
        ) % {"title": title}

    path = reverse("quizzes:result", args=[attempt.pk])
    notify(to=attempt.staff_member, kind="quizzes.marked", key=f"quizzes.marked:{grading.pk}", words=words, path=path)


def _tell_reconcilers(script: Script) -> None:
    title = script.attempt.quiz.title
    key, own = f"marking.third:{script.pk}:{script.round}", script.attempt.staff_member_id
    for user in script.attempt.quiz.reconcilers.all():
        if Script.objects.filter(pk=script.pk).named(user).exists() and user.staff_member_id != own:
            notify(to=user, kind="marking", key=key, words=partial(_third, title), path=reverse("marking:queue"))


def _third(title: str) -> tuple[str, str]:
    return _("Two markers differ: %(title)s") % {"title": title}, _(
        "In the test “%(title)s” two markers differ by more than is allowed. Please mark this answer as the third "
        "person."
    ) % {"title": title}


@transaction.atomic
def give_back(*, mark: ScriptMark, by) -> None:
    """Lets somebody else mark it; what was half done goes. Given back twice is given back once."""
    locked = ScriptMark.objects.select_for_update(of=("self",), no_key=True).select_related("script__attempt")
    mark = locked.filter(pk=mark.pk).first()
    if mark is None:
        return
    if mark.done_at is not None:
        raise MarkingRefused(_("These marks are done and are no longer changed."))
    log(instance=mark.script.attempt, action="quizzes.give_script_back", user=by, data=_data(mark))
    mark.delete()


@transaction.atomic
def mark_script_again(*, script: Script, by, reason: str) -> Script:
    """Begins another round of marking for an answer whose marks are in: the result stays until the new marks are.

    Asking twice asks once. Refused without a reason, and to the person whose answer it is.
    """
    if not (reason := reason.strip()):
        raise MarkingRefused(_("Please say why it is marked again."))
    Attempt.objects.select_for_update(no_key=True).get(pk=script.attempt_id)
    script = Script.objects.select_related("attempt__quiz", "attempt__exam_session").get(pk=script.pk)
    if script.attempt.staff_member_id == by.staff_member_id:
        raise MarkingRefused(_("This is your own test; somebody else must decide."))
    if script.attempt.exam_session is not None:
        refuse_candidates(script.attempt.exam_session, by)
    if script.decided_at is None:
        return script
    begin_round(script, reason=reason)
    log(
        instance=script.attempt,
        action="quizzes.mark_script_again",
        user=by,
        data={"question": script.number, "round": script.round, "reason": reason},
    )
    return script


def remind_of_marking() -> int:
    """Tells everybody who marks what waits: once a day and quiz, on days when something came or is due soon."""
    today, told = clock.today(), 0
    for quiz in Quiz.objects.filter(attempts__scripts__decided_at=None, attempts__scripts__isnull=False).distinct():
        scripts = list(with_marks(Script.objects.waiting().filter(attempt__quiz=quiz)))
        for user, mine in waiting_markers(quiz, scripts).items():
            is_due = any(script.due_on <= today + REMIND_AHEAD for script in mine)
            is_new = any(clock.local_day(script.wanted_at) == today for script in mine)
            if user.is_active and (is_due or is_new):
                words = partial(_waiting_words, quiz.title, len(mine), min(script.due_on for script in mine))
                told += _remind(user, f"marking:{quiz.pk}:{today:%Y%m%d}", words)
    return told


def _remind(user, key: str, words: Callable) -> bool:
    return notify(to=user, kind="marking", key=key, words=words, path=reverse("marking:queue")) is not None


def _waiting_words(title: str, count: int, due_on) -> tuple[str, str]:
    return _("Answers wait for your marks: %(title)s") % {"title": title}, ngettext(
        "%(count)d answer of the test “%(title)s” waits for your marks. The earliest is due on %(day)s.",
        "%(count)d answers of the test “%(title)s” wait for your marks. The earliest is due on %(day)s.",
        count,
    ) % {"count": count, "title": title, "day": f"{due_on:%d/%m/%Y}"}
