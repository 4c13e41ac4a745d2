"""Runs of the issuing desk: prepared, looked at, confirmed once, worked through whatever crashes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from wagtail.models import ModelLogEntry

from certificates import services
from certificates.desk import Choice, candidates
from certificates.enums import CertificateStatus, LineState, QualificationFate, RunKind
from certificates.models import Authorisation, Certificate, IssuingRun, Register
from certificates.services import RunRefused, runs
from courses.enums import Origin
from courses.models import Course, Qualification
from staff import clock
from staff.models import Notice
from tests.factories.certificates import issuing_body, passed_qualification
from tests.factories.staff import PostingFactory

pytestmark = pytest.mark.django_db
DECISION = "Quyết định số 45/QĐ-TT ngày 26/11/2026"


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path, monkeypatch):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    # however busy the machine is, one turn settles all lines of these runs
    monkeypatch.setattr(runs, "TURN", 600)


@pytest.fixture
def people(office):
    return [PostingFactory(unit=office).staff_member for _number in range(3)]


@pytest.fixture
def by_decision(people, admin):
    """Three people passed a course whose certificates are issued by decision only."""
    found = [passed_qualification(person) for person in people]
    services.authorise(
        course=found[0].course,
        issuer_code="TINH",
        decision="Chờ quyết định",
        is_standing=False,
        valid_from=clock.today(),
        by=admin,
    )
    return found


def prepare(user, kind=RunKind.ISSUE, **words):
    choice = words.pop("choice", Choice())
    return services.prepare_run(
        kind=kind, found=candidates(user, kind, choice), token=words.pop("token", uuid4()), by=user, **words
    )


def states(run):
    return list(run.lines.values_list("state", flat=True))


def test_what_needs_a_decision_waits_for_the_desk(by_decision):
    assert services.issue_waiting() == 0
    assert services.issue_certificate(qualification_id=by_decision[0].pk) is None
    assert (Certificate.objects.count(), Register.objects.count()) == (0, 0)


def test_a_confirmed_run_issues_each_once_and_cites_its_decision(by_decision, admin):
    run = prepare(admin, decision=DECISION)
    assert services.work_runs() == 0

    services.confirm_run(run=run, by=admin)
    services.confirm_run(run=run, by=admin)

    assert [services.work_runs(), services.work_runs()] == [3, 0]
    issued = Certificate.objects.order_by("number")
    assert [(c.number, c.status, c.face["decision"]) for c in issued] == [
        (number, CertificateStatus.ISSUED, DECISION) for number in (1, 2, 3)
    ]
    run.refresh_from_db()
    assert (states(run), run.finished_at is not None) == ([LineState.DONE] * 3, True)
    assert Notice.objects.filter(kind="certificates.run").count() == 1


def test_the_log_tells_who_confirmed_and_why(by_decision, admin):
    run = prepare(admin, decision=DECISION)
    services.confirm_run(run=run, by=admin)
    services.work_runs()

    [confirmed] = ModelLogEntry.objects.filter(action="certificates.run")
    entered = ModelLogEntry.objects.filter(action="certificates.by_run")
    assert (confirmed.user, confirmed.data["decision"], confirmed.data["lines"]) == (admin, DECISION, 3)
    assert [(entry.user, entry.data["decision"]) for entry in entered] == [(admin, DECISION)] * 3


def test_the_preview_says_who_gets_none_and_why(by_decision, admin, learner):
    issued = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code="CB-02").pk)
    recognised = passed_qualification(learner.staff_member, code="CB-03")
    Qualification.objects.filter(pk=recognised.pk).update(origin=Origin.RECOGNISED)

    run = prepare(admin, decision=DECISION)

    left_out = dict(run.lines.filter(state=LineState.LEFT_OUT).values_list("qualification", "words"))
    assert left_out == {
        issued.qualification_id: f"Đã có giấy chứng nhận số {issued.serial}.",
        recognised.pk: "Được công nhận hoặc theo khai báo: chứng chỉ do cơ quan khác cấp.",
    }
    assert run.lines.filter(state=LineState.WAITING).count() == 3


def test_the_same_form_twice_prepares_one_run(by_decision, admin):
    token = uuid4()

    first, second = prepare(admin, token=token), prepare(admin, token=token)

    assert (first, IssuingRun.objects.count()) == (second, 1)


def test_a_process_that_dies_leaves_the_rest_to_the_next(by_decision, admin, monkeypatch):
    run = prepare(admin, decision=DECISION)
    services.confirm_run(run=run, by=admin)
    end, calls = runs._end, []

    def dies(line, *args, **kwargs):
        calls.append(line.pk)
        if len(calls) == 2:  # the certificate is entered and signed, the line does not know it yet
            raise KeyboardInterrupt
        return end(line, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_end", dies)
        with pytest.raises(KeyboardInterrupt):
            services.work_runs()
    assert services.work_runs() == 0  # its claim still holds
    IssuingRun.objects.update(claimed_until=None)

    services.work_runs()

    assert states(run) == [LineState.DONE] * 3
    assert (Certificate.objects.count(), Register.objects.get().last_number) == (3, 3)


def test_a_line_that_kills_its_process_is_given_up(by_decision, admin, monkeypatch):
    run = prepare(admin, decision=DECISION)
    services.confirm_run(run=run, by=admin)
    poison = run.lines.first()
    issue = runs.issue_certificate

    def dies(*, qualification_id, decision):
        if qualification_id == poison.qualification_id:
            raise KeyboardInterrupt
        return issue(qualification_id=qualification_id, decision=decision)

    monkeypatch.setattr(runs, "issue_certificate", dies)
    for _round in range(runs.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            services.work_runs()
        IssuingRun.objects.update(claimed_until=None)
    services.work_runs()

    assert sorted(states(run)) == [LineState.DONE, LineState.DONE, LineState.FAILED]


def test_one_that_fails_stops_no_other_and_says_why(by_decision, admin):
    run = prepare(admin, decision=DECISION)
    services.confirm_run(run=run, by=admin)
    gone = by_decision[1]
    Qualification.objects.filter(pk=gone.pk).update(revoked_from=clock.today())

    services.work_runs()

    failed = run.lines.get(state=LineState.FAILED)
    assert (failed.qualification, failed.words) == (gone, "Kết quả đã bị thu hồi sau khi lập đợt.")
    assert run.lines.filter(state=LineState.DONE).count() == 2


def test_an_hr_officer_reaches_her_own_people_only_and_never_herself(by_decision, hr, other_hr):
    own = passed_qualification(hr.staff_member)

    mine = [candidate.qualification for candidate in candidates(hr, RunKind.ISSUE, Choice())]
    theirs = candidates(other_hr, RunKind.ISSUE, Choice())

    assert (set(mine), own in mine, theirs) == (set(by_decision), False, [])


def test_whose_scope_ended_meanwhile_confirms_nothing(by_decision, hr):
    run = prepare(hr, decision=DECISION)
    hr.scopes.update(valid_until=clock.today() - timedelta(days=1))

    with pytest.raises(RunRefused):
        services.confirm_run(run=run, by=hr)

    run.refresh_from_db()
    assert run.confirmed_at is None


def issued(people):
    return [services.issue_certificate(qualification_id=passed_qualification(person).pk) for person in people]


def test_many_are_issued_anew_and_the_earlier_ones_point_at_them(people, admin):
    earlier = issued(people)
    for person in people:
        person.full_name = "Tên Đúng"
        person.save()
    run = prepare(admin, RunKind.REISSUE, reason="Sửa họ tên")
    services.confirm_run(run=run, by=admin)

    services.work_runs()

    assert Certificate.objects.filter(status=CertificateStatus.ISSUED).count() == 3
    for line in run.lines.select_related("certificate__superseded_by", "made"):
        assert (line.certificate in earlier, line.certificate.superseded_by) == (True, line.made)
        assert line.made.face["holder"] == "Tên Đúng"


def test_while_nothing_can_be_signed_no_certificate_gives_way_to_one_that_waits(people, admin, settings):
    before = [services.issue_certificate(qualification_id=passed_qualification(person).pk) for person in people]
    run = prepare(admin, kind=RunKind.REISSUE, reason="Sửa họ tên")
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = "/nowhere.pem"

    services.confirm_run(run=run, by=admin)
    services.work_runs()

    assert states(run) == [LineState.FAILED] * 3
    words = "Giấy cũ vẫn giữ nguyên hiệu lực. Không đọc được khóa ký: không có tệp"
    assert set(run.lines.values_list("words", flat=True)) == {words}
    assert {c.pk: c.status for c in Certificate.objects.all()} == {c.pk: CertificateStatus.ISSUED for c in before}


def test_many_are_revoked_from_a_day_and_the_results_stay(people, admin):
    certificates = issued(people)
    day = clock.today() + timedelta(days=5)
    run = prepare(admin, RunKind.REVOKE, reason="In sai mẫu", from_day=day, fate=QualificationFate.STAYS)
    services.confirm_run(run=run, by=admin)

    services.work_runs()

    found = Certificate.objects.values_list("status", "revoked_from", "revoked_reason", "revoked_by")
    assert list(found) == [(CertificateStatus.REVOKED, day, "In sai mẫu", admin.pk)] * len(certificates)
    assert Qualification.objects.live().count() == 3


def test_results_are_revoked_with_their_certificates_where_it_is_said(people, admin):
    issued(people)
    day = clock.today()
    run = prepare(admin, RunKind.REVOKE, reason="Thi hộ", from_day=day, fate=QualificationFate.REVOKED)
    services.confirm_run(run=run, by=admin)

    services.work_runs()

    assert set(Qualification.objects.values_list("revoked_from", "revoked_reason")) == {(day, "Thi hộ")}
    assert set(Certificate.objects.values_list("status", flat=True)) == {CertificateStatus.REVOKED}


def test_an_hr_officer_takes_back_no_result(people, hr):
    issued(people)

    with pytest.raises(RunRefused):
        prepare(hr, RunKind.REVOKE, reason="Thi hộ", from_day=clock.today(), fate=QualificationFate.REVOKED)


def test_a_day_before_the_issue_is_left_out(people, admin):
    issued(people[:1])
    day = clock.today() - timedelta(days=1)

    run = prepare(admin, RunKind.REVOKE, reason="Sai", from_day=day, fate=QualificationFate.STAYS)

    assert states(run) == [LineState.LEFT_OUT]
    with pytest.raises(RunRefused):
        services.confirm_run(run=run, by=admin)


def test_a_run_that_was_not_confirmed_can_be_thrown_away_and_a_confirmed_one_cannot(by_decision, admin):
    one, two = prepare(admin, decision=DECISION), prepare(admin, decision=DECISION)
    services.confirm_run(run=two, by=admin)

    assert [services.discard_run(run=one), services.discard_run(run=two)] == [True, False]
    assert list(IssuingRun.objects.all()) == [two]


def test_numbers_name_certificates_exactly(people, admin):
    certificates = issued(people)
    wanted = certificates[1]

    found = candidates(admin, RunKind.REVOKE, Choice(numbers=(wanted.serial, "0099/2026")))

    assert [candidate.certificate for candidate in found] == [wanted]


def test_the_body_and_the_document_of_the_course_are_used(people, admin, settings):
    settings.DEMO = False
    issuing_body("TINH")
    issuing_body("XA", name="Ủy ban nhân dân xã")
    course = passed_qualification(people[0]).course
    Authorisation.objects.create(
        course=course, issuer_code="TINH", decision="Quyết định số 1", valid_from=clock.today()
    )
    other = passed_qualification(people[0], code="CB-02")

    faces = [services.authority_for(pk, on=clock.today()) for pk in (course.pk, other.course_id)]

    assert [(face.issuer.code, face.decision) for face in faces] == [
        ("TINH", "Quyết định số 1"),
        ("XA", "Quyết định số 12/QĐ-UBND ngày 05/01/2026"),
    ]


def test_signers_follow_one_another_and_issued_words_stay(people, admin, settings):
    settings.DEMO = False
    issuing_body("TINH")
    tomorrow = clock.today() + timedelta(days=1)
    words = {
        "superior": "",
        "name": "Trung tâm",
        "place": "Đà Lạt",
        "signer_authority": "KT. GIÁM ĐỐC",
        "signer_post": "Phó Giám đốc",
        "signer_name": "Trần Văn Mới",
        "decision": "Quyết định số 2",
    }

    new = services.record_issuer(code="TINH", valid_from=tomorrow, by=admin, **words)
    again = services.record_issuer(code="TINH", valid_from=tomorrow, by=admin, **words)

    assert new == again
    assert [services.issuer_on(day).signer_name for day in (clock.today(), tomorrow)] == [
        "Nguyễn Thị Hồng Ánh",
        "Trần Văn Mới",
    ]
    with pytest.raises(services.IssuerRefused):
        services.record_issuer(code="TINH", valid_from=clock.today(), by=admin, **words)


def test_an_authorisation_follows_another(people, admin):
    course = Course.objects.get(pk=passed_qualification(people[0]).course_id)
    tomorrow = clock.today() + timedelta(days=1)
    given = {"course": course, "issuer_code": "TINH", "is_standing": True, "by": admin}
    first = services.authorise(decision="Một", valid_from=clock.today(), **given)
    second = services.authorise(decision="Hai", valid_from=tomorrow, **given)

    first.refresh_from_db()
    assert (first.valid_until, second.valid_until) == (clock.today(), None)
    assert services.authorise(decision="Hai", valid_from=tomorrow, **given) == second
    with pytest.raises(services.IssuerRefused):
        services.authorise(decision="Ba", valid_from=clock.today(), **given)
