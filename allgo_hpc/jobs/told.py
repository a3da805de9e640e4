"""Which jobs said that they end: words in the files that wake the sweep. They are hints where to look, no more."""

from collections.abc import Set as AbstractSet
from pathlib import Path

ALL = "all"
"""The word of whoever wants all jobs to be looked at."""
_MOST_BYTES = 4096
"""More words than fit in here say nothing that looking at all jobs does not."""
_EMPTIED_AT_BYTES = 1 << 20


class Told:
    """Reads what was told since the last time.

    Attributes:
        words: what was told and is not forgotten yet.

    The script of a job adds its Slurm id to the portal's file (slurm.script_body); Slurm's controller has the id of
    the last one in a file of its own (conf/slurm/allgo-job-ended). On a shared file system a word can come late or get
    lost: then the job is found by the sweep.
    """

    def __init__(self, scripts: Path, controllers: Path) -> None:
        """Begin with what is told from now on: what was told before is found by looking at all jobs."""
        self._scripts, self._controllers = scripts, controllers
        self._read_to = _size(scripts)
        self.words: set[str] = set()

    def read_scripts(self) -> None:
        """Note what scripts have added since."""
        try:
            self.words |= self._added()
        except FileNotFoundError:
            return  # no script has ended yet
        except OSError:
            self.words.add(ALL)

    def read_controllers(self) -> None:
        """Note which job the controller named last; of two at once the first is told by its script alone."""
        try:
            with self._controllers.open("rb") as file:
                self.words |= _words(file.readline(_MOST_BYTES))
        except OSError:
            self.words.add(ALL)

    def forget(self) -> None:
        """Forget what was told: it was looked at."""
        self.words.clear()

    def _added(self) -> set[str]:
        with self._scripts.open("rb") as file:
            size = file.seek(0, 2)
            if size < self._read_to:  # it was emptied, or is another one
                self._read_to = 0
            begun, self._read_to = self._read_to, size
            if size - begun > _MOST_BYTES:
                data = f"{ALL}\n".encode()
            else:
                file.seek(begun)
                data = file.read(size - begun)
                self._read_to -= len(data) - data.rfind(b"\n") - 1  # a line that has no end yet comes with the next
        if self._read_to > _EMPTIED_AT_BYTES:
            self._scripts.write_bytes(b"")
            self._read_to = 0
        return _words(data)


def slurm_ids(words: AbstractSet[str]) -> set[int] | None:
    """Return the ids that were named, of a task its array's; None where none was, or all jobs are to be looked at."""
    ids = {word.partition("_")[0] for word in words}
    return {int(one) for one in ids} if ids and all(one.isascii() and one.isdigit() for one in ids) else None


def tell_all(scripts: Path) -> None:
    """Let all jobs be looked at soon.

    Raises:
        OSError: the file cannot be written.
    """
    with scripts.open("ab") as file:
        file.write(f"{ALL}\n".encode())


def _words(data: bytes) -> set[str]:
    return set(data[: data.rfind(b"\n") + 1].decode("ascii", "replace").split())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
