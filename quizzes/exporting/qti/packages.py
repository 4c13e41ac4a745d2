"""The package: items, the test whose sections are their categories, and the list of both with what describes them."""

import io
import zipfile
from functools import partial
from xml.sax.saxutils import quoteattr

from quizzes.exporting.entries import Collected, Entry, add_part, task_content
from quizzes.exporting.qti.elements import V2_2, V3_0, XSI, Element, Version, document_of, el
from quizzes.exporting.qti.items import item_of
from quizzes.exporting.qti.metadata import LOM, LOM_SCHEMA, lom_of
from quizzes.exporting.qti.people import path_of
from quizzes.exporting.qti.saying import PICTURES
from quizzes.importing.qti.packages import CATEGORY, MANIFEST

FOLDER, TEST = "items", "test.xml"


def write_2_2(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V2_2)


def write_3_0(entries: list[Entry], collected: Collected) -> bytes:
    return _package(entries, collected, V3_0)


def _package(entries: list[Entry], collected: Collected, version: Version) -> bytes:
    file, resources, items, written = io.BytesIO(), [], [], set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (entry, item) in enumerate(collected.each(entries, lambda e: item_of(e, version)), 1):
            name, path = f"item-{number}", f"{FOLDER}/item-{number}.xml"
            item.attributes["identifier"] = name
            add_part(archive, path, document_of(item, version))
            shown = {f"{FOLDER}/{PICTURES}/{picture.file_name}": picture.content for picture in entry.pictures}
            shown |= {f"{FOLDER}/{path_of(file)}": partial(task_content, file) for file in entry.text.files}
            for place, content in shown.items():
                if place not in written:
                    add_part(archive, place, content())
                    written.add(place)
            resources.append(_resource(name, f"imsqti_item_{version.kind}", path, list(shown), lom_of(entry)))
            items.append((entry.category, name, path))
        add_part(archive, TEST, document_of(_test(items), version))
        resources.append(_resource("test", f"imsqti_test_{version.kind}", TEST, [], ""))
        add_part(archive, MANIFEST, _manifest(resources, version))
    return file.getvalue()


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
