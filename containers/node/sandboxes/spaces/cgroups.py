"""Control groups: memory, processes, and holding everything still. Version 1 or 2, whichever the machine has.

Version 1 has a tree for each controller, version 2 one for all (cgroups(7)). The rest of the node sees only ``Group``.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

from containers.node.errors import NodeError
from containers.node.sandboxes.spaces.group_files import hierarchies, number, read, remove, write

ALL = "allgo-sandboxes"
_MEBI = 1 << 20
_LOOK_S = 0.01


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
                write(parent / "cgroup.subtree_control", "+memory +pids")

    def limit(self, *, memory_mb: int, processes: int) -> None:
        """Set the limits; a process over the first is killed, one over the second cannot be begun."""
        size = str(memory_mb * _MEBI)
        if self._two:
            unified = self._folders["unified"]
            write(unified / "memory.max", size)
            write(unified / "memory.swap.max", "0", optional=True)
            write(unified / "memory.oom.group", "0", optional=True)
            write(unified / "pids.max", str(processes))
            return
        memory = self._folders["memory"]
        # Memory and swap together may never be below memory: once for a limit that grows, once for one that shrinks.
        for _ in range(2):
            write(memory / "memory.limit_in_bytes", size, optional=True)
            write(memory / "memory.memsw.limit_in_bytes", size, optional=True)
        write(memory / "memory.limit_in_bytes", size)
        write(self._folders["pids"] / "pids.max", str(processes))

    def take(self, pid: int) -> None:
        """Put a process into the group; its children follow. The limit of processes does not hold it up."""
        for folder in self._folders.values():
            write(folder / "cgroup.procs", str(pid))

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
        used = number(memory / ("memory.current" if self._two else "memory.usage_in_bytes"))
        return used // _MEBI, number(pids / "pids.current")

    def cpu_s(self) -> float:
        """Return the processor time that was used in it, in seconds."""
        if not self._two:
            return number(self._folder("cpuacct") / "cpuacct.usage") / 1e9
        for line in read(self._folders["unified"] / "cpu.stat").splitlines():
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
            return "frozen 1" in read(self._folders["unified"] / "cgroup.events").splitlines()
        return read(self._folder("freezer") / "freezer.state").strip() == "FROZEN"

    def _freezer(self, one: str, two: str) -> None:
        if self._two:
            write(self._folders["unified"] / "cgroup.freeze", two)
        else:
            write(self._folder("freezer") / "freezer.state", one)

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
            remove(folder, deadline)

    def _folder(self, controller: str) -> Path:
        return self._folders["unified"] if self._two else self._folders[controller]
