"""Moodle XML, with the pictures that questions show."""

from base64 import b64encode
from decimal import Decimal
from html import unescape
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from quizzes.enums import Case, QuestionType, Scoring
from quizzes.exporting.cloze import cloze_of
from quizzes.exporting.entries import CannotSay, Collected, Entry, task_content
from quizzes.exporting.gift import category_title, comment_of, percents_of
from quizzes.exporting.pictures import option_html, with_plugin_files
from quizzes.file_kinds import MEGABYTE
from quizzes.office import rubric_lines
from quizzes.pictures import pictures_in, plain_words
from quizzes.reading import plain

_KINDS = {
    QuestionType.SINGLE: "multichoice", QuestionType.MULTIPLE: "multichoice", QuestionType.TRUE_FALSE: "truefalse",
    QuestionType.SHORT_TEXT: "shortanswer", QuestionType.NUMBER: "numerical", QuestionType.MATCHING: "matching",
    QuestionType.ORDERING: "ordering", QuestionType.GAPS: "cloze",
    QuestionType.ESSAY: "essay", QuestionType.FILE: "essay", QuestionType.PRACTICAL: "essay",
}  # fmt: skip


def write(entries: list[Entry], collected: Collected) -> bytes:
    parts, category = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"], None
    for entry, said in collected.each(entries, _question):
        if entry.category != category:
            category = entry.category
            title = escape(category_title(category))
            parts.append(f'<question type="category"><category><text>{title}</text></category></question>')
        parts.append(said)
    return "\n".join([*parts, "</quiz>", ""]).encode()


def _question(entry: Entry) -> str:
    text = entry.text
    name = " ".join(unescape(plain_words(text.stem)).split())[:100] or entry.code
    stem = with_plugin_files(entry, text.stem) + _links(text)
    parts = [
        f'<question type="{_KINDS[text.type]}">',
        f"<name>{_text(name)}</name>",
        _html("questiontext", cloze_of(text, stem) if text.gaps else stem, _files(entry, text.stem) + _given_out(text)),
        f'<generalfeedback format="plain_text">{_text(text.feedback)}</generalfeedback>',
        f"<defaultgrade>{plain(text.points)}</defaultgrade>",
        f"<idnumber>{escape(entry.code)}</idnumber>",
        *_WRITERS[text.type](entry),
    ]
    if entry.tags:
        parts.append("<tags>" + "".join(f"<tag>{_text(tag)}</tag>" for tag in entry.tags) + "</tags>")
    return "\n".join([*parts, "</question>"])


def _text(words: str) -> str:
    return f"<text>{escape(words)}</text>"


def _html(name: str, html: str, files: str = "") -> str:
    return f'<{name} format="html">{_text(html)}{files}</{name}>'


def _files(entry: Entry, html: str) -> str:
    shown = set(pictures_in(html))
    return "".join(
        f'<file name={quoteattr(picture.file_name)} path="/" encoding="base64">{picture.base64()}</file>'
        for picture in entry.pictures
        if picture.sha256 in shown
    )


def _links(text) -> str:
    """Files that are given out, each in a line of its own below the question."""
    return "".join(f'<p><a href="@@PLUGINFILE@@/{quote(file.name)}">{escape(file.name)}</a></p>' for file in text.files)


def _given_out(text) -> str:
    if len({file.name for file in text.files}) < len(text.files):
        raise CannotSay("export_same_names")
    return "".join(
        f'<file name={quoteattr(file.name)} path="/" encoding="base64">{b64encode(task_content(file)).decode()}</file>'
        for file in text.files
    )


def _answer(percent: Decimal, text: str, comment: str, *, form: str = "plain_text", more: str = "") -> str:
    feedback = f'<feedback format="plain_text">{_text(comment)}</feedback>' if comment else ""
    return f'<answer fraction="{plain(percent)}" format="{form}">{_text(text)}{more}{feedback}</answer>'


def _choice(entry: Entry) -> list[str]:
    text = entry.text
    answers = [
        _answer(percent, option_html(entry, option), comment_of(text, place), form="html", more=_files(entry, option))
        for place, ((option, _right), percent) in enumerate(zip(text.options, percents_of(text), strict=True))
    ]
    is_single = text.type == QuestionType.SINGLE
    return [
        f"<single>{'true' if is_single else 'false'}</single>",
        f"<shuffleanswers>{'true' if text.shuffle_options else 'false'}</shuffleanswers>",
        *answers,
    ]


def _statement(entry: Entry) -> list[str]:
    text = entry.text
    return [
        _answer(Decimal(100 if text.right is value else 0), word, comment_of(text, place))
        for place, (value, word) in enumerate(((True, "true"), (False, "false")))
    ]


def _short_text(entry: Entry) -> list[str]:
    text = entry.text
    answers = [_answer(row.percent, row.text, row.feedback) for row in text.accepted]
    return [f"<usecase>{int(text.case == Case.EXACT)}</usecase>", *answers]


def _number(entry: Entry) -> list[str]:
    text = entry.text
    answers = [
        _answer(row.percent, plain(row.value), row.feedback, more=f"<tolerance>{plain(row.tolerance)}</tolerance>")
        for row in text.accepted
    ]
    if text.unit:
        unit = f"<unit><multiplier>1</multiplier><unit_name>{escape(text.unit)}</unit_name></unit>"
        answers.append(f"<units>{unit}</units><unitgradingtype>0</unitgradingtype>")
    return answers


_CREDITS = {
    Scoring.ALL_OR_NOTHING: "ALL_OR_NOTHING", Scoring.PER_PART: "ABSOLUTE_POSITION",
    Scoring.PER_NEIGHBOUR: "RELATIVE_NEXT_EXCLUDE_LAST",
}  # fmt: skip


def _matching(entry: Entry) -> list[str]:
    """An answer that belongs to nothing is a pair without a question."""
    text = entry.text
    pairs = [
        f'<subquestion format="html">{_text(option_html(entry, premise))}{_files(entry, premise)}'
        f"<answer>{_text(answer)}</answer></subquestion>"
        for premise, answer in text.pairs
    ]
    return [f"<shuffleanswers>{'true' if text.shuffle_options else 'false'}</shuffleanswers>", *pairs]


def _ordering(entry: Entry) -> list[str]:
    items = [
        f'<answer fraction="{place}" format="html">{_text(option_html(entry, item))}{_files(entry, item)}</answer>'
        for place, item in enumerate(entry.text.items, 1)
    ]
    ways = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0"}
    ways |= {"gradingtype": _CREDITS[entry.text.scoring], "showgrading": "SHOW", "numberingstyle": "none"}
    return [*(f"<{name}>{value}</{name}>" for name, value in ways.items()), *items]


def _for_people(entry: Entry) -> list[str]:
    """Moodle has a note to markers and no criteria: these stand in it as lines."""
    text, is_file = entry.text, entry.text.type != QuestionType.ESSAY
    rows = [(row.title, [(level.points, level.words) for level in row.levels]) for row in text.criteria]
    ways = {"responseformat": "noinline" if is_file else "editor", "responserequired": int(not is_file)}
    ways |= {"responsefieldlines": 15, "attachments": int(is_file), "attachmentsrequired": int(is_file)}
    if is_file:
        ways["maxbytes"] = text.most_megabytes * MEGABYTE
        ways["filetypeslist"] = ",".join(f".{kind}" for kind in text.kinds)
    ways |= {"minwordlimit": text.min_words, "maxwordlimit": text.max_words}
    note = _text(rubric_lines.written(text.guide, rows, is_practical=text.type == QuestionType.PRACTICAL))
    return [
        *(f"<{name}>{value}</{name}>" for name, value in ways.items() if value is not None),
        f'<graderinfo format="plain_text">{note}</graderinfo>',
    ]


_WRITERS = {
    QuestionType.ESSAY: _for_people,
    QuestionType.FILE: _for_people,
    QuestionType.PRACTICAL: _for_people,
    QuestionType.SINGLE: _choice,
    QuestionType.MULTIPLE: _choice,
    QuestionType.TRUE_FALSE: _statement,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _number,
    QuestionType.MATCHING: _matching,
    QuestionType.ORDERING: _ordering,
    # Everything stands within the text.
    QuestionType.GAPS: lambda entry: [],
}
