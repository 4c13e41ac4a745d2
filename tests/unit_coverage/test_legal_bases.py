"""The order in which a report names its legal bases."""

import itertools

from unit_coverage.reports.bases import in_order


def test_bases_stand_by_rank_then_by_year_and_number_however_they_come():
    wanted = [
        "Luật Công nghệ thông tin số 67/2006/QH11",
        "Nghị quyết số 57-NQ/TW ngày 22/12/2024",
        "Điều 12 Nghị định 09/2019/NĐ-CP về chế độ báo cáo",
        "Nghị định 30/2020/NĐ-CP",
        "Quyết định số 146/QĐ-TTg năm 2022",
        "Thông tư 03/2014/TT-BTTTT; quyết định của tỉnh",
        "Nghị quyết số 12/NQ-HĐND năm 2025",
        "Quyết định số 9/QĐ-UBND",
        "Kế hoạch phát triển nguồn nhân lực CNTT của tỉnh",
        "Kế hoạch số 9/KH-UBND năm 2026",
        "Kế hoạch số 10/KH-UBND năm 2026",
    ]
    shuffled = [*wanted[::2], "", *reversed(wanted[1::2]), wanted[3]]

    assert in_order(shuffled) == wanted
    assert {tuple(in_order(some)) for some in itertools.permutations(wanted[:4])} == {tuple(wanted[:4])}
