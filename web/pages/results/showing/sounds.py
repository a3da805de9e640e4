"""A sound, and what a file beside it says of its parts."""

from allgo_hpc.errors import Refusal
from allgo_hpc.models import JobFile
from allgo_hpc.reading.browse import names_ending
from allgo_hpc.reading.fetching import read_part
from allgo_hpc.reading.previews.segments import ENDINGS, LARGEST, Segment, candidates, read_segments
from allgo_hpc.reading.previews.text import guess_encoding, read_piece, shown_name
from web.context import get_services, get_session
from web.pages.results.showing.looked import Looked, Told

DECODED = 32 * 1024 * 1024
"""Bytes of a file up to which a browser is asked to draw it: it decodes the whole in its memory."""
_TRIED = 5


def show_sound(looked: Looked) -> Told:
    """Show a sound with its segments, where a file beside it has some."""
    source, segments = _segments(looked)
    labels = sorted({segment.label for segment in segments})
    return Told(
        "sound.html",
        {
            "source": looked.raw,
            "drawn": looked.file.size <= DECODED,
            "limit": DECODED,
            "segments": segments,
            "labels": labels,
            "segments_from": shown_name(source),
            "segments_page": looked.view.file(source, looked.task) if source else "",
        },
    )


def _segments(looked: Looked) -> tuple[str, list[Segment]]:
    session, layout = get_session(), get_services().layout
    likely = candidates(looked.file.name, names_ending(session, looked.job, ENDINGS))
    for name in likely[:_TRIED]:
        file = session.get(JobFile, (looked.job.id, name))
        if file is None or not 0 < file.size <= LARGEST:
            continue
        try:
            data = read_part(layout, looked.job, file, 0, LARGEST)
        except Refusal:
            continue
        encoding = guess_encoding(data, whole=True)
        found = read_segments(read_piece(data, encoding, 0, file.size).text) if encoding is not None else []
        if found:
            return name, found
    return "", []
