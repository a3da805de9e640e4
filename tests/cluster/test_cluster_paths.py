"""Inputs named by their path on the cluster: read as the user's own account there, by sudo, and never as the portal."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cluster.portal import Portal, run_as

ALLGO = "/opt/allgo-hpc/venv/bin/allgo-hpc"


@pytest.fixture
def alices(portal: Portal) -> Iterator[Portal]:
    """The portal, whose user has the account alice on the cluster."""
    run_as("allgo", [ALLGO, "user", "cluster-account", portal.values["ALLGO_USER"], "alice"])
    yield portal
    run_as("allgo", [ALLGO, "user", "cluster-account", portal.values["ALLGO_USER"], "--none"])


@pytest.fixture
def private() -> Iterator[Path]:
    """A file of alice's that nobody else may read, the portal neither."""
    path = Path("/home/alice/private data.txt")
    path.write_text("of alice\n")
    os.chown(path, 2001, 2001)
    path.chmod(0o600)
    Path("/home/alice").chmod(0o700)
    yield path
    path.unlink()


def _submit(portal: Portal, session: requests.Session, path: str) -> requests.Response:
    data = {"job[webapp_name]": "probe", "job[param]": "ls", "job[paths]": path}
    return session.post(f"{portal.url}/api/v1/jobs", data=data, timeout=60)


def test_what_alice_may_read_her_job_gets(alices: Portal, session: requests.Session, private: Path) -> None:
    assert run_as("allgo", ["/bin/cat", str(private)], check=False).returncode != 0
    answer = _submit(alices, session, str(private))
    assert answer.status_code == 200, answer.text
    number = answer.json()["id"]
    found = list(Path("/srv/allgo/datastore").rglob(private.name))
    assert [path.read_text() for path in found] == ["of alice\n"]
    session.post(f"{alices.url}/api/v1/jobs/{number}/cancel", timeout=60)


def test_what_is_bobs_she_does_not(alices: Portal, session: requests.Session) -> None:
    secret = Path("/home/bob/secret")
    secret.write_text("of bob\n")
    os.chown(secret, 2002, 2002)
    secret.chmod(0o600)
    Path("/home/bob").chmod(0o711)
    link = Path("/home/alice/to-bob")
    link.unlink(missing_ok=True)
    link.symlink_to(secret)
    for path in (secret, link):
        answer = _submit(alices, session, str(path))
        assert (answer.status_code, answer.json()["code"]) == (400, "cluster_path_away")
        assert "'alice' may not read it" in answer.json()["error"]


@pytest.mark.parametrize(
    "target", ["/etc/shadow", "/etc/passwd", "/srv/allgo", "/var/lib/allgo-hpc/secret", "/dev/zero"]
)
def test_links_out_of_the_folders_lead_nowhere(alices: Portal, session: requests.Session, target: str) -> None:
    link = Path("/home/alice/out")
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    answer = _submit(alices, session, str(link))
    assert (answer.status_code, answer.json()["code"]) == (400, "cluster_path_away")
    link.unlink()


@pytest.mark.parametrize("account", ["allgo", "slurm", "nobody", "daemon"])
def test_accounts_that_are_no_persons_are_not_read_as(portal: Portal, session: requests.Session, account: str) -> None:
    user = portal.values["ALLGO_USER"]
    run_as("allgo", [ALLGO, "user", "cluster-account", user, account])
    answer = _submit(portal, session, "/home/alice/.bashrc")
    assert (answer.status_code, answer.json()["code"]) == (503, "cluster_paths_off")
    run_as("allgo", [ALLGO, "user", "cluster-account", user, "--none"])


def test_without_an_account_nothing_is_read(portal: Portal, session: requests.Session) -> None:
    assert _submit(portal, session, "/home/alice/.bashrc").json()["code"] == "no_cluster_account"


def test_sudo_lets_the_portal_do_nothing_else() -> None:
    for words in (
        ["-u", "alice", "/bin/cat", "/home/alice/.bashrc"],
        ["-u", "alice", "/usr/local/sbin/allgo-read", "--help"],
        ["-u", "root", "/usr/local/sbin/allgo-read"],
    ):
        assert run_as("allgo", ["/usr/bin/sudo", "-n", *words], check=False).returncode != 0


def test_the_picker_sees_what_alice_sees(alices: Portal, session: requests.Session, private: Path) -> None:
    told = session.get(f"{alices.url}/api/v1/cluster-files", params={"path": "/home/alice"}, timeout=60).json()
    assert {"name": private.name, "path": str(private), "kind": "file", "size": 9} in told["entries"]
    Path("/home/bob").chmod(0o700)
    answer = session.get(f"{alices.url}/api/v1/cluster-files", params={"path": "/home/bob"}, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (400, "cluster_path_away")
