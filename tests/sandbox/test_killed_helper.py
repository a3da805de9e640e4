"""The helper killed at many moments of its work: nothing wrong is left, and the next call does it."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.clients import Author, good
from tests.sandbox.conftest import remove

ROOT = Path("/var/lib/allgo-node")
_STEPS = 5
_HALVED = 8


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


def kill_at_moments(verb: str, undo: Callable[[], object], check: Callable[[], object], **arguments: object) -> None:
    """Kill helpers at moments over the time that the verb takes here and now, and check after each.

    At two of them at least it must have been at work: where the machine was slower while it was timed, earlier ones
    follow.
    """
    began = time.monotonic()
    good(verb, **arguments)
    took = time.monotonic() - began
    undo()
    cut_off = 0
    for step in range(1, _STEPS):
        cut_off += killed_after(took * step / _STEPS, verb, **arguments)
        check()
    for halved in range(1, _HALVED):
        if cut_off > 1:
            break
        cut_off += killed_after(took / _STEPS / 2**halved, verb, **arguments)
        check()
    assert cut_off > 1


def test_create(author: Author, debian: str) -> None:
    name = "t-killed"

    def delete() -> None:
        remove(name)

    def check() -> None:
        if good("status", name=name)["state"] == "absent":
            good("create", name=name, image=debian)
        assert not (ROOT / "making" / name).exists()
        assert not Path(f"/run/allgo-node/trees/{name}").exists()
        good("keys", name=name, keys=[author.public])
        assert author.good(name, "test -x /usr/bin/apt-get && echo whole") == "whole\n"
        remove(name)

    kill_at_moments("create", delete, check, name=name, image=debian)


@pytest.mark.parametrize(("verb", "undo"), [("start", "stop"), ("stop", "start")])
def test_start_and_stop(author: Author, own: str, verb: str, undo: str) -> None:
    def check() -> None:
        assert author.good(own, "cat /data/only") == "one file\n"
        assert _inits(own) == 1
        good("stop", name=own)
        assert _inits(own) == 0
        assert not Path(f"/run/allgo-node/trees/{own}").exists()
        good(undo, name=own)

    good(undo, name=own)
    kill_at_moments(verb, lambda: good(undo, name=own), check, name=own)


def test_delete_and_restore(author: Author, own: str) -> None:
    def check() -> None:
        if good("status", name=own)["state"] == "absent":
            good("restore", name=own)
        good("keys", name=own, keys=[author.public])
        assert author.good(own, "cat /data/only") == "one file\n"

    good("start", name=own)
    kill_at_moments("delete", lambda: good("restore", name=own), check, name=own)


def _inits(name: str) -> int:
    """How many inits of the sandbox's account run."""
    told = subprocess.run(["ps", "-u", name, "-o", "args="], capture_output=True, text=True, check=False).stdout
    return sum(line.startswith("/.allgo/bin/tini") for line in told.splitlines())
