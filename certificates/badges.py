"""A certificate as an Open Badge 3.0: a verifiable credential signed with the key of certificates, and a
picture that holds it, as SVG or PNG.
"""

import hashlib
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

from certificates import signing, status_list
from certificates.badge_issuer import CONTEXTS, issuer_id
from certificates.face import check_address
from certificates.models import Certificate
from certificates.signing.statements import sign_statement
from documents.badge_picture import BadgePicture, draw_badge

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def credential_of(certificate: Certificate) -> dict:
    """The credential without its proof, from the frozen face alone.

    The holder is a salted hash: who has the file shows it to others.
    """
    face, site = certificate.face, settings.SITE_URL.rstrip("/")
    credential = {
        "@context": CONTEXTS,
        "id": check_address(certificate.code),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": face["course"],
        "issuer": {"id": issuer_id(), "type": ["Profile"], "name": face["issuer"], "url": site},
        "validFrom": _moment(certificate.signed_at),
        "awardedDate": _moment(_midnight(certificate.issued_on)),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": identity_hash(face["holder"], certificate.code),
                    "identityType": "ext:fullName",
                    "salt": certificate.code,
                }
            ],
            "licenseNumber": certificate.serial,
            "achievement": _achievement(face, site),
        },
        "credentialStatus": status_list.entry_of(certificate.pk),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    if face.get("mark"):
        result = {"type": ["Result"], "resultDescription": _scale_of(face, site), "value": face["mark"]}
        credential["credentialSubject"]["result"] = [result]
    if face.get("valid_until"):
        # "until the 30th" includes the 30th
        credential["validUntil"] = _moment(_midnight(date.fromisoformat(face["valid_until"]) + timedelta(days=1)))
    return credential


def signed_badge(certificate: Certificate) -> str:
    """The credential as a JWT (VC-JWT). Raises KeyProblem if nothing can be signed now."""
    credential = credential_of(certificate)
    claims = {"iss": credential["issuer"]["id"], "jti": credential["id"], "nbf": _seconds(credential["validFrom"])}
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    return sign_statement({**credential, **claims}, key=signing.current_key())


def picture(certificate: Certificate) -> str:
    """An SVG that shows the badge and carries the signed credential."""
    lines = _in_lines(certificate.face["course"])
    context = {"badge": signed_badge(certificate), "certificate": certificate, "face": certificate.face, "lines": lines}
    return render_to_string("certificates/badge.svg", context)


def png(certificate: Certificate) -> bytes:
    """A PNG that shows the badge and carries the signed credential."""
    face = certificate.face
    return draw_badge(
        BadgePicture(
            code=face["course_code"],
            lines=tuple(line for _y, line in _in_lines(face["course"])),
            number=f"Số {certificate.serial}",
            banner="Bản trình diễn" if face["is_demonstration"] else "",
            held=signed_badge(certificate),
        )
    )


def identity_hash(name: str, salt: str) -> str:
    return "sha256$" + hashlib.sha256((name + salt).encode()).hexdigest()


def _achievement(face, site) -> dict:
    hours = f", {face['hours']} tiết" if face["hours"] else ""
    achievement = {
        "id": f"{site}/hoc/{face['course_code']}/",
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": face["course"],
        "description": f"{face['course']} ({face['track']}){hours}",
        "humanCode": face["course_code"],
        "criteria": {"narrative": _criteria(face)},
        "inLanguage": "vi",
    }
    if face.get("mark"):
        description = {"id": _scale_of(face, site), "type": ["ResultDescription"]}
        scale = {"name": "Điểm (thang 10)", "resultType": "RawScore", "valueMin": "0", "valueMax": "10"}
        achievement["resultDescription"] = [{**description, **scale}]
    return achievement


def _criteria(face) -> str:
    # a course without a test is completed, and nothing was passed
    has_test = face.get("mark") or face.get("is_supervised") is not None
    return "Hoàn thành khóa học và đạt bài kiểm tra cuối khóa." if has_test else "Hoàn thành khóa học."


def _scale_of(face, site) -> str:
    return f"{site}/hoc/{face['course_code']}/#diem"


def _in_lines(words: str) -> list[tuple[int, str]]:
    """At most three lines of about 26 letters, each with its place."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > 26 and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [(258 + 34 * place, line) for place, line in enumerate(lines[:3])]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HERE)


def _moment(moment: datetime) -> str:
    return moment.astimezone(HERE).replace(microsecond=0).isoformat()


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
