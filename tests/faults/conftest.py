"""An installation of its own in a temporary folder, and what the tests of this folder do with its processes."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lms.settings.base import BASE_DIR
from tests.production import servers


class Installation:
    """A folder with database, keys and private files; commands run in it as separate processes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lms.settings.embedded",
            "VAR_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
        }

    def run(self, *arguments, seconds=120) -> str:
        """The output of ``python <arguments>``, which must succeed."""
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, stdout=subprocess.PIPE, check=True, text=True, timeout=seconds
        ).stdout

    def scene(self, name: str, *arguments) -> dict:
        """What ``tests.faults.scenes`` says about the rows it made."""
        return json.loads(self.run("-m", "tests.faults.scenes", name, *arguments).splitlines()[-1])

    def start(self, *arguments) -> subprocess.Popen:
        """``python <arguments>`` as the leader of a process group of its own."""
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=BASE_DIR, env=self.environment, start_new_session=True
        )

    def rows(self, query: str, *values) -> list[tuple]:
        """Asks the database file itself, beside whatever process is using it; a change is committed."""
        database = sqlite3.connect(self.folder / "db.sqlite3", timeout=20)
        try:
            with database:
                return database.execute(query, values).fetchall()
        finally:
            database.close()


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("installation"))
    installation.run("manage.py", "migrate", "--verbosity", "0", seconds=600)
    installation.run("manage.py", "createcachetable", "--verbosity", "0")
    return installation


@pytest.fixture
def free_port():
    return servers.free_port()
