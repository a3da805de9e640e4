"""A controller that is down, and one that takes a question and never answers."""

import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from slurm import CommandClient, SlurmUnavailable, SubmitUnknown
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


def test_controller_down(lab: Lab, odd_conf: Callable[[int], CommandClient], closed_port: int) -> None:
    client = odd_conf(closed_port)
    with pytest.raises(SlurmUnavailable):
        client.submit(lab.spec("true"))
    with pytest.raises(SlurmUnavailable):
        client.jobs()
    with pytest.raises(SlurmUnavailable):
        client.cancel([1])
    assert client.ping() is False


def test_controller_frozen(lab: Lab, odd_conf: Callable[[int], CommandClient], silent_port: int) -> None:
    client = odd_conf(silent_port)
    with pytest.raises(SubmitUnknown):
        client.submit(lab.spec("true"))
    with pytest.raises(SlurmUnavailable):
        client.jobs()
    with pytest.raises(SlurmUnavailable):
        client.cancel([1])
    assert client.ping() is False


def test_submission_that_takes_too_long(lab: Lab, tmp_path: Path) -> None:
    sbatch = tmp_path / "sbatch"
    sbatch.write_text("#!/bin/sh\nexec sleep 600\n")
    sbatch.chmod(sbatch.stat().st_mode | stat.S_IXUSR)
    client = CommandClient(user="nobody", sbatch_timeout_s=0.5, bin_dir=tmp_path)
    with pytest.raises(SubmitUnknown, match="may have been created"):
        client.submit(lab.spec("true"))


def test_commands_that_are_not_there(lab: Lab, tmp_path: Path) -> None:
    client = CommandClient(user="nobody", bin_dir=tmp_path)
    for ask in (client.jobs, client.ping, client.version, lambda: client.submit(lab.spec("true"))):
        with pytest.raises(SlurmUnavailable):
            ask()


def test_no_question_is_asked_about_nothing(tmp_path: Path) -> None:
    client = CommandClient(user="nobody", bin_dir=tmp_path)
    assert client.accounted() == []
    client.cancel([])
