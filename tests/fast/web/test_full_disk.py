"""A full disk is told as such, and nothing of the upload stays; on a small file system made for the test."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fast.web.conftest import MakePortal
from tests.fast.web.forms import APP, body, file
from tests.fast.web.portal import Portal, assert_refused

NEEDED = 9
"""Upload, its folder, its file, its note; control folder, words; the log; the folders of the user and of the app."""
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="making a file system needs root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=60", "small", str(folder)], check=True, capture_output=True
    )
    yield folder
    subprocess.run(["umount", str(folder)], check=True, capture_output=True)


@pytest.fixture
def portal(make_portal: MakePortal, small_disk: Path) -> Portal:
    return make_portal(root=small_disk / "root")


def test_more_bytes_than_there_is_room_for(portal: Portal) -> None:
    answer = portal.post(body(APP, file("a", "small.bin"), file("b", "big.bin", b"x" * 2_000_000)))
    assert "storage is full" in assert_refused(answer, 507, code="storage_full")
    assert portal.left() == []
    assert portal.input_names(portal.submit(file("a", "small.bin"))) == {"small.bin"}, "there is room again"


def test_more_files_than_there_is_room_for(portal: Portal) -> None:
    answer = portal.post(body(APP, *(file("a", f"{number}", b"x") for number in range(100))))
    assert_refused(answer, 507, code="storage_full")
    assert portal.left() == []


@pytest.mark.parametrize("spare", range(NEEDED + 1))
def test_full_at_any_step_of_accepting(portal: Portal, small_disk: Path, spare: int) -> None:
    """Leave room for so many more files and folders: each step is the first that fails once."""
    filler = small_disk / "filler"
    filler.mkdir()
    free = os.statvfs(small_disk).f_ffree
    for number in range(free - spare):
        (filler / str(number)).touch()
    answer = portal.post(body(APP, file("a", "a.txt")))
    if spare == NEEDED:
        assert answer.status_code == 200
        return
    assert_refused(answer, 507, code="storage_full")
    assert [path for path in portal.left() if not _is_empty_parent(path)] == []
    assert portal.slurm.submitted == []


def _is_empty_parent(path: str) -> bool:
    """Whether it is the folder of a user or an app, which stays for the next job."""
    return Path(path).is_dir() and len(Path(path).name) < 40 and not any(Path(path).rglob("*"))
