"""Whether somebody reads a sandbox's files just now: a note with the reader's process."""

from containers.node import processes
from containers.node.durable import read_note
from containers.node.errors import NodeError
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.spaces.cgroups import Group


def is_held(places: Places) -> bool:
    """True while somebody reads a sandbox's files."""
    note = read_note(places.frozen)
    return processes.is_same(note.get("pid"), note.get("started"))


def keeps_still(places: Places) -> bool:
    """True while somebody copies a sandbox's files, who must not change meanwhile."""
    return is_held(places) and read_note(places.frozen).get("still") is True


def refuse_while_held(places: Places) -> None:
    """Raise ``busy`` while somebody reads a sandbox's files."""
    if is_held(places):
        raise NodeError("busy", f"a commit is reading the sandbox {places.name!r}: wait for its end, or abort it")


def thaw_if_abandoned(places: Places) -> None:
    """Let a sandbox go on whose holder was killed together with its guardian."""
    if places.frozen.exists() and not is_held(places):
        Group(places.name).thaw()
        places.frozen.unlink(missing_ok=True)
