"""Holding a sandbox still while its files are copied: its sessions stop between two instructions and go on afterwards.

Whoever holds it may be killed at any moment: a small process that waits for just that lets everything go on.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from containers.node import processes
from containers.node.durable import read_note, write_note
from containers.node.errors import NodeError
from containers.node.locks import locked
from containers.node.sandboxes import lifecycle
from containers.node.sandboxes.disks import disk
from containers.node.sandboxes.holding import refuse_while_held, thaw_if_abandoned
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.settings import NodeSettings, load_node_settings

LONGEST_HOLD_S = 3600


@contextlib.contextmanager
def tree(name: str, settings: NodeSettings | None = None) -> Iterator[Path]:
    """Give the folder of a sandbox's files, mounted, with its programs running on; it is not stopped meanwhile.

    Its own mounts (/dev, /proc, /.allgo) are not seen there: below them lie empty folders.

    Raises:
        NodeError: there is no such sandbox (``unknown_sandbox``), or it is being read already (``busy``).
    """
    with _held(name, settings, still=False) as path:
        yield path


@contextlib.contextmanager
def frozen(name: str, settings: NodeSettings | None = None) -> Iterator[Path]:
    """Give the folder of a sandbox's files, with all of its programs held still until the end of the block.

    Raises:
        NodeError: as ``tree``; and ``busy`` where a program cannot be held.
    """
    with _held(name, settings, still=True) as path:
        yield path


@contextlib.contextmanager
def _held(name: str, settings: NodeSettings | None, *, still: bool) -> Iterator[Path]:
    places = Places(settings or load_node_settings(), name)
    with locked(places.settings.run, name):
        lifecycle.owner_of(places)
        lifecycle.mend(places)
        refuse_while_held(places)
        places.run.mkdir(parents=True, exist_ok=True)
        write_note(places.frozen, {"pid": os.getpid(), "started": processes.start_time(os.getpid()), "still": still})
        disk.mount_disk(places.disk, places.tree)
        group = Group(name)
        guardian, lifeline = _guardian(group, places.frozen)
        try:
            if still and lifecycle.running(places) is not None:
                group.freeze()
        except BaseException:
            _let_go(places, group, guardian, lifeline)
            raise
    try:
        yield places.tree
    finally:
        # Those held still go on before anything else is waited for.
        group.thaw()
        with locked(places.settings.run, name):
            _let_go(places, group, guardian, lifeline)


def _let_go(places: Places, group: Group, guardian: int, lifeline: int) -> None:
    group.thaw()
    places.frozen.unlink(missing_ok=True)
    os.close(lifeline)
    os.waitpid(guardian, 0)
    if lifecycle.running(places) is None:
        disk.unmount_disk(places.tree)


def _guardian(group: Group, note: Path) -> tuple[int, int]:
    """Begin a process that ends with this one, and lets the sandbox go on then."""
    ours, theirs = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child:
        os.close(ours)
        return child, theirs
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for descriptor in range(1024):
            if descriptor != ours:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        os.read(ours, 1)
        if note.exists():
            group.thaw()
    finally:
        os._exit(0)


def hold(places: Places, seconds: int) -> None:
    """Hold a sandbox still after this call has returned, until ``release`` or for ``seconds`` at most."""
    ready, tell = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        os.close(ready)
        _hold_on(places, seconds, tell)
    os.close(tell)
    with open(ready, "rb") as pipe:  # noqa: PTH123  # a descriptor
        said = pipe.readline().decode(errors="replace").strip()
    if said != "held":
        os.waitpid(child, 0)
        code, _, sentence = said.partition(" ")
        raise NodeError(code or "failed", sentence or f"the sandbox {places.name!r} could not be held still")


def release(places: Places) -> None:
    """Let a sandbox go on, whoever holds it still by ``hold``; one that is not held is left alone."""
    note = read_note(places.frozen)
    if processes.is_same(note.get("pid"), note.get("started")):
        processes.end(note["pid"], note["started"], by=signal.SIGTERM)
    thaw_if_abandoned(places)


def _hold_on(places: Places, seconds: int, tell: int) -> NoReturn:
    """The process that holds; ends by SIGTERM or its time, and lets go either way."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        with frozen(places.name, places.settings):
            signal.signal(signal.SIGTERM, _leave)
            os.write(tell, b"held\n")
            os.close(tell)
            time.sleep(min(seconds, LONGEST_HOLD_S))
    except NodeError as error:
        with contextlib.suppress(OSError):
            os.write(tell, f"{error.code} {error}\n".encode())
    finally:
        os._exit(0)


def _leave(*_: object) -> None:
    raise SystemExit
