"""Sbatch --test-only: when a job would start, asked without creating it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from slurm.errors import SlurmError, SlurmUnavailable
from slurm.failures import answer_lost, failure, main_error, not_reached, support_away, words_of
from slurm.sbatch import refusal, sbatch_argv
from slurm.spec import JobSpec

_PROGRAM = "sbatch --test-only"
# 24.11: "Job 1 to start at 1795620330 using 1 processors on nodes c1 in partition standard"; 26.05 has "... a using".
_START = re.compile(
    r"\bJob \d+ to start at (?P<at>\d{1,11}) .*\bon nodes (?P<nodes>\S+) in partition (?P<partition>\S+)"
)


@dataclass(frozen=True, kw_only=True)
class Advice:
    """When Slurm would start a job as the queue stands now: a hint, as jobs end early and others come.

    Slurm tries the job against what is running and reserved, not against partitions that are down: one in state DOWN
    gets an answer as if it were up (24.11 and 26.05).

    Attributes:
        starts_at: in UTC, to the second; None where Slurm had no objection and named no time.
        nodes: where it would run, in Slurm's notation; empty if not told.
        said: Slurm's own sentence, at most 300 characters, for the log.
        partition: the one that Slurm would choose; empty if not told.
    """

    starts_at: datetime | None
    nodes: str
    said: str
    partition: str = ""


def advise_argv(spec: JobSpec) -> list[str]:
    """Return the command that asks about ``spec``; sbatch wants a script on its stdin, but keeps none.

    Slurm uses up a job id for each question, and blocks up to two MessageTimeouts when the controller is away.
    """
    program, *options = sbatch_argv(spec)
    return [program, "--test-only", *options]


def parse_advice(rc: int, out: bytes, err: bytes) -> Advice:  # noqa: ARG001
    """Return what was answered, which comes on stderr.

    Raises:
        SlurmUnavailable: the controller did not answer (a lost answer too: nothing is ever created).
        SubmitRefused: the job would be refused; ``transient`` where it may be accepted later.
        CommandFailed: sbatch failed in a way that is not known.
    """
    if rc != 0:
        raise _advice_failure(rc, err)
    text = words_of(err)
    found = _START.search(text)
    if not found:
        return Advice(starts_at=None, nodes="", said=main_error(err))
    at = datetime.fromtimestamp(int(found["at"]), UTC)
    return Advice(starts_at=at, nodes=found["nodes"], said=found[0][:300], partition=found["partition"])


def _advice_failure(rc: int, err: bytes) -> SlurmError:
    if rc < 0 or not_reached(err) or answer_lost(err) or support_away(err):
        said = main_error(err) or f"exit status {rc} and no word"
        return SlurmUnavailable(f"Slurm cannot be reached: {_PROGRAM} said: {said}")
    return refusal(err) or failure(_PROGRAM, rc, err)
