"""Whether a typed text is one of the accepted answers, by the spelling rules of its question. Pure."""

import re
from dataclasses import dataclass

from quizzes.enums import Accents, Case, Spelling
from staff.vietnamese import nfc, tone_spellings, without_marks

# What a learner may type. The same for every short text, so that it tells nothing of the answer.
MAX_TEXT_LENGTH = 200
# A slip is excused in words of at least so many letters: in shorter ones it makes another word.
SLIP_LETTERS = 5
_STAR = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class SpellingRules:
    accents: str = Accents.EXACT
    case: str = Case.IGNORE
    spelling: str = Spelling.EXACT

    def key(self, text: str) -> str:
        """``text`` without what does not matter by these rules; spaces between words stay."""
        text = nfc(text)
        if self.case == Case.IGNORE:
            text = nfc(text.casefold())
        return without_marks(text) if self.accents == Accents.IGNORE else text


def fits(typed: str, accepted: str, rules: SpellingRules) -> bool:
    """Whether ``typed`` is ``accepted``, where * stands for any run of characters and \\* for a star.

    Spaces, composition and the place of the tone in oa, oe, uy never matter.
    """
    spellings = (tone_spellings_of(part, rules) for part in (typed, *pieces_of(accepted)))
    alternatives = zip(*spellings, strict=True)
    return any(_fits_pieces(_tight(answer), [_tight(piece) for piece in pieces]) for answer, *pieces in alternatives)


def has_star(accepted: str) -> bool:
    return len(pieces_of(accepted)) > 1


def pieces_of(accepted: str) -> list[str]:
    """The literal texts between the stars: one where there is no star."""
    return [piece.replace("\\*", "*") for piece in _STAR.split(accepted)]


def tone_spellings_of(text: str, rules: SpellingRules) -> tuple[str, str]:
    return tuple(rules.key(spelling) for spelling in tone_spellings(text))


def _tight(text: str) -> str:
    return text.replace(" ", "")


def _fits_pieces(text: str, pieces: list[str]) -> bool:
    """Linear in the text for each piece: no pattern of stars can make it slow."""
    first, *middle = pieces
    if not middle:
        return text == first
    *middle, last = middle
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(last) >= at and text.endswith(last)


def fits_but_for_a_slip(typed: str, accepted: str, rules: SpellingRules) -> bool:
    """Whether one typing slip (a letter too many, too few, wrong, or two swapped) in one word of five or more letters
    parts ``typed`` from ``accepted``.

    What the rules say must be right is no slip: where accents must be right, a word that differs by its accents
    only is wrong, and so it is with capitals. An accepted answer with stars excuses none.
    """
    if rules.spelling != Spelling.ONE_TYPO or has_star(accepted):
        return False
    ours, theirs = (tone_spellings_of(text, rules)[0].split(" ") for text in (pieces_of(accepted)[0], typed))
    if len(ours) != len(theirs):
        return False
    unlike = [(our, their) for our, their in zip(ours, theirs, strict=True) if our != their]
    if len(unlike) != 1:
        return False
    (our, their) = unlike[0]
    return sum(map(str.isalpha, our)) >= SLIP_LETTERS and not _same_letters(our, their) and _one_edit_apart(our, their)


def _same_letters(one: str, other: str) -> bool:
    return without_marks(one).casefold() == without_marks(other).casefold()


def _one_edit_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(long) - len(short) == 1:
        return short[same:] == long[same + 1 :]
    if len(short) != len(long):
        return False
    rest, other_rest = short[same:], long[same:]
    return rest[1:] == other_rest[1:] or (rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:])
