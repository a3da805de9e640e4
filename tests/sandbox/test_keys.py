"""Keys of a sandbox: several, replaced at once, and those who lose theirs are out."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.sandbox.clients import Author, good, refused, said, type_in


@pytest.fixture
def both(author: Author, stranger: Author, neighbour: str) -> Iterator[str]:
    """A sandbox that opens to two; afterwards to the author only."""
    good("keys", name=neighbour, keys=[author.public, stranger.public])
    yield neighbour
    good("keys", name=neighbour, keys=[author.public])


def test_several_keys(author: Author, stranger: Author, both: str) -> None:
    for somebody in (author, stranger):
        assert somebody.good(both, "echo in") == "in\n"
    assert good("status", name=both)["keys"] == 2


def test_revoked_key_is_out_at_once(author: Author, stranger: Author, both: str) -> None:
    with author.session(both, "-tt") as mine, stranger.session(both, "-tt") as theirs:
        for session in (mine, theirs):
            said(session, b"disk")
        assert good("keys", name=both, keys=[author.public])["ended_sessions"] == 1
        assert theirs.wait(30) != 0
        type_in(mine, b"echo still-$((40+2))\n")
        said(mine, b"still-42")
    assert stranger.ssh(both, "id").rc == 255


def test_open_connection_opens_nothing_more(author: Author, stranger: Author, both: str) -> None:
    """A connection that is shared (ControlMaster) is not asked for its key again by sshd."""
    control = stranger.folder / "control"
    with stranger.session(both, "-M", "-S", str(control), "-N"):
        ask = ("-S", str(control), "-oControlMaster=no")
        words = ["ssh", "-F", str(stranger.config), *ask, f"{both}@node", "echo in"]

        def shared() -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(words, capture_output=True, timeout=60, check=False)

        while not control.exists():
            pass
        assert shared().stdout == b"in\n"
        good("keys", name=both, keys=[author.public])
        done = shared()
        assert done.stdout == b""
        assert done.returncode != 0


@pytest.mark.parametrize("kind", [["ecdsa", "-b", "256"], ["ecdsa", "-b", "521"], ["rsa", "-b", "3072"]])
def test_other_kinds_of_keys(author: Author, neighbour: str, kind: list[str]) -> None:
    key = author.folder / f"other-{kind[0]}-{kind[2]}"
    subprocess.run(["ssh-keygen", "-q", "-t", *kind, "-N", "", "-f", key], check=True)
    good("keys", name=neighbour, keys=[author.public, key.with_suffix(".pub").read_text()])
    done = author.run("ssh", "-oIdentityFile=none", "-i", str(key), f"{neighbour}@node", "echo in")
    assert done.out == b"in\n"
    good("keys", name=neighbour, keys=[author.public])


def test_bad_keys_change_nothing(author: Author, neighbour: str) -> None:
    for line in ("", "not a key", f'command="id" {author.public}', f"{author.public}\nssh-ed25519 AAAA", 5, None):
        told = refused("keys", name=neighbour, keys=[author.public, line])
        assert told.startswith("bad_request: keys: key 2: "), told
    assert author.good(neighbour, "echo in") == "in\n"
