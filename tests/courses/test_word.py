"""Lessons from Word files, made here letter by letter: what is taken, what is named as left out, what is refused."""

import io
import zipfile
import zlib

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from PIL import Image as Picture
from wagtail.images import get_image_model

from courses.models import LessonPage, WordImport
from courses.services import lesson_from_word
from courses.word import package, read_word
from courses.word.package import WordFileRefused
from staff.old_fonts import to_unicode


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def picture_file(kind="PNG", size=(40, 30)) -> io.BytesIO:
    file = io.BytesIO()
    Picture.new("RGB", size, "navy").save(file, kind)
    file.seek(0)
    return file


def repacked(content: bytes, changes=None, **parts) -> bytes:
    """The package with parts replaced or added; ``changes`` maps names to functions of their bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, (changes or {}).get(name, lambda same: same)(data))
        for name, data in parts.items():
            new.writestr(name, data)
    return file.getvalue()


def relation(document, target):
    return document.part.relate_to(
        target, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True
    )


def link(document, paragraph, target, words):
    paragraph._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation(document, target)}">'
            f"<w:r><w:t>{words}</w:t></w:r></w:hyperlink>"
        )
    )


def missed(reading) -> list[str]:
    return [entry.what for entry in reading.not_taken]


@pytest.fixture
def lecture():
    """An ordinary lecture of a commune."""
    document = docx.Document()
    document.add_paragraph("Soạn công văn", style="Title")
    document.add_paragraph("Học xong soạn được công văn đúng thể thức.", style="Subtitle")
    document.add_heading("Thể thức", 1)
    paragraph = document.add_paragraph("Công văn có ")
    paragraph.add_run("số").bold = True
    paragraph.add_run(" và ")
    paragraph.add_run("ký hiệu").italic = True
    link(document, paragraph, "https://chinhphu.vn/nd30", " theo Nghị định 30")
    document.add_heading("Các phần", 2)
    for words in ("Quốc hiệu", "Tên cơ quan"):
        document.add_paragraph(words, style="List Bullet")
    for words in ("Mở Writer", "Chọn mẫu"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("Bảng 1. Cỡ chữ")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        (c for row in table.rows for c in row.cells), ("Phần", "Cỡ", "Quốc hiệu", "12"), strict=True
    ):
        cell.text = words
    document.add_picture(picture_file())
    document.element.body.findall(".//{*}docPr")[0].set("descr", "Mẫu công văn")
    document.add_paragraph("Hình 1. Mẫu", style="Caption")
    return document


def test_a_lecture_becomes_blocks(lecture):
    reading = read_word(saved(lecture))

    assert (reading.title, reading.summary) == ("Soạn công văn", "Học xong soạn được công văn đúng thể thức.")
    assert reading.blocks == [
        {
            "type": "text",
            "value": "<h2>Thể thức</h2><p>Công văn có <b>số</b> và <i>ký hiệu</i>"
            '<a href="https://chinhphu.vn/nd30"> theo Nghị định 30</a></p>'
            "<h3>Các phần</h3><ul><li>Quốc hiệu</li><li>Tên cơ quan</li></ul>",
        },
        {"type": "steps", "value": {"title": "", "items": ["<p>Mở Writer</p>", "<p>Chọn mẫu</p>"]}},
        {
            "type": "table",
            "value": {"caption": "Bảng 1. Cỡ chữ", "header": ["Phần", "Cỡ"], "rows": [["Quốc hiệu", "12"]]},
        },
        {"type": "image", "value": {"image": 0, "alt": "Mẫu công văn", "caption": "Hình 1. Mẫu"}},
    ]
    assert missed(reading) == []


def test_steps_that_are_typed_are_steps():
    document = docx.Document()
    for words in ("Bước 1: Mở máy", "Bước 2. Gõ mật khẩu"):
        document.add_paragraph(words)

    assert read_word(saved(document)).blocks[0]["value"]["items"] == ["<p>Mở máy</p>", "<p>Gõ mật khẩu</p>"]


def test_a_heading_that_begins_the_file_is_its_title():
    document = docx.Document()
    document.add_heading("Thư điện tử", 1)
    document.add_heading("Gửi thư", 2)
    document.add_heading("Kèm tệp", 3)

    reading = read_word(saved(document))

    assert (reading.title, reading.blocks[0]["value"]) == ("Thư điện tử", "<h2>Gửi thư</h2><h3>Kèm tệp</h3>")


def test_a_box_of_one_cell_is_a_callout():
    document = docx.Document()
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "Nhớ lưu tệp"

    assert read_word(saved(document)).blocks == [
        {"type": "callout", "value": {"kind": "note", "title": "", "text": "<p>Nhớ lưu tệp</p>"}}
    ]


def test_html_in_a_file_stays_words():
    document = docx.Document()
    paragraph = document.add_paragraph("<script>alert(1)</script> & ")
    link(document, paragraph, 'https://a.example/?"onclick="x', "cổng")
    link(document, paragraph, "javascript:alert(1)", "xấu")

    reading = read_word(saved(document))

    html = reading.blocks[0]["value"]
    assert "<script" not in html
    assert '"onclick' not in html
    assert "javascript:" not in html
    assert "Liên kết không dẫn đến trang web; chữ vẫn được giữ" in missed(reading)


@pytest.mark.parametrize(
    ("font", "typed"),
    [
        (".VnTime", "Céng hoµ x· héi chñ nghÜa ViÖt Nam"),
        ("VNI-Times", "Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam"),
    ],
)
def test_old_fonts_become_unicode_and_are_named(font, typed):
    document = docx.Document()
    run = document.add_paragraph().add_run(typed)
    run.font.name = font

    reading = read_word(saved(document))

    assert reading.blocks[0]["value"] == "<p>Cộng hoà xã hội chủ nghĩa Việt Nam</p>"
    assert reading.fonts == [font]


def test_a_letter_and_its_mark_may_lie_in_two_runs():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text, bold in (("Vie", False), ("ät", True)):
        run = paragraph.add_run(text)
        run.font.name, run.bold = "VNI-Times", bold

    assert read_word(saved(document)).blocks[0]["value"] == "<p>Việ<b>t</b></p>"


def test_the_font_of_a_style_counts_and_the_look_of_letters_does_not():
    document = docx.Document()
    document.styles["Normal"].font.name = ".VnTime"
    document.add_paragraph("ViÖt Nam")
    plain = docx.Document()
    plain.add_paragraph("ViÖt Nam")

    assert read_word(saved(document)).blocks[0]["value"] == "<p>Việt Nam</p>"
    assert read_word(saved(plain)).blocks[0]["value"] == "<p>ViÖt Nam</p>"


def test_capitals_fonts_and_capital_letters():
    assert to_unicode("céng hßa", ".VnTimeH") == "CỘNG HÒA"
    assert to_unicode("§éc lËp - Tù do", ".VnArial") == "Độc lập - Tự do"
    assert to_unicode("ÑOÄC LAÄP - TÖÏ DO", "VNI-Helve") == "ĐỘC LẬP - TỰ DO"
    assert to_unicode("Ñoäc", "Times New Roman") == "Ñoäc"


W = nsdecls("w")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


@pytest.mark.parametrize(
    ("xml", "what"),
    [
        (f"<w:p {W}><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del></w:p>", "Phần đã xóa được theo dõi"),
        (f"<w:p {W}><w:ins><w:r><w:t>mới</w:t></w:r></w:ins></w:p>", "Phần chèn được theo dõi, lấy như đã chấp nhận"),
        (f'<w:p {W}><w:r><w:footnoteReference w:id="2"/></w:r></w:p>', "Chú thích cuối trang"),
        (f'<w:p {W}><w:r><w:endnoteReference w:id="2"/></w:r></w:p>', "Chú thích cuối tài liệu"),
        (f'<w:p {W}><w:r><w:commentReference w:id="2"/></w:r></w:p>', "Nhận xét"),
        (f"<w:p {W}><w:r><w:object/></w:r></w:p>", "Đối tượng nhúng"),
        (f'<w:p {W}><m:oMath xmlns:m="{MATH}"/></w:p>', "Công thức"),
        (f"<w:p {W}><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>", "Chữ ẩn"),
        (f"<w:p {W}><w:r><w:drawing/></w:r></w:p>", "Biểu đồ, sơ đồ hoặc hình vẽ trong Word"),
        (
            f"<w:p {W}><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Hộp</w:t></w:r></w:p></w:txbxContent></w:pict>"
            "</w:r></w:p>",
            "Hộp văn bản: “Hộp”",
        ),
        (f'<w:p {W}><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>', "Ký hiệu của phông ký hiệu"),
    ],
)
def test_what_is_not_taken_is_named(xml, what):
    document = docx.Document()
    document.add_heading("Phần một", 1)
    document.element.body.insert(1, parse_xml(xml))

    reading = read_word(saved(document))

    assert what in missed(reading)
    assert "ẩn" not in str(reading.blocks)
    assert "cũ" not in str(reading.blocks)


def test_headers_colours_and_foreign_pictures_are_named(lecture):
    lecture.sections[0].header.paragraphs[0].text = "UBND xã Ka Đô"
    lecture.add_paragraph().add_run("đỏ").font.color.rgb = RGBColor(200, 0, 0)
    content = saved(lecture)
    name = next(name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.startswith("word/media/"))

    reading = read_word(repacked(content, {name: lambda _png: b"\x01\x00\x00\x00 EMF"}))

    assert {
        "Đầu trang: “UBND xã Ka Đô”",
        "Màu, cỡ chữ, gạch chân và kiểu chữ khác",
        "Hình có định dạng không nhận (PNG)",
    } <= set(missed(reading))
    assert reading.pictures == []


def test_where_something_was_left_out_is_said(lecture):
    paragraph = lecture.add_paragraph("Câu có chú thích")
    paragraph._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))

    found = read_word(saved(lecture)).not_taken

    assert [(entry.what, entry.where) for entry in found] == [("Chú thích cuối trang", "Các phần › “Câu có chú thích”")]


# --- hostile files --------------------------------------------------------------


def _bomb(content):
    return repacked(content, **{"word/media/big.bin": b"\0" * 30_000_000})


def _many_parts(content):
    return repacked(content, **{f"word/media/{n}.bin": b"x" for n in range(2_100)})


def _entities(content):
    attack = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    return repacked(content, {"word/document.xml": lambda _old: attack})


def _entities_in_utf16(content):
    attack = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")
    return repacked(content, {"word/document.xml": lambda _old: attack})


def _macros(content):
    return repacked(content, **{"word/vbaProject.bin": b"macro"})


def _macro_type(content):
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    other = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    return repacked(content, {"[Content_Types].xml": lambda old: old.replace(main, other)})


def _lying_size(content):
    """The directory says a part is small; inside it is not."""
    data = bytearray(_bomb(content))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "bomb": _bomb,
    "many parts": _many_parts,
    "entities": _entities,
    "entities in UTF-16": _entities_in_utf16,
    "macros": _macros,
    "macro type": _macro_type,
    "lying size": _lying_size,
    "no zip": lambda _c: b"not a zip at all",
    "old doc": lambda _c: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,
    "empty": lambda _c: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "no document": lambda content: repacked(content, {"word/document.xml": lambda _old: b""}),
    "broken xml": lambda content: repacked(content, {"word/document.xml": lambda _old: b"<w:document"}),
    "a spreadsheet": lambda content: repacked(
        content, {"[Content_Types].xml": lambda old: old.replace(b"wordprocessingml.document", b"spreadsheetml.sheet")}
    ),
    "deep": lambda content: repacked(
        content, {"word/document.xml": lambda _old: b"<a>" * 100_000 + zlib.compress(b"x")[:0]}
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(kind, lecture):
    with pytest.raises(WordFileRefused) as refusal:
        read_word(HOSTILE[kind](saved(lecture)))

    assert len(str(refusal.value)) > 20


def test_too_large_a_file_is_refused(monkeypatch, lecture):
    monkeypatch.setattr(package, "LARGEST_FILE", 100)

    with pytest.raises(WordFileRefused):
        read_word(saved(lecture))


def test_a_picture_of_too_many_points_is_left_out(monkeypatch, lecture):
    monkeypatch.setattr("courses.word.pictures.MOST_PIXELS", 100)

    reading = read_word(saved(lecture))

    assert (reading.pictures, missed(reading)) == ([], ["Hình có định dạng không nhận (PNG)"])


def test_styles_based_on_each_other_end(lecture):
    styles = lecture.styles.element
    normal = lecture.styles["Normal"].element
    normal.append(parse_xml(f'<w:basedOn {W} w:val="{normal.styleId}"/>'))
    assert styles is not None

    assert read_word(saved(lecture)).title == "Soạn công văn"


# --- the lesson -----------------------------------------------------------------


def take(course, author, content, name="Bài giảng.docx"):
    return lesson_from_word(course_page=course.page, content=content, file_name=name, by=author)


def test_the_lesson_is_a_draft_of_its_author(course, author, lecture):
    made, is_new = take(course, author, saved(lecture))

    lesson = LessonPage.objects.get(pk=made.lesson_id)
    picture = next(block.value for block in lesson.body if block.block_type == "image")
    assert is_new
    assert (lesson.title, lesson.slug, lesson.live, lesson.owner) == ("Soạn công văn", "soan-cong-van", False, author)
    assert (lesson.get_parent().pk, lesson.latest_revision.user) == (course.page.pk, author)
    assert (picture["alt"], picture["image"].uploaded_by_user) == ("Mẫu công văn", author)
    assert picture["image"].renditions.exists()


def test_the_same_file_makes_one_lesson(course, author, lecture):
    content = saved(lecture)
    first, _new = take(course, author, content)

    again, is_new = take(course, author, content, name="Tên khác.docx")

    assert (again.pk, is_new, WordImport.objects.count()) == (first.pk, False, 1)
    assert LessonPage.objects.filter(title="Soạn công văn").count() == 1
    assert get_image_model().objects.filter(title__startswith="Soạn công văn").count() == 1


def test_a_lesson_that_was_deleted_can_be_made_again(course, author, lecture):
    content = saved(lecture)
    first, _new = take(course, author, content)
    first.lesson.delete()

    assert take(course, author, content)[1] is True


def test_nothing_is_half_made(course, author, lecture, monkeypatch):
    from courses.services import word

    def fails(**kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(word, "prepare_pictures", fails)
    before = LessonPage.objects.count()

    with pytest.raises(RuntimeError):
        take(course, author, saved(lecture))

    assert (LessonPage.objects.count(), WordImport.objects.count()) == (before, 0)
    assert not get_image_model().objects.filter(title__startswith="Soạn").exists()


def test_two_lessons_of_one_title_have_two_addresses(course, author, lecture):
    take(course, author, saved(lecture))
    lecture.add_paragraph("Thêm một câu.")

    made, _new = take(course, author, saved(lecture))

    assert made.lesson.slug == "soan-cong-van-2"


def test_from_the_button_to_the_list_of_what_was_not_taken(client, course, author, lecture):
    lecture.add_paragraph("Câu").add_run().element.append(parse_xml(f'<w:footnoteReference {W} w:id="2"/>'))
    client.force_login(author)
    address = reverse("courses_cms:upload", args=[course.page.pk])

    assert address in client.get(reverse("wagtailadmin_explore", args=[course.page.pk])).text
    form = client.get(address)
    answer = client.post(address, {"file": SimpleUploadedFile("bai.docx", saved(lecture))}, follow=True)

    assert form.status_code == 200
    assert "Chú thích cuối trang" in answer.text
    assert reverse("wagtailadmin_pages:edit", args=[WordImport.objects.get().lesson_id]) in answer.text


def test_a_refused_file_is_answered_in_the_form(client, course, author):
    client.force_login(author)

    answer = client.post(
        reverse("courses_cms:upload", args=[course.page.pk]), {"file": SimpleUploadedFile("a.docx", b"xx")}
    )

    assert (answer.status_code, "không phải tệp .docx" in answer.text) == (200, True)


def test_other_trainers_and_learners_find_neither_form_nor_result(client, course, author, reviewer, learner, lecture):
    made, _new = take(course, author, saved(lecture))
    course.authors.clear()
    addresses = [reverse("courses_cms:upload", args=[course.page.pk]), reverse("courses_cms:result", args=[made.pk])]

    answers = {}
    for user in (author, learner, reviewer):
        client.force_login(user)
        answers[user] = [client.get(address).status_code for address in addresses]

    # A reviewer edits every lesson and begins none.
    assert answers == {author: [404, 404], learner: [404, 404], reviewer: [404, 200]}


def test_lists_within_lists_by_style_stay_one_list():
    document = docx.Document()
    for words, style in [("a", "List Bullet"), ("b", "List Bullet 2"), ("c", "List Bullet 3"), ("d", "List Bullet")]:
        document.add_paragraph(words, style=style)

    assert [block["value"] for block in read_word(saved(document)).blocks] == [
        "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"
    ]


def test_two_lists_stay_two_lists_after_words():
    document = docx.Document()
    for words, style in [("a", "List Bullet"), ("x", "Normal"), ("b", "List Bullet"), ("c", "List Bullet 2")]:
        document.add_paragraph(words, style=style)

    assert [block["value"] for block in read_word(saved(document)).blocks] == [
        "<ul><li>a</li></ul><p>x</p><ul><li>b<ul><li>c</li></ul></li></ul>"
    ]


def test_a_footnote_that_is_left_out_is_named_with_its_words():
    document = docx.Document()
    paragraph = document.add_paragraph("Điều 3")
    paragraph._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Sửa đổi năm 2024</w:t></w:r></w:p></w:footnote>'
    words = f"<w:footnotes {W}>{note}</w:footnotes>"
    footnotes = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, words.encode(), document.part.package)
    document.part.relate_to(footnotes, RELATION + "/footnotes")

    assert missed(read_word(saved(document))) == ["Chú thích cuối trang: “Sửa đổi năm 2024”"]


def test_merged_cells_are_named_by_their_table():
    document = docx.Document()
    for _table in range(2):
        table = document.add_table(rows=2, cols=2)
        for index, cell in enumerate(table.rows[0].cells):
            cell.text = f"Cột {index}"
    table.rows[1].cells[0].merge(table.rows[1].cells[1])

    assert missed(read_word(saved(document))) == ["Ô gộp trong bảng 2; xin xem lại các cột"]
