"""What every template may ask for."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.functional import SimpleLazyObject

from staff import clock
from staff.access import PEOPLE_CAPABILITIES
from staff.models import Posting, Scope, Unit, User


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a page must know about its reader."""

    unit_name: str = ""
    sees_coverage: bool = False
    sees_people: bool = False
    edits_content: bool = False


def page(request):
    """``DEMO`` says whether this is the demonstration; ``request_id`` names the request on error pages.

    ``header`` is a Header, asked for in one query by the first template that prints it and in none by the others.
    """
    return {
        "DEMO": getattr(settings, "DEMO", False),
        "request_id": getattr(request, "id", "-"),
        "header": SimpleLazyObject(lambda: _header_of(request)),
    }


def _header_of(request) -> Header:
    """Once a request, whatever number of templates it renders."""
    if not hasattr(request, "_page_header"):
        user = getattr(request, "user", None)
        request._page_header = read_header(user) if user and user.is_authenticated else Header()
    return request._page_header


def read_header(user: User) -> Header:
    """The unit of today's primary posting and what the navigation offers ``user``, in one query."""
    today = clock.today()
    posting = Posting.objects.on(today).filter(staff_member=OuterRef("staff_member"), is_primary=True)
    scopes = Scope.objects.on(today).filter(user=OuterRef("pk"), unit__in=Unit.objects.existing_on(today))
    people = scopes.filter(capability__in=PEOPLE_CAPABILITIES)
    may_edit = Permission.objects.filter(
        Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk")),
        content_type__app_label="wagtailadmin",
        codename="access_admin",
    )
    row = (
        User.objects.filter(pk=user.pk)
        .values_list(
            Subquery(posting.order_by("-valid_from").values("unit__name")[:1]),
            Exists(scopes),
            Exists(people),
            Exists(may_edit),
        )
        .first()
    )
    if row is None:
        return Header()
    unit_name, has_scope, has_people, has_permission = row
    return Header(
        unit_name=unit_name or "",
        sees_coverage=user.is_superuser or has_scope,
        sees_people=user.is_superuser or has_people,
        edits_content=user.is_superuser or has_permission,
    )
