"""What a sweeping process remembers from one pass to the next, so that it looks only at what may have moved.

It is a memory of one process: after a start or a take-over there is none, and all is looked at. Nothing is decided by
it: it only says where looking again would show the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from allgo_hpc.states import JobState
from allgo_hpc.sweeping.gather import Mark
from allgo_hpc.sweeping.rows import Row
from slurm import JobRecord, state_line

WHOLE_EVERY_S = 10.0
"""So old at most is the last whole answer: it has reasons and marks, the short one has not."""
FORGOTTEN_AFTER_S = 300.0
"""So often everything is looked at as after a start, whatever is remembered: a net below this module's own mistakes."""
STALE_AFTER_S = 12.0
"""A process that did not sweep for so long may have lost its right to another one, which moved jobs; less than how long
that right lasts (allgo_hpc.sweeping.turns.LEASE_S)."""
MOST_AT_ONCE = 1000
"""So many jobs at most are followed in one pass: one to three seconds."""
_MANY = 500
"""With fewer jobs the whole question is cheap as well."""
_NOT_FOR_S = 600.0
_OTHERS_FACTOR = 4
"""The short answer has everybody's jobs: where they are so many times ours, it is not cheap any more."""
_STANDING = {JobState.PENDING.value, JobState.RUNNING.value}


@dataclass
class Memory:
    """See above.

    Attributes:
        unfinished: how many jobs the last pass found.
    """

    unfinished: int = 0
    _standing: dict[int, tuple[str, Sequence[JobRecord]]] = field(default_factory=dict)
    _batches: dict[int, str] = field(default_factory=dict)
    _lines: frozenset[str] = frozenset()
    _event: int = -1
    _whole_at: float = float("-inf")
    _not_before: float = float("-inf")
    _begun_at: float = float("-inf")
    _used_at: float = float("-inf")
    _next: int = 0

    def forget(self) -> None:
        """Forget everything: somebody else may have moved jobs, or nobody knows how far this process came."""
        self._standing, self._batches, self._lines = {}, {}, frozenset()

    def begin(self, at: float) -> None:
        """Begin a pass; what was remembered too long ago, or by a process that stood still, counts no more."""
        if at - self._begun_at >= FORGOTTEN_AFTER_S or at - self._used_at >= STALE_AFTER_S:
            self.forget()
            self._begun_at = at
        self._used_at = at

    def may_ask_shortly(self, newest_event: int, at: float) -> bool:
        """True when the last whole pass found nothing to do, was just now, and nobody has changed a job since.

        Every change of a job that the sweep must know of leaves an event.
        """
        return bool(self._lines) and newest_event == self._event and at - self._whole_at < WHOLE_EVERY_S

    def says_the_same(self, lines: frozenset[str], at: float) -> bool:
        """Compare a short answer with the last whole one."""
        if len(lines) > _OTHERS_FACTOR * len(self._lines):
            self._not_before = at + _NOT_FOR_S
        return self._lines <= lines

    def ask_wholly(self) -> None:
        """Forget that a short question would do: somebody poked, or it was answered otherwise."""
        self._lines = frozenset()

    def never_shortly(self) -> None:
        """Note that this Slurm does not know the short question."""
        self._lines, self._not_before = frozenset(), float("inf")

    def to_be_followed(
        self, rows: Sequence[Row], records: Mapping[Mark, Sequence[JobRecord]], control: Path
    ) -> list[Row]:
        """Return the rows that may not be where they stand, tasks before batches."""
        jobs = [row for row in rows if not row.tasks and not self._stands(row, records, control)]
        moving = {row.parent_id for row in jobs}
        batches = [
            row
            for row in rows
            if row.tasks and (row.odd or row.cancelled or row.id in moving or self._batches.get(row.id) != row.state)
        ]
        return jobs + batches

    def portion(self, rows: Sequence[Row]) -> tuple[Sequence[Row], bool]:
        """Return those of the jobs to be followed that this pass follows, and whether some are left to the next.

        Many that end at once would else make one pass of minutes, in which nobody hears of a cancelling or an end. All
        batches are among them: they are few, and what they are their tasks say.
        """
        jobs = [row for row in rows if not row.tasks]
        if len(jobs) <= MOST_AT_ONCE:
            self._next = 0
            return rows, False
        jobs = [*(row for row in jobs if row.id >= self._next), *(row for row in jobs if row.id < self._next)]
        self._next = jobs[MOST_AT_ONCE - 1].id + 1
        return [*jobs[:MOST_AT_ONCE], *(row for row in rows if row.tasks)], True

    def note(self, rows: Iterable[Row], records: Mapping[Mark, Sequence[JobRecord]]) -> None:
        """Note that jobs were followed and stayed where they were."""
        for row in rows:
            said = records.get(row.mark, ())
            if row.tasks:
                if row.state != JobState.CREATED:
                    self._batches[row.id] = row.state
            elif row.state in _STANDING and len(said) == 1 and not said[0].state.is_final:
                self._standing[row.id] = (row.state, said)

    def note_pass(self, records: Sequence[JobRecord], event: int, at: float) -> None:
        """Note a whole pass that moved nothing and left nothing to be looked at again soon."""
        self._whole_at, self._event = at, event
        if len(records) >= _MANY and at >= self._not_before:
            self._lines = frozenset(map(state_line, records))

    def forget_all_but(self, rows: Sequence[Row]) -> None:
        """Forget jobs that are over."""
        self.unfinished = len(rows)
        if len(self._standing) + len(self._batches) > len(rows):
            ids = {row.id for row in rows}
            self._standing = {key: value for key, value in self._standing.items() if key in ids}
            self._batches = {key: value for key, value in self._batches.items() if key in ids}

    def _stands(self, row: Row, records: Mapping[Mark, Sequence[JobRecord]], control: Path) -> bool:
        known = self._standing.get(row.id)
        if known is None or row.odd or row.cancelled or known[0] != row.state:
            return False
        if known[1] != records.get((row.uuid, row.task)):
            return False
        # Of a job that waits a marker says nothing; one that runs has ended when it is there.
        return row.state != JobState.RUNNING or not _has_marker(control, row)


def _has_marker(control: Path, row: Row) -> bool:
    folder = control / row.control if row.task is None else control / row.control / str(row.task)
    try:
        (folder / "exit").lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # whoever reads it will say what is wrong
    return True
