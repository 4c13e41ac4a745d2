"""Files that strangers hand in: every one gets an answer, none is taken for ours."""

import json

import pytest

from certificates.verification import verify_file
from lms.settings.base import BASE_DIR

pytestmark = pytest.mark.django_db

CORPUS = BASE_DIR.parent / "shared" / "corpora" / "pdf_sig"
RECORDS = json.loads((CORPUS / "manifest.json").read_text("utf-8")) if CORPUS.exists() else []
OWN = sorted(record["file"] for record in RECORDS if record["file"].startswith("pdf_sig/own/"))
# Those that a parser stumbles over; the rest of that folder is harmless.
STUMBLING = ["malformed-encrypt-dict1", "minimal-badxref", "pdf-sig-with-econtent", "safedocs__CompactedPDFSyntaxTest"]


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
@pytest.mark.parametrize("name", [*OWN, *(f"pdf_sig/pyhanko/{stem}.pdf" for stem in STUMBLING)])
def test_no_strange_file_is_genuine_and_none_breaks_the_check(name, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"

    verdict = verify_file((CORPUS.parent / name).read_bytes())

    assert (verdict.genuine, verdict.registered, verdict.unchanged, verdict.signature_valid) == (False,) * 4


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"\x00" * 1000, b"%PDF-1.7\n1 0 obj\n" + b"<<" * 20_000, "không phải PDF".encode()],
    ids=["empty", "head only", "zeros", "deep", "text"],
)
def test_what_is_no_pdf_at_all_is_said_to_be_unreadable(content, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"

    verdict = verify_file(content)

    assert (verdict.genuine, bool(verdict.problem)) == (False, True)


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr("certificates.verification._inspect", None)

    assert verify_file(b"0" * (20 * 1024 * 1024 + 1)).problem == "too large"
