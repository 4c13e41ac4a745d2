"""Two officers at once, on the database that has real locks; and a worker that dies in the middle, on both."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from staff.enums import Capability
from staff.imports import lists, requests, taking
from staff.models import ImportRow, Posting, StaffList, StaffMember, TransferRequest
from tests.factories.lists import a_list
from tests.factories.staff import ScopeFactory, StaffMemberFactory, UserFactory
from tests.staff.lists.conftest import person
from tests.threads import ON_POSTGRESQL, at_once

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


class TestAtOnce:
    pytestmark = ON_POSTGRESQL

    def test_two_lists_with_the_same_people_make_everybody_once(self, commune):
        waiting = [handed_in(commune, officer_of(commune), key) for key in "ab"]

        at_once(*(lambda pk=row.pk: taking.work_list(list_id=pk) for row in waiting))
        for row in waiting:  # the one that came second was shown anew
            assert StaffList.objects.get(pk=row.pk).claimed_until is None

        assert (people(), Posting.objects.filter(staff_member__full_name__in=NAMES).count()) == (NAMES, 5)

    def test_one_list_taken_by_four_workers_goes_in_once(self, commune):
        waiting = handed_in(commune, officer_of(commune), "a")

        done = at_once(*(lambda: taking.work_list(list_id=waiting.pk) for _worker in range(4)))

        assert (sorted(done), people(), ImportRow.objects.count()) == ([False] * 3 + [True], NAMES, 5)

    def test_a_large_list_lets_the_database_count_its_tables_anew(self, commune, monkeypatch):
        monkeypatch.setattr("staff.imports.staff_list.MANY", 5)
        waiting = handed_in(commune, officer_of(commune), "a")

        taking.work_list(list_id=waiting.pk)

        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'staff_staffmember'")
            assert cursor.fetchone()[0] == StaffMember.objects.count()

    def test_the_command_waits_for_a_list_that_is_being_taken_in(self, commune):
        waiting = handed_in(commune, officer_of(commune), "a")
        file = taking.read_kept(waiting)

        at_once(
            lambda: taking.work_list(list_id=waiting.pk),
            lambda: lists.take_list(file, on=waiting.on),
        )

        assert people() == NAMES

    def test_four_officers_ask_for_somebody_once(self, commune, other_commune):
        staff_list = a_list(commune, officer_of(commune))
        row = staff_list.rows.get()
        row.group, row.foreigner = "elsewhere", StaffMemberFactory()
        by = staff_list.uploaded_by

        at_once(*(lambda: requests.ask_for_people(staff_list=staff_list, rows=[row], by=by) for _tab in range(4)))

        assert TransferRequest.objects.count() == 1


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
