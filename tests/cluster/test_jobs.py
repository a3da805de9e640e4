"""The way of a job, on the real Slurm with real images."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cluster.portal import Portal, until
from tests.cluster.slurmside import call

SAMPLES = Path(__file__).parents[2] / "containers" / "samples"


def _sample(app: str, *names: str) -> dict[str, tuple[str, bytes]]:
    return {f"files[{i}]": (name, (SAMPLES / app / "example" / name).read_bytes()) for i, name in enumerate(names)}


def test_textstats_counts_a_file(portal: Portal) -> None:
    job = portal.finished(portal.submit("textstats", "-top 3", _sample("textstats", "moon.txt")))
    assert (job["status"], job["state"], job["exit_code"]) == ("done", "done", 0)
    assert sorted(job[str(job["id"])]) == ["allgo.log", "moon.txt", "moon.txt.output"]
    assert b"words: 57" in portal.result(job, "moon.txt.output")


def test_denoise_returns_a_less_noisy_image(portal: Portal) -> None:
    job = portal.finished(portal.submit("denoise", "-noise 0 -iter 5 -p 1", _sample("denoise", "cells.png")))
    assert job["status"] == "done", job
    assert portal.result(job, "output.png").startswith(b"\x89PNG")
    image = json.loads(portal.result(job, "denoise.json"))["images"][0]
    numbers = [value for value in image.values() if isinstance(value, (int, float))]
    assert len(numbers) >= 2


def test_audioseg_finds_the_segments(portal: Portal) -> None:
    job = portal.finished(portal.submit("audioseg", "-min 0.6", _sample("audioseg", "broadcast.wav")))
    assert job["status"] == "done", job
    labels = [line.split("\t")[2] for line in portal.result(job, "broadcast_segments.txt").decode().splitlines()]
    assert labels == ["silence", "music", "silence", "speech", "silence"]


def test_words_arrive_exactly(portal: Portal) -> None:
    job = portal.run("words 'one two' \"\" '$(id)' '`id`' 'a;b|c&d>e' '*' \\\\ ünï")
    words = portal.result(job, "words.txt").decode().split("\n--\n")[:-1]
    assert words == ["one two", "", "$(id)", "`id`", "a;b|c&d>e", "*", "\\", "ünï"]


def test_exit_code_and_log_of_a_failure(portal: Portal) -> None:
    job = portal.run("exit 3")
    assert (job["status"], job["state"], job["exit_code"]) == ("error", "error", 3)
    assert "exit code 3" in job["reason"]
    assert portal.result(job, "allgo.log") == b"on stderr\n"


def test_signal_is_told(portal: Portal) -> None:
    job = portal.run("signal 9")
    assert (job["status"], job["state"], job["signal"]) == ("error", "error", 9)


def test_out_of_memory_is_a_state_of_its_own(portal: Portal) -> None:
    job = portal.run("memory")
    assert (job["status"], job["state"]) == ("error", "out_of_memory")


def test_over_the_limit_is_timeout(portal: Portal) -> None:
    job = portal.finished(portal.submit("probe", "wait", queue="interactive"), within_s=180)
    assert (job["status"], job["state"]) == ("timeout", "timeout")
    assert "allgo.log" in job[str(job["id"])]


def test_app_sees_only_its_job(portal: Portal) -> None:
    job = portal.run("look")
    look = portal.result(job, "look.txt").decode()
    assert "datastore" not in look
    assert "demo.env" not in look
    assert portal.result(job, "pwd.txt") == b"/tmp\n"
    assert portal.result(job, "uid.txt") == b"0\n"
    assert int(portal.result(job, "processes.txt")) < 10
    interfaces = portal.result(job, "network.txt").decode().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]


def test_environment_is_built_from_nothing(portal: Portal) -> None:
    names = {
        line.split("=")[0] for line in portal.result(portal.run("environment"), "environment.txt").decode().split("\n")
    }
    assert not {name for name in names if name.startswith(("ALLGO_HPC", "SBATCH", "SLURM"))}


def test_rest_of_the_image_is_writable_and_discarded(portal: Portal) -> None:
    assert b"big" in portal.result(portal.run("write 100"), "written.txt")
    assert b"big" in portal.result(portal.run("write 100"), "written.txt"), "the first run's folder is still there"


def test_writes_on_the_nodes_disk_may_exceed_memory_and_are_discarded(portal: Portal) -> None:
    job = portal.finished(portal.submit("diskprobe", "400"))
    assert job["status"] == "done", job
    assert b"419430400" in portal.result(job, "written.txt")
    assert not list(Path("/scratch").glob("allgo-*"))


def test_only_plain_files_are_results(portal: Portal) -> None:
    job = portal.run("trap")
    files = job[str(job["id"])]
    assert {"allgo.log", "plain.txt", "deep_er_file.txt", "two words & more.txt"} <= set(files)
    assert not {"link.txt", "pipe"} & set(files)
    assert all("/" not in name for name in files)
    for name in files:
        assert requests.get(files[name], timeout=30).status_code == 200


def test_files_given_to_other_users_are_results_too(portal: Portal) -> None:
    job = portal.run("closed")
    assert portal.result(job, "mine.txt") == b"mine\n"
    assert portal.result(job, "dir_deep.txt") == b"deep\n"


def test_files_have_range_and_etag(portal: Portal) -> None:
    job = portal.run("words abc")
    url = job[str(job["id"])]["words.txt"]
    whole = requests.get(url, timeout=30)
    assert whole.headers["ETag"].strip('"') == hashlib.sha256(whole.content).hexdigest()
    assert requests.get(url, headers={"Range": "bytes=1-2"}, timeout=30).content == whole.content[1:3]
    by_id = f"{portal.url}/api/v1/datastore/{job['id']}/words.txt"
    assert requests.get(by_id, timeout=30).status_code == 401
    assert requests.get(by_id, headers=portal.auth, timeout=30).content == whole.content


def test_accounting_shows_the_job_with_its_comment(portal: Portal) -> None:
    job = portal.run("nothing")
    out = subprocess.run(
        ["sacct", "-X", "-n", "-P", "-o", "JobName,Comment,State,Partition", "-j", str(job["slurm_id"])],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("|")
    assert out[0] == f"allgo-{job['id']}"
    assert len(out[1]) == 36
    assert [word.strip() for word in out[2:]] == ["COMPLETED", "standard"]


def _accounted(job: dict[str, Any], *what: str) -> list[str]:
    """What Slurm's accounting has of a job, as soon as it has it."""
    command = ["sacct", "-X", "-n", "-P", "-o", ",".join(what), "-j", str(job["slurm_id"])]
    told: str = until("the accounting has the job", lambda: subprocess.check_output(command, text=True).strip())
    return told.split("|")


@pytest.mark.parametrize(("asked", "given"), [({"cpus": "2"}, 2), ({"cpus": "2", "memory_mb": "150"}, 2), ({}, 1)])
def test_slurm_gives_the_cores_that_are_asked_for(portal: Portal, asked: dict[str, str], given: int) -> None:
    job = portal.run("nothing", **asked)
    assert (job["state"], job["resources"]["asked"]["cpus"]) == ("done", given), job["reason"]
    assert _accounted(job, "ReqCPUS", "AllocCPUS") == [str(given)] * 2


def test_run_again_with_other_cores(portal: Portal) -> None:
    first = portal.run("nothing", cpus="2")
    again = call(portal, "POST", f"jobs/{first['id']}/rerun", json={"cpus": 3})
    assert again.status_code == 200, again.text
    assert _accounted(portal.finished(again.json()["id"]), "AllocCPUS") == ["3"]


@pytest.mark.parametrize("cpus", ["12", "64"])  # more than either machine has, and than both
def test_more_cores_than_there_are_is_said_in_words(portal: Portal, cpus: str) -> None:
    job = portal.run("nothing", cpus=cpus)
    assert (job["state"], job["slurm_id"]) == ("error", None)
    assert job["reason"].startswith(("The queue 'standard' cannot give", "No machine of the queue 'standard' has"))
    assert cpus in job["reason"]
    assert "(job[cpus])" in job["reason"]
    assert "run it again with" in job["reason"]


@pytest.mark.parametrize("secret", ["/srv/allgo/datastore", "control"])
def test_slurm_shows_no_path_of_a_job(portal: Portal, secret: str) -> None:
    job = portal.get(portal.submit("probe", "count 2"))
    shown = subprocess.run(
        ["scontrol", "show", "job", str(job["slurm_id"])], check=True, capture_output=True, text=True
    ).stdout
    assert secret not in shown
    portal.finished(job["id"])
