"""The cluster for administrators: Slurm's partitions and nodes beside the portal's queues."""

from dataclasses import dataclass
from datetime import datetime

from allgo_hpc.models import utc_now
from allgo_hpc.settings import Queue, Settings
from slurm import Node, Overview, Partition, SlurmClient, SlurmError

REMEMBERED_S = 5.0


@dataclass(frozen=True)
class Seen:
    """What Slurm said and when; ``overview`` is None where it said nothing, and ``said`` why."""

    at: datetime
    overview: Overview | None
    said: str = ""


def ask_cluster(slurm: SlurmClient) -> Seen:
    """Ask Slurm how the cluster is; raises nothing: that it is away is an answer."""
    try:
        return Seen(utc_now(), slurm.overview())
    except SlurmError as error:
        return Seen(utc_now(), None, str(error))


@dataclass(frozen=True)
class QueueRow:
    """A queue of the portal's with its partition; None: Slurm has no such partition."""

    queue: Queue
    partition: Partition | None
    nodes: tuple[Node, ...]

    @property
    def usable(self) -> int:
        """How many of its machines can start jobs."""
        return sum(node.health == "up" for node in self.nodes)


@dataclass(frozen=True)
class Sums:
    """The whole cluster: machines by health, processors and memory in use (of those that are up or drained)."""

    up: int
    drained: int
    down: int
    cpus: int
    cpus_used: int
    memory: int
    memory_used: int


def queue_rows(settings: Settings, overview: Overview) -> list[QueueRow]:
    """Return the portal's queues with what Slurm says of their partitions; pure."""
    partitions = {partition.name: partition for partition in overview.partitions}
    return [
        QueueRow(
            queue,
            partitions.get(queue.partition),
            tuple(node for node in overview.nodes if queue.partition in node.partitions),
        )
        for queue in settings.queues
    ]


def sums(overview: Overview) -> Sums:
    """Add up the cluster's machines; pure."""
    there = [node for node in overview.nodes if node.health != "down"]
    health = [node.health for node in overview.nodes]
    return Sums(
        up=health.count("up"),
        drained=health.count("drained"),
        down=health.count("down"),
        cpus=sum(node.cpus for node in there),
        cpus_used=sum(node.cpus_used for node in there),
        memory=sum(node.memory_mb for node in there) * 2**20,
        memory_used=sum(node.memory_used_mb for node in there) * 2**20,
    )
