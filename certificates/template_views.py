"""Templates of certificates, for administrators: drafts, previews, versions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates import access, previews, services
from certificates.errors import CertificateError
from certificates.face import WORDING, layout_of
from certificates.models import CertificateTemplate
from certificates.navigation import tabs_for
from certificates.template_forms import LastDayForm, NewTemplateForm, PublishForm, TemplateForm, initial_of
from certificates.wording import PLACEHOLDERS
from documents.pictures import picture_of
from staff import clock

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def templates(request):
    """Every template with the version in force, and the draft where there is one."""
    access.require_administrator(request.user)
    rows = CertificateTemplate.objects.select_related("track", "course").order_by("code", "-version")
    by_code: dict[str, list] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    today = clock.today()
    lines = [
        {
            "newest": versions[0],
            "now": next((v for v in versions if not v.is_draft and v.holds_on(today)), None),
            "draft": next((v for v in versions if v.is_draft), None),
            "later": next((v for v in versions if not v.is_draft and v.valid_from > today), None),
        }
        for versions in by_code.values()
    ]
    context = {"lines": lines, "tabs": tabs_for(request.user, "templates")}
    return render(request, "certificates/templates/index.html", context)


@get_or_post
def new_template(request):
    access.require_administrator(request.user)
    form = NewTemplateForm(request.POST or None, request.FILES or None, initial=initial_of())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.new_template(code=form.cleaned_data["code"], by=request.user, **form.words(by=request.user))
        except (CertificateError, ValidationError) as refusal:
            form.add_error(None, _sentence(refusal))
        else:
            return redirect("certificates:template", code=made.code, version=made.version)
    return _form(request, form, _("New template"))


@get_or_post
def edit_template(request, code, version):
    """A draft; a published version has no such page."""
    template = access.template_version_for(request.user, code=code, version=version)
    if not template.is_draft:
        raise Http404
    form = TemplateForm(request.POST or None, request.FILES or None, template=template, initial=initial_of(template))
    if request.method == "POST" and form.is_valid():
        edits = form.cleaned_data["edits"]
        try:
            services.save_draft(template=template, edits=edits, **form.words(by=request.user))
        except (CertificateError, ValidationError) as refusal:
            form.add_error(None, _sentence(refusal))
        else:
            return redirect("certificates:template", code=code, version=version)
    return _form(request, form, _("Draft: %s") % template.name, template)


def _sentence(refusal) -> str:
    return refusal.messages[0] if isinstance(refusal, ValidationError) else str(refusal)


def _form(request, form, title, template=None):
    context = {"form": form, "title": title, "template": template, "placeholders": list(PLACEHOLDERS.items())}
    return render(request, "certificates/templates/form.html", context)


@get_or_post
def template(request, code, version):
    """One version as it prints, and what may be done with it."""
    found = access.template_version_for(request.user, code=code, version=version)
    publishing = PublishForm(initial={"edits": found.edits, "valid_from": clock.today()})
    ending = LastDayForm(initial={"last_day": clock.today()})
    if request.method == "POST":
        if "publish" in request.POST:
            publishing = PublishForm(request.POST)
        elif "end" in request.POST:
            ending = LastDayForm(request.POST)
        answer = _act(request, found, publishing, ending)
        if answer is not None:
            return answer
    versions = CertificateTemplate.objects.filter(code=code).select_related("published_by").order_by("-version")
    sample = previews.sample_of(request.GET.get("ten", ""))
    layout = layout_of(found)
    suffixes = {"vi": ("",), "en": ("_en",), "both": ("", "_en")}[found.language]
    context = {
        "template": found,
        "versions": versions,
        "publishing": publishing,
        "ending": ending,
        "sample": sample,
        "samples": previews.sample_names(),
        "wording": [
            (TemplateForm.base_fields[f"{name}{suffix}"].label, layout[f"{name}{suffix}"])
            for suffix in suffixes
            for name in WORDING
            if layout[f"{name}{suffix}"]
        ],
        "today": clock.today(),
    }
    return render(request, "certificates/templates/template.html", context)


def _act(request, found, publishing, ending):
    """Does what the button says; None where the page is to be shown again with a fault."""
    try:
        if "publish" in request.POST and publishing.is_valid():
            services.publish(template=found, by=request.user, **publishing.cleaned_data)
            messages.success(request, _("The version is published."))
        elif "end" in request.POST and ending.is_valid():
            services.end_template(template=found, by=request.user, **ending.cleaned_data)
            messages.success(request, _("The end is recorded."))
        elif "draft" in request.POST:
            draft = services.draft_from(template=found, by=request.user)
            return redirect("certificates:edit_template", code=draft.code, version=draft.version)
        elif "discard" in request.POST:
            services.discard_draft(template=found)
            messages.success(request, _("The draft is thrown away."))
            return redirect("certificates:templates")
        else:
            return None
    except CertificateError as refusal:
        (publishing if "publish" in request.POST else ending).add_error(None, str(refusal))
        return None
    return redirect("certificates:template", code=found.code, version=found.version)


@require_safe
def template_pdf(request, code, version):
    found = access.template_version_for(request.user, code=code, version=version)
    return _shown(_preview(request, found), "application/pdf")


@require_safe
def template_picture(request, code, version):
    found = access.template_version_for(request.user, code=code, version=version)
    return _shown(picture_of(_preview(request, found), width=1280), "image/png")


def _preview(request, found) -> bytes:
    return previews.preview(found, previews.sample_of(request.GET.get("ten", "")))


def _shown(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response
