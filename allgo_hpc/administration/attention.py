"""What needs an administrator's attention first; pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allgo_hpc.administration.disk import Disk
from allgo_hpc.administration.health import State
from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER

_LATE = timedelta(minutes=10)
_SLOW_MS = 250.0
_SLOW_SWEEP_S = 10.0
NEARLY_FULL = 0.9
FULL = 0.97


@dataclass(frozen=True)
class Matter:
    """One thing to look at.

    Attributes:
        kind: a stable word; the page has a sentence for each.
        urgent: whether jobs or people wait because of it.
        values: what the sentence holds.
    """

    kind: str
    urgent: bool
    values: dict[str, Any] = field(default_factory=dict)


KINDS = (
    "sweep_never", "sweep_away", "controller_away", "accounting_away", "disk_away", "disk_full", "lost", "absent",
    "mails_late", "webhooks_late", "database_slow", "sweep_slow", "sandbox_errors",
)  # fmt: skip


def attention(state: State, disks: list[Disk], sandbox_errors: int, now: datetime) -> list[Matter]:
    """Return what is wrong, the most urgent first; empty: nothing is."""
    found = [*_following(state), *_cluster(state), *_disks(disks), *_jobs(state), *_queues(state, now)]
    if sandbox_errors:
        found.append(Matter("sandbox_errors", urgent=False, values={"count": sandbox_errors}))
    return sorted(found, key=lambda each: not each.urgent)


def _following(state: State) -> Iterator[Matter]:
    if state.sweep.swept_at is None:
        yield Matter("sweep_never", urgent=True)
    elif not state.sweep.alive:
        yield Matter("sweep_away", urgent=True, values={"at": state.sweep.swept_at})
    if state.sweep.took_s is not None and state.sweep.took_s > _SLOW_SWEEP_S:
        yield Matter("sweep_slow", urgent=False, values={"seconds": state.sweep.took_s})
    if state.database_ms > _SLOW_MS:
        yield Matter("database_slow", urgent=False, values={"ms": state.database_ms})


def _cluster(state: State) -> Iterator[Matter]:
    for name, kind, urgent in ((CONTROLLER, "controller_away", True), (ACCOUNTING, "accounting_away", False)):
        row = state.cluster.get(name)
        if row is not None and row.silent_since is not None:
            yield Matter(kind, urgent=urgent, values={"at": row.silent_since, "said": row.said})


def _disks(disks: list[Disk]) -> Iterator[Matter]:
    for disk in disks:
        if disk.total is None:
            yield Matter("disk_away", urgent=True, values={"name": disk.name, "said": disk.said})
        elif disk.used_share > NEARLY_FULL:
            values = {"name": disk.name, "free": disk.free, "share": disk.used_share}
            yield Matter("disk_full", urgent=disk.used_share > FULL, values=values)


def _jobs(state: State) -> Iterator[Matter]:
    for kind, count in (("lost", state.unfinished.lost_lately), ("absent", state.unfinished.absent)):
        if count:
            yield Matter(kind, urgent=False, values={"count": count})


def _queues(state: State, now: datetime) -> Iterator[Matter]:
    for queue, kind in ((state.mails, "mails_late"), (state.webhooks, "webhooks_late")):
        if queue.due_since is not None and now - queue.due_since > _LATE:
            yield Matter(kind, urgent=False, values={"count": queue.waiting, "at": queue.due_since})
