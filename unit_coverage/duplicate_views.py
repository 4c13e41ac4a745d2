"""Duplicate entries of people: found, compared, merged, taken apart. HR of both."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.models import Certificate
from courses.models import Enrolment, Qualification
from staff import access
from staff import services as staff
from staff.duplicates import candidates
from staff.models import Duplicate, StaffMember, Unit
from staff.personal_numbers import masked_national_id
from staff.services import StaffError
from unit_coverage import mergers
from unit_coverage.change_pages import figure_lines
from unit_coverage.proposals import FactsMoved


class MergeForm(forms.Form):
    kept = forms.TypedChoiceField(
        label=gettext_lazy("Which entry is kept?"), coerce=int, widget=forms.RadioSelect, choices=()
    )
    reason = forms.CharField(label=gettext_lazy("How do you know that it is one person?"), max_length=200)

    def __init__(self, *args, pair: tuple[StaffMember, StaffMember], **kwargs):
        super().__init__(*args, **kwargs)
        words = (_("the first entry"), _("the second entry"))
        self.fields["kept"].choices = [(person.pk, word) for person, word in zip(pair, words, strict=True)]


@require_safe
def duplicates(request):
    """Pairs that look alike, and mergers that stand."""
    access.require_manages_accounts(request.user)
    standing = Duplicate.objects.filter(
        is_one_person=True, undone_at=None, kept__in=access.mergeable_people(request.user)
    )
    merged = standing.select_related("kept", "other", "decided_by").order_by("-decided_at")[:100]
    context = {"pairs": candidates(request.user), "merged": merged}
    return render(request, "unit_coverage/duplicates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, one, other):
    """Both entries beside each other; posted, the figures that move if one is merged into the other.

    Posted with what was shown, that is done. Or they are noted as two people.
    """
    pair = access.pair_for(request.user, one=one, other=other)
    asks, confirms = "look" in request.POST or "merge" in request.POST, "merge" in request.POST
    form = MergeForm(request.POST if asks else None, pair=pair)
    context = {"form": form, "entries": _entries(pair)}
    if "two" in request.POST:
        staff.note_two_people(one=pair[0], other=pair[1], by=request.user)
        messages.success(request, _("Noted: these are two people."))
        return redirect("obligations:duplicates")
    if form.is_valid():
        kept, gone = sorted(pair, key=lambda person: person.pk != form.cleaned_data["kept"])
        words = {"kept": kept, "other": gone, "reason": form.cleaned_data["reason"], "by": request.user}
        try:
            if confirms:
                mergers.merge_as_shown(**words, shown=request.POST.get("shown", ""))
                messages.success(request, _("The entries are merged. It can be taken back from the list below."))
                return redirect("obligations:duplicates")
            context |= _preview(request.user, **words)
        except StaffError as refusal:
            form.add_error(None, str(refusal))
        except FactsMoved as moved:
            form.add_error(None, str(moved))
            context |= _preview(request.user, **words)
    return render(request, "unit_coverage/duplicates/merge.html", context)


def _preview(viewer, **words) -> dict:
    effect = mergers.rehearse_merger(**words)
    lines, hidden = figure_lines(effect.figures, effect.days, Unit.objects.in_bulk(), viewer=viewer)
    return {"effect": effect, "figures": lines, "hidden": hidden}


@require_POST
def unmerge(request, pk):
    """Taken back, everything is as it was before."""
    found = access.merger_for(request.user, pk=pk)
    try:
        staff.unmerge_people(duplicate=found, by=request.user)
    except StaffError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The entries are two again."))
    return redirect("obligations:duplicates")


def _entries(pair) -> list[dict]:
    """What is recorded under each entry; nothing of it is moved."""
    return [
        {
            "person": person,
            "number": masked_national_id(person),
            "postings": list(person.postings.select_related("unit__parent").order_by("-valid_from", "-pk")),
            "account": getattr(person, "user", None),
            "enrolments": Enrolment.objects.filter(staff_member=person).count(),
            "qualifications": Qualification.objects.filter(staff_member=person).count(),
            "certificates": Certificate.objects.filter(qualification__staff_member=person).count(),
        }
        for person in pair
    ]
