"""One or several of the options, or true and false."""

from quizzes.enums import QuestionType, Scoring
from quizzes.exporting.entries import Entry
from quizzes.exporting.gift import comment_of
from quizzes.exporting.qti.elements import Version, base, correct, el, mapped, variable
from quizzes.exporting.qti.saying import Said, well_formed, whole, worth
from quizzes.pictures import with_pictures


def _names(text) -> list[str]:
    if text.type == QuestionType.TRUE_FALSE:
        return ["true", "false"]
    return [f"choice_{place}" for place in range(1, len(text.options) + 1)]


def choice(entry: Entry, version: Version) -> Said:
    text, names = entry.text, _names(entry.text)
    if text.type == QuestionType.TRUE_FALSE:
        options = [("Đúng", text.right), ("Sai", not text.right)]
    else:
        options = list(text.options)
    is_several = text.type == QuestionType.MULTIPLE
    right = [name for name, (_option, right) in zip(names, options, strict=True) if right]
    interaction = el(
        "choiceInteraction",
        *(
            el("simpleChoice", well_formed(entry, str(with_pictures(option))), identifier=name)
            for name, (option, _right) in zip(names, options, strict=True)
        ),
        responseIdentifier="RESPONSE",
        shuffle="true" if text.shuffle_options and text.type != QuestionType.TRUE_FALSE else "false",
        maxChoices="0" if is_several else "1",
    )
    declaration = el(
        "responseDeclaration", correct(right if is_several else right[:1]), identifier="RESPONSE",
        baseType="identifier",
        cardinality="multiple" if is_several else "single",
    )  # fmt: skip
    has_table = bool(text.option_percents) and (not is_several or text.scoring == Scoring.PER_OPTION)
    if has_table:
        bounds = {"lowerBound": "0"} if is_several else {}
        entries = (
            el("mapEntry", mapKey=name, mappedValue=worth(percent, text))
            for name, percent in zip(names, text.option_percents, strict=True)
        )
        declaration.parts.append(el("mapping", *entries, defaultValue="0", **bounds))
        template, rules = "map_response", [mapped()]
    else:
        template, rules = ("match_correct" if text.points == 1 else None), [whole(entry)]
    comments = [(name, comment_of(text, place)) for place, name in enumerate(names)]
    general = [base("identifier", "general")] if text.feedback else []
    chosen = el("multiple", variable(), *general)
    feedback = [el("setOutcomeValue", chosen, identifier="FEEDBACK")]
    return Said(interaction, [declaration], template, rules, comments, feedback)
