"""The jobs that the tests look at: submitted together, waited for when a test needs one."""

import subprocess
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tests.cluster.portal import Portal, instance_value

GIVEN = {"files[0]": ("given.txt", b"given\n")}
WORDS = "words 'one two' \"\" '$(id)' a;b \\* 'it'\\''s' ünï"
_JOBS: dict[str, tuple[str, str, Any]] = {
    "done": ("probe", "nothing", GIVEN),
    "bare": ("probe", "", None),
    "failed": ("probe", "exit 3", GIVEN),
    "killed": ("probe", "signal 9", None),
    "words": ("probe", WORDS, None),
    "copied": ("probe", "copy /tmp/given.txt /tmp/taken.txt", GIVEN),
    "placed": ("probe", "place /tmp", GIVEN),
    "streams": ("probe", "streams", None),
    "talked": ("probe", "talk 2", None),
    "written": ("probe", "write 10", None),
    "again": ("probe", "write 10", None),
    "trap": ("probe", "trap", None),
    "cut off": ("probe", "fetch 127.0.0.1 {port}", None),
    "networked": ("netprobe", "127.0.0.1 {port}", None),
    "limited": ("probe", "wait", GIVEN),
    "endless": ("probe", "wait", GIVEN),
}


class Jobs:
    """Submits all of them at once."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._pool = ThreadPoolExecutor(len(_JOBS))
        port = instance_value("portal_port")
        self.numbers = {
            name: portal.submit(app, param.format(port=port) if "{port}" in param else param, files)
            for name, (app, param, files) in _JOBS.items()
        }
        self._limited = self._pool.submit(self._reach_the_limit)
        self._told: dict[str, Future[dict[str, Any]]] = {}

    def _reach_the_limit(self) -> dict[str, Any]:
        """The shortest limit of a queue is a minute: the cluster's administrator shortens this job's by hand."""
        job = self._portal.in_state(self.numbers["limited"], "running")
        subprocess.run(["scontrol", "update", f"JobId={job['slurm_id']}", "EndTime=now+1"], check=True)
        return self._portal.finished(job["id"], within_s=90)

    def told(self, name: str) -> dict[str, Any]:
        """Return the answer about this job once it has ended."""
        if name == "limited":
            return self._limited.result(timeout=120)
        if name not in self._told:
            self._told[name] = self._later(lambda: self._portal.finished(self.numbers[name]))
        return self._told[name].result(timeout=90)

    def _later(self, call: Callable[[], dict[str, Any]]) -> Future[dict[str, Any]]:
        return self._pool.submit(call)

    def files(self, name: str) -> dict[str, str]:
        job = self.told(name)
        files: dict[str, str] = job[str(job["id"])]
        return files

    def text(self, name: str, file: str) -> str:
        return self._portal.result(self.told(name), file).decode()

    def running(self) -> dict[str, Any]:
        """Return the answer about a job that runs until the tests have ended."""
        return self._portal.in_state(self.numbers["endless"], "running")

    def end(self) -> None:
        endless = self._portal.get(self.numbers["endless"])
        if endless["slurm_id"]:
            subprocess.run(["scancel", str(endless["slurm_id"])], check=False)
        self._pool.shutdown(cancel_futures=True)


def user_and_app(address: str) -> tuple[int, int]:
    """Return the numbers that stand in the address of every result: ``/datastore/<user>/<app>/...``."""
    user, app = address.partition("/datastore/")[2].split("/")[:2]
    return int(user), int(app)
