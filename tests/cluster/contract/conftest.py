"""The portal of the cluster, an app with two versions and the network, jobs and clients in the background."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.contract.clients import Clients
from tests.cluster.contract.jobs import Jobs
from tests.cluster.portal import Portal, answers, run_as, service, until

APPS = Path(__file__).parents[2] / "apps"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stops the controller comes last: no job of another test is under way then."""
    items.sort(key=lambda item: "controller_down" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def netprobe(portal: Portal) -> str:
    """An app that may use the network, in two versions, with a queue of its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        Path(place).chmod(0o755)
        folder = Path(place, "app")
        shutil.copytree(APPS / "netprobe", folder)
        for version in ("one", "two"):
            entrypoint = folder / "entrypoint"
            entrypoint.write_text(entrypoint.read_text().replace("# version one", f"# version {version}"))
            run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "app", "publish", str(folder), "--author", "author"])
    return "netprobe"


@pytest.fixture(scope="session")
def jobs(portal: Portal, netprobe: str) -> Iterator[Jobs]:
    made = Jobs(portal)
    yield made
    made.end()


@pytest.fixture(scope="session")
def clients(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    made = Clients(portal, tmp_path_factory.mktemp("clients"))
    yield made
    made.end()


@pytest.fixture(scope="session")
def controller_down(portal: Portal, jobs: Jobs) -> Iterator[int]:
    """A running job's number; Slurm's controller is gone until the last test has ended."""
    number = jobs.running()["id"]
    service("down", "slurmctld")
    until("the controller is gone", lambda: not answers("slurmctld"))
    yield number
    service("up", "slurmctld")
    until("the controller answers", lambda: answers("slurmctld"))
