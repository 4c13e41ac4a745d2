"""What stands on a paper many times, written by Python: its questions, their options and buttons, the map.

A paper of forty questions has 160 options, and its review as many. Django's engine takes ten times as long for these
few words each, more than for all else on the page. Here as there, whatever is not marked safe is escaped, and words of
the catalogue are ours; Python's own ``escape`` writes what Django's does, and does not look for lazy words first. The
fields of rarer types of questions have templates.
"""

from functools import cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quizzes.enums import ReviewItem
from quizzes.reading import as_mark, for_reader
from quizzes.types import kind_of
from staff.icons import icon, icon_of_sheet, icon_sheet, status

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
    heads, moves = _Heads(), _Moves(look_up)
    last = len(questions) - 1
    pieces = [icon_sheet("arrow-left", "arrow-right", "check", "flag")]
    for place, question in enumerate(questions):
        pieces += (
            _opened(question, heads.of(question), is_current=question is current),
            _fields(question),
            _looked_up(checked, said) if checked is not None and checked.number == question.number else "",
            f'<div class="exam-moves">{moves.under(question, is_first=place == 0, is_last=place == last)}</div>',
            "</fieldset>\n",
        )
    return _joined(pieces)


class _Heads:
    """Question 3 · 0,50 points · choose one answer. The catalogue is asked once a page, not once a question."""

    def __init__(self):
        self.words = _("Question %(number)s · %(points)s points")
        self.points = cache(as_mark)
        self.how = cache(lambda type: str(kind_of(type).how_to_answer))

    def of(self, question) -> str:
        head = self.words % {"number": question.number, "points": self.points(question.points)}
        return f"{head} · {self.how(question.type)}"


def _opened(question, head: str, *, is_current: bool) -> str:
    number = question.number
    # a stem is cleaned when it is written
    stem = "" if question.holds_stem else f'<div class="question__text" id="stem-{number}">{question.stem}</div>'
    return (
        f'<fieldset class="question" id="cau-{number}" aria-labelledby="stem-{number}" data-number="{number}"'
        f' data-type="{question.type}" data-sequence="{question.sequence}"'
        f' data-flagged="{1 if question.is_flagged else 0}"{"" if is_current else " hidden disabled"}>'
        f'<p class="question__head">{escape(head)}</p>{stem}'
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
    return f"{start}{_Review().said_of(question)}</div>"


class _Moves:
    """The buttons under the questions of a page: each saves before it moves."""

    def __init__(self, look_up: str):
        self.check = _button("check", f"{icon_of_sheet('check')} {look_up}") if look_up else ""
        self.left, self.right, self.flag = map(icon_of_sheet, ("arrow-left", "arrow-right", "flag"))
        self.mark, self.unmark, self.save = _("Mark for review"), _("Remove the mark"), _("Save")
        self.question = _("Question %(number)s")

    def under(self, question, *, is_first: bool, is_last: bool) -> str:
        before, after = question.number - 1, question.number + 1
        back = "" if is_first else _button(before, f"{self.left} {self.question % {'number': before}}")
        flag = (
            f'<button class="button" name="flag" value="{0 if question.is_flagged else 1}" data-flag>'
            f"{self.flag} <span>{self.unmark if question.is_flagged else self.mark}</span></button>"
        )
        on = (question.number, self.save) if is_last else (after, f"{self.question % {'number': after}} {self.right}")
        return f"{back}{self.check}{flag}{_button(*on, kind=' button--primary exam-moves__end')}"


def _button(value, words: str, kind: str = "") -> str:
    return f'<button class="button{kind}" name="go" value="{value}">{words}</button>'


@register.simple_tag
def review_of_paper(questions) -> SafeString:
    """ReviewedQuestions with what was asked: what may be shown of their marking; what may not is not in them."""
    review = _Review()
    return _joined(f'<div class="question review">{review.of(question)}</div>\n' for question in questions)


@register.simple_tag
def reviewed_whole(question) -> SafeString:
    """One of them, for a page with more beside it."""
    return _joined([_Review().of(question)])


_VERDICTS = {
    "right": ("ok", gettext_noop("right")),
    "partly": ("warn", gettext_noop("partly right")),
    "wrong": ("bad", gettext_noop("wrong")),
}


class _Review:
    """Writes what is said of ReviewedQuestions; the catalogue is asked once a page, not once an option."""

    def __init__(self):
        self.question, self.points = _("Question %(number)s"), _("%(points)s of %(of)s points")
        self.mark = cache(as_mark)
        self.verdict = cache(lambda verdict: status(_VERDICTS[verdict][0], _(_VERDICTS[verdict][1])))
        self.percent = _("%(percent)s percent of the points")
        right, chosen = _("right answer"), _("chosen")
        self.right = f"<span>{icon('check')} {right}</span>"
        self.chosen, self.wrongly_chosen = f"<span>{chosen}</span>", f"<span>{icon('x')} {chosen}</span>"

    def of(self, question) -> str:
        """With its heading and what was asked."""
        head = escape(self.question % {"number": question.number})
        stem = "" if question.holds_stem else f'<div class="question__text">{question.stem}</div>'
        return f'<p class="question__head">{head}</p>{stem}{self.said_of(question)}'

    def said_of(self, question) -> str:
        said = [self.verdict(question.verdict)] if question.verdict else []
        if question.points is not None:
            points = {"points": self.mark(question.points), "of": self.mark(question.of)}
            said.append(f'<span class="num">{self.points % points}</span>')
        return "".join(
            [
                f"<p>{' · '.join(said)}</p>" if said else "",
                render_to_string("quizzes/counts_otherwise.html", {"question": question})
                if question.counts_because
                else "",
                render_to_string(question.template, {"question": question})
                if question.template
                else self._options(question.body),
                f"<p>{conditional_escape(question.feedback)}</p>" if question.feedback else "",
            ]
        )

    def _options(self, body) -> str:
        """The options of a ReviewedChoice, with what was chosen and what may be said of it."""
        options = "".join(
            f'<li class="option{_judged(option)}"><span class="option__text">{conditional_escape(option.text)}'
            f"{_note(option.feedback)}</span>{self._share(option.percent)}{self.right if option.is_right else ''}"
            f"{self._choice(option)}</li>"
            for option in body.options
        )
        return f'<ul class="options">{options}</ul>'

    def _share(self, percent) -> str:
        return "" if percent is None else f"<span>{self.percent % {'percent': for_reader(percent)}}</span>"

    def _choice(self, option) -> str:
        if not option.is_chosen:
            return ""
        return self.wrongly_chosen if option.is_wrongly_chosen else self.chosen


def _judged(option) -> str:
    return " option--right" if option.is_right else " option--wrong" if option.is_wrongly_chosen else ""


def _note(feedback: str) -> str:
    return f'<span class="small soft review__note">{conditional_escape(feedback)}</span>' if feedback else ""


@register.simple_tag
def map_of(questions, current) -> SafeString:
    """A button for each question of the exam page, with its state in words for who does not see the signs.

    Its signs are drawn in the sheet of ``paper_of``, which is on the same page.
    """
    answered, unanswered, flagged = _("answered"), _("not answered"), _("marked for review")
    signs = (
        f'<span class="map-sign map-sign--answered">{icon_of_sheet("check")}</span>'
        f'<span class="map-sign map-sign--flagged">{icon_of_sheet("flag")}</span><span class="visually-hidden">, '
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
