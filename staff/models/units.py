"""Bodies with staff, and what became of them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.enums import SuccessionKind, UnitKind
from staff.models.fields import BinaryOrderCharField, NfcCharField
from staff.models.scopes import Scope
from staff.models.searching import has_words
from staff.vietnamese import collation_key, fold, nfc


def with_predecessors(units) -> list["Unit"]:
    """``units`` and, through any number of successions, all that they succeeded."""
    found = {unit.pk: unit for unit in units}
    frontier = list(found)
    while frontier:
        predecessors = Unit.objects.filter(successions_out__successor__in=frontier).exclude(pk__in=found).distinct()
        frontier = []
        for unit in predecessors:
            found[unit.pk] = unit
            frontier.append(unit.pk)
    return list(found.values())


def with_successors(ids) -> set[int]:
    """The units of ``ids`` and, through any number of successions, all that followed them."""
    found = frontier = set(ids)
    while frontier:
        links = Succession.objects.filter(predecessor__in=frontier)
        frontier = set(links.values_list("successor", flat=True)) - found
        found = found | frontier
    return found


def with_closed_predecessors(units, today) -> list["Unit"]:
    """``units`` and all that they succeeded which exist no longer: whoever answers for them answers for these too."""
    heads = {unit.pk for unit in units}
    closed = (unit for unit in with_predecessors(units) if unit.valid_until is not None and unit.valid_until < today)
    return [*units, *(unit for unit in closed if unit.pk not in heads)]


class UnitQuerySet(models.QuerySet):
    def existing_on(self, day: date):
        """Units that existed on ``day``; a missing first day means "not researched", so the unit was there."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day)).filter(
            Q(valid_until=None) | Q(valid_until__gte=day)
        )

    def within(self, unit: "Unit"):
        """``unit`` and every unit below it, of any day, by one range of paths."""
        return self.filter(path__gte=unit.path, path__lt=unit.path_end)

    def search(self, words: str):
        """Units whose name or other spellings have all of ``words``, or words that begin so, however accented."""
        return self.filter(has_words(words))

    def in_name_order(self):
        return self.order_by("sort_key", "pk")

    def within_any(self, units):
        """Every unit that is one of ``units`` or below one of them."""
        query = Q(pk__in=[])
        for unit in units:
            query |= Q(path__gte=unit.path, path__lt=unit.path_end)
        return self.filter(query)

    def visible_to(self, user, *capabilities):
        """Units whose figures ``user`` may see: the user's scopes of today, all that they succeeded, all below.

        ``capabilities`` narrows it to scopes that grant one of them; an administrator sees every unit.
        """
        if user.is_superuser:
            return self
        return self.seen_from(Scope.objects.units_of(user, *capabilities))

    def seen_from(self, heads):
        """Units that somebody sees whose subtrees are headed by ``heads`` today: all that they succeeded, all below."""
        return self.within_any(with_predecessors(heads))


class Unit(models.Model):
    """A body with staff. It never moves: reorganising closes it and opens a successor.

    ``code`` is ours and the only key: official (GSO) codes and names are used again after mergers.
    ``path`` lists the ids from the root ("1/23/456/") and never changes; byte order makes a subtree
    one range. ``valid_until`` is the last day of existence. ``name_en`` is printed on certificates in English; where it
    is empty they print ``name``.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = NfcCharField(_("name"), max_length=200)
    name_en = NfcCharField(_("name in English"), max_length=200, blank=True)
    search_key = models.CharField(max_length=1000, editable=False)
    sort_key = BinaryOrderCharField(max_length=600, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = BinaryOrderCharField(max_length=200, unique=True, editable=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    gso_code = models.CharField(_("official unit code"), max_length=10, blank=True)
    eid_code = models.CharField(_("electronic identification code"), max_length=40, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    confidence = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                name="unit_closes_after_it_opens",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Fills the search and sort keys, and the path of a new unit.

        Raises ValidationError when a stored unit would get another parent: units never move.
        """
        self.name = nfc(self.name)
        self.search_key = fold(" ".join([self.name, *self.aliases]))[:1000]
        self.sort_key = collation_key(self.name)[:600]
        if self._state.adding:
            self.path = f"new-{self.code}"
            super().save(*args, **kwargs)
            self.path = f"{self.parent.path if self.parent else ''}{self.pk}/"
            type(self).objects.filter(pk=self.pk).update(path=self.path)
            return
        expected = f"{self.parent.path if self.parent else ''}{self.pk}/"
        if self.path != expected:
            raise ValidationError(_("A unit never moves: close it and open a successor."))
        super().save(*args, **kwargs)

    @property
    def name_in_place(self) -> str:
        """With the unit above, unless that is the province: every commune has its Phòng Kinh tế."""
        return f"{self.name} · {self.parent.name}" if self.parent and self.parent.parent_id else self.name

    @property
    def path_end(self) -> str:
        """The first path after this subtree: "/" is followed by "0" in byte order."""
        return self.path[:-1] + "0"

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root to this unit's parent."""
        return [int(part) for part in self.path.split("/")[:-2]]

    def existed_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def followed_by(self, today) -> "Unit | None":
        """The one unit of ``today`` that followed this one, itself where it exists; None for several or none."""
        unit, seen = self, set()
        while unit.valid_until is not None and unit.valid_until < today and unit.pk not in seen:
            seen.add(unit.pk)
            followers = [link.successor for link in unit.successions_out.select_related("successor")]
            if len(followers) != 1:
                return None
            [unit] = followers
        return None if unit.pk in seen else unit


class Succession(models.Model):
    """What became of a unit: predecessor to successor on a day, many to many."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions_out")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions_in")
    effective_on = models.DateField()
    kind = models.CharField(max_length=10, choices=SuccessionKind)
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("succession")
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="one_succession_per_pair"),
            models.CheckConstraint(name="no_unit_succeeds_itself", condition=~Q(predecessor=F("successor"))),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
