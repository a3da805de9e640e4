"""A webhook from its making to a signed message about a job's end, through the real portal and its sweep."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from standardwebhooks import Webhook

from tests.cluster.portal import Portal, until
from tests.receivers import Receiver, answer, receiver

ORDER = ["created", "submitted", "pending", "running", "finishing", "done"]


class Hook:
    """A webhook of the demo's user to a server of this test."""

    def __init__(self, portal: Portal, server: Receiver) -> None:
        self.portal, self.server = portal, server
        self.url = f"{portal.url}/api/v1/webhooks"
        made = requests.post(self.url, json={"url": server.url}, headers=portal.auth, timeout=60)
        assert made.status_code == 201, made.text
        self.number: int = made.json()["id"]
        self.secret: str = made.json()["secret"]

    def told(self, job: int) -> list[dict[str, Any]]:
        """What came about a job, each verified, in the order in which it came."""
        verified = [Webhook(self.secret).verify(got.body, got.headers) for got in list(self.server.got)]
        return [each["data"] for each in verified if each["data"].get("job") == job]

    def until_told(self, job: int, state: str) -> list[dict[str, Any]]:
        until(f"told that job {job} is {state}", lambda: [t for t in self.told(job) if t["state"] == state])
        return self.told(job)

    def deliveries(self) -> list[dict[str, Any]]:
        answered = requests.get(f"{self.url}/{self.number}/deliveries", headers=self.portal.auth, timeout=60)
        assert answered.status_code == 200, answered.text
        entries: list[dict[str, Any]] = answered.json()["deliveries"]
        return entries

    def post(self, path: str) -> dict[str, Any]:
        answered = requests.post(f"{self.url}/{self.number}/{path}", headers=self.portal.auth, timeout=60)
        assert answered.status_code == 202, answered.text
        entry: dict[str, Any] = answered.json()
        return entry

    def delete(self) -> None:
        answered = requests.delete(f"{self.url}/{self.number}", headers=self.portal.auth, timeout=60)
        assert answered.status_code == 204, answered.text


@pytest.fixture
def hook(portal: Portal) -> Iterator[Hook]:
    with receiver(answer(200)) as server:
        made = Hook(portal, server)
        yield made
        made.delete()


def test_a_jobs_states_arrive_signed_and_in_order(portal: Portal, hook: Hook) -> None:
    number = portal.submit("probe", "words a")
    told = hook.until_told(number, "done")
    states = [each["state"] for each in told]
    assert states == sorted(states, key=ORDER.index)
    assert states[-1] == "done"
    assert [each["old"] for each in told[1:]] == states[:-1], "one follows from the other: none is missing"
    assert [each["event"] for each in told] == sorted({each["event"] for each in told})
    assert {each["status"] for each in told[:-1]} == {"in progress"}
    assert told[-1]["status"] == "done"
    assert {each["app"] for each in told} == {"probe"}
    assert told[-1]["url"].endswith(f"/api/v1/jobs/{number}")


def test_cancelling_is_told(portal: Portal, hook: Hook) -> None:
    number = portal.submit("probe", "wait")
    portal.in_state(number, "running")
    requests.post(f"{portal.url}/api/v1/jobs/{number}/cancel", headers=portal.auth, timeout=60).raise_for_status()
    told = hook.until_told(number, "cancelled")
    asked = next(each for each in told if each["old"] == each["state"])
    assert asked["reason"].startswith("Cancelling")


def test_sent_again_it_keeps_its_name(portal: Portal, hook: Hook) -> None:
    test = hook.post("test")
    hook.server.wait_for(1)
    until("it is delivered", lambda: hook.deliveries()[0]["state"] == "delivered")
    hook.post(f"deliveries/{test['id']}/redeliver")
    first, second = hook.server.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == test["message_id"]
    assert first.body == second.body


def test_a_receiver_that_fails_is_asked_again(portal: Portal, hook: Hook) -> None:
    hook.server.behaviours[:] = [answer(503), answer(200)]
    hook.post("test")
    first, second = hook.server.wait_for(2, within_s=40)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    entry = until("it is in the log", lambda: [e for e in hook.deliveries() if e["state"] == "delivered"])[0]
    assert (entry["attempts"], entry["status_code"]) == (2, 200)


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://10.0.0.1/", "http://[::1]/", "http://0x7f000001/"])
def test_the_setting_lets_in_only_what_it_names(portal: Portal, url: str) -> None:
    answered = requests.post(f"{portal.url}/api/v1/webhooks", json={"url": url}, headers=portal.auth, timeout=60)
    assert answered.status_code == 400, answered.text
    assert answered.json()["code"] in {"forbidden_address", "bad_input"}
