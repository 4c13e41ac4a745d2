"""The standing cast: one fixture a role, in a small tree that every room's tests share.

province > commune > office, and another commune beside it. The learner is posted in the office.
"""

import gc
from datetime import timedelta
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction

import courses
from certificates.signing import ensure_demonstration_key
from courses.loading import load_catalogue
from quizzes.papers import offered_paper
from quizzes.versions import forget_versions
from staff import clock, feed
from staff.enums import Capability, UnitKind
from tests.factories.staff import PostingFactory, ScopeFactory, StaffMemberFactory, UnitFactory, UserFactory

# A busy machine is no failure of the property that is tested.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

CONTENT = Path(courses.__file__).parent / "content"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What can ask no database is ``pure``: pytest-django lets in only who is marked or has its fixtures."""
    for item in items:
        if item.get_closest_marker("django_db") is None and "django_db_setup" not in item.fixturenames:
            item.add_marker(pytest.mark.pure)


def pytest_collection_finish():
    """What is loaded by now stays loaded: looked through again and again for garbage, it costs a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def _empty_cache():
    """The sign-in limits count in the cache, which outlives a test's transaction."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _key_of_years_ago():
    """Tests that speak of a day in the past sign too, whichever test of the run comes first."""
    with time_machine.travel(clock.now() - timedelta(days=3 * 365)):
        ensure_demonstration_key(Path(settings.SIGNING_KEY_DIR))


@pytest.fixture(autouse=True)
def _no_papers_kept():
    """A rolled back test leaves its numbers to the next one, as no database of ours ever does."""
    offered_paper.cache_clear()
    forget_versions()


@pytest.fixture(autouse=True)
def _feed_within_the_test(request, monkeypatch):
    """A test inside one transaction never commits: there the reader may see rows that still wait for the commit."""
    marker = request.node.get_closest_marker("django_db")
    if connection.vendor == "postgresql" and not (marker and marker.kwargs.get("transaction")):
        monkeypatch.setattr(feed, "_settled", lambda changes: changes)


@pytest.fixture(scope="session")
def one_course(tmp_path_factory):
    """The catalogue with the pages of one course only: loading them all would be most of a test's time."""
    folder = tmp_path_factory.mktemp("content")
    for name in ("tracks.yaml", "CB-01"):
        (folder / name).symlink_to(CONTENT / name)
    return folder


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, one_course):
    """Loaded once a module, in a transaction around those of its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_catalogue(one_course)
        transaction.set_rollback(True)


@pytest.fixture
def province(db):
    return UnitFactory(code="68-2", name="Tỉnh Lâm Đồng", kind=UnitKind.PROVINCE)


@pytest.fixture
def commune(province):
    return UnitFactory(code="24931-2", name="Xã Đơn Dương", kind=UnitKind.COMMUNE, parent=province)


@pytest.fixture
def office(commune):
    return UnitFactory(code="24931-2/VP", name="Văn phòng HĐND và UBND", kind=UnitKind.OFFICE, parent=commune)


@pytest.fixture
def other_commune(province):
    return UnitFactory(code="24934-2", name="Xã Ka Đô", kind=UnitKind.COMMUNE, parent=province)


def _person(name, unit, **fields):
    """An account whose person is posted in ``unit``."""
    staff_member = StaffMemberFactory(full_name=name)
    PostingFactory(staff_member=staff_member, unit=unit)
    return UserFactory(full_name=name, staff_member=staff_member, **fields)


@pytest.fixture
def learner(office):
    """A civil servant of the office in the commune."""
    return _person("Trần Thị Lan", office, staff_code="HV0001", email="learner@donduong.example")


@pytest.fixture
def hr(commune):
    """The HR officer of the learner's commune and all below it."""
    user = _person("Lê Văn Nhân", commune, staff_code="NS0001", email="hr@donduong.example")
    ScopeFactory(user=user, unit=commune, capability=Capability.HR)
    return user


@pytest.fixture
def other_hr(other_commune):
    """The HR officer of the commune beside the learner's."""
    user = _person("Phạm Thị Khác", other_commune, staff_code="NS0002", email="other-hr@donduong.example")
    ScopeFactory(user=user, unit=other_commune, capability=Capability.HR)
    return user


@pytest.fixture
def head(commune):
    """The head of the learner's commune."""
    user = _person("Đặng Văn Trưởng", commune, staff_code="LD0001", email="head@donduong.example")
    ScopeFactory(user=user, unit=commune, capability=Capability.HEAD)
    return user


@pytest.fixture
def monitor(province):
    """Reads the figures of the whole province."""
    user = UserFactory(full_name="Vũ Giám Sát", staff_code="GS0001", email="monitor@donduong.example")
    ScopeFactory(user=user, unit=province, capability=Capability.MONITOR)
    return user


@pytest.fixture
def trainer(other_commune):
    """Writes courses and questions; posted beside the learner, with no scope."""
    return _person(
        "Hồ Thị Giảng", other_commune, staff_code="GV0001", email="trainer@donduong.example", groups=["trainers"]
    )


@pytest.fixture
def reviewer(db):
    """Publishes what trainers wrote."""
    return UserFactory(
        full_name="Ngô Văn Duyệt", staff_code="DV0001", email="reviewer@donduong.example", groups=["reviewers"]
    )


@pytest.fixture
def examiner(db):
    """Supervises exam sessions that name the account; nothing else."""
    return UserFactory(full_name="Bùi Thị Coi", staff_code="CT0001", email="examiner@donduong.example")


@pytest.fixture
def admin(db):
    return UserFactory(full_name="Quản trị", staff_code="QT0001", email="admin@donduong.example", is_superuser=True)
