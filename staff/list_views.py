"""Staff lists of HR: handed in, looked at, decided, taken in; and the requests that come of them."""

import secrets

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from staff import access, clock, list_queries, services, tasks
from staff.background import wake
from staff.form_fields import numbers_in
from staff.imports import requests, taking
from staff.imports.errors import errors_workbook, reasons_of, with_headings
from staff.imports.reading import FileRefused
from staff.list_forms import AnswerForm, ColumnsForm, UploadListForm
from staff.lists.keeping import reduced
from staff.models import StaffMember, TransferRequest, Unit
from staff.models.lists import ListState, RowChoice, RowGroup
from staff.models.units import with_predecessors
from staff.spreadsheets import workbook_response

no_store = cache_control(no_store=True, private=True)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request):
    """The lists handed in, and the form for another one."""
    access.require_manages_accounts(request.user)
    units = list_queries.units_to_import(request.user)
    first = units.first()
    start = {"token": secrets.token_urlsafe(16), "on": clock.today(), "unit": first and first.pk}
    form = UploadListForm(request.POST or None, request.FILES or None, units=units, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = taking.upload_list(
                content=said["file"].read(),
                name=said["file"].name,
                unit=said["unit"],
                on=said["on"],
                request_key=said["token"],
                by=request.user,
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("staff:list_columns", pk=made.pk)
    page = list_queries.lists_page(request.user, request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, row.state, list_queries.STATES[row.state]) for row in page],
        "waiting": TransferRequest.objects.open().to_answer(request.user).count(),
    }
    return render(request, "staff/lists/index.html", context, status=400 if form.errors else 200)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def list_columns(request, pk):
    """What was recognised; posted, the list is read with what the officer says."""
    found = access.list_for(request.user, pk=pk)
    if found.state not in (ListState.ASKED, ListState.SHOWN, ListState.READING):
        return redirect("staff:list", pk=pk)
    units = list_queries.units_to_import(request.user)
    start = {"unit": found.unit_id, "on": found.on}
    form = ColumnsForm(request.POST or None, units=units, staff_list=found, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            taking.ask_to_read(
                staff_list=found, unit=said["unit"], on=said["on"], meanings=form.meanings(), by=request.user
            )
        except services.StaffError as refusal:
            messages.error(request, str(refusal))
        else:
            wake(tasks.work_lists)
        return redirect("staff:list", pk=pk)
    context = {
        "list": found,
        "form": form,
        "sheets": [sheet for sheet in found.found if "columns" in sheet and not sheet.get("is_asked")],
        "unread": [sheet["title"] for sheet in found.found if "columns" not in sheet],
        "dropped": sorted(
            {column["words"] for sheet in found.found for column in sheet.get("columns", []) if _is_dropped(column)}
        ),
        "before": taking.taken_before(found),
    }
    return render(request, "staff/lists/columns.html", context, status=400 if form.errors else 200)


def _is_dropped(column: dict) -> bool:
    return column["says"] == "sensitive"


@no_store
@require_safe
def staff_list(request, pk):
    """A list where it stands: being read, to be looked at, being taken in, taken in."""
    found = access.list_for(request.user, pk=pk)
    if found.state == ListState.ASKED:
        return redirect("staff:list_columns", pk=pk)
    if found.state in (ListState.READING, ListState.TAKING):
        return render(request, "staff/lists/waiting.html", {"list": found, "is_taking": found.confirmed_at is not None})
    if found.state == ListState.DONE:
        page = list_queries.not_taken_page(found, request.GET.get("page"))
        context = {"list": found, "counts": list_queries.results_of(found), "page": page}
        return render(request, "staff/lists/done.html", context)
    if found.state == ListState.WITHDRAWN:
        return render(request, "staff/lists/withdrawn.html", {"list": found})
    return _shown(request, found)


def _shown(request, found):
    tally = list_queries.tally_of(found)
    group = _group(request.GET.get("nhom", ""), tally)
    context = {
        "list": found,
        "tally": tally,
        "group": group,
        "tabs": _tabs(request, tally, group),
        "about": list_queries.GROUP_WORDS.get(group, ""),
        "before": taking.taken_before(found),
        "is_nothing_new": not (tally.all - sum(tally.groups[name] for name in _SILENT)),
        "left_out": tally.groups[RowGroup.SKIPPED] + tally.groups[RowGroup.ELSEWHERE],
    }
    number = request.GET.get("page")
    if group == list_queries.MISSING:
        context["page"] = list_queries.missing_page(found, viewer=request.user, number=number)
        return render(request, "staff/lists/shown.html", context)
    context["page"] = list_queries.rows_page(found, group=group, viewer=request.user, number=number)
    lines = context["page"].object_list
    context["can_tick"] = any(line.can_tick for line in lines)
    if group == RowGroup.DECIDE and found.rows.filter(group=RowGroup.DECIDE, question="unknown_unit").exists():
        context["units"] = _units_of(found)
    return render(request, "staff/lists/shown.html", context)


# Rows of these groups change nothing when the list is taken in.
_SILENT = (RowGroup.SAME, RowGroup.TWICE, RowGroup.SKIPPED)


def _group(said: str, tally) -> str:
    """The group asked for; else the first that holds something."""
    if said in (*RowGroup.values, list_queries.MISSING, list_queries.FRESH):
        return said
    if tally.fresh:
        return list_queries.FRESH
    return next((group for group in RowGroup.values if tally.groups[group]), RowGroup.NEW)


def _tabs(request, tally, group):
    fresh = [(list_queries.FRESH, _("changed since you looked"), tally.fresh)] if tally.fresh else []
    named = [(name, RowGroup(name).label, count) for name, count in tally.groups.items() if count or name == group]
    missing = [(list_queries.MISSING, _("not in the list"), tally.missing)]
    return [
        (f"{capfirst(words)} ({_count_words(name, count, tally)})", f"?nhom={name}", name == group)
        for name, words, count in [*fresh, *named, *missing]
    ]


def _count_words(name, count: int, tally) -> str:
    """How many rows a group has; of those to be decided, how many are left."""
    if name != RowGroup.DECIDE or tally.undecided == count:
        return str(count)
    if not tally.undecided:
        return _("%(count)d, all decided") % {"count": count}
    return _("%(left)d left of %(count)d") % {"left": tally.undecided, "count": count}


def _units_of(found):
    """The units of the list's day below its unit, to choose from."""
    within = Unit.objects.within_any(with_predecessors([found.unit]))
    return within.existing_on(found.on).select_related("parent").order_by("path")[:500]


@no_store
@require_POST
def decide_rows(request, pk):
    """What the officer says of the ticked rows, or of the whole group."""
    found = access.list_for(request.user, pk=pk)
    group, said = request.POST.get("nhom", ""), request.POST.get("choice", "")
    rows = found.rows.filter(group=group) if request.POST.get("all") else found.rows.filter(
        pk__in=numbers_in(request.POST.getlist("row"))
    )  # fmt: skip
    rows = list(rows.order_by("place"))
    try:
        if said == "ask":
            count = requests.ask_for_people(staff_list=found, rows=rows, by=request.user)
            words = ngettext("%(count)d request was sent.", "%(count)d requests were sent.", count)
        elif said in RowChoice.values:
            count = _decided(request, found, rows, said)
            words = ngettext("Noted for %(count)d row.", "Noted for %(count)d rows.", count)
            if not count:
                words = _nothing_noted(request, rows)
        else:
            raise Http404
    except services.StaffError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.add_message(request, messages.SUCCESS if count else messages.WARNING, words % {"count": count})
    answer = redirect("staff:list", pk=pk)
    group = group if group in (*RowGroup.values, list_queries.FRESH) else ""
    answer["Location"] += f"?nhom={group}" if group else ""
    return answer


def _nothing_noted(request, rows) -> str:
    """Why a decision fits no row."""
    if not rows:
        return _("Nothing was noted: no row is ticked.")
    if any(row.question == "unknown_unit" for row in rows):
        return _("Nothing was noted: choose the unit of these rows, then press “Take them” or “Leave them out”.")
    return _("Nothing was noted: this decision does not fit the ticked rows.")


def _decided(request, found, rows, said: str) -> int:
    unit = None
    if code := request.POST.get("unit", ""):
        unit = next((unit for unit in _units_of(found) if unit.code == code), None)
    if said != RowChoice.SAME:
        return taking.decide_rows(staff_list=found, rows=rows, choice=said, unit=unit, by=request.user)
    count = 0
    for row in rows:
        candidates = row.facts.get("candidates", [])
        wanted = numbers_in(request.POST.getlist(f"person-{row.pk}")) or candidates[:1]
        if candidates and wanted[0] not in candidates:
            raise Http404
        person = StaffMember.objects.filter(pk=wanted[0]).first() if candidates else None
        count += taking.decide_rows(staff_list=found, rows=[row], choice=said, person=person, by=request.user)
    return count


@no_store
@require_POST
def confirm_list(request, pk):
    """The list is to be taken in as it was shown."""
    found = access.list_for(request.user, pk=pk)
    version = request.POST.get("version", "")
    shown = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
    takes_rest = request.POST.get("rest", "1") == "1"
    try:
        taking.confirm_list(staff_list=found, version=shown, takes_rest=takes_rest, by=request.user)
    except services.StaffError as refusal:
        messages.warning(request, str(refusal))
    else:
        wake(tasks.work_lists)
    return redirect("staff:list", pk=pk)


@no_store
@require_POST
def withdraw_list(request, pk):
    """The list is put aside; nothing of it is taken in."""
    found = access.list_for(request.user, pk=pk)
    try:
        taking.withdraw_list(staff_list=found, by=request.user)
    except services.StaffError as refusal:
        messages.warning(request, str(refusal))
        return redirect("staff:list", pk=pk)
    messages.success(request, _("The list was put aside. Nothing was changed."))
    return redirect("staff:lists")


@no_store
@require_safe
def list_errors(request, pk):
    """The rows that were not taken, with the reason beside each."""
    found = access.list_for(request.user, pk=pk)
    if found.forgotten_at or found.state not in (ListState.SHOWN, ListState.DONE):
        raise Http404
    kept, _asked, _others = reduced(taking.sheets_kept(found), found.meanings)
    content = errors_workbook(with_headings(kept), reasons_of(found))
    if request.method == "GET":
        log(instance=found, action="staff.export", user=request.user, data={"what": "rows not taken"})
    return workbook_response(content, name=f"dong-chua-nhan-{found.pk}")


@no_store
@require_safe
def transfer_requests(request):
    """The requests that wait for the reader's answer, those that she answered, and those that her own lists made."""
    access.require_manages_accounts(request.user)
    to_answer = TransferRequest.objects.open().to_answer(request.user)
    asked = TransferRequest.objects.asked_for(request.user).select_related("to_unit__parent", "asked_by")
    # Whom she gave away is no longer hers to see; what she was asked, and said, is.
    answered = TransferRequest.objects.filter(answered_by=request.user).select_related("to_unit__parent", "posting")
    context = {
        "to_answer": to_answer.select_related("staff_member", "to_unit__parent", "asked_by").order_by("asked_at", "pk"),
        "answered": answered.order_by("-answered_at", "-pk")[:100],
        "asked": asked.order_by("-pk")[:100],
    }
    return render(request, "staff/lists/requests.html", context)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def transfer_request(request, pk):
    """Somebody of the reader's is asked for; she accepts with a day or refuses with a reason."""
    found = access.transfer_request_for(request.user, pk=pk)
    form = AnswerForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid() and _answered(request, found, form):
        return redirect("staff:transfer_requests")
    posting = found.staff_member.postings.on(clock.today()).filter(is_primary=True).select_related("unit__parent")
    context = {"request_row": found, "form": form, "posting": posting.first()}
    return render(request, "staff/lists/request.html", context, status=400 if form.errors else 200)


def _answered(request, found, form) -> bool:
    said = form.cleaned_data
    try:
        if request.POST.get("answer") == "refuse":
            requests.refuse_request(request=found, reason=said["refused_because"], by=request.user)
        elif said["on"] is None:
            form.add_error("on", _("Say from which day the person is transferred."))
            return False
        else:
            reason = said["back_dated_because"]
            requests.accept_request(request=found, on=said["on"], by=request.user, back_dated_because=reason)
    except services.StaffError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your answer was sent."))
    return True
