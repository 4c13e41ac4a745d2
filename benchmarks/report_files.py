"""What ``benchmarks.reports`` measures, within the installation that it made.

python -m benchmarks.report_files PEOPLE ROUNDS
"""

import json
import resource
import sys
import time
from datetime import date

import django

COMMUNES = 120
DAY = date(2026, 9, 30)


def fill(people: int):
    from django.core.management import call_command

    from courses.models import Course, Qualification, Requirement, Track, TrackRule
    from staff.models import Audience, AudienceRule, Posting, StaffMember, Unit
    from unit_coverage.services import rebuild_all

    call_command("load_courses", verbosity=0)
    begun = date(2024, 1, 1)
    province = Unit.objects.create(code="tinh", name="Tỉnh đo tải", kind="province")
    units = [
        Unit.objects.create(code=f"xa-{n}", name=f"Xã đo tải {n}", kind="commune", parent=province)
        for n in range(COMMUNES)
    ]
    audience = Audience.objects.create(code="tat-ca", name="Toàn thể")
    AudienceRule.objects.create(audience=audience, version=1, valid_from=begun)
    for track in Track.objects.all():
        rule = TrackRule.objects.create(track=track, version=1, valid_from=begun)
        rule.courses.set(Course.objects.filter(track=track)[:2])
        Requirement.objects.create(
            code=f"YC-{track.code}", version=1, audience=audience, track=track, legal_basis="Kế hoạch", valid_from=begun
        )
    members = [StaffMember(full_name=f"Nguyễn Thị Hoàng Ngân {n}") for n in range(people)]
    for member in members:
        member.fill_keys()
    members = StaffMember.objects.bulk_create(members, batch_size=2000)
    Posting.objects.bulk_create(
        (
            Posting(staff_member=m, unit=units[n % COMMUNES], category="cong_chuc", valid_from=begun)
            for n, m in enumerate(members)
        ),
        batch_size=2000,
    )
    tracks = list(Track.objects.all())
    Qualification.objects.bulk_create(
        (
            Qualification(
                staff_member=m, track=track, origin="passed", code=track.code, title=track.name, valid_from=begun
            )
            for n, m in enumerate(members)
            for track in tracks[: n % (len(tracks) + 1)]
        ),
        batch_size=2000,
    )
    rebuild_all()
    return province


def measured(people: int, rounds: int) -> dict:
    from staff import clock
    from unit_coverage.periods import Period
    from unit_coverage.reports import content as contents
    from unit_coverage.reports import paper

    province = fill(people)
    period = Period("Quý III/2026", date(2026, 7, 1), DAY)
    best: dict[str, float] = {}
    least_cpu: dict[str, float] = {}
    sizes = {}
    for _round in range(rounds):
        for name in ("xlsx", "csv"):
            began, cpu = time.perf_counter(), time.process_time()
            content = contents.build(kind="people", unit=province, period=period)
            counted = time.perf_counter() - began
            if name == "xlsx":
                report = paper.report_paper(content, province, {}, moment=clock.now(), names=False)
                data = paper.people_workbook(content, report)
            else:
                data = paper.people_csv(content)
            took, cpu = time.perf_counter() - began, time.process_time() - cpu
            least_cpu[name] = min(least_cpu.get(name, cpu), cpu)
            best[name], best["counting"] = (
                min(best.get(name, took), took),
                min(best.get("counting", counted), counted),
            )
            sizes[name] = len(data)
        if len(content["people"]) != people:
            raise SystemExit("not everybody is in the file")
    return {
        "people": people,
        "rounds": rounds,
        "seconds": {name: round(seconds, 2) for name, seconds in best.items()},
        # What a busy machine tells as well: of this process, the server's part of counting left out.
        "cpu_seconds": {name: round(seconds, 2) for name, seconds in least_cpu.items()},
        "bytes": sizes,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
