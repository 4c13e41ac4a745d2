"""What the rule says of a paper: by its day of issue, its own end, and what is at hand."""

from datetime import date

import pytest

from certificates.enums import Begins, Lasts, Outcome
from certificates.evidence_catalogue import install_missing
from certificates.models import Claim, EvidenceKind, EvidenceRule
from certificates.verdicts import first_day, judge, last_day, rules_on

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 26)


def verdict(kind, *, on=DAY, scans=1, as_declared=False, **facts):
    rule = rules_on(on).get(kind)
    return judge(Claim(kind_id=kind, **facts), rule, on=on, scans=scans, as_declared=as_declared).outcome


@pytest.mark.parametrize(
    ("kind", "facts", "outcome"),
    [
        ("cert_a", {"issued_on": date(2016, 8, 9)}, Outcome.COUNTS),
        ("cert_b", {"issued_on": date(2016, 8, 10)}, Outcome.NO),
        ("cert_b", {"year": 2015}, Outcome.COUNTS),
        ("cert_b", {"year": 2016}, Outcome.NEEDS),
        ("cert_c", {"year": 2017}, Outcome.NO),
        ("cert_a", {}, Outcome.NEEDS),
        ("basic", {"issued_on": date(2020, 5, 5)}, Outcome.COUNTS),
        ("basic", {"year": 2015}, Outcome.NO),
        ("bachelor_degree", {}, Outcome.COUNTS),
        ("de_an_112", {"issued_on": date(2005, 5, 5)}, Outcome.NO),
        ("office_cert_unspecified", {"issued_on": date(2012, 5, 5)}, Outcome.NEEDS),
    ],
)
def test_the_day_of_issue_decides(kind, facts, outcome):
    assert verdict(kind, **facts) == outcome


def test_without_a_picture_something_is_missing():
    assert verdict("cert_a", issued_on=date(2012, 1, 1), scans=0) == Outcome.NEEDS


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [({}, Outcome.COUNTS), ({"year": 2016}, Outcome.COUNTS), ({"year": 2017}, Outcome.NO)],
)
def test_as_declared_no_paper_is_asked_for_but_a_wrong_year_is_wrong(facts, outcome):
    assert verdict("cert_a", scans=0, as_declared=True, **facts) == outcome


def test_a_paper_that_has_run_out_does_not_count():
    facts = {"issued_on": date(2022, 1, 1), "valid_until": date(2026, 11, 25)}

    assert verdict("international", **facts) == Outcome.NO
    assert verdict("international", **facts, on=date(2026, 11, 25)) == Outcome.COUNTS


@pytest.mark.parametrize(
    ("lasts", "number", "fixed", "own", "last"),
    [
        (Lasts.NONE, None, None, None, None),
        (Lasts.MONTHS, 36, None, None, date(2027, 2, 28)),
        (Lasts.YEARS, 2, None, None, date(2025, 12, 31)),
        (Lasts.FIXED, None, date(2026, 6, 30), None, date(2026, 6, 30)),
        (Lasts.FIXED, None, date(2026, 6, 30), date(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_it_lasts_as_the_rule_and_the_paper_say_whichever_ends_first(lasts, number, fixed, own, last):
    rule = EvidenceRule(gives_track="basic", lasts=lasts, lasts_number=number, lasts_until=fixed)

    assert last_day(Claim(issued_on=date(2024, 2, 29), valid_until=own), rule) == last


def test_what_is_given_begins_with_the_decision_or_with_the_paper():
    claim = Claim(issued_on=date(2026, 3, 1))

    days = [first_day(claim, EvidenceRule(begins=begins), DAY) for begins in (Begins.DECISION, Begins.ISSUE)]

    assert days == [DAY, date(2026, 3, 1)]


def test_the_day_of_issue_is_asked_for_where_the_time_runs_from_it():
    rule = EvidenceRule(gives_track="basic", lasts=Lasts.YEARS, lasts_number=1, legal_basis="x")

    outcomes = [judge(Claim(year=2026, issued_on=day), rule, on=DAY, scans=1).outcome for day in (None, DAY)]

    assert outcomes == [Outcome.NEEDS, Outcome.COUNTS]


def test_installing_again_changes_nothing_that_people_stored():
    kind = EvidenceKind.objects.get(code="cert_a")
    kind.name = "Chứng chỉ A"
    kind.save()
    before = list(EvidenceRule.objects.order_by("pk").values())

    assert install_missing() == 0

    assert list(EvidenceRule.objects.order_by("pk").values()) == before
    assert EvidenceKind.objects.get(code="cert_a").name == "Chứng chỉ A"


def test_every_rule_that_is_installed_names_its_legal_basis():
    assert list(EvidenceRule.objects.filter(legal_basis="")) == []
    assert set(rules_on(DAY)) | {"office_cert_unspecified"} == set(EvidenceKind.objects.values_list("code", flat=True))
