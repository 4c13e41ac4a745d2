"""A register goes to another installation, where old codes and files still answer."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates import services, signing
from certificates.check_answers import of_file
from certificates.models import (
    Certificate,
    CertificateEvent,
    CertificateFile,
    InheritedCertificate,
    InheritedFile,
    InheritedRegister,
)
from certificates.training_record import signed_record, training_record
from certificates.verification import verify_file
from staff import clock
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db
BODY = "UBND tỉnh Lâm Đồng (cũ)"


@pytest.fixture
def predecessor(learner, admin, settings, tmp_path):
    """Two certificates of an installation that is gone, one of them revoked; its export and its root."""
    settings.SIGNING_KEY_DIR, settings.SITE_URL = tmp_path / "old-keys", "https://cu.example"
    person = learner.staff_member
    person.date_of_birth, person.date_of_birth_precision = date(1987, 6, 5), "day"
    person.save()
    live = services.issue_certificate(qualification_id=passed_qualification(person).pk)
    gone = services.issue_certificate(qualification_id=passed_qualification(person, code="CB-02").pk)
    services.revoke_certificate(certificate=gone, reason="x", by=admin, from_day=date(2026, 11, 1))
    with storages["private"].open(live.files.last().name) as file:
        pdf = file.read()
    target, trust = tmp_path / "so.jsonl", tmp_path / "trust"
    call_command("export_register", str(target), "--body", BODY)
    trust.mkdir()
    (trust / "root.cer").write_bytes(signing.public_roots()[0].content)
    record = signed_record(training_record(person, date(2026, 11, 28)))
    old = {"live": live.code, "gone": gone.code, "pdf": pdf, "record": record, "file": target, "trust": trust}
    # the successor: another host with another key, and none of these rows
    CertificateEvent.objects.all()._raw_delete("default")
    CertificateFile.objects.all()._raw_delete("default")
    Certificate.objects.all()._raw_delete("default")
    settings.SIGNING_KEY_DIR, settings.SITE_URL = tmp_path / "new-keys", "https://moi.example"
    return old


def take_over(old, file: Path | None = None):
    call_command("import_register", str(file or old["file"]), "--trust", str(old["trust"]))


def tables():
    models = (InheritedRegister, InheritedCertificate, InheritedFile)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_before_the_register_is_taken_over_nothing_is_known(client, predecessor):
    assert client.get(reverse("verification:check", args=[predecessor["live"]])).status_code == 404
    assert verify_file(predecessor["pdf"]).verdict == "foreign"


def test_old_codes_and_files_answer_and_name_where_they_come_from(client, predecessor):
    take_over(predecessor)

    page = client.get(reverse("verification:check", args=[predecessor["live"]]))
    verdict = verify_file(predecessor["pdf"])
    gone = client.get(reverse("verification:check", args=[predecessor["gone"]])).context["record"]

    assert (page.context["record"].predecessor, page.context["record"].status) == (BODY, "valid")
    assert BODY in page.text
    assert (verdict.genuine, verdict.predecessor, verdict.number) == (True, BODY, f"0001/{clock.today().year}")
    assert (gone.status, gone.revoked_from) == ("revoked", date(2026, 11, 1))


def test_a_name_can_still_be_compared_although_none_was_handed_over(client, predecessor):
    text = predecessor["file"].read_text("utf-8")
    take_over(predecessor)

    url = reverse("verification:check", args=[predecessor["live"]])
    answers = [
        client.post(url, {"name": "Trần Thị Lan", "born": born}).context["match"] for born in ("05/06/1987", "1987")
    ]

    assert answers == ["yes", "no"]
    assert [secret in text for secret in ("Trần Thị Lan", "1987", "Trần T. L.")] == [False, False, True]


def test_twice_changes_nothing(predecessor, capsys):
    take_over(predecessor)
    before = tables()

    take_over(predecessor)

    assert tables() == before
    assert "2 dòng, 0 dòng mới, 0 dòng thay đổi" in capsys.readouterr().out


def lines_of(old) -> list[str]:
    return old["file"].read_text("utf-8").splitlines(keepends=True)


TAMPERINGS = {
    "a revoked line made valid": lambda lines: [line.replace('"revoked"', '"issued"') for line in lines],
    "a line left out": lambda lines: [lines[0], *lines[2:]],
    "a line twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "another body": lambda lines: [lines[0].replace("(cũ)", "(khác)"), *lines[1:]],
    "no statement": lambda lines: lines[:-1],
    "something after the statement": lambda lines: [*lines, lines[1]],
    "another algorithm": lambda lines: [*lines[:-1], json.dumps({"statement": "e30.e30."})],
    "nothing": lambda lines: [],
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_a_register_that_was_changed_is_refused_whole(predecessor, tmp_path, how):
    changed = tmp_path / "changed.jsonl"
    changed.write_text("".join(TAMPERINGS[how](lines_of(predecessor))), "utf-8")

    with pytest.raises(CommandError):
        take_over(predecessor, changed)

    assert tables() == [[], [], []]


def test_a_statement_of_another_authority_is_refused(predecessor, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    signing.ensure_demonstration_key(tmp_path / "imitation")
    (elsewhere / "root.pem").write_bytes((tmp_path / "imitation/demo-ca.pem").read_bytes())

    with pytest.raises(CommandError):
        take_over({**predecessor, "trust": elsewhere})

    assert InheritedRegister.objects.count() == 0


def test_ones_own_register_is_not_taken_over(predecessor, settings):
    settings.SITE_URL = "https://cu.example"

    with pytest.raises(CommandError):
        take_over(predecessor)


def test_an_export_is_not_written_over_another_file(predecessor):
    with pytest.raises(CommandError):
        call_command("export_register", str(predecessor["file"]), "--body", BODY)


def test_what_was_taken_over_is_handed_on(client, predecessor, settings, tmp_path):
    take_over(predecessor)
    target, trust = tmp_path / "next.jsonl", tmp_path / "next-trust"
    call_command("export_register", str(target), "--body", "UBND tỉnh mới")
    trust.mkdir()
    (trust / "root.pem").write_bytes((tmp_path / "new-keys/demo-ca.pem").read_bytes())
    for model in (InheritedFile, InheritedCertificate, InheritedRegister):
        model.objects.all().delete()
    settings.SIGNING_KEY_DIR, settings.SITE_URL = tmp_path / "third-keys", "https://ba.example"

    take_over({"trust": trust}, target)

    page = client.get(reverse("verification:check", args=[predecessor["live"]]))
    assert page.context["record"].predecessor == BODY


def page_of(client, admin, code):
    client.force_login(admin)
    return client.get(reverse("certificates:inherited"), {"ma": code})


def revoke(client, admin, code, **fields):
    client.force_login(admin)
    address = f"{reverse('certificates:inherited')}?ma={code}"
    return client.post(address, {"reason": "Cấp khống, kết luận số 3", "from_day": "01/11/2026", **fields})


def status_of(client, code):
    record = client.get(reverse("verification:check", args=[code])).context["record"]
    return record.status, record.revoked_from


def test_what_turns_out_to_be_wrong_is_revoked_by_who_keeps_the_register_now(client, admin, predecessor):
    take_over(predecessor)
    assert page_of(client, admin, predecessor["live"].lower()).context["may_revoke"] is True

    revoke(client, admin, predecessor["live"])
    revoke(client, admin, predecessor["live"], reason="Lý do khác", from_day="20/11/2026")

    kept = InheritedCertificate.objects.get(code=predecessor["live"])
    assert status_of(client, predecessor["live"]) == ("revoked", date(2026, 11, 1))
    assert verify_file(predecessor["pdf"]).verdict == "withdrawn"
    assert (kept.revoked_by, kept.revoked_reason) == (admin, "Cấp khống, kết luận số 3")
    [entry] = ModelLogEntry.objects.for_instance(kept)
    assert entry.data == {"reason": "Cấp khống, kết luận số 3", "from": "2026-11-01"}


def test_a_later_export_takes_no_revocation_back_and_the_register_handed_on_says_it(
    client, admin, predecessor, tmp_path
):
    take_over(predecessor)
    revoke(client, admin, predecessor["live"])
    kept = InheritedCertificate.objects.get(code=predecessor["live"])
    kept.entry = {**kept.entry, "hours": 9}  # what a later file would bring
    kept.save(update_fields=["entry"])

    assert status_of(client, predecessor["live"]) == ("revoked", date(2026, 11, 1))
    target = tmp_path / "handed-on.jsonl"
    call_command("export_register", str(target), "--body", "UBND tỉnh mới")
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()[1:-1]]
    told = {line["code"]: (line["status"], line["revoked_from"]) for line in lines}
    assert told[predecessor["live"]] == ("revoked", "2026-11-01")


def test_without_a_reason_or_for_one_revoked_already_nothing_is_done(client, admin, predecessor):
    take_over(predecessor)
    before = tables()

    revoke(client, admin, predecessor["live"], reason="")
    revoke(client, admin, predecessor["gone"])

    assert tables() == before
    assert page_of(client, admin, predecessor["gone"]).context["may_revoke"] is False


def test_only_administrators_revoke_what_was_taken_over(client, hr, predecessor):
    take_over(predecessor)

    assert revoke(client, hr, predecessor["live"]).status_code == 404
    assert status_of(client, predecessor["live"]) == ("valid", None)


def test_other_papers_of_that_body_are_known_as_its_own(predecessor):
    assert verify_file(predecessor["record"]).verdict == "foreign"
    take_over(predecessor)

    verdict = verify_file(predecessor["record"])

    assert (verdict.verdict, verdict.genuine, verdict.predecessor) == ("other_paper", False, BODY)
    assert of_file(verdict).title.vi.startswith(f"Tệp do {BODY} ký")
