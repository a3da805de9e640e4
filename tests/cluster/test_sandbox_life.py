"""The whole life of an app: SSH in, install, commit, run, change, commit, roll back; with real clients."""

import os
import secrets
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cluster.author import ENTRYPOINT, Author
from tests.cluster.portal import Portal, service, until
from tests.waiting_helpers import waiting_helpers

KNOWN_HOSTS = Path("/etc/allgo-hpc/build-node-known-hosts")


@pytest.fixture(scope="module")
def author(portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Author:
    """The author of an app that has a version, made in a sandbox."""
    made = Author(portal, tmp_path_factory.mktemp("author"), f"louder-{secrets.token_hex(3)}")
    made.create()
    made.add_key()
    made.start()
    made.install()
    made.set_sample()
    return made


def test_from_nothing_to_a_version_that_others_run(author: Author) -> None:
    assert author.ssh("id -u; pwd").stdout.split() == ["0", "/home/allgo"]
    author.ssh("apt-get update -qq && apt-get install -y -qq hello && hello")
    author.ssh("test -d /usr/share/man/man1")  # a Java runtime cannot be installed without
    commit = author.commit(changelog="the first", publish=True)
    assert commit["state"] == "ready", commit
    assert "Its sample passed as job" in commit["reason"]
    version = author.versions()[commit["version"]]
    assert (version["published"], version["default"], version["changelog"]) == (True, True, "the first")
    packages = author.ask("GET", f"/versions/{commit['version']}")["packages"]
    assert "hello" in {one["name"] for one in packages}
    job = author.run()
    assert job["state"] == "done", job
    assert author.portal.result(job, "loud.out") == b"SOME WORDS\n"
    assert job["version"] == commit["version"]


def test_changed_committed_and_rolled_back(author: Author) -> None:
    before = author.commit(publish=True)["version"]
    author.install(ENTRYPOINT.replace("a-z A-Z", "a-z b-za"))
    after = author.commit(changelog="another way", publish=True)["version"]
    assert author.portal.result(author.run(), "loud.out") == b"tpnf xpset\n"
    told = author.ask("GET", f"/versions/{before}/compare", params={"to": after, "files": "true"})
    assert not told["same_image"]
    assert told["files"]["changed"]["first"] == ["/home/allgo/entrypoint"]
    author.ask("PATCH", f"/versions/{before}", json={"default": True})
    job = author.run()
    assert (job["version"], author.portal.result(job, "loud.out")) == (before, b"SOME WORDS\n")
    chosen = author.run(version=str(after))
    assert chosen["version"] == after
    author.install()


def test_sessions_go_on_after_a_commit(author: Author) -> None:
    """They stand still while the files are read, and lose nothing."""
    count = "n=0; while read -r line; do n=$((n + 1)); echo $n; done; echo ended"
    with subprocess.Popen(
        author.ssh_argv(count), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as session:
        assert session.stdin is not None
        assert session.stdout is not None
        session.stdin.write("x\n")
        assert session.stdout.readline() == "1\n"
        assert author.commit()["state"] == "ready"
        session.stdin.write("x\n")
        assert session.stdout.readline() == "2\n", "the same shell"
        session.stdin.close()
        assert session.stdout.readline() == "ended\n"


def test_a_sample_that_fails_leaves_the_last_version_serving(author: Author) -> None:
    serving = {number: one["default"] for number, one in author.versions().items()}
    author.install("#!/bin/sh\necho it is broken; exit 3\n")
    commit = author.commit(publish=True)
    assert (commit["state"], commit["version"]) == ("failed", None)
    assert "exit code 3" in commit["reason"]
    assert {number: one["default"] for number, one in author.versions().items()} == serving
    assert author.run()["state"] == "done"
    assert "broken" in author.ssh("cat /home/allgo/entrypoint").stdout, "the sandbox is as it was"
    author.install()
    again = author.ask("POST", f"/commits/{commit['id']}/retry")
    assert author.commit_in(again["id"], "ready")["retry_of"] == commit["id"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("true", "entrypoint"),
        ("mkdir entrypoint", "entrypoint"),
        ("printf '#!/bin/sh\\n' > entrypoint", "executable"),
        ("printf '#!/bin/sh\\r\\nexit 0\\r\\n' > entrypoint; chmod 755 entrypoint", "line"),
        ("ln -s nowhere entrypoint", "nowhere"),
        ("ln -s entrypoint entrypoint", "entrypoint"),
        ("printf '#!/opt/none/python9\\n' > entrypoint; chmod 755 entrypoint", "python9"),
    ],
    ids=["missing", "folder", "closed", "crlf", "dangling", "loop", "no interpreter"],
)
def test_an_entrypoint_that_cannot_run_is_told(author: Author, made: str, told: str) -> None:
    author.ssh(f"rm -rf entrypoint; {made}")
    commit = author.commit()
    assert commit["state"] == "failed", commit
    assert told in commit["reason"]
    author.ssh("rm -rf entrypoint")
    author.install()


def test_aborted_it_is_no_version(author: Author) -> None:
    author.install("#!/bin/sh\nsleep 50\n")
    before = set(author.versions())
    number = author.begin_commit()
    author.commit_in(number, "testing")
    until("its sample runs", lambda: author.ask("GET", f"/commits/{number}")["job"])
    author.ask("POST", f"/commits/{number}/abort")
    told = author.commit_in(number, "aborted")
    assert told["finished_at"] is not None
    assert set(author.versions()) == before
    author.install()


def test_the_portal_killed_at_any_moment_of_a_commit(author: Author) -> None:
    """What was under way is done again, and is one version."""
    before = set(author.versions())
    number = author.begin_commit()
    for state in ("building", "testing"):
        author.commit_in(number, state, "fetching", "checking", "testing", "ready")
        service("kill", "sweep")
    told = author.commit_in(number, "ready", "failed")
    assert told["state"] == "ready", told
    assert set(author.versions()) - before == {told["version"]}


def test_a_build_node_that_is_down_is_waited_for(author: Author) -> None:
    before = set(author.versions())
    service("down", "sshd")
    for helper in waiting_helpers():  # connections that are there already are a machine's that is not down
        os.kill(helper, signal.SIGKILL)
    until("none of them is left", lambda: not waiting_helpers())
    try:
        number = author.begin_commit()
        told = until("it says why it waits", lambda: (one := author.ask("GET", f"/commits/{number}"))["reason"] and one)
        assert told["state"] == "waiting"
        assert "cannot be reached" in told["reason"]
        assert author.run()["state"] == "done", "jobs do not need it"
    finally:
        service("up", "sshd")
    told = author.commit_in(number, "ready", "failed")
    assert told["state"] == "ready", told
    assert set(author.versions()) - before == {told["version"]}


def test_another_host_key_is_refused_and_said(author: Author) -> None:
    kept = KNOWN_HOSTS.read_text()
    host = kept.split()[0]
    other = author.key.with_suffix(".pub").read_text().split()[:2]
    author.ask("POST", "/sandbox/stop")
    author.sandbox_in("stopped")
    try:
        KNOWN_HOSTS.write_text(f"{host} {' '.join(other)}\n")
        author.ask("POST", "/sandbox", json={})
        assert "another host key" in author.sandbox_in("error")["reason"]
    finally:
        KNOWN_HOSTS.write_text(kept)
    author.start()
    assert author.ssh("cat entrypoint").stdout == ENTRYPOINT


def test_begun_again_from_a_version(author: Author) -> None:
    author.ssh("echo scratch > /home/allgo/scratch")
    number = min(author.versions())
    told = author.start(version=str(number), anew=True)
    assert told["origin"] == f"version:{number}"
    assert author.ssh("ls /home/allgo/scratch", check=False).returncode != 0
    assert author.ssh("cat entrypoint").stdout == ENTRYPOINT


def test_a_revoked_key_does_not_open_it(author: Author, tmp_path: Path) -> None:
    other = Author(author.portal, tmp_path, author.app)
    number = other.add_key()
    until("the key opens it", lambda: other.ssh("true", check=False).returncode == 0)
    other.revoke_key(number)
    until("it does not any more", lambda: other.ssh("true", check=False).returncode == 255)
    assert author.ssh("true").returncode == 0


def test_given_up(author: Author) -> None:
    author.ask("DELETE", "/sandbox")
    author.sandbox_in("none")
    answer = author.call("POST", "/commits")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_sandbox")
    assert author.run()["state"] == "done", "the app goes on"
