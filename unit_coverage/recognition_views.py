"""The recognition desk: HR officers decide which papers from elsewhere count. What moves figures is shown before."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.log_actions import log

from certificates import services
from certificates.access import claim_to_decide
from certificates.enums import Basis, ClaimState, Outcome
from certificates.errors import ClaimRefused
from certificates.models import Claim
from certificates.verdicts import first_day
from staff import clock, queries
from staff.access import require_manages_accounts
from staff.spreadsheets import csv_response
from unit_coverage import access
from unit_coverage.enums import ProposalKind
from unit_coverage.proposal_views import answer_form
from unit_coverage.recognition_forms import ConfirmationForm, DecisionForm, ReasonForm, RevocationForm
from unit_coverage.recognition_queries import (
    MOST_AT_ONCE,
    OTHERS,
    WORK,
    claim_rows,
    claims_on_desk,
    counts_of,
    kinds_to_choose,
    lines_of,
)

PAGE_SIZE = 50
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def queue(request):
    """The claims of the reader's people in one state; ``?in=1`` all of them on one sheet to print."""
    choice, claims = _chosen(request)
    shown = claims.in_state(choice["state"]).for_list()
    is_sheet = request.GET.get("in") == "1"
    size = MOST_AT_ONCE if is_sheet else PAGE_SIZE
    page = Paginator(shown, size).get_page(1 if is_sheet else request.GET.get("page", 1))
    page.object_list = lines_of(page.object_list)
    context = {
        "page": page,
        "counts": [(state, counted) for state, counted in zip(WORK, counts_of(claims).values(), strict=True)],
        "others": OTHERS,
        "kinds": kinds_to_choose(),
        "is_sheet": is_sheet,
        "may_tick": choice["state"] in (ClaimState.WAITING, ClaimState.NEEDS_EVIDENCE),
        "today": clock.today(),
        **choice,
    }
    return render(request, "unit_coverage/recognition/queue.html", context)


@require_safe
def queue_csv(request):
    """The same as a file, without pages."""
    choice, claims = _chosen(request)
    rows = list(claim_rows(lines_of(claims.in_state(choice["state"]).for_list())))
    unit = choice["unit"]
    if request.method == "GET":
        about = {"what": "claims", "state": choice["state"], "unit": unit.code if unit else "", "rows": len(rows) - 1}
        log(instance=request.user, action="certificates.export", user=request.user, data=about)
    return csv_response(rows, name=f"minh-chung-{choice['state']}")


def _chosen(request):
    """What the address chooses, and the claims it leaves; 404 for whoever decides about nobody."""
    require_manages_accounts(request.user)
    units = queries.units_to_choose(request.user)
    unit = queries.unit_among(units, request.GET.get("don-vi", ""))
    state = request.GET.get("muc", "") or ClaimState.WAITING.value
    if state not in ClaimState.values:
        raise Http404
    kind, words = request.GET.get("loai", "")[:30], request.GET.get("q", "")[:100]
    choice = {"state": ClaimState(state), "units": units, "unit": unit, "kind": kind, "words": words}
    return choice, claims_on_desk(request.user, unit=unit, kind=kind, words=words)


@get_or_post
def decide(request):
    """One decision for the ticked claims, or for all that the filters leave and the rule lets count."""
    choice, claims = _chosen(request)
    if request.GET.get("tat-ca") == "1":
        lines = lines_of(claims.in_state(choice["state"]).for_list()[:MOST_AT_ONCE])
        lines = [line for line in lines if line.verdict.outcome == Outcome.COUNTS]
    else:
        ids = [int(pk) for pk in request.GET.getlist("y") if pk.isascii() and pk.isdigit()][:MOST_AT_ONCE]
        mine = Claim.objects.decidable_by(request.user).open().filter(pk__in=ids)
        lines = lines_of(mine.for_list().order_by("staff_member__sort_key", "pk"))
    if not lines:
        messages.info(request, _("Please tick at least one paper that waits for a decision."))
        return redirect("recognition:queue")
    chosen = [line.claim for line in lines]
    basis = Basis.EVIDENCE if any(claim.submitted_at for claim in chosen) else Basis.DECLARED
    form = DecisionForm(request.POST or None, claims=chosen, initial={"valid_from": clock.today(), "basis": basis})
    page = {
        "title": _("Recognise by decision"),
        "breadcrumb": [(_("Recognition"), reverse("recognition:queue"))],
        "lines": lines,
        "doubtful": sum(line.verdict.outcome != Outcome.COUNTS for line in lines),
    }
    template = "unit_coverage/recognition/decide.html"
    kind = ProposalKind.RECOGNITION
    return answer_form(request, form, kind=kind, payload=form.payload, page=page, template=template)


@get_or_post
def ask(request, pk):
    """Better evidence is needed: the person is told what to bring."""
    found = claim_to_decide(request.user, pk=pk)
    form = ReasonForm(
        request.POST or None, label=_("What must be brought"), help_text=_("The person reads this sentence.")
    )

    def verb(words):
        services.ask_for_evidence(claim=found, asked_for=words, by=request.user)

    page = _page(found, _("Ask for better evidence"), _("Ask"))
    return _answer(request, form, verb, found, done=_("The person is told."), page=page)


@get_or_post
def refuse(request, pk):
    """It does not count: the person is told why."""
    found = claim_to_decide(request.user, pk=pk)
    form = ReasonForm(request.POST or None, help_text=_("The person reads this sentence."))

    def verb(words):
        services.refuse_claim(claim=found, reason=words, by=request.user)

    page = _page(found, _("Do not recognise"), _("Do not recognise"))
    return _answer(request, form, verb, found, done=_("The refusal is recorded and the person is told."), page=page)


@get_or_post
def decline(request, pk):
    """The second person sends the decision back to the first."""
    recognition = access.recognition_for(request.user, pk=pk)
    form = ReasonForm(request.POST or None, help_text=_("The officer who decided reads this sentence."))

    def verb(words):
        services.decline_recognition(recognition=recognition, reason=words, by=request.user)

    page = _page(recognition.claim, _("Send back"), _("Send back"))
    return _answer(request, form, verb, recognition.claim, done=_("The claim is open again."), page=page)


@get_or_post
def confirm(request, pk):
    """The second person agrees: shown with its effect, then done."""
    recognition = access.recognition_for(request.user, pk=pk)
    if recognition.awaits_since is None:
        return redirect("evidence:claim", pk=recognition.claim_id)
    first = first_day(recognition.claim, recognition.rule, recognition.decision.effective_from)
    form = ConfirmationForm(request.POST or None, initial={"valid_from": max(first, clock.today())})
    page = _page(recognition.claim, _("Confirm as second person"))

    def payload():
        return form.payload(recognition)

    person = recognition.claim.staff_member
    kind = ProposalKind.CONFIRMATION
    return answer_form(request, form, kind=kind, payload=payload, page=page, staff_member=person)


@get_or_post
def revoke(request, pk):
    """What was recognised no longer counts from a day on: shown with its effect, then done."""
    recognition = access.recognition_for(request.user, pk=pk)
    held = recognition.qualification
    if held is None or held.revoked_from is not None:
        return redirect("evidence:claim", pk=recognition.claim_id)
    form = RevocationForm(request.POST or None)
    page = _page(recognition.claim, _("Take the recognition back"))

    def payload():
        return form.payload(recognition)

    person = recognition.claim.staff_member
    kind = ProposalKind.RECOGNITION_END
    return answer_form(request, form, kind=kind, payload=payload, page=page, staff_member=person)


def _answer(request, form, verb, claim: Claim, *, done: str, page: dict):
    if request.method == "POST" and form.is_valid():
        try:
            verb(form.cleaned_data["reason"])
        except ClaimRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("evidence:claim", pk=claim.pk)
    return render(request, "unit_coverage/recognition/reason.html", {"form": form, **page})


def _page(claim: Claim, title: str, button: str = "") -> dict:
    return {
        "title": title,
        "subtitle": f"{claim.staff_member.full_name} · {claim.kind.name}",
        "button": button,
        "breadcrumb": [
            (_("Recognition"), reverse("recognition:queue")),
            (f"{claim.staff_member.full_name} · {claim.kind.name}", reverse("evidence:claim", args=[claim.pk])),
        ],
    }
