"""HR hands a list in, looks, decides, takes it in: what is kept and asked, what happens, and that it happens once."""

import io
import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from staff import clock
from staff.enums import Capability
from staff.imports import taking
from staff.models import (
    ImportRow,
    ListDecision,
    Notice,
    Posting,
    StaffList,
    StaffListContent,
    StaffListRow,
    StaffMember,
    TransferRequest,
)
from staff.models.lists import RowGroup
from staff.personal_numbers import set_national_id, unseal
from tests.factories.staff import PostingFactory, ScopeFactory, StaffMemberFactory
from tests.staff.lists.conftest import HEADINGS, person, workbook

pytestmark = pytest.mark.django_db
DAY = date(2024, 9, 30)
OFFICE = {"Đơn vị": "Văn phòng HĐND và UBND"}
TOKEN = "t" * 22


def some(name="Nguyễn Văn Hùng", born="24/06/1976", **cells):
    return person(name, born, **(OFFICE | {key.replace("_", " "): value for key, value in cells.items()}))


def known(name, unit, born=date(1976, 6, 24), number="", **posting):
    member = StaffMemberFactory.build(full_name=name, date_of_birth=born, date_of_birth_precision="day")
    if number:
        set_national_id(member, number)
    member.save()
    if unit is not None:
        PostingFactory(staff_member=member, unit=unit, **posting)
    return member


@pytest.fixture
def hand_in(client, hr, commune):
    """Hands rows in through the page and lets the background read them; the list as it is then."""
    client.force_login(hr)
    tokens = iter(f"{number:022d}" for number in range(100))

    def run(rows, *, read=True, headings=HEADINGS, **more):
        file = SimpleUploadedFile("ds.xlsx", workbook([headings, *rows]))
        client.post(
            reverse("staff:lists"),
            {"file": file, "unit": commune.pk, "on": "30/09/2024", "token": next(tokens)} | more,
        )
        found = StaffList.objects.latest("pk")
        if read:
            ask(client, found)
        return StaffList.objects.get(pk=found.pk)

    return run


def ask(client, staff_list, **said):
    form = client.get(reverse("staff:list_columns", args=[staff_list.pk])).context["form"]
    fields = {name: form[name].value() or "" for name in form.keys}
    fields |= {"unit": staff_list.unit_id, "on": f"{staff_list.on:%d/%m/%Y}"} | said
    answer = client.post(reverse("staff:list_columns", args=[staff_list.pk]), fields)
    taking.work_lists()
    return answer


def groups(staff_list):
    return list(staff_list.rows.order_by("place").values_list("name", "group", "question"))


def decide(client, staff_list, choice, rows=None, group="decide", **more):
    rows = staff_list.rows.filter(group=group) if rows is None else rows
    data = {"nhom": group, "choice": choice, "row": [row.pk for row in rows]} | more
    return client.post(reverse("staff:decide_rows", args=[staff_list.pk]), data)


def confirm(client, staff_list, **said):
    version = StaffList.objects.get(pk=staff_list.pk).version
    answer = client.post(reverse("staff:confirm_list", args=[staff_list.pk]), {"version": version} | said, follow=True)
    taking.work_lists()
    staff_list.refresh_from_db()
    return answer


def posted():
    rows = Posting.objects.filter(is_primary=True).exclude(staff_member__user__isnull=False)
    return sorted(rows.values_list("staff_member__full_name", "unit__code", "valid_from", "valid_until"))


def test_a_list_is_shown_before_anything_happens_and_then_taken_in(client, hand_in, office):
    staff_list = hand_in([some()])

    assert (groups(staff_list), posted()) == ([("Nguyễn Văn Hùng", "new", "new")], [])
    confirm(client, staff_list)
    assert posted() == [("Nguyễn Văn Hùng", office.code, DAY, None)]
    assert list(ImportRow.objects.values_list("run", "action")) == [(staff_list.run_id, "created")]
    assert ModelLogEntry.objects.filter(action="staff.list.take").count() == 1


def test_columns_on_ethnicity_religion_and_the_party_are_stored_nowhere(hand_in, office):
    headings = [*HEADINGS, "Dân tộc", "Tôn giáo", "Đảng viên"]

    staff_list = hand_in([[*some(), "Chu-ru", "Công-giáo", "vào-đảng"]], headings=headings)

    kept = unseal(StaffListContent.objects.get().sealed)
    shown = json.dumps([staff_list.found, list(staff_list.rows.values_list("facts", flat=True))], ensure_ascii=False)
    sheets = str(taking.sheets_kept(staff_list))
    assert "Nguyễn Văn Hùng" in sheets
    assert [word in text for word in ("Chu-ru", "Công-giáo", "vào-đảng") for text in (shown, sheets)] == [False] * 6
    assert b"Chu-ru" not in kept


def test_what_is_kept_is_encrypted_and_goes_when_the_list_is_put_aside(client, hand_in, office):
    staff_list = hand_in([some(CCCD="099076851751")])

    sealed = bytes(StaffListContent.objects.get().sealed)
    client.post(reverse("staff:withdraw_list", args=[staff_list.pk]))

    assert b"099076851751" not in sealed
    assert (StaffListContent.objects.count(), StaffListRow.objects.count(), posted()) == (0, 0, [])


def test_the_same_form_sent_twice_is_one_list(client, hand_in, office):
    hand_in([some()], token=TOKEN)
    hand_in([some()], token=TOKEN)

    assert StaffList.objects.count() == 1


def test_confirming_twice_takes_a_list_in_once(client, hand_in, office):
    staff_list = hand_in([some()])

    confirm(client, staff_list)
    confirm(client, staff_list)

    assert (StaffMember.objects.filter(full_name="Nguyễn Văn Hùng").count(), len(posted())) == (1, 1)


def test_the_tab_of_rows_to_decide_says_how_many_are_left(client, hand_in, office):
    known("Nguyễn Văn Hùng", None, number="099076123456")
    known("Lê Thị Mai", None, born=date(1980, 1, 1), number="099080123456")
    staff_list = hand_in([some(CCCD="099076999999"), some("Lê Thị Mai", "01/01/1980", CCCD="099080999999")])
    rows = list(staff_list.rows.filter(group="decide").order_by("place"))
    tabs = []
    for row in (None, *rows):
        if row is not None:
            decide(client, staff_list, "leave", [row])
        shown = client.get(reverse("staff:list", args=[staff_list.pk]), {"nhom": "decide"})
        tabs += [label for label, _link, is_here in shown.context["tabs"] if is_here]

    assert tabs == ["Cần quyết định (2)", "Cần quyết định (còn 1 trong 2)", "Cần quyết định (2, đã quyết định hết)"]


def test_the_same_file_again_changes_nothing_and_says_so(client, hand_in, office):
    rows = [some(), some("Lê Thị Mai", None), some("Trần Văn Ba", "01/01/1980", CCCD="099080123456")]
    confirm(client, hand_in(rows))
    before = (posted(), StaffMember.objects.count())

    again = hand_in(rows)
    page = client.get(reverse("staff:list", args=[again.pk])).text
    confirm(client, again)

    assert [group for _name, group, _question in groups(again)] == ["same"] * 3
    assert "Danh sách này không làm thay đổi gì" in page
    assert (posted(), StaffMember.objects.count()) == before


def test_somebody_posted_in_another_unit_of_hers_is_moved_only_when_she_says_so(client, hand_in, office, commune):
    known("Nguyễn Văn Hùng", commune)
    staff_list = hand_in([some()])
    assert groups(staff_list) == [("Nguyễn Văn Hùng", "moved", "moved")]

    confirm(client, staff_list)
    undecided = posted()
    again = hand_in([some()])
    decide(client, again, "take", group="moved")
    confirm(client, again)

    begins, ends = date(2020, 1, 1), DAY - timedelta(days=1)
    assert undecided == [("Nguyễn Văn Hùng", commune.code, begins, None)]
    assert posted() == [
        ("Nguyễn Văn Hùng", commune.code, begins, ends),
        ("Nguyễn Văn Hùng", office.code, DAY, None),
    ]


def test_another_post_is_applied_from_the_day_when_she_says_so_and_else_never_asked_again(client, hand_in, office):
    known("Nguyễn Văn Hùng", office, position="Văn thư", category="cong_chuc")
    known("Lê Thị Mai", office, position="Văn thư", category="cong_chuc")
    rows = [some(), some("Lê Thị Mai")]
    staff_list = hand_in(rows)
    first, second = staff_list.rows.order_by("place")

    decide(client, staff_list, "take", [first], group="differs")
    decide(client, staff_list, "leave", [second], group="differs")
    confirm(client, staff_list)
    again = hand_in(rows)

    positions = Posting.objects.open().order_by("pk").filter(unit=office).values_list(
        "staff_member__full_name", "position", "valid_from"
    )  # fmt: skip
    assert ("Nguyễn Văn Hùng", "Chuyên viên", DAY) in positions
    assert ("Lê Thị Mai", "Văn thư", date(2020, 1, 1)) in positions
    assert [(group, choice) for group, choice in again.rows.order_by("place").values_list("group", "choice")] == [
        ("same", ""),
        ("skipped", "leave"),
    ]


def test_a_unit_that_nobody_knows_is_chosen_once_for_every_row_that_says_it(client, hand_in, office):
    rows = [some(Đơn_vị="Phòng Bí mật"), some("Lê Thị Mai", "03/04/1985", Đơn_vị="phòng bí mật")]
    staff_list = hand_in(rows)
    assert [(group, question) for _n, group, question in groups(staff_list)] == [("decide", "unknown_unit")] * 2

    decide(client, staff_list, "take", staff_list.rows.all()[:1], unit=office.code)
    confirm(client, staff_list)

    assert [(name, unit) for name, unit, _from, _until in posted()] == [
        ("Lê Thị Mai", office.code),
        ("Nguyễn Văn Hùng", office.code),
    ]


def test_two_of_one_name_and_birth_day_with_two_numbers_are_decided_and_remembered(client, hand_in, office):
    rows = [some(CCCD="099076851751"), some(CCCD="099076851752")]
    staff_list = hand_in(rows)
    assert [(group, question) for _n, group, question in groups(staff_list)] == [
        ("new", "new"),
        ("decide", "possible_dup"),
    ]

    decide(client, staff_list, "new")
    confirm(client, staff_list)
    again = hand_in(rows)

    assert StaffMember.objects.filter(full_name="Nguyễn Văn Hùng").count() == 2
    assert [group for _name, group, _question in groups(again)] == ["same", "same"]


def test_somebody_known_with_another_number_is_the_same_person_when_she_says_so(client, hand_in, office):
    member = known("Nguyễn Văn Hùng", office, number="099076000009", position="Chuyên viên", category="cong_chuc")
    number = member.national_id_hash
    staff_list = hand_in([some(CCCD="099076851751")])
    [row] = staff_list.rows.all()
    assert (row.group, row.question, row.facts["candidates"]) == ("decide", "other_number", [member.pk])

    decide(client, staff_list, "same", **{f"person-{row.pk}": member.pk})
    confirm(client, staff_list)

    member.refresh_from_db()
    assert (StaffMember.objects.filter(full_name=member.full_name).count(), member.national_id_hash) == (1, number)


def test_while_rows_wait_the_rest_goes_in_or_nothing_as_chosen(client, hand_in, office):
    staff_list = hand_in([some(), some("Lê Thị Mai", Đơn_vị="Phòng Bí mật")])

    refused = confirm(client, staff_list, rest="0")
    nothing = posted()
    confirm(client, staff_list, rest="1")

    assert "1 dòng chờ quyết định, dòng đầu tiên là dòng 3" in refused.text
    assert (nothing, [row[0] for row in posted()]) == ([], ["Nguyễn Văn Hùng"])


def test_facts_that_moved_since_she_looked_are_shown_anew_and_nothing_is_taken_in(client, hand_in, office, commune):
    member = known("Nguyễn Văn Hùng", office, position="Chuyên viên", category="cong_chuc")
    staff_list = hand_in([some(), some("Lê Thị Mai", "03/04/1985")])
    Posting.objects.filter(staff_member=member).update(unit=commune)

    confirm(client, staff_list)
    page = client.get(reverse("staff:list", args=[staff_list.pk])).text

    assert (staff_list.run_id, StaffMember.objects.filter(full_name="Lê Thị Mai").count()) == (None, 0)
    assert list(staff_list.rows.filter(is_fresh=True).values_list("name", "group")) == [("Nguyễn Văn Hùng", "moved")]
    assert "dữ liệu đã thay đổi sau khi anh/chị xem" in page


def test_a_page_opened_before_a_decision_confirms_nothing(client, hand_in, office):
    staff_list = hand_in([some()])
    old = staff_list.version
    decide(client, staff_list, "leave", group="new")

    answer = client.post(reverse("staff:confirm_list", args=[staff_list.pk]), {"version": old}, follow=True)
    taking.work_lists()

    assert ("Vui lòng xem lại" in answer.text, posted()) == (True, [])


def test_what_a_column_holds_is_corrected_and_remembered_for_the_unit(client, hand_in, office):
    headings = ["Chức danh nghề" if title == "Chức vụ" else title for title in HEADINGS]
    headings[4] = "Việc"
    staff_list = hand_in([some()], headings=headings, read=False)
    form = client.get(reverse("staff:list_columns", args=[staff_list.pk])).context["form"]
    [field] = [name for name, key in form.keys.items() if key == "viec"]

    ask(client, staff_list, **{field: "position"})
    again = hand_in([some()], headings=headings)

    said = [row.facts["position"] for row in (*staff_list.rows.all(), *again.rows.all())]
    assert (said, again.meanings) == (["Chuyên viên", "Chuyên viên"], {"viec": "position"})


def test_who_is_not_in_the_list_is_named_and_stays(client, hand_in, office):
    known("Lê Thị Mai", office, born=date(1985, 4, 3))
    staff_list = hand_in([some()])
    page = client.get(reverse("staff:list", args=[staff_list.pk]) + "?nhom=missing").text

    confirm(client, staff_list)

    assert "Lê Thị Mai" in page
    assert ("Lê Thị Mai", office.code, date(2020, 1, 1), None) in posted()


def test_a_name_over_two_columns_is_whole_on_each_of_its_ways(client, hand_in, office):
    """Shown with both columns, read again with what the officer confirmed, and whole in the workbook that goes back."""
    headings = ["STT", "Họ và tên", None, "Ngày sinh", "Chức vụ", "Đơn vị"]
    rows = [
        [1, "Nguyễn Văn", "An", "12/03/1978", "CV", "Không đâu cả"],
        [2, "Trần Thị", "Bình", "1/7/1985", "CV", None],
    ]

    shown = hand_in(rows, headings=headings)
    form = client.get(reverse("staff:list_columns", args=[shown.pk])).context["form"]
    file = client.get(reverse("staff:list_errors", args=[shown.pk]))

    assert [form[name].value() for name in form.keys][1:3] == ["first_names", "given_name"]
    assert sorted(shown.rows.values_list("name", flat=True)) == ["Nguyễn Văn An", "Trần Thị Bình"]
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert ["Nguyễn Văn", "An"] in [list(row[1:3]) for row in sheet.iter_rows(values_only=True)]


def test_the_rows_not_taken_come_as_a_workbook_with_the_reason_beside_each(client, hand_in, office):
    staff_list = hand_in([some(), some("+Lê Thị Mai", Đơn_vị="Phòng Bí mật", Ghi_chú="@SUM(1)")])
    confirm(client, staff_list)

    content = client.get(reverse("staff:list_errors", args=[staff_list.pk])).content

    sheet = load_workbook(io.BytesIO(content)).active
    [head, row] = list(sheet.iter_rows(values_only=True))
    assert head[:2] == ("STT", "Họ và tên")
    assert (row[1], row[8], row[9]) == ("+Lê Thị Mai", "@SUM(1)", "3")
    assert "đơn vị" in row[10]
    assert {(cell.data_type, cell.quotePrefix) for cell in sheet[2] if str(cell.value)[0] in "+@"} == {("s", True)}


class TestSomebodyElsewhere:
    @pytest.fixture
    def outsider(self, other_commune):
        return known("Nguyễn Văn Hùng", other_commune, number="099076851751", position="Bí ẩn")

    @pytest.fixture
    def shown(self, client, hand_in, office, outsider):
        return hand_in([some(CCCD="099076851751")])

    def test_is_shown_with_nothing_but_that(self, client, shown, outsider, other_commune):
        [row] = shown.rows.all()
        page = client.get(reverse("staff:list", args=[shown.pk])).text

        assert (row.group, row.staff_member, row.choice) == ("elsewhere", None, "")
        assert "đang thuộc đơn vị khác" in page
        leaks = (other_commune.name, other_commune.code, "Bí ẩn", f"/can-bo/{outsider.pk}/")
        assert [word in page for word in leaks] == [False] * 4

    def test_is_shown_the_same_under_another_name_of_the_number(self, client, hand_in, shown):
        other_name = hand_in([some("Lê Thị Mai", "03/04/1985", CCCD="099076851751")])

        [first], [second] = shown.rows.all(), other_name.rows.all()
        assert (first.group, first.facts["reason"]) == (second.group, second.facts["reason"])

    def test_is_not_changed_by_the_list(self, client, shown, outsider, other_commune):
        confirm(client, shown)

        assert posted() == [("Nguyễn Văn Hùng", other_commune.code, date(2020, 1, 1), None)]

    def test_is_asked_for_once_and_the_other_officer_is_told(self, client, shown, outsider, other_hr, hr):
        decide(client, shown, "ask", group="elsewhere")
        decide(client, shown, "ask", group="elsewhere")

        assert list(TransferRequest.objects.values_list("staff_member", "asked_by")) == [(outsider.pk, hr.pk)]
        assert Notice.objects.filter(staff_member=other_hr.staff_member, kind="transfer_request").count() == 1

    def test_comes_when_the_other_officer_accepts_with_a_day(self, client, shown, outsider, other_hr, office):
        decide(client, shown, "ask", group="elsewhere")
        [request] = TransferRequest.objects.all()
        client.force_login(other_hr)
        day = clock.today()
        said = {"answer": "accept", "on": f"{day:%d/%m/%Y}"}

        for _twice in range(2):
            client.post(reverse("staff:transfer_request", args=[request.pk]), said)

        now = Posting.objects.open().filter(staff_member=outsider)
        assert list(now.values_list("unit__code", "position", "valid_from")) == [(office.code, "Chuyên viên", day)]

    def test_is_still_named_to_the_officer_who_let_him_go(self, client, shown, outsider, other_hr, hr):
        decide(client, shown, "ask", group="elsewhere")
        [request] = TransferRequest.objects.all()
        client.force_login(other_hr)
        said = {"answer": "accept", "on": f"{clock.today():%d/%m/%Y}"}

        client.post(reverse("staff:transfer_request", args=[request.pk]), said)
        own = client.get(reverse("staff:transfer_requests"))
        client.force_login(hr)
        others = client.get(reverse("staff:transfer_requests"))

        told = (list(own.context["answered"]), list(others.context["answered"]))
        assert (told, f"từ {said['on']}" in own.text) == (([request], []), True)

    def test_stays_when_the_other_officer_refuses_with_a_reason(self, client, shown, outsider, other_hr, hr):
        decide(client, shown, "ask", group="elsewhere")
        [request] = TransferRequest.objects.all()
        client.force_login(other_hr)
        address = reverse("staff:transfer_request", args=[request.pk])

        without = client.post(address, {"answer": "refuse"})
        client.post(address, {"answer": "refuse", "refused_because": "Chưa có quyết định"})
        client.force_login(hr)
        page = client.get(reverse("staff:transfer_requests")).text

        assert (without.status_code, Posting.objects.filter(staff_member=outsider).count()) == (400, 1)
        assert "Chưa có quyết định" in page

    def test_is_answered_by_nobody_who_does_not_look_after_him(self, client, shown, hr, outsider):
        decide(client, shown, "ask", group="elsewhere")
        [request] = TransferRequest.objects.all()

        answer = client.post(reverse("staff:transfer_request", args=[request.pk]), {"answer": "accept"})

        assert answer.status_code == 404

    def test_is_moved_by_a_common_superior_without_asking(self, client, shown, hr, province, office, outsider):
        ScopeFactory(user=hr, unit=province, capability=Capability.HR)

        ask(client, shown)

        assert list(shown.rows.values_list("group", "staff_member")) == [("moved", outsider.pk)]


def test_units_outside_the_list_are_unknown_to_it(client, hand_in, office, other_commune):
    staff_list = hand_in([some(Đơn_vị=other_commune.name)])

    assert [(group, question) for _n, group, question in groups(staff_list)] == [("decide", "unknown_unit")]


def test_nobody_hands_in_a_list_for_a_unit_that_is_not_hers(client, hand_in, other_commune):
    client.post(
        reverse("staff:lists"),
        {
            "file": SimpleUploadedFile("ds.xlsx", workbook([HEADINGS, some()])),
            "unit": other_commune.pk,
            "on": "30/09/2024",
            "token": TOKEN,
        },
    )

    assert StaffList.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_many_rows_as_for_one(client, hand_in, office, django_assert_num_queries, count):
    names = [f"Trần Văn {given}" for given in ("An", "Bình", "Chi")[:count]]
    for number, name in enumerate(names):
        known(name, office, number=f"09907600000{number}")
    rows = [some(name, CCCD=f"09907685175{number}") for number, name in enumerate(names)]
    staff_list = hand_in(rows)
    client.get("/")

    # session with account; scopes twice, predecessors twice, list; tally, earlier list, count, rows; scopes and
    # predecessors, candidates, their postings; whether a unit is unknown; head of the page
    with django_assert_num_queries(15):
        client.get(reverse("staff:list", args=[staff_list.pk]) + "?nhom=decide")


def test_old_lists_are_forgotten_with_names_and_cells(client, hand_in, office):
    staff_list = hand_in([some()])
    confirm(client, staff_list)
    staff_list.run.finished_at -= timedelta(days=31)
    staff_list.run.save()

    assert [taking.forget_old_lists(), taking.forget_old_lists()] == [1, 0]
    assert (StaffListContent.objects.count(), StaffListRow.objects.count()) == (0, 0)
    assert client.get(reverse("staff:list", args=[staff_list.pk])).status_code == 200


def test_a_file_that_is_no_list_is_refused_with_a_sentence(client, hr, commune):
    client.force_login(hr)
    file = SimpleUploadedFile("thu-chi.xlsx", workbook([["Thu", "Chi"], [1, 2]]))

    answer = client.post(reverse("staff:lists"), {"file": file, "unit": commune.pk, "on": "30/09/2024", "token": TOKEN})

    assert (answer.status_code, StaffList.objects.count()) == (400, 0)
    assert "thu-chi.xlsx" in answer.text


def test_every_group_has_words():
    from staff.list_queries import GROUP_WORDS

    assert set(GROUP_WORDS) == set(RowGroup)


def test_decisions_are_kept_without_the_words_they_are_about(client, hand_in, office):
    staff_list = hand_in([some()])
    decide(client, staff_list, "leave", group="new")

    [decision] = ListDecision.objects.all()
    assert (len(decision.fingerprint), decision.choice) == (64, "leave")
