"""The results on a job's page."""

from typing import Any

from allgo_hpc.models import Job, User


def results_context(job: Job, user: User | None) -> dict[str, Any]:  # noqa: ARG001
    """Return what ``results/part.html`` and ``results/sharing.html`` show."""
    return {}
