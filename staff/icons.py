"""The icons beside the words, and states as word, icon and colour: drawn once a process, for every room above."""

import functools
import re

import lucide
from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide as draw_icon

STATUS_ICONS = {"ok": "check", "warn": "triangle-alert", "bad": "circle-alert", "now": "clock"}


@functools.lru_cache(maxsize=256)
def _drawing(name: str, label: str) -> SafeString:
    attributes = {"class": "icon"}
    if label:
        attributes |= {"role": "img", "aria_label": label}
    else:
        attributes |= {"aria_hidden": "true", "focusable": "false"}
    try:
        return mark_safe(" ".join(draw_icon(name, **attributes).split()))  # noqa: S308 drawn by the library, attributes escaped there
    except lucide.IconDoesNotExist as error:
        raise template.TemplateSyntaxError(str(error)) from error


def icon(name: str, label: str = "") -> SafeString:
    """The Lucide icon ``name``, drawn inline: decorative, unless ``label`` gives it words of its own."""
    return _drawing(str(name), str(label))


def icon_of_sheet(name: str) -> SafeString:
    """A decorative icon that a page shows a hundred times, and whose lines stand once on it, in its ``icon_sheet``."""
    return _reference(str(name))


@functools.lru_cache(maxsize=256)
def _reference(name: str) -> SafeString:
    start = '<svg width="24" height="24" class="icon" aria-hidden="true" focusable="false">'
    return format_html(start + '<use href="#icon-{}"/></svg>', name)


@functools.lru_cache(maxsize=256)
def icon_sheet(*names: str) -> SafeString:
    """The lines of the icons that ``icon_of_sheet`` shows on this page; to be written once, before or after them."""
    symbols = "".join(
        f'<symbol id="icon-{escape(name)}" viewBox="0 0 24 24"{_PEN}>{_LINES.search(_drawing(name, ""))[1]}</symbol>'
        for name in names
    )
    return mark_safe(f'<svg width="0" height="0" class="visually-hidden" aria-hidden="true">{symbols}</svg>')  # noqa: S308 as above


_LINES = re.compile(r"<svg[^>]*>(.*)</svg>")
# As the library draws: a symbol does not inherit it from the drawing that it was taken from.
_PEN = ' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


def status_icon(kind: str) -> SafeString:
    """The icon of a state: ok, warn, bad or now."""
    return _drawing(STATUS_ICONS[kind], "")


@functools.lru_cache(maxsize=256)
def _state(kind: str, words: str) -> SafeString:
    return format_html('<span class="status status--{}">{} <span>{}</span></span>', kind, status_icon(kind), words)


def status(kind: str, words: str) -> SafeString:
    """A state (ok, warn, bad or now) as words, icon and colour; lists do not draw it anew for each line."""
    return _state(str(kind), str(words))
