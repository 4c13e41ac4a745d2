"""Reads a site as somebody with a browser and time: follows links, fills in search boxes, presses buttons."""

import html
import io
import json
import zipfile
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import pypdfium2
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html as markup

HOST = "http://testserver"
# Leaving and changing one's own way in say nothing about others.
NOT_PRESSED = ("/tai-khoan/", "/i18n/", "logout", "sign-out")
CHOSEN_FIELDS = {"select", "hidden", "checkbox", "radio", "number"}
TEXT_FIELDS = {"text", "search", "email", "tel", ""}


def words_of(response) -> str:
    """Everything that an answer says, whatever it is packed in, with its headers."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    return "\n".join([*map(str, response.headers.values()), _unpacked(content, kind)])


def _unpacked(content: bytes, kind: str) -> str:
    if content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(content)
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_unpacked(archive.read(name), name) for name in archive.namelist())
    text = content.decode("utf-8", "replace")
    if text and "json" in kind:
        return json.dumps(json.loads(text), ensure_ascii=False)
    return html.unescape(text)


@dataclass
class Reader:
    """One person's walk. ``leaks`` names each address that said one of ``secrets``; ``broken`` each that failed."""

    name: str
    client: Client
    secrets: tuple[str, ...]
    leaks: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    asked: int = 0
    searched: int = 0
    posted: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    forms: dict[tuple, tuple] = field(default_factory=dict)

    def ask(self, url: str, method: str = "get", data=None):
        """The answer and everything it says; a secret in it, or a failure of the server, is noted."""
        self.asked += 1
        response = getattr(self.client, method)(url, data) if data else getattr(self.client, method)(url)
        said = words_of(response)
        if response.status_code >= 500:
            self.broken.append(f"{self.name} {method} {url} {data or ''}")
        if found := [secret for secret in self.secrets if secret.casefold() in said.casefold()]:
            self.leaks.append(f"{self.name} {method} {url} {data or ''}: {found}")
        return response, said

    def walk(self, *starts: str, most: int, of_each: int) -> None:
        """Follows every link from ``starts``: at most ``most`` pages, ``of_each`` of each route."""
        waiting = list(starts)
        known = set(waiting)
        while waiting and len(known) <= most * 4 and self.asked < most * 2:
            url = waiting.pop(0)
            response, said = self.ask(url)
            if response.status_code in (301, 302):
                found = [response["Location"]]
            elif response.status_code == 200 and "html" in response.headers.get("Content-Type", ""):
                found = self._read(url, said)
            else:
                continue
            for link in found:
                link = self._own(url, link)
                if link and link not in known and self._is_wanted(link, of_each):
                    known.add(link)
                    waiting.append(link)

    def _own(self, url, link):
        whole = urlsplit(urldefrag(urljoin(HOST + url, link.strip()))[0])
        if whole.netloc != "testserver" or any(part in whole.path for part in NOT_PRESSED):
            return None
        return whole.path + (f"?{whole.query}" if whole.query else "")

    def _is_wanted(self, link, of_each):
        try:
            route = resolve(urlsplit(link).path).view_name
        except Resolver404:
            return False
        self.seen[route] = self.seen.get(route, 0) + 1
        return self.seen[route] <= of_each

    def _read(self, url, said):
        page = markup.fromstring(said)
        for form in page.iter("form"):
            action = self._own(url, form.get("action") or url)
            if action is None:
                continue
            method = (form.get("method") or "get").lower()
            fields = list(self._fields(form))
            self.forms.setdefault(
                (method, resolve_name(action), tuple(name for name, _v, _k in fields)), (action, fields)
            )
        return [a.get("href") for a in page.iter("a") if a.get("href")]

    def _fields(self, form):
        for element in form.iter("input", "select", "textarea", "button"):
            name = element.get("name")
            if not name or element.get("type") in ("file", "image"):
                continue
            if element.tag == "select":
                chosen = [o.get("value") for o in element.iter("option") if o.get("selected") is not None]
                values = chosen or [o.get("value") for o in element.iter("option")][:1]
                yield name, (values or [""])[0] or "", "select"
            elif element.tag == "textarea":
                yield name, element.text or "", "text"
            else:
                kind = "text" if (element.get("type") or "") in TEXT_FIELDS else element.get("type")
                yield name, element.get("value") or "", kind

    def search(self, *words: str) -> None:
        """Every form that asks, with each of ``words`` in its fields to type in."""
        for (method, _route, _names), (action, fields) in list(self.forms.items()):
            typed = [name for name, _value, kind in fields if kind == "text"]
            if method != "get" or not typed:
                continue
            for word in words:
                others = {name: value for name, value, kind in fields if kind in ("select", "hidden")}
                query = others | dict.fromkeys(typed, word)
                self.searched += 1
                self.ask(f"{urlsplit(action).path}?{urlencode(query)}")

    def press(self, foreign: list[str]) -> None:
        """Every form that changes something, told to do it to each of ``foreign`` in turn; all of it is undone."""
        for (method, _route, _names), (action, fields) in list(self.forms.items()):
            if method != "post":
                continue
            aimed = [
                name for name, value, kind in fields if kind in ("select", "hidden", "checkbox", "radio", "number")
            ]
            for value in foreign:
                data = {name: v for name, v, _kind in fields} | dict.fromkeys(
                    (name for name in aimed if name != "csrfmiddlewaretoken"), value
                )
                yield from self._undone(action, data)

    def _undone(self, action, data):
        self.posted += 1
        with transaction.atomic():
            self.ask(action, "post", data)
            yield action, data
            transaction.set_rollback(True)


def resolve_name(path: str) -> str:
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return path
