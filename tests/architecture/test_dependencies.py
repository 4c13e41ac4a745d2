"""What the product stands on: pinned with hashes, listed with licences, from no place that the lock names."""

import importlib.util
import json
import re

import pytest

from lms.settings.base import BASE_DIR

REQUIREMENTS = BASE_DIR / "requirements"


@pytest.fixture(scope="module")
def sbom():
    spec = importlib.util.spec_from_file_location("sbom", REQUIREMENTS / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bill_of_materials_is_that_of_the_lock(sbom):
    lock = (REQUIREMENTS / "base.txt").read_text("utf-8")

    assert json.loads(sbom.TARGET.read_text("utf-8")) == sbom.bill_of_materials(lock)


def test_every_package_says_its_licence(sbom):
    components = json.loads(sbom.TARGET.read_text("utf-8"))["components"]

    assert [c["name"] for c in components if c["licenses"][0]["license"]["name"] == "unknown"] == []


@pytest.mark.parametrize("name", ["base.txt", "dev.txt"])
def test_every_package_is_pinned_with_hashes_and_without_a_host(sbom, name):
    lock = (REQUIREMENTS / name).read_text("utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9._-]+==)", lock, flags=re.MULTILINE)[1:]

    assert len(entries) == len(sbom.locked(lock)) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|--index-url|--extra-index-url", lock) == []
