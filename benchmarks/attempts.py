"""Sitting a test: what a save, an attempt and a common start cost, beside the barest requests in the same run.

    python -m benchmarks.attempts [--load FOLDER] [--rounds N] [--seconds S]

Production settings, PostgreSQL, Redis, gunicorn with two processes; the load client in FOLDER (default ../shared/load)
plays the learners, each without think time. Ratios are of figures taken side by side in each round; the CPU of an
attempt counts as measured, and is told beside it as on a core at full speed, by the client's fixed loop before and
after. The last line is JSON.
"""

import json
import statistics
import sys

from benchmarks.exam_people import COURSE
from benchmarks.installation import Installation, installation
from benchmarks.load_client import load_options, measured, run_module, sql

PASSWORD = "do-tai-2026-" + "x" * 8
LEARNERS, QUESTIONS, STARTING = 330, 30, 300
CROWDS = (8, 32, 128)  # learners who do not think, for the growth of the slowest saves
BARE_REQUESTS = QUESTIONS + 3  # the start, the saves, the handing in, the review; each with one UPSERT
# What the client's fixed loop takes on a core at full speed, as its README says.
LOOP_MS = 23.5
CLAIMS = {
    "save_rate_to_floor": (0.7, None),
    "attempt_cpu_ms": (None, 100),
    "attempt_queries": (None, 150),
    "attempt_rate_to_bare": (0.6, None),
    "starts_seconds": (None, 60),
    "session_starts_seconds": (None, 60),
}


def main() -> int:
    options = load_options(__doc__, rounds=3, seconds=15.0)
    with installation(prepare=_prepare, workers=2) as here:
        sql(here, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        starts = _start_together(here, options, "start", offset=0)
        in_session = _start_together(here, options, "seat", offset=LEARNERS)
        one = _measure(here, options, "attempt", flows=5)
        rounds = [_round(here, options) for _number in range(options.rounds)]
        crowds = [_measure(here, options, "attempt", learners=learners) for learners in CROWDS]
    p95 = [crowd["steps"]["3 save"]["p95_ms"] for crowd in crowds]
    result = {
        "benchmark": "attempts",
        "save_rate_to_floor": _ratio(rounds, "saves", "floor", "req_per_s"),
        "attempt_cpu_ms": (cpu := one["per_attempt"]["server_cpu_ms_each"]["sum"]),
        "loop_ms": (loop := statistics.mean(one["calib_cpu_ms"])),
        "attempt_cpu_ms_at_full_speed": round(cpu * LOOP_MS / loop, 1),
        "attempt_cpu_ms_web": one["per_attempt"]["server_cpu_ms_each"]["web"],
        "attempt_queries": one["per_attempt"]["db_queries_each"],
        "attempt_requests": one["requests_per_attempt"],
        "attempt_rate_to_bare": _ratio(rounds, "attempt", "bare", "attempts_per_min"),
        "attempt_rate_to_reading": _ratio(rounds, "attempt", "reading", "attempts_per_min"),
        "attempts_per_min_at_50": round(statistics.median(turn["attempt"]["attempts_per_min"] for turn in rounds), 1),
        "starts": starts["steps"]["2 start"]["n"],
        "starts_seconds": round(starts["seconds"], 1),
        "session_starts": in_session["steps"]["2 start"]["n"],
        "session_starts_seconds": round(in_session["seconds"], 1),
        "save_p95_ms": dict(zip(CROWDS, p95, strict=True)),
        "p95_growth_8_to_128": round(p95[-1] / p95[0], 1),
        "exam_page_wire_bytes": one["steps"]["2 start >redirect1"]["wire_bytes"],
        "rounds": options.rounds,
    }
    result["holds"] = all(_holds(result[name], *bounds) for name, bounds in CLAIMS.items())
    for name, step in one["steps"].items():
        print(f"{name:24} p50 {step['p50_ms']:7.1f} ms  p95 {step['p95_ms']:7.1f} ms  {step['wire_bytes']:7d} bytes")
    print(json.dumps(result))
    return 0


def _prepare(environment) -> None:
    people = (str(LEARNERS + STARTING), PASSWORD, str(QUESTIONS), str(STARTING))
    run_module(environment, "benchmarks.exam_people", *people)


def _round(here, options) -> dict[str, dict]:
    return {
        "saves": _measure(here, options, "saves", learners=8),
        "floor": _measure(here, options, "floor", learners=8),
        "attempt": _measure(here, options, "attempt", learners=50),
        "bare": _measure(here, options, "bare", learners=50),
        "reading": _measure(here, options, "reading", learners=50),
    }


def _start_together(here: Installation, options, do: str, *, offset: int) -> dict:
    """Everybody presses Start at once: at most so many seconds until the last one sees her paper."""
    found = _measure(here, options, do, learners=STARTING, seconds=1, offset=offset)
    found["seconds"] = sum(step["max_ms"] for step in found["steps"].values()) / 1000
    return found


def _measure(here, options, do, *, learners=1, flows=None, seconds=None, offset=0) -> dict:
    fixture = {
        "do": do,
        "password": PASSWORD,
        "course": COURSE,
        "questions": QUESTIONS,
        "requests": BARE_REQUESTS,
        "name": "Người Học",
        "result": 'class="question review"',
    }
    how = (
        ["--measure", "quiz1", "-n", str(flows)]
        if flows
        else ["--measure", "quizN", "-c", str(learners), "-d", str(seconds or options.seconds)]
    )
    return measured(here, options.load, "attempts", fixture, [*how, "--offset", str(offset)])


def _ratio(rounds, one, other, figure) -> float:
    return round(statistics.median(turn[one][figure] / turn[other][figure] for turn in rounds), 3)


def _holds(value, least, most) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


if __name__ == "__main__":
    sys.exit(main())
