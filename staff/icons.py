"""The icons beside the words, and states as word, icon and colour: drawn once a process, for every room above."""

import functools

import lucide
from django import template
from django.utils.html import format_html
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


def status_icon(kind: str) -> SafeString:
    """The icon of a state: ok, warn, bad or now."""
    return _drawing(STATUS_ICONS[kind], "")


@functools.lru_cache(maxsize=256)
def _state(kind: str, words: str) -> SafeString:
    return format_html('<span class="status status--{}">{} <span>{}</span></span>', kind, status_icon(kind), words)


def status(kind: str, words: str) -> SafeString:
    """A state (ok, warn, bad or now) as words, icon and colour; lists do not draw it anew for each line."""
    return _state(str(kind), str(words))
