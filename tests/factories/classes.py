"""Classes for tests, brought by the verbs to the state that a test speaks of."""

from datetime import date, time, timedelta

from courses.services import add_meeting, nominate, open_class, record_attendance
from courses.services.classes import Mark
from staff import clock


def a_class(course, unit, *, by=None, **fields):
    """Planned, without sessions and people."""
    said = {"name": "Lớp 01/2026", "place": "Hội trường UBND xã", "trainer_names": "Cao Văn Thầy"}
    return open_class(course=course, unit=unit, by=by, **said | fields)


def meetings_of(found, *, days=(-2, -1), by=None):
    """A morning of four class hours on each of the days, counted from today."""
    today = clock.today()
    return [
        add_meeting(
            class_session=found,
            day=today + timedelta(days=day),
            begins=time(7, 30),
            ends=time(10, 45),
            hours=4,
            by=by,
        )
        for day in days
    ]


def sent(found, *people, by=None, is_organiser=True):
    """The nominations of these people, by a decision."""
    nominate(
        class_session=found,
        people=people,
        by=by,
        is_organiser=is_organiser,
        decision_number="12/QĐ-UBND",
        decision_on=date(2026, 11, 2),
    )
    rows = {row.staff_member_id: row for row in found.nominations.all()}
    return [rows[person.pk] for person in people]


def there(meeting, *nominations, by=None):
    """These were present."""
    record_attendance(meeting=meeting, marks={row.pk: Mark(True) for row in nominations}, by=by)


def away(meeting, nomination, reason="", by=None):
    record_attendance(meeting=meeting, marks={nomination.pk: Mark(False, reason)}, by=by)
