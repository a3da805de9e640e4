"""sbatch: submit one job, or one array of jobs."""

import re

from slurm.errors import SlurmError, SlurmUnavailable, SubmitRefused, SubmitUnknown
from slurm.failures import answer_lost, main_error, not_reached, support_away, words_of
from slurm.spec import JobSpec

_ID = re.compile(r"([1-9][0-9]{0,9})(;[A-Za-z0-9._-]+)?")
# Refusals that pass by themselves or by an administrator's hand: the same job may be accepted later.
_LATER = (
    "maxjobcount limit reached",
    "required partition not available",
    "requested partition configuration not available now",
    "resource temporarily unavailable",
    "temporarily unable to accept job",
    "job queue full",
    "unable to write to file",
    "i/o error writing script/environment to file",
    "slurm internal error",
    "no space left on device",
    "job violates accounting/qos policy",
    "limit reached",
    "cluster is being reconfigured",
)
# What stands before the reason, of sbatch and of sbatch --test-only (24.11 and 26.05).
_REFUSED = ("batch job submission failed:", "allocation failure:")
# Of a job that asks for more than there is; the first that is found counts (24.11 and 26.05, the second of the source).
_LACKING = (
    ("more processors requested than permitted", "cpus"),
    ("cpu count per node can not be satisfied", "cpus"),
    ("requested node configuration is not available", "node"),
)
_BAD_OPTION = ("invalid", "unrecognized option", "requires an argument", "ambiguous")


def sbatch_argv(spec: JobSpec) -> list[str]:
    """Return the command that submits ``spec``; the script (``slurm.script.render``) goes to its stdin.

    Options are arguments, not lines of the script, so no text can add one. No path of the job is among them: every user
    may read them in ``scontrol show job``, and the name of a job folder is a secret.

    ``--export=NIL`` gives the job Slurm's own variables only.
    """
    # B: to the script alone, which tells the command (sbatch(1)).
    early_s = spec.limit_warning.by_slurm_s
    signal = [f"--signal=B:USR2@{early_s}"] if early_s else []
    array = [f"--array=0-{spec.tasks - 1}"] if spec.tasks else []
    gpus = [f"--gres=gpu:{spec.gpus}"] if spec.gpus else []
    return [
        "sbatch",
        "--parsable",
        "--export=NIL",
        "--no-requeue",
        "--propagate=NONE",
        f"--job-name={spec.name}",
        f"--comment={spec.comment}",
        f"--partition={spec.partition}",
        f"--time={spec.time_limit_min}",
        f"--mem={spec.memory_mb}M",
        f"--cpus-per-task={spec.cpus}",
        "--ntasks=1",
        "--nodes=1",
        "--chdir=/",
        "--input=/dev/null",
        "--output=/dev/null",
        "--error=/dev/null",
        *signal,
        *array,
        *gpus,
    ]


def parse_sbatch(rc: int, out: bytes, err: bytes) -> int:
    """Return the id of the job or array that was created (``id`` or ``id;cluster``).

    With an id, what stderr says does not matter: sbatch tells there of its own retries (24.11 and 26.05).

    Raises:
        SlurmUnavailable: the controller was not reached, nothing was created.
        SubmitRefused: the controller refused; nothing will run.
        SubmitUnknown: anything that proves neither, an unknown sentence included: the job may exist.
    """
    if rc == 0:
        text = out.decode("ascii", "replace").strip()
        found = _ID.fullmatch(text)
        if not found:
            raise SubmitUnknown(f"sbatch succeeded but gave {text[:80]!r} as the job's id")
        return int(found[1])
    raise _submit_failure(rc, err)


def _submit_failure(rc: int, err: bytes) -> SlurmError:
    """Return what a failed submission means; what may have created a job is looked for first."""
    said = main_error(err) or f"exit status {rc} and no word"
    if rc < 0 or answer_lost(err):
        return SubmitUnknown(f"Slurm's answer was lost, the job may have been created: sbatch said: {said}")
    if not_reached(err) or support_away(err):
        return SlurmUnavailable(f"Slurm cannot be reached: sbatch said: {said}")
    return refusal(err) or SubmitUnknown(f"sbatch failed in a way that is not known: {said}")


def refusal(err: bytes) -> SubmitRefused | None:
    """Return what stderr says of a job that was or would be refused; None where it says nothing of the kind."""
    said, text = main_error(err), words_of(err).lower()
    if any(sentence in text for sentence in _LATER):
        return SubmitRefused(f"Slurm does not take the job now: {_without_prefix(said)}", transient=True)
    if any(word in text for word in (*_REFUSED, *_BAD_OPTION)):
        lacking = next((what for sentence, what in _LACKING if sentence in text), "")
        return SubmitRefused(f"Slurm refused the job: {_without_prefix(said)}", lacking=lacking)
    return None


def _without_prefix(said: str) -> str:
    for prefix in _REFUSED:
        if said.lower().startswith(prefix):
            return said[len(prefix) :].strip()
    return said
