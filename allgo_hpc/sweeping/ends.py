"""Listens to jobs that say that they end, and looks at such a one at once and alone, whatever the sweep is at.

Where that is not enough (several end at once, it is part of a batch, nobody knows which one), the sweep is poked.
Both may come upon the same job: each of their moves is a compare-and-swap.
"""

import logging
import time
from collections.abc import Set as AbstractSet

from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.jobs.told import Told, slurm_ids
from allgo_hpc.models import utc_now
from allgo_hpc.services import Services
from allgo_hpc.sweeping.near import Near, look_at
from allgo_hpc.sweeping.pace import Soon
from allgo_hpc.sweeping.rest import Rest
from allgo_hpc.sweeping.turns import Turns
from allgo_hpc.touched import Touched

_log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.01
"""How often it is asked whether a job has ended, which costs a look at two files: a hundredth of a processor."""
ENDING_S = 0.04
"""So long after a script's poke it is looked: Slurm has the end some hundredths of a second after the script's last
act, and its controller's poke comes then. A look before finds nothing, and would be in the way of the one that does."""
_NEVER = float("inf")


class Ends:
    """See above."""

    def __init__(self, sessions: sessionmaker[Session], services: Services, turns: Turns) -> None:
        """Take what a look needs, and the sweep that is poked; ``take`` begins."""
        self._sessions, self._services, self._turns = sessions, services, turns
        self._scripts = Touched(services.layout.poke)
        self._controllers = Touched(services.settings.controller_poke)
        self._told = Told(services.layout.poke, services.settings.controller_poke)
        self._rest, self._soon = Rest(), Soon()
        self._at = _NEVER
        self._ending = False

    def take(self) -> None:
        """Look again and again until the process ends."""
        while not self._ending:
            self.look()
            time.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Look at the job that has said that it ends, or poke the sweep, if it is time to."""
        now = time.monotonic()
        if self._scripts.look():
            self._at = min(self._at, now + ENDING_S)
        if self._controllers.look():
            self._told.read_controllers()
            self._at = min(self._at, now)
        if now < max(self._at, self._rest.until):
            return
        self._at = _NEVER
        self._told.read_scripts()
        ids = slurm_ids(self._told.words)
        near = self._look_at(ids) if ids is not None and self._turns.has_right() else Near.UNSEEN
        ended = time.monotonic()
        self._rest.took(ended - now, ended)
        if near is Near.FINISHING:
            self._at = min(self._at, ended + self._soon.wait_s(self._services.settings.sweep_interval_s))
            return
        self._soon.begin()
        self._told.forget()
        if near is Near.UNSEEN:
            self._turns.poke()

    def end(self) -> None:
        """Look no more."""
        self._ending = True

    def _look_at(self, ids: AbstractSet[int]) -> Near:
        try:
            with self._sessions() as session:
                return look_at(session, self._services, ids, utc_now())
        except Exception:
            _log.exception("the Slurm jobs %s could not be looked at", ids)
            return Near.UNSEEN
