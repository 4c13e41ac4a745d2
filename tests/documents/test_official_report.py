"""Official reports as PDF: what stands together on a page."""

from dataclasses import replace
from datetime import datetime

import pypdfium2
import pytest

from documents.official_report import OfficialReport, ReportColumn, ReportRow, ReportTable, draw_report

pytestmark = pytest.mark.pure


def report(rows: int) -> OfficialReport:
    columns = (ReportColumn("TT", 10, "centre"), ReportColumn("Đơn vị", 90))
    table = ReportTable("", columns, tuple(ReportRow((str(n), f"Xã {n}")) for n in range(1, rows + 1)))
    return OfficialReport(
        superior="UBND TỈNH LÂM ĐỒNG",
        issuer="UBND XÃ KA ĐÔ",
        is_party=False,
        number="Số: ……/BC-UBND",
        place_and_date="Ka Đô, ngày 29 tháng 11 năm 2026",
        title="BÁO CÁO",
        subtitle="Kết quả",
        addressee="",
        bases=(),
        lines=("Số liệu chốt đến hết ngày 30/09/2026.",),
        tables=(table,),
        after=("Ghi chú: số người đạt / số người phải học.", "Phiên bản quy tắc: YC-CB v1."),
        recipients=("Như trên;", "Lưu: VT."),
        signer_authority="TM. ỦY BAN NHÂN DÂN",
        signer_post="CHỦ TỊCH",
        signer_name="Trần Văn A",
        foot="BC-2026-0001",
        drawn_at=datetime(2026, 11, 29, 8),
        banner="",
        is_lying=True,
    )


def pages(drawn: bytes) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(drawn)]


@pytest.mark.parametrize("rows", range(6, 20))
def test_a_signature_never_stands_alone_on_its_page(rows):
    found = pages(draw_report(report(rows)))

    signed = next(text for text in found if "Trần Văn A" in text)
    assert ["Phiên bản quy tắc" in signed, "Nơi nhận" in signed] == [True, True]


def test_a_report_without_remarks_is_drawn_all_the_same():
    [page] = pages(draw_report(replace(report(3), after=())))

    assert "Trần Văn A" in page
