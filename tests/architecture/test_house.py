"""The house as it was agreed: floors, migrations, commands that the README names, nothing private in the repository."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from lms.settings.base import BASE_DIR


def tracked_files() -> list[Path]:
    git = shutil.which("git")
    if not git or not (BASE_DIR / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout
    return [BASE_DIR / name for name in listed.split("\0") if name and (BASE_DIR / name).is_file()]


def test_imports_go_down_only():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_make_targets_that_the_documents_name_exist():
    makefile = (BASE_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    text = "".join((BASE_DIR / name).read_text(encoding="utf-8") for name in ("README.md", "docs/operation.md"))

    named = set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, flags=re.MULTILINE))

    assert named
    assert named - targets == set()


def test_management_commands_that_the_documents_name_exist():
    text = "".join((BASE_DIR / name).read_text(encoding="utf-8") for name in ("README.md", "docs/operation.md"))

    named = set(re.findall(r"manage\.py ([a-z_]+)", text))

    assert named
    assert named - set(get_commands()) == set()


def test_requirements_name_hashes_and_no_address():
    for lock in ("base", "dev"):
        text = (BASE_DIR / f"requirements/{lock}.txt").read_text(encoding="utf-8")
        packages = re.findall(r"^([a-z0-9][\w.-]*)(?:\[.*?\])?==(\S+)", text, flags=re.MULTILINE)

        assert len(packages) > 50
        assert text.count("--hash=sha256:") >= len(packages)
        assert re.findall(r"https?://|--index-url|--find-links", text) == []


def test_no_file_names_a_path_of_somebodys_machine():
    # Written in two parts, so that this file does not name them either.
    private = re.compile("|".join(["/wor" + "k/(main|shared)", "/roo" + "t/", "/hom" + "e/[a-z]+/"]))

    found = [
        str(path.relative_to(BASE_DIR))
        for path in tracked_files()
        if path.suffix in {".py", ".md", ".txt", ".toml", ".html", ".css", ".js", ".conf", ".service", ".env", ".yaml"}
        and private.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []
