"""Staff lists on their way in."""

from datetime import date

from staff.imports import taking
from staff.models import StaffList, TransferRequest
from tests.staff.lists.conftest import HEADINGS, person, workbook

DAY = date(2026, 9, 30)


def a_list(unit, by, rows=None, *, name="danh-sach-can-bo.xlsx", on=DAY, read=True, key="k" * 22) -> StaffList:
    """A list handed in by ``by``, and read."""
    rows = [person(**{"Đơn vị": unit.name})] if rows is None else rows
    content = workbook([HEADINGS, *rows])
    made = taking.upload_list(content=content, name=name, unit=unit, on=on, request_key=key, by=by)
    if read:
        taking.ask_to_read(staff_list=made, unit=unit, on=on, meanings={}, by=by)
        taking.work_lists()
    return StaffList.objects.get(pk=made.pk)


def a_request(staff_member, to_unit, by) -> TransferRequest:
    return TransferRequest.objects.create(
        staff_member=staff_member,
        stated_name=staff_member.full_name,
        to_unit=to_unit,
        position="Chuyên viên",
        since=DAY,
        asked_by=by,
    )
