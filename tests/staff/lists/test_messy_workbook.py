"""The list of a whole district as it arrived: 600 rows, each with its verdict, its person and its flags."""

import gzip
import json
from pathlib import Path

import pytest

from staff.lists.report import parts_of

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def expected():
    return json.loads(gzip.decompress((HERE / "staff-messy.expected.json.gz").read_bytes()))


@pytest.fixture
def data(read):
    found, judged = read((HERE / "staff-messy.xlsx").read_bytes())
    parts = parts_of(judged, noise=found.noise, unread_sheets=found.unread_sheets)
    return {key: value if isinstance(value, dict) else list(value) for key, value in parts}


def without_order(rows):
    """Flags are a set; the file they are compared with sorts them too, but nothing hangs on it."""
    return [row | {"flags": sorted(row["flags"])} for row in rows]


def test_every_row_has_its_verdict_its_person_and_its_flags(data, expected):
    assert len(data["rows"]) == 600
    assert without_order(data["rows"]) == without_order(expected["rows"])


def test_the_people_of_the_list_are_567_and_each_is_as_expected(data, expected):
    assert len(data["people"]) == 567
    assert data["people"] == sorted(expected["people"], key=lambda person: person["key"])


def test_titles_sums_and_signatures_are_nobody(data, expected):
    def places(rows):
        return sorted((row["sheet"], row["row"], row["type"]) for row in rows)

    assert places(data["noise_rows"]) == places(expected["noise_rows"])


def test_nobody_is_made_of_a_hidden_sheet_or_a_signature(data):
    names = {person["full_name"] for person in data["people"]}

    assert names & {"Trần Thị Giả Lập", "Nguyễn Văn Mô Phỏng", "Lê Văn Thử Nghiệm", "Nguyễn Văn Mẫu"} == set()
