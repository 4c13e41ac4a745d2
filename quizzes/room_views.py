"""The room as its invigilator sees it. Everything works without a script; with it, the table renews itself."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from quizzes import access, services, session_queries
from quizzes.errors import QuizError
from quizzes.session_forms import AddTimeForm, FileForm, IncidentForm, ReasonForm

no_store = cache_control(no_store=True, private=True)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def console(request, pk):
    """Who is where; ``?bang=1`` answers the table alone. POST does something to one candidate, or to the whole room."""
    session = access.session_for(request.user, pk=pk)
    if request.method == "POST":
        try:
            _act(request, session)
        except QuizError as error:
            messages.error(request, str(error))
        return redirect("exam_sessions:console", pk=pk)
    context = {"console": session_queries.console(session), "session": session}
    if request.GET.get("bang"):
        return render(request, "quizzes/sessions/console_table.html", context)
    context |= {"incidents": session.incidents.select_related("seat__staff_member"), "incident_form": IncidentForm()}
    context |= {"all_form": AddTimeForm(prefix="tat-ca", initial={"minutes": 5})}
    return render(request, "quizzes/sessions/console.html", context)


def _act(request, session) -> None:
    action, by = request.POST.get("action"), request.user
    if action == "admit":
        number = request.POST.get("seat", "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Http404
        seat = services.admit(seat=access.invigilated_seat_for(by, pk=int(number)), by=by)
        messages.success(request, _("%(seat)s was let in.") % {"seat": seat})
    elif action == "admit_all":
        count = services.admit_all(session=session, by=by)
        words = ngettext("%(count)d candidate was let in.", "%(count)d candidates were let in.", count)
        messages.success(request, words % {"count": count})
    elif action == "incident":
        _report(request, session)
        messages.success(request, _("It stands in the minutes."))
    elif action == "end":
        services.end_session(session=session, by=by)
        messages.success(request, _("The exam session is over; every test is handed in."))
    else:
        _act_on_all(request, session, action)


def _report(request, session, seat=None) -> None:
    form = IncidentForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    services.report_incident(session=session, seat=seat, text=text, by=request.user)


# What is done to the time of a test, of one candidate or of everybody.
_OF_TIME = ("pause", "resume", "add_time")
# What is said of answers that came too late.
_OF_LATE = ("accept", "refuse")


def _act_on_all(request, session, action) -> None:
    if action not in _OF_TIME:
        raise Http404
    form = (AddTimeForm if action == "add_time" else ReasonForm)(request.POST, prefix="tat-ca")
    if not form.is_valid():
        messages.error(request, _("Please say why the time is changed."))
        return
    count = services.change_time(action, session=session, by=request.user, **form.cleaned_data)
    words = ngettext("Done for %(count)d running test.", "Done for %(count)d running tests.", count)
    messages.success(request, words % {"count": count})


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request, pk):
    """One candidate: her time, her late answers, her timeline, incidents."""
    found = access.invigilated_seat_for(request.user, pk=pk)
    if request.method == "POST":
        try:
            _act_on_seat(request, found)
        except QuizError as error:
            messages.error(request, str(error))
        return redirect("exam_sessions:watched_seat", pk=pk)
    return render(
        request,
        "quizzes/sessions/watched_seat.html",
        {
            "sheet": session_queries.seat_sheet(found),
            "seat": found,
            "session": found.session,
            "incidents": found.incidents.all(),
            "time_form": AddTimeForm(initial={"minutes": 5}),
            "incident_form": IncidentForm(auto_id="incident_%s"),
        },
    )


def _act_on_seat(request, found) -> None:
    action, by = request.POST.get("action"), request.user
    if action == "admit":
        services.admit(seat=found, by=by)
    elif action == "incident":
        _report(request, found.session, found)
    elif action in (*_OF_TIME, "end", *_OF_LATE):
        form = (AddTimeForm if action == "add_time" else ReasonForm)(request.POST)
        if not form.is_valid():
            messages.error(request, _("Please give the reason, and the minutes where time is added."))
            return
        _change_test(request, found, action, form.cleaned_data | {"by": by})
    else:
        raise Http404
    messages.success(request, _("Done."))


def _change_test(request, found, action, said) -> None:
    if action in _OF_LATE:
        numbers = [int(n) for n in request.POST.getlist("number") if n.isascii() and n.isdigit() and len(n) < 4]
        if not numbers or found.attempt is None:
            raise services.SessionRefused(_("Please tick the answers that you decide about."))
        decide = services.accept_late if action == "accept" else services.refuse_late
        decide(attempt=found.attempt, numbers=numbers, **said)
        return
    if action == "end":
        services.end_seat(seat=found, **said)
    else:
        services.change_time(action, session=found.session, seat=found, **said)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def response_file(request, pk):
    """Where an invigilator hands in the sealed file that a candidate saved on her computer."""
    session = access.session_for(request.user, pk=pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = services.take_response_file(
                session=session, content=form.cleaned_data["file"].read(), by=request.user
            )
        except QuizError as error:
            form.add_error("file", str(error))
        else:
            words = ngettext("%(count)d answer was taken.", "%(count)d answers were taken.", file.answers)
            messages.success(request, words % {"count": file.answers})
            return redirect("exam_sessions:watched_seat", pk=file.attempt.seat.pk)
    context = {"form": form, "session": session}
    return render(request, "quizzes/sessions/response_file.html", context, status=400 if form.errors else 200)
