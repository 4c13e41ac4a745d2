"""An item: one question."""

from html import unescape

from quizzes.enums import QuestionType
from quizzes.exporting.entries import Entry
from quizzes.exporting.qti import choices, parts, typed
from quizzes.exporting.qti.elements import Element, Version, default, el
from quizzes.exporting.qti.saying import stem_of
from quizzes.pictures import plain_words


def item_of(entry: Entry, version: Version) -> Element:
    text = entry.text
    said = _WRITERS[text.type](entry, version)
    title = " ".join(unescape(plain_words(text.stem)).split())[:100]
    maximum = el(
        "outcomeDeclaration", default(text.points), identifier="MAXSCORE", cardinality="single", baseType="float"
    )
    outcomes = [
        el("outcomeDeclaration", default(0), identifier="SCORE", cardinality="single", baseType="float"),
        maximum,
    ]
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
    body = el("itemBody", said.stem) if said.stem else el("itemBody", stem_of(entry), said.interaction)
    return el(
        "assessmentItem", *said.declarations, *outcomes, body, processing, *modals,
        identifier="", title=title or entry.code, label=entry.code, adaptive="false", timeDependent="false",
    )  # fmt: skip


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
}
