"""What the people pages print, as frozen records in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404
from wagtail.models import ModelLogEntry

from staff import access, clock
from staff.audiences import rule_matches
from staff.enums import COMMUNE_KINDS, AccountState, CodeKind, PersonalChangeKind
from staff.models import AccountCode, AudienceRule, Duty, Notice, Posting, StaffMember, Unit, User
from staff.models.searching import has_word
from staff.outdated_papers import OutdatedPaper, outdated_papers
from staff.personal_numbers import masked_national_id
from staff.services.accounts import newest_code, without_password
from staff.services.change_rules import offered
from staff.services.people import ACTION as CORRECTED
from staff.services.people import PersonalData
from staff.vietnamese import collation_key, fold

PAGE_SIZE = 50
_WITHOUT_PASSWORD = (AccountState.WAITING, AccountState.EXPIRED, AccountState.LOCKED)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list: the person and the main posting of today, if any."""

    pk: int
    full_name: str
    posting: Posting | None
    account: "AccountLine"


@dataclass(frozen=True, slots=True)
class AccountLine:
    """What HR sees of somebody's account."""

    state: AccountState
    staff_code: str = ""
    slip_until: datetime | None = None
    last_sign_in: datetime | None = None

    @property
    def kind(self) -> str:
        """The colour of the state, for the status component."""
        return {"active": "ok", "waiting": "now", "expired": "warn", "locked": "bad"}.get(self.state, "")


@dataclass(frozen=True, slots=True)
class PersonAccount:
    """The account on the page of one person, with the codes HR issued and what the officer may do now.

    ``is_managed``: the reader looks after this person, as HR officers do.
    """

    line: AccountLine
    codes: list[AccountCode]
    may_print: bool
    may_issue: bool
    is_managed: bool


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One person of a print: what will happen to the account."""

    person: StaffMember
    unit: Unit
    account: AccountLine
    gets_slip: bool


@dataclass(frozen=True, slots=True)
class SlipPlan:
    """What a print would do, by unit."""

    units: list[tuple[Unit, list[SlipLine]]]
    newest_code: int

    @property
    def lines(self) -> list[SlipLine]:
        return [line for _unit, lines in self.units for line in lines]

    @property
    def slips(self) -> list[SlipLine]:
        return [line for line in self.lines if line.gets_slip]

    @property
    def new_accounts(self) -> int:
        return sum(line.account.state == AccountState.NONE for line in self.slips)

    @property
    def revoked(self) -> int:
        """How many slips die that could still be used."""
        return sum(line.account.state == AccountState.WAITING for line in self.slips)

    @property
    def left_out(self) -> list[SlipLine]:
        return [line for line in self.lines if not line.gets_slip]


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """Everything the page of one person prints. ``changes``: what a reader who decides may record about her now.

    ``outdated``: papers that say otherwise of her, where the reader may issue them anew.
    """

    person: StaffMember
    data: dict[str, str]
    masked_number: str
    postings: list[Posting]
    duties: list[Duty]
    account: PersonAccount
    decides: bool
    changes: list[PersonalChangeKind]
    outdated: list[OutdatedPaper]
    today: date


def people_page(user, *, words: str = "", unit: Unit | None = None, account: str = "", number=1) -> Page:
    """A page of whom ``user`` may see, by given name; see ``found`` for the filters."""
    people = found(access.people_of(user), words=words, unit=unit, account=account)
    shown = _with_accounts(people.in_name_order()).prefetch_related(_main_postings(clock.today()))
    page = Paginator(shown, PAGE_SIZE).get_page(number)
    page.object_list = [
        PersonLine(p.pk, p.full_name, next(iter(p.todays_postings), None), account_line(p)) for p in page
    ]
    return page


def found(people, *, words: str = "", unit: Unit | None = None, account: str = ""):
    """Those of ``people`` that ``words`` describe (name, unit, code), below ``unit``, with such an ``account``.

    ``account``: none, no_mail (none, and no e-mail address that could bring one), waiting, active, or anything else
    for all.
    """
    today = clock.today()
    posted = Posting.objects.on(today).filter(staff_member=OuterRef("pk"), is_primary=True)
    if unit is not None:
        people = people.filter(Exists(posted.filter(unit__in=Unit.objects.within(unit))))
    for word in fold(words).split():
        # Each word may be of the name, of the unit or of the staff code: "đào ka đô" finds Đào in Ka Đô, also where
        # she works in an office of the commune. A province's name would find everybody below it, and nobody in it.
        named = Unit.objects.search(word)
        in_unit = Exists(posted.filter(Q(unit__in=named) | Q(unit__parent__in=named.filter(kind__in=COMMUNE_KINDS))))
        has_code = Exists(User.objects.filter(staff_member=OuterRef("pk"), staff_code=word.upper()))
        people = people.filter(has_word(word) | has_code | in_unit)
    if account == "none":
        people = people.filter(user=None)
    elif account == "no_mail":
        people = people.filter(user=None, email="")
    elif account == "waiting":
        people = people.filter(user__password__startswith="!")
    elif account == "active":
        people = people.filter(user__isnull=False).exclude(user__password__startswith="!")
    return people


def account_line(person: StaffMember) -> AccountLine:
    """The state of somebody's account; the person comes with ``_with_accounts``."""
    user = getattr(person, "user", None)
    if user is None:
        return AccountLine(AccountState.NONE)
    if not user.is_active:
        return AccountLine(AccountState.CLOSED, user.staff_code, last_sign_in=user.last_login)
    if user.has_usable_password():
        return AccountLine(AccountState.ACTIVE, user.staff_code, last_sign_in=user.last_login)
    slip = next((code for code in user.live_codes if code.valid_until > clock.now()), None)
    if slip and slip.is_locked:
        return AccountLine(AccountState.LOCKED, user.staff_code)
    state = AccountState.WAITING if slip else AccountState.EXPIRED
    return AccountLine(state, user.staff_code, slip.valid_until if slip else None)


def slip_plan(people) -> SlipPlan:
    """What printing slips for ``people`` (all posted today) would do, by unit, then by given name."""
    people = list(_with_accounts(people.in_name_order()).prefetch_related(_main_postings(clock.today())))
    printable = set(without_password().filter(staff_member__in=people).values_list("staff_member_id", flat=True))
    by_unit: dict[int, tuple[Unit, list[SlipLine]]] = {}
    for person in people:
        unit = person.todays_postings[0].unit
        gets = person.pk in printable or getattr(person, "user", None) is None
        line = SlipLine(person, unit, account_line(person), gets)
        by_unit.setdefault(unit.pk, (unit, []))[1].append(line)
    units = sorted(by_unit.values(), key=lambda entry: collation_key(entry[0].name))
    return SlipPlan(units, newest_code(people))


def codes_issued_near(staff_member: StaffMember, moment: datetime, hours: float) -> list[AccountCode]:
    """The one-time codes that HR issued for this person's account within ``hours`` of ``moment``, before or after."""
    span = timedelta(hours=hours)
    rows = AccountCode.objects.filter(
        user__staff_member=staff_member, kind=CodeKind.ONE_TIME, issued_at__range=(moment - span, moment + span)
    )
    return list(rows.select_related("issued_by").order_by("issued_at", "pk"))


def notices_page(user, number=1) -> Page:
    """What was told to ``user``, unread first, then newest first."""
    return Paginator(Notice.objects.of(user).unread_first(), PAGE_SIZE).get_page(number)


def latest_unread(user) -> list[Notice]:
    """The three newest notices that ``user`` has not read."""
    return list(Notice.objects.of(user).unread().order_by("-created_at", "-pk")[:3])


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What the owner's own page prints beside the account itself."""

    unit: Unit | None
    has_second_factor: bool
    codes: list[AccountCode]


def own_account(user) -> OwnAccount:
    """Unit of today, second factor, and the codes that HR issued."""
    posting = Posting.objects.on(clock.today()).filter(staff_member=user.staff_member_id, is_primary=True)
    today = posting.select_related("unit__parent").first()
    codes = user.codes.filter(kind=CodeKind.ONE_TIME).select_related("issued_by").order_by("-issued_at")
    return OwnAccount(today.unit if today else None, is_mfa_enabled(user), list(codes[:10]))


def _with_accounts(people):
    live = Prefetch("user__codes", queryset=AccountCode.objects.live(), to_attr="live_codes")
    return people.select_related("user").prefetch_related(live)


def units_to_choose(user) -> list[Unit]:
    """Units that exist today and whose people ``user`` may list, each with a ``label`` that is no other's."""
    visible = Unit.objects.visible_to(user, *access.PEOPLE_CAPABILITIES)
    units = list(visible.existing_on(clock.today()).select_related("parent").in_name_order())
    names = Counter(unit.name for unit in units)
    for unit in units:
        unit.label = _told_apart(unit) if names[unit.name] > 1 else unit.name
    return units


def _told_apart(unit: Unit) -> str:
    """Every commune has its Văn phòng: the unit above tells which one is meant."""
    return f"{unit.name} · {unit.parent.name}" if unit.parent else f"{unit.name} · {unit.code}"


def unit_among(units: list[Unit], code: str, default: Unit | None = None) -> Unit | None:
    """The one of ``units`` that ``code`` names, ``default`` where it names none; 404 for one that is not among them."""
    if not code:
        return default
    for unit in units:
        if unit.code == code:
            return unit
    raise Http404


def person_sheet(person: StaffMember, *, reader) -> PersonSheet:
    """The history of one person, newest first, the number masked, and what ``reader`` sees of the account."""
    newest = ("-valid_from", "-pk")
    decides, today = access.decides_about(reader, person), clock.today()
    account = _person_account(person, reader)
    return PersonSheet(
        person=person,
        data=PersonalData.of(person).said,
        masked_number=masked_national_id(person),
        postings=list(person.postings.select_related("unit__parent").order_by(*newest)),
        duties=list(person.duties.select_related("unit").order_by(*newest)),
        account=account,
        decides=decides,
        changes=offered(person, today) if decides else [],
        outdated=outdated_papers(person, reader=reader) if account.is_managed else [],
        today=today,
    )


def corrections_of(person: StaffMember) -> list[dict]:
    """What was put right about a person, newest first; ``changes`` are (field, before, after)."""
    entries = ModelLogEntry.objects.for_instance(person).filter(action=CORRECTED).select_related("user")
    return [
        {"at": entry.timestamp, "by": entry.user, "reason": entry.data["reason"], "changes": entry.data["changes"]}
        for entry in entries.order_by("-timestamp", "-pk")
    ]


def _person_account(person: StaffMember, reader) -> PersonAccount:
    person = _with_accounts(StaffMember.objects.filter(pk=person.pk)).get()
    line = account_line(person)
    codes = AccountCode.objects.filter(user__staff_member=person).select_related("issued_by").order_by("-issued_at")
    managed = access.can_manage_accounts(reader) and access.managed_people(reader).filter(pk=person.pk).exists()
    learner = managed and User.objects.learners_only().filter(staff_member=person, is_active=True).exists()
    return PersonAccount(
        line=line,
        codes=list(codes),
        may_print=managed and (line.state == AccountState.NONE or (learner and line.state in _WITHOUT_PASSWORD)),
        may_issue=learner and line.state == AccountState.ACTIVE,
        is_managed=managed,
    )


def _main_postings(day: date) -> Prefetch:
    main = Posting.objects.on(day).filter(is_primary=True).select_related("unit__parent")
    return Prefetch("postings", queryset=main, to_attr="todays_postings")


def postings_matching(rule: AudienceRule, postings, *, on: date) -> list[Posting]:
    """Of ``postings`` (main ones that hold on that day), those whose people ``rule`` names. Two queries."""
    duties: dict[int, set[str]] = {}
    held = Duty.objects.on(on).filter(staff_member__in=postings.order_by().values("staff_member"))
    for person, kind in held.values_list("staff_member", "kind"):
        duties.setdefault(person, set()).add(kind)
    return [
        posting
        for posting in postings.select_related("unit", "staff_member")
        if rule_matches(
            rule,
            category=posting.category,
            unit_kind=posting.unit.kind,
            position=posting.position,
            duty_kinds=duties.get(posting.staff_member_id, ()),
        )
    ]
