"""SIGKILL at random times and steps while many clients submit: 0 lost, 0 run twice."""

import random
import threading
from concurrent.futures import Future

from tests.cluster.portal import until
from tests.faults import machine
from tests.faults.conftest import Extent
from tests.faults.failing import arm, disarm, fired
from tests.faults.test_killed_at_steps import FOLLOWING, SUBMITTING
from tests.faults.trial import Trial

_AT_A_STEP = 0.5
_VICTIMS = (("portal",), ("sweep",), ("portal", "sweep"))


def test_storm(trial: Trial, extent: Extent, chance: random.Random) -> None:
    """Portal, sweep or both killed at random times and steps, 4 clients submitting."""
    jobs = extent.of(40, 300)
    trial.row.times = 0
    turns = threading.Semaphore(0)
    with trial.clients(jobs, turns=turns) as sent:
        try:
            while not all(each.done() for each in sent):
                _one_fault(chance, sent, turns)
                trial.row.times += 1
        finally:
            turns.release(jobs)
    trial.row.meanwhile = f"{jobs} submissions"
    trial.row.after = trial.true_after(within_s=240)
    assert trial.row.times >= extent.of(5, 40)


def _one_fault(chance: random.Random, sent: list[Future[int]], turns: threading.Semaphore) -> None:
    """Let a few clients submit, and kill while they do."""
    before, few = _accepted(sent), chance.randrange(2, 9)
    point = chance.choice(SUBMITTING + FOLLOWING) if chance.random() < _AT_A_STEP else ""
    if point:
        arm(point)
    turns.release(few)
    wanted = min(len(sent), before + (few if point else chance.randrange(few)))
    # A step may wait for a job that ends, or for the sweep's lease.
    until("enough are accepted", lambda: _accepted(sent) >= wanted and (not point or _met(point, sent)), within_s=180)
    if not point:
        machine.kill(*chance.choice(_VICTIMS))
    disarm()
    until("all of them are accepted", lambda: _accepted(sent) >= min(len(sent), before + few), within_s=180)


def _accepted(sent: list[Future[int]]) -> int:
    return sum(each.done() for each in sent)


def _met(point: str, sent: list[Future[int]]) -> bool:
    return fired(point) or all(each.done() for each in sent)
