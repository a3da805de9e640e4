"""The helper killed at many moments of its work: nothing wrong is left, and the next call does it."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.sandbox.clients import Author, good
from tests.sandbox.conftest import remove

ROOT = Path("/var/lib/allgo-node")
_STEPS = 5


def killed_after(seconds: float, verb: str, **arguments: object) -> bool:
    """Kill a helper at a moment; True if it was still at work."""
    with subprocess.Popen(
        ["allgo-node", verb], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(arguments).encode() + b"\n")
        process.stdin.close()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def moments(verb: str, undo: Callable[[], object], **arguments: object) -> list[float]:
    """Moments over the time that the verb takes here and now."""
    began = time.monotonic()
    good(verb, **arguments)
    took = time.monotonic() - began
    undo()
    return [took * step / _STEPS for step in range(1, _STEPS)]


def test_create(author: Author, debian: str) -> None:
    name = "t-killed"

    def delete() -> None:
        remove(name)

    cut_off = 0
    for moment in moments("create", delete, name=name, image=debian):
        cut_off += killed_after(moment, "create", name=name, image=debian)
        if good("status", name=name)["state"] == "absent":
            good("create", name=name, image=debian)
        assert not (ROOT / "making" / name).exists()
        assert not Path(f"/run/allgo-node/trees/{name}").exists()
        good("keys", name=name, keys=[author.public])
        assert author.good(name, "test -x /usr/bin/apt-get && echo whole") == "whole\n"
        remove(name)
    assert cut_off > 1


def test_start_and_stop(author: Author, own: str) -> None:
    cut_off = 0
    for verb, undo in (("start", "stop"), ("stop", "start")):
        good(undo, name=own)
        for moment in moments(verb, lambda undo=undo: good(undo, name=own), name=own):  # type: ignore[misc]
            cut_off += killed_after(moment, verb, name=own)
            assert author.good(own, "cat /data/only") == "one file\n"
            assert _inits(own) == 1
            good("stop", name=own)
            assert _inits(own) == 0
            assert not Path(f"/run/allgo-node/trees/{own}").exists()
            good(undo, name=own)
    assert cut_off > 2


def test_delete_and_restore(author: Author, own: str) -> None:
    good("start", name=own)
    for moment in moments("delete", lambda: good("restore", name=own), name=own):
        killed_after(moment, "delete", name=own)
        if good("status", name=own)["state"] == "absent":
            good("restore", name=own)
        good("keys", name=own, keys=[author.public])
        assert author.good(own, "cat /data/only") == "one file\n"


def _inits(name: str) -> int:
    """How many inits of the sandbox's account run."""
    told = subprocess.run(["ps", "-u", name, "-o", "args="], capture_output=True, text=True, check=False).stdout
    return sum(line.startswith("/.allgo/bin/tini") for line in told.splitlines())
