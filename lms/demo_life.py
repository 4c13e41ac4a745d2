"""The life of the demonstration: who has learnt, what papers were handed in; by the verbs that the pages use."""

import csv
import io
from datetime import date

from PIL import Image, ImageDraw

import certificates.services
import courses.services
import quizzes.services
from certificates.models import Claim
from certificates.scans import clean_scan
from courses.classes import past_reading
from courses.enums import TrackCode
from courses.models import Course, Enrolment, LessonPage, TestPage
from courses.services import past_classes
from lms.demo_practical import make_practical_exam
from quizzes.enums import FinishCause
from staff import clock
from staff.models import AudienceRule, Posting, StaffMember, Unit, User
from staff.queries import postings_matching

COMMUNE, PROVINCE = "24943-2", "68-2"

# Who has learnt CB-01 already, so that the pages have something to show: list key, in how many sections one question
# stays open. One open question a section is still a pass; who failed answered nothing in the other sections.
PASSED = [("P0044", 1), ("P0087", 3), ("P0394", 5), ("P0536", 0)]
FAILED = ["P0395"]
HALF_WAY = ["P0555", "P0422"]

# Of those whom an audience binds, every how manieth has passed the test of the course.
HAVE_PASSED = [("lanh-dao", "UD-04", 3), ("phu-trach-cntt", "CS-03", 3), ("cong-chuc-vien-chuc", "AT-01", 8)]

_CLASS = {
    past_reading.COURSE: "NM-01",
    past_reading.CLASS: "Lớp phần mềm nguồn mở 01/2026 (trình diễn)",
    past_reading.FIRST: "10/03/2026",
    past_reading.LAST: "12/03/2026",
    past_reading.HOURS: "24",
    past_reading.PLACE: "Hội trường (trình diễn)",
    past_reading.ATTENDED: "24",
    past_reading.RESULT: "Đạt",
}
_CLASS_DECISION = {"number": "02/QĐ-TD", "signed_on": date(2026, 4, 1), "effective_from": date(2026, 4, 1)}
COUNCIL = "Hội đồng công nhận trình diễn"
ON_RECORD = "Ghi lại quyết định đã có (trình diễn)"


def bring_to_life(*, marker: User, organiser: User) -> None:
    """Some people of each track have learnt, so that no figure of the demonstration is a zero. Made once."""
    if Enrolment.objects.exists():
        return
    _study_basics()
    _study_what_binds()
    _hold_a_class(organiser)
    make_practical_exam(marker=marker, list_keys=HALF_WAY)
    _bring_papers()


def _study_basics() -> None:
    study = _Study("CB-01")
    for list_key in HALF_WAY:
        study.begin(StaffMember.objects.get(list_key=list_key))
    for list_key, open_sections in PASSED:
        study.sit(StaffMember.objects.get(list_key=list_key), leave_open=_one_of_each(open_sections))
    for list_key in FAILED:
        study.sit(StaffMember.objects.get(list_key=list_key), leave_open=_all_but_the_first_section)


def _study_what_binds() -> None:
    for audience, code, every in HAVE_PASSED:
        study = _Study(code)
        for person in _of_audience(audience)[1::every]:
            study.sit(person, leave_open=_one_of_each(1))


def _of_audience(code: str) -> list[StaffMember]:
    """Whom the audience binds today in the commune and, where that is hardly anybody, in the whole province.

    Without those who have an account: what is left to learn in the walk of the README stays so.
    """
    rule = AudienceRule.objects.filter(audience__code=code).latest("valid_from")
    today = clock.today()
    postings = Posting.objects.on(today).filter(is_primary=True, staff_member__user=None)
    found = postings_matching(rule, postings.order_by("staff_member__list_key"), on=today)
    here = [posting for posting in found if posting.unit.path.startswith(_commune().path)]
    return [posting.staff_member for posting in (here if len(here) > 10 else found)]


def _commune() -> Unit:
    return Unit.objects.get(code=COMMUNE)


def _hold_a_class(organiser: User) -> None:
    """A class of before, from its list; what it is worth says a rule, and a decision recognises who passed."""
    course = Course.objects.get(code=_CLASS[past_reading.COURSE])
    people = _of_audience("phu-trach-cntt")[1::2]
    unit = Unit.objects.get(code=PROVINCE)
    handed_in = past_classes.hand_in(content=_class_list(people), name="lop-nguon-mo.csv", unit=unit, by=organiser)
    plan = past_classes.plan_of(handed_in, user=organiser)
    past_classes.take_in(past_list=handed_in, shown=plan.digest, by=organiser)
    certificates.services.claims_from_classes()
    claims = Claim.objects.open().filter(nomination__class_session__past_list=handed_in)
    kind = claims.first().kind
    certificates.services.add_evidence_rule(
        code=kind.code,
        name=kind.name,
        valid_from=_CLASS_DECISION["signed_on"],
        legal_basis="Kế hoạch trình diễn số 06/KH-TD (không có giá trị pháp lý)",
        gives_track=TrackCode.OSS_SECURITY,
        gives_course=course,
        needs_scan=False,
        back_dated_because=ON_RECORD,
    )
    certificates.services.decide(
        **_CLASS_DECISION,
        authority=COUNCIL,
        rule="Danh sách lớp ghi đạt; công nhận theo danh sách lớp",
        claims=claims,
        back_dated_because=ON_RECORD,
    )


def _class_list(people: list[StaffMember]) -> bytes:
    """The list of the class, as an office hands it in."""
    titles = past_reading.TITLES
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(titles.values())
    for person in people:
        unit = person.postings.open().get(is_primary=True).unit
        said = {**_CLASS, past_reading.NAME: person.full_name, past_reading.UNIT: unit.name}
        said[past_reading.BORN] = f"{person.date_of_birth:%d/%m/%Y}"
        rows.writerow([said.get(column, "") for column in titles])
    return text.getvalue().encode("utf-8-sig")


def _bring_papers() -> None:
    """Some of those whom the staff list leaves in doubt have handed their paper in: the recognition desk has work."""
    here = Posting.objects.open().filter(unit__path__startswith=_commune().path, is_primary=True)
    listed = Claim.objects.open().filter(kind="cert_b", staff_member__in=here.values("staff_member")).order_by("pk")
    for place, claim in enumerate(listed[:3]):
        certificates.services.complete_claim(
            claim=claim,
            by=None,
            kind=claim.kind,
            number=f"TH {457 + place}/2012",
            issued_by="Trung tâm Tin học (ví dụ)",
            issued_on=date(2012 + 3 * place, 6, 15),
            scans=[clean_scan(_a_picture())],
        )


def _a_picture() -> bytes:
    """An invented paper, as somebody takes a picture of it."""
    page = Image.new("RGB", (900, 640), "#fbf7ea")
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, 880, 620), outline="#7a1f1f", width=6)
    for place, line in enumerate(["CHUNG CHI TIN HOC", "Trinh do: B", "(vi du, khong co gia tri)"]):
        pen.text((240, 180 + place * 90), line, fill="#1b2430", font_size=40)
    found = io.BytesIO()
    page.save(found, "JPEG")
    return found.getvalue()


class _Study:
    """One course with its lessons and its test, studied by people."""

    def __init__(self, code: str):
        self.course = Course.objects.get(code=code)
        self.lessons = list(LessonPage.objects.child_of(self.course.page).live())
        self.test = TestPage.objects.exams().child_of(self.course.page).live().get()

    def begin(self, person: StaffMember) -> None:
        """Half of the lessons."""
        self._lessons(person, self.lessons[: len(self.lessons) // 2])

    def sit(self, person: StaffMember, *, leave_open) -> None:
        attempt = courses.services.start_test(enrolment=self._lessons(person, self.lessons), test=self.test)
        _answer(attempt, except_for=leave_open(attempt.paper.items))
        quizzes.services.finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
        courses.services.settle_sitting(attempt_id=attempt.pk)

    def _lessons(self, person, lessons) -> Enrolment:
        enrolment = courses.services.enrol(staff_member=person, course=self.course)
        for lesson in lessons:
            courses.services.complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)
        return enrolment


def _one_of_each(sections: int):
    """Chooses the numbers of one question in each of the first ``sections`` sections."""

    def numbers(items) -> set[int]:
        first = {}
        for item in items:
            first.setdefault(item["section"], item["number"])
        return set(list(first.values())[:sections])

    return numbers


def _all_but_the_first_section(items) -> set[int]:
    return {item["number"] for item in items if item["section"] != items[0]["section"]}


def _answer(attempt, *, except_for: set[int]) -> None:
    """Answers every question rightly, except for those numbers, which stay open."""
    for answer in attempt.answers.select_related("version"):
        if answer.number not in except_for:
            quizzes.services.save_answer(
                attempt_id=attempt.pk,
                number=answer.number,
                response=answer.version.key["right"],
                sequence=int(clock.now().timestamp() * 1000),
            )
