"""Indicators and reporting periods among the rules: read by whoever sees figures, written through a dry run."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from staff import clock
from unit_coverage import access
from unit_coverage.enums import ProposalKind
from unit_coverage.indicators import queries
from unit_coverage.indicators.forms import IndicatorForm, PeriodSchemeForm
from unit_coverage.indicators.services import add_period
from unit_coverage.indicators.words import rule_said
from unit_coverage.models import Indicator, PeriodScheme
from unit_coverage.periods import last_before, period_of
from unit_coverage.proposal_views import answer_form
from unit_coverage.rule_views import rules_page

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def indicators(request):
    """Every indicator, and what its newest version says."""
    access.require_reader_of_rules(request.user)
    found = queries.indicators(clock.today())
    lines = [(rule, rule.now or rule.newest, rule_said((rule.now or rule.newest).row)) for rule in found if rule.newest]
    context = {"lines": lines, "may_change": access.may_write_indicators(request.user)}
    return rules_page(request, "indicators", context, "unit_coverage/indicators/rules.html")


@require_safe
def indicator(request, code):
    """The versions of one indicator's rule."""
    access.require_reader_of_rules(request.user)
    found = next((rule for rule in queries.indicators(clock.today()) if rule.named.code == code), None)
    if found is None:
        raise Http404
    context = {
        "rule": found,
        "versions": [(version, rule_said(version.row)) for version in found.versions],
        "may_change": access.may_write_indicators(request.user),
    }
    return render(request, "unit_coverage/indicators/rule.html", context)


@get_or_post
def new_indicator(request):
    access.require_writes_indicators(request.user)
    form = IndicatorForm(request.POST or None, initial={"after_version": 0})
    page = _page(_("New indicator"))
    return answer_form(request, form, kind=ProposalKind.INDICATOR_RULE, payload=form.payload, page=page)


@get_or_post
def change_indicator(request, code):
    access.require_writes_indicators(request.user)
    found = get_object_or_404(Indicator, code=code)
    last = found.rules.order_by("-version").first()
    form = IndicatorForm(request.POST or None, indicator=found, initial=IndicatorForm.said_by(found, last))
    page = _page(_("New version: %s") % found.name)
    page["note"] = _("It counts for periods that end on its first day or later. Numbered reports stay as they are.")
    return answer_form(request, form, kind=ProposalKind.INDICATOR_RULE, payload=form.payload, page=page)


@require_safe
def periods(request):
    """The kinds of period, each with the last one that is over."""
    access.require_reader_of_rules(request.user)
    lines = []
    for scheme in PeriodScheme.objects.all():
        year, number = last_before(scheme, clock.today())
        lines.append((scheme, period_of(scheme, year=year, number=number)))
    context = {"lines": lines, "may_change": access.may_write_indicators(request.user)}
    return rules_page(request, "periods", context, "unit_coverage/indicators/periods.html")


@get_or_post
def new_period(request):
    access.require_writes_indicators(request.user)
    form = PeriodSchemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_period(by=request.user, **form.cleaned_data)
        messages.success(request, _("The reporting period is added."))
        return redirect("rules:periods")
    breadcrumb = [(_("Reporting periods"), reverse("rules:periods"))]
    context = {"form": form, "title": _("New reporting period"), "breadcrumb": breadcrumb}
    return render(request, "unit_coverage/indicators/period_form.html", context)


def _page(title: str) -> dict:
    return {"title": title, "breadcrumb": [(_("Indicators"), reverse("rules:indicators"))]}
