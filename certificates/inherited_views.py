"""Registers that were taken over: what they are, a line by its code, and taking one back."""

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from certificates import access, codes, queries, services
from certificates.errors import CertificateError
from certificates.models import InheritedCertificate, InheritedRegister
from certificates.navigation import tabs_for
from staff import clock
from staff.form_fields import DayField


class RevokeInheritedForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("It stands in the log.")
    )
    from_day = DayField(label=gettext_lazy("First day on which it no longer holds"))


@require_http_methods(["GET", "HEAD", "POST"])
def inherited(request):
    """The registers, and with ``?ma=`` the line with that code; posted, that line is revoked."""
    access.require_administrator(request.user)
    typed = request.GET.get("ma", "")[:100]
    found = InheritedCertificate.objects.filter(code=codes.normalise(typed)).select_related("register", "revoked_by")
    certificate = found.first()
    form = RevokeInheritedForm(request.POST or None, initial={"from_day": clock.today()})
    if request.method == "POST" and certificate is not None and form.is_valid():
        try:
            services.revoke_inherited(certificate=certificate, by=request.user, **form.cleaned_data)
        except CertificateError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The certificate is revoked."))
            return redirect(f"{reverse('certificates:inherited')}?ma={certificate.code}")
    record = queries.public_record(certificate.code, on=clock.today()) if certificate else None
    context = {
        "tabs": tabs_for(request.user, "inherited"),
        "registers": InheritedRegister.objects.annotate(lines=Count("certificates")).order_by("body", "pk"),
        "typed": typed,
        "certificate": certificate,
        "record": record,
        "may_revoke": certificate is not None and certificate.record["status"] == "issued",
        "form": form,
    }
    return render(request, "certificates/inherited.html", context)
