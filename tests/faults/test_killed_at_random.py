"""SIGKILL at random times and steps while many clients submit: 0 lost, 0 run twice."""

import random
from concurrent.futures import Future

from tests.cluster.portal import until
from tests.faults import machine
from tests.faults.conftest import Extent
from tests.faults.failing import arm, disarm, fired
from tests.faults.test_killed_at_steps import FOLLOWING, SUBMITTING
from tests.faults.trial import Trial

_VICTIMS = (("portal",), ("sweep",), ("portal", "sweep"))


def test_storm(trial: Trial, extent: Extent, chance: random.Random) -> None:
    """Portal, sweep or both killed at random times and steps, 4 clients submitting."""
    jobs = extent.of(40, 300)
    trial.row.times = 0
    with trial.clients(jobs) as sent:
        while not all(each.done() for each in sent):
            _one_fault(chance, sent)
            trial.row.times += 1
    trial.row.meanwhile = f"{jobs} submissions"
    trial.row.after = trial.true_after(within_s=240)
    assert trial.row.times >= extent.of(4, 40)


def _one_fault(chance: random.Random, sent: list[Future[int]]) -> None:
    accepted = sum(each.done() for each in sent)
    more = min(len(sent), accepted + chance.randrange(1, 6))
    until("some more jobs are accepted", lambda: sum(each.done() for each in sent) >= more, within_s=180)
    if chance.random() < 0.5:  # a step
        point = chance.choice(SUBMITTING + FOLLOWING)
        arm(point)
        until("the step is reached, or nobody submits any more", lambda: fired(point) or all(e.done() for e in sent))
        disarm()
    else:  # a time, which the step that the clients' next answers come at makes random
        machine.kill(*chance.choice(_VICTIMS))
