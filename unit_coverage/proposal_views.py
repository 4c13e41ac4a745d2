"""A form makes a proposal; its page shows the effect; confirming carries it out."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.log_actions import log

from certificates.errors import ClaimRefused
from courses.errors import CourseError
from staff.services import StaffError
from staff.spreadsheets import csv_response
from unit_coverage import access, proposals
from unit_coverage.change_pages import change_preview
from unit_coverage.enums import ABOUT_A_PERSON, ABOUT_CLAIMS, ABOUT_POSTINGS, ProposalKind, Turn
from unit_coverage.models import Proposal
from unit_coverage.previews import effect_rows, preview, sentences
from unit_coverage.proposal_words import words_of
from unit_coverage.proposals import FactsMoved, NewerVersion
from unit_coverage.recognition_queries import held_lines, shifts_of

FORM = "unit_coverage/rules/form.html"
REFUSALS = (ClaimRefused, CourseError, StaffError, FactsMoved, NewerVersion)


def answer_form(request, form, *, kind: str, payload: Callable[[], dict], page: dict, staff_member=None, template=FORM):
    """The form; posted without a fault, the page of the proposal. What the verb would refuse the form says at once."""
    if request.method == "POST" and form.is_valid():
        try:
            made = proposals.propose(kind=kind, payload=payload(), by=request.user, staff_member=staff_member)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("rules:proposal", pk=made.pk)
    return render(request, template, {"form": form, **page})


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request, pk):
    """What the change would do; posted, it is done, if it still does exactly what was shown."""
    found = access.proposal_for(request.user, pk=pk)
    if request.method == "POST":
        try:
            proposals.apply(proposal=found, shown=request.POST.get("shown", ""))
        except REFUSALS as refusal:
            messages.warning(request, str(refusal))
            return redirect("rules:proposal", pk=pk)
        messages.success(request, _("The change is made."))
        return redirect(_where_it_shows(found))
    context = {
        "words": words_of(found),
        "proposal": found,
        "back": _where_it_shows(found),
        "is_about_a_person": found.kind in ABOUT_A_PERSON,
    }
    if found.applied_at is None:
        try:
            effect = proposals.effect_of(found)
        except REFUSALS as refusal:
            context["refusal"] = str(refusal)
        else:
            if found.kind == ProposalKind.INDICATOR_RULE:
                return render(request, "unit_coverage/indicators/proposal.html", context | {"effect": effect})
            if found.kind in ABOUT_POSTINGS:
                context["preview"] = change_preview(effect, found, viewer=request.user)
                return render(request, "unit_coverage/changes/proposal.html", context)
            turn = request.GET.get("nhom", "")
            turn = turn if turn in Turn.values else ""
            shown = preview(effect, viewer=request.user, turn=turn, number=request.GET.get("page", 1))
            context |= {"preview": shown, "turn": turn, "held": held_lines(effect.held)}
            if found.kind == ProposalKind.EVIDENCE_RULE:
                context["shifts"] = shifts_of(found.payload)
            if found.staff_member is not None:
                context["sentences"] = sentences(effect, found.staff_member)
    return render(request, "unit_coverage/rules/proposal.html", context)


@require_safe
def proposal_csv(request, pk):
    """The whole effect as a file."""
    found = access.proposal_for(request.user, pk=pk)
    if found.kind == ProposalKind.INDICATOR_RULE or found.kind in ABOUT_POSTINGS:
        return redirect("rules:proposal", pk=pk)
    try:
        rows = effect_rows(proposals.effect_of(found), viewer=request.user)
    except REFUSALS:
        return redirect("rules:proposal", pk=pk)
    if request.method == "GET":
        log(instance=found, action="unit_coverage.export", user=request.user, data={"proposal": found.pk})
    return csv_response(rows, name=f"anh-huong-{found.pk}")


def _where_it_shows(proposal: Proposal) -> str:
    """The page on which the change can be seen once it is made."""
    if proposal.kind in ABOUT_CLAIMS:
        [first, *others] = access.claims_named(proposal.payload)
        return reverse("recognition:queue") if others else reverse("evidence:claim", args=[first])
    if proposal.kind == ProposalKind.EVIDENCE_RULE:
        return reverse("rules:evidence")
    if proposal.kind == ProposalKind.INDICATOR_RULE:
        return reverse("rules:indicators")
    if proposal.kind in ABOUT_POSTINGS:
        return reverse("obligations:changes", args=[proposal.staff_member_id])
    if proposal.kind in ABOUT_A_PERSON:
        return reverse("obligations:person", args=[proposal.staff_member_id])
    if proposal.kind in (ProposalKind.REQUIREMENT, ProposalKind.REQUIREMENT_END):
        return reverse("rules:requirements")
    return reverse("rules:audiences" if proposal.kind == ProposalKind.AUDIENCE_RULE else "rules:tracks")
