"""A PDF: in the browser's own viewer, where it only shows something."""

from threading import Lock

from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.fetching import read_part
from allgo_hpc.reading.previews.documents import LARGEST, is_passive
from web.context import get_services
from web.pages.results.showing.looked import Looked, Told

_known: dict[str, bool] = {}
_lock = Lock()
_MOST = 2000


def may_show(job: Job, file: JobFile) -> bool:
    """Return whether a browser's viewer is given a document; looked through once, for it is asked for in many parts."""
    if file.size > LARGEST:
        return False
    with _lock:
        known = _known.get(file.sha256)
    if known is None:
        known = is_passive(read_part(get_services().layout, job, file, 0, LARGEST))
        with _lock:
            if len(_known) >= _MOST:
                _known.clear()
            _known[file.sha256] = known
    return known


def show_document(looked: Looked) -> Told:
    """Show a document, or say why it is not shown."""
    large = looked.file.size > LARGEST
    passive = may_show(looked.job, looked.file)
    return Told("pdf.html", {"source": looked.raw, "passive": passive, "large": large, "limit": LARGEST})
