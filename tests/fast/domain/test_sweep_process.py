"""The sweep as a process: a signal ends it, several do no harm, and the next one need not wait for its lease."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from allgo_hpc.models import utc_now
from allgo_hpc.sweeping.lease import lease_renewed_at, take_lease
from tests.fast.domain.world import World
from tests.receivers import until

_PROGRAM = """
import sys
from pathlib import Path
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.sweeping.process import run_forever
from tests.fakes import FakeSlurm
from tests.fast.domain.world import make_services
url, root = sys.argv[1:]
run_forever(session_factory(make_engine(url)), make_services(Path(root), FakeSlurm(), database_url=url))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_more_do_no_harm(world: World, number: signal.Signals) -> None:
    root = world.services.layout.root
    url = world.session.get_bind().engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, url, str(root)], cwd=Path(__file__).parents[3], stderr=subprocess.PIPE
    )

    def sweeps() -> bool:
        world.session.rollback()
        return lease_renewed_at(world.session) is not None

    until("it sweeps", sweeps)
    for _ in range(200):
        process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (0, b"")
    world.session.rollback()
    assert take_lease(world.session, "another", now=utc_now(), seconds=1)
