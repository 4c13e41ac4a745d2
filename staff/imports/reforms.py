"""A reorganisation from tables: units, what became of them, and people who go elsewhere."""

from collections import Counter
from datetime import date, timedelta

from django.utils.translation import gettext as _

from staff.enums import SuccessionKind, UnitKind
from staff.imports.reading import FileRefused, Row, Table
from staff.models import StaffMember, Succession, Unit
from staff.reforms import with_units_below
from staff.vietnamese import nfc


def plan_from(units: Table, successions: Table, transfers: Table | None, *, on: date) -> dict:
    """The plan (see ``staff.reforms``) of what the tables say of the day ``on``; their rows of other days are left out.

    A unit opens on its ``valid_from`` and closes after its ``valid_to``. Where exactly one unit follows, its people go
    there, and units below it that the file does not name go on below that one; who goes elsewhere, and everybody of a
    unit that several or none follow, is named by the third table, by the key of her list or her staff code.
    """
    last = on - timedelta(days=1)
    known = {unit.code: unit for unit in Unit.objects.all()}
    new = _opening([row for row in units.rows if row.day("valid_from") == on], known)
    opened = {unit["code"] for unit in new}
    closing = [
        known[row.text("code")]
        for row in units.rows
        if row.day("valid_to") == last and row.text("code") in known and known[row.text("code")].valid_until is None
    ]
    links = _links([row for row in successions.rows if row.day("effective") == on], known.keys() | opened)
    followed = Counter(link["from"] for link in links)
    closes = [unit.code for unit in sorted(closing, key=lambda unit: (-unit.path.count("/"), unit.path))]
    if not closes and not new:
        raise FileRefused(_("No unit of this file opens or closes on that day. Nothing was changed."))
    plan = {
        "new": new,
        "links": links,
        "closes": closes,
        "default": {link["from"]: link["to"] for link in links if followed[link["from"]] == 1},
        "people": {},
        "duties": [],
        "scopes": [],
    }
    plan = with_units_below(plan, on=on)
    if transfers:
        rows = [row for row in transfers.rows if row.day("effective") == on]
        plan["people"] = _people(rows, set(plan["closes"]))
    return plan


def _opening(rows: list[Row], known: dict[str, Unit]) -> list[dict]:
    """Units that are not there yet, parents before those below them."""
    by_code = {row.required("code"): row for row in rows if row.text("code") not in known}
    ordered: dict[str, dict] = {}
    waiting = list(by_code.values())
    while waiting:
        ready = [row for row in waiting if (p := row.text("parent_code")) not in by_code or p in ordered]
        if not ready:
            raise waiting[0].refusal("parent_code", _("the parents run in a circle"))
        for row in ready:
            parent = row.text("parent_code")
            if parent and parent not in known and parent not in ordered:
                raise row.refusal("parent_code", _("there is no unit “%(value)s”") % {"value": parent})
            ordered[row.text("code")] = {
                "code": row.text("code")[:40],
                "name": row.required("name")[:200],
                "name_en": nfc(row.text("name_en"))[:200],
                "kind": row.choice("kind", UnitKind.values),
                "parent": parent,
                "gso_code": row.text("gso_code")[:10],
            }
        waiting = [row for row in waiting if row.text("code") not in ordered]
    return list(ordered.values())


def _links(rows: list[Row], codes: set[str]) -> list[dict]:
    stored = set(Succession.objects.values_list("predecessor__code", "successor__code"))
    found: dict[tuple[str, str], dict] = {}
    for row in rows:
        pair = (row.required("predecessor_code"), row.required("successor_code"))
        for column, code in zip(("predecessor_code", "successor_code"), pair, strict=True):
            if code not in codes:
                raise row.refusal(column, _("there is no unit “%(value)s”") % {"value": code})
        if pair not in stored:
            found[pair] = {"from": pair[0], "to": pair[1], "kind": row.choice("kind", SuccessionKind.values)}
    return list(found.values())


def _people(rows: list[Row], closes: set[str]) -> dict[str, str]:
    people = StaffMember.objects.filter(merged_into=None)
    keys = dict(people.exclude(user=None).values_list("user__staff_code", "pk"))
    keys |= dict(people.exclude(list_key=None).values_list("list_key", "pk"))
    found = {}
    for row in rows:
        key = row.required("person_key")
        if key not in keys:
            raise row.refusal("person_key", _("there is no person with the key %(key)s") % {"key": key})
        if row.required("from_unit_code") not in closes:
            words = _("“%(value)s” does not close by this reorganisation") % {"value": row.text("from_unit_code")}
            raise row.refusal("from_unit_code", words)
        found[str(keys[key])] = row.text("to_unit_code")
    return found
