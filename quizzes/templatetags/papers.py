"""What stands on a paper many times, written by Python: the options of its questions, the buttons, the map.

A paper of forty questions has 160 options, and its review as many. Django's engine takes ten times as long for these
few words each, more than for all else on the page. Here as there, whatever is not marked safe is escaped, and words of
the catalogue are ours.
"""

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quizzes.reading import for_reader

register = template.Library()


def _joined(pieces) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 - every value in the pieces is escaped, a number or ours


@register.simple_tag
def options_of(question) -> SafeString:
    """The fields of a ShownChoice: one for each option."""
    start = f'<label class="option"><input type="{"checkbox" if question.body.takes_several else "radio"}" '
    return _joined(
        f'{start}name="q{question.number}" value="{escape(option.id)}"{" checked" if option.is_chosen else ""}>'
        f'<span class="option__number" aria-hidden="true">{option.position}</span>'
        f'<span class="option__text">{conditional_escape(option.text)}</span></label>'
        for option in question.body.options
    )


@register.simple_tag
def reviewed_options_of(body, tick: SafeString, cross: SafeString) -> SafeString:
    """The options of a ReviewedChoice, with what was chosen and what may be said of it."""
    right, choice = _("right answer"), _("chosen")
    right = f"<span>{tick} {right}</span>"
    return _joined(
        f'<li class="option{_judged(option)}"><span class="option__text">{conditional_escape(option.text)}'
        f"{_note(option.feedback)}</span>{_percent(option.percent)}{right if option.is_right else ''}"
        f"{_chosen(option, choice, cross)}</li>"
        for option in body.options
    )


def _judged(option) -> str:
    return " option--right" if option.is_right else " option--wrong" if option.is_wrongly_chosen else ""


def _chosen(option, words: str, cross: SafeString) -> str:
    if not option.is_chosen:
        return ""
    return f"<span>{cross} {words}</span>" if option.is_wrongly_chosen else f"<span>{words}</span>"


def _note(feedback: str) -> str:
    return f'<span class="small soft review__note">{conditional_escape(feedback)}</span>' if feedback else ""


def _percent(percent) -> str:
    return "" if percent is None else f'<span class="num">{for_reader(percent)} %</span>'


@register.simple_tag
def moves_of(question, questions, *, may_check: bool, left, right, flag, tick) -> SafeString:
    """The buttons under a question: each saves before it moves. The signs are the page's."""
    pieces = []
    if question is not questions[0]:
        pieces.append(_button(question.previous, f"{left} {question.previous_words}"))
    if may_check:
        words = _("See what is right")
        pieces.append(_button("check", f"{tick} {words}"))
    words = _("Remove the mark") if question.is_flagged else _("Mark for review")
    pieces.append(
        f'<button class="button" name="flag" value="{0 if question.is_flagged else 1}" data-flag>'
        f"{flag} <span>{words}</span></button>"
    )
    if question is questions[-1]:
        pieces.append(_button(question.number, _("Save"), kind=" button--primary exam-moves__end"))
    else:
        words = f"{question.next_words} {right}"
        pieces.append(_button(question.next, words, kind=" button--primary exam-moves__end"))
    return _joined(pieces)


def _button(value, words: str, kind: str = "") -> str:
    return f'<button class="button{kind}" name="go" value="{value}">{words}</button>'


@register.simple_tag
def map_of(questions, current, *, tick: SafeString, flag: SafeString) -> SafeString:
    """A button for each question of the exam page, with its state in words for who does not see the signs."""
    answered, unanswered, flagged = _("answered"), _("not answered"), _("marked for review")
    signs = (
        f'<span class="map-sign map-sign--answered">{tick}</span>'
        f'<span class="map-sign map-sign--flagged">{flag}</span><span class="visually-hidden">, '
    )
    return _joined(
        f'<li><button form="exam" name="go" value="{question.number}" class="question-map__item'
        f"{' is-answered' if question.is_answered else ''}{' is-flagged' if question.is_flagged else ''}"
        f'"{_CURRENT if question.number == current.number else ""}><span>{question.number}</span>{signs}'
        f"{answered if question.is_answered else unanswered}{f', {flagged}' if question.is_flagged else ''}"
        "</span></button></li>"
        for question in questions
    )


_CURRENT = ' aria-current="true"'
