"""Where messages may go: https, and never into our own networks, whatever a name resolves to.

A request that we send to an address somebody typed could reach what only this machine reaches. So the numbers that a
name stands for are judged, the connection goes to the very number that was judged, and no redirect is followed.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

# IPv4 within IPv6 by a translator or a relay: it would reach what its IPv4 part names.
_CARRIERS = [ip_network("64:ff9b::/96"), ip_network("2002::/16"), ip_network("2001::/32")]


class Forbidden(Exception):
    """The name leads to a number to which nothing is sent."""


def is_allowed(number: str) -> bool:
    """Whether a connection may go to this number: public, or in one of WEBHOOK_NETWORKS."""
    address = ip_address(number.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in ip_network(network) for network in settings.WEBHOOK_NETWORKS):
        return True
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIERS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def numbers_of(host: str, port: int) -> list[str]:
    """What ``host`` stands for now. Raises socket.gaierror, or Forbidden if any of it is not allowed."""
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    numbers = list(dict.fromkeys(found))
    if not all(is_allowed(number) for number in numbers):
        raise Forbidden
    return numbers


def objection_to(address: str) -> str:
    """Why nothing is sent to this address, in a sentence; "" where nothing speaks against it. Nothing is looked up."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return _("This is not an address.")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.DEBUG):
        return _("The address must begin with https://.")
    if not parts.hostname or port == 0 or any(letter <= " " or letter > "~" for letter in address):
        return _("This is not an address.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        return _("Write the address without a name, a password or a # in it.")
    literal = _literal(parts.hostname)
    if (literal is not None and not is_allowed(str(literal))) or parts.hostname.rstrip(".").endswith("localhost"):
        return _("This address leads into a network to which nothing is sent.")
    return ""


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
