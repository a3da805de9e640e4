"""An existing tus client, and a connection that is cut, against the real server (gunicorn with the portal's worker)."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from tusclient.client import TusClient

from allgo_hpc.uploading.place import Place
from tests.fast.domain.databases import Databases
from tests.fast.web.conftest import portals
from tests.fast.web.portal import Portal
from tests.fast.web.test_uploads_protocol import KIND, TUS, UPLOADS, made, offset

CHECKOUT = Path(__file__).parents[3]


@dataclass
class Server:
    portal: Portal
    url: str

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    with portals(databases, folder) as make_portal:
        portal = make_portal()
        settings = portal.world.services.settings
        config = folder / "allgo-hpc.toml"
        config.write_text(
            f'root = "{settings.root}"\ndatabase_url = "{settings.database_url}"\nbind = "127.0.0.1:{port}"\n'
            f'secret_file = "{settings.secret_file}"\nworkers = 1\nthreads = 8\nstreams = 1\n'
        )
        environment = dict(os.environ) | {"ALLGO_HPC_CONF": str(config)}
        program = [sys.executable, "-c", "from allgo_hpc.cli import main; main()", "serve"]
        with subprocess.Popen(program, cwd=CHECKOUT, env=environment) as process:
            url = f"http://127.0.0.1:{port}"
            _until_up(url, process)
            yield Server(portal, url)
            process.send_signal(signal.SIGTERM)


def _until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        try:
            requests.get(f"{url}/api/v1/status", timeout=60)
        except requests.ConnectionError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            return


def test_tuspy_sends_a_file_in_pieces_and_goes_on(server: Server, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    client = TusClient(f"{server.url}{UPLOADS}", headers=server.portal.auth)
    metadata = {"filename": "a.bin", "sha256": hashlib.sha256(data).hexdigest()}
    with path.open("rb") as file:
        uploader = client.uploader(file_stream=file, chunk_size=1_000_000, metadata=metadata, upload_checksum=True)
        uploader.upload_chunk()
        assert uploader.offset == 1_000_000
        again = client.uploader(file_stream=file, chunk_size=700_000, url=uploader.url)
        assert again.get_offset() == 1_000_000
        again.upload()
    answer = requests.post(
        f"{server.url}/api/v1/jobs", headers=server.portal.auth, timeout=60,
        data={"job[webapp_name]": "textstats", "job[uploads]": again.url.rsplit("/", 1)[1]},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    folder = server.portal.world.services.layout.job_dir(server.portal.job(answer.json()["id"]))
    assert (folder / "a.bin").read_bytes() == data


def _head(server: Server, key: str, at: int, length: int, more: str = "") -> bytes:
    auth = server.portal.auth["Authorization"]
    return (
        f"PATCH {UPLOADS}/{key} HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: {at}\r\nContent-Type: {KIND}\r\nContent-Length: {length}\r\n{more}\r\n"
    ).encode()


def _until(server: Server, key: str, wanted: int) -> None:
    for _ in range(300):
        if offset(server.portal, key) >= wanted:
            return
        time.sleep(0.1)
    pytest.fail(f"the upload has {offset(server.portal, key)} bytes and not {wanted}")


@pytest.mark.parametrize("cut", ["close", "reset"])
def test_what_came_before_the_cut_stays(server: Server, cut: str) -> None:
    key = made(server.portal, 5_000_000)
    data = os.urandom(5_000_000)
    came = 1_234_567
    with socket.create_connection(server.address) as sock:
        sock.sendall(_head(server, key, 0, len(data)) + data[:came])
        if cut == "reset":  # of what the server had not read yet, a reset leaves nothing
            _until(server, key, came - 65536)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    if cut == "close":
        _until(server, key, came)
    for _ in range(10):  # as a client does: where something of the old piece still came, it asks again
        came = offset(server.portal, key)
        told = server.portal.auth | TUS | {"Upload-Offset": str(came), "Content-Type": KIND}
        answer = requests.patch(f"{server.url}{UPLOADS}/{key}", data=data[came:], headers=told, timeout=60)
        if answer.status_code != requests.codes.conflict:
            break
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5000000")
    assert Place(server.portal.world.services.layout, key).data.read_bytes() == data


def test_a_cut_piece_with_a_checksum_is_dropped(server: Server) -> None:
    key = made(server.portal, 100_000)
    with socket.create_connection(server.address) as sock:
        checksum = "Upload-Checksum: md5 AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        sock.sendall(_head(server, key, 0, 100_000, checksum) + b"x" * 50_000)
    assert offset(server.portal, key) == 0
    told = server.portal.auth | TUS | {"Upload-Offset": "0", "Content-Type": KIND}
    answer = requests.patch(f"{server.url}{UPLOADS}/{key}", data=b"y" * 100_000, headers=told, timeout=60)
    assert answer.status_code == 204
    assert Place(server.portal.world.services.layout, key).data.read_bytes() == b"y" * 100_000


def test_one_that_hangs_is_taken_over_at_once(server: Server) -> None:
    """A lid was closed: the old connection looks alive to the server, and nothing comes of it."""
    key = made(server.portal, 100_000)
    with socket.create_connection(server.address) as hanging:
        hanging.sendall(_head(server, key, 0, 100_000) + b"a" * 70_000)
        for _ in range(300):
            if here := offset(server.portal, key):
                break
            time.sleep(0.1)
        assert here
        told = server.portal.auth | TUS | {"Upload-Offset": str(here), "Content-Type": KIND}
        rest = b"b" * (100_000 - here)
        answer = requests.patch(f"{server.url}{UPLOADS}/{key}", data=rest, headers=told, timeout=60)
        assert answer.status_code == 204
        hanging.sendall(b"c" * 30_000)
        hanging.settimeout(60)
        assert hanging.recv(4096).startswith(b"HTTP/1.1 409")
    assert Place(server.portal.world.services.layout, key).data.read_bytes() == b"a" * here + rest


def test_a_body_without_a_length(server: Server) -> None:
    key = made(server.portal, None)
    told = server.portal.auth | TUS | {"Upload-Offset": "0", "Content-Type": KIND}
    answer = requests.patch(f"{server.url}{UPLOADS}/{key}", data=iter([b"abc", b"def"]), headers=told, timeout=60)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "6")
