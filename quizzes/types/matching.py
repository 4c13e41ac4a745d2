"""Matching: to each premise one answer is chosen from a list.

Options: {"id", "text", "side": "premise" or "answer"}. Key: {"pairs": {premise: answer}, "scoring"}. A response holds
"premise:answer" for each premise that has one.
"""

import secrets
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import QuestionType, ReviewItem, Scoring
from quizzes.errors import QuestionRefused, ResponseRefused
from quizzes.pictures import pictures_in, plain_words, with_pictures, without_pictures
from quizzes.types.choice import fold_exactly
from quizzes.types.exact import FULL, NOTHING
from quizzes.types.kind import Kind, Parted, refuse_response
from staff.vietnamese import composed

MAX_PAIRS = 20
PREMISE, ANSWER = "premise", "answer"


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownPremise:
    """``text`` is safe HTML."""

    position: int
    text: str
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True, slots=True)
class ShownPairs:
    premises: tuple[ShownPremise, ...]


@dataclass(frozen=True, slots=True)
class ReviewedPremise:
    """``is_right`` is None and ``right_answer`` empty unless they may be shown."""

    text: str
    chosen: str
    is_right: bool | None
    right_answer: str


@dataclass(frozen=True, slots=True)
class ReviewedPairs:
    premises: tuple[ReviewedPremise, ...]


class Matching(Kind):
    """Each right pair earns the same share; the author may ask for all or nothing."""

    type = QuestionType.MATCHING
    how_to_answer = gettext_lazy("choose the answer that belongs to each line")
    answer_template = "quizzes/types/matching.html"
    review_template = "quizzes/types/matching_reviewed.html"

    # --- The author and the bank ---------------------------------------------------

    def cleaned(self, author, text):
        rows = [(composed(premise), composed(answer)) for premise, answer in author.pairs]
        pairs = [row for row in rows if row[0]]
        if len(pairs) < 2:
            raise QuestionRefused(_("Give at least two lines, each with the answer that belongs to it."))
        if not all(answer for _premise, answer in rows):
            raise QuestionRefused(_("Each line needs an answer."))
        if len(rows) > MAX_PAIRS:
            raise QuestionRefused(_("Give at most %(most)d lines.") % {"most": MAX_PAIRS})
        if any(pictures_in(answer) for _premise, answer in rows):
            raise QuestionRefused(_("A picture cannot stand in a list to choose from: put it on the left side."))
        if _has_doubles(premise for premise, _answer in pairs):
            raise QuestionRefused(_("Two lines on the left side say the same."))
        # The same answer of two lines is one answer to choose.
        spelling = {}
        pairs = [(premise, spelling.setdefault(fold_exactly(answer), answer)) for premise, answer in pairs]
        spare = [answer for premise, answer in rows if not premise]
        if _has_doubles(spare) or any(fold_exactly(answer) in spelling for answer in spare):
            raise QuestionRefused(_("An answer that belongs to no line stands somewhere else too."))
        if len(spelling) + len(spare) < 2:
            raise QuestionRefused(_("Give at least two different answers to choose from."))
        if author.scoring not in (Scoring.ALL_OR_NOTHING, Scoring.PER_PART):
            raise QuestionRefused(_("“%(value)s” is not a way of scoring.") % {"value": author.scoring})
        return replace(
            text,
            pairs=(*pairs, *(("", answer) for answer in sorted(spare))),
            scoring=author.scoring,
            shuffle_options=bool(author.shuffle_options),
        )

    def in_comparable_order(self, text):
        pairs = [pair for pair in text.pairs if pair[0]]
        spare = sorted(pair for pair in text.pairs if not pair[0])
        return replace(text, pairs=(*(sorted(pairs) if text.shuffle_options else pairs), *spare))

    def words(self, text):
        for premise, answer in text.pairs:
            yield without_pictures(premise)
            yield answer

    def fields(self, text):
        return [
            (_("Scoring"), Scoring(text.scoring).label),
            (_("Shuffle the options"), _("yes") if text.shuffle_options else _("no")),
        ]

    def rows(self, text):
        return [
            (_("Pairs"), [f"{without_pictures(premise)} → {answer}" for premise, answer in text.pairs if premise]),
            (_("Answers that belong to no line"), [answer for premise, answer in text.pairs if not premise]),
        ]

    def parted(self, text):
        answers = {answer: secrets.token_hex(8) for answer in dict.fromkeys(answer for _premise, answer in text.pairs)}
        premises = [(secrets.token_hex(8), premise, answer) for premise, answer in text.pairs if premise]
        pairs = {premise: answers[answer] for premise, _words, answer in sorted(premises)}
        if text.shuffle_options:
            premises.sort()
        options = [{"id": id, "text": premise, "side": PREMISE} for id, premise, _answer in premises]
        # Sorted by a random id, always: the author's order of the answers is the key.
        by_id = sorted((id, answer) for answer, id in answers.items())
        options += [{"id": id, "text": answer, "side": ANSWER} for id, answer in by_id]
        return Parted(options, {"pairs": pairs, "scoring": text.scoring}, {})

    def joined(self, version, text):
        premises, answers = _sides(version)
        pairs = version.key["pairs"]
        used = set(pairs.values())
        joined = [(premise, answers[pairs[id]]) for id, premise in premises.items()]
        spare = [("", answer) for id, answer in answers.items() if id not in used]
        text = replace(text, pairs=(*joined, *spare), scoring=version.key["scoring"])
        return self.in_comparable_order(text)

    # --- The paper --------------------------------------------------------------------

    def frozen(self, version, random):
        premises, answers = (
            [{"id": option["id"], "text": option["text"]} for option in version.options if option["side"] == side]
            for side in (PREMISE, ANSWER)
        )
        if version.shuffle_options:
            random.shuffle(premises)
        random.shuffle(answers)
        return {"premises": premises, "options": answers}

    def without_words(self, item):
        return {name: [{"id": option["id"]} for option in item[name]] for name in ("premises", "options")}

    def texts(self, item):
        return (option["text"] for option in (*item["premises"], *item["options"]))

    def shown(self, item, response):
        return ShownPairs(
            tuple(
                ShownPremise(position, with_pictures(premise["text"]), self._answers(item, premise["id"], response))
                for position, premise in enumerate(item["premises"], 1)
            )
        )

    def _answers(self, item, premise: str, response) -> tuple[ShownAnswer, ...]:
        values = ((f"{premise}:{answer['id']}", answer["text"]) for answer in item["options"])
        return tuple(ShownAnswer(value, text, value in response) for value, text in values)

    def checked(self, item, response):
        chosen = {}
        for part in filter(None, response):
            premise, _colon, answer = part.partition(":")
            if chosen.setdefault(premise, answer) != answer:
                raise ResponseRefused(_("Choose one answer only."))
        if not set(chosen.values()) <= {answer["id"] for answer in item["options"]}:
            raise refuse_response(item)
        premises = [premise["id"] for premise in item["premises"]]
        if not set(chosen) <= set(premises):
            raise refuse_response(item)
        return [f"{premise}:{chosen[premise]}" for premise in premises if premise in chosen]

    # --- Marking -----------------------------------------------------------------------

    def earned(self, key, response, unit=""):
        """Each right pair earns 100 divided by the number of lines; nothing is taken off for a wrong one."""
        pairs = {f"{premise}:{answer}" for premise, answer in key["pairs"].items()}
        right = len(pairs & set(response))
        if key["scoring"] == Scoring.ALL_OR_NOTHING:
            return FULL if right == len(pairs) else NOTHING
        return FULL * right / Decimal(len(pairs))

    def reviewed(self, item, version, response, shown):
        answers = {answer["id"]: answer["text"] for answer in item["options"]}
        chosen = dict(part.split(":") for part in response)
        pairs = version.key["pairs"]
        return ReviewedPairs(
            tuple(
                ReviewedPremise(
                    text=with_pictures(premise["text"]),
                    chosen=answers.get(chosen.get(premise["id"]), ""),
                    is_right=chosen.get(premise["id"]) == pairs[premise["id"]]
                    if ReviewItem.RIGHT_OR_WRONG in shown
                    else None,
                    right_answer=answers[pairs[premise["id"]]] if ReviewItem.KEY in shown else "",
                )
                for premise in item["premises"]
            )
        )

    def part_words(self, version):
        premises, answers = _sides(version)
        return {
            f"{premise}:{answer}": f"{plain_words(words)} → {answers[answer]}"
            for premise, words in premises.items()
            for answer in answers
        }

    def right_parts(self, version):
        return frozenset(f"{premise}:{answer}" for premise, answer in version.key["pairs"].items())


def _sides(version) -> tuple[dict[str, str], dict[str, str]]:
    """(premises, answers) by id, in the order of the version."""
    return tuple(
        {option["id"]: option["text"] for option in version.options if option["side"] == side}
        for side in (PREMISE, ANSWER)
    )


def _has_doubles(texts) -> bool:
    keys = [fold_exactly(text) for text in texts]
    return len(set(keys)) < len(keys)
