"""The public check page: a code, a file, or a name with a birth date. Nothing that is typed or handed in is kept."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from certificates import check_answers, check_limits, codes, identity, queries, signing, status_list
from certificates.badge_issuer import profile
from certificates.errors import KeyProblem
from certificates.verification import LARGEST, is_known_file, verify_file
from staff import clock

# What a form adds to the file it sends.
FORM_AROUND = 16 * 1024


@csrf_exempt  # the size is looked at first; _file is protected
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def form(request):
    """Where a code is typed, in any spelling, or a file is chosen."""
    if request.method != "POST":
        return _typed(request)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST + FORM_AROUND:
        return _page(request, {}, status=413, problem="too_large")
    request.upload_handlers = [_OneSmallFile(request)]
    return _file(request)


def _typed(request):
    typed = request.GET.get("code", "")
    code = codes.normalise(typed)
    if codes.is_well_formed(code):
        return redirect("verification:check", code=code)
    return _page(request, {"typed": typed}, problem="short" if typed.strip() else "")


@csrf_protect
def _file(request):
    chosen = request.FILES.get("file")
    if chosen is None:
        return _page(request, {}, status=400, problem="no_file")
    content = chosen.read()
    if not is_known_file(content) and not check_limits.may_show_foreign_file(request):
        return _page(request, {}, status=429, problem="slowed")
    verdict = verify_file(content)
    if verdict.problem == "busy":
        return _page(request, {}, status=503, problem="busy")
    context = {"record": verdict.record, "result": check_answers.of_file(verdict), "file_name": chosen.name}
    return _page(request, {**context, "sha256": verdict.details["sha256"]})


class _OneSmallFile(MemoryFileUploadHandler):
    """Keeps the file in memory, never on the disk, and stops where it is too large whatever its header said."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.activated, self.seen = True, 0

    def receive_data_chunk(self, raw_data, start):
        self.seen += len(raw_data)
        if self.seen > LARGEST:
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, code):
    """What was certified to whom, and whether it holds today. An unknown code gets one plain sentence.

    Who posts the name and the birth date as on the paper is told whether they match, and nothing more.
    """
    code = codes.normalise(code)
    record = queries.public_record(code, on=clock.today())
    if record is None:
        if not check_limits.may_ask_unknown(request):
            return _page(request, {"typed": codes.grouped(code)}, status=429, problem="slowed")
        return _page(request, {"typed": codes.grouped(code)}, status=404, problem="unknown")
    check_limits.note_found(request, code)
    context = {"typed": codes.grouped(code), "record": record, "result": check_answers.of_code(record)}
    if request.method == "POST":
        context |= _compared(request, code)
    return _page(request, context)


def _compared(request, code) -> dict:
    """What was typed goes back into the form only where it has to be mended: the answer shows nothing of it."""
    name, born = request.POST.get("name", ""), request.POST.get("born", "")
    if not identity.is_readable(born):
        return {"match": "no_day", "name": name[:150], "born": born[:20]}
    return {"match": _match(request, code, name=name, born=born)}


def _match(request, code, *, name, born) -> str:
    if not check_limits.may_try_name(request, code):
        return "slowed"
    if not identity.is_holder(code, name=name, born=born):
        return "no"
    check_limits.forget_name(request, code)
    return "yes"


@login_not_required
@require_safe
def guide(request):
    """In three steps: how a reader of PDF comes to trust our signatures."""
    return render(request, "verification/guide.html", {"roots": signing.public_roots()})


@login_not_required
@require_safe
def root(request, fingerprint):
    """A certificate that our signatures lead to, as readers of PDF import it."""
    found = next((root for root in signing.public_roots() if root.fingerprint == fingerprint), None)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type="application/pkix-cert")
    response["Content-Disposition"] = f'attachment; filename="chung-thu-goc-{fingerprint[:8]}.cer"'
    return response


@login_not_required
@require_safe
def issuer_profile(request):
    """Who issues, as readers of badges fetch it."""
    response = JsonResponse(profile(on=clock.today()), json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
def statuses(request, number):
    """The signed list of what no longer counts."""
    if not status_list.exists(number):
        raise Http404
    try:
        content = status_list.signed_list(number)
    except KeyProblem:
        return HttpResponse(status=503)
    response = HttpResponse(content, content_type="application/vc+jwt")
    response["Cache-Control"] = f"public, max-age={status_list.KEPT // 3}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _page(request, context, *, status=200, problem=""):
    words = check_answers.of_problem(problem) if problem else None
    context = {"now": clock.now(), "problem": words, **context}
    response = render(request, "verification/check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
