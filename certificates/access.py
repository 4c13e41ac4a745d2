"""Who may fetch which certificate, work at the desk, send out to be signed, change templates, decide; else 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateTemplate, Claim, EvidenceFile, IssuingRun, SigningBatch
from certificates.register import Book, books_for
from staff.access import can_manage_accounts, require_manages_accounts
from staff.enums import Capability
from staff.models import Scope, StaffMember


def certificate_for(user, *, pk) -> Certificate:
    """A certificate that has a file, or 404: never 403, a stranger must not learn that it exists."""
    certificate = (
        Certificate.objects.visible_to(user)
        .exclude(status=CertificateStatus.PENDING)
        .select_related("register")
        .filter(pk=pk)
        .first()
    )
    if certificate is None:
        raise Http404
    return certificate


def may_issue(user) -> bool:
    """Whether the desk and the register are for ``user``: administrators, and HR officers for their people."""
    return can_manage_accounts(user)


def require_desk(user) -> None:
    """404 unless ``may_issue``."""
    require_manages_accounts(user)


def require_administrator(user) -> None:
    """Templates and issuing bodies are the administrators'."""
    if not user.is_superuser:
        raise Http404


def run_for(user, *, pk) -> IssuingRun:
    """A run of the user's own, any run for an administrator, or 404."""
    require_desk(user)
    return get_object_or_404(IssuingRun.objects.visible_to(user).select_related("made_by"), pk=pk)


def book_for(user, *, pk) -> Book:
    """A register in which ``user`` sees lines, or 404."""
    require_desk(user)
    for book in books_for(user):
        if book.register.pk == pk:
            return book
    raise Http404


def template_version_for(user, *, code, version) -> CertificateTemplate:
    """A version of a template, draft or published, or 404."""
    require_administrator(user)
    rows = CertificateTemplate.objects.select_related("track", "course", "seal", "signature", "published_by")
    return get_object_or_404(rows, code=code, version=version)


def can_sign_outside(user) -> bool:
    """Whether ``user`` carries certificates to the signing tool: an administrator, or HR of a topmost unit.

    An issuing body stands for the whole tree, so one below the top has neither its signer nor its seal.
    """
    return user.is_superuser or any(unit.parent_id is None for unit in Scope.objects.units_of(user, Capability.HR))


def require_signs_outside(user) -> None:
    """404 unless ``can_sign_outside``."""
    if not can_sign_outside(user):
        raise Http404


def batch_for(user, *, pk: int) -> SigningBatch:
    """A signing batch of which the user may see all, or 404."""
    require_signs_outside(user)
    return get_object_or_404(SigningBatch.objects.visible_to(user).select_related("made_by"), pk=pk)


def claim_for(user, *, pk: int) -> Claim:
    """One's own claim, or that of a person whose HR officer ``user`` is, or 404."""
    return get_object_or_404(Claim.objects.visible_to(user).for_list(), pk=pk)


def claim_to_decide(user, *, pk: int) -> Claim:
    """A claim that ``user`` may decide, or 404: that of somebody else, as HR officer."""
    return get_object_or_404(Claim.objects.decidable_by(user).for_list(), pk=pk)


def may_decide(user, claim: Claim) -> bool:
    return Claim.objects.decidable_by(user).filter(pk=claim.pk).exists()


def evidence_file_for(user, *, pk: int) -> EvidenceFile:
    """A scan of a claim that ``user`` may see, or 404."""
    return get_object_or_404(EvidenceFile.objects.filter(claim__in=Claim.objects.visible_to(user)), pk=pk)


def person_for_hr(user, *, pk: int) -> StaffMember:
    """Somebody whose HR officer ``user`` is, or 404: papers are entered and the training record is read by them."""
    require_manages_accounts(user)
    people = StaffMember.objects.visible_to(user, Capability.HR).filter(merged_into=None)
    return get_object_or_404(people, pk=pk)
