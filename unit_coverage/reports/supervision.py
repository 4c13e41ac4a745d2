"""Of everybody who passed: whether an invigilator was there. Standings say only that it was passed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from courses.enums import Origin
from courses.facts import load_people, load_track_facts, merged_rows
from courses.models import Qualification, Track
from courses.obligations import assess
from unit_coverage.queries import FIGURES


def supervised_by_figure(passed: dict[int, list[str]], *, within, on: date) -> dict[int, dict[str, bool]]:
    """By person and figure, whether all passes that count on the day were supervised; unknown ones are left out.

    ``passed`` names the figures for which each person counts as passed, ``within`` is a query that has these people.
    Two queries where all passes of each are of one kind. Only who has both is looked at in full.
    """
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    mixed: dict[int, list[str]] = defaultdict(list)
    kinds = _kinds(within, on) if passed else {}
    for pk, figures in passed.items():
        for figure in figures:
            of_track = kinds.get((pk, FIGURES[figure][0]), set())
            if len(of_track) > 1:
                mixed[pk].append(figure)
            elif of_track - {None}:
                found[pk][figure] = of_track == {True}
    for pk, figure, is_supervised in _looked_at(mixed, on):
        if is_supervised is not None:
            found[pk][figure] = is_supervised
    return dict(found)


def _kinds(within, on: date) -> dict[tuple[int, str], set[bool | None]]:
    """By person and track, of which kinds the passes held on the day are."""
    roots = merged_rows()
    held = Qualification.objects.held_on(on).filter(
        Q(staff_member__in=within) | Q(staff_member__in=list(roots)), origin=Origin.PASSED
    )
    kinds = defaultdict(set)
    for pk, track, is_supervised in held.values_list("staff_member_id", "track__code", "is_supervised"):
        kinds[roots.get(pk, pk), track].add(is_supervised)
    return kinds


def _looked_at(mixed: dict[int, list[str]], on: date) -> Iterable[tuple[int, str, bool | None]]:
    if not mixed:
        return
    codes = dict(Track.objects.values_list("pk", "code"))
    tracks = {(codes[track.track_id], track.part): track for track in load_track_facts()}
    for person in load_people(mixed):
        for figure in mixed[person.staff_member_id]:
            held = assess(person, tracks[FIGURES[figure]], on).held
            kinds = {q.is_supervised for q in held if q.origin == Origin.PASSED}
            yield person.staff_member_id, figure, None if None in kinds else False not in kinds
