"""A tar made while it is sent (pax, the format that takes every name and size); any byte of it can be sought."""

import tarfile
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from allgo_hpc.reading.blocks import joined
from allgo_hpc.reading.contained import Read
from allgo_hpc.reading.members import Member

_UNIT = tarfile.BLOCKSIZE
_END = bytes(2 * _UNIT)


class TarArchive:
    """The tar of some files; nothing is read before ``pieces`` is."""

    mimetype = "application/x-tar"

    def __init__(self, members: Sequence[Member], open_files: Callable[[], AbstractContextManager[Read]]) -> None:
        """Lay the files out, one after the other."""
        self._members = members
        self._open_files = open_files
        self._begins = array("Q")
        end = 0
        for member in members:
            self._begins.append(end)
            end += len(_header(member)) + member.size + _padding(member.size)
        self.length = end + len(_END)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Give the archive's bytes from ``start`` on.

        Raises:
            NotAsListed: a file is not what is listed.
        """
        return joined(self._pieces(start))

    def _pieces(self, start: int) -> Iterator[bytes]:
        first = max(bisect_right(self._begins, start) - 1, 0)
        skip = start - self._begins[first] if self._members else start
        with self._open_files() as read:
            for member in self._members[first:]:
                header = _header(member)
                yield header[skip:]
                skip = max(skip - len(header), 0)
                if skip < member.size:
                    yield from read(member.folder, member.path, member.size, skip)
                skip = max(skip - member.size, 0)
                padding = bytes(_padding(member.size))
                yield padding[skip:]
                skip = max(skip - len(padding), 0)
        yield _END[skip:]


def _header(member: Member) -> bytes:
    info = tarfile.TarInfo(member.name)
    info.size, info.mtime, info.mode = member.size, member.time, 0o644
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _padding(size: int) -> int:
    return -size % _UNIT
