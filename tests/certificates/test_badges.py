"""Open Badges 3.0 and the list of what no longer counts: anybody can judge them by their own signature."""

import base64
import gzip
import io
import json
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import cache
from django.urls import reverse
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from PIL import Image

from certificates import badges, services, signing, status_list
from certificates.errors import NotSound
from certificates.models import Certificate
from certificates.signing.statements import read_statement, sign_statement
from courses.enums import Origin
from courses.models import Qualification
from tests.factories.certificates import passed_qualification, published_template
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    return services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


def read(token: str) -> dict:
    payload, signer = read_statement(token, anchors=signing.trusted_certificates())
    assert isinstance(signer, x509.Certificate)
    return payload


def bits(credential: dict) -> list[int]:
    text = credential["credentialSubject"]["encodedList"]
    assert text[0] == "u"
    content = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4)))
    assert len(content) * 8 == 131_072
    return [place for place in range(len(content) * 8) if content[place // 8] >> (7 - place % 8) & 1]


def test_a_badge_has_what_the_published_schema_requires(certificate, settings):
    badge = read(badges.signed_badge(certificate))

    subject = badge["credentialSubject"]
    assert {"@context", "id", "type", "credentialSubject", "issuer", "validFrom"} <= set(badge)
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["id"] == f"{settings.SITE_URL.rstrip('/')}/kt/{certificate.code}"
    assert {"id", "type", "name", "description", "criteria"} <= set(subject["achievement"])
    assert {"type", "hashed", "identityHash", "identityType"} <= set(subject["identifier"][0])
    [scale] = subject["achievement"]["resultDescription"]
    assert (scale["resultType"], scale["valueMin"], scale["valueMax"]) == ("RawScore", "0", "10")
    assert subject["result"] == [{"type": ["Result"], "resultDescription": scale["id"], "value": "8.25"}]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", badge["validFrom"])
    assert badge["nbf"] == int(certificate.signed_at.timestamp())


# What the published schema of 1EdTech says of the properties that we write, by class: a pattern for text, a class for
# an object, a list with a class for several. "!" marks what must be there. Further properties are forbidden by the
# published schema in IdentityObject, by its drafts in nearly all classes; we keep to the stricter.
TEXT, MOMENT = r".+", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
EXTENSION = r".*ext:[a-zA-Z0-9.|_-]+.*"
RULES = {
    "OpenBadgeCredential": {
        "@context!": None,
        "id!": TEXT,
        "type!": None,
        "name": TEXT,
        "issuer!": "Profile",
        "validFrom!": MOMENT,
        "validUntil": MOMENT,
        "awardedDate": MOMENT,
        "credentialSubject!": "AchievementSubject",
        "credentialStatus": {"id!": TEXT, "type!": TEXT},
        "credentialSchema": [{"id!": TEXT, "type!": TEXT}],
    },
    "Profile": {"id!": TEXT, "type!": None, "name": TEXT, "url": TEXT, "description": TEXT},
    "AchievementSubject": {
        "type!": None,
        "identifier": ["IdentityObject"],
        "licenseNumber": TEXT,
        "achievement!": "Achievement",
        "result": ["Result"],
    },
    "IdentityObject": {
        "type!": "IdentityObject$",
        "hashed!": True,
        "identityHash!": r"sha256\$[0-9a-f]{64}",
        "identityType!": EXTENSION,
        "salt": TEXT,
    },
    "Achievement": {
        "id!": TEXT,
        "type!": None,
        "achievementType": "Certificate$",
        "name!": TEXT,
        "description!": TEXT,
        "humanCode": TEXT,
        "criteria!": {"narrative": TEXT},
        "inLanguage": r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?",
        "resultDescription": ["ResultDescription"],
    },
    "ResultDescription": {
        "id!": TEXT,
        "type!": None,
        "name!": TEXT,
        "resultType!": "RawScore$",
        "valueMin": TEXT,
        "valueMax": TEXT,
    },
    "Result": {"type!": None, "resultDescription": TEXT, "value": TEXT},
}
OPEN = {"credentialStatus"}


def faults(found, rule, where) -> list[str]:
    """Where ``found`` breaks ``rule``."""
    if rule is None:
        return []
    if rule is True:
        return [] if found is True or found is False else [f"{where} is no truth value"]
    if isinstance(rule, list):
        if not isinstance(found, list):
            return [f"{where} is no list"]
        return [fault for place, one in enumerate(found) for fault in faults(one, rule[0], f"{where}.{place}")]
    if isinstance(rule, str) and rule not in RULES:
        return [] if isinstance(found, str) and re.fullmatch(rule, found) else [f"{where}: {found}"]
    told = []
    if isinstance(rule, str):
        kinds = found.get("type")
        if rule != "IdentityObject" and not (isinstance(kinds, list) and rule in kinds):
            told.append(f"{where} is no {rule}")
        rule = RULES[rule]
    known = {name.rstrip("!"): inner for name, inner in rule.items()}
    told += [f"{where} lacks {name[:-1]}" for name in rule if name.endswith("!") and name[:-1] not in found]
    for name, value in found.items():
        if name in known:
            told += faults(value, known[name], f"{where}.{name}")
        elif where.rpartition(".")[2] not in OPEN:
            told.append(f"{where} has {name}")
    return told


@pytest.fixture(params=["passed", "completed", "expires", "no hours", "revoked", "replaced", "replacement", "English"])
def any_certificate(request, learner, admin, settings, tmp_path):
    """A certificate of each kind that there is."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    held = passed_qualification(learner.staff_member)
    changes = {
        "completed": {"origin": Origin.COMPLETED, "mark": None},
        "expires": {"valid_until": date(2028, 11, 22)},
        "no hours": {"hours": None},
    }
    Qualification.objects.filter(pk=held.pk).update(**changes.get(request.param, {"hours": 8}))
    if request.param == "English":
        published_template(admin, language="en")
    made = services.issue_certificate(qualification_id=held.pk)
    if request.param == "revoked":
        services.revoke_certificate(certificate=made, reason="x", by=admin, from_day=date(2026, 11, 1))
    if request.param in {"replaced", "replacement"}:
        new = services.supersede_certificate(certificate=made, reason="x", by=admin)
        made = new if request.param == "replacement" else made
    made.refresh_from_db()
    return made


def test_a_badge_of_any_kind_keeps_to_the_published_schema(any_certificate):
    badge = badges.credential_of(any_certificate)

    assert faults(badge, "OpenBadgeCredential", "badge") == []
    assert "VerifiableCredential" in badge["type"]
    first, second = badge["@context"]
    assert first == "https://www.w3.org/ns/credentials/v2"
    assert re.fullmatch(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json", second)


def test_the_rules_of_the_schema_find_what_breaks_them(certificate):
    badge = badges.credential_of(certificate)
    subject = badge["credentialSubject"]
    del badge["validFrom"], subject["achievement"]["criteria"]
    badge["awardedDate"], subject["licenseNumber"] = "2026-11-01", 7
    subject["identifier"][0] |= {"hashed": "true", "further": ""}
    subject["type"] = "AchievementSubject"

    assert faults(badge, "OpenBadgeCredential", "badge") == [
        "badge lacks validFrom",
        "badge.awardedDate: 2026-11-01",
        "badge.credentialSubject is no AchievementSubject",
        "badge.credentialSubject.identifier.0.hashed is no truth value",
        "badge.credentialSubject.identifier.0 has further",
        "badge.credentialSubject.licenseNumber: 7",
        "badge.credentialSubject.achievement lacks criteria",
    ]


def test_the_profile_of_the_issuer_keeps_to_the_published_schema(client, certificate):
    told = client.get(reverse("verification:issuer_profile")).json()

    assert faults({name: told[name] for name in told if name != "@context"}, "Profile", "profile") == []


def test_a_badge_speaks_of_a_test_only_where_one_was_passed(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    told = []
    for code, changes in (("CB-01", {"hours": 8}), ("CB-02", {"origin": Origin.COMPLETED, "mark": None})):
        held = passed_qualification(learner.staff_member, code=code)
        Qualification.objects.filter(pk=held.pk).update(**changes)
        made = services.issue_certificate(qualification_id=held.pk)
        told.append(badges.credential_of(made)["credentialSubject"]["achievement"]["criteria"]["narrative"])

    assert told == ["Hoàn thành khóa học và đạt bài kiểm tra cuối khóa.", "Hoàn thành khóa học."]


def test_the_issuer_is_an_address_that_says_who_it_is(client, certificate, settings):
    badge, statuses = (
        badges.credential_of(certificate),
        read(client.get(reverse("verification:statuses", args=[0])).text),
    )

    response = client.get(reverse("verification:issuer_profile"))

    told = response.json()
    assert f"{settings.SITE_URL.rstrip('/')}{reverse('verification:issuer_profile')}" == told["id"]
    assert (badge["issuer"]["id"], statuses["issuer"], statuses["iss"]) == (told["id"],) * 3
    assert (told["type"], told["name"]) == (["Profile"], badge["issuer"]["name"])
    assert response["Access-Control-Allow-Origin"] == "*"


def test_before_there_is_a_body_the_issuer_still_has_a_name(client, db, settings):
    settings.DEMO = False

    assert client.get(reverse("verification:issuer_profile")).json()["name"] == "Học CNTT"


def test_the_png_carries_the_same_credential_where_wallets_look_for_it(client, certificate, learner):
    client.force_login(learner)

    response = client.get(reverse("certificates:badge_png", args=[certificate.pk]))

    picture = Image.open(io.BytesIO(response.content))
    picture.load()
    assert (response["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (480, 480))
    assert read(picture.text["openbadgecredential"])["id"] == badges.credential_of(certificate)["id"]
    # uncompressed, as the specification wants it
    assert picture.text["openbadgecredential"].encode() in response.content


def test_the_holder_is_told_what_the_picture_is_for_and_offered_one_file_first(client, certificate, learner):
    client.force_login(learner)

    page = BeautifulSoup(client.get(reverse("my_learning")).text, "html.parser")

    [about] = page.select("main details")
    assert about.summary.find(string=True, recursive=False) == "Ảnh huy hiệu để đưa lên mạng"
    links = [link["href"].rpartition(".")[2] for link in about.select("a")]
    assert (links, "Open Badge" in page.get_text()) == (["png", "svg"], False)


def test_a_badge_names_nobody_and_whoever_knows_the_name_can_compare(certificate):
    badge = badges.credential_of(certificate)

    assert "Thị Lan" not in json.dumps(badge, ensure_ascii=False)
    assert (
        badges.identity_hash("Trần Thị Lan", certificate.code)
        == (badge["credentialSubject"]["identifier"][0]["identityHash"])
    )


def test_the_picture_carries_the_same_credential(client, certificate, learner):
    client.force_login(learner)

    response = client.get(reverse("certificates:badge", args=[certificate.pk]))

    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    (held,) = root.iter("{https://purl.imsglobal.org/ob/v3p0}credential")
    assert read(held.get("verify"))["id"] == badges.credential_of(certificate)["id"]
    assert response["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("kind", ["P-256", "RSA"])
def test_statements_of_either_kind_of_key_are_read_back_and_changed_ones_are_not(settings, tmp_path, kind):
    files = signing_key(tmp_path / "real", is_rsa=kind == "RSA")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)
    token = sign_statement({"nói": "đúng"}, key=signing.current_key())
    head, _body, signature = token.split(".")
    other = base64.urlsafe_b64encode(json.dumps({"nói": "sai"}).encode()).decode().rstrip("=")

    assert read(token) == {"nói": "đúng"}
    with pytest.raises(NotSound):
        read(f"{head}.{other}.{signature}")


def test_a_statement_without_a_signature_is_refused(certificate):
    head = base64.urlsafe_b64encode(b'{"alg":"none","x5c":[]}').decode().rstrip("=")

    with pytest.raises(NotSound):
        read(f"{head}.e30.")


def test_the_list_tells_of_the_revoked_and_the_replaced_and_of_nobody_else(client, certificate, learner, admin):
    others = [
        services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code=f"CB-0{n}").pk)
        for n in (2, 3)
    ]
    services.revoke_certificate(certificate=others[0], reason="x", by=admin, from_day=date(2026, 11, 1))
    services.supersede_certificate(certificate=others[1], reason="x", by=admin)

    response = client.get(reverse("verification:statuses", args=[0]))

    credential = read(response.text)
    assert response["Content-Type"] == "application/vc+jwt"
    assert credential["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert bits(credential) == sorted(status_list.place_of(other.pk)[1] for other in others)
    entry = badges.credential_of(certificate)["credentialStatus"]
    assert entry["statusListCredential"] == credential["id"]
    assert int(entry["statusListIndex"]) not in bits(credential)


def test_who_revokes_waits_less_than_a_minute_for_the_list(client, certificate, admin):
    url = reverse("verification:statuses", args=[0])
    before = bits(read(client.get(url).text))
    services.revoke_certificate(certificate=certificate, reason="x", by=admin, from_day=date(2026, 11, 1))
    cache.clear()  # as after KEPT seconds

    assert (before, len(bits(read(client.get(url).text)))) == ([], 1)
    assert status_list.KEPT + status_list.KEPT // 3 <= 60


def test_no_two_certificates_share_a_place():
    places = {status_list.place_of(pk) for pk in range(131_072 * 2)}

    assert len(places) == 131_072 * 2
    assert {number for number, _place in places} == {0, 1}


def test_a_list_that_cannot_be_is_not_found(client, certificate):
    assert client.get(reverse("verification:statuses", args=[7])).status_code == 404
    assert Certificate.objects.count() == 1


def as_somebody_else_reads(token: str, statuses: str):
    """The badge as a library that is not ours reads it, with its own look into the signed list of statuses."""
    head = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    signer = x509.load_der_x509_certificate(base64.b64decode(head["x5c"][0]))
    key = signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return OB3Verifier(key).verify(token, check_status=True, download=lambda _url: statuses.encode())


def test_another_library_takes_the_badge_out_of_either_picture_and_verifies_it(client, certificate, learner):
    client.force_login(learner)
    png = client.get(reverse("certificates:badge_png", args=[certificate.pk])).content
    svg = client.get(reverse("certificates:badge", args=[certificate.pk])).content
    statuses = client.get(reverse("verification:statuses", args=[0])).text

    read_there = [
        as_somebody_else_reads(token, statuses)
        for token in (OB3Verifier.extract_token_from_png(png), OB3Verifier.extract_token_from_svg(svg))
    ]

    assert {(one.id, one.achievement.id, one.results[0].value) for one in read_there} == {
        (
            badges.credential_of(certificate)["id"],
            badges.credential_of(certificate)["credentialSubject"]["achievement"]["id"],
            "8.25",
        )
    }


def test_another_library_refuses_a_badge_once_its_certificate_is_revoked(client, certificate, admin):
    token = badges.signed_badge(certificate)
    services.revoke_certificate(certificate=certificate, reason="x", by=admin, from_day=date(2026, 11, 1))
    statuses = client.get(reverse("verification:statuses", args=[0])).text

    with pytest.raises(OB3VerificationError, match="revo"):
        as_somebody_else_reads(token, statuses)
