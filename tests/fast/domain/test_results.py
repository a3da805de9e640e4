"""What is listed of what a job left, and under which names."""

import hashlib
import os
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.jobs.results import flat_name, list_results, result_path
from tests.hostile import RAW

NOBODY = 65534


def _names(folder: Path) -> list[str]:
    return [file.name for file in list_results(1, folder)]


def _write(folder: Path, *names: str | bytes) -> None:
    for name in names:
        path = os.path.join(os.fsencode(folder), os.fsencode(name))  # noqa: PTH118  # bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(os.fsencode(name))


def test_size_digest_and_place(tmp_path: Path) -> None:
    _write(tmp_path, "allgo.log", "out/a.txt")
    (tmp_path / "empty").touch()
    files = {file.name: file for file in list_results(7, tmp_path)}
    assert set(files) == {"allgo.log", "out_a.txt", "empty"}
    for file in files.values():
        content = result_path(tmp_path, file).read_bytes()
        assert (file.job_id, file.size, file.sha256) == (7, len(content), hashlib.sha256(content).hexdigest())
    assert files["out_a.txt"].path == "out/a.txt"


def test_only_regular_files_are_listed(tmp_path: Path) -> None:
    _write(tmp_path, "real")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "inner").symlink_to("real")
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "folder").symlink_to("/etc")
    (tmp_path / "loop").symlink_to(".")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert _names(tmp_path) == ["real"]


@pytest.mark.skipif(os.geteuid() != 0, reason="making a device needs root")
def test_a_device_is_not_opened(tmp_path: Path) -> None:
    os.mknod(tmp_path / "zero", 0o20666, os.makedev(1, 5))
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        (["a/b", "a_b"], ["a_b", "a_b~2"]),
        (["a/b.txt", "a_b.txt", "a_b~2.txt"], ["a_b.txt", "a_b~2.txt", "a_b~3.txt"]),
        (["a\\b", "a_b"], ["a_b", "a_b~2"]),
        (["x\ny", "x_y"], ["x_y", "x_y~2"]),
        (["a/b/c", "a/b_c", "a_b/c"], ["a_b_c", "a_b_c~2", "a_b_c~3"]),
        ([".hidden", "a/.hidden"], [".hidden", "a_.hidden"]),
    ],
)
def test_flat_names_are_unique(tmp_path: Path, sent: list[str], listed: list[str]) -> None:
    _write(tmp_path, *sent)
    files = list_results(1, tmp_path)
    assert sorted(file.name for file in files) == listed
    assert {result_path(tmp_path, file).read_bytes() for file in files} == {os.fsencode(name) for name in sent}


@pytest.mark.parametrize("raw", RAW)
def test_names_that_are_no_text_can_be_listed_and_opened(tmp_path: Path, raw: bytes) -> None:
    raw = raw.replace(b"/", b"")
    _write(tmp_path, raw)
    (file,) = list_results(1, tmp_path)
    file.name.encode()
    assert result_path(tmp_path, file).read_bytes() == raw


def test_long_names_differ_after_they_were_cut(tmp_path: Path) -> None:
    _write(tmp_path, *(f"{'d' * 200}/{'é' * 100}{number}" for number in range(3)))
    names = _names(tmp_path)
    assert len(set(names)) == len(names) == 3
    assert all(len(name.encode()) <= 210 for name in names)


def test_a_bottomless_folder_is_left_out_below_some_depth(tmp_path: Path) -> None:
    _write(tmp_path, "/".join(["d"] * 99) + "/seen", "/".join(["d"] * 101) + "/unseen")
    names = [file.path.rpartition("/")[2] for file in list_results(1, tmp_path)]
    assert names == ["seen"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_results(1, tmp_path / "none")


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    """A folder of an account without root's rights, as which the test goes on."""
    folder = Path(tempfile.mkdtemp(prefix="results-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    was = os.geteuid()
    os.seteuid(NOBODY if was == 0 else was)
    yield folder
    os.seteuid(was)
    shutil.rmtree(folder)


def test_what_an_app_made_unreadable_is_left_out(nobodys_folder: Path) -> None:
    _write(nobodys_folder, "a", "closed/b", "z")
    (nobodys_folder / "a").chmod(0)
    (nobodys_folder / "closed").chmod(0)
    assert _names(nobodys_folder) == ["z"]


_PIECE = st.binary(min_size=1, max_size=255).filter(lambda raw: b"/" not in raw and b"\0" not in raw)


@given(st.lists(_PIECE, min_size=1, max_size=8).map(b"/".join))
def test_a_flat_name_is_one_short_printable_name(relative: bytes) -> None:
    name = flat_name(relative)
    assert 0 < len(name.encode()) <= 200
    assert not {"/", "\\"} & set(name)
    assert not {"Cc", "Cs"} & {unicodedata.category(character) for character in name}
