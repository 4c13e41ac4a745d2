"""Telling people that they can take a course again, once, on the first day of the window before what they hold ends."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Qualification
from courses.obligations import is_held
from courses.renewal import ends_soon
from staff.models import StaffMember
from staff.services import notify


def tell_of_renewals(people: Sequence[StaffMember], *, on: date) -> set[int]:
    """Tells those of ``people`` whose window is open; ids of whom something was told. One query for all.

    A result that another one outlasts is renewed already, and nothing is said of it.
    """
    rows = Qualification.objects.held_on(on).filter(staff_member__in=[p.pk for p in people], course__isnull=False)
    held: dict[tuple[int, int], list[Qualification]] = {}
    for row in rows.select_related("course").order_by("pk"):
        held.setdefault((row.staff_member_id, row.course_id), []).append(row)
    by_pk = {person.pk: person for person in people}
    told = set()
    for (person_id, _course), mine in held.items():
        last = max(mine, key=lambda row: row.valid_until or date.max)
        if not last.course.is_ready or not is_held(last, on) or not ends_soon(last, course=last.course, on=on):
            continue
        words = partial(_words, last.title, last.valid_until)
        path = reverse("courses:course", args=[last.course.code])
        notice = notify(
            to=by_pk[person_id], kind="qualification.renewal", key=f"renewal:{last.pk}", words=words, path=path
        )
        if notice is not None:
            told.add(person_id)
    return told


def _words(title: str, until: date) -> tuple[str, str]:
    return _("You can renew: %(title)s") % {"title": title}, _(
        "What you hold is valid until %(day)s. You can take the course again now; what you hold goes on until that day."
    ) % {"day": date_format(until, "SHORT_DATE_FORMAT")}
