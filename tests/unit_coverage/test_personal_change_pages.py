"""HR changes one person: the form, the page of what moves, the confirmation, and the figures afterwards."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from staff.enums import PersonalChangeKind
from staff.models import PersonalChange, Posting
from staff.services import change_person
from tests.factories.staff import DutyFactory, PostingFactory, ScopeFactory, UnitFactory, UserFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.counting import units_that_differ
from unit_coverage.models import CountedDay, Proposal
from unit_coverage.personal_effects import HEADCOUNT, rehearse_personal
from unit_coverage.proposals import effect_of
from unit_coverage.queries import coverage
from unit_coverage.services import drain_changes, rebuild_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_mid_2026")]
K = PersonalChangeKind
DECIDED = {"decision_number": "12/QĐ-UBND", "decided_on": "10/06/2026"}


@pytest.fixture
def _mid_2026():
    with time_machine.travel("2026-06-15 05:00Z", tick=False):
        yield


@pytest.fixture
def beside(commune):
    """Another office of the commune."""
    return UnitFactory(code="24931-2/KT", name="Phòng Kinh tế", kind="office", parent=commune)


@pytest.fixture
def world(requirement, learner, office, commune, hr, beside):
    """Four people of the commune: the learner has learnt what all must, her colleague has not."""
    PostingFactory(unit=office)
    QualificationFactory(staff_member=learner.staff_member, track=requirement.track, course=requirement.course)
    rebuild_all()
    return learner.staff_member


def form_of(client, user, person, kind, **values):
    client.force_login(user)
    address = reverse("obligations:new_change", args=[person.pk, kind.value])
    return client.post(address, {**DECIDED, **values})


def confirmed(client, answer):
    """Presses the button of the page that ``answer`` leads to."""
    page = client.get(answer["Location"])
    return client.post(answer["Location"], {"shown": page.context["preview"].effect.digest}), page


def pair(unit, day=date(2026, 6, 15)):
    found = coverage(unit=unit, on=day).whole
    return found.headcount, found.figures["basic"].trained, found.figures["basic"].bound


def figures_of(effect, figure="basic"):
    return {
        (f.unit_id, f.day): (f.a_before, f.b_before, f.a_after, f.b_after) for f in effect.figures if f.figure == figure
    }


# ---- the story


def test_hr_transfers_somebody_sees_what_moves_and_the_figures_move_so(client, hr, world, office, beside, commune):
    answer = form_of(client, hr, world, K.TRANSFER, unit=beside.code, first_day="15/06/2026")

    done, page = confirmed(client, answer)

    effect = page.context["preview"].effect
    today = date(2026, 6, 15)
    assert figures_of(effect) == {(office.pk, today): (1, 2, 0, 1), (beside.pk, today): (0, 0, 1, 1)}
    assert figures_of(effect, HEADCOUNT) == {
        (office.pk, today): (None, 2, None, 1),
        (beside.pk, today): (None, 0, None, 1),
    }
    assert done["Location"] == reverse("obligations:changes", args=[world.pk])
    drain_changes()
    assert (pair(office), pair(beside), pair(commune)[1:]) == ((1, 0, 1), (1, 1, 1), (1, 3))
    assert "12/QĐ-UBND" in client.get(done["Location"]).text


def test_the_confirmation_may_come_twice(client, hr, world, beside):
    answer = form_of(client, hr, world, K.TRANSFER, unit=beside.code, first_day="15/06/2026")

    page = client.get(answer["Location"])
    for _twice in range(2):
        client.post(answer["Location"], {"shown": page.context["preview"].effect.digest})

    assert PersonalChange.objects.count() == 1
    assert Posting.objects.filter(staff_member=world).count() == 2


def test_what_was_not_shown_is_not_done(client, hr, world, beside, office):
    answer = form_of(client, hr, world, K.TRANSFER, unit=beside.code, first_day="15/06/2026")
    page = client.get(answer["Location"])
    PostingFactory(unit=office)
    rebuild_all()

    client.post(answer["Location"], {"shown": page.context["preview"].effect.digest})

    assert PersonalChange.objects.count() == 0


def test_looking_writes_nothing(client, hr, world, beside):
    answer = form_of(client, hr, world, K.TRANSFER, unit=beside.code, first_day="15/06/2026")
    before = list(Posting.objects.values())

    client.get(answer["Location"])

    assert (list(Posting.objects.values()), PersonalChange.objects.count()) == (before, 0)


# ---- figures


def test_a_change_of_the_past_shows_today_and_every_month_that_was_kept(world, office, hr):
    def leaves():
        change_person(
            staff_member=world, kind=K.LEAVING, cause="retired", first_day=date(2026, 4, 10), back_dated_because="Muộn"
        )

    effect = rehearse_personal(leaves, world)

    kept = [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 15)]
    assert effect.days == tuple(kept)
    assert set(kept) <= set(CountedDay.objects.values_list("day", flat=True))
    shown = figures_of(effect)
    assert {where: shown[where] for where in shown if where[0] == office.pk} == {
        (office.pk, day): (1, 2, 0, 1) for day in kept
    }
    leaves()
    drain_changes()
    for (unit_id, day), (_a0, _b0, a, b) in shown.items():
        assert pair(type(office).objects.get(pk=unit_id), day)[1:] == (a, b)
        assert units_that_differ(day) == []
    assert pair(office, date(2026, 3, 31)) == (2, 1, 2)


def test_a_change_ahead_shows_its_own_day(world, office, beside):
    def goes():
        change_person(staff_member=world, kind=K.TRANSFER, unit=beside, first_day=date(2026, 9, 1))

    effect = rehearse_personal(goes, world)

    assert effect.days == (date(2026, 9, 1),)
    assert figures_of(effect) == {
        (office.pk, date(2026, 9, 1)): (1, 2, 0, 1),
        (beside.pk, date(2026, 9, 1)): (0, 0, 1, 1),
    }


def test_a_secondment_counts_once_and_at_home(world, office, beside, commune):
    before = [pair(unit) for unit in (office, beside, commune)]

    change_person(staff_member=world, kind=K.SECONDMENT, unit=beside, first_day=date(2026, 6, 15))
    drain_changes()

    assert [pair(unit) for unit in (office, beside, commune)] == before


def test_a_leave_moves_no_figure_and_says_that_no_reminder_is_sent_and_that_duties_stay(client, hr, world, office):
    DutyFactory(staff_member=world, unit=office)
    answer = form_of(client, hr, world, K.LEAVE, cause="maternity", first_day="15/06/2026", last_day="15/12/2026")

    page = client.get(answer["Location"])

    assert page.context["preview"].figures == ()
    assert "không gửi nhắc việc" in page.text
    assert page.text.count("<dd>15/12/2026</dd>") == 1
    assert [(line.what, line.turn) for line in page.context["preview"].facts][-1] == (
        "Nhiệm vụ: cán bộ CNTT",
        "giữ nguyên",
    )


def test_a_new_category_outside_the_headcount_takes_her_out_of_it(world, office):
    def changes():
        change_person(staff_member=world, kind=K.POSITION, category="hop_dong", first_day=date(2026, 6, 15))

    effect = rehearse_personal(changes, world)

    assert figures_of(effect)[office.pk, date(2026, 6, 15)] == (1, 2, 0, 1)


def test_the_page_names_postings_duties_rights_and_the_account(client, hr, world, office, commune):
    user = world.user
    ScopeFactory(user=user, unit=office, capability="head")
    DutyFactory(staff_member=world, unit=office)

    answer = form_of(client, hr, world, K.LEAVING, cause="retired", first_day="01/07/2026")
    facts = client.get(answer["Location"]).context["preview"].effect.facts

    assert [(move.before.what, move.before.last, move.after.last) for move in facts] == [
        ("posting", None, date(2026, 6, 30)),
        ("duty", None, date(2026, 6, 30)),
        ("right", None, date(2026, 6, 30)),
    ]


def test_figures_above_the_officers_scope_are_not_shown(client, hr, world, province):
    answer = form_of(client, hr, world, K.LEAVING, cause="retired", first_day="15/06/2026")

    preview = client.get(answer["Location"]).context["preview"]

    assert province.pk in {figure.unit_id for figure in preview.effect.figures}
    assert province.pk not in {line.unit.pk for line in preview.figures}
    assert preview.hidden == 2


# ---- what a form refuses loses nothing


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        (K.TRANSFER, {"first_day": "15/06/2026"}, "unit"),
        (K.TRANSFER, {"first_day": "14/06/2026", "unit": "24931-2/KT"}, "first_day"),
        (K.TRANSFER, {"first_day": "32/06/2026", "unit": "24931-2/KT"}, "first_day"),
        (K.TRANSFER, {"first_day": "15/06/0226", "unit": "24931-2/KT"}, "first_day"),
        (K.SECONDMENT, {"first_day": "15/06/2026"}, "place"),
        (K.LEAVE, {"cause": "maternity", "first_day": "15/06/2026", "last_day": "14/06/2026"}, "last_day"),
        (K.POSITION, {"first_day": "15/06/2026"}, "position"),
        (K.LEAVING, {"first_day": "15/06/2026", "cause": "retired", "decision_number": ""}, "decision_number"),
        (K.LEAVING, {"first_day": "15/06/2026", "cause": "retired", "decided_on": "16/06/2026"}, "decided_on"),
    ],
)
def test_a_fault_is_named_at_its_field_and_what_was_written_stays(client, hr, world, kind, values, words):
    page = form_of(client, hr, world, kind, reason="Ghi chú của tôi", **values)

    assert page.status_code == 200
    assert words in page.context["form"].errors
    assert "Ghi chú của tôi" in page.text
    assert Proposal.objects.count() == 0


def test_what_the_verb_refuses_the_form_says_with_the_other_posting(client, hr, world):
    change_person(staff_member=world, kind=K.LEAVE, first_day=date(2026, 7, 1), last_day=date(2026, 7, 31))

    page = form_of(client, hr, world, K.LEAVE, cause="study", first_day="20/07/2026")

    assert "01/07/2026" in page.text
    assert "31/07/2026" in page.text
    assert Proposal.objects.count() == 0


# ---- taking back and correcting


def test_taken_back_before_its_day_and_nothing_is_left(client, hr, world):
    before = list(Posting.objects.order_by("pk").values())
    answer = form_of(client, hr, world, K.LEAVING, cause="retired", first_day="01/07/2026")
    confirmed(client, answer)
    change = PersonalChange.objects.get()

    asked = client.post(reverse("obligations:take_back_change", args=[world.pk, change.pk]), {"reason": "Nhầm người"})
    _done, page = confirmed(client, asked)

    assert list(Posting.objects.order_by("pk").values()) == before
    assert figures_of(page.context["preview"].effect)
    change.refresh_from_db()
    assert change.taken_back_because == "Nhầm người"


def test_a_wrong_day_is_corrected_with_its_effect_shown_first(client, hr, world, office):
    made = change_person(
        staff_member=world, kind=K.LEAVING, cause="retired", first_day=date(2026, 5, 1), back_dated_because="Muộn"
    )
    drain_changes()
    client.force_login(hr)
    address = reverse("obligations:correct_change", args=[world.pk, made.pk])
    assert 'value="01/05/2026"' in client.get(address).text
    values = {**DECIDED, "cause": "retired", "first_day": "01/06/2026"}

    without_a_reason = client.post(address, values)
    answer = client.post(address, {**values, "back_dated": "on", "back_dated_because": "Sai ngày"})
    _done, page = confirmed(client, answer)

    assert without_a_reason.status_code == 200
    day = date(2026, 5, 31)
    assert figures_of(page.context["preview"].effect)[office.pk, day] == (0, 1, 1, 2)
    assert date(2026, 6, 15) not in {where[1] for where in figures_of(page.context["preview"].effect)}
    assert Posting.objects.get(staff_member=world).valid_until == date(2026, 5, 31)
    made.refresh_from_db()
    assert made.state == "taken_back"


# ---- whose she is


def test_another_officer_finds_none_of_it(client, other_hr, hr, world):
    made = change_person(staff_member=world, kind=K.LEAVE, first_day=date(2026, 7, 1))
    answer = form_of(client, hr, world, K.RETURN, first_day="01/08/2026")
    client.force_login(other_hr)

    asked = [
        reverse("obligations:changes", args=[world.pk]),
        reverse("obligations:new_change", args=[world.pk, "thoi-viec"]),
        reverse("obligations:correct_change", args=[world.pk, made.pk]),
        reverse("obligations:take_back_change", args=[world.pk, made.pk]),
        answer["Location"],
    ]

    assert [client.get(address).status_code for address in asked] == [404] * 5
    assert [client.post(address, {"first_day": "01/08/2026"}).status_code for address in asked[1:]] == [404] * 4


def test_nobody_is_sent_outside_the_officers_scope(client, hr, world, other_commune):
    page = form_of(client, hr, world, K.TRANSFER, unit=other_commune.code, first_day="15/06/2026")

    assert "unit" in page.context["form"].errors
    assert other_commune.name not in client.get(reverse("obligations:new_change", args=[world.pk, "dieu-dong"])).text


def test_a_scope_that_became_smaller_confirms_nothing_outside_of_it(client, hr, world, office, beside):
    answer = form_of(client, hr, world, K.TRANSFER, unit=beside.code, first_day="15/06/2026")
    hr.scopes.all().delete()
    ScopeFactory(user=hr, unit=office, capability="hr")

    assert client.get(answer["Location"]).status_code == 404


def test_officers_do_not_decide_about_themselves(client, hr, world):
    client.force_login(hr)

    assert client.get(reverse("obligations:changes", args=[hr.staff_member_id])).status_code == 404


def test_the_change_of_another_person_is_not_found_under_hers(client, hr, world, office):
    other = PostingFactory(unit=office).staff_member
    made = change_person(staff_member=other, kind=K.LEAVE, first_day=date(2026, 7, 1))
    client.force_login(hr)

    assert client.get(reverse("obligations:take_back_change", args=[world.pk, made.pk])).status_code == 404
    assert client.get(reverse("obligations:new_change", args=[world.pk, "bay"])).status_code == 404


# ---- where the buttons are


def test_the_persons_page_offers_what_fits_her_day(client, hr, head, world):
    def offered():
        text = client.get(reverse("staff:person", args=[world.pk])).text
        return {k.value for k in K if reverse("obligations:new_change", args=[world.pk, k.value]) in text}

    client.force_login(hr)
    at_work = offered()
    change_person(staff_member=world, kind=K.LEAVE, first_day=date(2026, 6, 15))
    away = offered()
    change_person(staff_member=world, kind=K.LEAVING, cause="resigned", first_day=date(2026, 6, 20))
    with time_machine.travel("2026-06-20 05:00Z", tick=False):
        client.force_login(hr)  # the earlier session is out of time
        gone = offered()
    client.force_login(head)

    assert at_work == {"dieu-dong", "biet-phai", "nghi", "chuc-danh", "thoi-viec"}
    assert away == {"tro-lai", "dieu-dong", "chuc-danh", "thoi-viec"}
    assert gone == {"vao-lai"}
    assert offered() == set()


def test_who_left_comes_back_by_the_same_officer(client, hr, world, beside):
    change_person(
        staff_member=world, kind=K.LEAVING, cause="resigned", first_day=date(2026, 6, 1), back_dated_because="Muộn"
    )
    values = {"unit": beside.code, "position": "Chuyên viên", "category": "cong_chuc", "first_day": "15/06/2026"}

    confirmed(client, form_of(client, hr, world, K.REJOIN, **values))

    rows = Posting.objects.filter(staff_member=world).order_by("valid_from")
    assert list(rows.values_list("unit__code", "valid_until")) == [
        ("24931-2/VP", date(2026, 5, 31)),
        ("24931-2/KT", None),
    ]


def test_nobody_is_told_apart_by_an_account(client, hr, office, requirement):
    """Somebody without an account is changed like everybody else."""
    person = PostingFactory(unit=office).staff_member
    rebuild_all()

    done, page = confirmed(client, form_of(client, hr, person, K.LEAVE, cause="study", first_day="15/06/2026"))

    assert done.status_code == 302
    assert page.context["preview"].effect.has_account is False
    assert not UserFactory._meta.model.objects.filter(staff_member=person).exists()


def test_the_effect_is_the_same_at_every_look(hr, world, client, beside):
    answer = form_of(client, hr, world, K.SECONDMENT, unit=beside.code, first_day="15/06/2026")
    proposal = Proposal.objects.get()

    assert effect_of(proposal).digest == effect_of(proposal).digest
    assert answer.status_code == 302


def test_days_on_which_a_figure_moves_alike_are_one_line(client, hr, world, office):
    values = {"cause": "retired", "first_day": "10/04/2026", "back_dated": "on", "back_dated_because": "Muộn"}

    page = client.get(form_of(client, hr, world, K.LEAVING, **values)["Location"])

    lines = [line for line in page.context["preview"].figures if line.unit == office]
    assert [(line.label, line.figure.day, line.last) for line in lines] == [
        ("Tổng số người", date(2026, 4, 30), date(2026, 6, 15)),
        ("Tin học cơ bản", date(2026, 4, 30), date(2026, 6, 15)),
    ]
    assert "30/04/2026 – 15/06/2026" in page.text
