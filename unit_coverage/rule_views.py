"""The rules: lists and histories for whoever sees figures, forms for administrators."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.enums import Begins, Lasts
from certificates.models import EvidenceKind
from courses.enums import Counts
from courses.models import Course, Requirement, Track, TrackRule
from staff import clock
from staff.models import Audience, AudienceRule
from unit_coverage import access, rule_queries
from unit_coverage.enums import ProposalKind
from unit_coverage.proposal_views import answer_form
from unit_coverage.proposals import latest_version
from unit_coverage.recognition_forms import EvidenceRuleForm
from unit_coverage.rule_forms import AudienceForm, EndForm, RequirementForm, TrackRuleForm, ValidityForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def requirements(request):
    return rules_page(request, "requirements", {"rules": rule_queries.requirements(clock.today())})


@require_safe
def audiences(request):
    return rules_page(request, "audiences", {"rules": rule_queries.audiences(clock.today())})


@require_safe
def tracks(request):
    """What it takes to hold each track, and how long each course is valid."""
    context = {"rules": rule_queries.tracks(clock.today()), "courses": rule_queries.courses()}
    return rules_page(request, "tracks", context)


@require_safe
def evidence(request):
    """Which papers from elsewhere count, for what, and how long."""
    return rules_page(request, "evidence", {"rules": rule_queries.evidence(clock.today())})


def rules_page(request, name: str, context: dict, template: str = ""):
    """One tab of the rules."""
    access.require_reader_of_rules(request.user)
    tabs = [
        (_("Requirements"), reverse("rules:requirements"), name == "requirements"),
        (_("Audiences"), reverse("rules:audiences"), name == "audiences"),
        (_("Tracks and validity"), reverse("rules:tracks"), name == "tracks"),
        (_("Evidence"), reverse("rules:evidence"), name == "evidence"),
        (_("Targets"), reverse("rules:targets"), name == "targets"),
        (_("Indicators"), reverse("rules:indicators"), name == "indicators"),
        (_("Reporting periods"), reverse("rules:periods"), name == "periods"),
    ]
    context = {"may_change": access.may_change_rules(request.user)} | context
    context |= {"tabs": tabs, "today": clock.today()}
    return render(request, template or f"unit_coverage/rules/{name}.html", context)


@require_safe
def requirement(request, code):
    """The versions of one requirement."""
    access.require_reader_of_rules(request.user)
    found = next((rule for rule in rule_queries.requirements(clock.today()) if rule.named == code), None)
    return _history(request, found, "requirement")


@require_safe
def audience(request, code):
    """The versions of one audience's rule."""
    access.require_reader_of_rules(request.user)
    found = next((rule for rule in rule_queries.audiences(clock.today()) if rule.named.code == code), None)
    return _history(request, found, "audience")


@require_safe
def evidence_kind(request, code):
    """The versions of the rule of one kind of evidence."""
    access.require_reader_of_rules(request.user)
    found = next((rule for rule in rule_queries.evidence(clock.today()) if rule.named.code == code), None)
    return _history(request, found, "evidence_kind")


def _history(request, found, name: str):
    if found is None:
        raise Http404
    context = {"rule": found, "may_change": access.may_change_rules(request.user)}
    return render(request, f"unit_coverage/rules/{name}.html", context)


@get_or_post
def new_audience(request):
    access.require_administrator(request.user)
    form = AudienceForm(request.POST or None, initial={"after_version": 0})
    page = _page("audiences", _("Audiences"), _("New audience"))
    return answer_form(request, form, kind=ProposalKind.AUDIENCE_RULE, payload=form.payload, page=page)


@get_or_post
def change_audience(request, code):
    access.require_administrator(request.user)
    found = get_object_or_404(Audience, code=code)
    rules = AudienceRule.objects.filter(audience=found)
    last = rules.order_by("-version").first()
    initial = {"after_version": latest_version(rules)}
    if last is not None:
        initial |= {name: getattr(last, name) for name in ("categories", "unit_kinds", "duties")}
        initial["positions"] = "\n".join(last.positions)
    form = AudienceForm(request.POST or None, audience=found, initial=initial)
    page = _page("audiences", _("Audiences"), _("New version: %s") % found.name)
    return answer_form(request, form, kind=ProposalKind.AUDIENCE_RULE, payload=form.payload, page=page)


@get_or_post
def new_requirement(request):
    access.require_administrator(request.user)
    form = RequirementForm(request.POST or None, initial={"counts": Counts.PASSED, "due": "none", "after_version": 0})
    page = _page("requirements", _("Requirements"), _("New requirement"))
    return answer_form(request, form, kind=ProposalKind.REQUIREMENT, payload=form.payload, page=page)


@get_or_post
def change_requirement(request, code):
    access.require_administrator(request.user)
    last = _last_requirement(code)
    initial = {name: getattr(last, name) for name in ("counts", "legal_basis", "due_on", "due_days")}
    initial |= {
        "audience": last.audience.code,
        "what": f"{last.track.code}/{last.course.code}" if last.course else last.track.code,
        "after_version": last.version,
        "due": "fixed" if last.due_on else "days" if last.due_days else "none",
    }
    form = RequirementForm(request.POST or None, requirement=last, initial=initial)
    page = _page("requirements", _("Requirements"), _("New version: %s") % last.code)
    return answer_form(request, form, kind=ProposalKind.REQUIREMENT, payload=form.payload, page=page)


@get_or_post
def end_requirement(request, code):
    access.require_administrator(request.user)
    last = _last_requirement(code)
    form = EndForm(request.POST or None)
    page = _page("requirements", _("Requirements"), _("End the requirement %s") % last.code)

    def payload():
        return form.payload(code=last.code, version=last.version)

    return answer_form(request, form, kind=ProposalKind.REQUIREMENT_END, payload=payload, page=page)


@get_or_post
def change_track(request, code):
    access.require_administrator(request.user)
    track = get_object_or_404(Track, code=code)
    rules = TrackRule.objects.filter(track=track)
    last = rules.order_by("-version").first()
    initial = {"after_version": latest_version(rules)}
    if last is not None:
        initial |= {"courses": [course.code for course in last.courses.all()], "needed": last.needed}
    form = TrackRuleForm(request.POST or None, track=track, initial=initial)
    page = _page("tracks", _("Tracks and validity"), _("What it takes to hold: %s") % track.name)
    return answer_form(request, form, kind=ProposalKind.TRACK_RULE, payload=form.payload, page=page)


@get_or_post
def change_validity(request, code):
    access.require_administrator(request.user)
    course = get_object_or_404(Course, code=code)
    initial = {
        "validity": course.validity,
        "months": course.validity_months,
        "renewal_window_days": course.renewal_window_days,
    }
    form = ValidityForm(request.POST or None, initial=initial)
    page = _page("tracks", _("Tracks and validity"), _("Validity: %s") % course)
    page["note"] = _("It holds for what is granted from now on. What people hold keeps the last day it was given.")

    def payload():
        return form.payload(course)

    return answer_form(request, form, kind=ProposalKind.VALIDITY, payload=payload, page=page)


@get_or_post
def new_evidence(request):
    access.require_administrator(request.user)
    initial = {"begins": Begins.DECISION, "lasts": Lasts.NONE, "needs_scan": True, "after_version": 0}
    form = EvidenceRuleForm(request.POST or None, initial=initial)
    page = _page("evidence", _("Evidence"), _("New kind of evidence"))
    return answer_form(request, form, kind=ProposalKind.EVIDENCE_RULE, payload=form.payload, page=page)


@get_or_post
def change_evidence(request, code):
    access.require_administrator(request.user)
    kind = get_object_or_404(EvidenceKind, code=code)
    last = kind.rules.select_related("gives_course").order_by("-version").first()
    form = EvidenceRuleForm(request.POST or None, kind=kind, initial=EvidenceRuleForm.said_by(last))
    page = _page("evidence", _("Evidence"), _("New version: %s") % kind.name)
    page["note"] = _("It speaks of decisions signed from its first day on. What was recognised before stays.")
    return answer_form(request, form, kind=ProposalKind.EVIDENCE_RULE, payload=form.payload, page=page)


def _last_requirement(code: str) -> Requirement:
    rows = Requirement.objects.filter(code=code).select_related("audience", "track", "course").order_by("-version")
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _page(name: str, words: str, title: str) -> dict:
    return {"title": title, "breadcrumb": [(words, reverse(f"rules:{name}"))]}
