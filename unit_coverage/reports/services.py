"""Reports: asked for, counted and frozen once, corrected by further ones; lines confirmed; schedules told of."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock
from staff.background import kind_of_fault
from staff.enums import Capability
from staff.models import Scope, Unit, User
from staff.models.units import with_closed_predecessors, with_successors
from staff.private_files import store
from staff.services import notify
from staff.services.errors import StaffError
from unit_coverage.enums import ReportKind
from unit_coverage.models import PeriodScheme, Report, ReportFile, ReportLine, ReportSchedule
from unit_coverage.periods import Period, last_before, period_of
from unit_coverage.reports import content as contents
from unit_coverage.reports import paper as papers
from unit_coverage.services import drain_changes, only_writer
from unit_coverage.todays_units import NotTheseUnits, refuse_units_of

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=10)
MOST_TRIES = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportRefused(StaffError):
    """The report cannot be made or confirmed so; the sentence says why."""


@transaction.atomic
def request_report(
    *,
    kind: str,
    unit: Unit,
    period: Period,
    paper: dict,
    token: UUID,
    by,
    units_of: date | None = None,
    corrects: Report | None = None,
    reason="",
) -> Report:
    """A report that a worker will freeze. The same form again gives the same one.

    ``units_of`` is the day after the period by whose units it counts.
    """
    if (existing := Report.objects.filter(token=token, requested_by=by).first()) is not None:
        return existing
    if period.last > clock.today():
        raise ReportRefused(_("A report is frozen once its last day has come."))
    if units_of is not None:
        try:
            refuse_units_of(units_of, last=period.last)
        except NotTheseUnits as refusal:
            raise ReportRefused(str(refusal)) from refusal
    if not unit.existed_on(day := units_of or period.last):
        words = {"unit": unit.name, "day": f"{day:%d/%m/%Y}"}
        raise ReportRefused(_("%(unit)s did not exist on %(day)s.") % words)
    if corrects is not None:
        if not reason.strip():
            raise ReportRefused(_("Say why the earlier report is corrected."))
        if corrects.units_of != units_of:
            raise ReportRefused(_("A correction counts by the units of the same day as the report it replaces."))
        if (corrects.unit_id, corrects.kind) != (unit.pk, kind) or corrects.frozen_at is None:
            raise ReportRefused(
                _("A correction is about the same unit and of the same kind as the report it replaces.")
            )
    try:
        with transaction.atomic():
            report = Report.objects.create(
                kind=kind,
                unit=unit,
                period_label=period.label,
                first=period.first,
                last=period.last,
                period_basis=period.legal_basis,
                units_of=units_of,
                paper=paper,
                corrects=corrects,
                reason=reason.strip() if corrects else "",
                token=token,
                requested_at=clock.now(),
                requested_by=by,
            )
    except IntegrityError:  # the same form, at the same moment
        return Report.objects.get(token=token, requested_by=by)
    log(instance=report, action="unit_coverage.report.request", user=by, data={"unit": unit.code, "kind": str(kind)})
    return report


def freeze_waiting() -> int:
    """Freezes reports that wait, oldest first; one that fails is tried again later and stops no other."""
    done = 0
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    for pk in list(Report.objects.waiting().filter(free, tries__lt=MOST_TRIES).values_list("pk", flat=True)[:10]):
        done += freeze(report_id=pk)
    return done


def freeze(*, report_id: int) -> bool:
    """Counts, writes the files and freezes; whether this call did it. Two workers never do the same report."""
    now = clock.now()
    claimed = (
        Report.objects.waiting()
        .filter(Q(claimed_until=None) | Q(claimed_until__lt=now), pk=report_id)
        .update(claimed_until=now + CLAIM, tries=F("tries") + 1)
    )
    if not claimed:
        return False
    try:
        drain_changes()
        _freeze(report_id)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the row keeps it and a later round tries again
        logger.exception("Report %s could not be frozen", report_id)
        rest = clock.now() + timedelta(minutes=1)
        Report.objects.waiting().filter(pk=report_id).update(claimed_until=rest, last_error=kind_of_fault(fault)[:300])
        return False
    return True


@transaction.atomic
def try_report_again(*, report_id: int, user) -> bool:
    """An administrator lets a worker take a report up once more; whether it waited."""
    failed = Report.objects.waiting().filter(Q(tries__gte=MOST_TRIES) | ~Q(last_error=""), pk=report_id)
    done = failed.update(tries=0, claimed_until=None, last_error="")
    if done:
        report = Report.objects.get(pk=report_id)
        log(instance=report, action="unit_coverage.report.request", user=user, data={"again": report_id})
    return bool(done)


@transaction.atomic
def _freeze(report_id: int) -> None:
    """The number is given last, under the lock that all givers of numbers take, so that none is lost."""
    only_writer()
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("unit__parent", "requested_by", "corrects")
        .get(pk=report_id)
    )
    if report.frozen_at is not None:
        return
    period = Period(report.period_label, report.first, report.last, report.period_basis)
    moment = clock.now().replace(microsecond=0)
    year = timezone.localdate(moment).year
    last = Report.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    content = contents.build(kind=report.kind, unit=report.unit, period=period, units_of=report.units_of)
    report.year, report.number = year, last + 1
    content |= {"code": report.code, "made_at": moment.isoformat(), "made_by": report.requested_by.staff_code}
    if report.corrects:
        content["corrects"] = {
            "code": report.corrects.code,
            "day": f"{timezone.localdate(report.corrects.frozen_at):%d/%m/%Y}",
            "sha256": report.corrects.sha256,
            "reason": report.reason,
        }
    report.sha256 = contents.digest(content)
    report.frozen_at, report.claimed_until, report.last_error = moment, None, ""
    _write_files(report, content, moment)
    _write_lines(report, content)
    report.save(
        update_fields=["year", "number", "sha256", "frozen_at", "claimed_until", "last_error"],
    )
    data = {"code": report.code, "sha256": report.sha256, "corrects": content.get("corrects", {}).get("code", "")}
    log(instance=report, action="unit_coverage.report.freeze", user=report.requested_by, data=data)
    _tell(report)


def _write_files(report: Report, content: dict, moment) -> None:
    is_list = report.kind == ReportKind.PEOPLE
    drawn = papers.report_paper(
        content, report.unit, report.paper, moment=moment, code=report.code, digest=report.sha256
    )
    stem = report.code.lower()
    files = [
        ("content", f"{stem}.json", "application/json", contents.canonical(content), True),
        ("pdf", f"{stem}.pdf", "application/pdf", papers.pdf(drawn), is_list),
        ("xlsx", f"{stem}.xlsx", XLSX, papers.figures_workbook(content, drawn), False),
        ("people-xlsx", f"{stem}-danh-sach.xlsx", XLSX, papers.people_workbook(content, drawn), True),
        ("people-csv", f"{stem}-danh-sach.csv", "text/csv; charset=utf-8", papers.people_csv(content), True),
    ]
    for role, file_name, content_type, data, names_people in files:
        sha256 = contents.sha256_of(data)
        name = store(data, f"reports/{sha256[:2]}/{sha256}")
        ReportFile.objects.create(
            report=report,
            role=role,
            name=name,
            file_name=file_name,
            content_type=content_type,
            sha256=sha256,
            size=len(data),
            names_people=names_people,
        )


def _write_lines(report: Report, content: dict) -> None:
    """One line a unit that can be confirmed; an index table is confirmed as a whole."""
    if report.kind == ReportKind.INDEX:
        figures = {one["code"]: {"a": one["a"], "b": one["b"]} for one in content["indicators"]}
        ReportLine.objects.create(report=report, unit=report.unit, position=0, figures=figures)
        return
    lines = [line for line in content["lines"] if line["part"] != "own" and line["has_figures"]]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[line["unit"] for line in lines])}
    ReportLine.objects.bulk_create(
        ReportLine(report=report, unit=units[line["unit"]], position=place, figures=line["figures"])
        for place, line in enumerate(lines)
    )


def _tell(report: Report) -> None:
    """Whoever asked is told that it is there; heads, that a figure of theirs waits for their word."""
    path = reverse("reports:report", args=[report.pk])
    key = f"report:{report.pk}"
    notify(to=report.requested_by, kind="unit_coverage.report", key=key, words=partial(_ready, report.code), path=path)
    lines = {line.unit_id: line for line in report.lines.all()}
    for user, unit_id in _heads(lines):
        notify(
            to=user,
            kind="unit_coverage.report_line",
            key=f"report-line:{lines[unit_id].pk}",
            words=partial(_to_confirm, report.code, report.period_label),
            path=reverse("reports:to_confirm"),
        )


def _heads(units) -> Iterator[tuple[User, int]]:
    """(head, unit) for each of ``units``: of a closed one, who heads a unit that followed it."""
    today = clock.today()
    followers = with_successors(units)
    scopes = Scope.objects.on(today).filter(capability=Capability.HEAD, unit__in=followers)
    for scope in scopes.select_related("user", "unit"):
        for unit in with_closed_predecessors([scope.unit], today):
            if unit.pk in units:
                yield scope.user, unit.pk


def _ready(code: str) -> tuple[str, str]:
    return _("Report %(code)s is frozen") % {"code": code}, _("Its files can be downloaded.")


def _to_confirm(code: str, period: str) -> tuple[str, str]:
    words = {"code": code, "period": period}
    return (
        _("A figure of your unit waits for your confirmation"),
        _("Report %(code)s, %(period)s: please look at the figure of your unit and confirm it, or say what is wrong.")
        % words,
    )


@transaction.atomic
def confirm_line(*, line: ReportLine, agrees: bool, remark: str, by) -> bool:
    """The head's word about her unit's figure, once; whether this call was the one."""
    if not agrees and not remark.strip():
        raise ReportRefused(_("Say what is wrong with the figure."))
    if later := line.report.replaced_by:
        raise ReportRefused(_("This report was replaced by %(code)s; please look at that one.") % {"code": later.code})
    now = clock.now()
    done = ReportLine.objects.filter(pk=line.pk, confirmed_at=None).update(
        confirmed_at=now, confirmed_by=by, agrees=agrees, remark=remark.strip()
    )
    if done:
        data = {"line": line.pk, "unit": line.unit.code, "agrees": agrees, "remark": remark.strip()}
        log(instance=line.report, action="unit_coverage.report.confirm", user=by, data=data)
    return bool(done)


# --- Schedules ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_schedule(*, user: User, unit: Unit, kind: str, scheme: PeriodScheme, days_after: int, by) -> ReportSchedule:
    """From the next end of a period on ``user`` is told. The same again gives the one that is there."""
    year, number = last_before(scheme, clock.today())
    schedule, created = ReportSchedule.objects.get_or_create(
        user=user,
        unit=unit,
        kind=kind,
        scheme=scheme,
        ended_at=None,
        defaults={
            "days_after": days_after,
            "told_until": period_of(scheme, year=year, number=number).last,
            "made_at": clock.now(),
            "made_by": by,
        },
    )
    if created:
        data = {"user": user.staff_code, "unit": unit.code, "kind": str(kind), "period": scheme.code}
        log(instance=schedule, action="unit_coverage.schedule.add", user=by, data=data)
    return schedule


@transaction.atomic
def end_schedule(*, schedule: ReportSchedule, by) -> bool:
    """No more is told of; whether it ran until now."""
    done = ReportSchedule.objects.filter(pk=schedule.pk, ended_at=None).update(ended_at=clock.now())
    if done:
        log(instance=schedule, action="unit_coverage.schedule.end", user=by, data={"schedule": schedule.pk})
    return bool(done)


def tell_schedules() -> int:
    """Tells whose period ended, each period once: a link that opens with the reader's own rights, no figures.

    Who may no longer see the unit is not told; the period is passed over.
    """
    told = 0
    today = clock.today()
    running = ReportSchedule.objects.filter(ended_at=None).select_related("user", "unit", "scheme")
    for schedule in running:
        year, number = last_before(schedule.scheme, today - timedelta(days=schedule.days_after))
        period = period_of(schedule.scheme, year=year, number=number)
        if period.last > schedule.told_until:
            told += _tell_one(schedule, period, f"{schedule.scheme.code}:{year}:{number}")
    return told


@transaction.atomic
def _tell_one(schedule: ReportSchedule, period: Period, value: str) -> bool:
    moved = ReportSchedule.objects.filter(pk=schedule.pk, ended_at=None, told_until__lt=period.last).update(
        told_until=period.last
    )
    may = schedule.user.is_active and Unit.objects.filter(pk=schedule.unit_id).visible_to(schedule.user).exists()
    if not moved or not may:
        return False
    query = f"?don-vi={schedule.unit.code}&ky={value}&loai={schedule.kind}"
    notify(
        to=schedule.user,
        kind="unit_coverage.schedule",
        key=f"report-schedule:{schedule.pk}:{period.last}",
        words=partial(_due, schedule.unit.name, period.label),
        path=reverse("reports:new") + query,
    )
    return True


def _due(unit: str, period: str) -> tuple[str, str]:
    return (
        _("The report for %(period)s can be made") % {"period": period},
        _("%(unit)s: the period is over. The link opens the figures with the rights you have at that time.")
        % {"unit": unit},
    )
