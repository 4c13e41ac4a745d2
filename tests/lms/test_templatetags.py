"""How figures, dates, deadlines and icons are printed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from lms.templatetags import look
from staff import clock
from staff.icons import icon_of_sheet, icon_sheet


@pytest.fixture(autouse=True)
def _vietnamese():
    with translation.override("vi"):
        yield


@pytest.fixture
def on_the_22nd(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Decimal("8.25"), "8,25"), (8, "8,00"), (Decimal("8.245"), "8,25"), (None, "–"), (0, "0,00"), (10, "10,00")],
)
def test_a_mark_has_two_decimals_and_a_comma(value, printed):
    assert look.mark(value) == printed


def test_a_mark_has_a_point_in_english():
    with translation.override("en"):
        assert look.mark(Decimal("8.25")) == "8.25"


@pytest.mark.parametrize(
    ("value", "places", "printed"), [(1234, 0, "1.234"), (1234.5, 1, "1.234,5"), (0, 0, "0"), (None, 0, "–")]
)
def test_a_number_groups_its_thousands(value, places, printed):
    assert look.number(value, places) == printed


@pytest.mark.parametrize(
    ("share", "printed"),
    [
        (Fraction(41, 56), "73,21%"),
        (Fraction(41, 54), "75,93%"),
        (Fraction(1, 1), "100,00%"),
        (Fraction(0, 7), "0,00%"),
        (Fraction(99_999, 100_000), "99,99%"),
        (Fraction(1, 100_000), "0,01%"),
        (Fraction(1, 800), "0,13%"),
        (Decimal("0.5"), "50,00%"),
        (None, "–"),
    ],
)
def test_a_percentage_rounds_half_up_but_is_whole_only_when_all_and_nought_only_when_none(share, printed):
    assert look.percent(share) == printed


def test_the_value_of_a_bar_is_never_localised():
    assert [look.bar(Fraction(41, 54)), look.bar(Fraction(1)), look.bar(None)] == ["75.93", "100", "0"]


def test_moments_are_printed_in_local_time():
    late_on_the_fourth = datetime(2026, 1, 4, 18, 42, 5, tzinfo=UTC)

    printed = [look.day(late_on_the_fourth), look.moment(late_on_the_fourth), look.clock_time(late_on_the_fourth)]

    assert printed == ["05/01/2026", "01:42 05/01/2026", "01:42:05"]


def test_a_missing_day_prints_nothing():
    assert [look.day(None), look.moment(None), look.clock_time(None), look.days_left(None)] == ["", "", "", ""]


@pytest.mark.usefixtures("on_the_22nd")
@pytest.mark.parametrize(
    ("due", "words", "kind"),
    [
        (date(2026, 11, 30), "8 days left", "warn"),
        (date(2026, 11, 23), "1 day left", "warn"),
        (date(2026, 11, 22), "due today", "warn"),
        (date(2026, 11, 21), "1 day overdue", "bad"),
        (date(2026, 11, 19), "3 days overdue", "bad"),
        (date(2026, 12, 6), "14 days left", "warn"),
        (date(2026, 12, 7), "15 days left", "now"),
    ],
)
def test_a_deadline_says_how_far_it_is_and_includes_its_day(due, words, kind):
    with translation.override("en"):
        assert (look.days_left(due), look.due_status(due)) == (words, kind)


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_words():
    decorative, speaking = look.icon("check"), look.icon("check", label='Đạt "giỏi"')

    assert 'aria-hidden="true"' in decorative
    assert 'role="img"' in speaking
    assert 'aria-label="Đạt &quot;giỏi&quot;"' in speaking
    assert "aria-hidden" not in speaking


def test_an_icon_shown_many_times_is_drawn_once():
    sheet, shown = icon_sheet("check", "flag"), icon_of_sheet("flag")

    lines = look.icon("flag").split(">", 1)[1].removesuffix("</svg>")
    assert '<symbol id="icon-flag" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sheet
    assert sheet.count(lines) == 1
    assert '<use href="#icon-flag"/>' in shown
    assert 'aria-hidden="true"' in shown
    assert lines not in shown


def test_an_unknown_icon_is_refused_by_name():
    with pytest.raises(TemplateSyntaxError, match="no-such-icon"):
        look.icon("no-such-icon")


def test_the_query_string_keeps_what_was_not_changed():
    request = RequestFactory().get("/", {"q": "Đơn & Dương", "page": "3", "sort": "name"})
    template = Template('{% load look %}{% query page=2 sort="" %}')

    assert template.render(Context({"request": request})) == "?q=%C4%90%C6%A1n+%26+D%C6%B0%C6%A1ng&amp;page=2"


def test_a_state_is_a_word_an_icon_and_a_colour():
    template = Template('{% include "components/status.html" with kind="bad" text=words only %}')

    html = template.render(Context({"words": "Quá hạn <3 ngày"}))

    assert 'class="status status--bad"' in html
    assert "<svg" in html
    assert "Quá hạn &lt;3 ngày" in html


@pytest.mark.parametrize(
    ("full_name", "printed"),
    [("Trần Thị Lan", "Thị Lan"), ("Nguyễn Thị Phương Thảo", "Phương Thảo"), ("Quản trị", "Quản trị"), ("Lan", "Lan")],
)
def test_a_short_name_is_how_people_call_each_other(full_name, printed):
    assert look.short_name(full_name) == printed
