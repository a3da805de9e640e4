"""Watches how much room a build takes: one that eats the disk must not take it from everybody else."""

import shutil
import subprocess
from pathlib import Path

from containers.reclaim import used_argv
from containers.surveying.limits import amount

KEEP_FREE = 1024**3
_TIMEOUT_S = 60.0


class RoomWatch:
    """Says when a folder holds more than it may, or the disk is nearly full.

    Counting a folder takes a while, and its files may belong to sub-ids; so the disk is asked first, and the folder
    only where the disk has lost half of what the folder may hold. It may be some seconds' writing too late.

    Args:
        folder: the build's own.
        most_bytes: what it may hold.
        keep_free: bytes of the disk that are left for others.
    """

    def __init__(self, folder: Path, most_bytes: int, *, keep_free: int = KEEP_FREE) -> None:
        self._folder, self._most, self._keep_free = folder, most_bytes, keep_free
        self._free_before = shutil.disk_usage(folder).free

    def __call__(self) -> str:
        """Return why the build has to end; empty while it may go on."""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return ""
        if free < self._keep_free:
            return f"the disk where images are built has only {amount(free)} left; the build was ended"
        if self._free_before - free < self._most // 2:
            return ""
        used = self._used()
        if used > self._most:
            return f"the build has written {amount(used)}, the limit is {amount(self._most)}; it was ended"
        return ""

    def _used(self) -> int:
        try:
            done = subprocess.run(
                used_argv(self._folder), stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S, check=False
            )
            return int(done.stdout.split()[0])
        except (OSError, subprocess.SubprocessError, ValueError, IndexError):
            return 0
