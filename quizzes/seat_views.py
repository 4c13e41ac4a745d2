"""The way of a candidate into her test: the code, the invigilator's word, Start; and re-marking afterwards."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from quizzes import access, devices, queries, services, session_queries
from quizzes.eligibility import hindrances, words_of
from quizzes.enums import ReviewItem
from quizzes.errors import QuizError, StartRefused
from quizzes.session_forms import ReviewForm
from staff import clock

no_store = cache_control(no_store=True, private=True)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request, pk):
    """Where she is on this way and what comes next; the page looks again by itself while she waits."""
    found = access.own_seat_for(request.user, pk=pk)
    if request.method == "POST":
        return _step(request, found)
    kind, state = session_queries.state_of(found.session, clock.database_now())
    is_running = found.attempt is not None and found.attempt.finished_at is None
    is_here = is_running and found.attempt.holder == devices.device_of(request)
    context = {
        "seat": found,
        "session": found.session,
        "kind": kind,
        "state": state,
        "extra": (extra := session_queries.extra_minutes_of(found)),
        "minutes": found.session.quiz.time_limit + extra,
        "is_running": is_running,
        "is_here": is_here,
        "has_asked": bool(found.wanted_device) and found.wanted_device == devices.device_of(request),
        "has_begun": clock.database_now() >= found.session.opens_at,
        "may_ask": _may_ask(found),
        "is_set_aside": (aside := access.seat_instead_of_charge(request.user, session_id=found.session_id) is not None),
        "others": session_queries.others_in_charge(found.session) if aside else [],
    }
    why = hindrances(found.session, [found.staff_member_id]) if found.attempt is None else {}
    context["hindered_by"] = "" if found.session.ended_at else words_of(why.get(found.staff_member_id, ()))
    context["waits"] = not found.session.ended_at and (
        (found.present_at is not None and found.attempt is None) or context["has_asked"]
    )
    # This computer is known before Start can be pressed: pressed twice at once, it is the same one both times.
    _device, cookie = devices.ensured_device(request)
    page = render(request, "quizzes/sessions/seat.html", context)
    return devices.remember(page, cookie, is_secure=settings.SESSION_COOKIE_SECURE)


def _may_ask(seat) -> bool:
    return (
        seat.attempt is not None
        and seat.session.ended_at is not None
        and clock.today() <= seat.session.complaints_until
        and seat.attempt.gradings.exists()
    )


def _step(request, found):
    action, address = request.POST.get("action"), request.META.get("REMOTE_ADDR", "")
    device, cookie = devices.ensured_device(request)
    page = redirect("exam_sessions:seat", pk=found.pk)
    try:
        if action == "arrive":
            services.arrive(seat=found, code=request.POST.get("code", "")[:40], address=address)
        elif action == "start":
            attempt = services.start_seat(seat=found, device=device, address=address)
            page = redirect("quizzes:attempt", pk=attempt.pk)
        elif action == "go_on":
            services.ask_to_go_on(seat=found, device=device, address=address)
        else:
            raise Http404
    except (QuizError, StartRefused) as error:
        messages.error(request, str(error))
    return devices.remember(page, cookie, is_secure=settings.SESSION_COOKIE_SECURE)


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, pk):
    """A candidate asks for re-marking, and reads what came of it: the marks where the test shows her its marks."""
    found = access.own_seat_for(request.user, pk=pk)
    if found.attempt is None:
        raise Http404
    asked = getattr(found.attempt, "review_request", None)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_review(attempt=found.attempt, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your request has been handed in."))
            return redirect("exam_sessions:review", pk=pk)
    context = {"seat": found, "session": found.session, "asked": asked, "form": form, "may_ask": _may_ask(found)}
    if asked and asked.answered_at:
        latest = queries.latest_grading(found.attempt)
        context |= {"before": session_queries.mark_before(asked), "latest": latest}
        context |= {"shows_mark": ReviewItem.MARK in queries.shown_of(found.attempt, grading=latest)}
    return render(request, "quizzes/sessions/review.html", context, status=400 if form.errors else 200)
