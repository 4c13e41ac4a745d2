"""Targets: read by whoever sees figures, written by administrators."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from staff import clock
from unit_coverage import access
from unit_coverage.forms import TargetForm
from unit_coverage.models import Target
from unit_coverage.rule_views import rules_page
from unit_coverage.targets import TargetExists, add_target


@require_safe
def targets(request):
    in_force = {target.pk for target in Target.objects.latest_on(clock.today()).values()}
    context = {"targets": Target.objects.order_by("figure", "-valid_from"), "in_force": in_force}
    return rules_page(request, "targets", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request):
    access.require_administrator(request.user)
    form = TargetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_target(user=request.user, **form.cleaned_data)
        except TargetExists:
            form.add_error("valid_from", _("There is another target of this figure from this day already."))
        else:
            messages.success(request, _("The target is written down."))
            return redirect("rules:targets")
    breadcrumb = [(_("Rules"), reverse("rules:requirements")), (_("Targets"), reverse("rules:targets"))]
    return render(request, "unit_coverage/rules/new_target.html", {"form": form, "breadcrumb": breadcrumb})
