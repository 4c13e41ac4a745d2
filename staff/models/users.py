"""Accounts. A learning fact never points here: it points to the StaffMember, who outlives an account."""

import unicodedata

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.models.fields import NfcCharField
from staff.models.scopes import Scope

# Rooms above add what makes an account more than a learner's: functions without arguments that return the ids
# of such accounts as a subquery (an examiner named by an exam session, for one).
FURTHER_ROLES: list = []


def _composed(password):
    return unicodedata.normalize("NFC", password) if password else password


class UserQuerySet(models.QuerySet):
    def learners_only(self):
        """Accounts whose sole role is learner: no right over a unit today or later, no group, no right of their own.

        Whoever could set the password of another account could act as its owner: HR must not, for these others.
        """
        rights = Scope.objects.filter(Q(valid_until=None) | Q(valid_until__gte=clock.today()), user=OuterRef("pk"))
        plain = self.filter(is_superuser=False, staff_member__isnull=False, groups=None, user_permissions=None)
        for holders in FURTHER_ROLES:
            plain = plain.exclude(pk__in=holders())
        return plain.exclude(Exists(rights))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, staff_code):
        return self.get(staff_code=staff_code.upper())

    def create_user(self, *, staff_code: str, full_name: str, password: str | None = None, **fields) -> "User":
        """A new account. Without a password nobody can sign in until one is set."""
        fields["email"] = self.normalize_email(fields.get("email") or "").lower() or None
        user = self.model(staff_code=staff_code.upper(), full_name=full_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, staff_code: str, full_name: str = "Quản trị", password: str | None = None, **fields):
        return self.create_user(
            staff_code=staff_code, full_name=full_name, password=password, is_superuser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """An account: signs in with its staff code, or with its e-mail address where it has one.

    The staff code is ours, short, unique, stored in capitals and survives transfers; mail domains
    change with every reform. An administrator has ``is_superuser``; trainers and reviewers are in
    the groups of those names; what somebody may do about a unit is a Scope.
    """

    staff_code = models.CharField(_("staff code"), max_length=20, unique=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - unique where there is one
    full_name = NfcCharField(_("full name"), max_length=150)
    staff_member = models.OneToOneField(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="user"
    )
    language = models.CharField(
        _("language"), max_length=2, default="vi", choices=[("vi", "Tiếng Việt"), ("en", "English")]
    )
    is_active = models.BooleanField(_("active"), default=True)
    # Counted up by "sign out everywhere": every session of before is dead.
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "staff_code"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email", condition=~Q(email=None)),
            models.CheckConstraint(name="no_empty_email", condition=Q(email=None) | ~Q(email="")),
        ]

    def __str__(self):
        return self.full_name

    def set_password(self, raw_password):
        """Keyboards differ in how they compose accents: the same password must open the account on all of them."""
        super().set_password(_composed(raw_password))

    def check_password(self, raw_password):
        return super().check_password(_composed(raw_password))

    def _get_session_auth_hash(self, secret=None):
        if not self.session_generation:
            return super()._get_session_auth_hash(secret)
        value = f"{self.password}:{self.session_generation}"
        return salted_hmac("staff.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def first_name(self) -> str:
        """Wagtail greets people by this name."""
        return self.full_name

    @property
    def last_name(self) -> str:
        return ""

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.rsplit(" ", 1)[-1]
