"""How people and units are found by the words somebody types."""

from functools import reduce
from operator import or_

from django.db.models import Q

from staff.vietnamese import fold

# What a word of a name may follow: D'Ran, K'Brêu, (cũ), 06/2025.
_BEFORE_A_WORD = " '’-(/."


def has_word(word: str) -> Q:
    """Rows in whose ``search_key`` a word begins with ``word`` (folded): "an" finds An and Anh, never Lan."""
    return reduce(or_, (Q(search_key__contains=mark + word) for mark in _BEFORE_A_WORD), Q(search_key__startswith=word))


def has_words(words: str) -> Q:
    """Rows that ``has_word`` finds by every one of ``words``, however they are accented."""
    query = Q()
    for word in fold(words).split():
        query &= has_word(word)
    return query
