"""Which sessions are open: a note for each, with its process, its terminal, and the key that opened it."""

import os
import signal
from collections.abc import Iterable
from typing import Any

from containers.node import processes
from containers.node.durable import read_note, write_note
from containers.node.sandboxes.places import Places


def note_session(places: Places, *, key: str, terminal: str) -> None:
    """Note this very process as a session; the note means nothing once it has ended.

    Args:
        places: the sandbox's.
        key: the key that opened the connection, as ``type base64``; empty where sshd did not tell.
        terminal: the path of its terminal on the node; empty where it has none.
    """
    pid, parent = os.getpid(), os.getppid()
    write_note(
        places.sessions / f"{pid}.json",
        {
            "pid": pid,
            "started": processes.start_time(pid),
            "parent": parent,
            "parent_started": processes.start_time(parent),
            "key": key,
            "terminal": terminal,
        },
    )


def forget_session(places: Places) -> None:
    """Remove this process's note."""
    (places.sessions / f"{os.getpid()}.json").unlink(missing_ok=True)


def open_sessions(places: Places) -> list[dict[str, Any]]:
    """Return the notes of the sessions that are open; those of sessions that were killed are removed."""
    found = []
    for path in places.sessions.glob("*.json"):
        note = read_note(path)
        if processes.is_same(note.get("pid"), note.get("started")):
            found.append(note)
        else:
            path.unlink(missing_ok=True)
    return found


def terminal_of(session: dict[str, Any]) -> str:
    """Return the path of a session's terminal; /dev/null where it has none."""
    terminal = session.get("terminal")
    return terminal if isinstance(terminal, str) and terminal.startswith("/dev/pts/") else os.devnull


def end_sessions(places: Places, allowed: Iterable[str]) -> int:
    """End the connections that were opened with a key which is none of ``allowed``; return how many.

    The connection, not only the session: it could open another one without being asked for a key again.
    """
    keys = set(allowed)
    ended = 0
    for note in open_sessions(places):
        if note.get("key") not in keys:
            if isinstance(note.get("parent"), int) and isinstance(note.get("parent_started"), int):
                processes.end(note["parent"], note["parent_started"], by=signal.SIGTERM, wait_s=1.0)
            processes.end(note["pid"], note["started"], by=signal.SIGHUP, wait_s=2.0)
            processes.end(note["pid"], note["started"])
            ended += 1
    return ended
