"""Settings of sign-ins that others vouch for, checked together: one alone would let in nobody, or anybody."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from allgo_hpc.settings.model import Settings, SettingsError

type Network = IPv4Network | IPv6Network

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read networks separated by commas.

    Raises:
        ValueError: a word is none; the sentence names it.
    """
    found: list[Network] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(word))
        except ValueError:
            raise ValueError(f"{word!r} is no network such as 127.0.0.1/32 or 10.1.0.0/16") from None
    return tuple(found)


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    """True for an address within one of the networks; what is no address is in none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found.version == network.version and found in network for network in networks)


def check_outside(settings: Settings) -> None:
    """Check what belongs together.

    Raises:
        SettingsError: something is missing, or cannot be used.
    """
    if settings.oidc_issuer:
        parts = urlsplit(settings.oidc_issuer)
        inside = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if not parts.hostname or (parts.scheme != "https" and not inside) or parts.query or parts.fragment:
            raise SettingsError("setting 'oidc_issuer': must be an address that begins with https://")
        if not settings.oidc_client_id or not settings.oidc_client_secret:
            raise SettingsError("setting 'oidc_issuer' needs oidc_client_id and oidc_client_secret")
    if settings.trusted_header:
        if not _HEADER.fullmatch(settings.trusted_header):
            raise SettingsError("setting 'trusted_header': must be the name of a header, such as X-Remote-User")
        if not settings.trusted_header_from.strip():
            raise SettingsError("setting 'trusted_header' needs trusted_header_from: the proxies that are believed")
        if not _DOMAIN.fullmatch(settings.trusted_header_domain):
            raise SettingsError("setting 'trusted_header' needs trusted_header_domain, such as example.org")
