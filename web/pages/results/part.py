"""What the job's page, and the page behind a link, show of a job's files."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from allgo_hpc.errors import Refusal
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.jobs.shares import shares_of, usual_days
from allgo_hpc.models import Job, JobFile, JobShare, User, utc_now
from allgo_hpc.reading.browse import Counts, Row, count_files, inputs_page, results_page
from allgo_hpc.reading.fetching import read_part
from allgo_hpc.reading.previews.kind import HEAD, Detected, Kind, detect_kind, guess_kind
from allgo_hpc.reading.previews.pixels import MOST_PIXELS, pixels_of
from allgo_hpc.reading.previews.text import guess_encoding, read_piece, shown_name
from allgo_hpc.states import JobState
from web.context import base_url, get_services, get_session
from web.look.filled import Filled
from web.pages.results.viewing import Viewing

_FEW = 6
"""So many results are shown right there."""
_LISTED = 20
_INLINE_IMAGE = 8 * 1024**2
_INLINE_TEXT = 2048


@dataclass(frozen=True)
class Entry:
    """A row of the list of files."""

    name: str
    shown: str
    size: int
    format: str
    kind: str
    page: str
    download: str
    there: bool = True
    task: int | None = None


@dataclass(frozen=True)
class Glance:
    """A small result that is shown right there: ``kind`` is image, sound or text."""

    entry: Entry
    kind: str
    source: str = ""
    text: str = ""


@dataclass(frozen=True)
class Part:
    """What ``results/part.html`` and ``results/sharing.html`` show."""

    view: Viewing
    ended: bool
    over: bool
    counts: Counts
    entries: list[Entry]
    more: bool
    inputs: list[Entry]
    more_inputs: bool
    glances: list[Glance]
    log: Entry | None
    shares: list[JobShare]
    usual_days: float
    most_days: float
    address: str
    filled: Filled


def results_context(job: Job, user: User | None, filled: Filled | None = None) -> dict[str, Any]:
    """Return what ``results/part.html`` and ``results/sharing.html`` show of a job, whose files are there.

    Args:
        job: that the user may look at.
        user: who looks.
        filled: the form for a new link, where it comes back refused.
    """
    return {"results": make_part(Viewing(job, f"/jobs/{job.id}", user), filled)}


def make_part(view: Viewing, filled: Filled | None = None) -> Part:
    """Return the part for one look at a job."""
    session, settings, job = get_session(), get_services().settings, view.job
    ended = bool(job.tasks) or JobState(job.state).is_final
    page, inputs = results_page(session, job, most=_LISTED), inputs_page(session, job, most=_LISTED)
    few = page.rows if page.after is None and len(page.rows) <= _FEW and not job.tasks else []
    log = session.get(JobFile, (job.id, LOG_NAME)) if ended and not job.tasks else None
    own = view.is_own
    return Part(
        view=view,
        ended=ended,
        over=JobState(job.state).is_final,
        counts=count_files(session, job),
        entries=[make_entry(view, row) for row in page.rows],
        more=page.after is not None,
        inputs=[make_entry(view, row) for row in inputs.rows],
        more_inputs=inputs.after is not None,
        glances=[glance for row in few if (glance := _glance(view, row)) is not None],
        log=make_entry(view, Row(None, log.name, log.size)) if log is not None else None,
        shares=shares_of(session, job, utc_now()) if own else [],
        usual_days=usual_days(settings),
        most_days=settings.share_max_days,
        address=base_url(),
        filled=filled or Filled({"days": f"{usual_days(settings):g}"}),
    )


def make_entry(view: Viewing, row: Row) -> Entry:
    """Return a row of the list of files."""
    seems = guess_kind(row.name, row.size)
    return Entry(
        name=row.name,
        shown=shown_name(row.name),
        size=row.size,
        format=format_words(seems),
        kind=seems.kind.value,
        page=view.file(row.name, row.task),
        download=view.raw(row.name, row.task, download="1"),
        there=row.there,
        task=row.task,
    )


def format_words(what: Detected) -> str:
    """Return what a file is called, for people."""
    words = {
        Kind.EMPTY: _("empty"),
        Kind.IMAGE: _("image"),
        Kind.SOUND: _("sound"),
        Kind.TABLE: _("table"),
        Kind.TEXT: _("text"),
        Kind.SVG: _("drawing"),
        Kind.HTML: _("web page"),
        Kind.MARKDOWN: _("text"),
        Kind.JSON: _("data"),
        Kind.PDF: _("document"),
        Kind.OTHER: "" if what.format else _("other"),
    }[what.kind]
    return f"{what.format} {words}".strip()


def _glance(view: Viewing, row: Row) -> Glance | None:
    """Return what a result shows right there; None where it is too large, of another kind, or not there any more."""
    seems = guess_kind(row.name, row.size).kind
    if seems not in {Kind.IMAGE, Kind.SOUND, Kind.TEXT, Kind.TABLE} or row.size > _INLINE_IMAGE:
        return None
    file = get_session().get(JobFile, (view.job.id, row.name))
    try:
        head = read_part(get_services().layout, view.job, file, 0, HEAD) if file is not None else b""
    except (Refusal, OSError):
        return None
    is_, entry = detect_kind(row.name, head, row.size), make_entry(view, row)
    if is_.kind is Kind.IMAGE:
        pixels = pixels_of(head)
        fits = pixels is not None and pixels[0] * pixels[1] <= MOST_PIXELS
        return Glance(entry, "image", view.raw(row.name)) if fits else None
    if is_.kind is Kind.SOUND:
        return Glance(entry, "sound", view.raw(row.name))
    encoding = guess_encoding(head, whole=True)
    if is_.kind in {Kind.TEXT, Kind.TABLE} and encoding is not None and row.size <= _INLINE_TEXT:
        return Glance(entry, "text", text=read_piece(head, encoding, 0, row.size).text)
    return None
