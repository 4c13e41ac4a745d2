"""Which other systems are told of certificates; for administrators."""

import secrets

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates import access, services
from certificates.enums import EventKind
from certificates.errors import CertificateError
from certificates.models import WebhookDelivery, WebhookEndpoint
from certificates.webhook_forms import EndpointForm
from certificates.webhooks import sending
from staff.connections import tabs_for

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
PAGE_SIZE = 50


def _endpoint_for(user, pk: int) -> WebhookEndpoint:
    access.require_administrator(user)
    return get_object_or_404(WebhookEndpoint.objects.for_list(), pk=pk)


@require_safe
def endpoints(request):
    access.require_administrator(request.user)
    context = {"endpoints": WebhookEndpoint.objects.for_list(), "tabs": tabs_for("webhooks:endpoints")}
    return render(request, "certificates/webhooks/endpoints.html", context)


@get_or_post
def new_endpoint(request):
    """The secret is shown on this answer and never again."""
    access.require_administrator(request.user)
    initial = {"form_key": secrets.token_urlsafe(24), "kinds": [EventKind.ISSUED, EventKind.REVOKED]}
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found, secret = services.add_endpoint(by=request.user, **form.cleaned_data)
        except CertificateError as refusal:
            form.add_error(None, str(refusal))
        else:
            response = render(request, "certificates/webhooks/given.html", {"endpoint": found, "secret": secret})
            response["Cache-Control"] = "no-store, private"
            return response
    context = {"form": form, "breadcrumb": _breadcrumb()}
    return render(request, "certificates/webhooks/new_endpoint.html", context)


@require_safe
def endpoint(request, pk):
    """What was sent to one system, the newest first."""
    found = _endpoint_for(request.user, pk)
    rows = WebhookDelivery.objects.filter(endpoint=found).select_related("event__certificate__register")
    page = Paginator(rows.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"endpoint": found, "page": page, "breadcrumb": _breadcrumb()}
    return render(request, "certificates/webhooks/endpoint.html", context)


@require_POST
def switch_on(request, pk):
    found = _endpoint_for(request.user, pk)
    services.switch_endpoint_on(endpoint=found, by=request.user)
    messages.success(request, _("Messages are sent to %(name)s again.") % {"name": found.name})
    return redirect("webhooks:endpoint", pk)


@require_POST
def send_trial(request, pk):
    """A message that only tries the way, answered on the next page; also while nothing else is sent."""
    found = _endpoint_for(request.user, pk)
    if found.ended_at is not None:
        raise Http404
    outcome = sending.send_trial(found, by=request.user)
    if outcome.fault:
        messages.error(request, _("The trial message did not arrive: %(why)s.") % {"why": outcome.words})
    else:
        messages.success(request, _("The trial message arrived at %(name)s.") % {"name": found.name})
    return redirect("webhooks:endpoint", pk)


@require_POST
def send_again(request, pk, delivery):
    found = _endpoint_for(request.user, pk)
    if not WebhookDelivery.objects.filter(pk=delivery, endpoint=found).exists():
        raise Http404
    if services.send_webhook_again(delivery_id=delivery, user=request.user):
        messages.success(request, _("The message is sent again within seconds."))
    else:
        messages.info(request, _("This message is under way already, or nothing is sent to this system now."))
    return redirect("webhooks:endpoint", pk)


@get_or_post
def end_endpoint(request, pk):
    found = _endpoint_for(request.user, pk)
    if request.method == "POST":
        services.end_endpoint(endpoint=found, by=request.user)
        messages.success(request, _("Nothing is sent to %(name)s any more.") % {"name": found.name})
        return redirect("webhooks:endpoints")
    breadcrumb = [*_breadcrumb(), (found.name, reverse("webhooks:endpoint", args=[pk]))]
    return render(request, "certificates/webhooks/end_endpoint.html", {"endpoint": found, "breadcrumb": breadcrumb})


def _breadcrumb():
    pages = [("connections:tokens", _("Connections")), ("webhooks:endpoints", _("Told of certificates"))]
    return [(words, reverse(route)) for route, words in pages]
