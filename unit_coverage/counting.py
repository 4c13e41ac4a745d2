"""The people of units, counted by the database: pages of any day, the kept figures and their check all ask here.

Plain SQL, because what is counted once a unit and then added up the tree would otherwise be counted once a unit above.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction

from courses.enums import Binding, Origin, TrackCode
from staff.enums import DutyKind, StaffCategory
from staff.models import Unit

# Who is trained, and will not be within so many days.
LOOK_AHEAD = timedelta(days=90)

_BOUND = f"s.binding = '{Binding.BOUND}'"
_SPECIALIST = f"{_BOUND} AND s.track_id IN (SELECT id FROM courses_track WHERE code = '{TrackCode.SPECIALIST}')"


_FULL_TIME = f"{_SPECIALIST} AND d.is_full_time = 1"
_PART_TIME = f"{_SPECIALIST} AND d.is_full_time = 0"

# Joined, not asked of each row: a hash of whoever holds a duty is made once for all.
_DUTY = f"""LEFT JOIN (SELECT held.staff_member_id, max(CASE WHEN held.is_full_time THEN 1 ELSE 0 END) AS is_full_time
    FROM staff_duty held WHERE held.kind IN ('{DutyKind.ICT_OFFICER}', '{DutyKind.SECURITY_OFFICER}')
    AND held.valid_from <= %(day)s AND (held.valid_until IS NULL OR held.valid_until >= %(day)s) {{among}}
    GROUP BY held.staff_member_id) d ON d.staff_member_id = s.staff_member_id"""

# Everybody counts in exactly one of the first eight; these are all that a printed share needs.
PEOPLE = {
    **{str(origin): f"{_BOUND} AND s.origin = '{origin}'" for origin in Origin},
    "not_trained": f"{_BOUND} AND NOT s.is_trained",
    **{str(b): f"s.binding = '{b}'" for b in (Binding.EXEMPT, Binding.DEFERRED, Binding.NOT_BOUND)},
    "trained_outside": f"s.binding <> '{Binding.BOUND}' AND s.is_trained",
}
DUTIES = {
    "full_time_bound": _FULL_TIME,
    "full_time_trained": f"s.is_trained AND {_FULL_TIME}",
    "part_time_bound": _PART_TIME,
    "part_time_trained": f"s.is_trained AND {_PART_TIME}",
}
WATCHED = {
    "overdue": f"{_BOUND} AND NOT s.is_trained AND s.due_on < %(day)s",
    "lapsing": f"{_BOUND} AND s.is_trained AND s.lapses_from <= %(ahead)s",
    "updated": f"{_BOUND} AND s.is_trained AND s.updated_on >= %(new_year)s",
    "leaders_bound": f"{_BOUND} AND s.is_leader",
    "leaders_trained": f"{_BOUND} AND s.is_leader AND s.is_trained",
}
COUNTS = PEOPLE | WATCHED | DUTIES
BOUND = (*Origin.values, "not_trained")
HEADCOUNT = (*BOUND, Binding.EXEMPT.value, Binding.DEFERRED.value, Binding.NOT_BOUND.value)
KEYS = ("track_id", "part", "category")


def own_groups(day: date, unit_ids: Iterable[int]) -> list[tuple]:
    """(unit, track, part, category, counts …) of the people who work in these units themselves."""
    ids = _listed(unit_ids)
    return _rows(_own(COUNTS, f"s.unit_id IN ({ids})"), _days(day)) if ids else []


def groups_by_place(day: date, places: Mapping[int, int]) -> list[tuple]:
    """(place, track, part, category, counts …) of the people who work in these units themselves, units of one place
    put together; ``places`` names the place of each unit."""
    if not places:
        return []
    pairs = ", ".join(f"({int(unit)}, {int(place)})" for unit, place in sorted(places.items()))
    listed = f"(SELECT column1 AS unit_id, column2 AS place FROM (VALUES {pairs}) v)"
    return _rows(_own(COUNTS, of="b.place", joined=f"JOIN {listed} b ON b.unit_id = s.unit_id"), _days(day))


def groups_of_days(days: Sequence[date], unit_ids: Iterable[int]) -> list[tuple]:
    """(day, track, part, category, counts of ``PEOPLE`` …) of all who work in these units themselves, on each day."""
    return _on_days(days, unit_ids, PEOPLE, KEYS)


def groups_of_people(days: Sequence[date], unit_ids: Iterable[int]) -> list[tuple]:
    """(day, unit, person, track, part, category, counts …) of each who works in these units themselves.

    All counts for a single day, those of ``PEOPLE`` for several.
    """
    keys = ("staff_member_id", *KEYS)
    if len(days) > 1:
        return _on_days(days, unit_ids, PEOPLE, ("unit_id", *keys))
    ids = _listed(unit_ids)
    if not ids:
        return []
    return [(days[0], *row) for row in _rows(_own(COUNTS, f"s.unit_id IN ({ids})", keys), _days(days[0]))]


def _on_days(days: Sequence[date], unit_ids: Iterable[int], counts: dict[str, str], keys: Iterable[str]) -> list[tuple]:
    """One statement, however many days: which of them each standing covers is told by a join."""
    ids = _listed(unit_ids)
    if not ids:
        return []
    asked = "CAST(%(day{0})s AS date)" if connection.vendor == "postgresql" else "%(day{0})s"
    listed = " UNION ALL ".join(f"SELECT {place} AS place, {asked.format(place)} AS day" for place in range(len(days)))
    groups = ", ".join(["d.place", *(f"s.{name}" for name in keys)])
    numbers = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in counts.items())
    sql = f"""SELECT {groups}, {numbers} FROM ({listed}) d JOIN unit_coverage_standing s
        ON s.valid_from <= d.day AND (s.valid_until IS NULL OR s.valid_until >= d.day)
        WHERE s.unit_id IN ({ids}) GROUP BY {groups}"""
    found = _rows(sql, {f"day{place}": _stored(day) for place, day in enumerate(days)})
    return [(days[place], *row) for place, *row in found]


def tracks_by_unit(day: date, top: Unit | None, counts: dict[str, str], categories: Iterable[str]) -> list[tuple]:
    """(unit, track, counts …) of whole tracks, for every unit of a subtree (None: all) with people of ``categories``.

    The people of each unit itself: what is above it is for the caller to add up.
    """
    known = ", ".join(f"'{StaffCategory(category)}'" for category in categories)
    conditions = [_inside(top), f"s.category IN ({known})", "s.part = ''"]
    sql = _own(counts, " AND ".join(filter(None, conditions)), ("track_id",))
    return _rows(sql, _days(day) | _paths(top), cursor_of=_memory_for_a_country)


def groups_by_child(day: date, top: Unit, counts: dict[str, str]) -> list[tuple]:
    """(child of ``top`` or None, track, part, category, counts …): the subtree of each child in one line a group."""
    # Counted by child at once: a country has few, and a group for each of its units would not fit into a processor's
    # cache. Grouped, so that the child is looked for once a unit and not once a person.
    below = f"""JOIN (SELECT u.id AS unit_id, max(c.id) AS child FROM staff_unit u
        LEFT JOIN staff_unit c ON c.parent_id = {top.pk} AND u.path >= c.path AND u.path < {_end_of_path("c.path")}
        WHERE u.path >= %(path)s AND u.path < %(path_end)s GROUP BY u.id) b ON b.unit_id = s.unit_id"""
    sql = _own(counts, of="b.child", joined=below)
    return _rows(sql, _days(day) | _paths(top))


def ahead_of(day: date) -> date:
    """Who lapses until then asks for attention on ``day``."""
    return min(day, date.max - LOOK_AHEAD) + LOOK_AHEAD


def write_day(day: date) -> None:
    """Keep the figures of every unit for ``day``: the people of each, then each level added to the one above it."""
    names = ", ".join(COUNTS)
    with _memory_for_a_country() as cursor:
        cursor.execute("DELETE FROM unit_coverage_unitfigure WHERE day = %s", [_stored(day)])
        cursor.execute(
            f"""INSERT INTO unit_coverage_unitfigure (day, unit_id, track_id, part, category, {names})
            SELECT %(day)s, own.* FROM ({_own(COUNTS)}) own""",
            _days(day),
        )
        for depth in range(_depth_of_tree(cursor), 1, -1):
            cursor.execute(_add_to_parents(), {"day": _stored(day), "depth": depth})


def figures_by_ancestors(day: date) -> str:
    """SQL that counts the same in another way, for the check: by asking of each unit which paths begin with its own."""
    return f"""WITH own AS ({_own(COUNTS)})
        SELECT a.id AS unit_id, own.track_id, own.part, own.category, {_sums("own", COUNTS)}
        FROM own JOIN staff_unit u ON u.id = own.unit_id
        JOIN staff_unit a ON u.path >= a.path AND u.path < {_end_of_path("a.path")}
        GROUP BY a.id, own.track_id, own.part, own.category"""


def units_that_differ(day: date) -> list[int]:
    """The units whose kept figures of ``day`` are not what the standings say."""
    names = ", ".join(["unit_id", *KEYS, *COUNTS])
    kept = f"SELECT {names} FROM unit_coverage_unitfigure WHERE day = %(day)s"
    counted = f"SELECT {names.replace('unit_id', 'c.unit_id', 1)} FROM ({figures_by_ancestors(day)}) c"
    sql = f"""SELECT DISTINCT unit_id FROM (
        SELECT * FROM ({counted} EXCEPT {kept}) missing UNION ALL SELECT * FROM ({kept} EXCEPT {counted}) wrong
        ) differing ORDER BY unit_id"""
    return [pk for (pk,) in _rows(sql, _days(day), cursor_of=_memory_for_a_country)]


def _own(counts: dict[str, str], where: str = "", keys: Iterable[str] = KEYS, of="s.unit_id", joined="") -> str:
    """The people of each unit in groups by ``keys``; ``where`` picks rows of ``s``, empty for all.

    By something else ``of`` units where it is ``joined``.
    """
    groups = ", ".join([of, *(f"s.{name}" for name in keys)])
    numbers = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in counts.items())
    duties = _DUTY.format(among=_among(where)) if "full_time_bound" in counts else ""
    return f"""SELECT {groups}, {numbers} FROM unit_coverage_standing s {joined} {duties}
        WHERE s.valid_from <= %(day)s AND (s.valid_until IS NULL OR s.valid_until >= %(day)s) {where and "AND " + where}
        GROUP BY {groups}"""


def _among(where: str) -> str:
    """Keeps the join of duties to the people of the picked units, where not all are picked."""
    if not where:
        return ""
    return f"AND held.staff_member_id IN (SELECT s.staff_member_id FROM unit_coverage_standing s WHERE {where})"


def _end_of_path(path: str) -> str:
    """As ``Unit.path_end``: the first path that is no longer below this one."""
    return f"substr({path}, 1, length({path}) - 1) || '0'"


def _listed(unit_ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(unit_ids)))


def _inside(top: Unit | None) -> str:
    if top is None:
        return ""
    return "s.unit_id IN (SELECT id FROM staff_unit WHERE path >= %(path)s AND path < %(path_end)s)"


def _sums(table: str, counts: Iterable[str]) -> str:
    whole = "bigint" if connection.vendor == "postgresql" else "integer"
    return ", ".join(f"CAST(sum({table}.{name}) AS {whole}) AS {name}" for name in counts)


def _add_to_parents() -> str:
    names = ", ".join(COUNTS)
    table = "unit_coverage_unitfigure"
    return f"""INSERT INTO {table} (day, unit_id, track_id, part, category, {names})
        SELECT f.day, u.parent_id, f.track_id, f.part, f.category, {_sums("f", COUNTS)}
        FROM {table} f JOIN staff_unit u ON u.id = f.unit_id
        WHERE f.day = %(day)s AND {_DEPTH} = %(depth)s GROUP BY f.day, u.parent_id, f.track_id, f.part, f.category
        ON CONFLICT (day, unit_id, track_id, part, category) DO UPDATE SET
        {", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in COUNTS)}"""


_DEPTH = "(length(u.path) - length(replace(u.path, '/', '')))"


def _depth_of_tree(cursor) -> int:
    cursor.execute(f"SELECT max({_DEPTH}) FROM staff_unit u")
    return cursor.fetchone()[0] or 0


def _stored(day: date):
    return connection.ops.adapt_datefield_value(day)


def _days(day: date) -> dict:
    return {"day": _stored(day), "ahead": _stored(ahead_of(day)), "new_year": _stored(day.replace(month=1, day=1))}


def _paths(top: Unit | None) -> dict:
    return {} if top is None else {"path": top.path, "path_end": top.path_end}


@contextmanager
def _memory_for_a_country():
    """A cursor in a transaction that keeps the groups of all units in memory: PostgreSQL's four megabytes do not hold
    them, and what goes to disk meanwhile takes longer than the counting."""
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL work_mem = '128MB'")
        yield cursor


def _rows(sql: str, parameters: dict, cursor_of=None) -> list[tuple]:
    with (cursor_of or connection.cursor)() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
