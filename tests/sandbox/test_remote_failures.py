"""The build node that is down, silent, slow, another one, or says too much: each a clear error."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from containers import (
    AnswerTooLarge,
    BuildNode,
    HostKeyChanged,
    NodeAddress,
    NodeDown,
    NodeRefused,
    NodeTimedOut,
)
from containers.remote import streams
from containers.remote.ssh import SshAsker
from tests.sandbox.clients import Author, port


def test_node_down(address: NodeAddress) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises((NodeDown, HostKeyChanged)) as down:
            BuildNode(SshAsker(replace(address, port=taken.getsockname()[1]))).node_status()
    assert isinstance(down.value, NodeDown)
    assert down.value.transient
    assert "cannot be reached" in str(down.value)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody takes connections and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for connection in held:
        connection.close()


def test_node_that_says_nothing(address: NodeAddress, silent: int) -> None:
    with pytest.raises(NodeDown):
        BuildNode(SshAsker(replace(address, port=silent, connect_s=0.5))).node_status()


def test_changed_host_key_is_refused(address: NodeAddress, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    kind, data, *_ = (tmp_path / "other.pub").read_text().split()
    known = tmp_path / "known"
    known.write_text(f"[127.0.0.1]:{port()} {kind} {data}\n")
    with pytest.raises(HostKeyChanged, match="another host key"):
        BuildNode(SshAsker(replace(address, known_hosts=known))).node_status()
    known.write_text("")
    with pytest.raises(HostKeyChanged, match="no host key"):
        BuildNode(SshAsker(replace(address, known_hosts=known))).node_status()
    assert known.read_text() == ""


def test_refused_key(address: NodeAddress, stranger: Author, tmp_path: Path) -> None:
    with pytest.raises(NodeRefused, match="refuses the portal's key"):
        BuildNode(SshAsker(replace(address, key=stranger.key))).node_status()
    for broken in (tmp_path / "none", tmp_path / "text"):
        (tmp_path / "text").write_text("no key\n")
        with pytest.raises(NodeRefused, match="cannot be read"):
            BuildNode(SshAsker(replace(address, key=broken))).node_status()


def test_answer_that_takes_too_long(node: BuildNode, sandbox: str) -> None:
    with subprocess.Popen(
        ["flock", f"/run/allgo-node/{sandbox}.lock", "sh", "-c", "echo held; exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(NodeTimedOut, match=r"within 0\.5 s"):
            node.request("start", name=sandbox, timeout_s=0.5)
        holder.communicate()
    assert node.start(sandbox).state == "running"


def test_answer_that_is_too_large(node: BuildNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LARGEST_ANSWER", 20)
    with pytest.raises(AnswerTooLarge):
        node.node_status()
