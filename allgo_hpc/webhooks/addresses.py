"""Which addresses a webhook may go to: those of the public internet, and what the administrator allows; pure."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

_LONGEST_NAME = 253
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAT64 = IPv6Network("64:ff9b::/96")
# IPv6: only what is handed out on the internet, instead of a list of all that is not.
_PUBLIC_6 = (IPv6Network("2000::/3"), _NAT64)
_NOT_PUBLIC = (
    IPv4Network("168.63.129.16/32"),  # Azure's service for its own machines, at an address that looks public
    IPv4Network("192.88.99.0/24"),  # relays from IPv6 that are no more
    IPv6Network("2002::/16"),  # 6to4, of which nothing is left: holds any address of IPv4
    IPv6Network("3fff::/20"),  # for documentation; Python 3.13.0 does not know it yet
)


@dataclass(frozen=True)
class Allowed:
    """What the administrator allows beyond public addresses.

    Attributes:
        networks: addresses in them may be used.
        names: hosts that may be used whatever they resolve to.
    """

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()


def parse_allowed(text: str) -> Allowed:
    """Read the setting ``webhook_allow``: networks and host names, separated by commas.

    Raises:
        ValueError: a word is neither; the sentence names it.
    """
    networks: list[Network] = []
    names: set[str] = set()
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        if is_host_name(word):
            names.add(word)
            continue
        try:
            networks.append(ip_network(word))
        except ValueError:
            raise ValueError(f"{word!r} is neither a network such as 127.0.0.0/8 nor a host name") from None
    return Allowed(tuple(networks), frozenset(names))


def is_host_name(word: str) -> bool:
    """True for a name in lower case that no resolver can take for an address: its last label is no number."""
    labels = word.split(".")
    named = len(word) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels)
    return named and not _NUMBER.fullmatch(labels[-1])


def may_be_used(address: Address, allowed: Allowed) -> bool:
    """True when a message may be sent to this address; an address that stands in it must be usable too."""
    return all(
        _is_public(each) or any(each.version == net.version and each in net for net in allowed.networks)
        for each in _forms(address)
    )


def parse_address(text: str) -> Address | None:
    """Return the address that a text is in its one plain form (what a resolver gives too); None for all else."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _forms(address: Address) -> list[Address]:
    """Return the address and the one of IPv4 that a gateway would take out of it."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:  # the kernel itself connects to the IPv4 address
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [address, IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def _is_public(address: Address) -> bool:
    if any(address.version == net.version and address in net for net in _NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address) and not any(address in net for net in _PUBLIC_6):
        return False
    kept_back = (
        address.is_loopback, address.is_link_local, address.is_private, address.is_multicast, address.is_unspecified,
        address.is_reserved and address not in _NAT64,
    )  # fmt: skip
    return address.is_global and not any(kept_back)
