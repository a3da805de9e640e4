"""The place in the line: whom it is told of, and that Slurm is asked rarely."""

import threading
from datetime import UTC, datetime

import pytest

from allgo_hpc.reading import line as line_module
from allgo_hpc.reading.line import Line, Place, place_of
from slurm import Waiting
from tests.fakes import FakeSlurm

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WAIT = [
    Waiting(1, frozenset({"batch"}), 9, None),
    Waiting(2, frozenset({"standard"}), 8, None),
    Waiting(3, frozenset({"standard", "batch"}), 7, AT),
    Waiting(4, frozenset({"standard"}), 6, None),
]


@pytest.mark.parametrize(
    ("job", "place"), [(2, Place(1, 3, None)), (3, Place(3, 4, AT)), (4, Place(3, 3, None)), (5, None)]
)
def test_those_that_want_the_same_partition_count(job: int, place: Place | None) -> None:
    assert place_of(WAIT, job) == place


def test_many_readers_ask_slurm_once() -> None:
    slurm = FakeSlurm()
    slurm.line = WAIT
    line = Line(slurm)
    found: list[Place | None] = []
    readers = [threading.Thread(target=lambda: found.append(line.place(2))) for _ in range(20)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [Place(1, 3, None)] * 20
    assert slurm.calls["waiting"] == 1


def test_a_silent_slurm_is_asked_once_and_nothing_is_told() -> None:
    slurm = FakeSlurm()
    slurm.be_away()
    line = Line(slurm)
    assert [line.place(2), line.place(2)] == [None, None]
    assert slurm.calls["waiting"] == 1


def test_what_slurm_said_is_told_while_it_is_asked_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    slurm = FakeSlurm()
    slurm.line = WAIT
    now = [1000.0]
    monkeypatch.setattr(line_module.time, "monotonic", lambda: now[0])
    line = Line(slurm)
    assert line.place(2) == Place(1, 3, None)
    slurm.be_away()
    now[0] += 30
    assert line.place(2) == Place(1, 3, None)
    assert slurm.calls["waiting"] == 2
    now[0] += 40
    assert line.place(2) is None
