"""Which other systems may read here; for administrators."""

import secrets

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from staff import services
from staff.connection_forms import TokenForm
from staff.connections import tabs_for
from staff.models import ApiToken

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def require_administrator(user) -> None:
    """404 for everybody else: that there are such pages is nobody's business."""
    if not user.is_superuser:
        raise Http404


@require_safe
def tokens(request):
    require_administrator(request.user)
    rows = list(ApiToken.objects.newest_first())
    context = {"tokens": rows, "tabs": tabs_for("connections:tokens"), "active": sum(t.state == "active" for t in rows)}
    return render(request, "staff/connections/tokens.html", context)


@get_or_post
def new_token(request):
    """The token is shown on this answer and never again."""
    require_administrator(request.user)
    form = TokenForm(request.POST or None, initial={"form_key": secrets.token_urlsafe(24)})
    if request.method == "POST" and form.is_valid():
        try:
            token, words = services.give_token(by=request.user, **form.cleaned_data)
        except services.StaffError as refusal:
            form.add_error(None, str(refusal))
        else:
            response = render(request, "staff/connections/token_given.html", {"token": token, "words": words})
            response["Cache-Control"] = "no-store, private"
            return response
    breadcrumb = [(_("Connections"), reverse("connections:tokens"))]
    return render(request, "staff/connections/new_token.html", {"form": form, "breadcrumb": breadcrumb})


@get_or_post
def end_token(request, pk):
    require_administrator(request.user)
    token = get_object_or_404(ApiToken.objects.select_related("unit"), pk=pk)
    if request.method == "POST":
        services.end_token(token=token, by=request.user)
        messages.success(request, _("The token of %(name)s opens nothing any more.") % {"name": token.name})
        return redirect("connections:tokens")
    breadcrumb = [(_("Connections"), reverse("connections:tokens"))]
    return render(request, "staff/connections/end_token.html", {"token": token, "breadcrumb": breadcrumb})
