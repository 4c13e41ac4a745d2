"""In the CMS: marks that were changed after they had led to a qualification, and what somebody decides about each."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from certificates.enums import ImpactDecision
from certificates.models import Certificate, RegradeImpact
from certificates.services import ImpactRefused, decide_impact
from quizzes.cms import for_reviewers
from quizzes.queries import latest_grading
from staff import clock
from staff.enums import Capability
from staff.models import StaffMember

PAGE_SIZE = 50


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=ImpactDecision, widget=forms.RadioSelect)
    from_day = forms.DateField(
        label=gettext_lazy("Revoked from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The first day on which it no longer holds; empty means today."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


@require_safe
@for_reviewers
def impacts(request):
    """What waits for a decision, the oldest first; with ``?tat-ca=1`` what was decided too."""
    shows_all = request.GET.get("tat-ca") == "1"
    rows = RegradeImpact.objects.for_list().order_by("pk")
    page = Paginator(rows.order_by("-pk") if shows_all else rows.open(), PAGE_SIZE).get_page(request.GET.get("p"))
    people = {row.qualification.staff_member_id for row in page}
    seen = set(
        StaffMember.objects.visible_to(request.user, Capability.HR).filter(pk__in=people).values_list("pk", flat=True)
    )
    context = {
        "page": page,
        "rows": [(row, row.qualification.staff_member_id in seen) for row in page],
        "shows_all": shows_all,
    }
    return render(request, "certificates/cms/impacts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def impact(request, pk):
    subject = get_object_or_404(RegradeImpact.objects.for_list(), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_impact(impact=subject, by=request.user, **form.cleaned_data)
        except ImpactRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect("certificates_cms:impacts")
    person = StaffMember.objects.visible_to(request.user, Capability.HR)
    context = {
        "impact": subject,
        "form": form,
        "name": person.filter(pk=subject.qualification.staff_member_id).values_list("full_name", flat=True).first(),
        "latest": latest_grading(subject.grading.attempt),
        "certificates": Certificate.objects.filter(qualification=subject.qualification).select_related("register"),
        "today": clock.today(),
    }
    return render(request, "certificates/cms/impact.html", context)
