"""Limits: over one the author's own program fails, nobody else's; and the author can still get in."""

from pathlib import Path

from tests.sandbox.clients import Author, good, said


def test_full_disk_is_the_authors_own(author: Author, sandbox: str, neighbour: str) -> None:
    done = author.ssh(sandbox, "dd if=/dev/zero of=/root/fill bs=1M", timeout_s=300)
    assert done.rc != 0
    assert "No space left on device" in done.err
    used = good("status", name=sandbox)["used"]["disk_mb"]
    assert used >= good("status", name=sandbox)["limits"]["disk_mb"] * 0.9
    author.good(neighbour, "dd if=/dev/zero of=/root/some bs=1M count=50 status=none && sync && rm /root/some")
    assert Path("/var/lib/allgo-node/probe").write_text("x" * 10_000_000) == 10_000_000
    Path("/var/lib/allgo-node/probe").unlink()
    # New sessions start on a full disk, and say so.
    with author.session(sandbox, "-tt") as session:
        said(session, b"nearly full")
    author.good(sandbox, "rm /root/fill")
    author.good(sandbox, "echo room > /root/x && rm /root/x")


def test_full_disk_can_be_started_and_stopped(author: Author, sandbox: str) -> None:
    author.ssh(sandbox, "dd if=/dev/zero of=/root/fill bs=1M", timeout_s=300)
    good("stop", name=sandbox)
    author.good(sandbox, "rm /root/fill")


def test_room_of_the_disk_is_reserved(sandbox: str) -> None:
    """A sparse file would let one sandbox take the room that another was promised."""
    stat = Path(f"/var/lib/allgo-node/sandboxes/{sandbox}/disk.ext4").stat()
    assert stat.st_blocks * 512 >= stat.st_size


def test_memory(author: Author, sandbox: str, neighbour: str) -> None:
    with author.session(neighbour, "echo here; cat; echo still here") as other:
        said(other, b"here")
        done = author.ssh(sandbox, "head -c 3G /dev/zero | tail | wc -c", timeout_s=120)
        assert b"3221225472" not in done.out
        assert "Killed" in done.err or done.rc != 0 or done.out.strip() == b"0"
        assert other.stdin is not None
        other.stdin.close()
        said(other, b"still here")
    assert author.good(sandbox, "echo works") == "works\n"


def test_files_in_memory_count(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "dd if=/dev/zero of=/dev/shm/fill bs=1M count=3000; s=$?; rm -f /dev/shm/fill; exit $s")
    assert done.rc != 0


def test_fork_bomb_is_bounded_and_can_be_cleared(author: Author, sandbox: str, neighbour: str) -> None:
    limit = good("status", name=sandbox)["limits"]["processes"]
    bomb = "b() { b | b & sleep 100; }; b > /dev/null 2>&1 & for i in $(seq 300); do sleep 100 & done 2>/dev/null; wait"
    with author.session(sandbox, f"echo here; {bomb}") as session:
        said(session, b"here")
        author.good(neighbour, "for i in 1 2 3 4 5; do /bin/true; done; echo fine")
        assert good("status", name=sandbox)["used"]["processes"] <= limit + 5
        # Entering begins no process that the limit could refuse, and kill is a word of the shell itself.
        author.ssh(sandbox, "kill -9 -1")
    good("stop", name=sandbox)
    assert author.good(sandbox, "echo works") == "works\n"
