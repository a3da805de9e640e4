"""Control groups: memory, processes, and holding everything still. Version 1 or 2, whichever the machine has.

Version 1 has a tree for each controller, version 2 one for all (cgroups(7)). The rest of the node sees only ``Group``.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

from containers.node.errors import NodeError

ALL = "allgo-sandboxes"
_CONTROLLERS = ("memory", "pids", "freezer", "cpuacct")
_MEBI = 1 << 20
_LOOK_S = 0.01


def hierarchies(mounts: str) -> dict[str, Path]:
    """Return where each controller's tree is, from the text of /proc/mounts; under ``unified`` that of version 2."""
    found: dict[str, Path] = {}
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 4:  # noqa: PLR2004  # device, place, type, options
            continue
        _, place, kind, options = words[:4]
        if kind == "cgroup":
            for option in options.split(","):
                if option in _CONTROLLERS:
                    found.setdefault(option, Path(place))
        elif kind == "cgroup2":
            found.setdefault("unified", Path(place))
    return {"unified": found["unified"]} if "memory" not in found and "unified" in found else found


class Group:
    """The control group of one sandbox's processes.

    Args:
        name: the sandbox's; ``.network`` for the programs that carry networks.
        trees: for tests; by default those of this machine.
    """

    def __init__(self, name: str, trees: dict[str, Path] | None = None) -> None:
        self._trees = hierarchies(Path("/proc/mounts").read_text()) if trees is None else trees
        self._two = "unified" in self._trees and "memory" not in self._trees
        self._folders = {
            controller: tree / ALL / name for controller, tree in self._trees.items() if self._uses(controller)
        }
        if not self._folders:
            raise NodeError("failed", "the build node has no control groups: limits could not be enforced")

    def _uses(self, controller: str) -> bool:
        return (controller == "unified") == self._two

    def make(self) -> None:
        """Make the group, if it is not there."""
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True)
        if self._two:
            root = self._trees["unified"]
            for parent in (root, root / ALL):
                _write(parent / "cgroup.subtree_control", "+memory +pids")

    def limit(self, *, memory_mb: int, processes: int) -> None:
        """Set the limits; a process over the first is killed, one over the second cannot be begun."""
        size = str(memory_mb * _MEBI)
        if self._two:
            unified = self._folders["unified"]
            _write(unified / "memory.max", size)
            _write(unified / "memory.swap.max", "0", optional=True)
            _write(unified / "memory.oom.group", "0", optional=True)
            _write(unified / "pids.max", str(processes))
            return
        memory = self._folders["memory"]
        # Memory and swap together may never be below memory: once for a limit that grows, once for one that shrinks.
        for _ in range(2):
            _write(memory / "memory.limit_in_bytes", size, optional=True)
            _write(memory / "memory.memsw.limit_in_bytes", size, optional=True)
        _write(memory / "memory.limit_in_bytes", size)
        _write(self._folders["pids"] / "pids.max", str(processes))

    def take(self, pid: int) -> None:
        """Put a process into the group; its children follow. The limit of processes does not hold it up."""
        for folder in self._folders.values():
            _write(folder / "cgroup.procs", str(pid))

    def pids(self) -> list[int]:
        """Return who is in it, as this namespace numbers them."""
        folder = next(iter(self._folders.values()))
        try:
            return [int(word) for word in (folder / "cgroup.procs").read_text().split() if word != "0"]
        except OSError:
            return []

    def usage(self) -> tuple[int, int]:
        """Return megabytes of memory (files that are kept in memory count) and processes with their threads."""
        pids, memory = self._folder("pids"), self._folder("memory")
        used = _number(memory / ("memory.current" if self._two else "memory.usage_in_bytes"))
        return used // _MEBI, _number(pids / "pids.current")

    def cpu_s(self) -> float:
        """Return the processor time that was used in it, in seconds."""
        if not self._two:
            return _number(self._folder("cpuacct") / "cpuacct.usage") / 1e9
        for line in _read(self._folders["unified"] / "cpu.stat").splitlines():
            if line.startswith("usage_usec "):
                return int(line.split()[1]) / 1e6
        return 0.0

    def freeze(self, *, wait_s: float = 30.0) -> None:
        """Hold every process still; returns when all are.

        Raises:
            NodeError: one of them does not stop (it waits for a disk or a network file system); ``busy``. All go on.
        """
        self._freezer("FROZEN", "1")
        deadline = time.monotonic() + wait_s
        while not self.is_frozen():
            if time.monotonic() > deadline:
                self.thaw()
                raise NodeError("busy", "a process of the sandbox cannot be held still: try again later")
            time.sleep(_LOOK_S)

    def thaw(self) -> None:
        """Let every process go on."""
        with contextlib.suppress(NodeError):
            self._freezer("THAWED", "0")

    def is_frozen(self) -> bool:
        """True when every process is held still."""
        if self._two:
            return "frozen 1" in _read(self._folders["unified"] / "cgroup.events").splitlines()
        return _read(self._folder("freezer") / "freezer.state").strip() == "FROZEN"

    def _freezer(self, one: str, two: str) -> None:
        if self._two:
            _write(self._folders["unified"] / "cgroup.freeze", two)
        else:
            _write(self._folder("freezer") / "freezer.state", one)

    def kill_all(self, *, wait_s: float = 20.0) -> None:
        """Kill everything in it and remove it.

        Raises:
            NodeError: a process does not end; ``busy``.
        """
        self.thaw()
        deadline = time.monotonic() + wait_s
        while left := self.pids():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                raise NodeError("busy", "a process of the sandbox does not end: try again later")
            time.sleep(_LOOK_S)
        for folder in self._folders.values():
            _remove(folder, deadline)

    def _folder(self, controller: str) -> Path:
        return self._folders["unified"] if self._two else self._folders[controller]


def _remove(folder: Path, deadline: float) -> None:
    """Remove an empty group; the kernel takes a moment to let go of its last process."""
    while folder.is_dir() and time.monotonic() < deadline:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_LOOK_S)


def _write(path: Path, text: str, *, optional: bool = False) -> None:
    try:
        path.write_text(text)
    except OSError as cause:
        if not optional:
            raise NodeError("failed", f"the control group's {path.name} cannot be set: {cause.strerror}") from cause


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _number(path: Path) -> int:
    text = _read(path).strip()
    return int(text) if text.isdecimal() else 0
