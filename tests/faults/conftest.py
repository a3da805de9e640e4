"""The suite's options, its table, and a whole cluster before and after each test."""

import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.conftest import portal
from tests.cluster.portal import Portal, run_as
from tests.faults.failing import disarm, failpoints
from tests.faults.machine import bring_up
from tests.faults.table import FILE, ROWS, Row, lines, words
from tests.faults.trial import Trial

__all__ = ["portal"]
_COSTLY_IN_A_SAMPLE = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--full", action="store_true", help="every fault, in full number (tens of minutes)")
    group.addoption("--seed", type=int, default=None, help="of the random part; by default a new one, which is told")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--seed") is None:
        config.option.seed = random.randrange(10**6)  # noqa: S311  # no secret


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take a few of the costly tests, unless all or certain ones are asked for."""
    if config.getoption("--full") or config.option.keyword or any(Path(arg).name != "faults" for arg in config.args):
        return
    costly = [item for item in items if item.get_closest_marker("costly")]
    chosen = random.Random(config.getoption("--seed")).sample(costly, min(_COSTLY_IN_A_SAMPLE, len(costly)))  # noqa: S311
    left_out = [item for item in costly if item not in chosen]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@dataclass(frozen=True)
class Extent:
    """How much of the suite runs."""

    full: bool
    seed: int

    def of(self, sample: int, full: int) -> int:
        return full if self.full else sample


@pytest.fixture(scope="session")
def extent(pytestconfig: pytest.Config) -> Extent:
    return Extent(full=pytestconfig.getoption("--full"), seed=pytestconfig.getoption("--seed"))


@pytest.fixture
def chance(extent: Extent, request: pytest.FixtureRequest) -> random.Random:
    """Seeded, for each test by itself: one that is run alone does what it did among the others."""
    return random.Random(f"{extent.seed} {request.node.name}")  # noqa: S311


@pytest.fixture(scope="session", autouse=True)
def _steps_can_be_armed(portal: Portal) -> Iterator[None]:
    with failpoints():
        yield


@pytest.fixture(autouse=True)
def _whole_again(_steps_can_be_armed: None) -> Iterator[None]:
    yield
    disarm()
    bring_up()
    subprocess.run(["scancel", "--user=allgo"], check=True)  # what a test that failed has left


@pytest.fixture(scope="session")
def steadyprobe(portal: Portal) -> str:
    """The probe as an app that may be started anew after its node failed."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        Path(place).chmod(0o755)
        folder = Path(place, "app")
        shutil.copytree(Path(__file__).parents[1] / "apps" / "probe", folder)
        manifest = folder / "app.toml"
        changed = manifest.read_text().replace('name = "probe"', 'name = "steadyprobe"')
        manifest.write_text(changed + "rerun_after_node_failure = true\n")
        run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "app", "publish", str(folder), "--author", "author"])
    return "steadyprobe"


@pytest.fixture
def trial(portal: Portal, request: pytest.FixtureRequest) -> Iterator[Trial]:
    """A trial whose line in the table is the test's docstring."""
    row = Row(fault=(request.function.__doc__ or request.node.name).strip().removesuffix("."))
    ROWS.append(row)
    made = Trial(portal, row)
    begun = time.monotonic()
    yield made
    row.seconds = time.monotonic() - begun
    met = [f"{verb} {words(met)}" for verb, met in (("POST", made.witness.posts), ("GET", made.witness.reads)) if met]
    row.meanwhile = "; ".join(filter(None, [row.meanwhile, *met]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ROWS:
        terminalreporter.section("faults")
        for line in lines():
            terminalreporter.write_line(line)
        FILE.write_text("\n".join(lines()) + "\n")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: {'all of them' if config.getoption('--full') else 'a sample'}, --seed {config.getoption('--seed')}"
