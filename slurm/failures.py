"""What the failures of Slurm's commands mean: from an exit status and stderr to one of ``slurm.errors``.

The sentences are those of Slurm's own table (``src/common/slurm_errno.c``) and of recorded failures of 24.11 and 26.05
(``tests/fixtures/slurm``). They are matched without regard to case, anywhere in stderr.
"""

import re

from slurm.errors import CommandFailed, SlurmError, SlurmUnavailable

# Nobody was reached, so nothing was asked.
_NOT_REACHED = (
    "unable to contact slurm controller (connect failure)",
    "connection refused",
    "no route to host",
    "host is down",
    "could not establish a configuration source",
    "unable to process configuration file",
    "failed to fetch config",
    "rate limit exceeded",
    "backup controller in standby mode",
    "name or service not known",
    "temporary failure in name resolution",
)
# The request left and its answer did not come back whole: it may have been carried out.
_ANSWER_LOST = (
    "unable to contact slurm controller (send failure)",
    "unable to contact slurm controller (receive failure)",
    "unable to contact slurm controller (shutdown failure)",
    "socket timed out",
    "timed out",
    "zero bytes were transmitted or received",
    "message send failure",
    "message receive failure",
    "communication connection failure",
    "communication shutdown failure",
    "connection reset",
    "broken pipe",
    "unexpected message received",
)
# The credentials or the database behind the question were away.
_SUPPORT_AWAY = (
    "munge",
    "protocol authentication error",
    "invalid authentication credential",
    "unable to connect to database",
    "problem talking to the database",
    "failed to open persistent connection",
    "persist",
    "slurmdbd",
)
# "squeue: error: ...", but also "slurm_load_jobs error: ..." (squeue with its controller away, 24.11 and 26.05).
_ERROR_LINE = re.compile(r"^\s*[\w.-]+:? (error|fatal): (?P<text>.*)$", re.MULTILINE | re.IGNORECASE)
_OWN_LINE = re.compile(r"^\s*(sbatch|squeue|sacct|scancel|scontrol|sinfo): (?P<text>.*)$", re.MULTILINE)


def words_of(err: bytes) -> str:
    """Return stderr as text; bytes that are no UTF-8 are shown as escapes."""
    return err.decode("utf-8", "backslashreplace").strip()


def not_reached(err: bytes) -> bool:
    """Whether stderr says that nobody was reached, so that nothing was asked."""
    return _has(err, _NOT_REACHED)


def answer_lost(err: bytes) -> bool:
    """Whether stderr says that a question was (perhaps) asked and its answer did not come."""
    return _has(err, _ANSWER_LOST)


def support_away(err: bytes) -> bool:
    """Whether stderr says that munge or the accounting was away."""
    return _has(err, _SUPPORT_AWAY)


def main_error(err: bytes) -> str:
    """Return the last sentence that stderr calls an error, else the program's last one, else the last line.

    Cut to 300 characters.
    """
    text = words_of(err)
    for kind in (_ERROR_LINE, _OWN_LINE):
        if found := [match["text"] for match in kind.finditer(text)]:
            return found[-1].strip()[:300]
    return text.splitlines()[-1].strip()[:300] if text else ""


def check_answer(program: str, rc: int, err: bytes) -> None:
    """Return if a question was answered; the words on stdout may then be believed.

    An error on stderr counts whatever the exit status: Slurm's commands are known to exit 0 with an empty list while
    the controller is away. Not all call it an error ("slurm_load_partitions: Unable to contact ...", sinfo of 24.11 and
    26.05).

    Raises:
        SlurmUnavailable: nobody was reached, or the answer was lost (a question may be asked again).
        CommandFailed: anything else.
    """
    if rc == 0 and not _ERROR_LINE.search(words_of(err)) and not not_reached(err) and not answer_lost(err):
        return
    raise failure(program, rc, err)


def failure(program: str, rc: int, err: bytes) -> SlurmError:
    """Return what the failure of a question means (see ``check_answer``)."""
    if rc < 0:
        return SlurmUnavailable(f"{program} was ended by signal {-rc}")
    said = main_error(err) or f"exit status {rc} and no word"
    if not_reached(err) or answer_lost(err) or support_away(err):
        return SlurmUnavailable(f"Slurm cannot be reached: {program} said: {said}")
    return CommandFailed(f"{program} failed: {said}")


def _has(err: bytes, sentences: tuple[str, ...]) -> bool:
    text = words_of(err).lower()
    return any(sentence in text for sentence in sentences)
