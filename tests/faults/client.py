"""A client that takes faults as a real one would: it sends again, with the same Idempotency-Key."""

import threading
import time
from base64 import b64encode
from typing import Any

import requests

from tests.cluster.portal import Portal
from tests.faults.witness import Witness

_OK = requests.codes.ok
_AGAIN = 500
"""From this status on the client sends again; what is below would be refused again."""
_PAUSE_S = 0.3


class Client:
    """Submits and reads; everything that it is told goes to the witness."""

    def __init__(self, portal: Portal, witness: Witness, *, give_up_s: float = 120) -> None:
        self._portal = portal
        self._witness = witness
        self._give_up_s = give_up_s
        self._pause = threading.Event()  # never set: a client's wait before it tries again

    def submit(self, key: str, param: str, files: int = 1, app: str = "probe", **fields: str) -> int:
        """Submit once, however often that has to be said."""
        data = {"job[webapp_name]": app, "job[param]": param} | {f"job[{n}]": value for n, value in fields.items()}
        deadline = time.monotonic() + self._give_up_s
        while True:
            sent = {f"files[{n}]": (f"given{n}.txt", f"{key} {n}\n".encode()) for n in range(files)}
            answer, what = self._try("POST", "", data=data, files=sent, headers={"Idempotency-Key": key})
            self._witness.met(self._witness.posts, what)
            if answer is not None and answer.status_code == _OK:
                number = int(answer.json()["id"])
                self._witness.accepted(key, number)
                return number
            assert answer is None or answer.status_code >= _AGAIN, answer.text
            assert time.monotonic() < deadline, f"{key} was not accepted within {self._give_up_s} s (last: {what})"
            self._pause.wait(_PAUSE_S)

    def upload(self, content: bytes, name: str = "given.txt") -> str:
        """Send a file piece by piece, however often that has to be begun; returns its id."""
        url, tus = f"{self._portal.url}/api/v1/uploads", self._portal.auth | {"Tus-Resumable": "1.0.0"}
        told = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {b64encode(name.encode()).decode()}"}
        key = str(requests.post(url, headers=tus | told, timeout=30).json()["id"])
        deadline = time.monotonic() + self._give_up_s
        while True:
            assert time.monotonic() < deadline, f"{key} could not be sent within {self._give_up_s} s"
            try:
                here = requests.head(f"{url}/{key}", headers=tus, timeout=30).headers["Upload-Offset"]
                piece = tus | {"Upload-Offset": here, "Content-Type": "application/offset+octet-stream"}
                requests.patch(f"{url}/{key}", data=content[int(here) :], headers=piece, timeout=30).raise_for_status()
            except (requests.RequestException, KeyError):
                self._pause.wait(_PAUSE_S)
            else:
                return key

    def look(self, number: int) -> dict[str, Any] | None:
        """Ask once for a job; None when no answer came."""
        answer, what = self._try("GET", f"/{number}")
        self._witness.met(self._witness.reads, what)
        if answer is None:
            return None
        if answer.status_code != _OK:
            self._witness.refused(number, answer.status_code)
            return None
        job: dict[str, Any] = answer.json()
        self._witness.told(job)
        return job

    def fetch(self, number: int, name: str) -> str:
        """Fetch a result of an ended job by the address that was told; returns what was met."""
        job = self.look(number)
        assert job is not None
        return str(requests.get(job[str(number)][name], timeout=30).status_code)

    def send(self, verb: str, number: int, what: str = "") -> str:
        """Cancel, delete or the like, once; returns what was met."""
        return self._try(verb, f"/{number}{what}")[1]

    def status(self) -> dict[str, Any]:
        """What the portal says of itself."""
        told: dict[str, Any] = requests.get(f"{self._portal.url}/api/v1/status", timeout=30).json()
        return told

    def front_page(self) -> str:
        return requests.get(self._portal.url, timeout=30).text

    def _try(self, verb: str, where: str, **more: Any) -> tuple[requests.Response | None, str]:
        headers = self._portal.auth | more.pop("headers", {})
        try:
            answer = requests.request(
                verb, f"{self._portal.url}/api/v1/jobs{where}", headers=headers, timeout=30, **more
            )
        except requests.Timeout:
            return None, "no answer in 30 s"
        except requests.RequestException as error:
            return None, "refused" if "refused" in str(error) else "cut off"
        return answer, str(answer.status_code)
