"""The forms of indicators: which unit and period to look at, a new version of a rule, a new kind of period."""

from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.models import EvidenceKind
from courses.enums import Counts, CourseTag, TrackCode
from staff import clock
from staff.enums import HEADCOUNT_CATEGORIES, StaffCategory, UnitKind
from staff.form_fields import DayField
from staff.models import Scope, Unit
from staff.vietnamese import nfc
from unit_coverage.enums import Asks, EventKind, PeriodShape, Place, Subject, Window
from unit_coverage.indicators.services import RULE_FIELDS
from unit_coverage.models import Indicator, IndicatorRule, PeriodScheme
from unit_coverage.periods import Period, last_before, numbers_in_a_year, period_of
from unit_coverage.rule_forms import CODE, DUTY_CHOICES, NewVersion
from unit_coverage.todays_units import NotTheseUnits, refuse_units_of

FREE = "tu-chon"
# So many periods of each kind are offered; older ones stay open by their address.
OFFERED = {
    PeriodShape.MONTH: 13,
    PeriodShape.QUARTER: 8,
    PeriodShape.HALF_YEAR: 4,
    PeriodShape.YEAR: 4,
    PeriodShape.TERM: 2,
    PeriodShape.FREE: 1,
}
FIRST_YEAR = 1990
# A list of more units than this is offered without the smallest ones; their pages lead here too.
MOST_UNITS = 400


class PeriodForm(forms.Form):
    """A unit and a period, as they stand in the address. The period ends today where it would end later."""

    don_vi = forms.ChoiceField(label=_("Unit"), required=False)
    ky = forms.ChoiceField(label=_("Period"), required=False)
    tu = DayField(label=_("From"), required=False)
    den = DayField(label=_("Until"), required=False)
    co_cau = DayField(
        label=_("By the units of"),
        required=False,
        help_text=_(
            "Empty: in the structure of the cut-off day. A later day: the same people by the units of that day."
        ),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.data.get("don-vi", "")
        self.fields["don_vi"].choices = unit_choices(user, asked)
        self.fields["ky"].choices = period_choices(self.data.get("ky", ""))

    def add_prefix(self, field_name):
        """Addresses use hyphens: ?don-vi=..."""
        return super().add_prefix(field_name).replace("_", "-")

    def clean_don_vi(self):
        return self.cleaned_data["don_vi"] or next((code for code, _name in self.fields["don_vi"].choices), "")

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("ky") or self.fields["ky"].choices[0][1][0][0]
        if chosen == FREE:
            first, last = cleaned.get("tu"), cleaned.get("den")
            if not first or not last:
                raise forms.ValidationError(_("Fill in the first and the last day."))
            if last < first or first.year < FIRST_YEAR:
                raise forms.ValidationError(_("The last day lies before the first, or nothing is recorded so early."))
            period = Period(free_label(first, last), first, last)
        else:
            period = chosen_period(chosen)
        if period.first > clock.today():
            raise forms.ValidationError(_("This period has not begun."))
        cleaned |= {"ky": chosen, "period": period.up_to(clock.today()), "is_over": period.last <= clock.today()}
        cleaned["structure_day"] = cleaned.get("co_cau") or cleaned["period"].last
        if day := cleaned.get("co_cau"):
            try:
                refuse_units_of(day, last=cleaned["period"].last)
            except NotTheseUnits as refusal:
                self.add_error("co_cau", str(refusal))
        return cleaned


def free_label(first: date, last: date) -> str:
    """Papers print it, so it is Vietnamese whatever the reader's language."""
    return f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


def chosen_period(value: str) -> Period | None:
    """The period that "scheme:year:number" names; None where there is no such."""
    code, _sep, rest = value.partition(":")
    year, _sep, number = rest.partition(":")
    scheme = PeriodScheme.objects.filter(code=code).first()
    if scheme is None or not (year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        return None
    if not (FIRST_YEAR <= int(year) <= 2200 and 1 <= int(number) <= numbers_in_a_year(scheme.shape)):
        return None
    return period_of(scheme, year=int(year), number=int(number))


def period_choices(asked: str = "") -> list:
    """The latest periods of each kind, the running one first, as groups; and the free choice."""
    groups = []
    for scheme in PeriodScheme.objects.all():
        choices = []
        year, number = _running(scheme)
        while len(choices) < OFFERED[scheme.shape]:
            period = period_of(scheme, year=year, number=number)
            choices.append((f"{scheme.code}:{year}:{number}", f"{period.label} ({period.days})"))
            year, number = _before(scheme, year, number)
        groups.append((scheme.name, choices))
    known = {value for _name, choices in groups for value, _words in choices}
    if asked and asked not in known and (period := chosen_period(asked)):
        groups.append((gettext("Chosen"), [(asked, f"{period.label} ({period.days})")]))
    groups.append((gettext("Free choice"), [(FREE, gettext("from a day until a day (fill in below)"))]))
    return groups


def _running(scheme) -> tuple[int, int]:
    """(year, number) of the period that today lies in."""
    today = clock.today()
    if scheme.shape in (PeriodShape.TERM, PeriodShape.FREE):
        return today.year, 1
    year, number = last_before(scheme, today)
    if period_of(scheme, year=year, number=number).last == today:
        return year, number
    return (year, number + 1) if number < numbers_in_a_year(scheme.shape) else (year + 1, 1)


def _before(scheme, year: int, number: int) -> tuple[int, int]:
    if scheme.shape == PeriodShape.TERM:
        return year - scheme.years, 1
    return (year, number - 1) if number > 1 else (year - 1, numbers_in_a_year(scheme.shape))


def unit_choices(user, asked: str = "") -> list[tuple[str, str]]:
    """The units of today whose figures the user may see, the heads of her scopes first; and the one asked for."""
    visible = Unit.objects.visible_to(user)
    today = visible.existing_on(clock.today()).select_related("parent").order_by("path")
    heads = (
        [unit for unit in today if unit.parent_id is None] if user.is_superuser else list(Scope.objects.units_of(user))
    )
    units = list(today)
    if len(units) > MOST_UNITS:
        units = [unit for unit in units if unit.path.count("/") <= 2]
    ordered = {unit.code: unit for unit in sorted(heads, key=lambda unit: (len(unit.path), unit.sort_key))}
    ordered |= {unit.code: unit for unit in sorted(units, key=lambda unit: (unit.path.count("/"), unit.sort_key))}
    choices = [(code, unit.name_in_place) for code, unit in ordered.items()]
    if asked and asked not in ordered:
        choices += [(unit.code, unit.name_in_place) for unit in visible.filter(code=asked).select_related("parent")]
    return choices


class ListForm(PeriodForm):
    """Whose list is shown."""

    nhom = forms.ChoiceField(label=_("Group"), required=False, choices=[("", _("everybody")), *Place.choices])


class IndicatorForm(NewVersion):
    """A new version of an indicator's rule, or a new indicator."""

    field_order = ["code", "name", "framework", "subject", *RULE_FIELDS, "valid_from"]

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=_("Short; cannot be changed."))
    name = forms.CharField(label=_("Name"), max_length=200)
    framework = forms.CharField(
        label=_("Set of indicators"), max_length=100, required=False, help_text=_("For example ICT Index 2.2.4.")
    )
    subject = forms.ChoiceField(
        label=_("Counts"),
        choices=Subject.choices,
        widget=forms.RadioSelect,
        initial=Subject.PEOPLE,
        help_text=_("Cannot be changed later. Classes and sittings have no denominator."),
    )
    categories = forms.MultipleChoiceField(
        label=_("Staff categories counted"),
        choices=StaffCategory.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=list(HEADCOUNT_CATEGORIES),
        help_text=_("Who is unclassified and not ticked here is shown beside the figure, never dropped."),
    )
    left_out_kinds = forms.MultipleChoiceField(
        label=_("Kinds of body left out, with all below them"),
        choices=UnitKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    unit_kinds = forms.MultipleChoiceField(
        label=_("Only in units of these kinds"),
        choices=UnitKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: all kinds. For an indicator of units: which units are counted."),
    )
    duties = forms.MultipleChoiceField(
        label=_("Only among holders of one of these duties"),
        choices=DUTY_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    positions = forms.CharField(
        label=_("or of a position that begins with"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line."),
    )
    a_duties = forms.MultipleChoiceField(
        label=_("Numerator: holds one of these duties"),
        choices=DUTY_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    a_papers = forms.MultipleChoiceField(
        label=_("Numerator: has a recognised paper of one of these kinds"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    asks = forms.ChoiceField(
        label=_("Numerator: training"), choices=Asks.choices, required=False, widget=forms.RadioSelect
    )
    track = forms.ChoiceField(label=_("Track"), choices=[("", "–"), *TrackCode.choices], required=False)
    tag = forms.ChoiceField(label=_("Group of courses"), choices=[("", "–"), *CourseTag.choices], required=False)
    window = forms.ChoiceField(
        label=_("When"), choices=Window.choices, widget=forms.RadioSelect, initial=Window.CUT_OFF
    )
    counts = forms.ChoiceField(
        label=_("What counts"), choices=Counts.choices, widget=forms.RadioSelect, initial=Counts.COMPLETED
    )
    only_without_at_start = forms.BooleanField(
        label=_("Denominator: only who did not hold the track when the period began"), required=False
    )
    event_kinds = forms.MultipleChoiceField(
        label=_("Events: which are counted"),
        choices=EventKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for an indicator of events."),
    )
    counts_turns = forms.BooleanField(
        label=_("Events: count the people who were there, each time anew, instead of the events"), required=False
    )
    max_points = forms.DecimalField(
        label=_("Most points in the set"), required=False, min_value=0, max_digits=7, decimal_places=2
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)
    remark = forms.CharField(
        label=_("Explanation for readers"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    valid_from = DayField(label=_("In force from"), help_text=_("For periods that end on this day or later."))

    def __init__(self, *args, indicator: Indicator | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        self.fields["a_papers"].choices = list(EvidenceKind.objects.values_list("code", "name"))
        if indicator is not None:
            del self.fields["code"], self.fields["subject"]

    @staticmethod
    def said_by(indicator: Indicator, rule: IndicatorRule | None) -> dict:
        """The form as it would write ``rule`` again."""
        names = [name for name in IndicatorForm.base_fields if hasattr(IndicatorRule, name)]
        said = {name: getattr(rule, name) for name in names if name != "valid_from"} if rule else {}
        said |= {"name": indicator.name, "framework": indicator.framework}
        said["positions"] = "\n".join(rule.positions) if rule else ""
        return said | {"after_version": rule.version if rule else 0}

    def clean_code(self):
        if Indicator.objects.filter(code=self.cleaned_data["code"]).exists():
            raise forms.ValidationError(_("This code is taken. Open that indicator to write a new version of it."))
        return self.cleaned_data["code"]

    def clean_positions(self):
        return [nfc(line) for line in self.cleaned_data["positions"].splitlines() if line.strip()]

    def payload(self) -> dict:
        cleaned = dict(self.cleaned_data)
        cleaned.pop("back_dated", None)
        if self.indicator is not None:
            cleaned |= {"code": self.indicator.code, "subject": self.indicator.subject}
        return cleaned


class PeriodSchemeForm(forms.ModelForm):
    """A kind of period; once there it is never changed, because reports name it."""

    first = DayField(label=_("First day"), required=False)
    last = DayField(label=_("Last day"), required=False)

    class Meta:
        model = PeriodScheme
        fields = ["code", "name", "shape", "begins_on_day", "first_year", "years", "first", "last", "legal_basis"]
        labels = {"first_year": _("First year of a term"), "years": _("Years of a term")}
        help_texts = {
            "begins_on_day": _("1: the calendar. 15: from the 15th of the month before to the 14th."),
            "first_year": _("Only for a term."),
            "years": _("Only for a term."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].validators.append(CODE)

    def clean(self):
        cleaned = super().clean()
        shape = cleaned.get("shape")
        if shape == PeriodShape.FREE and not (cleaned.get("first") and cleaned.get("last")):
            self.add_error("first", gettext("Fill in the first and the last day."))
        elif shape == PeriodShape.FREE and cleaned["last"] < cleaned["first"]:
            self.add_error("last", gettext("The last day lies before the first."))
        if shape == PeriodShape.TERM and not (cleaned.get("first_year") and cleaned.get("years")):
            self.add_error("first_year", gettext("Say in which year a term begins, and how many years it has."))
        if shape != PeriodShape.FREE:
            cleaned["first"] = cleaned["last"] = self.instance.first = self.instance.last = None
        if shape != PeriodShape.TERM:
            cleaned["first_year"] = cleaned["years"] = None
        return cleaned
