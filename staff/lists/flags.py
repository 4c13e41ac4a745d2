"""What is remarkable about a row, by the names that reports and files use."""

from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Flag(TextChoices):
    """A remark on a row. None of them alone keeps a row out; the verdict says what becomes of it."""

    NFD = "nfd_normalised", _("letters written in parts were joined")
    WHITESPACE = "whitespace_cleaned", _("superfluous spaces in the name were removed")
    CASE = "name_case_restored", _("capitals of the name were restored")
    HONORIFIC = "honorific_removed", _("the form of address before the name was removed")
    ETH = "eth_for_d_stroke", _("a foreign letter that looks like Đ was replaced")
    APOSTROPHE = "apostrophe_normalised", _("another sign for the apostrophe was replaced")
    NO_DIACRITICS = "name_without_diacritics", _("the name seems to be written without marks")
    OLD_FONT = "legacy_encoding_tcvn3", _("the name is typed in an old font; a reading is suggested")
    OLD_FONT_VNI = "legacy_encoding_vni", _("the name is typed in an old font; a reading is suggested")
    NO_NAME = (
        "name_with_strange_signs",
        _("more than a name stands there: signs of a formula or an address, a post, or two people"),
    )
    NUMBER_IN_NAME = "number_in_name", _("a number stands in the name: it is printed on certificates as it stands here")
    CYRILLIC = "cyrillic_homoglyph", _("a Cyrillic letter that looks like a Latin one was replaced")

    BORN_SERIAL = "dob_excel_serial", _("the birth day is a bare number of Excel")
    BORN_SHORT_YEAR = "dob_two_digit_year", _("the year of birth has two digits")
    BORN_US = "dob_us_order", _("the birth day is written month first")
    BORN_MONTH = "dob_month_only", _("only month and year of birth are known")
    BORN_YEAR = "dob_year_only", _("only the year of birth is known")
    BORN_MISSING = "dob_missing", _("the birth day is missing")
    BORN_INVALID = "dob_invalid", _("the birth day does not exist in the calendar")
    BORN_CONFLICT = "dob_conflicts_with_national_id", _("the birth year differs from the one in the personal number")

    GENDER_FROM_ID = "gender_from_national_id", _("the sex is taken from the personal number")
    GENDER_CONFLICT = "gender_conflicts_with_national_id", _("the sex differs from the one in the personal number")
    ID_ZERO = "national_id_leading_zero_restored", _("the first zero of the personal number was restored")
    ID_OLD = "legacy_nine_digit_id", _("an old personal number of nine digits")
    ID_MISSING = "national_id_missing", _("the personal number is missing")
    ID_INVALID = "national_id_invalid", _("the personal number has a wrong number of digits and was left out")
    ID_PRECISION = "national_id_precision_lost", _("Excel has rounded the personal number; it was left out")
    ID_OF_ANOTHER = "national_id_belongs_to_another", _("the personal number belongs to somebody else in the list")

    EMAIL_INVALID = "email_invalid", _("the e-mail address is none and was left out")
    EMAIL_PRIVATE = "private_email", _("the e-mail address is a private one")
    EMAIL_SEVERAL = "several_emails", _("several e-mail addresses; the first was taken")
    PHONE_INVALID = "phone_invalid", _("the phone number is none and was left out")
    PHONE_SEVERAL = "several_phones", _("several phone numbers; the first was taken")

    EVIDENCE = "certificate_needs_evidence", _("the informatics certificate needs evidence")
    ABC_LATE = "abc_certificate_after_2016", _("certificates A, B, C issued after 2016 do not count")
    ICT_UNCLEAR = "ict_value_ambiguous", _("what stands for the informatics level says nothing")

    UNIT_UNKNOWN = "unknown_unit", _("the unit is not in the tree on that day")
    UNIT_CONFLICT = "unit_conflicts_with_section", _("the unit differs from the title above; the cell counts")
    UNIT_ABOVE = "unit_from_row_above", _("the row names no unit; the one of the row above was taken")
    HIDDEN = "hidden_row", _("the row is hidden in the file")
    STRUCK = "struck_through", _("the row is struck through")
    VACANT = "vacant_position", _("a post without a person")

    POST_VACANT = "vacant_beside_a_name", _("the post is said to be vacant, and yet somebody is named")

    SECOND_UNIT = "second_unit", _("the same person at a second unit")
    DUPLICATE = "duplicate_row", _("the same person once more")
    UPDATE = "updates_earlier_row", _("a later sheet says something newer of the same person")
    SAME_NAME = "same_name_and_dob_other_id", _("the same name and birth day with another personal number")


@lru_cache(maxsize=5_000)
def remarks(flags: frozenset[str]) -> frozenset[str]:
    """The same flags, as one set for all rows that have them: a long list has few different ones."""
    return flags
