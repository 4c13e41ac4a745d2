"""What the answers say about the questions, and about the test: pure functions of papers that were taken and marked.

The figures are those of classical test theory. A paper is taken by one person once; somebody's second attempt knows
more than the first, so the pages count first attempts unless asked otherwise. Shares run from 0 to 1.
"""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The upper and the lower group of Kelley (1939): 27 of 100 tell the good from the weak best.
GROUP_SHARE = 0.27


@dataclass(frozen=True, slots=True)
class TakenItem:
    """A question on a paper: which version, the share of its points that was earned, and what was answered."""

    version: int
    share: float
    weight: float = 1.0
    response: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenPaper:
    items: tuple[TakenItem, ...]

    @property
    def weight(self) -> float:
        return math.fsum(item.weight for item in self.items)

    @property
    def earned(self) -> float:
        return math.fsum(item.share * item.weight for item in self.items)

    @property
    def share(self) -> float:
        """The share of all points that was earned."""
        return self.earned / self.weight


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many gave an answer: of all who saw the question, and of the upper and the lower group."""

    answer: str
    count: int
    share: float
    upper: float
    lower: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """``facility``: the mean share earned. ``deviation``: its standard deviation (n - 1), None for a single paper.

    ``discrimination``: the correlation of the share earned here with the share earned in the rest of the same paper
    (the corrected point-biserial, which draws of different questions do not disturb); None where either never varies.
    ``point_biserial``: the plain one, with the share earned in the whole paper, in which the question itself counts.
    ``answers``: the answers given, most frequent first; several ticks count each.
    """

    version: int
    shown: int
    answered: int
    facility: float
    deviation: float | None
    discrimination: float | None
    point_biserial: float | None
    answers: tuple[AnswerCount, ...]


@dataclass(frozen=True, slots=True)
class QuizStatistics:
    """Of the marks on the scale of 10. ``alpha`` is None where ``no_alpha`` says why (see ``why_no_alpha``)."""

    papers: int
    mean: float | None
    median: float | None
    deviation: float | None
    alpha: float | None
    standard_error: float | None
    no_alpha: str = ""


def quiz_statistics(papers: Sequence[TakenPaper]) -> QuizStatistics:
    """The standard error of measurement is deviation * sqrt(1 - alpha), on the scale of the marks."""
    marks = [paper.share * 10 for paper in papers]
    deviation = statistics.stdev(marks) if len(marks) > 1 else None
    alpha = cronbach_alpha(papers)
    return QuizStatistics(
        papers=len(papers),
        mean=statistics.fmean(marks) if marks else None,
        median=statistics.median(marks) if marks else None,
        deviation=deviation,
        alpha=alpha,
        standard_error=None if alpha is None else deviation * math.sqrt(max(0.0, 1 - alpha)),
        no_alpha=why_no_alpha(papers),
    )


def cronbach_alpha(papers: Sequence[TakenPaper]) -> float | None:
    """k / (k - 1) * (1 - sum of the variances of the questions / variance of the papers), sample variances.

    Papers drawn at random show different questions. Then the variance of "a question of this test" is the mean of the
    variances of the questions, each counted as often as it was shown, and there are k of them: the same figure where
    all papers are equal. None where ``why_no_alpha`` says why.
    """
    if why_no_alpha(papers):
        return None
    count = len(papers[0].items)
    of_papers = statistics.variance([paper.earned for paper in papers])
    repeated = _repeated(papers)
    shown = sum(len(values) for values in repeated)
    of_question = math.fsum(statistics.variance(values) * len(values) for values in repeated) / shown
    return count / (count - 1) * (1 - count * of_question / of_papers)


def why_no_alpha(papers: Sequence[TakenPaper]) -> str:
    """What keeps alpha from being defined, empty where it is: few_papers, different_papers (in length or weight),
    few_questions, equal_marks, or never_repeated (no question was shown twice)."""
    if len(papers) < 2:
        return "few_papers"
    if len({(len(paper.items), round(paper.weight, 9)) for paper in papers}) != 1:
        return "different_papers"
    if len(papers[0].items) < 2:
        return "few_questions"
    if statistics.variance([paper.earned for paper in papers]) <= 1e-12:
        return "equal_marks"
    return "" if _repeated(papers) else "never_repeated"


def _repeated(papers) -> list[list[float]]:
    """What was earned by each question that was shown more than once."""
    earned = defaultdict(list)
    for paper in papers:
        for item in paper.items:
            earned[item.version].append(item.share * item.weight)
    return [values for values in earned.values() if len(values) > 1]


def item_statistics(papers: Sequence[TakenPaper]) -> dict[int, ItemStatistics]:
    """Of every version that the papers showed."""
    upper, lower = _groups(papers)
    seen = defaultdict(list)
    for place, paper in enumerate(papers):
        earned, weight = paper.earned, paper.weight
        for item in paper.items:
            others = weight - item.weight
            rest = (earned - item.share * item.weight) / others if others > 1e-9 else None
            seen[item.version].append((place, item, rest, paper.share))
    return {version: _of_item(version, rows, upper, lower) for version, rows in seen.items()}


def _groups(papers) -> tuple[set[int], set[int]]:
    """The places of the best and of the weakest papers; none of either while there are too few to part."""
    size = math.floor(len(papers) * GROUP_SHARE)
    order = sorted(range(len(papers)), key=lambda place: papers[place].share)
    return set(order[len(order) - size :]) if size else set(), set(order[:size])


def _of_item(version, rows, upper, lower) -> ItemStatistics:
    shares = [item.share for _place, item, _rest, _whole in rows]
    pairs = [(item.share, rest) for _place, item, rest, _whole in rows if rest is not None]
    return ItemStatistics(
        version=version,
        shown=len(rows),
        answered=sum(bool(item.response) for _place, item, _rest, _whole in rows),
        facility=statistics.fmean(shares),
        deviation=statistics.stdev(shares) if len(shares) > 1 else None,
        discrimination=correlation(pairs),
        point_biserial=correlation((item.share, whole) for _place, item, _rest, whole in rows),
        answers=_answers([(place, item.response) for place, item, _rest, _whole in rows], upper, lower),
    )


def correlation(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Pearson's, None where one side never varies."""
    pairs = list(pairs)
    if len(pairs) < 2:
        return None
    ones, others = zip(*pairs, strict=True)
    if max(ones) - min(ones) < 1e-9 or max(others) - min(others) < 1e-9:
        return None
    return statistics.correlation(ones, others)


def _answers(rows, upper, lower) -> tuple[AnswerCount, ...]:
    counts, in_upper, in_lower = Counter(), Counter(), Counter()
    best = weakest = 0
    for place, response in rows:
        counts.update(response)
        if place in upper:
            best += 1
            in_upper.update(response)
        if place in lower:
            weakest += 1
            in_lower.update(response)
    return tuple(
        AnswerCount(answer, count, count / len(rows), _part(in_upper[answer], best), _part(in_lower[answer], weakest))
        for answer, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    )


def _part(count: int, of: int) -> float:
    return count / of if of else 0.0


# --- What to do about it -----------------------------------------------------

# Below so many showings a figure says more about who came than about the question.
ENOUGH = 20
TOO_HARD, TOO_EASY = 0.2, 0.95
WEAK = 0.1
UNUSED = 0.02


@dataclass(frozen=True, slots=True)
class Advice:
    """``kind`` says what was seen; ``answer`` and ``share`` belong to the sentence where it speaks of an answer, and
    ``others`` where it speaks of several."""

    kind: str
    answer: str = ""
    share: float = 0.0
    others: tuple[str, ...] = ()


def advice_on(item: ItemStatistics, *, right: frozenset[str], offered: Sequence[str]) -> list[Advice]:
    """What an author should look at, the most pressing first; nothing while too few people saw the question.

    ``right`` are the answers of the key, ``offered`` the options that could be chosen; both empty for typed answers.
    """
    if item.shown < ENOUGH:
        return []
    found = []
    chosen = {answer.answer: answer for answer in item.answers}
    best_right = max((chosen[a].count for a in right if a in chosen), default=0)
    wrong = [answer for answer in item.answers if answer.answer in offered and answer.answer not in right]
    if wrong and right and wrong[0].count > best_right:
        found.append(Advice("wrong_answer_leads", wrong[0].answer, wrong[0].share))
    if item.discrimination is not None and item.discrimination < 0:
        found.append(Advice("good_learners_fail"))
    elif item.discrimination is not None and item.discrimination < WEAK and TOO_HARD <= item.facility <= TOO_EASY:
        found.append(Advice("parts_nobody"))
    misled = [a for a in wrong if a.upper > a.lower and a.upper >= TOO_HARD and a.answer != (found and found[0].answer)]
    found += [Advice("draws_the_good", answer.answer, answer.upper) for answer in misled[:1]]
    if item.facility < TOO_HARD:
        found.append(Advice("too_hard"))
    if item.facility > TOO_EASY:
        found.append(Advice("too_easy"))
    unused = [option for option in offered if option not in right and _share_of(chosen, option) < UNUSED]
    if len(offered) > 2 and unused and item.facility <= TOO_EASY:
        found.append(Advice("option_unused", others=tuple(unused)))
    return found


def _share_of(chosen, option) -> float:
    return chosen[option].share if option in chosen else 0.0
