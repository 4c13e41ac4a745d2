"""The official papers of an exam session, in the words of the administration: Vietnamese whoever prints them.

Official papers have one language, so their words stand here and in no catalogue.
"""

from django.utils import timezone

from documents.exam_papers import (
    CandidateSlip,
    Column,
    OfficialPaper,
    Signer,
    SlipSheet,
    draw_candidate_slips,
    draw_paper,
)
from quizzes import session_queries
from quizzes.enums import FinishCause
from quizzes.models import ExamSession, ReviewRequest
from staff import clock
from staff.agency_names import agency_names

SLIPS, LIST, MINUTES, RESULTS = "phieu-du-thi", "danh-sach-thi-sinh", "bien-ban", "ket-qua"
REVIEWS = "bien-ban-phuc-khao"
_TITLES = {
    SLIPS: "Phiếu dự thi",
    LIST: "Danh sách thí sinh dự thi",
    MINUTES: "Biên bản ca thi",
    RESULTS: "Bảng kết quả thi",
    REVIEWS: "Biên bản chấm phúc khảo",
}
_SIGN = "(Ký, ghi rõ họ tên)"


def papers_of(session: ExamSession) -> list[tuple[str, str]]:
    """(slug, words) of the papers that can be printed now: minutes and results once the session is over, those of
    re-marking once a request was answered."""
    shown = (SLIPS, LIST) if session.ended_at is None else (SLIPS, LIST, MINUTES, RESULTS)
    if answered_requests(session).exists():
        shown += (REVIEWS,)
    return [(slug, _TITLES[slug]) for slug in shown]


def draw(session: ExamSession, slug: str) -> bytes | None:
    """The paper as a PDF; None for one that there is not, or not yet."""
    if slug not in dict(papers_of(session)):
        return None
    papers = {SLIPS: _slips, LIST: _list, MINUTES: _minutes, RESULTS: _results, REVIEWS: _reviews}
    return papers[slug](session)


def answered_requests(session: ExamSession):
    """The requests for re-marking that were answered, by candidate number."""
    asked = ReviewRequest.objects.filter(attempt__exam_session=session).exclude(answered_at=None)
    return asked.select_related("attempt__seat__staff_member", "grading").order_by("attempt__seat__number")


def _moment(moment) -> str:
    local = timezone.localtime(moment)
    return f"{local:%H} giờ {local:%M} ngày {local:%d/%m/%Y}"


def _clock(moment, session) -> str:
    """The time, with its day where that is another one than the session's."""
    local = timezone.localtime(moment)
    is_that_day = local.date() == timezone.localdate(session.opens_at)
    return f"{local:%H:%M}" if is_that_day else f"{local:%H:%M %d/%m}"


def _span(session) -> str:
    begins, ends = timezone.localtime(session.opens_at), timezone.localtime(session.closes_at)
    first = f"{begins:%H} giờ {begins:%M}" if begins.date() == ends.date() else _moment(begins)
    return f"từ {first} đến {_moment(ends)}"


def _unit(row) -> str:
    """As running text has it; on the screen a dot parts the names."""
    return row.unit.replace(" · ", ", ")


def _head(session, title, *, day=None, **more) -> OfficialPaper:
    """``day`` is the paper's date, that of the session where nothing else is said."""
    day = day or timezone.localdate(session.opens_at)
    names = agency_names(session.unit)
    return OfficialPaper(
        superior=names.superior,
        issuer=names.agency,
        place_and_date=f"................, ngày {day:%d} tháng {day:%m} năm {day.year}",
        title=title.upper(),
        subtitle=session.title,
        drawn_at=timezone.localtime(clock.now()),
        **more,
    )


def _about(session) -> tuple[str, ...]:
    return (
        f"Căn cứ: {session.legal_basis}.",
        f"Bài thi: {session.quiz.title}; thời gian làm bài: {session.quiz.time_limit} phút.",
        f"Phòng thi: {session.room}. Ca thi: {_span(session)}.",
    )


def _list(session) -> bytes:
    rows = session_queries.results(session)
    extra = session_queries.extra_minutes(session, rows)
    return draw_paper(
        _head(
            session,
            _TITLES[LIST],
            lines=_about(session),
            columns=(
                Column("Số báo danh", 1.5, is_centred=True),
                Column("Họ và tên", 4.6),
                Column("Ngày sinh", 2, is_centred=True),
                Column("Đơn vị", 4.2),
                Column("Chữ ký", 2.3, is_tall=True),
                Column("Ghi chú", 1.6),
            ),
            rows=tuple(
                (
                    row.seat.number_words,
                    row.seat.staff_member.full_name,
                    _born(row.seat.staff_member),
                    _unit(row),
                    "",
                    f"Thêm {minutes} phút" if (minutes := extra[row.seat.pk]) else "",
                )
                for row in rows
            ),
            after=(f"Danh sách này có {len(rows)} thí sinh.",),
            signers=(Signer("GIÁM THỊ 1", _SIGN), Signer("GIÁM THỊ 2", _SIGN)),
        )
    )


def _mark(mark) -> str:
    """Two decimals and a comma, as marks are written on official papers."""
    return "" if mark is None else f"{mark:.2f}".replace(".", ",")


def _born(person) -> str:
    day = person.date_of_birth
    if day is None or person.date_of_birth_precision == "unknown":
        return ""
    return {"year": f"{day.year}", "month": f"{day:%m/%Y}"}.get(person.date_of_birth_precision, f"{day:%d/%m/%Y}")


def _noted(row) -> str:
    """How the mark became what it is, where it was marked more than once."""
    notes = [_remarked(row)]
    if row.was_decided_anew:
        notes.append(f"Quyết định lần đầu: {_mark(row.first_decided)}")
    if row.was_decided_otherwise:
        notes.append(f"Sau quyết định: {_mark(row.decided)} thành {_mark(row.mark) or 'đang chờ chấm'}")
    return ". ".join(filter(None, notes))


def _remarked(row) -> str:
    if not row.asked_for_review:
        return ""
    if row.remarked_from is None:
        return "Xin phúc khảo"
    said = f"Phúc khảo: {_mark(row.remarked_from)} thành {_mark(row.remarked_to)}"
    if row.remarked_from == row.remarked_to:
        said = "Đã phúc khảo, giữ nguyên điểm"
    return f"{said}. Sau đó chấm lại: {_mark(row.mark)}" if row.was_marked_since else said


def _results(session) -> bytes:
    rows = session_queries.results(session)
    passed = sum(bool(row.is_passed) for row in rows)
    sat = sum(row.has_sat for row in rows)
    waiting = sum(row.is_waiting for row in rows)
    if session.is_decided:
        decision = session.decision
        state = f"Kết quả được công nhận theo Quyết định số {decision.number} ngày {decision.decided_on:%d/%m/%Y}."
        board = (f"Hội đồng thi: {'; '.join(decision.members)}.",) if decision.members else ()
        for further in session.further_decisions.all():
            said = f"Quyết định số {further.number} ngày {further.decided_on:%d/%m/%Y}"
            state = f"{state} Điểm thay đổi sau đó được công nhận theo {said}."
            if further.members != decision.members:
                board += (f"Hội đồng thi (Quyết định số {further.number}): {'; '.join(further.members)}.",)
        if since := sum(row.was_decided_otherwise for row in rows):
            state = f"{state} {since} bài được chấm lại sau quyết định; điểm mới không thuộc quyết định này."
    else:
        state, board = "Kết quả tạm thời, chưa có quyết định công nhận của Hội đồng thi.", ()
    return draw_paper(
        _head(
            session,
            _TITLES[RESULTS],
            day=clock.today(),  # it tells what is known now, and cites what came after the session
            lines=(
                *_about(session),
                state,
                *board,
                f"Nhận đơn phúc khảo đến hết ngày {session.complaints_until:%d/%m/%Y}.",
            ),
            columns=(
                Column("Số báo danh", 1.5, is_centred=True),
                Column("Họ và tên", 3.8),
                Column("Ngày sinh", 2.1, is_centred=True),
                Column("Đơn vị", 3.7),
                Column("Điểm", 1.3, is_centred=True),
                Column("Kết quả", 1.8, is_centred=True),
                Column("Ghi chú", 2.2),
            ),
            rows=tuple(
                (
                    row.seat.number_words,
                    row.seat.staff_member.full_name,
                    _born(row.seat.staff_member),
                    _unit(row),
                    _mark(row.mark),
                    _result(row),
                    _noted(row),
                )
                for row in rows
            ),
            after=(
                f"Số thí sinh trong danh sách: {len(rows)}; dự thi: {sat}; vắng: {len(rows) - sat}; "
                f"đạt: {passed}; không đạt: {sat - waiting - passed}"
                f"{f'; đang chờ chấm: {waiting}' if waiting else ''}.",
            ),
            signers=(Signer("NGƯỜI LẬP BẢNG", _SIGN), Signer("CHỦ TỊCH HỘI ĐỒNG THI", "(Ký, đóng dấu)")),
        )
    )


def _result(row) -> str:
    if row.mark is None:
        return "Đang chờ chấm" if row.has_sat else "Vắng"
    return "Đạt" if row.is_passed else "Không đạt"


def _reviews(session) -> bytes:
    asked = list(answered_requests(session))
    members = "; ".join(dict.fromkeys(name for request in asked for name in request.members))
    return draw_paper(
        _head(
            session,
            _TITLES[REVIEWS],
            day=clock.today(),
            lines=(
                *_about(session),
                f"Những người chấm phúc khảo: {members or '................................................'}.",
            ),
            columns=(
                Column("Số báo danh", 1.5, is_centred=True),
                Column("Họ và tên", 3.4),
                Column("Nội dung đề nghị", 4),
                Column("Điểm trước", 1.4, is_centred=True),
                Column("Điểm sau", 1.4, is_centred=True),
                Column("Kết luận", 4.6),
            ),
            rows=tuple(
                (
                    request.attempt.seat.number_words,
                    request.attempt.seat.staff_member.full_name,
                    request.reason,
                    _mark(before.mark if (before := session_queries.mark_before(request)) else None),
                    _mark(request.grading.mark),
                    request.answer,
                )
                for request in asked
            ),
            after=(f"Biên bản này ghi {len(asked)} đơn phúc khảo đã giải quyết.",),
            signers=(
                Signer("NGƯỜI CHẤM PHÚC KHẢO 1", _SIGN),
                Signer("NGƯỜI CHẤM PHÚC KHẢO 2", _SIGN),
                Signer("CHỦ TỊCH HỘI ĐỒNG THI", "(Ký, đóng dấu)"),
            ),
        )
    )


def _minutes(session) -> bytes:
    rows = session_queries.results(session)
    sat = [row for row in rows if row.has_sat]
    absent = [row.seat.number_words for row in rows if not row.has_sat]
    longer = [f"{row.seat.number_words} ({minutes} phút)" for row in sat if (minutes := row.seat.attempt.extra_minutes)]
    ended = sum(row.seat.attempt.finish_cause == FinishCause.INVIGILATOR for row in sat)
    invigilators = ", ".join(session.invigilators.order_by("full_name").values_list("full_name", flat=True))
    incidents = session.incidents.select_related("seat__staff_member")
    said = tuple(
        (
            _clock(incident.at, session),
            incident.seat.number_words if incident.seat else "Cả phòng",
            incident.text,
        )
        for incident in incidents
    )
    return draw_paper(
        _head(
            session,
            _TITLES[MINUTES],
            day=timezone.localdate(session.ended_at),
            lines=(
                *_about(session),
                f"Giám thị: {invigilators or '................................................'}.",
                f"Ca thi kết thúc lúc {_moment(session.ended_at)}.",
                f"Số thí sinh trong danh sách: {len(rows)}; dự thi: {len(sat)}; vắng: {len(absent)}"
                f"{' (số báo danh ' + ', '.join(absent) + ')' if absent else ''}.",
                *(
                    (f"Thí sinh được thêm thời gian làm bài theo điều kiện riêng: {', '.join(longer)}.",)
                    if longer
                    else ()
                ),
                f"Số bài do giám thị hoặc khi kết thúc ca thi đóng lại: {ended}.",
                "Các sự việc trong ca thi:" if said else "Không có sự việc bất thường được ghi nhận trong ca thi.",
            ),
            columns=(
                Column("Giờ", 1.3, is_centred=True),
                Column("Số báo danh", 1.8, is_centred=True),
                Column("Nội dung", 10),
            )
            if said
            else (),
            rows=said,
            after=("Biên bản được lập thành 02 bản, đọc lại cho những người có tên cùng nghe và ký xác nhận.",),
            signers=(
                Signer("GIÁM THỊ 1", _SIGN),
                Signer("GIÁM THỊ 2", _SIGN),
                Signer("TRƯỞNG ĐIỂM THI", _SIGN),
            ),
        )
    )


def _slips(session) -> bytes:
    sheet = SlipSheet(
        issuer=agency_names(session.unit).agency,
        title=_TITLES[SLIPS].upper(),
        subtitle=session.title,
        number_label="Số báo danh",
        notes=(
            "Có mặt trước giờ thi 30 phút, mang theo phiếu này và giấy tờ tùy thân có ảnh.",
            "Đăng nhập bằng tài khoản của mình, mở mục Ca thi, nhập mã ca thi ghi trên bảng và chờ giám thị cho vào.",
        ),
        drawn_at=timezone.localtime(clock.now()),
    )
    rows = session_queries.results(session)
    extra = session_queries.extra_minutes(session, rows)
    slips = tuple(
        CandidateSlip(
            number=row.seat.number_words,
            name=row.seat.staff_member.full_name,
            facts=(
                *((("Ngày sinh", born),) if (born := _born(row.seat.staff_member)) else ()),
                ("Đơn vị", _unit(row)),
                ("Bài thi", f"{session.quiz.title}, {session.quiz.time_limit + extra[row.seat.pk]} phút"),
                ("Phòng thi", session.room),
                ("Thời gian", f"từ {_moment(session.opens_at)}"),
            ),
        )
        for row in rows
    )
    return draw_candidate_slips(sheet, slips)
