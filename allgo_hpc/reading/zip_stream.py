"""A zip made while it is sent, its files stored as they are.

The table at its end holds checksums that are known only once the files were read. So whoever goes on with it from some
byte waits while what comes before is read again; a tar need not.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP64_LIMIT, ZIP_FILECOUNT_LIMIT, ZIP_STORED

from zipstream import ZipStream, ZipStreamInfo  # type: ignore[import-untyped]

from allgo_hpc.reading.blocks import joined, without_first
from allgo_hpc.reading.contained import NotAsListed, Read
from allgo_hpc.reading.members import Member

_MODE = 0o100644 << 16
_ZIP64_END = 76
"""Bytes of the two records more that a zip of many files or bytes ends with."""


class ZipArchive:
    """The zip of some files; nothing is read before ``pieces`` is."""

    mimetype = "application/zip"

    def __init__(self, members: Sequence[Member], open_files: Callable[[], AbstractContextManager[Read]]) -> None:
        """Add up how long it will be."""
        self._members = members
        self._open_files = open_files
        planned = _Dated()
        for member in members:
            planned.add((), member.name, size=member.size)
        self.length = len(planned)

    def pieces(self, start: int = 0) -> Iterator[bytes]:
        """Give the archive's bytes from ``start`` on.

        Raises:
            NotAsListed: a file is not what is listed.
        """
        return joined(without_first(self._pieces(), start))

    def _pieces(self) -> Iterator[bytes]:
        stream = _Dated()
        with self._open_files() as read:
            for member in self._members:
                stream.time = member.time
                stream.add(read(member.folder, member.path, member.size, 0), member.name, size=member.size)
                yield from stream.all_files()
        yield from stream.footer()


class _Dated(ZipStream):  # type: ignore[misc]  # the library has no types
    """The library dates every entry now, and counts two records too few for exactly 65535 files: both put right."""

    def __init__(self) -> None:
        super().__init__(sized=True)
        self.time = 0

    def __len__(self) -> int:
        files, bytes_of_files, bytes_of_table = self._size_prog
        small = max(bytes_of_files, bytes_of_table) <= ZIP64_LIMIT
        missing = _ZIP64_END if files == ZIP_FILECOUNT_LIMIT and small else 0
        return int(super().__len__()) + missing

    def _gen_file_entry(self, *, iterable: Iterable[bytes], arcname: str, size: int, **_: Any) -> Iterator[bytes]:  # noqa: ANN401
        info = ZipStreamInfo(arcname, datetime.fromtimestamp(self.time, UTC).timetuple()[:6])
        info.compress_type, info.external_attr = ZIP_STORED, _MODE
        info.file_size, info.header_offset = size, self._pos
        for piece in info._file_data(iterable):
            yield self._track(piece)
        if info.file_size != size:
            raise NotAsListed(f"{arcname!r} has {info.file_size} bytes instead of the {size} that are listed")
        self._filelist.append(info)
