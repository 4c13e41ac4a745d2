"""The pages of rules, proposals, duties, exemptions, and of why."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from courses.models import Course, Exemption, Requirement, TrackRule
from staff import clock
from staff.models import AudienceRule, Duty
from tests.factories.staff import AudienceFactory, AudienceRuleFactory, DutyFactory, PostingFactory, UnitFactory
from tests.factories.unit_coverage import (
    CourseFactory,
    ExemptionFactory,
    QualificationFactory,
    RequirementFactory,
    TrackRuleFactory,
)
from unit_coverage.models import Proposal

pytestmark = pytest.mark.django_db
TOMORROW = clock.today() + timedelta(days=1)


def words(day):
    return f"{day:%d/%m/%Y}"


def confirm(client, response):
    """Follow a form to its proposal, and confirm what is shown."""
    assert response.status_code == 302, response.context["form"].errors
    page = client.get(response["Location"])
    return client.post(response["Location"], {"shown": page.context["preview"].effect.digest})


# --- Rules --------------------------------------------------------------------


def test_an_administrator_writes_an_audience_and_a_requirement(client, admin, course, learner):
    client.force_login(admin)
    audience = {"code": "chuyen-mon-xa", "name": "Chuyên môn xã", "valid_from": words(TOMORROW), "after_version": 0}
    audience |= {"categories": ["cong_chuc"], "unit_kinds": ["office"], "positions": "Kế toán\n  kế  TOÁN \n"}
    done = confirm(client, client.post(reverse("rules:new_audience"), audience))
    assert (done.status_code, done["Location"]) == (302, reverse("rules:audiences"))
    requirement = {
        "code": "YC-MOI",
        "audience": "chuyen-mon-xa",
        "what": "basic/CB-01",
        "counts": "passed",
        "legal_basis": "Kế hoạch 7",
        "valid_from": words(TOMORROW),
        "due": "days",
        "due_days": 90,
        "after_version": 0,
    }

    confirm(client, client.post(reverse("rules:new_requirement"), requirement))

    rule, stored = AudienceRule.objects.get(), Requirement.objects.get()
    assert (rule.categories, rule.unit_kinds, rule.positions) == (["cong_chuc"], ["office"], ["Kế toán", "kế TOÁN"])
    assert (stored.code, stored.course, stored.due_days, stored.due_on) == ("YC-MOI", course, 90, None)
    assert stored.recorded_by == admin
    assert client.get(reverse("rules:requirement", args=["YC-MOI"])).status_code == 200


def test_a_new_version_begins_with_the_words_of_the_last(client, admin, requirement):
    client.force_login(admin)

    form = client.get(reverse("rules:change_requirement", args=["YC-CB"])).context["form"]

    assert (form["what"].value(), form["due"].value(), form["after_version"].value()) == ("basic/CB-01", "fixed", 1)


def test_the_form_says_what_is_wrong_and_loses_nothing(client, admin, requirement):
    client.force_login(admin)
    sent = {
        "audience": requirement.audience.code,
        "what": "basic/CB-01",
        "counts": "passed",
        "legal_basis": "Kế hoạch rất dài",
        "valid_from": words(clock.today() - timedelta(days=3)),
        "due": "fixed",
        "after_version": 1,
    }

    response = client.post(reverse("rules:change_requirement", args=["YC-CB"]), sent)

    assert sorted(response.context["form"].errors) == ["due_on", "valid_from"]
    assert "Kế hoạch rất dài" in response.text
    assert Proposal.objects.count() == 0


def test_a_stale_version_number_is_refused_with_a_sentence(client, admin, requirement):
    client.force_login(admin)
    RequirementFactory(code="YC-CB", version=2, audience=requirement.audience, track=requirement.track)
    sent = {"audience": requirement.audience.code, "what": "basic", "counts": "passed", "legal_basis": "x"}
    sent |= {"valid_from": words(TOMORROW), "due": "none", "after_version": 1}

    response = client.post(reverse("rules:change_requirement", args=["YC-CB"]), sent)

    assert len(response.context["form"].non_field_errors()) == 1
    assert Proposal.objects.count() == 0


def test_a_proposal_that_no_longer_holds_is_shown_anew(client, admin, requirement, commune):
    client.force_login(admin)
    PostingFactory(unit=commune)
    end = {"last_day": words(clock.today()), "reason": "hết hiệu lực"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]
    shown = client.get(address).context["preview"].effect.digest
    PostingFactory(unit=commune)

    refused = client.post(address, {"shown": shown}, follow=True)

    assert Requirement.objects.get().valid_until is None
    assert len(refused.context["preview"].effect.people) == 2
    assert len(list(refused.context["messages"])) == 1


def test_confirming_twice_by_post_makes_one_version(client, admin, requirement):
    client.force_login(admin)
    end = {"last_day": words(clock.today()), "reason": "hết hiệu lực"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]
    shown = client.get(address).context["preview"].effect.digest

    answers = [client.post(address, {"shown": shown})["Location"] for _twice in range(2)]

    assert answers == [reverse("rules:requirements")] * 2
    assert client.get(address).context.get("preview") is None


def test_nobody_but_its_author_opens_a_proposal(client, admin, hr, requirement):
    client.force_login(admin)
    end = {"last_day": words(clock.today()), "reason": "hết"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]
    client.force_login(hr)

    assert [client.get(address).status_code, client.get(f"{address}csv/").status_code] == [404, 404]
    assert client.post(address, {"shown": "x"}).status_code == 404


def test_the_file_of_a_proposal_lists_people_and_figures(client, admin, requirement, commune):
    person = PostingFactory(unit=commune).staff_member
    client.force_login(admin)
    end = {"last_day": words(clock.today()), "reason": "hết"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]

    lines = client.get(f"{address}csv/").text.splitlines()

    assert lines[1].split(",")[:4] == [person.full_name, commune.code, commune.name, "YC-CB"]
    assert [line.split(",")[4:7] for line in lines if line.startswith(commune.code)] == [["0", "1", '"0']]


def test_a_proposal_says_of_which_commune_an_office_is(client, admin, requirement, office):
    PostingFactory(unit=office)
    client.force_login(admin)
    end = {"last_day": words(clock.today()), "reason": "hết"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]

    page, file = client.get(address).text, client.get(f"{address}csv/").text

    assert ["Văn phòng HĐND và UBND · Xã Đơn Dương" in text for text in (page, file)] == [True, True]


def test_a_track_rule_and_a_validity_are_changed(client, admin, course):
    other = CourseFactory(code="CB-02", track=course.track)
    client.force_login(admin)
    sent = {"courses": ["CB-01", "CB-02"], "needed": 1, "valid_from": words(TOMORROW), "after_version": 0}

    confirm(client, client.post(reverse("rules:change_track", args=["basic"]), sent))
    validity = {"validity": "months", "months": 12, "renewal_window_days": 30}
    confirm(client, client.post(reverse("rules:change_validity", args=["CB-02"]), validity))

    rule = TrackRule.objects.get()
    assert (rule.needed, set(rule.courses.all())) == (1, {course, other})
    changed = Course.objects.get(pk=other.pk)
    assert (changed.validity, changed.validity_months, changed.renewal_window_days) == ("months", 12, 30)


@pytest.mark.parametrize(("needed", "says"), [(None, True), (2, True), (1, False)])
def test_a_track_rule_that_nobody_can_fulfil_yet_says_so_before_it_is_confirmed(client, admin, course, needed, says):
    CourseFactory(code="CB-02", track=course.track, is_ready=False)
    Course.objects.filter(pk=course.pk).update(is_ready=True)
    client.force_login(admin)
    sent = {"courses": ["CB-01", "CB-02"], "needed": needed or "", "valid_from": words(TOMORROW), "after_version": 0}

    shown = client.post(reverse("rules:change_track", args=["basic"]), sent, follow=True).text

    assert ("CB-02: đang chuẩn bị" in shown) == says


@pytest.mark.parametrize("name", ["requirements", "audiences", "tracks"])
def test_hr_reads_the_rules_and_is_offered_no_change(client, hr, requirement, name):
    client.force_login(hr)

    text = client.get(reverse(f"rules:{name}")).text

    assert "phien-ban-moi" not in text
    assert "/them/" not in text
    assert "thoi-han" not in text


QUERIES = {}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", ["requirements", "audiences", "tracks"])
def test_lists_of_rules_ask_the_same_for_1_and_3(
    client, hr, everybody, tracks, name, count, django_assert_max_num_queries
):
    for code in list(tracks)[:count]:
        course = CourseFactory(track=tracks[code])
        RequirementFactory(audience=AudienceRuleFactory(audience=AudienceFactory()).audience, track=course.track)
        TrackRuleFactory(track=course.track, courses=[course])
    client.force_login(hr)

    with django_assert_max_num_queries(14) as asked:
        client.get(reverse(f"rules:{name}"))

    assert len(asked) == QUERIES.setdefault(name, len(asked))


@pytest.mark.parametrize("count", [1, 3])
def test_a_proposal_asks_the_same_for_1_and_3_people(
    client, admin, requirement, commune, count, django_assert_max_num_queries
):
    for _ in range(count):
        PostingFactory(unit=commune)
    client.force_login(admin)
    end = {"last_day": words(clock.today()), "reason": "hết"}
    address = client.post(reverse("rules:end_requirement", args=["YC-CB"]), end)["Location"]

    with django_assert_max_num_queries(60) as asked:
        client.get(address)

    assert len(asked) == QUERIES.setdefault("proposal", len(asked))


# --- Duties and exemptions ---------------------------------------------------


@pytest.fixture
def specialists(tracks):
    """Whoever holds the ICT duty must hold CS-03."""
    audience = AudienceRuleFactory(audience=AudienceFactory(name="Cán bộ CNTT"), duties=["ict_officer"]).audience
    course = CourseFactory(code="CS-03", track=tracks["specialist"], title="Quản trị mạng")
    return RequirementFactory(code="YC-CS", audience=audience, track=course.track, course=course, due_days=365)


def test_hr_gives_a_duty_after_a_sentence_about_its_effect(client, hr, learner, office, commune, specialists):
    client.force_login(hr)
    person = learner.staff_member
    sent = {"duty": "ict_part", "unit": commune.code, "valid_from": words(TOMORROW), "decision_number": "12/QĐ"}

    response = client.post(reverse("obligations:give_duty", args=[person.pk]), sent)
    page = client.get(response["Location"])
    done = client.post(response["Location"], {"shown": page.context["preview"].effect.digest})

    assert len(page.context["sentences"]) == 1
    assert "CS-03" in page.context["sentences"][0]
    assert done["Location"] == reverse("obligations:person", args=[person.pk])
    duty = Duty.objects.get()
    assert (duty.unit, duty.kind, duty.is_full_time, duty.decision_number) == (commune, "ict_officer", False, "12/QĐ")
    assert duty.recorded_by == hr


def test_hr_sees_the_figures_of_her_own_units_only(client, hr, learner, office, commune, province, specialists):
    client.force_login(hr)
    sent = {"duty": "ict_full", "unit": office.code, "valid_from": words(TOMORROW), "decision_number": "12/QĐ"}
    address = client.post(reverse("obligations:give_duty", args=[learner.staff_member.pk]), sent)["Location"]

    page, file = client.get(address), client.get(f"{address}csv/")

    assert {figure.unit_id for figure in page.context["preview"].effect.figures} == {office.pk, commune.pk, province.pk}
    assert {line.unit for line in page.context["preview"].figures} == {commune}
    assert province.name not in page.text + file.text


def test_a_duty_is_given_in_a_unit_of_the_persons_line_within_scope_only(
    client, hr, learner, commune, office, province
):
    client.force_login(hr)

    form = client.get(reverse("obligations:give_duty", args=[learner.staff_member.pk])).context["form"]

    assert [code for code, _name in form.fields["unit"].choices] == [office.code, commune.code]
    sent = {"duty": "head", "unit": province.code, "valid_from": words(TOMORROW), "decision_number": "1"}
    answer = client.post(reverse("obligations:give_duty", args=[learner.staff_member.pk]), sent)
    assert list(answer.context["form"].errors) == ["unit"]


def test_a_duty_already_held_is_refused_on_the_form(client, hr, learner, office):
    DutyFactory(staff_member=learner.staff_member, unit=office, kind="head")
    client.force_login(hr)
    sent = {"duty": "head", "unit": office.code, "valid_from": words(TOMORROW), "decision_number": "1"}

    response = client.post(reverse("obligations:give_duty", args=[learner.staff_member.pk]), sent)

    assert len(response.context["form"].non_field_errors()) == 1


def test_hr_ends_a_duty_and_an_exemption(client, hr, learner, office, tracks):
    duty = DutyFactory(staff_member=learner.staff_member, unit=office)
    exemption = ExemptionFactory(staff_member=learner.staff_member, track=tracks["basic"])
    client.force_login(hr)
    sent = {"last_day": words(clock.today()), "reason": "thôi nhiệm vụ"}

    confirm(client, client.post(reverse("obligations:end_duty", args=[learner.staff_member.pk, duty.pk]), sent))
    confirm(
        client, client.post(reverse("obligations:end_exemption", args=[learner.staff_member.pk, exemption.pk]), sent)
    )

    ended = [Duty.objects.get(), Exemption.objects.get()]
    assert [(row.valid_until, row.end_reason, row.end_recorded_by) for row in ended] == [
        (clock.today(), "thôi nhiệm vụ", hr)
    ] * 2


def test_hr_exempts_somebody_and_it_is_listed_for_the_unit(client, hr, learner, requirement):
    client.force_login(hr)
    person = learner.staff_member
    sent = {"kind": "deferred", "what": "basic/CB-01", "reason": "nghỉ thai sản", "decision_number": "8/QĐ"}
    sent |= {"valid_from": words(clock.today()), "valid_until": words(clock.today() + timedelta(days=180))}

    confirm(client, client.post(reverse("obligations:give_exemption", args=[person.pk]), sent))

    listed = client.get(reverse("obligations:exemptions")).context["page"].object_list
    assert [(e.staff_member, e.kind, e.course.code, e.recorded_by) for e in listed] == [
        (person, "deferred", "CB-01", hr)
    ]
    assert client.get(reverse("obligations:requirement", args=[person.pk, "YC-CB"])).context["why"].state == "deferred"


@pytest.mark.parametrize("name", ["give_duty", "give_exemption"])
def test_heads_others_and_oneself_decide_nothing(client, name, hr, other_hr, head, learner):
    people = {"head": (head, learner), "other_hr": (other_hr, learner), "oneself": (hr, hr)}

    answers = {}
    for who, (user, about) in people.items():
        client.force_login(user)
        url = reverse(f"obligations:{name}", args=[about.staff_member.pk])
        answers[who] = {client.get(url).status_code, client.post(url, {}).status_code}

    assert answers == dict.fromkeys(people, {404})


def test_a_right_lost_meanwhile_stops_the_confirmation(client, hr, learner, office, specialists):
    client.force_login(hr)
    sent = {"duty": "ict_part", "unit": office.code, "valid_from": words(TOMORROW), "decision_number": "12/QĐ"}
    address = client.post(reverse("obligations:give_duty", args=[learner.staff_member.pk]), sent)["Location"]
    shown = client.get(address).context["preview"].effect.digest
    hr.scopes.update(valid_until=clock.today() - timedelta(days=1))

    assert client.post(address, {"shown": shown}).status_code == 404
    assert not Duty.objects.exists()


# --- Who holds which duty ------------------------------------------------------


def test_units_without_an_ict_officer_stand_out(client, admin, province, commune, office, other_commune, learner):
    DutyFactory(staff_member=learner.staff_member, unit=office, is_full_time=True)
    PostingFactory(unit=other_commune)
    before_its_list = UnitFactory(parent=province)
    closed = UnitFactory(parent=province, valid_until=clock.today() - timedelta(days=1))
    client.force_login(admin)

    page = client.get(reverse("staff:duties"), {"don-vi": province.code})
    only = client.get(reverse("staff:duties"), {"don-vi": province.code, "thieu": "1"})

    lines = {line.unit: line for line in page.context["lines"]}
    assert closed not in lines
    assert {unit: line.lacks_officer for unit, line in lines.items()} == {
        province: False,
        commune: False,
        other_commune: True,
        before_its_list: False,
    }
    assert [h.staff_member for h in lines[commune].holders["ict_full"]] == [learner.staff_member]
    assert [line.unit for line in only.context["lines"]] == [other_commune]


def test_duties_of_other_units_are_foreign(client, hr, other_commune, commune):
    client.force_login(hr)

    page = client.get(reverse("staff:duties"), {"don-vi": other_commune.code})

    assert page.status_code == 404
    assert other_commune.name not in page.text


def test_the_file_of_duties_has_a_line_for_a_unit_without_anybody(client, admin, province, commune, learner):
    client.force_login(admin)

    lines = client.get(reverse("staff:duties_csv"), {"don-vi": province.code}).text.splitlines()

    assert [line.split(",")[0] for line in lines[1:]] == [commune.code]
    assert len(lines) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_duties_page_asks_the_same_for_1_and_3(client, admin, province, count, django_assert_max_num_queries):
    for unit in UnitFactory.create_batch(count, parent=province):
        DutyFactory(staff_member=PostingFactory(unit=unit).staff_member, unit=unit)
    client.force_login(admin)

    with django_assert_max_num_queries(12) as asked:
        client.get(reverse("staff:duties"), {"don-vi": province.code})

    assert len(asked) == QUERIES.setdefault("duties", len(asked))


# --- Why must I? ---------------------------------------------------------------


def test_my_reason_names_each_condition_since_when_and_whom_to_ask(client, learner, hr, requirement, office):
    client.force_login(learner)

    page = client.get(reverse("why:requirement", args=["YC-CB"]))

    why = page.context["why"]
    assert (why.state, why.due.day) == ("bound", requirement.due_on)
    assert [(c.recorded, c.holds) for c in why.conditions] == [(office.name, True)]
    assert [scope.user for scope in page.context["officers"]] == [hr]
    assert "Kế hoạch số 01/KH" in page.text


def test_an_audience_that_is_called_what_it_says_is_printed_once(client, admin, requirement, learner):
    named = AudienceFactory(code="cc-vc", name="Công chức, viên chức")
    AudienceRuleFactory(audience=named, categories=["cong_chuc", "vien_chuc"])
    Requirement.objects.update(audience=named)
    client.force_login(admin)

    pages = {
        name: client.get(reverse(name, args=args)).text.count("Công chức, viên chức")
        for name, args in {
            "rules:requirements": [],
            "rules:requirement": ["YC-CB"],
            "obligations:requirement": [learner.staff_member_id, "YC-CB"],
        }.items()
    }
    audiences = re.findall(r"<h2[^>]*>.*?</li>", client.get(reverse("rules:audiences")).text, re.DOTALL)

    assert set(pages.values()) == {1}, pages
    assert [item.count("Công chức, viên chức") for item in audiences if "cc-vc" in item] == [1]


def test_why_not_names_the_condition_that_fails(client, hr, learner, specialists):
    client.force_login(hr)

    why = client.get(reverse("obligations:requirement", args=[learner.staff_member.pk, "YC-CS"])).context["why"]

    assert why.state == "not_bound"
    assert [(c.asked, c.holds) for c in why.conditions][1:] == [("cán bộ CNTT", False)]


def test_an_exemption_is_named_by_its_decision(client, learner, requirement):
    ExemptionFactory(staff_member=learner.staff_member, track=requirement.track, decision_number="33/QĐ")
    client.force_login(learner)

    page = client.get(reverse("why:requirement", args=["YC-CB"]))

    assert page.context["why"].state == "exempt"
    assert "33/QĐ" in page.context["why"].lifted


def test_what_is_held_and_when_it_ends_is_said(client, learner, requirement):
    ends = clock.today() + timedelta(days=30)
    QualificationFactory(
        staff_member=learner.staff_member, track=requirement.track, course=requirement.course, valid_until=ends
    )
    client.force_login(learner)

    why = client.get(reverse("why:requirement", args=["YC-CB"])).context["why"]

    assert (why.state, why.ends_on, len(why.held)) == ("met", ends, 1)


def test_other_people_and_unknown_requirements_are_not_found(client, other_hr, learner, requirement):
    client.force_login(other_hr)
    foreign = reverse("obligations:requirement", args=[learner.staff_member.pk, "YC-CB"])

    assert [client.get(foreign).status_code, client.get(reverse("why:requirement", args=["KHONG"])).status_code] == [
        404,
        404,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_my_reasons_ask_the_same_for_1_and_3(client, learner, everybody, tracks, count, django_assert_max_num_queries):
    for code in list(tracks)[:count]:
        course = CourseFactory(track=tracks[code])
        RequirementFactory(audience=everybody, track=course.track, course=course)
        QualificationFactory(staff_member=learner.staff_member, track=course.track, course=course)
    client.force_login(learner)

    with django_assert_max_num_queries(24) as asked:
        client.get(reverse("why:mine"))

    assert len(asked) == QUERIES.setdefault("why", len(asked))
