"""One file names every setting that a real installation reads."""

import re

from lms.settings.base import BASE_DIR

READERS = re.compile(r'(?:env\.(?:text|boolean|integer|words|database|choice)|_secret|_key_file)\(\s*"([A-Z0-9_]+)"')
# The demonstration's: production refuses the one, and knows the other by SITE_URL.
NOT_OF_AN_INSTALLATION = {"DEMO", "PORT"}


def test_the_example_names_every_setting_and_no_other():
    read = set()
    for name in ("base", "production"):
        read |= set(READERS.findall((BASE_DIR / f"lms/settings/{name}.py").read_text(encoding="utf-8")))
    example = (BASE_DIR / "deploy/lms.env.example").read_text(encoding="utf-8")

    named = set(re.findall(r"^#?([A-Z0-9_]+)=", example, flags=re.MULTILINE))

    assert len(read) > 20
    assert named - {"DJANGO_SETTINGS_MODULE"} == read - NOT_OF_AN_INSTALLATION


def test_the_document_explains_every_setting():
    example = (BASE_DIR / "deploy/lms.env.example").read_text(encoding="utf-8")
    table = (BASE_DIR / "docs/operation.md").read_text(encoding="utf-8").split("## Settings")[1]
    companions = {"SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"}

    named = set(re.findall(r"^#?([A-Z0-9_]+)=", example, flags=re.MULTILINE))

    assert {name for name in named if f"`{name}`" not in table} == companions | {"DJANGO_SETTINGS_MODULE"}
