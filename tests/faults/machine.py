"""What is done to the processes of the cluster's services: killed, frozen, stopped, and all up again."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cluster.portal import answers, service, until

SERVICES = ("munge", "mariadb", "slurmdbd", "slurmctld", "slurmd-c1", "slurmd-c2", "sshd", "portal", "sweep")
"""In the order in which they lean on each other."""
_NODES = ("slurmd-c1", "slurmd-c2")
_touched: set[str] = set()


def pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def words(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").rstrip("\0").split("\0")
    return []


def processes(name: str) -> list[int]:
    """Every process of a service: runsv makes a session for each."""
    supervisor = next((pid for pid in pids() if words(pid) == ["runsv", name]), None)
    found = []
    for pid in pids():
        with suppress(ProcessLookupError):
            if pid != supervisor and os.getsid(pid) == supervisor:
                found.append(pid)
    return found


def signal_all(chosen: list[int], number: signal.Signals) -> None:
    for pid in chosen:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def kill(*names: str) -> None:
    """SIGKILL every process of these services; runsv starts them again."""
    _touched.update(names)
    chosen = [pid for name in names for pid in processes(name)]
    signal_all(chosen, signal.SIGKILL)
    until("the killed processes are gone", lambda: not any(_lives(pid) for pid in chosen))


def resume_nodes() -> None:
    """Do what an administrator does after slurmctld gave an id again that a node still had: it drains such a node."""
    drained = subprocess.run(
        ["sinfo", "-h", "-N", "-t", "drain", "-o", "%N"], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()
    for name in sorted(set(drained)):
        subprocess.run(["scontrol", "update", f"NodeName={name}", "State=RESUME"], check=True, timeout=60)


@contextmanager
def attended() -> Iterator[None]:
    """An administrator looks after the nodes meanwhile.

    One is drained again when a job that is submitted anew gets an id that the node still has.
    """
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(2):
            with suppress(subprocess.SubprocessError):
                resume_nodes()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def boot_nodes() -> None:
    """Start both slurmd as after a power cut: not at once.

    A node that comes back within 20 s of a job's start (BatchStartTimeout and MessageTimeout) without it is taken for
    one that is still starting it, and Slurm believes for long that the job runs.
    """
    for name in _NODES:
        service("down", name)
    until("the controller answers", lambda: answers("slurmctld"))
    until("no job counts as just started", lambda: _youngest_s() > 25)
    bring_up()


def _youngest_s() -> float:
    """Seconds since the last start of a job that Slurm believes to run."""
    told = subprocess.run(
        ["squeue", "-h", "-t", "RUNNING", "-o", "%S"], check=True, capture_output=True, text=True, timeout=60,
        env={"PATH": "/usr/bin:/bin", "SLURM_TIME_FORMAT": "%s"},
    ).stdout  # fmt: skip
    return time.time() - max((int(start) for start in told.split()), default=0)


def kill_everything() -> None:
    """SIGKILL all that runs in the cluster, jobs included; only what supervises it, and this test, stay."""
    _touched.update(SERVICES)
    ours = {os.getpid(), os.getppid(), 1}
    kept = (["/usr/bin/runsvdir"], ["runsv"], [])  # the last has ended meanwhile
    chosen = [pid for pid in pids() if pid not in ours and words(pid)[:1] not in kept]
    signal_all(chosen, signal.SIGKILL)
    until("the killed processes are gone", lambda: not any(_lives(pid) for pid in chosen))


@contextmanager
def frozen(*names: str) -> Iterator[None]:
    """Nothing of these services runs, their sockets stay open."""
    _touched.update(names)
    chosen = [pid for name in names for pid in processes(name)]
    assert chosen, names
    signal_all(chosen, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(chosen, signal.SIGCONT)


@contextmanager
def down(*names: str) -> Iterator[None]:
    _touched.update(names)
    for name in names:
        service("down", name)
    try:
        yield
    finally:
        bring_up()


def bring_up(*, within_s: float = 90) -> None:
    """Have every service up and answering, if anything was done to one."""
    if not _touched:
        return
    for name in SERVICES:
        with suppress(subprocess.CalledProcessError):  # one that waits for another is not up within sv's time
            service("up", name)
        if name.startswith("slurmd-"):
            resume_nodes()
        until(f"{name} answers", lambda name=name: answers(name), within_s=within_s)  # type: ignore[misc]
    _touched.clear()


def restart_portal(change: Callable[[], None] = lambda: None) -> None:
    """Stop portal and sweep, change something, start them."""
    _touched.update(("portal", "sweep"))
    service("down", "sweep")
    service("down", "portal")
    change()
    bring_up()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
