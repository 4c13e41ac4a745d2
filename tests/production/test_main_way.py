"""The main way with production's parts: PostgreSQL keeps the rows, Redis carries the news, a real worker signs."""

import pytest
from django.core.files.storage import storages
from django.test import Client
from wagtail.models import Collection, Locale, Page, Site

from certificates.models import Certificate
from lms.celery import app
from tests.flows import story

pytestmark = pytest.mark.production


@pytest.fixture
def page_tree(servers):
    """The roots that Wagtail's migrations made and that a flush by an earlier test has taken along."""
    Locale.objects.get_or_create(language_code="vi")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.get_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": root})


@pytest.fixture
def messages(settings, servers):
    """Messages go to Redis instead of running at once."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.update(task_always_eager=False, broker_url=servers)
    yield
    app.conf.update(task_always_eager=True)


@pytest.fixture
def shared_storage(settings, tmp_path):
    """Private files where the worker writes them."""
    private = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    storages._storages.pop("private", None)
    yield
    storages._storages.pop("private", None)


def test_a_real_worker_signs_and_the_figure_moves(
    page_tree, worker, messages, shared_storage, learner, hr, commune, tmp_path
):
    story.prepare(tmp_path)
    office, client = Client(), Client()
    story.sign_in(office, hr)

    story.learn_and_pass(client, learner)
    pdf = story.download(client, learner, seconds=60)

    assert pdf.startswith(b"%PDF-")
    assert Certificate.objects.count() == 1
    assert story.wait_for_figure(office, commune, trained=1, seconds=30)
