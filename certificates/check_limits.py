"""How often strangers may try, so that a guesser is slowed and an office behind one address is not.

What is found never counts, nor does looking it up again. Of what is not found a network may ask twenty a minute, and
one more for every two certificates that were found from there within the hour: two hundred people with papers in
their hands mistype now and then.
"""

from contextlib import suppress

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from staff import clock
from staff.sign_in_limits import network_of

UNKNOWN_A_MINUTE, FILES_A_MINUTE = 20, 20
# Wrong names for one certificate: in an hour from one network and from everywhere, and in a day. A birth date is one of
# some fifteen thousand days, and whoever guesses may have many addresses and much time.
NAMES_FROM_A_NETWORK, NAMES_OF_A_CERTIFICATE, NAMES_A_DAY = 5, 30, 60
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
MOST_KNOWN = 400


def note_found(request, code: str) -> None:
    key = _found_key(request)
    known = cache.get(key) or []
    digest = salted_hmac("certificates.found", code).hexdigest()[:8]
    if digest not in known and len(known) < MOST_KNOWN:
        cache.set(key, [*known, digest], HOUR)


def may_ask_unknown(request) -> bool:
    """Counts a code that is in no register; whether the network may go on."""
    known = cache.get(_found_key(request)) or []
    return _count(f"unknown.{network_of(request)}", MINUTE) <= UNKNOWN_A_MINUTE + len(known) // 2


def may_show_foreign_file(request) -> bool:
    """Counts a file that is not one of ours: looking into it costs a second of a processor."""
    return _count(f"files.{network_of(request)}", MINUTE) <= FILES_A_MINUTE


def may_try_name(request, code: str) -> bool:
    """Counts a try before it is answered, so that many at once are no more than one after another.

    ``forget_name`` takes back what turned out to be right.
    """
    if any(_peek(what, seconds) >= most for what, seconds, most in _names(request, code)):
        return False
    counted = [_count(what, seconds) <= most for what, seconds, most in _names(request, code)]
    return all(counted)


def forget_name(request, code: str) -> None:
    for what, seconds, _most in _names(request, code):
        _take_back(what, seconds)


def _names(request, code) -> list[tuple[str, int, int]]:
    return [
        (f"names.{network_of(request)}.{code}", HOUR, NAMES_FROM_A_NETWORK),
        (f"names.{code}", HOUR, NAMES_OF_A_CERTIFICATE),
        (f"names.day.{code}", DAY, NAMES_A_DAY),
    ]


def _found_key(request) -> str:
    return f"verification.found.{network_of(request)}"


def _window(what, seconds) -> str:
    return f"verification.{what}.{int(clock.now().timestamp() // seconds)}"


def _peek(what, seconds) -> int:
    return cache.get(_window(what, seconds)) or 0


def _take_back(what, seconds) -> None:
    with suppress(ValueError):  # its time ended meanwhile
        cache.decr(_window(what, seconds))


def _count(what, seconds) -> int:
    key = _window(what, seconds)
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ended between the two
        return 1
