"""Telling people: in the product always, by mail where there is an address."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from staff import clock
from staff.enums import LetterPurpose
from staff.models import Letter, Notice, StaffMember, User
from staff.services.letters import enclose


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell. ``words`` returns (title, text) and is called in the reader's language."""

    kind: str
    key: str
    words: Callable[[], tuple[str, str]]
    path: str = ""


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
    told = notify_together(to=to, tellings=[Telling(kind, key, words, path)], address=address, by_mail=by_mail)
    return told[0] if told else None


@transaction.atomic
def notify_together(
    *,
    to: User | StaffMember,
    tellings: Iterable[Telling],
    subject: Callable[[int], str] | None = None,
    address: str | None = None,
    by_mail: bool = True,
) -> list[Notice]:
    """A notice for each thing that was not told before, and one letter for all of them; as ``notify`` otherwise.

    ``subject`` makes of their number what stands over a letter of several.
    """
    user = to if isinstance(to, User) else getattr(to, "user", None)
    person_id = user.staff_member_id if user else to.pk
    recipient = {"staff_member_id": person_id} if person_id else {"user_id": user.pk}
    tellings = list(tellings)
    keys = [telling.key for telling in tellings]
    known = set(Notice.objects.filter(**recipient, key__in=keys).values_list("key", flat=True))
    if not (new := [telling for telling in tellings if telling.key not in known]):
        return []
    mailbox = address or (user.email if user else None)
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        said = [(telling, *telling.words()) for telling in new]
        try:
            with transaction.atomic():
                letter = _letter(said, subject, mailbox) if by_mail and mailbox and user and user.is_active else None
                return [
                    Notice.objects.create(
                        **recipient,
                        kind=one.kind,
                        key=one.key,
                        title=title,
                        text=text,
                        path=one.path,
                        letter=letter,
                    )
                    for one, title, text in said
                ]
        except IntegrityError:  # another process told one of them at the same moment
            if len(new) == 1:
                return []
    alone = (notify_together(to=to, tellings=[one], address=address, by_mail=by_mail) for one in new)
    return [notice for told in alone for notice in told]


def mark_read(*, user: User, notice_id: int | None = None) -> int:
    """The account's owner has read this notice, or all that wait; how many were unread."""
    unread = Notice.objects.of(user).unread()
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=clock.now())


def _letter(said, subject, mailbox) -> Letter:
    if len(said) == 1:
        ((_telling, over, text),) = said
        parts = [text]
    else:
        over = subject(len(said))
        parts = [f"{title}\n{text}" for _telling, title, text in said]
    paths = dict.fromkeys(telling.path for telling, *_words in said if telling.path)
    parts += [_("See it here: %(address)s") % {"address": settings.SITE_URL + path} for path in paths]
    return enclose(purpose=LetterPurpose.NOTICE, address=mailbox, subject=over, body="\n\n".join(parts))
