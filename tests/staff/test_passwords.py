"""Passwords that say who one is are refused, however they are spelled."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from staff.models import User

OWNER = User(staff_code="7794P12", full_name="Lê Văn Quân", email="quan.lv@kado.gov.vn")


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("levanquan", "họ và tên"),
        ("Lê Văn Quân", "họ và tên"),
        ("LeVanQuan75", "họ và tên"),
        ("779 4P12", "mã cán bộ"),
        ("7794p12-7794p12", "mã cán bộ"),
        ("7794P12x", "mã cán bộ"),
        ("quan.lv@kado.gov.vn", "địa chỉ thư điện tử"),
    ],
)
def test_a_password_that_says_its_owner_is_refused_in_words(password, what):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, OWNER)

    assert refusal.value.messages == [f"Mật khẩu quá giống {what} của anh/chị."]


@pytest.mark.parametrize("password", ["hai con mèo đen", "Đà Lạt mưa 1975 ngày", "quán cà phê số chín"])
def test_other_passwords_are_taken(password):
    assert validate_password(password, OWNER) is None
