"""Posts as lists shorten them, and what they and the remarks say of category, status and duties.

Categories: Law on Cadres and Civil Servants (cán bộ are elected or appointed for a term), Law on Public Employees
(viên chức work in service units), Decree 111/2022 (contracts), Decree 33/2023 (part-time workers of communes).
"""

import re
from functools import lru_cache

from staff.enums import PostingStatus, StaffCategory, UnitKind
from staff.vietnamese import fold, nfc

RETIRED, TRANSFERRED_OUT = "retired", "transferred_out"

_LAND = "Địa chính - Nông nghiệp - Xây dựng và Môi trường"
_OFFICIAL = {
    "Chuyên viên": ("cv",),
    "Chuyên viên chính": ("cvc",),
    "Văn thư": ("van thu luu tru",),
    "Kế toán": ("kt",),
    "Trưởng phòng": ("tr phong", "tp", "t phong"),
    "Phó Trưởng phòng": ("ptp", "p tp", "pho tp", "p truong phong", "pho phong"),
    "Chánh Văn phòng": ("cvp",),
    "Phó Chánh Văn phòng": ("pcvp",),
    "Giám đốc": ("gd",),
    "Phó Giám đốc": ("pgd", "pho gd"),
    "Viên chức": ("phong vien", "bien tap vien", "huong dan vien"),
    "Bí thư Đảng ủy": ("bi thu", "bt dang uy", "btdu", "bi thu dang bo"),
    "Phó Bí thư Đảng ủy": ("pho bi thu", "pbt dang uy"),
    "Chủ tịch UBND": ("ct ubnd", "ct ubnd xa", "ct ubnd phuong", "chu tich"),
    "Phó Chủ tịch UBND": ("pct ubnd", "pct ubnd xa", "pho chu tich"),
    "Chủ tịch HĐND": ("ct hdnd",),
    "Phó Chủ tịch HĐND": ("pct hdnd",),
    "Chủ tịch UBMTTQ": ("ct mttq", "ct ubmttq", "ct uy ban mttq"),
    "Phó Chủ tịch UBMTTQ": ("pct mttq", "pct ubmttq"),
    "Tài chính - Kế toán": ("tc kt", "cong chuc tc kt", "tckt"),
    "Tư pháp - Hộ tịch": ("tp ht", "cong chuc tp ht", "tpht"),
    "Văn phòng - Thống kê": ("vp tk", "cong chuc vp tk", "vptk"),
    "Văn hóa - Xã hội": ("vh xh", "cong chuc vh xh", "vhxh"),
    _LAND: ("dia chinh", "dc nn xd mt", "dia chinh nn xd mt", "cong chuc dia chinh", "dc xd"),
    "Chỉ huy trưởng Quân sự": ("cht quan su", "chi huy truong bch qs", "cht bch qs", "chi huy truong bchqs"),
    "Cán bộ không chuyên trách": ("cb kct", "khong chuyen trach", "kct", "nguoi hoat dong khong chuyen trach"),
}


def _key(text: str) -> str:
    """Folded, without the signs that people put between abbreviations: "ĐC-NN-XD&MT" and "Đc nn xd mt" are one."""
    words = re.sub(r"[.,;:&/()\-–]", " ", fold(text)).split()
    return " ".join(word for word in words if word != "va")


_BY_KEY = {
    _key(spelling): official for official, short in _OFFICIAL.items() for spelling in (official, *short)
}  # fmt: skip
# "Công chức Tư pháp - Hộ tịch", "Chủ tịch UBND xã": what stands around the words of a post of a commune.
_AROUND = re.compile(r"^(?:cong chuc|cc) | (?:xa|phuong|thi tran)$")
_ELECTED = re.compile(
    r"^(pho )?(chu tich|bi thu)\b|^(truong|pho) ban to chuc dang uy\b|^chu nhiem (uy ban kiem tra|ubkt)\b"
)
_PARTY_AND_FRONT = {UnitKind.PARTY_BODY, UnitKind.MASS_ORG}
_CATEGORY_WORDS = {
    "can bo": StaffCategory.CADRE, "cong chuc": StaffCategory.CIVIL_SERVANT, "vien chuc": StaffCategory.PUBLIC_EMPLOYEE,
    "hop dong": StaffCategory.CONTRACT, "hd": StaffCategory.CONTRACT, "hd 111": StaffCategory.CONTRACT,
    "hd 68": StaffCategory.CONTRACT, "nhan vien hop dong": StaffCategory.CONTRACT,
    "khong chuyen trach": StaffCategory.PART_TIME_COMMUNE, "can bo khong chuyen trach": StaffCategory.PART_TIME_COMMUNE,
    "nguoi hoat dong khong chuyen trach": StaffCategory.PART_TIME_COMMUNE,
}  # fmt: skip
_LONGEST_CATEGORY = 60
_CONTRACT_NOTE = re.compile(r"\b(hd ?(111|68|161)|hop dong)\b")
_ROLES = (
    ("Chuyên trách CNTT", re.compile(r"\bchuyen trach (ve )?(cntt|cong nghe thong tin)\b")),
    ("Kiêm nhiệm CNTT", re.compile(r"\b(kiem nhiem|phu trach) (ve )?(cntt|cong nghe thong tin)\b")),
    ("Chuyên trách ATTT", re.compile(r"\bchuyen trach (ve )?(attt|an toan thong tin)\b")),
    ("Phụ trách ATTT", re.compile(r"\b(phu trach|kiem nhiem) (ve )?(attt|an toan thong tin)\b")),
)


_NOBODYS = re.compile(r"^\W*(khuyet|trong|thieu|(?:chua|dang) (?:co nguoi|bo tri|tuyen|phan cong|kien toan))\W*$")


def is_nobodys(raw: str) -> bool:
    """Whether the list says in place of a post that nobody holds it ("Khuyết")."""
    return bool(_NOBODYS.match(fold(raw)))


@lru_cache(maxsize=5_000)
def read_position(raw: str) -> str:
    """The post in its official words where the list shortens it, as typed (tidied) where we know no better."""
    text = nfc(raw)
    key = _key(text)
    known = _BY_KEY.get(key) or _BY_KEY.get(_AROUND.sub("", key))
    return known or text[:1].upper() + text[1:]


def read_category(*, raw: str, title: str = "", position: str, note: str, unit_name: str, unit_kind: str | None) -> str:
    """The category that the list names in the row or in a ``title``, else what remark, post and kind of unit say."""
    if named := _CATEGORY_WORDS.get(_key(raw)):
        return named
    folded = fold(position)
    if _CONTRACT_NOTE.search(fold(note)):
        return StaffCategory.CONTRACT
    if named := category_named(title):
        return named
    if "khong chuyen trach" in folded:
        return StaffCategory.PART_TIME_COMMUNE
    if _ELECTED.match(folded) or _heads_a_party_body(folded, unit_name, unit_kind):
        return StaffCategory.CADRE
    if unit_kind == UnitKind.SERVICE_UNIT:
        return StaffCategory.PUBLIC_EMPLOYEE
    return StaffCategory.CIVIL_SERVANT


def _heads_a_party_body(position: str, unit_name: str, unit_kind: str | None) -> bool:
    """Who heads a committee of the Party or the Front is appointed for a term; the head of an office is not."""
    is_office = fold(unit_name).startswith("van phong")
    return unit_kind in _PARTY_AND_FRONT and not is_office and position == "chanh van phong"


_AROUND_CATEGORY = re.compile(r"^(?:khoi|nhom|doi ngu) | (?:cap xa|xa|phuong|chuyen mon|chuyen trach|111|68)$")


def category_named(title: str) -> str | None:
    """The category that a title names whose people stand below it ("I. Cán bộ"), None for any other title."""
    words = _key(title)
    if len(words) > _LONGEST_CATEGORY:
        return None
    return _CATEGORY_WORDS.get(words) or _CATEGORY_WORDS.get(_AROUND_CATEGORY.sub("", words))


def read_status(note: str) -> str:
    """At work unless the remark says that somebody is on leave, has retired or has gone elsewhere."""
    folded = fold(note)
    if re.search(r"\b(nghi huu|da nghi huu|huu tri)\b", folded):
        return RETIRED
    if re.search(r"\b(da chuyen cong tac|chuyen cong tac|chuyen di|thoi viec|nghi viec|da chuyen)\b", folded):
        return TRANSFERRED_OUT
    if re.search(r"\b(thai san|nghi om|nghi khong luong|di hoc dai han|nghi che do)\b", folded):
        return PostingStatus.LEAVE
    if re.search(r"\bbiet phai\b", folded):
        return PostingStatus.SECONDED
    return PostingStatus.ACTIVE


def read_roles(note: str) -> list[str]:
    """The duties that the remark names, in the words of the register of duties."""
    folded = fold(note)
    return [role for role, pattern in _ROLES if pattern.search(folded)]


def says_concurrent(note: str) -> bool:
    """Whether the remark marks a second post beside the main one."""
    return bool(re.search(r"\bkiem nhiem\b", fold(note))) and not read_roles(note)
