"""Why must I learn this, for oneself and for HR about somebody in scope."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certificates.enums import CertificateStatus
from certificates.models import Certificate
from courses.queries import courses_begun
from staff import clock
from staff.access import person_for
from staff.models import StaffMember
from unit_coverage import access
from unit_coverage.why import hr_officers_of, why, whys


@require_safe
def mine(request):
    """Every requirement in force and how it stands to me."""
    person = _myself(request.user)
    breadcrumb = [(_("My learning"), reverse("my_learning"))]
    context = {"person": person, "is_mine": True, "breadcrumb": breadcrumb}
    return render(request, "unit_coverage/why/list.html", _asked(context))


@require_safe
def my_requirement(request, code):
    person = _myself(request.user)
    breadcrumb = [(_("My learning"), reverse("my_learning")), (_("Why must I?"), reverse("why:mine"))]
    return _one(request, person, code, {"is_mine": True, "breadcrumb": breadcrumb})


@require_safe
def person(request, pk):
    """For HR and heads: the same about somebody in scope, with duties and exemptions."""
    found = person_for(request.user, pk=pk)
    newest = ("-valid_from", "-pk")
    context = {
        "person": found,
        "is_mine": False,
        "breadcrumb": _above(found),
        "may_decide": access.may_decide_about(request.user, found),
        "duties": found.duties.select_related("unit", "recorded_by", "end_recorded_by").order_by(*newest),
        "exemptions": found.exemptions.select_related("track", "course", "recorded_by", "end_recorded_by").order_by(
            *newest
        ),
        "held": _held(request.user, found),
        "learning": courses_begun(found),
        "today": clock.today(),
    }
    return render(request, "unit_coverage/why/list.html", _asked(context))


@require_safe
def person_requirement(request, pk, code):
    found = person_for(request.user, pk=pk)
    breadcrumb = [*_above(found), (_("What must be learnt"), reverse("obligations:person", args=[pk]))]
    return _one(request, found, code, {"is_mine": False, "breadcrumb": breadcrumb})


def _held(user, person: StaffMember) -> list[tuple]:
    """What the person was ever granted, newest first, each with its certificate where ``user`` may open it."""
    papers = Certificate.objects.visible_to(user).filter(
        qualification__staff_member=person, status=CertificateStatus.ISSUED
    )
    by_fact = {paper.qualification_id: paper for paper in papers.select_related("register").order_by("pk")}
    rows = person.qualifications.order_by("-valid_from", "-pk")
    return [(row, by_fact.get(row.pk)) for row in rows]


def _asked(context: dict) -> dict:
    return {**context, "whys": whys(context["person"], clock.today())}


def _one(request, person: StaffMember, code: str, context: dict):
    today = clock.today()
    found = why(person, code, today)
    if found is None:
        raise Http404
    context |= {"person": person, "why": found, "today": today, "officers": hr_officers_of(person, today)}
    return render(request, "unit_coverage/why/requirement.html", context)


def _above(person: StaffMember) -> list[tuple[str, str]]:
    return [(_("People"), reverse("staff:people")), (person.full_name, reverse("staff:person", args=[person.pk]))]


def _myself(user) -> StaffMember:
    if user.staff_member is None:
        raise Http404
    return user.staff_member
