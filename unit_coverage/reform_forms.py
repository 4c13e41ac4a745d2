"""The forms of a reorganisation: what changes, from when, by which decision."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import ReformKind, UnitKind
from staff.form_fields import DayField, UnitField
from staff.models import Unit
from staff.reforms import Successor
from unit_coverage.rule_forms import BackDating

MOST_SUCCESSORS = 4


class ReformForm(BackDating):
    """What every reorganisation needs; the fields of its kind come before."""

    day_field = "effective_on"

    effective_on = DayField(label=_("First day of the new organisation"))
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)
    decided_on = DayField(label=_("Signed on"))

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(gettext("The decision must have been signed by today."))
        return day

    def put_first(self, *names: str) -> None:
        """``names`` first, then day and decision; the tick that changes history stays last."""
        self.order_fields([*names, "effective_on", "decision_number", "decided_on", "back_dated", "back_dated_because"])

    def facts(self) -> dict:
        """The keyword arguments of ``plan_reorganisation`` that this form knows."""
        names = ("effective_on", "decision_number", "decided_on", "back_dated_because")
        return {name: self.cleaned_data[name] for name in names}


class _NewUnit(ReformForm):
    """A unit that opens; it is of the kind of those that it comes from unless said otherwise."""

    def _add(self, number: str = "", *, required: bool = True) -> None:
        tail = f" {number}" if number else ""
        self.fields[f"name{number}"] = forms.CharField(
            label=gettext("Name of the new unit") + tail, max_length=200, required=required
        )
        self.fields[f"name_en{number}"] = forms.CharField(
            label=gettext("Name in English") + tail,
            max_length=200,
            required=False,
            help_text=gettext("For certificates in English. Empty: these print the Vietnamese name."),
        )
        self.fields[f"kind{number}"] = forms.ChoiceField(
            label=gettext("Kind of body") + tail,
            choices=[("", gettext("as the unit that it comes from")), *UnitKind.choices],
            required=False,
        )
        self.fields[f"code{number}"] = forms.RegexField(
            r"^[A-Za-z0-9][A-Za-z0-9/.-]*$",
            label=gettext("Code") + tail,
            max_length=36,
            required=False,
            help_text=gettext("Empty: the next free code is taken."),
        )

    def successor(self, number: str = "") -> Successor | None:
        name = self.cleaned_data.get(f"name{number}")
        if not name:
            return None
        kind = self.cleaned_data[f"kind{number}"] or self.predecessors()[0].kind
        english = self.cleaned_data[f"name_en{number}"]
        return Successor(name, kind, self.cleaned_data[f"code{number}"], name_en=english)

    def predecessors(self) -> list[Unit]:
        """The chosen units in whose place new ones open."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        codes = [cleaned[name] for name in self.fields if name.startswith("code") and cleaned.get(name)]
        if taken := Unit.objects.filter(code__in=codes).values_list("code", flat=True).first():
            name = next(name for name in self.fields if cleaned.get(name) == taken)
            self.add_error(name, gettext("This code belongs to another unit."))
        return cleaned


class MergeForm(_NewUnit):
    def __init__(self, *args, units, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["units"] = forms.ModelMultipleChoiceField(
            label=gettext("Units that merge"), queryset=units, widget=forms.CheckboxSelectMultiple
        )
        self.fields["target"] = UnitField(
            label=gettext("They join a unit that goes on"),
            queryset=units,
            required=False,
            empty_label=gettext("no: a new unit opens"),
        )
        self._add(required=False)
        self.put_first("units", "target", "name", "name_en", "kind", "code")

    def clean(self):
        cleaned = super().clean()
        chosen, target = set(cleaned.get("units") or ()), cleaned.get("target")
        if len(chosen | {target} - {None}) < 2:
            self.add_error("units", gettext("Choose at least two units."))
        if target is None and not cleaned.get("name"):
            self.add_error("name", gettext("Name the new unit, or choose the unit that the others join."))
        if target is None and not cleaned.get("kind") and len({unit.kind for unit in chosen}) > 1:
            self.add_error("kind", gettext("These units are of different kinds: say of which the new one is."))
        return cleaned

    def predecessors(self) -> list[Unit]:
        return list(self.cleaned_data["units"])

    def wanted(self) -> dict:
        cleaned = self.cleaned_data
        if cleaned["target"]:
            return {"units": list(cleaned["units"]), "target": cleaned["target"]}
        return {"units": list(cleaned["units"]), "successors": [self.successor()]}


class _OneUnit(_NewUnit):
    def __init__(self, *args, units, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(label=gettext("Unit"), queryset=units)

    def predecessors(self) -> list[Unit]:
        return [self.cleaned_data["unit"]]

    def wanted(self) -> dict:
        return {"units": [self.cleaned_data["unit"]]}


class SplitForm(_OneUnit):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_SUCCESSORS + 1):
            self._add(str(number), required=number < 3)
        names = ("name", "name_en", "kind", "code")
        self.put_first("unit", *(f"{n}{i}" for i in range(1, MOST_SUCCESSORS + 1) for n in names))

    def wanted(self) -> dict:
        numbers = (str(number) for number in range(1, MOST_SUCCESSORS + 1))
        return super().wanted() | {"successors": [new for n in numbers if (new := self.successor(n))]}


class RenameForm(_OneUnit):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._add()
        self.put_first("unit", "name", "name_en", "kind", "code")

    def wanted(self) -> dict:
        return super().wanted() | {"successors": [self.successor()]}


class MoveForm(_OneUnit):
    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, targets=targets, **kwargs)
        self.fields["target"] = UnitField(label=gettext("New superior unit"), queryset=targets)
        self.put_first("unit", "target")

    def clean(self):
        cleaned = super().clean()
        unit, target = cleaned.get("unit"), cleaned.get("target")
        if unit and target and target.path.startswith(unit.path):
            self.add_error("target", gettext("A unit cannot lie below itself."))
        elif unit and target and unit.parent_id == target.pk:
            self.add_error("target", gettext("The unit lies there already."))
        return cleaned

    def wanted(self) -> dict:
        return super().wanted() | {"target": self.cleaned_data["target"]}


class CloseForm(ReformForm):
    def __init__(self, *args, units, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["units"] = forms.ModelMultipleChoiceField(
            label=gettext("Units that close"), queryset=units, widget=forms.CheckboxSelectMultiple
        )
        self.fields["target"] = UnitField(
            label=gettext("Everybody goes to"),
            queryset=targets,
            required=False,
            empty_label=gettext("chosen person by person"),
        )
        self.put_first("units", "target")

    def clean(self):
        cleaned = super().clean()
        target = cleaned.get("target")
        if target and any(target.path.startswith(unit.path) for unit in cleaned.get("units") or ()):
            self.add_error("target", gettext("This unit closes as well."))
        return cleaned

    def wanted(self) -> dict:
        return {"units": list(self.cleaned_data["units"]), "target": self.cleaned_data["target"]}


class ReformFileForm(ReformForm):
    """The tables of a reorganisation: one workbook, or a CSV file of each."""

    units = forms.FileField(
        label=_("The workbook, or the table of units"),
        help_text=_("Excel, or CSV in UTF-8."),
    )
    successions = forms.FileField(
        label=_("What becomes of which unit"),
        required=False,
        help_text=_("Only where it is not in the workbook."),
    )
    transfers = forms.FileField(
        label=_("People who go elsewhere"),
        required=False,
        help_text=_("Only where it is not in the workbook. Everybody else goes with the unit."),
    )
    field_order = ["units", "successions", "transfers", "effective_on", "decision_number", "decided_on"]


FORMS = {
    ReformKind.MERGE: MergeForm,
    ReformKind.SPLIT: SplitForm,
    ReformKind.RENAME: RenameForm,
    ReformKind.MOVE: MoveForm,
    ReformKind.CLOSE: CloseForm,
}


class EnglishNameForm(forms.Form):
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=200,
        required=False,
        help_text=_("For certificates in English. Empty: these print the Vietnamese name."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=200)
