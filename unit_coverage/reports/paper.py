"""A content as official paper (Decree 30/2020): words, tables and sheets.

Papers have one language, so these words stand here and in no catalogue.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from documents.official_report import OfficialReport, ReportColumn, ReportRow, ReportTable, draw_report
from staff.agency_names import agency_names
from staff.enums import UnitKind
from staff.models import Unit
from staff.spreadsheets import Percent
from unit_coverage.enums import ReportKind
from unit_coverage.reports.bases import in_order
from unit_coverage.reports.content import NOT_TRAINED, structure_day
from unit_coverage.reports.sheets import Sheet, as_csv_bytes, workbook
from unit_coverage.shares import NONE, percent, percent_text

FIGURE_NAMES = {
    "basic": "Tin học cơ bản",
    "application": "Ứng dụng nghiệp vụ",
    "specialist": "Chuyên sâu CNTT",
    "oss": "Phần mềm nguồn mở",
    "security": "An toàn thông tin",
}
OUTCOMES = {
    "passed": "Đạt (kiểm tra)",
    "completed": "Hoàn thành",
    "recognised": "Công nhận",
    "declared": "Theo kê khai",
    NOT_TRAINED: "Chưa đạt",
    "exempt": "Miễn",
    "deferred": "Tạm hoãn",
    "not_bound": "Không bắt buộc",
    "": NONE,
    "tu-so": "Tử số",
    "chi-mau-so": "Mẫu số",
    "chua-phan-loai": "Chưa phân loại",
}
SUPERVISED = {True: "Đạt (kiểm tra, có giám sát)", False: "Đạt (kiểm tra, không giám sát)"}
CATEGORIES = {
    "can_bo": "Cán bộ",
    "cong_chuc": "Công chức",
    "vien_chuc": "Viên chức",
    "khong_chuyen_trach": "Không chuyên trách",
    "hop_dong": "Hợp đồng",
    "unclassified": "Chưa phân loại",
}
TITLES = {
    ReportKind.COVERAGE: "Kết quả đào tạo, bồi dưỡng kỹ năng công nghệ thông tin",
    ReportKind.INDEX: "Các chỉ số về nhân lực và đào tạo công nghệ thông tin",
    ReportKind.PEOPLE: "Danh sách cán bộ, công chức, viên chức và kết quả bồi dưỡng công nghệ thông tin",
}
NO_FIGURES = "chưa có số liệu"
DRAFT = "BẢN XEM TRƯỚC - CHƯA CHỐT"
DEFAULT_RECIPIENTS = ("Như trên;", "Lưu: VT.")
# On upright paper the names of more people than this are left to the sheets: nobody reads two hundred pages.
MOST_PEOPLE_ON_PAPER = 2000


def number_words(value: int) -> str:
    """Grouped as in Việt Nam: 1.234."""
    return f"{value:,}".replace(",", ".")


def report_paper(
    content: dict, unit: Unit, paper: dict, *, moment: datetime, code: str = "", digest: str = "", names=True
):
    """The words of the report. ``paper`` is what its form was filled in with; without ``code`` it is a draft."""
    on, last = timezone.localdate(moment), date.fromisoformat(content["period"]["last"])
    is_party = is_party_body(unit)
    agency = agency_names(unit)
    # Whoever sends the paper gives it its number and, where the form is empty, the rest of its symbol.
    symbol = "BC/……" if is_party else "BC-……"
    foot = (
        f"{code} · SHA-256 {digest[:16]}… · lập lúc {timezone.localtime(moment):%H:%M ngày %d/%m/%Y}" if code else DRAFT
    )
    return OfficialReport(
        superior=paper.get("superior") or agency.superior,
        issuer=paper.get("issuer") or agency.agency,
        is_party=is_party,
        number=f"Số: ……{'-' if is_party else '/'}{paper.get('symbol') or symbol}",
        place_and_date=f"{paper.get('place') or place_of(unit)}, {day_words(on)}",
        title="BÁO CÁO",
        subtitle=f"{TITLES[ReportKind(content['kind'])]} {_period_words(content)}",
        addressee=paper.get("addressee", ""),
        bases=_bases(content),
        lines=_opening(content, last),
        tables=tuple(_tables(content, names)),
        after=tuple(_after(content)),
        recipients=tuple(line for line in paper.get("recipients", "").splitlines() if line) or DEFAULT_RECIPIENTS,
        signer_authority=paper.get("signer_authority", "").upper(),
        signer_post=(paper.get("signer_post") or "THỦ TRƯỞNG CƠ QUAN").upper(),
        signer_name=paper.get("signer_name", ""),
        foot=foot,
        drawn_at=timezone.localtime(moment),
        banner="" if code else DRAFT,
        is_lying=True,
    )


def is_party_body(unit: Unit) -> bool:
    """Whether the Party's letterhead stands on its papers: the body itself, or one above it."""
    chain = Unit.objects.filter(pk__in=[*unit.ancestor_ids, unit.pk])
    return chain.filter(kind=UnitKind.PARTY_BODY).exists()


def place_of(unit: Unit) -> str:
    """Where the agency sits, as the unit's own name says: Ka Đô of Xã Ka Đô."""
    nearest = unit
    while nearest.parent_id and nearest.kind in (UnitKind.OFFICE, UnitKind.DEPARTMENT, UnitKind.SERVICE_UNIT):
        nearest = nearest.parent
    for head in ("Tỉnh ", "Thành phố ", "Huyện ", "Xã ", "Phường ", "Thị trấn ", "Đặc khu "):
        if nearest.name.startswith(head):
            return nearest.name.removeprefix(head).split(" (")[0]
    return nearest.name.split(" (")[0]


def day_words(day: date) -> str:
    """Days below 10 and the months January and February with a zero in front, as the decree writes them."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _period_words(content: dict) -> str:
    label = content["period"]["label"]
    return label[:1].lower() + label[1:] if label.startswith(("Quý", "Năm", "Tháng", "Từ", "Nhiệm")) else label


def _bases(content: dict) -> tuple[str, ...]:
    bases = [content["period"]["basis"]]
    for rules in content.get("rules", {}).values():
        bases += [rule["basis"] for rule in rules]
    bases += [one["basis"] for one in content.get("indicators", ())]
    return tuple(f"Căn cứ {basis.rstrip('.;')};" for basis in in_order(bases))


def _opening(content: dict, last: date) -> tuple[str, ...]:
    first = date.fromisoformat(content["period"]["first"])
    lines = [
        f"Thời gian báo cáo: từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}. "
        f"Số liệu chốt đến hết ngày {last:%d/%m/%Y}, "
        f"{_structure_words(content)}"
    ]
    if corrects := content.get("corrects"):
        lines.append(
            f"Báo cáo này thay thế báo cáo {corrects['code']} ngày {corrects['day']}. Lý do: {corrects['reason']}."
        )
    return tuple(lines)


def _structure_words(content: dict) -> str:
    day = structure_day(content)
    if day == date.fromisoformat(content["period"]["last"]):
        return "theo cơ cấu tổ chức tại ngày chốt; mỗi người tính một lần tại đơn vị của vị trí công tác chính."
    return (
        f"theo các đơn vị có tại ngày {day:%d/%m/%Y}; mỗi người của ngày chốt tính một lần, tại đơn vị kế tiếp"
        " của đơn vị có vị trí công tác chính."
    )


def _after(content: dict) -> Iterable[str]:
    if content["kind"] == ReportKind.INDEX:
        yield "Ghi chú: a là tử số, b là mẫu số; người chưa phân loại đối tượng được nêu riêng, không tính vào a và b."
        if lacking := [one["name"] for one in content["indicators"] if one.get("lacks_cohort")]:
            first = date.fromisoformat(content["period"]["first"])
            yield (
                f"Không có mẫu số: {'; '.join(lacking)}. Vào ngày đầu kỳ ({first:%d/%m/%Y}) đơn vị chưa có danh sách "
                "cán bộ nào, nên không xác định được những người chưa đạt lúc bắt đầu kỳ."
            )
    else:
        yield "Ghi chú: số người đạt / số người phải học; dấu “–”: không có người phải học."
    versions = [
        f"{rule['code']} v{rule['version']}" for rules in content.get("rules", {}).values() for rule in rules
    ] + [f"{one['code']} v{one['version']}" for one in content.get("indicators", ())]
    if versions:
        yield f"Phiên bản quy tắc: {', '.join(dict.fromkeys(versions))}."


# --- Tables ------------------------------------------------------------------------------------------------


def _tables(content: dict, names: bool) -> Iterable[ReportTable]:
    if content["kind"] == ReportKind.INDEX:
        yield index_table(content)
    elif content["kind"] == ReportKind.COVERAGE:
        yield coverage_table(content)
    elif names and len(content["people"]) <= MOST_PEOPLE_ON_PAPER:
        yield people_table(content)
    else:
        yield coverage_table(content)


def coverage_table(content: dict) -> ReportTable:
    columns = [
        ReportColumn("TT", 4, "centre"),
        ReportColumn("Đơn vị", 23),
        ReportColumn("Người đứng đầu", 14),
        ReportColumn("Tổng số", 7, "right"),
        *(ReportColumn(name, 14, "right") for name in FIGURE_NAMES.values()),
    ]
    rows, place = [], 0
    for line in content["lines"]:
        place += line["part"] == "child"
        name = f"{line['name']} (trực tiếp)" if line["part"] == "own" else line["name"]
        cells = [str(place) if line["part"] == "child" else "", name, line["head"]]
        if line["has_figures"]:
            cells += [number_words(line["headcount"]), *(figure_words(line["figures"][key]) for key in FIGURE_NAMES)]
        else:
            # in the first cell that is wide enough for one line
            cells += ["", NO_FIGURES, *[""] * (len(FIGURE_NAMES) - 1)]
        rows.append(ReportRow(tuple(cells), is_strong=line["part"] == "whole"))
    return ReportTable("", tuple(columns), tuple(rows))


def figure_words(figure: dict) -> str:
    """41/54 = 75,93%, with the target where there is one; a dash where nobody must learn."""
    if not figure["b"]:
        return NONE
    share = percent_text(figure["a"], figure["b"])
    said = f"{number_words(figure['a'])}/{number_words(figure['b'])} = {share}"
    if "target" not in figure:
        return said
    # in a narrow column it takes a line of its own, unbroken
    return f"{said} (chỉ\xa0tiêu\xa0{target_words(figure['target'])})"


def target_words(target: str) -> str:
    return f"{Decimal(target):.2f}%".replace(".", ",")


def index_table(content: dict) -> ReportTable:
    has_targets = any("target" in one for one in content["indicators"])
    columns = (
        ReportColumn("TT", 4, "centre"),
        ReportColumn("Chỉ số", 34),
        ReportColumn("Bộ chỉ số", 12),
        ReportColumn("a", 7, "right"),
        ReportColumn("b", 7, "right"),
        ReportColumn("a/b", 9, "right"),
        *([ReportColumn("Chỉ tiêu", 9, "right")] if has_targets else []),
        ReportColumn("Chưa phân loại", 8, "right"),
        ReportColumn("Tài liệu kiểm chứng", 30),
    )
    rows = []
    for place, one in enumerate(content["indicators"], 1):
        b = one["b"]
        rows.append(
            ReportRow(
                (
                    str(place),
                    one["name"],
                    one["framework"],
                    number_words(one["a"]),
                    NONE if b is None else number_words(b),
                    percent_text(one["a"], b or 0),
                    *([target_words(one["target"]) if "target" in one else NONE] if has_targets else []),
                    number_words(one["unclassified"]),
                    one["evidence"] or NONE,
                )
            )
        )
    return ReportTable("", columns, tuple(rows))


def people_table(content: dict) -> ReportTable:
    columns = (
        ReportColumn("TT", 5, "centre"),
        ReportColumn("Họ và tên", 20),
        ReportColumn("Đơn vị", 24),
        ReportColumn("Đối tượng", 11),
        *(ReportColumn(name, 11, "centre") for name in FIGURE_NAMES.values()),
    )
    rows = (
        ReportRow(
            (
                str(place),
                person["name"],
                person["unit_name"],
                CATEGORIES[person["category"]],
                *(_said(person, key) for key in FIGURE_NAMES),
            )
        )
        for place, person in enumerate(content["people"], 1)
    )
    return ReportTable("", columns, tuple(rows))


# --- Files -------------------------------------------------------------------------------------------------


def figures_sheet(content: dict) -> Sheet:
    """The table of the paper with every part of each figure in a column of its own."""
    if content["kind"] == ReportKind.INDEX:
        heads = ("TT", "Mã", "Chỉ số", "Bộ chỉ số", "Phiên bản", "a", "b", "a/b", "Chỉ tiêu", "Điểm tối đa",
                 "Chưa phân loại", "Tài liệu kiểm chứng", "Căn cứ")  # fmt: skip
        rows = (
            (place, one["code"], one["name"], one["framework"], one["version"], one["a"],
             NONE if one["b"] is None else one["b"], _share(one["a"], one["b"] or 0), _target(one),
             one["max_points"], one["unclassified"], one["evidence"], one["basis"])
            for place, one in enumerate(content["indicators"], 1)
        )  # fmt: skip
        return Sheet("Chỉ số", "Bảng chỉ số", heads, (5, 22, 44, 16, 9, 8, 8, 10, 10, 9, 10, 44, 44), rows)
    heads = ("Mã đơn vị", "Đơn vị", "Người đứng đầu", "Tổng số", "Lĩnh vực", "Phải học (b)", "Đạt (a)", "Tỷ lệ",
             "Chỉ tiêu", "Kiểm tra đạt", "Hoàn thành", "Công nhận", "Theo kê khai", "Miễn", "Tạm hoãn",
             "Không bắt buộc")  # fmt: skip
    return Sheet(
        "Tỷ lệ", "Tỷ lệ theo đơn vị và lĩnh vực", heads, (14, 36, 24, 9, 22, *[10] * 11), _figure_rows(content)
    )


def _figure_rows(content: dict) -> Iterable[tuple]:
    for line in content["lines"]:
        name = f"{line['name']} (trực tiếp)" if line["part"] == "own" else line["name"]
        if not line["has_figures"]:
            yield line["unit"], name, line["head"], NO_FIGURES, *[""] * 12
            continue
        for key, label in FIGURE_NAMES.items():
            f = line["figures"][key]
            share = _share(f["a"], f["b"])
            yield (line["unit"], name, line["head"], line["headcount"], label, f["b"], f["a"], share, _target(f),
                   f["passed"], f["completed"], f["recognised"], f["declared"], f["exempt"], f["deferred"],
                   f["not_bound"])  # fmt: skip


def _target(figure: dict) -> str:
    return Percent(target_words(figure["target"]), Decimal(figure["target"])) if "target" in figure else ""


def _share(a: int, b: int) -> str:
    share = percent(a, b)
    return NONE if share is None else Percent(percent_text(a, b), share)


def people_heads(content: dict) -> tuple[str, ...]:
    keys = _keys(content)
    return ("TT", "Họ và tên", "Mã cán bộ", "Mã đơn vị", "Đơn vị", "Đối tượng", *keys.values())


def people_rows(content: dict) -> Iterable[tuple]:
    keys = _keys(content)
    for place, person in enumerate(content["people"], 1):
        said = (_said(person, key, person.get("why", {}).get(key, "")) for key in keys)
        yield (place, person["name"], person["code"], person["unit"], person["unit_name"],
               CATEGORIES[person["category"]], *said)  # fmt: skip


def _said(person: dict, key: str, why: str = "") -> str:
    """What became of the person in one figure; reports of before do not know how a test was supervised."""
    supervised = person.get("supervised", {})
    words = SUPERVISED[supervised[key]] if key in supervised else OUTCOMES[person["outcomes"].get(key, "")]
    return f"{words}: {why}" if why else words


def _keys(content: dict) -> dict[str, str]:
    if content["kind"] != ReportKind.INDEX:
        return FIGURE_NAMES
    return {one["code"]: one["name"] for one in content["indicators"] if one["subject"] == "people"}


def people_sheet(content: dict) -> Sheet:
    heads = people_heads(content)
    widths = (6, 28, 14, 14, 44, 16, *[18] * (len(heads) - 6))
    return Sheet("Danh sách", "Danh sách kèm theo", heads, widths, people_rows(content))


def people_workbook(content: dict, report: OfficialReport) -> bytes:
    return workbook(report, [people_sheet(content)])


def people_csv(content: dict) -> bytes:
    return as_csv_bytes(people_heads(content), people_rows(content))


def figures_workbook(content: dict, report: OfficialReport) -> bytes:
    return workbook(report, [figures_sheet(content)])


def pdf(report: OfficialReport) -> bytes:
    return draw_report(report)
