"""The turns of a sweeping process: alone while it has the right, without memory once it had not, woken by a poke."""

import threading
import time
from datetime import timedelta

import pytest

from allgo_hpc.models import utc_now
from allgo_hpc.sweeping import memory as remembering
from allgo_hpc.sweeping import rest as resting
from allgo_hpc.sweeping import turns as turning
from allgo_hpc.sweeping.lease import lease_renewed_at, take_lease
from allgo_hpc.sweeping.turns import Kept, Turns, sweep_once
from slurm import State
from tests.fakes import record
from tests.fast.domain.world import World, make_services


def _once(world: World, kept: Kept) -> bool:
    swept = sweep_once(world.sessions, world.services, "me", kept)
    world.session.expire_all()
    return swept is not None


def _remembers(kept: Kept) -> bool:
    return bool(kept.memory._standing)


@pytest.fixture
def kept(world: World) -> Kept:
    """Of a process that has seen a job stand still."""
    job = world.job()
    world.slurm.controller = [record(job.uuid)]
    kept = Kept()
    for _ in range(2):
        assert _once(world, kept)
    assert _remembers(kept)
    return kept


def test_who_lost_the_right_forgets(world: World, kept: Kept) -> None:
    assert take_lease(world.session, "another", now=utc_now() + timedelta(seconds=16), seconds=5)
    kept.renewed_at -= turning.RENEWED_EVERY_S
    assert not _once(world, kept)
    assert not _remembers(kept)


def test_who_failed_forgets(world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(turning, "sweep", fail)
    with pytest.raises(OSError, match="full"):
        _once(world, kept)
    assert not _remembers(kept)


def test_the_right_is_renewed_now_and_then(world: World, kept: Kept) -> None:
    first = lease_renewed_at(world.session)
    _once(world, kept)
    assert lease_renewed_at(world.session) == first
    kept.renewed_at -= turning.RENEWED_EVERY_S
    _once(world, kept)
    renewed = lease_renewed_at(world.session)
    assert renewed is not None
    assert first is not None
    assert renewed > first


def test_it_is_renewed_long_before_it_ends() -> None:
    assert turning.RENEWED_EVERY_S * 3 < turning.LEASE_S
    assert remembering.STALE_AFTER_S < turning.LEASE_S


def test_what_moved_is_told(world: World) -> None:
    job = world.job()
    news = world.services.layout.news
    _once(world, Kept())
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    news.unlink(missing_ok=True)
    _once(world, kept := Kept())
    assert news.exists()
    news.unlink()
    _once(world, kept)
    assert not news.exists(), "nothing moved"


@pytest.fixture
def turns(world: World, monkeypatch: pytest.MonkeyPatch) -> Turns:
    """Of a process that sweeps when it is poked and not otherwise, however long its sweeps take here."""
    monkeypatch.setattr(resting, "CREDIT_S", 3600.0)
    services = make_services(world.services.layout.root, world.slurm, sweep_interval_s=60)
    return Turns(world.sessions, services, "me")


def test_a_poke_makes_it_look(world: World, turns: Turns) -> None:
    assert not turns.has_right()
    for _ in range(3):
        turns.look()
    assert turns.has_right()
    assert world.slurm.calls == {"jobs": 1}
    turns.poke()
    turns.look()
    assert world.slurm.calls == {"jobs": 2}


def test_a_poke_wakes_the_loop(world: World, turns: Turns) -> None:
    loop = threading.Thread(target=turns.take)
    loop.start()
    until = time.monotonic() + 30
    while world.slurm.calls["jobs"] < 1 and time.monotonic() < until:
        time.sleep(0.01)
    turns.poke()
    while world.slurm.calls["jobs"] < 2 and time.monotonic() < until:
        time.sleep(0.01)
    turns.end()
    loop.join(30)
    assert world.slurm.calls["jobs"] == 2
    assert not loop.is_alive()


def test_a_turn_ends_when_the_process_does(world: World, turns: Turns) -> None:
    turns.end()
    loop = threading.Thread(target=turns.take, daemon=True)
    loop.start()
    loop.join(30)
    assert not loop.is_alive()
    assert world.slurm.calls == {"jobs": 1}, "its first look"
