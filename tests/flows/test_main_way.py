"""The main job, end to end: she learns, passes and downloads; her HR officer sees the figure move."""

import json
import shutil
import subprocess

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from certificates.models import Certificate
from lms import background
from tests.flows import story


def _work() -> None:
    """What `manage.py work` does in a second."""
    for function in [*background.prompt(), *background.sweepers()]:
        function()


@pytest.fixture
def passed(learner, hr, commune, tmp_path, django_capture_on_commit_callbacks):
    """The learner has passed; the figures before and after, and her certificate's bytes."""
    story.prepare(tmp_path)
    office = Client()
    story.sign_in(office, hr)
    _work()
    before = story.basic_figure(office, commune)
    client = Client()
    with django_capture_on_commit_callbacks(execute=True):
        story.learn_and_pass(client, learner)
    _work()
    return before, story.basic_figure(office, commune), story.download(client, learner)


def test_passing_moves_the_figure_by_one_and_gives_a_certificate(passed, tmp_path, capsys):
    before, after, pdf = passed
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(pdf.replace(b"/MediaBox", b"/MediaBax", 1))

    call_command("verify_certificate", str(file), "--json")
    genuine = json.loads(capsys.readouterr().out)
    with pytest.raises(SystemExit) as refusal:
        call_command("verify_certificate", str(changed), "--json")
    forged = json.loads(capsys.readouterr().out)

    assert after == (before[0] + 1, before[1])
    assert Certificate.objects.count() == 1
    assert genuine["genuine"] is True
    assert (forged["genuine"], refusal.value.code) == (False, 1)


def test_a_stranger_checks_the_code_and_sees_no_full_name(passed, client, learner):
    certificate = Certificate.objects.get()

    page = client.get(reverse("verification:check", args=[certificate.code]))

    assert page.status_code == 200
    assert "Hiểu biết về công nghệ thông tin cơ bản" in page.text
    assert learner.full_name not in page.text


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs Debian's poppler-utils")
def test_pdfsig_finds_the_signature_and_the_changed_byte(passed, tmp_path):
    *_, pdf = passed
    sheet, changed = tmp_path / "sheet.pdf", tmp_path / "changed.pdf"
    sheet.write_bytes(pdf)
    changed.write_bytes(pdf.replace(b"/MediaBox", b"/MediaBax", 1))

    def pdfsig(file):
        return subprocess.run(
            ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False, timeout=60
        ).stdout

    assert "Signature Validation: Signature is Valid." in pdfsig(sheet)
    assert "Total document signed" in pdfsig(sheet)
    assert "Signature is Valid" not in pdfsig(changed)
