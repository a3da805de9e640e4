"""streams: how long a GET of a job takes while five hundred event streams are open, against without."""

import time
from collections.abc import Iterable

from tests.bench.figures import Figure, apart, bound
from tests.bench.site import Site, timed
from tests.cluster.crowds import processor_seconds, still_open, streams
from tests.cluster.portal import until

_STREAMS = 500
_SETTLED_S = 1.0
_WATCHED_S = 10.0


def measure(site: Site) -> Iterable[Figure]:
    """Without, with, and without again; and what the idle streams cost the processor meanwhile."""
    number = site.portal.finished(site.portal.submit("textstats", "-top 5", files={"files[0]": ("a.txt", b"a b\n")}))[
        "id"
    ]
    often = max(200, site.often)
    with site.session as session:
        url = f"{site.portal.url}/api/v1/jobs/{number}"

        def get() -> None:
            session.get(url, timeout=60).raise_for_status()

        for _ in range(50):
            get()
        without = [1000 * timed(get) for _ in range(often)]
        with streams(site.portal, _STREAMS) as lines:
            until("the portal has nothing else to do", lambda: _used(_SETTLED_S) < 0.5 * _SETTLED_S)
            with_them = [1000 * timed(get) for _ in range(often)]
            used = _used(_WATCHED_S) / _WATCHED_S
            if len(still_open(lines)) < _STREAMS:
                raise ValueError(f"only {len(still_open(lines))} streams stayed open")
        without += [1000 * timed(get) for _ in range(often)]
    yield apart("streams", with_them, without, unit="ms", target="<= 1.2")
    yield bound("streams, processor", [100 * used], "%", "<= 10")


def _used(seconds: float) -> float:
    """Watch for so long; returns the seconds of processor time that the web server used."""
    before = processor_seconds()
    time.sleep(seconds)
    return processor_seconds() - before
