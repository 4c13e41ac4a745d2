"""What a first visit costs: bytes over the wire, compressed, with an empty cache."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstLoad:
    url: str
    status: int
    size: int
    hosts: frozenset[str]


def first_load(context, url: str) -> FirstLoad:
    """Opens ``url`` in a fresh page of ``context`` and adds up what the network carried."""
    from urllib.parse import urlsplit

    page = context.new_page()
    sizes, hosts = [], set()
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    protocol.on("Network.requestWillBeSent", lambda event: hosts.add(urlsplit(event["request"]["url"]).hostname or ""))
    response = page.goto(url, wait_until="networkidle")
    address = page.url
    page.close()
    return FirstLoad(url=address, status=response.status, size=int(sum(sizes)), hosts=frozenset(hosts - {""}))
