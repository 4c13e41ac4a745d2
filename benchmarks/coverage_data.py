"""A country's staff, made by the database: units on three levels, people, postings, qualifications and their standings.

Standings are written by SQL of its own from the same facts; ``rebuild_person`` of a sample says whether it is right.
"""

from dataclasses import dataclass
from datetime import date

from django.core.management import call_command
from django.db import connection

# Everybody must hold one course in each track; in the fourth one of them serves both parts.
_RULES = """
INSERT INTO courses_track (id, code, name, name_en, description, audience, position)
    SELECT n, (ARRAY['basic', 'application', 'specialist', 'oss_security'])[n], 'Lĩnh vực ' || n, '', '', '', n
    FROM generate_series(1, 4) n ON CONFLICT DO NOTHING;
INSERT INTO courses_course (id, code, track_id, title, title_en, summary, hours, tags, validity, renewal_window_days,
        needs_supervision, attendance_is_lessons, is_ready, position)
    SELECT 9000 + t.id, 'DO-' || t.id, t.id, 'Khóa ' || t.id, '', '', 8,
        CASE WHEN t.code = 'oss_security' THEN '["oss", "security"]'::jsonb ELSE '[]'::jsonb END,
        'none', 60, false, false, true, 1 FROM courses_track t;
INSERT INTO staff_audience (id, code, name) VALUES (9000, 'do-tai', 'Toàn thể');
INSERT INTO staff_audiencerule (audience_id, version, categories, unit_kinds, positions, duties, valid_from,
        recorded_at, end_reason)
    VALUES (9000, 1, '[]', '[]', '[]', '[]', '2015-01-01', now(), '');
"""

_UNITS = """
INSERT INTO staff_unit (id, code, name, name_en, search_key, sort_key, kind, parent_id, path, gso_code, eid_code,
        aliases, confidence, source, note, recorded_at)
    SELECT n.id, 'U' || n.id, n.name || ' ' || n.id, '', 'u ' || n.id, 'u ' || lpad(n.id::text, 9, '0'), n.kind,
        n.parent, n.path, '', '', '[]', '', '', '', now()
    FROM (
        SELECT 1 AS id, 'Cả nước' AS name, 'department' AS kind, NULL::bigint AS parent, '1/' AS path
        UNION ALL SELECT 1 + p, 'Tỉnh', 'province', 1, '1/' || (1 + p) || '/'
            FROM generate_series(1, %(provinces)s) p
        UNION ALL SELECT 1000 + c, 'Xã', 'commune', 2 + c %% %(provinces)s,
            '1/' || (2 + c %% %(provinces)s) || '/' || (1000 + c) || '/' FROM generate_series(0, %(communes)s - 1) c
        UNION ALL SELECT 100000 + o, 'Phòng', 'office', 1000 + o %% %(communes)s,
            '1/' || (2 + (o %% %(communes)s) %% %(provinces)s) || '/' || (1000 + o %% %(communes)s) || '/'
            || (100000 + o) || '/' FROM generate_series(0, %(offices)s - 1) o
    ) n;
"""

_PEOPLE = """
INSERT INTO staff_staffmember (id, full_name, search_key, sort_key, gender, date_of_birth_precision, legacy_id_hash,
        email, phone)
    SELECT n, 'Nguyễn Văn ' || n, 'nguyen van ' || n, lpad(n::text, 9, '0'), '', '', '', '', ''
    FROM generate_series(1, %(people)s) n;
INSERT INTO staff_posting (staff_member_id, unit_id, position, category, status, is_primary, valid_from, recorded_at,
        end_reason)
    SELECT n, u.ids[1 + n %% cardinality(u.ids)], '',
        (ARRAY['can_bo', 'cong_chuc', 'cong_chuc', 'vien_chuc', 'hop_dong'])[1 + (n / 7) %% 5], 'active', true,
        DATE '2016-01-01' + (n %% 2000)::int, now(), ''
    FROM generate_series(1, %(people)s) n,
        (SELECT array_agg(id ORDER BY id) AS ids FROM staff_unit WHERE kind IN ('commune', 'office')) u;
INSERT INTO staff_duty (staff_member_id, unit_id, kind, is_full_time, decision_number, valid_from, recorded_at,
        end_reason)
    SELECT staff_member_id, unit_id, CASE WHEN staff_member_id %% 40 = 0 THEN 'ict_officer' ELSE 'head' END,
        staff_member_id %% 80 = 0, '', valid_from, now(), '' FROM staff_posting WHERE staff_member_id %% 20 = 0;
"""

# Qualifications are spread over the tracks; of two that one person holds in a track the second follows the first.
_QUALIFICATIONS = """
INSERT INTO courses_qualification (staff_member_id, track_id, course_id, cycle, origin, code, title, valid_from,
        valid_until, granted_at, revoked_reason)
    SELECT 1 + q.person, t.id, 9000 + t.id, 1 + q.turn,
        (ARRAY['passed', 'passed', 'recognised', 'declared'])[1 + (q.person / 3) %% 4], 'DO-' || t.id, 'Khóa ' || t.id,
        first.day, first.day + 1094, now(), ''
    FROM (SELECT n, n %% %(people)s AS person, (n / %(people)s) AS lap, 0 AS turn
        FROM generate_series(0, %(qualifications)s - 1) n) q
    JOIN courses_track t ON t.id = (SELECT min(id) FROM courses_track) + (q.lap + q.person) %% 4
    CROSS JOIN LATERAL (SELECT DATE '2022-01-01' + ((q.person * 31 + q.lap * 401) %% 1700)::int AS day) first;
"""

_STANDINGS = """
INSERT INTO unit_coverage_standing (unit_id, staff_member_id, track_id, part, category, status, binding, is_trained,
        origin, is_leader, due_on, updated_on, lapses_from, valid_from, valid_until)
    SELECT p.unit_id, p.staff_member_id, t.id, parts.part, p.category, p.status, 'bound', s.trained,
        CASE WHEN s.trained THEN q.origin ELSE '' END, h.id IS NOT NULL,
        CASE WHEN s.trained THEN NULL WHEN s.after THEN greatest(DATE '2026-12-31', q.valid_until)
            ELSE DATE '2026-12-31' END,
        CASE WHEN s.trained THEN q.valid_from END, CASE WHEN s.trained THEN q.valid_until + 1 END, s.first, s.last
    FROM staff_posting p CROSS JOIN courses_track t
    JOIN (VALUES ('', ''), ('oss_security', 'oss'), ('oss_security', 'security')) parts (track, part)
        ON parts.part = '' OR parts.track = t.code
    LEFT JOIN staff_duty h ON h.staff_member_id = p.staff_member_id AND h.kind = 'head'
    LEFT JOIN courses_qualification q ON q.staff_member_id = p.staff_member_id AND q.track_id = t.id
    CROSS JOIN LATERAL (
        SELECT false AS trained, false AS after, p.valid_from AS first, q.valid_from - 1 AS last
        UNION ALL SELECT true, false, q.valid_from, q.valid_until WHERE q.id IS NOT NULL
        UNION ALL SELECT false, true, q.valid_until + 1, NULL WHERE q.id IS NOT NULL
    ) s;
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a country is made."""

    people: int
    units: int
    qualifications: int

    @classmethod
    def of(cls, people: int) -> "Size":
        """The country's proportions: 1,000,000 people, 12,000 units, 2,500,000 qualifications."""
        return cls(people, max(people * 12_000 // 1_000_000, 60), people * 5 // 2)


def fill(size: Size) -> None:
    """Make the data set and count the kept days. The database must be PostgreSQL, migrated and empty."""
    from courses.models import Requirement
    from unit_coverage.models import FeedCursor
    from unit_coverage.services import FORMULA, READER

    provinces = max(size.units * 34 // 12_000, 3)
    communes = (size.units - provinces - 1) // 4
    numbers = {
        "people": size.people,
        "qualifications": size.qualifications,
        "provinces": provinces,
        "communes": communes,
        "offices": size.units - 1 - provinces - communes,
    }
    with connection.cursor() as cursor:
        # Made to fit together: no need to look up each reference.
        cursor.execute("SET session_replication_role = replica")
        for statements in (_RULES, _UNITS, _PEOPLE, _QUALIFICATIONS, _STANDINGS):
            _run(cursor, statements, numbers)
            if statements is _RULES:
                for number in range(1, 5):
                    cursor.execute("SELECT id FROM courses_track WHERE position = %s", [number])
                    track_id = cursor.fetchone()[0]
                    Requirement.objects.create(
                        code=f"DO-{number}",
                        version=1,
                        audience_id=9000,
                        track_id=track_id,
                        course_id=9000 + track_id,
                        legal_basis="Đo tải",
                        due_on=date(2026, 12, 31),
                        valid_from=date(2015, 1, 1),
                    )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SELECT setval(pg_get_serial_sequence('staff_staffmember', 'id'), %s)", [size.people])
    FeedCursor.objects.update_or_create(reader=READER, defaults={"formula": FORMULA})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# Of three communes of a province the first takes in the two others, with their offices.
_MERGING = """
CREATE TEMPORARY TABLE merging AS
    WITH communes AS (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) %% 3 AS place, lag(id) OVER (ORDER BY id) AS before,
            lag(id, 2) OVER (ORDER BY id) AS before_that FROM staff_unit WHERE parent_id = %(province)s
    ), closing AS (
        SELECT id AS old, CASE place WHEN 1 THEN before ELSE before_that END AS new FROM communes WHERE place > 0
    )
    SELECT old, new FROM closing UNION ALL SELECT u.id, c.new FROM staff_unit u JOIN closing c ON c.old = u.parent_id;
UPDATE staff_unit SET valid_until = %(day)s::date - 1 FROM merging WHERE id = old;
INSERT INTO staff_succession (predecessor_id, successor_id, effective_on, kind, source, note)
    SELECT old, new, %(day)s, 'merge', '', '' FROM merging;
"""
# What somebody has in a unit that closes ends with it and goes on in the one that follows.
_GOING_ON = """
CREATE TEMPORARY TABLE going_on AS SELECT t.*, m.new FROM {table} t JOIN merging m ON m.old = t.unit_id
    WHERE valid_until IS NULL OR valid_until >= %(day)s;
DELETE FROM {table} t USING going_on g WHERE g.id = t.id AND t.valid_from >= %(day)s;
UPDATE {table} t SET valid_until = %(day)s::date - 1 FROM going_on g WHERE g.id = t.id;
INSERT INTO {table} ({columns}, unit_id, valid_from)
    SELECT {columns}, new, greatest(valid_from, %(day)s::date) FROM going_on;
DROP TABLE going_on;
"""


def merge_communes(*, province_id: int, day: date) -> int:
    """Two of three communes of a province close on the eve of ``day`` and are taken in by the third, people and all.

    Returns how many units closed."""
    from staff.models import Posting
    from unit_coverage.models import Standing

    values = {"province": province_id, "day": day}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        _run(cursor, _MERGING, values)
        for model in (Posting, Standing):
            kept = {"id", "unit_id", "valid_from"}
            columns = ", ".join(f.column for f in model._meta.concrete_fields if f.column not in kept)
            _run(cursor, _GOING_ON.format(table=model._meta.db_table, columns=columns), values)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SELECT count(*) FROM merging")
        closed = cursor.fetchone()[0]
        cursor.execute("ANALYZE")
    return closed


def _run(cursor, statements: str, values: dict) -> None:
    for statement in statements.split(";\n"):
        if statement.strip():
            cursor.execute(statement, values)


def migrate() -> None:
    call_command("migrate", verbosity=0)
