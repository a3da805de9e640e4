"""What the domain works with, handed in from outside: settings, folders, Slurm."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from allgo_hpc.layout import Layout
from allgo_hpc.settings import Settings
from slurm import CommandClient, SlurmClient


@dataclass(frozen=True)
class Services:
    """The rim of the portal; a test hands in its own."""

    settings: Settings
    layout: Layout
    slurm: SlurmClient


def make_services(settings: Settings) -> Services:
    """Return the real ones."""
    client = CommandClient(
        settings.slurm_user or getpass.getuser(),
        timeout_s=settings.slurm_timeout_s,
        sbatch_timeout_s=settings.submit_timeout_s,
        bin_dir=Path(settings.slurm_bin) if settings.slurm_bin else None,
        slurm_conf=Path(settings.slurm_conf) if settings.slurm_conf else None,
    )
    return Services(settings=settings, layout=Layout(settings.root), slurm=client)
