"""What goes into an archive, and under which names; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from unicodedata import category

from allgo_hpc.jobs.results import flat_name
from allgo_hpc.reading.contained import is_contained


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive.

    Attributes:
        name: relative path in the archive.
        folder: the job's.
        path: where it lies below that folder.
        size: in bytes, as listed.
        sha256: as listed.
        time: seconds since 1970 (UTC): when its job ended. The file's own time is not listed, and may change.
    """

    name: str
    folder: Path
    path: bytes
    size: int
    sha256: str
    time: int


def archive_names(paths: Iterable[bytes]) -> dict[bytes, str]:
    """Return a name for each of a job's paths: its own wherever every program can unpack that.

    A path that is no UTF-8, or holds a control character or a backslash (which parts folders elsewhere), goes by one
    flat name, made different from all others. No two names meet, and none is the folder of another.
    """
    known = sorted(set(paths))
    names = {path: name for path in known if (name := _own_name(path))}
    taken = {folder for name in names.values() for folder in accumulate(name.split("/"), "{}/{}".format)}
    for path in known:
        if path not in names:
            names[path] = _different(flat_name(path), taken)
            taken.add(names[path])
    return names


def _own_name(path: bytes) -> str:
    """The path as text; empty where it is not fit for that."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        return ""
    fit = is_contained(path) and "\\" not in text and not any(category(each) == "Cc" for each in text)
    return text if fit else ""


def _different(name: str, taken: set[str]) -> str:
    made, number = name, 2
    while made in taken or made in {"", ".", ".."}:
        made = f"{number}_{name}"
        number += 1
    return made
