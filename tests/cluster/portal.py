"""What the cluster tests do with the portal: submit, wait, fetch, stop and start services."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path("/srv/allgo")
SERVICES = Path("/etc/allgo-services")
FINAL = ("done", "error", "timeout", "out_of_memory", "cancelled", "node_failure", "lost")


def instance_value(name: str) -> str:
    words = Path("/etc/allgo-instance").read_text().split()
    return dict(word.split("=", 1) for word in words)[name]


def run_as(user: str, argv: list[str], *, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": "/opt/allgo-hpc/venv/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "ALLGO_HPC_CONF": "/etc/allgo-hpc/allgo-hpc.toml",
        "HOME": "/var/lib/allgo-hpc" if user == "allgo" else f"/home/{user}",
    }
    return subprocess.run(
        argv,
        user=user,
        group=user,
        extra_groups=[],
        env=env,
        cwd="/",
        input=stdin,
        text=True,
        capture_output=True,
        check=check,
        timeout=300,
    )


def until(what: str, condition: Callable[[], Any], *, within_s: float = 60.0) -> Any:
    """Wait for a condition, not for a time; the last value is in the message when it does not come."""
    deadline = time.monotonic() + within_s
    value = condition()
    while not value:
        assert time.monotonic() < deadline, f"{what}: not within {within_s} s (last: {value!r})"
        time.sleep(0.1)
        value = condition()
    return value


def service(verb: str, name: str) -> None:
    """Stop, start or kill one of the cluster's services, and wait until it is so."""
    subprocess.run(
        ["sv", "-w", "60", verb, str(SERVICES / name)], check=verb != "kill", capture_output=True, timeout=90
    )


def answers(name: str) -> bool:
    return subprocess.run(["cluster-check", name], capture_output=True, check=False).returncode == 0


@dataclass
class Portal:
    url: str
    token: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Token token={self.token}"}

    def post(self, data: dict[str, str], files: Any = None, **more: Any) -> requests.Response:
        headers = more.pop("headers", self.auth)
        return requests.post(f"{self.url}/api/v1/jobs", data=data, files=files, headers=headers, timeout=60, **more)

    def submit(self, app: str, param: str = "", files: Any = None, **fields: str) -> int:
        data = {"job[webapp_name]": app, "job[param]": param} | {
            f"job[{name}]": value for name, value in fields.items()
        }
        answer = self.post(data, files)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    def get(self, number: int) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/api/v1/jobs/{number}", headers=self.auth, timeout=60)
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def in_state(self, number: int, *states: str, within_s: float = 60.0) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            job = self.get(number)
            return job if job["state"] in states else None

        job: dict[str, Any] = until(f"job {number} in {states}", reached, within_s=within_s)
        return job

    def finished(self, number: int, *, within_s: float = 60.0) -> dict[str, Any]:
        return self.in_state(number, *FINAL, within_s=within_s)

    def result(self, job: dict[str, Any], name: str) -> bytes:
        answer = requests.get(job[str(job["id"])][name], timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.content

    def run(self, param: str, **fields: str) -> dict[str, Any]:
        return self.finished(self.submit("probe", param, **fields))
