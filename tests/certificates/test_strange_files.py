"""Files that strangers hand in: every one gets an answer, none is taken for ours."""

import json
import os
import resource
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from certificates import pdf_inspection
from certificates.errors import TrustFolderProblem
from certificates.trust_folder import TrustFolder
from certificates.verification import LARGEST, verify_file
from lms.settings.base import BASE_DIR
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db

CORPUS = Path(os.environ.get("CORPORA", BASE_DIR.parent / "shared" / "corpora")) / "pdf_sig"
RECORDS = json.loads((CORPUS / "manifest.json").read_text("utf-8")) if CORPUS.exists() else []
PDFS = {r["file"].removeprefix("pdf_sig/"): r["expected"] for r in RECORDS if r["file"].endswith(".pdf")}


@pytest.fixture(autouse=True)
def demonstration_key(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
@pytest.mark.parametrize("name", PDFS)
def test_the_verdict_is_that_of_the_manifest(name):
    expected = PDFS[name]
    is_own = name.startswith("own/")
    trust = TrustFolder.read(CORPUS / ("own_ca" if is_own else "pyhanko_ca"))
    at = None if is_own else datetime.fromisoformat(expected.get("at", "2020-11-01")).replace(tzinfo=UTC)

    verdict = verify_file((CORPUS / name).read_bytes(), trust=trust, at=at)

    first = (verdict.details["signatures"] or [{}])[0]
    assert (verdict.genuine, verdict.registered, verdict.unchanged) == (False, False, False)
    assert verdict.signature_valid is (expected.get("verdict") == "valid")
    if "intact" in expected:
        assert first["intact"] is expected["intact"]
    if expected.get("trusted") is True or str(expected.get("trusted", "")).startswith("with test CA"):
        assert first["trusted"] is True
    if expected.get("revoked"):
        assert verdict.signature == "revoked"
    for key in ("modification", "sig1_modification"):
        assert first.get("modification") == expected.get(key, first.get("modification"))


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
def test_without_a_folder_no_file_of_the_corpus_is_ours():
    found = {name: verify_file((CORPUS / name).read_bytes()) for name in PDFS if name.startswith("own/valid")}

    assert {name: (v.verdict, v.signature) for name, v in found.items()} == dict.fromkeys(
        found, ("foreign", "untrusted")
    )


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
@pytest.mark.parametrize("kept", ["none", "of another authority"])
def test_a_key_is_good_only_where_a_list_says_so(tmp_path, kept):
    for name in ("root.cert.pem", "issuing.cert.pem", *(["root.crl"] if kept != "none" else [])):
        (tmp_path / name).write_bytes((CORPUS / "own_ca" / name).read_bytes())

    verdict = verify_file((CORPUS / "own/valid_b.pdf").read_bytes(), trust=TrustFolder.read(tmp_path))

    assert (verdict.signature, verdict.signature_valid) == ("unconfirmed", False)


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
def test_a_list_that_has_run_out_proves_nothing():
    late = datetime(2036, 11, 19, 13, 53, 47, tzinfo=UTC)  # a second after the lists end
    before = datetime(2036, 11, 18, tzinfo=UTC)
    content, trust = (CORPUS / "own/valid_t.pdf").read_bytes(), TrustFolder.read(CORPUS / "own_ca")

    answers = [verify_file(content, trust=trust, at=at).signature_valid for at in (before, late)]

    assert answers == [True, False]


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
def test_the_command_prints_the_same_verdict(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("verify_certificate", str(CORPUS / "own/valid_b.pdf"), "--trust", str(CORPUS / "own_ca"), "--json")

    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1  # the signature is good; the certificate is in no register
    assert {name: said[name] for name in ("genuine", "registered", "signature_valid", "signature", "status")} == {
        "genuine": False,
        "registered": False,
        "signature_valid": True,
        "signature": "valid",
        "status": "unknown",
    }


def test_an_imitation_in_the_folder_is_not_trusted(tmp_path):
    ours, theirs = signing_key(tmp_path / "ours"), signing_key(tmp_path / "theirs")
    folder = tmp_path / "trust"
    folder.mkdir()
    for name, path in (("a.pem", theirs.authority), ("b.pem", ours.authority), ("leaf.pem", ours.certificate)):
        (folder / name).write_bytes(path.read_bytes())

    trust = TrustFolder.read(folder)

    assert (trust.anchors, trust.others) == ((folder / "b.pem",), (folder / "leaf.pem",))


def test_a_folder_without_an_authority_is_refused(tmp_path):
    (tmp_path / "words.pem").write_text("không phải chứng thư")

    with pytest.raises(TrustFolderProblem):
        TrustFolder.read(tmp_path)


def one_page(*objects: str, trailer: str = "") -> bytes:
    """A PDF of ``objects`` with a right table of their places."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, words in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{words}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


FIELD = "<< /FT /Sig /T (S) /V 4 0 R /Kids [3 0 R] /Parent 3 0 R >>"
FORM = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>"
PAGE = "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 9999999 >>"
HOSTILE = {
    "empty": b"",
    "head only": b"%PDF-1.7\n",
    "zeros": b"\x00" * 1000,
    "deep dictionaries": b"%PDF-1.7\n1 0 obj\n" + b"<<" * 20_000,
    "text": "không phải PDF".encode(),
    "pages that hold themselves": one_page("<< /Type /Catalog /Pages 2 0 R >>", PAGE),
    "fields that hold themselves": one_page(FORM, PAGE, FIELD, "<< /Type /Sig /ByteRange [0 9 9 9] /Contents <00> >>"),
    "a root that is itself": one_page("1 0 R"),
    "a table that leads to itself": b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 /Size 1 >>\nstartxref\n9\n%%EOF",
    "a table with a thousand million lines": b"%PDF-1.7\nxref\n0 999999999\ntrailer <</Size 1>>\nstartxref\n9\n%%EOF",
    "a number that is no place": b"%PDF-1.7\nstartxref\n" + b"9" * 5000 + b"\n%%EOF",
    "javascript": one_page(
        "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
    ),
    "locked": one_page(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
        "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <" + "41" * 32 + "> /U <" + "42" * 32 + "> >>",
        trailer="/Encrypt 3 0 R /ID [<00><00>] ",
    ),
    "deep arrays": one_page(FORM, PAGE, "[" * 50_000),
    "a title of many megabytes": b"%PDF-1.7\n" + b"(" * (4 * 1024 * 1024),
}


def bomb() -> bytes:
    """A table of places that unpacks to 600 MB."""
    packer, packed = zlib.compressobj(9), bytearray()
    for _ in range(600):
        packed += packer.compress(bytes(1024 * 1024))
    packed += packer.flush()
    facts = f"/Type /XRef /Size 9 /W [1 2 1] /Filter /FlateDecode /Length {len(packed)} /Root 1 0 R"
    head = f"%PDF-1.7\n1 0 obj\n<< {facts} >>\nstream\n".encode()
    return head + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_an_answer_and_is_not_ours(name):
    verdict = verify_file(HOSTILE[name])

    assert (verdict.genuine, verdict.registered, verdict.signature_valid) == (False, False, False)
    assert verdict.verdict in {"unreadable", "foreign"}


@pytest.mark.parametrize("name", ["empty", "head only", "zeros", "deep dictionaries", "text"])
def test_what_is_no_pdf_at_all_is_said_to_be_unreadable(name):
    assert verify_file(HOSTILE[name]).verdict == "unreadable"


def test_a_bomb_stays_within_the_memory_that_is_given():
    verdict = verify_file(bomb())

    assert (verdict.genuine, verdict.verdict) == (False, "unreadable")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 2 * pdf_inspection.MEMORY


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr("certificates.verification._inspect", None)

    assert verify_file(b"0" * (LARGEST + 1)).problem == "too large"


# What a file could make the reader do if it found a way to run code in it.
CRIMES = {
    "write": "open('{folder}/new', 'wb')",
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "run": "import os; os.system('true')",
    "start": "import subprocess; subprocess.run(['true'])",
}


@pytest.mark.parametrize("crime", CRIMES)
def test_the_reader_of_files_is_shut_in(tmp_path, crime):
    code = "import sys; sys.path.insert(0, {where!r}); import pdf_inspection as p; p._load(); p._shut_in()\n"
    code = code.format(where=str(Path(pdf_inspection.__file__).parent)) + CRIMES[crime].format(folder=tmp_path)

    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, env={}, check=False)

    assert (done.returncode, "PermissionError" in done.stderr) == (1, True), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_reader_of_files_gets_nothing_of_our_environment(monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(options)
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr("certificates.verification.subprocess.run", run)

    assert verify_file(b"%PDF-1.7").verdict == "unreadable"
    assert seen["env"] == {}


@pytest.mark.skipif(not PDFS, reason="the corpus is not here")
def test_the_command_says_it_in_vietnamese(capsys):
    with pytest.raises(SystemExit):
        call_command("verify_certificate", str(CORPUS / "own/valid_b.pdf"), "--trust", str(CORPUS / "own_ca"))

    assert capsys.readouterr().out.splitlines()[:5] == [
        "Có trong sổ cấp: không",
        "Tệp không bị sửa: không",
        "Chữ ký số hợp lệ: có",
        "Tình trạng hôm nay: không có trong sổ",
        "Chữ ký số: Chữ ký số hợp lệ và bao trùm toàn bộ tệp.",
    ]
