"""Connections to an address that was checked, which nothing looks up again."""

import socket
import ssl
from collections.abc import Callable, Sequence

from urllib3.connection import HTTPConnection, HTTPSConnection

from allgo_hpc.webhooks.cutoff import CutOff
from allgo_hpc.webhooks.urls import Target

type Dial = Callable[[], socket.socket]


class _Http(HTTPConnection):
    """Connects as it is told, instead of looking its host up; urllib3's own SOCKS connection does it in this place."""

    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial()


class _Https(HTTPSConnection):
    """The same with TLS: name and certificate are checked against the host of the webhook's address."""

    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial()


def open_connection(target: Target, dial: Dial, context: ssl.SSLContext) -> HTTPConnection:
    """Return a connection that says the target's host in its request, and in TLS, and is made by ``dial``."""
    made: _Http | _Https
    if target.scheme == "https":
        made = _Https(target.host, target.port, ssl_context=context)
    else:
        made = _Http(target.host, target.port)
    made.dial = dial
    return made


def dial(addresses: Sequence[str], port: int, cut_off: CutOff, *, connect_s: float) -> socket.socket:
    """Connect to the first of these addresses that answers.

    Raises:
        OSError: none does in time.
    """
    failed: OSError = TimeoutError()
    for address in addresses:
        try:
            made = socket.create_connection((address, port), timeout=min(connect_s, cut_off.left_s))
        except OSError as error:
            failed = error
            continue
        try:
            cut_off.watch(made)
        except OSError:
            made.close()
            raise
        made.settimeout(cut_off.seconds)
        return made
    raise failed
