"""Two communes of a province, people and certificates in both, and the tokens of systems that read about them."""

from datetime import timedelta

import pytest

from certificates.services import issue_certificate
from courses.enums import TrackCode
from staff import clock, feed
from staff.enums import ApiPermission, StaffCategory
from staff.models import ApiToken
from staff.services import give_token
from tests.factories.certificates import passed_qualification
from tests.factories.staff import (
    AudienceFactory,
    AudienceRuleFactory,
    PostingFactory,
    StaffMemberFactory,
    UserFactory,
)
from tests.factories.unit_coverage import CourseFactory, RequirementFactory, TrackFactory
from unit_coverage.services import rebuild_all

EVERYTHING = tuple(ApiPermission.values)
DUE = clock.today() + timedelta(days=33)


@pytest.fixture(autouse=True)
def _read_own_changes(monkeypatch):
    """On PostgreSQL the feed holds back rows of running transactions, and a test is one itself."""
    monkeypatch.setattr(feed, "_settled", lambda changes: changes)


@pytest.fixture
def give(db):
    """A token: the words that are sent, for a unit and permissions."""
    made = iter(range(1000))

    def give(unit, permissions=EVERYTHING, **changed):
        number = next(made)
        token, words = give_token(
            name=f"Hệ thống {number}",
            unit=unit,
            permissions=permissions,
            valid_until=clock.today() + timedelta(days=30),
            form_key=f"form-key-{number:012d}",
        )
        if changed:
            ApiToken.objects.filter(pk=token.pk).update(**changed)
        return words

    return give


@pytest.fixture
def ask(client):
    """GET below /api/v1/ with a token."""

    def ask(token, path, headers=None, **parameters):
        return client.get(
            f"/api/v1/{path}", parameters, headers={"Authorization": f"Bearer {token}", **(headers or {})}
        )

    return ask


def official(name, unit, *, code, position="Chuyên viên", category=StaffCategory.CIVIL_SERVANT):
    """Somebody posted in a unit, with an account."""
    person = StaffMemberFactory(full_name=name, email=f"{code.lower()}@rieng.example", phone="0912345678")
    PostingFactory(staff_member=person, unit=unit, position=position, category=category)
    UserFactory(full_name=name, staff_member=person, staff_code=code)
    return person


@pytest.fixture
def world(db, commune, office, other_commune, settings, tmp_path):
    """Lan (trained, certificate) and Minh (not trained) in the commune; Khánh (as Lan) in the other one."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    for code in TrackCode.values:
        TrackFactory(code=code)
    course = CourseFactory(code="CB-01", track=TrackFactory(code=TrackCode.BASIC), title="Hiểu biết CNTT cơ bản")
    everybody = AudienceRuleFactory(audience=AudienceFactory(name="Toàn thể")).audience
    RequirementFactory(code="YC-CB", audience=everybody, track=course.track, course=course, due_on=DUE)
    people = {
        "lan": official("Trần Thị Lan", office, code="HV0001"),
        "minh": official("Đỗ Quang Minh", commune, code="HV0002", position="Công chức văn hóa"),
        "khanh": official("Ngô Quốc Khánh", other_commune, code="HV0003"),
    }
    certificates = {
        name: issue_certificate(qualification_id=passed_qualification(people[name]).pk) for name in ("lan", "khanh")
    }
    rebuild_all()
    return {"people": people, "certificates": certificates, "course": course}
