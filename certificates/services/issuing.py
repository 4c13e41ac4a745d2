"""Issues certificates: exactly one for a qualification, whatever crashes and however often it is asked."""

import hashlib
import logging
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import codes, signing
from certificates.enums import CertificateStatus, EventKind
from certificates.errors import CertificateError, KeyProblem
from certificates.face import freeze_face, sheet_of, words_of_body
from certificates.models import Certificate, CertificateFile, Register
from certificates.services.issuers import authority_for, without_standing_authority
from certificates.services.templates import template_for
from certificates.webhooks.sending import note_event
from courses.enums import Origin
from courses.models import Qualification
from documents.certificate_sheet import draw_certificate
from staff import clock, private_files
from staff.background import kind_of_fault
from staff.kept_queries import KeptQuery
from staff.services import notify

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)
# After so many failures of its own a certificate is parked with its reason; faults of the key do not count.
MOST_TRIES = 6
BATCH = 100


def issue_certificate(*, qualification_id: int, decision: str = "") -> Certificate | None:
    """The certificate for the qualification, issued if it can be; asking again changes nothing.

    It cites ``decision``, or else what its course is authorised by. Somebody else may be at work on it, or the key may
    be away: then it is returned PENDING and the sweeper goes on. None when the qualification gets no certificate
    (revoked, recognised, or not of a course), or only by a decision and none is named.
    """
    certificate = _enter_in_register(qualification_id, decision)
    if certificate is None:
        return None
    if certificate.status == CertificateStatus.PENDING:
        made = _produce(certificate.pk)
        if made is not None:
            return made
        certificate.refresh_from_db()
    return certificate


def certifiable():
    """Qualifications that deserve a certificate: earned in a course here, and not revoked."""
    return Qualification.objects.live().filter(origin__in=[Origin.PASSED, Origin.COMPLETED], course__isnull=False)


def uncertified():
    """Certifiable qualifications for which no certificate was ever entered in a register."""
    return certifiable().filter(~Exists(Certificate.objects.filter(qualification=OuterRef("pk"))))


def find_uncertified(*, newest: int | None = None, limit: int = BATCH) -> list[int]:
    """Ids of qualifications whose news was lost; ``newest`` looks only at that many of the latest, which is cheap.

    Those whose courses wait for a decision are left to the issuing desk.
    """
    missing = uncertified().exclude(course__in=without_standing_authority(clock.today()))
    if newest is not None:
        last = Qualification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        missing = missing.filter(pk__gt=last - newest)
    return list(missing.order_by("pk").values_list("pk", flat=True)[:limit])


def issue_waiting(*, newest: int | None = None) -> int:
    """Issues what waits: qualifications without a certificate, and pending certificates nobody is at work on.

    One that fails never stops the others. Returns how many are issued now.
    """
    done = 0
    for qualification_id in find_uncertified(newest=newest):
        try:
            certificate = issue_certificate(qualification_id=qualification_id)
        except CertificateError as error:
            logger.error("Qualification %s waits for its certificate: %s", qualification_id, error)
            continue
        done += certificate is not None and certificate.status == CertificateStatus.ISSUED
    for pk in _free(clock.database_now()).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        done += produce_file(certificate_id=pk)
    return done


def _free(now):
    """What is signed here and nobody is at work on at that moment: nothing where all is signed elsewhere."""
    if signing.is_outside():
        return Certificate.objects.none()
    waiting = Certificate.objects.filter(status=CertificateStatus.PENDING, tries__lt=MOST_TRIES)
    return waiting.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).signed_here()


def _enter_in_register(qualification_id, decision):
    """The row, its number and its code in one transaction: a number is only ever taken by a row that stays."""
    try:
        with transaction.atomic():
            return _existing(qualification_id) or _new_row(qualification_id, decision)
    except IntegrityError:
        # another process entered it first; the number taken here was rolled back with the row
        certificate = _existing(qualification_id)
        if certificate is None:
            raise
        return certificate


# revoked and superseded rows count: a certificate that was taken back does not come again by itself
_EXISTING = KeptQuery(
    lambda qualification_id: (
        Certificate.objects.filter(qualification_id=qualification_id).select_related("register").order_by("-pk")
    ),
    int,
)


def _existing(qualification_id):
    return _EXISTING.first(qualification_id)


_CERTIFIABLE = KeptQuery(
    lambda pk: certifiable().select_related("staff_member", "track", "course", "enrolment").filter(pk=pk), int
)


def _new_row(qualification_id, decision):
    found = _CERTIFIABLE.first(qualification_id)
    if found is None:
        return None
    today = clock.today()
    authority = authority_for(found.course_id, on=today)
    if not (decision or authority.is_standing):
        return None
    register = locked_register(authority.issuer, year=today.year)
    # whoever held the register before us may have entered this very qualification
    return _existing(qualification_id) or enter_line(
        register=register, qualification=found, authority=authority, day=today, decision=decision
    )


_LOCKED_REGISTER = KeptQuery(
    lambda code, year: Register.objects.select_for_update().filter(issuer_code=code, year=year), str, int
)


def locked_register(issuer, *, year: int) -> Register:
    """The body's book of the year, made on first use; until the transaction ends nobody else enters a line."""
    register = _LOCKED_REGISTER.first(issuer.code, year)
    if register is None:
        Register.objects.get_or_create(issuer_code=issuer.code, year=year)
        register = _LOCKED_REGISTER.first(issuer.code, year)
    return register


def body_today(qualification: Qualification) -> dict:
    """Whom a certificate of it would name today as issuing and signing (``words_of_body``); NoIssuer for nobody."""
    today = clock.today()
    authority = authority_for(qualification.course_id, on=today)
    return words_of_body(authority.issuer, _template_of(qualification, authority, today))


def _template_of(qualification: Qualification, authority, day):
    return template_for(
        issuer_code=authority.issuer.code,
        course_id=qualification.course_id,
        track_id=qualification.track_id,
        on=day,
    )


def enter_line(*, register, qualification, authority, day, decision="") -> Certificate:
    """A new line in the locked ``register``, with the words and the template of ``day``."""
    register.last_number += 1
    register.save(update_fields=["last_number"])
    face = freeze_face(
        qualification=qualification,
        issuer=authority.issuer,
        issued_on=day,
        decision=decision or authority.decision,
        template=_template_of(qualification, authority, day),
    )
    return Certificate.objects.create(
        qualification=qualification,
        code=codes.new_code(),
        register=register,
        number=register.last_number,
        face=face,
        issued_on=day,
    )


def produce_file(*, certificate_id: int) -> bool:
    """Draws, signs and stores the file of a pending certificate; true if this call issued it.

    The claim keeps others away for two minutes and frees itself after a crash. A fault is recorded on the
    row and tried again later and later.
    """
    return _produce(certificate_id) is not None


_WITH_HOLDER = KeptQuery(
    lambda pk: Certificate.objects.select_related("register", "qualification__staff_member__user").filter(pk=pk),
    int,
)


def _produce(certificate_id) -> Certificate | None:
    """The certificate if this call issued it, else None."""
    now = clock.database_now()
    # an empty error says that somebody is at work, and tells a process that died from a fault that was caught
    mine = _free(now).filter(pk=certificate_id)
    if not mine.update(claimed_until=now + CLAIM, tries=F("tries") + 1, last_error=""):
        return None
    certificate = _WITH_HOLDER.first(certificate_id)
    try:
        return certificate if _publish(certificate) else None
    except KeyProblem as error:
        _postpone(certificate, str(error), seconds=60, tries=certificate.tries - 1)
        logger.error("Certificate %s waits for the signing key: %s", certificate_id, error)
    except Exception as error:  # one certificate that cannot be made must not stop the others  # noqa: BLE001
        _postpone(certificate, kind_of_fault(error), seconds=30 * 2**certificate.tries)
        logger.exception("Certificate %s could not be made (try %s)", certificate_id, certificate.tries)
    return None


@transaction.atomic
def try_again(*, certificate_id: int, user) -> bool:
    """Let a certificate that was postponed or parked be tried at once, with all its tries. Whether there was one.

    Pending, it is issued; issued, its signature is upgraded.

    A process that is at work on it goes on undisturbed.
    """
    now = clock.database_now()
    failed = Q(tries__gte=MOST_TRIES) | ~Q(last_error="")
    waiting = Certificate.objects.live().filter(failed, pk=certificate_id)
    if not waiting.exclude(last_error="", claimed_until__gt=now).update(tries=0, claimed_until=None, last_error=""):
        return False
    log(instance=Certificate.objects.get(pk=certificate_id), action="certificates.retry", user=user)
    return True


def _postpone(certificate, error, *, seconds, tries=None):
    Certificate.objects.filter(pk=certificate.pk, status=CertificateStatus.PENDING).update(
        last_error=error[:300],
        tries=certificate.tries if tries is None else tries,
        claimed_until=clock.database_now() + timedelta(seconds=seconds),
    )


def _publish(certificate) -> bool:
    """Issues the claimed ``certificate``; false where another process, or a revocation, was there first."""
    key = signing.current_key()
    if key.is_demonstration and not certificate.face["is_demonstration"]:
        raise KeyProblem(_("The demonstration key does not sign in the name of a real body."))
    signed_at = clock.now().replace(microsecond=0)
    is_demonstration = key.is_demonstration or certificate.face["is_demonstration"]
    sheet = sheet_of(certificate, signed_by=key.holder, signed_at=signed_at, is_demonstration=is_demonstration)
    signed = signing.sign(draw_certificate(sheet), key=key, signed_at=signed_at)
    signing.keep_authority(key)
    digest = hashlib.sha256(signed.content).hexdigest()
    name = store(signed.content, digest)
    with transaction.atomic():
        words = {
            "status": CertificateStatus.ISSUED,
            "signed_at": signed_at,
            "level": signed.level,
            "claimed_until": None,
            "last_error": "",
            "tries": 0,
        }
        # the condition decides who issues, as a lock would, and the row is asked once
        if not Certificate.objects.filter(pk=certificate.pk, status=CertificateStatus.PENDING).update(**words):
            return False
        CertificateFile.objects.create(
            certificate=certificate,
            name=name,
            sha256=digest,
            size=len(signed.content),
            level=signed.level,
            key_fingerprint=key.fingerprint,
            is_demonstration=is_demonstration,
        )
        log(instance=certificate, action="certificates.issue", data={"serial": certificate.serial, "sha256": digest})
        note_event(certificate, EventKind.ISSUED)
        tell_the_holder(certificate)
    for name, value in words.items():
        setattr(certificate, name, value)
    return True


def tell_the_holder(certificate) -> None:
    """Once, however often it is asked."""
    notify(
        to=certificate.qualification.staff_member,
        kind="certificate.issued",
        key=f"certificate:{certificate.pk}",
        words=partial(
            _issued_words, certificate.qualification.title, certificate.serial, _replaced_serial(certificate)
        ),
        path=reverse("certificates:download", args=[certificate.pk]),
    )


def _replaced_serial(certificate) -> str:
    earlier = certificate.supersedes.first()
    return earlier.serial if earlier else ""


def _issued_words(title: str, serial: str, replaced: str) -> tuple[str, str]:
    text = _("Certificate number %(number)s is signed. You can download it at any time under My learning.") % {
        "number": serial
    }
    if replaced:
        text += " " + _("It takes the place of number %(earlier)s, which no longer counts.") % {"earlier": replaced}
    return _("Your certificate is ready: %(course)s") % {"course": title}, text


def tell_of_revocation(certificate, *, was_issued: bool) -> None:
    """Who held it, or waited for it, learns that it does not count, why, and whether the result still does. Once."""
    qualification = certificate.qualification
    notify(
        to=qualification.staff_member,
        kind="certificate.revoked",
        key=f"certificate:{certificate.pk}:revoked",
        words=partial(
            _revoked_words,
            title=qualification.title,
            number=certificate.serial,
            day=f"{certificate.revoked_from:%d/%m/%Y}",
            reason=certificate.revoked_reason,
            is_still_passed=qualification.revoked_from is None,
            was_issued=was_issued,
        ),
        path=reverse("my_learning"),
    )


def _revoked_words(*, title, number, day, reason, is_still_passed, was_issued) -> tuple[str, str]:
    words = {"number": number, "day": day, "reason": reason.rstrip(".")}
    if was_issued:
        text = _("Certificate number %(number)s does not count from %(day)s on. Reason: %(reason)s.") % words
    else:
        text = _("Certificate number %(number)s will not be issued. Reason: %(reason)s.") % words
    rest = (
        _("You are still counted as having passed.")
        if is_still_passed
        else _("The result does not count from that day on either; My learning shows what to do.")
    )
    return _("Your certificate was revoked: %(course)s") % {"course": title}, f"{text} {rest}"


def store(pdf: bytes, digest: str) -> str:
    """Puts the file into private storage under its hash and waits until it is on the disk."""
    return private_files.store(pdf, f"certificates/{digest[:2]}/{digest}.pdf")
