"""The organisation changes: a form or a file makes a plan, its page shows what it does, confirming lets it happen."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log

from staff import access, clock
from staff import services as staff
from staff.enums import ReformKind, ReformState
from staff.imports.reading import FileRefused
from staff.imports.reform_tables import SHAPES, tables_of, workbook_of
from staff.imports.reforms import plan_from
from staff.models import Reorganisation, Scope, Unit, reorganisable_by
from staff.reforms import plan_for, planned_again, with_proposals
from staff.services import StaffError
from staff.spreadsheets import csv_response, workbook_response
from unit_coverage.enums import ABOUT_REFORMS, FigureKey
from unit_coverage.left_behind import left_by
from unit_coverage.proposals import FactsMoved
from unit_coverage.reform_effects import confirm, rehearse_reorganisation
from unit_coverage.reform_forms import FORMS, EnglishNameForm, ReformFileForm, WithdrawForm
from unit_coverage.reform_pages import ChoicesForm, came_and_became, plan_page
from unit_coverage.services import drain_changes

LARGEST_FILE = 5 * 1024 * 1024
# So many changes are counted while the officer waits, some seconds; of more the worker takes care.
READ_AT_ONCE = 1_000
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def reforms(request):
    """What was planned and carried out, and the ways to begin."""
    access.require_reorganises(request.user)
    kinds = [kind for kind in ReformKind if kind != ReformKind.FILE]
    context = {"reforms": access.reorganisations_of(request.user), "kinds": kinds, "says": ABOUT_REFORMS}
    return render(request, "unit_coverage/reforms/list.html", context)


@get_or_post
def new_reform(request, kind):
    """The form of one kind; ``cha`` names the unit whose units change."""
    access.require_reorganises(request.user)
    if kind not in FORMS:
        raise Http404
    mine = reorganisable_by(request.user, clock.today())
    above = _units_above(request.user, mine)
    chosen = request.GET.get("cha", "")
    parent = next((unit for unit in above if unit.code == chosen), above[0] if above else None)
    if chosen and (parent is None or parent.code != chosen):
        raise Http404
    units = mine.filter(parent=parent).select_related("parent").in_name_order()
    targets = _within(request.user).existing_on(clock.today()).select_related("parent").in_name_order()
    form = FORMS[kind](request.POST or None, units=units, targets=targets)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        plan = plan_for(kind=kind, on=facts["effective_on"], **form.wanted())
        if (made := _planned(request, form, kind, with_proposals(kind, plan), facts)) is not None:
            return redirect("reforms:plan", pk=made.pk)
    context = {"form": form, "kind": ReformKind(kind), "above": above, "parent": parent, "says": ABOUT_REFORMS[kind]}
    return render(request, "unit_coverage/reforms/form.html", context)


@get_or_post
def new_reform_by_file(request):
    """The same from two or three tables."""
    access.require_reorganises(request.user)
    form = ReformFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        try:
            plan = plan_from(*_tables(form), on=facts["effective_on"])
        except FileRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            plan = with_proposals(ReformKind.FILE, plan)
            if (made := _planned(request, form, ReformKind.FILE, plan, facts)) is not None:
                return redirect("reforms:plan", pk=made.pk)
    says = ABOUT_REFORMS[ReformKind.FILE]
    context = {"form": form, "kind": ReformKind.FILE, "says": says, "is_file": True}
    return render(request, "unit_coverage/reforms/form.html", context)


def _tables(form) -> list:
    files = {}
    for name in SHAPES:
        file = form.cleaned_data[name]
        if file is not None and file.size > LARGEST_FILE:
            raise FileRefused(_("%(file)s is larger than 5 MB. Nothing was changed.") % {"file": file.name})
        files[name] = (file.name, file.read()) if file else None
    return tables_of(files)


@require_safe
def reform_workbook(request):
    """The units of today that the reader may reorganise, as a workbook to fill in."""
    access.require_reorganises(request.user)
    units = reorganisable_by(request.user, clock.today()).select_related("parent").order_by("path")
    return workbook_response(workbook_of(units), name=f"sap-xep-{clock.today():%Y-%m-%d}")


def _planned(request, form, kind, plan, facts) -> Reorganisation | None:
    """The draft, if the user may carry it out and the verb would not refuse it outright."""
    if not access.may_carry_out(request.user, plan):
        form.add_error(None, _("This change goes beyond the units that you may reorganise. Ask the level above."))
        return None
    try:
        return staff.plan_reorganisation(kind=kind, plan=plan, by=request.user, **facts)
    except StaffError as refusal:
        form.add_error(None, str(refusal))
        return None


@get_or_post
def plan(request, pk):
    """The plan with all that it moves; posted, its choices are kept, or it is confirmed if it does what was shown."""
    found = access.reorganisation_for(request.user, pk=pk)
    is_draft = found.state == ReformState.DRAFT
    may_change = is_draft and access.may_carry_out(request.user, found.plan)
    if request.method == "POST":
        if not may_change and not found.confirmed_at:
            raise Http404
        return _choose(request, found) if "choose" in request.POST else _confirm(request, found)
    context = plan_page(found, reader=request.user, number=request.GET.get("page", 1))
    context |= {"may_change": may_change, "withdraw_form": WithdrawForm()}
    if found.state != ReformState.WITHDRAWN:
        context["left"] = left_by(found, request.user)
    if may_change:
        context["choices"] = ChoicesForm(found)
    if found.state in (ReformState.DRAFT, ReformState.PLANNED):
        try:
            context["effect"] = rehearse_reorganisation(found)
        except StaffError as refusal:
            context["refusal"] = str(refusal)
        else:
            context |= _shown(context["effect"], request)
    return render(request, "unit_coverage/reforms/plan.html", context)


def _choose(request, found: Reorganisation):
    form = ChoicesForm(found, request.POST)
    shared = form.child_of()
    plan_now = planned_again(found.kind, found.plan, on=found.effective_on, child_of=shared) if shared else None
    try:
        staff.choose_in_reorganisation(reorganisation=found, plan=plan_now, **form.chosen())
    except StaffError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Saved. Below is what it does now."))
    return redirect("reforms:plan", pk=found.pk)


def _confirm(request, found: Reorganisation):
    if not access.may_carry_out(request.user, found.plan) and not found.applied_at:
        raise Http404
    try:
        done = confirm(reorganisation=found, shown=request.POST.get("shown", ""), by=request.user)
    except (StaffError, FactsMoved) as refusal:
        messages.warning(request, str(refusal))
    else:
        if done.applied_at:
            # Until the people are counted in their new units, figures of the day would stand with the units above.
            drain_changes(at_most=READ_AT_ONCE)
            messages.success(request, _("The change is made."))
        else:
            messages.success(request, _("Confirmed. It takes effect on its day; until then it can be withdrawn."))
    return redirect("reforms:plan", pk=found.pk)


def _shown(effect, request) -> dict:
    """The figures that the reader may see: a plan may also move those of units above her scope."""
    codes = {line.code for line in effect.figures}
    visible = set(Unit.objects.filter(code__in=codes).visible_to(request.user).values_list("code", flat=True))
    existing = set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))
    figures = [line for line in effect.figures if line.code in visible or line.code not in existing]
    return {"figures": [(line, FigureKey(line.figure).label) for line in figures]}


@require_safe
def plan_csv(request, pk):
    """Who moves where and every figure that moves, as a file."""
    found = access.reorganisation_for(request.user, pk=pk)
    try:
        effect = rehearse_reorganisation(found)
    except StaffError:
        return redirect("reforms:plan", pk=pk)
    rows: list[list] = [[_("Full name"), _("From unit"), _("To unit")]]
    rows += [[move.name, move.came_from, move.to] for move in effect.moves]
    head = [_("Unit code"), _("Unit"), _("Figure"), _("Before"), _("After")]
    rows += [[], head]
    for line, label in _shown(effect, request)["figures"]:
        pairs = [f"{pair[0]}/{pair[1]}" if pair else "" for pair in (line.before, line.after)]
        rows.append([line.code, line.name, label, *pairs])
    if request.method == "GET":
        log(instance=found, action="unit_coverage.export", user=request.user, data={"reorganisation": found.pk})
    return csv_response(rows, name=f"sap-xep-{found.pk}")


@require_POST
def withdraw(request, pk):
    """Before its day a plan is taken back, with a reason."""
    found = access.reorganisation_for(request.user, pk=pk)
    if not access.may_carry_out(request.user, found.plan):
        raise Http404
    form = WithdrawForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        staff.withdraw_reorganisation(reorganisation=found, reason=reason, by=request.user)
    except StaffError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn. Nothing has changed."))
    return redirect("reforms:plan", pk=pk)


@require_POST
def give_rights(request, pk):
    """An administrator agrees to the rights that are proposed anew."""
    found = access.reorganisation_for(request.user, pk=pk)
    if not request.user.is_superuser:
        raise Http404
    try:
        staff.confirm_scopes(reorganisation=found, by=request.user)
    except StaffError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The rights are confirmed."))
    return redirect("reforms:plan", pk=pk)


@require_safe
def history(request, code):
    """What a unit came from and what became of it, through every reorganisation."""
    found = access.unit_for(request.user, code=code)
    may_name = access.may_name_unit(request.user, found)
    context = {"unit": found, "may_name": may_name, **came_and_became(found, reader=request.user)}
    return render(request, "unit_coverage/reforms/history.html", context)


@get_or_post
def english_name(request, code):
    """What certificates in English call the unit from now on."""
    found = access.unit_to_name(request.user, code=code)
    is_posted = request.method == "POST"
    form = EnglishNameForm(request.POST if is_posted else None, initial={"name_en": found.name_en})
    if is_posted and form.is_valid():
        staff.name_unit_in_english(unit=found, name_en=form.cleaned_data["name_en"], by=request.user)
        messages.success(request, _("Saved. Certificates that were issued before stay as they are."))
        return redirect("reforms:history", code=found.code)
    context = {"unit": found, "form": form}
    return render(request, "unit_coverage/reforms/english_name.html", context, status=400 if form.errors else 200)


def _units_above(user, mine) -> list[Unit]:
    """Units below which the user may reorganise, the topmost first; None stands for the level above the provinces."""
    parents = Unit.objects.filter(pk__in=mine.exclude(parent=None).values("parent")).existing_on(clock.today())
    return list(parents.select_related("parent").order_by("path"))


def _within(user):
    units = Unit.objects.all()
    return units if user.is_superuser else units.within_any(Scope.objects.units_of(user, "hr"))
