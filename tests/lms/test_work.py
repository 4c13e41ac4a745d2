import pytest
from django.core.management import CommandError, call_command

from lms import background


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def broken():
    raise ValueError("no")


def test_a_failing_function_stops_no_other_and_is_tried_less_and_less_often(caplog):
    ran = []

    def works():
        ran.append(True)

    clock = Clock()
    patience = background.Patience(clock=clock)

    failures = []
    for clock.now in (0, 1, 2, 3, 6, 7):
        failures.append(len(patience.run([broken, works])))

    assert failures == [1, 0, 1, 0, 1, 0]
    assert len(ran) == 6
    assert [record.exc_info is not None for record in caplog.records] == [True, False, False]


def test_a_stop_lets_no_further_function_begin():
    ran = []

    background.Patience().run([lambda: ran.append(1)], stopping=lambda: True)

    assert ran == []


@pytest.mark.django_db
def test_work_once_runs_prompt_and_sweepers_and_reports_failures(monkeypatch):
    monkeypatch.setattr(background, "prompt", lambda: [broken])
    monkeypatch.setattr(background, "sweepers", lambda: [background.note_sweep])

    with pytest.raises(CommandError, match="broken"):
        call_command("work", once=True)


@pytest.mark.django_db
def test_every_function_of_every_room_runs_on_an_empty_database():
    call_command("work", once=True)


def test_beat_carries_every_listed_function():
    schedule = background.beat_schedule()

    listed = {background.name_of(function) for function in (*background.prompt(), *background.sweepers())}
    assert set(schedule) == listed
    assert {entry["task"] for entry in schedule.values()} == {"lms.run_listed"}


def test_a_message_can_call_nothing_that_is_not_listed():
    with pytest.raises(LookupError):
        background.find("os.getcwd")
