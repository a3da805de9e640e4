"""Whether a helper can be started here, and its start: never where loading libslurm would end it or mislead it."""

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from slurm.errors import SlurmError
from slurm.fast.process import HelperGone, Process

DEFAULT_CONF = Path("/etc/slurm/slurm.conf")


class StartRefused(Exception):  # noqa: N818  # says what happened
    """There can be no helper here; the sentence says why."""


class Start:
    """Starts helpers.

    Args:
        env: their whole environment, that of Slurm's commands.
        version: tells the release of Slurm's commands.
        argv: what is started; None for ``slurm.fast.helper`` in this interpreter.
    """

    def __init__(
        self, env: Mapping[str, str], version: Callable[[], str], *, argv: Sequence[str] | None = None
    ) -> None:
        """Start nothing yet."""
        self._env = {**env, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
        self._version = version
        self._argv = argv

    def start(self, within_s: float) -> tuple[Process, str]:
        """Start one; returns it, and what it is in words.

        Raises:
            StartRefused: Slurm's configuration is not there, pyslurm is not installed or is another release's.
            HelperGone: it ended, or was silent, instead of saying what it is.
        """
        conf = Path(self._env.get("SLURM_CONF") or DEFAULT_CONF)
        if not os.access(conf, os.R_OK):
            raise StartRefused(f"there is no {conf} that can be read")
        built_for = None if self._argv else installed()
        try:
            release = self._version()
        except SlurmError as error:
            raise StartRefused(f"the release of Slurm's commands is not known: {error}") from error
        if built_for is not None:
            check_release(built_for, release)
        argv = self._argv or (sys.executable, "-s", "-m", "slurm.fast.helper")
        try:
            process = Process(argv, self._env)
        except OSError as error:
            raise StartRefused(f"the helper cannot be started: {error.strerror}") from error
        try:
            loaded = str(process.answer(within_s).get("hello"))
            check_release(loaded, release)
        except (HelperGone, StartRefused):
            process.end()
            raise
        except TimeoutError as cause:
            process.end()
            raise HelperGone(f"libslurm was not loaded within {within_s:g} s", sent=False) from cause
        return process, f"pyslurm {loaded} for Slurm {release}"


def installed() -> str:
    """Return the release of pyslurm, without loading any of it.

    Raises:
        StartRefused: it is not installed.
    """
    try:
        if importlib.util.find_spec("pyslurm") is not None:
            return metadata.version("pyslurm")
    except (ImportError, ValueError):  # PackageNotFoundError is an ImportError
        pass
    raise StartRefused("pyslurm is not installed")


def check_release(pyslurm: str, slurm: str) -> None:
    """Return where a pyslurm fits a Slurm: the first two numbers of their releases are the same; pure.

    Raises:
        StartRefused: they are not.
    """
    if _series(pyslurm) is None or _series(pyslurm) != _series(slurm):
        raise StartRefused(f"pyslurm {pyslurm} is not built for Slurm {slurm}")


def _series(release: str) -> tuple[int, int] | None:
    words = release.split(".")
    return (int(words[0]), int(words[1])) if len(words) > 1 and all(word.isdecimal() for word in words[:2]) else None
