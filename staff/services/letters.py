"""Mail: written as rows, sent by a worker, each letter on its own."""

import logging
import smtplib
from datetime import timedelta
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from wagtail.log_actions import log

from staff import clock
from staff.enums import LetterPurpose
from staff.models import Letter, User

logger = logging.getLogger(__name__)

BATCH = 50
MOST_TRIES = 6
# The server is away: everything waits this long. Short, so that all is out soon after it is back.
OUTAGE = timedelta(seconds=60)
# What the server says of one letter, not of itself.
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPNotSupportedError,
)


def enclose(*, purpose: str, address: str, subject: str = "", body: str = "") -> Letter:
    """Write a letter in the caller's transaction; a worker finds it some seconds after the commit."""
    if body:
        body = render_to_string("account/email/letter.txt", {"text": body})
    subject = " ".join(subject.split())[:250]
    return Letter.objects.create(purpose=purpose, address=address, subject=subject, body=body)


def send_waiting() -> int:
    """Send what waits; how many went out.

    A letter the server refuses is tried again later and later and stops no other. While the server is away nothing
    counts as a try. A letter is claimed before it is sent, so that two workers never send it both; it
    carries a Message-ID of its own, by which a mailbox knows it again if a worker died in the very act.
    """
    now = clock.now()
    waiting = list(Letter.objects.waiting(now).order_by("not_before", "pk").values_list("pk", flat=True)[:BATCH])
    if not waiting:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # SMTP's own errors are OSErrors too
        _server_is_away(now, error)
        return 0
    sent = 0
    try:
        for pk in waiting:
            claimed = Letter.objects.waiting(now).filter(pk=pk).update(claimed_at=clock.now())
            if not claimed:
                continue
            if (outcome := _send(pk, connection)) is None:
                break
            sent += outcome
    finally:
        _hang_up(connection)
    return sent


@transaction.atomic
def send_again(*, letter_id: int, user: User) -> bool:
    """Let a letter that was postponed or given up be sent at once, with all its tries. Whether there was one."""
    now = clock.now()
    failed = Letter.objects.unclaimed(now).exclude(last_error="").filter(pk=letter_id)
    if not failed.update(tries=0, claimed_at=None, given_up_at=None, not_before=now, last_error=""):
        return False
    log(instance=Letter.objects.get(pk=letter_id), action="staff.job.retry", user=user)
    return True


def _send(pk: int, connection) -> bool | None:
    """Whether the letter went out; None if the server went away."""
    letter = Letter.objects.get(pk=pk)
    try:
        message = _message(letter, connection)
        if message is not None:
            message.send()
    except REFUSALS as error:
        _postpone(letter, error)
        return False
    except OSError as error:
        Letter.objects.filter(pk=pk).update(claimed_at=None)
        _server_is_away(clock.now(), error)
        return None
    except Exception as error:  # noqa: BLE001 - one letter that cannot be written must not stop the others
        logger.exception("Letter %s cannot be sent", pk)
        _postpone(letter, error)
        return False
    # What a letter said is in its notice; a code is kept by nobody.
    Letter.objects.filter(pk=pk).update(sent_at=clock.now(), body="", last_error="")
    return message is not None


def _message(letter: Letter, connection) -> EmailMessage | None:
    subject, body = letter.subject, letter.body
    if letter.purpose == LetterPurpose.RESET:
        user = User.objects.filter(email__iexact=letter.address, is_active=True).first()
        if user is None:
            return None
        subject, body = _reset_words(user)
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<letter-{letter.pk}-{letter.created_at:%Y%m%d%H%M%S%f}@{host}>"}
    return EmailMessage(subject, body, to=[letter.address], connection=connection, headers=headers)


def _reset_words(user: User) -> tuple[str, str]:
    """The letter that leads to a new password; the link is made now and is kept by nobody."""
    with translation.override(user.language):
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        address = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
        words = {"password_reset_url": address, "username": user.staff_code}
        subject = render_to_string("account/email/password_reset_key_subject.txt")
        return " ".join(subject.split()), render_to_string("account/email/password_reset_key_message.txt", words)


def _postpone(letter: Letter, error: Exception) -> None:
    tries = letter.tries + 1
    now = clock.now()
    Letter.objects.filter(pk=letter.pk).update(
        tries=F("tries") + 1,
        claimed_at=None,
        not_before=now + timedelta(seconds=30 * 4**tries),
        given_up_at=now if tries >= MOST_TRIES else None,
        last_error=_said(error),
    )


def _server_is_away(now, error: OSError) -> None:
    logger.warning("The mail server is away: %s", _said(error))
    Letter.objects.waiting(now).update(not_before=now + OUTAGE, last_error=_said(error))


def _said(error: Exception) -> str:
    """The kind of the fault and the server's number for it; the texts of servers name addresses."""
    number = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {number}".strip()


def _hang_up(connection) -> None:
    try:
        connection.close()
    except OSError as error:
        logger.info("The mail server did not say goodbye: %s", _said(error))
