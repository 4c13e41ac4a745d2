"""How often strangers may try, so that a guesser is slowed and an office behind one address is not.

What is found never counts, nor does looking it up again. Of what is not found a network may ask twenty a minute, and
one more for every two certificates that were found from there within the hour: two hundred people with papers in
their hands mistype now and then.
"""

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from staff import clock
from staff.sign_in_limits import network_of

UNKNOWN_A_MINUTE, FILES_A_MINUTE = 20, 20
# Wrong names for one certificate in an hour: from one network, and from everywhere.
NAMES_FROM_A_NETWORK, NAMES_OF_A_CERTIFICATE = 5, 30
MINUTE, HOUR = 60, 60 * 60
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
    network = network_of(request)
    from_here, of_it = _peek(f"names.{network}.{code}", HOUR), _peek(f"names.{code}", HOUR)
    return from_here < NAMES_FROM_A_NETWORK and of_it < NAMES_OF_A_CERTIFICATE


def note_wrong_name(request, code: str) -> None:
    _count(f"names.{network_of(request)}.{code}", HOUR)
    _count(f"names.{code}", HOUR)


def _found_key(request) -> str:
    return f"verification.found.{network_of(request)}"


def _window(what, seconds) -> str:
    return f"verification.{what}.{int(clock.now().timestamp() // seconds)}"


def _peek(what, seconds) -> int:
    return cache.get(_window(what, seconds)) or 0


def _count(what, seconds) -> int:
    key = _window(what, seconds)
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ended between the two
        return 1
