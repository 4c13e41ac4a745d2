"""Questions of several parts: matching, putting in order, gaps in a text, from the author's form to the review."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from quizzes.enums import FinishCause, Purpose, QuestionType, Scoring
from quizzes.errors import QuestionRefused
from quizzes.models import Question, QuestionVersion
from quizzes.question_text import AcceptedNumber, AcceptedText, Gap, QuestionText, separated, text_of
from quizzes.scoring import earned_percent
from quizzes.services import finalise, publish_quiz, revise_question, save_answer, start_attempt
from quizzes.types import kind_of
from quizzes.types.gaps import proportional
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, reviewed_question
from tests.quizzes.helpers import NO_ROWS
from tests.quizzes.test_exam_pages import post_save, url

CANARY = "hoang-yen-31bf"
MATCHING = {
    "type": QuestionType.MATCHING,
    "stem": "Nối thiết bị với loại.",
    "options": (),
    "pairs": (("Bàn phím", "thiết bị vào"), ("Chuột", "thiết bị vào"), ("Máy in", "thiết bị ra"), ("", "bộ nhớ")),
    "scoring": Scoring.PER_PART,
}
ORDERING = {
    "type": QuestionType.ORDERING,
    "stem": "Xếp các bước gửi thư.",
    "options": (),
    "items": ("Mở hộp thư", "Soạn thư", "Đính kèm tệp", "Gửi"),
    "scoring": Scoring.PER_PART,
}
GAPS = {
    "type": QuestionType.GAPS,
    "stem": "<p>Tắt máy thì [[1]] mất nội dung. 1 KB có [[2]] byte. Ổ cứng là bộ nhớ [[3]].</p>",
    "options": (),
    "gaps": (
        Gap("text", (AcceptedText("RAM"), AcceptedText("bộ nhớ trong", 50, "Nói rõ hơn."))),
        Gap("number", (AcceptedNumber(1024),), 2),
        Gap("list", (AcceptedText("ngoài"), AcceptedText("trong", 0), AcceptedText("đệm", 0))),
    ),
}
ALL = [MATCHING, ORDERING, GAPS]
IDS = [fields["type"].value for fields in ALL]


def text(fields, **others):
    return QuestionText(**(fields | others))


# --- Authors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "others"),
    [
        (MATCHING, {"pairs": (("a", "b"),)}),
        (MATCHING, {"pairs": (("a", "b"), ("c", "B"))}),
        (MATCHING, {"pairs": (("a", "b"), ("A", "c"))}),
        (MATCHING, {"pairs": (("a", "b"), ("c", ""))}),
        (MATCHING, {"pairs": (("a", "b"), ("c", "d"), ("", "B"))}),
        (MATCHING, {"pairs": (("a", "b"), ("c", "d"), ("", "e"), ("", "E"))}),
        (MATCHING, {"pairs": (("a", f'<img src="/thi/anh/{"a" * 64}/" alt="x">'), ("c", "d"))}),
        (MATCHING, {"pairs": tuple((str(n), str(n)) for n in range(21))}),
        (MATCHING, {"scoring": Scoring.PER_NEIGHBOUR}),
        (ORDERING, {"items": ("a", "b")}),
        (ORDERING, {"items": ("a", "b", "")}),
        (ORDERING, {"items": ("a", "b", "A")}),
        (ORDERING, {"items": tuple(map(str, range(16)))}),
        (ORDERING, {"scoring": Scoring.PER_OPTION}),
        (GAPS, {"gaps": ()}),
        (GAPS, {"stem": "[[1]] [[2]]"}),
        (GAPS, {"stem": "[[1]] [[2]] [[3]] [[4]]"}),
        (GAPS, {"stem": "[[1]] [[2]] [[3]] [[3]]"}),
        (GAPS, {"stem": f'<img src="/thi/anh/{"a" * 64}/" alt="[[1]]"> [[2]] [[3]]'}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("text", (AcceptedText("*"),)),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("text", (AcceptedText("a", 50),)),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("number", (AcceptedNumber("x"),)),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("list", (AcceptedText("a"),)),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("list", (AcceptedText("a"), AcceptedText("b"))),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("list", (AcceptedText("a"), AcceptedText("A", 0))),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("text", (AcceptedText("a"),), 0),)}),
        (GAPS, {"stem": "[[1]]", "gaps": (Gap("drawn", (AcceptedText("a"),)),)}),
    ],
)
def test_what_cannot_be_marked_is_refused_with_a_sentence(fields, others):
    with pytest.raises(QuestionRefused, match=r"\w+"):
        text(fields, **others).cleaned()


@pytest.mark.parametrize("fields", ALL, ids=IDS)
def test_what_an_author_wrote_comes_back_and_is_no_new_version(db, fields):
    question = reviewed_question(CategoryFactory(), code="Q-1", **fields)

    version = revise_question(question=question, text=text_of(question.current))
    again = revise_question(question=question, text=text(fields, stem=question.current.stem))

    assert (version.number, again.number) == (1, 1)
    assert text_of(version) == text(fields, stem=version.stem).cleaned().in_comparable_order()


@pytest.mark.parametrize("fields", ALL, ids=IDS)
def test_a_changed_answer_is_a_new_version(db, fields):
    question = reviewed_question(CategoryFactory(), code="Q-1", **fields)
    changed = {
        "matching": {"pairs": (*MATCHING["pairs"][:2], ("Máy in", "bộ nhớ"))},
        "ordering": {"items": tuple(reversed(ORDERING["items"]))},
        "gaps": {"gaps": (replace(GAPS["gaps"][0], weight=3), *GAPS["gaps"][1:])},
    }[fields["type"]]

    version = revise_question(question=question, text=text(fields, stem=question.current.stem, **changed))

    assert version.number == 2


@pytest.mark.parametrize("fields", ALL, ids=IDS)
def test_the_order_of_what_is_kept_says_nothing_of_the_key(fields):
    """The n-th option in the bank's order is the right one as often as any other."""
    shown = set()
    for _round in range(60):
        options, key, _feedback = separated(text(fields).cleaned())
        if fields is MATCHING:
            answers = [option["id"] for option in options if option["side"] == "answer"]
            first = next(option["id"] for option in options if option["side"] == "premise")
            shown.add(answers.index(key["pairs"][first]))
        elif fields is ORDERING:
            shown.add([option["id"] for option in options].index(key["order"][0]))
        else:
            percents = key["gaps"][2]["percents"]
            shown.add([percents[word["id"]] for word in options[2]["options"]].index("100"))

    assert len(shown) == (4 if fields is ORDERING else 3)


# --- What an answer earns -------------------------------------------------------------


def key_of(fields, **others):
    """(key, ids by text) of a question."""
    options, key, _feedback = separated(text(fields, **others).cleaned())
    words = [word for option in options for word in (option, *option.get("options", [])) if "id" in word]
    return key, {word["text"]: word["id"] for word in words}


@pytest.mark.parametrize(
    ("scoring", "chosen", "percent"),
    [
        ("per_part", {"Bàn phím": "thiết bị vào", "Chuột": "thiết bị vào", "Máy in": "thiết bị ra"}, Decimal(100)),
        ("per_part", {"Bàn phím": "thiết bị vào", "Máy in": "bộ nhớ"}, Decimal(100) / 3),
        ("per_part", {"Máy in": "thiết bị vào"}, Decimal(0)),
        ("all_or_nothing", {"Bàn phím": "thiết bị vào", "Chuột": "thiết bị vào"}, Decimal(0)),
        ("all_or_nothing", dict(MATCHING["pairs"][:3]), Decimal(100)),
    ],
)
def test_matching_earns_its_share_for_each_pair(scoring, chosen, percent):
    key, ids = key_of(MATCHING, scoring=scoring)

    response = [f"{ids[premise]}:{ids[answer]}" for premise, answer in chosen.items()]

    assert earned_percent("matching", key, response) == percent


@pytest.mark.parametrize(
    ("scoring", "places", "percent"),
    [
        ("per_part", (1, 2, 3, 4), Decimal(100)),
        ("per_part", (1, 2, 4, 3), Decimal(50)),
        ("per_part", (4, 1, 2, 3), Decimal(0)),
        ("per_part", (1, 1, 1, 1), Decimal(0)),
        ("per_part", (1, None, None, None), Decimal(25)),
        ("per_neighbour", (1, 2, 3, 4), Decimal(100)),
        ("per_neighbour", (4, 1, 2, 3), Decimal(200) / 3),
        ("per_neighbour", (4, 3, 2, 1), Decimal(0)),
        ("per_neighbour", (1, 2, 2, 3), Decimal(0)),
        ("all_or_nothing", (1, 2, 4, 3), Decimal(0)),
        ("all_or_nothing", (1, 2, 3, 4), Decimal(100)),
    ],
)
def test_putting_in_order_earns_by_places_or_by_neighbours(scoring, places, percent):
    key, ids = key_of(ORDERING, scoring=scoring)

    placed = [f"{ids[item]}:{place}" for item, place in zip(ORDERING["items"], places, strict=True) if place]

    assert earned_percent("ordering", key, placed) == percent


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        (("RAM", "1.024", "ngoài"), Decimal(100)),
        (("ram", "", ""), Decimal(25)),
        (("bộ nhớ trong", "1024", "trong"), Decimal("62.5")),
        (("", "", "ngoài"), Decimal(25)),
        (("x", "1,024", "đệm"), Decimal(0)),
    ],
)
def test_gaps_earn_their_mean_by_weight(said, percent):
    key, ids = key_of(GAPS)

    assert earned_percent("gaps", key, [said[0], said[1], ids.get(said[2], "")]) == percent


# --- The exam -------------------------------------------------------------------------


def sit(learner, purpose=Purpose.EXAM, questions=ALL, **fields):
    category = CategoryFactory(code=f"T-{purpose}")
    for number, question in enumerate(questions):
        reviewed_question(category, code=f"T-{purpose}-{number}", purpose=purpose, **question)
    quiz = QuizFactory(purpose=purpose, **fields)
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=len(questions))
    return start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member)


def item_of(attempt, kind):
    return next(item for item in attempt.paper.items if item["type"] == kind)


def right_response(attempt, kind):
    """The strings of a right answer, in the order in which the page's fields send them."""
    item = item_of(attempt, kind)
    key = QuestionVersion.objects.get(pk=item["version"]).key
    if kind == "matching":
        return [f"{premise['id']}:{key['pairs'][premise['id']]}" for premise in item["premises"]]
    if kind == "ordering":
        return [f"{option['id']}:{key['order'].index(option['id']) + 1}" for option in item["options"]]
    return ["RAM", "1024", next(word["id"] for word in item["gaps"][2]["options"] if word["text"] == "ngoài")]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", ALL, ids=IDS)
def test_a_paper_holds_no_key_and_no_trace_of_it(learner, host_clock, fields):
    attempt = sit(learner, questions=[fields])
    version = QuestionVersion.objects.get(pk=attempt.paper.items[0]["version"])

    item = attempt.paper.items[0]

    frozen = {"number", "version", "part", "section", "type", "stem", "points", "options"}
    assert set(item) - frozen <= {"premises", "gaps"}
    ids = re.findall(r'"([0-9a-f]{16})"', json.dumps(version.key))
    assert len(ids) > 2
    assert all(set(option) <= {"id", "text"} for option in item["options"])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", IDS)
def test_a_right_answer_without_a_script_is_saved_shown_again_and_marked(client, learner, host_clock, kind):
    attempt = sit(learner)
    number, response = item_of(attempt, kind)["number"], right_response(attempt, kind)
    client.force_login(learner)

    moved = client.post(url("attempt", attempt), {"cau": number, f"q{number}": response, f"s{number}": 1})
    page = client.get(url("attempt", attempt), {"cau": number}).text
    grading = finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert moved.status_code == 302
    assert attempt.answers.get(number=number).response == response
    chosen = 'value="RAM"' if kind == "gaps" else f'value="{response[0]}" selected'
    assert (chosen in page, "Đã hiểu là 1.024." in page) == (True, kind == "gaps")
    assert [row["points"] for row in grading.detail["items"] if row["number"] == number] == ["1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("matching", ["x:y"]),
        ("matching", ["{0}", "{1}"]),
        ("ordering", ["x:1"]),
        ("ordering", ["{0}", "{0}0"]),
        ("ordering", ["{0}9"]),
        ("gaps", ["a"]),
        ("gaps", ["a", "1", "x"]),
        ("gaps", ["a" * 201, "", ""]),
        ("gaps", ["", "1" * 41, ""]),
    ],
)
def test_what_the_paper_does_not_offer_is_refused(client, learner, host_clock, kind, response):
    attempt = sit(learner)
    item = item_of(attempt, kind)
    premise = item["premises"][0]["id"] if kind == "matching" else ""
    offered = [f"{premise}:{option['id']}" for option in item["options"]] if kind == "matching" else []
    if kind == "ordering":
        offered = [f"{item['options'][0]['id']}:1"]
    response = [part.format(*offered) for part in response]
    client.force_login(learner)

    answered = post_save(client, attempt, number=item["number"], response=response, sequence=1)

    assert answered.status_code == 400
    assert attempt.answers.get(number=item["number"]).response == []


@pytest.mark.django_db
def test_parts_that_are_left_open_are_saved_as_they_are(client, learner, host_clock):
    attempt = sit(learner)
    matching, ordering, gaps = (item_of(attempt, kind)["number"] for kind in IDS)
    pair, place = right_response(attempt, "matching")[1], right_response(attempt, "ordering")[2]
    client.force_login(learner)

    saved = [
        post_save(client, attempt, number=matching, response=["", pair, ""], sequence=1),
        post_save(client, attempt, number=ordering, response=["", "", place, ""], sequence=1),
        post_save(client, attempt, number=gaps, response=["  RAM ", "", ""], sequence=1),
    ]
    emptied = post_save(client, attempt, number=gaps, response=["", " ", ""], sequence=2)

    assert [response.status_code for response in (*saved, emptied)] == [200] * 4
    stored = dict(attempt.answers.values_list("number", "response"))
    assert (stored[matching], stored[ordering], stored[gaps]) == ([pair], [place], [])


@pytest.mark.django_db
def test_two_lines_in_one_place_are_kept_and_told(client, learner, host_clock):
    attempt = sit(learner, questions=[ORDERING])
    ids = [option["id"] for option in attempt.paper.items[0]["options"]]
    save_answer(attempt_id=attempt.pk, number=1, response=[f"{ids[0]}:2", f"{ids[1]}:2"], sequence=1)
    client.force_login(learner)

    page = client.get(url("attempt", attempt)).text

    assert "Hai dòng có cùng một vị trí" in page
    assert (f'value="{ids[0]}:2" selected' in page, f'value="{ids[1]}:2" selected' in page) == (True, True)


# --- The key stays ----------------------------------------------------------------------


def put_canaries():
    for version in QuestionVersion.objects.all():
        notes = [{"0": CANARY, **{word["id"]: CANARY for word in o.get("options", [])}} for o in version.options]
        QuestionVersion.objects.filter(pk=version.pk).update(
            key=version.key | {"note": CANARY}, feedback={"general": CANARY, "gaps": notes}
        )


@pytest.mark.django_db
def test_nothing_of_the_key_is_said_before_its_time(client, learner, host_clock):
    attempt = sit(learner, attempts_allowed=2)
    put_canaries()
    client.force_login(learner)

    def said():
        pages = [client.get(url(name, attempt)) for name in ("attempt", "save", "submit", "result")]
        for item in attempt.paper.items:
            response = right_response(attempt, item["type"])
            pages.append(post_save(client, attempt, number=item["number"], response=response, sequence=10**6))
        return "".join(f"{page.headers}{page.content.decode()}" for page in pages)

    during = said()
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    assert CANARY not in during
    assert "bộ nhớ trong" not in during
    assert client.get(url("result", attempt)).text.count(CANARY) > 2


@pytest.mark.django_db
def test_right_and_wrong_parts_are_acknowledged_alike(client, learner, host_clock):
    attempt = sit(learner)
    client.force_login(learner)

    sizes = []
    for kind in ("matching", "ordering"):
        number, right = item_of(attempt, kind)["number"], right_response(attempt, kind)
        wrong = [f"{one.split(':')[0]}:{other.split(':')[1]}" for one, other in zip(right, right[::-1], strict=True)]
        answers = [
            post_save(client, attempt, number=number, response=response, sequence=sequence)
            for sequence, response in enumerate((right, wrong), 1)
        ]
        sizes += [len({len(answered.content) for answered in answers})]

    assert sizes == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("allowed", "has"),
    [
        ([], (False, False, False)),
        (["right_or_wrong"], (True, False, False)),
        (["key"], (False, True, False)),
        (["feedback"], (False, False, True)),
    ],
)
def test_each_thing_is_shown_by_itself_for_every_part(client, learner, host_clock, allowed, has):
    attempt = sit(learner, attempts_allowed=1, review={"after_window": allowed})
    gaps = item_of(attempt, "gaps")["number"]
    save_answer(attempt_id=attempt.pk, number=gaps, response=["bộ nhớ trong", "5", ""], sequence=1)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    client.force_login(learner)

    response = client.get(url("result", attempt))

    bodies = {question.type: question.body for question in response.context["review"]}
    if not allowed:
        assert bodies == {}
        return
    verdicts = [row.is_right for row in (*bodies["matching"].premises, *bodies["ordering"].items)]
    verdicts += [gap.verdict for gap in bodies["gaps"].gaps]
    keys = [row.right_answer for row in bodies["matching"].premises]
    keys += [row.right_place for row in bodies["ordering"].items] + [gap.accepted for gap in bodies["gaps"].gaps]
    assert (any(v not in (None, "") for v in verdicts), any(keys), "Nói rõ hơn." in response.text) == has
    if has[0]:
        assert verdicts == [False] * 7 + ["partly", "wrong", "wrong"]


@pytest.mark.django_db
def test_the_form_of_the_exam_is_the_same_whatever_the_key(client, learner, host_clock):
    attempt = sit(learner)
    client.force_login(learner)

    def form():
        return client.get(url("attempt", attempt)).text.split("<fieldset", 1)[1]

    before = form()
    for version in QuestionVersion.objects.all():
        QuestionVersion.objects.filter(pk=version.pk).update(key={"anything": "else"})

    assert form() == before


def test_every_type_has_its_class_and_says_how_to_answer():
    kinds = [kind_of(kind) for kind in QuestionType.values]

    assert [kind.type for kind in kinds] == QuestionType.values
    assert all(str(kind.how_to_answer) for kind in kinds)


# --- The author's form ---------------------------------------------------------------------


STEM = {"key": "a", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}


def form_data(category, stem, rows, **fields):
    data = {"code": "Q-1", "category": category.pk, "purpose": "exam", "difficulty": "2", "shuffle_options": "on"}
    data |= NO_ROWS | {"stem": json.dumps({"blocks": [STEM | {"text": stem}], "entityMap": {}})}
    for name, forms in rows.items():
        data[f"{name}-TOTAL_FORMS"] = len(forms)
        data |= {f"{name}-{n}-{field}": value for n, row in enumerate(forms) for field, value in row.items()}
    return data | fields


GAP_ROWS = [
    {"asks": "text", "right": "RAM\n50% bộ nhớ trong # Nói rõ hơn.", "wrong": "", "weight": ""},
    {"asks": "number", "right": "1024 ± 0,5", "wrong": "", "weight": "2"},
    {"asks": "list", "right": "ngoài", "wrong": "trong # Không phải.\nđệm", "weight": "1"},
    {"asks": "text", "right": "", "wrong": "", "weight": ""},
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "stem", "rows"),
    [
        (
            {"type": "matching", "part_scoring": "all_or_nothing"},
            "Nối?",
            {
                "pairs": [
                    {"premise": "a", "answer": "1"},
                    {"premise": "b", "answer": "1"},
                    {"premise": "", "answer": "2"},
                ]
            },
        ),
        (
            {"type": "ordering", "part_scoring": "per_neighbour"},
            "Xếp?",
            {"items": [{"text": "a"}, {"text": ""}, {"text": "b"}, {"text": "c"}]},
        ),
        ({"type": "gaps"}, "Ô [[1]], [[2]] và [[3]].", {"gaps": GAP_ROWS}),
    ],
)
def test_an_author_writes_it_with_the_form_and_finds_it_there_again(client, admin, fields, stem, rows):
    category = CategoryFactory()
    client.force_login(admin)

    created = client.post(reverse("quizzes_cms:question_add"), form_data(category, stem, rows, **fields))
    question = Question.objects.get(code="Q-1")
    page = client.get(reverse("quizzes_cms:question", args=[question.pk]))
    form = page.context["form"]
    again = {name: [row.initial for row in getattr(form, name)] for name in rows}
    data = form_data(category, stem, {}, **fields) | {"version": 1, "owner": ""}
    for name, initial in again.items():
        data |= {f"{name}-{count}_FORMS": len(initial) for count in ("TOTAL", "INITIAL")}
        data |= {f"{name}-{n}-{key}": value for n, row in enumerate(initial) for key, value in row.items()}
        data |= {f"{name}-{n}-asks": "text" for n, row in enumerate(initial) if name == "gaps" and not row}
    del data["code"]
    saved = client.post(reverse("quizzes_cms:question", args=[question.pk]), data)

    assert (created.status_code, saved.status_code) == (302, 302), saved.context["form"].errors
    assert question.versions.count() == 1
    said = text_of(question.current)
    if said.type == "matching":
        assert (said.pairs, said.scoring) == ((("a", "1"), ("b", "1"), ("", "2")), "all_or_nothing")
    elif said.type == "ordering":
        assert (said.items, said.scoring) == (("a", "b", "c"), "per_neighbour")
    else:
        assert [(gap.asks, gap.weight, len(gap.accepted)) for gap in said.gaps] == [
            ("text", 1, 2), ("number", 2, 1), ("list", 1, 3),
        ]  # fmt: skip
        assert said.gaps[0].accepted[1] == AcceptedText("bộ nhớ trong", Decimal(50), "Nói rõ hơn.")
        assert said.gaps[1].accepted[0].tolerance == Decimal("0.5")
        assert {row.text: row.feedback for row in said.gaps[2].accepted}["trong"] == "Không phải."


@pytest.mark.django_db
def test_a_gap_without_answers_between_others_is_named_and_nothing_is_lost(client, admin):
    rows = {"gaps": [GAP_ROWS[0], GAP_ROWS[3], GAP_ROWS[1]]}
    client.force_login(admin)

    page = client.post(
        reverse("quizzes_cms:question_add"), form_data(CategoryFactory(), "[[1]] [[2]] [[3]]", rows, type="gaps")
    )

    assert page.status_code == 200
    assert "Chỗ trống 2:" in page.text
    assert "50% bộ nhớ trong # Nói rõ hơn." in page.text


def test_gaps_that_mean_the_same_are_the_same_text():
    typed = Gap("text", (AcceptedText("a"),), "0.5")
    number = Gap("number", (AcceptedNumber(1),), 1)
    one = QuestionText("gaps", "[[2]] x [[1]]", gaps=(typed, number)).cleaned().in_comparable_order()
    other = QuestionText("gaps", "[[1]] x [[2]]", gaps=(replace(number, weight=4), replace(typed, weight=2)))
    no_words = QuestionText("gaps", "[[1]]", gaps=(number,), case="exact", accents="ignore", shuffle_options=False)

    assert one == other.cleaned().in_comparable_order()
    assert [gap.weight for gap in one.gaps] == [2, 1]
    assert no_words.cleaned().in_comparable_order() == replace(
        no_words, case="ignore", accents="exact", shuffle_options=True
    ).cleaned().in_comparable_order()  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "same"),
    [
        (["2", "2"], ["1", "1"]),
        (["0.5", "1"], ["1", "2"]),
        (["0.01", "100"], ["0.01", "100"]),
        (["0.01", "50.01"], ["0.01", "50.01"]),
        (["0.3333333333", "0.6666666667"], ["1", "2"]),
        (["1", "100000"], ["0.01", "100"]),
    ],
)
def test_weights_are_a_proportion(weights, same):
    assert proportional([Decimal(weight) for weight in weights]) == tuple(Decimal(weight) for weight in same)
