"""What administrators are told without asking: once when it begins, not again while it lasts."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.signing import KeyCondition, is_outside, key_condition
from lms import background, health
from lms.words import words_of_function
from staff import clock
from staff.background import JobState
from staff.models import Alarm, BackgroundFunction, Letter, User
from staff.services import notify

logger = logging.getLogger(__name__)

# A function that fails for less time is none of anybody's business: it is tried again.
FAILING_FOR = timedelta(minutes=5)
# A mail server may be restarted; a letter that waits longer than this says that nobody gets any.
MAIL_STANDS_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is wrong now. The same ``key`` is the same matter, whatever the ``text`` says by then."""

    key: str
    text: str


def raise_alarms() -> int:
    """Opens an alarm for each new matter, ends those that are over, tells the administrators. How many it opened."""
    with translation.override(settings.LANGUAGE_CODE):
        matters = {
            matter.key: matter for matter in (*_of_the_key(), *_of_the_storage(), *_of_the_mail(), *_of_the_work())
        }
    with transaction.atomic():
        still_open = set(Alarm.objects.filter(ended_at=None).values_list("key", flat=True))
        Alarm.objects.filter(ended_at=None, key__in=still_open - matters.keys()).update(ended_at=clock.now())
        new = [Alarm(key=key, text=matters[key].text[:300]) for key in sorted(matters.keys() - still_open)]
        # another host may open the same alarm at the same moment: then it is told once all the same
        Alarm.objects.bulk_create(new, ignore_conflicts=True)
    for alarm in new:
        logger.error("Alarm: %s", alarm.key, extra={"facts": {"event": "alarm", "alarm": alarm.key}})
    _tell()
    return len(new)


def _of_the_key() -> list[Matter]:
    condition = key_condition()
    if condition.word == "ok":
        return []
    return [Matter(f"signing-key:{condition.fingerprint[:16]}:{condition.word}", key_words(condition))]


def key_words(condition: KeyCondition) -> str:
    """What is the matter with the signing key and what to do, in a sentence or two."""
    if condition.word == "missing" and is_outside():
        return _(
            "Nobody can sign certificates, so they wait. Look at SIGNING_OUTSIDE_SIGNER_FILES and "
            "SIGNING_OUTSIDE_SEAL_FILES."
        )
    if condition.word == "missing":
        return _(
            "The signing key cannot be used, so certificates wait. Look at SIGNING_KEY_FILE and SIGNING_CERT_FILE."
        )
    day = clock.local_day(condition.valid_until).strftime("%d/%m/%Y") if condition.valid_until else ""
    if condition.word == "expired":
        return _("The signing certificate ended on %(day)s, so certificates wait. Put the new one in its place.") % {
            "day": day
        }
    if condition.word == "unusable":
        return _("The signing certificate must not be used now, so certificates wait. Look at its dates and purpose.")
    days = condition.days_left
    return ngettext(
        "The signing certificate ends on %(day)s, in %(count)d day. Ask for the next one now.",
        "The signing certificate ends on %(day)s, in %(count)d days. Ask for the next one now.",
        days,
    ) % {"day": day, "count": days}


def _of_the_storage() -> list[Matter]:
    words = {
        "low": _("Less than 15% of the disk with the certificates is free. Make room."),
        "full": _("Less than 5% of the disk with the certificates is free. Make room now."),
        "unwritable": _("Files cannot be written where the certificates are kept, so certificates wait."),
    }
    state = health.storage_state()
    return [Matter(f"storage:{state}", words[state])] if state in words else []


def _of_the_mail() -> list[Matter]:
    if not Letter.objects.held_up_since(clock.now() - MAIL_STANDS_AFTER).exists():
        return []
    return [
        Matter(
            "mail", _("The mail server has not been reached for more than an hour. Letters wait. Look at EMAIL_URL.")
        )
    ]


def _of_the_work() -> list[Matter]:
    found = []
    for source in background.job_sources():
        if not source.is_alarming:
            continue
        parked = source.counts().get(JobState.PARKED, 0)
        if parked:
            text = _("%(kind)s: %(count)d given up after failures. The list of work says why.")
            # one a day, so that work which was given up later is not overlooked beside the earlier
            found.append(
                Matter(f"parked:{source.kind}:{clock.today()}", text % {"kind": source.words, "count": parked})
            )
    failing = BackgroundFunction.objects.filter(failing_since__lt=clock.now() - FAILING_FOR)
    for name in failing.values_list("name", flat=True):
        text = _("“%(name)s” has been failing for more than five minutes.")
        found.append(Matter(f"function:{name}", text % {"name": words_of_function(name)}))
    return found


def _tell() -> None:
    """Tells every administrator what was not told yet: by a notice, and by a letter where there is an address."""
    administrators = list(User.objects.filter(is_superuser=True, is_active=True))
    for alarm in Alarm.objects.filter(told_at=None, ended_at=None).order_by("pk")[:20]:
        with transaction.atomic():
            for administrator in administrators:
                notify(
                    to=administrator,
                    kind="operations.alarm",
                    key=f"alarm:{alarm.pk}",
                    words=partial(_words_of, alarm),
                    path=reverse("operations"),
                )
            Alarm.objects.filter(pk=alarm.pk).update(told_at=clock.now())


def _words_of(alarm: Alarm) -> tuple[str, str]:
    return _("Học CNTT: something needs your attention"), alarm.text
