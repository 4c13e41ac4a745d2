"""What a lesson needs before it goes to review: pure functions from a draft to findings.

A finding that ``must`` hold stops submitting and publishing, never saving; the others only warn.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

PAGE_LIMIT = 60 * 1024
PICTURE_LIMIT = 200 * 1024
# Reading for learning, with a look at the picture: about 130 Vietnamese syllables a minute.
SYLLABLES_A_MINUTE = 130
MINUTES_A_QUESTION = 1


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str
    page: int | None = None
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One block as the checks see it."""

    id: str
    kind: str
    value: object


@dataclass(frozen=True)
class Draft:
    """A lesson as it was last saved. ``pictures`` gives each image's weight in bytes, ``pages`` the published pages."""

    title: str = ""
    summary: str = ""
    minutes: int = 0
    pieces: tuple[Piece, ...] = ()
    pictures: dict = field(default_factory=dict)
    pages: frozenset = frozenset()
    weight: int | None = None

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """(block id, plain text) of everything people read, title and summary first."""
        found = [("", self.title), ("", self.summary)]
        for piece in self.pieces:
            found += [(piece.id, plain(text)) for text in _strings(piece.value)]
        return tuple((place, text) for place, text in found if text.strip())


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the list: what was looked at, whether it holds, and where it does not (block ids, "" the page)."""

    code: str
    must: bool
    label: str
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        return not self.problems


def examine(draft: Draft) -> list[Finding]:
    """Every check in the order in which a trainer mends them."""
    return [
        _finding("title", True, _("Title and summary"), _title(draft)),
        _finding("minutes", True, _("Minutes a beginner needs"), _minutes(draft)),
        _finding("headings", True, _("Headings, no level skipped"), _headings(draft)),
        _finding("alt", True, _("Every picture is described in words"), _alternatives(draft)),
        _finding("video", True, _("Videos have a transcript"), _transcripts(draft)),
        _finding("table", True, _("Tables have a head"), _tables(draft)),
        _finding("link", True, _("Links lead to web pages or pages of ours"), _link_targets(draft)),
        _finding("task", True, _("A practice task"), _task(draft)),
        _finding("check", True, _("A self-check with the right answer marked"), _self_checks(draft)),
        _finding("nfc", True, _("Vietnamese letters in one form"), _letters(draft)),
        _finding("legacy", True, _("No text in an old Vietnamese font"), _legacy(draft)),
        _finding("leftover", True, _("Nothing left over from writing"), _leftovers(draft)),
        _finding("link-text", False, _("Links say where they lead"), _link_texts(draft)),
        _finding("feedback", False, _("Each answer of a self-check has feedback"), _feedback(draft)),
        _finding("weight", False, _("The page is light enough for a slow line"), _page_weight(draft)),
        _finding("picture-weight", False, _("Pictures are light"), _picture_weights(draft)),
        _finding("reading", False, _("Minutes fit the text"), _reading_time(draft)),
    ]


def _finding(code, must, label, problems) -> Finding:
    return Finding(code, must, label, tuple(problems))


# --- reading a draft ----------------------------------------------------------

_RICH = re.compile(r"<[a-zA-Z/!]")


def _strings(value: object) -> Iterator[str]:
    """The texts inside a block's value; keys and ids are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if value.get("type") == "item" and "value" in value:
            yield from _strings(value["value"])
            return
        for key, inner in value.items():
            if key not in {"kind", "id", "type"}:
                yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def items(values: object) -> list:
    """The values of a list block, whether stored bare or with ids."""
    return [
        entry["value"] if isinstance(entry, dict) and entry.get("type") == "item" and "value" in entry else entry
        for entry in values or ()
    ]


class _Rich(HTMLParser):
    """Plain text, headings and links of a rich text."""

    BREAKS = {"p", "li", "br", "h2", "h3", "h4", "ul", "ol"}

    def __init__(self):
        super().__init__()
        self.text, self.headings, self.links = [], [], []
        self._link: list | None = None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in self.BREAKS:
            self.text.append("\n")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a":
            self._link = [values, []]

    def handle_endtag(self, tag):
        if tag == "a" and self._link is not None:
            values, words = self._link
            page = values.get("id") if values.get("linktype") == "page" else None
            self.links.append(
                Link(
                    "".join(words).strip(),
                    values.get("href") or "",
                    int(page) if page and page.isdecimal() else None,
                    values.get("linktype") == "document",
                )
            )
            self._link = None
        if tag in self.BREAKS:
            self.text.append("\n")

    def handle_data(self, data):
        self.text.append(data)
        if self._link is not None:
            self._link[1].append(data)


def _parsed(html: str) -> _Rich:
    parser = _Rich()
    parser.feed(html)
    parser.close()
    return parser


def plain(text: str) -> str:
    return "".join(_parsed(text).text).strip() if _RICH.search(text) or "&" in text else text


def links_of(draft: Draft) -> Iterator[tuple[str, Link]]:
    for piece in draft.pieces:
        for text in _strings(piece.value):
            for link in _parsed(text).links if "<a" in text else ():
                yield piece.id, link


# --- the checks -----------------------------------------------------------------


def _title(draft):
    if not draft.title.strip():
        yield "", _("Give the lesson a title.")
    if not draft.summary.strip():
        yield "", _("Write a summary of one or two sentences: what learners can do afterwards.")


def _minutes(draft):
    if not draft.minutes or draft.minutes < 1:
        yield "", _("Set the minutes that a beginner needs for this lesson.")


def _headings(draft):
    level, seen = 1, False
    for piece in draft.pieces:
        levels = []
        if piece.kind == "text" and isinstance(piece.value, str):
            levels = _parsed(piece.value).headings
        elif piece.kind in {"steps", "task"} and str(piece.value.get("title", "")).strip():
            levels = [3]
        for here in levels:
            if here > level + 1 and piece.kind != "task":
                yield piece.id, _("Before a heading of level 3 comes one of level 2.")
            level, seen = here, seen or piece.kind == "text"
    if not seen:
        yield "", _("Give the text at least one heading, so that readers find their way.")


_FILE_NAME = re.compile(r"\.(png|jpe?g|gif|webp|bmp|tiff?|svg)\s*$|^(img|image|hinh|anh|dsc|screenshot)[-_ ]?\d+", re.I)


def _alternatives(draft):
    for piece in draft.pieces:
        if piece.kind == "image":
            alt = str(piece.value.get("alt") or "").strip()
            if not alt:
                yield piece.id, _("Say in words what this picture shows.")
            elif _FILE_NAME.search(alt):
                yield piece.id, _("“%(alt)s” is the name of a file. Say what the picture shows.") % {"alt": alt[:60]}
            if not piece.value.get("image"):
                yield piece.id, _("Choose the picture, or remove the block.")


def _transcripts(draft):
    for piece in draft.pieces:
        if piece.kind == "video" and not plain(str(piece.value.get("transcript") or "")):
            yield piece.id, _("Write down what is said in the video, for those who cannot hear it or play it.")


def _tables(draft):
    for piece in draft.pieces:
        if piece.kind != "table":
            continue
        head = [str(cell or "").strip() for cell in items(piece.value.get("header"))]
        if not head or not all(head):
            yield piece.id, _("Give each column of the table a head: what it says.")
        elif any(len(items(row)) != len(head) for row in items(piece.value.get("rows"))):
            yield piece.id, _("Each row needs as many cells as the head of the table.")


def _link_targets(draft):
    for place, link in links_of(draft):
        if link.is_document:
            continue
        if link.page is not None:
            if link.page not in draft.pages:
                yield place, _("The link “%(text)s” leads to a page that is not published.") % {"text": link.text[:60]}
        elif not re.match(r"https?://[^\s/.]+\.[^\s]+", link.href) and not re.match(r"/(?!/)", link.href):
            yield (
                place,
                _("The link “%(text)s” does not lead to a web page (http or https).") % {"text": link.text[:60]},
            )


def _task(draft):
    if not any(piece.kind == "task" and items(piece.value.get("steps")) for piece in draft.pieces):
        yield "", _("Add a practice task: what learners do themselves, step by step.")


def _self_checks(draft):
    found = False
    for piece in draft.pieces:
        if piece.kind != "self_check":
            continue
        found = True
        right = [bool(option.get("right")) for option in items(piece.value.get("options"))]
        if len(right) < 2:
            yield piece.id, _("A self-check needs two answers or more.")
        elif not any(right):
            yield piece.id, _("Mark the right answer.")
        elif all(right):
            yield piece.id, _("Not every answer can be right.")
    if not found:
        yield "", _("Add a self-check: a question with answers, the right one marked.")


def _letters(draft):
    for place, text in draft.texts:
        if unicodedata.normalize("NFC", text) != text:
            yield (
                place,
                _("The marks of “%(text)s” stand apart from their letters. Type this text anew.") % {"text": text[:40]},
            )


# Letters that Vietnamese words never have, and that texts typed in TCVN3 or VNI fonts are full of.
_STRANGE = re.compile(r"[µ¸¶·¹¨»¾¼½Æ©ÇÊËÎÏÑÖ×ØÜÞßñòöäåæçëîïðûüþÿø®ªÅ¿±¬«]")
_MISREAD = re.compile(r"á»|áº|Ã[\u00a0-¿]|Ä[‘\u0090\u0091]|Æ[°¡]|�")
_WORD = re.compile(r"\S+")


def is_legacy(text: str) -> bool:
    """Whether a text was typed in an old Vietnamese font, or read in the wrong encoding. A foreign name is neither."""
    return bool(_MISREAD.search(text)) or any(_is_legacy_line(line) for line in text.splitlines())


def _is_legacy_line(line: str) -> bool:
    marked = [word for word in _WORD.findall(line) if not word.isascii() and re.search(r"[A-Za-z]", word)]
    strange = {word for word in marked if _STRANGE.search(word.strip("«»®©.,;:()"))}
    return len(strange) >= 3 and len(strange) * 3 >= len(set(marked)) * 2


def _legacy(draft):
    for place, text in draft.texts:
        if is_legacy(text):
            yield place, _("“%(text)s” is in an old font (TCVN3, VNI). Convert it to Unicode.") % {"text": text[:40]}


_LEFTOVER = re.compile(
    r"\b(TODO|TBD|FIXME|XXX+|lorem ipsum)\b|\?{3,}|\[\s*(\.{3}|…)\s*\]|^\s*(\.{3,}|…)\s*$"
    r"|\((cần )?(bổ sung|viết tiếp|điền( vào)?)( sau)?\)|\[(cần )?(bổ sung|viết tiếp|điền)[^\]]*\]",
    re.IGNORECASE | re.MULTILINE,
)


def _leftovers(draft):
    for place, text in draft.texts:
        if found := _LEFTOVER.search(text):
            yield place, _("“%(text)s” looks like a note to yourself.") % {"text": found[0].strip()[:40]}


_SAYS_NOTHING = {
    *("tại đây", "ở đây", "đây", "bấm vào đây", "nhấn vào đây", "click vào đây", "xem tại đây", "xem ở đây"),
    *("here", "click here", "link", "liên kết", "xem thêm", "xem", "chi tiết", "đường dẫn", "trang này"),
}


def _link_texts(draft):
    for place, link in links_of(draft):
        text = link.text.strip(" .:>»").lower()
        if not text or text in _SAYS_NOTHING:
            yield place, _("The link “%(text)s” does not say where it leads.") % {"text": link.text or "…"}
        elif re.match(r"(https?://|www\.)", text):
            yield place, _("Write where the link leads instead of its address: %(text)s") % {"text": link.text[:60]}


def _feedback(draft):
    for piece in draft.pieces:
        if piece.kind == "self_check":
            options = items(piece.value.get("options"))
            silent = sum(not str(option.get("feedback") or "").strip() for option in options)
            if silent:
                yield (
                    piece.id,
                    ngettext("%(number)d answer has no feedback.", "%(number)d answers have no feedback.", silent)
                    % {"number": silent},
                )


def _page_weight(draft):
    if draft.weight is not None and draft.weight > PAGE_LIMIT:
        yield (
            "",
            _("Without pictures the page weighs %(weight)d KB; %(limit)d KB load fast everywhere.")
            % {
                "weight": kilobytes(draft.weight),
                "limit": PAGE_LIMIT // 1024,
            },
        )


def _picture_weights(draft):
    for piece in draft.pieces:
        weight = draft.pictures.get(piece.value.get("image")) if piece.kind == "image" else None
        if weight is not None and weight > PICTURE_LIMIT:
            yield (
                piece.id,
                _("This picture weighs %(weight)d KB; below %(limit)d KB it appears at once.")
                % {
                    "weight": kilobytes(weight),
                    "limit": PICTURE_LIMIT // 1024,
                },
            )


def minutes_needed(draft: Draft) -> int:
    """An estimate: reading, the minutes of the tasks, a minute for each self-check."""
    syllables = sum(len(text.split()) for _place, text in draft.texts)
    tasks = sum(int(piece.value.get("minutes") or 5) for piece in draft.pieces if piece.kind == "task")
    checks = sum(piece.kind == "self_check" for piece in draft.pieces)
    return round(syllables / SYLLABLES_A_MINUTE) + tasks + checks * MINUTES_A_QUESTION


def _reading_time(draft):
    needed = minutes_needed(draft)
    if draft.minutes and not needed / 2 <= draft.minutes <= max(needed * 3, 10):
        yield (
            "",
            _("By the text and the tasks it takes about %(needed)d minutes; the lesson says %(said)d.")
            % {
                "needed": needed,
                "said": draft.minutes,
            },
        )


def kilobytes(size: int) -> int:
    return -(-size // 1024)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.must and not finding.holds]
