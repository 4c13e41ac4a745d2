"""Files that are handed in: kept, checked, given back to their learner alone, and to markers without a name."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizzes.errors import AttemptFinished, FileRefused
from quizzes.file_kinds import refuse_other_kinds
from quizzes.models import AnswerFile, Grading, Script
from quizzes.services import finalise, save_answer, start_attempt, take_script
from tests.factories.staff import PostingFactory
from tests.quizzes.marking.helpers import docx, mark_first, number_of
from tests.quizzes.marking.scenes import answered, hand_in, practical_exam

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(learner, marker):
    return start_attempt(quiz=practical_exam(marker), staff_member=learner.staff_member)


def response(attempt):
    return attempt.answers.get(number=2).response


def test_the_last_file_counts_and_earlier_ones_are_kept(attempt):
    first = hand_in(attempt, content=docx("một")).file
    second = hand_in(attempt, content=docx("hai")).file
    again = hand_in(attempt, content=docx("một")).file

    assert (again, response(attempt)) == (first, [first.sha256])
    assert set(AnswerFile.objects.all()) == {first, second}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bai.exe", b"MZ"),
        ("bai", docx()),
        ("bai.pdf", docx()),
        ("bai.docx", b"%PDF-1.7"),
        ("bai.docx", b""),
        ("bai.docx", docx(**{"word/vbaProject.bin": "x"})),
        ("bai.docx", docx(**{"../../etc/passwd": "x"})),
        ("bai.docx", docx("<!DOCTYPE x>")),
        ("bai.pdf", b"%PDF-1.7" + b"0" * (10 * 1024 * 1024)),
    ],
)
def test_what_is_no_harmless_file_of_the_kinds_asked_for_is_refused_and_changes_nothing(attempt, name, content):
    kept = hand_in(attempt).file

    with pytest.raises(FileRefused):
        hand_in(attempt, name=name, content=content)

    assert (response(attempt), AnswerFile.objects.count()) == ([kept.sha256], 1)


def _bomb(*, parts=1, megabytes=60) -> bytes:
    """Some kilobytes that become as many megabytes."""
    out = BytesIO(docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(parts):
            archive.writestr(f"word/media/{number}.bin", b"0" * (megabytes * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize("name", ["bai.docx", "bai.zip"])
@pytest.mark.parametrize("content", [_bomb(), _bomb(parts=20, megabytes=12), docx(**{"../../etc/passwd": "x"})])
def test_a_file_that_unpacks_to_a_flood_is_refused_with_words_for_it(name, content):
    with pytest.raises(FileRefused, match="gây hại cho máy"):
        refuse_other_kinds(name, content, kinds=("docx", "zip"), most_bytes=10 * 1024 * 1024)


def test_after_handing_in_no_file_is_taken(attempt):
    finalise(attempt=attempt, cause="submitted")

    with pytest.raises(AttemptFinished):
        hand_in(attempt)

    assert AnswerFile.objects.count() == 0


def test_a_hash_that_was_not_handed_in_here_is_no_answer(attempt, marker):
    other = answered(attempt.quiz, PostingFactory().staff_member)
    foreign = AnswerFile.objects.get(attempt=other)

    save_answer(attempt_id=attempt.pk, number=2, response=[foreign.sha256], sequence=1)
    finalise(attempt=attempt, cause="submitted")

    assert Script.objects.filter(attempt=attempt).count() == 0
    assert Grading.objects.get(attempt=attempt).mark == 0


def upload(client, attempt, content, name="Lan.docx", **headers):
    address = reverse("quizzes:upload", args=[attempt.pk, 2])
    return client.post(address, {"tep": SimpleUploadedFile(name, content), "s2": "1"}, headers=headers)


def test_without_a_script_the_form_hands_in_and_says_so(client, learner, attempt):
    client.force_login(learner)

    answer = upload(client, attempt, docx())

    assert (answer.status_code, answer.url) == (302, f"/thi/{attempt.pk}/?cau=2")
    page = client.get(answer.url).text
    assert ("Lan.docx" in page, "Đã nộp tệp" in page) == (True, True)


def test_a_script_is_answered_in_json(client, learner, attempt):
    client.force_login(learner)

    good = upload(client, attempt, docx(), accept="application/json")
    bad = upload(client, attempt, b"MZ", name="x.exe", accept="application/json")

    assert (good.status_code, good.json()["sha256"], good.json()["late"]) == (200, response(attempt)[0], False)
    assert (bad.status_code, list(bad.json())) == (400, ["error"])


def test_a_chosen_file_that_was_not_sent_is_told(client, learner, attempt):
    client.force_login(learner)

    answer = client.post(
        reverse("quizzes:attempt", args=[attempt.pk]), {"cau": 2, "s2": 1, "go": "1", "tep": "Lan.docx"}
    )

    assert answer.url == f"/thi/{attempt.pk}/?cau=2"
    assert "Tệp chưa được nộp" in client.get(answer.url).text


def test_files_are_always_saved_never_shown(client, learner, attempt, marker):
    file = hand_in(attempt).file
    given = attempt.paper.items[1]["task"]["files"][0]
    client.force_login(learner)

    own = client.get(reverse("quizzes:own_file", args=[attempt.pk, 2, file.sha256]))
    task = client.get(reverse("quizzes:task_file", args=[attempt.pk, 2, given["sha256"]]))

    for answer in (own, task):
        assert answer["Content-Disposition"].startswith("attachment;")
        assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert b"".join(own.streaming_content) == docx("Bài làm")


def test_task_files_are_not_given_out_any_more_when_the_test_is_over(client, learner, attempt):
    given = attempt.paper.items[1]["task"]["files"][0]
    finalise(attempt=attempt, cause="submitted")
    client.force_login(learner)

    assert client.get(reverse("quizzes:task_file", args=[attempt.pk, 2, given["sha256"]])).status_code == 404


def test_a_marker_gets_the_file_without_the_name_of_its_author(client, attempt, marker):
    hand_in(attempt, name="Trần Thị Lan.docx")
    finalise(attempt=attempt, cause="submitted")
    mark = take_script(quiz=attempt.quiz, by=marker)
    client.force_login(marker)

    file = client.get(reverse("marking:answer_file", args=[mark.pk]))
    page = client.get(reverse("marking:mark", args=[mark.pk])).text

    assert file["Content-Disposition"] == f'attachment; filename="bai-{mark.script.code}.docx"'
    assert ("Lan" in page, attempt.staff_member.full_name in page) == (False, False)


def test_only_the_failed_part_is_sat_again(learner, marker):
    quiz = practical_exam(marker)
    first = answered(quiz, learner.staff_member)
    finalise(attempt=first, cause="submitted")
    marks = [mark_first(quiz, marker, level=level) for level in (0, -1)]
    passed = {mark.script.number for mark in marks[:1]}

    again = start_attempt(quiz=quiz, staff_member=learner.staff_member)

    assert [item["type"] for item in again.paper.items] == [
        item["type"] for item in first.paper.items if item["number"] not in passed
    ]
    assert number_of(first) == 1
