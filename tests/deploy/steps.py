"""The commands of docs/operation.md, as they stand there."""

import re

from lms.settings.base import BASE_DIR

_BLOCK = re.compile(r"^```sh( [a-z]+)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"^\*\*(\d+)\.", re.MULTILINE)


def _document() -> str:
    return (BASE_DIR / "docs" / "operation.md").read_text(encoding="utf-8")


def numbered() -> dict[int, str]:
    """The commands of each numbered step that can be run anywhere; those marked "machine" are left out."""
    text = _document()
    starts = list(_NUMBER.finditer(text))
    found = {}
    for this, following in zip(starts, [*starts[1:], None], strict=True):
        part = text[this.start() : following.start() if following else text.index("\n## ", this.start())]
        found[int(this[1])] = "".join(body for mark, body in _BLOCK.findall(part) if mark != " machine")
    return found


def marked(mark: str) -> str:
    """The commands of the blocks with that mark."""
    return "".join(body for found, body in _BLOCK.findall(_document()) if found.strip() == mark)
