"""The desk: what a decision moves is shown before, done once, and follows at once in the figures."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse

from certificates import services
from certificates.enums import ClaimState, Outcome
from certificates.models import Claim, Decision, EvidenceKind, EvidenceRule
from courses.models import Qualification
from staff import clock
from staff.enums import Capability
from staff.models import Notice
from tests.factories.evidence import ClaimFactory
from tests.factories.staff import PostingFactory, ScopeFactory, UserFactory
from unit_coverage.enums import ProposalKind
from unit_coverage.models import Proposal
from unit_coverage.proposals import effect_of, propose
from unit_coverage.queries import coverage
from unit_coverage.recognition_queries import shifts_of
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule(requirement):
    """Everybody must hold CB-01; a qualification for the whole track will do."""


@pytest.fixture
def claim(learner):
    return ClaimFactory(staff_member=learner.staff_member)


@pytest.fixture
def second(commune):
    user = UserFactory(full_name="Ngô Thị Hai")
    ScopeFactory(user=user, unit=commune, capability=Capability.HR)
    return user


def words(**changed):
    today = f"{clock.today():%d/%m/%Y}"
    said = {"decision_number": "12/QĐ-UBND", "signed_on": today, "authority": "UBND xã Đơn Dương", "valid_from": today}
    return said | changed


def decide_url(*claims):
    return reverse("recognition:decide") + "?" + "&".join(f"y={claim.pk}" for claim in claims)


def carry_out(client, response):
    """Confirms the proposal that a form led to."""
    page = client.get(response["Location"])
    return client.post(response["Location"], {"shown": page.context["preview"].effect.digest})


def figure(unit, on=None):
    drain_changes()
    found = coverage(unit=unit, on=on or clock.today()).whole.figures["basic"]
    return found.trained, found.bound


def state(claim):
    return Claim.objects.for_list().get(pk=claim.pk).state


def test_a_paper_from_the_queue_to_the_figure(client, learner, hr, claim, commune):
    rebuild_all()
    before = figure(commune)
    client.force_login(hr)
    assert "Trần Thị Lan" in client.get(reverse("recognition:queue")).text

    response = client.post(decide_url(claim), words())
    shown = client.get(response["Location"])
    assert figure(commune) == before
    assert Qualification.objects.count() == 0
    [line] = [f for f in shown.context["preview"].figures if f.unit == commune]
    carry_out(client, response)

    assert before == (line.effect.trained_before, line.effect.bound_before)
    assert figure(commune) == (line.effect.trained_after, line.effect.bound_after) == (before[0] + 1, before[1])
    assert figure(commune, clock.today() - timedelta(days=1)) == before
    assert state(claim) == ClaimState.RECOGNISED
    assert Notice.objects.get(staff_member=learner.staff_member).path == reverse("evidence:claim", args=[claim.pk])


def test_confirming_twice_is_one_decision(client, hr, claim):
    client.force_login(hr)
    response = client.post(decide_url(claim), words())

    for _twice in range(2):
        carry_out_or_see(client, response)

    assert (Decision.objects.count(), Qualification.objects.count()) == (1, 1)


def carry_out_or_see(client, response):
    page = client.get(response["Location"])
    shown = page.context.get("preview")
    client.post(response["Location"], {"shown": shown.effect.digest if shown else ""})


def test_several_people_are_decided_by_one_number(client, hr, commune, claim):
    others = [ClaimFactory(staff_member=PostingFactory(unit=commune).staff_member) for _one in range(2)]
    rebuild_all()
    before = figure(commune)
    client.force_login(hr)

    carry_out(client, client.post(decide_url(claim, *others), words()))

    assert Decision.objects.get().recognitions.count() == 3
    assert figure(commune) == (before[0] + 3, before[1])


def test_all_found_takes_only_what_counts_by_the_rule(client, hr, commune, claim):
    ClaimFactory(staff_member=PostingFactory(unit=commune).staff_member, issued_on=date(2018, 1, 1))
    client.force_login(hr)

    response = client.get(reverse("recognition:decide") + "?tat-ca=1")

    assert [line.claim for line in response.context["lines"]] == [claim]


def test_one_that_does_not_count_is_said_on_the_form(client, hr, claim):
    Claim.objects.filter(pk=claim.pk).update(issued_on=date(2018, 1, 1))
    client.force_login(hr)

    response = client.post(decide_url(claim), words())

    assert response.status_code == 200
    assert "09/08/2016" in str(response.context["form"].non_field_errors())
    assert Proposal.objects.count() == 0


def test_a_past_day_is_refused_without_a_reason_and_named_with_one(client, hr, claim, commune):
    past = clock.today() - timedelta(days=10)
    client.force_login(hr)
    rebuild_all()
    before = figure(commune, past)

    refused = client.post(decide_url(claim), words(valid_from=f"{past:%d/%m/%Y}"))
    reason = {"back_dated": "on", "back_dated_because": "Quyết định ký ngày đó"}
    response = client.post(decide_url(claim), words(valid_from=f"{past:%d/%m/%Y}", **reason))
    page = client.get(response["Location"]).text
    carry_out(client, response)

    assert "valid_from" in refused.context["form"].errors
    assert f"Lịch sử thay đổi từ ngày {past:%d/%m/%Y}" in page or f"{past:%d/%m/%Y}" in page
    assert figure(commune, past) == (before[0] + 1, before[1])
    assert Decision.objects.get().back_dated_because == "Quyết định ký ngày đó"


def test_nobody_decides_about_people_of_another_unit_or_themselves(client, hr, other_hr, claim):
    own = ClaimFactory(staff_member=hr.staff_member)
    client.force_login(other_hr)
    foreign = client.get(reverse("recognition:refuse", args=[claim.pk])).status_code
    nothing = client.get(decide_url(claim)).status_code
    client.force_login(hr)

    assert (foreign, nothing) == (404, 302)
    assert client.get(reverse("recognition:refuse", args=[own.pk])).status_code == 404
    assert client.get(decide_url(own)).status_code == 302


def test_a_proposal_about_people_who_left_the_scope_is_gone(client, hr, claim):
    client.force_login(hr)
    response = client.post(decide_url(claim), words())
    hr.scopes.all().delete()

    assert client.get(response["Location"]).status_code == 404
    assert client.post(response["Location"], {"shown": "x"}).status_code == 404


def test_two_people_where_the_kind_asks_for_it(client, hr, second, learner, commune):
    kind = EvidenceKind.objects.get(code="international")
    foreign = ClaimFactory(staff_member=learner.staff_member, kind=kind, issued_on=date(2024, 5, 1))
    rebuild_all()
    before = figure(commune)
    client.force_login(hr)
    carry_out(client, client.post(decide_url(foreign), words()))
    assert (figure(commune), state(foreign)) == (before, ClaimState.SECOND)
    [recognition] = Decision.objects.get().recognitions.all()
    confirm = reverse("recognition:confirm", args=[recognition.pk])

    own = client.post(confirm, {"valid_from": f"{clock.today():%d/%m/%Y}"})
    client.force_login(second)
    carry_out(client, client.post(confirm, {"valid_from": f"{clock.today():%d/%m/%Y}"}))

    assert own.status_code == 200
    assert own.context["form"].non_field_errors()
    assert (figure(commune), state(foreign)) == ((before[0] + 1, before[1]), ClaimState.RECOGNISED)


def test_taken_back_the_figure_follows_from_that_day_on(client, hr, claim, commune):
    rebuild_all()
    before = figure(commune)
    client.force_login(hr)
    carry_out(client, client.post(decide_url(claim), words()))
    [recognition] = Decision.objects.get().recognitions.all()
    day = clock.today() + timedelta(days=7)

    url = reverse("recognition:revoke", args=[recognition.pk])
    carry_out(client, client.post(url, {"from_day": f"{day:%d/%m/%Y}", "reason": "QĐ 20: chứng chỉ giả"}))

    assert figure(commune, day - timedelta(days=1)) == (before[0] + 1, before[1])
    assert figure(commune, day) == before


@pytest.fixture
def beside(learner, hr, claim):
    """Another paper for the same, that came after the first was recognised."""
    today = clock.today()
    facts = {"number": "11/QĐ-UBND", "signed_on": today, "effective_from": today, "authority": "UBND xã Đơn Dương"}
    services.decide(**facts, claims=[claim], by=hr)
    return ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_c"))


def test_a_decision_names_beforehand_the_papers_that_give_nothing_further(client, hr, beside, claim, commune):
    person = PostingFactory(unit=commune).staff_member
    two = [ClaimFactory(staff_member=person, kind=EvidenceKind.objects.get(code=code)) for code in ("cert_a", "cert_b")]
    client.force_login(hr)

    response = client.post(decide_url(beside, *two), words())
    page = client.get(response["Location"])
    carry_out(client, response)

    held = {line.claim: line.held_by for line in page.context["held"]}
    assert held == {
        beside: f"{claim.kind}, quyết định 11/QĐ-UBND",
        two[1]: f"{two[0].kind}, theo chính quyết định này",
    }
    assert "Giấy tờ không cho thêm gì" in page.text
    assert [state(paper) for paper in (beside, *two)] == [ClaimState.HELD, ClaimState.RECOGNISED, ClaimState.HELD]


def test_what_is_held_already_is_a_list_of_the_desk_of_its_own(client, hr, beside, claim):
    client.force_login(hr)
    carry_out(client, client.post(decide_url(beside), words()))

    lists = {
        name: client.get(reverse("recognition:queue") + f"?muc={name}") for name in ("da-co-san", "khong-cong-nhan")
    }
    file = client.get(reverse("recognition:queue_csv") + "?muc=da-co-san").content.decode("utf-8-sig")

    shown = {name: [line.claim for line in page.context["page"].object_list] for name, page in lists.items()}
    assert shown == {"da-co-san": [beside], "khong-cong-nhan": []}
    assert f"Đã có nhờ: {claim.kind}, quyết định 11/QĐ-UBND" in lists["da-co-san"].text
    [_head, row] = csv.reader(io.StringIO(file))
    assert (row[7], row[9]) == (
        "đã có sẵn, không cần công nhận thêm",
        f"Quyết định số 12/QĐ-UBND ngày {clock.today():%d/%m/%Y}. Đã có nhờ: {claim.kind}, quyết định 11/QĐ-UBND",
    )


def test_taking_back_says_beforehand_which_paper_waits_again(client, hr, beside, claim):
    client.force_login(hr)
    carry_out(client, client.post(decide_url(beside), words()))
    [recognition] = claim.recognitions.all()

    url = reverse("recognition:revoke", args=[recognition.pk])
    response = client.post(url, {"from_day": f"{clock.today():%d/%m/%Y}", "reason": "QĐ 20: chứng chỉ giả"})
    said = dict(client.get(response["Location"]).context["words"])
    carry_out(client, response)

    assert said["Chờ quyết định lại"] == str(beside.kind)
    assert [line.claim for line in client.get(reverse("recognition:queue")).context["page"].object_list] == [beside]


def test_asking_and_refusing_reach_the_person(client, hr, learner, claim):
    client.force_login(hr)

    client.post(reverse("recognition:ask", args=[claim.pk]), {"reason": "Ảnh rõ hơn"})
    asked = state(claim)
    client.post(reverse("recognition:refuse", args=[claim.pk]), {"reason": "Không phải của anh/chị"})

    assert (asked, state(claim)) == (ClaimState.NEEDS_EVIDENCE, ClaimState.REFUSED)
    assert [n.text for n in Notice.objects.filter(staff_member=learner.staff_member).order_by("pk")] == [
        "Xin bổ sung: Ảnh rõ hơn",
        "Lý do: Không phải của anh/chị",
    ]


def test_the_file_names_who_must_bring_what(client, hr, claim):
    services.ask_for_evidence(claim=claim, asked_for="Ảnh rõ hơn", by=hr)
    client.force_login(hr)

    response = client.get(reverse("recognition:queue_csv") + "?muc=can-minh-chung")

    [_head, row] = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row[0], row[1], row[3], row[6], row[-1]) == (
        "Trần Thị Lan",
        "Văn phòng HĐND và UBND",
        "Chứng chỉ tin học ứng dụng B",
        "15/06/2012",
        "Ảnh rõ hơn",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_for_three(client, hr, commune, count, django_assert_num_queries):
    for _one in range(count):
        ClaimFactory(staff_member=PostingFactory(unit=commune).staff_member)
    client.force_login(hr)

    # session, account, scopes; units, kinds; 3 counts, how many; claims, scans, decisions; rules, units of today
    with django_assert_num_queries(18):
        response = client.get(reverse("recognition:queue"))

    assert len(response.context["page"].object_list) == count


# --- Rules of evidence --------------------------------------------------------------------------------------


def rule_payload(**changed):
    return {
        "code": "cert_b",
        "name": "Chứng chỉ tin học ứng dụng B",
        "gives_track": "",
        "gives_course": "",
        "issued_from": None,
        "issued_until": None,
        "begins": "decision",
        "lasts": "none",
        "lasts_number": None,
        "lasts_until": None,
        "needs_scan": True,
        "needs_second": False,
        "legal_basis": "Văn bản mới",
        "remark": "Hết giá trị",
        "valid_from": clock.today() + timedelta(days=1),
        "after_version": 1,
        "back_dated_because": "",
        **changed,
    }


def test_a_new_rule_shows_whom_it_touches_and_moves_no_figure(admin, claim, learner):
    found = propose(kind=ProposalKind.EVIDENCE_RULE, payload=rule_payload(), by=admin)

    shifts = shifts_of(found.payload)
    effect = effect_of(found)

    [turned] = shifts.turned
    assert (turned.claim, turned.before.outcome, turned.after.outcome) == (claim, Outcome.COUNTS, Outcome.NO)
    assert (effect.people, effect.figures) == ((), ())
    assert EvidenceRule.objects.filter(kind__code="cert_b").count() == 1


def test_an_administrator_writes_a_version_and_a_new_kind(client, admin, claim):
    client.force_login(admin)
    tomorrow = f"{clock.today() + timedelta(days=1):%d/%m/%Y}"
    said = {"name": "Chứng chỉ B", "begins": "decision", "lasts": "none", "legal_basis": "Văn bản mới", "gives": ""}
    said |= {"valid_from": tomorrow, "remark": "Hết giá trị"}

    version = client.post(reverse("rules:change_evidence", args=["cert_b"]), said | {"after_version": 1})
    page = client.get(version["Location"]).text
    carry_out(client, version)
    new = said | {"code": "lop-attt", "gives": "basic/CB-01", "lasts": "years", "lasts_number": 1, "after_version": 0}
    carry_out(client, client.post(reverse("rules:new_evidence"), new))

    assert "Trần Thị Lan" in page
    assert list(EvidenceRule.objects.filter(kind__code="cert_b").values_list("version", "gives_track")) == [
        (1, "basic"),
        (2, ""),
    ]
    [rule] = EvidenceRule.objects.filter(kind__code="lop-attt")
    assert (rule.gives_course.code, rule.lasts_number, rule.needs_second) == ("CB-01", 1, False)
    assert "Chứng chỉ B" in client.get(reverse("rules:evidence")).text
