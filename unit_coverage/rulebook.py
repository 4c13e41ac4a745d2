"""Loads audiences, track rules and requirements from a file people edit and diff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course, Requirement, Track, TrackRule
from staff.models import Audience, AudienceRule
from staff.services import record_change
from unit_coverage.effects import Effect, rehearse


class RuleFileError(Exception):
    """The file does not say what it must; the message names the place."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    created: int
    ended: int
    unchanged: int


@transaction.atomic
def load_rules(*, text: str) -> LoadResult:
    """Store what ``text`` (YAML) defines. A second run changes nothing.

    A stored version never changes, except that an open one may be given its last day: an edited rule
    is a new version. Everybody's standing is recorded as changed from the earliest day touched.
    """
    try:
        data = yaml.safe_load(text)
        loader = _Loader()
        for entry in _entries(data, "audiences"):
            loader.audience(entry)
        for entry in _entries(data, "track_rules"):
            loader.track_rule(entry)
        for entry in _entries(data, "requirements"):
            loader.requirement(entry)
    except yaml.YAMLError as error:
        raise RuleFileError(_("The file is not readable YAML: %s") % error) from error
    except KeyError as error:
        raise RuleFileError(_("An entry lacks %s.") % error) from error
    except ValidationError as error:
        raise RuleFileError(" ".join(error.messages)) from error
    if loader.since is not None:
        record_change(since=loader.since, cause="requirements")
    return LoadResult(loader.created, loader.ended, loader.unchanged)


def rehearse_rules(*, text: str) -> tuple[LoadResult, Effect]:
    """What ``load_rules`` would store, and what that does to people and figures; nothing that stays is written."""
    found: list[LoadResult] = []
    effect = rehearse(lambda: found.append(load_rules(text=text)))
    return found[0], effect


class _Loader:
    def __init__(self):
        self.created = self.ended = self.unchanged = 0
        self.since: date | None = None

    def audience(self, entry: dict) -> None:
        audience, _created = Audience.objects.get_or_create(code=entry["code"], defaults={"name": entry["name"]})
        for rule in _entries(entry, "rules"):
            values = {name: rule.get(name, []) for name in ("categories", "unit_kinds", "positions", "duties")}
            self._version(AudienceRule, {"audience": audience, "version": rule["version"]}, values, rule)

    def track_rule(self, entry: dict) -> None:
        identity = {"track": _one(Track, entry["track"]), "version": entry["version"]}
        courses = [_one(Course, code) for code in entry["courses"]]
        stored, is_new = self._version(TrackRule, identity, {"needed": entry.get("needed")}, entry)
        if is_new:
            stored.courses.set(courses)
        elif {c.pk for c in stored.courses.all()} != {c.pk for c in courses}:
            raise _changed(stored)

    def requirement(self, entry: dict) -> None:
        values = {
            "audience": _one(Audience, entry["audience"]),
            "track": _one(Track, entry["track"]),
            "course": _one(Course, entry["course"]) if entry.get("course") else None,
            "counts": entry.get("counts", "passed"),
            "due_on": entry.get("due_on"),
            "due_days": entry.get("due_days"),
            "legal_basis": entry["legal_basis"],
        }
        if values["course"] and values["course"].track_id != values["track"].pk:
            raise RuleFileError(
                _("%(code)s: the course %(course)s is not in the track %(track)s.")
                % {"code": entry["code"], "course": entry["course"], "track": entry["track"]}
            )
        self._version(Requirement, {"code": entry["code"], "version": entry["version"]}, values, entry)

    def _version(self, model, identity: dict, values: dict, entry: dict) -> tuple[Any, bool]:
        first, last = entry["valid_from"], entry.get("valid_until")
        stored = model.objects.filter(**identity).first()
        if stored is None:
            self.created += 1
            stored = model(**identity, **values, valid_from=first, valid_until=last)
            stored.full_clean()
            stored.save()
            self._touch(stored.valid_from)
            return stored, True
        if any(getattr(stored, name) != value for name, value in {**values, "valid_from": first}.items()):
            raise _changed(stored)
        if stored.valid_until == last:
            self.unchanged += 1
        elif stored.valid_until is None:
            stored.valid_until = last
            stored.full_clean()
            stored.save(update_fields=["valid_until"])
            self.ended += 1
            self._touch(last)
        else:
            raise _changed(stored)
        return stored, False

    def _touch(self, day: date) -> None:
        self.since = day if self.since is None else min(self.since, day)


def _entries(data, name: str) -> list[dict]:
    """The list called ``name``, of entries with names; an absent list is empty."""
    entries = data.get(name, []) if isinstance(data, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleFileError(_("“%s” must be a list of entries.") % name)
    return entries


def _one(model, code: str):
    found = model.objects.filter(code=code).first()
    if found is None:
        raise RuleFileError(
            _("There is no %(kind)s with the code “%(code)s”.") % {"kind": model._meta.verbose_name, "code": code}
        )
    return found


def _changed(stored) -> RuleFileError:
    return RuleFileError(
        _("%s is stored with other words. Give the stored version a last day and write a new version.") % stored
    )
