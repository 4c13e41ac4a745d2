"""What is written is read back the same, but for what the export itself said it does not write."""

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from quizzes.enums import Accents, Case, Difficulty, QuestionType, Scoring, Spelling
from quizzes.errors import QuestionRefused
from quizzes.exporting.entries import Entry, written_in
from quizzes.exporting.formats import FORMATS
from quizzes.exporting.gift import percents_of
from quizzes.file_kinds import EXTENSIONS
from quizzes.importing.judging import _WHOLE_ANSWER
from quizzes.importing.plans import judged, parsed_file
from quizzes.office import rubric_lines
from quizzes.pictures import plain_words
from quizzes.question_text import AcceptedNumber, AcceptedText, Gap, QuestionText
from quizzes.services.task_files import keep_task_file
from quizzes.types.by_people import Criterion, Level, task_file_of

READ_AS = {"qti22": "", "qti30": "", "excel": "", "moodle_xml": "moodle_xml", "gift": "gift", "aiken": "aiken"}
LETTERS = "aăâbđeêoơuưAĐ019 .,;:!?'\"()[]{}<>=~#%&*\\/|@$^_+-–“”…`"
WORDS = st.text(alphabet=LETTERS, min_size=1, max_size=30)
TAGS = ["<b>đậm</b>", "<i>x</i>", "<u>gạch</u>", "2<sup>3</sup>", "<code>a &lt; b</code>", "<br>",
        "<ul><li>m</li></ul>",
        "&amp;nbsp;", "&lt;b&gt;", "ANSWER: A", "A. x"]  # fmt: skip
STEMS = st.lists(st.one_of(WORDS.map(lambda w: w.replace("<", "&lt;").replace("&", "&amp;")), st.sampled_from(TAGS)),
                 min_size=1, max_size=4).map(" ".join)  # fmt: skip
PERCENT = st.decimals(-100, 100, places=2).map(lambda value: value.normalize() + 0)
POINTS = st.sampled_from([Decimal(1), Decimal(2), Decimal("2.5"), Decimal("0.25"), Decimal(100)])


ACCEPTED = st.builds(
    AcceptedText, WORDS, st.sampled_from([Decimal(100), Decimal(50), Decimal("33.33"), Decimal(0)]),
    st.one_of(st.just(""), WORDS),
)  # fmt: skip
NUMBERS = st.builds(
    AcceptedNumber, st.decimals(-(10**6), 10**6, places=3), st.decimals(0, 5, places=2).map(abs),
    st.sampled_from([Decimal(100), Decimal(50)]), st.one_of(st.just(""), WORDS),
)  # fmt: skip


@st.composite
def _matching(draw, text):
    premises = draw(st.lists(WORDS, min_size=2, max_size=4))
    answers = draw(st.lists(WORDS, min_size=2, max_size=4))
    pairs = [(premise, draw(st.sampled_from(answers))) for premise in premises]
    spare = [("", answer) for answer in answers if answer not in {answer for _premise, answer in pairs}]
    return replace(
        text, pairs=(*pairs, *spare), scoring=draw(st.sampled_from(["all_or_nothing", "per_part"])),
        shuffle_options=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def _ordering(draw, text):
    scoring = draw(st.sampled_from(["all_or_nothing", "per_part", "per_neighbour"]))
    return replace(text, items=tuple(draw(st.lists(WORDS, min_size=3, max_size=5))), scoring=scoring)


@st.composite
def _gaps(draw, text):
    gaps = []
    for _ in range(draw(st.integers(1, 3))):
        asks = draw(st.sampled_from(["text", "number", "list"]))
        rows = draw(
            st.lists(NUMBERS if asks == "number" else ACCEPTED, min_size=2 if asks == "list" else 1, max_size=3)
        )
        full = draw(st.integers(0, len(rows) - 1))
        rows[full] = replace(rows[full], percent=Decimal(100))
        gaps.append(Gap(asks, tuple(rows), draw(POINTS)))
    marks = draw(st.permutations([f"[[{number}]]" for number in range(1, len(gaps) + 1)]))
    pieces = [draw(STEMS) for _ in marks]
    stem = " ".join(part for pair in zip(pieces, marks, strict=True) for part in pair)
    rules = {"accents": Accents.values, "case": Case.values, "spelling": Spelling.values}
    chosen = {name: draw(st.sampled_from(values)) for name, values in rules.items()}
    return replace(text, stem=stem, gaps=tuple(gaps), shuffle_options=draw(st.booleans()), **chosen)


LEVELS = st.lists(
    st.builds(Level, st.sampled_from(["0", "0.5", "1", "2", "3.25", "10"]), st.one_of(st.just(""), WORDS)),
    min_size=1, max_size=4, unique_by=lambda level: level.points,
).map(tuple)  # fmt: skip
CRITERIA = st.lists(st.builds(Criterion, WORDS, LEVELS), min_size=1, max_size=3).map(tuple)
GUIDES = st.lists(
    st.one_of(WORDS, st.sampled_from([rubric_lines.HEADING, "* A", "- 1", "  thụt vào"])), max_size=3
).map(lambda lines: "\n".join(lines))
# Two of one name are told apart by where they lie.
GIVEN_OUT = {"mẫu số 1.txt": b"mot", "số liệu.csv": b"a;b", "a & b.TXT": b"hai", "2/mẫu số 1.txt": b"ba"}


@st.composite
def _essay(draw, text):
    limits = {"min_words": draw(st.sampled_from([None, 20])), "max_words": draw(st.sampled_from([None, 20, 500]))}
    return replace(draw(_by_people(text)), **limits)


@st.composite
def _file(draw, text):
    kinds = tuple(draw(st.lists(st.sampled_from(EXTENSIONS), min_size=1, max_size=3)))
    names = draw(st.lists(st.sampled_from(list(GIVEN_OUT)), max_size=3, unique=True))
    files = tuple(task_file_of(name.rpartition("/")[2], GIVEN_OUT[name]) for name in names)
    return replace(draw(_by_people(text)), kinds=kinds, most_megabytes=draw(st.integers(1, 25)), files=files)


@st.composite
def _by_people(draw, text):
    shown = draw(st.booleans())
    return replace(text, criteria=draw(CRITERIA), guide=draw(GUIDES), shows_criteria=shown)


_PARTS = {"matching": _matching, "ordering": _ordering, "gaps": _gaps, "essay": _essay, "file": _file,
          "practical": _file}  # fmt: skip


@st.composite
def texts(draw):
    """A question of any type, as the bank keeps it."""
    kind = draw(st.sampled_from(list(QuestionType.values)))
    notes = st.one_of(st.just(""), WORDS)
    text = QuestionText(
        type=QuestionType(kind),
        stem=draw(STEMS),
        feedback=draw(notes),
        difficulty=draw(st.sampled_from(Difficulty.values)),
        points=draw(POINTS),
    )
    if kind in _PARTS:
        text = draw(_PARTS[kind](text))
    elif kind == "true_false":
        text = replace(text, right=draw(st.booleans()), option_feedback=(draw(notes), draw(notes)))
    elif kind in ("single", "multiple"):
        count = draw(st.integers(2, 5))
        text = replace(
            text,
            options=tuple((draw(WORDS), draw(st.booleans())) for _ in range(count)),
            option_feedback=tuple(draw(notes) for _ in range(count)),
            shuffle_options=draw(st.booleans()),
        )
        if draw(st.booleans()):
            text = replace(text, **draw(_shares(kind, count)))
    elif kind == "short_text":
        text = replace(
            text,
            accepted=tuple(
                AcceptedText(draw(WORDS), draw(st.sampled_from([Decimal(100), Decimal(50), Decimal(0)])), draw(notes))
                for _ in range(draw(st.integers(1, 3)))
            ),
            accents=draw(st.sampled_from(Accents.values)),
            case=draw(st.sampled_from(Case.values)),
            spelling=draw(st.sampled_from(Spelling.values)),
        )
    else:
        number = st.decimals(-(10**6), 10**6, places=3)
        text = replace(
            text,
            accepted=tuple(
                AcceptedNumber(draw(number), abs(draw(st.decimals(0, 5, places=2))), Decimal(percent), draw(notes))
                for percent in draw(st.sampled_from([(100,), (100, 50), (50, 100), (0, 100)]))
            ),
            unit=draw(st.sampled_from(["", "kg", "m/s"])),
        )
    try:
        # A break at the end is nothing to see.
        assume(not text.stem.rstrip().endswith("<br>"))
        return text.cleaned()
    except QuestionRefused:
        assume(False)


@st.composite
def _shares(draw, kind, count):
    if kind == "single":
        others = [draw(PERCENT) for _ in range(count - 1)]
        return {"option_percents": (Decimal(100), *others)}
    right = draw(st.integers(1, count - 1))
    share = (Decimal(100) / right).quantize(Decimal("0.00001"))
    wrong = [-abs(draw(PERCENT)) + 0 for _ in range(count - right)]
    return {"option_percents": tuple([share] * right + wrong), "scoring": Scoring.PER_OPTION}


def without(text: QuestionText, losses: set[str]) -> QuestionText:
    """The text as it is without what the export said it does not write."""
    usual = {
        "points": {"points": Decimal(1)}, "difficulty": {"difficulty": Difficulty.MEDIUM}, "feedback": {"feedback": ""},
        "case": {"case": Case.IGNORE}, "accents": {"accents": Accents.EXACT}, "spelling": {"spelling": Spelling.EXACT},
        "shown_criteria": {"shows_criteria": False}, "words_limits": {"min_words": None, "max_words": None},
        "criteria": {"criteria": (_WHOLE_ANSWER,), "guide": ""},
        "order": {"shuffle_options": True}, "unit": {"unit": ""},
        "option_feedback": {
            "option_feedback": (), "accepted": tuple(replace(row, feedback="") for row in text.accepted),
            "gaps": tuple(
                replace(gap, accepted=tuple(replace(row, feedback="") for row in gap.accepted)) for gap in text.gaps
            ),
        },
        "whole": {"option_percents": tuple(percents_of(text)), "scoring": Scoring.PER_OPTION}
        if text.options else {"scoring": Scoring.PER_PART},
    }  # fmt: skip
    for loss in losses & set(usual):
        text = replace(text, **usual[loss])
    return text.in_comparable_order()


def said(notes) -> set[str]:
    return {remark.note.code.removeprefix("export_") for remark in notes}


@pytest.mark.parametrize("name", list(FORMATS))
@settings(
    max_examples=150, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)  # fmt: skip
@given(text=texts())
@example(text=QuestionText("single", "Câu?", options=(("a", True), ("<b>", False))).cleaned())
@example(text=QuestionText("short_text", "Câu?", accepted=(AcceptedText("a*b"), AcceptedText(r"\*"))).cleaned())
@example(
    text=QuestionText(
        "short_text", "Câu?", accepted=(AcceptedText("a"), AcceptedText("b", Decimal(0), "c")), case="exact"
    ).cleaned()
)
def test_a_question_is_read_back_as_it_was_written(name, text):
    form = FORMATS[name]
    for path, content in GIVEN_OUT.items():
        keep_task_file(path.rpartition("/")[2], content)
    written = written_in(form, [Entry("ma-1", text, ("Mạng", "A/B"), ("thẻ",), "IU01")])
    if written.left_out:
        assert written.count == 0
        return

    (verdict,) = judged(parsed_file(written.content, form=READ_AS[name]))

    assert verdict.reason is None
    losses = said(written.losses)
    found, wanted = verdict.text.in_comparable_order(), without(text, losses)
    assert {sha256(content).hexdigest() for _name, content in verdict.task_files} == {
        row.sha256 for row in wanted.files
    }
    if "looks" in losses:
        assert "".join(plain_words(found.stem).split()) == "".join(plain_words(wanted.stem).split())
        found = replace(found, stem=wanted.stem)
    assert found == wanted
    if name != "aiken":
        assert (verdict.found.idnumber, verdict.found.category) == ("ma-1", ("Mạng", "A/B")) or name == "aiken"
    assert (verdict.found.tags == ("thẻ",)) == ("tags" not in losses)
    assert (verdict.found.competence == "IU01") == ("competence" not in losses)


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_format_is_told_what_it_cannot_say(name):
    whole = QuestionText(
        "multiple", "<b>Câu</b>?", options=(("a", True), ("b", True), ("c", False)), shuffle_options=False,
        points=Decimal(2), difficulty="3", feedback="vì", option_feedback=("x", "", ""),
    ).cleaned()  # fmt: skip

    written = written_in(FORMATS[name], [Entry("ma-1", whole, ("A",), ("t",), "IU01")])

    wanted = {
        "excel": set(),
        "moodle_xml": {"difficulty", "whole", "competence"},
        "gift": {"points", "difficulty", "whole", "order", "competence"},
        "aiken": {"aiken_kind"},
        "qti22": set(),
        "qti30": set(),
    }
    assert said((*written.losses, *written.left_out)) == wanted[name]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("qti22", QuestionText("short_text", "Câu?", accepted=(AcceptedText("a*"),)), "export_wildcards"),
        ("qti30", QuestionText("number", "Câu?", accepted=(AcceptedNumber(5), AcceptedNumber(5, 1, 50))),
         "export_overlap"),
        ("aiken", QuestionText("single", "A. a", options=(("a", True), ("b", False))), "export_aiken_lines"),
        ("aiken", QuestionText("true_false", "Câu?", right=True), "export_aiken_kind"),
        ("gift", QuestionText("short_text", "Câu?", accepted=(AcceptedText("a -> b"),)), "export_arrow"),
        ("gift", QuestionText("ordering", "Xếp.", items=("a", "b", "c")), "export_type"),
        ("gift", QuestionText("gaps", "[[1]]", gaps=(Gap("text", (AcceptedText("a"),)),)), "export_type"),
        ("qti22", QuestionText("gaps", "[[1]]", gaps=(Gap("text", (AcceptedText("a*"),)),)), "export_wildcards"),
    ],
)  # fmt: skip
def test_a_question_whose_key_cannot_be_said_is_left_out(name, text, code):
    written = written_in(FORMATS[name], [Entry("ma-1", text.cleaned())])

    assert (written.count, [(left.code, left.note.code) for left in written.left_out]) == (0, [("ma-1", code)])


def test_gaps_are_written_as_moodle_reads_them():
    gaps = (
        Gap("list", (AcceptedText("RAM", feedback="đúng #1"), AcceptedText("a~b}", 0))),
        Gap("number", (AcceptedNumber(8, "0,5"),), "0.5"),
        Gap("text", (AcceptedText("A&B"), AcceptedText("b*", 50)), 2),
    )
    text = QuestionText("gaps", "Có {1:SA:x}, [[1]] và [[2]] [[3]].", gaps=gaps, case="exact").cleaned()

    written = written_in(FORMATS["moodle_xml"], [Entry("ma-1", text, ("A",))]).content.decode()

    assert (
        "Có &amp;#123;1:SA:x}, {2:MULTICHOICE_S:%100%RAM#đúng &amp;#35;1~%0%a&amp;#126;b&amp;#125;}"
        " và {1:NUMERICAL:%100%8:0.5} {4:SHORTANSWER_C:%100%A&amp;#38;B~%50%b*}."
    ) in written


def test_pairs_are_written_in_gift_with_their_arrow():
    text = QuestionText("matching", "Ghép.", pairs=(("a -> b", "x=1"), ("c", "<b>"), ("", "thừa"))).cleaned()

    written = written_in(FORMATS["gift"], [Entry("ma-1", text)])

    assert "[html]Ghép.{=a -&gt; b -> x\\=1 =c -> <b> = -> thừa}" in written.content.decode()
    assert said(written.losses) == {"whole"}


@pytest.mark.parametrize("name", ["qti22", "qti30"])
def test_the_order_of_a_qti_file_does_not_give_the_key_away(name):
    """Another system may show pairs and lines as they stand there."""
    pairs = QuestionText("matching", "Ghép.", pairs=(("a", "3"), ("b", "1"), ("c", "2")), shuffle_options=False)
    order = QuestionText("ordering", "Xếp.", items=("c", "a", "b"))

    written = written_in(FORMATS[name], [Entry("ma-1", pairs.cleaned()), Entry("ma-2", order.cleaned())])

    archive = zipfile.ZipFile(io.BytesIO(written.content))
    shown = [re.findall(r">(\w)</", archive.read(f"items/item-{n}.xml").decode().partition("ody>")[2]) for n in (1, 2)]
    assert [found[: len(wanted)] for found, wanted in zip(shown, ("abc123", "abc"), strict=True)] == [
        list("abc123"), list("abc")
    ]  # fmt: skip


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_question_makes_a_file_all_the_same(name):
    assert written_in(FORMATS[name], []).count == 0


def test_a_package_of_thousands_is_read_by_the_system_that_wrote_it():
    text = QuestionText("true_false", "Câu?", right=True).cleaned()

    written = written_in(FORMATS["qti30"], [Entry(f"ma-{number}", text) for number in range(2_500)])

    assert len(parsed_file(written.content).questions) == 2_500
