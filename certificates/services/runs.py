"""Runs of the issuing desk: prepared, looked at, confirmed once, then worked through line by line."""

import logging
import time
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import desk
from certificates.desk import Candidate
from certificates.enums import LineState, QualificationFate, RunKind
from certificates.errors import CertificateError
from certificates.models import Certificate, IssuingRun, RunLine
from certificates.services.issuers import without_standing_authority
from certificates.services.issuing import issue_certificate
from certificates.services.revoking import (
    replace_revoked_certificate,
    revoke_certificate,
    revoke_with_qualification,
    supersede_certificate,
)
from courses.errors import AlreadyRevoked, CourseError
from courses.services import revoke_qualification
from staff import clock
from staff.background import kind_of_fault
from staff.services import notify

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)
# A worker turns to other work after this many seconds; the next round goes on.
TURN = 5
MOST_TRIES = 5


class RunRefused(CertificateError):
    """The run cannot be made or confirmed so; the sentence says why."""


@transaction.atomic
def prepare_run(
    *,
    kind: str,
    found: Sequence[Candidate],
    token: UUID,
    by,
    criteria: Sequence[str] = (),
    reason: str = "",
    decision: str = "",
    from_day: date | None = None,
    fate: str = "",
) -> IssuingRun:
    """What would be done, as rows to look at; nothing is done yet. The same form again gives the same run."""
    if (existing := IssuingRun.objects.filter(token=token, made_by=by).first()) is not None:
        return existing
    if not found:
        raise RunRefused(_("Nobody is found. Choose less narrowly."))
    if len(found) > desk.MOST_LINES:
        raise RunRefused(
            _("More than %(count)d people are found. Choose more narrowly and make several runs.")
            % {"count": desk.MOST_LINES}
        )
    if kind == RunKind.REVOKE:
        _check_revoking(fate, from_day, by)
    run = IssuingRun.objects.create(
        kind=kind,
        reason=reason.strip(),
        decision=decision.strip(),
        from_day=from_day if kind == RunKind.REVOKE else None,
        fate=fate if kind == RunKind.REVOKE else "",
        criteria=list(criteria),
        token=token,
        made_at=clock.now(),
        made_by=by,
    )
    by_decision = _by_decision() if kind == RunKind.ISSUE and not run.decision else frozenset()
    RunLine.objects.bulk_create(_line(run, candidate, by_decision) for candidate in found)
    return run


def _by_decision() -> frozenset[int]:
    """Courses whose certificates are issued only where a decision is named."""
    return frozenset(without_standing_authority(clock.today()).values_list("course", flat=True))


def _check_revoking(fate, from_day, by):
    if fate == QualificationFate.REVOKED:
        if not by.is_superuser:
            raise RunRefused(_("Only an administrator takes back results. You can revoke the certificates alone."))
        if from_day > clock.today():
            raise RunRefused(_("A result is taken back from today or an earlier day on."))


def _line(run, candidate, by_decision):
    why_not = candidate.why_not
    if not why_not and candidate.qualification is not None and candidate.qualification.course_id in by_decision:
        why_not = _("Certificates of this course are issued by a decision that lists the holders: name it on the form.")
    if not why_not and run.kind == RunKind.REVOKE:
        first = candidate.certificate.issued_on
        if run.fate == QualificationFate.REVOKED:
            first = candidate.qualification.valid_from
        if run.from_day < first:
            why_not = _("Begins on %(day)s, after the chosen day.") % {"day": f"{first:%d/%m/%Y}"}
    return RunLine(
        run=run,
        staff_member=candidate.staff_member,
        qualification=candidate.qualification,
        certificate=candidate.certificate,
        state=LineState.LEFT_OUT if why_not else LineState.WAITING,
        words=why_not,
    )


@transaction.atomic
def confirm_run(*, run: IssuingRun, by) -> IssuingRun:
    """From now on a worker does what the lines say. Confirming twice is confirming once.

    The author's right is looked at again: between preparing and confirming a scope may have ended.
    """
    locked = IssuingRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.confirmed_at is not None:
        return locked
    waiting = locked.lines.filter(state=LineState.WAITING)
    if not waiting.exists():
        raise RunRefused(_("There is nothing to do in this run."))
    if waiting.exclude(staff_member__in=desk.people_of(by)).exists():
        raise RunRefused(_("Some of these people are no longer yours to decide about. Please prepare the run anew."))
    locked.confirmed_at = clock.now()
    locked.save(update_fields=["confirmed_at"])
    log(instance=locked, action="certificates.run", user=by, data=_facts(locked) | {"lines": waiting.count()})
    return locked


def _facts(run) -> dict:
    facts = {"run": run.pk, "kind": run.kind, "reason": run.reason, "decision": run.decision, "fate": run.fate}
    if run.from_day:
        facts["from"] = run.from_day.isoformat()
    return {name: value for name, value in facts.items() if value}


@transaction.atomic
def discard_run(*, run: IssuingRun) -> bool:
    """Throws away what was prepared and not confirmed; whether there was such a run."""
    locked = IssuingRun.objects.select_for_update(of=("self",)).filter(pk=run.pk, confirmed_at=None).first()
    if locked is None:
        return False
    locked.lines.all().delete()
    locked.delete()
    return True


def work_runs() -> int:
    """Goes on with every confirmed run that nobody is at work on; how many lines were settled.

    Each line is settled in its own time, and every verb is harmless when it comes twice: a process that dies leaves
    the rest to the next one.
    """
    settled, until = 0, time.monotonic() + TURN
    for pk in list(IssuingRun.objects.unfinished().order_by("pk").values_list("pk", flat=True)):
        if time.monotonic() > until:
            break
        if _claim(pk):
            settled += _go_on(IssuingRun.objects.select_related("made_by").get(pk=pk), until)
    return settled


def _claim(pk) -> bool:
    now = clock.database_now()
    free = IssuingRun.objects.unfinished().filter(Q(claimed_until=None) | Q(claimed_until__lt=now), pk=pk)
    return bool(free.update(claimed_until=now + CLAIM))


def _go_on(run, until) -> int:
    settled, failed = 0, set()
    with translation.override(run.made_by.language):
        while time.monotonic() < until:
            waiting = run.lines.filter(state=LineState.WAITING).exclude(pk__in=failed)
            line = waiting.select_related("qualification", "certificate").order_by("tries", "pk").first()
            if line is None:
                break
            if _settle(run, line):
                settled += 1
            else:
                failed.add(line.pk)
            IssuingRun.objects.filter(pk=run.pk).update(claimed_until=clock.database_now() + CLAIM)
        _finish(run, rests=bool(failed))
    return settled


def _settle(run, line) -> bool:
    """Does what the line says; false where a fault leaves it waiting for another try."""
    if line.tries >= MOST_TRIES:
        return _end(line, LineState.FAILED, _("The process ended in the middle of the work each time."))
    RunLine.objects.filter(pk=line.pk).update(tries=F("tries") + 1)
    try:
        made = _VERBS[RunKind(run.kind)](run, line)
    except (CertificateError, CourseError) as error:
        return _end(line, LineState.FAILED, str(error))
    except Exception as error:  # one line that cannot be done must not stop the others  # noqa: BLE001
        logger.exception("Line %s of run %s could not be done", line.pk, run.pk)
        if line.tries + 1 < MOST_TRIES:
            return False
        return _end(line, LineState.FAILED, kind_of_fault(error))
    with transaction.atomic():
        if _end(line, LineState.DONE, "", made=made) and run.kind == RunKind.ISSUE:
            log(instance=made, action="certificates.by_run", user=run.made_by, data=_facts(run))
    return True


def _end(line, state, words, made: Certificate | None = None) -> bool:
    waiting = RunLine.objects.filter(pk=line.pk, state=LineState.WAITING)
    return bool(waiting.update(state=state, words=words[:300], made=made, done_at=clock.now()))


def _issue(run, line) -> Certificate:
    certificate = issue_certificate(qualification_id=line.qualification_id, decision=run.decision)
    if certificate is None:
        if not run.decision:
            raise RunRefused(_("The course needs a decision for each certificate, or the result was revoked."))
        raise RunRefused(_("The result was revoked meanwhile."))
    return certificate


def _reissue(run, line) -> Certificate:
    # one that was revoked only after the run was looked at is not brought back by it
    revoked_at = line.certificate.revoked_at
    is_known_revoked = revoked_at is not None and revoked_at <= run.made_at
    replace = replace_revoked_certificate if is_known_revoked else supersede_certificate
    return replace(certificate=line.certificate, reason=run.reason, by=run.made_by, decision=run.decision)


def _revoke(run, line) -> Certificate:
    if run.fate == QualificationFate.REVOKED:
        try:
            revoke_qualification(
                qualification=line.qualification, from_day=run.from_day, reason=run.reason, by=run.made_by
            )
        except AlreadyRevoked:
            logger.info("Qualification %s had been revoked before run %s came to it", line.qualification_id, run.pk)
        revoke_with_qualification(qualification_id=line.qualification_id)
        return line.certificate
    return revoke_certificate(certificate=line.certificate, reason=run.reason, by=run.made_by, from_day=run.from_day)


_VERBS = {RunKind.ISSUE: _issue, RunKind.REISSUE: _reissue, RunKind.REVOKE: _revoke}


@transaction.atomic
def _finish(run, *, rests: bool) -> None:
    locked = IssuingRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    # what failed by a fault is tried again in a later round, not at once
    locked.claimed_until = clock.database_now() + timedelta(seconds=30) if rests else None
    if locked.finished_at is None and not locked.lines.filter(state=LineState.WAITING).exists():
        locked.finished_at = clock.now()
        counts = dict(locked.lines.values_list("state").annotate(count=Count("pk")).order_by())
        notify(
            to=run.made_by,
            kind="certificates.run",
            key=f"issuing-run:{run.pk}",
            words=partial(_finished_words, counts.get(LineState.DONE, 0), counts.get(LineState.FAILED, 0)),
            path=reverse("certificates:run", args=[run.pk]),
        )
    locked.save(update_fields=["claimed_until", "finished_at"])


def _finished_words(done: int, failed: int) -> tuple[str, str]:
    counts = {"done": done, "failed": failed}
    return _("The run of the issuing desk is finished"), _("Done: %(done)d. Not possible: %(failed)d.") % counts
