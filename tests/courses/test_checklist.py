"""Each check of a lesson before it goes to review, on drafts made of nothing but words."""

import unicodedata
from dataclasses import replace

import pytest

from courses.checklist import Draft, Piece, blocking, examine, is_legacy, items, minutes_needed
from courses.drafts import draft_of, refusals
from courses.models import LessonPage


def piece(kind, value, place="b1"):
    return Piece(place, kind, value)


TEXT = piece("text", "<h2>Mở đầu</h2><p>" + "Cán bộ xã soạn công văn. " * 60 + "</p><h3>Chi tiết</h3>", "t")
TASK = piece("task", {"title": "Thực hành", "minutes": 5, "steps": ["<p>Mở máy.</p>"], "done_when": ""}, "k")
CHECK = piece(
    "self_check",
    {
        "question": "Ai được cài phần mềm?",
        "options": [
            {"text": "Người phụ trách", "right": True, "feedback": "Đúng vậy."},
            {"text": "Ai cũng được", "right": False, "feedback": "Chưa đúng."},
        ],
    },
    "c",
)
GOOD = Draft(title="Phần mềm", summary="Phân biệt phần mềm.", minutes=10, pieces=(TEXT, TASK, CHECK), weight=20_000)


def wrong(draft) -> dict:
    """What does not hold: code -> places."""
    return {f.code: [place for place, _sentence in f.problems] for f in examine(draft) if not f.holds}


def with_piece(*pieces):
    return replace(GOOD, pieces=(*GOOD.pieces, *pieces))


def test_a_good_lesson_has_nothing_to_mend():
    assert wrong(GOOD) == {}


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (replace(GOOD, title=" "), {"title": [""]}),
        (replace(GOOD, summary=""), {"title": [""]}),
        (replace(GOOD, minutes=0), {"minutes": [""]}),
        (replace(GOOD, pieces=(piece("text", "<p>" + "Chữ viết. " * 300 + "</p>"), TASK, CHECK)), {"headings": [""]}),
        (replace(GOOD, pieces=(piece("text", "<h3>Sâu</h3>" + TEXT.value), TASK, CHECK)), {"headings": ["b1"]}),
        (replace(GOOD, pieces=(TEXT, CHECK)), {"task": [""]}),
        (replace(GOOD, pieces=(TEXT, TASK)), {"check": [""]}),
        (with_piece(piece("image", {"image": 1, "alt": "", "caption": ""})), {"alt": ["b1"]}),
        (with_piece(piece("image", {"image": 1, "alt": "IMG_2034", "caption": ""})), {"alt": ["b1"]}),
        (with_piece(piece("image", {"image": 1, "alt": "so-do.png", "caption": ""})), {"alt": ["b1"]}),
        (with_piece(piece("image", {"image": None, "alt": "Sơ đồ mạng", "caption": ""})), {"alt": ["b1"]}),
        (with_piece(piece("video", {"video": 1, "title": "Phim", "transcript": "<p> </p>"})), {"video": ["b1"]}),
        (with_piece(piece("table", {"caption": "B", "header": ["", ""], "rows": [["a", "b"]]})), {"table": ["b1"]}),
        (with_piece(piece("table", {"caption": "B", "header": ["x", "y"], "rows": [["a"]]})), {"table": ["b1"]}),
        (with_piece(piece("table", {"caption": "B", "header": ["x", ""], "rows": [["a", "b"]]})), {"table": ["b1"]}),
        (replace(GOOD, weight=61 * 1024 + 1), {"weight": [""]}),
        (replace(GOOD, minutes=90), {"reading": [""]}),
        (replace(GOOD, minutes=1), {"reading": [""]}),
    ],
)
def test_what_lacks_is_found_where_it_lacks(draft, expected):
    assert wrong(draft) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([("a", False, "x"), ("b", False, "y")], {"check": ["s"]}),
        ([("a", True, "x"), ("b", True, "y")], {"check": ["s"]}),
        ([("a", True, "x")], {"check": ["s"]}),
        ([("a", True, "x"), ("b", False, "")], {"feedback": ["s"]}),
        ([("a", True, "x"), ("b", False, "y")], {}),
    ],
)
def test_a_self_check_is_right_somewhere_and_not_everywhere(options, expected):
    value = {"question": "?", "options": [{"text": t, "right": r, "feedback": f} for t, r, f in options]}

    assert wrong(with_piece(piece("self_check", value, "s"))) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p><a href="https://chinhphu.vn/van-ban">Cổng Chính phủ</a></p>', {}),
        ('<p><a href="/hoc/CB-01/">Khóa CB-01</a></p>', {}),
        ('<p><a linktype="page" id="7">Bài phần mềm</a></p>', {}),
        ('<p><a linktype="document" id="7">Mẫu công văn</a></p>', {}),
        ('<p><a linktype="page" id="8">Bài cũ</a></p>', {"link": ["b1"]}),
        ('<p><a href="javascript:alert(1)">Cổng</a></p>', {"link": ["b1"]}),
        ('<p><a href="file:///c:/a.doc">Tệp</a></p>', {"link": ["b1"]}),
        ('<p><a href="//evil.example/">Cổng</a></p>', {"link": ["b1"]}),
        ('<p>Xem <a href="https://chinhphu.vn/x">tại đây</a></p>', {"link-text": ["b1"]}),
        ('<p><a href="https://chinhphu.vn/x">https://chinhphu.vn/x</a></p>', {"link-text": ["b1"]}),
    ],
)
def test_links_lead_somewhere_and_say_where(html, expected):
    assert wrong(replace(with_piece(piece("text", html)), pages=frozenset({7}))) == expected


@pytest.mark.parametrize(
    "text",
    ["Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cá»™ng hÃ²a xÃ£ há»™i"],
)
def test_text_in_an_old_font_or_a_wrong_encoding_is_found(text):
    assert wrong(with_piece(piece("text", f"<p>{text}</p>"))) == {"legacy": ["b1"]}


@pytest.mark.parametrize(
    "text",
    [
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Hãng Müller ở Zürich, quán café, façade",
        "Nhiệt độ 25° ± 2, giá 30 €",
        "Đêm tối, ông ơi, ước gì; NGHỊ ĐỊNH",
        "½ giờ · © 2026 · «trích»",
    ],
)
def test_other_letters_are_no_old_font(text):
    assert is_legacy(text) is False


def test_letters_in_pieces_are_found():
    assert wrong(replace(GOOD, summary=unicodedata.normalize("NFD", "Bài tập"))) == {"nfc": [""]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TODO: viết thêm", True),
        ("Lorem ipsum dolor", True),
        ("Kết quả: ???", True),
        ("[…]", True),
        ("(cần bổ sung)", True),
        ("[điền số liệu]", True),
        ("Việc còn lại… sẽ làm sau.", False),
        ("Bổ sung hồ sơ (nếu có) trong 03 ngày.", False),
        ("Ai làm?", False),
    ],
)
def test_notes_to_oneself_are_found(text, found):
    assert ("leftover" in wrong(with_piece(piece("callout", {"kind": "note", "title": "", "text": text})))) is found


def test_heavy_pictures_are_named_and_stop_nothing():
    draft = replace(with_piece(piece("image", {"image": 1, "alt": "Sơ đồ mạng", "caption": ""})), pictures={1: 300_000})

    assert wrong(draft) == {"picture-weight": ["b1"]}
    assert blocking(examine(draft)) == []


def test_lists_are_read_with_and_without_ids():
    assert items([{"type": "item", "value": "a", "id": "x"}, "b"]) == ["a", "b"]


def test_minutes_are_those_of_reading_tasks_and_checks():
    assert minutes_needed(GOOD) == 9


def test_every_lesson_that_is_loaded_passes(catalogue):
    refused = {lesson.title: refusals(lesson) for lesson in LessonPage.objects.live()}

    assert refused == dict.fromkeys(refused, [])
    assert len(refused) >= 6


def test_a_draft_is_read_with_its_pictures(lessons):
    draft = draft_of(lessons[0])

    images = [entry for entry in draft.pieces if entry.kind == "image"]
    assert images
    assert {entry.value["image"] for entry in images} == set(draft.pictures)
    assert draft_of(lessons[0].get_parent().specific) is None
