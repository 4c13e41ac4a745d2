"""The form that puts right what is recorded of a person."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import Gender
from staff.lists.dates import BirthDay, read_birth_day
from staff.lists.flags import Flag
from staff.lists.names import read_name
from staff.services import PersonalData
from staff.vietnamese import nfc


class CorrectionForm(forms.Form):
    """Begins with what is recorded; ``said`` is what ``correct_person`` takes."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    gender = forms.ChoiceField(label=_("Sex"), choices=Gender.choices, required=False)
    born = forms.CharField(
        label=_("Date of birth"),
        max_length=40,
        required=False,
        help_text=_("Day/month/year; where only these are known, month/year or the year."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The person reads it. For example: typing mistake in the staff list, birth certificate seen."),
    )
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, person, **kwargs):
        data = PersonalData.of(person)
        initial = {"full_name": data.full_name, "gender": data.gender, "born": data.born.shown, "seen": data.mark}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_full_name(self):
        name = " ".join(nfc(self.cleaned_data["full_name"]).split())
        read = read_name(name)
        if not read.text or {Flag.NO_NAME, Flag.OLD_FONT, Flag.OLD_FONT_VNI} & read.flags:
            raise ValidationError(
                _("This has signs that no name has, or is typed in an old font. Please type it anew.")
            )
        return name

    def clean_born(self):
        words = self.cleaned_data["born"].strip()
        if not words:
            return BirthDay()
        born = read_birth_day(words, on=clock.today())
        if born.day is None:
            raise ValidationError(
                _("This is no birth day of somebody who works. Please write day/month/year, for example 24/06/1976.")
            )
        return born

    @property
    def said(self) -> dict:
        data = self.cleaned_data
        to = PersonalData(data["full_name"], data["gender"], data["born"])
        return {"to": to, "seen": data["seen"], "reason": data["reason"]}
