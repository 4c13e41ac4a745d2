"""Reads the YAML files and says clearly what is wrong with them."""

import hashlib
import json
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from courses.errors import ContentBroken


class Entry:
    """A mapping of a file that knows where it stands, so that every refusal names the file and the key."""

    def __init__(self, data, file: str, place: str = ""):
        self.file, self.place = file, place
        if not isinstance(data, dict):
            raise self.broken(_("a list of keys and values is expected"))
        self.data = data

    def broken(self, why: str) -> ContentBroken:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return ContentBroken(_("%(where)s: %(why)s.") % {"where": where, "why": why})

    def get(self, key: str, kind=str, default=None):
        """The value of ``key``, of the type ``kind``; without a default it must be there."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                raise self.broken(_("the key “%(key)s” is missing") % {"key": key})
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.broken(_("the key “%(key)s” has a value of the wrong kind") % {"key": key})
        return value.strip() if isinstance(value, str) else value

    def entries(self, key: str) -> list["Entry"]:
        return [
            Entry(item, self.file, f"{self.place + ', ' if self.place else ''}{key} {number}")
            for number, item in enumerate(self.get(key, list), 1)
        ]

    def entry(self, key: str) -> "Entry":
        return Entry(self.get(key, dict), self.file, f"{self.place + ', ' if self.place else ''}{key}")

    def sha256(self, *more: str) -> str:
        text = json.dumps([self.data, *more], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


# The safe loader, ten times faster where libyaml is there, as it is in PyYAML's wheels.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(root: Path, name: str) -> Entry:
    try:
        return Entry(yaml.load((root / name).read_text(encoding="utf-8"), Loader=_LOADER), name)  # noqa: S506 - safe
    except FileNotFoundError as error:
        raise ContentBroken(_("%(where)s: the file is missing.") % {"where": name}) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ContentBroken(
            _("%(where)s, line %(line)d: this is not readable as YAML.") % {"where": name, "line": line}
        ) from error
