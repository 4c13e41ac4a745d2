"""An attempt that people mark: closed once, marked when the last mark is in, blind, agreed upon, marked again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from quizzes.enums import AgreedMark, FinishCause, ReviewItem
from quizzes.errors import BlueprintIncomplete, MarkingRefused, SessionRefused, StillBeingMarked
from quizzes.marking_queue import chances_of, earlier_marks, own_marks
from quizzes.models import Grading, Script, ScriptMark
from quizzes.queries import review_of
from quizzes.review import EVERYTHING
from quizzes.services import (
    accept_late,
    add_seats,
    answer_review,
    ask_for_review,
    end_session,
    finalise,
    finish_marks,
    give_back,
    mark_script_again,
    publish_quiz,
    save_answer,
    save_marks,
    start_attempt,
    take_script,
)
from quizzes.session_queries import mark_before, results
from quizzes.signals import attempt_graded
from staff.models import Notice
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.helpers import answer
from tests.quizzes.marking.helpers import choice, mark_next, number_of, write
from tests.quizzes.sessions import BOARD, a_seat, a_session, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(essay_quiz, learner, host_clock):
    return start_attempt(quiz=essay_quiz, staff_member=learner.staff_member)


@pytest.fixture
def handed_in(attempt):
    """Both choices right, the essay written."""
    answer(attempt, right=[n for n in (1, 2, 3) if n != number_of(attempt)])
    write(attempt)
    assert finalise(attempt=attempt, cause=FinishCause.SUBMITTED) is None
    attempt.refresh_from_db()
    return attempt


def marks(attempt):
    return list(Grading.objects.filter(attempt=attempt).order_by("pk").values_list("mark", "is_passed", "reason"))


def said_of_agreement(attempt, *shown):
    """How many forms of markers the learner sees, and what is said of whose marks count."""
    (question,) = review_of(attempt, frozenset(shown) or EVERYTHING, number=number_of(attempt))
    return len(question.judged), question.agreed


def test_a_quiz_that_people_mark_is_not_published_before_markers_are_named(essay_quiz, marker):
    essay_quiz.markers.remove(marker)

    with pytest.raises(BlueprintIncomplete, match="1"):
        publish_quiz(quiz=essay_quiz)


def test_two_markers_need_a_third_person_who_is_neither(two_markers, reconciler, marker):
    two_markers.reconcilers.set([marker])

    with pytest.raises(BlueprintIncomplete):
        publish_quiz(quiz=two_markers)

    two_markers.reconcilers.set([reconciler])
    assert publish_quiz(quiz=two_markers) == two_markers


def test_the_attempt_is_closed_once_and_waits_without_a_mark(handed_in, django_capture_on_commit_callbacks):
    heard = []
    attempt_graded.connect(receiver := lambda **kwargs: heard.append(kwargs), weak=False)

    with django_capture_on_commit_callbacks(execute=True):
        again = finalise(attempt=handed_in, cause=FinishCause.SWEEPER)

    attempt_graded.disconnect(receiver)
    assert (again, marks(handed_in), heard, handed_in.finish_cause) == (None, [], [], "submitted")
    assert list(Script.objects.values_list("attempt", "number", "round", "turns", "of", "decided_at")) == [
        (handed_in.pk, number_of(handed_in), 1, 1, Decimal("4.00"), None)
    ]


def test_with_the_last_mark_the_marking_is_appended_and_announced(
    handed_in, essay_quiz, marker, django_capture_on_commit_callbacks
):
    heard = []
    attempt_graded.connect(receiver := lambda attempt_id, **kwargs: heard.append(attempt_id), weak=False)

    with django_capture_on_commit_callbacks(execute=True):
        mark_next(essay_quiz, marker, level=1, tick=True)  # 2,5 of 4 points: 62,5 % of the third question

    attempt_graded.disconnect(receiver)
    assert [(mark, passed) for mark, passed, _reason in marks(handed_in)] == [(Decimal("8.75"), True)]
    assert heard == [handed_in.pk]
    assert Notice.objects.filter(staff_member=handed_in.staff_member, kind="quizzes.marked").count() == 1


def test_who_wrote_nothing_waits_for_nobody(attempt):
    answer(attempt, right=[n for n in (1, 2, 3) if n != number_of(attempt)])

    grading = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert (grading.mark, Script.objects.count()) == (Decimal("6.67"), 0)


def test_finishing_twice_marks_once(handed_in, essay_quiz, marker):
    mark = mark_next(essay_quiz, marker)

    assert finish_marks(mark=mark, by=marker).done_at == mark.done_at
    assert len(marks(handed_in)) == 1


def test_nobody_begins_again_while_the_last_attempt_is_being_marked(handed_in, essay_quiz, learner, marker):
    with pytest.raises(StillBeingMarked):
        start_attempt(quiz=essay_quiz, staff_member=learner.staff_member)

    mark_next(essay_quiz, marker)

    assert start_attempt(quiz=essay_quiz, staff_member=learner.staff_member).number == 2


def test_a_preview_is_never_marked_and_nobody_is_asked(essay_quiz, learner):
    preview = start_attempt(quiz=essay_quiz, staff_member=learner.staff_member, is_preview=True)
    write(preview)

    assert finalise(attempt=preview, cause=FinishCause.SUBMITTED) is None
    assert Script.objects.count() == 0


# --- Who marks what ---------------------------------------------------------------------


def test_a_marker_never_marks_herself(handed_in, essay_quiz, learner):
    essay_quiz.markers.add(learner)

    assert take_script(quiz=essay_quiz, by=learner) is None


def test_only_those_who_are_named_mark(handed_in, essay_quiz, second_marker, reviewer):
    assert [chances_of(user, essay_quiz) for user in (second_marker, reviewer)] == [[], []]


def test_markers_of_the_session_go_before_those_of_the_quiz(handed_in, essay_quiz, marker, second_marker, commune):
    session = a_session(essay_quiz, commune)
    session.markers.add(second_marker)
    handed_in.exam_session = session
    handed_in.save()

    taken = [len(chances_of(user, essay_quiz)) for user in (marker, second_marker)]
    seen = [Script.objects.named(user).count() for user in (marker, second_marker)]

    assert (taken, seen) == ([0, 1], [0, 1])


@pytest.fixture
def in_session(handed_in, essay_quiz, commune):
    """What was handed in, as a paper of an exam session."""
    handed_in.exam_session = a_session(essay_quiz, commune)
    handed_in.save()
    return handed_in.exam_session


def _may(user, quiz) -> tuple[int, int, bool]:
    """How many answers she may take, how many pages of answers would open to her, whether she may end what she took."""
    return len(chances_of(user, quiz)), Script.objects.named(user).count(), bool(own_marks(user, quiz))


def test_a_marker_who_sits_in_a_session_marks_no_answer_of_it(in_session, essay_quiz, marker, second_marker, hr):
    essay_quiz.markers.add(second_marker)
    for user in (marker, second_marker):
        user.staff_member = StaffMemberFactory()
        user.save()
    take_script(quiz=essay_quiz, by=marker)
    before = _may(marker, essay_quiz)

    add_seats(session=in_session, people=[marker.staff_member], by=hr)

    assert (before, _may(marker, essay_quiz)) == ((0, 1, True), (0, 0, False))
    give_back(mark=ScriptMark.objects.get(), by=marker)
    assert [_may(user, essay_quiz) for user in (marker, second_marker)] == [(0, 0, False), (1, 1, False)]


def test_where_all_markers_of_a_session_sit_in_it_those_of_the_test_mark(
    in_session, essay_quiz, marker, second_marker, hr
):
    in_session.markers.add(second_marker)
    second_marker.staff_member = StaffMemberFactory()
    second_marker.save()
    before = [_may(user, essay_quiz) for user in (marker, second_marker)]

    add_seats(session=in_session, people=[second_marker.staff_member], by=hr)

    assert before == [(0, 0, False), (1, 1, False)]
    assert [_may(user, essay_quiz) for user in (marker, second_marker)] == [(1, 1, False), (0, 0, False)]


def test_a_third_person_who_sits_in_the_session_is_neither_asked_nor_let_in(
    for_two, two_markers, marker, second_marker, reconciler, commune, hr
):
    for_two.exam_session = a_session(two_markers, commune)
    for_two.save()
    reconciler.staff_member = StaffMemberFactory()
    reconciler.save()
    add_seats(session=for_two.exam_session, people=[reconciler.staff_member], by=hr)

    mark_next(two_markers, marker, level=0)
    mark_next(two_markers, second_marker, level=2, tick=False)

    assert Script.objects.get().disputed_at is not None
    assert (_may(reconciler, two_markers), Notice.objects.filter(key__startswith="marking.third").count()) == (
        (0, 0, False),
        0,
    )


def test_a_candidate_of_the_session_has_no_other_answer_marked_again(in_session, essay_quiz, marker, hr, reviewer):
    mark_next(essay_quiz, marker)
    reviewer.staff_member = StaffMemberFactory()
    reviewer.save()
    add_seats(session=in_session, people=[reviewer.staff_member], by=hr)

    with pytest.raises(SessionRefused):
        mark_script_again(script=Script.objects.get(), by=reviewer, reason="Xem lại")

    assert Script.objects.get().round == 1


def test_taking_twice_gives_the_same_and_nobody_else_gets_it(handed_in, essay_quiz, marker, second_marker):
    essay_quiz.markers.add(second_marker)
    mark = take_script(quiz=essay_quiz, by=marker)

    assert take_script(quiz=essay_quiz, by=marker) == mark
    assert take_script(quiz=essay_quiz, by=second_marker) is None


def test_what_was_given_back_can_be_taken_by_another(handed_in, essay_quiz, marker, second_marker):
    essay_quiz.markers.add(second_marker)
    mark = take_script(quiz=essay_quiz, by=marker)

    give_back(mark=mark, by=marker)
    give_back(mark=mark, by=marker)

    assert take_script(quiz=essay_quiz, by=second_marker).marker == second_marker
    with pytest.raises(MarkingRefused):
        save_marks(mark=mark, chosen={}, comment="", note="", sequence=5)


# --- Half-done marks ------------------------------------------------------------------------


def test_an_older_save_never_overwrites_a_newer(handed_in, essay_quiz, marker):
    mark = take_script(quiz=essay_quiz, by=marker)
    newer = choice(mark.script, 0, True)

    first = save_marks(mark=mark, chosen=newer, comment="Hay", note="", sequence=20)
    older = save_marks(mark=mark, chosen=choice(mark.script, 2, False), comment="", note="", sequence=10)
    same = save_marks(mark=mark, chosen=newer, comment="Hay", note="", sequence=20)

    mark.refresh_from_db()
    assert [saved.stale for saved in (first, older, same)] == [False, True, False]
    assert (mark.chosen, mark.comment) == (newer, "Hay")


def test_what_the_rubric_does_not_offer_is_not_stored(handed_in, essay_quiz, marker):
    mark = take_script(quiz=essay_quiz, by=marker)
    known = choice(mark.script, 0, False)

    save_marks(mark=mark, chosen={**known, "fremd": 0}, comment="", note="", sequence=1)
    mark.refresh_from_db()
    assert mark.chosen == known

    save_marks(mark=mark, chosen={next(iter(known)): 7}, comment="", note="", sequence=2)
    mark.refresh_from_db()
    assert mark.chosen == {}


def test_every_criterion_with_levels_must_be_judged(handed_in, essay_quiz, marker):
    mark = take_script(quiz=essay_quiz, by=marker)

    with pytest.raises(MarkingRefused):
        finish_marks(mark=mark, by=marker)

    assert marks(handed_in) == []


# --- Two markers ------------------------------------------------------------------------------


@pytest.fixture
def for_two(two_markers, learner, host_clock):
    attempt = start_attempt(quiz=two_markers, staff_member=learner.staff_member)
    write(attempt)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt


def test_two_markers_take_two_turns_and_do_not_see_each_other(for_two, two_markers, marker, second_marker, reconciler):
    first, second = (take_script(quiz=two_markers, by=user) for user in (marker, second_marker))

    assert [(mark.turn, earlier_marks(mark)) for mark in (first, second)] == [(1, []), (2, [])]
    assert take_script(quiz=two_markers, by=reconciler) is None


def test_marks_that_are_near_enough_are_agreed_by_their_mean(for_two, two_markers, marker, second_marker, reconciler):
    two_markers.scripts = Script.objects.update(allowed_difference="3.75")
    mark_next(two_markers, marker, level=0, tick=False)  # 3 of 4
    assert marks(for_two) == []

    mark_next(two_markers, second_marker, level=1, tick=False)  # 1,5 of 4: 3,75 of 10 apart, as much as is allowed

    script = Script.objects.get()
    assert (script.earned, script.disputed_at) == (Decimal("2.25"), None)
    assert [mark for mark, _passed, _reason in marks(for_two)] == [Decimal("1.88")]
    assert said_of_agreement(for_two) == (2, "Lấy trung bình điểm của hai người chấm.")
    assert said_of_agreement(for_two, ReviewItem.FEEDBACK) == (0, "")
    assert take_script(quiz=two_markers, by=reconciler) is None


@pytest.mark.parametrize(
    ("rule", "earned", "agreed"),
    [
        (
            AgreedMark.THIRD,
            "1.500000",
            "Người chấm 1 và 2 lệch nhau quá mức cho phép: điểm của người chấm 3 được tính.",
        ),
        (AgreedMark.MEAN, "2.166667", "Người chấm 1 và 2 lệch nhau quá mức cho phép: lấy trung bình điểm của cả ba."),
    ],
)
def test_marks_that_differ_too_much_go_to_a_third_person(
    for_two, two_markers, marker, second_marker, reconciler, rule, earned, agreed
):
    Script.objects.update(agreed_mark=rule)
    mark_next(two_markers, marker, level=0, tick=True)  # 4
    mark_next(two_markers, second_marker, level=2, tick=True)  # 1
    assert marks(for_two) == []
    assert [take_script(quiz=two_markers, by=user) for user in (marker, second_marker)] == [None, None]
    assert Notice.objects.filter(user=reconciler, kind="marking").count() == 1

    third = take_script(quiz=two_markers, by=reconciler)
    assert [mark.earned for mark in earlier_marks(third)] == [Decimal(4), Decimal(1)]
    save_marks(mark=third, chosen=choice(third.script, 1, False), comment="", note="", sequence=1)
    finish_marks(mark=third, by=reconciler)

    assert Script.objects.get().earned == Decimal(earned)
    assert len(marks(for_two)) == 1
    assert said_of_agreement(for_two) == (3, agreed)


# --- What comes later ---------------------------------------------------------------------------


def test_marking_again_appends_and_keeps_what_was(handed_in, essay_quiz, marker, second_marker, reviewer):
    essay_quiz.markers.add(second_marker)
    mark_next(essay_quiz, marker, level=2, tick=False)
    script = mark_script_again(script=Script.objects.get(), by=reviewer, reason="Phúc khảo")
    assert mark_script_again(script=script, by=reviewer, reason="Phúc khảo").round == 2
    assert [mark for mark, *_ in marks(handed_in)] == [Decimal("6.67")]

    # Whoever marked it before does not do it again while somebody else can.
    assert take_script(quiz=essay_quiz, by=marker) is None
    mark_next(essay_quiz, second_marker, level=0, tick=True)

    assert [(mark, reason) for mark, _passed, reason in marks(handed_in)][1:] == [(Decimal("10.00"), "Phúc khảo")]
    assert ScriptMark.objects.count() == 2


def test_what_people_marked_anew_on_a_request_is_the_work_of_remarking(
    essay_quiz, commune, learner, marker, second_marker, hr, host_clock
):
    essay_quiz.markers.add(second_marker)
    session = a_session(essay_quiz, commune, complaints_until=date(2026, 12, 20))
    attempt = started(a_seat(session, learner.staff_member))
    save_answer(attempt_id=attempt.pk, number=number_of(attempt), response=["Bài."], sequence=1, device="pc-1")
    end_session(session=session, by=hr)
    mark_next(essay_quiz, marker, level=2, tick=False)
    request = ask_for_review(attempt=attempt, reason="Bài luận")
    host_clock.shift(timedelta(hours=1))
    mark_script_again(script=Script.objects.get(), by=hr, reason="Phúc khảo")
    mark_next(essay_quiz, second_marker, level=0, tick=True)
    answer_review(request=request, answer="Đã chấm lại", by=hr, members=BOARD)
    request.refresh_from_db()

    (row,) = results(session)

    assert [mark for mark, *_ in marks(attempt)] == [Decimal("0.00"), Decimal("3.33"), Decimal("3.33")]
    assert [f"{mark:.2f}" for mark in (row.remarked_from, row.remarked_to, row.mark)] == ["0.00", "3.33", "3.33"]
    assert mark_before(request).mark == 0


def test_done_marks_are_never_edited(handed_in, essay_quiz, marker):
    mark = mark_next(essay_quiz, marker)

    with pytest.raises(MarkingRefused):
        save_marks(mark=mark, chosen={}, comment="", note="", sequence=99)
    with pytest.raises(MarkingRefused):
        give_back(mark=mark, by=marker)


def test_a_late_answer_that_is_accepted_is_marked_by_people_first(handed_in, essay_quiz, marker, reviewer, host_clock):
    mark_next(essay_quiz, marker, level=2, tick=False)
    number = number_of(handed_in)
    handed_in.answers.filter(number=number).update(late_response=["Muộn."], late_saved_at=handed_in.deadline)

    assert accept_late(attempt=handed_in, numbers=[number], by=reviewer, reason="Mất điện") is None
    assert len(marks(handed_in)) == 1
    mark_next(essay_quiz, marker, level=0, tick=True)

    assert [(mark, reason) for mark, _passed, reason in marks(handed_in)][1:] == [(Decimal("10.00"), "Mất điện")]
    assert Script.objects.get().response == ["Muộn."]


def test_a_late_answer_stops_half_done_marks_of_the_old_one(handed_in, essay_quiz, marker, reviewer):
    mark = take_script(quiz=essay_quiz, by=marker)
    number = number_of(handed_in)
    handed_in.answers.filter(number=number).update(late_response=["Muộn."], late_saved_at=handed_in.deadline)

    accept_late(attempt=handed_in, numbers=[number], by=reviewer, reason="Mất điện")

    with pytest.raises(MarkingRefused):
        save_marks(mark=mark, chosen={}, comment="", note="", sequence=5)
    assert take_script(quiz=essay_quiz, by=marker).round == 2
