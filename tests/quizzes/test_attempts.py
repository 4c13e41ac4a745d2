"""Starting and saving: frozen papers, the one clock, and answers that are never lost."""

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizzes.enums import FinishCause
from quizzes.errors import (
    AttemptFinished,
    BlueprintIncomplete,
    NoAttemptsLeft,
    QuizNotPublished,
    ResponseRefused,
    TimeNotUp,
    WindowClosed,
)
from quizzes.models import Answer, Attempt, Question, Section
from quizzes.queries import latest_grading
from quizzes.services import (
    finalise,
    retire_question,
    review_question,
    revise_question,
    save_answer,
    start_attempt,
    unpublish_quiz,
)
from quizzes.services.marking import mark_paper
from tests.factories.quizzes import PartFactory, SectionFactory, fill, text
from tests.quizzes.conftest import START
from tests.quizzes.helpers import answer, in_section, right_of, wrong_of

pytestmark = pytest.mark.django_db


def hash_of(attempt):
    attempt.paper.refresh_from_db()
    return hashlib.sha256(json.dumps([attempt.paper.items, attempt.paper.blueprint]).encode()).hexdigest()


# --- The start --------------------------------------------------------------


def test_starting_twice_returns_the_one_open_attempt(attempt, quiz, learner):
    again = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    assert again == attempt
    assert Attempt.objects.count() == 1
    assert Answer.objects.count() == 4


@pytest.mark.parametrize(
    ("window", "extra", "minutes"),
    [(None, 0, 25), (None, 600, 35), (10, 0, 10), (10, 600, 10), (60, 600, 35), (25, 0, 25)],
)
def test_the_deadline_is_the_earlier_of_limit_with_extra_time_and_end_of_the_window(
    quiz, learner, host_clock, window, extra, minutes
):
    attempt = start_attempt(
        quiz=quiz,
        staff_member=learner.staff_member,
        window_end=START + timedelta(minutes=window) if window else None,
        extra_seconds=extra,
    )

    assert attempt.deadline == START + timedelta(minutes=minutes)


def test_nothing_starts_when_the_window_is_over(quiz, learner, host_clock):
    with pytest.raises(WindowClosed):
        start_attempt(quiz=quiz, staff_member=learner.staff_member, window_end=START)

    assert Attempt.objects.count() == 0


def test_an_unpublished_quiz_is_not_started(quiz, learner):
    with pytest.raises(QuizNotPublished):
        start_attempt(quiz=unpublish_quiz(quiz=quiz), staff_member=learner.staff_member)


def test_attempts_run_out_and_the_caller_may_count_them(quiz, learner):
    for _ in range(2):
        finalise(attempt=start_attempt(quiz=quiz, staff_member=learner.staff_member), cause=FinishCause.SUBMITTED)

    with pytest.raises(NoAttemptsLeft):
        start_attempt(quiz=quiz, staff_member=learner.staff_member)
    third = start_attempt(quiz=quiz, staff_member=learner.staff_member, attempts_used=0)
    assert third.number == 3


def test_a_preview_counts_nowhere(quiz, learner, django_capture_on_commit_callbacks):
    preview = start_attempt(quiz=quiz, staff_member=learner.staff_member, is_preview=True)

    with django_capture_on_commit_callbacks() as announced:
        real = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    preview.refresh_from_db()
    assert preview.finished_at is not None
    assert announced == []
    assert (real.is_preview, real.paper.blueprint["is_last_attempt"]) == (False, False)


def test_an_overdue_attempt_is_closed_before_the_next_one_starts(attempt, quiz, learner, host_clock):
    host_clock.move_to(attempt.deadline + timedelta(seconds=31))

    second = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    attempt.refresh_from_db()
    assert (attempt.finish_cause, attempt.finished_at) == ("sweeper", attempt.deadline)
    assert second.number == 2


def test_the_paper_holds_no_key(attempt):
    assert {key for item in attempt.paper.items for key in item} == {
        "number", "version", "part", "section", "type", "stem", "options", "points",
    }  # fmt: skip
    assert {key for item in attempt.paper.items for option in item["options"] for key in option} == {"id", "text"}


def test_later_edits_of_bank_and_blueprint_change_no_paper_and_no_mark(attempt, quiz, categories):
    answer(attempt, right=[1, 2], wrong=[3])
    before = hash_of(attempt)
    fill(categories[0], 3)

    for question in list(categories[0].questions.all())[:3]:
        other = tuple((option, index == 3) for index, (option, _right) in enumerate(text().options))
        revise_question(question=question, text=text("Khác hẳn?", options=other))
        retire_question(question=question)
    quiz.parts.get().sections.update(title="Tên khác", floor_mark="10.00")
    grading = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert hash_of(attempt) == before
    assert str(grading.mark) == "5.00"
    assert [s["floor_mark"] for s in grading.detail["parts"][0]["sections"]] == ["4.00", "4.00"]


# --- Saving -----------------------------------------------------------------


def test_a_save_is_acknowledged_and_stored(attempt):
    response = right_of(attempt, 1)

    result = save_answer(attempt_id=attempt.pk, number=1, response=response, sequence=5, is_flagged=True)

    stored = attempt.answers.get(number=1)
    assert (result.accepted, result.stale, result.late, result.saved_at) == (True, False, False, START)
    assert (stored.response, stored.sequence, stored.is_flagged, stored.saved_at) == (response, 5, True, START)


def test_an_older_save_never_overwrites_a_newer(attempt):
    save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=5)

    result = save_answer(attempt_id=attempt.pk, number=1, response=wrong_of(attempt, 1), sequence=4)

    assert (result.accepted, result.stale) == (False, True)
    assert attempt.answers.get(number=1).response == right_of(attempt, 1)


def test_the_same_save_twice_is_acknowledged_twice_and_stored_once(attempt, host_clock):
    first = save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=5)
    host_clock.shift(3)

    second = save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=5)

    assert second == first


def test_another_answer_under_the_same_sequence_is_stale(attempt):
    save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=5)

    assert save_answer(attempt_id=attempt.pk, number=1, response=wrong_of(attempt, 1), sequence=5).stale is True


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(1, 8)), repeats=st.lists(st.integers(1, 7), max_size=5))
def test_in_any_interleaving_the_newest_save_wins(attempt, order, repeats):
    item = attempt.paper.items[0]
    Answer.objects.filter(attempt=attempt).update(sequence=0, response=[])

    for sequence in [*order, *repeats]:
        option = item["options"][sequence % 4]["id"]
        save_answer(attempt_id=attempt.pk, number=1, response=[option], sequence=sequence)

    stored = attempt.answers.get(number=1)
    assert (stored.sequence, stored.response) == (7, [item["options"][7 % 4]["id"]])


@pytest.mark.parametrize(
    ("number", "response", "sequence"),
    [(1, ["unknown"], 1), (1, "two", 1), (99, [], 1), (1, [], 0), (1, [], -5), (1, [], 2**53)],
)
def test_what_the_paper_does_not_offer_is_refused(attempt, number, response, sequence):
    if response == "two":
        response = [option["id"] for option in attempt.paper.items[0]["options"][:2]]

    with pytest.raises(ResponseRefused):
        save_answer(attempt_id=attempt.pk, number=number, response=response, sequence=sequence)

    assert attempt.answers.filter(sequence=0, response=[]).count() == 4


@pytest.mark.parametrize(("after", "accepted"), [(-1, True), (0, True), (30, True), (31, False)])
def test_saves_count_until_deadline_and_grace_and_are_kept_apart_after(attempt, host_clock, after, accepted):
    host_clock.move_to(attempt.deadline + timedelta(seconds=after))

    result = save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1)

    stored = attempt.answers.get(number=1)
    assert (result.accepted, result.late) == (accepted, not accepted)
    assert (stored.response, stored.late_response) == (
        (right_of(attempt, 1), None) if accepted else ([], right_of(attempt, 1))
    )


def test_a_late_save_is_kept_beside_what_counted_even_after_the_sweeper(attempt, host_clock):
    answer(attempt, wrong=[1])
    host_clock.move_to(attempt.deadline + timedelta(minutes=2))
    finalise(attempt=attempt, cause=FinishCause.SWEEPER)

    result = save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=2)

    stored = attempt.answers.get(number=1)
    assert (result.late, stored.response, stored.late_response) == (
        True,
        wrong_of(attempt, 1),
        right_of(attempt, 1),
    )
    assert str(latest_grading(attempt).mark) == "0.00"


def test_nothing_is_saved_after_the_learner_handed_in(attempt):
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    with pytest.raises(AttemptFinished):
        save_answer(attempt_id=attempt.pk, number=1, response=right_of(attempt, 1), sequence=1)


# --- Finishing --------------------------------------------------------------


def test_the_same_answers_get_the_same_mark_whatever_the_cause(quiz, learner, host_clock):
    outcomes = []
    for cause in FinishCause.values:
        host_clock.move_to(START)
        sitting = start_attempt(quiz=quiz, staff_member=learner.staff_member, attempts_used=0)
        answer(sitting, right=in_section(sitting, "Mục IU01"), wrong=in_section(sitting, "Mục IU02")[:1])
        host_clock.move_to(sitting.deadline + timedelta(minutes=1))
        grading = finalise(attempt=sitting, cause=cause)
        sitting.refresh_from_db()
        outcomes.append((str(grading.mark), grading.is_passed, grading.detail["parts"], sitting.finished_at))

    assert outcomes == [outcomes[0]] * 4
    assert outcomes[0][:2] == ("5.00", False)


def test_finishing_twice_marks_once(attempt, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as announced:
        first = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
        second = finalise(attempt=attempt, cause=FinishCause.SWEEPER)

    assert first == second
    assert attempt.gradings.count() == 1
    assert len(announced) == 1


@pytest.mark.parametrize("cause", [FinishCause.TIMER, FinishCause.SWEEPER])
def test_neither_timer_nor_sweeper_may_come_early(attempt, host_clock, cause):
    host_clock.move_to(attempt.deadline - timedelta(seconds=1))

    with pytest.raises(TimeNotUp):
        finalise(attempt=attempt, cause=cause)

    attempt.refresh_from_db()
    assert attempt.finished_at is None


def _items(points):
    return [
        {"number": n, "version": n, "type": "multiple", "part": 1, "section": section, "points": "1"}
        for n, section in enumerate(points, 1)
    ]


def _blueprint(pass_mark="5.00", floors=("0.00", "0.00")):
    sections = [{"section": n, "floor_mark": floor} for n, floor in enumerate(floors, 1)]
    return {"parts": [{"part": 1, "pass_mark": pass_mark, "sections": sections}]}


@pytest.mark.parametrize(
    ("right", "total", "mark"),
    [(1, 3, "3.33"), (2, 3, "6.67"), (1, 8, "1.25"), (1, 16, "0.63"), (3, 16, "1.88"), (0, 7, "0.00"), (7, 7, "10.00")],
)
def test_marks_are_rounded_half_up_to_two_decimals(right, total, mark):
    items = _items([1] * total)
    keys = {n: {"right": ["a"]} for n in range(1, total + 1)}

    got, _passed, _detail = mark_paper(items, _blueprint(), {n: ["a"] for n in range(1, right + 1)}, keys)

    assert str(got) == mark


@pytest.mark.parametrize(
    ("response", "points"),
    [(["a", "b"], "1"), (["b", "a"], "1"), (["a"], "0"), (["a", "b", "c"], "0"), ([], "0"), (["c"], "0")],
)
def test_several_right_answers_earn_all_or_nothing(response, points):
    _mark, _passed, detail = mark_paper(_items([1]), _blueprint(), {1: response}, {1: {"right": ["a", "b"]}})

    assert detail["items"] == [{"number": 1, "points": points, "of": "1"}]


@pytest.mark.parametrize(
    ("right", "floors", "passed"),
    [
        ((1, 2), ("0.00", "0.00"), True),
        ((1, 2), ("0.00", "4.00"), False),
        ((1, 3), ("5.00", "5.00"), True),
        ((1,), ("0.00", "0.00"), False),
    ],
)
def test_a_part_needs_its_pass_mark_and_every_floor(right, floors, passed):
    keys = {n: {"right": ["a"]} for n in range(1, 5)}

    _mark, is_passed, _detail = mark_paper(
        _items([1, 1, 2, 2]), _blueprint(floors=floors), {n: ["a"] for n in right}, keys
    )

    assert is_passed is passed


def test_a_preview_of_a_quiz_without_sections_is_refused_and_goes_on_until_the_quiz_changes(learner):
    part = PartFactory()
    person = learner.staff_member
    with pytest.raises(BlueprintIncomplete):
        start_attempt(quiz=part.quiz, staff_member=person, is_preview=True)

    section = SectionFactory(part=part, quota=2)
    fill(section.category, 3)
    first, same = (start_attempt(quiz=part.quiz, staff_member=person, is_preview=True) for _ in range(2))
    Section.objects.update(quota=3)
    afresh = start_attempt(quiz=part.quiz, staff_member=person, is_preview=True)
    revise_question(question=Question.objects.first(), text=text("Câu đã sửa?"))
    review_question(question=Question.objects.first())
    revised = start_attempt(quiz=part.quiz, staff_member=person, is_preview=True)

    assert (first, len(afresh.paper.items)) == (same, 3)
    assert len({first.pk, afresh.pk, revised.pk}) == 3
