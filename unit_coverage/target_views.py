"""Targets: read by whoever sees figures, written by administrators and, for their own units, by HR officers."""

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
from unit_coverage.targets import TargetExists, add_target, shares_with_targets


@require_safe
def targets(request):
    rows = Target.objects.visible_to(request.user).select_related("unit__parent")
    today = rows.on(clock.today()).order_by("valid_from", "pk")
    in_force = {(target.unit_id, target.figure): target.pk for target in today}
    names = {figure: name for _kind, shares in shares_with_targets() for figure, name in shares}
    listed = rows.order_by("figure", "unit__sort_key", "-valid_from")
    context = {
        "targets": [(target, names.get(target.figure, target.figure)) for target in listed],
        "in_force": set(in_force.values()),
        "may_write": access.may_write_targets(request.user),
    }
    return rules_page(request, "targets", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request):
    access.require_writes_targets(request.user)
    form = TargetForm(
        request.POST or None,
        units=access.units_to_go_to(request.user),
        for_everybody=access.may_change_rules(request.user),
    )
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
