"""The process that benchmarks.certificates measures: python -m benchmarks.issue_certificates COUNT ROUNDS."""

import hashlib
import io
import json
import os
import statistics
import sys
import time
from pathlib import Path

import django

django.setup()

from asn1crypto import keys as asn1_keys  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf  # noqa: E402
from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from certificates import services, signing  # noqa: E402
from certificates.face import sheet_of  # noqa: E402
from certificates.models import Certificate, Issuer  # noqa: E402
from certificates.signing.keys import as_asn1  # noqa: E402
from documents.certificate_sheet import draw_certificate  # noqa: E402
from staff import clock  # noqa: E402
from tests.factories.certificates import passed_qualification  # noqa: E402
from tests.factories.staff import PostingFactory, UnitFactory  # noqa: E402


def prepare(count: int) -> list[int]:
    """Passed people without certificates, in a real-looking unit and with a real issuing body."""
    with transaction.atomic():
        Issuer.objects.create(
            code="TINH",
            valid_from="2020-01-01",
            superior="UBND tỉnh Thử Nghiệm",
            name="Trung tâm bồi dưỡng công chức",
            place="Thử Nghiệm",
            signer_post="Giám đốc",
            signer_name="Nguyễn Thị Hồng Ánh",
            decision="Quyết định số 12/QĐ-UBND ngày 05/01/2026",
        )
        unit = UnitFactory(code="24931-2")
        return [passed_qualification(PostingFactory(unit=unit).staff_member).pk for _number in range(count)]


def rate(work, items) -> float:
    """Items a second of this process's CPU."""
    began = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - began)


def issue(qualification_id) -> None:
    if services.issue_certificate(qualification_id=qualification_id).status != "issued":
        sys.exit("A certificate was not issued.")


class Floor:
    """What no implementation can do without."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.folder = Path(settings.VAR_DIR) / "floor"
        self.folder.mkdir()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_floor (id serial PRIMARY KEY, digest text)")

    def __call__(self, _item) -> None:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, invariant=True)
        canvas.showPage()
        canvas.save()
        content = buffer.getvalue() + self.key.sign(buffer.getvalue(), ec.ECDSA(hashes.SHA256()))
        digest = hashlib.sha256(content).hexdigest()
        with open(self.folder / f"{digest}.pdf", "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_floor (digest) VALUES (%s)", [digest])


def stock_signing():
    """Signs one drawn sheet as pyHanko's own examples do."""
    certificate = Certificate.objects.order_by("pk").first()
    key = signing.current_key()
    sheet = sheet_of(certificate, signed_by=key.holder, signed_at=clock.now(), is_demonstration=False)
    pdf = draw_certificate(sheet)
    private = serialization.load_pem_private_key(Path(settings.SIGNING_KEY_FILE).read_bytes(), None)
    private = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=as_asn1(key.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    facts = PdfSignatureMetadata(field_name="ChuKySo", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    return lambda _item: sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), facts, signer=signer)


def main() -> None:
    count, rounds = int(sys.argv[1]), int(sys.argv[2])
    waiting = prepare(count * rounds + 3)
    for _warm in range(3):
        issue(waiting.pop())
    floor, stock, turns = Floor(), stock_signing(), []
    for turn in range(rounds):
        mine = waiting[turn * count : (turn + 1) * count]
        wall = time.monotonic()
        found = {"issued": rate(issue, mine)}
        found["wall"] = count / (time.monotonic() - wall)
        found["floor"], found["stock"] = rate(floor, mine), rate(stock, mine[:20])
        turns.append(found)
    sizes = list(Certificate.objects.values_list("files__size", flat=True))
    answer = {name: round(statistics.median(turn[name] for turn in turns), 1) for name in turns[0]}
    sys.stdout.write(
        json.dumps(
            {
                "certificates_a_second_and_core": answer["issued"],
                "certificates_a_second_by_the_clock": answer["wall"],
                "floor_a_second_and_core": answer["floor"],
                "stock_pyhanko_signatures_a_second_and_core": answer["stock"],
                "share_of_floor": round(statistics.median(turn["issued"] / turn["floor"] for turn in turns), 3),
                "times_stock_signing": round(statistics.median(turn["issued"] / turn["stock"] for turn in turns), 2),
                "bytes": round(statistics.median(sizes)),
                "count": count,
                "rounds": rounds,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
