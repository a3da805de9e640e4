"""Makes the sample app audioseg as an author would: by SSH in a sandbox, with OpenSSH's own programs and the REST API.

Create the app, log in, install from the package registry, copy the program, commit, change it, commit again, roll back.
Needs ALLGO_URL and ALLGO_AUTHOR_TOKEN. What was made by an earlier run stays.
"""

import json
import os
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

APP = "audioseg"
FOLDER = Path(__file__).parents[2] / "containers" / "samples" / APP
PROPERTIES = ("title", "description", "contact", "tags", "memory_mb", "cpus", "default_queue")
PATIENCE_S = 600
INSTALL = (
    "export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && "
    "apt-get install -y -qq --no-install-recommends python3-numpy python3-soundfile"
)


class Author:
    """Somebody with a token and a key."""

    def __init__(self, url: str, token: str) -> None:
        """Take the portal's address and the author's token."""
        self._url = url
        self._begun = time.monotonic()
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Token token={token}"
        self._ssh = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new", "-i", str(self._key())]
        self._command: list[str] = []

    def ask(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401  # as requests takes and gives it
        """Send a request and return its answer."""
        answer = self._session.request(method, f"{self._url}/api/v1{path}", timeout=60, **more)
        if answer.status_code >= requests.codes.bad_request:
            raise SystemExit(f"  {method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def say(self, text: str) -> None:
        """Print a line with the time."""
        print(f"  {time.monotonic() - self._begun:6.2f} s  {text}", flush=True)

    def log_in_with(self, command: str) -> None:
        """Remember the command that the portal told."""
        self._command = shlex.split(command)

    def ssh(self, command: str) -> str:
        """Run a command in the sandbox."""
        argv = [self._command[0], *self._ssh, *self._command[1:], command]
        return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S).stdout

    def scp(self, *files: Path) -> None:
        """Copy files to /home/allgo of the sandbox."""
        port = ["-P", self._command[self._command.index("-p") + 1]] if "-p" in self._command else []
        target = f"{self._command[1]}:/home/allgo/"
        subprocess.run(["scp", "-q", *self._ssh, *port, *map(str, files), target], check=True, timeout=PATIENCE_S)

    def public_key(self) -> str:
        """Return the author's public key."""
        return self._key().with_suffix(".pub").read_text().strip()

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give what happens to the app as the portal tells it."""
        address = f"{self._url}/api/v1/apps/{APP}/events"
        with self._session.get(
            address, params={"wait": PATIENCE_S, "last_event_id": 0}, stream=True, timeout=60
        ) as told:
            kind = ""
            for line in told.iter_lines(decode_unicode=True):
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield kind, json.loads(line.removeprefix("data: "))
        raise SystemExit("  it took too long")

    def _key(self) -> Path:
        key = Path.home() / ".ssh" / "id_allgo"
        if not key.exists():
            key.parent.mkdir(mode=0o700, exist_ok=True)
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(key)], check=True)
        return key


def main() -> int:
    """Make the app, unless an earlier run has."""
    author = Author(os.environ["ALLGO_URL"], os.environ["ALLGO_AUTHOR_TOKEN"])
    table = tomllib.loads((FOLDER / "app.toml").read_text(encoding="utf-8"))
    there = APP in {app["name"] for app in author.ask("GET", "/apps", params={"mine": "true"})["apps"]}
    versions = author.ask("GET", f"/apps/{APP}/versions")["versions"] if there else []
    if versions:
        print(f"  {APP} is there, with {len(versions)} versions")
        return 0
    if not there:
        properties = {key: table[key] for key in PROPERTIES if key in table}
        author.ask("POST", "/apps", json={"name": APP, "public": True} | properties)
        author.say("app created")
    if not author.ask("GET", "/account/ssh-keys")["keys"]:
        author.ask("POST", "/account/ssh-keys", json={"name": "demo", "key": author.public_key()})
    author.ask("POST", f"/apps/{APP}/sandbox")
    wait_for_sandbox(author)
    author.say(f"logged in as {author.ssh('whoami').strip()} in {author.ssh('pwd').strip()}")
    author.ssh(INSTALL)
    author.say("installed from the package registry")
    author.scp(FOLDER / "entrypoint", *sorted(FOLDER.glob("[fl]*.py")))
    author.ssh("chmod 755 /home/allgo/entrypoint")
    example = table["example"]
    files = {f"files[{i}]": (Path(n).name, (FOLDER / n).read_bytes()) for i, n in enumerate(example["files"])}
    author.ask("PUT", f"/apps/{APP}/sample", data={"job[param]": example["param"]}, files=files)
    author.say("copied the program, and a sample that each version must run well with")
    commit(author, "first version")
    author.ssh("sed -i 's/^LONGEST_HOURS = 4$/LONGEST_HOURS = 8/' /home/allgo/entrypoint")
    commit(author, "recordings of up to 8 hours")
    author.ask("PATCH", f"/apps/{APP}/versions/1", json={"default": True})
    author.say("rolled back: version 1 serves again")
    author.ask("PATCH", f"/apps/{APP}/versions/2", json={"default": True})
    author.say("and forward: version 2 serves")
    return 0


def wait_for_sandbox(author: Author) -> None:
    """Wait until one can log in."""
    for _, said in author.events():
        if said.get("commit") is None and said.get("state") == "running":
            break
        if said.get("state") == "error":
            raise SystemExit(f"  the sandbox cannot be started: {said['reason']}")
    sandbox = author.ask("GET", f"/apps/{APP}/sandbox")
    author.log_in_with(sandbox["ssh"])
    author.say(f"sandbox running: {sandbox['ssh']}")


def commit(author: Author, changelog: str) -> None:
    """Commit, and follow it until it is a version."""
    number = author.ask("POST", f"/apps/{APP}/commits", json={"changelog": changelog})["id"]
    told = ""
    for kind, said in author.events():
        if said["commit"] != number:
            continue
        now = said["state"] + (f" {said['percent']} %" if kind == "progress" and said["percent"] is not None else "")
        if now != told:
            author.say(f"commit {number}: {now}  {said.get('reason', '')}".rstrip())
            told = now
        if said["state"] == "ready":
            return
        if said["state"] in {"failed", "aborted"}:
            raise SystemExit(f"  commit {number} {said['state']}: {said['reason']}")


if __name__ == "__main__":
    sys.exit(main())
