"""The same key at the same time: one job, and of the others nothing stays."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from allgo_hpc.errors import Refusal
from allgo_hpc.models import User
from allgo_hpc.submitting import submission
from allgo_hpc.submitting.idempotency import Key
from tests.fast.domain.world import World

AT_ONCE = 3


@pytest.fixture(autouse=True)
def _all_have_looked_before_one_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody goes on before all have asked whether the key is known: the race happens every time."""
    looked = threading.Barrier(AT_ONCE)
    ask = submission.earlier

    def ask_and_wait(*given: object) -> object:
        found = ask(*given)  # type: ignore[arg-type]
        looked.wait(timeout=60)
        return found

    monkeypatch.setattr(submission, "earlier", ask_and_wait)


def _at_once(world: World, call: Callable[[World, int], int]) -> list[int | str]:
    def one(number: int) -> int | str:
        with world.sessions() as session:
            user = session.get_one(User, world.user.id)
            try:
                return call(replace(world, session=session, user=user), number)
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.mark.parametrize("batch", [None, "each"])
def test_the_same_request_at_once_is_one_job(world: World, batch: str | None) -> None:
    key = Key("a-key", "1" * 64)
    files = {"a": b"1", "b": b"2"}
    ids = _at_once(world, lambda mine, _: mine.submit("-x", files, key=key, batch=batch).id)
    assert len(set(ids)) == 1
    layout = world.services.layout
    rows = 1 if batch is None else 3
    assert {word for word in world.left() if " of " in word} == {
        f"{rows} of job", f"{2 * rows} of job_event", "2 of job_input", "1 of idempotency_key",
    }  # fmt: skip
    assert list(layout.staging.iterdir()) == []
    assert len(list(layout.control.iterdir())) == 1
    assert len(list((layout.datastore / str(world.user.id) / str(world.app.id)).iterdir())) == (1 if not batch else 2)
    assert len(world.slurm.submitted) == 1


def test_different_requests_with_one_key_at_once_are_one_job_and_refusals(world: World) -> None:
    told = _at_once(world, lambda mine, number: mine.submit("-x", {"a": b"1"}, key=Key("k", f"{number:064}")).id)
    assert sorted(map(str, told))[1:] == ["idempotency_key_reused"] * 2
    assert len(list(world.services.layout.control.iterdir())) == 1
    assert list(world.services.layout.staging.iterdir()) == []
    assert len(world.slurm.submitted) == 1
