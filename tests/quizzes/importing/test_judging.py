"""What the bank takes of a question, what it refuses, and what it says about it."""

import base64
import io
from decimal import Decimal

import pytest
from PIL import Image

from quizzes.importing import pictures
from quizzes.importing.notes import QuestionFileRefused
from quizzes.pictures import pictures_in, with_pictures


@pytest.fixture
def verdict(verdicts):
    def only(content, form="gift"):
        (found,) = verdicts(content, form)
        return found

    return only


def codes(found):
    return [note.code for note in found.warnings]


def png(size=(3, 2), kind="PNG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **options)
    return out.getvalue()


def with_file(html, *files, feedback=""):
    rows = "".join(f'<file name="{name}" encoding="base64">{data}</file>' for name, data in files)
    return (
        '<quiz><question type="multichoice"><name><text>E1</text></name><questiontext format="html">'
        f"<text><![CDATA[{html}]]></text>{rows}</questiontext>"
        f'<generalfeedback format="html"><text><![CDATA[{feedback}]]></text></generalfeedback>'
        '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer></question></quiz>'
    )


def picture_question(content, name="x.png", alt=' alt="đỏ"'):
    return with_file(f'<p>Gì? <img src="@@PLUGINFILE@@/{name}"{alt}></p>', (name, base64.b64encode(content).decode()))


# --- Keys --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Câu{~a ~b}", "no_right_answer"),
        ("Câu{~%50%a ~%-50%b}", "refused_by_bank"),
        ("Câu{=%50%a ~b}", "no_right_answer"),
        ("Câu{=a ~A}", "same_answer_twice"),
        ("Câu{=a ~}", "empty_answer"),
        ("Câu{=%50%a}", "no_right_answer"),
        ("Câu{=*}", "refused_by_bank"),
        ("Câu{#%50%=5}", "empty_answer"),
        ("{=a ~b}", "empty_stem"),
        ("Câu không có chỗ trả lời.", "unsupported_type"),
        ("Chỉ đọc.", "unsupported_type"),
        ("Câu{" + "=" + "a" * 2001 + " ~b}", "too_long"),
        ("Câu" * 7000 + "{T}", "too_long"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_its_reason(verdict, text, code):
    found = verdict(text)

    assert (found.text, found.reason.code) == (None, code)
    assert found.reason.text
    assert found.reason.english


def test_weights_become_percents(verdict):
    one, several = verdict("Câu{=a ~%50%b ~c}").text, verdict("Câu{~%50%a ~%50%b ~%-100%c}").text

    assert (one.type, one.option_percents) == ("single", (100, 50, 0))
    assert (several.type, several.scoring, several.option_percents) == ("multiple", "per_option", (50, 50, -100))


def test_several_fully_right_options_of_one_choice_are_kept_and_said(verdict):
    found = verdict("Mùa\\: {=xuân =hạ ~phục sinh}")

    assert [right for _text, right in found.text.options] == [True, True, False]
    assert codes(found) == ["each_right"]


def test_a_short_answer_keeps_its_weights_and_comments(verdict):
    text = verdict("Con gì?{=Ếch#tốt =%50%Mèo =%0%*#sai}").text

    assert [(row.text, row.percent, row.feedback) for row in text.accepted] == [
        ("Ếch", 100, "tốt"), ("Mèo", 50, ""), ("*", 0, "sai"),
    ]  # fmt: skip


def test_a_number_keeps_its_range_and_says_what_it_cannot_keep(verdict):
    found = verdict("Mấy?{#=3.1..3.2#tốt ~#mọi số khác}")

    assert [(row.value, row.tolerance, row.feedback) for row in found.text.accepted] == [
        (Decimal("3.15"), Decimal("0.05"), "tốt")
    ]
    assert codes(found) == ["comment_on_rest"]


def test_a_statement_keeps_both_comments(verdict):
    assert verdict("Câu{T#sai#đúng}").text.option_feedback == ("đúng", "sai")


def test_one_bad_question_leaves_the_others(verdicts):
    found = verdicts("::a::Một{~x ~y}\n\n::b::Hai{T}")

    assert [(v.name, v.text is not None) for v in found] == [("a", False), ("b", True)]


# --- Texts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "shown"),
    [
        ("a < b và c<d", "a &lt; b và c&lt;d"),
        ("Thẻ <b> để làm gì?", "Thẻ &lt;b&gt; để làm gì?"),
        ("<b>Đậm</b> &amp; nhạt", "<b>Đậm</b> &amp; nhạt"),
        ("[html]<div>một</div><div>hai</div>", "một<br>hai"),
        ("[html]<h2>Đầu</h2><p>Thân</p>", "Đầu<br><p>Thân</p>"),
        ('[html]<p onclick\\="x()">một</p>', "một"),
        ("[html]10<sup>3</sup>", "10<sup>3</sup>"),
        ("[plain]<b>một</b>\\nhai", "&lt;b&gt;một&lt;/b&gt;<br>hai"),
        ("[markdown]*nghiêng* `<b>`", "<em>nghiêng</em> <code>&lt;b&gt;</code>"),
        ("\\{\\{ 7*7 \\}\\} \\{% debug %\\}", "{{ 7*7 }} {% debug %}"),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Tiếng Việt"),
    ],
)
def test_a_stem_is_limited_html(verdict, stem, shown):
    assert verdict(f"{stem}{{T}}").text.stem == shown


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ("a < b", "a < b"),
        ("x<y", "x<y"),
        ("<b>", "<b>"),
        ("<b>đậm</b>", "đậm"),
        ("[html]10<sup>3</sup> m<sup>2</sup>", "10³ m²"),
        ("[html]H<sub>2</sub>O x<sup>ab</sup>", "H₂O x^(ab)"),
        ("[html]<p>một</p><p>hai</p>", "một hai"),
        ("[html]&lt;script&gt;", "<script>"),
        ("\\{\\{settings.SECRET_KEY\\}\\}", "{{settings.SECRET_KEY}}"),
        ("[html]<svg/onload\\=alert(1)>", "<svg/onload=alert(1)>"),
    ],
)
def test_an_option_is_plain_words(verdict, option, shown):
    assert verdict(f"Câu{{={option} ~khác}}").text.options[0][0] == shown


def test_a_gap_stands_close_to_the_stop_behind_it(verdict):
    assert verdict("Hai cộng hai là {=bốn =4}.").text.stem == "Hai cộng hai là _____."


def test_characters_that_nobody_sees_are_named(verdict):
    found = verdict("Tệp?{=bao.pdf ~bao\u202efdp.exe ~bao\u200b.pdf}")

    assert [note.text for note in found.warnings][0].endswith("U+200B, U+202E")
    assert [text for text, _right in found.text.options] == ["bao.pdf", "bao\u202efdp.exe", "bao\u200b.pdf"]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://evil.invalid/x.png">',
        '<img src="//evil.invalid/x.png">',
        '<img src="/thi/anh/' + "a" * 64 + '/">',
        '<img src="x" onerror="alert(1)">',
        '<img src="javascript:alert(1)">',
        '<img src="data:image/png;base64,AAAA">',
        "<svg><img src=x></svg>",
    ],
)
def test_no_picture_comes_from_anywhere_but_the_file(verdict, html):
    found = verdict(with_file(f"<p>Câu? {html}</p>"), "moodle_xml")

    assert found.text.stem == "Câu?"


@pytest.mark.parametrize("html", ['<img src="http://evil.invalid/x.png">', "<math><mi>x</mi></math>"])
def test_a_text_of_nothing_but_what_is_taken_out_is_no_text(verdict, html):
    asked = verdict(with_file(f"<p>{html}</p>"), "moodle_xml")
    offered = verdict(
        with_file("Câu?").replace("<text>b</text>", f"<text><![CDATA[<p>{html}</p>]]></text>"), "moodle_xml"
    )

    assert [found.reason.code for found in (asked, offered)] == ["refused_by_bank", "empty_answer"]


# --- Pictures ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_of_the_file_is_shown_from_our_address(verdict, kind):
    found = verdict(picture_question(png(kind=kind)), "moodle_xml")

    (picture,) = found.pictures
    assert found.text.stem == f'Gì? <img src="/thi/anh/{picture.sha256}/" alt="đỏ">'
    assert picture.content_type == f"image/{kind.lower()}"
    assert Image.open(io.BytesIO(picture.content)).format == kind


def test_a_picture_within_an_address_is_a_picture_of_the_file(verdict):
    data = base64.b64encode(png()).decode()

    found = verdict(with_file(f'Gì? <img src="data:image/png;base64,{data}" alt="đỏ">'), "moodle_xml")

    (picture,) = found.pictures
    assert found.text.stem == f'Gì? <img src="/thi/anh/{picture.sha256}/" alt="đỏ">'
    assert found.warnings == ()


def test_what_a_camera_wrote_into_a_picture_stays_behind(verdict):
    exif = Image.Exif()
    exif[0x010E] = "nhà riêng"
    content = png(kind="JPEG", exif=exif) + b"<script>alert(1)</script>"

    (picture,) = verdict(picture_question(content), "moodle_xml").pictures

    assert b"script" not in picture.content
    assert dict(Image.open(io.BytesIO(picture.content)).getexif()) == {}


def test_the_same_picture_is_the_same_whatever_it_is_called(verdict):
    names = [verdict(picture_question(png(), name), "moodle_xml").pictures[0].sha256 for name in ("a.png", "b.png")]

    assert len(set(names)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture_type"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "picture_type"),
        (b"%PDF-1.7", "picture_type"),
        (b"BM" + b"\0" * 60, "picture_type"),
        (b"GIF89a<script>", "picture_broken"),
        (b"GIF89a" + b"\0" * 40, "picture_broken"),
        (png()[:-30], "picture_broken"),
        (png()[:40], "picture_broken"),
        (b"MZ\x90\0", "picture_broken"),
        (png((4000, 3001)), "picture_too_large"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (pictures.MAX_BYTES + 1), "picture_too_large"),
    ],
)
def test_what_is_no_good_picture_keeps_its_question_out(verdict, content, code):
    found = verdict(picture_question(content), "moodle_xml")

    assert (found.text, found.reason.code, found.pictures) == (None, code, ())


def test_broken_base64_names_its_question(verdict):
    found = verdict(with_file('<img src="@@PLUGINFILE@@/x.png">', ("x.png", "@@@")), "moodle_xml")

    assert found.reason.english == "bad base64 in question E1 (file x.png)"


def test_a_picture_that_is_not_in_the_file_keeps_its_question_out(verdict):
    found = verdict(with_file('<img src="@@PLUGINFILE@@/x.png">'), "moodle_xml")

    assert found.reason.code == "picture_missing"


def test_files_that_are_no_pictures_of_the_text_are_left_out_with_a_word(verdict):
    found = verdict(with_file("<p>Câu?</p>", ("a.html", "QQ=="), ("b.mp3", "QQ==")), "moodle_xml")

    assert [note.text.split()[1] for note in found.warnings if note.code == "file_left_out"]
    assert codes(found) == ["file_left_out", "file_left_out"]


def test_a_picture_without_words_is_said(verdict):
    assert codes(verdict(picture_question(png(), alt=""), "moodle_xml")) == ["no_alt"]


def test_the_words_of_a_picture_stay_words(verdict):
    found = verdict(picture_question(png(), alt=' alt="&quot;><script>alert(1)</script>"'), "moodle_xml")

    assert "<script>" not in found.text.stem
    assert len(pictures_in(found.text.stem)) == 1


def test_many_large_pictures_together_are_refused(verdicts, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS_A_FILE", 10)

    with pytest.raises(QuestionFileRefused) as refused:
        verdicts(picture_question(png((4, 3))), "moodle_xml")

    assert refused.value.note.code == "too_many_pixels"


def test_an_option_shows_its_picture_and_nothing_else():
    tag = f'<img src="/thi/anh/{"a" * 64}/" alt="x">'
    foreign = '<img src="http://evil.invalid/" alt="x">'

    shown = with_pictures(f"<b>{tag}{foreign}")

    assert shown == f"&lt;b&gt;{tag}&lt;img src=&quot;http://evil.invalid/&quot; alt=&quot;x&quot;&gt;"


# --- Matching, orders, gaps ------------------------------------------------------------


def moodle(kind, stem, body):
    return (
        f'<quiz><question type="{kind}"><name><text>N</text></name><questiontext format="html"><text><![CDATA[{stem}]]>'
        f"</text></questiontext>{body}</question></quiz>"
    )


def pair(premise, answer):
    return f"<subquestion format='html'><text>{premise}</text><answer><text>{answer}</text></answer></subquestion>"


def test_a_match_is_taken_with_its_spare_answers(verdict):
    found = verdict("Nối{=Hà Nội -> miền Bắc =Huế -> miền Trung = -> miền Nam}").text
    same = verdict(
        moodle("matching", "Nối", pair("Hà Nội", "miền Bắc") + pair("Huế", "miền Trung") + pair("", "miền Nam")),
        "moodle_xml",
    ).text

    pairs = (("Hà Nội", "miền Bắc"), ("Huế", "miền Trung"), ("", "miền Nam"))
    assert (found.pairs, same.pairs, found.scoring) == (pairs, pairs, "per_part")


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("Xếp{>3 ALL VERTICAL RELATIVE_NEXT_EXCLUDE_LAST SHOW none\nmột\nhai\nba\n}", "gift"),
        (
            moodle(
                "ordering",
                "Xếp",
                "<gradingtype>RELATIVE_NEXT_EXCLUDE_LAST</gradingtype>"
                '<answer fraction="3"><text>ba</text></answer><answer fraction="1"><text>một</text></answer>'
                '<answer fraction="2"><text>hai</text></answer>',
            ),
            "moodle_xml",
        ),
    ],
)
def test_an_order_is_taken_with_its_way_of_marking(verdict, content, form):
    text = verdict(content, form).text

    assert (text.type, text.items, text.scoring) == ("ordering", ("một", "hai", "ba"), "per_neighbour")


LINES = "".join(f'<answer fraction="{at}"><text>{at}</text></answer>' for at in (1, 2, 3))


@pytest.mark.parametrize(
    ("content", "form", "is_told"),
    [
        ("Xếp{>2 RANDOM VERTICAL\nmột\nhai\nba\n}", "gift", True),
        ("Xếp{>2 ALL VERTICAL\nmột\nhai\nba\n}", "gift", False),
        ("Xếp{>3 CONTIGUOUS\nmột\nhai\nba\n}", "gift", False),
        (moodle("ordering", "Xếp", f"<selecttype>RANDOM</selecttype><selectcount>2</selectcount>{LINES}"), None, True),
        (moodle("ordering", "Xếp", f"<selecttype>2</selecttype><selectcount>2</selectcount>{LINES}"), None, True),
        (moodle("ordering", "Xếp", f"<selecttype>ALL</selecttype><selectcount>2</selectcount>{LINES}"), None, False),
        (moodle("ordering", "Xếp", f"<selecttype>1</selecttype><selectcount>3</selectcount>{LINES}"), None, False),
    ],
)
def test_an_order_of_which_moodle_shows_a_part_is_taken_whole_and_says_so(verdict, content, form, is_told):
    found = verdict(content, form or "moodle_xml")

    assert len(found.text.items) == 3
    assert ("order_in_part" in [note.code for note in found.warnings]) is is_told


CLOZE = (
    "Tắt máy thì {1:SHORTANSWER:=RAM~%50%bộ nhớ#Nói rõ.} mất. 1 KB có {2:NUMERICAL:=1024:0,5} byte, "
    "ổ cứng ở {:MC:=ngoài~trong~%25%bên \\} cạnh}."
)


@pytest.mark.parametrize(("content", "form"), [(CLOZE, "cloze"), (moodle("cloze", CLOZE, ""), "moodle_xml")])
def test_a_cloze_text_is_taken_as_a_text_with_gaps(verdict, content, form):
    text = verdict(content, form).text

    assert text.stem == "Tắt máy thì [[1]] mất. 1 KB có [[2]] byte, ổ cứng ở [[3]]."
    assert [(gap.asks, gap.weight) for gap in text.gaps] == [("text", 1), ("number", 2), ("list", 1)]
    assert [(row.text, row.percent, row.feedback) for row in text.gaps[0].accepted] == [
        ("RAM", 100, ""),
        ("bộ nhớ", 50, "Nói rõ."),
    ]
    assert (text.gaps[1].accepted[0].value, text.gaps[1].accepted[0].tolerance) == (1024, Decimal("0.5"))
    assert [(row.text, row.percent) for row in text.gaps[2].accepted] == [
        ("ngoài", 100),
        ("trong", 0),
        ("bên } cạnh", 25),
    ]


@pytest.mark.parametrize("option", ["selectoption", "dragbox"])
def test_words_to_choose_into_a_text_become_lists_of_their_group(verdict, option):
    rows = [("RAM", 1), ("SSD", 1), ("đỏ", 2), ("xanh", 2)]
    body = "".join(f"<{option}><text>{text}</text><group>{group}</group></{option}>" for text, group in rows)
    kind = "gapselect" if option == "selectoption" else "ddwtos"

    text = verdict(moodle(kind, "Chữ [[3]] là [[1]].", body), "moodle_xml").text

    assert text.stem == "Chữ [[1]] là [[2]]."
    assert [[(row.text, row.percent) for row in gap.accepted] for gap in text.gaps] == [
        [("đỏ", 100), ("xanh", 0)],
        [("RAM", 100), ("SSD", 0)],
    ]


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        ("Nối{=a -> b =c -> }", "gift", "empty_answer"),
        ("Nối{=a -> b}", "gift", "refused_by_bank"),
        ("Nối{=a -> b =c}", "gift", "pair_without_arrow"),
        ("A {1:MR:=a~=b} B", "cloze", "several_in_a_gap"),
        ("A {1:SA:=a} B {1:SAC:=b}", "cloze", "mixed_capitals"),
        ("A {1:SA:=*}", "cloze", "refused_by_bank"),
        ("A {1:MC:=a~%-50%b}", "cloze", "refused_by_bank"),
        (
            moodle("gapselect", "[[2]]", "<selectoption><text>a</text></selectoption>"),
            "moodle_xml",
            "gap_without_option",
        ),
        (moodle("gapselect", "[[1]]", ""), "moodle_xml", "no_answers"),
    ],
)
def test_what_the_bank_cannot_hold_of_them_is_named(verdict, content, form, code):
    found = verdict(content, form)

    assert (found.text, found.reason.code) == (None, code)
