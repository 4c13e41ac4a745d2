"""The doors of the CMS, and its pages about accounts.

Wagtail brings its own sign-in, which would be a second door past our limits and the second factor; ours lead
to allauth. Its forms about people expect first and last names; ours has one full name.
"""

from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import IndexView, UserViewSet

from courses.access import may_see_in_cms
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


# Where Wagtail's addresses name a page. What a chooser offers is limited where it lists.
_PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
# Lists over the whole site (who edited what, in whichever course), and a page that fails on purpose.
_FOR_ADMINISTRATORS = {"wagtailadmin_reports", "wagtailadmin_error_test"}


def for_cms_people(view):
    """What somebody has no place in does not exist: the CMS for learners, other courses for trainers, all by 404.

    Wagtail asks for the right to edit, but shows a page's history, its comparisons and its usage to everybody.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        user = request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            raise Http404
        if user.is_authenticated and not user.is_superuser and not _is_open(request, kwargs):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _is_open(request, kwargs) -> bool:
    match = request.resolver_match
    if set(match.namespaces) & _FOR_ADMINISTRATORS or match.url_name in _FOR_ADMINISTRATORS:
        return False
    if match.url_name == "chosen" and not str(kwargs.get("pk", "")).isdecimal():
        return False  # Wagtail's choosers fall over an id that is none
    if match.url_name and match.url_name.startswith("wagtailadmin_choose_page"):
        return True
    named = [kwargs[name] for name in _PAGE_ARGUMENTS if name in kwargs]
    if "wagtailadmin_pages" in match.namespaces and "pk" in kwargs:
        named.append(kwargs["pk"])
    return all(may_see_in_cms(request.user, page_id=int(pk)) for pk in named)


@for_cms_people
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request):
    """By POST only, as everywhere; who opens the address is asked first. Wagtail's view drops the cookie even then."""
    if request.method != "POST":
        return redirect("account_logout")
    logout(request)
    return redirect("home")


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
