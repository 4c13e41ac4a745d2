"""Wordings name values; a value is put in as it stands."""

import pytest
from django.core.exceptions import ValidationError

from certificates.wording import PLACEHOLDERS, check, fill


@pytest.mark.parametrize(
    "wording", ["", "Chứng nhận", "{signer_post}, {issuer} chứng nhận:", "".join(f"{{{n}}}" for n in PLACEHOLDERS)]
)
def test_words_and_names_of_values_are_taken(wording):
    check(wording)


@pytest.mark.parametrize(
    "wording", ["{name}", "{holder.user}", "{holder!r}", "{0}", "{}", "{holder", "holder}", "{{holder}}", "{Holder}"]
)
def test_what_names_no_value_is_refused(wording):
    with pytest.raises(ValidationError):
        check(wording)


def test_a_value_is_never_read():
    values = {"holder": "{course} %s <b>{holder}</b>", "course": "Bí mật"}

    assert fill("Chứng nhận {holder}", values) == "Chứng nhận {course} %s <b>{holder}</b>"


def test_a_line_of_which_a_value_is_missing_is_left_out():
    assert fill("thời lượng {hours} tiết", {"hours": ""}) == ""
    assert fill("thời lượng {hours} tiết", {}) == ""
    assert fill("Hoàn thành", {}) == "Hoàn thành"
