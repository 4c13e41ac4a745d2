"""Brings the signatures of issued certificates to the level that is asked for, whatever crashes in between.

Each step is a further CertificateFile; the earlier files stay, and stay genuine.
"""

import hashlib
import logging
from datetime import timedelta

from django.core.cache import cache
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, Q
from wagtail.log_actions import log

from certificates import signing
from certificates.enums import CertificateStatus, SignatureLevel
from certificates.errors import AuthorityAway, KeyProblem
from certificates.models import Certificate, CertificateFile
from certificates.services.issuing import BATCH, CLAIM, MOST_TRIES, store
from staff import clock
from staff.background import kind_of_fault

logger = logging.getLogger(__name__)

# An authority that is away is asked again after so long; that is no failure of the certificate.
AWAY = timedelta(minutes=10)
LISTS_AGE = 3600


def upgrade_waiting() -> int:
    """Upgrades what has not reached the level that is asked for; how many files came of it.

    A failing one never stops the others, but an authority that is away ends the round: nobody waits for it in vain.
    """
    wanted, done = signing.wanted_level(), 0
    for pk in upgradable(wanted).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        try:
            done += upgrade_certificate(certificate_id=pk)
        except AuthorityAway:
            break
    return done


def upgradable(wanted: SignatureLevel):
    """Issued certificates below ``wanted`` that nobody is at work on."""
    if wanted <= SignatureLevel.B:
        return Certificate.objects.none()
    free = Q(claimed_until=None) | Q(claimed_until__lt=clock.database_now())
    below = Q(status=CertificateStatus.ISSUED, level__gt=SignatureLevel.NONE, level__lt=wanted)
    return Certificate.objects.filter(free, below, tries__lt=MOST_TRIES)


def upgrade_certificate(*, certificate_id: int) -> bool:
    """A further file with all that the authorities give now; true if there is one.

    AuthorityAway if they give nothing: the certificate waits, and none of its tries is used up.
    """
    wanted = signing.wanted_level()
    claim = {"claimed_until": clock.database_now() + CLAIM, "tries": F("tries") + 1, "last_error": ""}
    if not upgradable(wanted).filter(pk=certificate_id).update(**claim):
        return False
    certificate = Certificate.objects.get(pk=certificate_id)
    try:
        problem = _continue_file(certificate, wanted)
    except AuthorityAway as error:
        _postpone(certificate, str(error), AWAY, certificate.tries - 1)
        logger.warning("The signature of certificate %s waits: %s", certificate_id, error)
        raise
    except Exception as error:  # one file that cannot be upgraded must not stop the others  # noqa: BLE001
        _postpone(certificate, kind_of_fault(error), timedelta(seconds=30 * 2**certificate.tries), certificate.tries)
        logger.exception("The signature of certificate %s could not be upgraded", certificate_id)
        return False
    if problem:
        _postpone(certificate, problem, AWAY, certificate.tries - 1)
    return True


def _continue_file(certificate, wanted) -> str:
    """Stores the upgraded file; what is still missing, in words."""
    earlier = certificate.files.last()
    with storages["private"].open(earlier.name) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != earlier.sha256:
        raise OSError("the stored file does not match its hash")
    upgraded = signing.upgrade(content, to=wanted)
    digest = hashlib.sha256(upgraded.content).hexdigest()
    name = earlier.name if digest == earlier.sha256 else store(upgraded.content, digest)
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if digest != earlier.sha256:
            CertificateFile.objects.create(
                certificate=locked,
                earlier=earlier,
                name=name,
                sha256=digest,
                size=len(upgraded.content),
                level=upgraded.level,
                key_fingerprint=earlier.key_fingerprint,
                is_demonstration=earlier.is_demonstration,
            )
            log(instance=locked, action="certificates.upgrade", data={"level": upgraded.level.label, "sha256": digest})
        locked.level, locked.claimed_until, locked.last_error, locked.tries = upgraded.level, None, "", 0
        locked.save(update_fields=["level", "claimed_until", "last_error", "tries"])
    return upgraded.problem


def _postpone(certificate, error, delay, tries):
    Certificate.objects.filter(pk=certificate.pk, status=CertificateStatus.ISSUED).update(
        last_error=error[:300], tries=max(tries, 0), claimed_until=clock.database_now() + delay
    )


def fetch_revocation_lists() -> int:
    """Brings the revocation lists of who signs, at most once an hour each; how many were brought."""
    try:
        signers = signing.signatories() if signing.is_outside() else [signing.current_key()]
    except KeyProblem:
        return 0
    return sum(_fetch(signer) for signer in signers)


def _fetch(signer) -> int:
    if getattr(signer, "is_demonstration", False):
        return 0
    if not cache.add(f"certificates.lists.{signer.fingerprint[:16]}", True, timeout=LISTS_AGE):
        return 0
    return signing.fetch_lists(signer)
