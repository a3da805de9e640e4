"""One look at all sandboxes that run: who has nothing to do is told, and later stopped."""

import contextlib
import os
import time
from pathlib import Path
from typing import Any

from containers.node.durable import read_note, write_note
from containers.node.errors import NodeError
from containers.node.locks import locked
from containers.node.sandboxes import holding, lifecycle
from containers.node.sandboxes.idleness.rule import Act, Activity, decide
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.records import names
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sessions.registry import open_sessions, terminal_of
from containers.node.settings import NodeSettings


def stop_idle(settings: NodeSettings) -> dict[str, list[str]]:
    """Look at every sandbox. To be called every minute or so.

    Returns:
        the names of those that were told and of those that were stopped.
    """
    found: dict[str, list[str]] = {"told": [], "stopped": []}
    for name in names(settings):
        places = Places(settings, name)
        # One that is being started, stopped or read is not idle; it is looked at the next time.
        with contextlib.suppress(NodeError), locked(settings.run, name, wait_s=0.0):
            act = _look(places)
            if act is Act.TELL:
                _tell(places)
                found["told"].append(name)
            elif act is Act.STOP:
                lifecycle.stop(places)
                found["stopped"].append(name)
    return found


def _look(places: Places) -> Act:
    if lifecycle.running(places) is None or holding.is_held(places):
        return Act.NOTHING
    now = time.time()
    seen = Activity.read(read_note(places.activity), now)
    noted, act = decide(seen, cpu_s=Group(places.name).cpu_s(), typed=_typed(places), now=now, settings=places.settings)
    values: dict[str, Any] = {"at": noted.at, "cpu_s": noted.cpu_s, "told": noted.told}
    write_note(places.activity, values)
    return act


def _typed(places: Places) -> float:
    """When something was last typed: a terminal's access time is that of the last read (in steps of 8 s, tty_io.c)."""
    times = [0.0]
    for session in open_sessions(places):
        with contextlib.suppress(OSError):
            times.append(Path(terminal_of(session)).stat().st_atime)
    return max(times)


def _tell(places: Places) -> None:
    """Write to every open terminal; one that does not take it is not waited for."""
    minutes = places.settings.notice_minutes
    sentence = (
        f"\r\n*** Nothing has happened in this sandbox for a long time: in {minutes} min it will be stopped. "
        "Press a key to keep it. Its files stay in any case. ***\r\n"
    )
    for session in open_sessions(places):
        with contextlib.suppress(OSError):
            descriptor = os.open(terminal_of(session), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            try:
                os.write(descriptor, sentence.encode())
            finally:
                os.close(descriptor)
