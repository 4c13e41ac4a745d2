"""From the blocks of a file to the blocks of a lesson."""

import re
import uuid

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from courses.loading.files import Entry

_markdown = MarkdownIt("zero").enable(["heading", "list", "emphasis", "link", "newline"])
_inline = MarkdownIt("zero").enable(["emphasis", "link"])
_NAMESPACE = uuid.UUID("5b2f60a6-2e83-5c4e-9a0e-6f6d0c1f7a11")


def rich_text(text: str) -> str:
    """Limited Markdown (headings 2 and 3, bold, italic, lists, links) as rich text. HTML in it is shown as text."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h2" if token.tag in {"h1", "h2"} else "h3"
    return _as_the_editor_writes(_markdown.renderer.render(tokens, _markdown.options, {}))


def rich_line(text: str) -> str:
    return f"<p>{_as_the_editor_writes(_inline.renderInline(text))}</p>"


def _as_the_editor_writes(html: str) -> str:
    """Its tags, and no white space between blocks: else the first save would look like a change of every paragraph."""
    html = html.replace("<strong>", "<b>").replace("</strong>", "</b>").replace("<em>", "<i>").replace("</em>", "</i>")
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=>)\n+|\n+(?=<(?:/?[uo]l|/?li|/?p|/?h\d))", "", html.strip()))


def stream_data(lesson: Entry, images: dict) -> list[dict]:
    """The raw value of a lesson's body. Ids are derived from place and kind, so that a reload gives the same blocks."""
    data = []
    for number, entry in enumerate(lesson.entries("body"), 1):
        if len(entry.data) != 1:
            raise entry.broken(_("one block has exactly one kind"))
        kind = next(iter(entry.data))
        if kind not in _READERS:
            raise entry.broken(_("the kind “%(kind)s” is not known") % {"kind": kind})
        value = _READERS[kind](entry, images)
        data.append({"type": kind, "value": value, "id": str(uuid.uuid5(_NAMESPACE, f"{lesson.file}/{number}/{kind}"))})
    return data


def _image(entry, images):
    block = entry.entry("image")
    name = block.get("file")
    if name not in images:
        raise block.broken(_("the image “%(name)s” is missing") % {"name": name})
    return {"image": images[name].pk, "alt": block.get("alt"), "caption": block.get("caption", default="")}


def _list(values):
    return list(values)


def _lines(block, key):
    lines = block.get(key, list)
    if not lines or not all(isinstance(line, str) for line in lines):
        raise block.broken(_("the key “%(key)s” has a value of the wrong kind") % {"key": key})
    return _list(rich_line(line) for line in lines)


def _steps(entry, images):
    block = entry.entry("steps")
    return {"title": block.get("title", default=""), "items": _lines(block, "items")}


def _callout(entry, images):
    block = entry.entry("callout")
    return {
        "kind": block.get("kind", default="note"),
        "title": block.get("title", default=""),
        "text": rich_text(block.get("text")),
    }


def _table(entry, images):
    block = entry.entry("table")
    header = [str(cell) for cell in block.get("header", list)]
    rows = block.get("rows", list)
    for row in rows:
        if not isinstance(row, list) or len(row) != len(header):
            raise block.broken(_("each row needs as many cells as the head"))
    return {
        "caption": block.get("caption"),
        "header": _list(header),
        "rows": _list(_list(str(cell) for cell in row) for row in rows),
    }


def _task(entry, images):
    block = entry.entry("task")
    return {
        "title": block.get("title"),
        "minutes": block.data.get("minutes"),
        "steps": _lines(block, "steps"),
        "done_when": block.get("done_when", default=""),
    }


def _self_check(entry, images):
    block = entry.entry("self_check")
    options = [
        {
            "text": option.get("text"),
            "right": option.data.get("right") is True,
            "feedback": option.get("feedback", default=""),
        }
        for option in block.entries("options")
    ]
    if len(options) < 2 or not any(option["right"] for option in options):
        raise block.broken(_("a self-check needs two answers or more, and a right one"))
    return {"question": block.get("question"), "options": _list(options)}


_READERS = {
    "text": lambda entry, images: rich_text(entry.get("text")),
    "image": _image,
    "steps": _steps,
    "callout": _callout,
    "table": _table,
    "task": _task,
    "self_check": _self_check,
}
