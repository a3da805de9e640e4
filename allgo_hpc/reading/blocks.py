"""Pieces of a stream as a server sends them best: joined where small, cut off where a range begins."""

from collections.abc import Iterable, Iterator

from allgo_hpc.reading.contained import BLOCK


def joined(pieces: Iterable[bytes], least: int = BLOCK) -> Iterator[bytes]:
    """Join small pieces until they have ``least`` bytes; never gives an empty one."""
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(kept)
            kept, size = [], 0
    if size:
        yield b"".join(kept)


def without_first(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Read and drop the first ``count`` bytes."""
    for piece in pieces:
        if count >= len(piece):
            count -= len(piece)
            continue
        yield piece[count:]
        count = 0
