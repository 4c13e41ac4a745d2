"""Practice from files: nothing half, and no question in two pools. On an empty database."""

import shutil

import pytest
import yaml

from courses.errors import ContentBroken
from courses.loading import load_catalogue
from quizzes.models import Question


@pytest.fixture
def folder(tmp_path, one_course):
    return shutil.copytree(one_course, tmp_path / "content")


def _rewrite(path, change):
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("course.yaml", lambda data: data.pop("practice")),
        ("course.yaml", lambda data: data["practice"].update(questions=99)),
        ("course.yaml", lambda data: data["practice"]["sections"][0].update(quota=50)),
        ("practice.yaml", lambda data: data["questions"][0].update(id="CB-01.1-001")),
    ],
)
def test_practice_that_does_not_fit_is_refused(db, folder, name, change):
    _rewrite(folder / "CB-01" / name, change)

    with pytest.raises(ContentBroken):
        load_catalogue(folder)

    assert Question.objects.count() == 0
