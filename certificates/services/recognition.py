"""What people say they hold, and the decisions that make it count."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import Basis, EvidenceKind
from certificates.models import Claim, Decision, Recognition
from courses import services as courses
from courses.enums import Origin, TrackCode
from courses.models import Qualification, Track
from staff.models import ImportRow

_NOTHING = {"", EvidenceKind.NONE, EvidenceKind.UNKNOWN}
_ABC = {EvidenceKind.CERT_A, EvidenceKind.CERT_B, EvidenceKind.CERT_C}


def abc_counts(kind: str, year: int | None) -> str:
    """Whether an A, B or C certificate is worth the basic one: "yes", "no" or "needs_evidence".

    Joint circular 17/2016, article 23(2), and the Ministry's answer: only those issued before 10 August 2016. A list
    gives a year and no day, so 2016 itself, and no year at all, need the paper. Programme 112 never counts; of
    other kinds this rule says nothing, so they need evidence too.
    """
    if kind == EvidenceKind.DE_AN_112:
        return "no"
    if kind not in _ABC or year is None or year == 2016:
        return "needs_evidence"
    return "yes" if year < 2016 else "no"


def claims_from_import_rows() -> int:
    """Makes claims of what staff lists say about informatics certificates; returns how many are new.

    Saying the same again makes no second claim, and a claim alone counts for nothing.
    """
    rows = ImportRow.objects.filter(evidence__isnull=False, staff_member__isnull=False, claims=None).order_by("pk")
    new = {}
    for row in rows.iterator(chunk_size=1000):
        claim = _claim_of(row)
        if claim:
            new.setdefault((claim.staff_member_id, claim.kind, claim.year), claim)
    people = {key[0] for key in new}
    known = set(Claim.objects.filter(staff_member__in=people).values_list("staff_member_id", "kind", "year"))
    fresh = [claim for key, claim in new.items() if key not in known]
    Claim.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return len(fresh)


def _claim_of(row):
    evidence = row.evidence if isinstance(row.evidence, dict) else {}
    kind = str(evidence.get("ict_level") or "").strip()
    if kind in _NOTHING or kind not in EvidenceKind.values:
        return None
    year = str(evidence.get("ict_cert_year") or "").strip()
    return Claim(
        staff_member_id=row.staff_member_id,
        kind=kind,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        meets_rule=str(evidence.get("basic_standard_met") or "").strip()[:20],
        import_row=row,
    )


@transaction.atomic
def decide_bulk(
    *,
    number: str,
    signed_on: date,
    effective_from: date,
    authority: str,
    rule: str,
    claims: Iterable[Claim],
    basis: str,
    by=None,
) -> Decision:
    """Accepts ``claims`` by the decision ``number``: each person holds the basic track from ``effective_from`` on.

    The label is "as declared" or "recognised", by ``basis``. Coming twice changes nothing; claims already decided
    are left alone, and of several claims of one person the first counts.
    """
    decision, created = Decision.objects.get_or_create(
        number=number,
        defaults={
            "signed_on": signed_on,
            "effective_from": effective_from,
            "authority": authority,
            "rule": rule,
            "recorded_by": by,
        },
    )
    Decision.objects.select_for_update().get(pk=decision.pk)
    track = Track.objects.get(code=TrackCode.BASIC)
    ids = [claim.pk for claim in claims]
    holders = set(
        Qualification.objects.live().filter(track=track, course=None).values_list("staff_member_id", flat=True)
    )
    accepted = 0
    waiting = Claim.objects.filter(recognition=None).select_related("staff_member").order_by("pk")
    for claim in (claim for batch in _batches(ids) for claim in waiting.filter(pk__in=batch)):
        qualification = None
        if claim.staff_member_id not in holders:
            qualification = _grant(claim, track=track, decision=decision, basis=basis, by=by)
            holders.add(claim.staff_member_id)
            accepted += 1
        Recognition.objects.create(
            claim=claim,
            decision=decision,
            basis=basis,
            is_accepted=qualification is not None,
            reason="" if qualification else _("The person already holds it."),
            qualification=qualification,
        )
    if created or accepted:
        log(instance=decision, action="certificates.decide", user=by, data={"accepted": accepted, "number": number})
    return decision


def _grant(claim, *, track, decision, basis, by):
    return courses.grant_qualification(
        staff_member=claim.staff_member,
        track=track,
        origin=Origin.DECLARED if basis == Basis.DECLARED else Origin.RECOGNISED,
        valid_from=decision.effective_from,
        granted_by=by,
    )


def _batches(ids, size=500):
    return [ids[index : index + size] for index in range(0, len(ids), size)]


@transaction.atomic
def revoke_recognition(*, recognition: Recognition, from_day: date, reason: str, by) -> Recognition:
    """What was recognised no longer counts from ``from_day`` on; the decision and the claim stay on record."""
    if recognition.qualification is not None and recognition.qualification.revoked_from is None:
        courses.revoke_qualification(qualification=recognition.qualification, from_day=from_day, reason=reason, by=by)
        log(instance=recognition.decision, action="certificates.revoke", user=by, data={"claim": recognition.claim_id})
    return recognition
