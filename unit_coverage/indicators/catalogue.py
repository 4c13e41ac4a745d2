"""The indicators and periods that every installation begins with. What people stored since is left alone."""

from functools import cache
from pathlib import Path

import yaml
from django.apps import apps as current_apps

FILE = Path(__file__).parent / "indicators.yaml"


@cache
def contents() -> dict:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def install_missing(*, apps=current_apps, using: str = "default") -> int:
    """Stores the indicators and periods of the file that are not there; how many were new.

    Called after every migration, so that no installation is without them; ``apps`` are the models of that moment.
    """
    new = 0
    indicator_model, rule_model, scheme_model = (
        apps.get_model("unit_coverage", name) for name in ("Indicator", "IndicatorRule", "PeriodScheme")
    )
    stored = set(indicator_model.objects.using(using).values_list("code", flat=True))
    for position, entry in enumerate(contents()["indicators"]):
        if entry["code"] in stored:
            continue
        named = {name: entry[name] for name in ("code", "name", "framework", "subject") if name in entry}
        indicator = indicator_model.objects.using(using).create(position=position, **named)
        rule_model.objects.using(using).create(indicator=indicator, version=1, **entry["rule"])
        new += 1
    stored = set(scheme_model.objects.using(using).values_list("code", flat=True))
    for position, entry in enumerate(contents()["periods"]):
        if entry["code"] not in stored:
            scheme_model.objects.using(using).create(position=position, **entry)
            new += 1
    return new


def after_migration(sender, using: str, apps=current_apps, **kwargs) -> None:
    """Receives Django's signal; at a moment of the history without these tables there is nothing to do."""
    try:
        apps.get_model("unit_coverage", "PeriodScheme")
    except LookupError:
        return
    install_missing(apps=apps, using=using)
