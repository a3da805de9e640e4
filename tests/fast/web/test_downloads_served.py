"""A large file by the real server: whole, again on the same connection, and not for ever to who takes nothing of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
LARGE = os.urandom(1 << 20) * 24  # more than both ends' buffers hold


@dataclass
class Server:
    port: int
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    file, log = folder / "large", folder / "log"
    file.write_bytes(LARGE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    argv = [
        sys.executable, "-m", "gunicorn", "tests.fast.web.impatient:app", "--bind", f"127.0.0.1:{number}",
        "--worker-class", "web.server.worker.PortalWorker", "--threads", "4",
    ]  # fmt: skip
    env = os.environ | {"IMPATIENT_FILE": str(file)}
    with log.open("wb") as err, subprocess.Popen(argv, cwd=CHECKOUT, env=env, stderr=err) as process:
        try:
            _wait_for(number)
            yield Server(number, log)
        finally:
            process.terminate()


def _wait_for(number: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", number)).close()
        except OSError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        else:
            return


def test_it_arrives_whole_again_and_again(server: Server) -> None:
    client = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for _ in range(3):
        client.request("GET", "/")
        assert client.getresponse().read() == LARGE
        mine = client.sock
        assert mine is not None
    client.request("HEAD", "/")
    answer = client.getresponse()
    assert (answer.read(), answer.headers["Content-Length"]) == (b"", str(len(LARGE)))
    assert client.sock is mine, "one connection for all"
    client.close()


def test_who_takes_nothing_is_given_up(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        deadline = time.monotonic() + 60
        while "took nothing of its answer" not in server.log.read_text():
            assert time.monotonic() < deadline, "a client that takes nothing is still served"
            time.sleep(0.05)
        got = 0
        while came := client.recv(1 << 20):
            got += len(came)
        assert 0 < got < len(LARGE), "what was under way, and the end of the connection"
