"""A root file system that can be looked into. Links are followed as a container would: never out of it."""

from abc import ABC, abstractmethod
from pathlib import PurePosixPath

from containers.errors import ImageError
from containers.surveying.entry import Entry

_MOST_LINKS = 40  # what Linux follows before ELOOP (path_resolution(7))


class Root(ABC):
    """A tree or an image."""

    @abstractmethod
    def look(self, path: PurePosixPath) -> Entry | None:
        """Return what is at ``path``, whose folders are no links; None where there is nothing.

        Raises:
            ImageError: it cannot be read.
        """

    @abstractmethod
    def head(self, entry: Entry, size: int) -> bytes:
        """Return the first bytes of a plain file.

        Raises:
            ImageError: it cannot be read.
        """

    def find(self, path: PurePosixPath) -> Entry | None:
        """Return what ``path`` leads to, through links; None where there is nothing. An absolute link begins inside.

        Raises:
            ImageError: links go round, or the file system cannot be read.
        """
        todo = list(path.parts[1:])
        here = PurePosixPath("/")
        entry: Entry | None = Entry(here, "drwxr-xr-x")
        links = 0
        while todo:
            name = todo.pop(0)
            if name in {"..", "."}:
                here = here.parent if name == ".." else here
                continue
            entry = self.look(here / name)
            if entry is None:
                return None
            if not entry.target:
                here = entry.path
                continue
            links += 1
            if links > _MOST_LINKS:
                raise ImageError("links go round in the image")
            target = PurePosixPath(entry.target)
            here = PurePosixPath("/") if target.is_absolute() else here
            todo = [*(part for part in target.parts if part != "/"), *todo]
        return entry if entry is not None and entry.path == here else Entry(here, "drwxr-xr-x")

    def text(self, path: PurePosixPath, most: int) -> str:
        """Return a plain file's text through links, up to ``most`` bytes; empty where there is no such file.

        Raises:
            ImageError: the file system cannot be read.
        """
        entry = self.find(path)
        if entry is None or not entry.is_file:
            return ""
        return self.head(entry, most).decode(errors="replace")
