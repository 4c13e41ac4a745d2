"""What a lesson costs on a slow line, with the static files as production serves them."""

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread

from tests.browser.transfer import first_load

pytestmark = pytest.mark.browser

LIMIT = 60 * 1024


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
    server.is_ready.wait(15)
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
