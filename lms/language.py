"""The language switch: Vietnamese unless the reader chooses otherwise, here."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from staff.sessions import LANGUAGE_SESSION_KEY

ONE_YEAR = 365 * 24 * 60 * 60


@login_not_required
@require_POST
def set_language(request):
    """Remembers the language on the account of who is signed in, else in the cookie; goes back to where one was.

    An unknown language changes nothing; an address outside this site leads home.
    """
    response = HttpResponseRedirect(_way_back(request))
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            request.session[LANGUAGE_SESSION_KEY] = language
            request.user.language = language
            request.user.save(update_fields=["language"])
        else:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=ONE_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    return response


def _way_back(request) -> str:
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return address
    return reverse("home")
