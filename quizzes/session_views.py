"""Planning exam sessions and closing them: the list, candidates, papers, the board's decision, re-marking."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.log_actions import log

from quizzes import access, queries, services, session_papers, session_queries
from quizzes.candidates import people_to_seat
from quizzes.eligibility import ENROLLERS, hindrances
from quizzes.errors import QuizError, StartRefused
from quizzes.models import PreparedPaper, ReviewRequest, Script
from quizzes.session_forms import DecisionForm, ExtraTimeForm, ReviewAnswerForm, SessionForm
from quizzes.staff_codes import ChosenPeopleForm
from staff import clock


@require_http_methods(["GET", "HEAD"])
def sessions(request):
    """The sessions that one organises or invigilates, and those in which one is a candidate."""
    return render(
        request,
        "quizzes/sessions/list.html",
        {
            "own": session_queries.own_seats_page(request.user),
            "lines": session_queries.sessions_page(request.user),
            "may_plan": access.organises_sessions(request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Plans a session; ``?ca=`` names one of which it shall be a further shift."""
    if not access.organises_sessions(request.user):
        raise Http404
    form = SessionForm(request.POST or None, user=request.user, initial=_as_further_shift(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_session(by=request.user, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            return redirect("exam_sessions:session", pk=made.pk)
    return _form_page(request, form, _("Plan an exam session"))


# What the shifts of one examination have in common.
_SHARED = ("title", "quiz", "unit", "room", "legal_basis", "lessons_waived_by", "complaints_until")


def _as_further_shift(request) -> dict:
    pk = request.GET.get("ca", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return {}
    session = access.organised_session_for(request.user, pk=int(pk))
    shared = {name: getattr(session, name) for name in _SHARED}
    return shared | {
        "first_shift": session.first_shift_id or session.pk,
        "networks": "\n".join(session.networks),
        "invigilators": session.invigilators.order_by("staff_code"),
        "markers": session.markers.order_by("staff_code"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def change(request, pk):
    session = access.organised_session_for(request.user, pk=pk)
    form = SessionForm(request.POST or None, user=request.user, instance=session)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_session(session=session, by=request.user, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The exam session was changed."))
            return redirect("exam_sessions:session", pk=pk)
    return _form_page(request, form, _("Change the exam session"), session)


def _form_page(request, form, title, session=None, **more):
    context = {"form": form, "title": title, "session": session} | more
    return render(request, "quizzes/sessions/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def session(request, pk):
    """A session with its candidates and papers; by POST what its organiser does to it as a whole."""
    if (own := access.seat_instead_of_charge(request.user, session_id=pk)) is not None:
        return redirect("exam_sessions:seat", pk=own.pk)
    found = access.session_for(request.user, pk=pk)
    is_organiser = access.organises(request.user, found)
    if request.method == "POST":
        found = access.organised_session_for(request.user, pk=pk)
        try:
            _act(request, found)
        except QuizError as error:
            messages.error(request, str(error))
        return redirect("exam_sessions:session", pk=pk)
    kind, state = session_queries.state_of(found, clock.database_now())
    rows = session_queries.results(found)
    waiting_reviews = ReviewRequest.objects.filter(attempt__exam_session=found, answered_at=None).count()
    return render(
        request,
        "quizzes/sessions/session.html",
        {
            "session": found,
            "kind": kind,
            "state": state,
            "shifts": services.shifts_of(found),
            "may_have_further_shift": found.ended_at is None and _takes_shifts(found.first_shift or found),
            "rows": rows,
            "late": [row for row in rows if row.late],
            "decided_otherwise": sum(row.was_decided_otherwise for row in rows),
            "hindered": session_queries.hindered_people(found, rows),
            "takes_complaints": found.ended_at is not None and clock.today() <= found.complaints_until,
            "prepared": PreparedPaper.objects.filter(seat__session=found).count(),
            "waiting_reviews": waiting_reviews,
            "next_step": session_queries.next_step(found, is_organiser=is_organiser, waiting_reviews=waiting_reviews),
            "invigilators": found.invigilators.order_by("full_name"),
            "seated_markers": session_queries.seated_markers(found),
            "markers": found.markers.order_by("full_name"),
            "waiting_scripts": Script.objects.waiting().filter(attempt__exam_session=found).count(),
            "is_organiser": is_organiser,
            "papers": session_papers.papers_of(found),
            "extra_form": ExtraTimeForm(),
        },
    )


def _takes_shifts(first) -> bool:
    return first.ended_at is None and first.question_share is None and not first.attempts.exists()


def _act(request, found) -> None:
    action = request.POST.get("action")
    if action == "prepare":
        count = services.prepare_papers(session=found)
        words = ngettext("%(count)d paper was drawn.", "%(count)d papers were drawn.", count) % {"count": count}
        messages.success(request, words)
    elif action == "enrol":
        _enrol(request, found)
    elif action == "code":
        services.renew_code(session=found, by=request.user)
        messages.success(request, _("The session has a new code."))
    elif action == "remove":
        services.remove_seat(seat=_seat(request, found), by=request.user)
        messages.success(request, _("The candidate was taken off the list."))
    elif action == "extra":
        form = ExtraTimeForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Please say how many minutes, and why."))
            return
        services.grant_extra_time(seat=_seat(request, found), by=request.user, **form.cleaned_data)
        messages.success(request, _("The extra time is set."))
    else:
        raise Http404


def _enrol(request, found) -> None:
    people = list(found.seats.filter(attempt=None).values_list("staff_member", flat=True))
    try:
        count = sum(enrol(found, people, request.user) for enrol in ENROLLERS)
    except StartRefused as error:
        messages.error(request, str(error))
        return
    words = ngettext("%(count)d candidate was enrolled.", "%(count)d candidates were enrolled.", count)
    messages.success(request, words % {"count": count})


def _seat(request, found):
    number = request.POST.get("seat", "")
    seat = (
        found.seats.filter(number=number).first() if number.isascii() and number.isdigit() and len(number) < 9 else None
    )
    if seat is None:
        raise Http404
    return seat


@require_http_methods(["GET", "HEAD", "POST"])
def seats(request, pk):
    found = access.organised_session_for(request.user, pk=pk)
    form = ChosenPeopleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        # Who invigilates is no candidate; named by her code she is refused by name.
        invigilators = found.invigilators.filter(staff_member__isnull=False).values("staff_member")
        people, unknown = people_to_seat(request.user, without=invigilators, **form.cleaned_data)
        if unknown:
            form.add_error(
                "codes", _("Nobody you may put on the list has the code %(codes)s.") % {"codes": ", ".join(unknown)}
            )
        else:
            seated = services.seated_people(found)
            try:
                count = services.add_seats(session=found, people=people, by=request.user)
            except QuizError as error:
                form.add_error(None, str(error))
            else:
                words = ngettext("%(count)d candidate was added.", "%(count)d candidates were added.", count)
                messages.success(request, words % {"count": count})
                new = [person.pk for person in people if person.pk not in seated]
                _warn_of_hindered(request, found, new)
                _tell_of_kept(request, len(people) - len(new))
                return redirect("exam_sessions:session", pk=pk)
    return _form_page(request, form, _("Add candidates"), found)


def _tell_of_kept(request, count) -> None:
    if count:
        words = ngettext(
            "%(count)d person has a seat in this session or in another shift already, and keeps it.",
            "%(count)d people have a seat in this session or in another shift already, and keep it.",
            count,
        )
        messages.info(request, words % {"count": count})


def _warn_of_hindered(request, found, people) -> None:
    if count := len(hindrances(found, people)):
        words = ngettext(
            "%(count)d of them could not start the test yet: see below why.",
            "%(count)d of them could not start the test yet: see below why.",
            count,
        )
        messages.warning(request, words % {"count": count})


@require_http_methods(["GET", "HEAD"])
def paper(request, pk, paper):
    """An official paper of the session, drawn now and kept nowhere."""
    found = access.session_for(request.user, pk=pk)
    if paper in (session_papers.SLIPS, session_papers.LIST) and not found.seats.exists():
        messages.error(request, _("Nobody is on the list of candidates yet: there is nothing to print."))
        return redirect("exam_sessions:session", pk=pk)
    drawn = session_papers.draw(found, paper)
    if drawn is None:
        raise Http404
    log(instance=found, action="quizzes.print_paper", user=request.user, data={"paper": paper})
    return HttpResponse(
        drawn,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{paper}-{found.pk}.pdf"',
            "Cache-Control": "no-store, private",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request, pk):
    """The board's decision; where there is one, a further one about the marks that changed since."""
    found = access.organised_session_for(request.user, pk=pk)
    if found.is_decided and request.GET.get("them"):
        return _further_decision(request, found)
    early = services.why_early(found) if not found.is_decided else []
    form = DecisionForm(request.POST or None, is_early=bool(early))
    if request.method == "POST" and form.is_valid():
        try:
            services.record_decision(session=found, by=request.user, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The decision is recorded. The results count from now on."))
            return redirect("exam_sessions:session", pk=pk)
    return _form_page(request, form, _("Record the decision of the board"), found, early=early)


def _further_decision(request, found):
    initial = {"members": "\n".join(found.decision.members)}
    form = DecisionForm(request.POST or None, is_early=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_further_decision(session=found, by=request.user, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The further decision is recorded; whose marks it is about were told."))
            return redirect("exam_sessions:session", pk=found.pk)
    changed = session_queries.decided_otherwise(found)
    return _form_page(request, form, _("Record a further decision"), found, changed=changed, is_further=True)


@require_http_methods(["GET", "HEAD"])
def reviews(request, pk):
    found = access.organised_session_for(request.user, pk=pk)
    requests = ReviewRequest.objects.filter(attempt__exam_session=found).select_related(
        "attempt__seat__staff_member", "grading", "answered_by"
    )
    return render(
        request, "quizzes/sessions/reviews.html", {"session": found, "requests": requests.order_by("asked_at")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def answer_review(request, pk):
    asked = access.review_request_for(request.user, pk=pk)
    scripts = Script.objects.filter(attempt=asked.attempt).select_related("attempt").order_by("number")
    if request.method == "POST" and request.POST.get("again"):
        return _mark_again(request, asked, scripts)
    numbers = [item["number"] for item in asked.attempt.paper.items]
    form = ReviewAnswerForm(request.POST or None, numbers=numbers)
    grading, change = queries.latest_grading(asked.attempt), None
    if request.method == "POST" and form.is_valid() and grading is not None:
        try:
            change = _change(asked, grading, form.cleaned_data["credited"])
            if request.POST.get("confirmed") == str(change.after):
                services.answer_review(request=asked, by=request.user, **form.cleaned_data)
                messages.success(request, _("The request was answered."))
                return redirect("exam_sessions:reviews", pk=asked.attempt.exam_session_id)
        except QuizError as error:
            form.add_error(None, str(error))
    context = {"asked": asked, "form": form, "grading": grading, "change": change, "scripts": scripts}
    context |= {"before": session_queries.mark_before(asked)}
    context |= {"paper": session_queries.paper_again(asked, grading, form)}
    return render(request, "quizzes/sessions/answer_review.html", context, status=400 if form.errors else 200)


def _change(asked, grading, credited) -> session_queries.MarkChange:
    """What the answer would do to the mark: shown before it is confirmed, and confirmed only as shown."""
    mark, is_passed = services.mark_if_credited(request=asked, credited=credited)
    return session_queries.MarkChange(grading.mark, mark, grading.is_passed, is_passed)


def _mark_again(request, asked, scripts):
    """People mark an answer of this paper again; the request is answered when their marks are in."""
    number = request.POST["again"]
    script = (
        scripts.filter(number=number).first() if number.isascii() and number.isdigit() and len(number) < 9 else None
    )
    if script is None:
        raise Http404
    try:
        services.mark_script_again(script=script, by=request.user, reason=_("Re-marked on request"))
    except QuizError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The answer waits to be marked again. The result stays until the new marks are in.")
        )
    return redirect("exam_sessions:answer_review", pk=asked.pk)
