"""The types of questions: one module a family behind the interface of ``quizzes.types.kind.Kind``.

A new type is a class here, a value of ``QuestionType``, two small templates, and its fields in the author's form.
"""

from quizzes.types.by_people import Essay, HandedIn, Practical
from quizzes.types.choice import MultipleChoice, SingleChoice, Statement
from quizzes.types.gaps import Gaps
from quizzes.types.kind import Kind
from quizzes.types.matching import Matching
from quizzes.types.ordering import Ordering
from quizzes.types.typed import Number, ShortText

_KINDS = {
    kind.type: kind
    for kind in (
        SingleChoice(),
        MultipleChoice(),
        Statement(),
        ShortText(),
        Number(),
        Matching(),
        Ordering(),
        Gaps(),
        Essay(),
        HandedIn(),
        Practical(),
    )
}


def kind_of(type: str) -> Kind:
    """The one object that knows all about the type of a question."""
    return _KINDS[type]
