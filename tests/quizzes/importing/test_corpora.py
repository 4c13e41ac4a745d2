"""Files of other systems read as their own readers read them. The files are not ours: without them this skips."""

import json
import re
import time
from contextlib import suppress
from decimal import Decimal

import pytest

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import Action
from quizzes.importing.services import plan_file, take_file
from quizzes.models import Category, Question
from tests.quizzes.importing.conftest import CORPORA, corpus

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CORPORA.exists(), reason="the corpora of question files are not here"),
]

GIFT = [record for record in corpus("gift") if not record["file"].endswith(".json")]
XML = corpus("moodle_xml")
TREES = [record["file"] for record in GIFT if (CORPORA / record["file"]).with_suffix(".json").exists()]
UNIT = [record for record in GIFT if "moodle_asserts" in record["expected"]]
AIKEN = corpus("aiken")
COUNTED = [record for record in GIFT + XML + AIKEN if isinstance(record["expected"].get("imported"), int)]
KINDS = {
    "MC": "multichoice", "Short": "shortanswer", "TF": "truefalse", "Essay": "essay", "Description": "description",
    "Matching": "match", "Numerical": "numerical",
}  # fmt: skip


def content_of(name):
    return (CORPORA / name).read_bytes()


def take(name):
    plan, _is_taken = take_file(content_of(name), name=name)
    return plan


# --- The reference parser's trees ---------------------------------------------


def text_of(tree):
    if isinstance(tree, str):
        return tree
    return tree and (tree["format"], tree["text"])


def formatted(text):
    return text and (text.format, text.text)


def tree_of(entry):
    """The reference tree in our terms."""
    rows = [
        (choice["isCorrect"], choice["weight"], text_of(choice["text"]), text_of(choice["feedback"]))
        for choice in entry.get("choices", [])
    ]
    return {
        "kind": KINDS[entry["type"]],
        "id": entry["id"],
        "tags": tuple(entry["tags"] or ()),
        "title": entry["title"],
        "stem": text_of(entry["stem"]),
        "gap": entry["hasEmbeddedAnswers"],
        "general": text_of(entry.get("globalFeedback")),
        "right": entry.get("isTrue"),
        "true": text_of(entry.get("trueFeedback")),
        "false": text_of(entry.get("falseFeedback")),
        "rows": rows,
    }


def found_of(question):
    return {
        "kind": question.kind,
        "id": question.idnumber,
        "tags": question.tags,
        "title": question.title,
        "stem": formatted(question.stem),
        "gap": question.is_missing_word,
        "general": formatted(question.general_feedback),
        "right": question.right,
        "true": formatted(question.true_feedback),
        "false": formatted(question.false_feedback),
        "rows": [(a.is_marked_right, a.weight, formatted(a.text), formatted(a.feedback)) for a in question.answers],
    }


@pytest.mark.parametrize("name", TREES)
def test_a_gift_file_is_read_as_the_reference_parser_reads_it(name):
    tree = json.loads((CORPORA / name).with_suffix(".json").read_text())

    parsed = plan_file(content_of(name), name=name).parsed

    assert [found_of(question) for question in parsed.questions] == [
        tree_of(entry) for entry in tree if entry["type"] != "Category"
    ]
    assert [c.title for c in parsed.categories] == [e["title"] for e in tree if e["type"] == "Category"]


# --- What Moodle's own tests assert --------------------------------------------


def php_list(text):
    """array( 'Frog', '*', ) as a list of texts."""
    return re.findall(r"'((?:[^'\\]|\\.)*)'|(?<=[(, ])(-?[0-9.]+)", text)


def words(text):
    return [quoted or number for quoted, number in php_list(text)]


@pytest.mark.parametrize("record", UNIT, ids=[record["file"].rpartition("/")[2] for record in UNIT])
def test_a_gift_literal_is_read_as_moodles_test_says(record):
    wanted = record["expected"]["moodle_asserts"]

    (question,) = plan_file(content_of(record["file"]), name=record["file"]).parsed.questions

    general = question.general_feedback.text if question.general_feedback else ""
    found = {
        "qtype": question.kind, "name": question.title, "questiontext": question.stem.text, "generalfeedback": general
    }  # fmt: skip
    assert found == {key: wanted[key] for key in found}
    if "answer" in wanted:
        values = [str(a.value) if a.value is not None else a.text.text for a in question.answers]
        assert values == words(wanted["answer"])
        assert [a.percent / 100 for a in question.answers] == [Decimal(f) for f in words(wanted["fraction"])]
    if "tolerance" in wanted:
        assert ["" if a.tolerance is None else str(a.tolerance) for a in question.answers] == words(wanted["tolerance"])
    if "correctanswer" in wanted:
        assert question.right is (wanted["correctanswer"] == "1")
    if "tags" in wanted:
        assert (question.idnumber, list(question.tags)) == (wanted["idnumber"], words(wanted["tags"]))


def test_an_option_with_another_letter_than_the_next_is_named_with_its_line():
    plan, _taken = take_file(content_of("aiken/edge/skipped_letter.txt"), name="skipped_letter.txt", form="aiken")

    assert [row.verdict.reason.english for row in plan.rows] == ["line 4: option D stands where C is expected"]


# --- How much is taken -----------------------------------------------------------


@pytest.mark.parametrize("record", COUNTED, ids=[record["file"] for record in COUNTED])
def test_as_many_questions_are_taken_as_the_manifest_says(record):
    wanted = record["expected"]
    started = time.process_time()

    try:
        plan = take(record["file"])
    except QuestionFileRefused as refusal:
        taken, said = 0, [refusal.note.english]
    else:
        taken = Question.objects.count()
        said = [row.verdict.reason.english for row in plan.of(Action.REFUSED)]
        said += ["warning " + note.english for row in plan.rows for note in row.verdict.warnings]

    assert taken == wanted["imported"]
    for error in wanted.get("errors", [wanted["error"]] if "error" in wanted else []):
        assert any(error.removesuffix("N") in sentence for sentence in said)
    if "warning" in wanted:
        assert any(sentence.startswith("warning invisible or bidi") for sentence in said)
    assert time.process_time() - started < 60


@pytest.mark.parametrize("record", GIFT + XML, ids=[record["file"] for record in GIFT + XML])
def test_every_question_is_taken_or_has_its_reason(record):
    """Quick, too: none of these may take long, whatever it is made of."""
    started = time.process_time()

    with suppress(QuestionFileRefused):
        plan = plan_file(content_of(record["file"]), name=record["file"])
        assert [row.verdict.text is None for row in plan.rows] == [row.action == Action.REFUSED for row in plan.rows]
        assert all(row.verdict.reason for row in plan.of(Action.REFUSED, Action.DOUBLE))

    assert time.process_time() - started < 20


@pytest.mark.parametrize("record", [r for r in XML if "tree" in r["expected"]], ids=lambda record: record["file"])
def test_the_tree_of_categories_is_kept(record):
    take(record["file"])

    found = sorted(_path(category) for category in Category.objects.all())
    wanted = [branch.removeprefix("top > ") for branch in record["expected"]["tree"].split(" ; ")]
    assert {path for path in found if not any(other.startswith(path + " >") for other in found)} == set(wanted)


def _path(category):
    return (_path(category.parent) + " > " if category.parent else "") + category.name


def test_moodles_examples_are_all_read():
    plan = plan_file(content_of("gift/moodle/examples.txt"), name="examples.txt")

    not_taken = [(row.verdict.found.kind, row.verdict.reason.code) for row in plan.of(Action.REFUSED)]
    assert len(plan.rows) == 43
    assert not_taken == []


@pytest.mark.parametrize(
    "record", [r for r in GIFT + XML if r["expected"].get("imported") in (5000, 3000)], ids=lambda r: r["file"]
)
def test_a_large_file_a_second_time_changes_nothing(record):
    take(record["file"])

    plan = take(record["file"])

    assert (len(plan.of(Action.UNCHANGED)), Question.objects.count()) == (record["expected"]["imported"],) * 2


# --- QTI ---------------------------------------------------------------------------

QTI = [record for record in corpus("qti") if record["file"].endswith((".xml", ".qti", ".zip"))]
# What the manifest says in words, as this reader answers it: how many are taken, and why the others are not.
FAULTY = {
    "qti/qti-sdk/invalid__empty.xml": (0, {"the file is empty"}),
    "qti/qti-sdk/invalid__invalidresponseidentifier.xml": (
        0, {"the answer “RESPONSE” is not declared in the question"}
    ),
    "qti/qti-sdk/invalid__xsdinvalid.xml": (0, {"the picture sign.png is shown but is not in the file"}),
    "qti/tao/authoring__loadWrongQtiXml.xml": (0, {"the XML is broken in line 50: no element found"}),
    "qti/tao/package__wrong__InvalidArchive.zip": (
        0, {"the archive (ZIP) is damaged, or it is none: pack the files anew"}
    ),
    "qti/tao/package__wrong__MalformedItemInTheMiddleXml.zip": (
        1, {"the XML is broken in line 17: mismatched tag"}
    ),
    "qti/tao/package__wrong__MalformedItemXml.zip": (0, {"the XML is broken in line 17: mismatched tag"}),
    "qti/tao/package__wrong__MissingManifest.zip": (
        0, {"the package has no imsmanifest.xml: export it anew as a QTI package"}
    ),
    "qti/tao/package__wrong__NestedRootFolder.zip": (1, set()),
    "qti/tao/package__wrong__WrongManifestFileItemHref.zip": (
        0, {"the package names a file that is not in it: wrong/path/to/qti.xml"}
    ),
}  # fmt: skip


WHOLE = {
    "qti_test_alone", "not_qti", "not_moodle_xml", "bad_xml", "empty", "zip_broken", "qti_no_manifest", "no_questions",
}  # fmt: skip


@pytest.mark.parametrize("record", QTI, ids=[record["file"] for record in QTI])
def test_every_qti_file_is_read_or_refused_in_words(record):
    """Only a file that is broken, or that holds no question, is refused as a whole."""
    started = time.process_time()

    try:
        plan = plan_file(content_of(record["file"]), name=record["file"])
    except QuestionFileRefused as refusal:
        code = refusal.note.code
    else:
        code = ""
        assert all(row.verdict.reason for row in plan.of(Action.REFUSED, Action.DOUBLE))
        assert "script" not in "".join(row.verdict.text.stem for row in plan.rows if row.verdict.text)
    assert code in {"", *WHOLE}
    assert time.process_time() - started < 20


@pytest.mark.parametrize("name", [name for name in FAULTY if (CORPORA / name).exists()])
def test_a_faulty_qti_file_is_answered_as_the_manifest_says(name):
    try:
        plan = take(name)
    except QuestionFileRefused as refusal:
        said = {refusal.note.english}
    else:
        said = {row.verdict.reason.english for row in plan.of(Action.REFUSED)}

    assert (Question.objects.count(), said) == FAULTY[name]


def test_as_many_choices_of_the_qti_files_are_taken_as_when_last_counted():
    """What is not taken is a kind the bank lacks, a picture that is not there, or a key that the rules do not give."""
    reasons = {"unsupported_type"}
    taken = 0
    for record in QTI:
        with suppress(QuestionFileRefused):
            plan = plan_file(content_of(record["file"]), name=record["file"])
            taken += sum(1 for row in plan.rows if row.verdict.text)
            reasons |= {row.verdict.reason.code for row in plan.of(Action.REFUSED)}

    assert taken >= 72
    assert reasons <= {
        "unsupported_type", "qti_no_key", "qti_rule", "qti_template", "qti_adaptive", "qti_undeclared", "bad_xml",
        "picture_missing", "empty_stem", "empty_answer", "href_missing", "refused_by_bank", "cloze_no_full",
        "cloze_empty",
    }  # fmt: skip
