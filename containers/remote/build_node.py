"""The build node as the portal sees it: one method for each thing that it can do."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from containers.keys import PublicKey
from containers.remote.commits import CommitStatus, read_commit
from containers.remote.status import SandboxStatus, read_status

_CHUNK = 1 << 18
_LONG_S = 900.0
# 100 MB take about two seconds on a local network; a slow one gets an hour for 4 GB.
_BYTES_PER_S = 1_000_000


class Asker(Protocol):
    """Brings a request to the build node and its answer back; raises a ``BuildNodeError``."""

    def ask(
        self, verb: str, arguments: Mapping[str, Any], *, body: Iterable[bytes] = (), timeout_s: float = 60.0
    ) -> dict[str, Any]:
        """Send a request and return what was answered."""

    def fetch(
        self, verb: str, arguments: Mapping[str, Any], *, timeout_s: float = 600.0
    ) -> contextlib.AbstractContextManager[tuple[dict[str, Any], Iterator[bytes]]]:
        """Send a request and give what was answered with the bytes that follow."""

    def prepare(self, helpers: int) -> None:
        """Let so many helpers wait for the next questions."""


class BuildNode:
    """The build node. Every method raises a ``BuildNodeError``: see ``containers.remote.errors``.

    Args:
        asker: reaches it, as a rule an ``SshAsker``.
    """

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def request(self, verb: str, *, timeout_s: float = 60.0, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send any verb of the helper and return its answer."""
        return self._asker.ask(verb, arguments, timeout_s=timeout_s)

    def prepare(self, helpers: int) -> None:
        """Let so many helpers wait at the node: the next questions then wait neither for a connection nor for a start.

        A question that finds none waiting makes its own connection. None at all lets go of those that wait.
        """
        self._asker.prepare(helpers)

    def node_status(self) -> dict[str, Any]:
        """Return ``sandboxes``, ``running``, ``images``, and ``disk`` with ``free_mb`` and ``total_mb``."""
        return self.request("node-status")

    def status(self, name: str) -> SandboxStatus:
        """Return the state of a sandbox, ``absent`` where there is none."""
        return read_status(self.request("status", name=name))

    def create(self, name: str, image: str) -> SandboxStatus:
        """Make a sandbox from an image that is on the node (by its SHA-256); it is stopped and has no keys."""
        return read_status(self.request("create", name=name, image=image, timeout_s=_LONG_S))

    def start(self, name: str) -> SandboxStatus:
        """Start a sandbox; one that runs is left alone. A session starts it as well."""
        return read_status(self.request("start", name=name))

    def stop(self, name: str) -> SandboxStatus:
        """End everything in a sandbox; its files stay."""
        return read_status(self.request("stop", name=name))

    def keys(self, name: str, keys: Iterable[PublicKey]) -> int:
        """Replace the keys that open a sandbox; return how many sessions of other keys were ended."""
        answer = self.request("keys", name=name, keys=[key.line for key in keys])
        return int(answer.get("ended_sessions", 0))

    def freeze(self, name: str, *, seconds: int = 600) -> None:
        """Hold a sandbox's programs still, until ``thaw`` or for this many seconds at most."""
        self.request("freeze", name=name, seconds=seconds)

    def thaw(self, name: str) -> None:
        """Let them go on."""
        self.request("thaw", name=name)

    def delete(self, name: str) -> SandboxStatus:
        """Put a sandbox in the trash, from which ``restore`` takes it for 30 days (the node's ``keep_days``)."""
        return read_status(self.request("delete", name=name))

    def restore(self, name: str) -> SandboxStatus:
        """Take the sandbox of this name that was deleted last out of the trash; it has no keys."""
        return read_status(self.request("restore", name=name))

    def stop_idle(self) -> dict[str, Any]:
        """Look at all sandboxes; return the names of those ``told``, ``stopped``, and ``purged`` from the trash."""
        return self.request("stop-idle", timeout_s=_LONG_S)

    def has_image(self, sha256: str) -> bool:
        """Whether an image is on the node."""
        return self.request("has-image", sha256=sha256).get("there") is True

    def put_image(self, image: Path) -> str:
        """Send an image, unless it is there, and return its SHA-256.

        Raises:
            OSError: the file cannot be read.
        """
        with image.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if not self.has_image(sha256):
            size = image.stat().st_size
            limit_s = 60.0 + size / _BYTES_PER_S
            self._asker.ask("put-image", {"sha256": sha256, "size": size}, body=_chunks(image), timeout_s=limit_s)
        return sha256

    def drop_image(self, sha256: str) -> None:
        """Remove an image from the node; sandboxes that were made from it do not need it any more."""
        self.request("drop-image", sha256=sha256)

    def begin_commit(self, name: str, commit: str, message: str) -> CommitStatus:
        """Begin to make an image of a sandbox; one that was begun under this UUID goes on. It is not waited for."""
        return read_commit(self.request("commit", name=name, commit=commit, message=message))

    def commit_status(self, name: str, commit: str, *, wait_s: int = 0) -> CommitStatus:
        """Return how far a commit is: at once where it has ended, else at its end or after so many seconds."""
        return read_commit(
            self.request("commit-status", name=name, commit=commit, wait=wait_s, timeout_s=60.0 + wait_s)
        )

    def end_commit(self, name: str, commit: str) -> None:
        """End a commit if it is under way, and forget it with its image."""
        self.request("commit-end", name=name, commit=commit)

    @contextlib.contextmanager
    def fetch_built(self, name: str, sha256: str) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Give the size and the bytes of an image that was made from a sandbox."""
        with self._asker.fetch("fetch-built", {"name": name, "sha256": sha256}, timeout_s=3600.0) as (values, parts):
            yield values["size"], parts

    def drop_built(self, name: str, sha256: str) -> None:
        """Remove such an image from the node."""
        self.request("drop-built", name=name, sha256=sha256)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
