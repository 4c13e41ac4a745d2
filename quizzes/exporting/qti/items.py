"""An item: one question."""

from html import unescape

from quizzes.enums import Accents, QuestionType, Spelling
from quizzes.exporting.entries import Entry, is_typed
from quizzes.exporting.qti import choices, parts, people, typed
from quizzes.exporting.qti.elements import Element, Version, default, el
from quizzes.exporting.qti.saying import says, stem_of
from quizzes.importing.qti.content import ACCENTS, SPELLING
from quizzes.pictures import plain_words


def item_of(entry: Entry, version: Version) -> Element:
    text = entry.text
    said = _WRITERS[text.type](entry, version)
    title = " ".join(unescape(plain_words(text.stem)).split())[:100]
    maximum = el(
        "outcomeDeclaration", default(text.points), identifier="MAXSCORE", cardinality="single", baseType="float"
    )
    score = el("outcomeDeclaration", default(0), identifier="SCORE", cardinality="single", baseType="float")
    if text.type in QuestionType.marked_by_people():
        score.attributes["externalScored"] = "human"
    outcomes = [score, maximum, *said.outcomes, *_rules_of_words(text)]
    comments = [*said.comments, *([("general", text.feedback)] if text.feedback else [])]
    comments = [(name, words) for name, words in comments if words]
    if comments:
        outcomes.append(el("outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple", baseType="identifier"))
        processing = el("responseProcessing", *said.rules, *said.feedback)
    elif said.template:
        processing = el("responseProcessing", template=f"{version.templates}{said.template}{version.ending}")
    else:
        processing = el("responseProcessing", *said.rules)
    modals = [
        el("modalFeedback", _shown(words, version), outcomeIdentifier="FEEDBACK", identifier=name, showHide="show")
        for name, words in comments
    ]
    inside = [said.stem] if said.stem else [stem_of(entry), *said.beside, said.interaction]
    marking = [processing] if processing.parts or processing.attributes else []
    return el(
        "assessmentItem", *said.declarations, *outcomes, el("itemBody", *inside), *marking, *modals,
        identifier="", title=title or entry.code, label=entry.code, adaptive="false", timeDependent="false",
    )  # fmt: skip


def _rules_of_words(text) -> list[Element]:
    """How typed words are compared, where that is not letter by letter."""
    if not is_typed(text):
        return []
    rules = ((ACCENTS, text.accents, Accents.EXACT), (SPELLING, text.spelling, Spelling.EXACT))
    return [says(name, "string", rule) for name, rule, usual in rules if rule != usual]


def _shown(words: str, version: Version):
    return el("contentBody", words) if version.is_dashed else words


_WRITERS = {
    QuestionType.SINGLE: choices.choice,
    QuestionType.MULTIPLE: choices.choice,
    QuestionType.TRUE_FALSE: choices.choice,
    QuestionType.SHORT_TEXT: typed.short_text,
    QuestionType.NUMBER: typed.number,
    QuestionType.MATCHING: parts.matching,
    QuestionType.ORDERING: parts.ordering,
    QuestionType.GAPS: parts.gaps,
    QuestionType.ESSAY: people.essay,
    QuestionType.FILE: people.file,
    QuestionType.PRACTICAL: people.file,
}
