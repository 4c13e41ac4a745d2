"""What the list of a package says about an item: learning object metadata (LOM), however old its spelling."""

from dataclasses import replace

from quizzes.enums import Difficulty
from quizzes.importing.records import FoundQuestion
from quizzes.importing.xml_trees import Node

DIFFICULTIES = {
    "very easy": Difficulty.EASY.value,
    "easy": Difficulty.EASY.value,
    "medium": Difficulty.MEDIUM.value,
    "difficult": Difficulty.HARD.value,
    "very difficult": Difficulty.HARD.value,
}
COMPETENCY = "competency"
MAX_WORDS = 200


def described(found: FoundQuestion, resource: Node) -> FoundQuestion:
    """``found`` with the tags, the difficulty and the competence code that its entry in the list names."""
    about = resource.first("metadata")
    if about is None:
        return found
    tags = dict.fromkeys(node.words[:MAX_WORDS] for node in about.under("keyword") if node.words)
    levels = [DIFFICULTIES.get(_value(node)) for node in about.under("difficulty")]
    codes = [
        node.words[:MAX_WORDS]
        for entry in about.under("classification")
        if _value(entry.first("purpose")) == COMPETENCY
        for taxon in entry.under("taxon")
        for node in taxon.all("id")
        if node.words
    ]
    return replace(
        found,
        tags=(*found.tags, *tags),
        difficulty=next(filter(None, levels), found.difficulty),
        competence=codes[-1] if codes else found.competence,
    )


def _value(node: Node | None) -> str:
    """A word chosen from a vocabulary, which is named beside it."""
    value = node.first("value") if node is not None else None
    return value.words.lower() if value is not None else ""
