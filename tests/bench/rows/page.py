"""page: what the server takes for the job list, an app's page and a job's page, with ten thousand jobs.

Measured from outside, over a connection that is kept: from the request to the answer's last byte, so all of it counts.
"""

from collections.abc import Iterable
from functools import partial

import requests

from tests.bench.browser import signed_in
from tests.bench.figures import Figure, bound, percentile
from tests.bench.site import Site, timed
from tests.bench.stored import stored_jobs

_JOBS = 10_000


def measure(site: Site) -> Iterable[Figure]:
    """Each page as the user who has all those jobs; after some asks, for the first of a process read its code."""
    with stored_jobs(_JOBS) as first, signed_in(site) as browser:
        for name, path in (
            ("page, job list", "/jobs"), ("page, app", "/apps/textstats"), ("page, job", f"/jobs/{first + 17}"),
        ):  # fmt: skip
            url = f"{site.portal.url}{path}"
            for _ in range(12):
                _get(browser, url)
            waits = [1000 * timed(partial(_get, browser, url)) for _ in range(max(60, site.often))]
            yield bound(name, waits, "ms", "<= 50", value=percentile(waits, 95))


def _get(browser: requests.Session, url: str) -> str:
    answer = browser.get(url, timeout=60, allow_redirects=False)
    if answer.status_code != 200:
        raise ValueError(f"{url} was answered {answer.status_code}")
    return answer.text
