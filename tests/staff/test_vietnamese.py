"""One form to store, one folding to compare, one order to sort by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.vietnamese import collation_key, fold, masked_name, name_sort_key, nfc, slug, tone_spellings


@pytest.mark.parametrize(
    "spelling", ["Đơn Dương", "ĐƠN DƯƠNG", "đơn  dương ", "Ðơn Dương", unicodedata.normalize("NFD", "Đơn Dương")]
)
def test_every_spelling_folds_alike(spelling):
    assert fold(spelling) == "don duong"


def test_both_spellings_of_a_tone_fold_alike():
    assert fold("Hoà Thuỷ") == fold("Hòa Thủy") == "hoa thuy"


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("KHỎE", "KHOẺ"), ("thúy", "thuý"), ("lũy", "luỹ")])
def test_both_places_of_a_tone_are_told_in_the_same_pair(old, new):
    assert tone_spellings(old) == tone_spellings(new) == (old, new)


def test_other_words_have_one_spelling():
    assert tone_spellings("mùa quả của đường") == ("mùa quả của đường",) * 2


def test_words_stand_in_vietnamese_order():
    words = ["An", "Anh", "Ánh", "Ăn", "Ân", "Ca", "Cà", "Cả", "Cã", "Cá", "Cạ", "Dũng", "Đạt", "Ôn", "Ơn"]

    assert sorted(sorted(words), key=collation_key) == words


def test_people_stand_by_given_name_then_family_then_middle_name():
    names = ["Trần Văn An", "Lê Thị Ánh", "Bùi Văn Bình", "Lê An Bình", "Lê Văn Bình", "Võ Đạt"]

    assert sorted(sorted(names), key=name_sort_key) == names


@pytest.mark.parametrize(
    ("name", "masked"), [("Nguyễn Thị Lan", "Nguyễn T. L."), ("K' Brèm", "K' B."), ("Lan", "Lan"), ("Đỗ Đạt", "Đỗ Đ.")]
)
def test_strangers_see_the_family_name_and_initials(name, masked):
    assert masked_name(name) == masked


def test_slug_keeps_the_d():
    assert slug("Đơn Dương – Lâm Đồng") == "don-duong-lam-dong"


@given(st.text())
def test_storing_twice_changes_nothing(text):
    assert nfc(nfc(text)) == nfc(text)


@given(st.text(alphabet="aăâeêioôơuưyđĐÀÁẢÃẠắậếộợứỳbcdghklmnpqrstvx '"))
def test_composed_and_decomposed_text_are_the_same_to_every_key(text):
    apart = unicodedata.normalize("NFD", text)

    assert (nfc(apart), fold(apart), name_sort_key(apart)) == (nfc(text), fold(text), name_sort_key(text))
