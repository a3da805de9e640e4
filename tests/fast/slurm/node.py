"""Stands in for a node: bash runs the rendered script here, with the few variables that Slurm sets."""

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


def start(spec: JobSpec, env: Mapping[str, str] = ENV, root: Path | None = None) -> subprocess.Popen[bytes]:
    """Start the script; with ``root``, the kernel's account of control groups is read below that folder."""
    text = render(spec)
    for place in ("/proc/self/cgroup", "/sys/fs/cgroup"):
        text = text.replace(place, f"{root}{place}") if root else text
    with NamedTemporaryFile("w", dir=spec.control_dir.parent, delete=False) as script:
        script.write(text)
    return subprocess.Popen(["/bin/bash", script.name], env=dict(env), start_new_session=True)


def run(spec: JobSpec, env: Mapping[str, str] = ENV, root: Path | None = None) -> int:
    return start(spec, env, root).wait(20)


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting until {what}"
        time.sleep(0.01)


def control_log(spec: JobSpec) -> str:
    return (spec.control_dir / "script.log").read_text()


def logged(spec: JobSpec) -> str:
    return spec.log_file.read_text() if spec.log_file.exists() else ""
