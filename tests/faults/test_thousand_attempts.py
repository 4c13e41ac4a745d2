"""A thousand attempts with repeated, overtaken and late saves, ended in the four ways that an attempt can end.

What counts is worked out beside them from the acknowledgements alone, as a learner would remember them.
"""

import random
from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from quizzes.enums import FinishCause
from quizzes.errors import AttemptFinished
from quizzes.models import Answer, Grading
from quizzes.services import (
    AcceptedText,
    QuestionText,
    create_question,
    finalise,
    publish_quiz,
    review_question,
    save_answer,
    start_attempt,
)
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory
from tests.factories.staff import StaffMemberFactory
from tests.quizzes.conftest import START, host_clock

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
assert host_clock  # a fixture

SCENARIOS = 250
ENDINGS = [FinishCause.SUBMITTED, FinishCause.INVIGILATOR, FinishCause.TIMER, FinishCause.SWEEPER]


@pytest.fixture
def quiz(db):
    """Six questions of three types that every paper shows, one of them with part credit."""
    category = CategoryFactory(code="IU01")
    for number, words in enumerate(QUESTIONS):
        question = create_question(code=f"Q{number}", category=category, text=words)
        review_question(question=question)
    part = PartFactory(quiz=QuizFactory())
    SectionFactory(part=part, category=category, quota=len(QUESTIONS), floor_mark=0)
    return publish_quiz(quiz=part.quiz)


QUESTIONS = [
    QuestionText(type="single", stem="Câu 0?", options=(("a", True), ("b", False), ("c", False))),
    QuestionText(type="single", stem="Câu 1?", options=(("a", False), ("b", True))),
    QuestionText(
        type="multiple",
        stem="Câu 2?",
        options=(("a", True), ("b", True), ("c", False)),
        scoring="per_option",
        option_percents=(Decimal(50), Decimal(50), Decimal(-50)),
    ),
    QuestionText(type="true_false", stem="Câu 3.", right=True),
    QuestionText(type="short_text", stem="Câu 4?", accepted=(AcceptedText("mạng"), AcceptedText("lưới", Decimal(40)))),
    QuestionText(type="multiple", stem="Câu 5?", options=(("a", True), ("b", False), ("c", True))),
]


def earned(question: int, words: frozenset[str]) -> Decimal:
    """The percent of a question by hand, from the words that were chosen or typed."""
    if not words:
        return Decimal(0)
    if question == 2:
        total = sum({"a": 50, "b": 50, "c": -50}[word] for word in words)
        return Decimal(max(0, total))
    if question == 4:
        return Decimal({"mạng": 100, "lưới": 40}.get(next(iter(words)), 0))
    right = [{"a"}, {"b"}, None, {"Đúng"}, None, {"a", "c"}][question]
    return Decimal(100 if words == right else 0)


def saves_of(chance) -> list[tuple[int, int, frozenset[str]]]:
    """(question, sequence, words) as they reach the server: some twice, some overtaken by newer ones."""
    saves = []
    for question, text in enumerate(QUESTIONS):
        choices = [option for option, _right in text.options] or ["Đúng", "Sai"]
        for sequence in range(1, chance.randint(1, 4)):
            if text.type == "short_text":
                words = {chance.choice(["mạng", "MẠNG ", "lưới", "mang", ""])} - {""}
            elif text.type == "multiple":
                words = {option for option in choices if chance.random() < 0.5}
            else:
                words = {chance.choice(choices)}
            saves += [(question, sequence, frozenset(words))] * chance.choice([1, 1, 1, 2])
    for place in range(len(saves) - 1):
        if chance.random() < 0.3:
            other = chance.randrange(place, len(saves))
            saves[place], saves[other] = saves[other], saves[place]
    return saves


class Learner:
    """One attempt, and what its learner was told that is saved."""

    def __init__(self, quiz):
        self.attempt = start_attempt(quiz=quiz, staff_member=StaffMemberFactory())
        self.items = {int(item["stem"][4]): item for item in self.attempt.paper.items}
        self.told = dict.fromkeys(range(len(QUESTIONS)), (0, frozenset()))

    def save(self, question, sequence, words):
        item = self.items[question]
        ids = {option["text"]: option["id"] for option in item["options"]}
        response = [ids[word] for word in sorted(words)] if ids else sorted(words)
        result = save_answer(attempt_id=self.attempt.pk, number=item["number"], response=response, sequence=sequence)
        if result.accepted and sequence > self.told[question][0]:
            self.told[question] = (sequence, frozenset(word.strip() for word in words))
        return result

    def mark_by_hand(self) -> Decimal:
        percents = [earned(question, _known(words)) for question, (_sequence, words) in self.told.items()]
        return (sum(percents) / 10 / len(QUESTIONS)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def stored(self) -> dict[int, list[str]]:
        return dict(Answer.objects.filter(attempt=self.attempt).values_list("number", "response"))

    def expected(self) -> dict[int, set[str]]:
        return {self.items[question]["number"]: words for question, (_sequence, words) in self.told.items()}


def _known(words):
    """Capitals do not matter where an answer is typed."""
    return frozenset({"mạng"}) if words == {"MẠNG"} else words


def test_a_thousand_attempts_keep_what_was_acknowledged_and_end_alike_in_four_ways(quiz, host_clock):
    tally = Counter()
    for scenario in range(SCENARIOS):
        saves = saves_of(random.Random(scenario))
        marks = {str(_sat(quiz, saves, ending, host_clock, tally)) for ending in ENDINGS}
        assert len(marks) == 1, (scenario, marks)

    assert (tally["attempts"], tally["lost"], tally["doubled"], tally["unlike by hand"]) == (1000, 0, 0, 0)
    assert tally["stale"] > 100  # overtaken saves did occur
    assert (tally["late"], tally["refused"]) == (750, 250)
    assert Grading.objects.count() == 1000


def _sat(quiz, saves, ending, host_clock, tally) -> Decimal:
    host_clock.move_to(START)
    learner = Learner(quiz)
    for save in saves:
        tally["stale"] += learner.save(*save).stale
    after_time = ending in (FinishCause.TIMER, FinishCause.SWEEPER)
    if after_time:
        host_clock.move_to(learner.attempt.deadline + timedelta(seconds=31))
        tally["late"] += learner.save(0, 99, frozenset({"a"})).late
    grading = finalise(attempt=learner.attempt, cause=ending)
    if ending == FinishCause.SUBMITTED:
        with pytest.raises(AttemptFinished):
            learner.save(0, 99, frozenset({"a"}))
        tally["refused"] += 1
    elif ending == FinishCause.INVIGILATOR:
        # Still on its way when the invigilator ended: kept beside the answer, for her decision.
        tally["late"] += learner.save(0, 99, frozenset({"a"})).late
    assert finalise(attempt=learner.attempt, cause=ending).pk == grading.pk
    stored = learner.stored()
    words = {item["number"]: {o["id"]: o["text"] for o in item["options"]} for item in learner.attempt.paper.items}
    as_words = {number: {words[number].get(entry, entry) for entry in response} for number, response in stored.items()}
    tally["attempts"] += 1
    tally["lost"] += as_words != learner.expected()
    tally["doubled"] += len(stored) != len(QUESTIONS)
    tally["unlike by hand"] += grading.mark != learner.mark_by_hand()
    return grading.mark
