"""A recipe as values: what an author asks to be installed, whichever way it was written."""

from dataclasses import dataclass
from pathlib import PurePosixPath

type Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Copy:
    """A file or folder of the recipe's folder goes into the image.

    Attributes:
        source: its path in the recipe's folder, relative, without ``..``.
        destination: where it goes. An existing folder, or a path with ``/`` at its end, takes it under its own name.
        merge: a folder's content, not the folder itself, goes to the destination (what a Dockerfile's COPY does).
    """

    source: str
    destination: str
    merge: bool = False


@dataclass(frozen=True)
class Run:
    """A piece of shell is run as root in the image.

    Attributes:
        script: the text, for ``/bin/sh``.
        strict: it stops at the first command that fails (``%post``), not only when the last one does (``RUN``).
        workdir: where it starts.
        environment: variables set for it.
    """

    script: str
    strict: bool = False
    workdir: str = "/"
    environment: Pairs = ()


@dataclass(frozen=True)
class Recipe:
    """What to build.

    Attributes:
        base: the portal's base image, such as ``debian-13``.
        steps: what is done, in this order.
        environment: variables that the app sees; ``$NAME`` in a value stands for an earlier one.
        labels: kept in the image for people.
        entrypoint: what the recipe itself names as the program, if it does.
    """

    base: str
    steps: tuple[Copy | Run, ...] = ()
    environment: Pairs = ()
    labels: Pairs = ()
    entrypoint: PurePosixPath | None = None

    @property
    def install(self) -> tuple[str, ...]:
        """The scripts, in order."""
        return tuple(step.script for step in self.steps if isinstance(step, Run))

    @property
    def files(self) -> Pairs:
        """The files as (source, destination), in order."""
        return tuple((step.source, step.destination) for step in self.steps if isinstance(step, Copy))
