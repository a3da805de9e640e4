"""Sends one message to one address: the name is looked up once, checked, and that very address is connected to.

No redirect is followed, no proxy is used, no more than the head of the answer is read, and all of it ends in time.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from urllib3.exceptions import HTTPError

from allgo_hpc import __version__
from allgo_hpc.errors import BadInput
from allgo_hpc.webhooks.addresses import Allowed, may_be_used, parse_address
from allgo_hpc.webhooks.cutoff import CutOff
from allgo_hpc.webhooks.dialling import dial, open_connection
from allgo_hpc.webhooks.urls import Target, parse_url

type Resolve = Callable[[str, int], list[str]]

_TRIED_ADDRESSES = 4


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt.

    Attributes:
        status: of the answer; None where none came.
        error: what was wrong, in a sentence; empty: it was taken.
    """

    status: int | None
    error: str


class _NotSentError(Exception):
    """The message cannot be sent; its text says why."""


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host as this machine's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Sender:
    """Sends messages.

    Attributes:
        allowed: addresses beyond the public ones.
        resolve: gives a host's addresses.
        context: of TLS; a test trusts its own certificate with it.
        connect_s: seconds to connect in.
        total_s: seconds for all that follows the look-up.
    """

    allowed: Allowed
    resolve: Resolve = look_up
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    connect_s: float = 5.0
    total_s: float = 10.0

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Send a message and return what became of it; raises nothing that a receiver could cause."""
        try:
            target = parse_url(url)
            addresses = self._addresses(target)
            with CutOff(self.total_s) as cut_off:
                try:
                    return _judge(self._ask(target, addresses, cut_off, headers, body))
                except (OSError, HTTPError, http.client.HTTPException, ValueError) as error:
                    late = cut_off.is_over or isinstance(error, TimeoutError)
                    return Outcome(None, f"no answer within {self.total_s:g} seconds" if late else _why(error))
        except (_NotSentError, BadInput) as error:
            return Outcome(None, str(error))

    def _addresses(self, target: Target) -> list[str]:
        try:
            found = self.resolve(target.host, target.port)
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise _NotSentError(f"{target.host} has no address, or it cannot be looked up now")
        for text in found:
            address = parse_address(text)
            if address is None or not (target.host in self.allowed.names or may_be_used(address, self.allowed)):
                raise _NotSentError(f"{target.host} is not an address of the public internet: nothing was sent")
        return found[:_TRIED_ADDRESSES]

    def _ask(
        self, target: Target, addresses: list[str], cut_off: CutOff, headers: Mapping[str, str], body: bytes
    ) -> int:
        connection = open_connection(
            target, lambda: dial(addresses, target.port, cut_off, connect_s=self.connect_s), self.context
        )
        told = {
            "Content-Type": "application/json",
            "User-Agent": f"allgo-hpc/{__version__}",
            "Connection": "close",
            **headers,
        }
        try:
            connection.request("POST", target.path, body=body, headers=told, preload_content=False)
            answer = connection.getresponse()
            answer.close()
            cut_off.check()  # what was cut off in the middle of its head looks like an answer
            return answer.status
        finally:
            connection.close()


_SAYS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (ssl.SSLError, "it does not speak TLS as it should"),
    (ConnectionRefusedError, "the connection was refused"),
    ((ConnectionError, http.client.RemoteDisconnected), "the connection was closed before an answer came"),
    ((HTTPError, http.client.HTTPException, ValueError), "what it answered is not HTTP"),
)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"[:200]
    return next((text for kind, text in _SAYS if isinstance(error, kind)), "it could not be reached")


def _judge(status: int) -> Outcome:
    if 200 <= status < 300:  # noqa: PLR2004  # what HTTP calls success
        return Outcome(status, "")
    if 300 <= status < 400:  # noqa: PLR2004
        return Outcome(status, f"it answered {status}; redirects are not followed")
    return Outcome(status, f"it answered {status}")
