"""upload: a file of a gibibyte in the POST of a job, and as a resumable upload, against dd to the same file system."""

from collections.abc import Iterable

from tests.bench.figures import Figure, bound, in_turn
from tests.bench.site import Site, held
from tests.bench.transfer import (
    MEBIBYTE,
    copy_by_dd,
    give_up,
    memory_growth,
    patch_large,
    post_large,
    settle_disk,
    worker_memory,
)

_SIZE = 1024
_ROUNDS = 5


def measure(site: Site) -> Iterable[Figure]:
    """Each in turn with dd; the memory is that of the worker that grew most, above what it had before."""
    posted, patched, bare, again, grown = [], [], [], [], []
    with held("batch"), site.session as session:
        for _ in range(2 * len(worker_memory())):  # what a worker loads at its first request is no growth
            give_up(site, post_large(site, 8)[0])
        for _ in range(_ROUNDS):
            settle_disk()
            with memory_growth() as more:
                number, seconds = post_large(site, _SIZE)
            posted.append(_SIZE / seconds)
            grown.append(max(more) / MEBIBYTE)
            give_up(site, number)
            settle_disk()
            bare.append(_SIZE / copy_by_dd(_SIZE))
        for _ in range(_ROUNDS):
            settle_disk()
            path, seconds = patch_large(site, _SIZE)
            patched.append(_SIZE / seconds)
            session.delete(f"{site.portal.url}{path}", headers={"Tus-Resumable": "1.0.0"}, timeout=60)
            settle_disk()
            again.append(_SIZE / copy_by_dd(_SIZE))
    yield in_turn("upload", posted, bare, unit="MiB/s", target=">= 0.5")
    yield bound("upload, memory", grown, "MiB", "< 8", value=max(grown))
    yield in_turn("upload, resumable", patched, again, unit="MiB/s", target=">= 0.5")
