"""A recipe or an import as a Slurm job: submitted once, followed to its end, whatever Slurm does meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.commits.ask import abort_commit, retry_commit
from allgo_hpc.commits.recipes import commit_import, commit_recipe
from allgo_hpc.commits.steps import step
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.housekeeping import remove_stale_uploads
from allgo_hpc.models import Commit, utc_now
from allgo_hpc.submitting.submission import new_staging
from slurm import State
from tests.fast.domain.workbench import Workbench

DOCKERFILE = b"FROM debian:13\nCOPY entrypoint /home/allgo/entrypoint\n"
RECIPE = {"Dockerfile": DOCKERFILE, "entrypoint": b"#!/bin/sh\n"}


def _commit(bench: Workbench, files: dict[str, bytes], *, kind: str = "recipe", **more: Any) -> Commit:
    make = commit_recipe if kind == "recipe" else commit_import
    with new_staging(bench.services) as staging:
        for name, content in files.items():
            with staging.new_file(name, field="files[0]") as file:
                file.write(content)
        return make(bench.session, bench.services, bench.author, bench.app, staging, **more)


def _turn(bench: Workbench, commit: Commit, times: int = 1) -> str:
    for _ in range(times):
        with bench.sessions() as session:
            step(session, bench.services, session.get_one(Commit, commit.id))
    bench.session.expire_all()
    return commit.state


def _control(bench: Workbench, commit: Commit) -> Path:
    return bench.services.layout.control / str(commit.folder)


def _result(bench: Workbench, commit: Commit, **values: Any) -> None:
    """Leave what the job would."""
    (_control(bench, commit) / "result.json").write_text(json.dumps({"sha256": "", "size": 0} | values))


def _places(bench: Workbench) -> list[str]:
    layout = bench.services.layout
    return [path.name for folder in (layout.builds, layout.control) for path in folder.iterdir()]


def test_it_is_one_job_with_the_commits_mark(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    assert commit.recipe == DOCKERFILE.decode()
    assert _turn(bench, commit) == "building"
    spec = bench.slurm.submitted[0]
    assert (spec.comment, spec.name, spec.partition) == (commit.uuid, f"allgo-build-{commit.id}", "batch")
    assert (spec.memory_mb, spec.cpus, spec.time_limit_min) == (2048, 2, 32)
    request = json.loads((_control(bench, commit) / "request.json").read_text())
    assert (request["kind"], request["timeout_s"]) == ("recipe", 1800.0)
    assert sorted(path.name for path in Path(request["source"]).iterdir()) == ["Dockerfile", "entrypoint"]
    assert _turn(bench, commit, 2) == "building"
    assert len(bench.slurm.submitted) == 1


def test_an_answer_that_was_lost_makes_no_second_job(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    bench.slurm.lose_answers()
    assert _turn(bench, commit) == "waiting"
    bench.slurm.accept()
    assert _turn(bench, commit) == "building"
    assert len(bench.slurm.submitted) == 1


def test_a_slurm_that_is_away_is_waited_for(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    bench.slurm.be_away()
    assert _turn(bench, commit) == "waiting"
    assert "waits for Slurm" in commit.reason
    bench.slurm.come_back()
    assert _turn(bench, commit) == "building"
    bench.slurm.be_away()
    assert _turn(bench, commit) == "building"


def test_what_slurm_refuses_is_told(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    bench.slurm.refuse("More processors requested than permitted")
    assert _turn(bench, commit) == "failed"
    assert "More processors" in commit.reason


def test_a_build_that_fails_tells_why_with_its_log(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    _turn(bench, commit)
    (_control(bench, commit) / "build.log").write_bytes(b"so far\n\xff\0")
    _result(bench, commit, sentence="line 2: the step failed with exit code 7")
    assert _turn(bench, commit) == "failed"
    assert commit.reason == "line 2: the step failed with exit code 7"
    assert commit.log.startswith("so far\n")
    assert _places(bench) == [], "what was sent and made goes"
    with pytest.raises(Conflict, match="send them again"):
        retry_commit(bench.session, bench.author, commit)


@pytest.mark.parametrize("state", [State.TIMEOUT, State.OUT_OF_MEMORY, State.NODE_FAIL, State.CANCELLED])
def test_slurms_word_ends_one_that_left_nothing(bench: Workbench, state: State) -> None:
    commit = _commit(bench, RECIPE)
    _turn(bench, commit)
    bench.slurm.say(commit.uuid, state)
    assert _turn(bench, commit) == "failed"
    assert "Slurm ended the build" in commit.reason


def test_a_result_may_come_a_little_after_slurms_word(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    _turn(bench, commit)
    bench.slurm.say(commit.uuid, State.COMPLETED, finished_at=utc_now())
    assert _turn(bench, commit) == "building"


def test_an_import_is_one_file(bench: Workbench) -> None:
    for files in ({}, {"a.sif": b"1", "b.sif": b"2"}):
        with pytest.raises(BadInput) as refused:
            _commit(bench, files, kind="import")
        assert (refused.value.field, refused.value.code) == ("files", "bad_image")
    commit = _commit(bench, {"mine.sif": b"1"}, kind="import")
    _turn(bench, commit)
    request = json.loads((_control(bench, commit) / "request.json").read_text())
    assert (request["kind"], Path(request["source"]).name) == ("import", "mine.sif")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "Dockerfile"),
        ({"notes.txt": b"x"}, "Dockerfile"),
        ({"a.def": b"Bootstrap: localimage\nFrom: debian-13\n", "Dockerfile": DOCKERFILE}, "one recipe"),
        ({"Dockerfile": b"FROM debian:13\nVOLUME /data\nHEALTHCHECK CMD x\n"}, "line 3"),
        ({"a.def": b"Bootstrap: localimage\nFrom: debian-13\n%setup\n touch /x\n"}, "setup"),
        ({"a.def": b"\xff\xfe"}, "files"),
        ({"Dockerfile": b"FROM debian:13\n" + b"RUN true\n" * 60_000}, "files"),
    ],
)
def test_a_recipe_that_cannot_be_honoured_is_refused_at_once(
    bench: Workbench, files: dict[str, bytes], told: str
) -> None:
    with pytest.raises(BadInput, match=told) as refused:
        _commit(bench, files)
    assert refused.value.code == "bad_recipe"
    assert _places(bench) == []


def test_of_two_at_once_one_is_refused_and_nothing_of_it_stays(bench: Workbench) -> None:
    first = _commit(bench, RECIPE)
    with pytest.raises(Conflict, match="under way"):
        _commit(bench, RECIPE)
    assert _places(bench) == [first.folder, first.folder]


def test_aborted_it_is_cancelled_in_slurm(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    _turn(bench, commit)
    abort_commit(bench.session, commit)
    bench.slurm.be_away()
    assert _turn(bench, commit) == "building", "it may still run: that is not called aborted"
    assert "cannot be cancelled now" in commit.reason
    bench.slurm.come_back()
    assert _turn(bench, commit) == "aborted"
    assert bench.slurm.cancelled == [101]
    assert _places(bench) == []


def test_one_whose_answer_was_lost_is_cancelled_by_its_mark(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    bench.slurm.lose_answers()
    assert _turn(bench, commit) == "waiting"
    abort_commit(bench.session, commit)
    assert _turn(bench, commit) == "aborted"
    assert bench.slurm.cancelled == [101]


def test_the_housekeeping_leaves_what_a_commit_needs(bench: Workbench) -> None:
    commit = _commit(bench, RECIPE)
    shell = bench.services.layout.staging / "left"
    shell.mkdir()
    layout = bench.services.layout
    kept, orphan = layout.builds / str(commit.folder), layout.builds / ("0" * 40)
    orphan.mkdir()
    (shell / "target").write_text("\n".join(str(path.relative_to(layout.root)) for path in (kept, orphan)))
    remove_stale_uploads(bench.session, layout, before=utc_now().replace(year=2100))
    assert (kept.is_dir(), orphan.exists()) == (True, False)
