"""What somebody does with the own account: open it by a code, choose a password, keep the profile."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from staff import access, account_addresses, clock, queries, services, sign_in_limits
from staff.account_forms import (
    ActivateForm,
    AddressForm,
    ChoosePasswordForm,
    ConfirmAddressForm,
    ProfileForm,
    RemoveAddressForm,
)
from staff.models import AccountCode
from staff.sessions import LANGUAGE_SESSION_KEY

# The id of the code that was checked; the code itself is kept nowhere.
_CHECKED = "checked_code"


@sensitive_post_parameters("code")
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request):
    """Type the staff code and the code of the slip (or of HR); the same words for every code that does not open."""
    form = ActivateForm(request.POST or None)
    if request.method == "POST":
        if refused := ratelimit.consume_or_429(request, action="activate"):
            return refused
        if form.is_valid():
            network = sign_in_limits.take_for_code(request)
            if network is None:
                return ratelimit.respond_429(request)
            try:
                code = services.check_code(**form.cleaned_data)
            except services.CodeNotValid as refusal:
                network.failed()
                form.refuse(str(refusal))
            else:
                request.session.cycle_key()
                request.session[_CHECKED] = code.pk
                return redirect("account:choose_password")
    return render(request, "account/activate.html", {"form": form})


@sensitive_post_parameters()
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request):
    """The second step: the password. The code is used up with it, and its owner is signed in."""
    rows = AccountCode.objects.live().filter(valid_until__gt=clock.now(), user__is_active=True)
    code = rows.select_related("user").filter(pk=request.session.get(_CHECKED)).first()
    if code is None:
        return redirect("account:activate")
    form = ChoosePasswordForm(request.POST or None, user=code.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.use_code(code=code, password=form.cleaned_data["password1"])
        except services.CodeNotValid as refusal:
            messages.error(request, str(refusal))
            return redirect("account:activate")
        del request.session[_CHECKED]
        record_authentication(request, user, method="one_time_code")
        return perform_login(request, Login(user=user))
    return render(request, "account/choose_password.html", {"form": form, "owner": code.user})


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """The own account: what it is, and what may be changed."""
    user = request.user
    person = user.staff_member
    known = {"phone": person.phone if person else "", "language": user.language}
    form = ProfileForm(request.POST or None, initial=known)
    if person is None:
        del form.fields["phone"]
    if request.method == "POST" and form.is_valid():
        services.change_profile(user=user, **form.cleaned_data)
        request.session[LANGUAGE_SESSION_KEY] = user.language
        messages.success(request, _("Saved."))
        return redirect("account:profile")
    sheet = queries.own_account(user)
    return render(request, "account/profile.html", {"form": form, "sheet": sheet})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def address(request):
    """Add or change the e-mail address: a code goes to the new one, and is typed on the next page."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        account_addresses.ask(request, form.cleaned_data["email"])
        return redirect("account:confirm_address")
    return render(request, "account/address.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request):
    """The code that went to the new address."""
    pending = account_addresses.pending(request)
    if pending is None:
        return redirect("account:address")
    form = ConfirmAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if account_addresses.confirm(request, form.cleaned_data["code"]):
            messages.success(request, _("Your e-mail address is %(email)s now.") % {"email": pending})
            return redirect("account:profile")
        form.add_error("code", _("This code is wrong or out of time. You can have a new one sent."))
    return render(request, "account/confirm_address.html", {"form": form, "address": pending})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_address(request):
    """Without an address the staff code opens the account, and HR helps whoever forgot the password."""
    form = RemoveAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_owner(request, form):
        services.change_address(user=request.user, email=None)
        messages.success(request, _("The e-mail address was removed from your account."))
        return redirect("account:profile")
    return render(request, "account/remove_address.html", {"form": form})


@require_POST
def sign_out_elsewhere(request):
    """Every other session of the account is dead; this one goes on."""
    user = services.end_sessions(user=request.user)
    update_session_auth_hash(request, user)
    messages.success(request, _("All other devices were signed out."))
    return redirect("account:profile")


def _is_owner(request, form) -> bool:
    """Whether the password of the form is the account's; a wrong one counts like a wrong try to sign in."""
    try:
        if get_adapter().reauthenticate(request.user, form.cleaned_data["password"]):
            return True
    except ValidationError as refusal:
        form.add_error("password", refusal)
        return False
    form.add_error("password", _("This is not your password."))
    return False


@require_safe
def notices(request):
    """What the product told the reader, unread first."""
    return render(
        request, "staff/notices.html", {"page": queries.notices_page(request.user, request.GET.get("page", 1))}
    )


@require_POST
def read_notice(request):
    """Marks one notice (``pk``), or all, as read; goes to what the notice is about, or back to the list."""
    pk = request.POST.get("pk", "")
    if not pk:
        services.mark_read(user=request.user)
        return redirect("notices:list")
    notice = access.notice_for(request.user, pk=pk)
    services.mark_read(user=request.user, notice_id=notice.pk)
    return redirect(notice.path if notice.path and "go" in request.POST else "notices:list")
