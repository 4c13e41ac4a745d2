"""The QTI that we write, held against a grammar written from the specification, by nothing that wrote or reads it.

The official schemas may not be passed on, so that they cannot stand here. This says of every element that we use what
may stand in it, which attributes it must and may have, and what its names must point to; anything else fails.
"""

import io
import posixpath
import re
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from quizzes.exporting.entries import Entry, written_in
from quizzes.exporting.formats import FORMATS
from quizzes.question_text import QuestionText
from quizzes.services.task_files import keep_task_file
from tests.quizzes.exporting.test_round_trip import GIVEN_OUT, texts

NAME = r"[A-Za-z_][A-Za-z0-9_.\-]*"
NUMBER, WHOLE, YES_NO, TEXT = r"-?\d+(\.\d+)?", r"\d+", "true|false", r"(?s).*"
BASE = "identifier|string|float|integer|directedPair"
VIEWS = "author|candidate|proctor|scorer|testConstructor|tutor"
BLOCKS = "p|div|ul|ol"
INLINE = "b|strong|i|em|code|sub|sup|span|br|img|a"
FIELDS = "textEntryInteraction|inlineChoiceInteraction"
TESTS = "match|stringMatch|equal|or|and"
VALUES = f"variable|baseValue|correct|mapResponse|index|sum|multiple|{TESTS}"
# element: (what stands in it, in order; whether words may stand there; needed attributes; other attributes)
ELEMENTS = {
    "assessmentItem": (
        "(responseDeclaration )*(outcomeDeclaration )*itemBody (responseProcessing )?(modalFeedback )*", False,
        {"identifier": TEXT, "title": TEXT, "adaptive": YES_NO, "timeDependent": YES_NO}, {"label": r"(?s).{0,256}"},
    ),
    "responseDeclaration": (
        "(correctResponse )?(mapping )?", False,
        {"identifier": NAME, "cardinality": "single|multiple|ordered", "baseType": f"{BASE}|file"}, {},
    ),
    "correctResponse": ("(value )+", False, {}, {}),
    "value": ("", True, {}, {}),
    "mapping": ("(mapEntry )+", False, {}, {"defaultValue": NUMBER, "lowerBound": NUMBER}),
    "mapEntry": ("", False, {"mapKey": TEXT, "mappedValue": NUMBER}, {"caseSensitive": YES_NO}),
    "outcomeDeclaration": (
        "(defaultValue )?", False, {"identifier": NAME, "cardinality": "single|multiple", "baseType": BASE},
        {"externalScored": "human|externalMachine"},
    ),
    "defaultValue": ("(value )+", False, {}, {}),
    "itemBody": (
        f"(({BLOCKS}|choiceInteraction|matchInteraction|orderInteraction|extendedTextInteraction|uploadInteraction|"
        "rubricBlock) )+", False, {}, {},
    ),
    "extendedTextInteraction": ("", False, {"responseIdentifier": NAME}, {"expectedLines": WHOLE}),
    "uploadInteraction": ("", False, {"responseIdentifier": NAME}, {}),
    "rubricBlock": (
        f"(contentBody |(({BLOCKS}) )*)", False,
        {"view": f"({VIEWS})( ({VIEWS}))*", "use": "instructions|scoring|navigation"}, {},
    ),
    "a": (f"(({INLINE}) )*", True, {"href": TEXT}, {}),
    "choiceInteraction": (
        "(simpleChoice )+", False, {"responseIdentifier": NAME, "shuffle": YES_NO, "maxChoices": WHOLE}, {}
    ),
    "orderInteraction": ("(simpleChoice )+", False, {"responseIdentifier": NAME, "shuffle": YES_NO}, {}),
    "simpleChoice": (f"(({INLINE}) )*", True, {"identifier": NAME}, {}),
    "matchInteraction": (
        "simpleMatchSet simpleMatchSet ", False,
        {"responseIdentifier": NAME, "shuffle": YES_NO, "maxAssociations": WHOLE}, {},
    ),
    "simpleMatchSet": ("(simpleAssociableChoice )*", False, {}, {}),
    "simpleAssociableChoice": (f"(({INLINE}) )*", True, {"identifier": NAME, "matchMax": WHOLE}, {}),
    "textEntryInteraction": ("", False, {"responseIdentifier": NAME}, {"class": TEXT}),
    "inlineChoiceInteraction": ("(inlineChoice )+", False, {"responseIdentifier": NAME, "shuffle": YES_NO}, {}),
    "inlineChoice": ("", True, {"identifier": NAME}, {}),
    "responseProcessing": ("((responseCondition|setOutcomeValue) )*", False, {}, {"template": "https?://.*"}),
    "responseCondition": ("responseIf (responseElseIf )*(responseElse )?", False, {}, {}),
    "responseIf": (f"({TESTS}) (setOutcomeValue )*", False, {}, {}),
    "responseElseIf": (f"({TESTS}) (setOutcomeValue )*", False, {}, {}),
    "responseElse": ("(setOutcomeValue )*", False, {}, {}),
    "setOutcomeValue": (f"({VALUES}) ", False, {"identifier": NAME}, {}),
    "match": (f"({VALUES}) ({VALUES}) ", False, {}, {}),
    "stringMatch": ("variable baseValue ", False, {"caseSensitive": YES_NO}, {}),
    "equal": (
        "variable baseValue ", False, {"toleranceMode": "exact|absolute"}, {"tolerance": rf"{NUMBER} {NUMBER}"}
    ),
    "or": (f"(({TESTS}) )+", False, {}, {}),
    "and": (f"(({TESTS}) )+", False, {}, {}),
    "sum": (f"(({VALUES}) )+", False, {}, {}),
    "multiple": (f"(({VALUES}) )*", False, {}, {}),
    "index": ("variable ", False, {"n": r"[1-9]\d*"}, {}),
    "variable": ("", False, {"identifier": NAME}, {}),
    "correct": ("", False, {"identifier": NAME}, {}),
    "mapResponse": ("", False, {"identifier": NAME}, {}),
    "baseValue": ("", True, {"baseType": BASE}, {}),
    "modalFeedback": (
        f"(contentBody |(({INLINE}) )*)", True,
        {"outcomeIdentifier": NAME, "identifier": NAME, "showHide": "show|hide"}, {},
    ),
    "contentBody": (f"(({BLOCKS}) )*", True, {}, {}),
    "p": (f"(({INLINE}|{FIELDS}) )*", True, {}, {}),
    "div": (f"(({BLOCKS}|{INLINE}|{FIELDS}) )*", True, {}, {}),
    "ul": ("(li )+", False, {}, {}),
    "ol": ("(li )+", False, {}, {}),
    "li": (f"(({BLOCKS}|{INLINE}|{FIELDS}) )*", True, {}, {}),
    "br": ("", False, {}, {}),
    "img": ("", False, {"src": TEXT, "alt": TEXT}, {}),
    "assessmentTest": ("testPart ", False, {"identifier": NAME, "title": TEXT}, {}),
    "testPart": (
        "(assessmentSection )+", False,
        {"identifier": NAME, "navigationMode": "linear|nonlinear", "submissionMode": "individual|simultaneous"}, {},
    ),
    "assessmentSection": (
        "((assessmentItemRef|assessmentSection) )*", False, {"identifier": NAME, "title": TEXT, "visible": YES_NO}, {}
    ),
    "assessmentItemRef": ("", False, {"identifier": NAME, "href": TEXT}, {}),
} | {
    name: (f"(({INLINE}|{FIELDS}) )*", True, {}, {"class": TEXT} if name == "span" else {})
    for name in ("b", "strong", "i", "em", "code", "sub", "sup", "span")
}  # fmt: skip
NAMESPACES = {
    "qti22": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "qti30": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
HTML = {*BLOCKS.split("|"), *INLINE.split("|"), "li"}
SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def spelled(name: str, version: str, *, is_element: bool) -> str:
    """How the version writes a name of 2.x."""
    if version == "qti22" or name in HTML:
        return name
    dashed = re.sub("([A-Z])", lambda letter: f"-{letter[1].lower()}", name)
    return f"qti-{dashed}" if is_element else dashed


class Grammar:
    def __init__(self, version: str):
        self.names = {f"{{{NAMESPACES[version]}}}{spelled(name, version, is_element=True)}": name for name in ELEMENTS}
        self.version = version

    def attributes_of(self, element) -> dict[str, str]:
        """By their names in 2.x."""
        allowed = {name for _content, _words, needed, other in ELEMENTS.values() for name in (*needed, *other)}
        spelling = {spelled(name, self.version, is_element=False): name for name in allowed}
        return {spelling.get(name, name): value for name, value in element.attrib.items()}

    def check(self, element, *, is_root: bool = True) -> None:
        assert element.tag in self.names, element.tag
        name = self.names[element.tag]
        content, takes_words, needed, other = ELEMENTS[name]
        children = [self.names.get(child.tag, child.tag) for child in element]
        assert re.fullmatch(content, "".join(f"{child} " for child in children)), (name, children)
        words = (element.text or "") + "".join(child.tail or "" for child in element)
        assert takes_words or not words.strip(), (name, words)
        attributes = self.attributes_of(element)
        assert (SCHEMA in attributes) == is_root
        attributes.pop(SCHEMA, None)
        assert set(needed) <= set(attributes) <= set(needed) | set(other), (name, attributes)
        for key, value in attributes.items():
            assert re.fullmatch((needed | other)[key], value), (name, key, value)
        for child in element:
            self.check(child, is_root=False)

    # --- What names point to ---

    def all(self, element, *names):
        return [one for one in element.iter() if self.names.get(one.tag) in names]

    def check_names(self, item) -> None:
        answers = {self.attributes_of(one)["identifier"]: one for one in self.all(item, "responseDeclaration")}
        outcomes = {self.attributes_of(one)["identifier"]: one for one in self.all(item, "outcomeDeclaration")}
        assert {"SCORE", "MAXSCORE"} <= set(outcomes)
        for interaction in [one for one in item.iter() if self.names[one.tag].endswith("Interaction")]:
            answer = answers[self.attributes_of(interaction)["responseIdentifier"]]
            self.check_answer(self.names[interaction.tag], interaction, answer)
        for one in self.all(item, "variable", "setOutcomeValue"):
            assert self.attributes_of(one)["identifier"] in {*answers, *outcomes}
        for one in self.all(item, "correct", "mapResponse"):
            assert self.attributes_of(one)["identifier"] in answers
        for one in self.all(item, "mapResponse"):
            assert self.all(answers[self.attributes_of(one)["identifier"]], "mapping")
        for modal in self.all(item, "modalFeedback"):
            assert self.attributes_of(modal)["outcomeIdentifier"] in outcomes
        (processing,) = self.all(item, "responseProcessing") or [etree.Element("none")]
        is_for_people = bool(self.all(item, "extendedTextInteraction", "uploadInteraction"))
        assert (processing.tag == "none") <= is_for_people
        if template := processing.get("template"):
            assert (len(processing), set(answers)) == (0, {"RESPONSE"})
            assert bool(self.all(item, "mapping")) or not template.removesuffix(".xml").endswith("map_response")

    def check_answer(self, name, interaction, answer) -> None:
        """Cardinality and type go with the interaction, and every value names something that may be answered."""
        said = self.attributes_of(answer)
        kinds = {
            "choiceInteraction": ({"single", "multiple"}, {"identifier"}),
            "orderInteraction": ({"ordered"}, {"identifier"}),
            "matchInteraction": ({"multiple"}, {"directedPair"}),
            "inlineChoiceInteraction": ({"single"}, {"identifier"}),
            "textEntryInteraction": ({"single"}, {"string", "float"}),
            "extendedTextInteraction": ({"single"}, {"string"}),
            "uploadInteraction": ({"single"}, {"file"}),
        }[name]
        assert said["cardinality"] in kinds[0]
        assert said["baseType"] in kinds[1]
        values = [one.text for one in self.all(answer, "value")]
        values += [self.attributes_of(one)["mapKey"] for one in self.all(answer, "mapEntry")]
        if name in ("extendedTextInteraction", "uploadInteraction"):
            assert values == []
            return
        if said["cardinality"] == "single":
            assert len(self.all(answer, "value")) == 1
        if name == "textEntryInteraction":
            assert said["baseType"] == "string" or all(re.fullmatch(NUMBER, value) for value in values)
            return
        offered = [
            self.attributes_of(one)["identifier"]
            for one in self.all(interaction, "simpleChoice", "simpleAssociableChoice", "inlineChoice")
        ]
        assert len(set(offered)) == len(offered)
        if name == "matchInteraction":
            left, right = ({self.attributes_of(one)["identifier"] for one in each} for each in interaction)
            assert all(one in left and other in right for one, other in (value.split(" ") for value in values))
        else:
            assert set(values) <= set(offered)


def check_item(root, grammar: Grammar) -> None:
    grammar.check(root)
    grammar.check_names(root)


def check_package(content: bytes, version: str) -> None:
    grammar = Grammar(version)
    archive = zipfile.ZipFile(io.BytesIO(content))
    manifest = etree.fromstring(archive.read("imsmanifest.xml"))
    resources = manifest.findall(".//{*}resource")
    listed = [file.get("href") for resource in resources for file in resource.findall("{*}file")]
    assert {*listed, "imsmanifest.xml"} == set(archive.namelist())
    for resource in resources:
        assert resource.get("href") == resource.find("{*}file").get("href")
        assert [etree.QName(child).localname for child in resource] in (
            ["metadata", *["file"] * (len(resource) - 1)], ["file"]
        )  # fmt: skip
        root = etree.fromstring(archive.read(resource.get("href")))
        for link in [one.get("href") for one in root.iter("{*}a")]:
            assert posixpath.join(posixpath.dirname(resource.get("href")), link) in listed
        if resource.get("type").startswith("imsqti_item"):
            check_item(root, grammar)
    grammar.check(etree.fromstring(archive.read("test.xml")))
    test = etree.fromstring(archive.read("test.xml"))
    items = {resource.get("href") for resource in resources if resource.get("type").startswith("imsqti_item")}
    assert [ref.get("href") in items for ref in grammar.all(test, "assessmentItemRef")] == [True] * len(items)


@pytest.mark.parametrize("version", list(NAMESPACES))
@settings(
    max_examples=150, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)  # fmt: skip
@given(drawn=st.lists(texts(), max_size=3))
def test_every_package_follows_the_specification(version, drawn):
    for path, content in GIVEN_OUT.items():
        keep_task_file(path.rpartition("/")[2], content)
    entries = [Entry(f"ma {n} <&", text, ("Mạng", "A/B")[: n % 3], ("thẻ",), "IU01") for n, text in enumerate(drawn)]

    check_package(written_in(FORMATS[version], entries).content, version)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('cardinality="single"', 'cardinality="one"'),
        ("simpleChoice", "simpleOption"),
        (' maxChoices="1"', ""),
        ('identifier="choice_1"', 'identifier="1 choice"'),
        ("<value>choice_1</value>", "<value>choice_9</value>"),
        ("</itemBody>", "words</itemBody>"),
        ('<variable identifier="RESPONSE"/>', '<variable identifier="ANSWER"/>'),
    ],
)
def test_the_grammar_finds_what_is_wrong(good, bad):
    text = QuestionText("single", "Câu?", options=(("a", True), ("b", False)), feedback="vì", points=2).cleaned()
    archive = zipfile.ZipFile(io.BytesIO(written_in(FORMATS["qti22"], [Entry("ma-1", text)]).content))
    item = archive.read("items/item-1.xml").decode()
    assert good in item
    broken = etree.fromstring(item.replace(good, bad).encode())

    with pytest.raises((AssertionError, KeyError)):
        check_item(broken, Grammar("qti22"))
