"""Telling people: in the product always, by mail where there is an address."""

from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from staff import clock
from staff.enums import LetterPurpose
from staff.models import Notice, StaffMember, User
from staff.services.letters import enclose


@transaction.atomic
def notify(
    *,
    to: User | StaffMember,
    kind: str,
    key: str,
    words: Callable[[], tuple[str, str]],
    path: str = "",
    address: str | None = None,
    by_mail: bool = True,
) -> Notice | None:
    """Tell an account, or a person who may have none yet; None if ``key`` was told before.

    ``words`` returns (title, text) and is called in the reader's language. A reader with an e-mail address gets the
    same words by mail, sent later by a worker, unless ``by_mail`` is off because another letter says the same;
    ``address`` is where the mail goes instead.
    """
    user = to if isinstance(to, User) else getattr(to, "user", None)
    person_id = user.staff_member_id if user else to.pk
    recipient = {"staff_member_id": person_id} if person_id else {"user_id": user.pk}
    if Notice.objects.filter(**recipient, key=key).exists():
        return None
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        title, text = words()
        try:
            with transaction.atomic():
                notice = Notice.objects.create(**recipient, kind=kind, key=key, title=title, text=text, path=path)
        except IntegrityError:  # another process told it at the same moment
            return None
        mailbox = address or (user.email if user else None)
        if by_mail and mailbox and user and user.is_active:
            enclose(
                purpose=LetterPurpose.NOTICE,
                address=mailbox,
                subject=title,
                body=_letter_text(text, path),
                notice=notice,
            )
    return notice


def mark_read(*, user: User, notice_id: int | None = None) -> int:
    """The account's owner has read this notice, or all that wait; how many were unread."""
    unread = Notice.objects.of(user).unread()
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=clock.now())


def _letter_text(text: str, path: str) -> str:
    lines = [text]
    if path:
        lines.append(_("See it here: %(address)s") % {"address": settings.SITE_URL + path})
    return "\n\n".join(lines)
