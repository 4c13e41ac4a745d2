"""Who may see, make and confirm reports. What is foreign answers 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from staff import clock
from staff.access import can_see_coverage
from staff.enums import Capability
from staff.models import Scope, StaffMember, Unit, User
from staff.models.units import with_closed_predecessors
from unit_coverage.models import Report, ReportFile, ReportLine, ReportSchedule

MAKERS = (Capability.HR, Capability.HEAD)


def require_reader(user) -> None:
    if not can_see_coverage(user):
        raise Http404


def can_make(user, unit: Unit) -> bool:
    """A report is made by HR or the head of its unit, or of one above; monitors read."""
    return user.is_superuser or Unit.objects.visible_to(user, *MAKERS).filter(pk=unit.pk).exists()


def report_for(user, *, pk: int) -> Report:
    """A report about a unit whose figures the user may see, or 404."""
    rows = Report.objects.visible_to(user).select_related("unit__parent", "requested_by", "corrects")
    return get_object_or_404(rows, pk=pk)


def file_for(user, *, report: Report, pk: int) -> ReportFile:
    return get_object_or_404(report.files.all(), pk=pk)


def may_read_names(user, ids) -> bool:
    """Whether ``user`` may see each of these people today: a frozen file is given out whole or not at all."""
    return user.is_superuser or set(ids) <= visible_ids(user)


def visible_ids(user) -> set[int]:
    return set(StaffMember.objects.visible_to(user).values_list("pk", flat=True))


def headed_units(user) -> list[Unit]:
    """The units that ``user`` heads today, and the closed ones that these followed."""
    return with_closed_predecessors(Scope.objects.units_of(user, Capability.HEAD), clock.today())


def line_to_confirm(user, *, pk: int) -> ReportLine:
    """A line of a unit that the user heads, or that a unit of hers followed, or 404."""
    lines = ReportLine.objects.filter(unit__in=headed_units(user), report__frozen_at__isnull=False)
    return get_object_or_404(lines.select_related("report", "unit"), pk=pk)


def schedule_for(user, *, pk: int) -> ReportSchedule:
    """One that tells the user, or that the user made, or 404."""
    mine = ReportSchedule.objects.all() if user.is_superuser else ReportSchedule.objects.filter(user=user)
    return get_object_or_404(mine | ReportSchedule.objects.filter(made_by=user), pk=pk)


def recipients_for(user, unit: Unit) -> list[User]:
    """Who may be told of reports of ``unit``: the user herself, and whoever has a right over the unit or above it."""
    scopes = Scope.objects.filter(unit__in=[*unit.ancestor_ids, unit.pk]).select_related("user", "unit")
    found = {user.pk: user}
    for scope in scopes:
        if scope.user.is_active and Unit.objects.filter(pk=unit.pk).visible_to(scope.user).exists():
            found[scope.user_id] = scope.user
    return list(found.values())
