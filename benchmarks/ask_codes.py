"""The process that benchmarks.check_page measures: python -m benchmarks.ask_codes COUNT."""

import json
import statistics
import sys
import time
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.issue_certificates import issue, prepare  # noqa: E402
from certificates import codes, queries  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from staff import clock  # noqa: E402


def milliseconds(work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def main() -> None:
    count = int(sys.argv[1])
    for qualification_id in prepare(20):
        issue(qualification_id)
    known, client, day = list(Certificate.objects.values_list("code", flat=True)), Client(), clock.today()
    kinds = {
        "known": lambda turn: known[turn % len(known)],
        "unknown": lambda _turn: codes.new_code(),
        "ill_formed": lambda turn: f"KHONG-PHAI-{turn}",
    }
    host, found = {"HTTP_HOST": settings.ALLOWED_HOSTS[0]}, {}
    # who guesses is slowed: here every guess is answered
    with mock.patch("certificates.check_limits.may_ask_unknown", return_value=True):
        for turn in range(count):
            for kind, draw in kinds.items():
                code = draw(turn)
                looking = milliseconds(lambda code=code: queries.public_record(codes.normalise(code), on=day))
                page = milliseconds(lambda code=code: client.get(f"/kt/{code}/", **host))
                found.setdefault(f"look_up_{kind}_ms", []).append(looking)
                found.setdefault(f"page_{kind}_ms", []).append(page)
    medians = {name: round(statistics.median(values), 3) for name, values in found.items()}
    shares = {
        f"{part}_unknown_to_known": round(medians[f"{part}_unknown_ms"] / medians[f"{part}_known_ms"], 2)
        for part in ("look_up", "page")
    }
    sys.stdout.write(json.dumps({**medians, **shares, "count": count}) + "\n")


if __name__ == "__main__":
    main()
