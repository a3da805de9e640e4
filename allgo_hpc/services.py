"""What the domain works with, handed in from outside: settings, folders, Slurm."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from allgo_hpc.layout import Layout
from allgo_hpc.settings import Settings
from containers import BuildNode, ContainerError, NodeAddress
from slurm import CommandClient, FastClient, SlurmClient


@dataclass(frozen=True)
class Services:
    """The rim of the portal; a test hands in its own."""

    settings: Settings
    layout: Layout
    slurm: SlurmClient
    build_node: BuildNode | None = None

    def need_build_node(self) -> BuildNode:
        """Return the build node.

        Raises:
            ContainerError: this site has none.
        """
        if self.build_node is None:
            raise ContainerError("this site has no build node: an administrator can set build_node_host")
        return self.build_node


def make_services(settings: Settings) -> Services:
    """Return the real ones."""
    return Services(
        settings=settings,
        layout=Layout(settings.root),
        slurm=_make_slurm(settings),
        build_node=_make_build_node(settings),
    )


def _make_slurm(settings: Settings) -> SlurmClient:
    commands = CommandClient(
        settings.slurm_user or getpass.getuser(),
        timeout_s=settings.slurm_timeout_s,
        sbatch_timeout_s=settings.submit_timeout_s,
        bin_dir=Path(settings.slurm_bin) if settings.slurm_bin else None,
        slurm_conf=Path(settings.slurm_conf) if settings.slurm_conf else None,
    )
    return FastClient(commands) if settings.slurm_fast == "auto" else commands


def _make_build_node(settings: Settings) -> BuildNode | None:
    if not settings.build_node_host:
        return None
    from containers.remote.ssh import SshAsker  # noqa: PLC0415  # paramiko takes a while, and few sites' commands need it

    address = NodeAddress(
        host=settings.build_node_host,
        port=settings.build_node_port,
        user=settings.build_node_user,
        key=settings.build_node_key,
        known_hosts=settings.build_node_known_hosts,
    )
    return BuildNode(SshAsker(address))
