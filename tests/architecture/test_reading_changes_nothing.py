"""GET never changes state: every table is the same after an administrator and a learner opened every page (D9)."""

import hashlib

import pytest
from django.apps import apps
from django.urls import reverse
from wagtail.blocks.stream_block import StreamValue

from tests.architecture.test_access_matrix import MATRIX, places  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

# The log of exports grows on purpose: who downloaded which figures.
VOLATILE = {"sessions.Session", "wagtailcore.ModelLogEntry"}


def rows_of(model) -> list:
    """The rows as stored: a StreamValue prints the addresses of its objects, which differ at every reading."""
    rows = model.objects.order_by("pk").values_list()
    return [[list(v.raw_data) if isinstance(v, StreamValue) else v for v in row] for row in rows]


def every_table() -> dict[str, str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {
        model._meta.label: hashlib.sha256(repr(rows_of(model)).encode()).hexdigest()
        for model in models
        if model._meta.label not in VOLATILE and hasattr(model, "objects")
    }


@pytest.mark.parametrize("person", ["admin", "learner"])
def test_opening_every_page_changes_no_table(request, client, places, person):  # noqa: F811
    urls = [reverse(name, kwargs=places(key)) for name, (key, _row) in MATRIX.items() if name != "cms_reset_password"]
    client.force_login(request.getfixturevalue(person))
    client.get("/")
    before = every_table()

    for url in urls:
        client.get(url)

    assert every_table() == before
