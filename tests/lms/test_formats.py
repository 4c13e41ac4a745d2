"""Dates are read day first, as they are printed."""

from datetime import datetime

import pytest
from django import forms
from django.utils import translation
from django.utils.timezone import make_naive
from wagtail.admin.widgets import AdminDateTimeInput


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["05/01/2026 10:30", "10:30 05/01/2026", "2026-01-05 10:30", "2026-01-05T10:30"])
def test_a_moment_is_read_day_first(language, typed):
    with translation.override(language):
        assert make_naive(forms.DateTimeField().clean(typed)) == datetime(2026, 1, 5, 10, 30)


def test_the_cms_prints_what_it_reads():
    with translation.override("vi"):
        assert AdminDateTimeInput().format_value(datetime(2026, 1, 5, 10, 30)) == "05/01/2026 10:30"
