"""Each thing that may be wrong is found, with its level, what was seen and what to do; what is well is said so."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from allgo_hpc.administration.disk import Disk
from allgo_hpc.doctor import Level, checks, cluster, examine, machine, node, records
from allgo_hpc.models import Lease, utc_now
from allgo_hpc.services import Services
from allgo_hpc.settings import Queue
from allgo_hpc.sweeping.lease import SWEEP
from containers import ContainerError
from slurm import CommandClient, FastClient, LinkState, SlurmUnavailable
from tests.fast.domain.world import World


@pytest.fixture
def well(world: World, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A portal to which nothing is wrong."""
    program = tmp_path / "apptainer"
    program.write_text("#!/bin/sh\necho apptainer version 1.4.5\n")
    program.chmod(0o755)
    settings = replace(
        world.services.settings, apptainer=str(program), mail_url="file:///mails", database_url=database_url
    )
    world.session.add(Lease(name=SWEEP, holder="here:1", renewed_at=utc_now(), took_s=0.02, expires_at=utc_now()))
    world.session.commit()
    world.services.layout.root.chmod(0o750)
    monkeypatch.setattr(machine.os, "geteuid", lambda: 990)
    answers = SimpleNamespace(node_status=dict)
    return replace(world.services, settings=settings, build_node=answers)


def _levels(services: Services, check: Callable[..., Any]) -> list[tuple[Level, str]]:
    found = list(check(services))
    for each in found:
        assert bool(each.todo) == (each.level is not Level.OK), f"what to do about it: {each}"
    return [(each.level, each.said) for each in found]


def _one(services: Services, check: Callable[..., Any], level: Level, *words: str) -> None:
    found = [each for each in _levels(services, check) if each[0] is not Level.OK]
    assert [each[0] for each in found] == [level], found
    for word in words:
        assert word in found[0][1]


def test_all_is_well(well: Services) -> None:
    found = list(examine(well))
    assert [each for each in found if each.level is not Level.OK] == []
    assert {"account", "folders", "database", "sweep", "controller", "queue batch", "accounting", "build node"} <= {
        each.what for each in found
    }


def test_a_check_that_breaks_does_not_stop_the_others(well: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Services) -> Any:
        raise RuntimeError("never seen before")

    monkeypatch.setitem(checks._CHECKS, "accounting", broken)
    found = list(examine(well))
    assert [each.said for each in found if each.level is Level.FAIL] == ["could not be looked at: never seen before"]
    assert found[-1].what == "build node"


def test_the_account(well: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = replace(well, settings=replace(well.settings, slurm_user="nobody-of-that-name"))
    _one(nobody, machine.account, Level.FAIL, "there is no account nobody-of-that-name")
    other = replace(well, settings=replace(well.settings, slurm_user="daemon"))
    monkeypatch.setattr(machine.os, "geteuid", lambda: 65534)
    _one(other, machine.account, Level.FAIL, "slurm_user is daemon")
    monkeypatch.setattr(machine.os, "geteuid", lambda: 0)
    _one(well, machine.account, Level.FAIL, "root")


def test_folders(well: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    well.layout.images.chmod(0o755)
    _one(well, machine.folders, Level.FAIL, str(well.layout.images), "open to everybody (0755)")
    well.layout.images.chmod(0o750)
    well.layout.trash.rmdir()
    _one(well, machine.folders, Level.FAIL, f"{well.layout.trash} is not there")
    well.layout.trash.mkdir(mode=0o750)
    full = os.strerror(28)

    def no_room(**_: Any) -> Any:
        raise OSError(28, full)

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", no_room)
    assert {each for each, _ in _levels(well, machine.folders)} == {Level.FAIL}
    well.layout.root.rename(tmp_path / "elsewhere")
    _one(well, machine.folders, Level.FAIL, "is not there")


def test_disks(well: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Disk("a", 100, 50), Disk("b", 100, 5), Disk("c", 100, 1), Disk("d", None, said="Stale file handle")]
    monkeypatch.setattr(machine, "look_at_disks", lambda _: found)
    assert [level for level, _ in _levels(well, machine.disks)] == [Level.OK, Level.WARN, Level.FAIL, Level.FAIL]


@pytest.mark.parametrize(("code", "words"), [("exit 3", "status 3"), (None, "No such file")])
def test_apptainer(well: Services, code: str | None, words: str) -> None:
    program = Path(well.settings.apptainer)
    if code is None:
        program.unlink()
    else:
        program.write_text(f"#!/bin/sh\n{code}\n")
    _one(well, machine.apptainer, Level.FAIL, words)


def test_no_mails(well: Services) -> None:
    _one(replace(well, settings=replace(well.settings, mail_url="")), machine.mails, Level.WARN, "none is sent")


def test_the_database(well: Services, tmp_path: Path) -> None:
    empty = replace(well, settings=replace(well.settings, database_url=f"sqlite:///{tmp_path}/empty.db"))
    _one(empty, records.database, Level.FAIL, "another schema")
    _one(empty, records.sweep, Level.FAIL, "without the database")
    away = "postgresql+psycopg://nobody:s3cret@127.0.0.1:1/none?connect_timeout=2"
    gone = replace(well, settings=replace(well.settings, database_url=away))
    _one(gone, records.database, Level.FAIL, "does not answer")
    assert "s3cret" not in str(list(records.database(gone)))


def test_the_sweep(well: Services, world: World) -> None:
    lease = world.session.get(Lease, SWEEP)
    assert lease is not None
    lease.renewed_at = utc_now() - timedelta(hours=1)
    world.session.commit()
    _one(well, records.sweep, Level.FAIL, "nobody has followed the jobs since")
    world.session.delete(lease)
    world.session.commit()
    _one(well, records.sweep, Level.FAIL, "never run")


def test_slurm_is_away(well: Services, world: World) -> None:
    world.slurm.jobs_fail = SlurmUnavailable("connection refused")
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is away")
    _one(well, cluster.controller, Level.FAIL, "connection refused")
    _one(well, cluster.queues, Level.FAIL, "connection refused")
    _one(well, cluster.accounting, Level.FAIL, "slurmdbd is away")


def test_no_commands(well: Services, tmp_path: Path) -> None:
    _one(replace(well, slurm=CommandClient("nobody", bin_dir=tmp_path)), cluster.commands, Level.FAIL, "sbatch")


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("AccountingStoreFlags", "(null)", Level.FAIL),
        ("AccountingStoreFlags", "no_job_comment", Level.FAIL),
        ("EnforcePartLimits", "NO", Level.WARN),
        ("SchedulerParameters", "batch_sched_delay=3", Level.WARN),
    ],
)
def test_slurms_settings(well: Services, world: World, name: str, value: str, level: Level) -> None:
    world.slurm.settings[name] = value
    _one(well, cluster.controller, level)


def test_queues(well: Services, world: World) -> None:
    there = world.slurm.cluster
    shut = tuple(replace(each, is_open=each.name != "batch") for each in there.partitions)
    world.slurm.cluster = replace(there, partitions=shut)
    _one(well, cluster.queues, Level.WARN, "batch starts no jobs")
    queues = (Queue(name="huge", partition="huge,batch", minutes=10),)
    _one(replace(well, settings=replace(well.settings, queues=queues)), cluster.queues, Level.FAIL, "no partition huge")


class _Fast(FastClient):
    """One whose path is as a test says."""

    state = LinkState(on=True, said="pyslurm 26.5.0 for Slurm 26.05.5")

    def fast_path(self) -> LinkState:
        return self.state


def test_the_fast_path(well: Services, tmp_path: Path) -> None:
    assert _levels(well, cluster.fast_path) == [(Level.OK, "off by the setting slurm_fast: sbatch serves")]
    fast = _Fast(CommandClient("nobody", bin_dir=tmp_path))
    here = replace(well, slurm=fast)
    assert _levels(here, cluster.fast_path) == [(Level.OK, "on: pyslurm 26.5.0 for Slurm 26.05.5")]
    fast.state = LinkState(on=False, said="pyslurm is not installed")
    _one(here, cluster.fast_path, Level.WARN, "pyslurm is not installed")


def test_the_build_node(well: Services) -> None:
    def away() -> Any:
        raise ContainerError("connection refused")

    gone = replace(well, build_node=SimpleNamespace(node_status=away))
    _one(gone, node.build_node, Level.FAIL, "connection refused")
    _one(replace(well, build_node=None), node.build_node, Level.WARN, "there is none")
