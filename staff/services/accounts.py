"""Accounts come into being, get their slips and one-time codes, and their owners choose passwords."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock, codes
from staff.enums import CodeKind
from staff.models import AccountCode, StaffMember, User
from staff.services.errors import (
    CodeNotValid,
    MoreThanLearner,
    NotActivatedYet,
    NothingToPrint,
    PrintedMeanwhile,
    ReasonMissing,
)
from staff.services.notices import notify


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """An account and the code that opens it, which is shown now and never again."""

    user: User
    code: str
    valid_until: datetime


@transaction.atomic
def create_accounts(*, people, by) -> list[User]:
    """An account without a password for each of ``people`` who has none; those made now.

    Asked twice, or by two officers at once, a person gets one account: whoever comes second waits and finds it.
    """
    people = list(StaffMember.objects.select_for_update().filter(pk__in=[p.pk for p in people]).order_by("pk"))
    have = set(User.objects.filter(staff_member__in=people).values_list("staff_member_id", flat=True))
    made = []
    for person in people:
        if person.pk in have or person.merged_into_id:
            continue
        user = _new_account(person)
        log(instance=user, action="staff.account.create", user=by)
        made.append(user)
    return made


def _new_account(person: StaffMember) -> User:
    while True:
        try:
            with transaction.atomic():
                return User.objects.create_user(
                    staff_code=codes.new_staff_code(),
                    full_name=person.full_name,
                    email=_free_address(person.email),
                    staff_member=person,
                )
        except IntegrityError:
            # One code in some hundred million is taken; an account of this person would be a real refusal.
            if User.objects.filter(staff_member=person).exists():
                raise


def _free_address(email: str) -> str | None:
    return None if not email or User.objects.filter(email__iexact=email).exists() else email


@transaction.atomic
def print_slips(*, people, by, token: str, seen: int) -> list[IssuedCode]:
    """Make accounts where they are missing, and a new activation code for everybody who has chosen no password yet.

    In the order of the people's rows. The codes of earlier slips die. ``token`` is the random value of the officer's
    form: the same form sent twice gives the same codes. ``seen`` is the newest code that form knew of: if somebody
    printed since, PrintedMeanwhile.
    """
    chosen = [person.pk for person in people]
    list(StaffMember.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    key = codes.print_key(token=token, officer_id=by.pk)
    if again := _printed_a_moment_ago(key, chosen, by=by, token=token):
        return again
    if newest_code(people) > seen:
        raise PrintedMeanwhile
    create_accounts(people=people, by=by)
    waiting = without_password().filter(staff_member__in=chosen)
    accounts = list(waiting.select_related("staff_member").order_by("staff_member"))
    if not accounts:
        raise NothingToPrint
    until = clock.end_of_day(clock.today() + timedelta(days=settings.ACTIVATION_CODE_DAYS))
    issued = _issue(accounts, kind=CodeKind.ACTIVATION, token=token, by=by, valid_until=until)
    for user in accounts:
        log(instance=user, action="staff.slip.print", user=by, data={"until": until.isoformat()})
    return issued


def without_password():
    """Accounts for which a slip may be printed: a learner's alone, open, and nobody has chosen a password yet."""
    return User.objects.learners_only().filter(is_active=True, password__startswith="!")


def newest_code(people) -> int:
    """The newest code of these people's accounts, 0 if there is none: by it a form knows whether it is out of date."""
    rows = AccountCode.objects.filter(user__staff_member__in=[p.pk for p in people], kind=CodeKind.ACTIVATION)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _printed_a_moment_ago(key: str, chosen, *, by, token) -> list[IssuedCode]:
    """The codes of the same form sent before, as long as they are live; made again, since only hashes are stored."""
    moment_ago = clock.now() - timedelta(minutes=10)
    rows = AccountCode.objects.usable().filter(
        print_key=key, issued_at__gt=moment_ago, kind=CodeKind.ACTIVATION, user__staff_member__in=chosen
    )
    return [
        IssuedCode(row.user, _code_for(row.user, row.kind, by=by, token=token), row.valid_until)
        for row in rows.select_related("user__staff_member").order_by("user__staff_member")
    ]


def _code_for(user, kind, *, by, token) -> str:
    return codes.one_time_code(token=f"{kind}:{by.pk}:{token}", account_id=user.pk)


@transaction.atomic
def issue_one_time_code(*, user: User, by: User, reason: str, token: str) -> IssuedCode:
    """A code by which somebody who forgot the password chooses a new one; its owner is told, and it is logged.

    Only for an account whose sole role is learner, and only where a password was chosen before (else: a slip).
    """
    if not reason.strip():
        raise ReasonMissing
    user = User.objects.select_for_update().get(pk=user.pk)
    if not User.objects.learners_only().filter(pk=user.pk, is_active=True).exists():
        raise MoreThanLearner(user)
    if not user.has_usable_password():
        raise NotActivatedYet(user)
    if (shown := _shown_a_moment_ago(user, by=by, token=token)) is not None:
        return shown
    until = clock.now() + timedelta(minutes=settings.ONE_TIME_CODE_MINUTES)
    [issued] = _issue([user], kind=CodeKind.ONE_TIME, token=token, by=by, valid_until=until, reason=reason)
    log(instance=user, action="staff.code.issue", user=by, data={"reason": reason, "until": until.isoformat()})
    row = AccountCode.objects.live().get(user=user)
    notify(
        to=user,
        kind="account.one_time_code",
        key=f"code:{row.pk}",
        words=partial(_code_words, by.full_name, row.issued_at, reason),
        path=reverse("account:profile"),
    )
    return issued


def _shown_a_moment_ago(user, *, by, token) -> IssuedCode | None:
    """The code of the same form sent before, while it can be used: a page loaded again is no new event."""
    key = codes.print_key(token=token, officer_id=by.pk)
    row = AccountCode.objects.usable().filter(user=user, print_key=key, kind=CodeKind.ONE_TIME).first()
    return row and IssuedCode(user, _code_for(user, row.kind, by=by, token=token), row.valid_until)


def _code_words(officer: str, moment, reason: str) -> tuple[str, str]:
    return _("HR issued a one-time code for your account"), _(
        "%(officer)s issued it at %(moment)s, for this reason: %(reason)s. If you did not ask for it, tell the head of "
        "your agency or the administrator at once: whoever holds the code can act in your name."
    ) % {"officer": officer, "moment": clock.shown_moment(moment), "reason": reason}


def _issue(accounts, *, kind, token, by, valid_until, reason="") -> list[IssuedCode]:
    """New codes; those of before are revoked. The caller holds the locks."""
    AccountCode.objects.live().filter(user__in=accounts).update(revoked_at=clock.now())
    key = codes.print_key(token=token, officer_id=by.pk)
    issued = [IssuedCode(user, _code_for(user, kind, by=by, token=token), valid_until) for user in accounts]
    AccountCode.objects.bulk_create(
        AccountCode(
            user=one.user,
            kind=kind,
            code_hash=codes.hash_of(one.code, account_id=one.user.pk),
            print_key=key,
            issued_by=by,
            reason=reason,
            valid_until=valid_until,
            most_tries=settings.CODE_TRIES,
        )
        for one in issued
    )
    return issued


def check_code(*, staff_code: str, code: str) -> AccountCode:
    """The usable code of that account, or CodeNotValid: alike for an unknown account, a wrong, a used and an old code.

    Each call counts as a try of the account's live code, right or wrong, by the same statements in every case.
    """
    theirs = AccountCode.objects.usable().filter(user__staff_code=staff_code, user__is_active=True)
    # The try is taken before the code is looked at: many at once get no more than the allowed number.
    taken = AccountCode.objects.filter(pk__in=theirs.values("pk"), tries__lt=F("most_tries")).update(
        tries=F("tries") + 1
    )
    row = AccountCode.objects.live().filter(user__staff_code=staff_code).select_related("user").first()
    stored, account_id = (row.code_hash, row.user_id) if row else ("", 0)
    is_right = codes.matches(code, stored, account_id=account_id)
    if not (taken and row and is_right):
        raise CodeNotValid
    return row


def tell_of_locked_codes() -> int:
    """Tell each officer once of a slip or code of hers that wrong tries have locked; how many were told.

    A sweeper, not the try itself, tells it: a try takes as long for an account that exists as for one that does not.
    """
    told = 0
    for code in AccountCode.objects.locked().exclude(issued_by=None).select_related("user__staff_member", "issued_by"):
        person = code.user.staff_member
        told += bool(
            notify(
                to=code.issued_by,
                kind="account.locked",
                key=f"code-locked:{code.pk}",
                words=partial(_locked_words, code.user.full_name),
                path=reverse("staff:person", args=[person.pk]) if person else "",
            )
        )
    return told


def _locked_words(name: str) -> tuple[str, str]:
    return _("The code of %(name)s is locked") % {"name": name}, _(
        "Too many wrong codes were typed for this account, perhaps by somebody else. The slip no longer opens it: "
        "please print a new one, or give a new code."
    )


@transaction.atomic
def use_code(*, code: AccountCode, password: str) -> User:
    """Set the first, or a new, password by a code that was checked; the code is used up and all sessions are dead."""
    locked = AccountCode.objects.select_for_update().filter(pk=code.pk).first()
    now = clock.database_now()
    used = AccountCode.objects.live().filter(pk=code.pk, valid_until__gt=now).update(used_at=now)
    if locked is None or used != 1:
        raise CodeNotValid
    user = User.objects.select_for_update().get(pk=locked.user_id)
    is_first = not user.has_usable_password()
    user.set_password(password)
    user.session_generation += 1
    user.save(update_fields=["password", "session_generation"])
    log(instance=user, action="staff.account.activate" if is_first else "staff.password.set_by_code", user=user)
    notify(
        to=user,
        kind="account.activated" if is_first else "account.password",
        key=f"code-used:{locked.pk}",
        words=_activated_words if is_first else password_words,
        path=reverse("account:profile"),
    )
    return user


def _activated_words() -> tuple[str, str]:
    return _("Your account is open"), _(
        "From now on sign in with your staff code and the password you chose. If it was not you, tell the HR officer "
        "of your agency at once."
    )


def password_words() -> tuple[str, str]:
    return _("Your password was changed"), _(
        "All other devices were signed out. If it was not you, tell the HR officer of your agency at once."
    )


def password_was_changed(*, user: User) -> None:
    """Tell the owner that the password is another one now."""
    notify(
        to=user,
        kind="account.password",
        key=f"password:{clock.now().isoformat()}",
        words=password_words,
        path=reverse("account:profile"),
    )


@transaction.atomic
def change_profile(*, user: User, language: str, phone: str | None = None) -> User:
    """Keep what the owner of the account wrote; nothing else of the account or the person is touched."""
    user.language = language
    user.save(update_fields=["language"])
    if phone is not None and user.staff_member:
        user.staff_member.phone = phone
        user.staff_member.save(update_fields=["phone"])
    return user


def is_taken(email: str, *, by_other_than: User) -> bool:
    return User.objects.filter(email__iexact=email).exclude(pk=by_other_than.pk).exists()


@transaction.atomic
def change_address(*, user: User, email: str | None) -> User:
    """Give the account another address, or none. The old one is told: it may be the only way to notice."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.email == email:
        return user
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    log(instance=user, action="staff.account.address", user=user)
    address_was_changed(user=user, before=before)
    return user


@transaction.atomic
def address_was_changed(*, user: User, before: str | None) -> None:
    """Tell the owner that letters go elsewhere now, at the address of before where there was one."""
    EmailAddress.objects.filter(user=user).delete()
    notify(
        to=user,
        kind="account.address",
        key=f"address:{clock.now().isoformat()}",
        words=partial(_address_words, user.email or ""),
        path=reverse("account:profile"),
        address=before,
    )


def _address_words(email: str) -> tuple[str, str]:
    advice = _("If it was not you, tell the HR officer of your agency at once.")
    if not email:
        return _("Your e-mail address was removed"), advice
    return _("Your e-mail address was changed"), _("Letters now go to %(email)s.") % {"email": email} + " " + advice


@transaction.atomic
def end_sessions(*, user: User) -> User:
    """Every session of the account is dead from now on."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    log(instance=user, action="staff.account.sessions", user=user)
    return user
