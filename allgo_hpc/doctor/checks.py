"""Runs every check; one that breaks is itself a finding, and the others go on."""

import logging
from collections.abc import Callable, Iterator

from allgo_hpc.doctor import cluster, machine, node, records
from allgo_hpc.doctor.finding import Finding, fail
from allgo_hpc.services import Services

_log = logging.getLogger(__name__)
_CHECKS: dict[str, Callable[[Services], Iterator[Finding]]] = {
    "account": machine.account,
    "folders": machine.folders,
    "disks": machine.disks,
    "apptainer": machine.apptainer,
    "mails": machine.mails,
    "database": records.database,
    "sweep": records.sweep,
    "Slurm's commands": cluster.commands,
    "controller": cluster.controller,
    "queues": cluster.queues,
    "accounting": cluster.accounting,
    "fast path": cluster.fast_path,
    "build node": node.build_node,
}


def examine(services: Services) -> Iterator[Finding]:
    """Look at everything that the portal needs, and yield what is found; nothing is changed."""
    for what, check in _CHECKS.items():
        try:
            yield from check(services)
        except Exception as error:  # the other checks may say why
            _log.error("the check of %s failed", what, exc_info=True)
            yield fail(what, f"could not be looked at: {error}", "report it, with what stands above in the log")
