"""Held still while its files are copied, and let go whatever happens to who holds it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from containers.node.errors import NodeError
from containers.node.sandboxes.freezing import frozen, tree
from tests.sandbox.clients import Author, good, helper, refused, said, type_in, until

WRITER = "i=0; echo here; while :; do i=$((i+1)); echo $i > /data/n.new; mv /data/n.new /data/n; sleep 0.01; done"


@contextmanager
def writing(author: Author, name: str) -> Iterator[Callable[[], int]]:
    """A session that counts in a file; how far it has come."""
    path = Path(f"/run/allgo-node/trees/{name}/data/n")
    with author.session(name, WRITER) as session:
        said(session, b"here")
        until(path.exists, "the first number")
        yield lambda: int(path.read_text() or 0)


def goes_on(count: Callable[[], int]) -> None:
    seen = count()
    until(lambda: count() > seen, "the session to go on")


def test_sessions_stop_and_go_on(author: Author, own: str) -> None:
    with writing(author, own) as count:
        with frozen(own) as path:
            assert path == Path(f"/run/allgo-node/trees/{own}")
            assert good("status", name=own)["state"] == "frozen"
            seen = count()
            subprocess.run(["tar", "-C", path, "-cf", "/dev/null", "."], check=True)
            assert count() == seen
            for verb in ("stop", "delete"):
                assert refused(verb, name=own).startswith("busy: ")
            with pytest.raises(NodeError, match="commit is reading"), frozen(own):
                pass
        goes_on(count)


def test_error_in_the_block_lets_go(author: Author, own: str) -> None:
    with writing(author, own) as count:
        with pytest.raises(ZeroDivisionError), frozen(own):
            _ = 1 // 0
        goes_on(count)


def test_stopped_sandbox_is_mounted_for_it(author: Author, own: str) -> None:
    author.good(own, "echo x > /data/x")
    good("stop", name=own)
    for hold in (frozen, tree):
        with hold(own) as path:
            assert (path / "data/x").read_text() == "x\n"
            assert list((path / "proc").iterdir()) == []
        assert not path.exists()
    assert good("status", name=own)["state"] == "stopped"


def test_sandbox_that_starts_meanwhile_stays(author: Author, own: str) -> None:
    with tree(own):
        assert author.good(own, "cat /data/only") == "one file\n"
    assert good("status", name=own)["state"] == "running"


def test_stopped_sandbox_does_not_start_under_a_copy(author: Author, own: str) -> None:
    with frozen(own) as path:
        assert refused("start", name=own).startswith("busy: ")
        with author.session(own, "echo in") as late:
            said(late, b"a commit is being made")
            assert late.poll() is None
            assert path.is_mount()
            assert good("status", name=own)["state"] == "frozen"
    assert author.good(own, "echo in") == "in\n"


def test_session_that_begins_meanwhile_waits_and_is_told(author: Author, own: str) -> None:
    author.good(own, "true")
    with author.session(own, "-tt") as session:
        with frozen(own), author.session(own, "echo in") as late:
            said(late, b"a commit is being made")
            # Typed while nothing runs inside: answered afterwards.
            type_in(session, b"echo in-$((40+2))\n")
            assert late.poll() is None
            assert late.stdout is not None
            assert b"in" not in (late.stdout.read() or b"")
        said(session, b"in-42")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_holder_lets_go(author: Author, own: str, number: signal.Signals) -> None:
    code = (
        "import sys, time; from containers.node.sandboxes.freezing import frozen\n"
        f"with frozen({own!r}): print('held', flush=True); time.sleep(600)"
    )
    with writing(author, own) as count:
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            seen = count()
            assert count() == seen
            os.kill(holder.pid, number)
        goes_on(count)
    assert good("stop", name=own)["state"] == "stopped"


def test_verbs(author: Author, own: str) -> None:
    with writing(author, own) as count:
        good("freeze", name=own, seconds=600)
        seen = count()
        assert good("status", name=own)["state"] == "frozen"
        assert helper("freeze", name=own, seconds=600)["error"]["code"] == "busy"
        assert count() == seen
        good("thaw", name=own)
        goes_on(count)
        good("thaw", name=own)
        good("freeze", name=own, seconds=1)
        goes_on(count)
