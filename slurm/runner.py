"""Runs one command with bounds on its time and its output, in an environment built from nothing."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from slurm.errors import AnswerUnreadable, CommandTimedOut, SlurmUnavailable

# 10 000 jobs are 2 MB of squeue; far above that something is wrong with the answer.
LARGEST_OUTPUT_BYTES = 64 * 1024 * 1024
_CHUNK = 65536
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Answer:
    """How a command ended: its exit status (-n after signal n) and its two outputs."""

    rc: int
    out: bytes
    err: bytes


def environment(slurm_conf: Path | None = None) -> dict[str, str]:
    """Return the environment for Slurm's commands: nothing is inherited.

    ``SBATCH_*`` variables would override options, and whatever the portal holds could reach a job. Times are asked for
    as seconds since 1970 (squeue(1) and sacct(1), SLURM_TIME_FORMAT), so that no time zone or summer time blurs them.

    Args:
        slurm_conf: the configuration file, where it is not the one that Slurm finds by itself.
    """
    variables = {"PATH": _PATH, "LANG": "C.UTF-8", "TZ": "UTC", "SLURM_TIME_FORMAT": "%s"}
    if slurm_conf is not None:
        variables["SLURM_CONF"] = str(slurm_conf)
    return variables


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout_s: float,
    stdin: bytes = b"",
    largest_output: int = LARGEST_OUTPUT_BYTES,
) -> Answer:
    """Run a command to its end, in a process group of its own and without a shell.

    Args:
        argv: program and arguments.
        env: the whole environment.
        timeout_s: seconds after which the process group is killed.
        stdin: what the command reads.
        largest_output: bytes of stdout and stderr together above which it is killed.

    Raises:
        SlurmUnavailable: the program is not there or cannot be started.
        CommandTimedOut: it did not end in time.
        AnswerUnreadable: it wrote more than the bound.
    """
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd="/",
            start_new_session=True,
        )
    except OSError as cause:
        raise SlurmUnavailable(f"{Path(argv[0]).name} cannot be started: {cause.strerror}") from cause
    deadline = time.monotonic() + timeout_s
    out, err = bytearray(), bytearray()
    with process:
        try:
            _exchange(process, stdin, (out, err), deadline, largest_output)
            rc = process.wait(max(0.0, deadline - time.monotonic()))
        except BaseException as cause:
            _kill(process)
            if not isinstance(cause, (TimeoutError, subprocess.TimeoutExpired)):
                raise
            sentence = f"{Path(argv[0]).name} did not answer within {timeout_s:g} s"
            raise CommandTimedOut(sentence, bytes(err)) from cause
    return Answer(rc, bytes(out), bytes(err))


def _exchange(
    process: subprocess.Popen[bytes],
    stdin: bytes,
    collected: tuple[bytearray, bytearray],
    deadline: float,
    largest: int,
) -> None:
    """Feed stdin and drain both outputs until they are closed, so that neither side can block the other."""
    if process.stdin is None or process.stdout is None or process.stderr is None:  # pragma: no cover
        raise AssertionError("the command was started without its pipes")
    outputs = {process.stdout.fileno(): collected[0], process.stderr.fileno(): collected[1]}
    to_write = memoryview(stdin)
    with selectors.DefaultSelector() as selector:
        for output in outputs:
            selector.register(output, selectors.EVENT_READ)
        os.set_blocking(process.stdin.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    to_write = to_write[_feed(process.stdin, to_write) :]
                    if not to_write:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                    continue
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                outputs[key.fd] += chunk
            if sum(map(len, outputs.values())) > largest:
                raise AnswerUnreadable(f"a command wrote more than {largest} bytes")


def _feed(pipe: IO[bytes], data: memoryview) -> int:
    """Write what the pipe takes; a command that closed its stdin has read all it wants."""
    try:
        return os.write(pipe.fileno(), data[:_CHUNK]) if data else 0
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(data)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the command's process group; also when only children of the command are left in it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
