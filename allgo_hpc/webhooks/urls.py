"""The address of a webhook: read strictly, so that nothing else can read it differently; pure."""

import re
from dataclasses import dataclass

from allgo_hpc.errors import BadInput
from allgo_hpc.webhooks.addresses import Allowed, is_host_name, may_be_used, parse_address

LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
_LARGEST_PORT = 65535
# Everything that is written in an address as it goes over the wire. Python's own urlsplit drops line feeds and tabs.
_PRINTED = re.compile(r"[!#-;=?-\[\]_a-z~]*")
_URL = re.compile(r"(?P<scheme>[a-z]+)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[a-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """Where a message goes.

    Attributes:
        scheme: ``http`` or ``https``.
        host: a name in lower case, or an address without brackets.
        port: 1 to 65535.
        path: path and query, as the request says them.
    """

    scheme: str
    host: str
    port: int
    path: str


def parse_url(url: str) -> Target:
    """Read a webhook's address.

    Raises:
        BadInput: it is not one, in a sentence that says what is wrong.
    """
    if not url or len(url) > LONGEST:
        raise _wrong(f"1 to {LONGEST} characters")
    if not _PRINTED.fullmatch(url):
        raise _wrong("only characters that are written in addresses: host names as xn--…, all else percent-encoded")
    if "#" in url:
        raise _wrong("without '#…', which is never sent")
    found = _URL.fullmatch(url)
    scheme = found["scheme"].lower() if found else ""
    if found is None or scheme not in _PORTS:
        raise _wrong("must begin with https:// or http://")
    if "@" in found["authority"]:
        raise _wrong("without user name and password: messages are signed, check their signature")
    parts = _AUTHORITY.fullmatch(found["authority"])
    if parts is None:
        raise _wrong("the host must be a name or an address, with at most ':' and a port behind it")
    port = int(parts["port"]) if parts["port"] else _PORTS[scheme]
    if not 1 <= port <= _LARGEST_PORT:
        raise _wrong(f"the port must be 1 to {_LARGEST_PORT}")
    return Target(scheme, _host(parts["six"], parts["host"]), port, (found["path"] or "/") + (found["query"] or ""))


def check_url(url: str, allowed: Allowed) -> Target:
    """Read a webhook's address and refuse one that can be seen to be forbidden; names are looked up at each delivery.

    Raises:
        BadInput: it is no address of a webhook, or one that is not allowed.
    """
    target = parse_url(url)
    address = parse_address(target.host)
    local = target.host == "localhost" or target.host.endswith(".localhost")
    named = target.host in allowed.names or (local and bool(allowed.networks))
    if (local and not named) or (address is not None and not may_be_used(address, allowed)):
        raise BadInput(
            f"url: {target.host} is not an address of the public internet, and the portal's administrator does not "
            "allow it (setting webhook_allow)",
            field="url",
            code="forbidden_address",
        )
    return target


def _host(six: str | None, host: str | None) -> str:
    text = (six or host or "").lower()
    address = parse_address(text)
    if address is not None and (address.version == 6) == (six is not None):  # noqa: PLR2004  # as in IPv6
        return str(address)
    if six is not None or not is_host_name(text):
        raise _wrong("the host must be a name, or an address in its usual form (four decimal numbers, or IPv6 in [ ])")
    return text


def _wrong(what: str) -> BadInput:
    return BadInput(f"url: {what}", field="url")
