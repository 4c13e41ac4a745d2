"""Writes requirements/sbom.json: every package of a running installation, with version and licence (CycloneDX 1.5).

.venv/bin/python requirements/sbom.py
"""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE / "sbom.json"


def locked(lock: str) -> dict[str, str]:
    """Name and version of each package that the text of a lock file pins."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", lock, re.MULTILINE))


def licence_of(name: str) -> str:
    """What the package says of its licence: the expression, else the classifiers, else its first words on it."""
    said = metadata(name)
    if expression := said.get("License-Expression"):
        return expression
    classifiers = [c.rsplit(" :: ", 1)[-1] for c in said.get_all("Classifier", []) if c.startswith("License ::")]
    named = [c for c in classifiers if c != "OSI Approved"]
    return ", ".join(named) or (said.get("License") or "").strip().split("\n")[0][:80] or "unknown"


def bill_of_materials(lock: str) -> dict:
    """The document as CycloneDX describes it; equal locks give equal documents."""
    components = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "licenses": [{"license": {"name": licence_of(name)}}],
        }
        for name, version in sorted(locked(lock).items())
    ]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}


def main() -> None:
    document = bill_of_materials((HERE / "base.txt").read_text("utf-8"))
    TARGET.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
