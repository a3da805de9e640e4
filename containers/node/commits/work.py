"""The process that makes a commit's image: holds the sandbox still, lets its account pack, notes what is said."""

import os
import signal
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from containers.committing.__main__ import commit_aloud
from containers.committing.messages import Failed, read_message
from containers.node import processes
from containers.node.commits.delivery import deliver
from containers.node.commits.packer import Packer
from containers.node.commits.place import CommitPlace
from containers.node.commits.state import CommitNote, after, write_state
from containers.node.errors import NodeError
from containers.node.sandboxes import freezing, lifecycle
from containers.surveying.limits import ImageLimits

_NOTE_EVERY_S = 0.2
_LAST_S = 20.0
_MOST_DESCRIPTORS = 1 << 20


class _Ended(BaseException):
    """The portal wants it to end."""


def begin(place: CommitPlace, message: str) -> CommitNote:
    """Begin a commit in a process of its own; it is noted when this returns.

    Raises:
        NodeError: there is no such sandbox, or too little room.
    """
    account = lifecycle.owner_of(place.places)
    place.make(account)
    ready, tell = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        os.close(ready)
        _work(place, message, tell)
    os.close(tell)
    with open(ready, "rb") as pipe:  # noqa: PTH123  # a descriptor
        pipe.read()
    return CommitNote(pid=child, started=processes.start_time(child) or 0)


def _work(place: CommitPlace, message: str, tell: int) -> NoReturn:
    note = CommitNote(pid=os.getpid(), started=processes.start_time(os.getpid()) or 0)
    try:
        signal.signal(signal.SIGTERM, _end)
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        # Not the lock of whoever began it, either: who wants it to end must get that.
        os.closerange(3, tell)
        os.closerange(tell + 1, _MOST_DESCRIPTORS)
        write_state(place, note)
        os.close(tell)
        note = _make(place, message, note)
    except _Ended:
        note = replace(note, failed="the commit was ended before its end")
    except NodeError as error:
        note = replace(note, failed=str(error))
    except Exception as error:  # whatever it was, the portal must not wait for ever
        note = replace(note, failed=f"the build node's helper failed: {type(error).__name__}: {error}"[:500])
    finally:
        try:
            write_state(place, note if note.has_ended else replace(note, failed="the commit came to no end"))
        finally:
            os._exit(0)


def _make(place: CommitPlace, message: str, note: CommitNote) -> CommitNote:
    account = lifecycle.owner_of(place.places)
    with freezing.frozen(place.places.name, place.places.settings) as tree:
        limits = _limits(place)
        work = partial(commit_aloud, tree, place.out, message, limits, durable=False)
        with Packer(account, work, last_s=_LAST_S) as packer:
            note = _listen(place, packer, note)
    if note.sha256:
        note = replace(note, delivered=deliver(place, _take(place, note.sha256)))
    return (
        note if note.has_ended else after(note, Failed("packing ended without a word: is the build node's disk full?"))
    )


def _listen(place: CommitPlace, packer: Packer, note: CommitNote) -> CommitNote:
    said_at = 0.0
    for line in packer.lines:
        message = read_message(line.rstrip("\n"))
        if message is None:
            continue
        note = after(note, message)
        # What is whole is noted once it has left the account's reach (see _take).
        if not note.has_ended and time.monotonic() - said_at > _NOTE_EVERY_S:
            write_state(place, note)
            said_at = time.monotonic()
    return note


def _take(place: CommitPlace, sha256: str) -> Path:
    """Take the image out of the account's reach; return it. The portal hashes it again: nothing is believed."""
    made, kept = place.out / f"{sha256}.sif", place.places.built / f"{sha256}.sif"
    descriptor = os.open(made, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fchown(descriptor, 0, 0)
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    made.rename(kept)
    return kept


def _limits(place: CommitPlace) -> ImageLimits:
    settings = place.places.settings
    room = os.statvfs(settings.root)
    free = room.f_bavail * room.f_frsize - (settings.spare_mb << 20)
    if free <= 0:
        raise NodeError("no_room", f"the build node's disk has less than {settings.spare_mb} MB left")
    return ImageLimits(image_bytes=min(ImageLimits().image_bytes, free))


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the tidying is not disturbed
    raise _Ended
