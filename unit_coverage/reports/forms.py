"""The forms of reports: what is reported, the words of the paper, a head's confirmation, a schedule."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from unit_coverage.enums import ReportKind
from unit_coverage.indicators.forms import PeriodForm, unit_choices
from unit_coverage.models import PeriodScheme

PAPER_FIELDS = ("superior", "issuer", "symbol", "place", "addressee", "recipients")
SIGNER_FIELDS = ("signer_authority", "signer_post", "signer_name")


class ReportForm(PeriodForm):
    """Kind, unit and period of a report, as they stand in the address."""

    loai = forms.ChoiceField(label=_("Report"), required=False, choices=ReportKind.choices)

    def clean_loai(self):
        return self.cleaned_data["loai"] or ReportKind.COVERAGE.value


class PaperForm(forms.Form):
    """What the paper says beside its figures. Empty fields keep what the data says."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    superior = forms.CharField(label=_("Superior body"), required=False, max_length=200)
    issuer = forms.CharField(label=_("Issuing body"), required=False, max_length=200)
    symbol = forms.CharField(
        label=_("Symbol of the document"), required=False, max_length=60, help_text=_("For example BC-UBND.")
    )
    place = forms.CharField(label=_("Place"), required=False, max_length=100)
    addressee = forms.CharField(label=_("Addressed to"), required=False, max_length=300)
    recipients = forms.CharField(
        label=_("Recipients (Nơi nhận)"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Empty: as above; file."),
    )
    signer_authority = forms.CharField(
        label=_("Authority of signing"), required=False, max_length=100, help_text=_("For example TM. ỦY BAN NHÂN DÂN.")
    )
    signer_post = forms.CharField(label=_("Post of the signer"), required=False, max_length=100)
    signer_name = forms.CharField(label=_("Name of the signer"), required=False, max_length=100)

    def paper(self) -> dict:
        return {name: self.cleaned_data[name] for name in (*PAPER_FIELDS, *SIGNER_FIELDS) if self.cleaned_data[name]}


class CorrectionForm(PaperForm):
    """Why an earlier report is replaced."""

    field_order = ["reason"]
    reason = forms.CharField(label=_("Why the earlier report is corrected"), max_length=300)


class ConfirmationForm(forms.Form):
    """The head's word about her unit's figure."""

    agrees = forms.ChoiceField(
        label=_("The figure of my unit"),
        choices=[("yes", _("is right")), ("no", _("is not right"))],
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=300, help_text=_("Needed where the figure is not right.")
    )


class ScheduleForm(forms.Form):
    """Who is told, some days after the end of each period."""

    unit = forms.ChoiceField(label=_("Unit"))
    kind = forms.ChoiceField(label=_("Report"), choices=ReportKind.choices)
    scheme = forms.ModelChoiceField(label=_("Period"), queryset=PeriodScheme.objects.none(), empty_label=None)
    days_after = forms.IntegerField(label=_("Days after the end of the period"), min_value=0, max_value=60, initial=1)
    staff_code = forms.CharField(
        label=_("Staff code of the recipient"),
        required=False,
        max_length=20,
        help_text=_("Empty: I am told. Only somebody who may see the unit can be told."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(user)
        self.fields["scheme"].queryset = PeriodScheme.objects.exclude(shape="free")
