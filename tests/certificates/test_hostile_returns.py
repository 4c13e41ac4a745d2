"""Files that come back other than they should are refused, each with its reason; the honest ones beside are taken."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from certificates import services
from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateFile
from certificates.outside_words import problem_words
from courses.services import revoke_qualification
from staff import clock
from tests.factories.agency import Agency, signed
from tests.factories.certificates import passed_qualification
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(settings, tmp_path):
    made = Agency.at(tmp_path / "agency")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    for name, value in made.settings().items():
        setattr(settings, name, value)
    return made


@pytest.fixture
def batch(agency, learner, admin):
    """Two certificates that went out."""
    for code in ("CB-01", "CB-02"):
        services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code=code).pk)
    made = services.make_batch(request_key="một", by=admin)
    services.draw_batch_files(batch_id=made.pk)
    return made


@pytest.fixture
def sheets(batch):
    """What went out."""
    found = []
    for item in batch.items.all():
        with storages["private"].open(item.name) as file:
            found.append(file.read())
    return found


@pytest.fixture
def hand_in(batch, admin):
    """``hand_in(content)``: (outcome, problem) of each file in it; nothing of a refused one may stay."""

    def handed(content, name="tep.pdf"):
        upload = services.take_upload(batch=batch, content=content, file_name=name, by=admin)
        assert services.work_upload(upload_id=upload.pk) is True
        upload.refresh_from_db()
        for row in upload.report:
            if "problem" in row:
                assert "%(" not in problem_words(row["problem"], row["facts"])
        return [(row["outcome"], row.get("problem", "")) for row in upload.report]

    return handed


def untouched():
    """Nothing was attached, nothing issued, nothing left over in the private storage."""
    pending = not Certificate.objects.exclude(status=CertificateStatus.PENDING).exists()
    return pending and not CertificateFile.objects.exists()


def appended(pdf: bytes, change) -> bytes:
    """``pdf`` with an incremental update; ``change(writer)`` says what is in it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def annotation(writer):
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (300, 250, 600, 300))),
            NameObject("/Contents"): TextStringObject("Trần Văn Khác"),
        }
    )
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), writer.add_object(note))


def other_words(writer):
    """The page gets other contents: what the shadow attacks do between two signatures."""
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"BT (khac) Tj ET"))
    writer.update_container(page)


def hidden_words(writer):
    """Contents that nothing shows yet."""
    writer.add_object(StreamObject(stream_data=b"BT (khac) Tj ET"))


def script(writer):
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = writer.add_object(DictionaryObject(action))
    writer.update_root()


def _numbers(*found):
    return ArrayObject(map(NumberObject, found))


def _form(writer):
    if "/AcroForm" not in writer.root:
        empty = DictionaryObject({NameObject("/Fields"): ArrayObject()})
        writer.root["/AcroForm"] = writer.add_object(empty)
        writer.update_root()
    return writer.root["/AcroForm"]


def hidden_layer(writer):
    """A white sheet over the words, on a layer that some readers show and others do not."""
    layer = writer.add_object(
        DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("x")})
    )
    shown = DictionaryObject({NameObject("/OFF"): ArrayObject([layer])})
    writer.root["/OCProperties"] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([layer]), NameObject("/D"): shown}
    )
    writer.update_root()
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Resources"]["/Properties"] = DictionaryObject({NameObject("/MC0"): layer})
    sheet = writer.add_object(StreamObject(stream_data=b"/OC /MC0 BDC 1 1 1 rg 0 250 900 60 re f EMC"))
    page["/Contents"] = ArrayObject([page.raw_get("/Contents"), sheet])
    writer.update_container(page)


def field_above(writer):
    """A field of a form whose picture hides the name."""
    picture = StreamObject(
        {NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): _numbers(0, 0, 400, 60)},
        stream_data=b"1 1 1 rg 0 0 400 60 re f",
    )
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("ten"),
            NameObject("/V"): TextStringObject("Trần Văn Khác"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): _numbers(100, 250, 500, 310),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer.add_object(picture)}),
        }
    )
    place = writer.add_object(field)
    writer.register_annotation(writer.root["/Pages"]["/Kids"].raw_get(0), place)
    fields = _form(writer)["/Fields"]
    fields.append(place)
    writer.update_container(fields)


def second_page(writer):
    pages = writer.root["/Pages"]
    page = {NameObject("/Type"): NameObject("/Page"), NameObject("/Parent"): writer.root.raw_get("/Pages")}
    page[NameObject("/MediaBox")] = _numbers(0, 0, 500, 500)
    pages["/Kids"].append(writer.add_object(DictionaryObject(page)))
    pages["/Count"] = NumberObject(2)
    writer.update_container(pages)
    writer.update_container(pages["/Kids"])


def file_inside(writer):
    content = StreamObject({NameObject("/Type"): NameObject("/EmbeddedFile")}, stream_data=b"MZ")
    held = DictionaryObject({NameObject("/F"): writer.add_object(content)})
    named = {NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject("a.exe")}
    named[NameObject("/EF")] = held
    names = ArrayObject([TextStringObject("a"), writer.add_object(DictionaryObject(named))])
    writer.root["/Names"] = DictionaryObject(
        {NameObject("/EmbeddedFiles"): DictionaryObject({NameObject("/Names"): names})}
    )
    writer.update_root()


def form_of_xml(writer):
    """XFA: a second form in XML, which some readers show instead of the page."""
    form = _form(writer)
    form["/XFA"] = writer.add_object(StreamObject(stream_data=b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"))
    writer.update_container(form)


def script_on_closing(writer):
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root["/AA"] = DictionaryObject({NameObject("/WC"): DictionaryObject(action)})
    writer.update_root()


CHANGES = [
    annotation,
    other_words,
    hidden_words,
    script,
    hidden_layer,
    field_above,
    second_page,
    file_inside,
    form_of_xml,
    script_on_closing,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_sheet_that_was_changed_before_it_was_signed_is_refused(agency, sheets, hand_in, change):
    assert hand_in(agency.both(appended(sheets[0], change))) == [("refused", "changed")]
    assert untouched()


@pytest.mark.parametrize("change", CHANGES)
def test_a_sheet_that_was_changed_between_the_signatures_is_refused(agency, sheets, hand_in, change):
    first = agency.first(sheets[0])

    assert hand_in(agency.second(appended(first, change))) == [("refused", "changed")]
    assert untouched()


@pytest.mark.parametrize("change", CHANGES)
def test_a_sheet_that_was_changed_after_both_signatures_is_refused(agency, sheets, hand_in, change):
    assert hand_in(appended(agency.both(sheets[0]), change)) == [("refused", "changed")]
    assert untouched()


def test_bytes_after_the_last_signature_are_refused_and_so_are_missing_ones(agency, sheets, hand_in):
    whole = agency.both(sheets[0])

    found = [hand_in(content) for content in (whole + b"\n% more", whole[:-700])]

    assert [problem for [(_outcome, problem)] in found] == ["changed", "unreadable"]
    assert untouched()


def test_a_signed_byte_that_was_altered_is_found(agency, sheets, hand_in):
    whole = agency.both(sheets[0])
    # a word that the tool wrote beside the first signature
    at = whole.index(b"/Adobe.PPKLite", len(sheets[0])) + 1
    altered = whole[:at] + b"B" + whole[at + 1 :]
    assert altered != whole

    assert hand_in(altered) == [("refused", "broken")]
    assert untouched()


def test_other_contents_under_the_name_of_a_sheet_are_refused(agency, sheets, hand_in):
    saved_anew = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(sheets[0]))).write(saved_anew)
    exchanged = sheets[0].replace(b"0", b"1", 1)

    found = [hand_in(agency.both(content)) for content in (saved_anew.getvalue(), exchanged)]

    assert found == [[("refused", "foreign")]] * 2
    assert hand_in(sheets[0]) == [("refused", "unsigned")]
    assert untouched()


def test_files_under_each_others_names_go_to_their_own_certificates(agency, sheets, hand_in):
    first, second = [agency.both(sheet) for sheet in sheets]

    found = hand_in(packed({"0001.pdf": second, "0002.pdf": first}), "ky.zip")

    assert found == [("issued", "")] * 2
    kept = [certificate.files.get() for certificate in Certificate.objects.order_by("number")]
    contents = [storages["private"].open(file.name).read() for file in kept]
    assert contents == [first, second]


def test_a_stranger_the_wrong_order_and_too_many_are_told_apart(agency, sheets, hand_in, tmp_path):
    stranger = signing_key(tmp_path / "stranger", holder="Nguyễn Văn Ký")
    by_stranger = signed(sheets[0], stranger, "ChuKyNguoiKy")
    sealed_by_stranger = signed(agency.first(sheets[0]), stranger, "ChuKyCoQuan")
    seal_first = agency.first(agency.second(sheets[0]))
    seal_alone = agency.second(sheets[0])
    signer_twice = signed(agency.first(sheets[0]), agency.signer, "ChuKyCoQuan")
    three = signed(agency.both(sheets[0]), stranger, "Them", makes_field=True)

    found = [
        hand_in(content)[0][1]
        for content in (by_stranger, sealed_by_stranger, seal_first, seal_alone, signer_twice, three)
    ]

    assert found == ["stranger", "stranger", "order", "order", "order", "too_many"]
    assert untouched()


def test_a_certificate_that_is_named_but_leads_to_no_authority_is_refused(agency, sheets, hand_in, settings, tmp_path):
    whole = agency.both(sheets[0])
    settings.SIGNING_OUTSIDE_CHAIN_FILES = [str(signing_key(tmp_path / "other").authority)]

    assert hand_in(whole) == [("refused", "untrusted")]
    assert untouched()


@pytest.mark.parametrize(
    "made",
    [
        {"valid_from": timedelta(days=-9), "valid_until": timedelta(hours=-1)},
        {"valid_from": timedelta(days=1), "valid_until": timedelta(days=9)},
        {"may_sign": False},
    ],
    ids=["expired", "not yet valid", "wrong usage"],
)
def test_a_key_that_must_not_sign_is_refused_and_what_is_pending_goes_on_with_another(
    agency, sheets, hand_in, settings, tmp_path, made
):
    facts = {name: clock.now() + value if isinstance(value, timedelta) else value for name, value in made.items()}
    bad = signing_key(tmp_path / "bad", holder="Nguyễn Văn Ký", **facts)
    settings.SIGNING_OUTSIDE_SIGNER_FILES = [str(bad.certificate)]
    settings.SIGNING_OUTSIDE_CHAIN_FILES = [*settings.SIGNING_OUTSIDE_CHAIN_FILES, str(bad.authority)]

    assert hand_in(agency.second(signed(sheets[0], bad, "ChuKyNguoiKy"))) == [("refused", "unusable")]
    assert untouched()
    settings.SIGNING_OUTSIDE_SIGNER_FILES = [str(agency.signer.certificate)]
    assert hand_in(agency.both(sheets[0])) == [("issued", "")]


def test_a_refused_file_is_looked_at_again_when_its_signer_was_entered(agency, sheets, hand_in, settings):
    settings.SIGNING_OUTSIDE_SIGNER_FILES = []
    whole = agency.both(sheets[0])
    assert hand_in(whole) == [("refused", "stranger")]
    settings.SIGNING_OUTSIDE_SIGNER_FILES = [str(agency.signer.certificate)]

    assert hand_in(whole) == [("issued", "")]


def test_a_certificate_that_was_revoked_while_it_was_out_is_refused(agency, sheets, hand_in, admin, learner):
    first = Certificate.objects.order_by("number").first()
    revoke_qualification(qualification=first.qualification, from_day=clock.today(), reason="Thi hộ", by=admin)
    services.revoke_forgotten()

    assert [hand_in(agency.both(sheet)) for sheet in sheets] == [[("refused", "revoked")], [("issued", "")]]
    assert learner.staff_member.notices.filter(kind="certificate.issued").count() == 1


def test_another_signed_file_of_an_issued_certificate_changes_nothing(agency, sheets, hand_in):
    assert hand_in(agency.both(sheets[0])) == [("issued", "")]

    assert hand_in(agency.both(sheets[0])) == [("refused", "issued")]
    assert CertificateFile.objects.count() == 1


def test_what_does_not_continue_the_received_file_is_refused(agency, sheets, hand_in):
    first = agency.first(sheets[0])
    assert hand_in(first) == [("part", "")]

    assert hand_in(agency.both(sheets[0])) == [("refused", "not_continuing")]
    assert hand_in(agency.second(first)) == [("issued", "")]


def test_a_file_of_another_batch_is_sent_there(agency, sheets, hand_in, admin, learner):
    services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code="CB-03").pk)
    other = services.make_batch(request_key="hai", by=admin)
    services.draw_batch_files(batch_id=other.pk)
    with storages["private"].open(other.items.get().name) as file:
        content = agency.both(file.read())

    assert hand_in(content) == [("refused", "other_batch")]


def packed(files: dict) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()


def test_archives_that_are_traps_are_refused_whole(agency, sheets, hand_in):
    honest = agency.both(sheets[0])
    bomb = packed({"a.pdf": honest, "b.pdf": bytes(39 * 1024 * 1024)})
    outside = packed({"a.pdf": honest, "../../b.pdf": honest})
    broken = packed({"a.pdf": honest})[:-30]
    locked = packed({"a.pdf": honest}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")

    found = [hand_in(content, "ky.zip") for content in (bomb, outside, broken, locked, packed({"a.txt": b"x"}))]

    problems = ["zip_suspicious", "zip_outside", "zip_broken", "zip_locked", "zip_empty"]
    assert found == [[("refused", problem)] for problem in problems]
    assert untouched()


def test_files_that_break_their_reader_are_refused_and_the_honest_ones_beside_them_are_taken(agency, sheets, hand_in):
    deep = sheets[0] + b"\n1 0 obj\n" + b"<</A" * 200_000 + b"\nstartxref\n0\n%%EOF\n"
    at = len(sheets[0]) + 1
    loop = sheets[0] + b"\nxref\n0 0\ntrailer\n<< /Size 1 /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (at, at)
    files = {"1.pdf": deep, "2.pdf": loop, "3.pdf": b"", "4.doc": b"\xd0\xcf", "5.pdf": agency.both(sheets[0])}

    found = hand_in(packed(files), "ky.zip")

    assert found[2:] == [("refused", "no_pdf")] * 2 + [("issued", "")]
    assert {outcome for outcome, _problem in found[:2]} == {"refused"}


def test_a_file_that_kills_its_reader_stops_no_other(agency, sheets, hand_in, monkeypatch):
    """The reader is a process of its own: here it ends itself at every second file."""
    from certificates.signing import outside

    real = outside._ask
    monkeypatch.setattr(outside, "_ask", lambda files: [] if len(files) == 2 else real(files))

    found = hand_in(packed({f"{n}.pdf": agency.both(sheet) for n, sheet in enumerate(sheets)}), "ky.zip")

    assert found == [("refused", "unreadable"), ("issued", "")]
