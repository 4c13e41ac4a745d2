"""The rows of an author's question: options, accepted answers, pairs, lines in order, gaps, each a small form."""

import re

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import GapAsks
from quizzes.errors import QuestionRefused
from quizzes.matching import MAX_TEXT_LENGTH
from quizzes.reading import plain, read_number
from quizzes.types.by_people import MAX_CRITERIA, Criterion, Level
from quizzes.types.exact import FULL, NOTHING
from quizzes.types.gaps import MAX_GAPS, Gap
from quizzes.types.matching import MAX_PAIRS
from quizzes.types.ordering import MAX_ITEMS
from quizzes.types.typed import MAX_ACCEPTED, AcceptedNumber, AcceptedText

# Files of other systems bring more than anybody would type.
MAX_OPTIONS = 100


class OptionForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Option"), required=False, max_length=2000)
    right = forms.BooleanField(label=gettext_lazy("Right"), required=False)
    percent = forms.CharField(label=gettext_lazy("Percent"), required=False, max_length=20)
    note = forms.CharField(label=gettext_lazy("Explanation of this option"), required=False, max_length=500)


class AcceptedForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Accepted answer"), required=False, max_length=MAX_TEXT_LENGTH)
    tolerance = forms.CharField(label=gettext_lazy("Tolerance ±"), required=False, max_length=40)
    percent = forms.CharField(label=gettext_lazy("Percent"), required=False, max_length=20)
    note = forms.CharField(label=gettext_lazy("Explanation for this answer"), required=False, max_length=500)


class PairForm(forms.Form):
    premise = forms.CharField(label=gettext_lazy("Left side"), required=False, max_length=2000)
    answer = forms.CharField(label=gettext_lazy("Answer that belongs to it"), required=False, max_length=2000)


class ItemForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Line"), required=False, max_length=2000)


class GapForm(forms.Form):
    """One gap; its answers stand one a line (see ``read_lines``)."""

    asks = forms.ChoiceField(label=gettext_lazy("How it is filled"), choices=GapAsks)
    right = forms.CharField(
        label=gettext_lazy("Accepted answers, one a line"), required=False, max_length=8000,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    wrong = forms.CharField(
        label=gettext_lazy("Wrong options of the list, one a line"), required=False, max_length=8000,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    weight = forms.CharField(label=gettext_lazy("Weight"), required=False, max_length=10)


class CriterionForm(forms.Form):
    """One criterion; its levels stand one a line, the points before the words (see ``read_level``)."""

    title = forms.CharField(label=gettext_lazy("Criterion"), required=False, max_length=500)
    levels = forms.CharField(
        label=gettext_lazy("Levels, one a line"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


def _rows(form, most):
    return formset_factory(form, extra=0, max_num=most, absolute_max=most)


OptionFormSet = _rows(OptionForm, MAX_OPTIONS)
AcceptedFormSet = _rows(AcceptedForm, MAX_ACCEPTED)
PairFormSet = _rows(PairForm, MAX_PAIRS)
ItemFormSet = _rows(ItemForm, MAX_ITEMS)
GapFormSet = _rows(GapForm, MAX_GAPS)
CriterionFormSet = _rows(CriterionForm, MAX_CRITERIA)


def with_blanks(rows: list[dict], *, first: int, more: int, most: int) -> list[dict]:
    """``rows`` and some to fill in: ``first`` where there are none yet, else ``more``, within ``most``."""
    return rows + [{}] * max(0, min(more if rows else first, most - len(rows)))


def comma(number) -> str:
    """A decimal as authors write it: 33,33. No thousands are parted, so that it is read back as it stands."""
    return plain(number).replace(".", ",")


# --- Criteria, as an author writes them --------------------------------------------------


def criterion_row(criterion: Criterion) -> dict:
    lines = [f"{comma(level.points)} | {level.words}".rstrip(" |") for level in criterion.levels]
    return {"title": criterion.title, "levels": "\n".join(lines)}


def criteria_of_rows(rows: list[dict]) -> tuple[Criterion, ...]:
    """Empty rows are nothing; a row without levels is refused later, with words."""
    filled = [row for row in rows if row.get("title", "").strip() or row.get("levels", "").strip()]
    return tuple(
        Criterion(row["title"], tuple(read_level(line) for line in row["levels"].splitlines() if line.strip()))
        for row in filled
    )


def read_level(line: str) -> Level:
    """1,5 | the words"""
    points, _bar, words = line.partition("|")
    if read_number(points) is None:
        raise QuestionRefused(
            _("Criteria: in “%(line)s” write the points first, then a bar and the words: 3 | complete.")
            % {"line": line.strip()[:60]}
        )
    return Level(points.strip(), words.strip())


# --- Gaps, as an author writes them ----------------------------------------------------

_PERCENT = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?) ?% *(.*)", re.DOTALL)


def gap_row(gap: Gap) -> dict:
    """What stands in the row of ``gap``."""
    is_wrong = [gap.asks == GapAsks.LIST and row.percent == NOTHING for row in gap.accepted]
    lines = [(wrong, _line(row, shows_percent=not wrong)) for wrong, row in zip(is_wrong, gap.accepted, strict=True)]
    return {
        "asks": gap.asks,
        "right": "\n".join(words for wrong, words in lines if not wrong),
        "wrong": "\n".join(words for wrong, words in lines if wrong),
        "weight": comma(gap.weight),
    }


def gaps_of(rows: list[dict]) -> tuple[Gap, ...]:
    """The gaps that the rows describe; empty rows count only where a filled one follows, because rows have numbers."""
    while rows and not (rows[-1].get("right", "").strip() or rows[-1].get("wrong", "").strip()):
        rows = rows[:-1]
    return tuple(Gap(row.get("asks", ""), _accepted_of(row), row.get("weight") or "1") for row in rows)


def _accepted_of(row: dict) -> tuple[AcceptedText | AcceptedNumber, ...]:
    right, wrong = ([line for line in row.get(name, "").splitlines() if line.strip()] for name in ("right", "wrong"))
    accepted = [_read(line, row["asks"], FULL) for line in right]
    # Of a gap to type in, a wrong answer is there for its explanation.
    return (*accepted, *(_read(line, row["asks"], NOTHING, reads_percent=False) for line in wrong))


def _line(row: AcceptedText | AcceptedNumber, *, shows_percent: bool) -> str:
    """50% the words # an explanation; what would be misread is written out."""
    if isinstance(row, AcceptedNumber):
        words = comma(row.value) + (f" ± {comma(row.tolerance)}" if row.tolerance else "")
    else:
        words = row.text
    if shows_percent and (row.percent != FULL or _PERCENT.match(words)):
        words = f"{comma(row.percent)}% {words}"
    return f"{words} # {row.feedback}".rstrip() if row.feedback or " #" in words else words


def _read(line: str, asks: str, percent, *, reads_percent: bool = True) -> AcceptedText | AcceptedNumber:
    words, _mark, note = f" {line.strip()} ".rpartition(" # ")
    words = (words if _mark else note).strip()
    note = note.strip() if _mark else ""
    if reads_percent and (found := _PERCENT.fullmatch(words)):
        percent, words = found[1].replace(".", ","), found[2].strip()
    if asks == GapAsks.NUMBER:
        value, _sign, tolerance = words.partition("±")
        return AcceptedNumber(value.strip(), tolerance.strip() or "0", percent, note)
    return AcceptedText(words, percent, note)
