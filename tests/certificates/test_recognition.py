"""Claims count for nothing until a decision accepts them, once."""

from datetime import date

import pytest

from certificates import services
from certificates.models import Claim, Recognition
from certificates.services.recognition import abc_counts
from courses.enums import Origin, TrackCode
from courses.models import Qualification, Track
from staff.models import ImportRow, ImportRun
from staff.models.imports import ImportKind, RowAction


@pytest.mark.parametrize(
    ("kind", "year", "answer"),
    [
        ("cert_a", 2015, "yes"),
        ("cert_b", 2016, "needs_evidence"),
        ("cert_c", 2017, "no"),
        ("cert_a", None, "needs_evidence"),
        ("de_an_112", 2005, "no"),
        ("basic", 2015, "needs_evidence"),
    ],
)
def test_old_certificates_count_by_their_year(kind, year, answer):
    assert abc_counts(kind, year) == answer


@pytest.mark.django_db
def test_claims_are_made_once_and_count_by_decision_only(learner, hr, other_hr):
    Track.objects.get_or_create(code=TrackCode.BASIC, defaults={"name": "Tin học cơ bản"})
    run = ImportRun.objects.create(kind=ImportKind.STAFF, file_name="a.csv", file_sha256="0" * 64)
    levels = [(learner, "cert_a", "2015"), (hr, "none", ""), (other_hr, "unknown", "")]
    for number, (user, level, year) in enumerate(levels):
        evidence = {"ict_level": level, "ict_cert_year": year, "basic_standard_met": "yes"}
        ImportRow.objects.create(
            run=run, number=number, action=RowAction.CREATED, staff_member=user.staff_member, evidence=evidence
        )

    assert [services.claims_from_import_rows(), services.claims_from_import_rows()] == [1, 0]
    assert Qualification.objects.count() == 0
    for _twice in range(2):
        services.decide_bulk(
            number="01/QĐ-VD",
            signed_on=date(2024, 10, 1),
            effective_from=date(2024, 10, 1),
            authority="Cơ sở ví dụ",
            rule="TTLT 17/2016",
            claims=Claim.objects.all(),
            basis="declared",
        )

    granted = Qualification.objects.get()
    assert (granted.staff_member, granted.origin, granted.valid_from) == (
        learner.staff_member,
        Origin.DECLARED,
        date(2024, 10, 1),
    )
    assert Recognition.objects.get().is_accepted
