"""Real threads on PostgreSQL: an answer is taken once in a turn, and the last mark is appended once."""

import pytest

from quizzes.errors import MarkingRefused
from quizzes.models import AnswerFile, Grading, Script, ScriptMark
from quizzes.services import accept_late, finalise, finish_marks, save_marks, start_attempt, take_script
from tests.factories.staff import PostingFactory, UserFactory
from tests.quizzes.marking.helpers import best_of, docx
from tests.quizzes.marking.scenes import answered, hand_in, practical_exam
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


@pytest.fixture
def markers(db):
    return UserFactory.create_batch(6)


@pytest.fixture
def quiz(markers):
    return practical_exam(*markers)


def waiting(quiz, learner, words="Bài viết"):
    attempt = answered(quiz, learner.staff_member, words)
    finalise(attempt=attempt, cause="submitted")
    return attempt


def test_six_markers_at_once_take_each_answer_once(quiz, markers, learner):
    for _person in range(2):
        waiting(quiz, PostingFactory())

    taken = at_once(*[lambda user=user: take_script(quiz=quiz, by=user) for user in markers])

    assert sorted(mark.script_id for mark in taken if mark) == sorted(Script.objects.values_list("pk", flat=True))


def test_the_last_marks_at_once_append_one_marking(quiz, markers, learner):
    attempt = waiting(quiz, learner)
    marks = [take_script(quiz=quiz, by=user) for user in markers[:2]]
    for mark in marks:
        save_marks(mark=mark, chosen=best_of(mark.script), comment="", note="", sequence=1)

    at_once(*[lambda mark=mark: finish_marks(mark=mark, by=mark.marker) for mark in marks * 3])

    assert Grading.objects.get(attempt=attempt).mark == 10


@pytest.mark.parametrize("round_number", range(5))
def test_a_late_answer_and_the_last_mark_at_once_leave_nothing_marked_that_does_not_count(
    quiz, markers, learner, admin, round_number
):
    attempt = waiting(quiz, learner)
    Script.objects.filter(attempt=attempt, number=2).delete()
    AnswerFile.objects.all().delete()
    mark = take_script(quiz=quiz, by=markers[0])
    save_marks(mark=mark, chosen=best_of(mark.script), comment="", note="", sequence=1)
    attempt.refresh_from_db()
    attempt.answers.filter(number=1).update(late_response=["Muộn"], late_saved_at=attempt.finished_at)

    at_once(
        lambda: finish_marks(mark=mark, by=markers[0]),
        lambda: accept_late(attempt=attempt, numbers=[1], by=admin, reason="Mất điện"),
        refusals=MarkingRefused,
    )

    script = Script.objects.get()
    assert (script.response, script.round, script.decided_at) == (["Muộn"], 2, None)
    assert ScriptMark.objects.count() == 1


def test_two_uploads_at_once_are_two_versions_and_one_answer(quiz, learner):
    attempt = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    files = at_once(*[lambda words=words: hand_in(attempt, content=docx(words)).file for words in ("một", "hai")])

    assert AnswerFile.objects.count() == 2
    assert attempt.answers.get(number=2).response[0] in {file.sha256 for file in files}
