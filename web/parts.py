"""Cuts the body of a form into its parts, as it comes.

Werkzeug's decoder says what the parts are. Of a file's content it would copy and search every piece several times, so
what certainly holds no boundary is handed on without it, from the buffer that the connection filled.
"""

from collections.abc import Callable, Iterator
from typing import cast

from werkzeug.sansio.multipart import Data, Epilogue, Event, NeedData, State

from web.usual_parts import UsualDecoder

CHUNK = 1024 * 1024
"""One mebibyte: four times as fast as the 64 KiB of a form parser, and small beside a worker's memory."""
MOST_HEADER_BYTES = 2 * CHUNK
"""Of what the decoder keeps until it is whole: the headers of a part, and what stands before the first."""
_LEAST = 4096
_LONGEST_BREAK = 2


type ReadInto = Callable[[memoryview], int]
"""Fills a buffer with what there is, waiting for the first byte of it; gives how many bytes, 0 at the end."""


def read_parts(readinto: ReadInto, boundary: bytes, length: int | None = None) -> Iterator[Event]:
    """Give the decoder's events up to the last boundary; what a ``Data`` holds is good until the next event is asked.

    Args:
        readinto: gives the body.
        boundary: as the Content-Type has it.
        length: of the body in bytes, where it is known.

    Raises:
        RequestEntityTooLarge: a part's header is too long.
        ValueError: the body is malformed, or ends early.
    """
    decoder = UsualDecoder(boundary, max_form_memory_size=MOST_HEADER_BYTES)
    mark = b"--" + boundary
    margin = len(mark) + _LONGEST_BREAK
    room = bytearray(CHUNK if length is None else min(CHUNK, max(_LEAST, length) + margin))
    whole = memoryview(room)
    held = 0  # bytes at the front that may begin a boundary
    ended = False
    while not ended:
        end = _fill(readinto, whole, held)
        ended = end < len(room)
        found = room.find(mark, 0, end) >= 0
        whole_end = _before_cut_mark(room, mark, end, 2 * margin) if found and not ended else end
        if decoder.state is State.DATA and not ended and (not found or room.find(mark, 0, whole_end) < 0):
            sure = min(whole_end, _sure(room, end, margin))
            yield Data(data=cast("bytes", whole[:sure]), more_data=True)
            held = end - sure
            room[:held] = room[sure:end]
            continue
        decoder.receive_data(cast("bytes", whole[:whole_end]))
        rest = bytes(whole[whole_end:end])
        if ended:
            decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Epilogue):
                return
            yield event
        if decoder.state is State.DATA:  # what may begin a boundary comes to the front here
            rest = bytes(decoder.buffer) + rest
            decoder.buffer.clear()
        held = len(rest)
        room[:held] = rest


def _fill(readinto: ReadInto, whole: memoryview, held: int) -> int:
    """Fill the buffer behind what is held; returns where it ends, before the buffer's end where the body does."""
    at = held
    while at < len(whole):
        got = readinto(whole[at:])
        if not got:
            break
        at += got
    return at


def _sure(room: bytearray, end: int, margin: int) -> int:
    """Return up to where there is content for certain: before the last line break that a boundary may follow."""
    breaks = [at for at in (room.rfind(b"\r", end - margin, end), room.rfind(b"\n", end - margin, end)) if at >= 0]
    return min(breaks, default=end)


def _before_cut_mark(room: bytearray, mark: bytes, end: int, least: int) -> int:
    """Return ``end``, or where a line begins that holds a boundary and is cut off by the buffer's end.

    Werkzeug's decoder may take the first byte of such a line's break for content.
    """
    at = room.rfind(mark, least, end)
    return end if at < 0 or room.find(b"\n", at, end) >= 0 else at - _LONGEST_BREAK
