"""Issuing bodies, who signs for them, and by which document courses are certified; for administrators."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates import access, services
from certificates.errors import CertificateError
from certificates.models import Authorisation, Issuer
from certificates.navigation import tabs_for
from certificates.template_forms import AuthorisationForm, IssuerForm, LastDayForm
from courses.models import Course
from staff import clock

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def issuers(request):
    """Every body with all its versions, and every course with what it is authorised by today."""
    access.require_administrator(request.user)
    bodies: dict[str, list] = {}
    for row in Issuer.objects.order_by("code", "-valid_from", "-pk"):
        bodies.setdefault(row.code, []).append(row)
    today = clock.today()
    given = {row.course_id: row for row in Authorisation.objects.on(today).order_by("valid_from", "pk")}
    later = {row.course_id: row for row in Authorisation.objects.filter(valid_from__gt=today).order_by("-valid_from")}
    courses = Course.objects.order_by("position", "code")
    context = {
        "tabs": tabs_for(request.user, "issuers"),
        "bodies": [
            {"code": code, "newest": versions[0], "versions": [(row, row.holds_on(today)) for row in versions]}
            for code, versions in bodies.items()
        ],
        "courses": [(course, given.get(course.pk), later.get(course.pk)) for course in courses],
        "names": {code: versions[0].name for code, versions in bodies.items()},
        "today": today,
    }
    return render(request, "certificates/issuers/index.html", context)


@get_or_post
def new_issuer(request):
    access.require_administrator(request.user)
    form = IssuerForm(request.POST or None, initial={"valid_from": clock.today()})
    return _recorded(request, form, None, _("New issuing body"))


@get_or_post
def new_signer(request, code):
    """The next version of a body: another signer, another name."""
    access.require_administrator(request.user)
    last = Issuer.objects.filter(code=code).order_by("-valid_from", "-pk").first()
    if last is None or last.is_demonstration:
        raise Http404
    initial = {name: getattr(last, name) for name in IssuerForm.base_fields if name not in {"code", "valid_from"}}
    form = IssuerForm(request.POST or None, issuer=last, initial=initial | {"valid_from": clock.today()})
    return _recorded(request, form, last, _("New signer or words: %s") % last.name)


def _recorded(request, form, last, title):
    if request.method == "POST" and form.is_valid():
        code = last.code if last else form.cleaned_data["code"].upper()
        try:
            services.record_issuer(
                code=code, valid_from=form.cleaned_data["valid_from"], by=request.user, **form.words()
            )
        except CertificateError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("certificates:issuers")
    note = _("Certificates issued before keep the words that they have.")
    return _form(request, form, title, note)


@get_or_post
def end_issuer(request, pk):
    access.require_administrator(request.user)
    issuer = get_object_or_404(Issuer, pk=pk, is_demonstration=False, valid_until=None)
    form = LastDayForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_issuer(issuer=issuer, by=request.user, **form.cleaned_data)
        except CertificateError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The end is recorded."))
            return redirect("certificates:issuers")
    return _form(
        request, form, _("End: %s") % issuer.name, _("After that day the body issues nothing; its register stays.")
    )


@get_or_post
def authorise(request, code):
    """By which document certificates of one course are issued from a day on."""
    access.require_administrator(request.user)
    course = get_object_or_404(Course, code=code)
    last = Authorisation.objects.filter(course=course).order_by("-valid_from", "-pk").first()
    initial = {"valid_from": clock.today(), "is_standing": "1"}
    if last is not None:
        initial |= {"issuer_code": last.issuer_code, "decision": last.decision}
        initial["is_standing"] = "1" if last.is_standing else "0"
    form = AuthorisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.authorise(course=course, by=request.user, **form.cleaned_data)
        except CertificateError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("certificates:issuers")
    return _form(request, form, _("Authorisation: %s") % course, "")


def _form(request, form, title, note):
    return render(request, "certificates/issuers/form.html", {"form": form, "title": title, "note": note})
