"""Uploads that nobody goes on with are removed, crashes lose none, and others' stagings stay what they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.housekeeping import remove_stale_uploads, tidy
from allgo_hpc.models import Job, Upload, utc_now
from allgo_hpc.submitting import submission
from allgo_hpc.submitting.submission import new_staging
from allgo_hpc.uploading.claim import claiming
from allgo_hpc.uploading.create import create_upload
from allgo_hpc.uploading.find import find_upload
from allgo_hpc.uploading.finish import after_piece
from allgo_hpc.uploading.place import Place
from allgo_hpc.uploading.receive import Piece
from allgo_hpc.uploading.stale import remove_all
from tests.fast.domain.world import World

DATA = b"0123456789"


def upload(world: World, name: str = "a.txt", data: bytes = DATA) -> Upload:
    made = create_upload(world.session, world.services, world.user, name=name, size=10)
    with Piece(place_of(world, made), 0, most=10, size=10) as piece:
        piece.write(data)
    after_piece(world.session, world.services, made)
    return made


def place_of(world: World, made: Upload) -> Place:
    return Place(world.services.layout, made.key)


def age(world: World, made: Upload, hours: float = 25) -> None:
    at = utc_now() - timedelta(hours=hours)
    made.touched_at = at
    world.session.commit()
    os.utime(place_of(world, made).data, (at.timestamp(), at.timestamp()))


def _age_folders(world: World) -> None:
    for path in world.services.layout.staging.rglob("*"):
        os.utime(path, (0, 0))


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, point: str, where: str) -> Iterator[None]:
    """Stop at a step as a kill does: nothing is tidied up on the way out."""

    class KilledError(BaseException):
        pass

    def reach(reached: str) -> None:
        if reached == point:
            raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(f"{where}.reach", reach)
        patched.setattr("allgo_hpc.uploading.claim.Claim.give_back", lambda _: None)
        patched.setattr(submission, "_undo", lambda *_: None)
        patched.setattr("allgo_hpc.submitting.staging.Staging.__exit__", lambda *_: None)
        with pytest.raises(KilledError):
            yield


@pytest.mark.parametrize(
    ("point", "where"),
    [
        ("claim.noted", "allgo_hpc.uploading.claim"),
        ("claim.moved", "allgo_hpc.uploading.claim"),
        ("submit.noted", "allgo_hpc.submitting.submission"),
        ("submit.placed", "allgo_hpc.submitting.submission"),
        ("submit.flushed", "allgo_hpc.submitting.submission"),
        ("batch.task_placed", "allgo_hpc.submitting.batch"),
    ],
)
@pytest.mark.parametrize("after", ["again", "tidied"])
def test_a_killed_submission_loses_no_upload(
    world: World, monkeypatch: pytest.MonkeyPatch, point: str, where: str, after: str
) -> None:
    made = upload(world)
    each = "each" if point.startswith("batch") else None
    with killed_at(monkeypatch, point, where):
        world.submit(uploads=(made.key,), batch=each)
    world.session.rollback()
    for row in [each for each in world.session.identity_map.values() if isinstance(each, Job)]:
        world.session.expunge(row)  # the next process knows nothing of it
    if after == "tidied":
        _age_folders(world)
        tidy(world.session, world.services, utc_now())
        assert place_of(world, made).data.read_bytes() == DATA
    job = world.submit(uploads=(made.key,))
    assert (world.services.layout.job_dir(job) / "a.txt").read_bytes() == DATA


def test_killed_after_the_job_was_stored_it_is_the_jobs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = upload(world)
    with killed_at(monkeypatch, "submit.committed", "allgo_hpc.submitting.submission"):
        world.submit(uploads=(made.key,))
    _age_folders(world)
    with pytest.raises(Conflict):
        world.submit(uploads=(made.key,))
    age_later = utc_now() + timedelta(hours=25)
    tidy(world.session, world.services, age_later)
    assert list(world.services.layout.staging.iterdir()) == []
    job = world.session.get_one(Job, made.job_id)
    assert (world.services.layout.job_dir(job) / "a.txt").read_bytes() == DATA


def test_its_time_over_it_goes_whole_or_not(world: World) -> None:
    whole, fresh = upload(world), upload(world, "c")
    begun = create_upload(world.session, world.services, world.user, name="b", size=5)
    age(world, whole)
    age(world, begun)
    tidy(world.session, world.services, utc_now())
    assert [path.name for path in world.services.layout.staging.iterdir()] == [fresh.key]
    assert world.session.scalars(select(Upload.key)).all() == [fresh.key]
    with pytest.raises(NotFound):
        find_upload(world.session, world.user, whole.key)


def test_one_long_piece_is_not_stale(world: World) -> None:
    made = create_upload(world.session, world.services, world.user, name="b", size=5)
    made.touched_at = utc_now() - timedelta(hours=30)
    world.session.commit()
    tidy(world.session, world.services, utc_now())
    assert place_of(world, made).data.exists()


def test_stale_stagings_beside_it_go_and_it_stays(world: World) -> None:
    made = upload(world)
    new_staging(world.services)
    _age_folders(world)
    assert remove_stale_uploads(world.session, world.services.layout, before=datetime.now(UTC)) == 1
    assert place_of(world, made).data.read_bytes() == DATA


def test_what_a_submission_holds_is_left_alone(world: World) -> None:
    made = upload(world)
    with (
        new_staging(world.services) as staging,
        claiming(world.session, world.services, world.user, [made.key], staging),
    ):
        age_of = utc_now() + timedelta(hours=100)
        tidy(world.session, world.services, age_of)
        assert (staging.files / "a.txt").read_bytes() == DATA
        assert world.session.scalar(select(Upload.key)) == made.key


def test_a_closed_account_leaves_none(world: World) -> None:
    upload(world)
    remove_all(world.session, world.services, world.user)
    assert world.left() == []


def test_a_deleted_upload_cannot_be_written_any_more(world: World) -> None:
    made = create_upload(world.session, world.services, world.user, name="b", size=5)
    piece = Piece(place_of(world, made), 0, most=5, size=5)
    piece.__enter__()
    place_of(world, made).remove()
    with pytest.raises(NotFound):
        piece.write(b"x")
