"""What papers are worth: written in versions, never edited."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import Begins, Lasts
from certificates.errors import ClaimRefused
from certificates.models import EvidenceKind, EvidenceRule
from staff.services.errors import refuse_back_dating
from staff.services.versions import make_room


@transaction.atomic
def add_evidence_rule(
    *,
    code: str,
    name: str,
    valid_from: date,
    legal_basis: str,
    gives_track: str = "",
    gives_course=None,
    issued_from: date | None = None,
    issued_until: date | None = None,
    begins: str = Begins.DECISION,
    lasts: str = Lasts.NONE,
    lasts_number: int | None = None,
    lasts_until: date | None = None,
    needs_scan: bool = True,
    needs_second: bool = False,
    remark: str = "",
    by=None,
    back_dated_because: str = "",
) -> EvidenceRule:
    """A new version of the rule of the kind ``code``, which is made where it is not there.

    The version before it ends on the day before ``valid_from``. What was recognised already stays as it was granted:
    a rule speaks of decisions signed while it is in force.
    """
    refuse_back_dating(valid_from, back_dated_because)
    if gives_course is not None and gives_course.track.code != gives_track:
        raise ClaimRefused(_("The course does not belong to this track."))
    if issued_from is not None and issued_until is not None and issued_until < issued_from:
        raise ClaimRefused(_("The last day of issue lies before the first."))
    kind, _created = EvidenceKind.objects.get_or_create(code=code, defaults={"name": name, "position": 100})
    kind = EvidenceKind.objects.select_for_update().get(pk=kind.pk)
    if name and kind.name != name:
        kind.name = name
        kind.save(update_fields=["name"])
    last = EvidenceRule.objects.filter(kind=kind).order_by("-version").first()
    rule = EvidenceRule.objects.create(
        kind=kind,
        version=make_room(last, valid_from=valid_from, by=by, back_dated_because=back_dated_because),
        gives_track=gives_track,
        gives_course=gives_course,
        issued_from=issued_from,
        issued_until=issued_until,
        begins=begins,
        lasts=lasts,
        lasts_number=lasts_number,
        lasts_until=lasts_until,
        needs_scan=needs_scan,
        needs_second=needs_second,
        legal_basis=legal_basis,
        remark=remark,
        valid_from=valid_from,
        recorded_by=by,
    )
    said = {"day": str(valid_from), "version": rule.version, "reason": back_dated_because}
    log(instance=rule, action="certificates.evidence_rule", user=by, data=said)
    return rule
