"""Reads the facts that ``courses.obligations`` works on: in bulk, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable

from courses.enums import Part, TrackCode
from courses.models import Course, Exemption, Qualification, Requirement, Track, TrackRule
from courses.obligations import PersonFacts, TrackFacts
from staff.models import AudienceRule, Duty, Posting, StaffMember


def load_track_facts(*, parts: bool = True) -> list[TrackFacts]:
    """The rules of every track and, with ``parts``, of both parts of open source and security. Six queries at most."""
    requirements = _by(Requirement.objects.select_related("course", "track").order_by("code", "version"), "track_id")
    audience_rules = _by(AudienceRule.objects.order_by("version"), "audience_id")
    track_rules = defaultdict(list)
    for rule in TrackRule.objects.prefetch_related("courses").order_by("version"):
        track_rules[rule.track_id].append((rule, frozenset(c.pk for c in rule.courses.all())))
    courses = list(Course.objects.only("track_id", "tags")) if parts else []
    found = []
    for track in Track.objects.order_by("position", "pk"):
        asked = requirements.get(track.pk, ())
        audiences = {r.audience_id: audience_rules.get(r.audience_id, ()) for r in asked}
        for part in parts_of(track) if parts else [Part.WHOLE]:
            members = frozenset(c.pk for c in courses if c.track_id == track.pk and part in c.tags) if part else None
            found.append(TrackFacts(track.pk, part, asked, audiences, tuple(track_rules[track.pk]), members))
    return found


def parts_of(track: Track) -> list[Part]:
    return list(Part) if track.code == TrackCode.OSS_SECURITY else [Part.WHOLE]


def load_people(staff_member_ids: Iterable[int], *, track_id: int | None = None) -> list[PersonFacts]:
    """What is recorded about these people; of somebody entered twice, under the row that stays. Five queries or six.

    With ``track_id``, of exemptions and qualifications those of that track only."""
    roots = merged_rows()
    people = {roots.get(pk, pk) for pk in staff_member_ids}
    ids = people | {pk for pk, root in roots.items() if root in people}

    def of(model):
        return model.objects.filter(staff_member__in=ids).order_by("pk")

    def grouped(rows):
        found = defaultdict(list)
        for row in rows:
            found[roots.get(row.staff_member_id, row.staff_member_id)].append(row)
        return found

    postings = grouped(of(Posting).filter(is_primary=True).select_related("unit"))
    duties = grouped(of(Duty))
    asked = {} if track_id is None else {"track_id": track_id}
    exemptions = grouped(of(Exemption).filter(**asked))
    qualifications = grouped(of(Qualification).filter(**asked))
    return [
        PersonFacts(
            pk,
            postings=tuple(postings[pk]),
            duties=tuple(duties[pk]),
            exemptions=_by(exemptions[pk], "track_id"),
            qualifications=_by(qualifications[pk], "track_id"),
        )
        for pk in sorted(people)
    ]


def merged_rows() -> dict[int, int]:
    """From each duplicate to the row that stays in the end."""
    merged = dict(StaffMember.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    roots = {}
    for pk in merged:
        seen, root = {pk}, merged[pk]
        while root in merged and root not in seen:
            seen.add(root)
            root = merged[root]
        roots[pk] = root
    return roots


def _by(rows, name: str) -> dict:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return {key: tuple(value) for key, value in found.items()}
