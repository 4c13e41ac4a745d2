"""The doors of the CMS, and its pages about accounts.

Wagtail brings its own sign-in, which would be a second door past our limits and the second factor; ours lead
to allauth. Its forms about people expect first and last names; ours has one full name.
"""

from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView, UserViewSet

from staff import services


@login_not_required
def sign_in(request, **kwargs):
    """Wagtail's sign-in addresses lead to the one sign-in page, and back to where the person wanted to go."""
    wanted = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = "/cms/"
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(wanted)


@login_not_required
def reset_password(request, **kwargs):
    """Wagtail's password reset leads to the one reset page."""
    return redirect("account_reset_password")


def for_cms_people(view):
    """Signed-in people without a place in the CMS get 404: for them it does not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("wagtailadmin.access_admin"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class _AccountForm(forms.ModelForm):
    def clean_email(self):
        """No address is stored as nothing at all: many staff have none."""
        return (self.cleaned_data.get("email") or "").strip().lower() or None

    def clean_staff_code(self):
        return self.cleaned_data["staff_code"].strip().upper()


class AccountCreationForm(_AccountForm, UserCreationForm):
    first_name = None
    last_name = None
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail"))

    class Meta(UserCreationForm.Meta):
        fields = ["staff_code", "full_name", "email", "language", "is_superuser", "groups"]


class AccountEditForm(_AccountForm, UserEditForm):
    first_name = None
    last_name = None
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail"))

    class Meta(UserEditForm.Meta):
        fields = ["staff_code", "full_name", "email", "language", "is_active", "is_superuser", "groups"]

    def save(self, commit=True):
        """What an administrator changes of the way in is told to the owner, as if the owner had done it."""
        before = self.initial.get("email")
        user = super().save(commit=commit)
        if self.cleaned_data.get("password1"):
            services.password_was_changed(user=user)
        if "email" in self.changed_data:
            services.address_was_changed(user=user, before=before)
        return user


class AccountIndexView(IndexView):
    search_fields = ["staff_code", "full_name", "email"]

    def order_queryset(self, queryset):
        """Wagtail would sort by last and first names, which our accounts do not have."""
        if self.ordering in {"name", "-name"}:
            return queryset.order_by(self.ordering.replace("name", "full_name"))
        return super().order_queryset(queryset)


class AccountViewSet(UserViewSet):
    index_view_class = AccountIndexView
    search_fields = ["staff_code", "full_name", "email"]

    def get_form_class(self, for_update=False):
        return AccountEditForm if for_update else AccountCreationForm


class OwnAccountView(AccountView):
    """My settings in the CMS, without first and last name: the name on certificates comes from the staff list."""

    def get_panels(self):
        return [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]


def refuse_to_delete_accounts(request, users):
    """An account is closed, never deleted: the log and the facts point to it."""
    messages.error(request, _("Accounts are not deleted. Make the account inactive instead."))
    return redirect("wagtailusers_users:index")
