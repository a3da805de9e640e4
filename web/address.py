"""Where a request comes from."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request


def peer_address() -> str:
    """Return the address that is connected to the portal: the client's own, or that of a proxy."""
    return request.remote_addr or ""


def client_address() -> str:
    """Return the client's address: behind a proxy on this machine, the one that the proxy saw.

    Only the last address of X-Forwarded-For is the proxy's own word; what stands before it was sent by the client.
    """
    peer = peer_address()
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told if told and _is_here(peer) and _is_address(told) else peer


def _is_here(peer: str) -> bool:
    return not peer or (_is_address(peer) and ip_address(peer).is_loopback)  # empty: a socket in a folder


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_own_path(wanted: str) -> bool:
    """True for a path of this portal and nothing else, to which somebody may be sent."""
    parts = urlsplit(wanted) if wanted.isprintable() and "\\" not in wanted else None
    return parts is not None and wanted.startswith("/") and not wanted.startswith("//") and not parts.netloc
