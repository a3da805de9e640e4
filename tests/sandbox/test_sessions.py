"""A session is like one on any machine: exit statuses, signals, bytes, terminals, several at once."""

import contextlib
import hashlib
import os
import signal
from pathlib import Path

import pytest

from containers.node.accounts import find_account
from tests.sandbox.clients import Author, good, said, type_in, until


def test_command_as_root_in_the_apps_folder(author: Author, sandbox: str) -> None:
    told = author.good(
        sandbox, 'id -un; pwd; hostname; echo "$HOME"; touch /root/x && chown 33:65534 /root/x && ls -ln /root/x'
    )
    lines = told.splitlines()
    assert lines[:4] == ["root", "/home/allgo", sandbox, "/root"]
    assert lines[4].split()[2:4] == ["33", "65534"]


def test_root_inside_is_the_account_outside(author: Author, sandbox: str) -> None:
    account = find_account(sandbox)
    assert account is not None
    with author.session(sandbox, "echo here; exec sleep 4242") as session:
        said(session, b"here")
        until(lambda: _owners(b"sleep\x004242") == {account.uid}, "sleep to be the account's")


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_exit_status(author: Author, sandbox: str, status: int) -> None:
    assert author.ssh(sandbox, f"exit {status}").rc == status


def test_signal_of_a_command(author: Author, sandbox: str) -> None:
    assert author.ssh(sandbox, "sh -c 'kill -TERM $$'; exit $?").rc == 128 + signal.SIGTERM


def test_outputs_stay_apart(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "echo out; echo err >&2")
    assert (done.out, done.err.strip()) == (b"out\n", "err")


def test_bytes_on_standard_input_and_output(author: Author, sandbox: str) -> None:
    data = os.urandom(20_000_000)
    done = author.ssh(sandbox, "tee /tmp/bytes", stdin=data)
    assert done.out == data
    assert author.good(sandbox, "sha256sum < /tmp/bytes; rm /tmp/bytes").split()[0] == hashlib.sha256(data).hexdigest()


def test_quotes_reach_the_shell_inside_unchanged(author: Author, sandbox: str) -> None:
    command = """printf '%s|' "a b" '$HOME' \\* "`echo x`" ; for i in 1 2; do printf $i; done"""
    assert author.good(sandbox, command) == "a b|$HOME|*|x|12"


def test_terminal_has_the_message_of_the_day(author: Author, sandbox: str) -> None:
    with author.session(sandbox, "-tt") as session:
        type_in(session, b"echo a-$((40+2))\n")
        told = said(session, b"a-42").decode()
        said_all = told.replace("\r", "")
        for words in ("1. Install", "2. Say how", "3. Leave", "of 9", "memory 1.0 GB", "256 processes", "8 h"):
            assert words in said_all, said_all
        type_in(session, b"exit 5\n")
        assert session.wait(30) == 5


def test_command_has_no_message(author: Author, sandbox: str) -> None:
    assert author.ssh(sandbox, "-tt", "true").out == b""


def test_control_c_interrupts_the_program_only(author: Author, sandbox: str) -> None:
    with author.session(sandbox, "-tt") as session:
        type_in(session, b"sleep 4343; echo status=$?\n")
        until(lambda: _runs(b"sleep\x004343"), "sleep to begin")
        type_in(session, b"\x03")
        type_in(session, b"echo after=$?\n")
        said(session, b"after=130")


def test_job_control(author: Author, sandbox: str) -> None:
    with author.session(sandbox, "-tt") as session:
        type_in(session, b"sleep 4444\n")
        until(lambda: _runs(b"sleep\x004444"), "sleep to begin")
        type_in(session, b"\x1a")
        said(session, b"Stopped")
        type_in(session, b"kill %1; wait; echo gone\n")
        said(session, b"gone\r\n")


def test_several_sessions_share_one_sandbox(author: Author, sandbox: str) -> None:
    with author.session(sandbox, "echo $$ here; exec sleep 4545") as first:
        pid = said(first, b"here").split()[0].decode()
        assert author.good(sandbox, f"tr '\\0' ' ' < /proc/{pid}/cmdline") == "sleep 4545 "
        assert good("status", name=sandbox)["sessions"] >= 1
        author.ssh(sandbox, f"kill {pid}")
        assert first.wait(30) == 128 + signal.SIGTERM


def test_command_ends_with_its_client(author: Author, sandbox: str) -> None:
    with author.session(sandbox, "echo here; sleep 4646; true") as session:
        said(session, b"here")
    until(lambda: not _runs(b"sleep\x004646"), "the command to end with its client")


def test_what_was_put_aside_stays(author: Author, sandbox: str) -> None:
    author.good(sandbox, "nohup sleep 4747 > /dev/null 2>&1 &")
    assert _runs(b"sleep\x004747")
    author.good(
        sandbox, "pkill sleep 2>/dev/null || kill $(grep -la 4747 /proc/[0-9]*/cmdline | cut -d/ -f3 | head -1)"
    )


def test_unknown_program(author: Author, sandbox: str) -> None:
    assert author.ssh(sandbox, "no-such-program").rc == 127


def _runs(words: bytes) -> bool:
    return bool(_owners(words))


def _owners(words: bytes) -> set[int]:
    """Whose programs begin with these words, as the node sees them."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(words):
                found.add(path.parent.stat().st_uid)
    return found
