"""QTI items as their own rules mark them. Small items in the two ways of writing, 2.x and 3.0."""

from decimal import Decimal

import pytest

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.plans import judged, parsed_file
from quizzes.importing.qti.names import dashed_name, plain_name

CORRECT = "<correctResponse><value>b</value></correctResponse>"
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
MAP = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>'
OPTIONS = """<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
<prompt>Phím nào chép?</prompt><simpleChoice identifier="a">Ctrl+V</simpleChoice>
<simpleChoice identifier="b">Ctrl+C</simpleChoice>
<simpleChoice identifier="c">Ctrl+X</simpleChoice></choiceInteraction>"""


def item(body, *, answer="", cardinality="single", base="identifier", rules=MATCH, extra=""):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" title="Câu" adaptive="false">
<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">{answer}</responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier"/>
<itemBody>{body}</itemBody>{rules}{extra}</assessmentItem>"""


def table(*rows, attributes=""):
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{worth}" {rest}/>' for key, worth, rest in rows)
    return f"<mapping {attributes}>{entries}</mapping>"


def condition(test, *then):
    return f"<responseCondition><responseIf>{test}{''.join(then)}</responseIf></responseCondition>"


def sets(value, base="float", name="SCORE"):
    return f'<setOutcomeValue identifier="{name}"><baseValue baseType="{base}">{value}</baseValue></setOutcomeValue>'


def matches(value, base="identifier"):
    return f'<match><variable identifier="RESPONSE"/><baseValue baseType="{base}">{value}</baseValue></match>'


@pytest.fixture
def judge():
    def one(text):
        (verdict,) = judged(parsed_file(text.encode(), name="a.xml"))
        return verdict

    return one


def test_one_right_answer_is_read_with_its_prompt_and_its_shuffling(judge):
    text = judge(item(f"<p>Nhìn bàn phím.</p>{OPTIONS}", answer=CORRECT)).text

    assert (text.type, text.stem, text.shuffle_options, text.points) == (
        "single", "<p>Nhìn bàn phím.</p><p>Phím nào chép?</p>", True, Decimal(1)
    )  # fmt: skip
    assert text.options == (("Ctrl+V", False), ("Ctrl+C", True), ("Ctrl+X", False))


def test_an_item_of_3_0_is_the_same_question(judge):
    old = item(OPTIONS, answer=CORRECT)
    new = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i1" title="Câu">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier"><qti-correct-response>
<qti-value>b</qti-value></qti-correct-response></qti-response-declaration><qti-outcome-declaration identifier="SCORE"
cardinality="single" base-type="float"/><qti-item-body><qti-choice-interaction response-identifier="RESPONSE"
shuffle="true" max-choices="1"><qti-prompt>Phím nào chép?</qti-prompt><qti-simple-choice identifier="a">Ctrl+V
</qti-simple-choice><qti-simple-choice identifier="b">Ctrl+C</qti-simple-choice><qti-simple-choice identifier="c">Ctrl+X
</qti-simple-choice></qti-choice-interaction></qti-item-body><qti-response-processing
template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>"""

    assert judge(new).text == judge(old).text


@pytest.mark.parametrize("name", ["maxChoices", "responseIdentifier", "shuffle"])
def test_the_names_of_the_two_versions_say_the_same(name):
    assert plain_name(dashed_name(name)) == name


def test_several_answers_together_or_nothing(judge):
    answer = "<correctResponse><value>a</value><value>b</value></correctResponse>"

    text = judge(item(OPTIONS, answer=answer, cardinality="multiple")).text

    assert (text.type, text.scoring, [right for _text, right in text.options]) == (
        "multiple", "all_or_nothing", [True, True, False]
    )  # fmt: skip


def test_several_answers_each_by_its_worth(judge):
    answer = table(("a", 1, ""), ("b", 3, ""), ("c", -2, ""), attributes='lowerBound="0" defaultValue="0"')

    text = judge(item(OPTIONS, answer=answer, cardinality="multiple", rules=MAP)).text

    assert (text.scoring, text.option_percents, text.points) == (
        "per_option", (Decimal(25), Decimal(75), Decimal(-50)), Decimal(4)
    )  # fmt: skip


def test_marking_rules_of_its_own_are_followed(judge):
    rules = (
        f"<responseProcessing>{condition(matches('b'), sets(4))}{condition(matches('c'), sets(1))}</responseProcessing>"
    )

    text = judge(item(OPTIONS, rules=rules)).text

    assert (text.option_percents, text.points) == ((Decimal(0), Decimal(100), Decimal(25)), Decimal(4))


@pytest.mark.parametrize(
    ("rules", "answer", "code"),
    [
        ('<responseProcessing><setOutcomeValue identifier="SCORE"><random/></setOutcomeValue></responseProcessing>',
         CORRECT, "qti_rule"),
        ('<responseProcessing template="http://example.org/own_rules"/>', CORRECT, "qti_rule"),
        # The rules and the declaration name two different keys: neither is believed.
        (f"<responseProcessing>{condition(matches('a'), sets(1))}</responseProcessing>", CORRECT, "qti_rule"),
        (MATCH, "", "qti_no_key"),
        (MATCH, "<correctResponse><value>z</value></correctResponse>", "qti_rule"),
    ],
)  # fmt: skip
def test_an_unclear_key_is_refused(judge, rules, answer, code):
    verdict = judge(item(OPTIONS, answer=answer, rules=rules))

    assert (verdict.text, verdict.reason.code) == (None, code)


def test_explanations_go_to_the_answer_that_brings_them_up(judge):
    follow = """<setOutcomeValue identifier="FEEDBACK"><multiple><variable identifier="RESPONSE"/>
<baseValue baseType="identifier">all</baseValue></multiple></setOutcomeValue>"""
    rules = f"<responseProcessing>{follow}{condition(matches('b'), sets(1))}</responseProcessing>"
    extra = "".join(
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{text}</modalFeedback>'
        for name, text in (("a", "Đó là dán."), ("all", "Xem bài 2."), ("never", "?"))
    )

    verdict = judge(item(OPTIONS, answer=CORRECT, rules=rules, extra=extra))

    assert (verdict.text.feedback, verdict.text.option_feedback) == ("Xem bài 2.", ("Đó là dán.", "", ""))
    assert [note.code for note in verdict.warnings] == ["qti_feedback_left_out"]


def test_a_typed_answer_knows_whether_capitals_matter(judge):
    body = '<p>Thủ đô: <textEntryInteraction responseIdentifier="RESPONSE"/>.</p>'
    loose = table(("Hà Nội", 1, 'caseSensitive="false"'), ("Ha Noi", "0.5", 'caseSensitive="false"'))
    exact = table(("Hà Nội", 1, 'caseSensitive="true"'))

    texts = [judge(item(body, answer=answer, base="string", rules=MAP)).text for answer in (loose, exact)]

    assert [text.case for text in texts] == ["ignore", "exact"]
    assert texts[0].stem == "Thủ đô: _____."
    assert [(row.text, row.percent) for row in texts[0].accepted] == [("Hà Nội", 100), ("Ha Noi", 50)]


def test_a_star_in_a_typed_answer_is_a_star(judge):
    body = '<p>Dấu nhân?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    answer = "<correctResponse><value>a*b</value></correctResponse>"

    text = judge(item(body, answer=answer, base="string")).text

    assert (text.stem, text.accepted[0].text) == ("Dấu nhân?", r"a\*b")


def test_a_number_keeps_how_far_off_it_may_be(judge):
    body = '<p>Pi?</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    test = """<equal toleranceMode="absolute" tolerance="0.01 0.01"><variable identifier="RESPONSE"/>
<correct identifier="RESPONSE"/></equal>"""
    rules = f"<responseProcessing>{condition(test, sets(2))}</responseProcessing>"
    answer = "<correctResponse><value>3.14</value></correctResponse>"

    text = judge(item(body, answer=answer, base="float", rules=rules)).text

    assert [(row.value, row.tolerance, row.percent) for row in text.accepted] == [
        (Decimal("3.14"), Decimal("0.01"), Decimal(100))
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Chỉ đọc.</p>", "description"),
        ('<extendedTextInteraction responseIdentifier="RESPONSE"/>', "essay"),
        ('<uploadInteraction responseIdentifier="RESPONSE"><prompt>Nộp.</prompt></uploadInteraction>', "essay"),
        ('<hotspotInteraction responseIdentifier="RESPONSE"><prompt>Bấm.</prompt></hotspotInteraction>', "hotspot"),
        (OPTIONS + '<p><textEntryInteraction responseIdentifier="RESPONSE"/></p>', "composite"),
    ],
)  # fmt: skip
def test_every_kind_is_named(judge, body, kind):
    assert judge(item(body, answer=CORRECT)).found.kind == kind


def test_a_question_that_is_made_anew_for_each_learner_is_refused(judge):
    template = '<templateDeclaration identifier="X" cardinality="single" baseType="integer"/>'

    verdicts = [
        judge(item(OPTIONS, answer=CORRECT, extra=template)),
        judge(item(OPTIONS, answer=CORRECT).replace('adaptive="false"', 'adaptive="true"')),
    ]

    assert [verdict.reason.code for verdict in verdicts] == ["qti_template", "qti_adaptive"]


def test_script_is_taken_out_and_named(judge):
    body = (
        f"<p>Đọc <script>alert(1)</script><a href='javascript:x'>kỹ</a>.</p><![CDATA[<img src=x onerror=y>]]>{OPTIONS}"
    )

    text = judge(item(body, answer=CORRECT)).text

    assert "script" not in text.stem
    assert "<img" not in text.stem
    assert text.stem.startswith("<p>Đọc kỹ.</p>")


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', "forbidden_xml"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "forbidden_xml"),
        ('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;]>', "forbidden_xml"),
    ],
)
def test_entities_are_refused(head, code):
    text = item(OPTIONS, answer=CORRECT).replace("?>", f"?>{head}", 1)
    with pytest.raises(QuestionFileRefused) as refused:
        parsed_file(text.encode(), form="qti")

    assert refused.value.note.code == code


def test_a_doctype_alone_is_what_1_2_asks_for():
    text = '<!DOCTYPE questestinterop SYSTEM "http://127.0.0.1:9/ims.dtd">'
    text += '<questestinterop><item title="a"/></questestinterop>'

    assert [found.title for found in parsed_file(text.encode()).questions] == ["a"]


PAIRS = """<matchInteraction responseIdentifier="RESPONSE" maxAssociations="2"><simpleMatchSet>
<simpleAssociableChoice identifier="p" matchMax="1">CPU</simpleAssociableChoice>
<simpleAssociableChoice identifier="q" matchMax="1">RAM</simpleAssociableChoice></simpleMatchSet><simpleMatchSet>
<simpleAssociableChoice identifier="x" matchMax="1">xử lý</simpleAssociableChoice>
<simpleAssociableChoice identifier="y" matchMax="1">nhớ</simpleAssociableChoice></simpleMatchSet></matchInteraction>"""
RIGHT_PAIRS = "<correctResponse><value>p x</value><value>q y</value></correctResponse>"
ORDER = """<orderInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="c">mở</simpleChoice>
<simpleChoice identifier="a">bật</simpleChoice><simpleChoice identifier="b">chờ</simpleChoice></orderInteraction>"""
RIGHT_ORDER = "<correctResponse><value>a</value><value>b</value><value>c</value></correctResponse>"


def at(place, name):
    found = f'<index n="{place}"><variable identifier="RESPONSE"/></index>'
    return f'<match>{found}<baseValue baseType="identifier">{name}</baseValue></match>'


def adding(value):
    worth = f'<variable identifier="SCORE"/><baseValue baseType="float">{value}</baseValue>'
    return f'<setOutcomeValue identifier="SCORE"><sum>{worth}</sum></setOutcomeValue>'


@pytest.mark.parametrize(
    ("answer", "rules", "scoring", "warned"),
    [
        (RIGHT_PAIRS, MATCH, "all_or_nothing", []),
        (RIGHT_PAIRS + table(("p x", 2, ""), ("q y", 2, "")), MAP, "per_part", []),
        (RIGHT_PAIRS + table(("p x", 3, ""), ("q y", 1, "")), MAP, "per_part", ["credit_levelled"]),
        (RIGHT_PAIRS, "<responseProcessing><lookupOutcomeValue/></responseProcessing>", "per_part", ["credit_unknown"]),
    ],
)
def test_pairs_earn_as_the_rules_of_the_item_say(judge, answer, rules, scoring, warned):
    found = judge(item(f"<p>Ghép.</p>{PAIRS}", answer=answer, cardinality="multiple", base="directedPair", rules=rules))

    assert (found.text.scoring, [warning.code for warning in found.warnings]) == (scoring, warned)


@pytest.mark.parametrize(
    ("rules", "scoring", "warned"),
    [
        (MATCH, "all_or_nothing", []),
        ("".join(condition(at(place, name), adding(1)) for place, name in enumerate("abc", 1)), "per_part", []),
        (condition(at(1, "a"), adding(1)) + condition(at(2, "b"), adding(2)), "per_part", ["credit_levelled"]),
    ],
)
def test_an_order_earns_as_the_rules_of_the_item_say(judge, rules, scoring, warned):
    if "template" not in rules:
        rules = f"<responseProcessing>{sets(0)}{rules}</responseProcessing>"

    found = judge(item(f"<p>Xếp.</p>{ORDER}", answer=RIGHT_ORDER, cardinality="ordered", rules=rules))

    assert (found.text.items, found.text.scoring) == (("bật", "chờ", "mở"), scoring)
    assert [warning.code for warning in found.warnings] == warned


def test_only_what_every_answer_brings_up_is_the_explanation_of_pairs(judge):
    always = sets("chung", "identifier", "FEEDBACK")
    wrong = "<responseCondition><responseIf><match><variable identifier='RESPONSE'/><correct identifier='RESPONSE'/>"
    wrong += f"</match></responseIf><responseElse>{sets('sai', 'identifier', 'FEEDBACK')}</responseElse>"
    rules = f"<responseProcessing>{condition(matches_right(), sets(1))}{always}{wrong}</responseCondition>"
    modals = "".join(
        f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{name}</modalFeedback>'
        for name in ("chung", "sai")
    )

    found = judge(
        item(f"<p>Ghép.</p>{PAIRS}", answer=RIGHT_PAIRS, cardinality="multiple", base="directedPair",
             rules=f"{rules}</responseProcessing>", extra=modals)
    )  # fmt: skip

    # The second condition takes the first one's place for whoever is wrong: then nothing is always shown.
    assert (found.text.feedback, [warning.code for warning in found.warnings]) == ("", ["qti_feedback_left_out"])


def matches_right():
    return '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'


def test_gaps_pairs_and_orders_are_found_with_their_keys():
    gap = """<p>Phím <inlineChoiceInteraction responseIdentifier="RESPONSE">
<inlineChoice identifier="a">V</inlineChoice>
<inlineChoice identifier="b">C</inlineChoice></inlineChoiceInteraction> chép.</p>"""
    sets = "".join(
        "<simpleMatchSet>" + "".join(f'<choice identifier="{n}">{n}</choice>' for n in each)
        + "</simpleMatchSet>" for each in ("pq", "xyz")
    )  # fmt: skip
    pairs = f'<matchInteraction responseIdentifier="RESPONSE">{sets}</matchInteraction>'
    order = OPTIONS.replace("choiceInteraction", "orderInteraction")
    right = "<correctResponse>{}</correctResponse>".format

    def found(*args, **rest):
        return parsed_file(item(*args, **rest).encode()).questions[0]

    cloze = found(gap, answer=CORRECT)
    match = found(
        pairs, answer=right("<value>p y</value><value>q x</value>"), cardinality="multiple", base="directedPair"
    )
    ordering = found(order, answer=right("<value>c</value><value>a</value><value>b</value>"), cardinality="ordered")

    assert (cloze.stem.text, [[(a.text.text, a.percent) for a in gap.answers] for gap in cloze.gaps]) == (
        "<p>Phím [[1]] chép.</p>", [[("V", 0), ("C", 100)]]
    )  # fmt: skip
    assert [(pair.premise.text, pair.answer.text) for pair in match.pairs] == [("p", "y"), ("q", "x"), ("", "z")]
    assert [each.text.text for each in ordering.items] == ["Ctrl+X", "Ctrl+V", "Ctrl+C"]


# --- 1.2 --------------------------------------------------------------------------

LABELS = "".join(
    f'<response_label ident="{name}"><material><mattext>{text}</mattext></material></response_label>'
    for name, text in (("a", "Ctrl+V"), ("b", "Ctrl+C"), ("c", "Ctrl+X"))
)


def legacy(response, rules, *, fields=""):
    return f"""<questestinterop><assessment title="Tin học"><section title="Phím"><item ident="i" title="Câu">{fields}
<presentation><material><mattext texttype="text/html">&lt;p&gt;Phím nào?&lt;/p&gt;</mattext></material>{response}
</presentation><resprocessing>{rules}</resprocessing><itemfeedback ident="f"><material>
<mattext>Tốt.</mattext></material></itemfeedback></item></section></assessment></questestinterop>"""


def earns(test, score, *, action="Set", feedback=""):
    shown = f'<displayfeedback linkrefid="{feedback}"/>' if feedback else ""
    return f"""<respcondition><conditionvar>{test}</conditionvar><setvar action="{action}">{score}</setvar>{shown}
</respcondition>"""


def test_a_choice_of_1_2_is_read_with_its_category(judge):
    response = f'<response_lid ident="r" rcardinality="Single"><render_choice>{LABELS}</render_choice></response_lid>'

    verdict = judge(legacy(response, earns('<varequal respident="r">b</varequal>', 10, feedback="f")))

    assert (verdict.found.category, verdict.text.stem) == (("Tin học", "Phím"), "Phím nào?")
    assert verdict.text.options == (("Ctrl+V", False), ("Ctrl+C", True), ("Ctrl+X", False))
    assert verdict.text.option_feedback == ("", "Tốt.", "")


BLACKBOARD = """<questestinterop><assessment title="Ngân hàng"><section><item maxattempts="0"><itemmetadata>
<bbmd_questiontype>Multiple Choice</bbmd_questiontype></itemmetadata><presentation><flow class="Block"><flow
class="QUESTION_BLOCK"><flow class="FORMATTED_TEXT_BLOCK"><material><mat_extension><mat_formattedtext
type="HTML">&lt;p&gt;Phím nào sao chép?&lt;/p&gt;</mat_formattedtext></mat_extension></material></flow></flow>
<flow class="RESPONSE_BLOCK"><response_lid ident="response" rcardinality="Single"><render_choice>{options}
</render_choice></response_lid></flow></flow></presentation><resprocessing scoremodel="SumOfScores"><outcomes>
<decvar varname="SCORE" vartype="Decimal" defaultval="0.0" minvalue="0.0"{most}/></outcomes>
<respcondition title="correct"><conditionvar><varequal respident="response" case="No">b</varequal></conditionvar>
<setvar variablename="SCORE"
action="Set">SCORE.max</setvar></respcondition>{more}<respcondition title="incorrect"><conditionvar><other/>
</conditionvar><setvar variablename="SCORE" action="Set">0.0</setvar></respcondition></resprocessing></item></section>
</assessment></questestinterop>"""
HALF = """<respcondition><conditionvar><varequal respident="response" case="No">a</varequal></conditionvar><setvar
variablename="SCORE" action="Set">5</setvar></respcondition>"""


def blackboard(most="", more=""):
    label = """<flow_label class="Block"><response_label ident="{}"><flow_mat class="FORMATTED_TEXT_BLOCK"><material>
<mat_extension><mat_formattedtext type="HTML">{}</mat_formattedtext></mat_extension></material></flow_mat>
</response_label></flow_label>"""
    options = "".join(label.format(name, words) for name, words in (("a", "Ctrl+V"), ("b", "Ctrl+C")))
    return BLACKBOARD.format(options=options, most=most, more=more)


@pytest.mark.parametrize("most", ["", ' maxvalue="10.0"'])
def test_all_the_points_of_blackboard_are_all_the_points(judge, most):
    text = judge(blackboard(most)).text

    assert (text.stem, text.options) == ("Phím nào sao chép?", (("Ctrl+V", False), ("Ctrl+C", True)))


def test_all_the_points_beside_some_points_need_their_number(judge):
    told, untold = judge(blackboard(' maxvalue="10.0"', HALF)), judge(blackboard("", HALF))

    assert told.text.option_percents == (Decimal(50), Decimal(100))
    assert untold.reason.code == "qti_rule"


def test_answers_of_1_2_that_earn_only_together(judge):
    response = f'<response_lid ident="r" rcardinality="Multiple"><render_choice>{LABELS}</render_choice></response_lid>'
    test = """<and><varequal respident="r">a</varequal><varequal respident="r">b</varequal><not><varequal
respident="r">c</varequal></not></and>"""

    text = judge(legacy(response, earns(test, 100))).text

    assert (text.scoring, [right for _text, right in text.options]) == ("all_or_nothing", [True, True, False])


def test_a_range_of_1_2_is_a_number_and_how_far_off_it_may_be(judge):
    response = (
        '<response_str ident="r"><render_fib fibtype="Decimal"><response_label ident="x"/></render_fib></response_str>'
    )
    test = '<vargte respident="r">70</vargte><varlte respident="r">84</varlte>'

    text = judge(legacy(response, earns(test, 100))).text

    assert [(row.value, row.tolerance) for row in text.accepted] == [(Decimal(77), Decimal(7))]


def test_a_range_without_its_lower_end_is_taken_and_told(judge):
    """As Canvas writes how exactly a number must be given."""
    response = (
        '<response_str ident="r"><render_fib fibtype="Decimal"><response_label ident="x"/></render_fib></response_str>'
    )
    test = """<or><varequal respident="r">42.0</varequal><and><vargt respident="r">41.995</vargt>
<varlte respident="r">42.005</varlte></and></or>"""

    found = judge(legacy(response, earns(test, 100)))

    assert [(row.value, row.tolerance) for row in found.text.accepted] == [(Decimal(42), Decimal("0.005"))]
    assert [dict(each.params) for each in found.warnings if each.code == "half_open"] == [{"low": "41.995"}]
    assert judge(legacy(response, earns(test.replace("42.0<", "7<"), 100))).reason.code == "qti_rule"


# --- What people mark -------------------------------------------------------------------

FIELD = '<extendedTextInteraction responseIdentifier="RESPONSE"/>'
SCORER = '<rubricBlock view="scorer">{}</rubricBlock>'
LINES = "<p>Tiêu chí chấm điểm:</p><p>* Nội dung</p><p>- 3: đủ ý</p>"


def essay(body, base="string"):
    return item(body, base=base, rules="")


def test_a_note_to_scorers_is_the_guide_and_no_part_of_the_question(judge):
    verdict = judge(essay(f"<p>Nêu.</p>{SCORER.format('<p>Xem<br/>bài 2.</p><ul><li>ba ý</li></ul>')}{FIELD}"))

    assert (verdict.text.type, verdict.text.stem, verdict.text.guide) == ("essay", "Nêu.", "Xem\nbài 2.\nba ý")
    assert [note.code for note in verdict.warnings] == ["criteria_made"]


@pytest.mark.parametrize(("view", "is_shown"), [("scorer", False), ("candidate scorer", True)])
def test_criteria_are_lines_of_a_block_for_scorers_which_candidates_may_see(judge, view, is_shown):
    block = SCORER.format(LINES).replace('"scorer"', f'"{view}"')

    text = judge(essay(f"<p>Nêu.</p>{SCORER.format('<p>Gợi ý.</p>')}{block}{FIELD}")).text

    assert (text.stem, text.guide, text.shows_criteria) == ("Nêu.", "Gợi ý.", is_shown)
    assert [(row.title, [level.points for level in row.levels]) for row in text.criteria] == [("Nội dung", [3])]


def test_a_block_for_everybody_stays_part_of_the_question(judge):
    block = '<rubricBlock view="candidate scorer"><p>Viết bằng tiếng Việt.</p></rubricBlock>'

    text = judge(essay(f"<p>Nêu.</p>{block}{FIELD}")).text

    assert (text.stem, text.guide) == ("<p>Viết bằng tiếng Việt.</p><p>Nêu.</p>", "")


def test_the_score_that_an_item_names_is_what_its_question_is_worth(judge):
    most = (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue><value>5</value>'
    )
    text = essay(f"<p>Nêu.</p>{FIELD}").replace("<itemBody>", f"{most}</defaultValue></outcomeDeclaration><itemBody>")

    assert judge(text).text.points == 5
