"""What an author's app.toml may say."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.errors import BadInput
from allgo_hpc.publishing.manifest import check_manifest, read_manifest
from allgo_hpc.settings import Queue, Settings

SETTINGS = Settings()
SAMPLES = sorted((Path(__file__).parents[3] / "containers" / "samples").glob("*/app.toml"))


def test_a_name_is_enough() -> None:
    made = check_manifest({"name": "denoise"}, SETTINGS)
    assert (made.title, made.memory_mb, made.cpus, made.default_queue) == ("denoise", 1024, 1, "standard")
    assert (made.public, made.network, made.disk_scratch) == (False, False, False)
    assert str(made.entrypoint) == "/home/allgo/entrypoint"


def test_without_a_standard_queue_the_first_is_the_default() -> None:
    settings = Settings(queues=(Queue(name="short", partition="a", minutes=1),))
    assert check_manifest({"name": "a"}, settings).default_queue == "short"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_the_samples_are_right(path: Path) -> None:
    assert read_manifest(path.parent, SETTINGS).name == path.parent.name


@pytest.mark.parametrize(
    ("change", "field", "part"),
    [
        ({"nmae": "x"}, "nmae", "did you mean 'name'"), ({"memory": 1}, "memory", "did you mean 'memory_mb'"),
        ({"name": 5}, "name", "must be a str"), ({"name": ""}, "name", "1 to 32"), ({"name": "A"}, "name", "1 to 32"),
        ({"name": "a_b"}, "name", "1 to 32"), ({"name": "../x"}, "name", "1 to 32"),
        ({"name": "a\n"}, "name", "control"),
        ({"name": "x" * 33}, "name", "1 to 32"), ({"name": "1a"}, "name", "1 to 32"),
        ({"public": 1}, "public", "must be a bool"), ({"public": "yes"}, "public", "must be a bool"),
        ({"memory_mb": True}, "memory_mb", "must be a int"), ({"memory_mb": 1.5}, "memory_mb", "must be a int"),
        ({"memory_mb": 15}, "memory_mb", "16 to"), ({"memory_mb": 2**40}, "memory_mb", "16 to"),
        ({"cpus": 0}, "cpus", "1 to"), ({"cpus": -1}, "cpus", "1 to"),
        ({"default_queue": "standrad"}, "default_queue", "did you mean 'standard'"),
        ({"entrypoint": "run"}, "entrypoint", "absolute"), ({"entrypoint": "/a/../b"}, "entrypoint", "absolute"),
        ({"entrypoint": "/a\nb"}, "entrypoint", "control"), ({"entrypoint": ""}, "entrypoint", "absolute"),
        ({"entrypoint": "/" + "x" * 1001}, "entrypoint", "1000"), ({"title": "x" * 201}, "title", "200"),
        ({"contact": "x" * 255}, "contact", "254"), ({"title": "a\0b"}, "title", "control"),
        ({"description": "a\0b"}, "description", "control"), ({"changelog": "\0"}, "changelog", "control"),
        ({"contact": "a\nb"}, "contact", "control"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_named(change: dict[str, Any], field: str, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_manifest({"name": "denoise"} | change, SETTINGS)
    assert caught.value.field == field
    assert part in str(caught.value)


def test_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text('title = "x"\n')
    with pytest.raises(BadInput, match="'name'"):
        read_manifest(tmp_path, SETTINGS)


@pytest.mark.parametrize("content", [b"name = ", b"\xff", b"name = 'a'\nname = 'b'\n"])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "app.toml").write_bytes(content)
    with pytest.raises(BadInput, match=r"app\.toml") as caught:
        read_manifest(tmp_path, SETTINGS)
    assert caught.value.field == "app.toml"


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"has no app\.toml"):
        read_manifest(tmp_path, SETTINGS)


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 3
    assert all(tomllib.loads(path.read_text(encoding="utf-8")) for path in SAMPLES)
