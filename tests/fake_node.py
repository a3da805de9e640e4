"""A build node that answers as the real helper does, from memory; the real one is tested in tests/sandbox."""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from containers import NodeDown, RequestRefused


class FakeNode:
    """An Asker in memory.

    Attributes:
        sandboxes: what there is: ``state``, ``image``, ``keys`` of each.
        images: SHA-256 of those that were sent.
        commits: how far each is, as ``commit-status`` tells; a test writes it.
        built: images that were made, by SHA-256.
        down: it does not answer.
        calls: how often each verb was asked.
        idle: names of sandboxes that it will stop when it is asked to.
        waiting: for how many questions it was asked to be prepared.
    """

    def __init__(self) -> None:
        self.sandboxes: dict[str, dict[str, Any]] = {}
        self.images: set[str] = set()
        self.commits: dict[str, dict[str, Any]] = {}
        self.built: dict[str, bytes] = {}
        self.down = False
        self.refuses: dict[str, RequestRefused] = {}
        self.calls: Counter[str] = Counter()
        self.idle: list[str] = []
        self.waiting = 0

    def prepare(self, helpers: int) -> None:
        if self.down:
            raise NodeDown("the build node cannot be reached")
        self.waiting = helpers

    def ask(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        *,
        body: Iterable[bytes] = (),
        timeout_s: float = 60.0,  # noqa: ARG002
    ) -> dict[str, Any]:
        """See containers.remote.build_node.Asker."""
        self.calls[verb] += 1
        if self.down:
            raise NodeDown("the build node cannot be reached: connection refused")
        if verb in self.refuses:
            raise self.refuses[verb]
        act = getattr(self, f"_{verb.replace('-', '_')}")
        return dict(act(b"".join(body), **arguments))

    @contextlib.contextmanager
    def fetch(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        *,
        timeout_s: float = 600.0,  # noqa: ARG002
    ) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """See containers.remote.build_node.Asker."""
        self.calls[verb] += 1
        if self.down:
            raise NodeDown("the build node cannot be reached: connection refused")
        data = self.built[arguments["sha256"]]
        yield {"size": len(data)}, iter([data[:3], data[3:]])

    def make(self, uuid: str, data: bytes) -> str:
        """Let a commit have made an image; returns its SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.built[sha256] = data
        self.commits[uuid] |= {"percent": 100, "sha256": sha256, "size": len(data), "log": "made an image\n"}
        return sha256

    def _status(self, _body: bytes, *, name: str) -> dict[str, Any]:
        return {"name": name, "state": "absent"} | self.sandboxes.get(name, {})

    def _create(self, _body: bytes, *, name: str, image: str) -> dict[str, Any]:
        if name in self.sandboxes:
            raise RequestRefused("exists", f"there is a sandbox {name!r} already")
        if image not in self.images:
            raise RequestRefused("unknown_image", "image: it is not on the build node; send it first")
        self.sandboxes[name] = {"state": "stopped", "image": image, "keys": 0}
        return self._status(b"", name=name)

    def _start(self, _body: bytes, *, name: str) -> dict[str, Any]:
        self._there(name)["state"] = "running"
        return self._status(b"", name=name)

    def _stop(self, _body: bytes, *, name: str) -> dict[str, Any]:
        self._there(name)["state"] = "stopped"
        return self._status(b"", name=name)

    def _delete(self, _body: bytes, *, name: str) -> dict[str, Any]:
        self._there(name)
        del self.sandboxes[name]
        return self._status(b"", name=name)

    def _keys(self, _body: bytes, *, name: str, keys: list[str]) -> dict[str, Any]:
        self._there(name)["lines"] = keys
        return {"keys": len(keys), "ended_sessions": 0}

    def _stop_idle(self, _body: bytes) -> dict[str, Any]:
        for name in self.idle:
            self._there(name)["state"] = "stopped"
        return {"told": [], "stopped": self.idle, "purged": []}

    def _has_image(self, _body: bytes, *, sha256: str) -> dict[str, Any]:
        return {"there": sha256 in self.images}

    def _put_image(self, body: bytes, *, sha256: str, size: int) -> dict[str, Any]:
        if hashlib.sha256(body).hexdigest() != sha256 or len(body) != size:
            raise RequestRefused("bad_image", "the image that came has another SHA-256 than was said")
        self.images.add(sha256)
        return {}

    def _commit(self, _body: bytes, *, name: str, commit: str, message: str) -> dict[str, Any]:
        self._there(name)
        return self.commits.setdefault(commit, {"percent": 0, "log": "", "message": message})

    def _commit_status(self, _body: bytes, *, name: str, commit: str, wait: int) -> dict[str, Any]:  # noqa: ARG002
        return self.commits.get(commit, {"failed": "the build node knows nothing of this commit: try again"})

    def _commit_end(self, _body: bytes, *, name: str, commit: str) -> dict[str, Any]:  # noqa: ARG002
        told = self.commits.pop(commit, {})
        self.built.pop(told.get("sha256", ""), None)
        return {}

    def _there(self, name: str) -> dict[str, Any]:
        if name not in self.sandboxes:
            raise RequestRefused("unknown_sandbox", f"there is no sandbox {name!r}")
        return self.sandboxes[name]
