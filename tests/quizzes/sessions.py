"""Exam sessions for tests, brought by the verbs to the state that a test speaks of."""

from datetime import date, timedelta

from quizzes.services import add_seats, admit, arrive, open_session, record_decision, start_seat
from tests.quizzes.conftest import START

ADDRESS = "10.1.2.3"
BOARD = ["Trần Văn Chủ, Phó Giám đốc Sở, Chủ tịch Hội đồng", "Lê Thị Viên, chuyên viên, ủy viên"]


def a_session(quiz, unit, *, by=None, invigilators=(), opens_in=0, minutes=60, **fields):
    """Opens ``opens_in`` minutes after START."""
    opens_at = START + timedelta(minutes=opens_in)
    said = {
        "title": "Kỳ thi sát hạch kỹ năng số đợt 1",
        "room": "Phòng máy 1",
        "legal_basis": "Quyết định số 123/QĐ-SNV ngày 02/11/2026",
        "complaints_until": date(2026, 12, 8),
        "opens_at": opens_at,
        "closes_at": opens_at + timedelta(minutes=minutes),
    }
    return open_session(quiz=quiz, unit=unit, by=by, invigilators=invigilators, **said | fields)


def a_seat(session, person, by=None):
    add_seats(session=session, people=[person], by=by)
    return session.seats.get(staff_member=person)


def admitted(seat, by=None):
    arrive(seat=seat, code=seat.session.access_code, address=ADDRESS)
    return admit(seat=seat, by=by)


def started(seat, by=None, device="pc-1"):
    admitted(seat, by)
    return start_seat(seat=seat, device=device, address=ADDRESS)


def decided(session, *, by):
    """The board met before the days for complaints were over, and said why."""
    return record_decision(
        session=session,
        number="45/QĐ-HĐT",
        decided_on=date(2026, 11, 23),
        by=by,
        early_because="Hội đồng họp sớm",
        members=BOARD,
    )
