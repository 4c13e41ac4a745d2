"""The kinds of evidence that every installation begins with. What people stored since is left alone."""

from functools import cache
from pathlib import Path

import yaml
from django.apps import apps as current_apps

FILE = Path(__file__).parent / "evidence_kinds.yaml"


@cache
def _kinds() -> list[dict]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def install_missing(*, apps=current_apps, using: str = "default") -> int:
    """Stores the kinds of the file that are not there, and the first rule of those without any; how many were new.

    Called after every migration, so that no installation is without them; ``apps`` are the models of that moment.
    """
    kind_model = apps.get_model("certificates", "EvidenceKind")
    rule_model = apps.get_model("certificates", "EvidenceRule")
    stored = {kind.code: kind for kind in kind_model.objects.using(using).all()}
    ruled = set(rule_model.objects.using(using).values_list("kind_id", flat=True))
    new = 0
    for position, entry in enumerate(_kinds()):
        kind = stored.get(entry["code"])
        if kind is None or kind.name == kind.code:
            kind, created = kind_model.objects.using(using).update_or_create(
                code=entry["code"], defaults={"name": entry["name"], "position": position}
            )
            new += created
        if "rule" in entry and kind.pk not in ruled:
            rule_model.objects.using(using).create(kind=kind, version=1, **entry["rule"])
    return new


def after_migration(sender, using: str, apps=current_apps, **kwargs) -> None:
    """Receives Django's signal; at a moment of the history without these tables there is nothing to do."""
    try:
        apps.get_model("certificates", "EvidenceRule")
    except LookupError:
        return
    install_missing(apps=apps, using=using)
