"""Papers of examinations: every word is on them, the head of the table on every page; equal papers are equal bytes."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from documents.exam_papers import (
    CandidateSlip,
    Column,
    OfficialPaper,
    Signer,
    SlipSheet,
    draw_candidate_slips,
    draw_paper,
)

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
COLUMNS = (Column("Số báo danh", 1, is_centred=True), Column("Họ và tên", 4), Column("Chữ ký", 2, is_tall=True))


def paper(count):
    return OfficialPaper(
        superior="TỈNH LÂM ĐỒNG",
        issuer="XÃ ĐƠN DƯƠNG",
        place_and_date="........, ngày 23 tháng 11 năm 2026",
        title="DANH SÁCH THÍ SINH DỰ THI",
        subtitle="Kỳ thi đợt 1",
        drawn_at=AT,
        lines=("Phòng thi: Phòng máy 1.",),
        columns=COLUMNS,
        rows=tuple((f"{number:03d}", f"Nguyễn Thị <b>Ý</b> {number}", "") for number in range(1, count + 1)),
        after=(f"Danh sách này có {count} thí sinh.",),
        signers=(Signer("GIÁM THỊ 1", "(Ký)"), Signer("GIÁM THỊ 2", "(Ký)")),
    )


def pages_of(pdf):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_word_is_on_the_paper_as_it_stands():
    (text,) = pages_of(draw_paper(paper(3)))

    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "XÃ ĐƠN DƯƠNG", "Nguyễn Thị <b>Ý</b> 3", "GIÁM THỊ 2"):
        assert words in text


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 18, 19, 20, 40, 300])
def test_the_head_of_the_table_stands_on_every_page_and_nobody_signs_an_empty_one(count):
    pages = pages_of(draw_paper(paper(count)))

    assert all("Họ và tên" in text for text in pages)
    assert sum(text.count("Nguyễn Thị") for text in pages) == count
    assert "GIÁM THỊ 1" in pages[-1]


def test_pages_are_numbered_from_the_second_on():
    pages = pages_of(draw_paper(paper(40)))

    assert [text.split(" ", 1)[0] for text in pages[1:]] == [str(n) for n in range(2, len(pages) + 1)]


def test_equal_papers_give_equal_bytes():
    assert draw_paper(paper(30)) == draw_paper(paper(30))


def test_four_slips_stand_on_a_page():
    sheet = SlipSheet("XÃ ĐƠN DƯƠNG", "PHIẾU DỰ THI", "Kỳ thi đợt 1", "Số báo danh", ("Có mặt trước giờ thi.",), AT)
    slips = tuple(CandidateSlip(f"{n:03d}", f"Trần Thị Số {n}", (("Phòng thi", "Phòng 1"),)) for n in range(1, 6))

    pages = pages_of(draw_candidate_slips(sheet, slips))

    assert [text.count("PHIẾU DỰ THI") for text in pages] == [4, 1]
    assert "005" in pages[1]
