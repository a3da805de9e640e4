"""The two records that a job's script leaves in its control folder: the claim and the exit marker."""

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slurm.errors import AnswerUnreadable
from slurm.marker_lines import key_values, moment, number, seconds

LONGEST_BYTES = 4096
_MAX_EXIT_CODE = 255
_MAX_SIGNAL = 64
_MAX_BYTES = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Marker:
    """How the command of a job ended, in the script's own words.

    Attributes:
        exit_code: 0-255, 128+n after signal n.
        signal: the signal that ended it or 15 after a TERM of Slurm's; 0 if none.
        slurm_job_id: the id under which the script ran, of a task its array's (0 outside Slurm).
        started_at: in UTC, by the node's clock.
        finished_at: in UTC, by the node's clock.
        problem: empty, or what kept the command from being started (``tasks``, ``argv``, ``work_dir``, ``log``,
            ``scratch`` or ``control``).
        cpu_s: seconds of processor time, user and system, of the command and all that it waited for, to 0.01 s; None
            where the command was not started or it was not told.
        peak_memory_bytes: the most memory that the job's control group held, with files that the kernel kept in memory
            for it; None like ``cpu_s`` and where Slurm keeps no control group per job.
        limit_reached: whether the command was told to end because its time limit was near: what it left is partial,
            whatever its exit code. Slurm itself may call such a job COMPLETED, FAILED or TIMEOUT.
    """

    exit_code: int
    signal: int
    slurm_job_id: int
    started_at: datetime
    finished_at: datetime
    problem: str
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    limit_reached: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Who started a job's script. All None when the start was cut before the owner could be written."""

    slurm_job_id: int | None
    node: str | None
    started_at: datetime | None


def read_marker(control_dir: Path) -> Marker | None:
    """Return the exit marker of a job, None if there is none yet.

    Raises:
        AnswerUnreadable: it is there and cannot be read, is no plain file or is not whole.
    """
    text = _read_bounded(control_dir / "exit")
    return None if text is None else parse_marker(text)


def read_claim(control_dir: Path) -> Claim | None:
    """Return who started a job's script, None if nobody did.

    Raises:
        AnswerUnreadable: the claim is there and cannot be read or is not whole.
    """
    text = _read_bounded(control_dir / "claim" / "owner")
    if text is not None:
        return parse_claim(text)
    try:
        claimed = stat.S_ISDIR((control_dir / "claim").lstat().st_mode)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise AnswerUnreadable(f"the claim of a job cannot be read: {cause.strerror}") from cause
    if not claimed:
        raise AnswerUnreadable("the claim of a job is not a folder")
    return Claim(slurm_job_id=None, node=None, started_at=None)


def parse_marker(text: str) -> Marker:
    """Turn the text of an exit marker into a Marker.

    Raises:
        AnswerUnreadable: a line is missing (but those of what was used and of the limit, which not all have), twice
            there, cut or not a number in range.
    """
    values = key_values("exit marker", text)
    peak = "peak_memory_bytes"
    return Marker(
        exit_code=number("exit marker", values, "exit_code", _MAX_EXIT_CODE),
        signal=number("exit marker", values, "signal", _MAX_SIGNAL),
        slurm_job_id=number("exit marker", values, "slurm_job_id"),
        started_at=moment("exit marker", values, "started_at"),
        finished_at=moment("exit marker", values, "finished_at"),
        problem=values.get("problem", ""),
        cpu_s=seconds("exit marker", values, "cpu_s") if "cpu_s" in values else None,
        peak_memory_bytes=number("exit marker", values, peak, _MAX_BYTES) if peak in values else None,
        limit_reached=bool(number("exit marker", values, "limit", 1)) if "limit" in values else False,
    )


def parse_claim(text: str) -> Claim:
    """Turn the text of a claim's owner file into a Claim.

    Raises:
        AnswerUnreadable: a line is missing, twice there, cut or not a number.
    """
    values = key_values("claim", text)
    if not values.get("node"):
        raise AnswerUnreadable("the claim names no node")
    return Claim(
        slurm_job_id=number("claim", values, "slurm_job_id"),
        node=values["node"],
        started_at=moment("claim", values, "started_at"),
    )


def _read_bounded(path: Path) -> str | None:
    """Read a small plain file without following a link or waiting for a pipe; None if it is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise AnswerUnreadable(f"the {path.name} file of a job cannot be opened: {cause.strerror}") from cause
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AnswerUnreadable(f"the {path.name} file of a job is not a plain file")
        raw = os.read(descriptor, LONGEST_BYTES + 1)
    except OSError as cause:
        raise AnswerUnreadable(f"the {path.name} file of a job cannot be read: {cause.strerror}") from cause
    finally:
        os.close(descriptor)
    if len(raw) > LONGEST_BYTES:
        raise AnswerUnreadable(f"the {path.name} file of a job is longer than {LONGEST_BYTES} bytes")
    return raw.decode("utf-8", "backslashreplace")
