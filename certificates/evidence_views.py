"""What people hold already: entered by themselves or their HR officer, and where each paper stands."""

import hashlib
import logging

from django.contrib import messages
from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import access, services
from certificates.errors import ClaimRefused
from certificates.evidence_forms import ClaimForm
from certificates.models import Claim
from certificates.verdicts import judge, rules_on
from staff import clock

logger = logging.getLogger(__name__)
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def mine(request):
    """All that the reader says she holds, and what each paper is worth."""
    person = request.user.staff_member
    if person is None:
        return render(request, "certificates/evidence/list.html")
    return _list(request, person, is_own=True)


@require_safe
def of_person(request, pk):
    """The same of somebody whose HR officer the reader is."""
    return _list(request, access.person_for_hr(request.user, pk=pk), is_own=False)


def _list(request, person, *, is_own: bool):
    claims = list(Claim.objects.filter(staff_member=person, withdrawn_at=None).for_list().order_by("-made_at", "-pk"))
    context = {
        "person": person,
        "is_own": is_own,
        "claims": claims,
        "worthless": [rule for rule in rules_on(clock.today()).values() if not rule.gives_track],
    }
    return render(request, "certificates/evidence/list.html", context)


@get_or_post
def declare(request):
    """The reader's own paper."""
    person = request.user.staff_member
    if person is None:
        raise Http404
    page = {"title": _("Bring a certificate or degree"), "breadcrumb": [(_("What I hold"), reverse("evidence:mine"))]}
    return _enter(request, person, page=page)


@get_or_post
def declare_for(request, pk):
    """A paper of somebody whose HR officer the reader is."""
    person = access.person_for_hr(request.user, pk=pk)
    page = {
        "title": _("Enter a certificate or degree: %s") % person.full_name,
        "breadcrumb": [(_("People"), reverse("staff:people")), (person.full_name, reverse("staff:person", args=[pk]))],
    }
    return _enter(request, person, page=page)


def _enter(request, person, *, page: dict):
    form = ClaimForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("loai", "")})
    if request.method == "POST" and form.is_valid():
        submission = form.cleaned_data["submission"]
        try:
            claim = services.enter_claim(staff_member=person, submission=submission, by=request.user, **form.facts())
        except ClaimRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is handed in and waits for a decision."))
            return redirect("evidence:claim", pk=claim.pk)
    return render(request, "certificates/evidence/form.html", {"form": form, **page})


@require_safe
def claim(request, pk):
    """One paper: what it says, its pictures, what the rule says, and what was decided."""
    found = access.claim_for(request.user, pk=pk)
    decided = found.decided
    rule = decided.rule if decided and decided.rule_id else rules_on(clock.today()).get(found.kind_id)
    is_own = found.staff_member_id == request.user.staff_member_id
    context = {
        "claim": found,
        "decided": decided,
        "sent_back": [r for r in found.recognitions.all() if r.declined_at and r.covered_by is None],
        "again": [r for r in found.recognitions.all() if r.declined_at and r.covered_by is not None],
        "verdict": judge(found, rule, on=clock.today(), scans=len(found.files.all())) if found.is_open else None,
        "is_own": is_own,
        "may_decide": access.may_decide(request.user, found),
        "is_first": decided is not None and decided.recorded_by_id == request.user.pk,
    }
    return render(request, "certificates/evidence/claim.html", context)


@get_or_post
def complete(request, pk):
    """More facts or pictures for a paper that is not decided yet."""
    found = access.claim_for(request.user, pk=pk)
    if not found.is_open:
        return redirect("evidence:claim", pk=pk)
    form = ClaimForm(request.POST or None, request.FILES or None, claim=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.complete_claim(claim=found, by=request.user, **form.facts())
        except ClaimRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is handed in and waits for a decision."))
            return redirect("evidence:claim", pk=pk)
    context = {
        "form": form,
        "claim": found,
        "title": _("Complete: %s") % found.kind,
        "breadcrumb": [(found.kind, reverse("evidence:claim", args=[pk]))],
    }
    return render(request, "certificates/evidence/form.html", context)


@require_POST
def withdraw(request, pk):
    """The person, or whoever entered it for her, takes back what nobody decided."""
    found = access.claim_for(request.user, pk=pk)
    try:
        services.withdraw_claim(claim=found, by=request.user)
    except ClaimRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("evidence:claim", pk=pk)
    messages.success(request, _("It is withdrawn."))
    if found.staff_member_id == request.user.staff_member_id:
        return redirect("evidence:mine")
    return redirect("evidence:of_person", pk=found.staff_member_id)


@require_safe
def file(request, pk):
    """A scan as it was stored; one that no longer matches its hash is not served. A PDF is only ever downloaded."""
    found = access.evidence_file_for(request.user, pk=pk)
    try:
        with storages["private"].open(found.name) as stored:
            content = stored.read()
    except FileNotFoundError as error:
        logger.error("The scan %s is not there", found.pk)
        raise Http404 from error
    if hashlib.sha256(content).hexdigest() != found.sha256:
        logger.error("The scan %s does not match its hash", found.pk)
        raise Http404
    response = HttpResponse(content, content_type=found.content_type)
    name = f"minh-chung-{found.pk}.{found.name.rpartition('.')[2]}"
    response["Content-Disposition"] = content_disposition_header(not found.is_picture, name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
