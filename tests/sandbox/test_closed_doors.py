"""What a key does not open: forwarding, passwords, other accounts, the node's own shell."""

import subprocess

import pytest

from tests.sandbox.clients import Author, port, said


@pytest.mark.parametrize("method", ["password", "keyboard-interactive", "hostbased", "none"])
def test_public_keys_only(stranger: Author, sandbox: str, method: str) -> None:
    done = stranger.ssh(
        sandbox, "-v", f"-oPreferredAuthentications={method}", "-oBatchMode=no", "-oNumberOfPasswordPrompts=0", "id"
    )
    assert done.rc == 255
    assert "Authentications that can continue: publickey\r\n" in done.err.replace("\n", "\r\n").replace("\r\r", "\r")


@pytest.mark.parametrize("account", ["root", "alice", "allgo", "allgo-portal", "nobody", "no-such-app"])
def test_authors_key_opens_no_other_account(author: Author, account: str) -> None:
    assert author.ssh(account, "id").rc == 255


def test_strangers_key_opens_nothing(stranger: Author, sandbox: str) -> None:
    done = stranger.ssh(sandbox, "id")
    assert (done.rc, done.out) == (255, b"")


@pytest.mark.parametrize("flag", ["-L", "-D"])
def test_no_port_of_the_node_from_outside(author: Author, sandbox: str, flag: str) -> None:
    local = str(port() + 5000)
    words = (flag, f"{local}:127.0.0.1:{port()}" if flag == "-L" else local)
    with author.session(sandbox, *words, "echo here; sleep 4848") as session:
        said(session, b"here")
        with subprocess.Popen(
            ["ssh-keyscan", "-T", "3", "-p", local, "127.0.0.1"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as scan:
            assert scan.communicate(timeout=30)[0] == b""
        if flag == "-L":
            said(session, b"administratively prohibited")


def test_no_port_from_the_sandbox(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "-R", f"127.0.0.1:9099:127.0.0.1:{port()}", "-oExitOnForwardFailure=yes", "true")
    assert done.rc == 255
    assert "remote port forwarding failed" in done.err


def test_no_way_through(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "-W", f"127.0.0.1:{port()}")
    assert done.rc == 255
    assert "prohibited" in done.err


def test_no_socket_forwarding(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "-R", "/tmp/sock:/tmp/other", "-oExitOnForwardFailure=yes", "true")
    assert done.rc == 255


def test_no_agent_and_no_x11(author: Author, sandbox: str) -> None:
    agent = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    variables = dict(part.strip().split("=", 1) for part in agent.split(";") if "=" in part)
    try:
        argv = ["ssh", "-F", str(author.config), "-A", "-X", f"{sandbox}@node", "env; ls -a /tmp"]
        env = {"PATH": "/usr/bin:/bin", "DISPLAY": ":9", **variables}
        told = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=True).stdout
        assert "SSH_AUTH_SOCK" not in told
        assert "DISPLAY" not in told
        assert "ssh-" not in told
    finally:
        subprocess.run(["kill", variables["SSH_AGENT_PID"]], check=True)


def test_no_tunnel(author: Author, sandbox: str) -> None:
    done = author.ssh(sandbox, "-w", "0:0", "-oExitOnForwardFailure=yes", "true")
    assert done.rc == 255


def test_environment_is_the_nodes(author: Author, sandbox: str) -> None:
    argv = ["ssh", "-F", str(author.config), "-oSendEnv=EVIL LANG LC_ALL", f"{sandbox}@node", "env"]
    env = {"PATH": "/usr/bin:/bin", "EVIL": "1", "LANG": "xx", "LC_ALL": "yy"}
    told = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=True).stdout
    names = {line.partition("=")[0] for line in told.splitlines()}
    assert "LANG=C.UTF-8" in told.splitlines()
    assert not names & {"EVIL", "LC_ALL", "SSH_CONNECTION", "SSH_CLIENT", "SUDO_USER", "SSH_USER_AUTH"}


def test_no_file_of_the_user_runs_at_the_node(author: Author, sandbox: str) -> None:
    author.good(sandbox, "mkdir -p ~/.ssh; echo 'echo from-rc' > ~/.ssh/rc; echo A=1 > ~/.ssh/environment")
    assert author.good(sandbox, "echo $A") == "\n"
    author.good(sandbox, "rm -r ~/.ssh")


def test_portals_account_runs_the_helper_and_nothing_else() -> None:
    key = "/var/lib/allgo-hpc/build-node-key"
    known = "/etc/allgo-hpc/build-node-known-hosts"
    base = ["ssh", "-F", "none", "-i", key, "-p", str(port()), f"-oUserKnownHostsFile={known}", "-oBatchMode=yes"]

    def ask(*words: str) -> str:
        argv = [*base, "allgo-portal@127.0.0.1", "--", *words]
        done = subprocess.run(argv, capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
        return (done.stdout + done.stderr).decode()

    assert '"sandboxes"' in ask("node-status")
    for command in ("id", "node-status; id", "node-status\nid", "$(id)", "", "-h", "node-status x", "../allgo-node"):
        told = ask(*([command] if command else []))
        assert "uid=" not in told
        assert '"bad_request"' in told, (command, told)
