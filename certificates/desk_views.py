"""The issuing desk: what waits, and runs that issue, replace or revoke many certificates."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import access, desk, services, signing
from certificates.desk_forms import FORMS
from certificates.enums import CertificateStatus, LineState, RunKind
from certificates.errors import CertificateError, NoIssuer
from certificates.face import otherwise_today
from certificates.models import Certificate, IssuingRun
from certificates.navigation import tabs_for
from certificates.services.issuers import without_standing_authority
from certificates.services.issuing import body_today, uncertified
from certificates.tasks import work_runs
from staff import clock
from staff.background import wake

SHOWN, PAGE_SIZE = 20, 50
SLUGS = {"cap-moi": RunKind.ISSUE, "cap-lai": RunKind.REISSUE, "thu-hoi": RunKind.REVOKE}
TITLES = {
    RunKind.ISSUE: gettext_lazy("Issue certificates"),
    RunKind.REISSUE: gettext_lazy("Issue certificates anew"),
    RunKind.REVOKE: gettext_lazy("Revoke certificates"),
}
_LINE_KINDS = {LineState.DONE: "ok", LineState.FAILED: "bad", LineState.WAITING: "now", LineState.LEFT_OUT: ""}
# Done as far as the desk goes, and the certificate still waits for the signature.
_UNSIGNED = Q(state=LineState.DONE, made__status=CertificateStatus.PENDING)


@require_safe
def index(request):
    """What waits and why, what waits for a decision, and the runs."""
    access.require_desk(request.user)
    people = desk.people_of(request.user)
    pending = Certificate.objects.filter(status=CertificateStatus.PENDING, qualification__staff_member__in=people)
    waiting = uncertified().filter(staff_member__in=people)
    by_decision = waiting.filter(course__in=without_standing_authority(clock.today()))
    runs = IssuingRun.objects.visible_to(request.user).select_related("made_by")
    counts = {
        "done": Count("lines", filter=Q(lines__state=LineState.DONE)),
        "failed": Count("lines", filter=Q(lines__state=LineState.FAILED)),
        "asked": Count("lines", filter=~Q(lines__state=LineState.LEFT_OUT)),
    }
    context = {
        "tabs": tabs_for(request.user, "desk"),
        "pending": pending.select_related("register").order_by("pk")[:SHOWN],
        "pending_count": pending.count(),
        "by_decision": by_decision.values("course__code", "course__title")
        .annotate(count=Count("pk"))
        .order_by("course__code"),
        "no_issuer": _why_nobody_issues(),
        "runs": runs.annotate(**counts).order_by("-pk")[:SHOWN],
    }
    return render(request, "certificates/desk/index.html", context)


def _why_nobody_issues() -> str:
    if getattr(settings, "DEMO", False):
        return ""
    try:
        services.issuer_on(clock.today())
    except NoIssuer as error:
        return str(error)
    return ""


@require_POST
def retry(request, pk):
    """Lets a certificate that failed be tried at once; twice is harmless."""
    access.require_desk(request.user)
    mine = Certificate.objects.filter(qualification__staff_member__in=desk.people_of(request.user))
    if not mine.filter(pk=pk, status=CertificateStatus.PENDING).exists():
        raise Http404
    services.try_again(certificate_id=pk, user=request.user)
    messages.success(request, _("It is tried again within a minute."))
    return redirect("certificates:desk")


@require_http_methods(["GET", "HEAD", "POST"])
def new_run(request, slug):
    """Whom it is about and why; posted without a fault, the page of what would be done."""
    access.require_desk(request.user)
    kind = SLUGS.get(slug)
    if kind is None:
        raise Http404
    initial = {name: request.GET[name][:300] for name in ("course", "numbers", "words") if name in request.GET}
    form = FORMS[kind](request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        found = desk.candidates(request.user, kind, form.choice())
        if not form.refuse_numbers(found):
            return _prepared(request, form, kind, found) or _choosing(request, form, kind)
    return _choosing(request, form, kind)


def _prepared(request, form, kind, found):
    """The page of the run; None where it was refused, which the form says."""
    try:
        run = services.prepare_run(
            kind=kind,
            found=found,
            token=form.cleaned_data["token"],
            by=request.user,
            criteria=form.criteria(),
            **form.facts(),
        )
    except CertificateError as refusal:
        form.add_error(None, str(refusal))
        return None
    return redirect("certificates:run", pk=run.pk)


def _choosing(request, form, kind):
    context = {"form": form, "title": TITLES[kind], "tabs": tabs_for(request.user, "")}
    return render(request, "certificates/desk/new_run.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def run(request, pk):
    """What the run would do, does, or did; posted, it is confirmed or thrown away."""
    access.require_desk(request.user)
    discards = request.method == "POST" and "discard" in request.POST
    if discards and not IssuingRun.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("certificates:desk")  # pressed twice; a foreign run is nothing to throw away either
    found = access.run_for(request.user, pk=pk)
    refusal = ""
    if request.method == "POST":
        if discards:
            if services.discard_run(run=found):
                messages.success(request, _("The run is thrown away; nothing was changed."))
                return redirect("certificates:desk")
            return redirect("certificates:run", pk=found.pk)
        if found.kind == RunKind.REVOKE and not request.POST.get("seen"):
            refusal = _("Tick that you have looked at the list.")
        else:
            try:
                services.confirm_run(run=found, by=request.user)
            except CertificateError as error:
                refusal = str(error)
            else:
                wake(work_runs)
                return redirect("certificates:run", pk=found.pk)
    return render(request, "certificates/desk/run.html", _context_of(request, found) | {"refusal": refusal})


def _context_of(request, found: IssuingRun) -> dict:
    counts = dict(found.lines.values_list("state").annotate(count=Count("pk")).order_by())
    state = request.GET.get("nhom", "")
    lines = found.lines.annotate(is_unsigned=ExpressionWrapper(_UNSIGNED, BooleanField())).select_related(
        "staff_member", "qualification__staff_member", "certificate__register", "made__register"
    )
    lines = lines.order_by("pk")
    if state in LineState.values:
        lines = lines.filter(state=state)
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    asked = sum(count for name, count in counts.items() if name != LineState.LEFT_OUT)
    settled = asked - counts.get(LineState.WAITING, 0)
    otherwise = _otherwise(page) if found.kind == RunKind.REISSUE and found.confirmed_at is None else {}
    return {
        "run": found,
        "today": clock.today(),
        "is_signed_outside": signing.is_outside(),
        "title": TITLES[RunKind(found.kind)],
        "groups": [(s.value, _group_words(s, found), counts[s], s.value == state) for s in LineState if counts.get(s)],
        "state": state,
        "page": page,
        "lines": [(line, _kind_of(line), _words_of(line, found), otherwise.get(line.pk, ())) for line in page],
        "asked": asked,
        "settled": settled,
        "waiting": counts.get(LineState.WAITING, 0),
        "left_out": counts.get(LineState.LEFT_OUT, 0),
        "failed": counts.get(LineState.FAILED, 0),
        "unsigned": found.lines.filter(_UNSIGNED).count() if found.confirmed_at else 0,
    }


def _otherwise(lines) -> dict[int, list[tuple[str, str, str]]]:
    """By line, what the new certificate would say otherwise than the one it replaces. Two queries for each course."""
    bodies, found = {}, {}
    for line in lines:
        if line.certificate is None or line.state != LineState.WAITING:
            continue
        qualification = line.qualification
        about = qualification.course_id, qualification.track_id
        if about not in bodies:
            bodies[about] = _body_today(qualification)
        found[line.pk] = otherwise_today(line.certificate.face, qualification=qualification, body=bodies[about])
    return found


def _body_today(qualification) -> dict:
    """Nobody named where nobody issues today: then the run says so itself."""
    try:
        return body_today(qualification)
    except NoIssuer:
        return {}


def _kind_of(line) -> str:
    return "warn" if line.is_unsigned else _LINE_KINDS[LineState(line.state)]


def _group_words(state: LineState, found: IssuingRun) -> str:
    if state == LineState.WAITING and found.confirmed_at is None:
        return _PLANNED[RunKind(found.kind)]
    return state.label


_PLANNED = {
    RunKind.ISSUE: gettext_lazy("gets a certificate"),
    RunKind.REISSUE: gettext_lazy("gets a new certificate"),
    RunKind.REVOKE: gettext_lazy("certificate is revoked"),
}


def _words_of(line, found: IssuingRun) -> str:
    if line.state == LineState.WAITING and found.confirmed_at is None:
        return _PLANNED[RunKind(found.kind)]
    return _("has its number, waits to be signed") if line.is_unsigned else LineState(line.state).label
