"""The build node, where authors install their programs."""

from collections.abc import Iterator

from allgo_hpc.doctor.finding import Finding, fail, ok, warn
from allgo_hpc.services import Services
from containers import ContainerError


def build_node(services: Services) -> Iterator[Finding]:
    """Whether it answers."""
    where = services.settings.build_node_host
    if services.build_node is None:
        yield warn("build node", "there is none: authors have no sandboxes", "set build_node_host (docs/build-node.md)")
        return
    try:
        services.build_node.node_status()
    except ContainerError as error:
        yield fail("build node", f"{where}: {error}", "see docs/build-node.md, When something is wrong")
    else:
        yield ok("build node", f"{where} answers")
