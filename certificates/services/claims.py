"""What people say they hold: entered by themselves or their HR officer, or named by a staff list."""

import hashlib
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.errors import ClaimRefused
from certificates.models import Claim, EvidenceFile, EvidenceKind
from certificates.scans import MOST_FILES, Scan
from courses.enums import ReportedResult
from courses.models import Nomination
from staff import clock
from staff.models import ImportRow, StaffMember
from staff.private_files import store

# Words of staff lists that claim nothing.
_NOTHING = ("", "none", "unknown")
# Of one call: the sweeper comes again.
CLASSES_AT_ONCE = 2_000


def claims_from_import_rows() -> int:
    """Makes claims of what staff lists say about informatics certificates; returns how many are new.

    Saying the same again makes no second claim, and a claim alone counts for nothing: it needs evidence.
    """
    kinds = set(EvidenceKind.objects.values_list("code", flat=True))
    rows = ImportRow.objects.filter(evidence__isnull=False, staff_member__isnull=False, claims=None).order_by("pk")
    new = {}
    for row in rows.iterator(chunk_size=1000):
        claim = _claim_of(row, kinds)
        if claim:
            new.setdefault((claim.staff_member_id, claim.kind_id, claim.year), claim)
    people = {key[0] for key in new}
    known = set(Claim.objects.filter(staff_member__in=people).values_list("staff_member_id", "kind", "year"))
    fresh = [claim for key, claim in new.items() if key not in known]
    Claim.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return len(fresh)


@transaction.atomic
def claims_from_classes() -> int:
    """Makes claims of what lists of past classes say about passed people; returns how many are new.

    Each course has a kind of evidence of its own, so that a rule can say what its old classes are worth; until there is
    one, and a paper, the claim counts for nothing.
    """
    passed = Nomination.objects.filter(
        reported_result=ReportedResult.PASSED, class_session__past_list__isnull=False, claim=None
    ).select_related("class_session__course", "class_session__unit")
    rows = list(passed.order_by("pk")[:CLASSES_AT_ONCE])
    kinds = {course: _kind_of_classes(course) for course in {row.class_session.course for row in rows}}
    fresh = [
        Claim(
            staff_member_id=row.staff_member_id,
            kind=kinds[row.class_session.course],
            nomination=row,
            year=row.class_session.last_day.year,
            issued_by=row.class_session.unit.name,
            issued_on=row.class_session.last_day,
            hours=row.class_session.hours,
        )
        for row in rows
    ]
    Claim.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return len(fresh)


def _kind_of_classes(course) -> EvidenceKind:
    # Kinds are data in the one language of the catalogue.
    name = f"Kết quả đạt của lớp đã tổ chức, khóa {course.code}"
    return EvidenceKind.objects.get_or_create(
        code=f"class_{course.code}".lower(), defaults={"name": name, "position": 500}
    )[0]


def _claim_of(row, kinds):
    evidence = row.evidence if isinstance(row.evidence, dict) else {}
    kind = str(evidence.get("ict_level") or "").strip()
    if kind in _NOTHING or kind not in kinds:
        return None
    year = str(evidence.get("ict_cert_year") or "").strip()
    return Claim(
        staff_member_id=row.staff_member_id,
        kind_id=kind,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        meets_rule=str(evidence.get("basic_standard_met") or "").strip()[:20],
        import_row=row,
    )


def enter_claim(
    *,
    staff_member: StaffMember,
    kind: EvidenceKind,
    submission: UUID,
    by,
    number: str = "",
    issued_by: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    hours: int | None = None,
    scans: Iterable[Scan] = (),
) -> Claim:
    """A claim with its papers, ready for a decision. The form that arrives twice (``submission``) makes one claim.

    Where a staff list named this kind already and nobody brought the paper yet, that claim is completed instead.
    """
    scans = list(scans)
    facts = {"number": number, "issued_by": issued_by, "issued_on": issued_on, "valid_until": valid_until}
    facts |= {"hours": hours, "kind": kind}
    with transaction.atomic():
        # whoever enters something for this person stands in line here
        StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)
        if (existing := Claim.objects.filter(submission=submission).first()) is not None:
            if existing.staff_member_id != staff_member.pk:
                raise ClaimRefused(_("This form was used already. Please open a new one."))
            return existing
        listed = Claim.objects.open().filter(staff_member=staff_member, kind=kind, submitted_at=None)
        claim = listed.exclude(import_row=None).order_by("-year", "pk").first()
        if claim is None:
            claim = Claim.objects.create(staff_member=staff_member, kind=kind, made_by=by, submission=submission)
            action = "certificates.claim.enter"
        else:
            claim.submission = submission
            claim.save(update_fields=["submission"])
            action = "certificates.claim.complete"
        _fill(claim, facts, scans, by=by)
        log(instance=claim, action=action, user=by, data={"kind": kind.code, "scans": len(scans)})
    return claim


@transaction.atomic
def complete_claim(*, claim: Claim, by, scans: Iterable[Scan] = (), **facts) -> Claim:
    """More or better facts and scans for a claim that nobody decided yet; it then waits for the decision again.

    ``facts`` are those of ``enter_claim``. What a staff list said (kind, year) stays where the kind stays.
    """
    locked = _locked_open(claim)
    scans = list(scans)
    _fill(locked, facts, scans, by=by)
    log(instance=locked, action="certificates.claim.complete", user=by, data={"scans": len(scans)})
    return locked


@transaction.atomic
def withdraw_claim(*, claim: Claim, by) -> Claim:
    """The person takes back what nobody decided yet; a second call changes nothing. The row stays."""
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if locked.withdrawn_at is not None:
        return locked
    locked = _locked_open(claim)
    locked.withdrawn_at = clock.now()
    locked.save(update_fields=["withdrawn_at"])
    log(instance=locked, action="certificates.claim.withdraw", user=by)
    return locked


def _locked_open(claim: Claim) -> Claim:
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if not Claim.objects.open().filter(pk=claim.pk).exists():
        raise ClaimRefused(_("This was decided or withdrawn meanwhile, so nothing was changed."))
    return locked


def _fill(claim: Claim, facts: dict, scans: list[Scan], *, by) -> None:
    for name, value in facts.items():
        setattr(claim, name, value)
    if claim.issued_on is not None and claim.import_row_id is None:
        claim.year = claim.issued_on.year
    claim.submitted_at, claim.asked_for = clock.now(), ""
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError as error:  # a list named that kind and year in another claim
        raise ClaimRefused(_("There is a line of the staff list for this kind and year already.")) from error
    _keep(claim, scans, by=by)


def _keep(claim: Claim, scans: list[Scan], *, by) -> None:
    """Stores what is not stored yet: the bytes first, written and synced, then the row."""
    known = set(claim.files.values_list("sha256", flat=True))
    for scan in scans:
        sha256 = hashlib.sha256(scan.content).hexdigest()
        if sha256 in known:
            continue
        if len(known) >= MOST_FILES:
            raise ClaimRefused(_("A claim holds at most %(n)d files.") % {"n": MOST_FILES})
        EvidenceFile.objects.create(
            claim=claim,
            name=store(scan.content, f"evidence/{sha256[:2]}/{sha256}.{scan.suffix}"),
            sha256=sha256,
            content_type=scan.content_type,
            size=len(scan.content),
            added_by=by,
        )
        known.add(sha256)
