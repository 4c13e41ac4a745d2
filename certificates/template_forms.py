"""Forms of templates, issuing bodies and authorisations."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates import images, wording
from certificates.enums import HeaderKind, SheetLanguage
from certificates.face import USUAL_LAYOUT
from certificates.models import Issuer
from certificates.services.templates import WORDS, check_signer
from courses.models import Course, Track
from staff.form_fields import DayField

FOR_ENGLISH = _("For certificates in English; empty: they say the Vietnamese words.")
SIGNER = ("signer_authority", "signer_post", "signer_post_en", "signer_name")
CODE = forms.SlugField(
    label=_("Code"), max_length=40, help_text=_("Small letters without accents, digits and hyphens. It stays.")
)


def body_choices() -> list[tuple[str, str]]:
    """Every body that ever issued, by its latest name."""
    rows = Issuer.objects.order_by("code", "valid_from").values_list("code", "name")
    return [(code, f"{name} ({code})") for code, name in dict(rows).items()]


class TemplateForm(forms.Form):
    """What a draft says. ``edits`` is the number of times the draft had been saved when the page was opened."""

    edits = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    name = forms.CharField(label=_("Name of the template"), max_length=120)
    issuer_code = forms.ChoiceField(label=_("Issuing body"), required=False)
    serves = forms.ChoiceField(label=_("For"), required=False)
    header = forms.ChoiceField(label=_("Header"), choices=HeaderKind, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=SheetLanguage, widget=forms.RadioSelect)
    title = forms.CharField(label=_("Title"), max_length=80)
    subtitle = forms.CharField(label=_("Line below the title"), max_length=120, required=False)
    certifies = forms.CharField(label=_("Line before the name"), max_length=200)
    completed = forms.CharField(label=_("Line before the course"), max_length=200)
    details = forms.CharField(
        label=_("Lines after the course"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("At most five lines. A line of which a value is missing is left out."),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=80, required=False)
    subtitle_en = forms.CharField(label=_("Line below the title in English"), max_length=120, required=False)
    certifies_en = forms.CharField(label=_("Line before the name in English"), max_length=200, required=False)
    completed_en = forms.CharField(label=_("Line before the course in English"), max_length=200, required=False)
    details_en = forms.CharField(
        label=_("Lines after the course in English"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Empty English words are the usual ones."),
    )
    signer_authority = forms.CharField(
        label=_("Signed on behalf of"), max_length=120, required=False, help_text=_("For example: KT. CHỦ TỊCH")
    )
    signer_post = forms.CharField(label=_("Post of the signer"), max_length=200, required=False)
    signer_name = forms.CharField(
        label=_("Name of the signer"), max_length=150, required=False, help_text=_("Empty: the signer of the body.")
    )
    signer_post_en = forms.CharField(
        label=_("Post of the signer, in English"), max_length=200, required=False, help_text=FOR_ENGLISH
    )
    seal = forms.FileField(
        label=_("Picture of the seal"), required=False, help_text=_("PNG, at most 2 MB, best with a clear ground.")
    )
    without_seal = forms.BooleanField(label=_("Without a seal"), required=False)
    signature = forms.FileField(label=_("Picture of the signature"), required=False, help_text=_("PNG, at most 2 MB."))
    without_signature = forms.BooleanField(label=_("Without a picture of the signature"), required=False)
    has_gold_rule = forms.BooleanField(label=_("Double rule in gold"), required=False)

    def __init__(self, *args, template=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.template = template
        self.fields["issuer_code"].choices = [("", gettext("every issuing body")), *body_choices()]
        self.tracks = {f"track/{track.code}": track for track in Track.objects.all()}
        self.courses = {f"course/{course.code}": course for course in Course.objects.all()}
        self.fields["serves"].choices = [
            ("", gettext("every course")),
            *((key, gettext("Track: %s") % track) for key, track in self.tracks.items()),
            *((key, str(course)) for key, course in self.courses.items()),
        ]
        if template is None or not template.seal_id:
            del self.fields["without_seal"]
        if template is None or not template.signature_id:
            del self.fields["without_signature"]

    def clean_details(self):
        return _few_lines(self.cleaned_data["details"])

    def clean_details_en(self):
        return _few_lines(self.cleaned_data["details_en"])

    def clean_seal(self):
        return self._checked("seal")

    def clean_signature(self):
        return self._checked("signature")

    def _checked(self, name):
        file = self.cleaned_data[name]
        if not file:
            return None
        if file.size > images.LARGEST:
            raise ValidationError(gettext("The picture is larger than 2 MB. Please make it smaller."))
        content = file.read()
        images.redrawn(content)
        return content

    def clean(self):
        cleaned = super().clean()
        for name in WORDS:
            try:
                wording.check(cleaned.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        try:
            check_signer(cleaned)
        except ValidationError as error:
            self.add_error("signer_name", error)
        return cleaned

    def words(self, *, by) -> dict:
        """What the verb is told; pictures are kept now."""
        cleaned = self.cleaned_data
        names = ("name", "issuer_code", "header", "language", *WORDS, "has_gold_rule")
        words = {name: cleaned[name] for name in (*names, *SIGNER)}
        words["track"] = self.tracks.get(cleaned["serves"])
        words["course"] = self.courses.get(cleaned["serves"])
        for name in ("seal", "signature"):
            if cleaned[name]:
                words[name] = images.keep(cleaned[name], by=by)
            elif cleaned.get(f"without_{name}"):
                words[name] = None
            else:
                words[name] = getattr(self.template, name) if self.template else None
        return words


class NewTemplateForm(TemplateForm):
    field_order = ["code", "name"]
    code = CODE


def initial_of(template=None) -> dict:
    """What the form shows of a draft; of a new template the usual words, so that nobody begins with empty fields."""
    if template is None:
        shown = {name: USUAL_LAYOUT[name] for name in ("language", "header", "has_gold_rule", *WORDS)}
        return shown | {"edits": 0}
    names = ("name", "issuer_code", "header", "language", *WORDS, "has_gold_rule", "edits")
    initial = {name: getattr(template, name) for name in (*names, *SIGNER)}
    if template.course:
        initial["serves"] = f"course/{template.course.code}"
    elif template.track:
        initial["serves"] = f"track/{template.track.code}"
    return initial


def _few_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 5:
        raise ValidationError(gettext("At most five lines: more do not fit onto the sheet."))
    return "\n".join(lines)


class PublishForm(forms.Form):
    edits = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    valid_from = DayField(label=_("Used from"))


class LastDayForm(forms.Form):
    last_day = DayField(label=_("Last day on which it is used"))


class IssuerForm(forms.Form):
    """A version of an issuing body: its words and who signs for it."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=20,
        help_text=_("It names the register of the body. Letters, digits, hyphens; it stays."),
    )
    valid_from = DayField(label=_("In force from"))
    superior = forms.CharField(label=_("Superior body"), max_length=200, required=False)
    name = forms.CharField(label=_("Issuing body"), max_length=200)
    place = forms.CharField(label=_("Place"), max_length=100, help_text=_("As before the date: Đà Lạt"))
    signer_authority = forms.CharField(
        label=_("Signed on behalf of"), max_length=120, required=False, help_text=_("For example: KT. CHỦ TỊCH")
    )
    signer_post = forms.CharField(label=_("Post of the signer"), max_length=200)
    signer_name = forms.CharField(label=_("Name of the signer"), max_length=150)
    superior_en = forms.CharField(
        label=_("Superior body, in English"), max_length=200, required=False, help_text=FOR_ENGLISH
    )
    name_en = forms.CharField(label=_("Issuing body, in English"), max_length=200, required=False)
    signer_post_en = forms.CharField(label=_("Post of the signer, in English"), max_length=200, required=False)
    decision = forms.CharField(
        label=_("Deciding document"),
        max_length=300,
        help_text=_("Cited by certificates of courses without an authorisation of their own."),
    )

    def __init__(self, *args, issuer=None, **kwargs):
        super().__init__(*args, **kwargs)
        if issuer is not None:
            del self.fields["code"]

    def words(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"code", "valid_from"}}


class AuthorisationForm(forms.Form):
    issuer_code = forms.ChoiceField(label=_("Issuing body"))
    decision = forms.CharField(label=_("Deciding document"), max_length=300)
    is_standing = forms.TypedChoiceField(
        label=_("When certificates are issued"),
        coerce=lambda value: value == "1",
        choices=[
            ("1", _("by themselves, as soon as somebody is qualified")),
            ("0", _("at the issuing desk, by a decision that lists the holders")),
        ],
        widget=forms.RadioSelect,
    )
    valid_from = DayField(label=_("In force from"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer_code"].choices = body_choices()
