"""A||GO's own client and the documentation's commands, unmodified."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.portal import Portal, until

NEWEST = "/opt/allgo-hpc/venv/allgo-clients/0.1.11"
CLIENT = """
import sys, allgo
app = allgo.App(sys.argv[1], token=sys.argv[2])
app.run(files={'files[0]': open(sys.argv[3], 'rb')}, outputdir=sys.argv[4], params=sys.argv[5])
"""


def test_pypi_client_runs_an_app(portal: Portal, tmp_path: Path) -> None:
    given, results = tmp_path / "text.txt", tmp_path / "results"
    given.write_text("one two two\n")
    results.mkdir()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CLIENT, "textstats", portal.token, str(given), str(results), "-top 1"],
        check=True,
        timeout=120,
        env={"ALLGO_URL": portal.url, "PYTHONPATH": NEWEST, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    assert sorted(path.name for path in results.iterdir()) == ["allgo.log", "text.txt", "text.txt.output"]
    assert "two" in (results / "text.txt.output").read_text()


def test_client_takes_a_failure_as_one(portal: Portal, tmp_path: Path) -> None:
    given = tmp_path / "x.txt"
    given.write_text("x")
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CLIENT, "probe", portal.token, str(given), str(tmp_path), "exit 4"],
        check=False,
        timeout=120,
        capture_output=True,
        text=True,
        env={"ALLGO_URL": portal.url, "PYTHONPATH": NEWEST, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    assert "failed with status" in ended.stderr
    assert "'error'" in ended.stderr


def test_documentation_by_curl(portal: Portal, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("alpha beta\n")
    curl = ["curl", "-sS", "-H", f"Authorization: Token token={portal.token}"]
    posted = subprocess.run(
        [
            *curl,
            "-X",
            "POST",
            "-F",
            "job[webapp_id]=textstats",
            "-F",
            "job[param]=",
            "-F",
            "files[0]=@a.txt",
            "-F",
            "files[1]=@b.txt",
            f"{portal.url}/api/v1/jobs",
        ],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
    ).stdout
    answer = json.loads(posted)
    assert answer["url"] == f"{portal.url}/api/v1/jobs/{answer['id']}"
    assert isinstance(answer["avg_time"], int)

    def ended() -> dict[str, object] | None:
        out = subprocess.run([*curl, "-H", "Accept: application/json", answer["url"]], check=True, capture_output=True)
        job: dict[str, object] = json.loads(out.stdout)
        return job if job["status"] != "in progress" else None

    job = until("the documentation's job", ended)
    assert job["status"] == "done"
    assert set(job[str(answer["id"])]) == {"a.txt", "b.txt", "a.txt.output", "b.txt.output", "allgo.log"}


@pytest.mark.parametrize("program", ["wget", "http"])
def test_documentation_by_wget_and_httpie(portal: Portal, program: str) -> None:
    job = portal.run("nothing")
    url = f"{portal.url}/api/v1/jobs/{job['id']}"
    token = f"Token token={portal.token}"
    argv = {
        "wget": ["wget", "-q", "-O-", url, "--header=Accept: application/json", f"--header=Authorization: {token}"],
        "http": ["/usr/bin/http", "--ignore-stdin", "--body", url, "Accept:application/json", f"Authorization:{token}"],
    }[program]
    out = subprocess.run(
        argv, check=True, capture_output=True, timeout=60, env={"HOME": "/tmp", "PATH": "/usr/bin:/bin"}
    )
    assert json.loads(out.stdout)["status"] == "done"
