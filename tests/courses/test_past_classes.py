"""Lists of past classes: read as they arrive, shown before anything is done, claims and never qualifications."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from certificates.enums import ClaimState
from certificates.models import Claim
from certificates.services import claims_from_classes
from courses.classes.past_planning import NEW, REFUSED, SAME
from courses.classes.past_reading import TITLES, hours_attended, read_row, rows_of
from courses.errors import ClassRefused
from courses.models import Attendance, ClassSession, Nomination, PastClassList, Qualification
from courses.services.past_classes import forget_old_rows, hand_in, plan_of, put_aside, take_in
from staff import clock
from staff.enums import DatePrecision
from staff.imports.reading import FileRefused
from tests.factories.classes import a_class
from tests.factories.staff import PostingFactory, StaffMemberFactory
from tests.factories.unit_coverage import CourseFactory

pytestmark = pytest.mark.django_db

ROW = {
    "name": "Trần Thị Lan",
    "born": date(1985, 6, 24),
    "unit": "Văn phòng HĐND và UBND",
    "course": "CB-01",
    "class": "Lớp 01/2024",
    "first": date(2024, 3, 5),
    "last": date(2024, 3, 8),
    "hours": 16,
    "place": "Hội trường",
    "trainers": "Hồ Thị Giảng",
    "decision": "12/QĐ-UBND",
    "decision_on": date(2024, 3, 1),
    "attended": 14,
    "result": "Đạt",
}


def a_file(*rows, title="DANH SÁCH HỌC VIÊN", titles=TITLES) -> bytes:
    """A workbook as offices send it: a title above, then the heading, then the rows."""
    book = Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.append([])
    sheet.append(list(titles.values()))
    for row in rows:
        sheet.append([{**ROW, **row}.get(column) for column in titles])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def course():
    """A course without pages: loading the catalogue would be most of these tests' time."""
    return CourseFactory(code="CB-01", hours=16, is_ready=True)


@pytest.fixture
def lan(learner):
    person = learner.staff_member
    person.date_of_birth, person.date_of_birth_precision = date(1985, 6, 24), DatePrecision.DAY
    person.save()
    return person


@pytest.fixture
def handed(course, commune, hr, lan):
    return lambda *rows, name="lop.xlsx": hand_in(content=a_file(*rows), name=name, unit=commune, by=hr)


def taken(made, by):
    return take_in(past_list=made, shown=plan_of(made, user=by).digest, by=by)


def outcomes(made, by):
    return [(outcome.group, outcome.reason) for outcome in plan_of(made, user=by).outcomes]


# --- Reading --------------------------------------------------------------------------------------------------------


def test_a_list_is_read_with_its_title_above_and_the_words_offices_use():
    words = {"name": "Họ tên học viên", "born": "Năm sinh", "course": "Khóa học", "class": "Lớp", "first": "Khai giảng"}

    [row] = rows_of(a_file({"born": 1985}, titles=words), "lop.xlsx")

    assert (row.number, row.said) == (
        4,
        {"name": "Trần Thị Lan", "born": "1985", "course": "CB-01", "class": "Lớp 01/2024", "first": "05/03/2024"},
    )


def test_a_file_without_the_columns_is_refused_by_their_names():
    with pytest.raises(FileRefused, match="Tên lớp, Từ ngày"):
        rows_of("Họ và tên,Mã khóa học\nTrần Thị Lan,CB-01".encode(), "lop.csv")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"first": "hôm nọ"}, "hôm nọ"),
        ({"first": ""}, "Thiếu ngày bắt đầu"),
        ({"last": "01/03/2024"}, "trước ngày bắt đầu"),
        ({"first": "05/03/2999", "last": ""}, "tương lai"),
        ({"hours": "nhiều"}, "nhiều"),
        ({"result": "hình như đạt"}, "hình như đạt"),
        ({"born": "40/40/1985"}, "40/40/1985"),
        ({"class": ""}, "tên lớp"),
        ({}, ""),
    ],
)
def test_what_cannot_be_understood_is_named(said, problem):
    row = {
        "name": "Trần Thị Lan", "born": "24/06/1985", "course": "CB-01", "class": "Lớp 1", "first": "05/03/2024",
        "last": "08/03/2024", "hours": "16", "result": "Đạt",
    }  # fmt: skip

    read = read_row(row | said, today=date(2026, 11, 27))

    assert problem in read.problem
    assert bool(problem) == bool(read.problem)


@pytest.mark.parametrize(
    ("text", "hours"), [("", None), ("12", 12), ("12/16", 12), ("Có", 16), ("vắng", 0), ("16 tiết", 16)]
)
def test_hours_attended_are_a_number_or_a_word(text, hours):
    assert hours_attended(text, 16) == hours


@pytest.mark.parametrize("text", ["17", "có lẽ", "-1"])
def test_hours_that_a_class_did_not_have_are_refused(text):
    with pytest.raises(ValueError, match="."):
        hours_attended(text, 16)


# --- Taking in ------------------------------------------------------------------------------------------------------


def test_a_list_makes_the_class_its_people_and_what_it_says_of_them(handed, lan, hr, commune, course):
    made = taken(handed({}), hr)

    found = ClassSession.objects.get()
    row = Nomination.objects.get()
    assert (made.new_classes, made.new_people) == (1, 1)
    assert (found.course, found.unit, found.name, found.state) == (course, commune, "Lớp 01/2024", "held")
    assert (found.first_day, found.last_day, found.hours) == (date(2024, 3, 5), date(2024, 3, 8), 16)
    assert (row.staff_member, row.unit, row.state) == (lan, lan.postings.get().unit, "confirmed")
    assert (row.reported_hours, row.reported_result, row.decision_number) == (14, "passed", "12/QĐ-UBND")


def test_the_same_file_twice_changes_nothing(handed, hr):
    taken(handed({}), hr)
    before = (list(ClassSession.objects.values()), list(Nomination.objects.values()))
    again = handed({})
    shown = outcomes(again, hr)

    taken(again, hr)

    assert shown == [(SAME, "")]
    assert (list(ClassSession.objects.values()), list(Nomination.objects.values())) == before


def test_a_past_pass_is_a_claim_that_waits_and_never_a_qualification(handed, lan, hr):
    taken(handed({}), hr)

    counts = [claims_from_classes(), claims_from_classes()]

    claim = Claim.objects.get()
    assert counts == [1, 0]
    assert (claim.staff_member, claim.kind_id, claim.state) == (lan, "class_cb-01", ClaimState.NEEDS_EVIDENCE)
    assert (claim.issued_on, claim.hours, claim.nomination) == (date(2024, 3, 8), 16, Nomination.objects.get())
    assert (Qualification.objects.count(), Attendance.objects.count()) == (0, 0)


@pytest.mark.parametrize("result", ["Không đạt", ""])
def test_who_did_not_pass_claims_nothing(handed, hr, result):
    taken(handed({"result": result}), hr)

    assert (claims_from_classes(), Nomination.objects.count()) == (0, 1)


def test_people_of_others_are_not_told_from_people_who_do_not_exist(handed, trainer, hr):
    """The trainer is posted in another commune: the sentence is that of a name that nobody has."""
    born = date(1980, 1, 2)
    trainer.staff_member.date_of_birth, trainer.staff_member.date_of_birth_precision = born, DatePrecision.DAY
    trainer.staff_member.save()

    elsewhere, nobody = outcomes(handed({"name": trainer.full_name, "born": born}, {"name": "Nguyễn Văn Lạ"}), hr)

    assert elsewhere == nobody == (REFUSED, "Không có ai do anh/chị quản lý có họ tên và ngày sinh này.")


def test_namesakes_are_told_by_birth_day_then_by_unit_and_else_not_at_all(handed, lan, commune, office, hr):
    twin = StaffMemberFactory(full_name="Trần Thị Lan", date_of_birth=date(1990, 1, 1), date_of_birth_precision="day")
    PostingFactory(staff_member=twin, unit=commune)

    plan = plan_of(
        handed(
            {"born": date(1990, 1, 1), "unit": "", "class": "Lớp A"},
            {"born": None, "unit": "Văn phòng HĐND và UBND", "class": "Lớp B"},
            {"born": None, "unit": "", "class": "Lớp C"},
            {"born": 1985, "unit": "", "class": "Lớp D"},
        ),
        user=hr,
    )

    assert [outcome.person for outcome in plan.outcomes] == [twin, lan, None, lan]


def test_rows_that_contradict_each_other_or_what_is_known_are_refused(handed, lan, hr, course, commune):
    taken(handed({}), hr)
    a_class(course, commune, name="Lớp đang mở")
    ClassSession.objects.filter(name="Lớp đang mở").update(first_day=date(2025, 5, 5), last_day=date(2025, 5, 6))

    found = outcomes(
        handed(
            {"result": "Không đạt"},
            {"last": date(2024, 3, 9)},
            {"class": "Lớp 02/2024"},
            {"class": "Lớp 02/2024"},
            {"class": "Lớp đang mở", "first": date(2025, 5, 5), "last": date(2025, 5, 6)},
            {"course": "XX-99"},
            {"attended": 17},
        ),
        hr,
    )

    assert [group for group, _reason in found] == [REFUSED, REFUSED, NEW, REFUSED, REFUSED, REFUSED, REFUSED]
    assert len({reason for _group, reason in found}) == 7


def test_a_list_does_what_was_shown_or_nothing(handed, lan, hr):
    made = handed({})
    shown = plan_of(made, user=hr).digest
    lan.date_of_birth = date(1985, 6, 25)
    lan.save()

    with pytest.raises(ClassRefused):
        take_in(past_list=made, shown=shown, by=hr)

    assert not ClassSession.objects.exists()


def test_a_list_is_taken_in_once_and_what_was_put_aside_is_forgotten(handed, hr):
    first, second = handed({}), handed({})
    taken(first, hr)
    put_aside(past_list=second, by=hr)

    for made in (first, second):
        with pytest.raises(ClassRefused):
            take_in(past_list=made, shown="x", by=hr)
    second.refresh_from_db()
    assert (second.rows, second.forgotten_at is None) == ([], False)


def test_rows_with_names_are_forgotten_a_month_after_they_came(handed, hr):
    old, new = handed({}), handed({})
    PastClassList.objects.filter(pk=old.pk).update(uploaded_at=clock.now() - timedelta(days=31))

    count = forget_old_rows()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (count, old.rows, len(new.rows)) == (1, [], 1)


# --- Pages ----------------------------------------------------------------------------------------------------------


def test_a_list_goes_in_by_its_pages_and_the_rows_not_taken_come_back_with_reasons(client, course, commune, lan, hr):
    client.force_login(hr)
    file = BytesIO(a_file({}, {"name": "Nguyễn Văn Lạ"}))
    file.name = "lop-2024.xlsx"

    shown = client.post("/lop/lop-cu/", {"unit": commune.pk, "file": file}, follow=True)
    made = PastClassList.objects.get()
    nothing_yet = ClassSession.objects.count()
    errors = client.get(f"/lop/lop-cu/{made.pk}/dong-loi/")
    done = client.post(f"/lop/lop-cu/{made.pk}/nhan/", {"shown": shown.context["plan"].digest}, follow=True)

    rows = list(load_workbook(BytesIO(errors.content)).active.iter_rows(values_only=True))
    assert (shown.status_code, nothing_yet) == (200, 0)
    assert (len(rows), rows[1][0], rows[1][-1]) == (
        2,
        "Nguyễn Văn Lạ",
        "Không có ai do anh/chị quản lý có họ tên và ngày sinh này.",
    )
    assert ("Đã ghi nhận 1 người." in done.text, Nomination.objects.count()) == (True, 1)


def test_a_file_that_is_none_is_refused_with_a_sentence(client, commune, hr):
    client.force_login(hr)
    file = BytesIO(b"\x00\x01 no spreadsheet")
    file.name = "x.xlsx"

    answer = client.post("/lop/lop-cu/", {"unit": commune.pk, "file": file})

    assert (answer.status_code, PastClassList.objects.count()) == (400, 0)


def test_the_template_is_a_list_that_is_understood(client, hr):
    client.force_login(hr)

    book = load_workbook(BytesIO(client.get("/lop/lop-cu/mau/").content))

    assert [cell.value for cell in book.worksheets[0][1]] == list(TITLES.values())
    filled = {
        column: str(row[2].value) for column, row in zip(TITLES, book.worksheets[1].iter_rows(min_row=2), strict=True)
    }
    assert read_row(filled, today=date(2026, 11, 27)).problem == ""
