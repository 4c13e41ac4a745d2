"""A signed-in lesson view against Wagtail's stock serve of the same page and against a bare signed-in view.

    python -m benchmarks.pages [--load FOLDER] [--rounds N] [--seconds S]

Production settings, PostgreSQL, Redis, one gunicorn process; the load client in FOLDER (default ../shared/load)
asks the pages in turn, round by round in one sitting, so that each ratio is of figures taken side by side. The claim
is of ratios of CPU: absolute figures belong to this machine on this day. The last line is JSON.
"""

import json
import statistics
import sys

from benchmarks.installation import Installation, installation
from benchmarks.load_client import load_options, measured, run_module, sql

PASSWORD = "do-tai-2026-" + "x" * 8
LEARNERS, LESSONS = 4, 120
QUERIES_ALLOWED, CPU_ALLOWED = 8, 0.8


def main() -> int:
    options = load_options(__doc__, rounds=5, seconds=4.0)
    with installation(prepare=_prepare) as here:
        sql(here, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        pages = _pages(here)
        rounds = [_round(here, pages, options) for _round_number in range(options.rounds)]
    figures = {name: _median(rounds, name) for name in pages}
    for name, figure in figures.items():
        print(f"{name:16} {figure['cpu_ms']:7.2f} ms CPU  {figure['queries']:5.1f} queries  {figure['p50_ms']:7.1f} ms")
    ratio = {name: _ratio(rounds, "lesson", name) for name in ("stock", "bare")}
    ratio["stock, large course"] = _ratio(rounds, "lesson, large", "stock, large")
    most = max(figures["lesson"]["queries"], figures["lesson, large"]["queries"])
    result = {
        "benchmark": "pages",
        "lesson_cpu_to_stock": ratio["stock"],
        "lesson_cpu_to_stock_large_course": ratio["stock, large course"],
        "lesson_cpu_to_bare": ratio["bare"],
        "queries": most,
        "queries_large_course": figures["lesson, large"]["queries"],
        "lessons_of_large_course": LESSONS,
        "lesson_cpu_ms": figures["lesson"]["cpu_ms"],
        "wire_bytes_gzip": figures["lesson"]["wire_bytes"],
        "rounds": options.rounds,
        "holds": most <= QUERIES_ALLOWED and max(ratio["stock"], ratio["stock, large course"]) <= CPU_ALLOWED,
    }
    print(json.dumps(result))
    return 0


def _prepare(environment):
    run_module(environment, "benchmarks.people", str(LEARNERS), PASSWORD, str(LESSONS))


def _pages(here: Installation) -> dict[str, dict]:
    """What to ask under each name: addresses, and words that must be on the page so that an error is not measured."""
    small = sql(here, _ADDRESSES.format(code="CB-01")).splitlines()
    large = sql(here, _ADDRESSES.format(code="DO-01")).splitlines()
    words = "lesson-layout"
    return {
        "lesson": {"addresses": [f"/hoc/CB-01/{path.rsplit('/', 2)[1]}/" for path in small], "want": words},
        "stock": {"addresses": [f"/stock/{path}" for path in small], "want": words},
        "bare": {"addresses": ["/bare/"], "want": "Người Học"},
        "lesson, large": {"addresses": [f"/hoc/DO-01/{path.rsplit('/', 2)[1]}/" for path in large], "want": words},
        "stock, large": {"addresses": [f"/stock/{path}" for path in large], "want": words},
    }


# Addresses below the site's root, by the tree that Wagtail walks.
_ADDRESSES = """
    SELECT regexp_replace(lesson.url_path, '^/[^/]*/', '') FROM wagtailcore_page lesson
    JOIN courses_lessonpage own ON own.page_ptr_id = lesson.id
    JOIN wagtailcore_page parent ON lesson.path LIKE parent.path || '%' AND parent.depth = lesson.depth - 1
    JOIN courses_coursepage shown ON shown.page_ptr_id = parent.id
    JOIN courses_course course ON course.id = shown.course_id WHERE course.code = '{code}' ORDER BY lesson.path
"""


def _round(here, pages, options) -> dict[str, dict]:
    return {name: _measure(here, page, options) for name, page in pages.items()}


def _measure(here, page, options) -> dict:
    how = ["--measure", "lesson", "-c", "2", "-d", str(options.seconds)]
    found = measured(here, options.load, "lms", {**page, "password": PASSWORD}, how)
    return {
        "cpu_ms": found["server_cpu_ms_each"]["web"],
        "queries": found["db_queries_each"],
        "p50_ms": found["p50_ms"],
        "wire_bytes": found["wire_bytes"],
    }


def _median(rounds, name) -> dict:
    return {key: round(statistics.median(turn[name][key] for turn in rounds), 2) for key in rounds[0][name]}


def _ratio(rounds, one, other) -> float:
    """The median of the rounds' ratios."""
    return round(statistics.median(turn[one]["cpu_ms"] / turn[other]["cpu_ms"] for turn in rounds), 3)


if __name__ == "__main__":
    sys.exit(main())
