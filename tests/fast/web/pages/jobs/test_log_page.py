"""The log of a job: in parts, searched, as a file; for readers with scripts and without."""

import os
from typing import Any

import pytest

from allgo_hpc.models import Job
from slurm import State
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit

JSON = {"Accept": "application/json"}


@pytest.fixture
def ada(portal: Portal) -> Visitor:
    return visit(portal, portal.world.user)


def _job(portal: Portal, log: bytes, *, ended: bool = True) -> Job:
    job = portal.world.submit()
    (portal.world.services.layout.job_dir(job) / "allgo.log").write_bytes(log)
    if ended:
        portal.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
        portal.world.sweep()
    return portal.job(job.id)


def _asked(ada: Visitor, job: Job, query: str = "") -> Any:
    answer = ada.get(f"/jobs/{job.id}/log{query}", headers=JSON)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_script_reads_it_part_by_part(portal: Portal, ada: Visitor) -> None:
    lines = b"".join(b"line %d\n" % number for number in range(30_000))
    job = _job(portal, lines)
    told, at = "", 0
    while at < len(lines):
        part = _asked(ada, job, f"?offset={at}&length=100000")
        told, at = told + part["text"], part["end"]
        assert part["size"] == len(lines)
    assert told == lines.decode()
    end = _asked(ada, job)
    assert end["end"] == len(lines)
    assert end["text"].startswith("line ")
    assert _asked(ada, job, f"?before={end['start']}")["end"] == end["start"]
    assert len(_asked(ada, job, "?offset=0&length=999999999999")["text"]) <= 256 * 1024


def test_without_scripts_its_end_is_on_the_page_with_a_way_to_what_is_before(portal: Portal, ada: Visitor) -> None:
    job = _job(portal, b"first\n" + b"x" * 79 + b"\n" + b"middle of it all\n" * 20_000 + b"\x1b[31mlast <b>\x1b[0m\n")
    page = ada.page(f"/jobs/{job.id}")
    assert "last &lt;b&gt;\n" in page
    assert "first\n" not in page
    assert f"/jobs/{job.id}/log?before=" in page
    assert "first\n" in ada.page(f"/jobs/{job.id}/log?offset=0")
    found = ada.page(f"/jobs/{job.id}/log?search=LAST")
    assert "last &lt;b&gt;" in found
    assert "Nothing was found" in ada.page(f"/jobs/{job.id}/log?search=absent")
    assert "Search on" in ada.page(f"/jobs/{job.id}/log?search=middle")


def test_garbage_is_shown_as_such(portal: Portal, ada: Visitor) -> None:
    job = _job(portal, b"\xff\xfe\x00\x07 \xe2\x80\xaeabc\n")
    assert "\ufffd\ufffd\ufffd\ufffd \ufffdabc" in ada.page(f"/jobs/{job.id}/log")
    assert _asked(ada, job)["text"] == "\ufffd\ufffd\0\a \u202eabc\n"


def test_a_huge_log_costs_what_is_shown_of_it(portal: Portal, ada: Visitor) -> None:
    job = _job(portal, b"begin\n", ended=False)
    path = portal.world.services.layout.job_dir(job) / "allgo.log"
    os.truncate(path, 5 * 1024**3)
    with path.open("r+b") as file:
        file.seek(5 * 1024**3 - 5)
        file.write(b"\nend\n")
    assert "end\n" in ada.page(f"/jobs/{job.id}")
    assert _asked(ada, job)["text"].endswith("end\n")
    answer = ada.client.get(f"/jobs/{job.id}/log?download=1")
    assert answer.content_length == 5 * 1024**3
    assert len(next(iter(answer.response))) <= 128 * 1024
    answer.close()


def test_it_is_sent_as_a_file_that_does_nothing(portal: Portal, ada: Visitor) -> None:
    job = _job(portal, b"<script>alert(1)</script>\n")
    answer = ada.get(f"/jobs/{job.id}/log?download=1")
    assert answer.data == b"<script>alert(1)</script>\n"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "text/plain"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_job_without_a_log(portal: Portal, ada: Visitor) -> None:
    job = portal.world.submit()
    assert _asked(ada, job) == {"start": 0, "end": 0, "size": 0, "text": "", "ended": False}
    assert "There is nothing here" in ada.page(f"/jobs/{job.id}/log")
    assert "written nothing yet" in ada.page(f"/jobs/{job.id}")


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "before=1.5", "length=", "offset=" + "9" * 40, "search=" + "x" * 300, "search=+"]
)
def test_odd_questions_are_refused(portal: Portal, ada: Visitor, query: str) -> None:
    job = _job(portal, b"words\n")
    assert ada.get(f"/jobs/{job.id}/log?{query}").status_code == 400
