"""What still names a unit that a reorganisation closes, and that nobody hands on: somebody has to decide about it.

Planned classes and exam sessions go to the one unit that follows; where several do, or none, they stay. Targets go on
where all that a new unit follows ask the same. What acts in a
unit's name (another system's token, a receiver of messages, a scheduled report, an issuing body) is never rewritten.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import Issuer, WebhookEndpoint
from courses.enums import ClassState
from courses.models import ClassSession
from quizzes.models import ExamSession
from staff import clock
from staff.models import ApiToken, Notice, Reorganisation, Unit, User
from staff.reforms import ways_from
from staff.services import notify
from staff.vietnamese import fold
from unit_coverage.models import ReportSchedule
from unit_coverage.target_heirs import TOLD_FOR, ending_by_plan
from unit_coverage.targets import name_of


@dataclass(frozen=True, slots=True)
class Left:
    """One thing that names a closing unit. ``for_administrators``: nobody else may decide about it."""

    kind: str
    name: str
    unit: str
    path: str
    for_administrators: bool = False


def left_by(reorganisation: Reorganisation, reader) -> list[Left]:
    """What ``reader`` may decide about, by kind. Ten queries, and one for each target of an indicator."""
    found = _left_by(reorganisation)
    return [one for one in found if reader.is_superuser or not one.for_administrators]


def _left_by(reorganisation: Reorganisation) -> list[Left]:
    plan, today = reorganisation.plan, clock.today()
    units = list(Unit.objects.filter(code__in=plan["closes"]))
    stuck = [unit for unit in units if len(set(ways_from(plan, unit.code))) != 1]
    targets = _targets(plan, reorganisation.effective_on - timedelta(days=1))
    return [*_events(stuck), *targets, *_schedules(units), *_systems(units), *_issuers(units, today)]


def _events(stuck: list[Unit]) -> Iterable[Left]:
    classes = ClassSession.objects.filter(unit__in=stuck, state=ClassState.PLANNED).select_related("unit")
    for one in classes.order_by("pk"):
        yield Left(_("planned class"), one.name, one.unit.name, reverse("classes:class", args=[one.pk]))
    sessions = ExamSession.objects.filter(unit__in=stuck, ended_at=None).select_related("unit")
    for one in sessions.order_by("pk"):
        yield Left(_("exam session"), str(one), one.unit.name, reverse("exam_sessions:session", args=[one.pk]))


def _targets(plan: dict, last: date) -> Iterable[Left]:
    for target in ending_by_plan(plan, last):
        percent = f"{target.percent.normalize():f}".replace(".", ",")
        name = f"{name_of(target.figure)} · {percent}%"
        yield Left(_("target"), name, target.unit.name, reverse("rules:targets"))


def _schedules(units: list[Unit]) -> Iterable[Left]:
    rows = ReportSchedule.objects.filter(unit__in=units, ended_at=None).select_related("unit", "user", "scheme")
    for one in rows.order_by("pk"):
        name = f"{one.get_kind_display()} · {one.scheme} · {one.user.full_name}"
        yield Left(_("scheduled report"), name, one.unit.name, reverse("reports:schedules"))


def _systems(units: list[Unit]) -> Iterable[Left]:
    for token in ApiToken.objects.usable().filter(unit__in=units).select_related("unit").order_by("pk"):
        yield Left(_("token of another system"), token.name, token.unit.name, reverse("connections:tokens"), True)
    for one in WebhookEndpoint.objects.live().filter(unit__in=units).select_related("unit").order_by("pk"):
        path = reverse("webhooks:endpoint", args=[one.pk])
        yield Left(_("receiver of messages"), one.name, one.unit.name, path, True)


def _issuers(units: list[Unit], today) -> Iterable[Left]:
    """Issuing bodies name no unit but in their words."""
    names = {fold(unit.name): unit.name for unit in units}
    for issuer in Issuer.objects.on(today).filter(is_demonstration=False).order_by("pk"):
        said = fold(f"{issuer.superior} {issuer.name}")
        for folded, name in names.items():
            if folded in said:
                yield Left(_("issuing body"), issuer.name, name, reverse("certificates:issuers"), True)
                break


def tell_what_is_left() -> int:
    """Tell administrators, and whoever planned it, what a plan that was carried out leaves to them, once. How many."""
    since = clock.now() - TOLD_FOR
    told = 0
    for found in Reorganisation.objects.filter(applied_at__gte=since).select_related("made_by").order_by("pk"):
        key = f"reform-left:{found.pk}"
        if Notice.objects.filter(key=key).exists() or not (left := _left_by(found)):
            continue
        administrators = list(User.objects.filter(is_superuser=True, is_active=True))
        for user in {user.pk: user for user in [*administrators, found.made_by]}.values():
            hers = [one for one in left if user.is_superuser or not one.for_administrators]
            if hers and user.is_active:
                words = partial(_words, found.decision_number, hers)
                path = reverse("reforms:plan", args=[found.pk])
                told += notify(to=user, kind="staff.reform", key=key, words=words, path=path) is not None
    return told


def _words(number: str, left: list[Left]) -> tuple[str, str]:
    kinds = ", ".join(f"{kind} ({n})" for kind, n in Counter(one.kind for one in left).items())
    return (
        _("What a reorganisation leaves to be decided"),
        _(
            "Decision %(number)s is carried out. These still name a unit that closed: %(kinds)s. The page of the plan "
            "names each."
        )
        % {"number": number, "kinds": kinds},
    )
