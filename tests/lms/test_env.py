import pytest
from django.core.exceptions import ImproperlyConfigured

from lms import env


def test_a_missing_value_names_itself(monkeypatch):
    monkeypatch.delenv("PAPER", raising=False)

    with pytest.raises(ImproperlyConfigured) as raised:
        env.text("PAPER")

    assert str(raised.value) == "Set PAPER (or PAPER_FILE): it has no default in this environment."


def test_a_value_is_read_from_the_file_that_name_file_points_to(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    monkeypatch.delenv("PAPER", raising=False)
    monkeypatch.setenv("PAPER_FILE", str(tmp_path / "secret"))

    assert env.text("PAPER") == "from a file"


@pytest.mark.parametrize(("written", "read"), [("1", True), ("Off", False), ("YES", True), ("no", False)])
def test_booleans_are_read_in_any_case(monkeypatch, written, read):
    monkeypatch.setenv("PAPER", written)

    assert env.boolean("PAPER") is read


@pytest.mark.parametrize(
    ("reader", "sentence"),
    [
        (env.boolean, "PAPER must be true or false, not 'maybe'."),
        (env.integer, "PAPER must be a whole number, not 'maybe'."),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_name(monkeypatch, reader, sentence):
    monkeypatch.setenv("PAPER", "maybe")

    with pytest.raises(ImproperlyConfigured) as raised:
        reader("PAPER")

    assert str(raised.value) == sentence
