"""``allgo-session [COMMAND]``: what an author's connection runs, as root by the one rule of sudo for its account.

Which sandbox it is follows from the account that called, never from an argument.
"""

import os
import sys
import time

from containers.node.accounts import name_of_uid
from containers.node.durable import read_note, write_note
from containers.node.errors import NodeError
from containers.node.locks import locked
from containers.node.sandboxes import holding, lifecycle
from containers.node.sandboxes.disks import disk
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sessions.entering import run_inside
from containers.node.sessions.message import Limits, message_of_the_day
from containers.node.sessions.programs import Program, choose_program
from containers.node.sessions.registry import forget_session, note_session
from containers.node.settings import NodeSettings, NodeSettingsError, load_node_settings

_FAILED = 255
_LOOK_S = 0.1
_LARGEST_KEY_FILE = 65_536


def main() -> int:
    """Enter the sandbox of the account that called; return the exit status of what ran there."""
    command = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        settings = load_node_settings()
        places = Places(settings, _caller())
        key = key_of_connection(_read(os.environ.get("SSH_USER_AUTH", "")))
        return _enter(places, command, key)
    except (NodeError, NodeSettingsError, OSError) as error:
        sys.stderr.write(f"allgo: {error}\r\n")
        return _FAILED


def _enter(places: Places, command: str | None, key: str) -> int:
    terminal = os.ttyname(0) if os.isatty(0) else ""
    _wait_for_copy(places)
    with locked(places.settings.run, places.name):
        # Again, and under the lock: the key may have been revoked since this connection was opened.
        if key not in keys_of(_read(str(places.keys))):
            raise NodeError("failed", "this key does not open this sandbox any more")
        sandbox = lifecycle.start(places)
        note_session(places, key=key, terminal=terminal)
        note = read_note(places.activity)
        write_note(places.activity, {"at": time.time(), "cpu_s": note.get("cpu_s", 0.0)})
    try:
        if command is None and terminal:
            sys.stdout.write(message_of_the_day(places.name, _limits(places)).replace("\n", "\r\n"))
            sys.stdout.flush()
        if holding.keeps_still(places):
            _say_that_it_waits()
        account, group = lifecycle.owner_of(places), Group(places.name)
        return run_inside(account, sandbox, group, lambda: _program(places.settings, command))
    finally:
        forget_session(places)


def _wait_for_copy(places: Places) -> None:
    """A stopped sandbox is not started while its files are copied. One that runs is entered, and held still with it."""
    told = False
    while holding.keeps_still(places) and lifecycle.running(places) is None:
        if not told:
            _say_that_it_waits()
        told = True
        time.sleep(_LOOK_S)


def _say_that_it_waits() -> None:
    sys.stderr.write("allgo: a commit is being made; the session begins when the files are copied.\r\n")
    sys.stderr.flush()


def _program(settings: NodeSettings, command: str | None) -> Program:
    return choose_program(
        command,
        is_executable=lambda path: os.access(path, os.X_OK),
        variables=settings.environment,
        term=os.environ.get("TERM", ""),
    )


def _limits(places: Places) -> Limits:
    used_mb, all_mb = disk.usage_mb(places.tree)
    settings = places.settings
    return Limits(used_mb, all_mb, settings.memory_mb, settings.processes, settings.idle_minutes)


def _caller() -> str:
    """The sandbox whose account called sudo; sudo itself sets SUDO_UID (sudo(8))."""
    uid = os.environ.get("SUDO_UID", "")
    name = name_of_uid(int(uid)) if uid.isdecimal() else None
    if name is None:
        raise NodeError("bad_request", "this is for the accounts of sandboxes")
    return name


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123  # may be empty
            return file.read(_LARGEST_KEY_FILE)
    except OSError:
        return ""


def key_of_connection(told: str) -> str:
    """Read sshd's file about how a connection was opened (ExposeAuthInfo): the key as ``type base64``. Pure."""
    for line in told.splitlines():
        words = line.split()
        if words[:1] == ["publickey"] and len(words) >= 3:  # noqa: PLR2004  # method, type, key
            return f"{words[1]} {words[2]}"
    return ""


def keys_of(text: str) -> set[str]:
    """Read what ``render_authorized_keys`` wrote (options, type, base64, comment): each as ``type base64``. Pure."""
    return {" ".join(line.split()[1:3]) for line in text.splitlines() if line and not line.startswith("#")}
