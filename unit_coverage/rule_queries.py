"""The rules as pages print them: each with its versions, and how each version stands today."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from certificates.models import EvidenceKind, EvidenceRule
from courses.models import Course, Requirement, Track, TrackRule
from courses.obligations import latest_versions
from staff.audiences import rule_in_words, words_beside
from staff.models import Audience, AudienceRule


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule. ``state`` is "now", "later" or "over"."""

    row: object
    state: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """A rule with its versions, newest first."""

    named: object
    versions: tuple[Version, ...]

    @property
    def now(self) -> Version | None:
        return next((version for version in self.versions if version.state == "now"), None)

    @property
    def later(self) -> Version | None:
        return next((version for version in self.versions if version.state == "later"), None)

    @property
    def newest(self) -> Version | None:
        return self.versions[0] if self.versions else None


def requirements(on: date) -> list[Versions]:
    """Every requirement ever written, those in force first. Two queries."""
    rows = Requirement.objects.select_related("audience", "track", "course").order_by("code")
    words = _words_beside_names(on)
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.code].append(row)
    found = [versions_of(code, rows, on, lambda row: words.get(row.audience_id, "")) for code, rows in grouped.items()]
    return sorted(found, key=lambda rule: (rule.now is None, rule.now is None and rule.later is None, rule.named))


def audiences(on: date) -> list[Versions]:
    """Every audience with the versions of its rule. Two queries."""
    rules = defaultdict(list)
    for rule in AudienceRule.objects.select_related("recorded_by"):
        rules[rule.audience_id].append(rule)
    return [versions_of(a, rules[a.pk], on, rule_in_words) for a in Audience.objects.order_by("name", "pk")]


def _words_beside_names(on: date) -> dict[int, str]:
    """The rule of the day of each audience, in words, where its name says something else. One query."""
    rules = AudienceRule.objects.on(on).select_related("audience")
    ruling = latest_versions(rules, on, key=lambda rule: rule.audience_id)
    return {rule.audience_id: words_beside(rule.audience.name, rule) for rule in ruling}


def tracks(on: date) -> list[Versions]:
    """Every track with the versions of its rule, and their courses. Three queries."""
    rules = defaultdict(list)
    for rule in TrackRule.objects.select_related("recorded_by").prefetch_related("courses"):
        rules[rule.track_id].append(rule)
    return [versions_of(track, rules[track.pk], on, lambda rule: "") for track in Track.objects.order_by("position")]


def evidence(on: date) -> list[Versions]:
    """Every kind of evidence with the versions of its rule. Two queries."""
    rules = defaultdict(list)
    for rule in EvidenceRule.objects.select_related("recorded_by", "end_recorded_by", "gives_course"):
        rules[rule.kind_id].append(rule)
    return [versions_of(kind, rules[kind.pk], on, lambda rule: "") for kind in EvidenceKind.objects.all()]


def courses() -> list[Course]:
    return list(Course.objects.select_related("track").order_by("track__position", "position", "code"))


def versions_of(named, rows, on: date, words=lambda row: "") -> Versions:
    """A rule with its versions as they stand on ``on``."""
    ruling = {row.pk for row in latest_versions(rows, on)}
    newest_first = sorted(rows, key=lambda row: row.version, reverse=True)
    return Versions(named, tuple(Version(row, _state(row, ruling, on), words(row)) for row in newest_first))


def _state(row, ruling: set[int], on: date) -> str:
    if row.pk in ruling:
        return "now"
    return "later" if row.valid_from > on else "over"
