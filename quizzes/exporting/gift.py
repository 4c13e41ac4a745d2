"""GIFT. Everything is written as HTML on one line a part, so that nothing depends on how a reader breaks lines."""

from decimal import Decimal
from html import escape

from quizzes.enums import QuestionType
from quizzes.exporting.entries import CannotSay, Collected, Entry
from quizzes.reading import plain

FULL = Decimal(100)
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "~=#{}:\\"})
# Moodle's words in answers: a star is any letters there too.
_IN_TOKEN = str.maketrans({"]": "\\]"})


def write(entries: list[Entry], collected: Collected) -> bytes:
    parts, category = [], None
    for entry, said in collected.each(entries, _question):
        if entry.category != category:
            category = entry.category
            parts.append(f"$CATEGORY: {category_title(category)}\n")
        parts.append(said)
    return ("\n".join(parts)).encode()


def category_title(path: tuple[str, ...]) -> str:
    return "/".join(("$course$", "top", *(name.replace("/", "//") for name in path)))


def _question(entry: Entry) -> str:
    text = entry.text
    tokens = [f"[id:{entry.code.translate(_IN_TOKEN)}]", *(f"[tag:{tag.translate(_IN_TOKEN)}]" for tag in entry.tags)]
    general = f"####{_html(text.feedback)}" if text.feedback else ""
    if text.type not in _WRITERS:
        raise CannotSay("export_type", type=str(text.type))
    answers = _WRITERS[text.type](text)
    return f"// {' '.join(tokens)}\n[html]{text.stem.translate(_ESCAPED)}{{{answers}{general}}}\n"


def _html(words: str) -> str:
    return escape(words, quote=False).translate(_ESCAPED)


def _comment(words: str) -> str:
    return f"#{_html(words)}" if words else ""


def _weight(percent: Decimal) -> str:
    return f"%{plain(percent)}%"


def percents_of(text) -> list[Decimal]:
    """What each option earns; together or nothing becomes the nearest that single options can say."""
    if text.option_percents:
        return list(text.option_percents)
    rights = [right for _option, right in text.options]
    if text.type == QuestionType.SINGLE:
        return [FULL if right else Decimal(0) for right in rights]
    share = (FULL / sum(rights)).quantize(Decimal("0.00001"))
    return [share if right else -FULL for right in rights]


def _single(text) -> str:
    parts = []
    for place, percent in enumerate(percents_of(text)):
        mark = "=" if percent == FULL else "~" if percent == 0 else f"~{_weight(percent)}"
        parts.append(f"{mark}{_html(text.options[place][0])}{_comment(comment_of(text, place))}")
    return " ".join(parts)


def _multiple(text) -> str:
    parts = []
    for place, percent in enumerate(percents_of(text)):
        words, comment = _html(text.options[place][0]), _comment(comment_of(text, place))
        parts.append(f"~{_weight(percent)}{words}{comment}")
    return " ".join(parts)


def comment_of(text, place: int) -> str:
    return text.option_feedback[place] if place < len(text.option_feedback) else ""


def _statement(text) -> str:
    """The first comment is for who is wrong, the second for who is right."""
    right, wrong = (0, 1) if text.right else (1, 0)
    comments = [comment_of(text, wrong), comment_of(text, right)]
    shown = "".join(f"#{_html(words)}" for words in comments) if any(comments) else ""
    return ("TRUE" if text.right else "FALSE") + shown


def _short_text(text) -> str:
    # An arrow among the answers makes pairs of them, and GIFT has no sign to take that from it.
    if any("->" in row.text for row in text.accepted):
        raise CannotSay("export_arrow")
    # An answer is plain text: what stands for any letters is written as in Moodle.
    return " ".join(
        f"={_weight(row.percent)}{row.text.translate(_ESCAPED)}{_comment(row.feedback)}" for row in text.accepted
    )


def _number(text) -> str:
    return "#" + " ".join(
        f"={_weight(row.percent)}{plain(row.value)}:{plain(row.tolerance)}{_comment(row.feedback)}"
        for row in text.accepted
    )


def _matching(text) -> str:
    """The first -> parts a pair: > is an entity on its left side. The right side is plain words."""
    return " ".join(f"={_html(premise)} -> {answer.translate(_ESCAPED)}" for premise, answer in text.pairs)


_WRITERS = {
    # People mark it: nothing stands between the braces.
    QuestionType.ESSAY: lambda text: "",
    QuestionType.SINGLE: _single,
    QuestionType.MULTIPLE: _multiple,
    QuestionType.TRUE_FALSE: _statement,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _number,
    QuestionType.MATCHING: _matching,
}
