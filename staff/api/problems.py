"""Refusals as RFC 9457 says (``application/problem+json``), each with a sentence for whoever reads the log."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import path, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    422: "Unprocessable Content",
    429: "Too Many Requests",
}


class Problem(Exception):
    """A refusal. ``code`` is a word for programs, ``detail`` a sentence for people."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


class ProblemOut(Schema):
    """What every refusal looks like."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


def not_found() -> Problem:
    """The one answer for what does not exist and for what the token must not see."""
    return Problem(404, "not_found", _("There is nothing of this name that the token may see."))


def speak_as_asked(request) -> None:
    """English where the other system asks for it, else Vietnamese.

    Unlike a browser on a shared computer it chooses its language on purpose.
    """
    said = request.headers.get("Accept-Language", "")
    translation.activate("en" if said.lower().startswith("en") else "vi")


def response_of(problem: Problem) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": TITLES[problem.status],
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=problem.status, content_type="application/problem+json"
    )
    response["Content-Language"] = translation.get_language()
    for name, value in problem.headers.items():
        response[name] = value
    return response


@csrf_exempt
@login_not_required
def unknown_address(request) -> HttpResponse:
    """What every address below an API answers that no operation of it has, with a token or without."""
    speak_as_asked(request)
    return response_of(
        Problem(404, "no_such_address", _("There is no such address. openapi.json lists those there are."))
    )


def with_unknown_addresses(urls: tuple) -> tuple:
    """The ``urls`` of an API, and a refusal in its own words for everything else below them."""
    patterns, *names = urls
    # ninja's own root must stay: its description finds the other addresses by it
    root, rest = path("", unknown_address, name="root"), re_path("", unknown_address, name="unknown_address")
    return ([root, *patterns, rest], *names)


def install(api: NinjaAPI) -> None:
    """Lets ``api`` answer every refusal so; faults of ours stay faults, which Django logs."""

    @api.exception_handler(Problem)
    def on_problem(request, problem):
        return response_of(problem)

    @api.exception_handler(AuthenticationError)
    def on_no_token(request, error):
        detail = _("Send a token that is valid today: Authorization: Bearer …")
        return response_of(Problem(401, "no_token", detail, {"WWW-Authenticate": "Bearer"}))

    @api.exception_handler(Http404)
    def on_404(request, error):
        return response_of(not_found())

    @api.exception_handler(HttpError)
    def on_http_error(request, error):
        return response_of(Problem(error.status_code, "refused", str(error)))

    @api.exception_handler(ValidationError)
    def on_bad_words(request, error):
        said = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors)
        return response_of(
            Problem(422, "bad_parameter", _("The request cannot be understood. %(said)s.") % {"said": said})
        )
