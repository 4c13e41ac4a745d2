"""The official papers of a class, in the words of the administration: Vietnamese whoever prints them.

Official papers have one language, so their words stand here and in no catalogue.
"""

from datetime import date

from django.utils import timezone

from courses.classes.queries import NomineeRow
from courses.enums import ClassState, NominationState
from courses.models import ClassSession, Meeting
from documents.exam_papers import (
    CandidateSlip,
    Column,
    OfficialPaper,
    Signer,
    SlipSheet,
    draw_candidate_slips,
    draw_paper,
)
from staff import clock
from staff.agency_names import agency_names
from staff.enums import DatePrecision

LIST, SLIPS, SLIPS_WITHOUT_MAIL, RESULTS, SHEET = (
    "danh-sach-cu-di-hoc",
    "giay-bao",
    "giay-bao-khong-thu",
    "ket-qua-diem-danh",
    "diem-danh",
)
_TITLES = {
    LIST: "Danh sách cử đi học",
    SLIPS: "Giấy báo đi học",
    SLIPS_WITHOUT_MAIL: "Giấy báo đi học, người không có thư điện tử",
    RESULTS: "Bảng tổng hợp điểm danh",
}
_SHEET_TITLE = "Bảng điểm danh"
_SIGN = "(Ký, ghi rõ họ tên)"


def papers_of(found: ClassSession, meetings: list[Meeting], *, runs: bool) -> list[tuple[str, str]]:
    """(slug, words) of the papers that can be printed now; sheets and totals for who runs the class only."""
    papers = [(LIST, _TITLES[LIST])]
    if found.is_planned:
        papers += [(SLIPS, _TITLES[SLIPS]), (SLIPS_WITHOUT_MAIL, _TITLES[SLIPS_WITHOUT_MAIL])]
    if runs and not found.is_past:
        papers += [
            (f"{SHEET}-{place}", f"{_SHEET_TITLE}: {meeting.words}") for place, meeting in enumerate(meetings, 1)
        ]
    if runs and found.state == ClassState.HELD:
        papers.append((RESULTS, _TITLES[RESULTS]))
    return papers


def draw(
    found: ClassSession, slug: str, *, rows: list[NomineeRow], meetings: list[Meeting], runs: bool
) -> bytes | None:
    """The paper about ``rows`` as a PDF; None for one that there is not, or not for this reader."""
    if slug not in dict(papers_of(found, meetings, runs=runs)):
        return None
    standing = [row for row in rows if row.nomination.state != NominationState.WITHDRAWN]
    if slug.startswith(f"{SHEET}-"):
        return _sheet(found, meetings[int(slug.removeprefix(f"{SHEET}-")) - 1], _confirmed(standing))
    if slug == RESULTS:
        return _results(found, _confirmed(standing))
    if slug == LIST:
        return _list(found, standing)
    return _slips(found, meetings, standing if slug == SLIPS else [row for row in standing if not _has_mail(row)])


def _confirmed(rows):
    return [row for row in rows if row.nomination.state == NominationState.CONFIRMED]


def _has_mail(row: NomineeRow) -> bool:
    account = getattr(row.nomination.staff_member, "user", None)
    return bool(account and account.is_active and account.email)


def _head(found, title, **more) -> OfficialPaper:
    names = agency_names(found.unit)
    day = clock.today()
    return OfficialPaper(
        superior=names.superior,
        issuer=names.agency,
        place_and_date=f"................, ngày {day:%d} tháng {day:%m} năm {day.year}",
        title=title.upper(),
        subtitle=found.name,
        drawn_at=timezone.localtime(clock.now()),
        **more,
    )


def _about(found: ClassSession) -> tuple[str, ...]:
    lines = [f"Khóa học: {found.course.code}, {found.course.title}."]
    if found.decision_number:
        on = f" ngày {found.decision_on:%d/%m/%Y}" if found.decision_on else ""
        lines.insert(0, f"Căn cứ: Quyết định số {found.decision_number}{on}.")
    if found.first_day:
        days = (
            f"ngày {found.first_day:%d/%m/%Y}"
            if found.first_day == found.last_day
            else f"từ ngày {found.first_day:%d/%m/%Y} đến ngày {found.last_day:%d/%m/%Y}"
        )
        lines.append(f"Thời gian: {days}, {found.hours} tiết.")
    if found.place:
        lines.append(f"Địa điểm: {found.place}.")
    if found.trainer_names:
        lines.append(f"Giảng viên: {found.trainer_names}.")
    return tuple(lines)


def _born(person) -> str:
    day: date | None = person.date_of_birth
    if day is None or person.date_of_birth_precision == DatePrecision.UNKNOWN:
        return ""
    precision = person.date_of_birth_precision
    return {DatePrecision.YEAR: f"{day.year}", DatePrecision.MONTH: f"{day:%m/%Y}"}.get(precision, f"{day:%d/%m/%Y}")


def _decision(row: NomineeRow) -> str:
    sent = row.nomination
    if not sent.decision_number:
        return ""
    return f"{sent.decision_number}, {sent.decision_on:%d/%m/%Y}" if sent.decision_on else sent.decision_number


_PERSON = (
    Column("STT", 1, is_centred=True),
    Column("Họ và tên", 4.2),
    Column("Ngày sinh", 2.1, is_centred=True),
    Column("Đơn vị", 4),
)


def _person(place: int, row: NomineeRow) -> tuple[str, ...]:
    return (str(place), row.nomination.staff_member.full_name, _born(row.nomination.staff_member), row.unit_name)


def _list(found, rows) -> bytes:
    return draw_paper(
        _head(
            found,
            _TITLES[LIST],
            lines=_about(found),
            columns=(*_PERSON, Column("Quyết định cử", 3), Column("Ghi chú", 2)),
            rows=tuple(
                (
                    *_person(place, row),
                    _decision(row),
                    "" if row.nomination.state == NominationState.CONFIRMED else "Chờ xác nhận",
                )
                for place, row in enumerate(rows, 1)
            ),
            after=(f"Danh sách này có {len(rows)} người.",),
            signers=(Signer("NGƯỜI LẬP DANH SÁCH", _SIGN), Signer("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu)")),
        )
    )


def _sheet(found, meeting, rows) -> bytes:
    return draw_paper(
        _head(
            found,
            _SHEET_TITLE,
            lines=(*_about(found), f"Buổi học: {meeting.words}, {meeting.hours} tiết."),
            columns=(*_PERSON, Column("Chữ ký", 2.6, is_tall=True), Column("Ghi chú", 2)),
            rows=tuple((*_person(place, row), "", "") for place, row in enumerate(rows, 1)),
            after=(f"Số người trong danh sách: {len(rows)}; có mặt: ........; vắng: ........",),
            signers=(Signer("GIẢNG VIÊN", _SIGN), Signer("NGƯỜI TỔ CHỨC LỚP", _SIGN)),
        )
    )


def _results(found, rows) -> bytes:
    attended = sum(bool(row.has_attended) for row in rows)
    return draw_paper(
        _head(
            found,
            _TITLES[RESULTS],
            lines=(*_about(found), f"Yêu cầu dự lớp: từ {found.attendance_percent}% số tiết trở lên."),
            columns=(*_PERSON, Column("Số tiết dự", 1.8, is_centred=True), Column("Dự lớp", 2.2)),
            rows=tuple((*_person(place, row), _hours(row), _attended(row)) for place, row in enumerate(rows, 1)),
            after=(
                f"Số người: {len(rows)}; dự đủ: {attended}; chưa dự đủ: {len(rows) - attended}.",
                "Dự đủ lớp không phải là đạt bài kiểm tra của khóa học.",
            ),
            signers=(Signer("NGƯỜI LẬP BẢNG", _SIGN), Signer("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, đóng dấu)")),
        )
    )


def _hours(row) -> str:
    return "" if row.hours is None else f"{row.hours}/{row.total}"


def _attended(row) -> str:
    return {None: "Không rõ", True: "Dự đủ", False: "Chưa dự đủ"}[row.has_attended]


def _slips(found, meetings, rows) -> bytes:
    sheet = SlipSheet(
        issuer=agency_names(found.unit).agency,
        title=_TITLES[SLIPS].upper(),
        subtitle=found.name,
        number_label="Số thứ tự",
        notes=("Mang theo giấy báo này khi đến lớp. Nếu không dự được, báo ngay cho đơn vị cử đi học.",),
        drawn_at=timezone.localtime(clock.now()),
    )
    when = "; ".join(meeting.words for meeting in meetings[:3])
    if len(meetings) > 3:
        when += f" và {len(meetings) - 3} buổi nữa"
    slips = tuple(
        CandidateSlip(
            number=str(place),
            name=row.nomination.staff_member.full_name,
            facts=(
                ("Đơn vị", row.unit_name),
                ("Khóa học", f"{found.course.code}, {found.course.title}"),
                ("Thời gian", when or "sẽ thông báo sau"),
                ("Địa điểm", found.place or "sẽ thông báo sau"),
                ("Quyết định cử", _decision(row) or "................"),
            ),
        )
        for place, row in enumerate(rows, 1)
    )
    return draw_candidate_slips(sheet, slips)
