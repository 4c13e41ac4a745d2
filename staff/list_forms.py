"""The forms of a staff list on its way in."""

from django import forms
from django.utils.html import escape
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.form_fields import DayField, UnitField
from staff.imports.taking import COLUMNS
from staff.lists import headings
from staff.lists.workbook import LARGEST_FILE
from staff.models import Unit

COLUMN_WORDS = {
    headings.NAME: _("full name"),
    headings.FIRST_NAMES: _("family and middle name"),
    headings.MIDDLE_NAMES: _("middle name"),
    headings.GIVEN_NAME: _("given name"),
    headings.BORN: _("date of birth"),
    headings.BORN_MALE: _("date of birth (men)"),
    headings.BORN_FEMALE: _("date of birth (women)"),
    headings.BORN_DAY: _("date of birth (day alone)"),
    headings.BORN_MONTH: _("date of birth (month alone)"),
    headings.BORN_YEAR: _("date of birth (year alone)"),
    headings.GENDER: _("sex"),
    headings.MALE_MARK: _("mark for men"),
    headings.FEMALE_MARK: _("mark for women"),
    headings.POSITION: _("position"),
    headings.UNIT: _("unit"),
    headings.CATEGORY: _("staff category"),
    headings.NATIONAL_ID: _("personal number"),
    headings.EMAIL: _("e-mail"),
    headings.PHONE: _("phone"),
    headings.ICT: _("informatics level"),
    headings.ICT_YEAR: _("year of the certificate"),
    headings.NOTE: _("remark"),
    headings.NUMBER: _("row number"),
}

_ENOUGH = _("Sheet %(sheet)s: name the column of the full name, and at least two columns more.")


class ListPlaceForm(forms.Form):
    """Of which unit and of which day a list is."""

    unit = UnitField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    on = DayField(
        label=_("Day of the list"),
        help_text=_("People are posted from this day on; units are those of this day."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError(_("The day of the list cannot be in the future."))
        if day.year < 1990:
            raise forms.ValidationError(_("This day lies too far back."))
        return day


class UploadListForm(ListPlaceForm):
    file = forms.FileField(
        label=_("Staff list"),
        help_text=_(
            "Excel (.xlsx, .xls) or CSV, at most 30 MB. "
            "Columns on ethnicity, religion and Party membership are not kept."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv"}),
        error_messages={"empty": _("The file is empty.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = ["file", "unit", "on"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 30 MB."))
        return file


class ColumnsForm(ListPlaceForm):
    """What each column holds; one field a heading, whatever sheet it stands in."""

    def __init__(self, *args, staff_list, **kwargs):
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        self.asked: list[tuple[dict, list[str]]] = []
        choices = [("", _("not needed")), *((name, COLUMN_WORDS[name]) for name in COLUMNS)]
        for sheet in staff_list.found:
            if sheet.get("is_asked"):
                self.asked.append((sheet, []))
            for column in sheet.get("columns", []):
                if column["says"] == headings.SENSITIVE or column["key"] in self.keys.values():
                    continue
                name = f"column-{len(self.keys)}"
                self.keys[name] = column["key"]
                if sheet.get("is_asked"):
                    self.asked[-1][1].append(name)
                said = staff_list.meanings.get(column["key"], column["says"])
                self.fields[name] = forms.ChoiceField(
                    label=" ".join(column["words"].split()), choices=choices, required=False, initial=said
                )
                if column["sample"]:
                    self.fields[name].help_text = format_lazy("{}: {}", _("for example"), escape(column["sample"]))
                if said not in dict(choices):
                    self.fields[name].choices = [*choices, (said, COLUMN_WORDS.get(said, said))]
        # the field of a heading that stands on two sheets says what the first was recognised as
        self.recognised = {
            column["key"]: column["says"] for sheet in reversed(staff_list.found) for column in sheet.get("columns", [])
        }
        self.has_list = any("columns" in sheet and not sheet.get("is_asked") for sheet in staff_list.found)

    @property
    def places(self):
        return [self["unit"], self["on"]]

    @property
    def columns(self):
        asked = {name for _sheet, names in self.asked for name in names}
        return [self[name] for name in self.keys if name not in asked]

    @property
    def asked_sheets(self):
        """The sheets that were not recognised, each with the columns that stand on it alone."""
        return [(sheet, [self[name] for name in names]) for sheet, names in self.asked]

    def clean(self):
        """A sheet of which something is said must become a list, and a file needs one sheet at least."""
        said = super().clean()
        by_key = {key: said.get(name, "") for name, key in self.keys.items()}
        is_read = self.has_list
        for sheet, names in self.asked:
            if not headings.is_enough([by_key.get(column["key"], "") for column in sheet["columns"]]):
                told = [name for name in names if said.get(name, "") != self.recognised[self.keys[name]]]
                if told:
                    self.add_error(told[0], _ENOUGH % {"sheet": sheet["title"]})
            else:
                is_read = True
        if not is_read and not self.errors:
            raise forms.ValidationError(_ENOUGH % {"sheet": self.asked[0][0]["title"]})
        return said

    def meanings(self) -> dict[str, str]:
        """Only where the officer says something else than was recognised."""
        said = {key: self.cleaned_data[name] for name, key in self.keys.items()}
        return {key: value for key, value in said.items() if value != self.recognised.get(key, "")}


class AnswerForm(forms.Form):
    """Accept a transfer request with a day, or refuse it with a reason."""

    on = DayField(label=_("Transferred from"), required=False)
    back_dated_because = forms.CharField(
        label=_("Reason, if the day is past"), max_length=200, required=False, help_text=_("For example the decision.")
    )
    refused_because = forms.CharField(label=_("Reason for refusing"), max_length=300, required=False)
