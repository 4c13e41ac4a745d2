"""What becomes of planned classes when their host unit, or the unit whose officers they invite, closes."""

from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from courses.enums import ClassState
from courses.models import ClassSession
from staff import clock
from staff.models import Unit

BATCH = 100


def hand_on_classes() -> int:
    """Give planned classes of closed units to the one unit that follows; how many classes changed.

    Where several follow, or none, the class stays as it is: their officers see it and name the host.
    """
    today = clock.today()
    planned = ClassSession.objects.filter(state=ClassState.PLANNED)
    named = Q(pk__in=planned.values("unit")) | Q(pk__in=planned.exclude(invites=None).values("invites"))
    # Classes that stay must not stand in the way of those that can go on.
    closed = [unit for unit in Unit.objects.filter(named, valid_until__lt=today) if unit.followed_by(today)]
    left = planned.filter(Q(unit__in=closed) | Q(invites__in=closed))
    return sum(_hand_on(pk, today) for pk in left.order_by("pk").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _hand_on(pk: int, today) -> bool:
    planned = ClassSession.objects.select_for_update(no_key=True, of=("self",)).filter(state=ClassState.PLANNED)
    found = planned.select_related("unit", "invites").filter(pk=pk).first()
    if found is None:
        return False
    before = {name: unit for name in ("unit", "invites") if (unit := getattr(found, name))}
    after = {name: unit.followed_by(today) for name, unit in before.items()}
    changed = {name: unit for name, unit in after.items() if unit and unit != before[name]}
    if not changed:
        return False
    for name, unit in changed.items():
        setattr(found, name, unit)
    found.save(update_fields=list(changed))
    data = {name: [before[name].code, unit.code] for name, unit in changed.items()}
    log(instance=found, action="courses.class.change", data=data)
    return True
