"""How far a commit is, as it is noted and told; pure but for the look whether its process lives."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from containers.committing.messages import Done, Failed, Message, Progress
from containers.node import processes
from containers.node.commits.place import CommitPlace
from containers.node.durable import read_note, write_note

_CUT_OFF = "the commit was cut off, for the build node was stopped or started anew: try again"
_LOG_MOST = 64 * 1024
_STEPS = {"counting": "counting the files", "packing": "packing", "finishing": "finishing"}


@dataclass(frozen=True, kw_only=True)
class CommitNote:
    """What is noted of a commit.

    Attributes:
        pid: of the process that makes it.
        started: when that started, in the kernel's ticks: an id alone identifies nothing.
        step: what it is at.
        percent: of that.
        log: what was said so far.
        sha256: of the image; empty until it is whole.
        size: its bytes.
        failed: why there is none; empty unless it failed.
        delivered: it lies among the portal's images already.
    """

    pid: int = 0
    started: int = 0
    step: str = ""
    percent: int = 0
    log: str = ""
    sha256: str = ""
    size: int = 0
    failed: str = ""
    delivered: bool = False

    @property
    def has_ended(self) -> bool:
        """True when nothing more will be noted."""
        return bool(self.sha256 or self.failed)


def after(note: CommitNote, message: Message) -> CommitNote:
    """Return the note after what the commit said; pure."""
    match message:
        case Progress():
            line = "" if message.step == note.step else f"{_STEPS[message.step]}\n"
            return replace(note, step=message.step, percent=message.percent, log=_log(note, line))
        case Done():
            lines = "".join(f"note: {one}\n" for one in message.notes)
            made = f"made an image of {message.size} bytes\n"
            return replace(note, sha256=message.sha256, size=message.size, percent=100, log=_log(note, lines + made))
        case Failed():
            return replace(note, failed=message.sentence, log=_log(note, f"{message.log_tail}\n{message.sentence}\n"))


def read_state(place: CommitPlace) -> CommitNote | None:
    """Return how far a commit is; None where it was never begun, or was ended."""
    values = read_note(place.note)
    if not values:
        return None
    note = CommitNote(**{name: values[name] for name in CommitNote.__dataclass_fields__ if name in values})
    if not note.has_ended and not processes.is_same(note.pid, note.started):
        return replace(note, failed=_CUT_OFF)
    return note


def write_state(place: CommitPlace, note: CommitNote) -> None:
    """Note how far it is, whole or not at all.

    It need not outlive a power cut, which cuts the commit off as well; and beside an image that is being written, each
    fsync would wait for what of it is not on the disk yet.
    """
    write_note(place.note, asdict(note), durable=False)


def told(note: CommitNote) -> dict[str, Any]:
    """Return what the portal is told; pure."""
    return {
        "step": note.step,
        "percent": note.percent,
        "log": note.log,
        "sha256": note.sha256,
        "size": note.size,
        "failed": note.failed,
        "delivered": note.delivered,
    }


def _log(note: CommitNote, more: str) -> str:
    return (note.log + more.lstrip("\n"))[-_LOG_MOST:]
