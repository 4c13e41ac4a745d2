"""The form of a paper that somebody holds."""

import uuid

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.errors import ScanRefused
from certificates.models import Claim, EvidenceKind
from certificates.scans import MOST_BYTES, MOST_FILES, clean_scan
from certificates.verdicts import rules_on
from staff import clock
from staff.form_fields import DayField


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def use_required_attribute(self, initial):
        return False


class ScansField(forms.FileField):
    """Several files, each a picture or a PDF that was looked into; cleaned they are ``Scan`` records."""

    widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,application/pdf", "multiple": True})

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(ScansField, self).clean(file, initial) for file in files if file]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(gettext("At most %(n)d files.") % {"n": MOST_FILES})
        return [self._scan(file) for file in files]

    def _scan(self, file):
        try:
            if file.size > MOST_BYTES:
                raise ScanRefused(gettext("This file is larger than 10 MB."))
            return clean_scan(file.read())
        except ScanRefused as refusal:
            raise forms.ValidationError(f"{file.name}: {refusal}") from refusal


class ClaimForm(forms.Form):
    """What the paper says, and its pictures. ``claim`` is the one to complete; what it knows stands in the form."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ModelChoiceField(
        label=_("Kind of paper"),
        queryset=EvidenceKind.objects.none(),
        to_field_name="code",
        empty_label=_("Choose a kind"),
    )
    number = forms.CharField(
        label=_("Number of the paper"),
        max_length=60,
        required=False,
        help_text=_("As printed: “Số hiệu”, “Số vào sổ”."),
    )
    issued_by = forms.CharField(label=_("Issued at"), max_length=200, help_text=_("The school or test centre."))
    issued_on = DayField(label=_("Day of issue"))
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Only where the paper itself says so. Empty: without end.")
    )
    hours = forms.IntegerField(
        label=_("Class hours"),
        required=False,
        min_value=1,
        max_value=2000,
        help_text=_("Only where the paper says how many."),
    )
    scans = ScansField(
        label=_("Pictures of the paper"),
        required=False,
        help_text=_("JPEG, PNG or PDF, 10 MB each at most. All sides that carry text; the number must be readable."),
    )

    def __init__(self, *args, claim: Claim | None = None, **kwargs):
        initial = kwargs.setdefault("initial", {})
        initial.setdefault("submission", uuid.uuid4())
        if claim is not None:
            names = ("number", "issued_by", "issued_on", "valid_until", "hours")
            initial |= {name: getattr(claim, name) for name in names}
            initial["kind"] = claim.kind_id
        super().__init__(*args, **kwargs)
        self.claim = claim
        self.rules = rules_on(clock.today())
        offered = [code for code, rule in self.rules.items() if rule.gives_track]
        self.fields["kind"].queryset = EvidenceKind.objects.filter(code__in=offered)

    def clean(self):
        cleaned = super().clean()
        issued, until = cleaned.get("issued_on"), cleaned.get("valid_until")
        if issued and issued > clock.today():
            self.add_error("issued_on", gettext("This day lies in the future."))
        if issued and issued.year < 1950:
            self.add_error("issued_on", gettext("Please look at the year again."))
        if issued and until and until < issued:
            self.add_error("valid_until", gettext("The last day lies before the day of issue."))
        kind = cleaned.get("kind")
        if kind and self.rules[kind.code].needs_scan and not self._has_scan() and not self.errors:
            self.add_error("scans", gettext("A picture of the paper is needed."))
        return cleaned

    def _has_scan(self) -> bool:
        return bool(self.cleaned_data.get("scans")) or (self.claim is not None and self.claim.files.exists())

    def facts(self) -> dict:
        names = ("kind", "number", "issued_by", "issued_on", "valid_until", "hours", "scans")
        return {name: self.cleaned_data[name] for name in names}
