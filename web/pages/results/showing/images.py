"""A picture, and beside it another of the same job: what went in and what came out."""

from flask import request

from allgo_hpc.errors import Refusal
from allgo_hpc.models import JobFile
from allgo_hpc.reading.browse import names_ending
from allgo_hpc.reading.fetching import read_part
from allgo_hpc.reading.lookup import inputs_of
from allgo_hpc.reading.previews.kind import HEAD, IMAGE_ENDINGS, Kind, detect_kind
from allgo_hpc.reading.previews.pairs import likeliest
from allgo_hpc.reading.previews.pixels import MOST_PIXELS, pixels_of
from allgo_hpc.reading.previews.text import shown_name
from web.context import get_services, get_session
from web.pages.results.showing.looked import Looked, Told


def show_image(looked: Looked) -> Told:
    """Show a picture; with another to compare it with, one over the other."""
    name, session = looked.file.name, get_session()
    pixels = pixels_of(looked.head) or pixels_of(looked.read(0, 64 * HEAD))
    inputs = {each for job_id, each in inputs_of(session, looked.job) if job_id == looked.job.id}
    others = [each for each in names_ending(session, looked.job, IMAGE_ENDINGS) if each != name]
    wanted = request.args.get("with")
    other = wanted if wanted in others else None if wanted == "" else likeliest(name, others, inputs)
    if other is not None and not _is_drawable(looked, other):
        other = None
    mine_first = name in inputs or other is None or other not in inputs
    pair = [name, other] if mine_first else [other, name]
    return Told(
        "image.html",
        {
            "source": looked.raw,
            "pixels": pixels,
            "too_large": pixels is not None and pixels[0] * pixels[1] > MOST_PIXELS,
            "others": [(each, shown_name(each)) for each in others],
            "other": other,
            "pair": [(shown_name(each), looked.view.raw(each, looked.task)) for each in pair if each],
            "task": looked.task,
        },
    )


def _is_drawable(looked: Looked, name: str) -> bool:
    file = get_session().get(JobFile, (looked.job.id, name))
    try:
        head = read_part(get_services().layout, looked.job, file, 0, HEAD) if file is not None else b""
    except Refusal:
        return False
    pixels = pixels_of(head)
    is_image = file is not None and detect_kind(name, head, file.size).kind is Kind.IMAGE
    return is_image and (pixels is None or pixels[0] * pixels[1] <= MOST_PIXELS)
