"""The package: items, the test whose sections are their categories, and the list of both with what describes them."""

import io
import zipfile
from xml.sax.saxutils import quoteattr

from quizzes.exporting.entries import Collected, Entry
from quizzes.exporting.qti.elements import V2_2, V3_0, XSI, Element, Version, document_of, el
from quizzes.exporting.qti.items import item_of
from quizzes.exporting.qti.metadata import LOM, LOM_SCHEMA, lom_of
from quizzes.exporting.qti.saying import PICTURES
from quizzes.importing.qti.packages import CATEGORY, MANIFEST

FOLDER, TEST = "items", "test.xml"
# So that the same questions are the same bytes.
_DATE = (2000, 1, 1, 0, 0, 0)


def write_2_2(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V2_2)


def write_3_0(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V3_0)


def _package(entries: list[Entry], collected: Collected, version: Version) -> bytes:
    file, resources, items, pictures = io.BytesIO(), [], [], set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (entry, item) in enumerate(collected.each(entries, lambda e: item_of(e, version)), 1):
            name, path = f"item-{number}", f"{FOLDER}/item-{number}.xml"
            item.attributes["identifier"] = name
            _add(archive, path, document_of(item, version))
            files = [f"{FOLDER}/{PICTURES}/{picture.file_name}" for picture in entry.pictures]
            for picture, place in zip(entry.pictures, files, strict=True):
                if place not in pictures:
                    _add(archive, place, picture.content())
                    pictures.add(place)
            resources.append(_resource(name, f"imsqti_item_{version.kind}", path, files, lom_of(entry)))
            items.append((entry.category, name, path))
        _add(archive, TEST, document_of(_test(items), version))
        resources.append(_resource("test", f"imsqti_test_{version.kind}", TEST, [], ""))
        _add(archive, MANIFEST, _manifest(resources, version))
    return file.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _resource(name: str, kind: str, path: str, files: list[str], about: str) -> str:
    inside = about + "".join(f"<file href={quoteattr(place)}/>" for place in (path, *files))
    return f"<resource identifier={quoteattr(name)} type={quoteattr(kind)} href={quoteattr(path)}>{inside}</resource>"


def _manifest(resources: list[str], version: Version) -> bytes:
    head = (
        f'<manifest xmlns="{version.manifest}" xmlns:xsi="{XSI}" xmlns:lom="{LOM}" '
        f'xsi:schemaLocation="{version.manifest} {version.manifest_schema} {LOM} {LOM_SCHEMA}" identifier="manifest">'
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
