"""The list of what a job left: regular files of its folder only, with size and SHA-256, under flat unique names."""

import hashlib
import logging
import os
import stat
import unicodedata
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from allgo_hpc.models import JobFile

_log = logging.getLogger(__name__)
_LONGEST_NAME = 200
_DEEPEST = 100
"""Folders in folders that are looked at: each level holds a descriptor while those below it are read."""
LOG_NAME = "allgo.log"


def list_results(job_id: int, folder: Path, *, strict: bool = False) -> list[JobFile]:
    """Read a job folder after the job's end.

    Links, sockets, FIFOs and devices are left out: an app may make them, nobody may follow them. Hashes are of what the
    very descriptor gave that was checked, so nothing can be swapped in between. What an app made unreadable for its own
    account, or put more than 100 folders deep, is left out as well: trying it again would not help.

    Args:
        job_id: of the job.
        folder: of the job.
        strict: raise PermissionError for a file or folder that cannot be read, instead of leaving it out.

    Raises:
        OSError: the folder or a file cannot be read now; to be tried again.
    """

    def closed_folder(error: OSError) -> None:
        if strict or not isinstance(error, PermissionError):
            raise error
        _log.warning("a result folder is not readable and is left out: %s", error)

    found: list[JobFile] = []
    taken: set[str] = set()
    for root, folders, names, descriptor in os.fwalk(os.fsencode(folder), onerror=closed_folder):
        folders.sort()
        below = os.path.relpath(root, os.fsencode(folder))
        if below.count(b"/") >= _DEEPEST - 1:
            folders.clear()
        for raw in sorted(names):
            relative = raw if below == b"." else below + b"/" + raw
            measured = _measure(raw, descriptor, strict=strict)
            if measured is None:
                continue
            name = _unique(flat_name(relative), taken)
            taken.add(name)
            size, digest = measured
            found.append(JobFile(job_id=job_id, name=name, path=quote_from_bytes(relative), size=size, sha256=digest))
    return found


def result_path(folder: Path, file: JobFile) -> Path:
    """Return where a listed file lies."""
    return folder / os.fsdecode(unquote_to_bytes(file.path))


def flat_name(relative: bytes) -> str:
    """Return a name without folders, control characters or undecodable bytes: A||GO's client saves under it as is."""
    text = relative.decode("utf-8", "replace").replace("/", "_").replace("\\", "_")
    clean = "".join("_" if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)
    if len(clean.encode()) <= _LONGEST_NAME:
        return clean
    digest = hashlib.sha256(relative).hexdigest()[:8]
    return clean.encode()[: _LONGEST_NAME - 10].decode("utf-8", "ignore") + "_" + digest


def _unique(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    stem, dot, ending = name.rpartition(".")
    number = 2
    while (made := f"{stem}~{number}{dot}{ending}" if dot else f"{name}~{number}") in taken:
        number += 1
    return made


def _measure(name: bytes, folder_descriptor: int, *, strict: bool) -> tuple[int, str] | None:
    if not stat.S_ISREG(os.stat(name, dir_fd=folder_descriptor, follow_symlinks=False).st_mode):
        return None
    try:
        # O_NONBLOCK: had it become a FIFO, opening it would wait for ever.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder_descriptor)
    except PermissionError:
        if strict:
            raise
        _log.warning("the result file %r is not readable and is left out", name)
        return None
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return None
        return status.st_size, hashlib.file_digest(file, "sha256").hexdigest()
