"""Who is overdue or soon will be, who was told of it and how: a list for HR and heads, on the screen and on paper."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.models import OpenObligation
from staff import clock, queries
from staff.access import can_manage_accounts, require_people
from unit_coverage.reminder_queries import Stretch, lines_of, open_obligations, reached, reminders_told

PAGE_SIZE = 50
# One sheet to print: more belongs into a spreadsheet.
SHEET_SIZE = 1000
LOG = "nhat-ky"


@require_safe
def reminders(request):
    """What is open by date, with ticks for slips; ``in=1`` on one sheet; ``muc=nhat-ky`` all that was told."""
    require_people(request.user)
    units = queries.units_to_choose(request.user)
    unit = queries.unit_among(units, request.GET.get("don-vi", ""), None)
    asked = request.GET.get("muc", "")
    today = clock.today()
    context = {"units": units, "unit": unit, "today": today, "tabs": Stretch.choices, "log": LOG}
    if asked == LOG:
        page = Paginator(reminders_told(request.user, unit=unit), PAGE_SIZE).get_page(request.GET.get("page", 1))
        context |= {"page": page, "told": [(notice, reached(notice)) for notice in page], "chosen": LOG}
        return render(request, "unit_coverage/reminders.html", context)
    stretch = Stretch(asked) if asked in Stretch.values else Stretch.OVERDUE
    unreachable = request.GET.get("thu") == "khong"
    rows = open_obligations(request.user, stretch=stretch, unit=unit, unreachable=unreachable, on=today)
    is_sheet = request.GET.get("in") == "1"
    page = Paginator(rows, SHEET_SIZE if is_sheet else PAGE_SIZE).get_page(request.GET.get("page", 1))
    newest = OpenObligation.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    context |= {
        "page": page,
        "lines": lines_of(list(page), today),
        "chosen": stretch,
        "unreachable": unreachable,
        "is_sheet": is_sheet,
        "as_of": newest,
        "may_print_slips": can_manage_accounts(request.user),
    }
    return render(request, "unit_coverage/reminders.html", context)
