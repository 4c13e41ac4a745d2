"""Changes of one person, recorded and taken back by her HR officer: each is shown with its effect first."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from staff import clock
from staff.enums import PersonalChangeKind
from staff.models import Posting, StaffMember
from staff.services.change_rules import offered
from unit_coverage import access
from unit_coverage.change_forms import FORMS, TakeBackForm, title_of
from unit_coverage.enums import ProposalKind
from unit_coverage.proposal_views import answer_form

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def changes(request, pk):
    """What was recorded about the person, newest first, and what may be recorded now."""
    person = access.person_to_decide_about(request.user, pk=pk)
    rows = person.personal_changes.select_related(
        "unit__parent", "made_by", "taken_back_by", "corrects", "corrected_by"
    )
    context = {
        "person": person,
        "posting": _posting(person),
        "offered": offered(person, clock.today()),
        "others": [kind for kind in PersonalChangeKind if kind not in offered(person, clock.today())],
        "changes": rows.order_by("-made_at", "-pk"),
        "breadcrumb": _above(person)[:-1],
    }
    return render(request, "unit_coverage/changes/list.html", context)


@get_or_post
def new_change(request, pk, kind):
    person = access.person_to_decide_about(request.user, pk=pk)
    if kind not in FORMS:
        raise Http404
    return _answer(request, person, PersonalChangeKind(kind))


@get_or_post
def correct_change(request, pk, change):
    """The same form with what was recorded; it takes that back and records this instead, as one change."""
    found = access.change_to_decide_about(request.user, pk=pk, change=change)
    return _answer(request, found.staff_member, PersonalChangeKind(found.kind), corrects=found)


@get_or_post
def take_back_change(request, pk, change):
    found = access.change_to_decide_about(request.user, pk=pk, change=change)
    form = TakeBackForm(request.POST or None, first_day=found.first_day)
    page = {"title": _("Take back: %s") % found, "breadcrumb": _above(found.staff_member)}
    kind = ProposalKind.CHANGE_TAKEN_BACK

    def payload():
        return form.payload(found)

    return answer_form(request, form, kind=kind, payload=payload, page=page, staff_member=found.staff_member)


def _answer(request, person: StaffMember, kind: PersonalChangeKind, *, corrects=None):
    units = access.units_to_go_to(request.user)
    posting = _posting(person)
    form = FORMS[kind](request.POST or None, units=units, posting=posting, corrects=corrects)
    words = {"change": title_of(kind), "name": person.full_name}
    page = {
        "title": (_("Correct: %(change)s, %(name)s") if corrects else _("%(change)s: %(name)s")) % words,
        "breadcrumb": _above(person),
        "posting": posting,
        "corrects": corrects,
    }
    template = "unit_coverage/changes/form.html"
    return answer_form(
        request,
        form,
        kind=ProposalKind.PERSONAL_CHANGE,
        payload=form.payload,
        page=page,
        staff_member=person,
        template=template,
    )


def _posting(person: StaffMember) -> Posting | None:
    """The main posting of today, or else the last one."""
    rows = person.postings.filter(is_primary=True).select_related("unit__parent")
    return rows.on(clock.today()).first() or rows.order_by("-valid_from", "-pk").first()


def _above(person: StaffMember) -> list[tuple[str, str]]:
    return [
        (_("People"), reverse("staff:people")),
        (person.full_name, reverse("staff:person", args=[person.pk])),
        (_("Changes"), reverse("obligations:changes", args=[person.pk])),
    ]
