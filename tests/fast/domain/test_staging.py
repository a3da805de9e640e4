"""An upload: what is let in, and that nothing stays of one that did not become a job."""

import errno
from pathlib import Path

import pytest

from allgo_hpc.errors import BadInput, StorageAway, StorageFull, TooLarge
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import Request, new_staging, submit_job
from tests.fakes import FakeSlurm
from tests.fast.domain.world import World, make_services


@pytest.fixture
def small(tmp_path: Path) -> Services:
    return make_services(tmp_path / "root", FakeSlurm(), upload_max_files=3, upload_max_bytes=1024)


def _write(staging: Staging, name: str, content: bytes = b"") -> None:
    with staging.new_file(name, field="file") as file:
        file.write(content)


def test_nothing_stays_of_an_upload_that_is_given_up(small: Services) -> None:
    with new_staging(small) as staging:
        _write(staging, "a", b"x")
        assert (staging.files / "a").read_bytes() == b"x"
    assert list(small.layout.staging.iterdir()) == []


def test_a_name_twice_is_refused_also_written_in_two_ways(small: Services) -> None:
    with new_staging(small) as staging:
        _write(staging, "e\u0301", b"first")
        with pytest.raises(BadInput, match="was sent already as file"):
            _write(staging, "\u00e9", b"second")
        assert [path.read_bytes() for path in staging.files.iterdir()] == [b"first"]


def test_the_number_of_files_is_limited(small: Services) -> None:
    with new_staging(small) as staging:
        for name in "abc":
            _write(staging, name)
        with pytest.raises(TooLarge, match="more than 3 files"):
            _write(staging, "d")


def test_the_bytes_of_all_files_are_counted_together(small: Services) -> None:
    with new_staging(small) as staging:
        staging.count(1000, field="a")
        staging.count(24, field="b")
        with pytest.raises(TooLarge, match="1024 bytes together"):
            staging.count(1, field="b")


def test_placing_and_taking_back(small: Services) -> None:
    target = small.layout.datastore / "1" / "2" / ("a" * 40)
    with new_staging(small) as staging:
        _write(staging, "a", b"x")
        staging.note([target], small.layout.control / target.name)
        staging.place(target)
        assert (target / "a").read_bytes() == b"x"
        staging.take_back()
        assert not target.exists()
    assert list(small.layout.staging.iterdir()) == []


def test_taking_back_before_placing_touches_nothing(small: Services) -> None:
    (small.layout.datastore / "other").mkdir()
    with new_staging(small) as staging:
        staging.take_back()
    assert (small.layout.datastore / "other").is_dir()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_as_such(number: int) -> None:
    with pytest.raises(StorageFull), storage_errors():
        raise OSError(number, "full")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOENT, errno.EACCES])
def test_a_file_system_that_is_away_is_told_as_such(number: int) -> None:
    with pytest.raises(StorageAway), storage_errors():
        raise OSError(number, "away")


def test_another_fault_is_not_taken_for_the_disks() -> None:
    with pytest.raises(OSError, match="too many"), storage_errors():
        raise OSError(errno.EMFILE, "too many")


def test_a_row_that_cannot_be_stored_leaves_no_file(world: World) -> None:
    layout = world.services.layout
    staging = new_staging(world.services)
    world.job().uuid = staging.folder.name  # the same uuid again: the database refuses the new row
    world.session.commit()
    before = sorted(layout.root.rglob("*"))
    with pytest.raises(Exception, match=r"(?i)unique"), staging:
        submit_job(world.session, world.services, world.user, Request(app="textstats"), staging)
    gone = {staging.folder, staging.files}
    assert sorted(layout.root.rglob("*")) == [path for path in before if path not in gone]
