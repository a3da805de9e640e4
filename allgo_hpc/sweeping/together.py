"""The moves of one pass, some at a time in one transaction: what a commit costs is paid once for many jobs."""

import logging
from time import monotonic

from sqlalchemy.orm import Session

from allgo_hpc.jobs.moves import Move, move, move_together, too_long

_log = logging.getLogger(__name__)
_MOST = 100
_LONGEST_S = 0.1
"""Nobody sees a move before it is written: the first of many does not wait for the listing of the others' results."""


class Moves:
    """Collects moves and writes them.

    Attributes:
        session: of the pass.
        moved: jobs that were moved.
        planned: the jobs of all moves that were taken.
        failed: jobs whose move could not be written; they are followed again at the next sweep.
    """

    def __init__(self, session: Session) -> None:
        """Begin without any."""
        self.moved = self.failed = 0
        self.planned: set[int] = set()
        self.session = session
        self._moves: list[Move] = []
        self._since = 0.0

    def add(self, one: Move) -> None:
        """Take a move; it is written now or a little later."""
        self.planned.add(one.job_id)
        if too_long(one.files):
            self.moved += move(
                self.session, one.job, one.new, source=one.source, values=dict(one.values), files=one.files
            )
            return
        if not self._moves:
            self._since = monotonic()
        self._moves.append(one)

    def write_if_due(self) -> None:
        """Write when there are many, or the first has waited."""
        if len(self._moves) >= _MOST or (self._moves and monotonic() - self._since > _LONGEST_S):
            self.write()

    def write(self) -> None:
        """Write all; where that fails each alone, so that one job does not keep the others from moving."""
        moves, self._moves = self._moves, []
        if not moves:
            return
        try:
            self.moved += len(move_together(self.session, moves))
        except Exception:
            self.session.rollback()
            if len(moves) == 1:
                self.failed += 1
                _log.exception("the move of job %s could not be written", moves[0].job_id)
                return
            _log.warning("%s moves could not be written together: each alone", len(moves), exc_info=True)
            for one in moves:
                self._moves = [one]
                self.write()
