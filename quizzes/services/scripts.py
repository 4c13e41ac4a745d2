"""Which answers of a closed attempt people mark, and what they earned."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from quizzes.models import Answer, AnswerFile, Attempt, QuestionVersion, Script
from quizzes.types import kind_of
from quizzes.types.by_people import points_of
from staff import clock


def people_mark(attempt: Attempt) -> bool:
    """Whether the paper asks anything that no key marks."""
    return any(kind_of(item["type"]).is_marked_by_people for item in attempt.paper.items)


def bring_scripts(attempt: Attempt, *, reason: str = "") -> list[Script]:
    """The scripts of a closed attempt, which is locked, as its answers count now; none for a preview.

    An answer that was marked and is another one now begins a further round, for ``reason``.
    """
    if attempt.is_preview or not people_mark(attempt):
        return []
    known = {script.number: script for script in Script.objects.filter(attempt=attempt)}
    for number, version, response in answers_for_people(attempt):
        script = known.get(number)
        if script is None:
            known[number] = _new_script(attempt, number, version, response)
        elif script.response != response:
            begin_round(script, reason=reason, response=response)
    return list(known.values())


def answers_for_people(attempt: Attempt) -> list[tuple[int, int, list[str]]]:
    """(number, version, response) of what was answered and no key marks. A file that never arrived is no answer."""
    kinds = {item["number"]: kind_of(item["type"]) for item in attempt.paper.items}
    files = set(AnswerFile.objects.filter(attempt=attempt).values_list("number", "sha256"))
    answers = Answer.objects.filter(attempt=attempt).with_counted().values_list("number", "version", "counted")
    return [
        (number, version, response)
        for number, version, response in answers
        if kinds[number].is_marked_by_people
        and response
        and (not kinds[number].takes_file or (number, response[0]) in files)
    ]


def _new_script(attempt, number, version, response) -> Script:
    quiz = attempt.quiz
    return Script.objects.create(
        attempt=attempt,
        number=number,
        version_id=version,
        response=response,
        turns=2 if quiz.needs_second_marking else 1,
        allowed_difference=quiz.allowed_difference,
        agreed_mark=quiz.agreed_mark,
        of=points_of(QuestionVersion.objects.values_list("key", flat=True).get(pk=version)),
        wanted_at=clock.now(),
        due_on=clock.today() + timedelta(days=quiz.marking_days),
    )


def begin_round(script: Script, *, reason: str, response: list[str] | None = None) -> None:
    """Everybody marks it anew; what was marked before stays on record. The attempt is locked."""
    if response is not None:
        script.response = response
    script.round += 1
    script.reason = reason[:200]
    script.earned = script.decided_at = script.disputed_at = None
    script.wanted_at = clock.now()
    script.due_on = clock.today() + timedelta(days=script.attempt.quiz.marking_days)
    script.save(
        update_fields=["response", "round", "reason", "earned", "decided_at", "disputed_at", "wanted_at", "due_on"]
    )


def marks_of(scripts: list[Script]) -> Mapping[int, tuple[Decimal, Decimal]]:
    """(earned, of) by the number of the question."""
    return {script.number: (script.earned, script.of) for script in scripts}
