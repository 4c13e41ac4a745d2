"""Classes of before: hand a list in, look at what it would do, take it in."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from courses.classes import access
from courses.classes.forms import PastListForm
from courses.classes.past_planning import NEW, REFUSED, SAME
from courses.classes.past_reading import (
    ATTENDED,
    BORN,
    CLASS,
    COURSE,
    DECISION,
    DECISION_ON,
    FIRST,
    HOURS,
    LAST,
    NAME,
    PLACE,
    RESULT,
    TITLES,
    TRAINERS,
    UNIT,
)
from courses.enums import PastListState
from courses.errors import ClassRefused
from courses.models import PastClassList
from courses.services.past_classes import hand_in, plan_of, put_aside, take_in
from staff.enums import Capability
from staff.imports.reading import FileRefused
from staff.models import Unit
from staff.spreadsheets import workbook, workbook_response

PAGE_SIZE = 100
# How each column of the template is filled in, and an example; official lists have one language.
_HOW = {
    NAME: ("Một dòng là một người trong một lớp. Người được tìm trong danh sách do anh/chị quản lý.", "Lê Thị Hoa"),
    BORN: ("Ngày/tháng/năm, hoặc chỉ năm sinh.", "24/06/1985"),
    UNIT: ("Tên đơn vị của người học; cần khi có người trùng tên.", "Văn phòng HĐND và UBND"),
    COURSE: ("Mã hoặc tên khóa học trong hệ thống.", "CB-01"),
    CLASS: ("Tên hoặc số của lớp.", "Lớp 01/2024"),
    FIRST: ("Ngày/tháng/năm.", "05/03/2024"),
    LAST: ("Để trống nếu lớp chỉ một ngày.", "08/03/2024"),
    HOURS: ("Để trống nếu bằng số tiết của khóa học.", "16"),
    PLACE: ("Có thể để trống.", "Hội trường UBND xã"),
    TRAINERS: ("Có thể để trống.", "Trần Văn Minh"),
    DECISION: ("Có thể để trống.", "12/QĐ-UBND"),
    DECISION_ON: ("Ngày/tháng/năm.", "01/03/2024"),
    ATTENDED: ("Số tiết, hoặc ghi Có, Vắng. Để trống nếu không rõ.", "16"),
    RESULT: ("Đạt, Không đạt hoặc để trống. Kết quả Đạt là minh chứng chờ công nhận.", "Đạt"),
}
_KINDS = {PastListState.SHOWN: "warn", PastListState.TAKEN: "ok", PastListState.ASIDE: "now"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request):
    """Hand in a list, and those that were handed in for one's units."""
    access.require_organises(request.user)
    is_post = request.method == "POST"
    form = PastListForm(request.POST if is_post else None, request.FILES if is_post else None, user=request.user)
    if is_post and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = hand_in(content=file.read(), name=file.name, unit=form.cleaned_data["unit"], by=request.user)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("classes:past_list", pk=made.pk)
    rows = PastClassList.objects.filter(unit__in=Unit.objects.visible_to(request.user, Capability.HR))
    page = Paginator(rows.select_related("unit__parent", "uploaded_by").order_by("-pk"), 50).get_page(
        request.GET.get("page")
    )
    page.object_list = [(row, _KINDS[PastListState(row.state)]) for row in page.object_list]
    context = {"form": form, "page": page}
    return render(request, "courses/classes/past_lists.html", context, status=400 if form.errors else 200)


@require_safe
def template(request):
    """An empty list with the columns that are understood, and a sheet that explains them."""
    access.require_organises(request.user)
    notes = [["Cột", "Cách ghi", "Ví dụ"], *([TITLES[column], *words] for column, words in _HOW.items())]
    content = workbook([("Lớp đã tổ chức", [list(TITLES.values())]), ("Cách ghi", notes)])
    return workbook_response(content, name="mau-lop-da-to-chuc")


@never_cache
@require_safe
def shown(request, pk):
    """What each row would do; after the list was taken in, what it did."""
    found = access.past_list_for(request.user, pk=pk)
    plan = plan_of(found, user=request.user)
    groups = [(NEW, _("new")), (SAME, _("known already")), (REFUSED, _("not taken"))]
    asked = request.GET.get("nhom", "")
    group = asked if asked in dict(groups) else next((name for name, _words in groups if plan.of(name)), NEW)
    tabs = [(f"{words} ({len(plan.of(name))})", f"?nhom={name}", name == group) for name, words in groups]
    context = {
        "list": found,
        "kind": _KINDS[PastListState(found.state)],
        "is_open": found.state == PastListState.SHOWN and found.forgotten_at is None,
        "plan": plan,
        "tabs": tabs,
        "group": group,
        "new": len(plan.of(NEW)),
        "refused": len(plan.of(REFUSED)),
        "page": Paginator(plan.of(group), PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "courses/classes/past_list.html", context)


@require_POST
def take(request, pk):
    """The list is taken in as it was shown."""
    found = access.past_list_for(request.user, pk=pk)
    try:
        done = take_in(past_list=found, shown=request.POST.get("shown", ""), by=request.user)
    except ClassRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)d person was entered.", "%(count)d people were entered.", done.new_people)
        messages.success(request, words % {"count": done.new_people})
    return redirect("classes:past_list", pk=pk)


@require_POST
def put_past_list_aside(request, pk):
    """Nothing of the list is taken in."""
    found = access.past_list_for(request.user, pk=pk)
    try:
        put_aside(past_list=found, by=request.user)
    except ClassRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("classes:past_list", pk=pk)
    messages.success(request, _("The list was put aside. Nothing was changed."))
    return redirect("classes:past_lists")


@never_cache
@require_safe
def errors(request, pk):
    """The rows that are not taken, as they stand, with the reason beside each."""
    found = access.past_list_for(request.user, pk=pk)
    if found.forgotten_at is not None:
        raise Http404
    refused = plan_of(found, user=request.user).of(REFUSED)
    head = [*TITLES.values(), _("Sheet"), _("Row in the file"), _("Why it was not taken")]
    rows = [
        [*(one.said.said.get(column, "") for column in TITLES), one.said.sheet, str(one.said.number), one.reason]
        for one in refused
    ]
    if request.method == "GET":
        log(instance=found, action="staff.export", user=request.user, data={"what": "rows not taken"})
    return workbook_response(workbook([(_("Rows not taken"), [head, *rows])]), name=f"dong-chua-nhan-{found.pk}")
