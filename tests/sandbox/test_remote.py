"""The portal's way to the build node, with the real sshd and helper."""

import hashlib
import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from containers import (
    AnswerUnreadable,
    BuildNode,
    HostKeyChanged,
    NodeAddress,
    RequestRefused,
    read_key,
)
from containers.remote.ssh import SshAsker
from tests.cluster.portal import until
from tests.sandbox.clients import Author
from tests.waiting_helpers import waiting_helpers


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


def test_one_that_waits_is_not_asked_once_another_host_key_is_believed(address: NodeAddress, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_bytes(address.known_hosts.read_bytes())
    asker = SshAsker(replace(address, known_hosts=known))
    asker.prepare(1)
    known.write_text(
        "elsewhere.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGfyy8yWx7cKpnCSGcN8o4FpBBhRWVYPpyqDDMPEPSbY\n"
    )
    with pytest.raises(HostKeyChanged):
        asker.ask("node-status", {})
    with pytest.raises(HostKeyChanged):
        asker.prepare(1)


def _answers(node: BuildNode, sandbox: str) -> bool:
    """False where the question went to a helper of whose end nobody knew yet: as any whose helper dies meanwhile."""
    try:
        return sandbox in node.node_status()["sandboxes"]
    except AnswerUnreadable:
        return False


def test_a_question_that_is_waited_for(node: BuildNode, sandbox: str) -> None:
    before = waiting_helpers()
    node.prepare(2)
    until("two wait", lambda: len(waiting_helpers() - before) == 2)
    try:
        assert node.status(sandbox).state in {"running", "stopped"}
        with pytest.raises(RequestRefused) as refused:
            node.status("no-such-name!")
        assert refused.value.code == "bad_request"
        until("both have answered, and ended", lambda: not waiting_helpers() - before)
        assert sandbox in node.node_status()["sandboxes"], "where none waits, a connection of its own"
        node.prepare(1)
        until("one waits", lambda: waiting_helpers() - before)
        for helper in waiting_helpers() - before:
            os.kill(helper, signal.SIGKILL)
        until("it was killed", lambda: not waiting_helpers() - before)
        until("that is known", lambda: _answers(node, sandbox))
        node.prepare(2)
    finally:
        node.prepare(0)
    until("nobody waits any more", lambda: not waiting_helpers() - before)
