"""What people still have to comply with, as the latest round of reminders found it, and who was told of it how."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from courses.models import Escalation, OpenObligation
from courses.services.escalation import SOON, title_of
from staff.access import people_of
from staff.models import Notice, Unit


class Stretch(TextChoices):
    """The lists of the page."""

    OVERDUE = "qua-han", _("Overdue")
    SOON = "sap-den-han", _("Due within 30 days")
    ALL = "tat-ca", _("All that is open")


class Reached(TextChoices):
    """How a notice came to its reader."""

    READ = "read", _("read")
    MAILED = "mailed", _("mail sent")
    MAIL_WAITS = "mail_waits", _("mail waits to be sent")
    MAIL_FAILED = "mail_failed", _("mail could not be delivered")
    SHOWN = "shown", _("in the product only")
    NO_ACCOUNT = "no_account", _("no account yet, so it was not read")


@dataclass(frozen=True, slots=True)
class ToldAbove:
    """Which of those above was told of one line, when, and the names of who read it."""

    level: str
    told_on: date
    names: tuple[str, ...]


@dataclass(slots=True)
class OpenLine:
    """One person and one requirement: what was told last, how it came, and who above was told."""

    obligation: OpenObligation
    title: str
    days_left: int | None
    told: Notice | None = None
    reached: Reached | None = None
    above: list[ToldAbove] = field(default_factory=list)


def open_obligations(user, *, stretch: Stretch, unit: Unit | None, unreachable: bool, on: date):
    """Of the people whom ``user`` looks after, below ``unit``; ``unreachable``: only who has no address for mails."""
    rows = OpenObligation.objects.filter(staff_member__in=people_of(user))
    if unit is not None:
        rows = rows.filter(unit__in=Unit.objects.within(unit))
    if stretch == Stretch.OVERDUE:
        rows = rows.filter(due_on__lt=on)
    elif stretch == Stretch.SOON:
        rows = rows.filter(due_on__gte=on, due_on__lte=on + SOON)
    if unreachable:
        rows = rows.filter(Q(staff_member__user=None) | Q(staff_member__user__email=None))
    return rows.select_related(
        "unit__parent", "staff_member__user", "requirement__course", "requirement__track"
    ).order_by("staff_member__sort_key", "staff_member_id", "due_on", "pk")


def lines_of(rows: list[OpenObligation], on: date) -> list[OpenLine]:
    """With what was told, in three queries whatever their number."""
    people = {row.staff_member_id for row in rows}
    told = {}
    notices = Notice.objects.filter(staff_member__in=people, kind__startswith="requirement.")
    for notice in notices.select_related("letter", "staff_member__user").order_by("created_at", "pk"):
        code_and_version = tuple(notice.key.split(":")[1:3])
        told[notice.staff_member_id, code_and_version] = notice
    above = defaultdict(list)
    raised = Escalation.objects.filter(staff_member__in=people).order_by("told_on", "pk")
    for escalation in raised.prefetch_related("notices__staff_member", "notices__user"):
        readers = (notice.staff_member or notice.user for notice in escalation.notices.all())
        above[escalation.staff_member_id, escalation.requirement_id, escalation.due_on].append(
            ToldAbove(escalation.get_level_display(), escalation.told_on, tuple(reader.full_name for reader in readers))
        )
    lines = []
    for row in rows:
        requirement = row.requirement
        last = told.get((row.staff_member_id, (requirement.code, str(requirement.version))))
        lines.append(
            OpenLine(
                row,
                title_of(requirement),
                (row.due_on - on).days if row.due_on else None,
                last,
                reached(last) if last else None,
                above[row.staff_member_id, requirement.pk, row.due_on],
            )
        )
    return lines


def reached(notice: Notice) -> Reached:
    """The furthest that a notice came, as far as we can know."""
    if notice.read_at:
        return Reached.READ
    letter = notice.letter
    if letter is None:
        has_account = notice.user_id or getattr(notice.staff_member, "user", None)
        return Reached.SHOWN if has_account else Reached.NO_ACCOUNT
    if letter.sent_at:
        return Reached.MAILED
    return Reached.MAIL_FAILED if letter.given_up_at else Reached.MAIL_WAITS


def reminders_told(user, *, unit: Unit | None):
    """Every notice about an obligation that went to the people of ``user``, newest first."""
    people = people_of(user)
    if unit is not None:
        posted = OpenObligation.objects.filter(unit__in=Unit.objects.within(unit)).values("staff_member")
        people = people.filter(pk__in=posted)
    told = Notice.objects.filter(staff_member__in=people, kind__startswith="requirement.")
    return told.select_related("letter", "staff_member__user").order_by("-created_at", "-pk")
