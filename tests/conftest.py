"""Two tiers chosen by the machine: what needs the cluster is collected only inside one."""

import shutil
from pathlib import Path

import pytest

INSTANCE = Path("/etc/allgo-instance")
NEED_CLUSTER = ("cluster", "slurm", "containers", "faults")
# The cluster's root file system has Debian's Chromium; elsewhere the pages are tested where there is one.
NEED_BROWSER = ("browser",)
collect_ignore = [] if INSTANCE.exists() else list(NEED_CLUSTER)
if not INSTANCE.exists() and shutil.which("chromium") is None:
    collect_ignore += NEED_BROWSER


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent
    for item in items:
        if item.path.relative_to(root).parts[0] in NEED_CLUSTER:
            item.add_marker(pytest.mark.cluster)
