"""How official papers name the agency that issues them, and the one above it (Decree 30/2020, Appendix I).

A place is no agency: a commune signs as its People's Committee. Official papers have one language, so these words stand
here and in no catalogue.
"""

import re
from dataclasses import dataclass

from staff.enums import COMMUNE_KINDS, UnitKind
from staff.models import Unit

COMMITTEE = "Ủy ban nhân dân"
_PLACES = {UnitKind.PROVINCE, UnitKind.DISTRICT, UnitKind.DISTRICT_CITY, *COMMUNE_KINDS}
# These stand beside the committee of their place, not under it; whom they name above them is not in our data.
_BESIDE = {UnitKind.PARTY_BODY, UnitKind.MASS_ORG}
_SHORT = re.compile(r"^(UBND|[UỦ][yỷ] ban nhân dân)\s+", re.IGNORECASE)
# What our lists add to tell an abolished place from its successor: Tỉnh Lâm Đồng (trước 2025).
_ADDED = re.compile(r"\s*\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class AgencyNames:
    """In capitals, as a letterhead writes them; ``superior`` is empty where there is none, or none is known."""

    superior: str
    agency: str


def agency_names(unit: Unit) -> AgencyNames:
    """The two names at the head of a paper of ``unit``; read it with its parent."""
    above = unit.parent if unit.kind not in _BESIDE else None
    return AgencyNames(superior=_name(above).upper() if above else "", agency=_name(unit).upper())


def _name(unit: Unit) -> str:
    name = _ADDED.sub("", unit.name)
    if unit.kind in _PLACES or _SHORT.match(name):
        return f"{COMMITTEE} {_SHORT.sub('', name)}"
    return name
