"""What follows from a mark that was changed after it had led to a qualification: a list, and a decision for each."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import ImpactDecision
from certificates.errors import CertificateError
from certificates.impacts import touching_gradings
from certificates.models import RegradeImpact
from courses.errors import AlreadyRevoked
from courses.services import revoke_qualification
from staff import clock

BATCH = 500


class ImpactRefused(CertificateError):
    """The decision cannot be taken so; the sentence says why."""


def note_impacts() -> int:
    """Lists what is not listed yet, at most ``BATCH``; how many were found. Twice at once lists once."""
    found = list(touching_gradings()[:BATCH])
    RegradeImpact.objects.bulk_create(
        (
            RegradeImpact(
                qualification_id=grading.qualification_id,
                grading=grading,
                mark_before=grading.rested_on,
                found_at=clock.now(),
            )
            for grading in found
        ),
        ignore_conflicts=True,
    )
    return len(found)


@transaction.atomic
def decide_impact(
    *, impact: RegradeImpact, decision: str, reason: str, by, from_day: date | None = None
) -> RegradeImpact:
    """Decides once. Revoking takes back the qualification from ``from_day`` (today unless said); its certificate
    follows. The first decision stays: another one is refused."""
    if not (reason := reason.strip()):
        raise ImpactRefused(_("Please say why you decide so."))
    impact = RegradeImpact.objects.select_for_update(of=("self",)).select_related("qualification").get(pk=impact.pk)
    if impact.decided_at is not None:
        raise ImpactRefused(_("Somebody has decided this already."))
    if decision == ImpactDecision.REVOKE:
        _revoke(impact.qualification, reason, by, from_day or clock.today())
    impact.decision, impact.reason = decision, reason[:300]
    impact.decided_at, impact.decided_by = clock.now(), by
    impact.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
    log(
        instance=impact.qualification,
        action="certificates.decide_impact",
        user=by,
        data={"impact": impact.pk, "decision": decision, "reason": impact.reason},
    )
    return impact


def _revoke(qualification, reason: str, by, day: date) -> None:
    if not qualification.valid_from <= day <= clock.today():
        raise ImpactRefused(_("Choose a day from the first day of the result to today."))
    try:
        revoke_qualification(qualification=qualification, from_day=day, reason=reason[:300], by=by)
    except AlreadyRevoked as error:
        raise ImpactRefused(str(error)) from error
