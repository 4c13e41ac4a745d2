"""A paper is issued by an agency, never by a place."""

import pytest

from staff.agency_names import AgencyNames, agency_names
from staff.enums import UnitKind
from staff.models import Unit


def a_unit(name, kind, parent=None):
    return Unit(name=name, kind=kind, parent=parent)


PROVINCE = a_unit("Tỉnh Lâm Đồng", UnitKind.PROVINCE)
COMMUNE = a_unit("Xã Ka Đô", UnitKind.COMMUNE, PROVINCE)


@pytest.mark.parametrize(
    ("unit", "superior", "agency"),
    [
        (PROVINCE, "", "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG"),
        (COMMUNE, "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG", "ỦY BAN NHÂN DÂN XÃ KA ĐÔ"),
        (a_unit("Phòng Kinh tế", UnitKind.OFFICE, COMMUNE), "ỦY BAN NHÂN DÂN XÃ KA ĐÔ", "PHÒNG KINH TẾ"),
        (a_unit("Sở Nội vụ", UnitKind.DEPARTMENT, PROVINCE), "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG", "SỞ NỘI VỤ"),
        (
            a_unit("Thành phố Đà Lạt", UnitKind.DISTRICT_CITY, a_unit("Tỉnh Lâm Đồng (trước 2025)", "province")),
            "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG",
            "ỦY BAN NHÂN DÂN THÀNH PHỐ ĐÀ LẠT",
        ),
        (a_unit("UBND xã Ka Đô", UnitKind.COMMUNE), "", "ỦY BAN NHÂN DÂN XÃ KA ĐÔ"),
        (a_unit("Uỷ ban nhân dân xã Ka Đô", UnitKind.OFFICE), "", "ỦY BAN NHÂN DÂN XÃ KA ĐÔ"),
        (
            a_unit("Văn phòng UBND tỉnh", UnitKind.DEPARTMENT, PROVINCE),
            "ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG",
            "VĂN PHÒNG UBND TỈNH",
        ),
        (a_unit("Đảng ủy xã Ka Đô", UnitKind.PARTY_BODY, COMMUNE), "", "ĐẢNG ỦY XÃ KA ĐÔ"),
    ],
)
def test_a_letterhead_names_the_agency_and_the_one_above(unit, superior, agency):
    assert agency_names(unit) == AgencyNames(superior, agency)
