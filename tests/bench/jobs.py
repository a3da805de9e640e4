"""Jobs of one app, one after the other, and what they leave on the disk."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.bench.site import Site, as_portal
from tests.cluster.conftest import SOURCES
from tests.cluster.portal import FINAL, ROOT

_WITHIN_S = 120.0
_LOOK_S = 0.05


@dataclass(frozen=True)
class Ran:
    """A job that is done: its folder, its control folder, and when it was posted, in seconds since 1970."""

    folder: Path
    control: Path
    posted: float


def publish(name: str) -> None:
    """Publish an app of the tests, as an administrator would; one that is there stays."""
    as_portal("app", "publish", str(SOURCES / "tests" / "apps" / name), "--author", "author")


def image_of(name: str) -> Path:
    """Return the image of an app that has one version."""
    return max((ROOT / "images" / name).glob("*.sif"), key=lambda path: path.stat().st_mtime)


def run_job(
    site: Site, session: requests.Session, app: str, param: str, files: Mapping[str, bytes] | None = None
) -> Ran:
    """Submit a job and wait until it is done.

    Raises:
        ValueError: it was refused, or ended otherwise.
        TimeoutError: it did not end.
    """
    fields = {"job[webapp_name]": app, "job[param]": param}
    sent = {f"files[{number}]": one for number, one in enumerate((files or {}).items())}
    posted = time.time()
    answer = session.post(f"{site.portal.url}/api/v1/jobs", data=fields, files=sent, timeout=60)
    if answer.status_code != requests.codes.ok:
        raise ValueError(f"a POST was answered {answer.status_code}: {answer.text[:300]}")
    number, deadline = answer.json()["id"], time.monotonic() + _WITHIN_S
    while (job := session.get(f"{site.portal.url}/api/v1/jobs/{number}", timeout=60).json())["state"] not in FINAL:
        if time.monotonic() > deadline:
            raise TimeoutError(f"job {number} is {job['state']} for two minutes")
        time.sleep(_LOOK_S)
    if job["state"] != "done":
        raise ValueError(f"job {number} ended as {job['state']}: {job.get('reason')}")
    user, owner_app, secret, _name = job[str(number)]["allgo.log"].rsplit("/", 4)[1:]
    return Ran(ROOT / "datastore" / user / owner_app / secret, ROOT / "control" / secret, posted)
