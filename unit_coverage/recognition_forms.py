"""The forms of the recognition desk and of the rules of evidence; what changes figures becomes a proposal."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.enums import Basis, Begins, Lasts
from certificates.models import EvidenceKind
from staff import clock
from staff.form_fields import DayField
from unit_coverage.rule_forms import CODE, BackDating, NewVersion, tracks_and_courses


class DecisionForm(BackDating):
    """The document under which the chosen papers are recognised."""

    field_order = ["decision_number", "signed_on", "authority", "valid_from", "basis"]

    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)
    signed_on = DayField(label=_("Signed on"))
    authority = forms.CharField(
        label=_("Deciding body"), max_length=200, help_text=_("As on the document, e.g. UBND xã Đơn Dương.")
    )
    valid_from = DayField(label=_("Takes effect on"), help_text=_("From this day on the papers count."))
    basis = forms.ChoiceField(label=_("What it rests on"), choices=Basis.choices, widget=forms.RadioSelect)

    def __init__(self, *args, claims, **kwargs):
        super().__init__(*args, **kwargs)
        self.claims = claims
        if any(claim.import_row_id is None for claim in claims):
            del self.fields["basis"]

    def clean_signed_on(self):
        if self.cleaned_data["signed_on"] > clock.today():
            raise forms.ValidationError(_("This day lies in the future."))
        return self.cleaned_data["signed_on"]

    def payload(self) -> dict:
        names = ("decision_number", "signed_on", "authority", "valid_from", "back_dated_because")
        cleaned = self.cleaned_data
        return {
            "claims": sorted(claim.pk for claim in self.claims),
            "basis": cleaned.get("basis", Basis.EVIDENCE),
            **{name: cleaned[name] for name in names},
        }


class ConfirmationForm(BackDating):
    """From when on what the first person decided counts."""

    field_order = ["valid_from"]

    valid_from = DayField(label=_("Counts from"))

    def payload(self, recognition) -> dict:
        names = ("valid_from", "back_dated_because")
        return {"recognition": recognition.pk, **{name: self.cleaned_data[name] for name in names}}


class RevocationForm(BackDating):
    """From when on, and why, a recognition no longer counts."""

    field_order = ["from_day", "reason"]
    day_field = "from_day"

    from_day = DayField(label=_("Taken back from"), help_text=_("The first day on which it no longer counts."))
    reason = forms.CharField(label=_("Reason, number of the decision"), max_length=300)

    def payload(self, recognition) -> dict:
        names = ("from_day", "reason", "back_dated_because")
        return {"recognition": recognition.pk, **{name: self.cleaned_data[name] for name in names}}


class ReasonForm(forms.Form):
    """One sentence for the person, or for the record."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, label=None, help_text="", **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label, field.help_text = label or field.label, help_text


class EvidenceRuleForm(NewVersion):
    """A new version of what a kind of paper is worth, or a new kind."""

    field_order = [
        "code",
        "name",
        "gives",
        "issued_from",
        "issued_until",
        "begins",
        "lasts",
        "lasts_number",
        "lasts_until",
        "needs_scan",
        "needs_second",
        "legal_basis",
        "remark",
        "valid_from",
    ]

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        validators=[CODE],
        help_text=_("As in the column of staff lists; short; cannot be changed."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    gives = forms.ChoiceField(label=_("Gives"), required=False)
    issued_from = DayField(label=_("Issued from"), required=False, help_text=_("Empty: however early."))
    issued_until = DayField(
        label=_("Issued until"), required=False, help_text=_("This day still counts. Empty: however late.")
    )
    begins = forms.ChoiceField(label=_("Counts from"), choices=Begins.choices, widget=forms.RadioSelect)
    lasts = forms.ChoiceField(label=_("Counts until"), choices=Lasts.choices, widget=forms.RadioSelect)
    lasts_number = forms.IntegerField(label=_("How many months or years"), required=False, min_value=1, max_value=240)
    lasts_until = DayField(label=_("Fixed day"), required=False)
    needs_scan = forms.BooleanField(label=_("A picture of the paper is needed"), required=False)
    needs_second = forms.BooleanField(label=_("A second person must confirm"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)
    remark = forms.CharField(
        label=_("Explanation for readers"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Learners read it where the paper does not count."),
    )
    valid_from = DayField(label=_("In force from"), help_text=_("For decisions signed on this day or later."))

    def __init__(self, *args, kind: EvidenceKind | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["gives"].choices = [("", _("nothing: it does not count")), *tracks_and_courses()]
        if kind is not None:
            del self.fields["code"]
            self.fields["name"].initial = kind.name

    @staticmethod
    def said_by(rule) -> dict:
        """The form as it would write ``rule`` again; None: the first rule of a kind."""
        if rule is None:
            return {"begins": Begins.DECISION, "lasts": Lasts.NONE, "needs_scan": True, "after_version": 0}
        same = ("issued_from", "issued_until", "begins", "lasts", "lasts_number", "lasts_until", "needs_scan")
        same += ("needs_second", "legal_basis", "remark")
        gives = f"{rule.gives_track}/{rule.gives_course.code}" if rule.gives_course else rule.gives_track
        return {"gives": gives, "after_version": rule.version, **{name: getattr(rule, name) for name in same}}

    def clean_code(self):
        if EvidenceKind.objects.filter(code=self.cleaned_data["code"]).exists():
            raise forms.ValidationError(_("This code is taken. Open that kind to write a new version of its rule."))
        return self.cleaned_data["code"]

    def clean(self):
        cleaned = super().clean()
        lasts = cleaned.get("lasts")
        for name, kinds in (("lasts_number", (Lasts.MONTHS, Lasts.YEARS)), ("lasts_until", (Lasts.FIXED,))):
            if lasts not in kinds:
                cleaned[name] = None
            elif cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("Fill this in, or choose another way to end."))
        return cleaned

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        track, _sep, course = cleaned["gives"].partition("/")
        names = [name for name in self.field_order if name not in ("code", "gives")]
        return {
            "code": self.kind.code if self.kind else cleaned["code"],
            "gives_track": track,
            "gives_course": course,
            "after_version": cleaned["after_version"],
            "back_dated_because": cleaned["back_dated_because"],
            **{name: cleaned[name] for name in names},
        }
