"""Rows for the tests of this folder, made in the installation's database: ``python -m tests.faults.scenes NAME …``.

The last line of the output is JSON: what the test needs to know about them.
"""

import json
import sys

import django


def waiting_certificates(count: str, code: str = "24931-2") -> dict:
    """So many passed people whose certificates nobody has begun."""
    from django.db import transaction

    from tests.factories.certificates import passed_qualification
    from tests.factories.staff import PostingFactory, UnitFactory

    with transaction.atomic():
        unit = UnitFactory(code=code)
        people = [PostingFactory(unit=unit).staff_member for _number in range(int(count))]
        return {"qualifications": [passed_qualification(person).pk for person in people]}


def issued_certificates(count: str, code: str) -> dict:
    """So many issued certificates."""
    from certificates.services import issue_certificate

    wanted = waiting_certificates(count, code)["qualifications"]
    return {"certificates": [issue_certificate(qualification_id=pk).pk for pk in wanted]}


def batch_out(count: str, code: str) -> dict:
    """So many certificates in a batch that nobody has drawn; nothing else waits."""
    from certificates.services import make_batch
    from tests.factories.staff import UserFactory

    certificates = issued_certificates(count, code)["certificates"]
    # Each scene is a process of its own and counts its people from the start again.
    maker = UserFactory(is_superuser=True, staff_code=f"KY{code}")
    return {"batch": make_batch(request_key=code, by=maker).pk, "certificates": certificates}


def handed_in(batch: str, path: str) -> dict:
    """The file at ``path`` is handed in for the batch; nobody has looked at it."""
    from pathlib import Path

    from certificates.models import SigningBatch
    from certificates.services import take_upload

    found = SigningBatch.objects.get(pk=batch)
    content = Path(path).read_bytes()
    return {"upload": take_upload(batch=found, content=content, file_name="ky.zip", by=found.made_by).pk}


def a_commune(code: str, name: str) -> dict:
    """A unit to post people in."""
    from tests.factories.staff import UnitFactory

    return {"unit": UnitFactory(code=code, name=name).pk}


def waiting_list(path: str, code: str) -> dict:
    """The staff list at ``path``, read, shown and confirmed by the officer of a commune; nobody has taken it in."""
    from pathlib import Path

    from staff.enums import Capability
    from staff.imports import taking
    from tests.factories.lists import DAY
    from tests.factories.staff import ScopeFactory, UnitFactory, UserFactory

    unit, by = UnitFactory(code=code, name="Xã Đo"), UserFactory(staff_code=f"DS{code}")
    ScopeFactory(user=by, unit=unit, capability=Capability.HR)
    content = Path(path).read_bytes()
    made = taking.upload_list(content=content, name="ds.xlsx", unit=unit, on=DAY, request_key=code * 9, by=by)
    taking.ask_to_read(staff_list=made, unit=unit, on=DAY, meanings={}, by=by)
    taking.work_lists()
    made.refresh_from_db()
    taking.confirm_list(staff_list=made, version=made.version, takes_rest=True, by=by)
    return {"list": made.pk, "day": DAY.isoformat()}


def open_attempt(count: str) -> dict:
    """A signed-in learner in the middle of a test of so many questions."""
    from django.test import Client

    from quizzes.services import publish_quiz, start_attempt
    from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
    from tests.factories.staff import StaffMemberFactory, UserFactory

    quiz, category = QuizFactory(), CategoryFactory()
    fill(category, int(count))
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=int(count))
    user = UserFactory(staff_member=StaffMemberFactory())
    attempt = start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=user.staff_member)
    client = Client()
    client.force_login(user)
    return {
        "attempt": attempt.pk,
        "session": client.cookies["sessionid"].value,
        "options": {item["number"]: [option["id"] for option in item["options"]] for item in attempt.paper.items},
    }


def exam_room(count: str, questions: str, password: str) -> dict:
    """A course whose lessons are finished, its test, and so many signed-in learners DO0001 and on."""
    from django.test import Client

    from benchmarks.exam_people import fill
    from staff.models import User

    fill(int(count), password, int(questions))
    sessions = []
    for user in User.objects.filter(staff_code__startswith="DO").order_by("staff_code"):
        client = Client()
        client.force_login(user)
        sessions.append(client.cookies["sessionid"].value)
    return {"sessions": sessions}


def marks_anew() -> dict:
    """The finished attempts whose mark is not what this process makes of the stored answers."""
    from quizzes.models import Answer, Attempt, QuestionVersion
    from quizzes.services.marking import mark_paper

    keys = dict(QuestionVersion.objects.values_list("pk", "key"))
    differ = []
    for attempt in Attempt.objects.exclude(finished_at=None).select_related("paper"):
        responses = dict(Answer.objects.filter(attempt=attempt).with_counted().values_list("number", "counted"))
        mark, _passed, _detail = mark_paper(attempt.paper.items, attempt.paper.blueprint, responses, keys)
        if mark != attempt.gradings.get().mark:
            differ.append(attempt.pk)
    return {"differ": differ}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])) + "\n")
