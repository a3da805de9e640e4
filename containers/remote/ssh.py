"""One question to the build node over SSH; the only module that knows paramiko.

The host key must be the one in the portal's own known_hosts, the key is the portal's own file, and neither an agent,
nor anybody's ~/.ssh, nor a password is looked at. Every step has a time limit, every answer a limit of bytes.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import paramiko  # type: ignore[import-untyped]  # has no types

from containers.remote.address import NodeAddress
from containers.remote.answers import later_line, read_answer, request_line
from containers.remote.errors import (
    AnswerUnreadable,
    HostKeyChanged,
    NodeDown,
    NodeRefused,
    NodeTimedOut,
)
from containers.remote.streams import exactly, first_line, in_time, rest_of, send

_WINDOW = 16 * 1024 * 1024
# What lies between portal and node may have forgotten a connection over which nothing went for longer; and a helper
# that was begun before the node was installed anew does as it did before.
_OLDEST_S = 120.0
# Encrypted and authenticated in one pass of the processor: half the time of paramiko's first choice (CTR and HMAC).
_FIRST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")


class SshAsker:
    """Asks the build node's helper; a connection for each question, made in advance if somebody asks for that.

    Args:
        address: the build node's.
    """

    def __init__(self, address: NodeAddress) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._waiting: list[_Helper] = []

    def prepare(self, helpers: int) -> None:
        """Let so many helpers wait, and close what waits beyond that or has ended.

        Raises:
            BuildNodeError: as ``ask``.
        """
        with self._lock:
            good = [helper for helper in self._waiting if self._may_ask(helper)]
            closed = [helper for helper in self._waiting if helper not in good[:helpers]]
            self._waiting = good[:helpers]
        for helper in closed:
            helper.client.close()
        for _ in range(helpers - len(good)):
            believed = self._believed()
            client = self._connected()
            try:
                channel = self._channel(client)
                channel.exec_command("later")
            except (paramiko.SSHException, OSError, EOFError) as cause:
                client.close()
                raise self._not_connected(cause) from cause
            with self._lock:
                self._waiting.append(_Helper(client, channel, believed))

    def _helper(self) -> "_Helper":
        """Return the helper that has waited longest, or a new connection."""
        while True:
            with self._lock:
                helper = self._waiting.pop(0) if self._waiting else None
            if helper is None:
                return _Helper(self._connected())
            if self._may_ask(helper):
                return helper
            helper.client.close()

    def _may_ask(self, helper: "_Helper") -> bool:
        """True for one that waits at the end of a connection that would be made the same way now."""
        return helper.waits and helper.believed == self._believed()

    def _believed(self) -> tuple[object, ...]:
        """Return what tells whether the node's key or the portal's own was changed."""
        told: list[object] = []
        for path in (self._address.known_hosts, self._address.key):
            try:
                status = path.stat()
            except OSError as error:
                told.append(error.errno)
            else:
                told.append((status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(told)

    def ask(
        self, verb: str, arguments: Mapping[str, Any], *, body: Iterable[bytes] = (), timeout_s: float = 60.0
    ) -> dict[str, Any]:
        """Send a request and return what was answered.

        Args:
            verb: one of the helper's.
            arguments: its arguments.
            body: bytes that follow the request.
            timeout_s: seconds for the whole, from the first byte that is sent.

        Raises:
            BuildNodeError: each way in which it can fail has its own class, see ``errors``.
        """
        with self._asked(verb, arguments, body, timeout_s) as (values, _):
            return values

    @contextlib.contextmanager
    def fetch(
        self, verb: str, arguments: Mapping[str, Any], *, timeout_s: float = 600.0
    ) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """Send a request and give what was answered with the bytes that follow: exactly ``size`` of the answer.

        Raises:
            BuildNodeError: as ``ask``; and while reading ``AnswerUnreadable`` where the bytes are too few.
        """
        with self._asked(verb, arguments, (), timeout_s) as (values, rest):
            size = values.get("size")
            if type(size) is not int or size < 0:
                raise AnswerUnreadable("the build node did not say how many bytes follow")
            yield values, exactly(rest, size)

    @contextlib.contextmanager
    def _asked(
        self, verb: str, arguments: Mapping[str, Any], body: Iterable[bytes], timeout_s: float
    ) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        helper = self._helper()
        with helper.client:
            deadline = time.monotonic() + timeout_s
            try:
                channel, request = helper.channel, later_line(verb, arguments)
                if channel is None:
                    channel, request = self._channel(helper.client), request_line(arguments)
                    in_time(channel, deadline)
                    channel.exec_command(verb)
                send(channel, request, body, deadline)
                line, begun = first_line(channel, deadline)
                yield read_answer(line), rest_of(channel, begun, deadline)
            except TimeoutError as cause:
                raise NodeTimedOut(f"the build node gave no answer to {verb!r} within {timeout_s:g} s") from cause
            except (paramiko.SSHException, OSError, EOFError) as cause:
                raise AnswerUnreadable(f"the connection to the build node broke during {verb!r}") from cause

    def _channel(self, client: paramiko.SSHClient) -> paramiko.Channel:
        transport = client.get_transport()
        if transport is None:
            raise EOFError
        return transport.open_session(window_size=_WINDOW, timeout=self._address.connect_s)

    def _connected(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        try:
            self._connect(client)
        except BaseException as cause:
            client.close()
            raise self._meaning(cause) from cause
        return client

    def _meaning(self, cause: BaseException) -> BaseException:
        match cause:
            case paramiko.BadHostKeyException():
                return HostKeyChanged(
                    f"{self._where} has another host key than the one in {self._address.known_hosts}: nothing was "
                    "sent. If the build node was installed anew, put its new key there; else somebody may be in between"
                )
            case paramiko.AuthenticationException():
                return NodeRefused(f"{self._where} refuses the portal's key {self._address.key}")
            case TimeoutError():
                return NodeDown(f"{self._where} does not answer within {self._address.connect_s:g} s")
            case paramiko.SSHException() | OSError() | EOFError():
                return self._not_connected(cause)
        return cause

    def _connect(self, client: paramiko.SSHClient) -> None:
        address = self._address
        try:
            client.load_host_keys(str(address.known_hosts))
            key = paramiko.PKey.from_path(str(address.key))
        except (OSError, ValueError, paramiko.SSHException, paramiko.UnknownKeyType) as cause:
            sentence = f"{address.known_hosts} or the portal's key {address.key} cannot be read on the portal: {cause}"
            raise NodeRefused(sentence) from cause
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        client.connect(
            address.host,
            port=address.port,
            username=address.user,
            pkey=key,
            timeout=address.connect_s,
            banner_timeout=address.connect_s,
            auth_timeout=address.connect_s,
            channel_timeout=address.connect_s,
            look_for_keys=False,
            allow_agent=False,
            transport_factory=_new_transport,
        )

    def _not_connected(self, cause: Exception) -> NodeDown | HostKeyChanged:
        # RejectPolicy tells by its text only that it knows no key of this host.
        if "not found in known_hosts" in str(cause):
            return HostKeyChanged(f"{self._where} has no host key in {self._address.known_hosts}: nothing was sent")
        return NodeDown(f"{self._where} cannot be reached: {cause}")

    @property
    def _where(self) -> str:
        return f"the build node {self._address.host}, port {self._address.port},"


def _new_transport(*words: Any, **options: Any) -> paramiko.Transport:  # noqa: ANN401  # as paramiko calls it
    made = paramiko.Transport(*words, **options)
    security = made.get_security_options()
    first = tuple(name for name in _FIRST_CIPHERS if name in security.ciphers)
    security.ciphers = first + tuple(name for name in security.ciphers if name not in first)
    return made


@dataclass(frozen=True)
class _Helper:
    """A connection, and where it was made in advance the channel at whose other end a helper waits.

    ``believed`` is what the portal's files of keys were when it was made.
    """

    client: paramiko.SSHClient
    channel: paramiko.Channel | None = None
    believed: tuple[object, ...] = ()
    since: float = field(default_factory=time.monotonic)

    @property
    def waits(self) -> bool:
        """True while its connection holds, as far as anybody knows, and it is not too old."""
        transport, channel = self.client.get_transport(), self.channel
        return (
            (transport is not None and transport.is_active() and channel is not None)
            and not (channel.closed or channel.exit_status_ready() or channel.recv_ready())
            and time.monotonic() - self.since < _OLDEST_S
        )
