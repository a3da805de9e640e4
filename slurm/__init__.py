"""Slurm and nothing else: a job specification in, a batch script and commands out, their answers read.

Knows neither the web nor the database. Everything but ``runner``, ``client`` and ``fast`` is pure.
"""

from slurm.advice import Advice
from slurm.client import CommandClient
from slurm.cluster import Node, Overview, Partition
from slurm.errors import (
    AnswerUnreadable,
    CommandFailed,
    CommandTimedOut,
    SlurmError,
    SlurmUnavailable,
    SubmitRefused,
    SubmitUnknown,
)
from slurm.fast import FastClient, LinkState
from slurm.marker import Claim, Marker, parse_claim, parse_marker, read_claim, read_marker
from slurm.protocol import SlurmClient
from slurm.reasons import reason_sentence
from slurm.record import JobRecord
from slurm.script import EXIT_CLAIMED, EXIT_NO_TASK, NOT_STARTED, render
from slurm.short import state_line
from slurm.spec import TASK_MARK, JobSpec, Mounted
from slurm.states import Phase, State, parse_state
from slurm.waiting import Waiting

__all__ = [
    "EXIT_CLAIMED",
    "EXIT_NO_TASK",
    "NOT_STARTED",
    "TASK_MARK",
    "Advice",
    "AnswerUnreadable",
    "Claim",
    "CommandClient",
    "CommandFailed",
    "CommandTimedOut",
    "FastClient",
    "JobRecord",
    "JobSpec",
    "LinkState",
    "Marker",
    "Mounted",
    "Node",
    "Overview",
    "Partition",
    "Phase",
    "SlurmClient",
    "SlurmError",
    "SlurmUnavailable",
    "State",
    "SubmitRefused",
    "SubmitUnknown",
    "Waiting",
    "parse_claim",
    "parse_marker",
    "parse_state",
    "read_claim",
    "read_marker",
    "reason_sentence",
    "render",
    "state_line",
]
