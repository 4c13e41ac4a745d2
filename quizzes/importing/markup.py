"""Texts of a file as the bank keeps them: limited HTML for a stem, plain words for everything else.

Whatever is lost on the way is named. Only our own pictures stay; no address of the file's is ever asked.
"""

import html as entities
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt

from quizzes.importing.moodle_xml import last_part
from quizzes.importing.notes import Note, QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.pictures import Album, Picture, decoded
from quizzes.importing.records import Formatted, FoundFile
from quizzes.pictures import FOLDER, STEM_TAGS, address_of, picture_tag
from quizzes.types.by_people import TaskFile, several_lines, task_file_of
from staff.vietnamese import composed, nfc

PLUGIN = "@@PLUGINFILE@@/"
# Blocks that a stem does not have: their ends become line breaks.
_BLOCKS = {
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "tr",
    "dt",
    "dd",
    "section",
    "article",
    "center",
}
_CELLS = {"td", "th"}
_MUTE = {
    "span",
    "font",
    "a",
    "small",
    "big",
    "label",
    "body",
    "html",
    "head",
    "meta",
    "link",
    "o",
    "tbody",
    "thead",
    "table",
}
# Losing these takes more than looks.
_NAMED = {
    "script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "svg", "math",
    "video", "audio", "table", "base", "s", "del", "strike",
}  # fmt: skip
_KNOWN = (
    STEM_TAGS | _BLOCKS | _CELLS | _MUTE | _NAMED | {"img", "hr", "video", "audio", "source", "q", "cite", "tt", "kbd"}
)
_VOID = {"br", "img", "hr", "input", "meta", "link", "p", "li", "source", "embed", "tr", "td", "th"}
_OPENING = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?=[\s/>])")
# Over what nh3 wrote: well-formed, " in attributes escaped.
_TAG = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z]+="[^"]*")*)>')
# What stands for itself: a text of nothing else that is taken out is no text.
_SHOWN = re.compile(r"<img\s|</(?:math|svg|video|audio|iframe|object)\s*>", re.IGNORECASE)
_DATA = re.compile(r"data:image/(png|jpeg|jpg|gif|webp);base64,", re.IGNORECASE)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_BREAKS = re.compile(r"(?:\s*<br>\s*)+$")
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_LINE_ENDS = re.compile(r"\n|<br>|</?(?:p|ul|ol|li)>")
_GAP = re.compile(r"_____ (?=[.,;:!?)])")


class Texts:
    """Turns the texts of one question; collects what is to be said about them and the pictures they show."""

    def __init__(self, album: Album, question: str):
        self.album, self.question = album, question
        self.warnings: list[Note] = []
        self.pictures: dict[str, Picture] = {}
        self.task_files: dict[str, tuple[str, bytes]] = {}

    def stem(self, text: Formatted, files: tuple[FoundFile, ...], *, is_missing_word: bool = False) -> str:
        """Limited HTML. The gap of a missing word stands close to the stop that follows it."""
        html = self._html(text, files, with_pictures=True)
        return _GAP.sub("_____", html) if is_missing_word else html

    def option(self, text: Formatted, files: tuple[FoundFile, ...]) -> str:
        """Plain words, with our own pictures among them."""
        return self._words(text, files, with_pictures=True)

    def words(self, text: Formatted | None) -> str:
        """Plain words without pictures; "" for no text."""
        return self._words(text, (), with_pictures=False) if text else ""

    def lines(self, text: Formatted | None) -> str:
        """Plain words whose lines stay lines; "" for no text."""
        if text is None or text.format == "plain":
            return several_lines(text.text) if text else ""
        pieces = _LINE_ENDS.split(self._html(text, (), with_pictures=False))
        return several_lines("\n".join(filter(None, (composed(_words_of(piece)) for piece in pieces))))

    def task_file(self, file: FoundFile) -> TaskFile:
        """A file that is given out; raises QuestionRefused for one that no learner should open."""
        content = decoded(file, self.question)
        made = task_file_of(file.name, content)
        self.task_files[made.sha256] = (made.name, content)
        return made

    def leave_out_unshown(self, files: tuple[FoundFile, ...]) -> None:
        """Files that no picture of the text shows are named; nothing of them is kept."""
        self.warnings += [note("file_left_out", file=file.name or "?") for file in files]

    # --- HTML ---

    def _words(self, text, files, *, with_pictures) -> str:
        if text.format == "plain" or not ({"<", "&"} & set(text.text)) and text.format != "markdown":
            return composed(text.text)
        html = self._html(text, files, with_pictures=with_pictures)
        words = composed(_words_of(html))
        return words if words or _SHOWN.search(text.text) else composed(text.text)

    def _html(self, text: Formatted, files, *, with_pictures) -> str:
        source = self._source(text)
        if not ({"<", "&"} & set(source)):
            self.leave_out_unshown(files)
            return source
        html = self._cleaned(source, files, with_pictures=with_pictures)
        if not _words_of(html).strip() and text.text.strip() and not files and not _SHOWN.search(source):
            # Nothing but a tag: an answer such as "<b>" is meant as it stands.
            return escape(text.text)
        return html

    def _source(self, text: Formatted) -> str:
        if text.format == "plain":
            return escape(text.text).replace("\n", "<br>")
        if text.format == "markdown":
            return _markdown().render(text.text)
        if text.format == "moodle":
            return _literal_where_no_markup(text.text).replace("\n", "<br>")
        return text.text

    def _cleaned(self, source: str, files, *, with_pictures) -> str:
        by_name = {file.name: file for file in files}
        shown: dict[str, str] = {}
        problems: list[Exception] = []

        def address(tag, attribute, value):
            # Asked about every attribute, also of tags that go.
            if (tag, attribute) != ("img", "src"):
                return value
            try:
                return self._address(value, by_name, shown, with_pictures) or ""
            except (QuestionUnreadable, QuestionFileRefused) as error:
                # nh3 swallows what its callback raises.
                problems.append(error)
                return ""

        self._name_what_is_lost(source)
        html = nh3.clean(
            source,
            tags=STEM_TAGS | _BLOCKS | _CELLS | {"img", "hr"},
            clean_content_tags={"script", "style"},
            attributes={"img": {"src", "alt"}},
            attribute_filter=address,
            url_schemes={"http", "https", "data", "ftp", "file"},
        )
        if problems:
            raise problems[0]
        self.leave_out_unshown(tuple(file for file in files if file.name not in shown))
        return _BREAKS.sub("", _TAG.sub(self._bank_tag(shown), html)).strip()

    def _address(self, value, by_name, shown, with_pictures) -> str | None:
        if with_pictures and (own := self._within(value, len(shown))) is not None:
            name, picture = own
            self.pictures[picture.sha256] = picture
            shown[name] = picture.sha256
            return address_of(picture.sha256)
        if not value.startswith(PLUGIN):
            self.warnings.append(note("picture_elsewhere", address=_short_address(value)))
            return None
        name = last_part(unquote(value.removeprefix(PLUGIN).partition("?")[0]))
        if not with_pictures:
            self.warnings.append(note("picture_in_note", file=name))
            return None
        if name not in by_name:
            raise QuestionUnreadable("picture_missing", file=name)
        picture = self.album.picture(by_name[name], self.question)
        self.pictures[picture.sha256] = picture
        shown[name] = picture.sha256
        return address_of(picture.sha256)

    def _within(self, value: str, number: int) -> tuple[str, Picture] | None:
        """The picture that an address holds itself, as Moodle keeps what was pasted; None where it is no sound one."""
        if not (data := _DATA.match(value)):
            return None
        name = f"{number + 1}.{data[1].lower()}"
        try:
            return name, self.album.picture(FoundFile(name, unquote(value[data.end() :])), self.question)
        except QuestionUnreadable:
            return None

    def _bank_tag(self, shown):
        names = {sha256: name for name, sha256 in shown.items()}

        def rewritten(found: re.Match) -> str:
            end, tag, rest = found.groups()
            if tag == "img":
                attributes = dict(_ATTRIBUTE.findall(rest))
                sha256 = attributes.get("src", "").removeprefix(FOLDER).removesuffix("/")
                if sha256 not in names:
                    return ""
                alt = nfc(entities.unescape(attributes.get("alt", "")))[:300]
                if not alt:
                    self.warnings.append(note("no_alt", file=names[sha256]))
                return picture_tag(sha256, alt)
            if tag in _BLOCKS:
                return "<br>" if end else ""
            if tag in _CELLS:
                return " " if end else ""
            return "<br>" if tag == "hr" else found.group()

        return rewritten

    def _name_what_is_lost(self, source: str) -> None:
        lost = sorted({tag.lower() for _end, tag in _OPENING.findall(source)} & _NAMED)
        if lost:
            self.warnings.append(note("html_removed", tags=", ".join(f"<{tag}>" for tag in lost)))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 10})


def _literal_where_no_markup(text: str) -> str:
    """In text that is not declared HTML, < begins a tag only where a known tag is also closed: "a<b" stays "a<b"."""
    seen = [(found.group(1), found.group(2).lower()) for found in _OPENING.finditer(text)]
    closed = {tag for end, tag in seen if end}
    opened = {tag for end, tag in seen if not end}
    markup = {tag for tag in opened | closed if tag in _KNOWN and (tag in _VOID or tag in opened & closed)}
    parts, at, last = [], 0, text.rfind(">")
    while (mark := text.find("<", at)) >= 0:
        found = _OPENING.match(text, mark)
        is_markup = found and found.group(2).lower() in markup and mark < last
        parts += [text[at:mark], "<" if is_markup or text.startswith("<!--", mark) else "&lt;"]
        at = mark + 1
    parts.append(text[at:])
    return "".join(parts)


def _words_of(html: str) -> str:
    """Plain words of HTML that nh3 wrote; pictures of ours stay as they are, raised and lowered figures too."""
    parts, at, level = [], 0, None
    for found in _TAG.finditer(html):
        parts.append(_levelled(entities.unescape(html[at : found.start()]), level))
        at = found.end()
        end, tag, _rest = found.groups()
        if tag == "img":
            parts.append(f" {found.group()} ")
        elif tag in ("sup", "sub"):
            level = None if end else tag
        elif tag in ("p", "br", "li", "ul", "ol"):
            parts.append(" ")
    parts.append(_levelled(entities.unescape(html[at:]), level))
    return "".join(parts)


def _levelled(text: str, level: str | None) -> str:
    """10<sup>3</sup> is not 103."""
    if level is None or not text.strip():
        return text
    moved = text.translate(_RAISED if level == "sup" else _LOWERED)
    changed = all(old != new or old.isspace() for old, new in zip(text, moved, strict=True))
    return moved if changed else f"{'^' if level == 'sup' else '_'}({text})"


def _short_address(value: str) -> str:
    """Enough of a foreign address to find it, nothing that could carry data."""
    if value.startswith("data:"):
        return value.partition(";")[0][:40]
    try:
        host = urlsplit(value).netloc
    except ValueError:
        host = ""
    return (host or value)[:60]
