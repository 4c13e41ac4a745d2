"""The two commands, and what they answer to bad input."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from courses.models import Requirement
from staff.models import Audience, Change
from tests.factories.staff import PostingFactory
from unit_coverage.rulebook import LoadResult, RuleFileError, load_rules

RULES = """
audiences:
  - {code: all, name: Toàn thể, rules: [{version: 1, valid_from: 2024-01-01}]}
requirements:
  - {code: YC, version: 1, valid_from: 2024-01-01, audience: all, track: basic, course: CB-01, legal_basis: KH 01}
"""
ENDED = RULES.replace("legal_basis", "valid_until: 2024-12-31, legal_basis") + (
    "  - {code: YC, version: 2, valid_from: 2025-01-01, audience: all, track: basic, legal_basis: KH 02}\n"
)


def report(**options):
    out = io.StringIO()
    call_command("coverage_report", stdout=out, **options)
    return out.getvalue()


def test_report_has_exactly_the_agreed_shape(tracks, office, commune):
    Change.objects.create(staff_member=PostingFactory(unit=office).staff_member, since="2024-01-01", cause="test")

    answer = json.loads(report(on="2024-09-30", unit="24931-2", format="json"))

    none = {code: {"bound": 0, "trained": 0} for code in ("basic", "application", "specialist", "oss_security")}
    assert answer == {
        "on": "2024-09-30",
        "units": [
            {"code": "24931-2", "name": "Xã Đơn Dương", "headcount": 1, "tracks": none},
            {"code": "24931-2/VP", "name": "Văn phòng HĐND và UBND", "headcount": 1, "tracks": none},
        ],
    }


def test_report_reads_the_feed_first(requirement, commune):
    Change.objects.create(staff_member=PostingFactory(unit=commune).staff_member, since="2024-01-01", cause="test")

    answer = json.loads(report(on="30/09/2024", unit="24931-2", format="json"))

    assert (answer["units"][0]["headcount"], answer["units"][0]["tracks"]["basic"]["bound"]) == (1, 1)


@pytest.mark.parametrize(("day", "unit"), [("2024-02-30", None), ("hôm qua", None), ("2024-09-30", "không-có")])
def test_bad_day_or_unit_gets_a_sentence(db, day, unit):
    with pytest.raises(CommandError, match="“"):
        report(on=day, unit=unit)


def test_rules_load_once_and_a_second_run_changes_nothing(course):
    assert load_rules(text=RULES) == LoadResult(created=2, ended=0, unchanged=0)
    assert load_rules(text=RULES) == LoadResult(created=0, ended=0, unchanged=2)
    assert Change.objects.filter(staff_member=None).count() == 1


def test_edited_rule_is_a_new_version(course):
    load_rules(text=RULES)

    assert load_rules(text=ENDED) == LoadResult(created=1, ended=1, unchanged=1)
    assert list(Requirement.objects.order_by("version").values_list("version", "valid_until", "legal_basis"))[1:] == [
        (2, None, "KH 02")
    ]


@pytest.mark.parametrize(
    "text",
    [
        RULES.replace("KH 01", "KH 09"),
        RULES.replace("CB-01", "CB-99"),
        RULES.replace("audience: all", "audience: nobody"),
        "requirements: [{code: X}]",
        "requirements: [1]",
        "a: [",
    ],
)
def test_file_that_is_wrong_is_refused_and_stores_nothing(course, text):
    load_rules(text=RULES)
    before = Requirement.objects.count()

    with pytest.raises(RuleFileError):
        load_rules(text=text)

    assert Requirement.objects.count() == before


def test_a_dry_run_names_people_and_figures_and_stores_nothing(course, commune, office, tmp_path):
    """The same people as the page of a rule would name, then what the rules themselves do."""
    for name in ("Lê Văn Bình", "=Nguyễn Thị Lan"):
        PostingFactory(unit=office, staff_member__full_name=name, valid_from="2024-01-01")
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    before = {model: model.objects.count() for model in (Requirement, Change, Audience)}
    out, err = io.StringIO(), io.StringIO()

    call_command("load_requirements", file, dry_run=True, stdout=out, stderr=err)

    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert [row[:1] + row[3:5] for row in rows[1:3]] == [
        ["Lê Văn Bình", "YC", "thêm vào diện phải học"],
        ["'=Nguyễn Thị Lan", "YC", "thêm vào diện phải học"],
    ]
    assert ["24931-2", "0", "2"] in [[row[0], row[7], row[8]] for row in rows if len(row) == 10]
    assert "2" in err.getvalue()
    assert {model: model.objects.count() for model in before} == before

    call_command("load_requirements", file, stdout=out)
    out, err = io.StringIO(), io.StringIO()
    call_command("load_requirements", file, dry_run=True, stdout=out, stderr=err)
    assert [len(row) for row in csv.reader(io.StringIO(out.getvalue()))] == [7, 0, 10]


def test_a_dry_run_of_a_wrong_file_is_refused(course, tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text("requirements: [1]", encoding="utf-8")

    with pytest.raises(CommandError):
        call_command("load_requirements", file, dry_run=True)
