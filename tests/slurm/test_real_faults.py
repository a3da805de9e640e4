"""A controller that is down, and one that takes a question and never answers."""

import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from slurm import CommandClient, CommandTimedOut, SlurmClient, SlurmUnavailable, SubmitUnknown
from tests.slurm.lab import Lab

pytestmark = pytest.mark.scheduler


@pytest.fixture
def closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word, as a frozen controller's does."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as server:
        yield int(server.getsockname()[1])


def test_controller_down(lab: Lab, odd_conf: Callable[..., SlurmClient], closed_port: int) -> None:
    client = odd_conf(closed_port)
    with pytest.raises(SlurmUnavailable):
        client.submit(lab.spec("true"))
    with pytest.raises(SlurmUnavailable):
        client.jobs()
    with pytest.raises(SlurmUnavailable):
        client.cancel([1])
    with pytest.raises(SlurmUnavailable):
        client.start_estimate(lab.spec("true"))
    assert client.ping() is False


def test_controller_frozen(lab: Lab, odd_conf: Callable[..., SlurmClient], silent_port: int) -> None:
    client = odd_conf(silent_port)
    with pytest.raises(SubmitUnknown):
        client.submit(lab.spec("true"))
    with pytest.raises(SlurmUnavailable):
        client.jobs()
    with pytest.raises(SlurmUnavailable):
        client.cancel([1])
    with pytest.raises(SlurmUnavailable):
        client.start_estimate(lab.spec("true"))
    assert client.ping() is False


def test_submission_that_takes_too_long(lab: Lab, tmp_path: Path) -> None:
    sbatch = tmp_path / "sbatch"
    sbatch.write_text("#!/bin/sh\nexec sleep 600\n")
    sbatch.chmod(sbatch.stat().st_mode | stat.S_IXUSR)
    client = CommandClient(user="nobody", sbatch_timeout_s=0.5, bin_dir=tmp_path)
    with pytest.raises(SubmitUnknown, match="may have been created"):
        client.submit(lab.spec("true"))


def test_a_question_does_not_wait_as_long_as_slurm_does(
    lab: Lab, odd_conf: Callable[..., SlurmClient], silent_port: int
) -> None:
    began = time.monotonic()
    with pytest.raises(CommandTimedOut, match=r"within 0\.5 s"):
        odd_conf(silent_port, advice_timeout_s=0.5).start_estimate(lab.spec("true"))
    assert time.monotonic() - began < 1.9, "MessageTimeout is 2 s there"


def test_commands_that_are_not_there(lab: Lab, tmp_path: Path) -> None:
    client = CommandClient(user="nobody", bin_dir=tmp_path)
    for ask in (
        client.jobs,
        client.ping,
        client.version,
        lambda: client.submit(lab.spec("true")),
        lambda: client.start_estimate(lab.spec("true")),
    ):
        with pytest.raises(SlurmUnavailable):
            ask()


def test_no_question_is_asked_about_nothing(tmp_path: Path) -> None:
    client = CommandClient(user="nobody", bin_dir=tmp_path)
    assert client.accounted() == []
    client.cancel([])
