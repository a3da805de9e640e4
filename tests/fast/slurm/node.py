"""Stands in for a node: bash runs the rendered script here, with the few variables that Slurm sets."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from slurm.script import render
from slurm.spec import JobSpec

ENV = {"SLURM_JOB_ID": "42", "SLURMD_NODENAME": "c7"}


def sh(code: str) -> tuple[str, ...]:
    """A command that is a line of bash."""
    return ("bash", "-c", code)


def start(
    spec: JobSpec, env: Mapping[str, str] = ENV, root: Path | None = None, edit: tuple[str, str] = ("", "")
) -> subprocess.Popen[bytes]:
    """Start the script.

    With ``root``, the kernel's account of control groups is read below that folder; with ``edit``, the second text
    stands in the place of the first, which must be there once.
    """
    text = render(spec)
    if edit[0]:
        assert text.count(edit[0]) == 1, f"the script has {text.count(edit[0])} times {edit[0]!r}"
        text = text.replace(*edit)
    for place in ("/proc/self/cgroup", "/sys/fs/cgroup"):
        text = text.replace(place, f"{root}{place}") if root else text
    with NamedTemporaryFile("w", dir=spec.control_dir.parent, delete=False) as script:
        script.write(text)
    return subprocess.Popen(
        ["/bin/bash", script.name],
        env=dict(env),
        start_new_session=True,
        # As slurmstepd does; tests that a shell runs in its background have it ignored, which no shell can take back.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


def run(spec: JobSpec, env: Mapping[str, str] = ENV, root: Path | None = None) -> int:
    return start(spec, env, root).wait(20)


def left(process: subprocess.Popen[bytes]) -> list[str]:
    """What still runs of a script that was started here: the processes of its session, by name."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
            state, _, _, session = rest.split()[:4]
            if int(session) == process.pid and state != "Z":
                found.append(name)
    return found


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting until {what}"
        time.sleep(0.01)


def control_log(spec: JobSpec) -> str:
    return (spec.control_dir / "script.log").read_text()


def logged(spec: JobSpec) -> str:
    return spec.log_file.read_text() if spec.log_file.exists() else ""
