"""Pages that belong to no room, and the pages for errors."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template import loader

from lms.request_ids import current_request_id
from staff import security_log

SECONDS_TO_COME_BACK = 5


@login_not_required
def home(request):
    """The front door: what this is, how to sign in, how to check a certificate, and where one's own work is."""
    return render(request, "lms/home.html")


@login_not_required
def privacy(request):
    """What is stored about whom, why, for how long, and whom to ask."""
    return render(request, "lms/privacy.html")


def csrf_failure(request, reason=""):
    """The form was too old, or came from elsewhere: say so plainly."""
    security_log.note("csrf_refused", request=request, reason=reason)
    return render(request, "403_csrf.html", status=403)


def bad_request(request, exception=None):
    """The request itself cannot be trusted, so the page asks nothing of it: no session, no reader."""
    return _bare_page("400.html", status=400)


def server_error(request):
    """Something of ours failed, perhaps the database: the page asks nothing of it.

    Where it is the database that cannot be reached, whoever asks is told to come back: it is being restarted.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _bare_page("500.html", status=500)
    response = _bare_page("500.html", status=503)
    response["Retry-After"] = SECONDS_TO_COME_BACK
    return response


def _bare_page(template_name: str, *, status: int) -> HttpResponse:
    return HttpResponse(loader.render_to_string(template_name, {"request_id": current_request_id()}), status=status)
