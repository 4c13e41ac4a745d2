"""What `make run` prepares before it serves."""

import pytest

from lms.management.commands import serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(monkeypatch, settings, tmp_path):
    """The commands that were called, in order; a name put into ``called.fails`` is interrupted."""
    settings.VAR_DIR = tmp_path

    class Called(list):
        fails = set()

    called = Called()

    def call(name, **options):
        called.append(name)
        if name in called.fails:
            raise KeyboardInterrupt

    monkeypatch.setattr(serve, "call_command", call)
    return called


def test_an_interrupted_migration_is_done_again_and_a_finished_one_is_not(called):
    called.fails = {"migrate"}
    with pytest.raises(KeyboardInterrupt):
        serve.Command()._migrate()
    called.fails = set()

    serve.Command()._migrate()
    serve.Command()._migrate()

    assert called == ["migrate", "migrate"]
