"""A worker that dies while it takes a list in."""

from datetime import timedelta

import pytest
from django.db import transaction

from staff.enums import Capability
from staff.imports import lists, taking
from staff.models import StaffList, StaffMember
from tests.factories.lists import a_list
from tests.factories.staff import ScopeFactory, UserFactory
from tests.staff.lists.conftest import person

NAMES = [f"Nguyễn Văn {name}" for name in ("An", "Bình", "Cường", "Dũng", "Hà")]


def officer_of(unit):
    user = UserFactory()
    ScopeFactory(user=user, unit=unit, capability=Capability.HR)
    return user


def handed_in(unit, by, key):
    rows = [person(name, CCCD=None, **{"Đơn vị": unit.name}) for name in NAMES]
    found = a_list(unit, by, rows, key=key * 22)
    return taking.confirm_list(staff_list=found, version=found.version, takes_rest=True, by=by)


def people():
    return sorted(StaffMember.objects.filter(full_name__in=NAMES).values_list("full_name", flat=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["_post_beside", "finished"])
def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_ends_in_the_same_table(
    commune, monkeypatch, where
):
    waiting = handed_in(commune, officer_of(commune), "a")
    with monkeypatch.context() as dying:
        dying.setattr(lists, where, lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            taking.work_list(list_id=waiting.pk)
    left = people()
    # its claim runs out
    StaffList.objects.update(claimed_until=waiting.uploaded_at - timedelta(hours=1))

    taking.work_list(list_id=waiting.pk)

    assert (left, people()) == ([], NAMES)
    with transaction.atomic():
        assert StaffList.objects.get().run_id is not None
