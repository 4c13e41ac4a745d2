"""Telling people that what they hold is going to end, once.

Of a course on the first day of the window in which it can be taken again; of what was recognised for a whole track,
which no course renews, the same number of days before its end.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Qualification
from courses.obligations import is_held
from courses.renewal import ends_soon
from staff.models import StaffMember
from staff.services import notify

RECOGNITION_WINDOW = timedelta(days=60)


def tell_of_renewals(people: Sequence[StaffMember], *, on: date) -> set[int]:
    """Tells those of ``people`` whose window is open; ids of whom something was told. One query for all.

    A result that another one outlasts is renewed already, and nothing is said of it.
    """
    rows = Qualification.objects.held_on(on).filter(staff_member__in=[p.pk for p in people])
    held: dict[tuple[int, str], list[Qualification]] = {}
    for row in rows.select_related("course").order_by("pk"):
        what = f"course {row.course_id}" if row.course_id else f"track {row.track_id}"
        held.setdefault((row.staff_member_id, what), []).append(row)
    by_pk = {person.pk: person for person in people}
    told = set()
    for (person_id, _what), mine in held.items():
        last = max(mine, key=lambda row: row.valid_until or date.max)
        if not is_held(last, on):
            continue
        tell = _of_course if last.course_id else _of_recognition
        if tell(last, by_pk[person_id], on) is not None:
            told.add(person_id)
    return told


def _of_course(last: Qualification, person: StaffMember, on: date):
    if not last.course.is_ready or not ends_soon(last, course=last.course, on=on):
        return None
    words = partial(_words, last.title, last.valid_until)
    path = reverse("courses:course", args=[last.course.code])
    return notify(to=person, kind="qualification.renewal", key=f"renewal:{last.pk}", words=words, path=path)


def _of_recognition(last: Qualification, person: StaffMember, on: date):
    if last.valid_until is None or last.valid_until - on > RECOGNITION_WINDOW:
        return None
    words = partial(_words_of_recognition, last.title, last.valid_until)
    path = reverse("my_learning")
    return notify(to=person, kind="qualification.renewal", key=f"renewal:{last.pk}", words=words, path=path)


def _words(title: str, until: date) -> tuple[str, str]:
    return _("You can renew: %(title)s") % {"title": title}, _(
        "What you hold is valid until %(day)s. You can take the course again now; what you hold goes on until that day."
    ) % {"day": date_format(until, "SHORT_DATE_FORMAT")}


def _words_of_recognition(title: str, until: date) -> tuple[str, str]:
    return _("What was recognised ends: %(title)s") % {"title": title}, _(
        "It counts until %(day)s. Before that day bring a newer paper for recognition, or take courses of its track."
    ) % {"day": date_format(until, "SHORT_DATE_FORMAT")}
