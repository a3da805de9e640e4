"""The helper process: the one module that loads libslurm. ``python -m slurm.fast.helper`` is started by ``link``.

It says what it is (``hello``), then answers one message after another until its stdin is closed, which happens however
the process that started it ends. It holds nothing worth keeping and may be killed at any moment.
"""

import ctypes
import os
import socket
import sys
from typing import Any, BinaryIO

from slurm.fast.framing import LENGTH_BYTES, body_length, pack, unpack

# Slurm 24.11 and later tell MPI's starters so.
_MPI_ARGUMENTS = (
    "HYDRA_LAUNCHER_EXTRA_ARGS", "I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS", "OMPI_MCA_plm_slurm_args",
    "PRTE_MCA_plm_slurm_args",
)  # fmt: skip


def main() -> None:
    """Answer until nobody asks any more."""
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What libslurm prints must not come between the answers.
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123  # for its number alone
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    import pyslurm  # noqa: PLC0415  # reads Slurm's configuration, and ends the process where there is none

    submit = Submitter(pyslurm)
    _send(answers, {"hello": pyslurm.__version__})
    while (message := _next(asks)) is not None:
        _send(answers, submit(message["job"]) if message.get("ask") == "submit" else {"unsent": "no such question"})


class Submitter:
    """Submits by libslurm; answers ``{"id": n}``, ``{"errno": n, "said": text}``, or ``{"unsent": text}``."""

    def __init__(self, pyslurm: Any) -> None:  # noqa: ANN401  # it has no types
        """Take the library."""
        self._pyslurm = pyslurm
        self._environment = job_environment()
        self._errno = _errno_place()

    def __call__(self, job: dict[str, Any]) -> dict[str, Any]:
        """Submit one job."""
        # A number that an earlier error has left must not be taken for this one's.
        self._errno.value = 0
        cpus = job["cpus_per_task"]
        environment = {**self._environment, "SLURM_CPUS_PER_TASK": cpus, "SLURM_TRES_PER_TASK": f"cpu={cpus}"}
        # "No profile was asked for": pyslurm has no word for that, and takes None for all of them.
        unset = iter(())
        try:
            description = self._pyslurm.JobSubmitDescription(**job, environment=environment, profile_types=unset)
            return {"id": int(description.submit())}
        except self._pyslurm.RPCError as error:
            return {"errno": int(error.errno or 0), "said": str(error.msg)}
        # pyslurm's own complaints all come before it sends anything.
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return {"unsent": f"{type(error).__name__}: {error}"}


def job_environment() -> dict[str, str]:
    """Return what sbatch --export=NIL gives a job to take along; Slurm adds its variables on the node."""
    mask = os.umask(0o022)
    os.umask(mask)
    return {
        **dict.fromkeys(("HYDRA_BOOTSTRAP", "I_MPI_HYDRA_BOOTSTRAP"), "slurm"),
        **dict.fromkeys(_MPI_ARGUMENTS, "--external-launcher"),
        "SLURM_EXPORT_ENV": "NIL",
        "SLURM_PRIO_PROCESS": str(os.getpriority(os.PRIO_PROCESS, 0)),
        "SLURM_SUBMIT_DIR": "/",
        "SLURM_SUBMIT_HOST": socket.gethostname().partition(".")[0],
        "SLURM_UMASK": f"{mask:04o}",
    }


def _errno_place() -> ctypes.c_int:
    """Return the C library's errno of this thread, the only one."""
    locate = ctypes.CDLL(None).__errno_location
    locate.restype = ctypes.POINTER(ctypes.c_int)
    place: ctypes.c_int = locate().contents
    return place


def _next(asks: BinaryIO) -> dict[str, Any] | None:
    head = asks.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = body_length(head)
    body = asks.read(length)
    return unpack(body) if len(body) == length else None


def _send(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(pack(message))
    answers.flush()


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)  # nobody waits for the answer any more
