"""What an app did to its inputs is never taken for what was sent."""

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from allgo_hpc.errors import Conflict, StorageAway
from allgo_hpc.models import Job
from tests.fast.domain.world import World

CONTENT = bytes(range(256)) * 1000


def _again(world: World, job: Job) -> Job:
    return world.rerun(job)


def _truncated_and_restored(path: Path) -> None:
    """The same size and the same time of the last change as before: only the kernel's own time tells."""
    before = path.stat()
    path.write_bytes(b"x" * len(CONTENT))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(path: Path) -> None:
    path.unlink()
    path.write_bytes(CONTENT)


def _appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _linked(path: Path) -> None:
    path.with_name("elsewhere").write_bytes(CONTENT)
    path.unlink()
    path.symlink_to("elsewhere")


def _secret(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _socket(path: Path) -> None:
    path.unlink()
    here = Path.cwd()
    os.chdir(path.parent)  # an address has room for 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _hard_linked(path: Path) -> None:
    os.link(path, path.with_name("a second name"))


CHANGES = [_truncated_and_restored, _replaced, _appended, _linked, _secret, _pipe, _folder, _socket, _hard_linked]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_an_input_that_the_app_changed_is_refused(world: World, change: Callable[[Path], None]) -> None:
    job = world.submit(files={"a": CONTENT, "b": b"1"})
    change(world.services.layout.job_dir(job) / "a")
    before = world.left()
    with pytest.raises(Conflict, match="'a'") as caught:
        _again(world, job)
    assert (caught.value.code, caught.value.field) == ("inputs_changed", "job_id")
    assert world.left() == before
    assert len(world.slurm.submitted) == 1


def test_a_link_is_not_followed_even_to_a_file_that_has_size_and_time(world: World, tmp_path: Path) -> None:
    job = world.submit(files={"a": CONTENT})
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    path = world.services.layout.job_dir(job) / "a"
    path.unlink()
    path.symlink_to(secret)
    job.inputs[0].changed_ns = secret.stat().st_ctime_ns
    world.session.commit()
    with pytest.raises(Conflict) as caught:
        _again(world, job)
    assert caught.value.code == "inputs_changed"


def test_an_input_that_is_gone_is_refused(world: World) -> None:
    job = world.submit(files={"a": CONTENT, "b": b"1"})
    (world.services.layout.job_dir(job) / "b").unlink()
    before = world.left()
    with pytest.raises(Conflict, match="'b'") as caught:
        _again(world, job)
    assert caught.value.code == "inputs_gone"
    assert world.left() == before


def test_a_whole_folder_that_is_gone_is_refused(world: World) -> None:
    batch = world.batch(2)
    folder = world.services.layout.job_dir(world.tasks(batch)[1])
    folder.rename(folder.with_name("away"))
    with pytest.raises(Conflict) as caught:
        _again(world, batch)
    assert caught.value.code == "inputs_gone"


def test_one_that_changes_while_it_is_copied_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.submit(files={"a": CONTENT})
    path = world.services.layout.job_dir(job) / "a"
    real = os.copy_file_range

    def change_first(*given: int) -> int:
        copied = real(*given)
        _truncated_and_restored(path)
        return copied

    monkeypatch.setattr(os, "copy_file_range", change_first)
    before = world.left()
    with pytest.raises(Conflict) as caught:
        _again(world, job)
    assert caught.value.code == "inputs_changed"
    assert world.left() == before


def test_reading_or_listing_an_input_changes_nothing(world: World) -> None:
    job = world.submit(files={"a": CONTENT})
    path = world.services.layout.job_dir(job) / "a"
    assert path.read_bytes() == CONTENT
    os.utime(path.parent)
    assert _again(world, job).rerun_of == job.id


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL])
@pytest.mark.parametrize("after", [0, 1000])
def test_where_the_kernel_cannot_copy_it_is_copied_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int, after: int
) -> None:
    job = world.submit(files={"a": CONTENT})
    real, calls = os.copy_file_range, []

    def a_part_then_none(source: int, target: int, _count: int) -> int:
        calls.append(1)
        if len(calls) > 1 or not after:
            raise OSError(number, os.strerror(number))
        return real(source, target, after)

    monkeypatch.setattr(os, "copy_file_range", a_part_then_none)
    again = _again(world, job)
    assert (world.services.layout.job_dir(again) / "a").read_bytes() == CONTENT
    assert calls


def test_another_fault_of_the_copy_is_the_storages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = world.submit(files={"a": CONTENT})
    before = world.left()

    def broken(*_: int) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "copy_file_range", broken)
    with pytest.raises(StorageAway):
        _again(world, job)
    assert world.left() == before
