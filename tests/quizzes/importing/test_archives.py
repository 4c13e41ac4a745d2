"""Archives of questions: packages and files packed together, honest ones and others."""

import io
import struct
import zipfile

import pytest

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from tests.quizzes.importing.test_judging import png
from tests.quizzes.importing.test_qti import CORRECT, OPTIONS, item

GIFT = "$CATEGORY: Mạng\n\nLAN là gì?{=mạng cục bộ ~mạng rộng}\n"
MANIFEST = '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>{}</resources></manifest>'


def packed(parts, *, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def resource(href, kind="imsqti_item_xmlv2p1"):
    return f'<resource identifier="r" type="{kind}" href="{href}"/>'


def package(*resources, **parts):
    return packed({"imsmanifest.xml": MANIFEST.format("".join(resources))} | parts)


def refusal(content, **asked):
    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(content, **asked)
    return refused.value.note.english


def test_a_package_gives_its_items_with_their_pictures():
    body = f'<p>Nhìn: <img src="../hinh/a b.png" alt="bàn phím"/></p>{OPTIONS}'
    content = package(resource("cau/1.xml"), **{"cau/1.xml": item(body, answer=CORRECT), "hinh/a b.png": png()})

    (verdict,) = judged(parsed_file(content))

    assert (verdict.reason, len(verdict.pictures), verdict.found.source) == (None, 1, "cau/1.xml")
    assert 'alt="bàn phím"' in verdict.text.stem


def test_the_title_of_a_test_is_the_category_of_its_items():
    test = """<assessmentTest identifier="t" title="Đề 1"><testPart identifier="p"><assessmentSection identifier="s"
title="Phần A"><assessmentItemRef identifier="i" href="cau/1.xml"/></assessmentSection></testPart></assessmentTest>"""
    content = package(
        resource("cau/1.xml"), resource("de.xml", "imsqti_test_xmlv2p1"),
        **{"cau/1.xml": item(OPTIONS, answer=CORRECT), "de.xml": test},
    )  # fmt: skip

    assert [found.category for found in parsed_file(content).questions] == [("Đề 1",)]


def test_a_broken_item_among_good_ones_is_named_and_the_others_are_read():
    good = item(OPTIONS, answer=CORRECT)
    content = package(
        resource("1.xml"), resource("2.xml"), resource("3.xml"), resource("../../etc/passwd"),
        **{"1.xml": good, "2.xml": good[:-30], "3.xml": good},
    )  # fmt: skip

    verdicts = judged(parsed_file(content))

    assert [verdict.reason and verdict.reason.code for verdict in verdicts] == [None, "bad_xml", None, "href_missing"]
    assert [verdict.found.source for verdict in verdicts] == ["1.xml", "2.xml", "3.xml", "imsmanifest.xml"]


def test_a_folder_around_the_package_does_not_matter():
    content = packed(
        {"goi/imsmanifest.xml": MANIFEST.format(resource("1.xml")), "goi/1.xml": item(OPTIONS, answer=CORRECT)}
    )

    assert [found.source for found in parsed_file(content).questions] == ["goi/1.xml"]


def test_items_without_a_manifest_are_no_package():
    content = packed({"1.xml": item(OPTIONS, answer=CORRECT)})

    assert refusal(content) == "the package has no imsmanifest.xml: export it anew as a QTI package"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("b/cau-hoi.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old_office"),
        ("cau-hoi.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old_office"),
        ("cau-hoi.docx", b"{\\rtf1 }", "zip_broken"),
        ("cau-hoi.pdf", b"%PDF-1.7", "zip_not_read"),
        ("cau-hoi.ODT", b"x", "zip_not_read"),
        ("~$u-hoi.docx", b"Lan", None),
        ("hinh.png", b"\x89PNG", None),
    ],
)
def test_a_file_that_may_hold_questions_and_is_not_read_is_named(name, content, code):
    found = judged(parsed_file(packed({"a.gift": "Câu?{T}", name: content})))

    assert [(each.found.source, each.reason.code) for each in found if each.reason] == ([(name, code)] if code else [])
    assert [each.text.type for each in found if each.text] == ["true_false"]


def test_files_packed_together_are_read_each_by_itself():
    content = packed(
        {"b.gift": GIFT, "a.txt": "Câu?\nA. đúng\nB. sai\nANSWER: A\n", "hong.gift": b"\xff\xfe\x00", "anh.png": png(),
         "__MACOSX/b.gift": "x", "c.zip": packed({"x.gift": GIFT})}
    )  # fmt: skip

    parsed = parsed_file(content)

    assert parsed.format == "zip"
    assert [(f.number, f.source, f.problem and f.problem.code) for f in parsed.questions] == [
        (1, "a.txt", None), (2, "b.gift", None), (3, "c.zip", "zip_in_zip"), (4, "hong.gift", "not_utf16")
    ]  # fmt: skip
    assert [category.path for category in parsed.categories] == [("Mạng",)]


@pytest.mark.parametrize("name", ["../a.gift", "/etc/a.gift", "C:\\a.gift", "a\\..\\..\\b.gift"])
def test_a_name_that_leads_outside_refuses_the_archive(name):
    assert refusal(packed({name: GIFT})).startswith("the archive names a file outside itself: ")


def test_bombs_are_refused():
    suspicious = "the archive is built in a way that honest archives are not: pack the files anew"

    assert refusal(packed({"a.gift": b"0" * 30_000_000})) == suspicious
    assert refusal(packed({f"{n}.gift": b"" for n in range(40_001)})) == suspicious


def test_what_an_archive_says_of_its_own_size_is_not_believed():
    content = bytearray(packed({"a.gift": b"0" * 30_000_000}))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 10)

    assert refusal(bytes(content)).startswith("the archive ")


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"xxxx", "a.zip", "the archive (ZIP) is damaged, or it is none: pack the files anew"),
        (b"", "a.zip", "the file is empty"),
        (packed({"a.gift": GIFT})[:-40], "a.zip", "the archive (ZIP) is damaged, or it is none: pack the files anew"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "a.doc",
         "this is an old .doc or .xls file, or one with a password: save it as .docx or .xlsx without one"),
        (packed({"a.png": b"x"}), "a.zip", "there is no question in the file"),
    ],
)  # fmt: skip
def test_what_is_no_archive_of_questions_is_told_in_words(content, name, sentence):
    assert refusal(content, name=name) == sentence


def test_a_question_that_begins_like_an_archive_is_none():
    assert len(parsed_file("PKI là gì?{=hạ tầng ~khóa}".encode()).questions) == 1


def test_what_the_list_of_a_package_says_about_an_item_goes_with_it():
    about = """<metadata><lom><general><keyword><langstring>mạng</langstring></keyword><keyword><string>LAN</string>
        </keyword></general><educational><difficulty><source>LOMv1.0</source><value>Very Difficult</value></difficulty>
        </educational><classification><purpose><value>discipline</value></purpose><taxonPath><taxon><id>X</id></taxon>
        </taxonPath></classification><classification><purpose><value>competency</value></purpose><taxonPath><taxon>
        <id>IU01</id><taxon><id>IU01.1</id></taxon></taxon></taxonPath></classification></lom></metadata>"""
    described = resource("1.xml").replace("/>", f">{about}</resource>")

    (verdict,) = judged(parsed_file(package(described, **{"1.xml": item(f"<p>Câu?</p>{OPTIONS}", answer=CORRECT)})))

    assert (verdict.tags, verdict.text.difficulty, verdict.competence) == (("mạng", "LAN"), "3", "IU01.1")


def test_files_of_the_package_that_an_item_links_to_are_given_out():
    """A link to another place is words of the text, and so is one to a file that is not there; a file of another kind
    is named."""
    body = (
        '<p>Mở <a href="../tep/a%20b.csv">tệp này</a>, xem <a href="https://example.org/x.csv">trang</a> và '
        '<a href="../tep/c.csv">c</a><a href="../tep/e.html">.</a></p><p><a href="../tep/d.csv">số liệu.csv</a></p>'
        '<uploadInteraction responseIdentifier="RESPONSE"/>'
    )
    parts = {"cau/1.xml": item(body, base="file", rules=""), "tep/a b.csv": "a;b", "tep/d.csv": "c;d",
             "tep/e.html": "x"}  # fmt: skip

    (verdict,) = judged(parsed_file(package(resource("cau/1.xml"), **parts)))

    assert verdict.text.stem == "Mở tệp này, xem trang và c."
    assert [(file.name, file.size) for file in verdict.text.files] == [("a b.csv", 3), ("số liệu.csv", 3)]
    assert [(one.code, dict(one.params)["file"]) for one in verdict.warnings if one.code != "criteria_made"] == [
        ("task_file_kind", "e.html")
    ]
