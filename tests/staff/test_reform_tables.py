"""A reorganisation in one workbook: made of today's units, filled in by hand, read back."""

import io
from datetime import date

import pytest
from django.utils import translation
from openpyxl import load_workbook

from staff.imports.reading import FileRefused
from staff.imports.reform_tables import tables_of, workbook_of
from staff.imports.reforms import plan_from
from tests.factories.staff import PostingFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 1)


@pytest.fixture
def communes():
    province = UnitFactory(code="T", name="Tỉnh Thử", kind="province", valid_from=date(2020, 1, 1))
    return [
        UnitFactory(code=code, name=name, kind="commune", parent=province, valid_from=date(2020, 1, 1))
        for code, name in (("T-1", "Xã Một"), ("T-2", "Xã Hai"))
    ]


def filled(content: bytes, **rows) -> bytes:
    """The workbook with further cells: for each sheet by its place {(row, column): value}."""
    book = load_workbook(io.BytesIO(content))
    for name, cells in rows.items():
        sheet = book.worksheets[int(name.removeprefix("sheet")) - 1]
        for (row, column), value in cells.items():
            sheet.cell(row, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def merged(communes) -> bytes:
    """Both communes end, one by a real date and one by typed words, and a ward follows both."""
    new = {(4, 1): "T-9", (4, 2): "Phường Mới", (4, 3): "Phường", (4, 4): "T", (4, 5): "1/1/2027", (4, 7): "Moi Ward"}
    return filled(
        workbook_of(communes),
        sheet1={(2, 6): date(2026, 12, 31), (3, 6): "31/12/2026", **new},
        sheet2={
            (2, 1): "T-1", (2, 2): "T-9", (2, 3): date(2027, 1, 1), (2, 4): "sáp nhập",
            (3, 1): "T-2", (3, 2): "T-9", (3, 3): "01/01/2027", (3, 4): "merge",
        },
    )  # fmt: skip


def test_the_workbook_begins_with_the_units_of_today_in_the_words_of_the_reader(communes):
    with translation.override("vi"):
        book = load_workbook(io.BytesIO(workbook_of(communes)))

    assert book.sheetnames == ["Đơn vị", "Đơn vị nào thành đơn vị nào", "Người đi nơi khác", "Từ dùng trong bảng"]
    assert [[cell.value for cell in row] for row in book.worksheets[3].iter_rows(max_row=3)] == [
        ["Loại đơn vị", "Cách sắp xếp"],
        ["tỉnh", "sáp nhập"],
        ["huyện", "chia tách"],
    ]
    assert [[cell.value for cell in row] for row in book.worksheets[0]] == [
        [
            "Mã đơn vị",
            "Tên đơn vị",
            "Loại đơn vị",
            "Mã đơn vị cấp trên",
            "Thành lập từ ngày",
            "Ngày cuối",
            "Tên tiếng Anh",
        ],
        ["T-1", "Xã Một", "xã", "T", None, None, None],
        ["T-2", "Xã Hai", "xã", "T", None, None, None],
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_workbook_is_read_in_any_language(communes, language):
    with translation.override("vi"):
        content = merged(communes)
    with translation.override(language):
        plan = plan_from(*tables_of({"units": ("sap-xep.xlsx", content)}), on=DAY)

    assert plan["closes"] == ["T-1", "T-2"]
    assert plan["default"] == {"T-1": "T-9", "T-2": "T-9"}
    facts = {"code": "T-9", "name": "Phường Mới", "name_en": "Moi Ward", "kind": "ward", "parent": "T", "gso_code": ""}
    assert plan["new"] == [facts]
    assert [link["kind"] for link in plan["links"]] == ["merge", "merge"]


def test_who_goes_elsewhere_is_named_by_her_staff_code(communes):
    person = PostingFactory(unit=communes[0]).staff_member
    UserFactory(staff_code="CB00077", staff_member=person)
    with translation.override("vi"):
        content = filled(
            merged(communes),
            sheet3={(2, 1): "CB00077", (2, 2): "T-1", (2, 3): "T", (2, 4): "01/01/2027"},
        )

    plan = plan_from(*tables_of({"units": ("sap-xep.xlsx", content)}), on=DAY)

    assert plan["people"] == {str(person.pk): "T"}


def test_offices_that_the_workbook_does_not_name_go_on_below_the_unit_that_follows(communes):
    for commune in communes:
        UnitFactory(code=f"{commune.code}/VP", name="Văn phòng", kind="office", parent=commune)
    alone = UnitFactory(code="T-2/KT", name="Phòng Kinh tế", kind="office", parent=communes[1])
    UnitFactory(code="T-2/KT/1", name="Tổ Một", kind="office", parent=alone)
    with translation.override("vi"):
        content = merged(communes)

    plan = plan_from(*tables_of({"units": ("sap-xep.xlsx", content)}), on=DAY)

    assert [(unit["code"], unit["name"], unit["parent"]) for unit in plan["new"]] == [
        ("T-9", "Phường Mới", "T"),
        ("T-9/VP", "Văn phòng", "T-9"),
        ("T-9/KT", "Phòng Kinh tế", "T-9"),
        ("T-9/KT/1", "Tổ Một", "T-9/KT"),
    ]
    assert plan["default"] == {
        "T-1": "T-9", "T-2": "T-9", "T-1/VP": "T-9/VP", "T-2/VP": "T-9/VP", "T-2/KT": "T-9/KT", "T-2/KT/1": "T-9/KT/1",
    }  # fmt: skip
    assert plan["closes"] == ["T-2/KT/1", "T-1/VP", "T-2/VP", "T-2/KT", "T-1", "T-2"]


def test_an_office_that_the_workbook_names_goes_where_it_says(communes):
    office = UnitFactory(code="T-1/VP", name="Văn phòng", kind="office", parent=communes[0])
    with translation.override("vi"):
        content = filled(
            merged(communes),
            sheet1={(5, 1): "T-1/VP", (5, 2): "Văn phòng", (5, 3): "phòng, ban", (5, 4): "T-1", (5, 6): "31/12/2026"},
            sheet2={(4, 1): "T-1/VP", (4, 2): "T", (4, 3): "01/01/2027", (4, 4): "nhập vào đơn vị khác"},
        )

    plan = plan_from(*tables_of({"units": ("sap-xep.xlsx", content)}), on=DAY)

    assert (plan["default"][office.code], len(plan["new"])) == ("T", 1)


@pytest.mark.parametrize(
    ("cell", "value", "sentence"),
    [
        ((4, 3), "Làng", "Dòng 4, cột “Loại đơn vị”: “Làng” không phải là giá trị hợp lệ. Chưa có gì thay đổi."),
        (
            (4, 5),
            "31/02/2027",
            "Dòng 4, cột “Thành lập từ ngày”: “31/02/2027” không phải là ngày (năm-tháng-ngày). Chưa có gì thay đổi.",
        ),
    ],
)
def test_a_wrong_cell_is_named_as_its_column_is_called(communes, cell, value, sentence):
    with translation.override("vi"):
        content = filled(merged(communes), sheet1={cell: value})
        with pytest.raises(FileRefused) as refused:
            plan_from(*tables_of({"units": ("sap-xep.xlsx", content)}), on=DAY)

    assert str(refused.value) == sentence


def test_a_table_of_units_alone_is_refused_in_a_sentence(communes):
    text = (
        "Mã đơn vị,Tên đơn vị,Loại đơn vị,Mã đơn vị cấp trên,Thành lập từ ngày,Ngày cuối\nT-1,Xã Một,xã,T,,31/12/2026\n"
    )
    with translation.override("vi"), pytest.raises(FileRefused) as refused:
        tables_of({"units": ("don-vi.csv", text.encode())})

    assert str(refused.value) == "Thiếu bảng “Đơn vị nào thành đơn vị nào”. Chưa có gì thay đổi."


def test_a_missing_column_is_named_as_the_reader_calls_it(communes):
    with translation.override("vi"), pytest.raises(FileRefused) as refused:
        tables_of({"units": ("don-vi.csv", "Mã đơn vị,Tên đơn vị\nT-1,Xã Một\n".encode())})

    assert str(refused.value) == (
        "Tệp don-vi.csv thiếu cột “Loại đơn vị”, “Mã đơn vị cấp trên”, “Thành lập từ ngày”, “Ngày cuối”."
        " Chưa có gì thay đổi."
    )
