"""From made to gone: starting, stopping, deleting, restoring, and what authors and accidents do in between."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from containers.node.accounts import find_account
from containers.node.sandboxes.freezing import tree
from tests.sandbox.clients import Author, good, refused, said, until

RUN = Path("/run/allgo-node/sandboxes")


def test_start_and_stop_may_be_asked_twice(author: Author, own: str) -> None:
    assert good("status", name=own)["state"] == "stopped"
    for _ in range(2):
        assert good("start", name=own)["state"] == "running"
    for _ in range(2):
        assert good("stop", name=own)["state"] == "stopped"
    assert not Path(f"/run/allgo-node/trees/{own}").is_mount()
    assert author.good(own, "echo a session starts it") == "a session starts it\n"


def test_stopping_asks_programs_first(author: Author, own: str) -> None:
    with author.session(
        own, "trap 'echo saved > /data/saved; exit' TERM; echo here; while :; do sleep 1; done"
    ) as session:
        said(session, b"here")
        good("stop", name=own)
    assert author.good(own, "cat /data/saved") == "saved\n"


def test_deleted_and_restored(author: Author, own: str) -> None:
    author.good(own, "echo precious > /data/file")
    deleted = good("delete", name=own)
    assert deleted["state"] == "absent"
    assert len(deleted["deleted"]) == 1
    assert author.ssh(own, "id").rc == 255
    assert good("restore", name=own)["keys"] == 0
    assert author.ssh(own, "id").rc == 255
    good("keys", name=own, keys=[author.public])
    assert author.good(own, "cat /data/file") == "precious\n"


def test_delete_ends_sessions(author: Author, own: str) -> None:
    with author.session(own, "-tt") as session:
        said(session, b"disk")
        good("delete", name=own)
        assert session.wait(30) != 0


def test_name_can_be_used_again_and_both_restored(author: Author, own: str, bare: str) -> None:
    author.good(own, "echo first > /data/file")
    good("delete", name=own)
    good("create", name=own, image=bare)
    assert refused("restore", name=own).startswith("exists: ")
    good("keys", name=own, keys=[author.public])
    author.good(own, "echo second > /data/file")
    assert len(good("delete", name=own)["deleted"]) == 2
    good("restore", name=own)
    good("keys", name=own, keys=[author.public])
    assert author.good(own, "cat /data/file") == "second\n"


def test_trash_is_emptied_after_its_days_and_the_account_with_it(own: str) -> None:
    good("delete", name=own)
    folder = Path("/var/lib/allgo-node/trash") / own
    (moment,) = folder.iterdir()
    moment.rename(folder / str(int(time.time()) - 31 * 86_400))
    good("stop-idle")  # or the portal, which asks every minute
    assert not folder.exists()
    assert find_account(own) is None
    assert refused("restore", name=own).startswith("unknown_sandbox: ")


def test_killed_init_is_a_stop(author: Author, own: str) -> None:
    author.good(own, "echo kept > /data/file")
    pid = json.loads((RUN / own / "started.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: good("status", name=own)["state"] == "stopped", "the sandbox to be known as stopped")
    assert author.good(own, "cat /data/file") == "kept\n"


def test_helper_killed_before_it_could_note_its_start(author: Author, own: str) -> None:
    author.good(own, "echo kept > /data/file")
    (RUN / own / "started.json").unlink()
    assert author.good(own, "cat /data/file") == "kept\n"
    told = subprocess.run(["ps", "-u", own, "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert sum(line.startswith("/.allgo/bin/tini") for line in told.splitlines()) == 1


def test_author_may_end_everything(author: Author, own: str) -> None:
    author.ssh(own, "kill -9 -1; kill -TERM 1")
    assert author.good(own, "echo again") == "again\n"


def test_killed_network_is_mended_by_the_next_session(author: Author, sandbox: str) -> None:
    author.good(sandbox, "true")
    os.kill(int((RUN / sandbox / "network.pid").read_text()), signal.SIGKILL)
    until(lambda: author.ssh(sandbox, "true").rc == 0, "a session")
    assert author.good(sandbox, "grep -c eth /proc/net/dev || grep -vc lo: /proc/net/dev").strip() != "0"


def test_what_an_author_put_in_the_way_is_set_aside(author: Author, own: str) -> None:
    author.good(own, "true")
    good("stop", name=own)
    # Only a stopped sandbox's files can be changed below its own mounts; an image may come like this.
    with tree(own) as path:
        for name in ("dev", "proc", "sys", ".allgo"):
            (path / name).rmdir()
            (path / name).symlink_to("/etc")
    assert author.good(own, "test -e /proc/self/stat && ls -d /dev/null") == "/dev/null\n"
    assert "proc.set-aside" in author.good(own, "ls /")
    assert Path("/etc/passwd").exists()


def test_names_of_the_machine_cannot_be_had(bare: str) -> None:
    for name in ("root", "mail", "allgo", "alice", "allgo-portal", "sshd"):
        assert refused("create", name=name, image=bare).startswith("exists: name: ")


def test_image_that_is_none(author: Author) -> None:
    assert refused("create", name="never", image="0" * 64).startswith("unknown_image: ")
    assert good("status", name="never")["state"] == "absent"
    assert find_account("never") is None
