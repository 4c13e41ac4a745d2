"""What counts as right in a question, in a few lines of plain text for who has to judge it."""

from html import unescape

from django.utils.html import strip_tags

from quizzes.pictures import without_pictures
from quizzes.question_text import QuestionText
from quizzes.reading import for_reader
from quizzes.types.by_people import level_line

MOST_LINES, LONGEST = 20, 200


def key_of(text: QuestionText) -> list[str]:
    """A line for each thing that counts as right; "true" or "false" for a statement.

    A criterion of markers stands with the points and words of its levels: Content: 3: complete / 0."""
    if text.right is not None:
        return ["true" if text.right else "false"]
    lines = [words for words, right in text.options if right]
    lines += [_accepted(answer) for answer in text.accepted if answer.percent > 0]
    lines += [f"{premise} → {answer}" for premise, answer in text.pairs if premise]
    lines += [f"{place}. {item}" for place, item in enumerate(text.items, start=1)]
    lines += [f"{row.title}: {' / '.join(map(level_line, row.levels))}" for row in text.criteria]
    for place, gap in enumerate(text.gaps, start=1):
        right, wrong = (
            " / ".join(_accepted(answer) for answer in gap.accepted if (answer.percent > 0) == earns)
            for earns in (True, False)
        )
        lines.append(f"[{place}] {right}" + (f" (≠ {wrong})" if wrong else ""))
    return [" ".join(unescape(strip_tags(without_pictures(line))).split())[:LONGEST] for line in lines[:MOST_LINES]]


def _accepted(answer) -> str:
    """A text as it is kept; a number as its reader writes it, with its tolerance."""
    if hasattr(answer, "text"):
        return answer.text
    value = for_reader(answer.value)
    return f"{value} ± {for_reader(answer.tolerance)}" if answer.tolerance else value
