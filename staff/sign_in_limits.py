"""How often a password may be guessed.

An account allows ten failed tries an hour, of which strangers' networks together get seven and one such network five.
What remains is for the networks from which the owner has signed in before, so that a stranger never locks the owner
out there. A device on which the owner has signed in counts apart. A code from HR or a mailed link
works whatever was tried. A network that fails and fails over many accounts is stopped too, unless people
sign in from it: an office of two hundred behind one line makes mistakes every morning.
"""

from dataclasses import dataclass
from datetime import timedelta

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from staff import clock
from staff.models import FamiliarNetwork, User

AN_ACCOUNT, STRANGERS, A_STRANGER, A_DEVICE = 10, 7, 5, 10
A_NETWORK, FOR_EACH_PERSON = 60, 5
FAMILIAR_DAYS = 90
HOUR = 60 * 60


@dataclass
class Try:
    """One try that was allowed; taken back if it succeeds."""

    usages: list
    network: str

    def succeeded(self) -> None:
        for usage in self.usages:
            usage.rollback()

    def failed(self) -> None:
        key = _failures(self.network)
        if not cache.add(key, 1, HOUR):
            try:
                cache.incr(key)
            except ValueError:  # the hour ended between the two
                cache.set(key, 1, HOUR)


def take(request, *, account: User | None, login: str, device: str) -> Try | None:
    """A try for ``account`` (or for a ``login`` that is nobody's, alike); None if there are none left for now.

    ``device`` names the device if the account's owner has signed in on it, and is empty otherwise.
    """
    network = network_of(request)
    whom = str(account.pk) if account else f"login:{login}"
    if account and device:
        wanted = [(f"device:{whom}:{device}", A_DEVICE)]
    elif account and _is_familiar(account, network):
        wanted = [(f"account:{whom}", AN_ACCOUNT)]
    elif _network_is_spent(network):
        return None
    else:
        wanted = [
            (f"stranger:{whom}:{network}", A_STRANGER),
            (f"strangers:{whom}", STRANGERS),
            (f"account:{whom}", AN_ACCOUNT),
        ]
    usages = []
    for key, amount in wanted:
        usage = _consume(request, key, amount)
        if usage is None:
            for earlier in usages:
                earlier.rollback()
            return None
        usages.append(usage)
    return Try(usages, network)


def take_for_code(request) -> Try | None:
    """A try to open an account by a code. Each code has its own tries; here only networks that fail and fail stop."""
    network = network_of(request)
    return None if _network_is_spent(network) else Try([], network)


def remember_network(request, user: User) -> None:
    """The owner signed in from here: this network is no stranger to the account."""
    network, today = network_of(request), clock.today()
    known = FamiliarNetwork.objects.filter(user=user, network=network)
    if not known.exists():
        FamiliarNetwork.objects.bulk_create(
            [FamiliarNetwork(user=user, network=network, last_used_on=today)], ignore_conflicts=True
        )
    known.exclude(last_used_on=today).update(last_used_on=today)


def forgive(request, *, account: User) -> None:
    """The owner chose a new password by a mailed link: what strangers tried before does not stand in the way."""
    for key, amount in ((f"account:{account.pk}", AN_ACCOUNT), (f"strangers:{account.pk}", STRANGERS)):
        _limits(ratelimit.clear, request, key, amount)


def network_of(request) -> str:
    """The client's network (of IPv6 its first 64 bits) as a keyed hash: who was where is nobody's business."""
    return salted_hmac("staff.network", ratelimit.get_ip(request), algorithm="sha256").hexdigest()


def _is_familiar(account: User, network: str) -> bool:
    return FamiliarNetwork.objects.filter(user=account, network=network, last_used_on__gte=_since()).exists()


def _network_is_spent(network: str) -> bool:
    failures = cache.get(_failures(network), 0)
    if failures < A_NETWORK:
        return False
    people = FamiliarNetwork.objects.filter(network=network, last_used_on__gte=_since()).count()
    return failures >= A_NETWORK + FOR_EACH_PERSON * people


def _since():
    return clock.today() - timedelta(days=FAMILIAR_DAYS)


def _failures(network: str) -> str:
    return f"staff.failures:{network}"


def _consume(request, key: str, amount: int):
    return _limits(ratelimit.consume, request, key, amount)


def _limits(verb, request, key: str, amount: int):
    return verb(request, app="staff", action="sign-in", config={"sign-in": f"{amount}/h/key"}, key=key)
