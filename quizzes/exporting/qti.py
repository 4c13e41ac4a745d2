"""QTI 2.2 and 3.0: a package with an item for each question and a test whose sections are the categories.

Both versions are one tree of elements; 3.0 only spells their names in its own way.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape, unescape
from xml.sax.saxutils import quoteattr

from quizzes.enums import Case, QuestionType, Scoring
from quizzes.exporting.entries import CannotSay, Collected, Entry, has_wildcards
from quizzes.exporting.gift import comment_of
from quizzes.exporting.pictures import renamed
from quizzes.importing.qti.content import UNDERLINED, UNIT
from quizzes.importing.qti.names import PREFIX, dashed_name
from quizzes.importing.qti.packages import CATEGORY, MANIFEST
from quizzes.matching import pieces_of
from quizzes.pictures import plain_words, with_pictures
from quizzes.reading import plain

FULL = Decimal(100)
FOLDER, PICTURES, TEST = "items", "pictures", "test.xml"
# So that the same questions are the same bytes.
_DATE = (2000, 1, 1, 0, 0, 0)
_VOID = re.compile(r"<(br|img)((?:\s[^<>]*)?)>")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Version:
    is_dashed: bool
    namespace: str
    schema: str
    templates: str
    ending: str
    kind: str
    manifest: str
    manifest_schema: str
    name: str
    number: str


V2_2 = Version(
    False,
    "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd",
    "http://www.imsglobal.org/question/qti_v2p2/rptemplates/",
    "",
    "xmlv2p2",
    "http://www.imsglobal.org/xsd/imscp_v1p1",
    "http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
    "QTIv2.2 Package",
    "1.0.0",
)
V3_0 = Version(
    True,
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
    ".xml",
    "xmlv3p0",
    "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    "QTI Package",
    "3.0.0",
)


class Raw(str):
    """HTML that is well-formed already."""


@dataclass(slots=True)
class Element:
    """An element of QTI by its name in 2.x; ``parts`` are elements, Raw, and words."""

    name: str
    attributes: dict[str, str]
    parts: list = field(default_factory=list)

    def written(self, version: Version) -> str:
        name = PREFIX + dashed_name(self.name) if version.is_dashed else self.name
        attributes = "".join(
            f" {dashed_name(key) if version.is_dashed and ':' not in key else key}={quoteattr(value)}"
            for key, value in self.attributes.items()
        )
        inside = "".join(_written(part, version) for part in self.parts)
        return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


def _written(part, version: Version) -> str:
    if isinstance(part, Element):
        return part.written(version)
    return str(part) if isinstance(part, Raw) else escape(_ILLEGAL.sub("", part), quote=False)


def el(name: str, *parts, **attributes: str) -> Element:
    return Element(name, attributes, list(parts))


def _document(root: Element, version: Version) -> bytes:
    root.attributes = {
        "xmlns": version.namespace, "xmlns:xsi": _XSI, "xsi:schemaLocation": f"{version.namespace} {version.schema}"
    } | root.attributes  # fmt: skip
    text = root.written(version).replace("xsi:schema-location", "xsi:schemaLocation")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


# --- The package --------------------------------------------------------------------


def write_2_2(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V2_2)


def write_3_0(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V3_0)


def _package(entries: list[Entry], collected: Collected, version: Version) -> bytes:
    file, resources, items, pictures = io.BytesIO(), [], [], set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (entry, item) in enumerate(collected.each(entries, lambda e: _item(e, version)), 1):
            name, path = f"item-{number}", f"{FOLDER}/item-{number}.xml"
            item.attributes["identifier"] = name
            _add(archive, path, _document(item, version))
            files = [f"{FOLDER}/{PICTURES}/{picture.file_name}" for picture in entry.pictures]
            for picture, place in zip(entry.pictures, files, strict=True):
                if place not in pictures:
                    _add(archive, place, picture.content())
                    pictures.add(place)
            resources.append(_resource(name, f"imsqti_item_{version.kind}", path, files))
            items.append((entry.category, name, path))
        _add(archive, TEST, _document(_test(items), version))
        resources.append(_resource("test", f"imsqti_test_{version.kind}", TEST, []))
        _add(archive, MANIFEST, _manifest(resources, version))
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _resource(name: str, kind: str, path: str, files: list[str]) -> str:
    inside = "".join(f"<file href={quoteattr(place)}/>" for place in (path, *files))
    return f"<resource identifier={quoteattr(name)} type={quoteattr(kind)} href={quoteattr(path)}>{inside}</resource>"


def _manifest(resources: list[str], version: Version) -> bytes:
    head = (
        f'<manifest xmlns="{version.manifest}" xmlns:xsi="{_XSI}" '
        f'xsi:schemaLocation="{version.manifest} {version.manifest_schema}" identifier="manifest">'
        f"<metadata><schema>{version.name}</schema><schemaversion>{version.number}</schemaversion></metadata>"
        "<organizations/><resources>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(resources)}</resources></manifest>\n'.encode()


def _test(items: list[tuple[tuple[str, ...], str, str]]) -> Element:
    part = el("testPart", identifier="part", navigationMode="nonlinear", submissionMode="individual")
    sections: dict[tuple[str, ...], Element] = {}
    for path, name, place in items:
        section = _section(path, sections, part)
        section.parts.append(el("assessmentItemRef", identifier=name, href=place))
    if not items:
        part.parts.append(el("assessmentSection", identifier="empty", title="", visible="true"))
    return el("assessmentTest", part, identifier="test", title="")


def _section(path: tuple[str, ...], sections: dict, part: Element) -> Element:
    if path not in sections:
        parent = _section(path[:-1], sections, part) if len(path) > 1 else part
        name = f"{CATEGORY}{len(sections) + 1}" if path else "uncategorised"
        sections[path] = el("assessmentSection", identifier=name, title=path[-1] if path else "", visible="true")
        parent.parts.append(sections[path])
    return sections[path]


# --- An item -------------------------------------------------------------------------


@dataclass(slots=True)
class _Said:
    """What a type of question says of itself: how it is answered, what is right, and how it is marked."""

    interaction: Element | Raw
    declaration: Element
    # A template's name where the rules are one of the two, else the rules.
    template: str | None
    rules: list[Element]
    # (identifier, words) of the explanations, and the rule that brings them up.
    comments: list[tuple[str, str]]
    feedback: list[Element] = field(default_factory=list)


def _item(entry: Entry, version: Version) -> Element:
    text = entry.text
    said = _WRITERS[text.type](entry, version)
    title = " ".join(unescape(plain_words(text.stem)).split())[:100]
    maximum = el(
        "outcomeDeclaration", _default(text.points), identifier="MAXSCORE", cardinality="single", baseType="float"
    )
    outcomes = [
        el("outcomeDeclaration", _default(0), identifier="SCORE", cardinality="single", baseType="float"),
        maximum,
    ]
    comments = [*said.comments, *([("general", text.feedback)] if text.feedback else [])]
    comments = [(name, words) for name, words in comments if words]
    if comments:
        outcomes.append(el("outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple", baseType="identifier"))
        processing = el("responseProcessing", *said.rules, *said.feedback)
    elif said.template:
        processing = el("responseProcessing", template=f"{version.templates}{said.template}{version.ending}")
    else:
        processing = el("responseProcessing", *said.rules)
    modals = [
        el("modalFeedback", _shown(words, version), outcomeIdentifier="FEEDBACK", identifier=name, showHide="show")
        for name, words in comments
    ]
    body = el("itemBody", _stem(entry), said.interaction)
    return el(
        "assessmentItem", said.declaration, *outcomes, body, processing, *modals,
        identifier="", title=title or entry.code, label=entry.code, adaptive="false", timeDependent="false",
    )  # fmt: skip


def _shown(words: str, version: Version):
    return el("contentBody", words) if version.is_dashed else words


def _default(value) -> Element:
    return el("defaultValue", el("value", plain(Decimal(value))))


def _well_formed(entry: Entry, html: str) -> Raw:
    html = renamed(entry, html, lambda name: f"{PICTURES}/{name}").replace("&nbsp;", "&#160;")
    html = html.replace("<u>", f'<span class="{UNDERLINED}">').replace("</u>", "</span>")
    return Raw(_ILLEGAL.sub("", _VOID.sub(r"<\1\2/>", html)))


def _stem(entry: Entry) -> Raw:
    html = _well_formed(entry, entry.text.stem)
    has_blocks = any(f"<{block}>" in html for block in ("p", "ul", "ol"))
    return Raw(f"<div>{html}</div>" if has_blocks else f"<p>{html}</p>")


def _worth(percent: Decimal, text) -> str:
    return plain(percent * text.points / 100)


def _names(text) -> list[str]:
    if text.type == QuestionType.TRUE_FALSE:
        return ["true", "false"]
    return [f"choice_{place}" for place in range(1, len(text.options) + 1)]


def _match(entry: Entry) -> Element:
    """All of the score for the right answer, whole."""
    test = el("match", el("variable", identifier="RESPONSE"), el("correct", identifier="RESPONSE"))
    return _if(test, _score(plain(entry.text.points)))


def _if(test: Element, *then: Element) -> Element:
    return el("responseCondition", el("responseIf", test, *then))


def _score(value: str) -> Element:
    return el("setOutcomeValue", _base("float", value), identifier="SCORE")


def _base(kind: str, value: str) -> Element:
    return el("baseValue", value, baseType=kind)


def _correct(values) -> Element:
    return el("correctResponse", *(el("value", value) for value in values))


def _choice(entry: Entry, version: Version) -> _Said:
    text, names = entry.text, _names(entry.text)
    if text.type == QuestionType.TRUE_FALSE:
        options = [("Đúng", text.right), ("Sai", not text.right)]
    else:
        options = list(text.options)
    is_several = text.type == QuestionType.MULTIPLE
    right = [name for name, (_option, right) in zip(names, options, strict=True) if right]
    interaction = el(
        "choiceInteraction",
        *(
            el("simpleChoice", _well_formed(entry, str(with_pictures(option))), identifier=name)
            for name, (option, _right) in zip(names, options, strict=True)
        ),
        responseIdentifier="RESPONSE",
        shuffle="true" if text.shuffle_options and text.type != QuestionType.TRUE_FALSE else "false",
        maxChoices="0" if is_several else "1",
    )
    declaration = el(
        "responseDeclaration", _correct(right if is_several else right[:1]), identifier="RESPONSE",
        baseType="identifier",
        cardinality="multiple" if is_several else "single",
    )  # fmt: skip
    has_table = bool(text.option_percents) and (not is_several or text.scoring == Scoring.PER_OPTION)
    if has_table:
        bounds = {"lowerBound": "0"} if is_several else {}
        entries = (
            el("mapEntry", mapKey=name, mappedValue=_worth(percent, text))
            for name, percent in zip(names, text.option_percents, strict=True)
        )
        declaration.parts.append(el("mapping", *entries, defaultValue="0", **bounds))
        template, rules = "map_response", [_mapped()]
    else:
        template, rules = ("match_correct" if text.points == 1 else None), [_match(entry)]
    comments = [(name, comment_of(text, place)) for place, name in enumerate(names)]
    general = [_base("identifier", "general")] if text.feedback else []
    chosen = el("multiple", el("variable", identifier="RESPONSE"), *general)
    feedback = [el("setOutcomeValue", chosen, identifier="FEEDBACK")]
    return _Said(interaction, declaration, template, rules, comments, feedback)


def _mapped() -> Element:
    return el("setOutcomeValue", el("mapResponse", identifier="RESPONSE"), identifier="SCORE")


def _field(entry: Entry, version: Version) -> Raw:
    """The field in a line of its own, and the unit behind it."""
    entered = el("textEntryInteraction", responseIdentifier="RESPONSE").written(version)
    unit = f'<span class="{UNIT}">{escape(entry.text.unit)}</span>' if entry.text.unit else ""
    return Raw(f"<p>{entered}{unit}</p>")


def _brings_up(tests: list[Element], text) -> list[Element]:
    """The explanation of the first answer that fits, and the one of the question."""
    general = [_base("identifier", "general")] if text.feedback else []
    branches = [
        el(
            "responseIf" if place == 0 else "responseElseIf",
            test,
            el("setOutcomeValue", el("multiple", _base("identifier", f"answer_{place + 1}"), *general),
               identifier="FEEDBACK"),
        )
        for place, test in enumerate(tests)
    ]  # fmt: skip
    if general:
        branches.append(el("responseElse", el("setOutcomeValue", el("multiple", *general), identifier="FEEDBACK")))
    return [el("responseCondition", *branches)]


def _comments(text) -> list[tuple[str, str]]:
    return [(f"answer_{place}", row.feedback) for place, row in enumerate(text.accepted, 1)]


def _short_text(entry: Entry, version: Version) -> _Said:
    text = entry.text
    if has_wildcards(text):
        raise CannotSay("export_wildcards")
    words = [pieces_of(row.text)[0] for row in text.accepted]
    is_exact = "true" if text.case == Case.EXACT else "false"
    if is_exact == "false" and len({word.casefold() for word in words}) < len(words):
        raise CannotSay("export_overlap")
    rows = [
        el("mapEntry", mapKey=word, mappedValue=_worth(row.percent, text), caseSensitive=is_exact)
        for word, row in zip(words, text.accepted, strict=True)
    ]
    right = next(word for word, row in zip(words, text.accepted, strict=True) if row.percent == FULL)
    declaration = el(
        "responseDeclaration", _correct([right]), el("mapping", *rows, defaultValue="0"), identifier="RESPONSE",
        cardinality="single", baseType="string",
    )  # fmt: skip
    tests = [
        el("stringMatch", el("variable", identifier="RESPONSE"), _base("string", word), caseSensitive=is_exact)
        for word in words
    ]
    return _Said(
        _field(entry, version), declaration, "map_response", [_mapped()], _comments(text), _brings_up(tests, text)
    )


def _number(entry: Entry, version: Version) -> _Said:
    text = entry.text
    ranges = sorted((row.value - row.tolerance, row.value + row.tolerance) for row in text.accepted)
    if any(low <= before for (_first, before), (low, _last) in zip(ranges, ranges[1:], strict=False)):
        raise CannotSay("export_overlap")
    tests = [_equal(row) for row in text.accepted]
    branches = [
        el("responseIf" if place == 0 else "responseElseIf", test, _score(_worth(row.percent, text)))
        for place, (test, row) in enumerate(zip(tests, text.accepted, strict=True))
    ]
    right = next(row for row in text.accepted if row.percent == FULL)
    declaration = el(
        "responseDeclaration", _correct([plain(right.value)]), identifier="RESPONSE", cardinality="single",
        baseType="float",
    )  # fmt: skip
    rules = [el("responseCondition", *branches)]
    return _Said(_field(entry, version), declaration, None, rules, _comments(text), _brings_up(tests, text))


def _equal(row) -> Element:
    parts = (el("variable", identifier="RESPONSE"), _base("float", plain(row.value)))
    if not row.tolerance:
        return el("equal", *parts, toleranceMode="exact")
    margin = plain(row.tolerance)
    return el("equal", *parts, toleranceMode="absolute", tolerance=f"{margin} {margin}")


_WRITERS = {
    QuestionType.SINGLE: _choice,
    QuestionType.MULTIPLE: _choice,
    QuestionType.TRUE_FALSE: _choice,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _number,
}
