"""The pages of administrators: how each part of the installation is, and the work that waits."""

import logging
import os
import platform
from dataclasses import dataclass
from functools import wraps
from itertools import islice

import django
import wagtail
from django.conf import settings
from django.contrib import messages
from django.core.files.storage import FileSystemStorage, storages
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from certificates.signing import key_condition
from lms import background, health
from lms.words import PARTS, STATES, words_of_function
from staff import clock, security_log
from staff.background import Job, JobSource, JobState, kind_of_fault
from staff.models import Alarm, BackgroundFunction
from staff.services import try_at_once

logger = logging.getLogger(__name__)

PAGE_SIZE = 50
FUNCTIONS = "functions"
STATE_KINDS = {JobState.WAITING: "now", JobState.RUNNING: "now", JobState.POSTPONED: "warn", JobState.PARKED: "bad"}


def for_administrators(view):
    """404 for everybody else: that there are such pages is nobody's business."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as the page prints it."""

    name: str
    kind: str
    state: str
    advice: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WorkLine:
    """How much of a kind of work waits."""

    kind: str
    words: str
    total: int
    parked: int


@require_safe
@for_administrators
def page(request):
    """Every part with its state in words, what to do about it, and the figures behind it."""
    found = health.parts()
    lines = [_line(name, state) for name, state in found.items()]
    context = {
        "lines": lines,
        "is_well": all(line.kind == "ok" for line in lines),
        "alarms": Alarm.objects.filter(ended_at=None).order_by("-raised_at")[:20],
        "work": [_work_line(source) for source in background.job_sources()],
        "failing": BackgroundFunction.objects.failing().count(),
        "now": clock.now(),
    }
    return render(request, "lms/operations.html", context)


def _line(name: str, state: str) -> PartLine:
    words, advice = STATES[name, state]
    facts = _FACTS[name](state)
    return PartLine(str(PARTS[name]), health.kind_of(state), str(words), str(advice), facts)


def _database_facts(state):
    if state != "ok":
        return []
    if connection.vendor != "postgresql":
        return [(_("Version"), f"SQLite {connection.Database.sqlite_version}"), *_versions()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return [(_("Version"), f"PostgreSQL {version}"), (_("Size"), _gigabytes(size)), *_versions()]


def _versions():
    programs = f"Python {platform.python_version()} · Django {django.get_version()} · Wagtail {wagtail.__version__}"
    return [(_("Programs"), programs), (_("Release"), _release())]


def _release() -> str:
    """The folder this version was installed in, which installation names after it."""
    return os.path.basename(os.path.realpath(settings.BASE_DIR))


def _broker_facts(state):
    waiting = health.waiting_messages() if state == "ok" else None
    return [] if waiting is None else [(_("Messages that wait"), str(waiting))]


def _storage_facts(state):
    storage = storages["private"]
    if not isinstance(storage, FileSystemStorage) or not os.path.isdir(storage.location):
        return []
    free, total = health.room_of(storage.location)
    room = _("%(free)s of %(total)s") % {"free": _gigabytes(free), "total": _gigabytes(total)}
    return [(_("Free"), room), (_("Folder"), str(storage.location))]


def _gigabytes(count: int) -> str:
    from lms.templatetags.look import number

    return f"{number(count / 1024**3, 1)} GB"


def _key_facts(state):
    condition = key_condition()
    if condition.valid_until is None:
        return [(_("Fault"), condition.problem)] if condition.problem else []
    facts = [
        (_("Holder"), condition.holder),
        (_("Valid until"), clock.local_day(condition.valid_until).strftime("%d/%m/%Y")),
    ]
    return facts if condition.days_left < 0 else [*facts, (_("Days left"), str(condition.days_left))]


def _work_facts(state):
    from lms.templatetags.look import moment

    last = health.last_sweep() if state != "unknown" else None
    return [(_("Last round"), moment(last))] if last else []


_FACTS = {
    "database": _database_facts,
    "cache": lambda state: [],
    "broker": _broker_facts,
    "storage": _storage_facts,
    "signing_key": _key_facts,
    "work": _work_facts,
}


def _work_line(source: JobSource) -> WorkLine:
    counts = source.counts()
    return WorkLine(source.kind, str(source.words), sum(counts.values()), counts.get(JobState.PARKED, 0))


# --- The list of work ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job with what the page adds to it."""

    job: Job
    kind: str
    words: str
    status: str


class Jobs:
    """The rows of several sources, one source after the other, counted and sliced as one list."""

    def __init__(self, sources: list[JobSource], state: JobState | None):
        self._sources = sources
        self._state = state
        self._counts = [self._count(source) for source in sources]

    def _count(self, source):
        counts = source.counts()
        return sum(counts.values()) if self._state is None else counts.get(self._state, 0)

    def count(self) -> int:
        return sum(self._counts)

    def __len__(self):
        return self.count()

    def __getitem__(self, part: slice) -> list[JobLine]:
        start, limit = part.start or 0, part.stop - (part.start or 0)
        lines = []
        for source, count in zip(self._sources, self._counts, strict=True):
            if start >= count:
                start -= count
                continue
            wanted = limit - len(lines)
            lines += [
                JobLine(job, source.kind, str(source.words), STATE_KINDS[job.state])
                for job in islice(source.rows(self._state, start, wanted), wanted)
            ]
            start = 0
            if len(lines) >= limit:
                break
        return lines


@dataclass(frozen=True, slots=True)
class FunctionLine:
    """A background function as the page prints it."""

    row: BackgroundFunction
    words: str
    rests: bool


@require_safe
@for_administrators
def jobs(request):
    """All work that waits, failed or was given up, of every room; below it the functions that do it."""
    sources = background.job_sources()
    kind = request.GET.get("kind", "")
    state = next((known for known in JobState if known == request.GET.get("state")), None)
    chosen = [source for source in sources if kind in {"", source.kind}]
    page = Paginator(Jobs(chosen, state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "kind": kind,
        "state": state,
        "kinds": [*((source.kind, source.words) for source in sources), (FUNCTIONS, _("Background functions"))],
        "states": [(known.value, known.label) for known in JobState],
        "functions": _function_lines() if kind in {"", FUNCTIONS} else [],
        "shows_jobs": kind != FUNCTIONS,
    }
    return render(request, "lms/jobs.html", context)


def _function_lines() -> list[FunctionLine]:
    """Those that the rooms list now, the failing first; one that never ran has an empty row."""
    listed = [*background.prompt(), *background.sweepers()]
    names = list(dict.fromkeys(background.name_of(function) for function in listed))
    rows = BackgroundFunction.objects.in_bulk(names, field_name="name")
    now = clock.now()
    lines = [
        FunctionLine(row, words_of_function(name), bool(row.next_try_at and row.next_try_at > now))
        for name in names
        for row in [rows.get(name) or BackgroundFunction(name=name)]
    ]
    return sorted(lines, key=lambda line: -line.row.failures)


_ANSWERS = {
    "again": (messages.SUCCESS, gettext_lazy("It is tried again now.")),
    "nothing": (messages.INFO, gettext_lazy("There was nothing to try again: it is done, or at work.")),
}


@require_POST
@for_administrators
def retry(request, kind, pk):
    """Let one row be tried at once. Asking again changes nothing; the log keeps who asked."""
    source = _source(kind)
    try:
        done = source(pk, request.user)
    except Exception as error:  # noqa: BLE001 - whatever it is, the list stays and says what kind of fault it was
        logger.exception("%s %s failed again", kind, pk)
        messages.error(request, _("It failed again: %(fault)s.") % {"fault": kind_of_fault(error)})
    else:
        messages.add_message(request, *_ANSWERS["again" if done else "nothing"])
    security_log.note("job_retried", request=request, kind=kind, job=pk)
    return HttpResponseRedirect(f"{reverse('jobs')}?kind={kind}")


def _source(kind: str):
    if kind == FUNCTIONS:
        return lambda pk, user: try_at_once(function_id=pk, user=user)
    for source in background.job_sources():
        if source.kind == kind and source.retry is not None:
            return source.retry
    raise Http404
