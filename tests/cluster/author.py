"""An author with a token, a key and OpenSSH's own programs."""

import shlex
import subprocess
from pathlib import Path
from typing import Any

import requests

from tests.cluster.portal import Portal, until

ENDED = ("ready", "failed", "aborted")
ENTRYPOINT = '#!/bin/sh\ncat *.txt | tr a-z A-Z > loud.out && echo made with "$@"\n'


class Author:
    """Makes one app in its sandbox."""

    def __init__(self, portal: Portal, folder: Path, app: str) -> None:
        self.portal, self.app = portal, app
        self._auth = {"Authorization": f"Token token={portal.values['ALLGO_AUTHOR_TOKEN']}"}
        self.key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", app, "-f", str(self.key)], check=True)
        self._options = [
            "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={folder}/known", "-o", "StrictHostKeyChecking=accept-new",
            "-o", "IdentitiesOnly=yes", "-F", "none", "-i", str(self.key),
        ]  # fmt: skip

    def call(self, method: str, path: str = "", **more: Any) -> requests.Response:
        address = f"{self.portal.url}/api/v1/apps/{self.app}{path}"
        return requests.request(method, address, headers=self._auth, timeout=60, **more)

    def ask(self, method: str, path: str = "", **more: Any) -> Any:
        answer = self.call(method, path, **more)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def create(self, **more: Any) -> None:
        body = {"name": self.app, "title": self.app, "public": True, "default_queue": "interactive", "memory_mb": 128}
        answer = requests.post(f"{self.portal.url}/api/v1/apps", headers=self._auth, json=body | more, timeout=60)
        assert answer.status_code == 201, answer.text

    def add_key(self) -> int:
        body = {"name": self.app, "key": self.key.with_suffix(".pub").read_text().strip()}
        address = f"{self.portal.url}/api/v1/account/ssh-keys"
        answer = requests.post(address, headers=self._auth, json=body, timeout=60)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def revoke_key(self, number: int) -> None:
        address = f"{self.portal.url}/api/v1/account/ssh-keys/{number}"
        assert requests.delete(address, headers=self._auth, timeout=60).status_code == 204

    def start(self, **more: Any) -> dict[str, Any]:
        self.ask("POST", "/sandbox", json=more)
        return self.sandbox_in("running")

    def sandbox_in(self, *states: str, within_s: float = 120) -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            told: dict[str, Any] = self.ask("GET", "/sandbox")
            return told if told["state"] in states else None

        told: dict[str, Any] = until(f"the sandbox of {self.app} in {states}", there, within_s=within_s)
        return told

    def ssh_argv(self, command: str) -> list[str]:
        program, *words = shlex.split(self.ask("GET", "/sandbox")["ssh"])
        return [program, *self._options, *words, command]

    def ssh(self, command: str, *, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        argv = self.ssh_argv(command)
        ended = subprocess.run(argv, input=stdin, text=True, capture_output=True, check=False, timeout=300)
        assert not check or ended.returncode == 0, ended
        return ended

    def install(self, entrypoint: str = ENTRYPOINT) -> None:
        """Put a program in place."""
        self.ssh("cat > /home/allgo/entrypoint && chmod 755 /home/allgo/entrypoint", stdin=entrypoint)

    def set_sample(self, param: str = "once") -> None:
        self.ask("PUT", "/sample", data={"job[param]": param}, files={"files[0]": ("in.txt", b"quiet words\n")})

    def begin_commit(self, **more: Any) -> int:
        return int(self.ask("POST", "/commits", json=more)["id"])

    def commit_in(self, number: int, *states: str, within_s: float = 180) -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            told: dict[str, Any] = self.ask("GET", f"/commits/{number}")
            return told if told["state"] in states else None

        told: dict[str, Any] = until(f"commit {number} in {states}", there, within_s=within_s)
        return told

    def commit(self, **more: Any) -> dict[str, Any]:
        """Commit and wait for its end."""
        return self.commit_in(self.begin_commit(**more), *ENDED)

    def versions(self) -> dict[int, dict[str, Any]]:
        return {one["number"]: one for one in self.ask("GET", "/versions")["versions"]}

    def run(self, **fields: str) -> dict[str, Any]:
        """Run a job of the app as an ordinary user."""
        files = {"files[0]": ("in.txt", b"some words\n")}
        return self.portal.finished(self.portal.submit(self.app, "by a user", files, **fields))
