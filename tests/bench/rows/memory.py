"""memory: what a web worker has at most while ten gigabytes are sent to it and fetched from it."""

from collections.abc import Iterable

from tests.bench.figures import Figure, bound
from tests.bench.site import Site, held
from tests.bench.transfer import MEBIBYTE, clear_peaks, fetch, give_up, post_large, worker_memory
from tests.cluster.portal import answers, service, until

_SIZE = 10 * 1024
_MEGABYTE = 1_000_000
_LISTED_S = 600.0


def measure(site: Site) -> Iterable[Figure]:
    """Once there and once back; the figure is the largest peak of any process of the web server.

    Of one that has begun lately: the stacks of 250 threads, which 500 streams leave behind, are no part of a transfer.
    """
    service("down", "portal")
    service("up", "portal")
    until("the portal answers", lambda: answers("portal"))
    with held("batch"), site.session as session:
        clear_peaks()
        number, _ = post_large(site, _SIZE)
        yield _peak("memory, upload of 10 GiB")
        session.post(f"{site.portal.url}/api/v1/jobs/{number}/cancel", timeout=60).raise_for_status()
        site.portal.finished(number, within_s=_LISTED_S)  # its files are hashed before they are listed
        clear_peaks()
        url = f"{site.portal.url}/api/v1/datastore/{number}/large.txt"
        got, _ = fetch(url, f"Authorization: {site.portal.auth['Authorization']}")
        if got != _SIZE * MEBIBYTE:
            raise ValueError(f"{got} bytes came back")
        yield _peak("memory, download of 10 GiB")
        give_up(site, number)


def _peak(row: str) -> Figure:
    return bound(row, [max(peak for _, peak in worker_memory().values()) / _MEGABYTE], "MB", "< 150")
