"""What brings commits and sandboxes on in the sweep's process: what is due is begun, by one process at a time."""

import logging
import threading
from typing import Any

import pytest

from allgo_hpc.commits import candidate, process
from allgo_hpc.commits.ask import ask_commit
from allgo_hpc.commits.process import AuthorWork
from allgo_hpc.jobs.dispatch import wake_sweep
from allgo_hpc.models import SshKey
from allgo_hpc.sandboxes.ask import discard_sandbox, start_sandbox
from allgo_hpc.sandboxes.keys import tell_build_node
from tests.fast.domain.test_sandbox_steps import KEY
from tests.fast.domain.workbench import Looked, Workbench


@pytest.fixture
def work(bench: Workbench) -> AuthorWork:
    return AuthorWork(bench.sessions, bench.services, "here")


def _once(work: AuthorWork) -> list[str]:
    """Begin what is due, wait for its end; gives which there were."""
    before = set(threading.enumerate())
    began: list[str] = []
    real = work.turn

    def turn(item: Any) -> None:
        began.append("-".join(map(str, item)))
        real(item)

    work.turn = turn  # type: ignore[method-assign]
    count = work.once()
    for thread in set(threading.enumerate()) - before:
        thread.join(20)
    work.turn = real  # type: ignore[method-assign]
    assert len(began) == count
    return sorted(began)


def test_without_sandboxes_nothing_is_begun(work: AuthorWork, bench: Workbench) -> None:
    assert _once(work) == []
    assert bench.node.calls == {}


def test_what_is_due_is_begun_and_what_is_not_is_left_alone(work: AuthorWork, bench: Workbench) -> None:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app)
    assert _once(work) == ["sandbox-1", "watch-0"]
    bench.session.refresh(made)
    assert made.state == "running"
    assert _once(work) == [], "the build node is asked every half minute, not every half second"
    commit = ask_commit(bench.session, bench.author, bench.app)
    assert _once(work) == [f"commit-{commit.id}"]
    bench.session.refresh(commit)
    assert commit.state == "building"
    bench.node.commits[commit.uuid]["failed"] = "there is no /home/allgo/entrypoint"
    assert _once(work) == [f"commit-{commit.id}"]
    discard_sandbox(bench.session, bench.app)
    assert _once(work) == ["sandbox-1"]
    assert (bench.node.sandboxes, _once(work)) == ({}, [])


def test_the_build_node_is_prepared_as_long_as_there_is_a_sandbox(work: AuthorWork, bench: Workbench) -> None:
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    _once(work)
    assert bench.node.waiting == 2, "a commit begins with two questions"
    commit = ask_commit(bench.session, bench.author, bench.app)
    bench.node.waiting = 0
    _once(work)
    assert bench.node.waiting == 0, "not while an image is being made: that needs the processors"
    bench.node.commits[commit.uuid]["failed"] = "there is no /home/allgo/entrypoint"
    _once(work)
    assert bench.node.waiting == 2
    discard_sandbox(bench.session, bench.app)
    _once(work)
    assert bench.node.waiting == 0


def test_a_revoked_key_is_told_at_once(work: AuthorWork, bench: Workbench) -> None:
    key = bench.add_key(KEY)
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    _once(work)
    assert len(bench.node.sandboxes["textstats"]["lines"]) == 1
    bench.session.delete(bench.session.get_one(SshKey, key.id))
    tell_build_node(bench.session, bench.author)
    bench.session.commit()
    assert _once(work) == ["sandbox-1"]
    assert bench.node.sandboxes["textstats"]["lines"] == []


def test_another_process_waits_for_the_lease(work: AuthorWork, bench: Workbench) -> None:
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    other = AuthorWork(bench.sessions, bench.services, "there")
    bench.node.down = True
    assert _once(work) == ["sandbox-1", "watch-0"]
    assert _once(other) == []
    work.give_back()
    assert _once(other) == ["sandbox-1", "watch-0"]


def test_a_turn_that_fails_is_told_in_the_log_and_taken_again(
    work: AuthorWork, bench: Workbench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app)

    def fails(*_: object) -> None:
        raise ValueError("a mistake")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(process, "sandbox_step", fails)
        _once(work)
    assert "sandbox 1: its turn failed" in caplog.text
    assert _once(work) == ["sandbox-1"]
    bench.session.refresh(made)
    assert made.state == "running"


def test_a_commit_goes_on_until_it_has_to_wait(
    work: AuthorWork, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "inspect_image", Looked())
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    _once(work)
    commit = ask_commit(bench.session, bench.author, bench.app)
    _once(work)
    bench.node.make(commit.uuid, b"the new image")
    assert _once(work) == [f"commit-{commit.id}"]
    bench.session.refresh(commit)
    assert commit.state == "ready", "in one turn: fetched, looked at, stored"


def test_a_poke_is_seen_at_the_next_tick(work: AuthorWork, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    clock = [100.0]
    monkeypatch.setattr(process.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(work, "once", lambda: looks.append(clock[0]) or 0)  # type: ignore[func-returns-value]
    work.tick()
    for clock[0] in (100.1, 100.2, 100.3):
        work.tick()
    assert looks == [100.0], "nothing is under way: every half second is enough"
    wake_sweep(bench.services)
    work.tick()
    clock[0] = 100.4
    work.tick()
    assert looks == [100.0, 100.3]
    clock[0] = 100.9
    work.tick()
    assert looks == [100.0, 100.3, 100.9]


def test_what_is_under_way_is_looked_at_ten_times_a_second_however_often_somebody_pokes(
    work: AuthorWork, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    clock = [100.0]
    monkeypatch.setattr(process.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(work, "once", lambda: looks.append(clock[0]) or 1)  # type: ignore[func-returns-value]
    for clock[0] in (100.0, 100.01, 100.09, 100.1, 100.11, 100.19, 100.2):
        wake_sweep(bench.services)
        work.tick()
    assert looks == [100.0, 100.1, 100.2]


def test_it_asks_on_and_on_until_the_process_ends(work: AuthorWork, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Semaphore(0)
    monkeypatch.setattr(work, "tick", asked.release)
    loop = threading.Thread(target=work.take)
    loop.start()
    many = all(asked.acquire(timeout=10) for _ in range(int(2 * process.ANEW_S / process.POKE_S)))
    work.give_back()
    loop.join(10)
    assert (many, loop.is_alive()) == (True, False)
