"""Marking again what showed a faulty question: never by itself, shown first, appended, lowering nobody unless said."""

import hashlib
import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import ModelLogEntry

from quizzes.enums import FinishCause, QuestionType, RegradePolicy
from quizzes.errors import FactsMoved, RegradeRefused
from quizzes.models import Answer, Attempt, Grading, Question, Regrade
from quizzes.queries import latest_grading, review_of
from quizzes.review import EVERYTHING
from quizzes.services import (
    AcceptedNumber,
    apply_regrade,
    finalise,
    mark_again,
    plan_of,
    propose_regrade,
    publish_quiz,
    retire_question,
    review_question,
    revise_question,
    save_answer,
    start_attempt,
)
from staff.models import Notice
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, reviewed_question, text
from tests.factories.staff import StaffMemberFactory

pytestmark = pytest.mark.django_db

WORDS = ("RAM", "Ổ cứng", "USB", "Màn hình")


def options(*right):
    return tuple((word, word in right) for word in WORDS)


@pytest.fixture
def single(db):
    """A quiz of two questions, 5 points each, passed with 5: Q-1, whose key says RAM, and Q-2."""
    category = CategoryFactory(code="RG")
    questions = [reviewed_question(category, code=f"Q-{n}", options=options("RAM")) for n in (1, 2)]
    quiz = QuizFactory(code="RG", title="Kiểm tra chấm lại", attempts_allowed=3)
    part = PartFactory(quiz=quiz, title="Trắc nghiệm", pass_mark="5.00")
    SectionFactory(part=part, category=category, quota=2, floor_mark="0")
    publish_quiz(quiz=quiz)
    return questions[0]


def quiz_of(question):
    return question.category.sections.get().part.quiz


def item_of(attempt, question):
    versions = set(question.versions.values_list("pk", flat=True))
    return next(item for item in attempt.paper.items if item["version"] in versions)


def choose(attempt, question, *words):
    item = item_of(attempt, question)
    chosen = [option["id"] for option in item["options"] if option["text"] in words]
    save_answer(attempt_id=attempt.pk, number=item["number"], response=chosen, sequence=1)


def sit(question, word, *, person=None, other="USB", **start):
    """An attempt that answers ``word`` to the question and ``other``, which is wrong, to the other one."""
    attempt = start_attempt(quiz=quiz_of(question), staff_member=person or StaffMemberFactory(), **start)
    choose(attempt, question, word)
    choose(attempt, Question.objects.exclude(pk=question.pk).get(), other)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    return attempt


def correct(question, *right, **fields):
    """The next version, reviewed: ``right`` are its right answers."""
    question.refresh_from_db()
    words = text(f"Câu {question.code}?", options=options(*right), **fields)
    revise_question(question=question, text=words)
    return review_question(question=question)


def ask(question, policy, by, **words):
    return propose_regrade(question=question, policy=policy, reason="Đáp án sai", by=by, **words)


def carry_out(question, policy, by, **words):
    regrade = ask(question, policy, by, **words)
    return apply_regrade(regrade=regrade, shown=plan_of(regrade).digest, by=by)


def marks(*attempts):
    return [str(latest_grading(attempt).mark) for attempt in attempts]


def test_a_corrected_key_changes_no_mark_by_itself(single):
    attempt = sit(single, "Ổ cứng")

    correct(single, "Ổ cứng")

    assert [str(grading.mark) for grading in attempt.gradings.all()] == ["0.00"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (RegradePolicy.FULL, ["5.00", "5.00", "5.00"]),
        (RegradePolicy.BOTH, ["5.00", "5.00", "0.00"]),
        (RegradePolicy.AGAIN, ["5.00", "5.00", "0.00"]),  # the old right answer keeps its points
    ],
)
def test_each_policy_gives_what_it_says_and_lowers_nobody(single, reviewer, policy, expected):
    attempts = [sit(single, word) for word in ("RAM", "Ổ cứng", "USB")]
    correct(single, "Ổ cứng")

    carry_out(single, policy, reviewer)

    assert marks(*attempts) == expected


def test_points_are_taken_away_only_with_a_reason(single, reviewer):
    attempt = sit(single, "RAM")
    correct(single, "Ổ cứng")

    spared = plan_of(ask(single, RegradePolicy.AGAIN, reviewer))
    strict = ask(single, RegradePolicy.AGAIN, reviewer, may_lower_because="Đề lộ")
    plan = plan_of(strict)
    apply_regrade(regrade=strict, shown=plan.digest, by=reviewer)

    assert (spared.spared, spared.papers) == (1, ())
    assert (plan.spared, plan.lowered, plan.count("fails_now")) == (0, 1, 1)
    assert marks(attempt) == ["0.00"]


def test_the_dry_run_says_who_changes_from_what_to_what_and_writes_nothing(single, reviewer):
    passes, stays = sit(single, "Ổ cứng"), sit(single, "USB")
    sit(single, "Ổ cứng", is_preview=True)
    correct(single, "Ổ cứng")
    before = Grading.objects.count()

    plan = plan_of(ask(single, RegradePolicy.BOTH, reviewer))

    (paper,) = plan.papers
    assert (paper.attempt_id, str(paper.mark_before), str(paper.mark_after)) == (passes.pk, "0.00", "5.00")
    assert (paper.was_passed, paper.is_passed, paper.passes_now) == (False, True, True)
    assert [(turn.title, str(turn.mark_before), str(turn.mark_after)) for turn in paper.parts] == [
        ("Trắc nghiệm", "0.00", "5.00")
    ]
    assert (plan.shown, plan.raised, plan.lowered, plan.running) == (2, 1, 0, 0)
    assert Grading.objects.count() == before
    assert marks(passes, stays) == ["0.00", "0.00"]


def test_gradings_are_appended_with_author_and_reason_and_the_old_ones_stay(single, reviewer):
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    old = attempt.gradings.get()

    regrade = carry_out(single, RegradePolicy.AGAIN, reviewer)

    kept, new = attempt.gradings.all()
    assert (kept.pk, kept.mark, kept.detail) == (old.pk, old.mark, old.detail)
    assert (new.graded_by, new.reason, new.regrade) == (reviewer, "Đáp án sai", regrade)
    number = item_of(attempt, single)["number"]
    assert [row.get("regrade") for row in new.detail["items"]] == [
        regrade.pk if row["number"] == number else None for row in new.detail["items"]
    ]
    entry = ModelLogEntry.objects.get(action="quizzes.regrade")
    assert (entry.user, entry.data["papers"], entry.data["passes_now"]) == (reviewer, 1, 1)


def test_an_answer_is_known_by_its_words_because_every_version_has_ids_of_its_own(single, reviewer):
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    shown, corrected = single.versions.order_by("number")

    carry_out(single, RegradePolicy.AGAIN, reviewer)

    assert {option["id"] for option in shown.options}.isdisjoint(option["id"] for option in corrected.options)
    assert marks(attempt) == ["5.00"]


def test_what_other_markings_gave_stays(single, reviewer):
    """Regrades of two questions, one after the other: the second keeps what the first gave."""
    attempt = sit(single, "USB")
    other = Question.objects.exclude(pk=single.pk).get()
    retire_and_allow(single)
    retire_and_allow(other)

    carry_out(single, RegradePolicy.FULL, reviewer)
    carry_out(other, RegradePolicy.FULL, reviewer)

    assert [str(grading.mark) for grading in attempt.gradings.all()] == ["0.00", "5.00", "10.00"]


def retire_and_allow(question):
    quiz = quiz_of(question)
    quiz.published_at = None
    quiz.save()
    retire_question(question=question)
    question.refresh_from_db()


def test_confirming_twice_marks_once(single, reviewer):
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest

    for _time in range(2):
        apply_regrade(regrade=regrade, shown=shown, by=reviewer)

    assert attempt.gradings.count() == 2
    assert Notice.objects.filter(kind="quizzes.regraded").count() == 1


def test_the_same_words_sent_twice_are_one_proposal(single, reviewer):
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")

    assert ask(single, RegradePolicy.AGAIN, reviewer) == ask(single, RegradePolicy.AGAIN, reviewer)


def test_what_was_not_shown_is_not_carried_out(single, reviewer):
    sit(single, "Ổ cứng")
    running = start_attempt(quiz=quiz_of(single), staff_member=StaffMemberFactory())
    choose(running, single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest
    finalise(attempt=running, cause=FinishCause.SUBMITTED)

    with pytest.raises(FactsMoved):
        apply_regrade(regrade=regrade, shown=shown, by=reviewer)

    regrade.refresh_from_db()
    assert regrade.applied_at is None
    assert not Grading.objects.exclude(regrade=None).exists()


def test_a_newer_correction_must_be_looked_at_first(single, reviewer):
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest
    correct(single, "USB")

    with pytest.raises(RegradeRefused):
        apply_regrade(regrade=regrade, shown=shown, by=reviewer)


def test_a_paper_being_sat_is_marked_by_the_decision_when_it_is_handed_in(single, reviewer):
    sit(single, "USB")
    running = start_attempt(quiz=quiz_of(single), staff_member=StaffMemberFactory())
    choose(running, single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    plan = plan_of(regrade)

    apply_regrade(regrade=regrade, shown=plan.digest, by=reviewer)
    grading = finalise(attempt=running, cause=FinishCause.SUBMITTED)

    assert plan.running == 1
    assert str(grading.mark) == "5.00"
    assert regrade.pk in [row.get("regrade") for row in grading.detail["items"]]


def test_papers_that_show_the_corrected_version_are_marked_by_its_key_alone(single, reviewer):
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    carry_out(single, RegradePolicy.BOTH, reviewer)

    assert marks(sit(single, "RAM"), sit(single, "Ổ cứng")) == ["0.00", "5.00"]


def test_a_second_correction_goes_on_from_the_first(single, reviewer):
    attempt = sit(single, "USB")
    correct(single, "Ổ cứng")
    carry_out(single, RegradePolicy.FULL, reviewer)
    correct(single, "Màn hình")

    plan = plan_of(ask(single, RegradePolicy.AGAIN, reviewer))

    assert (plan.papers, plan.spared) == ((), 1)
    assert marks(attempt) == ["5.00"]


def test_a_version_that_offered_other_answers_is_left_alone_by_a_key(single, reviewer):
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    sit(single, "RAM")
    words = [("RAM", False), ("Ổ cứng", True), ("USB", False), ("Bàn phím", False)]
    revise_question(question=single, text=text("Câu Q-1?", options=tuple(words)))
    review_question(question=single)
    single.refresh_from_db()

    with pytest.raises(RegradeRefused), translation.override("en"):
        ask(single, RegradePolicy.AGAIN, reviewer)
    plan = plan_of(ask(single, RegradePolicy.FULL, reviewer))

    assert len(plan.papers) == 2


def test_a_key_fits_some_versions_and_says_which_it_does_not_fit(single, reviewer):
    sit(single, "Ổ cứng")
    words = [("RAM", True), ("Ổ cứng", False), ("USB", False), ("Bàn phím", False)]
    revise_question(question=single, text=text("Câu Q-1?", options=tuple(words)))
    review_question(question=single)
    second = sit(single, "Ổ cứng")
    revise_question(question=single, text=text("Câu Q-1?", options=tuple((w, w == "Ổ cứng") for w, _right in words)))
    review_question(question=single)
    single.refresh_from_db()

    with translation.override("en"):
        plan = plan_of(ask(single, RegradePolicy.AGAIN, reviewer))

    assert [paper.attempt_id for paper in plan.papers] == [second.pk]
    assert plan.not_comparable == ("Version 1 offered other answers to choose from than version 3.",)


def test_a_question_nobody_was_shown_is_not_marked_again(single, reviewer):
    correct(single, "Ổ cứng")

    with pytest.raises(RegradeRefused):
        ask(single, RegradePolicy.FULL, reviewer)


def test_a_reason_is_needed(single, reviewer):
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")

    with pytest.raises(RegradeRefused):
        propose_regrade(question=single, policy=RegradePolicy.FULL, reason="  ", by=reviewer)


def test_typed_numbers_are_judged_by_the_new_tolerance(reviewer):
    category = CategoryFactory(code="NUM")
    accepted = (AcceptedNumber(value=Decimal(10), tolerance=Decimal(0)),)
    fields = {"type": QuestionType.NUMBER, "options": (), "accepted": accepted}
    question = reviewed_question(category, code="N-1", **fields)
    quiz = QuizFactory(code="NUM")
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=1, floor_mark="0")
    quiz = publish_quiz(quiz=quiz)
    attempt = start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
    save_answer(attempt_id=attempt.pk, number=1, response=["10,4"], sequence=1)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    wider = fields | {"accepted": (AcceptedNumber(value=Decimal(10), tolerance=Decimal("0.5")),)}
    revise_question(question=question, text=text("Câu N-1?", **wider))
    review_question(question=question)
    question.refresh_from_db()

    carry_out(question, RegradePolicy.AGAIN, reviewer)

    assert marks(attempt) == ["10.00"]


def test_learners_are_told_where_their_mark_changed_and_nobody_else(single, reviewer):
    told, untouched = sit(single, "Ổ cứng"), sit(single, "USB")
    correct(single, "Ổ cứng")

    carry_out(single, RegradePolicy.AGAIN, reviewer)

    notice = Notice.objects.get(kind="quizzes.regraded")
    assert notice.staff_member_id == told.staff_member_id != untouched.staff_member_id
    assert "Đáp án sai." in notice.text
    assert notice.path.endswith(f"/{told.pk}/ket-qua/")


def test_news_is_sent_for_each_new_marking(single, reviewer, django_capture_on_commit_callbacks, monkeypatch):
    heard = []
    monkeypatch.setattr("courses.receivers.settle", lambda attempt_id: heard.append(attempt_id))
    changed = sit(single, "Ổ cứng")
    sit(single, "USB")
    correct(single, "Ổ cứng")

    with django_capture_on_commit_callbacks(execute=True):
        carry_out(single, RegradePolicy.AGAIN, reviewer)

    assert heard == [changed.pk]


@pytest.mark.parametrize("papers", [1, 3])
def test_a_dry_run_asks_as_much_for_three_papers_as_for_one(single, reviewer, papers, django_assert_num_queries):
    for _number in range(papers):
        sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = Regrade.objects.select_related("question", "version").get(pk=ask(single, "again", reviewer).pk)

    # attempts, versions, versions shown; of the slice: markings, answers, papers with their attempts
    with django_assert_num_queries(6):
        plan_of(regrade)


def test_two_equal_plans_have_one_digest_and_another_mark_another(single, reviewer):
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    first, again = plan_of(regrade).digest, plan_of(regrade).digest
    last = latest_grading(attempt)
    Grading.objects.create(attempt=attempt, mark=last.mark, is_passed=False, detail=last.detail)

    assert first == again != plan_of(regrade).digest
    assert len(first) == len(hashlib.sha256(json.dumps([]).encode()).hexdigest())
    assert Attempt.objects.count() == 1


def test_what_a_decision_of_the_board_credited_no_key_takes_back(single, reviewer):
    attempt = sit(single, "RAM")
    number = item_of(attempt, single)["number"]
    mark_again(attempt=attempt, by=reviewer, reason="Phúc khảo", credited=[number])
    correct(single, "Ổ cứng")

    plan = plan_of(ask(single, RegradePolicy.AGAIN, reviewer, may_lower_because="Đề lộ"))

    assert plan.papers == ()


def test_marking_again_for_another_reason_keeps_what_a_regrade_decided(single, reviewer):
    attempt = sit(single, "USB")
    correct(single, "Ổ cứng")
    carry_out(single, RegradePolicy.FULL, reviewer)

    grading = mark_again(attempt=attempt, by=reviewer, reason="Phúc khảo")

    assert str(grading.mark) == "5.00"


def test_an_accepted_late_answer_is_the_one_that_is_judged(single, reviewer):
    attempt = sit(single, "USB")
    item = item_of(attempt, single)
    chosen = [option["id"] for option in item["options"] if option["text"] == "Ổ cứng"]
    moment = attempt.started_at
    Answer.objects.filter(attempt=attempt, number=item["number"]).update(
        late_response=chosen, late_saved_at=moment, late_accepted_at=moment
    )
    correct(single, "Ổ cứng")

    carry_out(single, RegradePolicy.AGAIN, reviewer)

    assert marks(attempt) == ["5.00"]


# --- What the learner reads of it -----------------------------------------------------------


def reviewed(attempt, question, shown=EVERYTHING):
    number = item_of(attempt, question)["number"]
    row = review_of(attempt, shown, grading=latest_grading(attempt), number=number)[0]
    return row.verdict, str(row.points), row.counts_because, row.corrected_key


@pytest.mark.parametrize(
    ("policy", "key", "words"),
    [
        (RegradePolicy.FULL, (), "mọi người đã gặp câu này được đủ điểm"),
        (RegradePolicy.BOTH, ("Ổ cứng",), "đều được tính"),
        (RegradePolicy.AGAIN, ("Ổ cứng",), "đáp án đã sửa"),
    ],
)
def test_the_review_says_what_counts_where_a_paper_was_marked_again(single, reviewer, policy, key, words):
    attempt, untouched = sit(single, "Ổ cứng"), sit(single, "RAM")
    correct(single, "Ổ cứng")
    before = reviewed(attempt, single)

    carry_out(single, policy, reviewer)

    verdict, points, why, corrected = reviewed(attempt, single)
    assert before == ("wrong", "0", "", ())
    assert (verdict, points, corrected) == ("right", "5", key)
    assert words in why
    assert "Lý do: Đáp án sai." in why
    assert reviewed(untouched, single) == ("right", "5", "", ())
    assert reviewed(attempt, single, frozenset({"mark"}) | {"feedback"})[::3] == ("", ())


def test_the_page_of_the_result_adds_up_to_the_mark_after_marking_again(client, single, reviewer, learner):
    attempt = sit(single, "Ổ cứng", person=learner.staff_member)
    correct(single, "Ổ cứng")
    carry_out(single, RegradePolicy.AGAIN, reviewer)
    quiz_of(single).__class__.objects.update(review={"after": [*EVERYTHING]})
    client.force_login(learner)

    page = " ".join(client.get(reverse("quizzes:result", args=[attempt.pk])).text.split())

    assert "Đúng theo đáp án đã sửa:" in page
    assert (page.count("5,00/10"), page.count("5,00 trên 5,00 điểm")) == (2, 1)
