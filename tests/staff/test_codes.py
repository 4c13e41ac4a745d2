"""Staff codes and one-time codes: what a keyboard and a tired eye do to them."""

import unicodedata

import pytest

from staff import codes

CODE = "Q30J116"


def test_codes_have_no_letter_that_is_taken_for_a_digit_or_that_a_vietnamese_keyboard_combines():
    assert set(codes.ALPHABET) & set("OILZSGB" + "AEIOUY" + "DW") == set()
    assert len(codes.ALPHABET) == len(set(codes.ALPHABET)) == 23


@pytest.mark.parametrize("attempt", range(20))
def test_every_single_wrong_character_and_every_swap_is_found(attempt):
    code = codes.new_staff_code()

    wrong = [code[:i] + sign + code[i + 1 :] for i in range(7) for sign in codes.ALPHABET if sign != code[i]]
    swapped = [
        code[:i] + code[j] + code[i + 1 : j] + code[i] + code[j + 1 :] for i in range(7) for j in range(i + 1, 7)
    ]

    assert not codes.is_mistyped_staff_code(code)
    assert [typed for typed in wrong if not codes.is_mistyped_staff_code(typed)] == []
    assert [typed for typed in swapped if typed != code and not codes.is_mistyped_staff_code(typed)] == []


@pytest.mark.parametrize("typed", ["q30j116", " Q30 J116 ", "q30-j116", "Q30J1I6", "q3oj1l6", "Q3OJI1G"])
def test_a_staff_code_is_read_as_it_was_meant(typed):
    assert codes.staff_code_as_typed(typed) == CODE


@pytest.mark.parametrize("typed", ["TD0202", "hv0001", "lan@donduong.example", ""])
def test_a_code_of_another_kind_is_left_alone(typed):
    assert (codes.staff_code_as_typed(typed), codes.is_mistyped_staff_code(typed)) == (typed.upper(), False)


def test_a_one_time_code_has_at_least_forty_random_bits_and_belongs_to_its_request_and_account():
    code = codes.one_time_code(token="t" * 22, account_id=1)

    assert len(codes.ALPHABET) ** (len(code) - 1) > 2**49
    assert code == codes.one_time_code(token="t" * 22, account_id=1)
    assert (
        len(
            {code, codes.one_time_code(token="t" * 22, account_id=2), codes.one_time_code(token="u" * 22, account_id=1)}
        )
        == 3
    )
    assert codes.grouped(code) == f"{code[:4]}-{code[4:8]}-{code[8:]}"


def test_a_one_time_code_is_told_from_a_mistyped_one():
    code = codes.one_time_code(token="t" * 22, account_id=1)
    decomposed = unicodedata.normalize("NFD", codes.grouped(code).lower())

    assert not codes.is_mistyped_one_time_code(codes.as_meant(decomposed))
    assert [codes.is_mistyped_one_time_code(typed) for typed in (code[:-1], code + "0", code[::-1], "")] == [True] * 4


def test_only_a_hash_under_our_secret_is_stored_and_an_older_secret_still_opens(settings):
    code = codes.one_time_code(token="t" * 22, account_id=1)
    stored = codes.hash_of(code, account_id=1)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret" * 5

    assert code not in stored
    assert codes.hash_of(code, account_id=1) != stored
    assert codes.matches(code, stored, account_id=1)
    assert not codes.matches(code, stored, account_id=2)
