"""What a lesson and an exam cost on a slow line, with the static files as production serves them."""

import gzip

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread

from quizzes.models import Category
from quizzes.services import publish_quiz, start_attempt
from tests.browser.transfer import first_load
from tests.factories.quizzes import PartFactory, QuizFactory, SectionFactory

pytestmark = pytest.mark.browser

LIMIT, EXAM_LIMIT = 60 * 1024, 80 * 1024


@pytest.fixture
def compressed_server(live_server, settings, tmp_path):
    """A second server whose static files are collected, hashed and compressed; only ours, Wagtail's take long."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    call_command("collectstatic", interactive=False, verbosity=0)
    server = LiveServerThread(
        "127.0.0.1", lambda handler: handler, connections_override=live_server.thread.connections_override
    )
    server.daemon = True
    server.start()
    assert server.is_ready.wait(60)
    yield f"http://{server.host}:{server.port}"
    server.terminate()


def test_the_first_load_of_a_lesson_without_pictures_is_light_and_asks_nobody_else(
    compressed_server, new_context, sign_in, learner, enrolment, lessons
):
    lesson = next(lesson for lesson in lessons if all(block.block_type != "image" for block in lesson.body))
    context = new_context()
    sign_in(context, learner, compressed_server)

    address = f"{compressed_server}/hoc/CB-01/{lesson.slug}/"

    load = first_load(context, address)

    assert (load.url, load.status) == (address, 200)
    assert load.hosts == {"127.0.0.1"}
    assert 0 < load.size <= LIMIT


@pytest.fixture
def long_exam(learner, course):
    """An attempt at forty questions of the bank."""
    category = Category.objects.get(code="CB-01")
    quiz = QuizFactory(code="bon-muoi-cau")
    SectionFactory(part=PartFactory(quiz=quiz), category=category, quota=40)
    return start_attempt(quiz=publish_quiz(quiz=quiz), staff_member=learner.staff_member)


def test_the_first_load_of_an_exam_of_forty_questions_is_light(
    compressed_server, new_context, sign_in, learner, long_exam
):
    context = new_context()
    sign_in(context, learner, compressed_server)
    address = f"{compressed_server}/thi/{long_exam.pk}/"

    load = first_load(context, address)

    page = context.request.get(address).body()
    assert (load.url, load.status, page.count(b"<fieldset")) == (address, 200, 40)
    assert load.hosts == {"127.0.0.1"}
    # In production nginx compresses the page itself, as it does not here.
    assert 0 < load.size - len(page) + len(gzip.compress(page, 5)) <= EXAM_LIMIT
