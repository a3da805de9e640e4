"""The SlurmClient that submits by libslurm where it can, and asks everything else of the commands."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slurm.advice import Advice
from slurm.client import CommandClient
from slurm.cluster import Overview
from slurm.errors import SlurmUnavailable, SubmitUnknown
from slurm.fast.framing import BadFrame
from slurm.fast.link import Link, LinkState, NoLink
from slurm.fast.meaning import Meaning, meaning
from slurm.fast.process import HelperGone
from slurm.fast.request import submission
from slurm.fast.start import Start
from slurm.record import JobRecord
from slurm.spec import JobSpec
from slurm.waiting import Waiting

_log = logging.getLogger(__name__)
_LEAST_S = 0.5
"""With less of the time left, sbatch would not be waited for long enough to say anything."""


class FastClient:
    """A SlurmClient around the commands.

    Only ``submit`` goes by libslurm: the rest gains nothing there (docs/fast-path.md), or is not asked often.

    Args:
        commands: what serves whenever the helper does not, and for everything but submissions.
        link: the way to the helper; by default one that starts ``slurm.fast.helper`` with the commands' environment.
    """

    def __init__(self, commands: CommandClient, link: Link | None = None) -> None:
        """Start nothing yet."""
        self._commands = commands
        self._link = link or Link(Start(commands.env, commands.version))
        self._submit_timeout_s = commands.sbatch_timeout_s

    def submit(self, spec: JobSpec) -> int:
        """Submit a job and return its id; of an array, the one id of all its tasks.

        The commands submit it where the helper proves that it has not.

        Raises:
            SlurmUnavailable: nobody was reached, nothing was created.
            SubmitRefused: Slurm refused, nothing will run.
            SubmitUnknown: the answer was lost; the job may exist (see ``CommandClient.submit``).
        """
        began = time.monotonic()
        try:
            answer = self._link.ask(submission(spec), self._submit_timeout_s)
        except (NoLink, BadFrame):
            return self._commands.submit(spec)
        except HelperGone as gone:
            if gone.sent:
                raise SubmitUnknown(f"Slurm's answer was lost, the job may have been created: {gone}") from gone
            return self._by_command(spec, began, str(gone))
        if "id" in answer:
            return int(answer["id"])
        return self._by_command(spec, began, self._why_not(answer))

    def fast_path(self) -> LinkState:
        """Return whether submissions go by libslurm, and if not, why."""
        return self._link.look()

    def close(self) -> None:
        """End the helper, if there is one."""
        self._link.close()

    def _why_not(self, answer: dict[str, Any]) -> str:
        """Return why a job was not created.

        Raises:
            SubmitUnknown: it may have been.
        """
        if "unsent" in answer:
            return str(answer["unsent"])
        number, said = int(answer.get("errno", 0)), str(answer.get("said", ""))
        means = meaning(number)
        if means is Meaning.REFUSED:
            return said
        # What is wrong would most likely befall the next as well, while sbatch may know a word for it.
        self._link.distrust(f"libslurm said: {said} ({number})")
        if means is Meaning.UNKNOWN:
            raise SubmitUnknown(f"Slurm's answer was lost, the job may have been created: libslurm said: {said}")
        return said

    def _by_command(self, spec: JobSpec, began: float, why: str) -> int:
        """Submit what was not created by sbatch, in what is left of the time."""
        left_s = self._submit_timeout_s - (time.monotonic() - began)
        if left_s < _LEAST_S:
            raise SlurmUnavailable(f"Slurm cannot be reached: libslurm said: {why}")
        _log.info("submitting %s by sbatch: libslurm said: %s", spec.name, why)
        return self._commands.submit(spec, within_s=left_s)

    def start_estimate(self, spec: JobSpec) -> Advice:
        """See ``CommandClient``."""
        return self._commands.start_estimate(spec)

    def closed_partitions(self) -> frozenset[str]:
        """See ``CommandClient``."""
        return self._commands.closed_partitions()

    def overview(self) -> Overview:
        """See ``CommandClient``."""
        return self._commands.overview()

    def jobs(self) -> list[JobRecord]:
        """See ``CommandClient``."""
        return self._commands.jobs()

    def job(self, job_id: int) -> list[JobRecord]:
        """See ``CommandClient``."""
        return self._commands.job(job_id)

    def state_lines(self) -> frozenset[str]:
        """See CommandClient."""
        return self._commands.state_lines()

    def waiting(self) -> list[Waiting]:
        """See ``CommandClient``."""
        return self._commands.waiting()

    def accounted(
        self, *, job_ids: Sequence[int] = (), names: Sequence[str] = (), since: datetime | None = None
    ) -> list[JobRecord]:
        """See ``CommandClient``."""
        return self._commands.accounted(job_ids=job_ids, names=names, since=since)

    def cancel(self, job_ids: Sequence[int], tasks: Sequence[tuple[int, int]] = ()) -> None:
        """See ``CommandClient``."""
        self._commands.cancel(job_ids, tasks)

    def ping(self) -> bool:
        """See ``CommandClient``."""
        return self._commands.ping()

    def config(self) -> dict[str, str]:
        """See ``CommandClient``."""
        return self._commands.config()

    def version(self) -> str:
        """See ``CommandClient``."""
        return self._commands.version()
