"""The drawn sheet: every letter, every word as it stands, the same bytes."""

import io
import unicodedata
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from documents import fonts
from documents.certificate_sheet import BodyWords, CertificateSheet, draw_certificate

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
LOWER = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES] + ["đ"]
LETTERS = "".join(LOWER) + "".join(LOWER).upper()

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


def test_the_title_is_never_that_of_the_state_certificate():
    text = text_of(draw_certificate(SHEET)).casefold()

    assert "giấy chứng nhận hoàn thành khóa bồi dưỡng" in text
    assert "chứng chỉ ứng dụng" not in text
