"""Classes: the list, one class with who is sent to it, sessions, attendance, closing; and one's own."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.log_actions import log

from courses import services
from courses.classes import access, papers, queries, sending
from courses.classes.forms import CancelForm, ClassForm, MeetingForm, NoteForm, ReopenForm, SendForm, WhomForm
from courses.enums import ClassState, NominationState
from courses.errors import ClassRefused
from courses.services.classes import Mark, attended_by, digest_of
from staff import clock
from staff.form_fields import numbers_in
from staff.models import Unit


@require_safe
def classes(request):
    """The classes that one hosts, teaches or has people in; for others there is no such page."""
    may_plan = access.organises_classes(request.user)
    state = request.GET.get("trang-thai", "")
    state = state if state in ClassState.values else ""
    page = queries.classes_page(request.user, state=state, number=request.GET.get("page"))
    if not may_plan and not access.classes_of(request.user).exists():
        raise Http404
    tabs = [(_("all"), "?", not state)]
    tabs += [(label, f"?trang-thai={value}", value == state) for value, label in ClassState.choices]
    # The page of people who are not trained leads here: which of the classes shall they be sent to?
    sent_from = request.GET.get("cu", "")
    unit = Unit.objects.filter(code=sent_from).first() if sent_from and may_plan else None
    context = {"page": page, "tabs": tabs, "may_plan": may_plan, "sent_from": unit}
    return render(request, "courses/classes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    access.require_organises(request.user)
    form = ClassForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = services.open_class(by=request.user, **form.cleaned_data)
        messages.success(request, _("The class is planned. Now say when its sessions are."))
        return redirect("classes:meetings", pk=made.pk)
    return _form_page(request, form, _("Plan a class"))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    found = access.organised_class_for(request.user, pk=pk)
    form = ClassForm(request.POST or None, user=request.user, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_class(class_session=found, by=request.user, **form.cleaned_data)
        except ClassRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The class was changed."))
            return redirect("classes:class", pk=pk)
    return _form_page(request, form, _("Change the class"), access.organised_class_for(request.user, pk=pk))


def _form_page(request, form, title, found=None, template="courses/classes/form.html", **more):
    context = {"form": form, "title": title, "found": found} | more
    return render(request, template, context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def class_page(request, pk):
    """A class with its sessions and people; by POST what is done to somebody on its list."""
    reader = access.Reader(request.user)
    found = access.class_for(reader, pk=pk)
    if request.method == "POST":
        try:
            _act(request, found)
        except ClassRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("classes:class", pk=pk)
    runs, organises = reader.runs(found), reader.organises(found)
    lines = queries.meeting_lines(found)
    shown = reader.nominations_shown(found, runs=runs)
    rows = queries.nominee_rows(found, shown, [line.meeting for line in lines])
    # who only teaches changes nothing, an organiser everybody, others their own people: all whom they see
    changed = {row.nomination.pk for row in rows} if organises or not runs else set()
    context = {
        "found": found,
        "kind": queries.kind_of(found),
        "lines": lines,
        "rows": rows,
        "summary": queries.summary_of(rows),
        "taken": found.nominations.standing().count(),
        "runs": runs,
        "organises": organises,
        # for those who answer for the class: the reason may speak of people whom others do not see
        "reopenings": queries.reopenings_of(found) if organises else [],
        "may_send": found.is_planned and reader.may_send(found),
        "changed": changed if found.is_planned else set(),
        "trainers": found.trainers.order_by("full_name"),
        "papers": papers.papers_of(found, [line.meeting for line in lines], runs=runs) if rows else [],
    }
    return render(request, "courses/classes/class.html", context)


def _act(request, found) -> None:
    action = request.POST.get("action")
    if action == "confirm":
        found = access.organised_class_for(request.user, pk=found.pk)
        waiting = found.nominations.filter(state=NominationState.NOMINATED).values_list("pk", flat=True)
        one = numbers_in(request.POST.getlist("nomination"))
        count = services.confirm_nominations(class_session=found, nominations=one or list(waiting), by=request.user)
        words = ngettext("%(count)d person was confirmed.", "%(count)d people were confirmed.", count)
        messages.success(request, words % {"count": count})
    elif action == "withdraw":
        one = numbers_in(request.POST.getlist("nomination"))
        rows = access.nominations_changed_by(request.user, found).select_related("class_session", "staff_member")
        row = rows.filter(pk__in=one[:1]).first()
        if row is None:
            raise Http404
        services.withdraw_nomination(nomination=row, reason=request.POST.get("reason", "")[:200], by=request.user)
        messages.success(request, _("%(name)s no longer takes part.") % {"name": row.staff_member.full_name})
    else:
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def meetings(request, pk):
    """The sessions of a class: one more, or one less."""
    found = access.organised_class_for(request.user, pk=pk)
    if request.method == "POST" and (gone := numbers_in(request.POST.getlist("remove"))):
        meeting = found.meetings.filter(pk__in=gone[:1]).first()
        if meeting is None:
            raise Http404
        meeting.class_session = found
        try:
            services.remove_meeting(meeting=meeting, by=request.user)
        except ClassRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The session was taken out of the plan."))
        return redirect("classes:meetings", pk=pk)
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            times = {name: form.cleaned_data[name] for name in ("begins", "ends", "hours")}
            made = services.add_meetings(class_session=found, days=form.days, by=request.user, **times)
        except ClassRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%(n)d session stands in the plan.", "%(n)d sessions stand in the plan.", len(made))
            messages.success(request, words % {"n": len(made)})
            return redirect("classes:meetings", pk=pk)
    return _form_page(
        request,
        form,
        _("Sessions of the class"),
        found,
        template="courses/classes/meetings.html",
        lines=queries.meeting_lines(found),
        people=found.nominations.standing().count(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send(request, pk):
    """Look for people, tick them, and send them by a decision."""
    found = access.class_to_send_to(request.user, pk=pk)
    form = WhomForm(request.GET if _asks(request) else None, user=request.user)
    chosen = SendForm(request.POST or None)
    looked, ticked = None, set(numbers_in(request.POST.getlist("person")))
    if form.is_bound and form.is_valid():
        looked = sending.candidates(request.user, found, **form.cleaned_data)
    if request.method == "POST" and chosen.is_valid():
        if not ticked:
            chosen.add_error(None, _("Please tick the people to be sent."))
        else:
            people = access.own_people(request.user).filter(pk__in=ticked, merged_into=None)
            try:
                count = services.nominate(
                    class_session=found,
                    people=people,
                    by=request.user,
                    is_organiser=access.organises(request.user, found),
                    **chosen.cleaned_data,
                )
            except ClassRefused as refusal:
                chosen.add_error(None, str(refusal))
            else:
                words = ngettext("%(count)d person is sent.", "%(count)d people are sent.", count)
                messages.success(request, words % {"count": count})
                return redirect("classes:class", pk=pk)
    context = {
        "found": found,
        "form": form,
        "send_form": chosen,
        "looked": looked,
        "ticked": ticked,
        "taken": found.nominations.standing().count(),
        "most": sending.MOST_SHOWN,
    }
    refused = (form.is_bound and form.errors) or chosen.errors
    return render(request, "courses/classes/send.html", context, status=400 if refused else 200)


def _asks(request) -> bool:
    return any(request.GET.get(name) for name in ("unit", "codes", "audience", "whom"))


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request, pk, meeting):
    """Who is there in one session: two large buttons for each person, without a script."""
    meeting = access.meeting_for(request.user, pk=pk, meeting_pk=meeting)
    found = meeting.class_session
    nominations = found.nominations.confirmed()
    if request.method == "POST":
        rows = list(nominations.exclude(staff_member=request.user.staff_member_id).values_list("pk", flat=True))
        try:
            count = services.record_attendance(meeting=meeting, marks=_marks(request, rows), by=request.user)
        except ClassRefused as refusal:
            messages.error(request, str(refusal))
        else:
            words = ngettext("Saved. %(count)d mark changed.", "Saved. %(count)d marks changed.", count)
            messages.success(request, words % {"count": count})
        return redirect("classes:attendance", pk=pk, meeting=meeting.pk)
    rows = queries.nominee_rows(found, nominations, [meeting])
    lines = [(row, row.marks.get(meeting.pk)) for row in rows]
    context = {
        "found": found,
        "meeting": meeting,
        "lines": lines,
        "unmarked": sum(mark is None for _row, mark in lines),
        "may_mark": found.is_planned and meeting.has_begun(clock.now()),
        "own": request.user.staff_member_id,
    }
    return render(request, "courses/classes/attendance.html", context)


def _marks(request, rows: list[int]) -> dict[int, Mark]:
    """What the form says of each; with the button for all, who has no mark yet is present."""
    said = {}
    for pk in rows:
        value = request.POST.get(f"mark-{pk}", "")
        if value in ("co", "vang"):
            said[pk] = Mark(value == "co", request.POST.get(f"reason-{pk}", "")[:200].strip())
        elif request.POST.get("all") == "present":
            said[pk] = Mark(True)
        elif value == "chua":
            said[pk] = Mark(None)
    return said


@require_http_methods(["GET", "HEAD", "POST"])
def close(request, pk):
    """What closing the class would say of everybody, and the button that does it."""
    found = access.organised_class_for(request.user, pk=pk)
    if not found.is_planned:
        raise Http404
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_class(
                class_session=found, by=request.user, shown=request.POST.get("shown", ""), **form.cleaned_data
            )
        except ClassRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The class is closed. What was noted stays."))
            return redirect("classes:class", pk=pk)
    lines = attended_by(found)
    return _form_page(
        request,
        form,
        _("Close the class"),
        found,
        template="courses/classes/close.html",
        lines=lines,
        shown=digest_of(lines),
        attended=sum(line.has_attended for line in lines),
        unmarked=sum(line.unmarked for line in lines),
        waiting=found.nominations.filter(state=NominationState.NOMINATED).count(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request, pk):
    """Open a closed class again, to put a wrong mark right."""
    found = access.organised_class_for(request.user, pk=pk)
    is_open_already = found.is_planned and request.method == "POST"  # the form sent twice
    if found.is_past or not (found.state == ClassState.HELD or is_open_already):
        raise Http404
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.reopen_class(class_session=found, by=request.user, **form.cleaned_data)
        except ClassRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The class is open again. Close it anew once it is right."))
            return redirect("classes:class", pk=pk)
    return _form_page(request, form, _("Open the class again"), found)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    found = access.organised_class_for(request.user, pk=pk)
    if not found.is_planned:
        raise Http404
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_class(class_session=found, by=request.user, **form.cleaned_data)
        except ClassRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The class is cancelled; everybody who was sent is told."))
            return redirect("classes:class", pk=pk)
    return _form_page(request, form, _("Cancel the class"), found, is_danger=True)


@require_safe
def paper(request, pk, paper):
    """An official paper of the class, drawn now and kept nowhere; of the people whom the reader may see."""
    reader = access.Reader(request.user)
    found = access.class_for(reader, pk=pk)
    meetings, runs = list(found.meetings.all()), reader.runs(found)
    rows = queries.nominee_rows(found, reader.nominations_shown(found, runs=runs), meetings)
    drawn = papers.draw(found, paper, rows=rows, meetings=meetings, runs=runs)
    if drawn is None:
        raise Http404
    if request.method == "GET":
        log(instance=found, action="courses.class.print", user=request.user, data={"paper": paper})
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{paper}-{found.pk}.pdf"',
            "Cache-Control": "no-store, private",
        },
    )


@require_safe
def mine(request, pk):
    """A class to which the reader is sent: when, where, and what was noted of her."""
    own = access.own_nomination_for(request.user, pk=pk)
    found = own.class_session
    meetings = list(found.meetings.all())
    [row] = queries.nominee_rows(found, found.nominations.filter(pk=own.pk), meetings)
    context = {
        "found": found,
        "kind": queries.kind_of(found),
        "row": row,
        "lines": [(meeting, row.marks.get(meeting.pk)) for meeting in meetings],
    }
    return render(request, "courses/classes/mine.html", context)
