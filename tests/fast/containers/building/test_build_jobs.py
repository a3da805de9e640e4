"""Requests and results of build jobs, and what a build may take of the disk."""

import json
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import BuildRequest, BuildResult, ImageLimits, job_argv, read_result, write_request
from containers.build_jobs.job import run_request
from containers.build_jobs.request import load_request
from containers.build_jobs.result import write_result
from containers.building.command import run_logged
from containers.building.room import RoomWatch

DIGEST = "0123456789abcdef" * 4


def request(**changes: object) -> BuildRequest:
    values: dict[str, object] = {
        "kind": "recipe",
        "source": Path("/recipes/a b"),
        "target_dir": Path("/images"),
        "bases": Path("/bases"),
    }
    return BuildRequest(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": "import", "source": Path("/uploads/été.sif"), "entrypoint": PurePosixPath("/opt/x")},
        {"limits": ImageLimits(files=7, seconds=0.5), "work_dir": Path("/scratch"), "timeout_s": 1.5},
    ],
)
def test_request_there_and_back(changes: dict[str, object], tmp_path: Path) -> None:
    write_request(tmp_path, request(**changes))
    assert load_request(tmp_path) == request(**changes)
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "other"}, "recipe or import"),
        ({"source": Path("a")}, "the source"),
        ({"source": Path("/a/../b")}, "the source"),
        ({"target_dir": Path("/a b")}, "the folder for the image"),
        ({"bases": Path("/a\nb")}, "the folder of bases"),
        ({"entrypoint": PurePosixPath("x")}, "the entrypoint"),
    ],
)
def test_requests_that_are_refused(changes: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        request(**changes)


def test_the_job_says_what_is_wrong_with_its_request(tmp_path: Path) -> None:
    assert run_request(tmp_path) == 1
    result = read_result(tmp_path)
    assert result is not None
    assert "could not be started" in result.sentence
    (tmp_path / "request.json").write_text('{"kind": "recipe"}')
    assert run_request(tmp_path) == 1
    result = read_result(tmp_path)
    assert result is not None
    assert "not of the form" in result.sentence


def test_every_line_of_a_recipe_that_is_wrong_is_in_the_result(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    recipe.mkdir()
    (recipe / "Dockerfile").write_text("FROM debian:13\nUSER nobody\nRUN true\nEXPOSE 80\nCOPY gone /x\n")
    write_request(tmp_path, request(source=recipe, target_dir=tmp_path, bases=tmp_path))
    assert run_request(tmp_path) == 1
    result = read_result(tmp_path)
    assert result is not None
    assert not result.image_made
    assert [line.split(":")[0] for line in result.sentence.splitlines()] == [
        "Dockerfile, line 2 (USER)",
        "Dockerfile, line 4 (EXPOSE)",
        "Dockerfile, line 5 (COPY)",
    ]


@pytest.mark.parametrize(
    "result",
    [
        BuildResult(DIGEST, 5, "debian-13", ("a note",)),
        BuildResult(sentence="one\ntwo", transient=True, log_tail="é\n→"),
    ],
)
def test_result_there_and_back(result: BuildResult, tmp_path: Path) -> None:
    assert read_result(tmp_path) is None
    write_result(tmp_path, result)
    assert read_result(tmp_path) == result


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "1", "{}", "[" * 100_000, '{"sha256": 1, "size": 1}', '{"sha256": "", "size": 1}'),
        '{"sha256": "../x", "size": 1}',
        f'{{"sha256": "{DIGEST}", "size": "1"}}',
        f'{{"sha256": "{DIGEST}/../x", "size": 1}}',
        json.dumps({"sha256": "", "size": 0, "sentence": "x" * 300_000}),
        f'{{"sha256": "{DIGEST}", "size": -1}}',
        f'{{"sha256": "{DIGEST}", "size": true}}',
    ],
)
def test_what_is_no_result(text: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(text)
    assert read_result(tmp_path) is None


@given(st.binary())
def test_anything_may_lie_there(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("result")
    (folder / "result.json").write_bytes(data)
    read_result(folder)


def test_result_texts_are_made_plain(tmp_path: Path) -> None:
    write_result(tmp_path, BuildResult(sentence="a\x1b[2J\nb", log_tail="\u202e"))
    assert read_result(tmp_path) == BuildResult(sentence="a\\x1b[2J\nb", log_tail="\\u202e")


def test_job_command() -> None:
    assert job_argv(Path("/jobs/1")) == (sys.executable, "-m", "containers.build_jobs", "--folder=/jobs/1")
    with pytest.raises(ValueError, match="the folder"):
        job_argv(Path("1"))


def test_room_for_others(tmp_path: Path) -> None:
    assert RoomWatch(tmp_path, 2**60, keep_free=0)() == ""
    assert "the disk where images are built has only" in RoomWatch(tmp_path, 2**60, keep_free=2**60)()


def test_a_watch_ends_a_command() -> None:
    asked = []

    def watch() -> str:
        asked.append(1)
        return "too much" if len(asked) > 1 else ""

    ended = run_logged(
        ["sh", "-c", "echo begun; exec sleep 60"], env={"PATH": "/usr/bin:/bin"}, timeout_s=50, watch=watch
    )
    assert (ended.stopped, ended.timed_out, ended.rc, ended.tail) == ("too much", False, -9, "begun")
