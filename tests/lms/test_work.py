from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from lms import background
from lms.celery import run_listed
from lms.words import FUNCTIONS
from staff import clock, services
from staff.models import BackgroundFunction
from staff.services import background_runs


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def broken():
    raise ValueError("the secret of Trần Thị Lan")


def works():
    return 0


def test_a_failing_function_stops_no_other_and_is_tried_less_and_less_often(caplog):
    ran = []
    clock = Clock()
    patience = background.Patience(memory=background.Memory(clock=clock))

    failures = []
    for clock.now in (0, 1, 2, 3, 6, 7):
        failures.append(len(patience.run([broken, lambda: ran.append(True)])))

    assert failures == [1, 0, 1, 0, 1, 0]
    assert len(ran) == 6
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False]


def test_a_stop_lets_no_further_function_begin():
    ran = []

    background.Patience(memory=background.Memory()).run([lambda: ran.append(1)], stopping=lambda: True)

    assert ran == []


@pytest.mark.django_db
def test_how_a_function_fared_outlives_its_process_and_is_written_once_a_minute(monkeypatch):
    monkeypatch.setattr(background_runs, "_noted", {})
    name = background.name_of(works)

    background.Patience().run([works])
    first = BackgroundFunction.objects.get(name=name).last_ok_at
    background.Patience().run([works])
    second = BackgroundFunction.objects.get(name=name).last_ok_at
    background_runs._noted[name] -= 60
    background.Patience().run([works])
    third = BackgroundFunction.objects.get(name=name).last_ok_at

    assert first == second < third


@pytest.mark.django_db
def test_a_failure_is_written_with_its_kind_only_and_another_process_lets_the_function_rest():
    background.Patience().run([broken])
    background.Patience().run([broken])

    row = BackgroundFunction.objects.get(name=background.name_of(broken))
    assert (row.failures, row.last_error) == (1, "ValueError")
    assert row.next_try_at > clock.now() + timedelta(seconds=1)
    assert row.failing_since == row.last_failed_at


@pytest.mark.django_db
def test_a_function_that_recovers_is_well_at_once():
    name = background.name_of(works)
    services.note_success(name=name, started_at=clock.now(), was_failing=False)
    services.note_failure(name=name, started_at=clock.now(), error=OSError(28, "No space"), pause=timedelta(0))
    assert BackgroundFunction.objects.get(name=name).last_error == "OSError: No space"

    background.Patience().run([works])

    row = BackgroundFunction.objects.get(name=name)
    assert (row.failures, row.failing_since, row.next_try_at) == (0, None, None)


@pytest.mark.django_db
def test_while_the_database_is_away_a_process_remembers_for_itself(monkeypatch):
    def away(**facts):
        raise DatabaseError("away")

    monkeypatch.setattr(background, "note_failure", away)
    patience = background.Patience()

    assert [patience.run([broken]), patience.run([broken])] == [[background.name_of(broken)], []]


@pytest.mark.django_db
def test_an_administrator_ends_the_rest_of_a_function_once(admin):
    background.Patience().run([broken])
    row = BackgroundFunction.objects.get(name=background.name_of(broken))

    answers = [services.try_at_once(function_id=row.pk, user=admin) for _time in range(2)]
    tried = background.Patience().run([broken])

    assert (answers, len(tried)) == ([True, False], 1)


@pytest.mark.django_db
def test_work_once_runs_prompt_and_sweepers_and_reports_failures(monkeypatch):
    monkeypatch.setattr(background, "prompt", lambda: [broken])
    monkeypatch.setattr(background, "sweepers", lambda: [background.note_sweep])

    with pytest.raises(CommandError, match="broken"):
        call_command("work", once=True)


@pytest.mark.django_db
def test_every_function_of_every_room_runs_on_an_empty_database():
    call_command("work", once=True)


@pytest.mark.django_db
def test_a_message_runs_its_function_and_notes_it_and_a_failure_stays_with_us(monkeypatch):
    monkeypatch.setattr(background, "find", {"good": works, "bad": broken}.__getitem__)

    run_listed.delay("good")
    run_listed.delay("bad")

    rows = dict(BackgroundFunction.objects.values_list("name", "failures"))
    assert rows == {background.name_of(works): 0, background.name_of(broken): 1}


def test_beat_carries_every_listed_function():
    schedule = background.beat_schedule()

    listed = {background.name_of(function) for function in (*background.prompt(), *background.sweepers())}
    assert set(schedule) == listed
    assert {entry["task"] for entry in schedule.values()} == {"lms.run_listed"}


def test_a_message_can_call_nothing_that_is_not_listed():
    with pytest.raises(LookupError):
        background.find("os.getcwd")


def test_every_listed_function_has_its_words():
    listed = {background.name_of(function) for function in (*background.prompt(), *background.sweepers())}

    assert listed == set(FUNCTIONS)


def test_kinds_of_work_are_named_once():
    kinds = [source.kind for source in background.job_sources()]

    assert len(kinds) == len(set(kinds)) > 4
