"""What stands on a paper many times, written by Python: its questions, their options and buttons, the map.

A paper of forty questions has 160 options, and its review as many. Django's engine takes ten times as long for these
few words each, more than for all else on the page. Here as there, whatever is not marked safe is escaped, and words of
the catalogue are ours; Python's own ``escape`` writes what Django's does, and does not look for lazy words first. The
fields of rarer types of questions have templates.
"""

from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from quizzes.enums import ReviewItem
from quizzes.reading import for_reader
from staff.icons import icon, status

register = template.Library()


def _joined(pieces) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308 - every value in the pieces is escaped, a number or ours


@register.simple_tag
def paper_of(questions, current, may_look_up=(), checked=None) -> SafeString:
    """The ShownQuestions of the exam page, each with its fields and buttons.

    All but the ``current`` one are hidden and not sent. ``may_look_up`` are the ReviewItems that one who practises may
    see after each answer, in their order; under the question that was just looked up stands what is said of it:
    ``checked``, a ReviewedQuestion.
    """
    look_up, said = _words_of_looking_up(may_look_up)
    moves = _Moves(look_up)
    last = len(questions) - 1
    pieces = []
    for place, question in enumerate(questions):
        pieces += (
            _opened(question, is_current=question is current),
            _fields(question),
            _looked_up(checked, said) if checked is not None and checked.number == question.number else "",
            f'<div class="exam-moves">{moves.under(question, is_first=place == 0, is_last=place == last)}</div>',
            "</fieldset>\n",
        )
    return _joined(pieces)


def _opened(question, *, is_current: bool) -> str:
    number = question.number
    # a stem is cleaned when it is written
    stem = "" if question.holds_stem else f'<div class="question__text" id="stem-{number}">{question.stem}</div>'
    return (
        f'<fieldset class="question" id="cau-{number}" aria-labelledby="stem-{number}" data-number="{number}"'
        f' data-type="{question.type}" data-sequence="{question.sequence}"'
        f' data-flagged="{1 if question.is_flagged else 0}"{"" if is_current else " hidden disabled"}>'
        f'<p class="question__head">{escape(question.heading)}</p>{stem}'
        f'<input type="hidden" name="s{number}" value="{question.next_sequence}">'
    )


def _fields(question) -> str:
    """What answers a ShownQuestion."""
    if question.template:
        return render_to_string(question.template, {"question": question})
    start = f'<label class="option"><input type="{"checkbox" if question.body.takes_several else "radio"}" '
    options = "".join(
        f'{start}name="q{question.number}" value="{escape(option.id)}"{" checked" if option.is_chosen else ""}>'
        f'<span class="option__number" aria-hidden="true">{option.position}</span>'
        f'<span class="option__text">{conditional_escape(option.text)}</span></label>'
        for option in question.body.options
    )
    return f'<div class="options">{options}</div>'


def _words_of_looking_up(items) -> tuple[str, str]:
    """(the button, the heading of what it brings): named after the most telling thing that may be seen."""
    words = {
        ReviewItem.RIGHT_OR_WRONG: (_("See what is right"), _("What was right")),
        ReviewItem.KEY: (_("See the right answer"), _("The right answer")),
        ReviewItem.FEEDBACK: (_("Read the explanation"), _("The explanation")),
    }
    return next((words[item] for item in items), ("", ""))


def _looked_up(question, label) -> str:
    start = f'<div class="checked" id="checked" tabindex="-1" role="group" aria-label="{escape(label)}">'
    return f"{start}{_reviewed(question)}</div>"


class _Moves:
    """The buttons under the questions of a page: each saves before it moves."""

    def __init__(self, look_up: str):
        self.check = _button("check", f"{icon('check')} {look_up}") if look_up else ""
        self.left, self.right, self.flag = icon("arrow-left"), icon("arrow-right"), icon("flag")
        self.mark, self.unmark, self.save = _("Mark for review"), _("Remove the mark"), _("Save")

    def under(self, question, *, is_first: bool, is_last: bool) -> str:
        back = "" if is_first else _button(question.previous, f"{self.left} {question.previous_words}")
        flag = (
            f'<button class="button" name="flag" value="{0 if question.is_flagged else 1}" data-flag>'
            f"{self.flag} <span>{self.unmark if question.is_flagged else self.mark}</span></button>"
        )
        on = (question.number, self.save) if is_last else (question.next, f"{question.next_words} {self.right}")
        return f"{back}{self.check}{flag}{_button(*on, kind=' button--primary exam-moves__end')}"


def _button(value, words: str, kind: str = "") -> str:
    return f'<button class="button{kind}" name="go" value="{value}">{words}</button>'


@register.simple_tag
def review_of_paper(questions) -> SafeString:
    """ReviewedQuestions with what was asked: what may be shown of their marking; what may not is not in them."""
    return _joined(f'<div class="question review">{reviewed_whole(question)}</div>\n' for question in questions)


@register.simple_tag
def reviewed_whole(question) -> SafeString:
    """One of them, for a page with more beside it."""
    stem = "" if question.holds_stem else f'<div class="question__text">{question.stem}</div>'
    return _joined([f'<p class="question__head">{escape(question.heading)}</p>{stem}{_reviewed(question)}'])


def _reviewed(question) -> str:
    said = [status(question.verdict_kind, question.verdict_words)] if question.verdict else []
    if question.points is not None:
        said.append(f'<span class="num">{question.points_words}</span>')
    return "".join(
        [
            f"<p>{' · '.join(said)}</p>" if said else "",
            render_to_string("quizzes/counts_otherwise.html", {"question": question})
            if question.counts_because
            else "",
            render_to_string(question.template, {"question": question})
            if question.template
            else _reviewed_options(question.body),
            f"<p>{conditional_escape(question.feedback)}</p>" if question.feedback else "",
        ]
    )


def _reviewed_options(body) -> str:
    """The options of a ReviewedChoice, with what was chosen and what may be said of it."""
    cross, choice, right = icon("x"), _("chosen"), _("right answer")
    right = f"<span>{icon('check')} {right}</span>"
    options = "".join(
        f'<li class="option{_judged(option)}"><span class="option__text">{conditional_escape(option.text)}'
        f"{_note(option.feedback)}</span>{_percent(option.percent)}{right if option.is_right else ''}"
        f"{_chosen(option, choice, cross)}</li>"
        for option in body.options
    )
    return f'<ul class="options">{options}</ul>'


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
def map_of(questions, current) -> SafeString:
    """A button for each question of the exam page, with its state in words for who does not see the signs."""
    answered, unanswered, flagged = _("answered"), _("not answered"), _("marked for review")
    signs = (
        f'<span class="map-sign map-sign--answered">{icon("check")}</span>'
        f'<span class="map-sign map-sign--flagged">{icon("flag")}</span><span class="visually-hidden">, '
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
