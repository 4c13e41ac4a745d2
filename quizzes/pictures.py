"""Pictures of questions in texts: an <img> of our own address, and nothing else of that kind.

A stem is limited HTML; the text of an option is plain, but an <img> of exactly the form of ``picture_tag`` in it is
shown as the picture it names. No other host and no other folder can stand there.
"""

import re
from collections.abc import Callable
from html import escape, unescape

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

# Stored in texts for good; ``quizzes:picture`` answers there.
FOLDER = "/thi/anh/"
_SRC = re.compile(rf"{FOLDER}([0-9a-f]{{64}})/")
# As picture_tag writes it and nh3 leaves it; the words of alt hold no < > or " but as entities.
_TAG = re.compile(rf'<img src="{FOLDER}([0-9a-f]{{64}})/" alt="([^"<>]{{0,2000}})">')
STEM_TAGS = {"p", "br", "b", "strong", "i", "em", "u", "code", "ul", "ol", "li", "sub", "sup"}


def address_of(sha256: str) -> str:
    return f"{FOLDER}{sha256}/"


def picture_tag(sha256: str, alt: str) -> str:
    """The one form in which a picture stands in a stem or an option."""
    return f'<img src="{address_of(sha256)}" alt="{escape(alt)}">'


def pictures_in(text: str) -> list[str]:
    """Hashes of the pictures that ``text`` shows, in order."""
    return [sha256 for sha256, _alt in _TAG.findall(text)]


def clean_stem(html: str) -> str:
    """``html`` with the tags a stem may have, and only pictures of ours."""
    if "<img" not in html.lower():
        return nh3.clean(html, tags=STEM_TAGS, attributes={})
    html = nh3.clean(html, tags=STEM_TAGS | {"img"}, attributes={"img": {"src", "alt"}}, attribute_filter=_own)
    return _in_one_form(html)


def _own(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute == "alt" or _SRC.fullmatch(value) else None


_ANY_IMG = re.compile(r'<img(?: (?:src|alt)="[^"]*")*>')
_ATTRIBUTE = re.compile(r'(src|alt)="([^"]*)"')


def _in_one_form(html: str) -> str:
    """Every picture as ``picture_tag`` writes it; one without an address of ours goes."""

    def form(found: re.Match) -> str:
        attributes = dict(_ATTRIBUTE.findall(found.group()))
        src = _SRC.fullmatch(attributes.get("src", ""))
        if src is None:
            return ""
        alt = attributes.get("alt", "").replace("<", "&lt;").replace(">", "&gt;")[:2000]
        return f'<img src="{address_of(src.group(1))}" alt="{alt}">'

    return _ANY_IMG.sub(form, html)


def with_pictures(text: str) -> str:
    """The text of an option as HTML: escaped, but for the pictures in it."""
    if "<img" not in text:
        return SafeString(escape(text))
    parts, at = [], 0
    for found in _TAG.finditer(text):
        parts += [escape(text[at : found.start()]), found.group()]
        at = found.end()
    parts.append(escape(text[at:]))
    return SafeString("".join(parts))


def without_pictures(text: str) -> str:
    """``text`` with the description of each picture in its place, for lists and searches."""
    return _TAG.sub(lambda found: f"[{found.group(2)}]" if found.group(2) else "", text)


def plain_words(stem: str) -> str:
    """What a stem says, for lists and searches: no tags, "5 < 6" as it was typed."""
    return unescape(strip_tags(without_pictures(stem)))


# --- In the form of an author: a mark stands where a picture is, because the editor knows no pictures ---------------

_MARK = re.compile(r"\[ảnh ([1-9][0-9]?)(?:: ?([^\[\]<>]{0,300}))?\]")


def described(text: str, words: dict[str, str]) -> str:
    """``text`` with the ``words`` of each picture, by its hash, where it has no description yet."""
    return _TAG.sub(
        lambda found: found.group() if found[2] else picture_tag(found[1], words.get(found[1], "")),
        text,
    )


def hashes_of(*texts: str) -> list[str]:
    """The pictures of these texts in order, each once."""
    return list(dict.fromkeys(sha256 for text in texts for sha256 in pictures_in(text)))


def with_marks(text: str, hashes: list[str], *, is_html: bool) -> str:
    """``text`` with "[ảnh 2: what it shows]" in the place of each picture."""

    def mark(found: re.Match) -> str:
        alt = found.group(2) if is_html else unescape(found.group(2))
        alt = alt.translate(str.maketrans("[]<>", "()()"))
        return f"[ảnh {hashes.index(found.group(1)) + 1}{': ' + alt if alt else ''}]"

    return _TAG.sub(mark, text)


def from_marks(text: str, hashes: list[str], *, is_html: bool) -> str:
    """The opposite: a mark of a picture that the question has becomes the picture, described as the mark says."""

    def tag(number: int, alt: str) -> str | None:
        return picture_tag(hashes[number - 1], unescape(alt) if is_html else alt) if number <= len(hashes) else None

    return replaced_marks(text, tag)


def replaced_marks(text: str, put: Callable[[int, str], str | None]) -> str:
    """``text`` with what ``put`` makes of the number and the words of each mark; None leaves the mark."""

    def replacement(found: re.Match) -> str:
        put_there = put(int(found[1]), (found[2] or "").strip())
        return found[0] if put_there is None else put_there

    return _MARK.sub(replacement, text)


def numbers_of_marks(text: str) -> set[int]:
    return {int(number) for number, _words in _MARK.findall(text)}


def mark_of(number: int) -> str:
    return f"[ảnh {number}]"
