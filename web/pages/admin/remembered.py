"""What this web process remembers for a few seconds of machines elsewhere: however many look, each is asked once."""

from collections.abc import Callable

from flask import current_app

from allgo_hpc.administration.cluster import REMEMBERED_S, Seen, ask_cluster
from allgo_hpc.administration.sandboxes import NodeRoom, look_at_node
from allgo_hpc.administration.watching import Remembered
from web.context import get_services


def cluster() -> Seen:
    """Return how the cluster is, or was some seconds ago."""
    slurm = get_services().slurm
    return _remembered("cluster", lambda: ask_cluster(slurm)).get()


def build_node() -> NodeRoom:
    """Return how the build node is, or was some seconds ago."""
    services = get_services()
    return _remembered("build_node", lambda: look_at_node(services)).get()


def _remembered[T](name: str, ask: Callable[[], T]) -> Remembered[T]:
    kept: Remembered[T] = current_app.extensions.setdefault(f"allgo_hpc_{name}", Remembered(ask, REMEMBERED_S))
    return kept
