"""The drawn slips: every word as it stands, four on a page, the same bytes."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from documents import account_slips
from documents.account_slips import Slip, SlipWords, draw_slips

WORDS = SlipWords(
    title="Học CNTT · Phiếu kích hoạt tài khoản",
    staff_code="Mã cán bộ",
    activation_code="Mã kích hoạt",
    steps=("Mở địa chỉ bên phải.", "Gõ mã cán bộ và mã kích hoạt.", "Đặt mật khẩu của riêng anh/chị."),
    until="Dùng được đến hết ngày 10/12/2026",
    keep="Giữ kín phiếu này.",
    address="https://hoc-cntt.lamdong.example/tai-khoan/kich-hoat/",
    drawn_at=datetime(2026, 11, 26, 8, 5, 9, tzinfo=UTC),
)
SLIP = Slip("Touprong Thị Hồng Phượng", "Văn phòng, Xã Ka Đô", "K7M 3X4P", "KQ7M-3X4P-0CF8")


def _pages(units):
    pages = PdfReader(io.BytesIO(draw_slips(WORDS, units))).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_the_file_says_when_it_was_drawn():
    about = PdfReader(io.BytesIO(draw_slips(WORDS, [("Xã", [SLIP])]))).metadata

    assert about["/CreationDate"] == "D:20261126080509+00'00'"


def test_equal_words_give_equal_bytes():
    assert draw_slips(WORDS, [("Xã", [SLIP])]) == draw_slips(replace(WORDS), [("Xã", [replace(SLIP)])])


@pytest.mark.parametrize(("count", "sheets"), [(1, 1), (4, 1), (5, 2), (9, 3)])
def test_four_slips_are_on_a_page(count, sheets):
    pages = _pages([("Xã", [SLIP] * count)])

    assert (len(pages), sum(page.count(SLIP.activation_code) for page in pages)) == (sheets, count)


def test_each_unit_begins_a_page_that_names_it():
    pages = _pages([("Xã Ka Đô", [SLIP]), ("Xã D'Ran", [SLIP])])

    assert [("Xã Ka Đô · 1/1" in page, "Xã D'Ran · 1/1" in page) for page in pages] == [(True, False), (False, True)]


def test_every_word_of_a_slip_can_be_read():
    [page] = _pages([("Xã", [SLIP])])

    words = [WORDS.title, WORDS.until, WORDS.keep, *WORDS.steps, SLIP.name, SLIP.unit, SLIP.staff_code]
    assert [word for word in words if word not in page] == []
    assert WORDS.address.removeprefix("https://") in page.replace(" ", "")


def test_the_qr_code_holds_the_address_and_no_code(monkeypatch):
    made = []
    monkeypatch.setattr(account_slips.segno, "make", lambda words, **kw: made.append(words) or _Square())

    draw_slips(WORDS, [("Xã", [SLIP])])

    assert made == [WORDS.address]


class _Square:
    matrix = ((1,),)


def test_a_very_long_name_stays_on_the_paper():
    long = replace(SLIP, name="Touprong " * 14, unit="Trung tâm Phục vụ hành chính công, " * 5)

    assert _pages([("Xã" * 80, [long])])
