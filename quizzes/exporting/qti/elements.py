"""Elements of QTI by their names in 2.x, written as either version spells them."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from xml.sax.saxutils import quoteattr

from quizzes.importing.qti.names import PREFIX, dashed_name
from quizzes.reading import plain

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
    return str(part) if isinstance(part, Raw) else escape(ILLEGAL.sub("", part), quote=False)


def el(name: str, *parts, **attributes: str) -> Element:
    return Element(name, attributes, list(parts))


def document_of(root: Element, version: Version) -> bytes:
    root.attributes = {
        "xmlns": version.namespace, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{version.namespace} {version.schema}"
    } | root.attributes  # fmt: skip
    text = root.written(version).replace("xsi:schema-location", "xsi:schemaLocation")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


# --- Rules ---------------------------------------------------------------------------


def condition(test: Element, *then: Element) -> Element:
    return el("responseCondition", el("responseIf", test, *then))


def scores(value: str) -> Element:
    return el("setOutcomeValue", base("float", value), identifier="SCORE")


def base(kind: str, value: str) -> Element:
    return el("baseValue", value, baseType=kind)


def correct(values) -> Element:
    return el("correctResponse", *(el("value", value) for value in values))


def mapped(name: str = "RESPONSE") -> Element:
    return el("setOutcomeValue", el("mapResponse", identifier=name), identifier="SCORE")


def adds(worth: Element) -> Element:
    return el("setOutcomeValue", el("sum", variable("SCORE"), worth), identifier="SCORE")


def variable(name: str = "RESPONSE") -> Element:
    return el("variable", identifier=name)


def default(value) -> Element:
    return el("defaultValue", el("value", plain(Decimal(value))))
