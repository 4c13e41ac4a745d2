"""Signing with the agency's own tool: what goes out, what came back, what is missing."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from certificates import access, services, signing, tasks
from certificates.enums import CertificateStatus, SignatureLevel, SignatureRole
from certificates.errors import BatchRefused, KeyProblem
from certificates.manifests import file_name
from certificates.models import SigningBatch
from certificates.navigation import tabs_for
from certificates.outside_words import outcome_words, problem_words
from certificates.services.batches import MOST_IN_BATCH
from certificates.services.returned import LARGEST_UPLOAD, REFUSED
from staff import clock
from staff.background import wake

PAGE_SIZE = 30
UPLOADS_SHOWN = 10
no_store = cache_control(no_store=True, private=True)


class BatchForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput)
    course = forms.ChoiceField(label=gettext_lazy("Course"), required=False)

    def __init__(self, *args, courses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = [("", _("all courses")), *courses]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Signed files"),
        help_text=gettext_lazy("One signed PDF, or a ZIP of some or all of them. At most 28 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.zip"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(_("The file is larger than 28 MB. Hand the files in in several parts."))
        return file


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def batches(request):
    """What waits to go out, and the batches that did; makes a batch."""
    access.require_signs_outside(request.user)
    courses = _courses(request.user)
    choices = [(code, f"{code} {title} ({count})") for code, title, count in courses]
    form = BatchForm(request.POST or None, courses=choices, initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.make_batch(request_key=str(said["token"]), by=request.user, course=said["course"])
        except BatchRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("certificates:batches")
        wake(tasks.draw_batch, batch_id=made.pk)
        return redirect("certificates:batch", pk=made.pk)
    found = SigningBatch.objects.visible_to(request.user).for_list()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        "is_outside": signing.is_outside(),
        "signers": _signers(),
        "waiting": sum(count for _code, _title, count in courses),
        "most": MOST_IN_BATCH,
        "form": form,
        "page": page,
        "rows": [(row, *_state_of(row)) for row in page],
        "tabs": tabs_for(request.user, "batches"),
    }
    return render(request, "certificates/batches.html", context, status=400 if form.errors else 200)


def _courses(user) -> list[tuple[str, str, int]]:
    """(code, title, how many wait) of the courses whose certificates wait, in one query."""
    rows = services.waiting_to_go_out(user).values_list("qualification__code")
    counted = rows.annotate(title=Max("qualification__title"), count=Count("pk"))
    return list(counted.order_by("qualification__code"))


@dataclass(frozen=True, slots=True)
class SignerLine:
    """Somebody who may sign, and whether today."""

    role: str
    holder: str
    until: datetime
    problem: str


def _signers() -> list[SignerLine]:
    try:
        return [_signer_line(signatory) for signatory in signing.signatories()]
    except KeyProblem as problem:
        return [SignerLine("", "", clock.now(), str(problem))]


def _signer_line(signatory) -> SignerLine:
    try:
        signing.refuse_unusable(signatory)
        problem = ""
    except KeyProblem as error:
        problem = str(error)
    return SignerLine(str(signatory.role.label), signatory.holder, signatory.certificate.not_valid_after_utc, problem)


def _state_of(row) -> tuple[str, str]:
    """(kind of state, words) of a batch."""
    if row.drawn_at is None:
        return "now", _("being drawn")
    if row.unsigned:
        return "warn", _("waiting for the signer")
    if row.unsealed:
        return "warn", _("waiting for the agency's signature")
    return "ok", _("nothing is missing")


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A certificate of a batch as the page prints it."""

    pk: int
    serial: str
    holder: str
    course: str
    file: str
    kind: str
    state: str
    note: str
    can_leave: bool


@no_store
@require_safe
def batch(request, pk):
    """One batch: what to do next, each certificate's state, and what became of what was handed in."""
    return _batch_page(request, access.batch_for(request.user, pk=pk), UploadForm())


def _batch_page(request, found, form, status=200):
    row = SigningBatch.objects.for_list().get(pk=found.pk)
    kind, state = _state_of(row)
    items = [_item_line(item) for item in _items(found)]
    uploads = list(found.uploads.select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:UPLOADS_SHOWN])
    context = {
        "batch": row,
        "kind": kind,
        "state": state,
        "items": items,
        "can_take_out": any(item.can_leave for item in items),
        "form": form,
        "uploads": [(upload, *_upload_lines(upload)) for upload in uploads],
        "is_busy": row.drawn_at is None or any(upload.done_at is None for upload in uploads),
        "roles": [(role.label, signing.PLACES[role][1]) for role in SignatureRole],
    }
    return render(request, "certificates/batch.html", context, status=status)


def _items(found):
    return found.items.select_related("certificate__register", "received")


def _item_line(item) -> ItemLine:
    certificate = item.certificate
    kind, state, note = _item_state(item, certificate)
    is_open = item.left_at is None and certificate.status == CertificateStatus.PENDING
    return ItemLine(
        item.pk,
        certificate.serial,
        certificate.face["holder"],
        certificate.face["course"],
        file_name(certificate),
        kind,
        state,
        note,
        is_open,
    )


def _item_state(item, certificate) -> tuple[str, str, str]:
    if item.left_at:
        return "bad", _("taken out"), item.left_because
    if item.received and item.received.level > SignatureLevel.NONE:
        return "ok", _("signed by both"), ""
    if certificate.status != CertificateStatus.PENDING:
        return "bad", str(certificate.get_status_display()), ""
    if item.received:
        return "now", _("waiting for the agency's signature"), ""
    return "warn", _("waiting for the signer"), ""


def _upload_lines(upload):
    """(counts by outcome in words, the files that were not taken with their sentences)."""
    counts: dict[str, int] = {}
    for row in upload.report:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    refused = [
        (row["file"], row["serial"], problem_words(row["problem"], row["facts"]))
        for row in upload.report
        if row["outcome"] == REFUSED
    ]
    return [(count, *outcome_words(outcome)) for outcome, count in counts.items()], refused


@no_store
@require_safe
def archive(request, pk):
    """The archive as it was made: each download is the same, byte for byte."""
    found = access.batch_for(request.user, pk=pk)
    if not found.name:
        raise Http404
    with storages["private"].open(found.name) as file:
        content = file.read()
    if request.method == "GET":
        log(instance=found, action="certificates.export", user=request.user, data={"sha256": found.sha256})
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"Lô ký số {found.pk}.zip"
    )
    return response


@no_store
@require_POST
def hand_in(request, pk):
    """Keeps the file and wakes who looks at it."""
    found = access.batch_for(request.user, pk=pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _batch_page(request, found, form, status=400)
    file = form.cleaned_data["file"]
    upload = services.take_upload(batch=found, content=file.read(), file_name=file.name, by=request.user)
    wake(tasks.work_upload, upload_id=upload.pk)
    messages.success(request, _("The file was received. What becomes of it stands below."))
    return redirect("certificates:batch", pk=pk)


@no_store
@require_POST
def take_out(request, pk):
    """Takes the ticked certificates out of the batch."""
    found = access.batch_for(request.user, pk=pk)
    numbers = [
        int(text) for text in request.POST.getlist("item") if text.isascii() and text.isdigit() and len(text) < 10
    ]
    try:
        count = services.take_out(batch=found, numbers=numbers, reason=request.POST.get("reason", ""), by=request.user)
    except BatchRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("Taken out: %(count)d. They wait to go out with another batch.") % {"count": count}
        messages.add_message(request, messages.SUCCESS if count else messages.INFO, words)
    return redirect("certificates:batch", pk=pk)
