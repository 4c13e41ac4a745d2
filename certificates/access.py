"""Who may fetch which certificate, work at the desk, and change templates. What is foreign answers 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateTemplate, IssuingRun
from certificates.register import Book, books_for
from staff.access import can_manage_accounts, require_manages_accounts


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
