"""What one answer earns: pure functions of the key and the response, in exact decimals.

Keys, by type of question (``QuestionVersion.key``):

- single, multiple, true_false: {"right": [ids]}; with percents also {"percents": {id: "33.33"}} of every option
- short_text: {"accepted": [{"text", "percent"}], "accents", "case", "spelling"}
- number: {"accepted": [{"value", "tolerance", "percent"}]}

Responses are lists: of the chosen option ids, or of the one typed string; empty where nothing was answered.
"""

from decimal import Decimal, localcontext

from quizzes.enums import QuestionType
from quizzes.matching import SpellingRules, fits, fits_but_for_a_slip, has_star
from quizzes.reading import read_number

NOTHING, FULL = Decimal(0), Decimal(100)
# Three thirds, as people write them, are a whole.
NEARLY_FULL = Decimal("99.99")


def earned_percent(type: str, key: dict, response: list[str], unit: str = "") -> Decimal:
    """The percent of its points, 0 to 100, that ``response`` earns."""
    if not response:
        return NOTHING
    if type in QuestionType.typed():
        found = accepted_answer(type, key, response[0], unit)
        return NOTHING if found is None else _bounded(Decimal(key["accepted"][found]["percent"]))
    return _of_choice(key, set(response))


def _of_choice(key, chosen) -> Decimal:
    """All or nothing, unless the options have percents: then their sum, never under 0 and never over 100.

    Who ticks everything where no option takes anything away has chosen nothing, and earns nothing.
    """
    if "percents" not in key:
        return FULL if chosen == set(key["right"]) else NOTHING
    percents = {option: Decimal(percent) for option, percent in key["percents"].items()}
    if len(percents) > 1 and chosen >= set(percents) and min(percents.values()) >= 0:
        return NOTHING
    return _bounded(sum((percents.get(option, NOTHING) for option in chosen), NOTHING))


def _bounded(percent: Decimal) -> Decimal:
    return FULL if percent >= NEARLY_FULL else max(NOTHING, percent)


def accepted_answer(type: str, key: dict, typed: str, unit: str = "") -> int | None:
    """Which of the accepted answers ``typed`` is, None for none of them.

    What fits to the letter decides before what fits by a star, and that before what fits but for a slip, so that a
    slip never turns one accepted answer into another; among equals the highest percent counts, and then the first.
    """
    accepted = key["accepted"]
    if type == QuestionType.NUMBER:
        number = read_number(typed, unit)
        groups = [[i for i, row in enumerate(accepted) if number is not None and _is_near(number, row)]]
    else:
        rules = SpellingRules(key["accents"], key["case"], key["spelling"])
        fitting = [i for i, row in enumerate(accepted) if fits(typed, row["text"], rules)]
        groups = [
            [i for i in fitting if not has_star(accepted[i]["text"])],
            fitting,
            [i for i, row in enumerate(accepted) if fits_but_for_a_slip(typed, row["text"], rules)],
        ]
    for group in groups:
        if group:
            return max(group, key=lambda i: (Decimal(accepted[i]["percent"]), -i))
    return None


def _is_near(number: Decimal, row) -> bool:
    with localcontext(prec=64):
        return abs(number - Decimal(row["value"])) <= Decimal(row["tolerance"])
