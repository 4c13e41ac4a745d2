"""Between attempts: how long one waits, which one counts, and which parts are not asked again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from quizzes.counting import Marked, the_one_that_counts
from quizzes.enums import FinishCause, Purpose
from quizzes.errors import TooSoon
from quizzes.keeping import kept_parts, months_later
from quizzes.models import Grading
from quizzes.queries import kept_parts_on, results_by_part
from quizzes.services import finalise, next_start, publish_quiz, start_attempt
from staff import clock
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
from tests.quizzes.helpers import answer

pytestmark = pytest.mark.django_db


def marked(*attempts):
    return [
        Marked(number, None if mark is None else Decimal(mark), passed)
        for number, (mark, passed) in enumerate(attempts, 1)
    ]


@pytest.mark.parametrize(
    ("rule", "attempts", "counts"),
    [
        ("highest", [], None),
        ("highest", [("4", False), ("6", True), ("6", True)], 2),
        ("highest", [("9", False), ("5", True)], 2),
        ("highest", [(None, None), ("3", False)], 2),
        ("highest", [(None, None)], None),
        ("last", [("6", True), ("4", False)], 2),
        ("last", [("6", True), (None, None)], None),
        ("first", [("4", False), ("6", True)], 1),
        ("first", [(None, None), ("6", True)], None),
    ],
)
def test_the_rule_names_the_attempt_that_counts(rule, attempts, counts):
    found = the_one_that_counts(rule, marked(*attempts))

    assert (found and found.attempt_id) == counts


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [((2026, 1, 31), 1, (2026, 2, 28)), ((2027, 2, 28), 12, (2028, 2, 28)), ((2026, 12, 5), 1, (2027, 1, 5))],
)
def test_months_are_counted_by_the_calendar(day, months, later):
    assert months_later(datetime(*day, 8, tzinfo=UTC), months) == datetime(*later, 8, tzinfo=UTC)


def test_the_next_attempt_waits_as_long_as_the_quiz_says(quiz, learner, attempt, host_clock):
    quiz.retry_after_hours = 24
    quiz.save()
    host_clock.shift(timedelta(minutes=10))
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    host_clock.shift(timedelta(hours=23, minutes=59))

    with pytest.raises(TooSoon) as refused:
        start_attempt(quiz=quiz, staff_member=learner.staff_member)
    host_clock.shift(timedelta(minutes=1))
    second = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    assert "24/11/2026" in str(refused.value)
    assert (second.number, second.started_at) == (2, next_start(quiz, learner.staff_member))


def test_practice_and_a_preview_wait_for_nothing(quiz, learner, attempt):
    quiz.retry_after_hours = 24
    quiz.save()
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert start_attempt(quiz=quiz, staff_member=learner.staff_member, is_preview=True).is_preview
    quiz.purpose = Purpose.PRACTICE
    assert next_start(quiz, learner.staff_member) is None


# --- parts that are kept


@pytest.fixture
def two_parts(db):
    quiz = QuizFactory()
    for position, (code, count) in enumerate([("IU01", 3), ("IU02", 1)], 1):
        category = CategoryFactory(code=code)
        fill(category, 6)
        part = PartFactory(quiz=quiz, title=f"Phần {position}", position=position)
        SectionFactory(part=part, category=category, quota=count, title=f"Mục {code}", floor_mark=0)
    return publish_quiz(quiz=quiz)


def test_of_several_parts_one_without_a_title_goes_by_its_number(two_parts, learner):
    two_parts.parts.update(title="")
    attempt = sit(two_parts, learner.staff_member)

    assert [part.title for part in results_by_part(attempt, attempt.gradings.get())] == ["Phần 1", "Phần 2"]


def numbers(attempt, position):
    part = attempt.paper.blueprint["parts"][position - 1]["part"]
    return [item["number"] for item in attempt.paper.items if item["part"] == part]


def sit(quiz, person, *, right=(), count=99):
    """An attempt with the questions of these parts right, the first ``count`` of each."""
    attempt = start_attempt(quiz=quiz, staff_member=person)
    for position in right:
        answer(attempt, right=numbers(attempt, position)[:count])
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    attempt.refresh_from_db()
    return attempt


def test_only_the_failed_part_is_asked_again_and_the_mark_counts_both(two_parts, learner, host_clock):
    first = sit(two_parts, learner.staff_member, right=[1], count=2)
    host_clock.shift(timedelta(days=1))

    second = start_attempt(quiz=two_parts, staff_member=learner.staff_member)
    answer(second, right=[1])
    grading = finalise(attempt=second, cause=FinishCause.SUBMITTED)

    assert [item["number"] for item in second.paper.items] == [1]
    assert [(part.title, part.on) for part in kept_parts_on(second.paper)] == [("Phần 1", first.finished_at)]
    # 2 of 3 in the kept part and 1 of 1 now: 3 of 4 questions.
    assert (str(grading.mark), grading.is_passed) == ("7.50", True)
    shown = results_by_part(second, grading)
    assert [(part.mark, part.is_passed, part.kept_from) for part in shown] == [
        (Decimal("6.67"), True, first.finished_at),
        (Decimal("10.00"), True, None),
    ]
    assert [section.title for part in shown for section in part.sections] == ["Mục IU01", "Mục IU02"]


@pytest.mark.parametrize(("later", "asked"), [(timedelta(days=364), 1), (timedelta(days=366), 4)])
def test_a_part_is_kept_for_twelve_months(two_parts, learner, host_clock, later, asked):
    sit(two_parts, learner.staff_member, right=[1])
    host_clock.shift(later)

    assert len(start_attempt(quiz=two_parts, staff_member=learner.staff_member).paper.items) == asked


def test_a_quiz_may_keep_nothing(two_parts, learner):
    two_parts.keeps_parts_months = None
    two_parts.save()
    sit(two_parts, learner.staff_member, right=[1])

    assert len(start_attempt(quiz=two_parts, staff_member=learner.staff_member).paper.items) == 4


def test_a_kept_part_is_kept_from_where_it_was_sat(two_parts, learner, host_clock):
    """Failing the other part again does not renew the twelve months."""
    first = sit(two_parts, learner.staff_member, right=[1])
    host_clock.shift(timedelta(days=300))
    sit(two_parts, learner.staff_member)

    kept = kept_parts(two_parts, learner.staff_member, now=clock.now())
    host_clock.shift(timedelta(days=100))

    assert [row["attempt"] for row in kept.values()] == [first.pk]
    assert kept_parts(two_parts, learner.staff_member, now=clock.now()) == {}


def test_a_pass_uses_its_parts_up(two_parts, learner):
    sit(two_parts, learner.staff_member, right=[1])
    sit(two_parts, learner.staff_member, right=[2])

    assert Grading.objects.order_by("-pk").first().is_passed
    assert len(start_attempt(quiz=two_parts, staff_member=learner.staff_member).paper.items) == 4


def test_one_part_is_always_asked(two_parts, learner, host_clock):
    """Both were passed, in attempts that kept nothing: the older pass is sat again."""
    two_parts.keeps_parts_months = None
    two_parts.save()
    sit(two_parts, learner.staff_member, right=[2])
    host_clock.shift(timedelta(days=1))
    sit(two_parts, learner.staff_member, right=[1])
    two_parts.keeps_parts_months = 12
    two_parts.save()

    third = start_attempt(quiz=two_parts, staff_member=learner.staff_member)

    assert [part.title for part in kept_parts_on(third.paper)] == ["Phần 1"]


def test_a_part_of_a_preview_is_not_kept(two_parts, learner):
    preview = start_attempt(quiz=two_parts, staff_member=learner.staff_member, is_preview=True)
    answer(preview, right=numbers(preview, 1))
    finalise(attempt=preview, cause=FinishCause.SUBMITTED)

    assert kept_parts(two_parts, learner.staff_member, now=clock.now()) == {}


def test_the_pages_say_which_part_is_kept(client, two_parts, learner):
    sit(two_parts, learner.staff_member, right=[1])
    second = start_attempt(quiz=two_parts, staff_member=learner.staff_member)
    client.force_login(learner)
    day = clock.today().strftime("%d/%m/%Y")

    exam = client.get(f"/thi/{second.pk}/").text
    finalise(attempt=second, cause=FinishCause.SUBMITTED)
    result = client.get(f"/thi/{second.pk}/ket-qua/").text

    assert f"Phần 1 đã đạt ngày {day}" in exam
    assert f"Bảo lưu từ lượt làm ngày {day}" in result
