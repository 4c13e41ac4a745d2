"""What every template may ask for."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import SimpleLazyObject

from courses.models import ClassSession
from quizzes.models import ExamSession, Quiz, Seat
from staff import clock
from staff.access import PEOPLE_CAPABILITIES
from staff.enums import Capability
from staff.kept_queries import KeptQuery
from staff.models import Notice, Posting, Scope, Unit, User
from staff.queries import latest_unread


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a page must know about its reader."""

    unit_name: str = ""
    sees_coverage: bool = False
    sees_people: bool = False
    sees_sessions: bool = False
    sees_classes: bool = False
    issues: bool = False
    marks: bool = False
    edits_content: bool = False
    unread: int = 0


def page(request):
    """``DEMO`` says whether this is the demonstration; ``request_id`` names the request on error pages.

    ``header`` is a Header, asked for in one query by the first template that prints it and in none by the others.
    ``latest_notices`` are asked for only by pages that print them.
    """
    return {
        "DEMO": getattr(settings, "DEMO", False),
        "request_id": getattr(request, "id", "-"),
        "header": SimpleLazyObject(lambda: _header_of(request)),
        "latest_notices": SimpleLazyObject(lambda: latest_unread(request.user)),
    }


def _header_of(request) -> Header:
    """Once a request, whatever number of templates it renders."""
    if not hasattr(request, "_page_header"):
        user = getattr(request, "user", None)
        request._page_header = read_header(user) if user and user.is_authenticated else Header()
    return request._page_header


def read_header(user: User) -> Header:
    """The unit of today, what the navigation offers ``user`` and how many notices wait, in one query."""
    row = _HEADER.first(user.pk, clock.today())
    if row is None:
        return Header()
    unit_name, has_scope, has_people, has_session, is_hr, teaches, marks, has_permission, unread_count = row
    return Header(
        unit_name=unit_name or "",
        sees_coverage=user.is_superuser or bool(has_scope),
        sees_people=user.is_superuser or bool(has_people),
        sees_sessions=user.is_superuser or bool(has_people or has_session),
        sees_classes=user.is_superuser or bool(is_hr or teaches),
        issues=user.is_superuser or bool(is_hr),
        marks=bool(marks),
        edits_content=user.is_superuser or bool(has_permission),
        unread=unread_count or 0,
    )


def _header_rows(user_id: int, today: date) -> QuerySet:
    posting = Posting.objects.on(today).filter(staff_member=OuterRef("staff_member"), is_primary=True)
    scopes = Scope.objects.on(today).filter(user=OuterRef("pk"), unit__in=Unit.objects.existing_on(today))
    people = scopes.filter(capability__in=PEOPLE_CAPABILITIES)
    # Two looks by index each: one look at both would read every seat.
    watched = ExamSession.invigilators.through.objects.filter(user=OuterRef("pk"))
    seats = Seat.objects.filter(staff_member=OuterRef("staff_member"))
    named = [
        through.objects.filter(user=OuterRef("pk"))
        for through in (Quiz.markers.through, Quiz.reconcilers.through, ExamSession.markers.through)
    ]
    may_edit = Permission.objects.filter(
        Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk")),
        content_type__app_label="wagtailadmin",
        codename="access_admin",
    )
    mine = Q(user=OuterRef("pk")) | Q(staff_member=OuterRef("staff_member"))
    unread = Notice.objects.unread().filter(mine).order_by().values("read_at").annotate(count=Count("pk"))
    return User.objects.filter(pk=user_id).values_list(
        Subquery(posting.order_by("-valid_from").values("unit__name")[:1]),
        Exists(scopes),
        Exists(people),
        Exists(watched) | Exists(seats),
        Exists(scopes.filter(capability=Capability.HR)),
        Exists(ClassSession.trainers.through.objects.filter(user=OuterRef("pk"))),
        Exists(named[0]) | Exists(named[1]) | Exists(named[2]),
        Exists(may_edit),
        Subquery(unread.values("count")),
    )


_HEADER = KeptQuery(_header_rows, int, date)
