"""Two tiers chosen by the machine: what needs the cluster is collected only inside one."""

from pathlib import Path

import pytest

INSTANCE = Path("/etc/allgo-instance")
NEED_CLUSTER = ("cluster", "slurm", "containers", "faults")
collect_ignore = [] if INSTANCE.exists() else list(NEED_CLUSTER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent
    for item in items:
        if item.path.relative_to(root).parts[0] in NEED_CLUSTER:
            item.add_marker(pytest.mark.cluster)
