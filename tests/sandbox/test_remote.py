"""The portal's way to the build node, with the real sshd and helper."""

import hashlib
import shutil
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
    RequestRefused,
    read_key,
)
from containers.remote import ssh
from containers.remote.ssh import SshAsker
from tests.sandbox.clients import KNOWN_HOSTS, Author, port


@pytest.fixture
def address() -> NodeAddress:
    key = Path("/var/lib/allgo-hpc/build-node-key")
    return NodeAddress(host="127.0.0.1", port=port(), key=key, known_hosts=KNOWN_HOSTS)


@pytest.fixture
def node(address: NodeAddress) -> BuildNode:
    return BuildNode(SshAsker(address))


def test_from_image_to_trash(node: BuildNode, author: Author, tmp_path: Path) -> None:
    (tmp_path / "tree/data").mkdir(parents=True)
    (tmp_path / "tree/data/only").write_text("from afar\n")
    (tmp_path / "tree/data/much").write_bytes(b"x" * 3_000_000)
    image = tmp_path / "image.sqsh"
    subprocess.run(["mksquashfs", tmp_path / "tree", image, "-quiet", "-no-progress", "-noD"], check=True)
    sha256 = node.put_image(image)
    assert sha256 == hashlib.sha256(image.read_bytes()).hexdigest()
    assert node.has_image(sha256)
    assert sha256 in node.node_status()["images"]
    name = "from-afar"
    assert node.status(name).state == "absent"
    assert node.create(name, sha256).state == "stopped"
    try:
        node.drop_image(sha256)
        assert not node.has_image(sha256)
        assert node.keys(name, [read_key(author.public)]) == 0
        assert node.start(name).state == "running"
        assert author.good(name, "cat /data/only") == "from afar\n"
        node.freeze(name, seconds=60)
        assert node.status(name).state == "frozen"
        node.thaw(name)
        status = node.stop(name)
        assert (status.state, status.keys, status.limits["disk_mb"]) == ("stopped", 1, 1024)
        assert name not in node.stop_idle()["stopped"]
        assert node.delete(name).state == "absent"
        assert node.restore(name).state == "stopped"
    finally:
        node.delete(name)
        shutil.rmtree(f"/var/lib/allgo-node/trash/{name}")


def test_built_image_is_fetched_as_a_stream(node: BuildNode, sandbox: str) -> None:
    data = bytes(range(256)) * 20_000
    sha256 = hashlib.sha256(data).hexdigest()
    folder = Path("/var/lib/allgo-node/built") / sandbox
    folder.mkdir(exist_ok=True)
    (folder / f"{sha256}.sif").write_bytes(data)
    with node.fetch_built(sandbox, sha256) as (size, parts):
        assert size == len(data)
        assert b"".join(parts) == data
    node.drop_built(sandbox, sha256)
    with pytest.raises(RequestRefused, match="no image"), node.fetch_built(sandbox, sha256):
        pass


def test_refusal_has_its_code_and_sentence(node: BuildNode) -> None:
    with pytest.raises(RequestRefused, match="there is no sandbox 'nothing'") as refusal:
        node.start("nothing")
    assert (refusal.value.code, refusal.value.transient) == ("unknown_sandbox", False)
    with pytest.raises(RequestRefused, match="name: must be"):
        node.start("../etc")
    with pytest.raises(RequestRefused, match="no such verb"):
        node.request("format-disk")


def test_refused_image_says_why_although_it_is_not_read(address: NodeAddress) -> None:
    with pytest.raises(RequestRefused) as refusal:
        SshAsker(address).ask(
            "put-image", {"sha256": "0" * 64, "size": 1 << 39}, body=(b"x" * 1_000_000 for _ in range(100))
        )
    assert refusal.value.code == "no_room"


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
    monkeypatch.setattr(ssh, "LARGEST_ANSWER", 20)
    with pytest.raises(AnswerTooLarge):
        node.node_status()
