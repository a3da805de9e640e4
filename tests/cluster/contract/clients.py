"""A||GO's own client in all its releases that ever worked, each in a process of its own with nothing but its folder."""

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.cluster.portal import Portal

FOLDER = Path("/opt/allgo-hpc/venv/allgo-clients")
RELEASES = ("0.1.5", "0.1.7", "0.1.8", "0.1.10", "0.1.11")
_PROGRAM = """
import sys, allgo
name, token, given, outputdir, params = sys.argv[1:]
files = {'files[0]': open(given, 'rb')} if given else {}
allgo.App(name, **({'token': token} if token else {})).run(files=files, outputdir=outputdir, params=params)
"""


@dataclass(frozen=True)
class Case:
    """One call of a client: how it gets its token, what it runs."""

    app: str
    params: str
    token_from: str
    files: bool = False


CASES = {
    "files": Case("textstats", "-top 1", "argument", files=True),
    "bare": Case("probe", "words a 'b c'", "variable"),
    "failed": Case("probe", "exit 4", "argument"),
    "folders": Case("probe", "trap", "home"),
    "refused": Case("no-such-app", "", "argument", files=True),
}


@dataclass(frozen=True)
class Run:
    """How it ended, and what it saved."""

    status: int
    errors: str
    saved: dict[str, bytes]


class Clients:
    """Starts every release on every case; they wait for seconds between two looks, so they run side by side."""

    def __init__(self, portal: Portal, place: Path) -> None:
        self._portal = portal
        self._place = place
        self._pool = ThreadPoolExecutor(8)
        signed_in = requests.post(
            f"{portal.url}/api/v1/tokens",
            auth=(portal.values["ALLGO_USER"], portal.values["ALLGO_PASSWORD"]),
            timeout=30,
        )
        self.token: str = signed_in.json()["token"]
        (place / "text.txt").write_text("one two two\n")
        (place / ".allgo_token").write_text(self.token)
        self._runs: dict[tuple[str, str], Future[Run]] = {
            (release, case): self._pool.submit(self._run, release, case) for case in CASES for release in RELEASES
        }

    def _run(self, release: str, name: str) -> Run:
        case = CASES[name]
        results = self._place / f"{name}-{release}"
        results.mkdir()
        env = {
            "ALLGO_URL": self._portal.url,
            "PYTHONPATH": str(FOLDER / release),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        if case.token_from == "variable" or (case.token_from == "home" and release == "0.1.5"):
            env["ALLGO_TOKEN"] = self._portal.token
        elif case.token_from == "home":
            env["HOME"] = str(self._place)
        token = self._portal.token if case.token_from == "argument" else ""
        given = str(self._place / "text.txt") if case.files else ""
        ended = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _PROGRAM, case.app, token, given, str(results), case.params],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env=env,
            cwd=self._place,
        )
        saved = {os.fsdecode(path.name): path.read_bytes() for path in results.iterdir()}
        return Run(ended.returncode, ended.stderr, saved)

    def run(self, release: str, case: str) -> Run:
        return self._runs[release, case].result(timeout=150)

    def end(self) -> None:
        self._pool.shutdown(cancel_futures=True)
