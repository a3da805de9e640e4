"""From inside nothing else can be seen or reached: not the node, not another sandbox; root inside is nobody outside."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox.clients import Author, port, said


def test_only_own_processes(author: Author, sandbox: str, neighbour: str) -> None:
    with author.session(neighbour, "echo here; exec sleep 4949") as session:
        said(session, b"here")
        told = author.good(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        assert "4949" not in told
        assert "slurmd" not in told
        assert "sshd" not in told
        assert len(author.good(sandbox, "ls -d /proc/[0-9]*").split()) < 10


def test_only_own_files(author: Author, sandbox: str, neighbour: str) -> None:
    author.good(neighbour, "echo secret > ~/secret")
    told = author.good(sandbox, "cat /proc/self/mountinfo")
    assert "allgo-node" not in told.replace("/toolbox/", "")  # only where the toolbox lies is told by the kernel
    looking = (
        "find / -xdev -name secret 2>/dev/null; ls /mnt /srv; ls -d /opt/allgo-hpc /var/lib/allgo-node 2>/dev/null"
    )
    assert author.ssh(sandbox, looking).text == "/mnt:\n\n/srv:\n"
    for path in ("/proc/1/root/etc/slurm", "/proc/1/cwd/../etc/munge", "/.allgo/../../etc/slurm", "/dev/.node"):
        assert author.ssh(sandbox, f"ls {path}").rc != 0


def test_names_and_interprocess_memory_are_its_own(author: Author, sandbox: str, neighbour: str) -> None:
    for kind in ("net", "pid", "mnt", "ipc", "uts", "user"):
        spaces = {author.good(name, f"readlink /proc/self/ns/{kind}") for name in (sandbox, neighbour)}
        spaces.add(f"{Path(f'/proc/self/ns/{kind}').readlink()}\n")
        assert len(spaces) == 3


@contextmanager
def listening(address: str) -> Iterator[int]:
    """A service of the node's that says a word to everybody."""
    server = socket.create_server((address, 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connection.sendall(b"REACHED\n")
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_no_service_on_the_nodes_loopback(author: Author, sandbox: str) -> None:
    with listening("127.0.0.1") as number:
        with socket.create_connection(("127.0.0.1", number)) as here:
            assert here.recv(8) == b"REACHED\n"
        for target in _targets(author, sandbox):
            told = author.ssh(sandbox, f"timeout 5 cat < /dev/tcp/{target}/{number}")
            assert b"REACHED" not in told.out, target
            assert b"SSH" not in author.ssh(sandbox, f"timeout 5 head -c 3 < /dev/tcp/{target}/{port()}").out


def _targets(author: Author, sandbox: str) -> list[str]:
    """Loopback, the gateway as the sandbox sees it, and the address that hands on questions for names."""
    gateway = author.good(
        sandbox, "while read -r _ to via _; do [ $to != 00000000 ] || echo $via; done < /proc/net/route"
    )
    found = ["127.0.0.1", "127.0.0.2", "localhost", "169.254.1.1"]
    found += [socket.inet_ntoa(bytes.fromhex(word)[::-1]) for word in gateway.split()]
    assert len(found) > 4
    return found


def test_no_service_of_another_sandbox(author: Author, sandbox: str, neighbour: str) -> None:
    serve = "echo here; exec /.allgo/bin/busybox nc -l -p 8099 -e /.allgo/bin/busybox echo REACHED"
    with author.session(neighbour, serve) as session:
        said(session, b"here")
        for target in _targets(author, sandbox):
            assert b"REACHED" not in author.ssh(sandbox, f"timeout 5 cat < /dev/tcp/{target}/8099").out


def test_abstract_sockets_of_the_node_are_out_of_reach(author: Author, sandbox: str) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"\0allgo-{os.getpid()}")
    server.listen()
    try:
        assert "allgo-" not in author.good(sandbox, "cat /proc/net/unix")
    finally:
        server.close()


@pytest.mark.parametrize(
    "command",
    [
        "mknod ~/disk b 7 0",
        "mount -t ext4 /dev/loop0 /mnt",
        "mount -o remount,rw /.allgo && touch /.allgo/x",
        "touch /.allgo/bin/x",
        "mount -o remount,suid,dev /",
        "echo 1 > /proc/sys/kernel/sysrq",
        "echo x > /proc/sysrq-trigger",
        "echo 0 > /proc/sys/kernel/randomize_va_space",
        "echo -17 > /proc/1/oom_score_adj; date -s 2001-01-01",
        "chroot /proc/1/root/../../ ls /etc/slurm",
        "nice -n -5 true 2>&1 | grep -q . && exit 1",
        "dmesg -n 1",
        "swapoff -a && swapon /dev/loop0",
    ],
)
def test_root_inside_has_no_power_outside(author: Author, sandbox: str, command: str) -> None:
    assert author.ssh(sandbox, command).rc != 0


def test_set_uid_programs_have_no_power(author: Author, sandbox: str) -> None:
    """Neither inside (nosuid) nor, by way of the node's own view of the tree, outside."""
    author.good(sandbox, "cp /bin/bash ~/rootbash && chmod 4755 ~/rootbash && chmod 755 ~")
    tree = Path(f"/run/allgo-node/trees/{sandbox}")
    assert (tree / "root/rootbash").stat().st_mode & 0o4000
    told = subprocess.run(
        [
            "setpriv",
            "--reuid",
            "2001",
            "--regid",
            "2001",
            "--clear-groups",
            tree / "root/rootbash",
            "-p",
            "-c",
            "echo $EUID",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip() in {"2001", ""}
    options = author.good(sandbox, "grep ' / ' /proc/self/mounts")
    assert "nosuid,nodev" in options
    author.good(sandbox, "rm ~/rootbash; chmod 700 ~")


def test_links_out_of_the_tree_lead_nowhere(author: Author, sandbox: str) -> None:
    author.good(sandbox, "ln -sfn /etc/munge /root/out; ln -sfn ../../../../../etc/munge /root/up")
    assert author.ssh(sandbox, "ls /root/out/").rc != 0
    assert author.ssh(sandbox, "ls /root/up/").rc != 0
    author.good(sandbox, "rm /root/out /root/up")
