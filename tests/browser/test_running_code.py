"""The code that the run form shows, run as it is against the portal: the job is just what was typed."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.sweeping.sweep import sweep
from allgo_hpc.tokens import new_token
from slurm import State
from tests import hostile
from tests.browser.stage import Stage, stage
from web.pages.running.snippets import Ask, as_curl, as_python

NAMES = [
    "a.txt", "b c.txt", "it's.txt", 'q"uote.txt', "semi;type=x,y.txt", "-dash", "$(touch pwned)", "back`tick`",
    "é 中.txt",
    "@at", "<in", " space ",
]  # fmt: skip
PARAMS = [
    "@/etc/passwd", "<x", "a;type=text/html", "'\"' \"'\"", "$(touch pwned)", "`touch pwned`", "; touch pwned", "é 🙂",
    "\\\\n", "$HOME ${HOME} !x *", "%s %41",
]  # fmt: skip


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as made:
        yield made


def _run(portal: Stage, folder: Path, command: list[str]) -> Job:
    token = new_token(portal.world.session, portal.world.user, name="code")
    for name in NAMES:
        (folder / name).write_bytes(name.encode())
    environment = {"PATH": os.environ["PATH"], "ALLGO_TOKEN": token, "HOME": str(folder), "LANG": "C.UTF-8"}
    with _ending(portal):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (folder / "pwned").exists()
    portal.world.session.expire_all()
    return portal.world.session.query(Job).order_by(Job.id.desc()).limit(1).one()


@contextmanager
def _ending(portal: Stage) -> Iterator[None]:
    """Let Slurm end every job that comes."""
    over = threading.Event()

    def end() -> None:
        while not over.wait(0.1):
            for record in list(portal.world.slurm.controller):
                if record.state is not State.COMPLETED:
                    portal.world.slurm.say(record.comment, State.COMPLETED, exit_code=0, signal=0)
            with portal.world.sessions() as session:
                sweep(session, portal.world.services, utc_now())

    thread = threading.Thread(target=end)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _inputs(portal: Stage, job: Job) -> dict[str, bytes]:
    folder = portal.world.services.layout.job_dir(job)
    return {one.name: (folder / one.name).read_bytes() for one in job.inputs}


@pytest.mark.parametrize("param", PARAMS)
def test_curl(portal: Stage, tmp_path: Path, param: str) -> None:
    ask = Ask(portal.url, [("job[webapp_name]", "textstats"), ("job[param]", param), ("job[queue]", "batch")], NAMES)
    job = _run(portal, tmp_path, ["sh", "-c", as_curl(ask)])
    assert (job.param, job.queue) == (param, "batch")
    assert _inputs(portal, job) == {name: name.encode() for name in NAMES}


def test_python(portal: Stage, tmp_path: Path) -> None:
    param = " ".join(text for text in hostile.QUOTING if not set(text) & set("'\"") and not text.endswith("\\"))
    ask = Ask(portal.url, [("job[webapp_name]", "textstats"), ("job[param]", param)], NAMES)
    (tmp_path / "run.py").write_text(as_python(ask))
    job = _run(portal, tmp_path, [sys.executable, "run.py"])
    assert job.param == param
    assert _inputs(portal, job) == {name: name.encode() for name in NAMES}
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"allgo.log", *NAMES}
