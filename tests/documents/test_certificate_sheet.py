"""The drawn sheet: every letter, every word as it stands, the same bytes."""

import io
import os
import shutil
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from documents import fonts
from documents.certificate_sheet import BodyWords, CertificateSheet, draw_certificate

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
LOWER = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES] + ["đ"]
LETTERS = "".join(LOWER) + "".join(LOWER).upper()

_picture = io.BytesIO()
Image.new("RGBA", (80, 80), (200, 20, 20, 120)).save(_picture, "PNG")
PNG = _picture.getvalue()

SHEET = CertificateSheet(
    superior="CƠ QUAN CHỦ QUẢN (VÍ DỤ)",
    issuer="CƠ SỞ BỒI DƯỠNG TRÌNH DIỄN",
    body=BodyWords(
        title="GIẤY CHỨNG NHẬN",
        subtitle="HOÀN THÀNH KHÓA BỒI DƯỠNG",
        certifies="Giám đốc, Cơ sở bồi dưỡng trình diễn chứng nhận:",
        about=("Sinh ngày 05/01/1985", "Đơn vị: Trung tâm Phục vụ hành chính công, Xã Ka Đô, Tỉnh Lâm Đồng"),
        completed="Đã hoàn thành khóa bồi dưỡng",
        details=(
            "thời lượng 08 tiết, từ ngày 03/11/2026 đến ngày 22/11/2026",
            "Kết quả: Đạt 8,25/10, loại Giỏi",
        ),
    ),
    honorific="Bà",
    holder_name="Touprong Thị Hồng Phượng",
    course="Internet và thư điện tử công vụ",
    number="0123/2026",
    register_number="0123",
    decision="Quyết định số 00/QĐ-VD ngày 01/01/2026 (ví dụ)",
    code="0123456789ABCDEF",
    check_address="http://127.0.0.1:8000/kt/0123456789ABCDEF",
    place_and_date="Thành phố Ví Dụ, ngày 22 tháng 11 năm 2026",
    signer_post="GIÁM ĐỐC",
    signer_name="Nguyễn Văn Ví Dụ",
    signature=("Ký số bởi: Khóa ký TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ", "Thời gian ký: 2026-11-22T10:58:31+07:00"),
    drawn_at=datetime(2026, 11, 22, 10, 58, 31, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
)


def text_of(pdf):
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_equal_words_give_equal_bytes():
    assert draw_certificate(SHEET) == draw_certificate(replace(SHEET))


def test_the_file_says_when_it_was_drawn():
    about = PdfReader(io.BytesIO(draw_certificate(SHEET))).metadata

    assert (about["/CreationDate"], about["/ModDate"]) == ("D:20261122105831+07'00'",) * 2


@pytest.mark.parametrize("font", [fonts.SERIF, fonts.SERIF_SEMIBOLD, fonts.SERIF_BOLD, fonts.SANS, fonts.SANS_BOLD])
def test_every_font_holds_every_vietnamese_letter(font):
    assert fonts.missing_letters(LETTERS, font) == []


def test_every_vietnamese_letter_can_be_read_back():
    for start in range(0, len(LETTERS), 24):
        name = LETTERS[start : start + 24]

        assert name in text_of(draw_certificate(replace(SHEET, holder_name=name)))


@pytest.mark.parametrize(
    "name",
    ["<b>Đậm", "An & Bình", '<img src="/etc/hostname">', "K' Brèm", "Lê Ái", "Nguyễn " * 9 + "Ánh", "Ẫ" * 60],
)
def test_a_strange_name_is_printed_as_it_stands(name):
    text = text_of(draw_certificate(replace(SHEET, holder_name=name)))

    assert " ".join(name.split()) in text


def test_decomposed_names_are_composed():
    name = "Trần Thị Hồng Phượng"

    text = text_of(draw_certificate(replace(SHEET, holder_name=unicodedata.normalize("NFD", name))))

    assert name in text


def test_a_sheet_without_value_says_so():
    words = "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ"

    assert words in text_of(draw_certificate(replace(SHEET, banner=words)))


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("pdftotext") and not os.environ.get("CI"), reason="poppler-utils is not installed")
def test_the_words_across_a_sheet_do_not_run_into_the_holders_name(tmp_path):
    sheet = tmp_path / "sheet.pdf"
    # a name long enough to lie under the slanting words
    name = "Nguyễn Tôn Nữ Hoàng Khánh Trang"
    sheet.write_bytes(draw_certificate(replace(SHEET, honorific="", holder_name=name, banner="KHÔNG CÓ GIÁ TRỊ")))

    lines = subprocess.run(["pdftotext", sheet, "-"], capture_output=True, text=True, check=True).stdout.splitlines()

    assert name in lines
    assert "KHÔNG CÓ GIÁ TRỊ" in lines


def test_the_title_is_never_that_of_the_state_certificate():
    text = text_of(draw_certificate(SHEET)).casefold()

    assert "giấy chứng nhận hoàn thành khóa bồi dưỡng" in text
    assert "chứng chỉ ứng dụng" not in text


HARD_NAMES = [
    "Touprong Thị Hồng Phượng",
    "Lê Á",
    "K' Brèm Ha-Bang",
    "Nguyễn Ỷ Ỡ Ẵ",
    "<b>Đậm</b> & {holder} %s \\ (x)",
    ("Nguyễn Phúc Hoàng Trường Giang Thị Ngọc Quỳnh Phương " * 3)[:120].strip(),
    unicodedata.normalize("NFD", "Đặng Thị Thùy Ngưỡng"),
]


def read_by_pdftotext(pdf, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "sheet.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.system
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
@pytest.mark.parametrize("name", HARD_NAMES)
def test_two_readers_give_back_the_very_name(name, tmp_path):
    pdf = draw_certificate(replace(SHEET, holder_name=name))
    wanted = f"Bà {unicodedata.normalize('NFC', name)}"

    lines = [" ".join(line.split()) for line in read_by_pdftotext(pdf, tmp_path).splitlines()]
    title = PdfReader(io.BytesIO(pdf)).metadata["/Title"]

    assert wanted in lines
    assert wanted in text_of(pdf)
    assert title == f"GIẤY CHỨNG NHẬN 0123/2026 - {unicodedata.normalize('NFC', name)}"


def tree_of(pdf):
    """(kind, text or description) of every element, in reading order."""
    found = []

    def walk(node):
        for kid in node["/K"] if isinstance(node.get("/K"), list) else [node.get("/K")]:
            kid = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(kid, dict):
                found.append((kid["/S"], str(kid.get("/Alt", ""))))
                walk(kid)

    walk(PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"])
    return found


def test_the_file_is_tagged_and_says_its_language_and_facts():
    pdf = draw_certificate(replace(SHEET, holder_name="<Lê> & Con", seal=PNG))
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    facts = ElementTree.fromstring(root["/Metadata"].get_object().get_data().strip())

    kinds = [kind for kind, _alt in tree_of(pdf)]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("vi-VN", True)
    assert (kinds[0], kinds.count("/H1"), kinds.count("/H2"), kinds.count("/Figure")) == ("/Document", 1, 1, 2)
    assert [alt for kind, alt in tree_of(pdf) if kind == "/Figure"] == [
        "Hình ảnh con dấu",
        f"Mã QR dẫn đến trang kiểm tra: {SHEET.check_address}",
    ]
    said = {element.tag.rpartition("}")[2]: "".join(element.itertext()).strip() for element in facts.iter()}
    assert (said["title"], said["language"]) == ("GIẤY CHỨNG NHẬN 0123/2026 - <Lê> & Con", "vi-VN")


def test_whatever_is_drawn_is_tagged_or_an_ornament():
    """Marked content opens and closes in pairs, and no text stands outside of it."""
    page = PdfReader(io.BytesIO(draw_certificate(replace(SHEET, banner="KHÔNG CÓ GIÁ TRỊ")))).pages[0]
    depth, outside = 0, 0
    for line in page.get_contents().get_data().decode("latin-1").split("\n"):
        if line.endswith(("BDC", "BMC")):
            depth += 1
        elif line == "EMC":
            depth -= 1
        elif ("Tj" in line or "TJ" in line) and depth == 0:
            outside += 1
    assert (depth, outside) == (0, 0)


def test_every_font_is_embedded():
    fonts_of_page = PdfReader(io.BytesIO(draw_certificate(SHEET))).pages[0]["/Resources"]["/Font"]

    found = [font.get_object() for font in fonts_of_page.values()]
    assert len(found) == 5
    assert all("/FontFile2" in font["/FontDescriptor"] and "/ToUnicode" in font for font in found)


def test_the_partys_sheet_has_its_heading_and_no_motto():
    text = text_of(draw_certificate(replace(SHEET, head="ĐẢNG CỘNG SẢN VIỆT NAM", motto="")))

    assert ("ĐẢNG CỘNG SẢN VIỆT NAM" in text, "Độc lập" in text) == (True, False)


def test_english_below_stands_in_its_own_language():
    below = BodyWords("CERTIFICATE", "", "certifies that", ("Born on 5 January 1985", ""), "has completed", ("Passed",))
    pdf = draw_certificate(replace(SHEET, below=below))

    text = text_of(pdf)
    assert all(words in text for words in ("CERTIFICATE", "Born on 5 January 1985", "Sinh ngày 05/01/1985"))
    assert pdf.count(b"/Lang (en)") == 5


def test_nobody_stands_without_an_honorific_by_a_guess():
    assert "Bà" not in text_of(draw_certificate(replace(SHEET, honorific="")))


def test_the_body_never_runs_into_the_foot():
    long = "Khai thác, sử dụng phần mềm nguồn mở và bảo đảm an toàn thông tin trong hoạt động của cơ quan " * 3
    below = replace(SHEET.body, details=(long, long))
    pdf = draw_certificate(replace(SHEET, course=long, body=below, below=below))
    heights = {}

    def note(text, _cm, tm, _font, _size):
        if text.strip():
            heights[" ".join(text.split())] = tm[5]

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    foot = heights[SHEET.place_and_date]
    assert min(height for words, height in heights.items() if "cơ quan" in words) > foot


def test_sheets_that_are_drawn_together_are_drawn_as_alone():
    sheets = [replace(SHEET, holder_name=f"{LETTERS[place:]}{LETTERS[:place]}") for place in range(0, 96, 4)]
    alone = [draw_certificate(sheet) for sheet in sheets]
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns within every line
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(draw_certificate, sheets))
    finally:
        sys.setswitchinterval(patience)

    assert [one == other for one, other in zip(together, alone, strict=True)] == [True] * len(sheets)
