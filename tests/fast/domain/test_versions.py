"""Versions: stored, published, made the default, deleted, restored, purged; also by two at once."""

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from allgo_hpc.apps import default_of, find_version, list_versions, visible_apps
from allgo_hpc.authoring.history import list_changes
from allgo_hpc.errors import BadInput, Conflict, Gone, NotFound, Refusal, StorageAway
from allgo_hpc.housekeeping import tidy
from allgo_hpc.models import App, Version, utc_now
from allgo_hpc.versions import purge, store
from allgo_hpc.versions.change import change_version, delete_version, restore_version
from allgo_hpc.versions.compare import PackageChange, compare_packages
from allgo_hpc.versions.store import StoredImage, newest_version, store_version
from slurm import State
from tests.fast.domain.world import World, add_version

LATER = timedelta(days=31)


def _image(world: World, text: bytes, number: int = 0) -> StoredImage:
    path = world.services.layout.staging / f"fresh-{number}.sif"
    path.write_bytes(text)
    return StoredImage(path, f"{int.from_bytes(text):064x}", len(text))


def _store(
    world: World, text: bytes = b"2", *, session: Session | None = None, number: int = 0, **more: Any
) -> Version:
    session = session or world.session
    values: dict[str, Any] = {"user": None, "origin": "sandbox", "entrypoint": "/home/allgo/entrypoint"} | more
    app = session.get_one(App, world.app.id)
    return store_version(session, world.services, app, _image(world, text, number), **values)


def _file(world: World, version: Version) -> Path:
    return world.services.layout.image("textstats", version.sha256)


def _default(world: World) -> int | None:
    world.session.expire_all()
    found = default_of(world.app, list_versions(world.session, world.app))
    return found.number if found is not None else None


def _what(world: World) -> list[str]:
    return [change.what for change in list_changes(world.session, world.app, limit=100)[0]][::-1]


def test_its_image_is_moved_and_its_row_tells_of_it(world: World) -> None:
    packages = [{"name": "bash", "version": "5.2"}]
    made = _store(world, b"abc", user=world.app.owner, changelog="New\nlines", packages=packages, recipe="From: x\0")
    world.session.expire_all()
    assert (made.number, made.size, made.published, made.signed, made.origin) == (2, 3, True, False, "sandbox")
    assert (made.changelog, made.packages, made.recipe) == ("New\nlines", packages, "From: x\ufffd")
    assert _file(world, made).read_bytes() == b"abc"
    assert list(world.services.layout.staging.iterdir()) == []
    assert newest_version(world.session, world.app) is made
    assert _what(world) == ["version 2"]


@pytest.mark.parametrize(
    ("says", "asked", "published"),
    [(True, None, True), (False, None, False), (False, True, True), (True, False, False)],
)
def test_it_is_published_as_the_app_says(world: World, says: bool, asked: bool | None, published: bool) -> None:
    world.app.auto_publish = says
    world.session.commit()
    assert _store(world, publish=asked).published is published


def test_what_cannot_be_moved_makes_no_version(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "sync_folder", full)
        with pytest.raises(Refusal, match="storage is full"):
            _store(world)
    assert [one.number for one in list_versions(world.session, world.app)] == [1]
    assert _store(world).number == 2


def test_an_image_that_is_gone_makes_no_version(world: World) -> None:
    image = _image(world, b"2")
    target = world.services.layout.image("textstats", image.sha256)
    with pytest.raises(StorageAway):
        store_version(
            world.session, world.services, world.app, StoredImage(target, image.sha256, 1), user=None,
            origin="folder", entrypoint="/e",
        )  # fmt: skip
    assert len(list_versions(world.session, world.app)) == 1


def _at_once(world: World, *calls: Callable[[Session], Any]) -> list[Any]:
    gate, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[Session], Any]) -> None:
        with world.sessions() as session:
            gate.wait(10)
            try:
                outcomes.append(call(session))
            except Refusal as error:
                session.rollback()
                outcomes.append(error.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    world.session.expire_all()
    return outcomes


def test_commits_at_once_get_numbers_of_their_own(world: World) -> None:
    def commit(number: int) -> Callable[[Session], int]:
        return lambda session: _store(world, b"%d" % number, session=session, number=number).number

    assert sorted(_at_once(world, *(commit(number) for number in range(2, 8)))) == [2, 3, 4, 5, 6, 7]
    versions = list_versions(world.session, world.app)
    assert all(_file(world, one).read_bytes() == bytes.fromhex(one.sha256).lstrip(b"\0") for one in versions[:-1])


def test_the_default_is_the_newest_published_unless_one_was_chosen(world: World) -> None:
    session = world.session
    second = add_version(session, world.app, 2)
    add_version(session, world.app, 3, published=False)
    assert _default(world) == 2
    change_version(session, None, world.version, default=True)
    assert _default(world) == 1
    assert find_version(session, world.user, world.app, None, field="v").number == 1
    add_version(session, world.app, 4)
    assert _default(world) == 1, "it stays when there is a newer one"
    change_version(session, None, second, default=False)
    assert _default(world) == 1, "another one is not the default"
    change_version(session, None, world.version, default=False)
    assert _default(world) == 4
    assert _what(world) == ["default_version", "default_version"]


def test_the_default_stays_published_and_is_not_deleted(world: World) -> None:
    session = world.session
    third = add_version(session, world.app, 3, published=False)
    with pytest.raises(Conflict) as caught:
        change_version(session, None, third, default=True)
    assert caught.value.code == "not_published"
    change_version(session, None, third, default=True, published=True)
    for call in (
        lambda: change_version(session, None, third, published=False),
        lambda: delete_version(session, None, third),
    ):
        with pytest.raises(Conflict) as caught:
            call()
        assert caught.value.code == "version_is_default"
    assert (_default(world), third.published, third.deleted_at) == (3, True, None)
    change_version(session, None, third, default=False, published=False)
    assert _default(world) == 1


def test_what_changes_is_told(world: World) -> None:
    change_version(world.session, world.app.owner, world.version, published=False, changelog="Fixed")
    change_version(world.session, world.app.owner, world.version, published=False, changelog="Fixed")
    changes = list_changes(world.session, world.app, limit=10)[0][::-1]
    assert [(one.what, one.old, one.new) for one in changes] == [
        ("version 1: published", True, False), ("version 1: changelog", "", "Fixed"),
    ]  # fmt: skip
    for text in ("a\0b", "x" * 100_001, "\ud800"):
        with pytest.raises(BadInput) as caught:
            change_version(world.session, None, world.version, changelog=text)
        assert caught.value.field == "changelog"


def test_a_deleted_one_is_nobodys_until_it_is_restored(world: World) -> None:
    session, second = world.session, _store(world)
    job = world.submit("-x", {"a": b"1"})
    assert job.sha256 == second.sha256
    delete_version(session, world.app.owner, second)
    delete_version(session, world.app.owner, second)
    assert _default(world) == 1
    for user in (world.user, world.app.owner):
        with pytest.raises(BadInput, match="published: 1"):
            find_version(session, user, world.app, "2", field="v")
    with pytest.raises(Conflict) as caught:
        change_version(session, None, second, published=True)
    assert caught.value.code == "version_deleted"
    assert newest_version(session, world.app) is world.version
    assert _file(world, second).is_file()
    assert _store(world, b"3").number == 3, "its number is not given out again"
    restore_version(session, world.services, None, second)
    restore_version(session, world.services, None, second)
    assert find_version(session, world.user, world.app, "2", field="v") is second
    assert _what(world) == ["version 2", "version 2: deleted", "version 3", "version 2: deleted"]


def test_an_app_whose_only_version_was_deleted_is_not_listed(world: World) -> None:
    delete_version(world.session, None, world.version)
    assert visible_apps(world.session, world.user) == []
    with pytest.raises(NotFound, match="no published version"):
        find_version(world.session, world.user, world.app, None, field="v")


def _tidy(world: World, after: timedelta) -> None:
    tidy(world.session, world.services, utc_now() + after)
    world.session.expire_all()


def test_its_image_goes_when_its_time_is_over(world: World) -> None:
    second = _store(world)
    delete_version(world.session, None, second)
    _tidy(world, timedelta(days=29))
    assert (_file(world, second).is_file(), second.purged_at) == (True, None)
    _tidy(world, LATER)
    assert (_file(world, second).is_file(), second.purged_at is None) == (False, False)
    with pytest.raises(Gone) as caught:
        restore_version(world.session, world.services, None, second)
    assert caught.value.code == "version_gone"
    _tidy(world, LATER + timedelta(hours=2))
    assert list(world.services.layout.trash.iterdir()) == []


def test_an_image_that_an_unfinished_job_names_stays(world: World) -> None:
    second = _store(world)
    job = world.submit("-x", {"a": b"1"})
    delete_version(world.session, None, second)
    _tidy(world, LATER)
    assert (_file(world, second).is_file(), second.purged_at) == (True, None)
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    _tidy(world, LATER)
    assert (_file(world, second).exists(), second.purged_at is None) == (False, False)


@pytest.mark.parametrize("twin_deleted", [False, True])
def test_an_image_that_another_version_has_stays(world: World, *, twin_deleted: bool) -> None:
    second = _store(world, b"same")
    delete_version(world.session, None, second)
    third = _store(world, b"same")
    assert third.sha256 == second.sha256
    if twin_deleted:
        world.session.refresh(second)
        second.deleted_at = utc_now() - LATER
        world.session.commit()
        delete_version(world.session, None, third)
        _tidy(world, timedelta())
    else:
        _tidy(world, LATER)
    assert second.purged_at is not None
    assert _file(world, third).read_bytes() == b"same"
    restore_version(world.session, world.services, None, third)
    assert third.deleted_at is None


def test_killed_while_it_is_purged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    second = _store(world)
    delete_version(world.session, None, second)
    real = purge._throw_away

    def killed(*given: Any) -> None:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purge, "_throw_away", killed)
        with pytest.raises(KeyboardInterrupt):
            tidy(world.session, world.services, utc_now() + LATER)
    world.session.rollback()
    world.session.expire_all()
    assert (_file(world, second).exists(), second.purged_at) == (False, None)
    with pytest.raises(Gone):
        restore_version(world.session, world.services, None, second)
    _tidy(world, LATER)
    assert second.purged_at is not None


def test_a_storage_that_is_away_ends_nothing(world: World) -> None:
    second = _store(world)
    delete_version(world.session, None, second)
    layout = world.services.layout
    aside = layout.images.rename(layout.root / "aside")
    assert purge.purge_versions(world.session, world.services, utc_now() + LATER) == 0
    with pytest.raises(StorageAway):
        restore_version(world.session, world.services, None, second)
    aside.rename(layout.images)
    world.session.expire_all()
    assert second.purged_at is None
    restore_version(world.session, world.services, None, second)
    assert _file(world, second).is_file()


def test_default_and_deletion_at_once(world: World) -> None:
    add_version(world.session, world.app, 2)
    for _ in range(5):
        outcomes = _at_once(
            world,
            lambda session: change_version(session, None, session.get_one(Version, world.version.id), default=True),
            lambda session: delete_version(session, None, session.get_one(Version, world.version.id)),
        )
        assert sorted(map(str, outcomes)) in (["None", "version_is_default"], ["None", "version_deleted"])
        chosen = world.app.default_version == 1
        assert chosen is (world.version.deleted_at is None)
        change_version(world.session, None, world.version, default=False) if chosen else None
        world.session.refresh(world.version)
        world.version.deleted_at = None
        world.session.commit()


def test_the_same_image_stored_while_it_is_purged_is_there(world: World) -> None:
    for number in range(5):
        text = b"same%d" % number
        second = _store(world, text)
        delete_version(world.session, None, second)
        outcomes = _at_once(
            world,
            lambda session, text=text: _store(world, text, session=session, number=1).id,
            lambda session: purge.purge_versions(session, world.services, utc_now() + LATER) and 0,
        )
        made = world.session.get_one(Version, max(outcomes))
        assert _file(world, made).read_bytes() == text
        shutil.rmtree(world.services.layout.trash / f"version-{second.id}", ignore_errors=True)


def test_packages_are_compared() -> None:
    def listed(**packages: str) -> list[dict[str, str]]:
        return [{"name": name, "version": version} for name, version in packages.items()]

    old, new = listed(bash="5.2", numpy="1.0", sed="4"), listed(bash="5.3", sed="4", gawk="1")
    assert compare_packages(old, new) == [
        PackageChange("bash", "5.2", "5.3"), PackageChange("gawk", None, "1"), PackageChange("numpy", "1.0", None),
    ]  # fmt: skip
    assert compare_packages(old, old) == []
    assert compare_packages(None, new) is None
    twice = [*listed(numpy="2"), *listed(numpy="1")]
    assert compare_packages(twice, listed(numpy="2")) == [PackageChange("numpy", "1, 2", "2")]
