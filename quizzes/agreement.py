"""How far two people who mark the same answers, without seeing each other's marks, agree."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quizzes.models import Question, ScriptMark
from quizzes.statistics import ENOUGH

FIRST, SECOND = 1, 2
# Below it markers read the criteria differently more often than not (Landis and Koch call it no more than moderate).
TOO_LITTLE = 0.6


@dataclass(frozen=True, slots=True)
class Agreement:
    """``answers`` that two people marked. ``alike``: the share to which both gave the same points. ``difference``: how
    far they are apart on average, in points of ``of``; ``lean``: by how much the second gives more than the first.

    ``kappa`` is Cohen's, weighted by the square of the difference in points: 1 for markers who always agree, 0 for
    those who agree no more than chance would have it; None where all marks are one and the same.
    """

    answers: int
    alike: float
    difference: float
    lean: float
    of: float
    kappa: float | None

    @property
    def alike_percent(self) -> float:
        return self.alike * 100

    @property
    def is_too_little(self) -> bool:
        """Whether the criteria want another look; nothing is said of a few answers."""
        return self.answers >= ENOUGH and self.kappa is not None and self.kappa < TOO_LITTLE


def agreement(pairs: Sequence[tuple[float, float]], *, of: float) -> Agreement | None:
    """Of the points that the first and the second gave to each answer; None without any."""
    if not pairs:
        return None
    apart = [second - first for first, second in pairs]
    return Agreement(
        answers=len(pairs),
        alike=sum(difference == 0 for difference in apart) / len(pairs),
        difference=_mean(map(abs, apart)),
        lean=_mean(apart),
        of=of,
        kappa=weighted_kappa(pairs),
    )


def weighted_kappa(pairs: Sequence[tuple[float, float]]) -> float | None:
    """1 - the mean square of the differences / what it would be, did each first mark meet every second one."""
    firsts, seconds = zip(*pairs, strict=True)
    found = _mean((second - first) ** 2 for first, second in pairs)
    by_chance = _mean(x * x for x in firsts) + _mean(y * y for y in seconds) - 2 * _mean(firsts) * _mean(seconds)
    return None if by_chance < 1e-12 else 1 - found / by_chance


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return math.fsum(values) / len(values)


def agreements_on(question: Question) -> dict[int, Agreement]:
    """By the id of the version, every round that both finished; what a third person said is no such pair. One query."""
    marks = ScriptMark.objects.filter(
        script__version__question=question, turn__in=[FIRST, SECOND], done_at__isnull=False
    )
    rows = marks.order_by("turn").values_list("script__version", "script", "round", "earned", "script__of")
    earned, points = defaultdict(list), {}
    for version, script, turn_round, given, of in rows:
        earned[version, script, turn_round].append(float(given))
        points[version] = float(of)
    pairs = defaultdict(list)
    for (version, _script, _round), given in earned.items():
        if len(given) == SECOND:
            pairs[version].append((given[0], given[1]))
    return {version: agreement(found, of=points[version]) for version, found in pairs.items()}
