"""The nightly check names every difference between figures and facts, and repairs only when told."""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command
from wagtail.models import ModelLogEntry

from staff.models import Change
from tests.factories.staff import PostingFactory
from unit_coverage import checks
from unit_coverage.checks import check_slice, repair
from unit_coverage.jobs import JOBS
from unit_coverage.models import Check, Discrepancy, Standing, UnitFigure
from unit_coverage.services import rebuild_all

NIGHT = "2026-11-25 18:30Z"  # half past one in Vietnam, on the 26th
TONIGHT = date(2026, 11, 26)


@pytest.fixture
def people(requirement, commune, other_commune):
    found = [PostingFactory(unit=unit).staff_member for unit in (commune, commune, other_commune)]
    with time_machine.travel(NIGHT, tick=False):
        rebuild_all()
        yield found


def whole_round():
    found = 0
    while not Check.objects.exclude(finished_at=None).exists():
        found += check_slice()
    return found


def named():
    rows = Discrepancy.objects.order_by("pk").values_list("staff_member", "unit", "day")
    return list(rows)


def test_round_goes_through_everybody_in_slices_and_then_the_figures(people, monkeypatch):
    monkeypatch.setattr(checks, "SLICE", 2)

    assert whole_round() == 0
    check = Check.objects.get()
    assert (check.day, check.people, check.figures) == (TONIGHT, 3, 26)
    assert check_slice() == 0


def test_no_round_before_its_hour(people):
    with time_machine.travel("2026-11-25 17:30Z", tick=False):
        check_slice()

    assert not Check.objects.exists()


def test_wrong_standing_is_named_once_and_stays_until_somebody_says_repair(people, admin_user):
    Standing.objects.filter(staff_member=people[0]).update(binding="not_bound")
    wrong = list(Standing.objects.order_by("pk").values())

    assert whole_round() >= 1
    Check.objects.all().delete()
    whole_round()

    assert named()[0] == (people[0].pk, None, None)
    assert len([row for row in named() if row[0]]) == 1
    assert list(Standing.objects.order_by("pk").values()) == wrong

    first = Discrepancy.objects.first()
    assert repair(discrepancy_id=first.pk, user=admin_user) is True
    assert repair(discrepancy_id=first.pk, user=admin_user) is False
    first.refresh_from_db()
    assert first.repaired_by == admin_user
    assert rebuild_all() == 0
    assert ModelLogEntry.objects.filter(action="unit_coverage.repair").count() == 1


def test_wrong_figure_is_named_with_unit_and_day_and_repaired_when_told(people, commune, admin_user):
    UnitFigure.objects.filter(unit=commune, day=TONIGHT).update(not_trained=7)

    assert whole_round() == 1

    assert named() == [(None, commune.pk, TONIGHT)]
    repair(discrepancy_id=Discrepancy.objects.get().pk, user=admin_user)
    Check.objects.all().delete()
    assert whole_round() == 0


def test_change_that_still_waits_is_no_difference(people, requirement):
    Standing.objects.filter(staff_member=people[0]).update(binding="not_bound")
    Change.objects.create(staff_member=people[0], since=date(2026, 1, 1), cause="test")

    assert checks.check_people([person.pk for person in people]) == 0


def test_differences_stand_on_the_list_of_work(people, commune, admin_user):
    UnitFigure.objects.filter(unit=commune, day=TONIGHT).delete()
    whole_round()
    source = next(source for source in JOBS if source.kind == "figure-differences")

    rows = source.rows(None, 0, 10)

    assert sum(source.counts().values()) == len(rows) == 1
    assert (rows[0].whose, rows[0].can_retry) == (commune.name, True)
    assert source.retry(rows[0].pk, admin_user) is True
    assert sum(source.counts().values()) == 0


def test_command_names_what_differs_and_repairs_it_when_asked(people, commune, capsys):
    Standing.objects.filter(staff_member=people[0]).update(binding="not_bound")

    call_command("rebuild_figures", "--check")
    assert capsys.readouterr().out == "1 people and 52 figures differ from the facts\n"
    call_command("rebuild_figures")
    assert capsys.readouterr().out == "2 standings were wrong\n"
    call_command("rebuild_figures", "--check")
    assert capsys.readouterr().out == "0 people and 0 figures differ from the facts\n"
