"""Reports: looked at, frozen, compared with today, confirmed, told of. A foreign unit or report answers 404."""

import json

from django.contrib import messages
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from staff import clock
from staff.access import unit_for
from staff.models import StaffMember
from staff.vietnamese import slug
from unit_coverage.enums import FigureKey, ReportKind
from unit_coverage.indicators.views import period_query
from unit_coverage.models import Indicator, Report, ReportLine, ReportSchedule, Standing
from unit_coverage.periods import Period
from unit_coverage.reports import access, services
from unit_coverage.reports import content as contents
from unit_coverage.reports import paper as papers
from unit_coverage.reports.forms import ConfirmationForm, CorrectionForm, PaperForm, ReportForm, ScheduleForm
from unit_coverage.reports.services import ReportRefused
from unit_coverage.todays_units import PeopleByUnits

PAGE_SIZE = 50
# Smaller units get their report at once; a worker makes the others.
AT_ONCE = 1500
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """The reports of the units that the reader may see, newest first."""
    access.require_reader(request.user)
    rows = Report.objects.visible_to(request.user).select_related("unit", "requested_by", "corrects")
    rows = rows.prefetch_related("corrected_by")
    page = Paginator(rows.order_by("-requested_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = ReportLine.objects.to_confirm_by(request.user, access.headed_units(request.user)).count()
    return render(request, "unit_coverage/reports/index.html", {"page": page, "waiting": waiting})


@get_or_post
def new(request):
    """The figures as they stand; posted, a numbered copy is frozen."""
    form, unit = _asked(request)
    context = {"form": form}
    if unit is None:
        return render(request, "unit_coverage/reports/new.html", context)
    asked = form.cleaned_data
    may_make = access.can_make(request.user, unit)
    paper = PaperForm(request.POST or None)
    if request.method == "POST":
        if not may_make:
            raise Http404
        if paper.is_valid():
            try:
                made = services.request_report(
                    kind=asked["loai"],
                    unit=unit,
                    period=asked["period"],
                    units_of=asked["co_cau"],
                    paper=paper.paper(),
                    token=paper.cleaned_data["token"],
                    by=request.user,
                )
            except ReportRefused as refusal:
                paper.add_error(None, str(refusal))
            else:
                return _made(made)
    context |= {"unit": unit, **asked, "query": _query(asked), "paper": paper, "may_make": may_make}
    context["frozen"] = _frozen_already(asked, unit)
    if unit.existed_on(asked["structure_day"]):
        content = contents.build(kind=asked["loai"], unit=unit, period=asked["period"], units_of=asked["co_cau"])
        context |= {"content": content, **_shown(content)}
    return render(request, "unit_coverage/reports/new.html", context)


def _frozen_already(asked: dict, unit) -> Report | None:
    """The newest numbered copy of the same figures: another one may be meant, or the form was sent again."""
    period = asked["period"]
    same = Report.objects.filter(
        kind=asked["loai"],
        unit=unit,
        first=period.first,
        last=period.last,
        units_of=asked["co_cau"],
        frozen_at__isnull=False,
    )
    return same.order_by("-frozen_at").first()


def _made(report: Report):
    """Small ones are frozen before the answer; the worker takes the others."""
    if report.frozen_at is None and _headcount(report) <= AT_ONCE:
        services.freeze(report_id=report.pk)
    return redirect("reports:report", pk=report.pk)


def _headcount(report: Report) -> int:
    if report.units_of:
        here = PeopleByUnits(unit=report.unit, on=report.last, by=report.units_of).within()
        return Standing.objects.on(report.last).filter(here).values("staff_member").distinct().count()
    return StaffMember.objects.filter(
        postings__is_primary=True,
        postings__valid_from__lte=report.last,
        postings__unit__path__gte=report.unit.path,
        postings__unit__path__lt=report.unit.path_end,
    ).count()


@require_safe
def draft(request, form):
    """The report as a file, before it has a number: people are named only where the reader may see them today."""
    asked_form, unit = _asked(request)
    if unit is None or not unit.existed_on(asked_form.cleaned_data["structure_day"]):
        return HttpResponse(_("Choose a unit and a period."), status=400, content_type="text/plain; charset=utf-8")
    asked = asked_form.cleaned_data
    content = contents.build(kind=asked["loai"], unit=unit, period=asked["period"], units_of=asked["co_cau"])
    content["people"] = _named_for(request.user, content["people"])
    drawn = papers.report_paper(content, unit, {}, moment=clock.now())
    make, content_type, ending = _DRAFTS[form]
    data = make(content, drawn)
    if request.method == "GET":
        log(instance=unit, action="unit_coverage.export", user=request.user, data={"query": request.GET.dict()})
    name = f"bao-cao-{slug(unit.code)}-{asked['period'].last:%Y%m%d}.{ending}"
    return _download(data, name, content_type)


_DRAFTS = {
    "pdf": (lambda content, drawn: papers.pdf(drawn), "application/pdf", "pdf"),
    "xlsx": (papers.figures_workbook, services.XLSX, "xlsx"),
    "nguoi-xlsx": (papers.people_workbook, services.XLSX, "xlsx"),
    "nguoi-csv": (lambda content, drawn: papers.people_csv(content), "text/csv; charset=utf-8", "csv"),
}


@require_safe
def report(request, pk):
    """As reported, as known today, and the difference by person."""
    found = access.report_for(request.user, pk=pk)
    context = {"report": found, "may_make": access.can_make(request.user, found.unit)}
    if found.frozen_at is None:
        return render(request, "unit_coverage/reports/report.html", context)
    content = content_of(found)
    period = Period(found.period_label, found.first, found.last, found.period_basis)
    today = contents.build(kind=found.kind, unit=found.unit, period=period, units_of=found.units_of)
    moved = contents.differences(content, today)
    before, after = contents.figures_of(content), contents.figures_of(today)
    visible = StaffMember.objects.visible_to(request.user).filter(pk__in=moved).in_name_order()
    page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
    names = access.may_read_names(request.user, [person["id"] for person in content["people"]])
    context |= {
        "content": content,
        "is_whole": contents.digest(content) == found.sha256,
        "compared": [
            (contents.label_of(content if key in before else today, key), before.get(key), after.get(key))
            for key in [*before, *(key for key in after if key not in before)]
        ],
        "moved": [
            (
                person.full_name,
                [
                    (contents.label_of(content if key in before else today, key), *map(contents.outcome_words, pair))
                    for key, pair in moved[person.pk].items()
                ],
            )
            for person in page.object_list
        ],
        "page": page,
        "elsewhere": len(moved) - page.paginator.count,
        "files": [file for file in found.files.order_by("pk") if names or not file.names_people],
        "names": names,
        "lines": found.lines.select_related("unit", "confirmed_by"),
        "corrected_by": found.corrected_by.filter(frozen_at__isnull=False).order_by("pk"),
        **_shown(content),
    }
    return render(request, "unit_coverage/reports/report.html", context)


def content_of(found: Report) -> dict:
    """The frozen content, read from its file."""
    stored = found.files.get(role="content")
    with storages["private"].open(stored.name) as file:
        return json.loads(file.read())


@require_safe
def report_file(request, pk, file_pk):
    """A frozen file, as it was written. One that names people is given to whoever may see all of them today."""
    found = access.report_for(request.user, pk=pk)
    file = access.file_for(request.user, report=found, pk=file_pk)
    if file.names_people:
        ids = [person["id"] for person in content_of(found)["people"]]
        if not access.may_read_names(request.user, ids):
            raise Http404
    with storages["private"].open(file.name) as stored:
        data = stored.read()
    if request.method == "GET":
        log(instance=found, action="unit_coverage.export", user=request.user, data={"file": file.file_name})
    return _download(data, file.file_name, file.content_type)


@get_or_post
def correct(request, pk):
    """A further report about the same unit and period that names the one it replaces."""
    found = access.report_for(request.user, pk=pk)
    if found.frozen_at is None or not access.can_make(request.user, found.unit):
        raise Http404
    form = CorrectionForm(request.POST or None, initial=found.paper)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.request_report(
                kind=found.kind,
                unit=found.unit,
                period=Period(found.period_label, found.first, found.last, found.period_basis),
                paper=form.paper(),
                token=form.cleaned_data["token"],
                by=request.user,
                units_of=found.units_of,
                corrects=found,
                reason=form.cleaned_data["reason"],
            )
        except ReportRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _made(made)
    return render(request, "unit_coverage/reports/correct.html", {"form": form, "report": found})


@require_safe
def to_confirm(request):
    """The figures of the reader's own unit in frozen reports, those that wait for her word first."""
    units = access.headed_units(request.user)
    if not units:
        raise Http404
    lines = ReportLine.objects.filter(unit__in=units).asked_or_said()
    lines = lines.select_related("report", "unit", "confirmed_by").order_by(
        F("confirmed_at").asc(nulls_first=True), "-report__frozen_at", "pk"
    )
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [(line, _line_figures(line)) for line in page.object_list]
    return render(request, "unit_coverage/reports/to_confirm.html", {"page": page, "lines": shown})


@get_or_post
def confirm(request, pk):
    """The head's word, once."""
    line = access.line_to_confirm(request.user, pk=pk)
    form = ConfirmationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.confirm_line(line=line, agrees=said["agrees"] == "yes", remark=said["remark"], by=request.user)
        except ReportRefused as refusal:
            form.add_error("remark", str(refusal))
        else:
            messages.success(request, _("Your word is recorded."))
            return redirect("reports:to_confirm")
    context = {"form": form, "line": line, "figures": _line_figures(line), "replaced_by": line.report.replaced_by}
    return render(request, "unit_coverage/reports/confirm.html", context)


@get_or_post
def schedules(request):
    """Whom the reader had told, and what tells her."""
    access.require_reader(request.user)
    form = ScheduleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        unit = unit_for(request.user, code=said["unit"])
        code = said["staff_code"].strip().upper()
        recipient = (
            next((user for user in access.recipients_for(request.user, unit) if user.staff_code == code), None)
            if code
            else request.user
        )
        if recipient is None:
            form.add_error("staff_code", _("Nobody with this code may see the unit."))
        else:
            services.add_schedule(
                user=recipient,
                unit=unit,
                kind=said["kind"],
                scheme=said["scheme"],
                days_after=said["days_after"],
                by=request.user,
            )
            messages.success(request, _("The schedule is recorded."))
            return redirect("reports:schedules")
    mine = ReportSchedule.objects.filter(user=request.user) | ReportSchedule.objects.filter(made_by=request.user)
    rows = mine.filter(ended_at=None).select_related("user", "unit", "scheme").order_by("pk")
    return render(request, "unit_coverage/reports/schedules.html", {"form": form, "rows": rows})


@require_POST
def end_schedule(request, pk):
    services.end_schedule(schedule=access.schedule_for(request.user, pk=pk), by=request.user)
    messages.success(request, _("Nobody is told any more."))
    return redirect("reports:schedules")


def _asked(request):
    """The form of the address, and the unit that it names; None where the form says what is wrong."""
    access.require_reader(request.user)
    if asked := request.GET.get("don-vi"):
        unit_for(request.user, code=asked)
    form = ReportForm(request.GET, user=request.user)
    return form, unit_for(request.user, code=form.cleaned_data["don_vi"]) if form.is_valid() else None


def _query(asked: dict) -> str:
    return f"{period_query(asked)}&loai={asked['loai']}"


def _shown(content: dict) -> dict:
    """The table of the page: that of the paper."""
    if content["kind"] == ReportKind.INDEX:
        return {"table": papers.index_table(content)}
    return {"table": papers.coverage_table(content), "people_count": len(content["people"])}


def _named_for(user, people: list[dict]) -> list[dict]:
    if user.is_superuser:
        return people
    seen = access.visible_ids(user)
    hidden = {"name": "(hiện thuộc đơn vị khác)", "code": "", "why": {}}
    return [person if person["id"] in seen else person | hidden for person in people]


def _line_figures(line: ReportLine) -> list[tuple[str, int, int | None]]:
    names = dict(FigureKey.choices)
    if line.report.kind == ReportKind.INDEX:
        names = dict(Indicator.objects.values_list("code", "name"))
    return [(names.get(key, key), figure["a"], figure["b"]) for key, figure in line.figures.items()]


def _download(data: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
